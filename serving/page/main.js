// The page of an article: asks for its analysis, and shows it.

import { actorTable } from "./actors.js";
import { installArticle, requestOf } from "./article.js";
import { installCard } from "./card.js";
import { find } from "./dom.js";
import { figures } from "./figures.js";
import { showKept } from "./kept.js";
import { legend } from "./legend.js";
import { entriesOf } from "./marks.js";
import { drawReading } from "./reading.js";
import { ask } from "./service.js";
import { viewOf } from "./view.js";
import { counted } from "./words.js";

const FLASH = 1500; // milliseconds

let running = null; // what stops the request that runs
let view = null;
let table = null;
let marks = new Map();

const say = (message) => { find("message").textContent = message; };
const tell = (message) => { find("status").textContent = message; };

const closeCard = installCard(find("reading"), (mark) =>
  entriesOf(mark).map(({ pair }, place) => figures(pair, view, place === 0)));

async function analyze() {
  if (running) return;
  running = new AbortController();
  const { signal } = running;
  busy(true);
  say("");
  tell("Reading the article …");
  try {
    const body = requestOf();
    const onWait = (seconds) => tell(`The service is busy; asking again in ${counted(seconds, "second")} …`);
    const { documents: [analysis] } = await ask("/v1/analyze", { body, signal, onWait });
    await show(viewOf(body.documents[0], analysis), signal);
  } catch (error) {
    tell("");
    if (error.name !== "AbortError") say(error.message);
  } finally {
    running = null;
    busy(false);
  }
}

function busy(is) {
  find("analyze").setAttribute("aria-disabled", String(is));
  find("cancel").hidden = !is;
  find("results").setAttribute("aria-busy", String(is));
}

async function show(shown, signal) {
  const { analysis } = shown;
  closeCard();
  view = shown;
  find("reading").classList.remove("filtered");
  find("all-details").setAttribute("aria-pressed", "false");
  table = actorTable(view, filter, go);
  find("actor-table").replaceChildren(analysis.actors.length ? table.table : "No actor was found in this text.");
  find("results").hidden = false;
  find("input").open = false;
  find("results-heading").focus();
  marks = await drawReading(find("reading"), view.article.text, analysis, signal);
  filter(table.current());
  tell(`${counted(analysis.actors.length, "actor")}, ${counted(analysis.pairs.length, "mention")}, ` +
    `${counted(analysis.sentences.length, "sentence")}; read by ${analysis.model}.`);
}

// Leaves only the marks of one actor in color; of all actors where it is null.
function filter(actor) {
  const reading = find("reading");
  closeCard();
  reading.classList.toggle("filtered", actor !== null);
  for (const each of reading.querySelectorAll(".chosen")) each.classList.remove("chosen");
  if (actor === null) return tell("All actors are shown.");
  const found = new Set();
  for (const [index, pair] of view.analysis.pairs.entries()) {
    if (pair.actor === actor && marks.has(index)) found.add(marks.get(index));
  }
  for (const mark of found) {
    mark.classList.add("chosen");
    mark.closest(".sentence").classList.add("chosen");
  }
  return tell(`Only ${view.nameOf(actor)} is shown: ${counted(found.size, "mention")}.`);
}

// Scrolls to a pair's mark and holds the eye on it for a moment.
function go(index) {
  const mark = marks.get(index);
  if (!mark) return;
  mark.scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
  const sentence = mark.closest(".sentence");
  sentence.classList.add("flash");
  setTimeout(() => sentence.classList.remove("flash"), FLASH);
}

installArticle(say);
find("legend").append(legend());
showKept(find("kept"));
find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  analyze();
});
find("cancel").addEventListener("click", () => running?.abort());
find("all-details").addEventListener("click", (event) => {
  const all = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", String(all));
  table.showAll(all);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && table?.current()) table.choose(table.current());
});
