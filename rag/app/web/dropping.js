// Watches the place where files are dropped: a file over the limit stays in the browser, so the page is told its name.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".dropping");
  const panel = (root.getRootNode().host ?? root).closest('[data-testid="stVerticalBlock"]');
  const look = () => {
    for (const word of panel.querySelectorAll('[data-testid="stFileUploaderDropzone"] button p'))
      if (word.firstChild?.data === "Upload") word.firstChild.data = data.choose; // in the language of the page
    const chips = [...panel.querySelectorAll('[data-testid="stFileChip"][aria-invalid="true"]')];
    const large = chips.filter((chip) => chip.querySelector('[role="alert"]')?.textContent.includes("or smaller"));
    const names = large.map((chip) => chip.querySelector('[data-testid="stFileChipName"]').textContent);
    const told = root.told ?? [];
    // Once they are taken all go at once: to tell that would cut short the run of the page that takes them.
    if (names.length === told.length || (names.length < told.length && !root.removed)) return;
    root.told = names;
    root.removed = false;
    setStateValue("large", names);
  };
  const remove = ({ target }) => {
    if (target.closest('[data-testid="stFileChipDeleteBtn"]')) root.removed = true;
  };
  panel.addEventListener("click", remove, true);
  const watching = new MutationObserver(look);
  watching.observe(panel, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-invalid"] });
  look();
  return () => {
    watching.disconnect();
    panel.removeEventListener("click", remove, true);
  };
}
