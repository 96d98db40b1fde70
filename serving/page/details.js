// What the table tells of an actor once it is chosen: claims, conditions, and the sentences that show them.

import { sentimentCounts, stanceCounts } from "./counts.js";
import { button, isolated, make, shortened } from "./dom.js";
import { kindOf, voiceOf } from "./words.js";

const OWN_VOICES = ["self", "narrator"];
const EVIDENCE_SHOWN = 20;
const CLAIMS_SHOWN = 5; // of one claimant
const QUOTE = 160; // characters

// `go(pair index)` shows a sentence.
export function detailsOf(actor, view, go) {
  const quote = (index) => quoteOf(index, view, go);
  const parts = [
    part("Own words and deeds", actor.own && stanceCounts(actor.own)),
    part("Claims by others", list(actor.claims, (claim) => claimOf(claim, view, quote))),
    part("Conditions", list(actor.conditions, (condition) => conditionOf(condition, view, go))),
    part("Sentiment toward it", sentimentCounts(actor.sentiments)),
    part("Best quote", Number.isInteger(actor.best_quote) ? [quote(actor.best_quote)] : []),
    part("Evidence", evidenceOf(actor, quote)),
  ].flat();
  return parts.length ? make("dl", {}, ...parts) : make("p", { class: "help" }, "Nothing beside what the row says.");
}

function part(name, content) {
  return content?.length ? [make("dt", {}, name), make("dd", {}, content)] : [];
}

function list(items, draw) {
  return items?.length ? [make("ul", {}, ...items.map((item) => make("li", {}, draw(item))))] : [];
}

function claimOf(claim, view, quote) {
  const claimant = voiceOf(claim.by, view.nameOf).replace(/^(?:claimed )?by /, ""); // "Russia", "an expert"
  const quotes = (claim.pairs ?? []).slice(0, CLAIMS_SHOWN).map((index) => make("div", {}, quote(index)));
  return [isolated(claimant), ": ", ...stanceCounts(claim.stances), ...quotes];
}

function conditionOf(condition, view, go) {
  const words = button(["“", isolated(condition.text), "”"], () => go(condition.pair), { class: "quote" });
  const claimed = condition.voice && !OWN_VOICES.includes(condition.voice);
  const voice = claimed ? isolated(voiceOf(condition.voice, view.nameOf), { class: "help" }) : null;
  return [make("span", { class: "tag" }, kindOf(condition.kind)), " ", words, " ", voice];
}

function evidenceOf(actor, quote) {
  const evidence = (actor.evidence ?? []).filter((index) => index !== actor.best_quote);
  const more = evidence.length - EVIDENCE_SHOWN;
  return [
    ...list(evidence.slice(0, EVIDENCE_SHOWN), quote),
    ...(more > 0 ? [make("p", { class: "help" }, `and ${more} more`)] : []),
  ];
}

function quoteOf(index, view, go) {
  const pair = view.analysis.pairs[index];
  if (!pair) return null;
  return button(isolated(shortened(view.sentenceOf(pair).text, QUOTE)), () => go(index), { class: "quote" });
}
