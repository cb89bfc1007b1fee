/**
 * Rows with a box: counts them in the bar of acts, "choose all" ticks the page, shift ticks a range.
 * Markup: form[data-choices], input[data-choose], input[data-choose-all], [data-chosen-bar], [data-chosen-text], [data-chosen-count].
 */
export function watchChoices() {
  document.querySelectorAll("form[data-choices]").forEach((form) => {
    let last = null;
    const boxes = () => [...form.querySelectorAll("input[data-choose]")];

    const show = () => {
      form.querySelectorAll("[data-chosen-text]").forEach((text) => (text.hidden = false));
      form.querySelectorAll("[data-choose-all]").forEach((head) => (head.closest("label").hidden = false));
      const all = boxes();
      const chosen = all.filter((box) => box.checked).length;
      const head = form.querySelector("[data-choose-all]");
      if (head) {
        head.checked = chosen > 0 && chosen === all.length;
        head.indeterminate = chosen > 0 && chosen < all.length;
      }
      form.querySelectorAll("[data-chosen-bar]").forEach((bar) => (bar.hidden = chosen === 0));
      form.querySelectorAll("[data-chosen-count]").forEach((text) => (text.textContent = chosen));
    };

    form.addEventListener("click", (event) => {
      const box = event.target;
      if (box.matches("[data-choose-all]")) boxes().forEach((each) => (each.checked = box.checked));
      if (box.matches("[data-chosen-clear]")) boxes().forEach((each) => (each.checked = false));
      if (box.matches("[data-choose]")) {
        const all = boxes();
        if (event.shiftKey && last) {
          const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
          all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
        }
        last = box;
      }
      show();
    });
    form.addEventListener("htmx:afterSettle", show);
    show();
  });
}
