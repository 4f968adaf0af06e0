// Starts the analyzer's workers. Their program is compiled once, while the page loads; each runs from an address made here,
// without another request, and is bound by the page's own policy.
import { program } from "candor-programs";
import script from "candor-worker-program";

export { handed, keep, keepable } from "candor-programs";

const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));

/** @type {WebAssembly.Module} */
let module;
let started = 0;

/** Gets and compiles the program. Nobody may call `spawn` before. */
export async function ready() {
  module = await program("worker");
}

/**
 * Gets and compiles the module that reads a format: where it has to be fetched, the only request that opening a file can make.
 * @param {string} format `xlsx`, `parquet` or `sav`
 */
export function reader(format) {
  return program(format);
}

/** A new worker with the program in it. It tells of its end by an `error`, however it comes to it. */
export function spawn() {
  const worker = new Worker(address);
  // The worker holds a lock for as long as it lives: whoever gets it next knows, also when the browser ended the worker
  // without a word. Where there are no locks, only what the worker itself stumbles over is told.
  const lock = `candor-worker-${performance.timeOrigin}-${Math.random()}-${started++}`;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const ended = () => worker.dispatchEvent(new ErrorEvent("error", { message: "the browser ended it" }));
    navigator.locks.request(lock, ended).catch(() => {});
  };
  worker.postMessage([module, lock, port2], [port2]);
  return worker;
}
