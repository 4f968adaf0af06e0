(function () {
  Navigator.prototype.sendBeacon = function () { return true };
})();
