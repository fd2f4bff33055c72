// Loaded by a family's month only: redoes each sum on the page from its totals, as the settlement does it.
// Amounts are read as they are written, always with two decimals: their digits are the fen.

const fen = (cell) => Number(cell.textContent.replace(/\D/g, ""));
const yuan = (amount) => `${(amount / 100).toFixed(2)} 元`;

// An odd fen goes only to a share that was rounded down.
const most = (share, left, charged) => {
  const weight = fen(share.querySelector("[data-borne]")) * left;
  return { even: Math.floor(weight / charged), odd: weight % charged ? 1 : 0 };
};

function* lines(sum) {
  const all = (name) => [...sum.querySelectorAll(`[data-${name}]`)];
  const read = (name) => all(name).map(fen).reduce((one, other) => one + other, 0);
  const charged = read("charged");
  const cost = all("published").length ? read("published") - read("elsewhere") : read("cost");
  yield ["一共花了", cost, read("cost")];
  const left = charged - cost - read("before");
  yield ["一共剩下", left, read("left")];
  let given = 0;
  for (const share of all("share")) {
    const { even, odd } = most(share, left, charged);
    yield ["按比例分到", even, fen(share.querySelector("[data-even]"))];
    const written = fen(share.querySelector("[data-odd]"));
    yield ["零头", Math.min(odd, written), written];
    given += even + Math.min(odd, written);
  }
  yield ["您家分到", given, read("given")];
}

function say(sum) {
  const wrong = [...lines(sum)].find(([, redone, written]) => redone !== written);
  const box = sum.querySelector("[role=status]");
  box.className = wrong ? "alert alert-danger mb-0" : "alert alert-success mb-0";
  box.textContent = wrong
    ? `✗ “${wrong[0]}”算出来是 ${yuan(wrong[1])}，这里写的是 ${yuan(wrong[2])}，差 ${yuan(Math.abs(wrong[1] - wrong[2]))}。请问学校。`
    : `✓ 在您的浏览器里算出来也是 ${yuan(fen(sum.querySelector("[data-given]")))}。`;
}

for (const sum of document.querySelectorAll("[data-again]")) {
  const button = sum.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => say(sum));
}
