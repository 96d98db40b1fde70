// What the queue shows: the pair that is asked, the answers to choose from, the progress, and what the model thinks.

import { unitsOf } from "./characters.js";
import { button, find, isolated, make } from "./dom.js";
import { MEANINGS, SENTIMENTS, STANCES, badge, counted, deedOf } from "./words.js";

const FIRST_SENTIMENT_KEY = 7;

export function installAnswers(judge, feel) {
  find("stances").replaceChildren(...STANCES.map((stance, index) => button(
    [make("kbd", {}, String(index + 1)), " ", badge(stance), ` ${stance}`,
      make("span", { class: "help" }, MEANINGS[stance])],
    () => judge(stance), { "data-stance": stance })));
  find("sentiments").replaceChildren(...SENTIMENTS.map((sentiment, index) => button(
    [make("kbd", {}, String(FIRST_SENTIMENT_KEY + index)), ` ${sentiment}`],
    () => feel(sentiment), { "data-sentiment": sentiment, "aria-pressed": "false" })));
}

export function markSentiment(chosen) {
  for (const each of find("sentiments").children) {
    each.setAttribute("aria-pressed", String(each.dataset.sentiment === chosen));
  }
}

export function drawPair(item) {
  find("pair").replaceChildren(...(item ? partsOf(item) : [make("p", {}, "Done.")]));
}

function partsOf(item) {
  const line = make("p", { class: "pair", dir: "auto" });
  const unit = unitsOf(item.text);
  const marked = Number.isInteger(item.start) && item.mention;
  if (marked) {
    const start = unit(item.start);
    const end = start + item.mention.length;
    const target = isolated(item.text.slice(start, end), { class: "target" });
    line.append(item.text.slice(0, start), target, item.text.slice(end));
  } else {
    line.append(item.text);
  }
  return [
    item.context ? make("p", { class: "context", dir: "auto" }, item.context) : "",
    line,
    make("p", {}, "Actor: ", isolated(item.actor, { class: marked ? null : "target" })),
  ];
}

export function drawProgress(done, left) {
  const bar = find("progress");
  bar.max = Math.max(done + left, 1);
  bar.value = done;
  find("progress-words").textContent = `${counted(done, "pair")} answered, ${left} to go in this batch`;
}

// After the answer, so that it cannot sway it.
export function drawTold(item, said) {
  const yours = said.op === "skip" ? "skipped" : [said.stance, said.sentiment].filter(Boolean).join(", ");
  const told = find("told");
  const stance = item.suggested_stance;
  const sentiment = item.suggested_sentiment ? `, ${item.suggested_sentiment}` : "";
  const suggestion = stance ? [badge(stance), ` ${deedOf(stance)}${sentiment}`] : ["nothing of it"];
  told.replaceChildren(make("p", {}, `You said: ${yours}. The model says: `, ...suggestion, "."),
    make("p", { class: "help" }, item.reason ? `Asked because: ${item.reason}. ` : "", "U takes your answer back."));
  told.hidden = false;
}
