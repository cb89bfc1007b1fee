/** Adds empty rows to a list of people without a round trip; without script the same button sends the form. */
const MORE = 3;

function addRow(list) {
  const rows = list.querySelectorAll("[data-row]");
  const last = rows[rows.length - 1];
  const row = last.cloneNode(true);
  const renumber = (text) => text.replaceAll(`p${rows.length - 1}-`, `p${rows.length}-`);
  for (const part of row.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, renumber(part.getAttribute(name)));
    }
    part.removeAttribute("aria-invalid");
    if (part.matches("input")) part.value = "";
  }
  row.querySelectorAll(".field__error").forEach((error) => error.remove());
  row.querySelectorAll(".field--error").forEach((field) => field.classList.remove("field--error"));
  row.querySelector("[data-row-number]").textContent = rows.length + 1;
  last.after(row);
  return row;
}

export function watchRows() {
  for (const button of document.querySelectorAll("[data-add-rows]")) {
    const list = button.closest("[data-rows]");
    const most = Number(list.dataset.rows);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const count = () => list.querySelectorAll("[data-row]").length;
      const added = [];
      for (let number = 0; number < MORE && count() < most; number += 1) added.push(addRow(list));
      button.form.elements.rows.value = count();
      button.hidden = count() >= most;
      added[0]?.querySelector("input")?.focus();
    });
  }
}
