(function () {
  String.prototype.trim = function () { return this };
  String.prototype.replace = function () { return "hostile" };
  String.prototype.split = function () { return ["hostile"] };
  String.prototype.padStart = function () { return "hostile" };
  String.prototype.startsWith = undefined;
  String.prototype.includes = undefined;
})();
