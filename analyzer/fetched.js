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

/** Whether this browser can keep the analyzer for use without a network. */
export function keepable() {
  return "serviceWorker" in navigator;
}

/** Keeps the analyzer on this device: its files are fetched once more, by sw.js, which answers for them from then on. */
export async function keep() {
  const { installing } = await navigator.serviceWorker.register("sw.js");
  // Without one it was kept before.
  if (!installing) return;
  await new Promise((kept, lost) => {
    installing.onstatechange = () => {
      if (installing.state === "activated") kept(undefined);
      if (installing.state === "redundant") lost(new Error("its files did not all come"));
    };
  });
}
