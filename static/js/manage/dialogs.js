/**
 * A link with data-dialog="id" leads to a page that asks; with script the dialog of that id asks here.
 * Escape and the safe answer close it; focus returns to the link.
 */
export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
      return;
    }
    const keep = event.target.closest("[data-dialog-close]");
    if (!keep) return;
    event.preventDefault();
    keep.closest("dialog").close();
  });
}
