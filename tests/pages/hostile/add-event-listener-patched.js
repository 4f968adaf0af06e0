(function () {
  // A monitor's wrapper that forgets the options: no signal, no once.
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, fn) { return listen.call(this, kind, fn, false) };
})();
