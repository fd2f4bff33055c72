// Loaded in <head> without defer, so that large type is there before the first paint.
// Everything else listens on the document and so also serves parts that htmx brings later.

const LARGE_TYPE = "large-type";
const root = document.documentElement;

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // private windows and some WebViews refuse storage: the page works without memory
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
}

function setLargeType(on) {
  root.classList.toggle(LARGE_TYPE, on);
  for (const button of document.querySelectorAll("[data-large-type]")) button.setAttribute("aria-pressed", on);
}

function say(text) {
  const place = document.getElementById("said");
  if (!place) return;
  const alert = document.createElement("div");
  alert.className = "alert alert-warning";
  alert.textContent = text;
  place.replaceChildren ? place.replaceChildren(alert) : (place.textContent = "", place.append(alert));
  place.scrollIntoView({ block: "nearest" });
}

const REFUSALS = {
  403: "您没有办这件事的权限，或者登录已过期。请刷新页面再试。",
  404: "要办的这一项已经不在了。请刷新页面再看。",
  413: "文件太大，没有收下。",
};

setLargeType(remembered(LARGE_TYPE) === "on");
document.addEventListener("DOMContentLoaded", () => setLargeType(root.classList.contains(LARGE_TYPE)));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-large-type], [data-print]");
  if (!button) return;
  if (button.hasAttribute("data-print")) return window.print();
  const on = !root.classList.contains(LARGE_TYPE);
  remember(LARGE_TYPE, on ? "on" : "off");
  setLargeType(on);
});

// 全选 ticks every box of that name in its form; when all are ticked it clears them.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick-all]");
  if (!button) return;
  const boxes = [...button.form.querySelectorAll(`input[name="${button.dataset.tickAll}"]`)];
  const ticked = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = ticked;
});

// A plain form goes once, however often the finger falls; htmx forms use hx-disabled-elt instead. One that gives a file
// (data-file) leaves its page standing and may be pressed again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post], [data-file]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
// Coming back with the back button shows the page as it was left: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("htmx:sendError", () => say("没有连上网络，刚才这一步没有办成。请稍后再点一次。"));
document.addEventListener("htmx:timeout", () => say("网络太慢，不知道刚才这一步办成没有。请刷新页面看看。"));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(REFUSALS[status] || `刚才这一步没有办成（${status}）。请刷新页面再试。`);
});
