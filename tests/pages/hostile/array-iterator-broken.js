(function () {
  Array.prototype.values = function () { throw new Error("no iterators here") };
  Array.prototype.entries = undefined;
  Array.prototype.keys = undefined;
})();
