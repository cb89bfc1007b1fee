// How much is typed of what there is room for; the server says the same when it is too much.
export function watchCounts() {
  for (const frame of document.querySelectorAll("[data-count]")) {
    const field = frame.querySelector("textarea");
    if (!field) continue;
    const most = Number(frame.dataset.count);
    const told = document.createElement("p");
    told.className = "field__count";
    field.after(told);
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const tell = () => {
      const typed = [...field.value.trim()].length;
      told.textContent = frame.dataset.countWords
        .replace("{typed}", number.format(typed))
        .replace("{most}", number.format(most));
      told.classList.toggle("field__count--over", typed > most);
    };
    field.addEventListener("input", tell);
    tell();
  }
}
