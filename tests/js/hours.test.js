import assert from "node:assert/strict";
import { test } from "node:test";
import { openGroup, openingWords, refreshHours, stateAt } from "../../frontend/src/hours.js";

/** Midnight of UTC, 25 November 2026, a Wednesday: 19:00 of Tuesday in Montréal. */
const T0 = Date.UTC(2026, 10, 25) / 1000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Wednesday to Friday 8:30 to 16:30 in Montréal (13:30 to 21:30 UTC), Saturday unknown. */
const OFFICE = "c810o480c960o480c960o480c450h1440c14100";
const TABLE = {
  t0: T0,
  clocks: ["-300", "-240,3240,-300"],
  patterns: [
    [0, OFFICE],
    [0, "o20160"],
    [0, "c810a480c18870"],
    [1, "c3180o120c16860"],
  ],
};

const WORDS = {
  open: "Open",
  closingSoon: "Closes soon",
  byAppointment: "By appointment",
  closed: "Closed",
  unknown: "Not known: call",
  unknownNobody: "Not known",
  holiday: "Holiday: call",
  holidayNobody: "Holiday",
  stale: "To be checked: call",
  staleNobody: "To be checked",
  closes: "closes {when}",
  opens: "opens {when}",
  appointmentFrom: "by appointment {when}",
  at: "at {time}",
  atTomorrow: "tomorrow at {time}",
  atDay: "{day} at {time}",
  atDate: "{date} at {time}",
  timeAm: "{h12}:{m} a.m.",
  timePm: "{h12}:{m} p.m.",
  hourAm: "{h12} a.m.",
  hourPm: "{h12} p.m.",
  noon: "noon",
  midnight: "midnight",
  date: "{day}, {month} {number}",
  first: "1st",
  days: "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday",
  months: "January|February|March|April|May|June|July|August|September|October|November|December",
};

const at = (hours, minutes = 0) => T0 + hours * HOUR + minutes * MINUTE;

function said(index, now, canCall = true) {
  const [clock] = TABLE.patterns[index];
  const page = { t0: T0, clock: TABLE.clocks[clock], now, words: WORDS, canCall };
  const { word, more } = openingWords(stateAt(TABLE, index, now), page);
  return more ? `${word} · ${more}` : word;
}

test("an office opens later, is open, closes soon, and is closed until tomorrow", () => {
  assert.equal(stateAt(TABLE, 0, at(10)).state, "opens_later");
  assert.equal(stateAt(TABLE, 0, at(14)).state, "open");
  assert.equal(stateAt(TABLE, 0, at(20, 59)).state, "open");
  assert.equal(stateAt(TABLE, 0, at(21)).state, "closing_soon");
  assert.equal(stateAt(TABLE, 0, at(21, 30)).state, "closed");
});

test("today is that of the place: in the evening it opens tomorrow, not later today", () => {
  // 23:00 in Montréal, the same day of UTC as the opening.
  assert.equal(stateAt(TABLE, 0, at(4)).state, "closed");
  assert.equal(stateAt(TABLE, 0, at(5)).state, "opens_later");
});

test("what comes next is said with its moment", () => {
  const opening = stateAt(TABLE, 0, at(10));

  assert.equal(opening.opensAt, at(13, 30));
  assert.equal(stateAt(TABLE, 0, at(14)).until, at(21, 30));
  assert.equal(stateAt(TABLE, 1, at(14)).until, null);
});

test("before a day that nobody knows, no opening is promised after it", () => {
  const friday = stateAt(TABLE, 0, at(72 - 2));

  assert.equal(friday.state, "closed");
  assert.equal(friday.opensAt, null);
});

test("nothing known is unknown, never closed, and stands in the second group", () => {
  assert.equal(stateAt(TABLE, null, at(3)).state, "unknown");
  assert.equal(openGroup(stateAt(TABLE, null, at(3))), 1);
});

test("open, closing soon and by appointment stand in the first group; closed in none", () => {
  assert.equal(openGroup({ state: "open" }), 0);
  assert.equal(openGroup({ state: "closing_soon" }), 0);
  assert.equal(openGroup({ state: "by_appointment" }), 0);
  assert.equal(openGroup({ state: "closed" }), null);
  assert.equal(openGroup({ state: "opens_later" }), null);
});

test("after 14 days, and before them, the hours have to be checked", () => {
  assert.equal(stateAt(TABLE, 1, at(14 * 24)).isStale, true);
  assert.equal(stateAt(TABLE, 1, at(14 * 24)).state, "unknown");
  assert.equal(stateAt(TABLE, 1, T0 - 1).isStale, true);
  assert.equal(stateAt(TABLE, 1, at(14 * 24) - 1).state, "open");
});

