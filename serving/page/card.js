// The card of a mark: shown on hover and focus, held open by a click, a tap or Enter, closed by Escape.

import { button, make } from "./dom.js";

const SHOW_AFTER = 150; // milliseconds: a pointer on its way elsewhere opens nothing
const HIDE_AFTER = 350; // enough to move the pointer from the mark to the card
const MARGIN = 8; // pixels

// `fill(mark)` gives what the card shows. Returns a function that closes it.
export function installCard(container, fill) {
  const attributes = { id: "card", role: "dialog", "aria-labelledby": "card-name", tabindex: "-1", hidden: true };
  const card = make("div", attributes);
  container.after(card);
  let shown = null; // the mark
  let held = false;
  let returning = false; // the focus, to the mark
  let pressing = false; // a finger or button is down: a card shown now would lie under it and get the click
  let timer = 0;

  function show(mark, hold) {
    clearTimeout(timer);
    if (shown !== mark) {
      shown?.classList.remove("open");
      mark.classList.add("open");
      shown = mark;
      card.replaceChildren(...fill(mark), button("Close", hide, { class: "close" }));
    }
    held = hold;
    card.hidden = false;
    place(card, mark);
    if (hold) {
      uncover(card, mark);
      card.focus({ preventScroll: true });
    }
  }

  function hide() {
    clearTimeout(timer);
    const mark = shown;
    const hadFocus = card.contains(document.activeElement);
    shown?.classList.remove("open");
    shown = null; // before the focus moves: the mark that gets it back stays closed
    held = false;
    card.hidden = true;
    card.replaceChildren();
    if (hadFocus && mark) {
      returning = true;
      mark.focus();
      returning = false;
    }
  }

  const later = (act, delay) => {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  };
  const markAt = (event) => event.target.closest?.(".mark");

  container.addEventListener("pointerover", (event) => {
    const mark = markAt(event);
    if (mark && !held && event.pointerType === "mouse") later(() => show(mark, false), SHOW_AFTER);
  });
  container.addEventListener("pointerout", (event) => {
    if (markAt(event) && !held) later(hide, HIDE_AFTER);
  });
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", () => { if (!held) later(hide, HIDE_AFTER); });
  container.addEventListener("focusin", (event) => {
    const mark = markAt(event);
    if (mark && !returning && !pressing) show(mark, false);
  });
  container.addEventListener("focusout", (event) => {
    if (!held && !card.contains(event.relatedTarget)) later(hide, HIDE_AFTER);
  });
  card.addEventListener("focusin", () => {
    clearTimeout(timer);
    held = true;
  });
  container.addEventListener("click", (event) => {
    const mark = markAt(event);
    if (mark) show(mark, true);
  });
  container.addEventListener("keydown", (event) => {
    const mark = markAt(event);
    if (!mark || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault(); // a space would scroll
    show(mark, true);
  });
  card.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && leaves(card, event.shiftKey)) {
      event.preventDefault();
      hide(); // back to the mark, from where Tab goes on
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.preventDefault(); // it has closed the card, and closes nothing else
    hide();
  });
  for (const name of ["click", "pointercancel", "keydown"]) {
    document.addEventListener(name, () => { pressing = false; });
  }
  document.addEventListener("pointerdown", (event) => {
    pressing = true;
    if (shown && !card.contains(event.target) && !markAt(event)) hide();
  });
  const placeAgain = () => { if (shown) place(card, shown); };
  window.addEventListener("resize", placeAgain);
  new ResizeObserver(placeAgain).observe(card); // "Why?" and "Correct" make it longer
  return hide;
}

// Whether Tab would leave the card.
function leaves(card, backwards) {
  const stops = [...card.querySelectorAll("button, input, select, a[href]")].filter((each) => each.offsetParent);
  const last = backwards ? stops[0] : stops.at(-1);
  return document.activeElement === last || (backwards && document.activeElement === card) || !last;
}

// Scrolls a mark out from under the card at the foot of a narrow screen.
function uncover(card, mark) {
  const hidden = mark.getBoundingClientRect().bottom - card.getBoundingClientRect().top;
  if (getComputedStyle(card).position === "fixed" && hidden > 0) window.scrollBy(0, hidden + MARGIN);
}

// Below the mark, or above it where there is more room; a narrow screen has it at its foot (app.css).
function place(card, mark) {
  const at = mark.getClientRects()[0] ?? mark.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const left = Math.max(MARGIN, Math.min(at.left, document.documentElement.clientWidth - width - MARGIN));
  const below = at.bottom + MARGIN / 2;
  const above = at.top - height - MARGIN / 2;
  const top = below + height > window.innerHeight && above > 0 ? above : below;
  card.style.left = `${left + window.scrollX}px`;
  card.style.top = `${top + window.scrollY}px`;
}
