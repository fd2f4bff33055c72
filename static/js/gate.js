// 交接: loaded by the gate's page only. Child tile, adult tile, done; with or without a network.
// Each tap is stored on the device first, then shown, then sent. gate/book.js says where a child is, gate/show.js draws it.

import { isHeldBack, isOver, lastDeed, pace, places, sameAdult, waiting, who } from "./gate/book.js";
import { canScan, scan } from "./gate/camera.js";
import { opens, read } from "./gate/code.js";
import { isMeant, whenLifted } from "./gate/finger.js";
import { NothingToday, SignedOut, getList, send } from "./gate/server.js";
import { show } from "./gate/show.js";
import { addTap, device, dropList, dropTaps, isSure, keepList, mendTap, number, readList, taps } from "./gate/store.js";
import { inTurn } from "./gate/turns.js";
import { keepPage } from "./gate/worker.js";

const EVERY = 15000; // milliseconds between two looks at what waits
const FRESH = 5 * 60000; // a list older than this is asked for again
const root = document.getElementById("gate");
const page = root.dataset;
const gate = {
  list: null, taps: [], chosen: null, along: new Set(), section: page.section, code: "", stranger: null, said: "",
  trouble: "", canScan: canScan(), get stores() { return isSure(); },
};
let mine = "";

const now = () => Date.now() + (gate.list ? gate.list.ahead : 0);
const draw = () => whenLifted(() => show(gate, now()));
const child = (id) => gate.list.children.find((one) => one.id === id);

function pick(id) {
  Object.assign(gate, { chosen: id, along: new Set(), code: "", stranger: null, said: "" });
}

function choose(id) {
  if (document.activeElement?.matches("[data-code]")) document.activeElement.blur();
  pick(id);
  show(gate, now()); // at once: the adults on the screen are another child's
}

// ── taps ────────────────────────────────────────────────────────────────────────────────────────

async function tap(kind, student, facts) {
  const made = {
    uid: number(), kind, student: student.id, name: student.name, at: new Date(now()).toISOString(), list: gate.list.uid,
    school: gate.list.school.id, day: gate.list.day, mode: "", adult: "", code: "", about: null, pace: 0, who: "", words: "",
    group: "", answer: null, seen: false, ...facts,
  };
  await addTap(made);
  gate.taps.push(made);
}

// While this is stored the next child may be chosen already: that one stays chosen.
async function release(mode, adult) {
  const leaving = child(gate.chosen);
  if (!leaving) return; // the second of two quick taps
  const book = places(gate.list, gate.taps);
  const together = [leaving, ...[...gate.along].map(child).filter((one) => one && !book.get(one.id).gone)];
  const typed = gate.code.length === 6 ? gate.code : "";
  pick(null);
  const group = number();
  const staying = [];
  for (const one of together) {
    const same = one === leaving ? adult : adult && sameAdult(adult, one);
    if (adult ? !same : one.mode !== mode) { staying.push(one.name); continue; }
    const whom = same ? who(same) : `alone:${one.id}`;
    const words = same ? `由${same.relation}接走` : { self: "自行离校", bus: "乘校车" }[mode];
    const code = one === leaving ? typed : "";
    const facts = { mode, adult: same ? same.key : "", code, who: whom, pace: pace(gate.taps, whom, now()), words, group };
    await tap("release", one, facts);
  }
  const missing = adult ? "没有授权这位大人来接" : "没有这样的约定";
  if (staying.length) gate.said = `${staying.join("、")} ${missing}，还没走`;
  draw();
  exchange();
}

async function takeAdult(key) {
  const leaving = child(gate.chosen);
  const adult = leaving?.adults.find((one) => one.key === key);
  if (!adult) return;
  if (adult.barred) return refuse(key);
  const right = !adult.check || (await isRight(adult.check));
  if (gate.chosen !== leaving.id) return;
  if (!right) {
    gate.said = gate.code ? "接送码不对，请再看一次" : "请先输入接送码";
    return draw();
  }
  await release("collected", adult);
}

// 都不是这几位, or one who must not: the child stays, the leaders are told, a second person calls back.
async function refuse(key) {
  const staying = child(gate.chosen);
  if (!staying) return;
  pick(null);
  await tap("wrong_adult", staying, { adult: key });
  if (gate.chosen === null) gate.stranger = staying.id;
  draw();
  exchange();
}

// 刷新名单: whom a guardian has agreed to meanwhile is shown at once.
async function again() {
  const staying = gate.stranger;
  await exchange(true);
  if (staying === null || staying !== gate.stranger) return;
  if (child(staying)?.adults.some((one) => one.key.startsWith("call_back:") && !one.barred)) {
    pick(staying);
    return draw();
  }
  gate.said = gate.trouble ? "没有网络，名单没有刷新" : "还没有登记监护人同意，请再等一等";
  draw();
}

