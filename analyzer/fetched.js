// Where the analyzer's programs come from on a page that a server sent: files beside it, each fetched when it is asked for.
// Without a request of this module there is none after the page has loaded, and none carries anything of a file.

// A module script has no document.currentScript: the addresses stand in the page.
const place = /** @type {HTMLScriptElement | null} */ (document.querySelector("script[data-app]"));

/**
 * A program, compiled.
 * @param {string} name `app`, `worker`, or the reader of a format: `xlsx`, `parquet` or `sav`
 */
export function program(name) {
  return WebAssembly.compileStreaming(fetch(place?.dataset[name] ?? ""));
}

/**
 * What a worker is given to read a file: here, the file itself.
 * @param {Blob} file
 */
export async function handed(file) {
  return file;
}
