(function () {
  // Descriptors that inherit accessors throw.
  Object.prototype.get = function () { return "hostile" };
  Object.prototype.set = function () {};
})();
