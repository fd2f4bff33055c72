// The gate's service worker: asks the network first, and shows what the page has kept when there is no answer.
// It knows nothing of children: those are in the page's own storage.

const KEPT = "gate";
const PAGES = ["/attendance/handover/", "/attendance/emergency/"];
const PATIENCE = 3000; // milliseconds: a crowded gate's network takes the request and never answers

const kept = (request) => caches.open(KEPT).then((cache) => cache.match(request, { ignoreSearch: true }));

async function answer(request) {
  const own = await kept(request);
  if (!own) return fetch(request);
  const late = new Promise((resolve) => setTimeout(() => resolve(own), PATIENCE));
  const fresh = fetch(request).then((reply) => (reply.status >= 500 ? own : reply), () => own);
  return Promise.race([fresh, late]);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  // Only the page itself, its parts and the emergency plans; lists and events are the page's own business.
  if (PAGES.includes(pathname) || pathname.startsWith("/static/")) event.respondWith(answer(event.request));
});
