// "Correct": the form whose label the service keeps for the next training.

import { button, find, labeled, make } from "./dom.js";
import { keepLabel, keepName, keptName, showKept } from "./kept.js";
import { ask } from "./service.js";
import { SENTIMENTS, STANCES } from "./words.js";

const REFUSED = 422; // what is refused now would be refused later too

export function correctionForm(pair, view) {
  const stance = choice(STANCES);
  const sentiment = choice(SENTIMENTS);
  const annotator = make("input", { required: true, maxlength: "300", autocomplete: "name", dir: "auto" });
  annotator.value = keptName();
  const note = make("input", { autocomplete: "off", dir: "auto", maxlength: "1000" });
  const hesitates = make("input", { type: "checkbox" });
  const outcome = make("p", { class: "outcome", role: "status" });
  const form = make("form", { class: "correction" },
    labeled("Right stance", stance), labeled("Right sentiment", sentiment), labeled("Your name", annotator),
    labeled("Note (optional)", note), make("label", { class: "check" }, hesitates, " I am not sure"),
    make("div", { class: "buttons" }, make("button", { class: "main-button" }, "Keep"),
      make("button", { name: "skip" }, "Not an actor here")),
    outcome);
  let sending = false; // rather than a disabled button, which would lose the keyboard's focus
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    keepName(annotator.value);
    const skips = event.submitter?.name === "skip";
    const said = skips ? { op: "skip" } : filled({ stance: stance.value, sentiment: sentiment.value });
    if (hesitates.checked && !skips) said.sure = false;
    const label = { ...labelOf(pair, view), ...said, ...filled({ note: note.value }), annotator: annotator.value };
    await keep(label, outcome);
    sending = false;
  });
  return form;
}

function choice(values) {
  return make("select", {}, make("option", { value: "" }, "not judged"),
    ...values.map((value) => make("option", { value }, value)));
}

function labelOf(pair, view) {
  const { title, date } = view.article;
  const place = { text: view.sentenceOf(pair).text, actor: pair.actor_name, mention: pair.mention, start: pair.start };
  return { ...place, ...filled({ context: view.contextOf(pair), title, date }) };
}

function filled(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value?.trim()));
}

// Says what became of the label; one that the service cannot keep may stay in this browser.
async function keep(label, outcome) {
  outcome.className = "outcome";
  outcome.textContent = "Sending …";
  try {
    const answer = await ask("/v1/labels", { body: label });
    outcome.textContent = answer.added ? "Kept." : "Kept already.";
  } catch (error) {
    outcome.className = "outcome failed";
    outcome.textContent = `${error.message} `;
    if (error.status === REFUSED) return;
    const created = new Date().toISOString();
    outcome.append(button("Keep it in this browser", () => {
      keepLabel({ ...label, created });
      showKept(find("kept"));
      outcome.className = "outcome";
      outcome.textContent = "Kept in this browser; the download is at the top of the page.";
    }));
  }
}
