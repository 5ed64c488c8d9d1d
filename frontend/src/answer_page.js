/** The phone's own answer as a page: the plain home page with other results. */
import { bound } from "./bind.js";
import { rounded } from "./query.js";
import { CHANGING } from "./results.js";
import { fill } from "./words.js";

/** Positions that are the middle of a town or of a postal code. */
const APPROXIMATE = ["municipality", "postal_code"];

/** Other meanings that are offered; more would hide the answer. */
const MOST_OTHERS = 5;

const NO_ID = "00000000-0000-0000-0000-000000000000";

/** The question of a link: that which was asked, with changes; null takes a field away. */
export function hrefOf(fields, changes) {
  const query = new URLSearchParams(fields);
  for (const [name, value] of Object.entries({ ...changes })) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `?${query}`;
}

/** A distance as a card says it: see `how_far` in frontend/templatetags/repere.py. */
export function howFar(metres, precision, words) {
  const kilometres = Math.round(metres / 1000);
  if (APPROXIMATE.includes(precision)) return fill(words.about, { km: Math.max(kilometres, 1) });
  return kilometres < 1 ? words.near : fill(words.far, { km: kilometres });
}

/** A piece of a page from a pack, as an element; the pack is ours, as the page is. */
function elementOf({ html }) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

/** The card of a row, with its distance. */
function cardElement({ resource, metres }, words) {
  const card = elementOf({ html: resource.card });
  const slot = card.querySelector("[data-distance]");
  if (slot && metres === undefined) slot.remove();
  else if (slot) {
    slot.querySelector("[data-part]").textContent = howFar(metres, resource.precision, words);
  }
  return card;
}

/** The need that is asked for, its tile, and the tile's leaves, in the order of the form. */
function needsOf(code, terms) {
  const need = terms.find((term) => term.code === code) ?? null;
  const tile = need && terms.find((term) => term.code === need.tile);
  const leaves = tile ? terms.filter((term) => term.tile === tile.code && term !== tile) : [];
  return { need, tile, leaves };
}

/** The cards of a page; after a question about what is open now, the unknown ones apart. */
function groupsOf(rows, start, words) {
  const headings = document.getElementById("hours-words")?.dataset;
  const groups = [];
  for (const [place, row] of rows.entries()) {
    const { openGroup } = row;
    const heading = { 0: headings?.groupOpen, 1: headings?.groupUnknown }[openGroup] ?? "";
    if (groups[groups.length - 1]?.heading !== heading) {
      groups.push({ heading, start: start + place, cards: [] });
    }
    groups[groups.length - 1].cards.push(cardElement(row, words));
  }
  return groups;
}

/** What was understood of the words, and what else they may mean. */
function heardOf({ question, terms, language }, href, hrefByNeed) {
  const { fields, heard, where } = question;
  if (!heard) return { isHeard: false };
  const named = (codes) => codes.map((code) => terms.find((term) => term.code === code));
  const chip = (term) => ({
    href: hrefByNeed({ need: term.code }),
    name: term.names[language],
  });
  const answered = [...heard.best, fields.need];
  const others = heard.needs.map(({ code }) => code).filter((code) => !answered.includes(code));
  const otherNeeds = named(others.slice(0, MOST_OTHERS)).map(chip);
  const isPlaceHeard = Boolean(heard.placeText && where.place);
  const isUnderstood = heard.best.length > 0 || isPlaceHeard;
  const isSaid = heard.best.length > 0 || heard.placeText;
  return {
    isHeard: true,
    isByLetter: Boolean(fields.words),
    words: fields.q,
    meaningHref: href({ words: null }),
    letterHref: isSaid ? href({ words: "true" }) : "",
    isUnderstood,
    isPlaceHeard,
    best: heard.best.length
      ? named(heard.best).map((term, place) => ({ name: term.names[language], isNext: place > 0 }))
      : null,
    isLost: !isUnderstood && !otherNeeds.length,
    tiles: terms.filter(({ code, tile }) => code === tile).map(chip),
    otherNeeds: otherNeeds.length ? otherNeeds : null,
  };
}

