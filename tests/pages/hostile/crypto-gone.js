(function () {
  Object.defineProperty(window, "crypto", { value: undefined, configurable: true });
})();
