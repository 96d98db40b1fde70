// What is shown: the article that was sent, its analysis, and how to find things in it.

const SENTENCES_BEFORE = 2; // what the codebook gives a reader
const LONGEST_CONTEXT = 20_000; // units; the service takes as many characters

export function viewOf(article, analysis) {
  const names = new Map([...analysis.pairs, ...analysis.actors].map((each) => [each.actor, each.actor_name]));
  const places = new Map(analysis.sentences.map((sentence, place) => [sentence.index, place]));
  const { sentences } = analysis;
  return {
    article,
    analysis,
    nameOf: (actor) => names.get(actor) ?? actor,
    sentenceOf: (pair) => sentences[places.get(pair.sentence)],
    // The sentences before a pair's own; the title is nobody's context.
    contextOf(pair, most = SENTENCES_BEFORE) {
      const place = places.get(pair.sentence);
      const before = sentences.slice(Math.max(analysis.title ? 1 : 0, place - most), place);
      const context = before.map(({ text }) => text).join(" ");
      return context.length <= LONGEST_CONTEXT ? context : "";
    },
  };
}