async function undo(deeds) {
  for (const deed of deeds) await tap("undo", { id: deed.student, name: deed.name }, { about: deed.uid });
  gate.said = "";
  draw();
  exchange();
}

async function confirm(held) {
  if (!held || !child(held.student)) return;
  pick(null);
  await tap("confirm", child(held.student), { about: held.uid, words: held.words });
  draw();
  exchange();
}

// ── codes ───────────────────────────────────────────────────────────────────────────────────────

const isRight = (check) => opens(check, gate.chosen, gate.list.day, gate.code);

async function enterCode(text) {
  gate.code = text;
  if (text.length < 6) return;
  const leaving = child(gate.chosen);
  if (!leaving) return;
  for (const adult of leaving.adults) {
    const right = window.crypto.subtle && adult.check && (await isRight(adult.check));
    if (gate.chosen !== leaving.id || gate.code !== text) return;
    if (right) return takeAdult(adult.key); // which asks first whether that one may
  }
  gate.said = "再点出示接送码的那位大人";
  document.activeElement?.blur(); // the keyboard goes, the adults are seen, and what was said with them
  draw();
}

async function look() {
  const { student, guardian, code } = read(await scan(document.getElementById("camera"), document.querySelector("#camera video")));
  if (!code) return;
  if (student) {
    const place = places(gate.list, gate.taps).get(student);
    if (!place || place.gone) {
      choose(null);
      gate.said = place ? `${place.child.name} 已经离校：${place.gone.words}` : "这个码的孩子不在这份名单上";
      return draw();
    }
    choose(student);
    if (isHeldBack(place, gate.list, now())) return; // the card says what comes first
  }
  if (gate.chosen === null) return;
  await enterCode(code);
  if (guardian && gate.chosen === student) await takeAdult(`guardian:${guardian}`);
}

// ── the server ──────────────────────────────────────────────────────────────────────────────────

const exchange = inTurn(async (anew) => {
  try {
    await send(page, mine, waiting(gate.taps), async (batch, answers) => {
      for (const one of batch) await mendTap(one, { answer: answers.get(one.uid) });
      draw();
    });
    if (anew || !gate.list || now() - Date.parse(gate.list.issued_at) > FRESH) {
      gate.list = await getList(page, mine);
      await keepList(gate.list);
    }
    gate.trouble = "";
  } catch (failure) {
    gate.trouble = failure instanceof SignedOut ? "signed-out" : failure instanceof NothingToday ? "nothing-today" : "offline";
  }
  await tidy();
  draw();
});

// What may no longer be used is no longer kept; what was not yet sent is.
async function tidy() {
  const { list } = gate;
  if (list && isOver(list, now())) {
    await dropList();
    if (gate.list === list) gate.list = gate.chosen = gate.stranger = null;
  }
  const done = gate.taps.filter((one) => one.answer && (!gate.list || one.day !== gate.list.day));
  await dropTaps(done);
  gate.taps = gate.taps.filter((one) => !done.includes(one));
}

// ── the page ────────────────────────────────────────────────────────────────────────────────────

const DEEDS = {
  child: (value) => choose(Number(value)),
  back: () => choose(null),
  section: (value) => { gate.section = value; choose(null); },
  adult: (value) => takeAdult(value),
  alone: (value) => release(value, null),
  stranger: () => refuse(""),
  undo: (group) => undo(lastDeed(gate.taps).filter((one) => one.group === group)),
  "undo-one": (value) => undo(gate.taps.filter((one) => one.uid === value)),
  confirm: (value) => confirm(gate.taps.find((one) => one.uid === value)),
  seen: async (value) => { await mendTap(gate.taps.find((one) => one.uid === value), { seen: true }); draw(); },
  again: () => again(),
  scan: () => look(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  if (isMeant(event, button) && button) DEEDS[button.dataset.deed](button.dataset.value);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-along]")) return;
  const id = Number(event.target.value);
  if (event.target.checked) gate.along.add(id);
  else gate.along.delete(id);
});
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-code]")) enterCode(event.target.value.replace(/\D/g, "").slice(0, 6));
});

async function begin() {
  mine = await device();
  gate.list = await readList();
  gate.taps = await taps();
  if (gate.list && String(gate.list.by.id) !== page.person) gate.list = await dropList(); // another person's, on a shared phone
  await tidy();
  draw();
  keepPage(page.worker).then((kept) => { gate.kept = kept; draw(); });
  window.addEventListener("online", () => exchange(true));
  document.addEventListener("visibilitychange", () => document.hidden || exchange());
  setInterval(() => (document.hidden ? tidy() : exchange()), EVERY);
  await exchange(true);
}

begin();
