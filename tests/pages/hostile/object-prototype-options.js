(function () {
  // Pollution by a merge of the address's query: options that nobody gave.
  for (const [name, value] of Object.entries({ mode: "closed", signal: "x", once: true, passive: true, capture: true, credentials: "include", method: "DELETE", headers: { x: "y" }, body: "polluted", keepalive: false, into: "#nowhere", lang: "xx", test: true, preset: { nps: "0" }, nowhere: true }))
    Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true, enumerable: false });
})();
