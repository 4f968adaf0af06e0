// Where the analyzer's programs come from in the build that is one file: the page itself, which carries them packed. Nothing is
// fetched, and the page's policy forbids it.

/**
 * A program, compiled.
 * @param {string} name `app`, `worker`, or the reader of a format: `xlsx`, `parquet` or `sav`
 */
export async function program(name) {
  const packed = atob(document.querySelector(`script[data-program=${name}]`)?.textContent ?? "");
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

// Whether a worker can read a file: on a page that came from a file, WebKit's cannot.
/** @type {Promise<boolean> | undefined} */
let reads;
const ask = () =>
  new Promise((tell) => {
    const script = "onmessage = ({ data }) => { try { new FileReaderSync().readAsText(data); postMessage(true); } catch { postMessage(false); } };";
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      tell(data);
    };
    worker.postMessage(new Blob(["?"]));
  });

/**
 * What a worker is given to read a file: the file itself, or all of its bytes where workers cannot read files.
 * @param {Blob} file
 * @returns {Promise<Blob | ArrayBuffer>}
 */
export async function handed(file) {
  reads ??= ask();
  return (await reads) ? file : file.arrayBuffer();
}

/** Whether this browser can keep the analyzer: whoever has this file has kept it. */
export function keepable() {
  return false;
}

/** Nothing is left to be kept. */
export async function keep() {}
