(function () {
  Storage.prototype.setItem = function () { throw new Error("full") };
  IDBFactory.prototype.databases = undefined;
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name) { return open.call(this, name) };
})();
