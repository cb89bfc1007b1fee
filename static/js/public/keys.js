/** Links with data-key follow that key, unless somebody types, or holds another key with it. */
export function watchKeys() {
  const links = document.querySelectorAll("a[data-key]");
  if (!links.length) return;
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof HTMLElement && event.target.closest("input, textarea, select, summary")) return;
    const link = [...links].find((one) => one.dataset.key === event.key);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}
