(function () {
  // A page whose timers drop every extra argument and count in seconds.
  const later = window.setTimeout;
  window.setTimeout = function (fn, ms) { return later(() => fn(), Math.min(ms || 0, 50)) };
  window.setInterval = function () { return 0 };
  window.requestAnimationFrame = function (fn) { return later(() => fn(0), 0) };
  window.requestIdleCallback = undefined;
})();
