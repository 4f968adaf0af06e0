/**
 * @candor/widget: puts candor.js, the script tag, into the page and talks to it. It may append one script element and the
 * queue `window.candor`; everything else is in candor.js, which comes from the collector and so is never older than it.
 */

/** @typedef {import("./index.d.ts").Candor} Candor */
/** @typedef {import("./index.d.ts").Options} Options */

/**
 * Says something to candor.js, or leaves it word. Where there is no page, as on a server, nobody hears it.
 *
 * @param {import("./index.d.ts").Call} call
 */
const say = (call) => {
  if (typeof window === "undefined") return;
  (window.candor ??= []).push(call);
};

/** @param {Options} options */
const tag = ({ endpoint, script, integrity, nonce, attributes = {}, test, ...options }) => {
  const element = document.createElement("script");
  element.src = script ?? endpoint.replace(/\/*$/, "/candor.js");
  element.async = true;
  if (integrity) {
    element.integrity = integrity;
    element.crossOrigin = "anonymous";
  }
  if (nonce) element.nonce = nonce;
  if (script) element.dataset.endpoint = endpoint;
  if (test) element.dataset.test = "";
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) element.dataset[name] = value;
  }
  say(["set", attributes]);
  document.head.append(element);
};

/** @type {Candor} */
const candor = {
  show: (survey) => say(survey === undefined ? ["show"] : ["show", survey]),
  hide: () => say(["hide"]),
  track: (event) => say(["track", event]),
  set: (attributes) => say(["set", attributes]),
  consent: (yes) => say(["consent", yes]),
  on(event, listener) {
    // The queue returns nothing: taking the listener off is done here, before candor.js has come and after.
    let heard = true;
    const hear = (/** @type {any} */ said) => heard && listener(said);
    say(["on", /** @type {any} */ (event), hear]);
    return () => {
      heard = false;
    };
  },
  reset: () => say(["reset"]),
  destroy: () => say(["destroy"]),
};

/** @type {typeof import("./index.d.ts").load} */
export const load = (options) => {
  // A second tag would only hand its survey to the first.
  if (typeof document !== "undefined") tag(options);
  return candor;
};
