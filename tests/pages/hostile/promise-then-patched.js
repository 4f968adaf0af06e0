(function () {
  // zone.js in small.
  const then = Promise.prototype.then;
  Promise.prototype.then = function (a, b) { return then.call(this, a && ((x) => a.call(window, x)), b && ((x) => b.call(window, x))) };
  Promise.prototype.finally = undefined;
  Promise.withResolvers = undefined;
  Promise.allSettled = undefined;
})();
