// Brings the question that was just asked to the top of the window, once.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".arrival");
  if (!isNew(root, data)) return;
  const turn = (root.getRootNode().host ?? root).closest('[class*="st-key-turn-"]');
  requestAnimationFrame(() => turn?.scrollIntoView({ block: "start", behavior: "smooth" }));
}
