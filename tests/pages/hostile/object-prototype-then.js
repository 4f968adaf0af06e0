(function () {
  // Every object is a promise, or half of one.
  Object.defineProperty(Object.prototype, "then", { value: undefined, writable: true, configurable: true, enumerable: true });
})();
