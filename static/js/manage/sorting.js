/**
 * Rows that are put in order by dragging: ol[data-sortable="address"] with li[data-id]. The new order is sent at once and
 * the page says how it went. The buttons Up and Down beside each row do the same without a pointer or without script.
 */
export function watchSorting() {
  document.querySelectorAll("[data-sortable]").forEach((list) => {
    const rows = () => [...list.querySelectorAll(":scope > [data-id]")];
    const order = () => rows().map((row) => row.dataset.id);
    let dragged = null;
    let before = "";

    rows().forEach((row) => (row.draggable = true));

    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("[data-id]");
      if (!dragged) return;
      before = order().join();
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.id);
      dragged.classList.add("is-dragged");
    });

    list.addEventListener("dragover", (event) => {
      const over = event.target.closest("[data-id]");
      if (!dragged || !over || over.parentElement !== list) return;
      event.preventDefault();
      if (over === dragged) return;
      const { top, height } = over.getBoundingClientRect();
      over[event.clientY > top + height / 2 ? "after" : "before"](dragged);
    });

    list.addEventListener("drop", (event) => event.preventDefault());

    list.addEventListener("dragend", async () => {
      dragged?.classList.remove("is-dragged");
      dragged = null;
      if (order().join() === before) return;
      const body = new URLSearchParams(order().map((id) => ["id", id]));
      const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
      try {
        await fetch(list.dataset.sortable, { method: "POST", body, headers: { "X-CSRFToken": token } });
      } finally {
        location.reload();
      }
    });
  });
}
