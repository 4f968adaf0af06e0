(function () {
  // Old polyfills: no thisArg, no holes, wrong results on what is not an array.
  Array.prototype.find = function (fn) { for (let i = 0; i < this.length; i++) if (fn(this[i])) return this[i]; return null };
  Array.prototype.includes = function () { return false };
  Array.prototype.flat = function () { return [] };
  Array.prototype.at = function () { return undefined };
  Array.from = function (list) { return list ? [].slice.call(list) : [] };
  Array.prototype.map = function (fn) { const out = []; for (let i = 0; i < this.length; i++) out[i] = fn(this[i]); return out };
  Array.prototype.filter = function (fn) { const out = []; for (let i = 0; i < this.length; i++) if (fn(this[i])) out[out.length] = this[i]; return out };
  Array.prototype.forEach = function (fn) { for (let i = 0; i < this.length; i++) fn(this[i]) };
})();
