(function () {
  customElements.define = function () { throw new Error("no elements of yours") };
  customElements.get = function () { return undefined };
})();
