// The form: an article typed, pasted, dropped, opened or taken as an example; and the request that it makes.

import { find } from "./dom.js";
import { EXAMPLE } from "./example.js";

const LARGEST_FILE = 2_000_000; // bytes; the service reads 200,000 characters of a document

// Calls `say(message)` with what is wrong with a file, or with nothing once one was read.
export function installArticle(say) {
  const form = find("form");
  const open = async (files) => {
    if (!files.length) return;
    try {
      fill(await read(files[0]));
      say("");
    } catch (error) {
      say(error.message);
    }
  };
  find("file").addEventListener("change", (event) => {
    open(event.target.files);
    event.target.value = ""; // so that the same file may be opened again
  });
  find("example").addEventListener("click", () => {
    fill(EXAMPLE);
    say("");
    find("analyze").focus();
  });
  for (const name of ["dragover", "drop"]) {
    form.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("dropping", name === "dragover");
      if (name === "drop") open(event.dataTransfer.files);
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("dropping"));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

// What is asked of the service.
export function requestOf() {
  const article = { text: find("text").value };
  for (const name of ["title", "date"]) {
    if (find(name).value.trim()) article[name] = find(name).value;
  }
  const actors = find("actors").value.split(",").map((name) => name.trim()).filter(Boolean);
  return actors.length ? { documents: [article], actors } : { documents: [article] };
}

function fill({ text, title = "", date = "" }) {
  find("text").value = text;
  find("title").value = title;
  find("date").value = date; // one in another form than 2024-08-15 leaves the field empty
}

async function read(file) {
  if (file.size > LARGEST_FILE) throw new Error(`${file.name} is larger than 2 MB; paste the part to read.`);
  const content = await file.text();
  return file.name.toLowerCase().endsWith(".json") ? articleOf(file.name, content) : { text: content };
}

function articleOf(name, content) {
  let row = null;
  try {
    row = JSON.parse(content);
  } catch {
    throw new Error(`${name} is not JSON.`);
  }
  if (typeof row?.text !== "string") throw new Error(`${name} has no text; give an object with title and text.`);
  const words = (value) => (typeof value === "string" ? value : "");
  return { text: row.text, title: words(row.title), date: words(row.date) };
}