/** What the templates of the page are filled with. */
function valuesOf(shown, words) {
  const { question, answer, list, areas, terms, language } = shown;
  const { fields, where, radiusKm, isQuestion } = question;
  const href = (changes) => hrefOf(fields, changes);
  // A need takes the place of the words; the place that they name stays.
  const { q, words: byLetter, ...bare } = fields;
  const byNeed = where.place ? { ...bare, place: where.place.label } : bare;
  const hrefByNeed = (changes) => hrefOf(byNeed, changes);
  const { need, tile, leaves } = needsOf(question.need, terms);
  const name = (term) => term.names[language];
  const chip = (term) => ({
    href: hrefByNeed({ need: term.code }),
    name: name(term),
    current: term === need ? "true" : "",
  });
  const wider = where.point ? (shown.radii.find((km) => km > radiusKm) ?? null) : null;
  const isFound = answer.rows.length > 0;
  const rows = isFound ? list.rows : answer.lines;
  const barer = shown.choices.map(([field, chosen]) => ({
    href: field === "q" ? hrefByNeed() : href({ [field]: null }),
    words: chosen,
  }));
  return {
    ...heardOf(shown, href, hrefByNeed),
    isQuestion,
    need: need ? name(need) : "",
    isOwnPosition: question.hasOwnPosition,
    isAroundPlace: Boolean(where.point && where.place),
    isInRegion: Boolean(!where.point && where.region),
    place: where.place?.label ?? "",
    placeName: where.place?.name ?? "",
    region: where.region?.name ?? "",
    isWithoutPosition: Boolean(where.place && where.region && where.place.kind !== "region"),
    isUnknownPlace: where.isUnknown,
    regions: areas.regions.map((region) => ({
      href: href({ place: null, region: region.code }),
      name: region.name,
    })),
    hasOthers: where.others.length > 0,
    others: where.others.map((other) => ({
      href: href({ place: other.name, region: other.region_code }),
      name: other.label,
    })),
    needs: tile ? [chip(tile), ...leaves.map(chip)] : null,
    allNeedsHref: hrefByNeed({ need: null }),
    isFound,
    isAround: Boolean(where.point),
    isAnywhere: isFound && !where.point && !where.region && !where.isUnknown,
    hasLinesOnly: isFound && !answer.counts.places && Boolean(where.point),
    places: answer.counts.places,
    lines: answer.counts.lines,
    km: radiusKm,
    widerKm: wider ?? "",
    widerHref: wider ? href({ radius_km: String(wider) }) : "",
    tile: tile ? name(tile) : "",
    tileHref: need && need !== tile ? hrefByNeed({ need: tile.code }) : "",
    choices: barer,
    everywhereHref: need && (where.point || where.region) ? hrefOf({ need: need.code }) : "",
    hasRescue: answer.lines.length > 0,
    groups: groupsOf(rows, list.start, words),
    hasPages: list.total > 1,
    number: list.number,
    total: list.total,
    previousHref: list.number > 1 ? href({ page: String(list.number - 1) }) : "",
    nextHref: list.number < list.total ? href({ page: String(list.number + 1) }) : "",
    ...shown.extent,
  };
}

/** What narrows the answer beside need and place: name of the field, and its words. */
function choicesMade(form, fields) {
  const asked = ["open_now", "language", "kind", "mode", "q"].filter((name) => fields[name]);
  return asked.map((name) => {
    const field = form.elements[name];
    // A language that nobody speaks here is in no list.
    if (field.tagName === "SELECT") return [name, field.selectedOptions[0]?.text ?? fields[name]];
    if (name === "q") return [name, fields.q];
    return [name, form.querySelector(`label[for="${field.id}"]`)?.textContent.trim()];
  });
}

/** What the map and the next question read from #results. */
function describe(results, { question: { fields, where, radiusKm }, language, region }) {
  const names = ["need", "kind", "language", "mode", "q", "open_now", "words"];
  const query = new URLSearchParams(
    names.filter((name) => fields[name]).map((name) => [name, fields[name]]),
  );
  results.dataset.point = "";
  delete results.dataset.radiusKm;
  delete results.dataset.region;
  if (region) results.dataset.region = region;
  if (where.point) {
    const [longitude, latitude] = where.point.map(rounded);
    query.set("lat", latitude);
    query.set("lon", longitude);
    query.set("radius_km", String(radiusKm));
    results.dataset.point = `${longitude},${latitude}`;
    results.dataset.radiusKm = String(radiusKm);
  } else if (where.region) {
    query.set("region", where.region.code);
  }
  query.set("lang", language);
  results.dataset.query = String(query);
}

/** Give the fields of the form what was asked, also where it was not understood. */
function fillForm(form, { query, question: { fields, radiusKm } }) {
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") field.checked = field.name in fields;
    else if (field.name === "radius_km") field.value = String(radiusKm);
    else if (field.tagName === "SELECT") field.value = fields[field.name] ?? "";
    else field.value = query.get(field.name) ?? "";
  }
  for (const name of ["lat", "lon"]) {
    if (!(name in fields)) continue;
    const hidden = form.ownerDocument.createElement("input");
    Object.assign(hidden, { type: "hidden", name, value: fields[name] });
    form.append(hidden);
  }
}

/**
 * Links to the same question in another language. They carry it behind the `#`, which is not sent:
 * whether that language is saved is not known here.
 */
