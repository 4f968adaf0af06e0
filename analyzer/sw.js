// Keeps the analyzer's own files on a device whose owner asked for it, so that it opens without a network. It answers for these
// files and for nothing else; what an analyst opens never passes through here.

// Another build has another list, and so another name. It takes over once no page of the old one is open.
const KEPT = "%NAME%";
const FILES = ["%FILES%"];

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FILES)));
});

worker.addEventListener("activate", (event) => {
  const old = (/** @type {string[]} */ names) => names.filter((name) => name.startsWith("candor-analyzer-") && name !== KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

worker.addEventListener("fetch", (event) => {
  const asked = new URL(event.request.url);
  const ours = event.request.method === "GET" && FILES.some((file) => new URL(file, worker.location.href).pathname === asked.pathname);
  if (!ours) return;
  const found = caches.open(KEPT).then((kept) => kept.match(event.request, { ignoreSearch: true }));
  event.respondWith(found.then((response) => response ?? fetch(event.request)));
});
