// A reload without a network: a service worker answers with the page as it was last opened, where there is one.

const KEPT = "gate";

// True when the page can be opened again without a network.
export async function keepPage(worker) {
  if (!("serviceWorker" in navigator)) return false;
  try {
    if (!(await navigator.serviceWorker.register(worker, { scope: "/attendance/" }))) return false;
    const parts = document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]");
    const wanted = [location.pathname, document.getElementById("gate").dataset.icons];
    for (const part of parts) wanted.push(part.href || part.src);
    for (const page of document.querySelectorAll("a[data-keep]")) wanted.push(page.href); // also needed without a network
    const kept = await caches.open(KEPT);
    await kept.addAll(wanted);
    const addresses = wanted.map((one) => new URL(one, location.href).href);
    for (const old of await kept.keys()) if (!addresses.includes(old.url)) await kept.delete(old);
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false;
  }
}
