(function () {
  Object.defineProperty(Document.prototype, "adoptedStyleSheets", { get: () => [], set: () => { throw new Error("no sheets of yours") }, configurable: true });
})();
