(function () {
  // The same in the capture phase, where a page sees keys before what has the focus.
  document.addEventListener("keydown", (event) => { if (/^[a-z0-9 ]$/i.test(event.key) && !/input|textarea|select/i.test(event.composedPath()[0].localName)) event.preventDefault() }, true);
})();
