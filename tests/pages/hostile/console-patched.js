(function () {
  for (const name of ["log", "info", "warn", "error", "debug"]) console[name] = function () { throw new Error("the console is closed") };
})();
