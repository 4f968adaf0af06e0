// What wasm-bindgen generates, as far as the hand-written modules use it.

declare module "candor-widget-glue" {
  /** Hands the instantiated module's exports to the glue. */
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

declare module "candor-analyzer-glue" {
  /** Fetches and instantiates the module, and runs the app. */
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
}
