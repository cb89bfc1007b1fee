/** The arithmetic of the timetable: minutes, places and widths. Nothing here knows the page. */
export const STEP = 5;
const DAY = 24 * 60;
const LOWEST = 26;
const LEAST_SCALE = 2.4;
const MOST_SCALE = 5.2;

/** The multiple of `step` nearest to `minutes`. */
export function snap(minutes, step = STEP) {
  return Math.round(minutes / step) * step;
}

/** The next or the previous multiple of `step`, so that what lies askew is put straight by its first move. */
export function stepped(minutes, direction, step = STEP) {
  const next = direction > 0 ? Math.floor(minutes / step) + 1 : Math.ceil(minutes / step) - 1;
  return next * step;
}

/** `635` as `10:35`, beyond midnight as the clock of the day after. */
export function clock(minutes, colon = ":") {
  const within = ((minutes % DAY) + DAY) % DAY;
  return [Math.floor(within / 60), within % 60].map((part) => String(part).padStart(2, "0")).join(colon);
}

/** A day and minutes from its midnight as the server reads a local time: `2024-01-25T10:35`. */
export function localTime(day, minutes) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + Math.floor(minutes / DAY));
  return `${date.toISOString().slice(0, 10)}T${clock(minutes)}`;
}

/** Pixels a minute, so that the shortest part still has a line of text. */
export function scaleFor(lengths) {
  const shortest = Math.min(...lengths, 60);
  return Math.min(Math.max(LOWEST / Math.max(shortest, 1), LEAST_SCALE), MOST_SCALE);
}

/** The span drawn between two moments, in order, never shorter than a step. */
export function drawn(from, to) {
  const [first, last] = [snap(Math.min(from, to)), snap(Math.max(from, to))];
  return { start: first, minutes: Math.max(last - first, STEP) };
}

/** Where in an order something dropped at `at` belongs: before the first part whose middle lies below. */
export function placeInOrder(parts, at) {
  const place = parts.findIndex((part) => at < part.start + part.minutes / 2);
  return place < 0 ? parts.length : place;
}

const overlap = (a, b) => a.start < b.start + b.minutes && b.start < a.start + a.minutes;

/**
 * Left and width (0 to 1) of each of `parts` ({key, column, start, minutes}) within `columns` columns. Parts of a column
 * that overlap share its width; column -1 is all columns, or the first where something else is on at the same time.
 */
export function spread(parts, columns) {
  const result = new Map();
  const wide = parts.filter((part) => part.column < 0);
  const lonely = wide.filter((part) => !parts.some((other) => other !== part && overlap(part, other)));
  lonely.forEach((part) => result.set(part.key, { left: 0, width: 1 }));
  for (let column = 0; column < columns; column += 1) {
    const own = parts.filter((part) => Math.max(part.column, 0) === column && !result.has(part.key));
    for (const group of clusters(own)) {
      const lanes = [];
      for (const part of group) {
        let lane = lanes.findIndex((free) => free <= part.start);
        if (lane < 0) lane = lanes.length;
        lanes[lane] = part.start + part.minutes;
        result.set(part.key, { lane });
      }
      for (const part of group) {
        const width = 1 / columns / lanes.length;
        result.set(part.key, { left: column / columns + result.get(part.key).lane * width, width });
      }
    }
  }
  return result;
}

/** Parts in order of their start, those together that overlap directly or through others. */
function clusters(parts) {
  const groups = [];
  let free = -Infinity;
  for (const part of [...parts].sort((a, b) => a.start - b.start || b.minutes - a.minutes)) {
    if (part.start >= free) groups.push([]);
    groups.at(-1).push(part);
    free = Math.max(free, part.start + part.minutes);
  }
  return groups;
}

/** The column under `x` within a grid of `width`. */
export function columnAt(x, width, columns) {
  return Math.min(Math.max(Math.floor((x / width) * columns), 0), columns - 1);
}
