// The widget's door for candor.js: starts the wasm, and tells it what only the page knows. It may read the page's
// address and languages; it touches nothing.

import * as glue from "candor-widget-glue";

/**
 * What a survey is shown with.
 *
 * @typedef {object} Occasion
 * @property {string} definition The survey's definition, as the collector sent it.
 * @property {string} revision Its revision: 16 hexadecimal digits.
 * @property {string} endpoint The collector's address, without a slash at the end.
 * @property {string} [lang] The language that the page asks for.
 * @property {Record<string, string>} attributes What the page says about the visit.
 * @property {"trigger" | "api"} source By what the visitor came to be asked.
 * @property {boolean} test Whether the response is a test.
 * @property {boolean} keep Whether anything may be kept on the device once the visitor acts.
 */

/**
 * The widget, started.
 *
 * @typedef {object} Widget
 * @property {(occasion: Occasion, emit: (event: string, response: string) => void) => void} show Shows a survey; throws
 *   a sentence when it cannot be shown.
 * @property {() => void} hide Takes it off the page.
 * @property {(attributes: Record<string, string>) => void} set Says anew what the page says about the visit.
 * @property {(keep: boolean) => void} keep Says whether anything may be kept on the device from now on.
 * @property {() => void} deliver Delivers what an earlier visit left behind. There must be something.
 */

/**
 * Starts the widget.
 *
 * @param {Response} wasm candor-widget.wasm, which candor.js asks for together with this file.
 * @returns {Promise<Widget>}
 */
export async function start(wasm) {
  const { instance } = await WebAssembly.instantiateStreaming(wasm, { "./candor_widget_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  /** @type {() => void} */ (instance.exports.__wbindgen_start)();
  return {
    show(occasion, emit) {
      const { definition, lang, ...page } = occasion;
      const languages = [lang, document.documentElement.lang, navigator.language].filter(Boolean);
      // A path starts with a slash, and so does whatever stands for one in a page without an address of its own.
      const path = location.pathname.replace(/^\/?/, "/").slice(0, 2048);
      glue.show(definition, JSON.stringify({ ...page, languages, path }), emit);
    },
    hide: glue.hide,
    set: (attributes) => glue.set_attributes(JSON.stringify(attributes)),
    keep: glue.set_keep,
    deliver: glue.deliver_mail,
  };
}
