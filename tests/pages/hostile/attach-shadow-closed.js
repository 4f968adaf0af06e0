(function () {
  // A page that forbids open roots to its own elements.
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, delegatesFocus: true, slotAssignment: "manual" }) };
})();
