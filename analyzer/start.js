// Starts the analyzer: fetches its program and its workers', the last requests this page makes, and says so plainly when it
// cannot.
import init from "candor-analyzer-glue";
import { ready } from "./workers.js";

try {
  // A module script has no document.currentScript: the address stands in the page.
  const script = /** @type {HTMLScriptElement | null} */ (document.querySelector("script[data-wasm]"));
  const program = fetch(script?.dataset.wasm ?? "");
  await ready();
  await init({ module_or_path: program });
} catch (error) {
  const place = document.getElementById("starting");
  // Once the app stands, its own panic hook speaks.
  if (place) {
    place.textContent =
      `The analyzer could not start (${error instanceof Error ? error.message : error}). ` +
      "It needs a current Chromium, Firefox or Safari that may run WebAssembly; reload the page to try again.";
  }
}
