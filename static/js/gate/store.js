// What the device keeps: its own number, the list of today, and every tap until the server has answered it.
// A tap is written here before anything else happens with it.

import { openDB } from "idb";

let books = null;
let sure = true; // false once something could not be written: then the open page is all the memory there is
let newest = 0;

export const isSure = () => sure;

const openBooks = () => openDB("gate", 1, {
  upgrade(db) {
    db.createObjectStore("own");
    db.createObjectStore("taps", { keyPath: "sequence", autoIncrement: true });
  },
});

// Phones shut the books of a page that slept: they are opened once more.
async function ask(deed) {
  for (let times = 0; times < 2; times += 1) {
    try {
      books = books || (await openBooks());
      return await deed(books);
    } catch {
      books = null;
    }
  }
  sure = false;
  return undefined;
}

export async function device() {
  const known = await ask((kept) => kept.get("own", "device"));
  if (known) return known;
  const made = number();
  await ask((kept) => kept.put("own", made, "device"));
  return made;
}

export const readList = () => ask((kept) => kept.get("own", "list"));
export const keepList = (list) => ask((kept) => kept.put("own", list, "list"));
export const dropList = () => ask((kept) => kept.delete("own", "list"));

export async function taps() {
  const found = (await ask((kept) => kept.getAll("taps"))) || [];
  newest = Math.max(0, ...found.map((tap) => tap.sequence));
  return found;
}

export async function addTap(tap) {
  newest = (await ask((kept) => kept.add("taps", tap))) || newest + 1;
  tap.sequence = newest;
}

// The tap as it is now, with its answer: what was read earlier may be older than what the page has done since.
export async function mendTap(tap, change) {
  Object.assign(tap, change);
  await ask((kept) => kept.put("taps", tap));
}

export async function dropTaps(gone) {
  for (const tap of gone) await ask((kept) => kept.delete("taps", tap.sequence));
}

// A UUID of version 4; old WebViews have no crypto.randomUUID, and pages without https have it nowhere.
export function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
