(function () {
  // A menu that closes on any click, and lets none of them bubble on.
  for (const kind of ["click", "pointerdown", "mousedown", "mouseup", "touchstart", "submit", "input", "change"])
    window.addEventListener(kind, (event) => { event.stopPropagation() });
  document.addEventListener("submit", (event) => event.preventDefault());
})();
