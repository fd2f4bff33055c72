// The board is asked for again by the clock: what was folded out or in stays so.

const folds = () => document.querySelectorAll("#board details[id]");
let stood = {};

document.addEventListener("htmx:beforeSwap", () => {
  stood = {};
  for (const one of folds()) stood[one.id] = one.open;
});
document.addEventListener("htmx:afterSettle", () => {
  for (const one of folds()) if (one.id in stood) one.open = stood[one.id];
});
