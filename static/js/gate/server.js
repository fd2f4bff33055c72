// The two questions asked of the server. Nothing here is lost when it does not answer: both are simply asked again.

const MOST_AT_ONCE = 50;
const PATIENCE = 20000; // milliseconds

export class SignedOut extends Error {}
export class NothingToday extends Error {}

const cookie = (name) => {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
};

async function ask(page, address, said) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    const answer = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(page.csrf) },
      body: JSON.stringify(said),
      signal: giveUp.signal,
    });
    // Whoever is signed out is sent to the page for that.
    if (answer.status === 403 || answer.type === "opaqueredirect") throw new SignedOut();
    if (answer.status === 404 && address === page.list) throw new NothingToday();
    if (!answer.ok) throw new Error(`${answer.status}`);
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

export async function getList(page, device) {
  const began = Date.now();
  const { list, signature } = await ask(page, page.list, { device });
  // The device's clock may be wrong by hours: what counts is how far it has gone since the list was given out.
  const ahead = Date.parse(list.issued_at) - (began + Date.now()) / 2;
  return { ...list, signature, ahead };
}

// Oldest first, each batch under the list it was tapped with. `answered` is called after each batch.
export async function send(page, device, taps, answered) {
  const left = taps.slice();
  while (left.length) {
    const first = left[0];
    let count = 1;
    while (count < Math.min(left.length, MOST_AT_ONCE) && left[count].list === first.list) count += 1;
    const batch = left.splice(0, count);
    const { received_at, events } = await post(page, device, batch);
    const answers = new Map(events.map((event) => [event.uid, { ...event, received_at }]));
    await answered(batch.filter((tap) => answers.has(tap.uid)), answers);
  }
}

function post(page, device, batch) {
  const events = batch.map(({ uid, sequence, at, kind, student, mode, adult, code, about, pace }) => (
    { uid, sequence, claimed_at: at, kind, student, mode, adult, code, about, pace }
  ));
  return ask(page, page.events, { device, list: batch[0].list, school: batch[0].school, events });
}
