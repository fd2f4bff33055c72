// Loaded by the pages that type in how a class left: a digit ticks an adult and goes on to the next child; a second tap
// takes the tick away; one button ticks for all what was to be expected.

const lines = [...document.querySelectorAll("[data-line]")];
const all = document.querySelector("[data-all]");
const boxes = (line) => [...line.querySelectorAll("input[type=radio]")];
const chosen = (line) => boxes(line).find((box) => box.checked);
const expected = (line) => line.querySelector("[data-expected]");
const ticked = new Set();

function goTo(line) {
  const box = line && (chosen(line) || boxes(line)[0]);
  if (!box) return;
  box.focus();
  line.scrollIntoView({ block: "center" });
}

// Those that "all" would still tick: whoever is ticked otherwise stays as it is.
const untouched = () => lines.filter((line) => expected(line) && !chosen(line));

function count() {
  ticked.clear();
  for (const line of lines) ticked.add(chosen(line));
  ticked.delete(undefined);
  document.querySelector("[data-ticked]").textContent = ticked.size;
  if (all) all.textContent = untouched().length ? all.dataset.all : all.dataset.none;
}

document.addEventListener("keydown", (event) => {
  const line = event.target.closest("[data-line]");
  if (!line || event.target.type === "time" || event.ctrlKey || event.metaKey) return;
  if (event.repeat && /^\d$/.test(event.key)) return; // a key that is held down ticks one child
  const next = lines[lines.indexOf(line) + (event.key === "ArrowUp" ? -1 : 1)];
  if (event.key === "0") for (const box of boxes(line)) box.checked = false;
  else if (/^[1-9]$/.test(event.key)) {
    const box = boxes(line)[event.key - 1];
    if (!box) return;
    box.checked = true;
    goTo(next);
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") goTo(next);
  else return;
  event.preventDefault();
  count();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-line]") || event.target.type !== "radio") return;
  if (ticked.has(event.target)) event.target.checked = false;
  count();
});
if (all) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const some = untouched();
    for (const line of some.length ? some : lines.filter(expected)) expected(line).checked = some.length > 0;
    count();
  });
}
goTo(document.querySelector("[data-wrong]") || (document.getElementById("ticks") && lines[0]));
count();
