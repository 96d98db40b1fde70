// Makes elements. Whatever comes from a text or an answer is set as text, never as markup.

export const find = (id) => document.getElementById(id);

// An element with attributes, and children that are nodes or strings; null children are left out.
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// Words of a text or of a user: they may be of either direction and must not turn those around them.
export function isolated(text, attributes = {}) {
  return make("bdi", { dir: "auto", ...attributes }, text);
}

export function button(words, act, attributes = {}) {
  const made = make("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

export function labeled(words, control) {
  return make("label", { class: "field" }, words, control);
}

// Between two pieces of long work: the browser may draw, scroll and answer keys.
export function breath() {
  return new Promise((resolve) => { setTimeout(resolve, 0); });
}

export function shortened(text, most) {
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}
