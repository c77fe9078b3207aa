// Stands beside an open document, draws nothing, and gives the focus back to what opened it when it is closed.
export default function () {
  return () => {
    const button = globalThis.communiqueOpener;
    const back = () => document.activeElement === document.body && button?.isConnected && button.focus();
    for (const wait_ms of [50, 250, 1000]) setTimeout(back, wait_ms); // until the page has drawn what is left
  };
}
