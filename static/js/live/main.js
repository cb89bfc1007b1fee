// The live page: tells once a minute that it is open, writes times where the reader is, and opens when the stream does.
const live = document.querySelector("[data-live]");
const LONGEST_WAIT = 12 * 3_600_000;

/** Tells the server that this page is open; ends when the server says that there is nothing more to count. */
async function beat() {
  let goesOn = true;
  try {
    const answer = await fetch(live.dataset.presence, { method: "POST", credentials: "omit", referrerPolicy: "no-referrer" });
    goesOn = answer.ok || answer.status === 429 || answer.status >= 500;
  } catch {
    goesOn = true; // the net is away for a moment
  }
  if (goesOn) setTimeout(beat, Number(live.dataset.every));
}

/** Beside each time of the edition's zone: what the reader's own clock says, when that is another time. */
function writeLocalTimes() {
  const colon = document.documentElement.lang === "nb" ? "." : ":";
  for (const time of live.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime);
    const here = [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, "0")).join(colon);
    if (here === time.textContent) continue;
    const note = document.createElement("span");
    note.textContent = ` (${live.dataset.localWords.replace("{time}", here)})`;
    time.parentElement.append(note);
  }
}

function openInTime() {
  const now = Date.now() + Number(live.dataset.clockOffset);
  const wait = Date.parse(live.dataset.opens) - now + 1_000;
  if (wait < LONGEST_WAIT) setTimeout(() => location.reload(), Math.max(wait, 5_000));
}

if (live) {
  writeLocalTimes();
  if (live.dataset.state === "before") openInTime();
  if (live.dataset.state === "open" && live.dataset.presence) beat();
}
