// Why somebody is let in against the answer: asked for, and kept.
import { say } from "./words.js";

/** Return the reason, or "" when the person is not let in. */
export function askWhy(page, name) {
  const dialog = page.querySelector("[data-override]");
  const form = page.querySelector("[data-override-form]");
  const field = form.elements.reason;
  const wrong = page.querySelector("[data-reason-error]");
  page.querySelector("[data-question]").textContent = say("override.question", { name });
  field.value = "";
  wrong.hidden = true;
  field.removeAttribute("aria-invalid");
  dialog.showModal();
  field.focus();
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      const reason = field.value.trim();
      wrong.hidden = Boolean(reason);
      field.setAttribute("aria-invalid", String(!reason));
      if (!reason) {
        field.focus();
        return;
      }
      dialog.close();
      resolve(reason);
    };
    page.querySelector("[data-override-no]").onclick = () => dialog.close();
    dialog.onclose = () => resolve("");
  });
}
