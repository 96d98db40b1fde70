// What the card says of one pair: probabilities, sentiment, voice, condition; and the ways to ask and to correct.

import { correctionForm } from "./correction.js";
import { button, isolated, make } from "./dom.js";
import { explanation } from "./why.js";
import { SENTIMENTS, STANCES, badge, deedOf, kindOf, percent, voiceOf } from "./words.js";

// `view` is what is shown: { article, analysis, nameOf }. `first` where it is the first of the card.
export function figures(pair, view, first) {
  const part = make("section", { class: "figures" });
  const place = make("div", { class: "asked", "aria-live": "polite" });
  const open = (content) => place.replaceChildren(content);
  part.append(
    make("h4", first ? { id: "card-name" } : {}, isolated(pair.actor_name)),
    make("p", { class: "answer" }, badge(pair.stance), ` ${deedOf(pair.stance)}`,
      pair.abstained ? make("strong", { class: "unsure-word" }, "unsure") : null),
    bars(pair),
    facts(pair, view),
    make("div", { class: "buttons" },
      button("Why?", () => open(explanation(pair, view)), { "aria-label": `Why? ${pair.actor_name}` }),
      button("Correct", () => open(correctionForm(pair, view)), { "aria-label": `Correct ${pair.actor_name}` })),
    place,
  );
  return part;
}

function bars(pair) {
  const rows = STANCES.map((stance) => {
    const probability = pair.stance_probabilities[stance] ?? 0;
    const fill = make("span", { class: `fill ${stance}` });
    fill.style.inlineSize = `${100 * probability}%`;
    return make("li", {}, make("span", { class: "bar-name" }, badge(stance), ` ${stance}`),
      make("span", { class: "track", "aria-hidden": "true" }, fill),
      make("span", { class: "number" }, percent(probability)));
  });
  return make("ul", { class: "bars", "aria-label": "Stance probabilities" }, ...rows);
}

function facts(pair, view) {
  const shares = pair.sentiment_probabilities ?? {};
  const others = SENTIMENTS.filter((each) => each !== pair.sentiment && each in shares);
  const rest = others.map((each) => `${each} ${percent(shares[each])}`).join(", ");
  const sure = pair.sentiment in shares ? ` ${percent(shares[pair.sentiment])}` : "";
  const voice = voiceOf(pair.voice, view.nameOf);
  const { condition } = pair;
  const kind = condition?.text ? make("span", { class: "tag" }, kindOf(condition.kind)) : null;
  return make("dl", { class: "facts" },
    fact("Sentiment", make("strong", {}, pair.sentiment), sure, rest ? ` (${rest})` : ""),
    voice ? fact("Voice", isolated(voice)) : [],
    kind ? fact("Condition", "“", isolated(condition.text), "” ", kind) : []);
}

const fact = (name, ...words) => [make("dt", {}, name), make("dd", {}, ...words)];
