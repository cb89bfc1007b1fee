// The page on a phone at the door: enrol, scan, show one answer, next.
import { NoConnection, call, errorCode } from "./api.js";
import { AnswerScreen, groupOf } from "./answer.js";
import { Bar } from "./bar.js";
import { Camera } from "./camera.js";
import { Desk } from "./desk.js";
import { REFERENCE, watchKeys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { askWhy } from "./override.js";
import { signal, stayAwake, unlockSound } from "./signals.js";
import { keepPhone, loadPhone, wipe } from "./store.js";
import { say } from "./words.js";

const ASK_EVERY = 15000;
const CHECKING_AFTER = 200;
const NO_ANSWER_AFTER = 2500;
const SAME_CODE = 2500;

const page = document.getElementById("door");
const part = (name) => page.querySelector(`[data-${name}]`);
const screen = new AnswerScreen(page, page.dataset.icons);
const bar = new Bar(page);

let phone = null; // {token, card}
let outbox = null;
let desk = null;
let camera = null;
let shown = null; // what the answer on the screen is about: {scan, answer, code}
let home = "scan";
let last = { code: "", at: 0 };
let asking = 0;

function view(name) {
  for (const one of page.querySelectorAll("[data-view]")) {
    const on = one.dataset.view === name;
    // The camera keeps running under an answer, so that a new scan does the same as Next.
    one.hidden = !on && !(name === "answer" && one.dataset.view === "scan" && camera?.running);
    one.inert = !on;
  }
  if (name !== "answer") screen.clear();
  page.dataset.now = name;
}

const facts = (more = {}) => ({
  desk: phone.card.device.kind === "desk",
  zone: phone.card.edition.time_zone,
  opensAt: phone.card.opens_at,
  ...more,
});

function present(answer, more = {}) {
  screen.show(answer, facts(more));
  view("answer");
  part("next").focus({ preventScroll: true });
}

function goHome() {
  shown = null;
  view(home);
  if (home === "desk") desk.reset();
  else if (camera?.running) document.activeElement?.blur();
  else part("typed").elements.reference.focus();
}

// Scans.

/** crypto.randomUUID exists only on secure addresses; a door over plain HTTP still types and scans by keys. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const newScan = (kind, more) => ({ id: newId(), kind, at: new Date().toISOString(), offline: false, ...more });

/** Send a scan and show its answer; while the net is away, say so and go on waiting for it. */
async function submit(scan, { typed = false } = {}) {
  const mine = { scan, answer: null, code: scan.ticket ?? scan.reference };
  shown = mine;
  const current = () => shown === mine;
  const { answer } = await outbox.add(scan);
  follow(mine, answer, typed, current);
}

function follow(mine, answer, typed, current) {
  const checking = setTimeout(() => current() && present({ outcome: "checking" }), CHECKING_AFTER);
  mine.giveUp = () => {
    clearTimeout(checking);
    if (current() && !mine.answer) noAnswer(typed);
  };
  const late = setTimeout(mine.giveUp, outbox.online ? NO_ANSWER_AFTER : CHECKING_AFTER);
  answer.then((found) => {
    clearTimeout(checking);
    clearTimeout(late);
    if (!current()) return;
    mine.answer = found;
    present(found, { typed });
    signal(groupOf(found.outcome));
  });
}

function noAnswer(typed) {
  present({ outcome: "no_answer" }, { typed });
  signal("ask");
}

function take(text, { typed = false } = {}) {
  if (!phone || !outbox || phone.ended || part("override").open) return;
  const code = text.trim();
  if (!code) return;
  const scan = newScan("enter", typed ? { reference: code.slice(0, 40) } : { ticket: code.slice(0, 1000) });
  last = { code, at: Date.now() };
  const waiting = outbox.findUnanswered(scan);
  if (waiting) {
    const mine = { scan: waiting, answer: null, code };
    shown = mine;
    follow(mine, outbox.answerOf(waiting.id), typed, () => shown === mine);
    return;
  }
  submit(scan, { typed });
}

/** A code before the camera: the same one again counts only after a pause, so that it is not scanned twice by holding still. */
function seen(code) {
  const now = Date.now();
  const same = code === last.code && (page.dataset.now === "answer" || now - last.at < SAME_CODE);
  if (same) {
    if (page.dataset.now === "answer") last.at = now;
    return;
  }
  if (page.dataset.now === "scan" || page.dataset.now === "answer") take(code);
}

function undo() {
  const { scan } = shown;
  const { ticket, reference } = scan;
  outbox.add(newScan("undo", { ...(ticket ? { ticket } : { reference }), undoes: scan.id }));
  const name = shown.answer?.name;
  shown = null;
  last = { code: "", at: 0 };
  present({ outcome: "undone", name });
}

function leave() {
  const { ticket, reference } = shown.scan;
  const name = shown.answer?.name;
  outbox.add(newScan("leave", ticket ? { ticket } : { reference }));
  shown = null;
  present({ outcome: "left", name });
}

async function letIn(scan, name) {
  const reason = await askWhy(page, name);
  if (!reason) return;
  const { ticket, reference } = scan;
  submit(newScan("enter", { ...(ticket ? { ticket } : { reference }), override: reason }));
}

function choose(hit, act) {
  const scan = newScan("enter", { reference: hit.reference });
  if (act === "let_in") {
    submit(scan);
  } else if (act === "anyway") {
    letIn(scan, hit.name);
  } else {
    const answer = { outcome: "already_in", name: hit.name, role: hit.role, first: hit.inside, assistance: hit.assistance };
    shown = { scan, answer, code: hit.reference };
    present(answer, { act: "leave" });
  }
}

function act() {
  if (screen.act === "undo") undo();
  else if (screen.act === "leave") leave();
  else if (screen.act === "let_in") letIn(shown.scan, shown.answer?.name ?? "");
  else scanAgain();
}

function scanAgain() {
  last = { code: "", at: 0 };
  shown = null;
  showScanner();
}

// The phone.

/** Keep what the server just said, and how far its clock is ahead of ours. */
function meet(card) {
  phone.card = card;
  phone.ahead = Date.parse(card.now) - Date.now();
}

async function ask() {
  clearTimeout(asking);
  try {
    const answer = await call("state", { token: phone.token });
    bar.online = true;
    if (answer.status === 200) {
      const wasApproved = phone.card.approved;
      meet(answer.body);
      await keepPhone(phone);
      bar.show(phone.card);
      if (!wasApproved && phone.card.approved) begin();
    } else if (answer.status === 401 || answer.status === 410) {
      end(errorCode(answer));
      return;
    }
  } catch (error) {
    if (!(error instanceof NoConnection)) throw error;
    bar.online = false;
  }
  bar.tell(outbox?.unsent ?? 0);
  if (Date.now() >= Date.parse(phone.card.expires_at) - phone.ahead) end("device.expired");
  else asking = setTimeout(ask, ASK_EVERY);
}

/** End of this phone's time. Scans made before an expiry are still sent; a revoked phone forgets everything at once. */
async function end(code) {
  clearTimeout(asking);
  camera?.stop();
  shown = null;
  phone.ended = true;
  const key = { "device.revoked": "end.revoked", "device.expired": "end.expired" }[code] ?? "end.unknown";
  const sending = code === "device.expired" && outbox?.unsent > 0 && !outbox.stopped;
  part("ended").textContent = sending ? `${say(key)} ${say("end.sending")}` : say(key);
  view("ended");
  if (!sending) {
    part("bar").hidden = true;
    await wipe();
  }
}

function tellCamera(reason) {
  part("frame").hidden = Boolean(reason);
  part("hint").textContent = say(reason ? `camera.${reason}` : "camera.hint");
  part("finder").classList.toggle("finder--off", Boolean(reason));
}

/** The reader did not load: say so, and let the volunteer type at once. */
function cameraBroke() {
  tellCamera("broken");
  if (page.dataset.now === "scan") part("typed").elements.reference.focus();
  else if (page.dataset.now === "answer") view("answer");
}

async function showScanner() {
  home = phone.card.device.kind === "desk" ? "desk" : "scan";
  view("scan");
  part("to-desk").hidden = home !== "desk";
  tellCamera(await camera.start());
}

async function begin() {
  if (!phone.card.approved) {
    view("waiting");
    return;
  }
  const { token } = phone;
  if (phone.card.device.kind === "desk") {
    home = "desk";
    desk ??= new Desk(page, { token, zone: phone.card.edition.time_zone, iconsUrl: page.dataset.icons, onChoose: choose });
    goHome();
  } else {
    showScanner();
  }
}

/** From the first tap on: sound, wake lock, camera, outbox. */
async function goOn() {
  unlockSound();
  stayAwake();
  bar.show(phone.card);
  outbox = new Outbox({
    token: phone.token,
    onChange: ({ unsent, online }) => {
      bar.online = online;
      bar.tell(unsent);
      if (!online) shown?.giveUp?.();
      if (phone.ended && !unsent) end("device.expired");
    },
    onAnswers: () => {
      clearTimeout(asking);
      asking = setTimeout(ask, 300);
    },
    onRefused: end,
  });
  const { scanner, reader } = page.dataset;
  camera = new Camera(part("video"), { scanner, reader, onText: seen, onBroken: cameraBroke });
  await outbox.load();
  begin();
  ask();
}

async function enrol(link) {
  part("start").disabled = true;
  part("start-error").textContent = "";
  try {
    const answer = await call("devices", { body: { token: link } });
    if (answer.status !== 201) {
      part("start-error").textContent = answer.body?.error?.message ?? say("start.failed");
      return;
    }
    const { token, ...card } = answer.body;
    phone = { token };
    meet(card);
    await keepPhone(phone);
    history.replaceState(null, "", "/door");
    await goOn();
  } catch (error) {
    if (!(error instanceof NoConnection)) throw error;
    part("start-error").textContent = say("start.failed");
  } finally {
    part("start").disabled = false;
  }
}

function wire() {
  part("next").addEventListener("click", goHome);
  part("act").addEventListener("click", act);
  part("to-scan").addEventListener("click", showScanner);
  part("to-desk").addEventListener("click", () => {
    camera.stop();
    goHome();
  });
  part("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = event.target.elements.reference;
    take(field.value, { typed: !/^cx1\./i.test(field.value.trim()) });
    field.value = "";
  });
  watchKeys((text) => take(text, { typed: REFERENCE.test(text.trim()) }));
  window.addEventListener("online", () => outbox?.flush());
  window.addEventListener("offline", () => {
    bar.online = false;
    bar.tell(outbox?.unsent ?? 0);
  });
}

async function open() {
  wire();
  const link = location.pathname.match(/^\/door\/([^/]+)$/)?.[1];
  phone = (await loadPhone()) ?? null;
  if (link) {
    unlockOn(part("start"), () => enrol(decodeURIComponent(link)));
    view("start");
  } else if (phone) {
    unlockOn(part("go-on"), goOn);
    view("go-on");
  } else {
    view("none");
  }
}

function unlockOn(button, then) {
  button.addEventListener("click", () => {
    unlockSound();
    then();
  });
}

open();
