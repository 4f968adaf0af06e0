// Starts the analyzer: its program and its workers', which a page that a server sent fetches now, its last requests; and says so
// plainly when it cannot.
import init from "candor-analyzer-glue";
import { program } from "candor-programs";
import { ready } from "./workers.js";

try {
  const [app] = await Promise.all([program("app"), ready()]);
  await init({ module_or_path: app });
} catch (error) {
  const place = document.getElementById("starting");
  // Once the app stands, its own panic hook speaks.
  if (place) {
    place.textContent =
      `The analyzer could not start (${error instanceof Error ? error.message : error}). ` +
      "It needs a current Chromium, Firefox or Safari that may run WebAssembly; reload the page to try again.";
  }
}
