// Questions that depend on other answers: hidden while they are not asked. Without script a sentence says when to answer,
// and the server leaves out what was not asked.

/** The present answers to a field of the form, or of every form: values of ticked boxes, radios and selects. */
function answers(form, source, hidden) {
  if (source === "assistance" && form.elements.needs_assistance) {
    return [form.elements.needs_assistance.checked ? "yes" : "no"];
  }
  const name = /^q\d+$/.test(source) ? `q_${source.slice(1)}` : source;
  const fields = [...form.elements].filter((field) => field.name === name);
  if (!fields.length) return form.dataset[source] ? [form.dataset[source]] : [];
  return fields
    .filter((field) => (/^(radio|checkbox)$/.test(field.type) ? field.checked : true))
    .filter((field) => !hidden.some((question) => question.contains(field)))
    .map((field) => field.value);
}

function isAsked(form, question, hidden) {
  const { askedOf, shownIf, shownValues } = question.dataset;
  if (askedOf && !answers(form, "mode", hidden).includes(askedOf)) return false;
  if (!shownIf) return true;
  const wanted = shownValues.split(" ");
  return answers(form, shownIf, hidden).some((value) => wanted.includes(value));
}

export function watchQuestions(root = document) {
  for (const form of root.querySelectorAll("form")) {
    const asked = [...form.querySelectorAll("[data-asked-of], [data-shown-if]")];
    if (!asked.length || form.dataset.watched) continue;
    form.dataset.watched = "yes";
    form.querySelectorAll("[data-without-script]").forEach((sentence) => (sentence.hidden = true));
    const show = () => {
      const hidden = [];
      for (const question of asked) {
        question.hidden = !isAsked(form, question, hidden);
        if (question.hidden) hidden.push(question);
      }
    };
    form.addEventListener("change", show);
    show();
  }
}
