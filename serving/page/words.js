// The labels, in their order everywhere, and how the page says them.

import { make } from "./dom.js";

export const STANCES = ["support", "conditional", "oppose", "none"];
export const SENTIMENTS = ["negative", "neutral", "positive"];

export const SIGNS = { support: "+", conditional: "if", oppose: "×", none: "·" };

const DEEDS = {
  support: "supports talks",
  conditional: "sets a condition for talks",
  oppose: "opposes talks",
  none: "takes no position on talks",
};

export const MEANINGS = {
  support: "wants, joins or works for negotiations",
  conditional: "only if, not unless, only in this form",
  oppose: "refuses, quits or blocks",
  none: "the sentence does not say",
};

export const VOICES = {
  self: "in its own words",
  narrator: "told by the text",
  expert: "by an expert",
  unnamed: "by unnamed sources",
};

const KINDS = {
  format: "participants or format",
  guarantees: "guarantees",
  sequence: "order of steps",
  other: "another condition",
};

const OTHER_PARTY = "other_party:";

export const deedOf = (stance) => DEEDS[stance] ?? stance;
export const kindOf = (kind) => KINDS[kind] ?? kind ?? KINDS.other;
export const percent = (probability) => `${Math.round(100 * probability)}\u00a0%`;
export const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// "claimed by Russia"; `nameOf` gives the name of an actor's id. Empty where the voice is not known.
export function voiceOf(voice, nameOf) {
  if (!voice) return "";
  if (voice.startsWith(OTHER_PARTY)) return `claimed by ${nameOf(voice.slice(OTHER_PARTY.length))}`;
  return VOICES[voice] ?? voice;
}

// The sign of a stance on its color; words beside it say the same, so that machines skip it.
export function badge(stance) {
  return make("span", { class: `badge ${stance}`, "aria-hidden": "true" }, SIGNS[stance] ?? "·");
}

export function badgeAndWord(stance) {
  return make("span", { class: "stance" }, badge(stance), " ", stance);
}
