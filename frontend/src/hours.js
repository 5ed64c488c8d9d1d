/**
 * Opening hours on the phone: the server sends 14 days, the phone looks a moment up in them.
 *
 * The same answers as `geo/opening.py` (ADR 0008). Moments are unix seconds. The words come from
 * the page's `<template id="hours-words">`.
 */
import { fill } from "./words.js";

const MINUTE = 60;
const DAY = 1440; // minutes
const HORIZON = 14 * DAY;

/** So long before it closes, it "closes soon". */
const CLOSING_SOON = 30 * MINUTE;

/** A closing so near needs no day: "closes at 2" says enough at 22:00. */
const SAME_NIGHT = 12 * 3600;

const UNKNOWN = {
  state: "unknown",
  until: null,
  opensAt: null,
  byAppointment: false,
  isHoliday: false,
  willClose: false,
  isStale: false,
};

/**
 * The stretches of a pattern.
 *
 * @param {string} pattern - letters and minutes, `c810o480c150`
 * @returns {{code: string, start: number, end: number}[]} minutes from the beginning
 */
function stretches(pattern) {
  let end = 0;
  return [...pattern.matchAll(/([oahuc])(\d+)/g)].map(([, code, minutes]) => {
    const start = end;
    end += Number(minutes);
    return { code, start, end };
  });
}

/** How many minutes the clock of the place is ahead of UTC at a minute of the table. */
function ahead(clock, minute) {
  const [first, ...changes] = clock.split(",").map(Number);
  let found = first;
  for (let at = 0; at < changes.length; at += 2) {
    if (changes[at] <= Math.max(minute, 0)) found = changes[at + 1];
  }
  return found;
}

/** Minutes by the clock of the place, from the day of UTC at which the table begins. */
function wallMinute(clock, t0, seconds) {
  const minute = Math.floor((seconds - t0) / MINUTE);
  return minute + ahead(clock, minute);
}

function closedUntil(next, until, isToday) {
  const opens = next && "oa".includes(next.code);
  return {
    ...UNKNOWN,
    state: opens && isToday(until) ? "opens_later" : "closed",
    until,
    opensAt: opens ? until : null,
    byAppointment: next?.code === "a",
  };
}

/** What a pattern says of a moment; see `stateAt`. */
function lookUp(t0, clock, pattern, now) {
  const minute = Math.floor((now - t0) / MINUTE);
  if (minute < 0 || minute >= HORIZON) return { ...UNKNOWN, isStale: true };
  const runs = stretches(pattern);
  const number = runs.findIndex(({ end }) => minute < end);
  if (number < 0) return { ...UNKNOWN, isStale: true };
  const next = runs[number + 1];
  const until = next ? t0 + next.start * MINUTE : null;
  const dayOf = (seconds) => Math.floor(wallMinute(clock, t0, seconds) / DAY);
  switch (runs[number].code) {
    case "c":
      return closedUntil(next, until, (then) => dayOf(then) === dayOf(now));
    case "a":
      return { ...UNKNOWN, state: "by_appointment", until, byAppointment: true };
    case "o": {
      const willClose = next?.code === "c";
      const isSoon = willClose && until - now <= CLOSING_SOON;
      return { ...UNKNOWN, state: isSoon ? "closing_soon" : "open", until, willClose };
    }
    default:
      return { ...UNKNOWN, until, isHoliday: runs[number].code === "h" };
  }
}

/**
 * @param {{t0: number, clocks: string[], patterns: [number, string][]}} table - of a pack
 * @param {number|null} index - the pattern of a resource; null where nothing is known
 * @param {number} now
 * @returns {{state: string, until: number|null, opensAt: number|null, byAppointment: boolean,
 *   isHoliday: boolean, willClose: boolean, isStale: boolean}} `state` is open, closing_soon,
 *   by_appointment, opens_later, closed or unknown; `isStale` outside the days of the table
 */
export function stateAt(table, index, now) {
  if (index === null) return UNKNOWN;
  const [clock, pattern] = table.patterns[index];
  return lookUp(table.t0, table.clocks[clock], pattern, now);
}

/**
 * Where a service stands when one asks what is open now.
 *
 * @param {{state: string}} opening
 * @returns {0|1|null} 0 with those open, 1 with those to call first, null if known to be closed
 */
export function openGroup({ state }) {
  if (state === "unknown") return 1;
  return state === "closed" || state === "opens_later" ? null : 0;
}

