/**
 * Types of Candor: of this package, of `window.candor`, and of the element `<candor-survey>`.
 */

/** What `load` puts on the script tag. */
export interface Options {
  /** The collector's address, such as `https://feedback.example`. It also serves `candor.js`. */
  endpoint: string;
  /** Where `candor.js` lies, if that is not at the collector; its other files lie beside it. */
  script?: string;
  /** The survey that is shown when it is due. Without it, nothing is shown until {@link Candor.show}. */
  survey?: string;
  /** What the page says about the visit, as {@link Candor.set}. */
  attributes?: Attributes;
  /** The survey's language, such as `de`; the page's own when absent. */
  lang?: string;
  /**
   * `required`: nothing is kept on the device, looked at there, or counted, before `candor.consent(true)`. `given`: the
   * visitor has consented. When absent, nothing is kept before the visitor acts, and nothing at all where the browser sends Global
   * Privacy Control or Do Not Track.
   */
  consent?: "required" | "given";
  /** How the survey is shown, instead of the definition's own `display.mode`. */
  mode?: Mode;
  /** `off`: uses the JavaScript build and does not try WebAssembly. */
  wasm?: "off";
  /** Shows the survey now, says in the console why it would not have been shown, and marks the response a test. */
  test?: boolean;
  /** The `integrity` of candor.js, which itself pins every other file of its release. */
  integrity?: string;
  /** The nonce of the page's Content-Security-Policy. */
  nonce?: string;
}

/** Where a survey appears on the page. */
export type Mode = "popover" | "modal" | "inline" | "tab" | "page" | "kiosk";

/** Texts by attribute id: 1 to 64 letters, digits, `_` or `-`. Other values are turned into texts. */
export type Attributes = Record<string, string | number | boolean>;

/** What happens to a survey, and what a listener is told of it. */
export interface Events {
  /** The survey is on the screen. */
  shown: SurveyEvent;
  /** The first answer was given. */
  started: SurveyEvent;
  /** Another page of the survey is on the screen. */
  page: SurveyEvent & {
    /** The page's number. */
    page: number;
  };
  /** The response is safe: on the device's disk or at the collector. */
  submitted: SurveyEvent & {
    /** The response's id, a UUID. */
    response: string;
    /** The response as it is sent, a line of JSON; where `deliver.callback` is set, it goes nowhere else. */
    line?: string;
  };
  /** The visitor closed the survey without having submitted it. */
  dismissed: SurveyEvent;
  /** The response could not be kept or delivered, and the visitor was told so. */
  error: SurveyEvent;
  /** The survey is off the page, for whatever reason. */
  closed: SurveyEvent;
}

/** What every listener is told. */
export interface SurveyEvent {
  /** The event's name. */
  event: keyof Events;
  /** The survey's id. */
  survey: string;
}

/** What a page may ask of Candor. No call throws; what goes wrong is said in the console. */
export interface Candor {
  /**
   * Shows a survey now, whether or not it is due: only that it is live and may be shown on this origin counts. It takes the
   * place of one that is open.
   *
   * @param survey Its id; that of the script tag when absent.
   */
  show(survey?: string): void;

  /** Takes the survey off the page. It is not counted as dismissed. */
  hide(): void;

  /**
   * Says that something happened; a survey whose `when.event` it is becomes due.
   *
   * @param event Its name.
   */
  track(event: string): void;

  /**
   * Says something about the visit, added to what was said before. A survey may become due by it, and responses carry it:
   * never put personal data here that the survey's purpose does not need.
   */
  set(attributes: Attributes): void;

  /**
   * Says whether the visitor consents to anything being kept on the device.
   *
   * @param yes `false` also erases what was kept, and from then on nothing is kept or counted.
   */
  consent(yes: boolean): void;

  /**
   * Listens to what happens to surveys.
   *
   * @returns A function that takes the listener off again.
   */
  on<E extends keyof Events>(event: E, listener: (event: Events[E]) => void): () => void;

  /**
   * Forgets what was decided on this page: a survey may be shown again, after its delay or trigger and if it is drawn.
   * What is kept on the device stays; a cool-down that began on this page holds from the next page load.
   */
  reset(): void;

  /**
   * Takes everything off the page, listeners and `window.candor` included. What is undelivered is delivered at the next
   * visit.
   */
  destroy(): void;
}

/** A call by name, as the queue takes it. */
export type Call =
  | ["show", survey?: string]
  | ["hide"]
  | ["track", event: string]
  | ["set", attributes: Attributes]
  | ["consent", yes: boolean]
  | { [E in keyof Events]: ["on", event: E, listener: (event: Events[E]) => void] }[keyof Events]
  | ["reset"]
  | ["destroy"]
  | ["add", element: HTMLElement];

/** Takes calls before candor.js has come, and after. */
export interface Queue {
  push(...calls: Call[]): unknown;
}

/** `window.candor` once candor.js has come. */
export interface LoadedCandor extends Candor, Queue {
  /** Takes the survey of another script tag or `<candor-survey>`; they do this by themselves. */
  add(element: HTMLElement): void;
}

/**
 * Puts candor.js into the page and returns its API, which may be used at once. On a server it does nothing, and nothing
 * that is asked of the API happens.
 *
 * Call it once for the page: each call adds its survey to the others, and they share one API.
 */
export function load(options: Options): Candor;

/** Attributes of `<candor-survey>`, a place in the page for a survey. What it does not say, the script tag does. */
export interface CandorSurveyAttributes {
  /** The survey's id. */
  survey: string;
  "data-lang"?: string;
  "data-consent"?: "required" | "given";
  "data-test"?: "";
  [attribute: `data-attr-${string}`]: string;
}

/** The element `<candor-survey survey="id">`: its survey is shown inside it when it is due. */
export interface CandorSurveyElement extends HTMLElement {}

declare global {
  interface Window {
    /** A queue before candor.js has come, the API afterwards, nothing after `destroy()`. */
    candor?: Queue | LoadedCandor;
  }

  interface HTMLElementTagNameMap {
    "candor-survey": CandorSurveyElement;
  }

  /** For JSX without a namespace of its own; React 19 has one, see `@candor/widget/react`. */
  namespace JSX {
    interface IntrinsicElements {
      "candor-survey": CandorSurveyAttributes & { [attribute: string]: unknown };
    }
  }
}
