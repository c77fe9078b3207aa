// Stands beside an open document and draws nothing. What opened the document stays in its place in the window when it is
// closed, and gets the focus back.
export default function () {
  const closing = (event) => {
    if (event.target.closest?.(".st-key-close") && globalThis.communiqueOpener?.isConnected)
      stays(globalThis.communiqueOpener);
  };
  addEventListener("click", closing, { capture: true });
  return () => {
    removeEventListener("click", closing, { capture: true });
    const button = globalThis.communiqueOpener;
    const back = () => document.activeElement === document.body && button?.isConnected && button.focus();
    const trying = setInterval(back, 100); // until the page has drawn what is left, or the person does something
    const stop = () => clearInterval(trying);
    setTimeout(stop, 10_000);
    for (const deed of ["pointerdown", "keydown"]) addEventListener(deed, stop, { capture: true, once: true });
  };
}
