// Draws documents as a table that can be sorted by a column; a title opens its document.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".documents");
  if (!isNew(root, data)) return;
  const rows = data.rows.map((row, position) => ({ ...row, position, sorted: [row.title, ...row.cells] }));
  const body = make("tbody");
  const fill = () => body.replaceChildren(...rows.map(drawRow));

  function drawRow(row) {
    const line = make("tr");
    const head = make("th");
    head.scope = "row";
    const button = make("button", "title", row.title, row.tag);
    button.dir = "auto";
    button.setAttribute("aria-label", data.open.replace("{title}", () => row.title));
    opens(button, () => setTriggerValue("open", row.position));
    head.append(button);
    line.append(head, ...row.cells.map((cell, i) => make("td", `column${i}`, cell)));
    return line;
  }

  const heads = make("tr");
  data.heads.forEach((name, column) => {
    const head = make("th");
    head.scope = "col";
    const button = make("button", "head", name);
    button.type = "button";
    button.title = data.sort.replace("{column}", () => name);
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = (a, b) => a.sorted[column].localeCompare(b.sorted[column], undefined, { numeric: true });
      rows.sort((a, b) => (down ? order(b, a) : order(a, b)) || a.position - b.position);
      fill();
    };
    head.append(button);
    heads.append(head);
  });
  const head = make("thead");
  head.append(heads);
  const table = make("table");
  table.append(head, body);
  fill();
  root.replaceChildren(table);
}
