(function () {
  // Prototype.js 1.6: an array as JSON is a text, and is quoted once more.
  Array.prototype.toJSON = function () { return "[" + this.join(", ") + "]" };
  Date.prototype.toJSON = function () { return "not a time" };
  Date.prototype.toISOString = function () { return "not a time" };
})();
