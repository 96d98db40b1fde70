// The legend of the marks.

import { make } from "./dom.js";
import { MEANINGS, STANCES, badge } from "./words.js";

export function legend() {
  const items = STANCES.map((stance) => make("li", {},
    make("span", { class: `mark sample ${stance}` }, make("span", { class: "words" }, stance), badge(stance)),
    make("span", { class: "help" }, ` ${MEANINGS[stance]}`)));
  items.push(make("li", {}, make("span", { class: "condition begins ends" }, "condition"),
    make("span", { class: "help" }, " the words of a condition")));
  return make("ul", { class: "legend", "aria-label": "Legend" }, ...items);
}
