(function () {
  // A wrapper that is no promise, with a text that is.
  const sent = window.fetch;
  window.fetch = function () { const answer = sent.apply(window, arguments); return { then: (a, b) => answer.then(a, b), catch: (b) => answer.catch(b) } };
})();
