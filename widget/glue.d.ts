// What the widget's Rust offers to start.js and deliver.js (src/lib.rs); wasm-bindgen writes the functions.

declare module "candor-widget-glue" {
  export function show(definition: string, page: string, root: ShadowRoot, now: number, random: Uint8Array): string;
  export function hear(kind: string, target: Element | undefined, trusted: boolean, detail: string, at: number): number;
  export function submit(at: number, now: number, attributes: string): void;
  export function response(today?: number, all?: number): string;
  export function say(stage: number, focused: boolean): void;
  export function close(): void;
  export function verdict(status: number, body: string, lines: number): string;
  export function backoff_ms(tries: number, luck: number): number;
}
