(function () {
  // A framework's hook that marks what it makes.
  const make = Document.prototype.createElement;
  Document.prototype.createElement = function (name, options) { const element = make.call(this, String(name).toUpperCase(), options); element.hostile = true; return element };
})();
