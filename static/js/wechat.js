// Loaded by the page of a WeChat payment only. WeChat's browser brings WeixinJSBridge; it may come after the page.

const button = document.querySelector("[data-box]");

function ask() {
  document.getElementById("outside").hidden = Boolean(window.WeixinJSBridge);
  if (!window.WeixinJSBridge) return;
  button.hidden = true;
  window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(button.dataset.box), (answer) => {
    // "ok" is only the phone's word: the page waits for WeChat Pay's own.
    button.hidden = answer.err_msg === "get_brand_wcpay_request:ok";
  });
}

button.addEventListener("click", ask);
if (window.WeixinJSBridge) ask();
else document.addEventListener("WeixinJSBridgeReady", ask, { once: true });
