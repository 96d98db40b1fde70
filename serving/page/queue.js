// The labeling queue: one pair after the other, answered by keys. What the model thinks is told only afterwards.

import { find } from "./dom.js";
import { keepName, keptName, showKept } from "./kept.js";
import { drawPair, drawProgress, drawTold, installAnswers, markSentiment } from "./question.js";
import { ask } from "./service.js";
import { SENTIMENTS, STANCES } from "./words.js";

const PAIR = ["text", "actor", "mention", "start", "context"];

let annotator = "";
let waiting = []; // the pairs not yet answered; the first is shown
let answered = []; // { item, said }, the last at the end
let sentiment = "";
let sending = false;

const keyOf = (item) => JSON.stringify([item.text, item.actor, item.mention, item.start]);
const say = (message) => { find("message").textContent = message; };

async function begin() {
  answered = [];
  await refill();
}

async function refill() {
  const { items } = await ask(`/v1/labels/queue?annotator=${encodeURIComponent(annotator)}`);
  const done = new Set(answered.map(({ item }) => keyOf(item)));
  waiting = items.filter((item) => !done.has(keyOf(item)));
  draw();
}

function draw() {
  sentiment = "";
  markSentiment(sentiment);
  find("work").hidden = waiting.length === 0 && answered.length === 0;
  drawProgress(answered.length, waiting.length);
  drawPair(waiting[0]);
  find("undo").setAttribute("aria-disabled", String(answered.length === 0));
  if (!waiting.length) say("Nothing waits to be labeled by you. `parley labels queue` fills the queue.");
}

// Sends a label of a pair; then `next` is done. Nothing moves on where the service did not keep it.
async function send(item, said, next) {
  if (sending) return;
  sending = true;
  say("");
  try {
    const known = PAIR.filter((name) => (item[name] ?? null) !== null);
    const pair = Object.fromEntries(known.map((name) => [name, item[name]]));
    await ask("/v1/labels", { body: { ...pair, ...said, annotator } });
    await next();
  } catch (error) {
    say(error.message);
  } finally {
    sending = false;
  }
}

function answer(said) {
  const [item] = waiting;
  if (!item) return;
  send(item, said, async () => {
    waiting = waiting.slice(1);
    answered.push({ item, said });
    drawTold(item, said);
    if (waiting.length) draw();
    else await refill();
  });
}

// A new label takes the last one back; the pair is asked again.
function undo() {
  const last = answered.at(-1);
  if (!last) return;
  send(last.item, { op: "retract" }, () => {
    answered.pop();
    waiting = [last.item, ...waiting];
    find("told").hidden = true;
    draw();
  });
}

const judge = (stance) => answer(sentiment ? { stance, sentiment } : { stance });
const skip = () => answer({ op: "skip" });

function feel(chosen) {
  sentiment = sentiment === chosen ? "" : chosen;
  markSentiment(sentiment);
}

// By the place of the key, so that it is the same on every keyboard: 1-4; 7-9, or Shift with 1-3.
function onKey(event) {
  const typing = event.target.matches("input, textarea, select");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat || find("work").hidden) return;
  const digit = Number(/^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? 0);
  const key = event.key.toLowerCase();
  if (digit >= 1 && digit <= 3 && event.shiftKey) feel(SENTIMENTS[digit - 1]);
  else if (digit >= 7 && digit <= 9) feel(SENTIMENTS[digit - 7]);
  else if (digit >= 1 && digit <= 4 && !event.shiftKey) judge(STANCES[digit - 1]);
  else if (key === "s") skip();
  else if (key === "u") undo();
}

installAnswers(judge, feel);
showKept(find("kept"));
find("annotator").value = keptName();
find("skip").addEventListener("click", skip);
find("undo").addEventListener("click", undo);
document.addEventListener("keydown", onKey);
find("who").addEventListener("submit", async (event) => {
  event.preventDefault();
  annotator = find("annotator").value.trim();
  keepName(annotator);
  say("");
  find("told").hidden = true;
  try {
    await begin();
    if (waiting.length) find("ask-heading").focus();
  } catch (error) {
    say(error.message);
  }
});
