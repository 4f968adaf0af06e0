(function () {
  Crypto.prototype.randomUUID = function () { return "4" };
  Crypto.prototype.getRandomValues = function (list) { for (let i = 0; i < list.length; i++) list[i] = 4; return list };
  Math.random = function () { return 0 };
})();
