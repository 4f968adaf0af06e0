(function () {
  // What MooTools 1.2 puts on a page, in small.
  window.$ = function (x) { return typeof x === "string" ? document.getElementById(x) : x };
  window.$defined = function (x) { return x != undefined };
  window.$extend = function (a, b) { for (const key in b || {}) a[key] = b[key]; return a };
  window.Native = function () {};
  window.Hash = function (object) { for (const key in object) this[key] = object[key] };
  window.Browser = { Engine: { trident: true }, Features: { xhr: false } };
  Function.prototype.extend = function (key, value) { this[key] = value; return this };
  Function.prototype.implement = function (key, value) { this.prototype[key] = value; return this };
  Function.prototype.bind = function (object, list) { const self = this; return function () { return self.apply(object, list || arguments) } };
  Function.prototype.delay = function (ms, object) { return setTimeout(this.bind(object), ms) };
  Function.prototype.$family = { name: "function" };
  Array.prototype.$family = { name: "array" };
  String.prototype.contains = function (x) { return this.indexOf(x) > -1 };
  Array.from = function (x) { return x == null ? [] : typeof x === "object" && "length" in x ? [].slice.call(x) : [x] };
  Array.prototype.contains = function (x) { return this.indexOf(x) > -1 };
  Array.prototype.flatten = function () { return this };
  String.from = Number.from = function (x) { return x + "" };
  Object.each = function (object, fn) { for (const key in object) fn(object[key], key) };
  Element.prototype.dispose = function () { return this.parentNode ? this.parentNode.removeChild(this) : this };
  Element.prototype.destroy = function () { this.remove(); return null };
  Element.prototype.set = function (key, value) { this.setAttribute(key, value); return this };
  Element.prototype.inject = function (to) { to.appendChild(this); return this };
  Node.prototype.fireEvent = function () { return this };
  Event.prototype.key = undefined;
})();
