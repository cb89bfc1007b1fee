// Scans on their way to the server: each is kept on the phone until it has its answer, whatever status comes back.
import { NoConnection, call, errorCode } from "./api.js";
import { dropScan, keepScan, loadScans } from "./store.js";

const BATCH = 100;
const TYPED = 20; // references are slowed down by the server, so few at a time
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

export class Outbox {
  #kept = [];
  #waiting = new Map();
  #sending = false;
  #timer = 0;
  #wait = FIRST_WAIT;
  #alone = false;

  /** onChange({unsent, online}) after every change; onRefused(code) when the server no longer knows this phone. */
  constructor({ token, onChange, onAnswers, onRefused }) {
    this.token = token;
    this.onChange = onChange;
    this.onAnswers = onAnswers;
    this.onRefused = onRefused;
    this.online = true;
    this.stopped = false;
  }

  get unsent() {
    return this.#kept.length;
  }

  async load() {
    this.#kept = await loadScans();
    this.#tell();
    this.flush();
  }

  /** Keep a scan and return a promise of its answer; it is never rejected, it may take hours. */
  async add(scan) {
    const kept = { id: scan.id, order: Date.now() + Math.random(), scan };
    this.#kept.push(kept);
    const answer = new Promise((resolve) => this.#waiting.set(scan.id, resolve));
    await keepScan(kept).catch(() => {});
    this.#tell();
    this.flush();
    return { answer };
  }

  /** Return the kept scan of the same ticket that still waits for its answer. */
  findUnanswered(shown) {
    return this.#kept.find(({ scan }) => scan.kind === "enter" && !scan.override
      && scan.ticket === shown.ticket && scan.reference === shown.reference)?.scan;
  }

  answerOf(id) {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  async flush() {
    clearTimeout(this.#timer);
    if (this.#sending || this.stopped || !this.#kept.length) return;
    this.#sending = true;
    let wait = 0;
    try {
      wait = await this.#send(this.#next());
    } finally {
      this.#sending = false;
      this.#tell();
    }
    if (this.stopped || !this.#kept.length) return;
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  #next() {
    if (this.#alone) return this.#kept.slice(0, 1);
    let typed = 0;
    const batch = [];
    for (const kept of this.#kept) {
      if (kept.scan.reference) typed += 1;
      if (batch.length === BATCH || typed > TYPED) break;
      batch.push(kept);
    }
    return batch;
  }

  /** Send a batch; return how long to wait before the next, in milliseconds. */
  async #send(batch) {
    const body = { sent_at: new Date().toISOString(), scans: batch.map(({ scan }) => scan) };
    let answer;
    try {
      answer = await call("scans", { token: this.token, body });
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      this.online = false;
      return this.#later();
    }
    this.online = true;
    if (answer.status === 200) return this.#settle(batch, answer.body.results);
    if (answer.status === 401 || answer.status === 410) {
      this.stopped = true;
      this.onRefused(errorCode(answer));
      return 0;
    }
    if (answer.status === 422 || answer.status === 413) this.#postpone(batch);
    return this.#later(answer.retryAfter * 1000);
  }

  async #settle(batch, results) {
    this.#wait = FIRST_WAIT;
    this.#alone = false;
    const done = new Set(batch.map(({ id }) => id));
    this.#kept = this.#kept.filter(({ id }) => !done.has(id));
    await Promise.all([...done].map((id) => dropScan(id).catch(() => {})));
    batch.forEach(({ id }, index) => {
      this.#waiting.get(id)?.(results[index]);
      this.#waiting.delete(id);
    });
    this.onAnswers();
    return 0;
  }

  /** A batch that the server cannot read: send its scans one by one, the troublesome one last. */
  #postpone(batch) {
    if (this.#alone) this.#kept.push(this.#kept.shift());
    this.#alone = batch.length > 1 || this.#alone;
  }

  #later(atLeast = 0) {
    const jitter = 0.7 + Math.random() * 0.6;
    const wait = Math.max(atLeast, this.#wait * jitter);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    return wait;
  }

  #tell() {
    this.onChange({ unsent: this.unsent, online: this.online });
  }
}
