// Draws the gate from what is known. Every piece is a <template> of the page (attendance/_gate_pieces.html).

import { clock, isOld, lastDeed, places, surprises, waiting } from "./book.js";

const OF_THE_ROLL = { unmarked: "? 未点名", absent: "× 缺勤", leave: "△ 请假", ill: "病" };
const ALONE = { self: "自行离校", bus: "乘校车" };
const BECAME = { accepted: "已通知家长", repeated: "已通知家长", held: "等带班领导确认", incident: "与别处不一致" };
const MOST_TILES = 80; // a whole school is first asked for the section

const at = (id) => document.getElementById(id);

// A copy of the piece; `words` go to its [data-say=name], a slot without words goes away.
function piece(name, words, deed) {
  const copy = at(`piece-${name}`).content.firstElementChild.cloneNode(true);
  const slots = [...copy.querySelectorAll("[data-say]")];
  if (copy.matches("[data-say]")) slots.push(copy); // the whole piece is one slot: a class's button
  for (const slot of slots) {
    const word = words[slot.dataset.say];
    if (word === undefined || word === "" || word === null) slot.remove();
    else slot.textContent = word;
  }
  const button = copy.matches("[data-deed]") ? copy : copy.querySelector("[data-deed]");
  if (button && deed !== undefined) button.dataset.value = deed;
  return copy;
}

function fill(place, pieces) {
  place.textContent = "";
  place.hidden = !pieces.length;
  for (const one of pieces) place.appendChild(one);
}

export function show(gate, now) {
  const book = gate.list ? places(gate.list, gate.taps) : new Map();
  head(gate, book, now);
  bar(gate);
  // Whoever types a code is not interrupted by the clock.
  if (gate.chosen === null || !document.activeElement.matches("[data-code]")) main(gate, book, now);
}

function head(gate, book, now) {
  const all = [...book.values()].filter((one) => inSection(gate, one.child));
  const words = {
    left: gate.list ? all.filter(isHere).length : "–",
    gone: all.filter((one) => one.gone).length,
    queue: waiting(gate.taps).length,
    issued: gate.list ? `${clock(gate.list.issued_at)} 的名单` : "还没有名单",
  };
  for (const [name, word] of Object.entries(words))
    for (const slot of document.querySelectorAll(`[data-now=${name}]`)) slot.textContent = word;
  at("offline").hidden = gate.trouble !== "offline" || !gate.list;
  at("no-list").hidden = Boolean(gate.list) || gate.trouble !== "offline";
  at("nothing-today").hidden = Boolean(gate.list) || gate.trouble !== "nothing-today";
  at("signed-out").hidden = gate.trouble !== "signed-out";
  at("old-list").hidden = !(gate.list && isOld(gate.list, now));
  at("stay-open").hidden = gate.kept !== false;
  at("no-store").hidden = gate.stores;
}

const inSection = (gate, child) => !gate.section || child.section === gate.section;
const isHere = (place) => !place.gone && ["here", "kept"].includes(place.child.state);
const isElsewhere = (place) => !place.gone && place.child.state in OF_THE_ROLL;

function bar(gate) {
  const deeds = lastDeed(gate.taps);
  at("last").hidden = !deeds.length;
  if (!deeds.length) return;
  const [first] = deeds;
  const states = new Set(deeds.map((deed) => (deed.answer ? BECAME[deed.answer.outcome] : "待发送")));
  at("last").querySelector("[data-deed]").dataset.value = first.group;
  at("last-name").textContent = deeds.map((deed) => deed.name).join("、");
  at("last-words").textContent = first.words;
  at("last-state").textContent = `${clock(first.at)} · ${[...states].join("、")}`;
}

function main(gate, book, now) {
  const pieces = surprises(gate.taps).map(surprise);
  if (gate.said) pieces.push(piece("said", { words: gate.said }));
  const place = book.get(gate.stranger || gate.chosen);
  if (place) pieces.push(gate.stranger ? stranger(gate, place) : chosen(gate, book, place, now));
  fill(at("picked"), pieces);
  fill(at("sections"), gate.list ? chips(book, gate) : []);
  const mine = [...book.values()].filter((one) => inSection(gate, one.child) && one !== place);
  const crowded = mine.length > MOST_TILES;
  const here = mine.filter(isHere);
  fill(at("waiting"), crowded ? [] : here.map((one) => tile(gate, one, now)));
  const elsewhere = crowded ? [] : mine.filter(isElsewhere);
  at("elsewhere").hidden = !elsewhere.length;
  at("elsewhere-count").textContent = elsewhere.length;
  fill(at("elsewhere-tiles"), elsewhere.map((one) => tile(gate, one, now)));
  const gone = mine.filter((one) => one.gone);
  at("gone").hidden = !gone.length;
  fill(at("gone-rows"), gone.sort((one, other) => new Date(other.gone.at) - new Date(one.gone.at)).map(goneRow));
  at("choose-section").hidden = !crowded;
  at("all-gone").hidden = !gate.list || crowded || here.length > 0 || Boolean(place);
}

