// Stands beside an open document, draws nothing, and gives the focus back to what opened it when it is closed.
export default function () {
  return () => {
    const button = globalThis.communiqueOpener;
    const back = () => document.activeElement === document.body && button?.isConnected && button.focus();
    const trying = setInterval(back, 100); // until the page has drawn what is left, or the person does something
    const stop = () => clearInterval(trying);
    setTimeout(stop, 10_000);
    for (const deed of ["pointerdown", "keydown"]) addEventListener(deed, stop, { capture: true, once: true });
  };
}
