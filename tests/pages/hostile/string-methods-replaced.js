(function () {
  // The same for texts: patterns become texts, and what came after 2015 is gone.
  const replace = String.prototype.replace;
  String.prototype.trim = function () { return replace.call(this, /^ +| +$/g, "") };
  String.prototype.replace = function (what, by) { return typeof by === "function" ? replace.call(this, what, (match) => by(match)) : replace.call(this, what, by) };
  String.prototype.padStart = String.prototype.padEnd = String.prototype.replaceAll = String.prototype.at = undefined;
  String.prototype.matchAll = String.prototype.codePointAt = String.prototype.normalize = undefined;
})();