function chips(book, gate) {
  const names = sections(book);
  if (names.length < 2) return [];
  return ["", ...names].map((name) => {
    const chip = piece("section", { name: name || "全部" }, name);
    chip.classList.add(gate.section === name ? "btn-primary" : "btn-outline-secondary");
    return chip;
  });
}

/** In the order of the classes; those that draw from several classes come last. */
function sections(book) {
  const classes = new Map();
  for (const { child } of book.values()) classes.set(child.section, (classes.get(child.section) ?? new Set()).add(child.class));
  const draws = (name) => Number(classes.get(name).size > 1);
  return [...classes.keys()].sort((one, other) => draws(one) - draws(other));
}

function tile(gate, { child, held }, now) {
  const office = child.call_office && isOld(gate.list, now);
  const word = office ? "联系办公室" : held ? "等带班领导" : OF_THE_ROLL[child.state] || note(child);
  const made = piece(office ? "office-tile" : "tile", { name: child.name, word }, child.id);
  const button = made.querySelector("button");
  if (child.name.length > 5) button.classList.add("is-long");
  if (held) button.classList.add("is-late");
  return made;
}

const note = (child) => child.note || ALONE[child.mode] || (child.state === "kept" ? "晚接看护" : child.batch || child.class);

function chosen(gate, book, { child, held }, now) {
  if (held) return heldCard(gate, child, held);
  const office = child.call_office && isOld(gate.list, now);
  const card = piece("picked", { initial: child.name.slice(-1), name: child.name, class: child.class });
  const slot = (name) => card.querySelector(`[data-slot=${name}]`);
  if (office) fill(slot("office"), [hold(gate, child.name), piece("after-the-call", {})]);
  const along = child.siblings.map((id) => book.get(id)).filter((one) => one && isHere(one) && !one.held);
  fill(slot("along"), along.map((one) => {
    const row = piece("along", { name: one.child.name, class: one.child.class });
    const box = row.querySelector("input");
    box.value = one.child.id;
    box.checked = gate.along.has(one.child.id);
    return row;
  }));
  fill(slot("adults"), [...alone(child), ...byToday(child.adults).map((adult) => adultTile(adult))]);
  card.querySelector("[data-code]").value = gate.code;
  card.querySelector("[data-deed=scan]").hidden = !gate.canScan;
  return card;
}

const alone = (child) => (ALONE[child.mode] ? [piece("alone", { mode: ALONE[child.mode] }, child.mode)] : []);
const byToday = (adults) => [...adults].sort((one, other) => one.barred - other.barred || other.today - one.today);

function adultTile(adult) {
  const { relation, name } = adult;
  if (adult.barred) return piece("barred", { who: `${relation} ${name}` }, adult.key);
  const words = { relation, name, note: adult.today ? "今天约定" : adult.check ? "凭接送码" : adult.tail && `尾号 ${adult.tail}` };
  const made = piece("adult", { ...words, face: adult.photo ? " " : name.slice(0, 1) }, adult.key);
  if (adult.today) made.querySelector("button").classList.add("is-expected");
  if (adult.photo) {
    const photo = new Image();
    photo.src = adult.photo;
    photo.alt = "";
    fill(made.querySelector(".face"), [photo]);
  }
  return made;
}

function heldCard(gate, child, held) {
  const card = piece("held", { name: child.name, words: held.words, because: held.answer.because });
  card.querySelector("[data-deed=undo-one]").dataset.value = held.uid;
  const sure = card.querySelector("[data-deed=confirm]");
  sure.dataset.value = held.uid;
  sure.hidden = !gate.list.by.leader;
  return card;
}

function stranger(gate, { child }) {
  const card = piece("stranger", {});
  fill(card.querySelector("[data-slot=hold]"), [hold(gate, child.name)]);
  return card;
}

function hold(gate, name) {
  const made = piece("hold", { name });
  made.querySelector("a").href = `tel:${gate.list.school.phone}`;
  return made;
}

function goneRow({ child, gone }) {
  const row = piece("gone", { name: child.name, words: gone.words, at: clock(gone.at) });
  const button = row.querySelector("[data-deed]");
  if (gone.tap) button.dataset.value = gone.tap.uid;
  else button.remove();
  return row;
}

function surprise(tap) {
  const { outcome, because } = tap.answer;
  const what = {
    denied: `不要放行，联系办公室。${because}`,
    refused: `没有记入：${because}`,
    incident: "别处已经登记离校。两次都留着，带班领导会核实",
  }[outcome];
  const kind = { undo: "撤销", confirm: "确认" }[tap.kind] || tap.words;
  return piece(outcome === "denied" ? "denied" : "surprise", { name: tap.name, deed: `${clock(tap.at)} ${kind}`, what }, tap.uid);
}
