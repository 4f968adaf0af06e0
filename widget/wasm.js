// The door to the judgement in Rust (src/): text in, text out. The module imports nothing, so that an instance of it is all
// there is to start. Each survey that is shown gets a new one: closing it gives all of its memory back.

/**
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(bytes: number) => number} room
 * @property {() => number} hear
 * @property {() => number} reply
 */

/** @type {(() => Exports) | undefined} */
let make;

/**
 * Compiles the module: the wasm, or the same code as JavaScript where the page's policy forbids wasm (`script-src` without
 * `'wasm-unsafe-eval'`) or the page asks for it.
 *
 * @param {Promise<Response> | undefined} wasm
 * @param {() => Promise<{ make: () => Exports }>} asm
 */
export const compile = async (wasm, asm) => {
  if (make) return;
  // Where it does not come, or is not what it should be, nothing runs.
  const bytes = wasm && (await (await wasm).arrayBuffer());
  try {
    if (!bytes) throw 0;
    const module = await WebAssembly.compile(bytes);
    make = () => /** @type {any} */ (new WebAssembly.Instance(module).exports);
  } catch {
    ({ make } = await asm());
  }
};

/** @typedef {(...fields: (string | number | boolean)[]) => string} Ask Says something and returns the reply. */

/** @returns {Ask} A new instance, which knows nothing of any other. */
export const begin = () => {
  const wasm = /** @type {() => Exports} */ (make)();
  return (...fields) => {
    const text = fields.map((field) => ("" + (typeof field === "boolean" ? +field : field)).replace(/\x1f/g, " "));
    const bytes = new TextEncoder().encode(text.join("\x1f"));
    const room = wasm.room(bytes.length);
    new Uint8Array(wasm.memory.buffer, room, bytes.length).set(bytes);
    const length = wasm.hear();
    return new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, wasm.reply(), length));
  };
};
