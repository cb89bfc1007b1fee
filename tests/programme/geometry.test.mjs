import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, columnAt, drawn, localTime, placeInOrder, scaleFor, snap, spread, stepped } from "../../static/js/timetable/geometry.js";

const part = (key, column, start, minutes) => ({ key, column, start, minutes });

test("times snap to five minutes, and a step puts straight what lies askew", () => {
  assert.deepEqual([632, 633, 630].map((minutes) => snap(minutes)), [630, 635, 630]);
  assert.deepEqual([stepped(630, 1), stepped(632, 1), stepped(632, -1), stepped(630, -1)], [635, 635, 630, 625]);
});

test("minutes read as a clock and as the server's local time, beyond midnight too", () => {
  assert.equal(clock(635), "10:35");
  assert.equal(clock(635, "."), "10.35");
  assert.equal(clock(1445), "00:05");
  assert.equal(localTime("2024-01-25", 635), "2024-01-25T10:35");
  assert.equal(localTime("2024-02-28", 1445), "2024-02-29T00:05");
});

test("the shortest part has room for a line, within bounds", () => {
  assert.equal(scaleFor([10, 45]), 2.6);
  assert.equal(scaleFor([60]), 2.4);
  assert.equal(scaleFor([1]), 5.2);
  assert.equal(scaleFor([]), 2.4);
});

test("a span may be drawn upwards, and is never shorter than a step", () => {
  assert.deepEqual(drawn(633, 601), { start: 600, minutes: 35 });
  assert.deepEqual(drawn(600, 601), { start: 600, minutes: 5 });
});

test("what is dropped on a session comes before the part whose middle lies below", () => {
  const talks = [part("a", 0, 600, 40), part("b", 0, 640, 20)];
  assert.deepEqual([590, 619, 621, 651, 700].map((at) => placeInOrder(talks, at)), [0, 0, 1, 2, 2]);
  assert.equal(placeInOrder([], 600), 0);
});

test("parts that overlap in a room share its width; those that only touch do not", () => {
  const parts = [part("a", 0, 600, 60), part("b", 0, 630, 60), part("c", 0, 690, 30), part("d", 1, 600, 60)];
  const places = spread(parts, 2);
  assert.deepEqual(places.get("a"), { left: 0, width: 0.25 });
  assert.deepEqual(places.get("b"), { left: 0.25, width: 0.25 });
  assert.deepEqual(places.get("c"), { left: 0, width: 0.5 });
  assert.deepEqual(places.get("d"), { left: 0.5, width: 0.5 });
});

test("a break without a room spans all of them, unless something is on", () => {
  assert.deepEqual(spread([part("lunch", -1, 700, 60), part("a", 0, 600, 60)], 3).get("lunch"), { left: 0, width: 1 });
  const busy = spread([part("lunch", -1, 700, 60), part("a", 0, 710, 60)], 2);
  assert.deepEqual([busy.get("lunch"), busy.get("a")], [{ left: 0, width: 0.25 }, { left: 0.25, width: 0.25 }]);
  assert.deepEqual(spread([part("lunch", -1, 700, 60), part("b", 1, 710, 60)], 2).get("lunch"), { left: 0, width: 0.5 });
});

test("every part has a place, and no two that overlap in a room share it", () => {
  let seed = 7;
  const chance = (most) => (seed = (seed * 16807) % 2147483647) % most;
  for (let round = 0; round < 200; round += 1) {
    const parts = Array.from({ length: chance(12) }, (_, key) => part(key, chance(3), 5 * chance(60), 5 + 5 * chance(20)));
    const places = spread(parts, 3);
    assert.equal(places.size, parts.length);
    for (const a of parts) {
      for (const b of parts) {
        const together = a.key < b.key && a.start < b.start + b.minutes && b.start < a.start + a.minutes;
        if (!together) continue;
        const [left, right] = [places.get(a.key), places.get(b.key)].sort((one, two) => one.left - two.left);
        assert.ok(left.left + left.width <= right.left + 1e-9, JSON.stringify([a, b]));
      }
    }
  }
});

test("a pointer beyond the edge is in the last column", () => {
  assert.deepEqual([-5, 10, 150, 500].map((x) => columnAt(x, 200, 2)), [0, 0, 1, 1]);
});
