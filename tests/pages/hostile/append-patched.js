(function () {
  // jQuery migrations: append takes a text too, and returns the element.
  const append = Node.prototype.appendChild;
  Element.prototype.append = function (...what) { for (const x of what) append.call(this, typeof x === "string" ? document.createTextNode(x) : x); return this };
  Element.prototype.prepend = Element.prototype.append;
  Element.prototype.replaceChildren = function (...what) { while (this.firstChild) this.firstChild.remove(); return this.append(...what) };
  Node.prototype.appendChild = function (x) { append.call(this, x); return this };
})();
