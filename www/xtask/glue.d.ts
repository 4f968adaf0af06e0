// What wasm-bindgen generates, as far as the hand-written modules use it.

// Its members are the Rust exports; esbuild stops at one that does not exist.
declare module "candor-widget-glue";

declare module "candor-analyzer-glue" {
  /** Fetches and instantiates the module, and runs the app. */
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
}
