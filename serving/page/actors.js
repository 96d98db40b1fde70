// The table of actors, with a row of details under each; an actor that is chosen shows them.

import { sentimentCounts, stanceCounts, sumOf } from "./counts.js";
import { detailsOf } from "./details.js";
import { button, isolated, make } from "./dom.js";
import { badgeAndWord } from "./words.js";

// What a row says beside the actor's name; a column that is empty in every row is left out.
const COLUMNS = {
  "Own position": position,
  Mentions: (actor) => stanceCounts(actor.stances),
  Claims: (actor) => stanceCounts(sumOf((actor.claims ?? []).map((claim) => claim.stances))),
  Conditions: (actor) => (actor.conditions?.length ? String(actor.conditions.length) : ""),
  Sentiment: (actor) => sentimentCounts(actor.sentiments),
};

// `chosen(actor or null)` is told which actor was chosen; `go(pair index)` shows a sentence.
export function actorTable(view, chosen, go) {
  const { actors } = view.analysis;
  const columns = Object.entries(COLUMNS).filter(([, content]) => actors.some((actor) => content(actor).length > 0));
  const rows = actors.map((actor) => {
    const attributes = { class: "actor", "aria-pressed": "false" };
    const name = button(isolated(actor.actor_name), () => choose(actor.actor), attributes);
    const cell = make("td", { colspan: String(columns.length + 1) }, detailsOf(actor, view, go));
    return { actor, name, details: make("tr", { class: "details", hidden: true }, cell) };
  });
  let current = null;
  let all = false;
  function draw() {
    for (const { actor, name, details } of rows) {
      name.setAttribute("aria-pressed", String(actor.actor === current));
      details.hidden = !all && actor.actor !== current;
    }
  }
  function choose(id) {
    current = current === id ? null : id;
    draw();
    chosen(current);
  }
  function showAll(shown) {
    all = shown;
    draw();
  }
  return { table: tableOf(rows, columns), choose, showAll, current: () => current };
}

function tableOf(rows, columns) {
  const names = ["Actor", ...columns.map(([name]) => name)];
  const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col", class: classOf(name) }, name)));
  const body = rows.flatMap(({ actor, name, details }) => [rowOf(actor, name, columns), details]);
  return make("table", { class: "actors" }, make("caption", { class: "hidden-words" }, "Actors and their positions"),
    make("thead", {}, head), make("tbody", {}, ...body));
}

function rowOf(actor, name, columns) {
  return make("tr", {},
    make("th", { scope: "row" }, name, make("div", { class: "help" }, kindOfActor(actor))),
    ...columns.map(([column, content]) => make("td", { class: classOf(column) }, content(actor))));
}

const classOf = (column) => `column-${column.toLowerCase().replace(" ", "-")}`;

function kindOfActor(actor) {
  const unknown = actor.resolved === false ? "not in the registry" : null;
  return [actor.type, unknown].filter(Boolean).join(", ").replaceAll("_", " ");
}

function position(actor) {
  if (actor.own_statement === false) return [make("span", { class: "help" }, "no own statement")];
  const sure = actor.confidence ? make("div", { class: "help" }, `${actor.confidence} confidence`) : null;
  return [badgeAndWord(actor.position), sure];
}
