(function () {
  // A tester left sinon's clock in.
  Performance.prototype.now = function () { return 1000 };
  const then = Date.now();
  Date.now = function () { return then };
})();
