// 接送码: loaded by the code's page only. Asks for the next code in time; a code that no longer opens is not shown.

const SECOND = 1000;
const ASK_AGAIN = 5 * SECOND; // while there is no network
const shown = new WeakMap(); // since when a code is on the screen
let asked = 0;

function look() {
  const card = document.getElementById("code");
  if (!card || !card.dataset.seconds) return;
  if (!shown.has(card)) shown.set(card, Date.now());
  const left = Number(card.dataset.seconds) - (Date.now() - shown.get(card)) / SECOND;
  card.querySelector("progress").value = Math.max(0, left);
  // The gate takes the code of the step before as well.
  card.classList.toggle("is-stale", left < -Number(card.dataset.step));
  if (left > 0 || Date.now() - asked < ASK_AGAIN) return;
  asked = Date.now();
  window.htmx.trigger(card, "renew");
}

look();
setInterval(look, SECOND);
document.addEventListener("htmx:afterSwap", look); // at once, before anything settles: a code's half minute runs
document.addEventListener("visibilitychange", look);
