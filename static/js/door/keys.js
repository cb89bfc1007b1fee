// A scanner that types: fast keystrokes that end in Enter, wherever the focus is.
const FAST = 75; // milliseconds between keystrokes; people need more
const HICCUP = 250; // a scanner that is well under way may be held up by a busy phone
const SHORTEST = 6;

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
      if (fast && burst.length >= SHORTEST) {
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
