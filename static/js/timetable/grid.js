import { scaleFor, spread } from "./geometry.js";

const WIDE = matchMedia("(min-width: 48rem)");
export const root = document.getElementById("timetable");

export const isGrid = () => WIDE.matches;
export const number = (element, name) => Number(element.dataset[name]);
export const grids = () => [...root.querySelectorAll(".timetable__grid")];
export const gridOf = (slot) => slot.closest(".timetable__grid");
export const sessionsIn = (grid) => [...grid.querySelectorAll(":scope > .slot")];
export const talksIn = (session) => [...session.querySelectorAll(".slot__talks > .slot")];
export const rooms = (grid) => grid.dataset.rooms.split(" ").map(Number);
export const spanOf = (slot) => ({ start: number(slot, "start"), minutes: number(slot, "minutes") });
export const scaleOf = (grid) => Number(getComputedStyle(grid).getPropertyValue("--scale"));

/** Puts every part where it belongs. Positions go through the CSSOM: the policy allows no style in the page's text. */
export function lay() {
  root.classList.toggle("is-grid", isGrid());
  for (const grid of grids()) {
    const all = [...grid.querySelectorAll(".slot")];
    const from = number(grid, "starts");
    grid.closest(".timetable__frame").style.setProperty("--columns", rooms(grid).length);
    grid.closest(".timetable__frame").style.setProperty("--scale", scaleFor(all.map((slot) => number(slot, "minutes"))));
    grid.style.setProperty("--span", number(grid, "ends") - from);
    grid.closest(".timetable__frame").querySelectorAll("[data-hour]").forEach((hour) => {
      hour.style.setProperty("--start", number(hour, "hour") - from);
    });
    const parts = sessionsIn(grid).map((slot) => ({ key: slot, column: number(slot, "column"), ...spanOf(slot) }));
    const places = spread(parts, rooms(grid).length);
    for (const slot of sessionsIn(grid)) {
      const { left, width } = places.get(slot);
      put(slot, number(slot, "start") - from, number(slot, "minutes"));
      slot.style.setProperty("--left", left);
      slot.style.setProperty("--width", width);
      talksIn(slot).forEach((talk) => put(talk, number(talk, "start") - number(slot, "start"), number(talk, "minutes")));
    }
    all.forEach(addHandles);
  }
}

function put(slot, start, minutes) {
  slot.style.setProperty("--start", start);
  slot.style.setProperty("--minutes", minutes);
}

/** What is dragged by touch, and the lower edge; for the keyboard and without script there are other ways. */
function addHandles(slot) {
  if (slot.querySelector(":scope > .slot__edge")) return;
  for (const name of ["slot__grip", "slot__edge"]) {
    const handle = document.createElement("span");
    handle.className = name;
    handle.setAttribute("aria-hidden", "true");
    slot.append(handle);
  }
}

WIDE.addEventListener("change", lay);
