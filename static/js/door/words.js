// The page's own words, written by the server in the page's language.
const words = JSON.parse(document.getElementById("door-words").textContent);
const language = document.documentElement.lang;

/** Return the words of a key, with %(name)s filled in. */
export function say(key, values = {}) {
  return words[key].replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");
}

export const hasWords = (key) => key in words;

/** Write a moment (ISO 8601) as 10:30, in Norwegian as 10.30, in the edition's zone. */
export function clock(moment, zone) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  const text = new Intl.DateTimeFormat("en-GB", options).format(new Date(moment));
  return language === "nb" ? text.replace(":", ".") : text;
}
