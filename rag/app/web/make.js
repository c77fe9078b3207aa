// Put before every part of the page. Every text is set as text, never as HTML: nothing in a document can act.
function make(tag, className, text, lang) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (lang) element.lang = lang;
  return element;
}

