(function () {
  // A wrapper that adds its own header: every request is one that must be asked for first.
  const sent = window.fetch;
  window.fetch = function (address, options) { return sent(address, { ...options, headers: { ...(options || {}).headers } }) };
})();
