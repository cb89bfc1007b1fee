/** Moving, resizing and drawing with a pointer. The grid shows where it would go; the server then says where it is. */
import { clock, columnAt, drawn, placeInOrder, snap, STEP } from "./geometry.js";
import { freeTalk, lengthened, placeSession, placeTalk } from "./deeds.js";
import { gridOf, grids, isGrid, lay, number, root, rooms, scaleOf, sessionsIn, spanOf, talksIn } from "./grid.js";
import { send } from "./server.js";

const THRESHOLD = 4;
const colon = document.documentElement.lang === "nb" ? "." : ":";
let drag = null;
let swallow = false;

/** `open` asks what a span that was drawn is to be. */
export function watchPointer(open) {
  root.addEventListener("pointerdown", (event) => begin(event, open));
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", (event) => event.key === "Escape" && cancel());
  root.addEventListener("dragstart", (event) => event.preventDefault());
  root.addEventListener("click", (event) => swallow && event.preventDefault(), true);
}

function begin(event, open) {
  swallow = false;
  if (!isGrid() || event.button !== 0 || event.target.closest("form, button")) return;
  const slot = event.target.closest(".slot");
  const grid = event.target.closest(".timetable__grid");
  const touch = event.pointerType === "touch";
  if (touch && !event.target.closest(".slot__grip, .slot__edge")) return;
  const from = { x: event.clientX, y: event.clientY, started: false };
  if (slot && event.target.closest(".slot__edge")) drag = { ...from, ...resizing(slot) };
  else if (slot) drag = { ...from, ...moving(slot, event) };
  else if (grid) drag = { ...from, ...drawing(grid, event, open) };
}

function move(event) {
  if (!drag) return;
  if (!drag.started && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < THRESHOLD) return;
  if (!drag.started) getSelection()?.removeAllRanges();
  drag.started = true;
  root.classList.add("is-dragging");
  event.preventDefault();
  drag.plan = drag.over(event);
}

function end(event) {
  if (!drag) return;
  const { started, finish, plan } = drag;
  if (started) move(event);
  const last = drag.plan ?? plan;
  clear();
  swallow = started;
  setTimeout(() => (swallow = false)); // the click that ends a drag comes before this, what is pressed next after it
  if (started && last) finish(last);
}

function cancel() {
  if (!drag) return;
  clear();
  lay();
}

function clear() {
  drag = null;
  root.classList.remove("is-dragging");
  root.querySelectorAll(".is-dragged, .is-target").forEach((one) => one.classList.remove("is-dragged", "is-target"));
  root.querySelectorAll(".timetable__ghost").forEach((one) => one.remove());
}

/** The minutes from midnight under a pointer. */
function minuteAt(grid, y) {
  return number(grid, "starts") + (y - grid.getBoundingClientRect().top) / scaleOf(grid);
}

function gridAt(x, y) {
  return grids().find((grid) => {
    const box = grid.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
}

function ghost(grid, start, minutes, { left, width, line = false }) {
  let shown = root.querySelector(".timetable__ghost");
  if (shown?.parentElement !== grid) {
    shown?.remove();
    shown = document.createElement("li");
    shown.className = "timetable__ghost";
    shown.setAttribute("aria-hidden", "true");
    grid.append(shown);
  }
  const values = { start: start - number(grid, "starts"), minutes: line ? 0 : minutes, left, width };
  Object.entries(values).forEach(([name, value]) => shown.style.setProperty(`--${name}`, value));
  shown.classList.toggle("is-line", line);
  shown.textContent = `${clock(start, colon)}–${clock(start + minutes, colon)}`;
}

function resizing(slot) {
  const grid = gridOf(slot);
  const { start } = spanOf(slot);
  return {
    over(event) {
      const minutes = Math.max(snap(minuteAt(grid, event.clientY)) - start, STEP);
      slot.style.setProperty("--minutes", minutes);
      slot.classList.add("is-dragged");
      const own = slot.dataset.part === "talk" ? slot.parentElement.closest(".slot") : slot;
      const [left, width] = ["--left", "--width"].map((name) => own.style.getPropertyValue(name));
      ghost(grid, start, minutes, { left, width });
      return { minutes };
    },
    finish: ({ minutes }) => minutes !== number(slot, "minutes") && send(() => now(slot, (it) => lengthened(it, minutes))),
  };
}

/** What the grid holds under that id by the time it is sent. */
const now = (slot, plan) => {
  const current = document.getElementById(slot.id);
  return current && plan(current);
};

function moving(slot, begun) {
  const { start, minutes } = spanOf(slot);
  const held = minuteAt(gridOf(slot), begun.clientY) - start;
  const talk = slot.dataset.part === "talk" || Boolean(slot.dataset.talk);
  return {
    over(event) {
      const grid = gridAt(event.clientX, event.clientY);
      root.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
      slot.classList.add("is-dragged");
      if (!grid) return null;
      const session = talk && sessionAt(grid, event);
      return session ? overSession(grid, session, slot, event, minutes) : overGrid(grid, slot, event, held, minutes);
    },
    finish(plan) {
      send(() => now(slot, (it) => asDeed(it, plan, minutes)));
    },
  };
}

function asDeed(slot, plan, minutes) {
  if (plan.session) {
    const session = document.getElementById(plan.session);
    return session && placeTalk(slot, session, plan.position, minutes);
  }
  const grid = grids().find((one) => one.dataset.day === plan.day);
  const place = { start: plan.start, minutes, room: plan.room };
  return slot.dataset.part === "talk" ? freeTalk(slot, grid, place) : placeSession(slot, grid, place);
}

function sessionAt(grid, { clientX, clientY }) {
  return sessionsIn(grid).find((one) => {
    const box = one.getBoundingClientRect();
    const inside = clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
    return one.dataset.kind === "session" && inside;
  });
}

function overSession(grid, session, slot, event, minutes) {
  const others = talksIn(session).filter((one) => one !== slot).map(spanOf);
  const position = placeInOrder(others, minuteAt(grid, event.clientY));
  const before = others[position - 1];
  const start = before ? before.start + before.minutes : number(session, "start");
  session.classList.add("is-target");
  const [left, width] = ["--left", "--width"].map((name) => session.style.getPropertyValue(name));
  ghost(grid, start, minutes, { left, width, line: true });
  return { session: session.id, position };
}

function overGrid(grid, slot, event, held, minutes) {
  const columns = rooms(grid);
  const box = grid.getBoundingClientRect();
  const start = Math.max(snap(minuteAt(grid, event.clientY) - held), 0);
  const everywhere = number(slot, "column") < 0;
  const column = columnAt(event.clientX - box.left, box.width, columns.length);
  ghost(grid, start, minutes, everywhere ? { left: 0, width: 1 } : { left: column / columns.length, width: 1 / columns.length });
  return { day: grid.dataset.day, start, room: everywhere ? 0 : columns[column] };
}

function drawing(grid, begun, open) {
  const columns = rooms(grid);
  const box = grid.getBoundingClientRect();
  const column = columnAt(begun.clientX - box.left, box.width, columns.length);
  const from = minuteAt(grid, begun.clientY);
  return {
    over(event) {
      const span = drawn(from, minuteAt(grid, event.clientY));
      ghost(grid, span.start, span.minutes, { left: column / columns.length, width: 1 / columns.length });
      return { ...span, day: grid.dataset.day, room: columns[column] };
    },
    finish: open,
  };
}
