// The timetable: everything that it does can be done without it too, by the list of the day and its forms.
import { ask, watchAdding } from "./adding.js";
import { nudge, remove } from "./deeds.js";
import { watchPointer } from "./drag.js";
import { isGrid, lay, root } from "./grid.js";
import { send } from "./server.js";

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

root.addEventListener("keydown", (event) => {
  const slot = event.target.matches(".slot__title") && event.target.closest(".slot");
  if (!slot || event.ctrlKey || event.metaKey || event.altKey) return;
  if (ARROWS.includes(event.key)) {
    event.preventDefault();
    nudge(slot.id, event.key, event.shiftKey);
  }
  if (event.key === "Delete") {
    event.preventDefault();
    remove(slot.id);
  }
});

const goBack = (which) => send(() => ({ url: root.querySelector(`[data-deed="${which}"]`).action, body: {}, focus: "" }));

root.addEventListener("submit", (event) => {
  const which = event.target.dataset.deed;
  if (!which) return;
  event.preventDefault();
  goBack(which);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  goBack(key === "y" || event.shiftKey ? "redo" : "undo");
});

watchAdding();
watchPointer(ask);
lay();
if (isGrid()) document.querySelector(location.hash && /^#[\w-]+$/.test(location.hash) ? location.hash : "none")?.scrollIntoView({ block: "nearest" });
