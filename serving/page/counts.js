// How often each label was given, in signs and words.

import { make } from "./dom.js";
import { SENTIMENTS, STANCES, badge } from "./words.js";

// "+ 3  × 1", with words for those who do not see the signs; empty where there is nothing to count.
export function stanceCounts(stances = {}) {
  const found = STANCES.filter((stance) => stances[stance] > 0);
  return found.map((stance) => make("span", { class: "count" }, badge(stance),
    make("span", { class: "hidden-words" }, ` ${stance}`), ` ${stances[stance]} `));
}

// "1 negative, 3 neutral"
export function sentimentCounts(sentiments = {}) {
  const found = SENTIMENTS.filter((sentiment) => sentiments[sentiment] > 0);
  return found.map((sentiment) => `${sentiments[sentiment]} ${sentiment}`).join(", ");
}

// The stances of several counts together.
export function sumOf(counts) {
  const sum = (stance) => counts.reduce((total, each) => total + (each?.[stance] ?? 0), 0);
  return Object.fromEntries(STANCES.map((stance) => [stance, sum(stance)]));
}