test("a pattern that ends too early is not taken for closed", () => {
  const short = { ...TABLE, patterns: [[0, "c60"]] };

  assert.equal(stateAt(short, 0, at(2)).isStale, true);
});

test("sentences say the time, the day where it is another, the date where it is far", () => {
  assert.equal(said(0, at(14)), "Open · closes at 4:30 p.m.");
  assert.equal(said(0, at(21, 10)), "Closes soon · at 4:30 p.m.");
  assert.equal(said(0, at(10)), "Closed · opens at 8:30 a.m.");
  assert.equal(said(0, at(22)), "Closed · opens tomorrow at 8:30 a.m.");
  assert.equal(said(2, at(14)), "By appointment");
  assert.equal(said(2, at(10)), "Closed · by appointment at 8:30 a.m.");
  assert.equal(said(1, at(3)), "Open");
});

test("a day within a week is named, a later one has its date", () => {
  const late = { t0: T0, clocks: ["-300"], patterns: [[0, "c6570o60c4000o60c9470"]] };
  const page = { t0: T0, clock: "-300", now: at(0), words: WORDS, canCall: true };

  assert.equal(openingWords(stateAt(late, 0, at(0)), page).more, "opens Sunday at 8:30 a.m.");
  const far = { t0: T0, clocks: ["-300"], patterns: [[0, "c9450o60c10650"]] };
  assert.equal(
    openingWords(stateAt(far, 0, at(0)), page).more,
    "opens Tuesday, December 1st at 8:30 a.m.",
  );
});

test("noon and midnight have their words", () => {
  const page = { t0: T0, clock: "0", now: at(1), words: WORDS, canCall: true };
  const until = (moment) =>
    openingWords({ state: "open", willClose: true, until: moment }, page).more;

  assert.equal(until(at(12)), "closes at noon");
  assert.equal(until(at(24)), "closes tomorrow at midnight");
  assert.equal(until(at(11)), "closes at 11 a.m.");
  assert.equal(until(at(12, 5)), "closes at 12:05 p.m.");
});

test("a night that goes on after midnight needs no day", () => {
  // 23:00, until 2:00.
  const page = { t0: T0, clock: "0", now: at(23), words: WORDS, canCall: true };

  assert.equal(
    openingWords({ state: "open", willClose: true, until: at(26) }, page).more,
    "closes at 2 a.m.",
  );
});

test("the clock of the place changes in the middle of the table", () => {
  // 120 minutes from minute 3180 on; at minute 3240 clocks are put back by an hour.
  const before = stateAt(TABLE, 3, T0 + 3190 * MINUTE);

  assert.equal(before.state, "open");
  assert.equal(said(3, T0 + 3190 * MINUTE), "Open · closes at 2 a.m.");
});

test("where there is no number nobody is told to call", () => {
  assert.equal(said(0, at(78)), "Holiday: call");
  assert.equal(said(0, at(78), false), "Holiday");
  assert.equal(said(1, at(15 * 24), false), "To be checked");
});

/** As much of a page as `refreshHours` touches. */
function page(elements, notes = []) {
  globalThis.document = { getElementById: () => ({ dataset: WORDS }) };
  return {
    querySelectorAll: (selector) => (selector === "[data-hours]" ? elements : notes),
  };
}

function card(pattern, extra = {}) {
  const parts = [{ textContent: "" }, { textContent: "" }];
  return {
    dataset: { hours: `${T0} -300 ${pattern}`, ...extra },
    parts,
    querySelectorAll: () => parts,
  };
}

test("a page that was kept for days says what holds now", () => {
  const element = card(OFFICE);
  const root = page([element]);

  refreshHours(root, at(14));
  assert.deepEqual(
    element.parts.map((part) => part.textContent),
    ["Open", " · closes at 4:30 p.m."],
  );
  assert.equal(element.dataset.state, "open");

  refreshHours(root, at(22));
  assert.equal(element.parts[0].textContent, "Closed");
  assert.equal(element.dataset.state, "closed");

  refreshHours(root, T0 + 20 * DAY);
  assert.deepEqual(
    element.parts.map((part) => part.textContent),
    ["To be checked: call", ""],
  );
});

test("an announcement goes when its days are over", () => {
  const note = { dataset: { toldUntil: String(at(24)) }, hidden: false };
  const root = page([], [note]);

  refreshHours(root, at(23));
  assert.equal(note.hidden, false);
  refreshHours(root, at(24));
  assert.equal(note.hidden, true);
});
