(function () {
  Object.prototype.toJSON = undefined;
  String.prototype.toJSON = function () { return JSON.stringify(String(this)) };
  Number.prototype.toJSON = function () { return "n" + this };
  Boolean.prototype.toJSON = function () { return "b" + this };
})();
