// A finger on the screen: nothing is drawn anew below it, and a tap counts only for what it was laid on.

const LONG = 700; // milliseconds: should its end never come
const ZOOMED = 400; // so long a page that was zoomed waits for a second tap before it tells of the first
const QUICK = 350; // the second of two quick taps in one place is not meant for what has come there
const NEAR = 25; // pixels

let timer = 0;
let late = null;
let under = null;
let last = null;

// At once, or when the finger is gone.
export function whenLifted(draw) {
  if (timer) late = draw;
  else draw();
}

function hold(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(lift, milliseconds);
}

function lift() {
  const draw = late;
  timer = 0;
  late = null;
  if (draw) draw();
}

// Whether this click is for this button. A key has no place on the screen.
export function isMeant(event, button) {
  const { detail, timeStamp, clientX, clientY } = event;
  hold(0); // a box inside a label gets its own click first
  if (!detail) return true;
  const second = last && timeStamp - last.timeStamp < QUICK && Math.hypot(clientX - last.clientX, clientY - last.clientY) < NEAR;
  last = event;
  return !second && (!under || button?.contains(under));
}

document.addEventListener("pointerdown", (event) => { under = event.target; hold(LONG); });
document.addEventListener("pointerup", () => hold(ZOOMED));
document.addEventListener("pointercancel", () => hold(0));
