/**
 * What the phone says of moments, for tests/frontend/test_hours_on_the_phone.py.
 *
 * stdin: {table, asked: [[index, now], …], words: {language: {name: sentence}}}
 * stdout: for each moment [what `stateAt` says, {language: [word, more]}]
 */
import { openingWords, stateAt } from "../../frontend/src/hours.js";

/** Names as `dataset` has them: `closing-soon` is `closingSoon`. */
const asDataset = (words) =>
  Object.fromEntries(
    Object.entries(words).map(([name, text]) => [
      name.replace(/-(\w)/g, (_dash, letter) => letter.toUpperCase()),
      text,
    ]),
  );

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { table, asked, words } = JSON.parse(text);

const answers = asked.map(([index, now]) => {
  const opening = stateAt(table, index, now);
  const clock = index === null ? "0" : table.clocks[table.patterns[index][0]];
  const said = Object.entries(words).map(([language, sentences]) => {
    const page = { t0: table.t0, clock, now, words: asDataset(sentences), canCall: now % 2 === 0 };
    const { word, more } = openingWords(opening, page);
    return [language, [word, more]];
  });
  return [opening, Object.fromEntries(said)];
});
process.stdout.write(JSON.stringify(answers));
