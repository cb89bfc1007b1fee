/** Talks chosen with a star. The choice lives in this browser; a feed that was asked for is told of every change. */
const KEY = "favourites:";

function load(place) {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY + place));
    return { talks: Array.isArray(kept?.talks) ? kept.talks.filter((talk) => typeof talk === "string") : [], link: kept?.link ?? "" };
  } catch {
    return { talks: [], link: "" };
  }
}

function save(place, kept) {
  try {
    localStorage.setItem(KEY + place, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing shows the stars until the page is left.
  }
}

async function tell(place, kept) {
  if (!/^\/f\/[\w-]+$/.test(kept.link)) return;
  const body = new URLSearchParams(kept.talks.map((talk) => ["talk", talk]));
  const answer = await fetch(`${kept.link}/talks`, { method: "POST", body }).catch(() => null);
  if (answer?.status === 404) save(place, { ...kept, link: "" });
}

function watchProgramme(form) {
  const place = form.dataset.stars;
  const kept = load(place);
  const stars = [...document.querySelectorAll("button.star")];
  const views = document.querySelector("[data-views]");
  const said = document.querySelector("[data-said]");
  const nothing = document.querySelector("[data-nothing]");
  const mine = document.querySelector("[data-mine]");
  let onlyMine = false;

  function show() {
    for (const star of stars) {
      const chosen = kept.talks.includes(star.value);
      star.setAttribute("aria-pressed", chosen);
      star.querySelector("use").setAttribute("href", chosen ? form.dataset.full : form.dataset.empty);
      star.closest(".entry").hidden = onlyMine && !chosen;
    }
    for (const heading of document.querySelectorAll(".entry--session")) {
      let next = heading.nextElementSibling;
      let seen = !onlyMine;
      for (; next?.matches(".entry--talk"); next = next.nextElementSibling) seen ||= !next.hidden;
      heading.hidden = !seen;
    }
    const here = stars.filter((star) => kept.talks.includes(star.value)).length;
    views.querySelector("[data-count]").textContent = here;
    mine.hidden = !onlyMine || here === 0;
    nothing.hidden = !onlyMine || here > 0;
    for (const one of views.querySelectorAll("[data-view]")) {
      one.setAttribute("aria-pressed", (one.dataset.view === "mine") === onlyMine);
    }
    const asked = new URLSearchParams(kept.talks.map((talk) => ["talk", talk]));
    mine.href = kept.link || `${form.getAttribute("action")}?${asked}`;
    return here;
  }

  form.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    const talk = event.submitter.value;
    const added = !kept.talks.includes(talk);
    kept.talks = added ? [...kept.talks, talk] : kept.talks.filter((one) => one !== talk);
    save(place, kept);
    said.textContent = (added ? said.dataset.added : said.dataset.removed).replace("{n}", show());
    tell(place, kept);
  });
  views.addEventListener("click", (event) => {
    const one = event.target.closest("[data-view]");
    if (!one) return;
    onlyMine = one.dataset.view === "mine";
    show();
  });
  views.hidden = false;
  show();
}

/** What has a star here is chosen in the form too. */
function fillChoice(form) {
  const kept = load(form.dataset.choose);
  for (const box of form.querySelectorAll("input[name=talk]")) box.checked ||= kept.talks.includes(box.value);
}

/** The page of a feed: from now on the stars of this browser are those of the list. */
function keepLink(section) {
  const boxes = [...document.querySelectorAll(".choice input[name=talk]:checked")];
  const place = section.dataset.feedOf;
  save(place, { talks: boxes.map((box) => box.value), link: section.dataset.feed });
  document.querySelector("[data-forget]").addEventListener("submit", () => save(place, { ...load(place), link: "" }));
}

export function watchStars() {
  for (const [selector, act] of [["form[data-stars]", watchProgramme], ["form[data-choose]", fillChoice], ["[data-feed]", keepLink]]) {
    const found = document.querySelector(selector);
    if (found) act(found);
  }
}
