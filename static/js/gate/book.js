// Where each child is: the list as the server gave it, and over it what this device has tapped since. No storage, no page.

const GONE = ["accepted", "repeated", "incident"];
const FAILED = ["denied", "refused"];
const AT_ONCE = 10000; // milliseconds: whom the device has served in this time, the server wants to know
const SHANGHAI = 8 * 3600 * 1000;

export const clock = (at) => new Date(new Date(at).getTime() + SHANGHAI).toISOString().slice(11, 16);
export const isOld = (list, now) => now > Date.parse(list.stale_after);
export const isHeldBack = ({ child, held }, list, now) => held || (child.call_office && isOld(list, now));
export const isOver = (list, now) => now > Date.parse(list.works_until);
export const waiting = (taps) => taps.filter((tap) => !tap.answer);

const failed = (tap) => tap.answer && FAILED.includes(tap.answer.outcome);
const counts = (kind) => (tap) => tap.kind === kind && !failed(tap);
const undone = (taps) => new Set(taps.filter(counts("undo")).map((tap) => tap.about));

// The last word about each child: { child, gone: { at, words, tap } | null, held: tap | null }
export function places(list, taps) {
  const book = new Map(list.children.map((child) => [child.id, { child, gone: child.gone, held: null }]));
  const backs = undone(taps);
  for (const tap of taps) {
    const place = book.get(tap.student);
    if (!place || !isNews(tap, list)) continue;
    if (tap.kind === "undo" && !failed(tap)) place.gone = place.held = null;
    if (tap.kind === "release" && !backs.has(tap.uid)) release(place, tap);
    if (tap.kind === "confirm" && !failed(tap)) {
      const held = place.held || tap;
      place.held = null;
      place.gone = { at: tap.at, words: held.words, tap: held };
    }
  }
  return book;
}

function release(place, tap) {
  const outcome = tap.answer ? tap.answer.outcome : "accepted";
  if (outcome === "held" && !place.gone) place.held = tap;
  if (!GONE.includes(outcome)) return;
  const { at, words } = tap.answer || {};
  place.held = null;
  place.gone = { at: at || tap.at, words: words || tap.words, tap };
}

// A list given out after the answer already knows of it; but of a tap that is held the list says nothing.
function isNews(tap, list) {
  if (!tap.answer || tap.answer.outcome === "held" || tap.kind === "confirm") return true;
  return Date.parse(tap.answer.received_at) >= Date.parse(list.issued_at);
}

// What somebody has to read: the server did not take it as it was tapped.
export function surprises(taps) {
  return taps.filter((tap) => {
    if (!tap.answer || tap.seen || tap.kind === "wrong_adult") return false;
    return FAILED.includes(tap.answer.outcome) || tap.answer.outcome === "incident";
  });
}

// The last deed that can be taken back: the release of one child, or of brothers and sisters together.
export function lastDeed(taps) {
  const backs = undone(taps);
  const standing = taps.filter((tap) => tap.kind === "release" && !failed(tap) && !backs.has(tap.uid));
  const last = standing[standing.length - 1];
  return last ? standing.filter((tap) => tap.group === last.group) : [];
}

// How many others this device has served in the ten seconds before; brothers and sisters with one adult are one.
export function pace(taps, who, now) {
  const near = taps.filter((tap) => tap.kind === "release" && now - Date.parse(tap.at) < AT_ONCE);
  return new Set(near.map((tap) => tap.who).filter((one) => one !== who)).size;
}

// The same adult on the list of a brother or sister.
export function sameAdult(adult, child) {
  return child.adults.find((one) => !one.barred && (one.key === adult.key || (isNamed(one) && who(one) === who(adult))));
}

const isNamed = (adult) => adult.key.startsWith("pickup:");
export const who = (adult) => (isNamed(adult) ? `${adult.name} ${adult.tail}` : adult.key);
