(function () {
  Array.prototype.remove = function () { return this };
  Array.prototype.first = function () { return this[0] };
  Array.prototype.contains = function () { return true };
  Array.prototype.insert = function () {};
})();
