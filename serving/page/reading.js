// Draws the article with its marks, a part at a time, so that a long one does not stop the page.

import { breath, make } from "./dom.js";
import { entriesOf, sentenceElement } from "./marks.js";

const SENTENCES_AT_ONCE = 100;
const LONG = 300; // sentences, from which on what is out of sight is not laid out
const LONGEST_PARAGRAPH = 100; // sentences

// Fills the container; gives the mark of each pair, by the pair's index. `signal` stops it.
export async function drawReading(container, text, analysis, signal) {
  container.replaceChildren();
  container.classList.toggle("long", analysis.sentences.length > LONG);
  const entries = entriesBySentence(analysis.pairs);
  const marks = new Map();
  let paragraph = null;
  let at = 0; // in the text
  let drawn = 0; // sentences in the paragraph
  for (const [number, sentence] of analysis.sentences.entries()) {
    if (number % SENTENCES_AT_ONCE === SENTENCES_AT_ONCE - 1) await breath();
    if (signal?.aborted) return marks;
    const element = sentenceElement(sentence, entries.get(sentence.index) ?? []);
    for (const mark of element.querySelectorAll(".mark")) {
      for (const { index } of entriesOf(mark)) marks.set(index, mark);
    }
    if (analysis.title && sentence.index === 0) {
      container.append(make("h4", { class: "headline", dir: "auto" }, element));
      continue;
    }
    const found = text.indexOf(sentence.text, at);
    const gap = found < 0 ? " " : text.slice(at, found);
    at = found < 0 ? at : found + sentence.text.length;
    if (paragraph === null || drawn === LONGEST_PARAGRAPH || endsParagraph(gap)) {
      paragraph = make("p", { dir: "auto" });
      container.append(paragraph);
      drawn = 0;
    }
    paragraph.append(drawn ? " " : "", element);
    drawn += 1;
  }
  return marks;
}

const endsParagraph = (gap) => gap.split("\n").length > 2;

function entriesBySentence(pairs) {
  const found = new Map();
  for (const [index, pair] of pairs.entries()) {
    const entry = { pair, index };
    const before = found.get(pair.sentence);
    if (before) before.push(entry);
    else found.set(pair.sentence, [entry]);
  }
  return found;
}
