import { lay, root } from "./grid.js";

const said = document.getElementById("timetable-said");
let queue = Promise.resolve();

/** Reads out, and shows, what has happened; the same words twice are still news. */
export function say(words, bad = false) {
  said.textContent = "";
  said.classList.toggle("is-bad", bad);
  requestAnimationFrame(() => (said.textContent = words));
}

/**
 * Sends one deed after the other, each worked out from the grid as it stands by then: `plan` returns {url, body, focus},
 * or nothing when there is nothing to do. Resolves to whether it was done, and if not, why.
 */
export function send(plan) {
  const turn = queue.then(() => one(plan));
  queue = turn.catch(() => {});
  return turn;
}

async function one(plan) {
  const wanted = plan();
  if (!wanted) return { done: false, words: "" };
  let response;
  try {
    response = await fetch(wanted.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
      body: JSON.stringify(wanted.body),
    });
  } catch {
    say(root.dataset.offline, true);
    lay();
    return { done: false, words: root.dataset.offline };
  }
  const answer = await response.json().catch(() => null);
  if (!answer?.html) {
    const words = answer?.error?.message || root.dataset.failed;
    say(words, true);
    lay();
    return { done: false, words };
  }
  show(answer.html, wanted.focus ?? answer.about);
  const words = answer.said ?? answer.error.message;
  say(words, !response.ok);
  return { done: response.ok, words };
}

/** Puts the grid in, as the server says it is, and the focus back on what it was on. */
function show(html, about) {
  const held = root.contains(document.activeElement) ? document.activeElement.closest(".slot")?.id : "";
  const tool = document.activeElement?.closest?.("[data-deed]")?.dataset.deed;
  const top = scrollY;
  root.innerHTML = html;
  lay();
  const target = document.getElementById(idOf(about)) ?? document.getElementById(held);
  const button = tool && root.querySelector(`[data-deed="${tool}"] button:not(:disabled)`);
  (button || target?.querySelector(".slot__title"))?.focus({ preventScroll: true });
  scrollTo({ top, behavior: "instant" });
  target?.scrollIntoView({ block: "nearest" });
}

function idOf(about) {
  const [kind, id] = (about ?? "").split("-");
  if (kind !== "talk") return `part-${id}`;
  return document.getElementById(`talk-${id}`) ? `talk-${id}` : (root.querySelector(`[data-talk="${id}"]`)?.id ?? "");
}
