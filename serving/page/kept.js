// What this browser remembers: the annotator's name, and corrections that the service could not keep.

import { button, make } from "./dom.js";
import { ask } from "./service.js";
import { counted } from "./words.js";

const NAME = "parley.annotator";
const LABELS = "parley.labels";
const AT_ONCE = 100; // labels in one request

let unsaved = null; // the labels where the browser forbids keeping them: they last as long as the page

export function keptName() {
  try { return localStorage.getItem(NAME) ?? ""; } catch { return ""; }
}

export function keepName(name) {
  try { localStorage.setItem(NAME, name); } catch { /* it is typed again */ }
}

export function keepLabel(label) {
  write([...read(), label]);
}

// Says how many labels wait here, with what can be done about them; hidden where there are none.
export function showKept(section) {
  const labels = read();
  section.hidden = labels.length === 0;
  const outcome = make("span", { role: "status" });
  section.replaceChildren(
    make("p", {}, `${counted(labels.length, "correction")} kept in this browser only: download them for `,
      make("code", {}, "parley labels import"), ", or send them once the service keeps labels again."),
    make("div", { class: "buttons" },
      button("Download", () => download(labels)),
      button("Send", () => send(section, outcome)),
      button("Discard", () => discard(section, labels.length))),
    outcome,
  );
}

function read() {
  if (unsaved) return unsaved;
  try {
    const found = JSON.parse(localStorage.getItem(LABELS) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function write(labels) {
  try {
    localStorage.setItem(LABELS, JSON.stringify(labels));
    unsaved = null;
  } catch {
    unsaved = labels;
  }
}

function download(labels) {
  const lines = labels.map((label) => `${JSON.stringify(label)}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" }));
  make("a", { href: url, download: "corrections.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function send(section, outcome) {
  outcome.textContent = "Sending …";
  try {
    for (let labels = read(); labels.length; labels = read()) {
      await ask("/v1/labels", { body: { labels: labels.slice(0, AT_ONCE) } });
      write(read().slice(AT_ONCE)); // another may have come meanwhile, at the end
    }
    showKept(section);
  } catch (error) {
    outcome.textContent = error.message;
  }
}

function discard(section, count) {
  if (!window.confirm(`Discard ${counted(count, "correction")}? They are nowhere else.`)) return;
  write([]);
  showKept(section);
}