/** A time of the day as the language of the page writes it. */
function timeWords(wall, words) {
  // Of an evening before the first midnight of UTC, `wall` is less than 0.
  const ofDay = ((wall % DAY) + DAY) % DAY;
  const hour = Math.floor(ofDay / 60);
  const minute = ofDay % 60;
  if (!minute && hour === 0) return words.midnight;
  if (!minute && hour === 12) return words.noon;
  const half = hour < 12 ? "Am" : "Pm";
  return fill(words[minute ? `time${half}` : `hour${half}`], {
    h: hour,
    hh: String(hour).padStart(2, "0"),
    h12: hour % 12 || 12,
    m: String(minute).padStart(2, "0"),
  });
}

/** A moment as one says it now: the time alone, or with its day. */
function momentWords(then, { t0, clock, now, words }) {
  const wall = wallMinute(clock, t0, then);
  const time = timeWords(wall, words);
  const days = Math.floor(wall / DAY) - Math.floor(wallMinute(clock, t0, now) / DAY);
  if (days === 0 || then - now < SAME_NIGHT) return fill(words.at, { time });
  if (days === 1) return fill(words.atTomorrow, { time });
  // As in UTC: the clock of the place is in the number already.
  const date = new Date((t0 + wall * MINUTE) * 1000);
  const day = words.days.split("|")[date.getUTCDay()];
  if (days < 7) return fill(words.atDay, { time, day });
  const month = words.months.split("|")[date.getUTCMonth()];
  const number = date.getUTCDate() === 1 ? words.first : date.getUTCDate();
  return fill(words.atDate, { time, date: fill(words.date, { day, number, month }) });
}

/**
 * What a page says of a moment: a word, and more about it.
 *
 * @param {ReturnType<typeof stateAt>} opening
 * @param {{t0: number, clock: string, now: number, words: Record<string, string>,
 *   canCall: boolean}} page
 * @returns {{word: string, more: string}} `more` may be empty
 */
export function openingWords(opening, page) {
  const { words } = page;
  const when = (then) => momentWords(then, page);
  const call = page.canCall ? "" : "Nobody";
  if (opening.isStale) return { word: words[`stale${call}`], more: "" };
  switch (opening.state) {
    case "open": {
      const more = opening.willClose ? fill(words.closes, { when: when(opening.until) }) : "";
      return { word: words.open, more };
    }
    case "closing_soon":
      return { word: words.closingSoon, more: when(opening.until) };
    case "by_appointment":
      return { word: words.byAppointment, more: "" };
    case "unknown":
      return { word: words[`${opening.isHoliday ? "holiday" : "unknown"}${call}`], more: "" };
    default: {
      if (!opening.opensAt) return { word: words.closed, more: "" };
      const sentence = opening.byAppointment ? words.appointmentFrom : words.opens;
      return { word: words.closed, more: fill(sentence, { when: when(opening.opensAt) }) };
    }
  }
}

/** The words of the page, or null on a page that shows no hours. */
function pageWords() {
  return document.getElementById("hours-words")?.dataset ?? null;
}

/** Say of one element what holds now. */
function refresh(element, words, now) {
  const [t0, clock, pattern] = element.dataset.hours.split(" ");
  const opening = lookUp(Number(t0), clock, pattern, now);
  const { word, more } = openingWords(opening, {
    t0: Number(t0),
    clock,
    now,
    words,
    canCall: !("noCall" in element.dataset),
  });
  element.dataset.state = opening.state;
  const [strong, rest] = element.querySelectorAll("[data-say]");
  // Nothing is written where nothing changed: a screen reader would read it again.
  if (strong.textContent !== word) strong.textContent = word;
  const added = more && ` · ${more}`;
  if (rest.textContent !== added) rest.textContent = added;
}

/**
 * Bring every `[data-hours]` up to date, and take away announcements of days that are past.
 *
 * @param {ParentNode} [root] - also a fragment that is not in the page yet
 * @param {number} [now]
 */
export function refreshHours(root = document, now = Math.floor(Date.now() / 1000)) {
  const words = pageWords();
  if (!words) return;
  for (const element of root.querySelectorAll("[data-hours]")) refresh(element, words, now);
  for (const note of root.querySelectorAll("[data-told-until]")) {
    note.hidden = now >= Number(note.dataset.toldUntil);
  }
}

/** Keep the page true: each minute, and when it is shown again after hours in a pocket. */
export function startHours() {
  refreshHours();
  setInterval(() => {
    if (!document.hidden) refreshHours();
  }, MINUTE * 1000);
  addEventListener("pageshow", () => refreshHours());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refreshHours();
  });
}
