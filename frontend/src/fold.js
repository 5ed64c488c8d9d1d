/** Text as it is compared: what `geo_fold` of the database and `geo.search.fold` do. */

/** Letters that no decomposition takes apart. */
const LETTERS = {
  œ: "oe",
  Œ: "oe",
  æ: "ae",
  Æ: "ae",
  ø: "o",
  Ø: "o",
  ß: "ss",
  ł: "l",
  Ł: "l",
  đ: "d",
  Đ: "d",
  ð: "d",
  Ð: "d",
  þ: "th",
  Þ: "th",
  ı: "i",
};
const SAINTS = { st: "saint", ste: "sainte" };

const WORD = /[\p{L}\p{N}]+/gu;
const UPPER_CASE = /^\p{Lu}/u;
const WRITTEN_APART = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

/**
 * The folded words of a text, each with whether it began with a capital letter.
 *
 * @param {string} text
 * @returns {{word: string, hasCapital: boolean}[]}
 */
export function wordsOf(text) {
  return Array.from(text.normalize("NFC").matchAll(WORD), ([written]) => {
    const word = written
      .replace(WRITTEN_APART, (letter) => LETTERS[letter])
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase();
    return {
      word: Object.hasOwn(SAINTS, word) ? SAINTS[word] : word,
      hasCapital: UPPER_CASE.test(written),
    };
  });
}

/**
 * Lower case, no accents, one space between words; St and Ste in full.
 *
 * @param {string} text
 * @returns {string}
 */
export function fold(text) {
  return wordsOf(text)
    .map(({ word }) => word)
    .join(" ");
}
