/**
 * What answers on the phone once packs are saved: fetched by `local_door.js`, then kept. Nothing
 * here sends a question: what is fetched is whole packs, and the home page without a question.
 */
import { answerPage, featureOf, outlineOf, partsOf } from "./answer_page.js";
import { regionAt } from "./areas.js";
import { directoryOf, EVERYWHERE } from "./directory.js";
import { findPlaces } from "./gazetteer.js";
import { refreshHours } from "./hours.js";
import { alertsFor, answer, coverage, pageOf, regionsAsked } from "./local_answer.js";
import { readAreas, readPack, readVocabulary, savedPacks, savePack } from "./packs.js";
import { readQuestion } from "./question.js";
import { NoAnswer } from "./results.js";
import { onlyWords, understand } from "./search.js";
import { fill } from "./words.js";

const MOST_PLACES = 8;
const LANGUAGES = ["fr", "en", "es"];

/** As many as the API gives to the map at once. */
const MOST_FEATURES = 500;

const now = () => Math.floor(Date.now() / 1000);

/** The values of each select and checkbox of the form: anything else is no answer to it. */
function choicesOf(form, areas) {
  const choices = { region: areas.regions.map(({ code }) => code) };
  for (const field of form?.elements ?? []) {
    if (field.tagName === "SELECT") {
      choices[field.name] = [...field.options].map(({ value }) => value);
    } else if (field.type === "checkbox") {
      choices[field.name] = [...(choices[field.name] ?? []), field.value];
    }
  }
  return choices;
}

