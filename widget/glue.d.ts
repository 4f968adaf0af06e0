// What the widget's Rust offers to start.js (src/lib.rs); wasm-bindgen writes the functions.

declare module "candor-widget-glue" {
  export function show(definition: string, page: string, emit: (event: string, response: string) => void): void;
  export function hide(): void;
  export function set_attributes(attributes: string): void;
  export function set_keep(keep: boolean): void;
  export function deliver_mail(): void;
}