function askInOtherLanguages(links, fields) {
  const { lat, lon, ...kept } = fields;
  const query = new URLSearchParams(kept);
  if (lat && lon) query.set("position", "gone");
  for (const link of links) {
    const [path] = link.getAttribute("href").split(/[?#]/);
    const isHere = link.hasAttribute("aria-current") || !String(query);
    link.setAttribute("href", isHere ? path : `${path}#?${query}`);
  }
}

/** Tiles keep what else was asked. */
function refillTiles(tiles, fields) {
  for (const tile of tiles) {
    const need = new URLSearchParams(tile.getAttribute("href").replace(/^[^?]*/, "")).get("need");
    tile.setAttribute("href", hrefOf(fields, { need }));
  }
}

/** A problem with a field, as Django writes it. */
function problemOf(text) {
  const list = document.createElement("ul");
  list.className = "errorlist";
  list.append(Object.assign(document.createElement("li"), { textContent: text }));
  return list;
}

/**
 * What changes from one answer to the next, as a page of its own.
 *
 * @param {Document} source
 * @returns {Document}
 */
export function partsOf(source) {
  const page = document.implementation.createHTMLDocument(source.title);
  page.body.append(page.importNode(source.getElementById("search"), true));
  for (const part of source.querySelectorAll(CHANGING)) {
    if (!page.getElementById(part.id)) page.body.append(page.importNode(part, true));
  }
  page.getElementById("results").removeAttribute("aria-busy");
  return page;
}

/**
 * The page of an answer, to be swapped into the present one.
 *
 * @param {Document} page - of `partsOf`: the home page without a question, or with another one; it
 *   is changed
 * @param {HTMLTemplateElement} template - what answers are written with
 * @param {object} shown
 * @param {object} shown.question - of `readQuestion`
 * @param {object} shown.answer - of `answer`
 * @param {object} shown.list - of `pageOf`
 * @param {URLSearchParams} shown.query - as it was asked
 * @param {Areas} shown.areas
 * @param {object[]} shown.terms - needs with their names
 * @param {number[]} shown.radii - kilometres that the form offers
 * @param {object} shown.extent - what is said of the saved regions
 * @param {string|null} shown.region - code of the region that the question is about
 * @param {{html: string}[]} shown.alerts - what people should know there
 * @param {string} shown.language
 * @returns {Document} `page`
 */
export function answerPage(page, template, shown) {
  const part = (id) => page.getElementById(id);
  const results = part("results");
  const { question, language } = shown;
  const { fields, where, isQuestion } = question;
  fillForm(part("search"), shown);
  askInOtherLanguages(page.querySelectorAll("#languages a[hreflang]"), fields);
  describe(results, shown);
  if (isQuestion || where.isUnknown) {
    const choices = choicesMade(part("search"), fields);
    const content = bound(template, valuesOf({ ...shown, choices }, template.dataset), language);
    if (isQuestion) results.replaceChildren(content);
    else results.prepend(content);
    part("lead").replaceChildren();
    part("needs").replaceChildren();
    part("needs").hidden = true;
  } else {
    refillTiles(page.querySelectorAll("#needs a[href]"), fields);
  }
  const bulletins = { isFound: shown.alerts.length > 0, alerts: shown.alerts.map(elementOf) };
  part("alerts").replaceChildren(
    bound(document.getElementById("alert-words"), bulletins, language),
  );
  part("place-problem").replaceChildren(
    ...(where.isUnknown ? [problemOf(template.dataset.unknownPlace)] : []),
  );
  return page;
}

/**
 * A row as a feature of GeoJSON, with what the map shows of it.
 *
 * @param {object} row - of `answer`
 * @param {object[]} terms - needs with their names
 * @param {string} address - of the page of a resource, with zeros for its id
 * @param {string} language
 * @returns {GeoJSON.Feature}
 */
export function featureOf(row, terms, address, language) {
  const { resource, metres } = row;
  const { service } = resource;
  return {
    type: "Feature",
    id: resource.id,
    geometry: resource.point && { type: "Point", coordinates: resource.point },
    properties: {
      name: service.name,
      organization: { name: service.org },
      precision: resource.precision,
      needs: service.needs.map((code) => ({ name: needsOf(code, terms).need?.names[language] })),
      distance_m: metres === undefined ? null : Math.round(metres),
      page: address.replace(NO_ID, resource.id),
      /** Read from the card when a popup asks for them: a map has hundreds of features. */
      get phones() {
        const links = cardElement({ resource }).querySelectorAll("[data-part=phone]");
        return [...links].map((link) => ({
          uri: link.getAttribute("href"),
          display: link.textContent.trim(),
        }));
      },
    },
  };
}

/** A region's outline as a feature of GeoJSON, for the map. */
export function outlineOf({ code, name, slug, outline }) {
  return {
    type: "Feature",
    geometry: { type: "MultiPolygon", coordinates: outline },
    properties: { code, name, slug },
  };
}
