// Draws a document with a passage marked in it and brings that passage into view.

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".reading");
  if (!isNew(root, data)) return;
  const title = make("h2", "title", data.title, data.language);
  title.dir = "auto";
  const parts = [title, make("p", "facts", data.facts.join(" · "))];
  if (data.note) parts.push(make("p", "note", data.note));
  const paper = make("div", "paper");
  paper.tabIndex = 0;
  paper.setAttribute("role", "region");
  paper.setAttribute("aria-label", data.title);
  const text = make("div", "text", undefined, data.language);
  text.dir = "auto";
  for (const [kinds, words] of data.pieces) {
    if (kinds === "text") text.append(words);
    else text.append(make(/^(mark|answer)/.test(kinds) ? "mark" : "span", kinds.replace(/^text /, ""), words));
  }
  paper.append(text);
  root.replaceChildren(...parts, paper);
  takeFocus(paper, data.turn);
  const mark = paper.querySelector("mark");
  if (!mark) return;
  requestAnimationFrame(() => {
    const above = mark.getBoundingClientRect().top - paper.getBoundingClientRect().top + paper.scrollTop;
    const room = Math.max(0, (paper.clientHeight - mark.offsetHeight) / 2);
    paper.scrollTop = above - Math.min(room, paper.clientHeight / 3);
  });
}

// Whoever opened it by keyboard reads on from here; drawn anew, it takes the focus from nothing that has it meanwhile.
function takeFocus(paper, turn) {
  const nobody = !document.activeElement || document.activeElement === document.body;
  if (globalThis.communiqueRead !== turn || nobody) paper.focus({ preventScroll: true });
  globalThis.communiqueRead = turn;
}
