// Brings the question that was just asked to the top of the window; again while its answer grows beneath it.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".arrival");
  if (!isNew(root, data)) return;
  const turn = (root.getRootNode().host ?? root).closest('[class*="st-key-turn-"]');
  for (const wait_ms of [60, 300, 700])
    setTimeout(() => turn?.scrollIntoView({ block: "start", behavior: "smooth" }), wait_ms);
}
