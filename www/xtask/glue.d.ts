// What has no types of its own, as far as the hand-written modules use it.

declare module "*.txt" {
  const text: string;
  export default text;
}

/** widget/style.css, minified. */
declare module "candor-style" {
  const css: string;
  export default css;
}

declare module "candor-analyzer-glue" {
  /** Instantiates the module, and runs the app. */
  export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}

/** analyzer/fetched.js, or analyzer/inlined.js in the build that is one file. */
declare module "candor-programs" {
  export function program(name: string): Promise<WebAssembly.Module>;
  export function handed(file: Blob): Promise<Blob | ArrayBuffer>;
  export function keepable(): boolean;
  export function keep(): Promise<void>;
}

/** The script that runs the workers' program. */
declare module "candor-worker-program" {
  const text: string;
  export default text;
}

declare module "candor-preview-glue" {
  /** Fetches and instantiates the module. */
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
  /** What there is to say of a survey's text, as JSON (widget/preview/src/lib.rs). */
  export function look(text: string): string;
}

// What analyzer/sw.js uses of a service worker; TypeScript's own library of these cannot stand beside the page's.
interface ExtendableEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface ServiceWorkerGlobalScope {
  readonly location: Location;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}
