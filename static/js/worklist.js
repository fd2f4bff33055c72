// Loaded by lists and forms that finance works through: everything by keyboard. The keys are told in
// templates/billing/_keys.html. A row is [data-row] inside [data-worklist]; what bears data-key answers to that key while
// its row has the focus, data-hotkey anywhere on the page. What cannot be undone is [data-final]: its key goes there, and
// only Enter does it.

const FIELDS = "input, select, textarea, dialog[open]";
const TYPED = "select, input:not([type=submit]):not([type=file])";
const rows = () => [...document.querySelectorAll("[data-worklist] [data-row]")].filter((row) => !row.hidden);
const focused = () => document.activeElement.closest("[data-row]");

function goTo(row) {
  if (!row) return;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const here = all.indexOf(focused());
  goTo(here < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.min(Math.max(here + by, 0), all.length - 1)]);
}

function filter(text) {
  const words = text.trim().toLowerCase().split(/\s+/);
  for (const row of document.querySelectorAll("[data-worklist] [data-row]")) {
    const said = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => said.includes(word));
  }
}

function press(place) {
  if (!place) return false;
  const fold = place.closest("details");
  if (fold) fold.open = true;
  if (place.matches("input, select, [data-final]")) place.focus();
  else place.click();
  return true;
}

// Enter in a form goes on as in a spreadsheet: in a table to the row below, elsewhere to what is still to be filled in.
// Where a row was left empty, or a list stands last, it goes to the button; in any other last field the browser saves.
function onward(field) {
  if (!field.form) return null;
  const all = [...field.form.elements];
  const row = field.closest("[data-grid] tr");
  if (row) {
    const typed = [...row.querySelectorAll("input")].some((one) => one.value);
    const below = typed && row.nextElementSibling;
    return below ? below.querySelector("input, select") : all.find((one) => one.type === "submit");
  }
  const empty = all.slice(all.indexOf(field) + 1).find((one) => one.required && !one.value);
  return empty || (field.matches("select") && all.find((one) => one.type === "submit"));
}

const ON_ROW = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Home: () => goTo(rows()[0]),
  End: () => goTo(rows().pop()),
  "/": () => press(document.querySelector("[data-filter]")),
  "?": () => document.getElementById("keys").showModal(),
};

function inFilter(event) {
  const input = event.target;
  if (event.key === "Escape") {
    input.value = "";
    filter("");
    goTo(rows()[0]);
  } else if (event.key === "Enter" || event.key === "ArrowDown") goTo(rows()[0]);
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("[data-filter]")) return inFilter(event);
  const row = focused();
  if (event.target.closest(FIELDS)) {
    if (event.key === "Escape") row ? goTo(row) : event.target.blur();
    const next = event.key === "Enter" && event.target.matches(TYPED) && onward(event.target);
    if (next) {
      next.focus();
      event.preventDefault();
    }
    return;
  }
  const key = event.key.toLowerCase();
  const own = event.key === "Enter" ? event.target === row && (row.querySelector("[data-main]") || row.querySelector("[data-key]")) : null;
  const named = /^[a-z1-9]$/.test(key) && row && row.querySelector(`[data-key="${key}"]`);
  const page = /^[a-z]$/.test(key) && document.querySelector(`[data-hotkey="${key}"]`);
  if (press(own || named || page)) event.preventDefault();
  else if (ON_ROW[event.key]) {
    ON_ROW[event.key]();
    event.preventDefault();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter]")) filter(event.target.value);
});

// After a deed the address names the row that comes next.
document.addEventListener("DOMContentLoaded", () => {
  const here = location.hash && document.getElementById(location.hash.slice(1));
  if (here && here.matches("[data-row]")) goTo(here);
});
