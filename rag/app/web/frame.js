// What stands around the page and is not drawn by it: the language of the whole, and its colours for dialogs.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".frame");
  followLooks();
  if (!isNew(root, data)) return;
  document.documentElement.lang = data.lang;
}

// Streamlit tells the page alone whether it is light or dark; its dialogs stand beside the page.
function followLooks() {
  const page = document.querySelector('[data-testid="stApp"]');
  if (page) document.documentElement.style.colorScheme = getComputedStyle(page).colorScheme;
}
