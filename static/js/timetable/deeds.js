/** What can be done to a part, as the server takes it. Each is worked out when its turn has come, from the grid of then. */
import { localTime, stepped, STEP } from "./geometry.js";
import { gridOf, number, rooms, sessionsIn, spanOf, talksIn } from "./grid.js";
import { send } from "./server.js";

const idOf = (slot) => `${slot.dataset.part === "talk" ? "talk" : "session"}-${slot.dataset.id}`;

/** Puts a session, break or talk alone into a grid at a time. */
export function placeSession(slot, grid, { start, minutes, room }) {
  return {
    url: slot.dataset.place,
    body: { version: number(slot, "version"), starts_at: localTime(grid.dataset.day, start), minutes, room },
    focus: idOf(slot),
  };
}

/** Puts a talk, also one that stands alone, in the order of a session. */
export function placeTalk(slot, session, position, minutes) {
  const alone = slot.dataset.part === "session";
  return {
    url: alone ? slot.dataset.talkPlace : slot.dataset.place,
    body: {
      version: number(slot, alone ? "talkVersion" : "version"), session: number(session, "id"), position, minutes,
    },
    focus: `talk-${alone ? slot.dataset.talk : slot.dataset.id}`,
  };
}

/** Lets a talk stand alone. */
export function freeTalk(slot, grid, { start, minutes, room }) {
  return {
    url: slot.dataset.place,
    body: {
      version: number(slot, "version"), session: 0, minutes, starts_at: localTime(grid.dataset.day, start), room,
    },
    focus: `talk-${slot.dataset.id}`,
  };
}

/** Moves or resizes by one step; `id` is looked up anew, since the grid may have been replaced meanwhile. */
export function nudge(id, key, resize) {
  return send(() => {
    const slot = document.getElementById(id);
    if (!slot) return null;
    if (resize) return resized(slot, key);
    return slot.dataset.part === "talk" ? reordered(slot, key) : moved(slot, key);
  });
}

function resized(slot, key) {
  const direction = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (!direction) return null;
  const { start, minutes } = spanOf(slot);
  const longer = Math.max(stepped(start + minutes, direction) - start, STEP);
  return longer === minutes ? null : lengthened(slot, longer);
}

/** Gives a part another length. */
export function lengthened(slot, minutes) {
  if (slot.dataset.part !== "talk") {
    return placeSession(slot, gridOf(slot), { start: number(slot, "start"), minutes, room: number(slot, "room") });
  }
  const session = slot.parentElement.closest(".slot");
  return placeTalk(slot, session, talksIn(session).indexOf(slot), minutes);
}

function moved(slot, key) {
  const grid = gridOf(slot);
  const { start, minutes } = spanOf(slot);
  const time = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (time) return placeSession(slot, grid, { start: stepped(start, time), minutes, room: number(slot, "room") });
  const room = besides(slot, grid, key);
  return room === undefined ? null : placeSession(slot, grid, { start, minutes, room });
}

function besides(slot, grid, key) {
  const columns = rooms(grid);
  const place = number(slot, "column") + { ArrowRight: 1, ArrowLeft: -1 }[key];
  return columns[place];
}

/** A talk's time follows from its order: up and down change that, beyond the ends into the neighbouring session. */
function reordered(slot, key) {
  const session = slot.parentElement.closest(".slot");
  const talks = talksIn(session);
  const { start, minutes } = spanOf(slot);
  const place = talks.indexOf(slot);
  const direction = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (direction && talks[place + direction]) return placeTalk(slot, session, place + direction, minutes);
  const others = sessionsIn(gridOf(slot)).filter((other) => other.dataset.kind === "session" && other !== session);
  const next = direction ? neighbour(session, others, direction) : across(session, others, key, start);
  if (!next) return null;
  return placeTalk(slot, next, direction < 0 ? talksIn(next).length : 0, minutes);
}

function neighbour(session, others, direction) {
  const inRoom = others.filter((other) => other.dataset.column === session.dataset.column);
  const after = inRoom.filter((other) => direction * (number(other, "start") - number(session, "start")) > 0);
  return direction > 0 ? after[0] : after.at(-1);
}

function across(session, others, key, start) {
  const column = number(session, "column") + { ArrowRight: 1, ArrowLeft: -1 }[key];
  const there = others.filter((other) => number(other, "column") === column);
  const away = (other) => Math.abs(number(other, "start") - start);
  return there.sort((a, b) => away(a) - away(b))[0];
}

/** Deletes a part, as far as it is still what was seen. */
export function remove(id) {
  return send(() => {
    const slot = document.getElementById(id);
    const next = slot?.nextElementSibling ?? slot?.previousElementSibling ?? slot?.parentElement.closest(".slot");
    const focus = next?.classList.contains("slot") ? idOf(next) : "";
    return slot && { url: slot.dataset.remove, body: { version: number(slot, "version") }, focus };
  });
}
