(function () {
  // A modal of the page that has not closed takes the focus back to itself.
  const first = document.querySelector("a");
  document.addEventListener("focusin", (event) => { if (event.target.localName !== "candor-survey") first.focus() });
})();
