// Loaded by the page that types in an A4 list only: a digit ticks an adult and goes on to the next child.

const lines = [...document.querySelectorAll("[data-line]")];
const boxes = (line) => [...line.querySelectorAll("input[type=radio]")];

function goTo(line) {
  if (!line) return;
  const chosen = boxes(line).find((box) => box.checked) || boxes(line)[0];
  if (chosen) chosen.focus();
  line.scrollIntoView({ block: "center" });
}

function count() {
  document.querySelector("[data-ticked]").textContent = document.querySelectorAll("[data-line] input:checked").length;
}

document.addEventListener("keydown", (event) => {
  const line = event.target.closest("[data-line]");
  if (!line || event.target.type === "time") return;
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
document.addEventListener("change", count);
goTo(lines[0]);
count();
