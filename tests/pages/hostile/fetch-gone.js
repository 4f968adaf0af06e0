(function () {
  window.fetch = undefined;
  window.XMLHttpRequest = undefined;
})();
