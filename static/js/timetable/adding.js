/** The dialog for something new: what a span that was drawn is to be, or a talk at the end of a session. */
import { localTime } from "./geometry.js";
import { grids, number, root, sessionsIn } from "./grid.js";
import { send } from "./server.js";

const USUAL_SESSION = 60;
const USUAL_TALK = 30;
const dialog = document.getElementById("new-part");
const form = dialog.querySelector("form");
const field = (name) => form.elements.namedItem(name);
const wrong = document.getElementById("new-part-error");
let within = 0;

/** Opens the dialog for a span ({day, start, minutes, room}), or for a talk in the session of number `session`. */
export function ask({ day, start, minutes, room, session = 0 }) {
  within = session;
  form.reset();
  wrong.hidden = true;
  form.querySelectorAll("[data-kinds], [data-when], [data-where]").forEach((part) => (part.hidden = session > 0));
  if (!session) field("starts_at").value = localTime(day, start);
  field("minutes").value = minutes;
  field("room").value = String(room ?? 0);
  dialog.showModal();
  field("title_en").focus();
}

/** After everything that is there. */
function suggestion() {
  const all = grids();
  const grid = all.findLast((one) => sessionsIn(one).length) ?? all[0];
  const ends = sessionsIn(grid).map((slot) => number(slot, "start") + number(slot, "minutes"));
  const start = ends.length ? Math.max(...ends) : number(grid, "starts");
  return { day: grid.dataset.day, start, minutes: USUAL_SESSION, room: Number(field("room").options[0].value) };
}

export function watchAdding() {
  document.addEventListener("click", (event) => {
    const talk = event.target.closest("[data-add-talk]");
    if (!talk && !event.target.closest("[data-new-part]")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault();
    ask(talk ? { minutes: USUAL_TALK, session: Number(talk.dataset.addTalk) } : suggestion());
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add();
  });
}

async function add() {
  const minutes = Number.parseInt(field("minutes").value, 10) || 0;
  const body = {
    kind: within ? "talk" : field("kind").value,
    title_en: field("title_en").value,
    title_nb: field("title_nb").value,
    starts_at: within ? null : field("starts_at").value || null,
    minutes,
    room: Number(field("room").value),
    session: within,
  };
  dialog.close();
  const { done, words } = await send(() => ({ url: root.dataset.parts, body }));
  if (done) return;
  dialog.showModal();
  wrong.textContent = words;
  wrong.hidden = false;
}
