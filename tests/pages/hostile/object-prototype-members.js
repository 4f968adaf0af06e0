(function () {
  // A page of 2006: everything in every for…in.
  Object.prototype.extend = function () { return this };
  Object.prototype.type = "hostile";
  Object.prototype.value = "hostile";
  Object.prototype.required = true;
})();
