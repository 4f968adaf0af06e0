(function () {
  // Names that a bundle might have thought were its own.
  Object.assign(window, { start: 1, show: 1, hide: 1, open: 1, name: "hostile", status: "hostile", event: 1, widget: 1, wasm: 1, define: Object.assign(() => {}, { amd: true }), module: {}, exports: {}, require: () => { throw new Error("no modules") }, process: {}, global: {}, __wbg: 1 });
})();
