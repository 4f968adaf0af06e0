// The page inside the preview: loads the real widget as candor.js does, and shows the survey that the preview hands it.
// It touches this frame, its own server for the widget's files, and the page around it; answers go nowhere.

/**
 * What the preview asks to be shown.
 *
 * @typedef {object} Scene
 * @property {"show"} say
 * @property {string} definition The definition as JSON, with the display mode and scheme that were chosen.
 * @property {string} revision
 * @property {string} lang
 * @property {"light" | "dark"} scheme
 * @property {Record<string, string>} preset What the questions are prefilled with.
 * @property {Record<string, string>} attributes
 */
/** @typedef {{ show: (occasion: object, emit: (event: string) => void) => unknown, hide: () => void }} Widget */

/** @type {Promise<Widget> | undefined} */
let widget;

/** @returns {Promise<Widget>} the widget, started once; a start that failed is tried again */
const load = () =>
  (widget ??= (async () => {
    const base = location.origin + "/";
    // Not as a plain word: this file is served as it is, and only a page that shows a survey needs the widget.
    const { start } = await import(base + "candor-widget.js");
    return start({ wasm: fetch(base + "candor-widget.wasm"), base });
  })().catch((error) => {
    widget = undefined;
    throw error;
  }));

/** @param {string} event @param {string} [detail] tells the page around us */
const tell = (event, detail) => parent.postMessage({ say: event, detail }, location.origin);

/** Which call of `show` is the last: an earlier one that comes late is not shown. */
let calls = 0;

/** @param {Scene} scene */
const show = async (scene) => {
  const call = ++calls;
  document.documentElement.dataset.scheme = scene.scheme;
  document.documentElement.lang = scene.lang;
  scrollTo(0, 0);
  try {
    const shown = await load();
    if (call !== calls) return;
    shown.hide();
    const occasion = {
      definition: scene.definition,
      revision: scene.revision,
      endpoint: location.origin,
      base: location.origin + "/",
      lang: scene.lang,
      attributes: scene.attributes,
      source: "api",
      test: true,
      keep: false,
      preset: scene.preset,
      nowhere: true,
    };
    await shown.show(occasion, (event) => tell(event));
  } catch (error) {
    tell("failed", error instanceof Error ? error.message : String(error));
  }
};

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent) return;
  if (data.say === "show") show(data);
  // The page around us may have begun to listen after our first word.
  if (data.say === "hello") tell("ready");
  if (data.say === "hide") {
    calls++;
    widget?.then((shown) => shown.hide(), () => undefined);
  }
});
tell("ready");
