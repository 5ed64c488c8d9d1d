/**
 * What the phone makes of questions, places and words, for tests/geo/test_search_questions.py.
 *
 * stdin: {vocabulary, areas, questions: [[text, language], …], places: [text, …], words, texts}
 * stdout: {questions: [as of `understand`], places: [[as of `findPlaces`]], lexemes: [[fr, en, es]],
 *   folded: [text], likeness: [[whole words, any part], …]}
 */
import { fold } from "../../frontend/src/fold.js";
import { findPlaces, strictWordSimilarity, wordSimilarity } from "../../frontend/src/gazetteer.js";
import { lexemeOf, understand } from "../../frontend/src/search.js";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { vocabulary, areas, questions, places, words, texts, pairs } = JSON.parse(text);

process.stdout.write(
  JSON.stringify({
    questions: questions.map(([asked, language]) =>
      understand(asked, vocabulary, areas, language),
    ),
    places: places.map((named) => findPlaces(named, areas)),
    lexemes: words.map((word) => ["fr", "en", "es"].map((code) => lexemeOf(word, code))),
    folded: texts.map(fold),
    likeness: pairs.map((pair) => [strictWordSimilarity(...pair), wordSimilarity(...pair)]),
  }),
);
