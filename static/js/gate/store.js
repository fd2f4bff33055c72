// What the device keeps: its own number, the list of today, and every tap until the server has answered it.
// A tap is written here before anything else happens with it.

import { openDB } from "idb";

const memory = { own: new Map(), taps: [] };
let books = null; // stays null where the browser refuses storage: then the open page is all the memory there is

export async function open() {
  try {
    books = await openDB("gate", 1, {
      upgrade(db) {
        db.createObjectStore("own");
        db.createObjectStore("taps", { keyPath: "sequence", autoIncrement: true });
      },
    });
  } catch {
    books = null;
  }
  return Boolean(books);
}

const read = (name) => (books ? books.get("own", name) : memory.own.get(name));
const write = (name, value) => (books ? books.put("own", value, name) : memory.own.set(name, value));

export async function device() {
  const known = await read("device");
  if (known) return known;
  const made = number();
  await write("device", made);
  return made;
}

export const readList = () => read("list");
export const keepList = (list) => write("list", list);
export const dropList = () => (books ? books.delete("own", "list") : memory.own.delete("list"));

export async function taps() {
  return books ? books.getAll("taps") : memory.taps.slice();
}

export async function addTap(tap) {
  tap.sequence = books ? await books.add("taps", tap) : memory.taps.push(tap);
}

// The tap as it is now, with its answer: what was read earlier may be older than what the page has done since.
export async function mendTap(tap, change) {
  Object.assign(tap, change);
  if (books) await books.put("taps", tap);
}

export async function dropTaps(gone) {
  for (const tap of gone) {
    if (books) await books.delete("taps", tap.sequence);
    else memory.taps.splice(memory.taps.indexOf(tap), 1);
  }
}

// A UUID of version 4; old WebViews have no crypto.randomUUID, and pages without https have it nowhere.
export function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
