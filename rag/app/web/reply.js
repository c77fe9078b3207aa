// Draws an answer: its lead, its sentences with numbered markers, and the citations they stand on. A marker shows a card
// with the quote and its source while it is pointed at or focused, and opens the document when it is pressed.

let cards = 0;

function makeCard(citation) {
  const card = make("div", "card");
  card.id = `card-${++cards}`;
  card.popover = "manual";
  card.setAttribute("role", "tooltip");
  const quote = make("p", "cited", undefined, citation.language);
  quote.dir = "auto";
  say(quote, citation.quote);
  const title = make("p", "name", citation.title, citation.language);
  title.dir = "auto";
  card.append(quote, title, make("p", "facts", citation.facts.join(" · ")), make("p", "hint", citation.hint));
  return card;
}

function place(card, button) {
  const at = button.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left - 24, window.innerWidth - size.width - 8));
  const below = at.bottom + 6 + size.height < window.innerHeight;
  card.style.left = `${left}px`;
  card.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - 6 - size.height)}px`;
}

// Shown on hover and focus, kept while the pointer is on the card, gone with Escape.
function attach(button, card) {
  let leaving;
  const show = () => {
    clearTimeout(leaving);
    if (!card.isConnected || card.matches(":popover-open")) return;
    card.showPopover();
    place(card, button);
  };
  const hide = () => card.matches(":popover-open") && card.hidePopover();
  const leave = () => (leaving = setTimeout(hide, 160));
  button.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && show());
  button.addEventListener("pointerleave", leave);
  button.addEventListener("focus", () => button.matches(":focus-visible") && show());
  button.addEventListener("blur", hide);
  button.addEventListener("click", hide);
  button.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", leave);
  addEventListener("scroll", hide, { capture: true, passive: true });
}

function opener(className, text, citation, open) {
  const button = make("button", className, text);
  button.setAttribute("aria-label", citation.label);
  button.dataset.marker = citation.marker;
  opens(button, () => open(citation.marker));
  return button;
}

function makeSentence(sentence, byMarker, open) {
  const quoted = sentence.support === "quote" && sentence.markers.length > 0;
  const block = make(quoted ? "blockquote" : "p", `sentence is-${sentence.support}`);
  if (sentence.head) block.append(make("span", "head", sentence.head));
  const text = make("span", quoted ? "quote" : "written", undefined, sentence.language);
  text.dir = "auto";
  say(text, sentence.pieces);
  block.append(text);
  for (const marker of sentence.markers) {
    const citation = byMarker.get(marker);
    if (!citation) continue;
    const button = opener("marker", String(marker), citation, open);
    const card = makeCard(citation);
    button.setAttribute("aria-describedby", card.id);
    attach(button, card);
    block.append("\u00a0", button, card);
  }
  if (sentence.tag) block.append(" ", make("span", "tag", sentence.tag));
  if (sentence.note) block.append(make("span", "note", sentence.note));
  return block;
}

function makeCitation(citation, open) {
  const item = make("li");
  const lines = make("div", "lines");
  const title = opener("title", citation.title, citation, open);
  title.lang = citation.language;
  title.dir = "auto";
  lines.append(title, make("span", "facts", citation.facts.join(" · ")));
  if (citation.unfolded) {
    const quote = make("span", "cited", undefined, citation.language);
    quote.dir = "auto";
    say(quote, citation.quote);
    lines.append(quote);
  }
  item.append(make("span", "number", String(citation.marker)), lines);
  return item;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".reply");
  if (!isNew(root, data)) return;
  const open = (marker) => setTriggerValue("open", marker);
  const byMarker = new Map(data.citations.map((citation) => [citation.marker, citation]));
  const parts = data.lead ? [make("p", "lead", data.lead)] : [];
  const sentences = make("div", data.beside ? "sentences beside" : "sentences");
  if (data.uncertain) sentences.classList.add("uncertain");
  for (const sentence of data.sentences) sentences.append(makeSentence(sentence, byMarker, open));
  if (data.beside) parts.push(make("p", "warning", data.beside));
  parts.push(sentences);
  const list = make("ol", "citations");
  for (const citation of data.citations) list.append(makeCitation(citation, open));
  if (data.citations.length) parts.push(make("p", "heading", data.sources), list);
  root.replaceChildren(...parts);
}
