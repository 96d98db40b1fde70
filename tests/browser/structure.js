// What is wrong with the names, roles and structure of a page, as sentences.
() => {
  const wrong = [];
  const shown = (each) => each.offsetParent !== null;
  const named = (each) => each.getAttribute("aria-label") || each.labels?.length || each.textContent.trim()
    || document.getElementById(each.getAttribute("aria-labelledby"));
  const controls = "button, a, input, select, textarea, progress, [role=button], [role=dialog]";
  for (const each of document.querySelectorAll(controls)) {
    if (shown(each) && !named(each)) wrong.push(`no name: ${each.outerHTML.slice(0, 80)}`);
  }
  for (const each of document.querySelectorAll("[role=button]")) {
    if (each.tabIndex !== 0) wrong.push(`out of reach: ${each.outerHTML.slice(0, 80)}`);
  }
  for (const each of document.querySelectorAll(":is(button, a, [role=button]) :is(button, a, [role=button])")) {
    wrong.push(`a control in a control: ${each.outerHTML.slice(0, 80)}`);
  }
  for (const each of document.querySelectorAll("table")) {
    if (!each.querySelector("th[scope=col]")) wrong.push("a table without headers");
  }
  for (const each of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]")) {
    const id = each.getAttribute("aria-labelledby") ?? each.getAttribute("aria-describedby") ?? each.htmlFor;
    if (shown(each) && !document.getElementById(id)) wrong.push(`names nothing: ${id}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`id given twice: ${id}`);
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown);
  const levels = headings.map((each) => Number(each.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) wrong.push("not one h1");
  levels.forEach((level, place) => {
    if (place && level > levels[place - 1] + 1) wrong.push(`heading ${place} skips a level`);
  });
  for (const tag of ["main", "nav", "header"]) {
    if (document.querySelectorAll(tag).length !== 1) wrong.push(`not one ${tag}`);
  }
  if (!document.documentElement.lang || !document.title) wrong.push("no language or title");
  return wrong;
}
