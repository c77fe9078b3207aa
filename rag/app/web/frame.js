// What stands around the page and is not drawn by it: the language of the whole, its colours for dialogs, the panel of
// a narrow window, how a document is closed, and what is said when the server has stopped.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".frame");
  followLooks();
  if (!isNew(root, data)) return;
  document.documentElement.lang = data.lang;
  globalThis.communiqueStopped = data.stopped;
  globalThis.communiqueLists = data.lists;
  if (globalThis.communiqueFrame) return;
  globalThis.communiqueFrame = true;
  const translate = () => (sayStopped(), translateLists());
  new MutationObserver(translate).observe(document.body, { childList: true, characterData: true, subtree: true });
  addEventListener("click", putPanelAway);
  addEventListener("keydown", closeWithEscape, true);
  addEventListener("click", keepPlace, true);
}

// Escape closes the document, after whatever stands over the page.
function closeWithEscape(event) {
  const [target] = event.composedPath();
  if (event.key !== "Escape" || event.isComposing || target.matches?.("input, textarea")) return;
  const first = "[role=dialog], [role=listbox], :popover-open";
  if (document.querySelector(first) || target.getRootNode().querySelector(first)) return;
  document.querySelector(".st-key-close button")?.click();
}

// What opened a document stays in its place in the window when that is closed.
function keepPlace({ target }) {
  const button = target.closest?.(".st-key-close") && globalThis.communiqueOpener?.();
  if (button) stays(button);
}

// Streamlit tells the page alone whether it is light or dark; its dialogs stand beside the page.
function followLooks() {
  const page = document.querySelector('[data-testid="stApp"]');
  if (page) document.documentElement.style.colorScheme = getComputedStyle(page).colorScheme;
}

// In a narrow window the panel covers the page: what leads to another page puts it away.
function putPanelAway({ target }) {
  const panel = target.closest('[data-testid="stSidebar"]');
  const leads = ".st-key-new, .st-key-open-report, [class*='st-key-resume-']";
  if (panel && innerWidth <= 768 && target.closest("button")?.closest(leads))
    panel.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

// Streamlit's dialog names a program and a command that nobody here has heard of. Only its words are exchanged.
function sayStopped() {
  for (const dialog of document.querySelectorAll('body > [data-testid="stDialog"]')) {
    const command = dialog.querySelector('[data-testid="stErrorCodeBlock"] code');
    if (!command?.textContent.includes("streamlit run")) continue;
    const { title, how, close } = globalThis.communiqueStopped;
    command.firstChild.data = "rag chat";
    dialog.querySelector("h2").firstChild.data = title;
    command.closest('[data-testid="stErrorCodeBlock"]').previousElementSibling.firstChild.data = how;
    dialog.querySelector('[role="dialog"] > button').setAttribute("aria-label", close);
  }
}

// What stands in a list beside its values is in English whatever the page speaks.
function translateLists() {
  const { all, matches, none } = globalThis.communiqueLists;
  for (const list of document.querySelectorAll("[role=listbox]")) {
    const words = list.querySelector("[data-item-hl], [role=option] > span")?.firstChild;
    if (words?.data === "Select all") words.data = all;
    else if (words?.data === "No results") words.data = none;
    else if (/^Select \d+ matches$/.test(words?.data)) words.data = matches.replace("{count}", /\d+/.exec(words.data)[0]);
  }
}
