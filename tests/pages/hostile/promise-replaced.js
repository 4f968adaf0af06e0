(function () {
  // A polyfill of 2013 that is put in whether or not it is needed: it keeps its promises, and is none of the browser's.
  function Vow(run) {
    const self = this;
    self.waiting = [];
    const settle = (kind) => (value) => {
      if (self.kind) return;
      if (kind === "kept" && value && typeof value.then === "function") return value.then(settle("kept"), settle("broken"));
      self.kind = kind;
      self.value = value;
      self.waiting.forEach((tell) => setTimeout(tell, 0));
    };
    try { run(settle("kept"), settle("broken")) } catch (error) { settle("broken")(error) }
  }
  Vow.prototype.then = function (kept, broken) {
    const self = this;
    return new Vow((keep, breaks) => {
      const tell = () => {
        const next = self.kind === "kept" ? kept : broken;
        if (!next) return (self.kind === "kept" ? keep : breaks)(self.value);
        try { keep(next(self.value)) } catch (error) { breaks(error) }
      };
      self.kind ? setTimeout(tell, 0) : self.waiting.push(tell);
    });
  };
  Vow.prototype["catch"] = function (broken) { return this.then(undefined, broken) };
  Vow.resolve = (value) => new Vow((keep) => keep(value));
  Vow.reject = (error) => new Vow((keep, breaks) => breaks(error));
  Vow.all = (list) => new Vow((keep, breaks) => {
    const values = [];
    let left = list.length;
    if (!left) keep(values);
    list.forEach((one, i) => Vow.resolve(one).then((value) => { values[i] = value; if (!--left) keep(values) }, breaks));
  });
  Vow.race = (list) => new Vow((keep, breaks) => list.forEach((one) => Vow.resolve(one).then(keep, breaks)));
  window.Promise = Vow;
})();
