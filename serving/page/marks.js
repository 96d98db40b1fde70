// The marks of one sentence: each mention on the color of its stance, each condition in brackets.

import { unitsOf } from "./characters.js";
import { make } from "./dom.js";
import { badge, deedOf, kindOf } from "./words.js";

const behind = new WeakMap(); // what a mark shows

// The entries ({ pair, index }) that a mark stands for.
export const entriesOf = (mark) => behind.get(mark) ?? [];

// The sentence as an element; `entries` are its pairs with their indexes.
export function sentenceElement(sentence, entries) {
  const { text } = sentence;
  const unit = unitsOf(text);
  const conditions = conditionsOf(entries, unit);
  const element = make("span", { class: "sentence", id: `s${sentence.index}` });
  let at = 0;
  for (const group of groupsOf(entries, unit)) {
    appendWords(element, text, at, group.start, conditions);
    const mark = markOf(group.entries);
    const words = make("span", { class: "words" });
    appendWords(words, text, group.start, group.end, conditions);
    mark.append(words, ...stancesOf(group.entries).map(badge));
    element.append(mark);
    at = group.end;
  }
  appendWords(element, text, at, text.length, conditions);
  return element;
}

// Mentions that share words make one mark: "both sides" stands for each side.
function groupsOf(entries, unit) {
  const groups = [];
  const places = entries.map((entry) => ({ entry, start: unit(entry.pair.start), end: unit(entry.pair.end) }));
  places.sort((one, other) => one.start - other.start || one.end - other.end);
  for (const { entry, start, end } of places) {
    const last = groups.at(-1);
    if (last && start < last.end) {
      last.entries.push(entry);
      last.end = Math.max(last.end, end);
    } else {
      groups.push({ start, end, entries: [entry] });
    }
  }
  return groups;
}

// Where the conditions stand, in order and without overlaps.
function conditionsOf(entries, unit) {
  const found = entries.map(({ pair }) => pair.condition).filter((each) => Number.isInteger(each?.start));
  const places = found.map((each) => ({ start: unit(each.start), end: unit(each.end), kind: each.kind }));
  places.sort((one, other) => one.start - other.start);
  return places.filter((place, index) => index === 0 || place.start >= places[index - 1].end);
}

function markOf(entries) {
  const stances = stancesOf(entries);
  const mark = make("span", {
    class: `mark ${stances.length === 1 ? stances[0] : "several"}`,
    role: "button", tabindex: "0", "aria-haspopup": "dialog", "aria-label": nameOf(entries),
  });
  if (entries.every(({ pair }) => pair.abstained)) mark.classList.add("unsure");
  behind.set(mark, entries);
  return mark;
}

const stancesOf = (entries) => [...new Set(entries.map(({ pair }) => pair.stance))];

// "Moscow: Russia, supports talks, 83 percent"
function nameOf(entries) {
  const said = entries.map(({ pair }) => {
    const sure = `${Math.round(100 * pair.stance_probabilities[pair.stance])} percent`;
    const unsure = pair.abstained ? ", unsure" : "";
    const { text, kind } = pair.condition ?? {};
    const condition = text ? `, condition: ${text} (${kindOf(kind)})` : "";
    return `${pair.actor_name}, ${deedOf(pair.stance)}, ${sure}${unsure}${condition}`;
  });
  const [{ pair: first }] = entries;
  return entries.length === 1 && first.mention === first.actor_name ? said[0] : `${first.mention}: ${said.join("; ")}`;
}

function appendWords(parent, text, from, to, conditions) {
  let at = from;
  for (const { start, end } of conditions) {
    if (end <= at || start >= to) continue;
    const inner = Math.min(end, to);
    parent.append(text.slice(at, Math.max(start, at)));
    const words = make("span", { class: "condition" }, text.slice(Math.max(start, at), inner));
    words.classList.toggle("begins", start >= at);
    words.classList.toggle("ends", end <= to);
    parent.append(words);
    at = inner;
  }
  parent.append(text.slice(at, to));
}
