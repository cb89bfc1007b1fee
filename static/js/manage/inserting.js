/** Puts a placeholder in at the cursor of the field that was last written in. Markup: button[data-insert]. */
export function watchInserting() {
  const buttons = document.querySelectorAll("button[data-insert]");
  let field = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("form textarea.input, form input.input[type=text]")) field = event.target;
  });
  buttons.forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      field = field ?? button.closest("form").querySelector("textarea");
      field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
}
