// Stands beside an open document and draws nothing: Escape closes it. What opened the document stays in its place in the
// window then, and gets the focus back.
export default function () {
  const escape = (event) => {
    const [target] = event.composedPath();
    if (event.key !== "Escape" || event.isComposing || target.matches?.("input, textarea")) return;
    const first = "[role=dialog], [role=listbox], :popover-open"; // what stands over the page is closed before it
    if (document.querySelector(first) || target.getRootNode().querySelector(first)) return;
    document.querySelector(".st-key-close button")?.click();
  };
  const closing = (event) => {
    const button = event.target.closest?.(".st-key-close") && globalThis.communiqueOpener?.();
    if (button) stays(button);
  };
  addEventListener("keydown", escape, true);
  addEventListener("click", closing, true);
  return () => {
    removeEventListener("keydown", escape, true);
    removeEventListener("click", closing, true);
    const opener = globalThis.communiqueOpener;
    const back = () => document.activeElement === document.body && opener?.()?.focus();
    const trying = setInterval(back, 100); // while the page draws what is left, until the person does something
    const stop = () => clearInterval(trying);
    for (const deed of ["pointerdown", "keydown"]) addEventListener(deed, stop, { capture: true, once: true });
  };
}
