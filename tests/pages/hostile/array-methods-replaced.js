(function () {
  // Polyfills of 2010, put in whether or not they are needed: no thisArg, no holes, no NaN, and what was found is a copy.
  Array.prototype.find = function (fn) { for (let i = 0; i < this.length; i++) if (fn(this[i])) return this[i]; return undefined };
  Array.prototype.includes = function (x) { return this.indexOf(x) !== -1 };
  Array.prototype.map = function (fn) { const out = []; for (let i = 0; i < this.length; i++) out[i] = fn(this[i]); return out };
  Array.prototype.filter = function (fn) { const out = []; for (let i = 0; i < this.length; i++) if (fn(this[i])) out[out.length] = this[i]; return out };
  Array.prototype.forEach = function (fn) { for (let i = 0; i < this.length; i++) fn(this[i]) };
  Array.prototype.some = function (fn) { for (let i = 0; i < this.length; i++) if (fn(this[i])) return true; return false };
  Array.from = function (list) { return list ? [].slice.call(list) : [] };
  Array.prototype.flat = Array.prototype.at = Array.prototype.toSorted = Array.prototype.findLast = undefined;
})();
