(function () {
  // ShadyCSS in small: it keeps a list and wants a name with a dash.
  const attach = Element.prototype.attachShadow, known = [];
  Element.prototype.attachShadow = function (options) { if (!this.localName.includes("-")) throw new TypeError("not here"); known.push(this); return attach.call(this, options) };
})();
