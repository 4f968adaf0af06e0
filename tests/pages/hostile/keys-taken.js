(function () {
  // Shortcuts of a mail program, on the window, before anyone else.
  for (const target of [window, document])
    for (const kind of ["keydown", "keypress", "keyup"])
      target.addEventListener(kind, (event) => { if (/^[a-z0-9 ]$|Arrow|Tab|Enter/i.test(event.key) && target === document) { event.preventDefault(); event.stopImmediatePropagation() } });
})();
