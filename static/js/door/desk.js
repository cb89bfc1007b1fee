// The desk's search: hits with the matched letters marked, and one button that does the likely thing.
import { NoConnection, call } from "./api.js";
import { clock, say } from "./words.js";

const PAUSE = 200;
const MOST = 20;
const STATES = {
  confirmed: { kind: "ok", icon: "check", act: "let_in" },
  inside: { kind: "warn", icon: "clock", act: "open" },
  digital: { kind: "accent", icon: "monitor", act: "anyway" },
  waiting: { kind: "warn", icon: "hourglass", act: "anyway" },
  cancelled: { kind: "off", icon: "x", act: "anyway" },
};
const LETTERS = { ø: "o", æ: "ae", å: "a", ł: "l", đ: "d", ð: "d", þ: "th", ŋ: "n", ŧ: "t", ı: "i", œ: "oe", ß: "ss" };

/** Return a name as pieces [text, marked], the letters that match any of the words marked. */
export function marked(name, typed) {
  const letters = [...name].map((letter) => {
    const small = letter.toLowerCase();
    return LETTERS[small] ?? small.normalize("NFKD").replace(/\p{M}/gu, "");
  });
  const folded = letters.join("");
  const places = letters.flatMap((text, index) => [...text].map(() => index));
  const hit = new Set();
  for (const word of fold(typed).split(/\s+/).filter(Boolean)) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      for (let step = 0; step < word.length; step += 1) hit.add(places[at + step]);
    }
  }
  const pieces = [];
  [...name].forEach((letter, index) => {
    const last = pieces.at(-1);
    if (last && last[1] === hit.has(index)) last[0] += letter;
    else pieces.push([letter, hit.has(index)]);
  });
  return pieces;
}

function fold(text) {
  return [...text.toLowerCase()].map((letter) => LETTERS[letter] ?? letter).join("").normalize("NFKD").replace(/\p{M}/gu, "");
}

export class Desk {
  #timer = 0;
  #asked = 0;

  /** onChoose(hit, act): let_in, anyway or open. */
  constructor(page, { token, zone, iconsUrl, onChoose }) {
    Object.assign(this, { token, zone, iconsUrl, onChoose });
    this.field = page.querySelector("#q");
    this.list = page.querySelector("[data-hits]");
    this.found = page.querySelector("[data-found]");
    this.template = page.querySelector("#hit");
    this.field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.search(), PAUSE);
    });
    page.querySelector("[data-find]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
  }

  reset() {
    this.field.value = "";
    this.#show([], "", "");
    this.field.focus();
  }

  async search() {
    const typed = this.field.value.trim();
    const mine = ++this.#asked;
    if (typed.length < 2) {
      this.#show([], "", "");
      return;
    }
    let answer;
    try {
      answer = await call(`search?q=${encodeURIComponent(typed)}`, { token: this.token });
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
    }
    if (mine !== this.#asked) return;
    if (answer?.status !== 200) this.#show([], typed, say("desk.offline"));
    else this.#show(answer.body.hits, typed, this.#count(answer.body.hits.length));
  }

  #count(count) {
    if (!count) return say("desk.none");
    if (count >= MOST) return say("desk.most", { count });
    return count === 1 ? say("desk.one") : say("desk.many", { count });
  }

  #show(hits, typed, text) {
    this.found.textContent = text;
    this.list.replaceChildren(...hits.map((hit) => this.#row(hit, typed)));
    this.list.hidden = !hits.length;
  }

  #row(hit, typed) {
    const row = this.template.content.cloneNode(true);
    const name = row.querySelector(".hit__name");
    for (const [text, isMarked] of marked(hit.name, typed)) {
      const piece = isMarked ? document.createElement("mark") : document.createTextNode(text);
      if (isMarked) piece.textContent = text;
      name.append(piece);
    }
    row.querySelector("[data-organisation]").textContent = hit.organisation ? `${hit.organisation}.` : "";
    row.querySelector("[data-reference]").textContent = hit.reference;
    const state = hit.inside ? "inside" : hit.standing;
    const { kind, icon, act } = STATES[state];
    const status = row.querySelector(".status");
    status.classList.add(`status--${kind}`);
    status.querySelector("use").setAttribute("href", `${this.iconsUrl}#${icon}-bold`);
    status.querySelector("[data-words]").textContent = say(`hit.${state}`, { time: hit.inside ? clock(hit.inside.at, this.zone) : "" });
    const button = row.querySelector("button");
    button.textContent = say(`hit.${act}`);
    button.classList.toggle("button--second", act !== "let_in");
    button.addEventListener("click", () => this.onChoose(hit, act));
    return row;
  }
}
