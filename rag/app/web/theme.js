// Light, dark, or as the system: three buttons. Streamlit keeps the theme in the browser and reads it when it starts.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".theme");
  if (!isNew(root, data)) return;
  const key = `stActiveTheme-${location.pathname}-v2`;
  const now = JSON.parse(localStorage.getItem(key) ?? '"System"');
  const buttons = data.themes.map(([value, label]) => {
    const button = make("button", value === now ? "chosen" : "", label);
    button.type = "button";
    button.setAttribute("aria-pressed", String(value === now));
    button.onclick = () => {
      keep(data.cookie);
      localStorage.setItem(key, JSON.stringify(value));
      location.reload();
    };
    return button;
  });
  const group = make("div", "group");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", data.label);
  group.append(...buttons);
  root.replaceChildren(make("p", "label", data.label), group, make("p", "note", data.note));
}
