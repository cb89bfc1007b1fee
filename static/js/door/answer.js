// One answer on the whole screen: shape, word, name, detail, and exactly one thing to do.
import { clock, hasWords, say } from "./words.js";

const CIRCLE = '<circle class="answer__fill" cx="50" cy="50" r="48"/>';
const DIAMOND = '<path class="answer__fill" d="M50 2L98 50 50 98 2 50z"/>';
const OCTAGON = '<path class="answer__fill" d="M31 3h38l28 28v38L69 97H31L3 69V31z"/>';
const CHECK = '<path class="answer__sign" d="M27 52l16 16 31-34"/>';
const CLOCK = '<g class="answer__sign answer__sign--fine"><circle cx="50" cy="50" r="21"/><path d="M50 38v13l9 6"/></g>';

const SHAPES = {
  check: CIRCLE + CHECK,
  check_dot: `${CIRCLE}${CHECK}<circle class="answer__dot" cx="74" cy="70" r="6"/>`,
  clock: DIAMOND + CLOCK,
  screen: `${DIAMOND}<path class="answer__sign answer__sign--fine" d="M31 36h38v25H31zM42 71h16"/>`,
  queue: `${DIAMOND}<circle class="answer__dot" cx="30" cy="50" r="7"/><circle class="answer__dot" cx="50" cy="50" r="7"/><circle class="answer__dot" cx="70" cy="50" r="7"/>`,
  net: `${DIAMOND}<path class="answer__sign answer__sign--fine" d="M30 45a29 29 0 0140 0M39 55a16 16 0 0122 0M33 70l34-40"/><circle class="answer__dot" cx="50" cy="67" r="5"/>`,
  cross: `${OCTAGON}<path class="answer__sign" d="M34 34l32 32M66 34L34 66"/>`,
  back: '<circle class="answer__fill" cx="50" cy="50" r="48"/><path class="answer__sign answer__sign--fine" d="M34 40h24a14 14 0 010 28H42M44 28L32 40l12 12"/>',
  dots: "",
};

const LOOKS = {
  admitted: { group: "admitted", shape: "check", word: "admitted" },
  admitted_unverified: { group: "admitted", shape: "check_dot", word: "admitted" },
  already_in: { group: "ask", shape: "clock", word: "already_in" },
  digital: { group: "ask", shape: "screen", word: "digital" },
  waiting: { group: "ask", shape: "queue", word: "waiting" },
  not_started: { group: "ask", shape: "clock", word: "not_started", wait: true },
  cancelled: { group: "refused", shape: "cross", word: "refused" },
  replaced: { group: "refused", shape: "cross", word: "refused" },
  unknown: { group: "refused", shape: "cross", word: "refused", nameless: true },
  bad_signature: { group: "refused", shape: "cross", word: "refused", nameless: true },
  other_edition: { group: "refused", shape: "cross", word: "refused", nameless: true },
  undone: { group: "plain", shape: "back", word: "undone" },
  left: { group: "plain", shape: "back", word: "left" },
  checking: { group: "plain", shape: "dots", word: "checking" },
  no_answer: { group: "ask", shape: "net", word: "no_answer", nameless: true, wait: true },
};
const GROUPS = ["admitted", "ask", "refused", "plain"];
const DESK_DOES = { already_in: "do.badge", digital: "do.place", waiting: "do.place", cancelled: "do.reason", replaced: "do.newest" };
const OVERRIDABLE = new Set(["already_in", "digital", "waiting", "not_started", "cancelled", "replaced"]);

/** Return which group of answers an outcome belongs to, for sound and colour. */
export const groupOf = (outcome) => (LOOKS[outcome] ?? LOOKS.unknown).group;

function whatToDo(outcome, look, desk) {
  if (look.group === "admitted" || look.group === "plain") return "";
  if (look.wait) return say("do.wait");
  return say(desk ? DESK_DOES[outcome] ?? "do.search" : "do.desk");
}

function firstAct(outcome, desk) {
  if (outcome === "admitted" || outcome === "admitted_unverified" || outcome === "no_answer") return "undo";
  if (outcome === "undone" || outcome === "left" || outcome === "checking") return "";
  return desk && OVERRIDABLE.has(outcome) ? "let_in" : "again";
}

export class AnswerScreen {
  constructor(page, iconsUrl) {
    this.page = page;
    this.iconsUrl = iconsUrl;
    this.part = (name) => page.querySelector(`[data-${name}]`);
    this.act = "";
  }

  /** Show an answer; facts: {desk, zone, opensAt, typed}. */
  show(answer, facts) {
    const outcome = LOOKS[answer.outcome] ? answer.outcome : "unknown";
    const look = LOOKS[outcome];
    for (const group of GROUPS) this.page.classList.toggle(`door-page--${group}`, group === look.group);
    this.page.dataset.outcome = outcome;
    this.part("shape").innerHTML = SHAPES[look.shape];
    this.part("shape").toggleAttribute("hidden", !SHAPES[look.shape]);
    this.part("word").textContent = say(`word.${look.word}`);
    this.#write("name", this.#name(outcome, look, answer, facts));
    this.#write("detail", this.#detail(outcome, answer, facts));
    this.#write("do", whatToDo(outcome, look, facts.desk));
    this.#flags(look.group === "refused" ? {} : answer);
    this.act = facts.act ?? firstAct(outcome, facts.desk);
    const button = this.part("act");
    button.textContent = this.act ? say(`act.${this.act}`) : "";
    button.hidden = !this.act;
  }

  clear() {
    for (const group of GROUPS) this.page.classList.remove(`door-page--${group}`);
    delete this.page.dataset.outcome;
  }

  #write(name, text) {
    const part = this.part(name);
    part.textContent = text;
    part.hidden = !text;
  }

  #name(outcome, look, answer, { typed }) {
    if (!look.nameless) return answer.name ?? "";
    return say(outcome === "unknown" && typed ? "name.unknown_reference" : `name.${outcome}`);
  }

  #detail(outcome, answer, { typed, zone, opensAt, desk }) {
    if (outcome === "checking") return "";
    if (outcome === "unknown" && typed) return say("detail.unknown_reference");
    const values = {};
    if (outcome === "already_in") {
      if (!answer.first) return "";
      values.time = clock(answer.first.at, zone);
      values.gate = answer.first.gate;
    }
    if (outcome === "not_started") values.time = clock(opensAt, zone);
    const text = say(`detail.${outcome}`, values);
    return desk && answer.organisation && groupOf(outcome) === "admitted" ? `${text}. ${answer.organisation}` : text;
  }

  #flags(answer) {
    const flags = [];
    if (hasWords(`role.${answer.role}`)) flags.push(["identification-badge", say(`role.${answer.role}`)]);
    if (answer.assistance) flags.push(["wheelchair", say("flag.assistance")]);
    const template = document.getElementById("flag");
    const list = this.part("flags");
    list.replaceChildren(...flags.map(([icon, text]) => {
      const flag = template.content.cloneNode(true);
      flag.querySelector("use").setAttribute("href", `${this.iconsUrl}#${icon}-bold`);
      flag.querySelector("[data-words]").textContent = text;
      return flag;
    }));
    list.hidden = !flags.length;
  }
}