/** The home page without a question: from the network, else the copy that the shell keeps. */
async function fetchStart(language) {
  const address = `/${language}/`;
  let response;
  try {
    response = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  } catch (error) {
    response = await caches.match(address);
    if (!response) throw new NoAnswer(address, { cause: error });
  }
  if (!response.ok) throw new NoAnswer(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** What somebody keeps in one language is kept in the other that they go on in. */
async function follow(language) {
  if ((await savedPacks(language)).length) return;
  const packs = (await Promise.all(LANGUAGES.map(savedPacks))).flat();
  try {
    for (const code of new Set(packs.map(({ code }) => code))) {
      await savePack(code, language, {
        byHand: packs.some((pack) => pack.code === code && pack.byHand),
      });
    }
  } catch (error) {
    throw new NoAnswer(language, { cause: error });
  }
}

/** Whether this page asks nothing: then it shows the tiles of the needs. */
function isStart() {
  return document.getElementById("needs")?.hidden === false;
}

/**
 * Make ready to answer here.
 *
 * @param {string} language - of the page
 * @returns {Promise<object>} what asks, proposes places, saves, and shows the answer on the map
 * @throws {NoAnswer} nothing is saved in this language, and it cannot be had now
 */
export async function openLocal(language) {
  await follow(language);
  const [areas, vocabulary] = await Promise.all([readAreas(language), readVocabulary(language)]);
  const places = (text, limit) => findPlaces(text, areas, limit);
  const template = document.getElementById("local-words");
  const choices = choicesOf(document.getElementById("search"), areas);
  let start = isStart() ? partsOf(document) : null;
  let last = null;

  /** The page to put an answer into: that of the start is needed where nothing is asked. */
  const blank = async ({ isQuestion }) => {
    if (isQuestion) return partsOf(document);
    start ??= partsOf(await fetchStart(language));
    return partsOf(start);
  };

  /** What the packs hold for a question; that of its own region is saved first, if it can be. */
  const gather = async (question, say) => {
    const asked = regionsAsked(question, areas);
    const { point, region } = question.where;
    const own = region?.code ?? (point ? regionAt(point, areas) : null);
    let saved = await savedPacks(language);
    const isHere = saved.some(({ code }) => code === own || code === EVERYWHERE);
    if (own && !isHere) {
      const { name } = areas.regions.find(({ code }) => code === own);
      if (template) say(fill(template.dataset.downloading, { region: name }));
      try {
        await savePack(own, language, { byHand: false });
        saved = await savedPacks(language);
      } catch {
        // Without network, what is saved answers, and the page says what is missing.
      }
    }
    const { used, missing } = coverage(
      asked,
      saved.map(({ code }) => code),
    );
    const opened = await Promise.all(
      saved.filter(({ code }) => used.includes(code)).map(({ code }) => readPack(code, language)),
    );
    return { own, used, missing, packs: opened, resources: directoryOf(opened, now()) };
  };

  /** A question, read as the form of the page has it, and what answers it. */
  const resolve = async (query, exact, say) => {
    const question = readQuestion(
      query,
      {
        areas,
        choices: { ...choices, language: [query.get("language") ?? ""] },
        findPlaces: (text) => places(text, MOST_PLACES),
        listen: (text, byLetter) =>
          byLetter ? onlyWords(text, vocabulary) : understand(text, vocabulary, areas, language),
      },
      exact,
    );
    const found = await gather(question, say);
    const { resources, used } = found;
    const world = { resources, saved: used, areas, vocabulary, language, now: now() };
    return { question, found, ...answer(question, world) };
  };

  /** What people should know there, each alert once. */
  const alertsOf = ({ own, packs }, { fields }) => {
    const all = new Map(packs.flatMap(({ alerts }) => alerts).map((alert) => [alert.html, alert]));
    const person = { region: own, need: fields.need ?? null, now: now() };
    return alertsFor([...all.values()], person, vocabulary.terms);
  };

  /** What the page says of how far the saved packs go. */
  const extentOf = ({ used, missing, packs: opened }, { where }) => {
    const name = (code) => areas.regions.find((region) => region.code === code)?.name ?? code;
    const isPartial = !where.point && !where.region && !used.includes(EVERYWHERE);
    const oldest = opened.map(({ made }) => made).sort()[0];
    const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
    return {
      isPartial,
      savedRegions: isPartial ? used.map(name).join(", ") : "",
      missingRegions: missing.map(name).join(", "),
      missingCodes: missing.join(" "),
      made: oldest ? day.format(new Date(oldest)) : "",
    };
  };

  return {
    /**
     * The page that answers a question.
     *
     * @param {URLSearchParams} query
     * @param {{exact?: [number, number]|null, say: (text: string) => void}} how - the phone's
     *   position, [longitude, latitude]; where progress is told
     * @returns {Promise<Document>}
     * @throws {NoAnswer} the plain home page is neither saved nor reached
     */
    async ask(query, { exact = null, say }) {
      const { question, found, ...answered } = await resolve(query, exact, say);
      const page = answerPage(await blank(question), template, {
        question,
        answer: answered,
        list: pageOf(answered.rows, query.get("page")),
        query,
        areas,
        terms: vocabulary.terms,
        radii: choices.radius_km.map(Number),
        extent: extentOf(found, question),
        region: found.own,
        alerts: alertsOf(found, question),
        language,
      });
      refreshHours(page);
      last = { about: page.getElementById("results").dataset.query, rows: answered.rows };
      return page;
    },

    /** Labels of the places that a text may mean, to be proposed while somebody writes. */
    proposals: (text) => [...new Set(places(text, MOST_PLACES).map(({ label }) => label))],

    /** Whether a region is saved. */
    async has(region) {
      const saved = await savedPacks(language);
      return saved.some(({ code }) => code === region || code === EVERYWHERE);
    },

    /** Save more regions; those that cannot be fetched stay as they are. */
    save: (codes) => Promise.allSettled(codes.map((code) => savePack(code, language))),

    /**
     * What the map shows of the list that `data-query` describes.
     *
     * @param {string} about
     * @returns {Promise<{numberMatched: number, features: GeoJSON.Feature[]}>}
     */
    async features(about) {
      const { resourceUrl } = document.getElementById("map-box").dataset;
      const { rows } =
        last?.about === about ? last : await resolve(new URLSearchParams(about), null, () => {});
      const features = rows
        .slice(0, MOST_FEATURES)
        .map((row) => featureOf(row, vocabulary.terms, resourceUrl, language));
      return { numberMatched: rows.length, features };
    },

    /** The regions as GeoJSON, as the API has them. */
    outlines: () => ({ type: "FeatureCollection", features: areas.regions.map(outlineOf) }),
  };
}
