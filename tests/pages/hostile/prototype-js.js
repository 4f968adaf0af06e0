(function () {
  // What Prototype.js 1.5 to 1.7 puts on a page, in small.
  window.$ = function (id) { return typeof id === "string" ? document.getElementById(id) : id };
  window.$$ = function (css) { return document.querySelectorAll(css) };
  window.$A = function (list) { return list ? [].slice.call(list) : [] };
  window.$H = function (object) { return { each: function () {}, toJSON: function () { return "{}" } } };
  window.$F = function (id) { return $(id).value };
  window.Class = { create: function () { return function () { if (this.initialize) this.initialize.apply(this, arguments) } } };
  window.Enumerable = { each: function () {}, collect: function () {}, inject: function () {} };
  window.Prototype = { Version: "1.6.0.3", emptyFunction: function () {}, K: function (x) { return x } };
  window.Element = Object.assign(function () { return document.createElement("div") }, window.Element, { prototype: window.Element.prototype, Methods: {}, extend: function (e) { return e } });
  Function.prototype.bind = function (object) { const self = this, bound = [].slice.call(arguments, 1); return function () { return self.apply(object, bound.concat([].slice.call(arguments))) } };
  Function.prototype.curry = function () { return this };
  Array.prototype.each = function (fn) { for (let i = 0; i < this.length; i++) fn(this[i], i); return this };
  Array.prototype.toJSON = function () { return "[" + this.join(", ") + "]" };
  Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] };
  String.prototype.toJSON = function () { return '"' + this + '"' };
  String.prototype.strip = function () { return this };
  Number.prototype.succ = function () { return this + 1 };
  Object.toJSON = function (x) { return "" + x };
  Object.keys = function (object) { const keys = []; for (const key in object) keys[keys.length] = key; return keys };
  Element.prototype.remove = function () { if (this.parentNode) this.parentNode.removeChild(this); return this };
  Element.prototype.update = function (html) { this.innerHTML = html; return this };
  Element.prototype.show = Element.prototype.hide = function () { return this };
  Event.prototype.stop = function () { this.preventDefault(); this.stopPropagation() };
  Event.observe = function (element, name, fn) { element.addEventListener(name, fn) };
  document.getElementsByClassName = function (name) { return $$("." + name) };
})();
