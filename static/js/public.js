// Nothing here is needed: the server marks now and next, this only keeps the marks moving.
import { watchKeys } from "./public/keys.js";
import { watchRows } from "./public/rows.js";
import { watchStars } from "./public/stars.js";
import { watchQuestions } from "./questions.js";

const MINUTE = 60_000;
function waiting(words, minutes) {
  return minutes === 1 ? words.one : words.many.replace("{n}", minutes);
}

/** Moves past, now and next along the day, without announcing it. */
function moveMarks(day) {
  const entries = [...day.querySelectorAll("[data-start][data-end]")];
  const time = Date.now() + Number(day.dataset.clockOffset ?? 0);
  const next = entries.find((entry) => Date.parse(entry.dataset.start) > time);
  for (const entry of entries) {
    const start = Date.parse(entry.dataset.start);
    const end = Date.parse(entry.dataset.end);
    const running = start <= time && time < end;
    entry.classList.toggle("entry--past", end <= time);
    entry.classList.toggle("entry--now", running);
    entry.classList.toggle("entry--next", entry === next);
    for (const mark of entry.querySelectorAll("[data-mark]")) {
      mark.hidden = mark.dataset.mark === "now" ? !running : entry !== next;
    }
    const bar = entry.querySelector(".bar rect");
    if (running && bar) bar.setAttribute("width", `${((100 * (time - start)) / (end - start)).toFixed(1)}%`);
    const tags = entry.querySelector(".entry__tags");
    if (tags) tags.hidden = [...tags.children].every((tag) => tag.hidden);
    const left = entry.querySelector("[data-many]");
    if (entry === next && left) left.textContent = waiting(left.dataset, Math.ceil((start - time) / MINUTE));
  }
}

const days = document.querySelectorAll("[data-day-live]");
if (days.length) {
  const move = () => days.forEach(moveMarks);
  setInterval(move, MINUTE / 2);
  document.addEventListener("visibilitychange", () => document.hidden || move());
}

// The menu closes with Escape, and when the reader goes elsewhere.
const menu = document.querySelector("details.menu");
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

watchQuestions();
watchRows();
watchStars();
watchKeys();
