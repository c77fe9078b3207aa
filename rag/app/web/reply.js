// Draws an answer: its lead, its sentences with numbered markers, and the citations they stand on.

function opener(className, text, citation, open) {
  const button = make("button", className, text);
  button.type = "button";
  button.title = citation.label;
  button.setAttribute("aria-label", citation.label);
  button.dataset.marker = citation.marker;
  button.onclick = () => open(citation.marker);
  return button;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".reply");
  const open = (marker) => setTriggerValue("open", marker);
  const byMarker = new Map(data.citations.map((citation) => [citation.marker, citation]));
  const parts = [make("p", "lead", data.lead)];
  for (const sentence of data.sentences) {
    const quote = make("blockquote");
    const text = make("span", "quote", sentence.text, sentence.language);
    text.dir = "auto";
    quote.append(text);
    for (const marker of sentence.markers)
      if (byMarker.has(marker)) quote.append(" ", opener("marker", String(marker), byMarker.get(marker), open));
    parts.push(quote);
  }
  const list = make("ol", "citations");
  for (const citation of data.citations) {
    const item = make("li");
    const lines = make("div", "lines");
    const title = opener("title", citation.title, citation, open);
    title.lang = citation.language;
    title.dir = "auto";
    lines.append(title, make("span", "facts", citation.facts.join(" · ")));
    item.append(make("span", "number", String(citation.marker)), lines);
    list.append(item);
  }
  parts.push(make("p", "heading", data.sources), list);
  root.replaceChildren(...parts);
}
