(function () {
  // A page whose timers drop every extra argument, give back objects, and know no idle time.
  const later = window.setTimeout, never = window.clearTimeout;
  window.setTimeout = function (fn, ms) { return { timer: later(() => fn(), ms) } };
  window.clearTimeout = function (it) { if (it) never(it.timer) };
  window.requestAnimationFrame = function (fn) { return later(() => fn(0), 16) };
  window.requestIdleCallback = window.cancelIdleCallback = undefined;
})();
