// Loaded by the roll page only.
// 点名: a tap on a row goes to the next state; the hidden field beside it is what the form sends.

const LOOKS = {
  present: ["", "✓ 出勤"],
  late: ["is-late", "☆ 迟到"],
  absent: ["is-absent", "× 缺勤"],
  ill: ["is-leave", "病"],
  leave: ["is-leave", "△ 请假"],
};
const HERE = ["present", "late"];

function show(tile, status) {
  const [look, word] = LOOKS[status];
  tile.className = ["child-tile is-wide", look].filter(Boolean).join(" ");
  tile.setAttribute("aria-pressed", status !== "present");
  tile.querySelector("[data-word]").textContent = word;
}

function count(form) {
  const marks = [...form.querySelectorAll("[data-mark]")].map((mark) => mark.value);
  const numbers = {
    here: marks.filter((mark) => HERE.includes(mark)).length,
    missing: marks.filter((mark) => mark === "absent").length,
    away: marks.filter((mark) => mark === "leave" || mark === "ill").length,
  };
  for (const [name, number] of Object.entries(numbers))
    for (const place of document.querySelectorAll(`[data-count=${name}]`)) place.textContent = number;
}

document.addEventListener("click", (event) => {
  const tile = event.target.closest("[data-cycle]");
  if (!tile) return;
  const mark = tile.nextElementSibling;
  const states = tile.dataset.cycle.split(" ");
  mark.value = states[(states.indexOf(mark.value) + 1) % states.length];
  show(tile, mark.value);
  count(tile.form);
});
