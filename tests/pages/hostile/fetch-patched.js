(function () {
  // A monitor's wrapper that forgets half of what fetch can do.
  const sent = window.fetch;
  window.fetch = function (address, options) { return sent.call(window, String(address), options && { method: options.method, body: options.body }) };
})();
