// The widget's door for candor.js, and its hands on the page: it starts the wasm, gives it a shadow root, tells it what
// the visitor does, and carries out what it decides. What is shown, counted and said is decided in Rust (src/).

import * as glue from "candor-widget-glue";
import { deliver, entrust, found } from "./deliver.js";
import { keep, remember } from "./outbox.js";

/**
 * What a survey is shown with.
 *
 * @typedef {object} Occasion
 * @property {string} definition The survey's definition, as the collector sent it.
 * @property {string} revision Its revision: 16 hexadecimal digits.
 * @property {string} endpoint The collector's address, without a slash at the end.
 * @property {string} [lang] The language that the page asks for.
 * @property {Record<string, string>} attributes What the page says about the visit; what it holds at the end counts.
 * @property {"trigger" | "api"} source By what the visitor came to be asked.
 * @property {boolean} test Whether the response is a test.
 * @property {boolean} keep Whether anything may be kept on the device once the visitor acts.
 */
/** @typedef {(event: string, response?: string) => void} Emit */
/** @typedef {{ id: string, display?: { mode?: string, into?: string }, deliver?: { endpoint?: string } }} Definition */

/** What Rust asks for after an event (src/visit.rs, Next). */
const STARTED = 1;
const CLOSE = 2;
const SUBMIT = 3;
const RETRY = 4;
/** What the visitor is told (src/visit.rs, Stage). */
const ASKING = 0;
const SAVING = 1;
const THANKS = 2;
const WAITING = 3;
const FAILED = 4;
const REFUSED = 5;

/**
 * The survey that is open.
 *
 * @typedef {object} Open
 * @property {Occasion} occasion
 * @property {Definition} definition
 * @property {Emit} emit
 * @property {HTMLElement} host
 * @property {AbortController} listeners
 * @property {number} shown When, by the clock that never jumps.
 * @property {number} stage What the visitor was told last; 0 while being asked.
 * @property {string} [key] The mail, once the response was submitted.
 * @property {HTMLElement} [before] What had the focus before the survey.
 */
/** @type {Open | undefined} */
let open;

const EVENTS = ["input", "change", "click", "pointerdown", "keydown", "paste", "submit"];

/**
 * @param {Occasion} occasion
 * @param {Emit} emit
 */
