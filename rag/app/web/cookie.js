// Keeps what a person has set in this browser, for this site alone.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".cookie");
  if (isNew(root, data)) keep(data);
}
