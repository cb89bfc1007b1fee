// The bar: gate and device, how many are in, what is not sent yet, daylight or dim hall.
import { say } from "./words.js";

const LIGHT = "crosslinks-door-light";

function keptLight() {
  try {
    return localStorage.getItem(LIGHT);
  } catch {
    return null; // this browser keeps nothing for this page
  }
}

function keepLight(light) {
  try {
    localStorage.setItem(LIGHT, light);
  } catch {
    // it is chosen again next time
  }
}

export class Bar {
  #card = null;
  #unsent = 0;

  constructor(page) {
    this.page = page;
    this.online = navigator.onLine;
    this.part = (name) => page.querySelector(`[data-${name}]`);
    this.part("light").addEventListener("click", () => this.#light(!this.dim));
    const kept = keptLight();
    this.#light(kept ? kept === "dim" : matchMedia("(prefers-color-scheme: dark)").matches, false);
  }

  #light(dim, keep = true) {
    this.dim = dim;
    this.page.classList.toggle("door-page--dim", dim);
    this.part("light-dim").hidden = dim;
    this.part("light-day").hidden = !dim;
    this.part("light").setAttribute("aria-label", say(dim ? "bar.daylight" : "bar.dim"));
    if (keep) keepLight(dim ? "dim" : "day");
  }

  show(card) {
    this.#card = card;
    this.part("bar").hidden = false;
    this.part("place").textContent = say(`place.${card.device.kind}`, { gate: card.gate.name, label: card.device.label });
    this.part("demo").hidden = !card.edition.demo;
    this.tell(this.#unsent);
  }

  tell(unsent) {
    this.#unsent = unsent;
    if (!this.#card) return;
    const late = unsent > 0 || !this.online;
    this.part("sync").classList.toggle("door-bar__sync--late", late);
    this.part("sync-ok").hidden = late;
    this.part("sync-late").hidden = !late;
    const words = [];
    if (!late) words.push(say("bar.count", this.#card), say("bar.sent"));
    else if (this.online) words.push(say("bar.count", this.#card), say("bar.unsent", { count: unsent }));
    else words.push(say("bar.offline"), ...(unsent ? [say("bar.unsent", { count: unsent })] : []));
    this.part("sync-text").textContent = words.join(". ");
  }
}
