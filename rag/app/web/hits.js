// Draws passages found: each a line that unfolds into its text, with a button that opens the document there.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".hits");
  if (!isNew(root, data)) return;
  const parts = data.heading ? [make("p", "heading", data.heading)] : [];
  data.hits.forEach((hit, position) => {
    const details = make("details");
    details.open = data.unfolded && position === 0;
    const summary = make("summary");
    const title = make("span", "title", hit.title, hit.language);
    title.dir = "auto";
    const lines = make("span", "lines");
    lines.append(title, make("span", "facts", hit.facts.join(" · ")));
    if (hit.found) lines.append(make("span", "found", hit.found));
    summary.append(make("span", "number", String(hit.rank)), lines);
    const text = make("p", "text", undefined, hit.language);
    text.dir = "auto";
    say(text, hit.text);
    const button = make("button", "open", data.open);
    opens(button, () => setTriggerValue("open", position));
    details.append(summary);
    if (hit.details) {
      const measured = make("p", "details");
      if (hit.share !== null) {
        const bar = make("span", "bar");
        bar.setAttribute("aria-hidden", "true"); // the words beside it say the same
        const part = make("span", "part");
        part.style.width = `${hit.share}%`;
        bar.append(part);
        measured.append(bar);
      }
      measured.append(make("span", "", hit.details));
      details.append(measured);
    }
    details.append(text, button);
    parts.push(details);
  });
  root.replaceChildren(...parts);
}