const show = (occasion, emit) => {
  hide();
  const { definition: text, revision, lang, source, test } = occasion;
  /** @type {Definition} */
  const definition = JSON.parse(text);
  const { mode, into } = definition.display || {};
  const place = mode === "inline" ? document.querySelector(into || "") : document.body;
  if (!place) throw `display.into: this page has no element ${into}`;
  const page = {
    revision,
    source,
    test,
    languages: [lang, document.documentElement.lang, navigator.language].filter(Boolean),
    // A path starts with a slash, and so does whatever stands for one in a page without an address of its own.
    path: location.pathname.replace(/^\/?/, "/").slice(0, 2048),
    utc_offset_min: -new Date().getTimezoneOffset(),
  };
  const host = document.createElement("candor-survey");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  const random = crypto.getRandomValues(new Uint8Array(10));
  const style = glue.show(text, JSON.stringify(page), root, Date.now(), random);
  if (!style) throw "its definition cannot be read";
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  host.dataset.mode = mode || "popover";
  host.dataset.state = "asking";
  const listeners = new AbortController();
  open = { occasion, definition, emit, host, listeners, shown: performance.now(), stage: 0 };
  const { signal } = listeners;
  for (const kind of EVENTS) root.addEventListener(kind, hear, { signal });
  // The page may have shortcuts on keys that are meant for us.
  for (const kind of ["keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation(), { signal });
  root.addEventListener("focusin", cameIn, { signal });
  document.addEventListener("visibilitychange", hear, { signal });
  document.addEventListener("keydown", escape, { signal });
  place.append(host);
  // A live region speaks only of what changes after it is there.
  setTimeout(() => open?.host === host && glue.say(ASKING, false), 500);
  emit("shown");
};

/** @param {Event} event */
const hear = (event) => {
  if (!open) return;
  const { type, isTrusted } = event;
  const { pointerType, key } = /** @type {PointerEvent & KeyboardEvent} */ (event);
  if (type === "submit") event.preventDefault();
  if (type === "keydown") {
    escape(event);
    event.stopPropagation();
    if (!open) return;
  }
  const kind = type === "visibilitychange" ? (document.hidden ? "hidden" : type) : type;
  const target = event.target instanceof Element ? event.target : undefined;
  const next = glue.hear(kind, target, isTrusted, pointerType || key || "", since());
  if (next === STARTED) open.emit("started");
  if (next === CLOSE) close(true);
  if (next === SUBMIT) submit();
  if (next === RETRY) {
    say(SAVING);
    deliver(tried);
  }
};

const since = () => (open ? performance.now() - open.shown : 0);

/** @param {Event} event Escape closes a popover, from inside it or when nothing else on the page has the focus. */
const escape = (event) => {
  const { key, isComposing } = /** @type {KeyboardEvent} */ (event);
  if (!open || key !== "Escape" || isComposing || event.defaultPrevented || open.host.dataset.mode === "inline") return;
  const active = document.activeElement;
  if (active && active !== document.body && active !== open.host) return;
  event.preventDefault();
  close(true);
};

/** @param {Event} event The focus came in, and will go back to where it was. */
const cameIn = (event) => {
  const before = /** @type {FocusEvent} */ (event).relatedTarget;
  if (open && before instanceof HTMLElement && !open.host.shadowRoot?.contains(before)) open.before = before;
};

/** @param {number} stage */
const say = (stage) => {
  if (!open) return;
  open.stage = stage;
  open.host.dataset.state = ["asking", "saving", "thanks", "thanks", "error", "error"][stage];
  glue.say(stage, document.activeElement === open.host);
};

/** @param {boolean} byVisitor Whether the visitor wished it. */
const close = (byVisitor) => {
  if (!open) return;
  const { host, listeners, emit, stage, definition, occasion, before } = open;
  open = undefined;
  listeners.abort();
  const focused = document.activeElement === host;
  host.remove();
  glue.close();
  if (focused) before?.focus();
  if (byVisitor && !stage) {
    if (occasion.keep && !occasion.test) remember("asked:" + definition.id, Date.now()).catch(warn);
    emit("dismissed");
  }
  emit("closed");
};

const hide = () => close(false);

/** @param {unknown} error */
const warn = (error) => console.warn("candor:", error);

/**
 * Keeps the response where that is allowed and possible, says thank you once it is on disk, and delivers it. Where it is
 * not, only the collector's word is good enough for a thank you.
 */
const submit = async () => {
  if (!open) return;
  const { occasion, definition, emit } = open;
  const asked = open;
  say(SAVING);
  glue.submit(since(), Date.now(), JSON.stringify(occasion.attributes));
  const to = (definition.deliver?.endpoint || occasion.endpoint).replace(/\/+$/, "");
  /** @type {import("./outbox.js").Mail | undefined} */
  let mail;
  let kept = false;
  const write = (/** @type {number | undefined} */ today, /** @type {number | undefined} */ all) => {
    const line = glue.response(today, all);
    return (mail = { key: JSON.parse(line).id + "/0", to, line });
  };
  if (occasion.keep) {
    try {
      await keep(to, definition.id, !occasion.test, write);
      kept = true;
    } catch (error) {
      warn(error);
    }
  }
  mail ??= write(undefined, undefined);
  asked.key = mail.key;
  entrust(mail, kept);
  if (kept) thank(asked);
  deliver(tried);
};

/** @param {Open} asked The response is safe. */
const thank = (asked) => {
  if (open === asked) say(THANKS);
  asked.emit("submitted", asked.key?.slice(0, 36));
};

/** @param {import("./deliver.js").Settled[]} settled Something was tried, and the visitor may be waiting to hear of it. */
const tried = (settled) => {
  if (!open?.key) return;
  const { key, stage } = open;
  const mine = settled.find(([mail]) => mail.key === key);
  if (stage === THANKS || stage === WAITING) {
    // It is on disk, and that is what was said; only whether it still waits can change.
    if (!mine) say(WAITING);
    else if (stage === WAITING) say(THANKS);
  } else if (!mine) {
    say(FAILED);
    open.emit("error");
  } else if (mine[1]) {
    say(REFUSED);
    open.emit("error");
  } else thank(open);
  if (mine && open) open.key = undefined;
};

/**
 * The widget, started.
 *
 * @typedef {object} Widget
 * @property {(occasion: Occasion, emit: Emit) => void} show Shows a survey in the place of what is open; throws a
 *   sentence when it cannot be shown.
 * @property {() => void} hide Takes it off the page.
 * @property {(keep: boolean) => void} keep Says whether anything may be kept on the device from now on.
 * @property {() => void} deliver Delivers what an earlier visit left behind. There must be something.
 */

/**
 * Starts the widget.
 *
 * @param {Response} wasm candor-widget.wasm, which candor.js asks for together with this file.
 * @returns {Promise<Widget>}
 */
export const start = async (wasm) => {
  const { instance } = await WebAssembly.instantiateStreaming(wasm, { "./candor_widget_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  /** @type {() => void} */ (instance.exports.__wbindgen_start)();
  return {
    show,
    hide,
    keep(keep) {
      if (open) open.occasion.keep = keep;
    },
    deliver() {
      found();
      deliver(tried);
    },
  };
};
