// "Why?": the words that moved the answer, shaded on the sentence.

import { unitsOf } from "./characters.js";
import { isolated, make } from "./dom.js";
import { ask } from "./service.js";

const WORDS_NAMED = 4;

// An element that fills itself once the service has answered.
export function explanation(pair, view) {
  const part = make("div", { class: "why" }, "Asking …");
  const sentence = view.sentenceOf(pair);
  fetchWords(pair, view).then(
    (words) => part.replaceChildren(...shaded(sentence.text, words)),
    (error) => part.replaceChildren(make("p", { class: "failed" },
      error.status === 404 ? "This service does not explain its answers." : error.message)),
  );
  return part;
}

// The pair is asked as the analysis read it: with as many sentences before it as this model reads.
async function fetchWords(pair, view) {
  const { manifest } = await ask("/v1/model");
  const context = view.contextOf(pair, manifest?.analysis?.context_sentences ?? 0);
  const asked = { text: view.sentenceOf(pair).text, actor: pair.actor_name, mention: pair.mention, start: pair.start };
  if (context) asked.context = context;
  const answer = await ask("/v1/explain", { body: { pairs: [asked] } });
  return answer.explanations[0].words;
}

function shaded(text, words) {
  const largest = Math.max(...words.map(({ weight }) => Math.abs(weight)), 0);
  if (!largest) return [make("p", {}, "No single word moved the answer.")];
  const unit = unitsOf(text);
  const line = make("p", { class: "shaded", dir: "auto" });
  let at = 0;
  for (const word of [...words].sort((one, other) => one.start - other.start)) {
    const start = unit(word.start);
    const end = unit(word.end);
    if (start < at) continue;
    const piece = make("span", { class: word.weight < 0 ? "against" : "toward" }, text.slice(start, end));
    const share = Math.abs(word.weight) / largest;
    if (share < 0.05) piece.className = "";
    piece.style.setProperty("--share", `${Math.round(70 * share)}%`);
    line.append(text.slice(at, start), piece);
    at = end;
  }
  line.append(text.slice(at));
  return [line, named("Toward this answer", words.filter(({ weight }) => weight > 0)),
    named("Away from it", words.filter(({ weight }) => weight < 0))];
}

function named(title, words) {
  if (!words.length) return "";
  const most = [...words].sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight)).slice(0, WORDS_NAMED);
  const parts = most.flatMap(({ text, weight }) => ["; ", isolated(text), ` ${weight.toFixed(2).replace("-", "−")}`]);
  return make("p", { class: "help" }, `${title}: `, ...parts.slice(1));
}
