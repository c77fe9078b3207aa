// Brings the question that was just asked to the top of the window; again while its answer grows beneath it.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".arrival");
  if (!isNew(root, data)) return;
  if (data.told) tell(data.told);
  if (!data.scroll) return;
  const turn = (root.getRootNode().host ?? root).closest('[class*="st-key-turn-"]');
  for (const wait_ms of [60, 300, 700])
    setTimeout(() => turn?.scrollIntoView({ block: "start", behavior: "smooth" }), wait_ms);
}

// Said to those who do not see the answer come. The line outlives the runs of the page: one that is new is not read.
function tell(words) {
  let line = document.getElementById("communique-told");
  if (!line) {
    line = make("div");
    line.id = "communique-told";
    line.setAttribute("role", "status");
    document.body.append(line);
  }
  line.textContent = "";
  setTimeout(() => (line.textContent = words), 200);
}
