// What stands around the page and is not drawn by it: the language of the whole.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".frame");
  if (!isNew(root, data)) return;
  document.documentElement.lang = data.lang;
}
