// A scanner that types: fast keystrokes that end in Enter, wherever the focus is.
const FAST = 75; // milliseconds between keystrokes; people need more
const HICCUP = 250; // a scanner that is well under way may be held up by a busy phone
const SHORTEST = 6;
const TICKET = /^cx1\./i;
const LONGEST_REFERENCE = 8; // with its dash, and one key too many

/** A reference as it is typed: four and two, in any case. */
export const REFERENCE = /^[0-9a-z]{4}[- ]?[0-9a-z]{2}$/i;

/** Whether the field holds the beginning of what is only whole together: a person typed, or a scanner was held up. */
function belongsTogether(start, burst) {
  if (!start || REFERENCE.test(burst) || TICKET.test(burst)) return false;
  return TICKET.test(start + burst) || (start + burst).length <= LONGEST_REFERENCE;
}

/** Call onText with what a scanner typed; keys that a person presses go their way. */
export function watchKeys(onText) {
  let burst = "";
  let last = 0;
  let before = null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const fast = event.timeStamp - last < (burst.length >= SHORTEST ? HICCUP : FAST);
    last = event.timeStamp;
    if (event.key === "Enter") {
      if (fast && burst.length >= SHORTEST && !belongsTogether(before?.value, burst)) {
        event.preventDefault();
        event.stopPropagation();
        if (before) before.field.value = before.value;
        onText(burst);
      }
      burst = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (!fast) {
      burst = "";
      const field = event.target;
      before = field instanceof HTMLInputElement ? { field, value: field.value } : null;
    }
    burst += event.key;
  }, true);
}
