// Counts what Candor leaves behind: listeners on what outlives a survey, intervals, observers, instances of wasm and their
// bytes. It is the page's first script.
"use strict";
(() => {
  const listeners = new Map();
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  // What is inside a survey goes with it; what is not inside any element stays.
  const stays = (target) => !(target instanceof Node) || target === document || target === document.documentElement || target === document.head || target === document.body;
  let numbers = 0;
  const numbered = new WeakMap();
  const number = (object) => numbered.get(object) ?? (numbered.set(object, ++numbers), numbers);
  const key = (target, kind, fn, options) => `${number(target)} ${kind} ${number(fn)} ${!!(options?.capture ?? options)}`;

  EventTarget.prototype.addEventListener = function (kind, fn, options) {
    const target = this ?? window;
    addEventListener.call(target, kind, fn, options);
    if (!fn || !stays(target) || options?.signal?.aborted || target instanceof AbortSignal || target instanceof IDBRequest || target instanceof IDBTransaction) return;
    const its = key(target, kind, fn, options);
    listeners.set(its, `${target.constructor.name} ${kind}`);
    if (options?.signal) addEventListener.call(options.signal, "abort", () => listeners.delete(its), { once: true });
    if (options?.once) addEventListener.call(target, kind, () => listeners.delete(its), { once: true });
  };
  EventTarget.prototype.removeEventListener = function (kind, fn, options) {
    const target = this ?? window;
    removeEventListener.call(target, kind, fn, options);
    if (fn) listeners.delete(key(target, kind, fn, options));
  };

  const intervals = new Set();
  const { setInterval, clearInterval } = window;
  window.setInterval = (...what) => {
    const id = setInterval(...what);
    intervals.add(id);
    return id;
  };
  window.clearInterval = (id) => {
    intervals.delete(id);
    clearInterval(id);
  };

  const observers = new Set();
  for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver", "PerformanceObserver"]) {
    const { observe, disconnect } = window[name].prototype;
    window[name].prototype.observe = function (...what) {
      observers.add(this);
      return observe.apply(this, what);
    };
    window[name].prototype.disconnect = function () {
      observers.delete(this);
      return disconnect.call(this);
    };
  }

  const instances = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const instantiate = WebAssembly[name];
    WebAssembly[name] = async (...what) => {
      const made = await instantiate.apply(WebAssembly, what);
      instances.push(new WeakRef(made.instance ?? made));
      return made;
    };
  }

  const { pushState, replaceState } = history;
  /** What is there now; the wasm once the garbage was collected. */
  window.left = () => ({
    elements: document.querySelectorAll("*").length,
    listeners: [...listeners.values()].sort(),
    intervals: intervals.size,
    observers: observers.size,
    patches: [...(history.pushState === pushState ? [] : ["pushState"]), ...(history.replaceState === replaceState ? [] : ["replaceState"])],
    instances: instances.filter((instance) => instance.deref()).length,
    bytes: instances.reduce((bytes, instance) => bytes + (instance.deref()?.exports.memory?.buffer.byteLength ?? 0), 0),
  });

  let said = "";
  const { warn } = console;
  console.warn = (...what) => {
    said += what.join(" ") + "\n";
    warn(...what);
  };

  const until = async (what, is) => {
    for (let i = 0; i < 500; i++) {
      if (is()) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`waited for ${what}, saw ${survey() ? survey().dataset.state : "no survey"}; ${said}`);
  };
  const survey = () => document.querySelector("candor-survey");
  const answer = async () => {
    await until("asking", () => survey()?.dataset.state === "asking");
    survey().shadowRoot.querySelector("label").click();
    survey().shadowRoot.querySelector("[data-act=next]").click();
    await until("thanks", () => survey()?.dataset.state === "thanks");
  };
  let route = 0;

  /** What is done again and again; each leaves the page as it was. */
  window.rounds = {
    /** The tag comes, the survey is answered, everything is destroyed. */
    async destroyed(src) {
      const tag = document.createElement("script");
      tag.src = src;
      tag.dataset.survey = "leaving";
      tag.dataset.endpoint = location.origin;
      document.body.append(tag);
      await answer();
      candor.destroy();
      tag.remove();
      await until("nothing", () => !survey() && !window.candor);
    },
    /** One tag stays; on each route of the app the survey is shown, and the app goes on while it is open. */
    async navigated(src) {
      if (!window.candor) {
        const tag = document.createElement("script");
        tag.dataset.endpoint = location.origin;
        tag.src = src;
        document.body.append(tag);
        await until("candor", () => window.candor?.show);
      }
      candor.push(["show", "leaving"]);
      if (route % 2) await answer();
      else await until("asking", () => survey()?.dataset.state === "asking");
      history.pushState({}, "", "/route/" + ++route);
      candor.hide();
      await until("nothing", () => !survey());
    },
  };
})();
