// 门卫: loaded by the guard's page only. In the evening the children and the visitors leave an open page by themselves,
// with or without a network.

const day = document.getElementById("day-at-the-gate");
const until = Date.now() + Number(day.dataset.seconds) * 1000;
const wasAway = Number(day.dataset.seconds) === 0; // what is still shown then is only who has yet to leave

function look() {
  if (!wasAway && Date.now() >= until && day.isConnected) {
    day.replaceWith(document.getElementById("put-away").content.cloneNode(true));
  }
}

setInterval(look, 15000);
document.addEventListener("visibilitychange", look);
window.addEventListener("pageshow", look);
