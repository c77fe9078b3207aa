// Put before every part of the page. Every text is set as text, never as HTML: nothing in a document can act.
function make(tag, className, text, lang) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (lang) element.lang = lang;
  return element;
}

// Put pieces of a text into its place: the short answer stands out, marks of Markdown stand back, and all is text.
function say(parent, pieces) {
  for (const [kinds, words] of pieces)
    parent.append(kinds ? make(/\banswer\b/.test(kinds) ? "strong" : "span", kinds, words) : words);
}

// Let the browser keep a cookie, for this site alone.
function keep({ name, value }) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`;
}

// The document that a button opens takes the focus, and gives it back once it is closed.
function opens(button, open) {
  button.type = "button";
  button.onclick = () => {
    globalThis.communiqueOpener = standing(button);
    stays(button);
    comesBack(globalThis.communiqueOpener);
    open();
  };
}

// Watches the page itself, which may draw any part of it anew and at any time: nothing is waited for but what it shows.
// Tries as long as nothing else has the focus, since what got it may be drawn anew; one that moves on is left alone.
function comesBack(opener) {
  let was_open = false;
  const look = () => {
    const is_open = document.querySelector(".st-key-reading") !== null;
    was_open ||= is_open;
    if (is_open || !was_open) return;
    const button = opener();
    const at = document.activeElement;
    if (!at || at === document.body) button?.focus({ preventScroll: true });
    else if (at !== button && at !== button?.getRootNode().host) stop();
  };
  const clicked = () => was_open && !document.querySelector(".st-key-reading") && stop();
  const watching = setInterval(look, 100);
  const stop = () => {
    clearInterval(watching);
    removeEventListener("pointerdown", clicked, true);
  };
  addEventListener("pointerdown", clicked, true);
  globalThis.communiqueWatch?.(); // there is one way back
  globalThis.communiqueWatch = stop;
}

// Where a button stands: gives the button, or the one in its place where the page has drawn its part anew meanwhile.
function standing(button) {
  // What stands in a dialog goes with it: what opened the dialog stays.
  if (button.closest("[role=dialog]")) return () => document.querySelector(".st-key-open-sources button");
  const part = (button.getRootNode().host ?? button).closest("[class*=st-key-]");
  const key = [...(part?.classList ?? [])].find((name) => name.startsWith("st-key-"));
  const position = part ? buttonsWithin(part).indexOf(button) : -1;
  return () => {
    if (button.isConnected || position < 0) return button;
    return buttonsWithin(document.getElementsByClassName(key)[0])[position];
  };
}

// The buttons of a part of the page, those in shadow roots too.
function buttonsWithin(part) {
  const all = [...(part?.querySelectorAll("*") ?? [])];
  return all.flatMap((at) => (at.shadowRoot ? buttonsWithin(at.shadowRoot) : at.tagName === "BUTTON" ? [at] : []));
}

// What was pressed stays where it is in the window while the page makes room for a document, unless the person moves on.
function stays(button) {
  const scroller = document.querySelector("[data-testid=stMain]");
  if (!scroller?.contains(button.getRootNode().host ?? button)) return;
  const top = button.getBoundingClientRect().top;
  const end = performance.now() + 4_000;
  let moved_on = false;
  const stop = () => (moved_on = true);
  for (const deed of ["wheel", "touchmove", "pointerdown", "keydown"])
    addEventListener(deed, stop, { capture: true, once: true, passive: true });
  requestAnimationFrame(function hold(now) {
    if (moved_on || now > end || !button.isConnected) return;
    const off = button.getBoundingClientRect().top - top;
    if (Math.abs(off) > 1) scroller.scrollBy({ top: off, behavior: "instant" });
    requestAnimationFrame(hold);
  });
}

// Whether a part has to be drawn again; what a person unfolded or scrolled to stays as it is otherwise.
function isNew(root, data) {
  const text = JSON.stringify(data);
  if (root.drawn === text) return false;
  root.drawn = text;
  return true;
}
