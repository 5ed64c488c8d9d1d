/**
 * Answers questions as the phone does, for tests/frontend/test_local_answer.py.
 *
 * Reads from stdin `{areas, vocabulary, choices, packs: {language: {code: pack}}, questions:
 * [{query, language, saved: [code…], now: seconds since 1970}]}`; writes one answer for each.
 */
import { regionAt } from "../../frontend/src/areas.js";
import { directoryOf } from "../../frontend/src/directory.js";
import { findPlaces } from "../../frontend/src/gazetteer.js";
import { alertsFor, answer, coverage, pageOf, regionsAsked } from "../../frontend/src/local_answer.js";
import { readQuestion } from "../../frontend/src/question.js";
import { onlyWords, understand } from "../../frontend/src/search.js";

const MOST_PLACES = 8;

async function read(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

const { areas, vocabulary, choices, packs, questions } = await read(process.stdin);

function answered({ query, language, saved, now }) {
  const asked = new URLSearchParams(query);
  const question = readQuestion(asked, {
    areas,
    choices,
    findPlaces: (text) => findPlaces(text, areas, MOST_PLACES),
    listen: (text, byLetter) =>
      byLetter ? onlyWords(text, vocabulary) : understand(text, vocabulary, areas, language),
  });
  const { used, missing } = coverage(regionsAsked(question, areas), saved);
  const resources = directoryOf(
    used.map((code) => packs[language][code]),
    now,
  );
  const world = { resources, saved: used, areas, vocabulary, language, now };
  const { rows, counts, lines } = answer(question, world);
  const page = pageOf(rows, asked.get("page"));
  const ids = (some) => some.map(({ resource }) => resource.id);
  const { where, fields, isQuestion } = question;
  const region = where.region?.code ?? (where.point ? regionAt(where.point, areas) : null);
  const told = used.flatMap((code) => packs[language][code].alerts);
  const person = { region, need: fields.need ?? null, now };
  return {
    isQuestion,
    fields,
    point: where.point,
    region: where.region?.code ?? null,
    place: where.place?.code ?? null,
    others: where.others.map(({ code }) => code),
    missing,
    alerts: alertsFor(told, person, vocabulary.terms).map(({ starts }) => starts),
    ids: ids(rows),
    metres: rows.map(({ metres = null }) => metres),
    groups: rows.map(({ openGroup = null }) => openGroup),
    counts,
    lines: ids(lines),
    page: { number: page.number, total: page.total, start: page.start, ids: ids(page.rows) },
  };
}

process.stdout.write(JSON.stringify(questions.map(answered)));
