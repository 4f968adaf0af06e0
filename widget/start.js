// The widget's door for candor.js: it puts a survey on the page and takes it off again, keeps and sends what is answered.
//
// | file        | does                                                                     |
// |-------------|--------------------------------------------------------------------------|
// | start.js    | the survey's place on the page, and what becomes of the response          |
// | survey.js   | the panel, its pages, what the visitor does there                         |
// | controls.js | the questions: how each type is drawn and read                            |
// | wasm.js     | the door to the judgement in Rust (src/)                                  |
// | outbox.js   | what is kept on the device                                                |
// | deliver.js  | what goes over the network                                                |
// | json.js     | JSON as we write it                                                       |
// | color.js    | colors that can be read                                                   |
// | language.js | which language, and our own texts in it                                   |

import css from "candor-style";
import { colors, hex } from "./color.js";
import { deliver, entrust, found, leaves } from "./deliver.js";
import { json } from "./json.js";
import { fileOf, suits, texts } from "./language.js";
import { dismissed, exists, forget, keep, keepPart, recall, remember } from "./outbox.js";
import { FAILED, REFUSED, SAVING, THANKS, WAITING, survey } from "./survey.js";
import { begin, compile } from "./wasm.js";
import english from "./words/en.txt";

/**
 * What a survey is shown with.
 *
 * @typedef {object} Occasion
 * @property {string} definition The survey's definition, as the collector sent it.
 * @property {string} revision Its revision: 16 hexadecimal digits.
 * @property {string} endpoint The collector's address, without a slash at the end.
 * @property {string} base Where the widget's files are, with a slash at the end.
 * @property {string} [lang] The language that the page asks for.
 * @property {Record<string, string>} attributes What the page says about the visit; what it holds at the end counts.
 * @property {"trigger" | "link" | "kiosk" | "api"} source By what the visitor came to be asked.
 * @property {boolean} test Whether the response is a test.
 * @property {boolean} keep Whether anything may be kept on the device once the visitor acts.
 * @property {string} [mode] Instead of the definition's display.mode.
 * @property {string} [scheme] Instead of the definition's theme.scheme.
 * @property {Element} [into] The element that it is put into.
 * @property {Record<string, string>} [preset] Answers that a link brought along, by question.
 * @property {boolean} [nowhere] A preview: nothing is kept or sent.
 */
/** @typedef {(event: string, detail?: any, line?: string) => void} Emit The line is the response that was submitted. */
/** @typedef {import("./outbox.js").Mail} Mail */

/**
 * The survey that is open.
 *
 * @typedef {object} Open
 * @property {Occasion} occasion
 * @property {import("./controls.js").Json} definition
 * @property {Emit} emit
 * @property {HTMLElement} host
 * @property {import("./survey.js").Survey} shown
 * @property {AbortController} listeners
 * @property {number} stage What the visitor was told last; 0 while being asked.
 * @property {string} [key] The mail, once the response was submitted.
 * @property {HTMLElement} [before] What had the focus before the survey.
 * @property {number} [timer] Until the next person at a kiosk.
 */
/** @type {Open | undefined} */
let open;
/** How often something was to be shown or hidden: what was asked for meanwhile goes first. */
let turn = 0;

/** @param {unknown} error */
const warn = (error) => console.warn("candor:", error);

/** The same value with nothing in it but its own: somebody may have given every object more. @param {any} value */
const bare = (value) => {
  if (value && typeof value === "object") {
    if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
    for (const key of Object.keys(value)) bare(value[key]);
  }
  return value;
};

/** @param {string} url */
const words = async (url) => {
  const answer = await fetch(url, bare({ credentials: "omit" }));
  return answer.ok ? answer.text() : "";
};

/** Our own texts in a language; where they do not come, it is English. @param {string} lang @param {string} base */
const wordsIn = async (lang, base) => {
  const known = texts(english);
  const file = fileOf(lang);
  const own = file ? texts(await words(`${base}words/${file}.txt`).catch(() => "")) : known;
  return (/** @type {string} */ key) => own.get(key) || known.get(key) || "";
};

/** A color that the page gives us (`--candor-accent` and so on), as `#rrggbb`; empty where it gives none. @param {HTMLElement} host @param {string} name */
const given = (host, name) => {
  if (!getComputedStyle(host).getPropertyValue(name)) return "";
  const probe = document.createElement("i");
  host.shadowRoot?.appendChild(probe);
  probe.style.color = `var(${name})`;
  const rgb = getComputedStyle(probe).color.match(/\d+/g) || [];
  probe.remove();
  return hex(rgb.slice(0, 3).map(Number));
};

/** The page has its turn: what follows is a task of its own. @param {number} [ms] @returns {Promise<undefined>} */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * @param {Occasion} occasion
 * @param {Emit} emit
 */
const show = async (occasion, emit) => {
  hide();
  sent = "";
  const mine = ++turn;
  const { definition: text, lang, source, base } = occasion;
  const definition = bare(await new Response(text).json());
  const display = definition.display || bare({});
  const mode = occasion.mode || (occasion.into ? "inline" : display.mode) || "popover";
  const over = mode !== "inline";
  const place = (!over && occasion.into) || (over ? document.documentElement : document.querySelector(display.into || ""));
  if (!place) throw `display.into: this page has no element ${display.into}`;
  // The browser is asked only where neither tag nor page says.
  const language = suits(definition.languages, lang || document.documentElement.lang || navigator.language || "en");
  const word = await wordsIn(language, base);
  const looks = occasion.keep && !occasion.nowhere;
  /** @returns {Promise<import("./survey.js").Draft | undefined>} */
  const drafted = async () => {
    const draft = (await exists()) && (await recall("draft:" + definition.id));
    return draft ? bare(await new Response(draft).json()) : undefined;
  };
  // Storage that hangs must not keep the survey from being asked.
  const draft = looks && mode !== "kiosk" ? await Promise.race([drafted().catch(() => undefined), pause(2000)]) : undefined;
  await pause();
  if (mine !== turn) return emit("closed");

  const host = document.createElement("candor-survey");
  const root = host.attachShadow(bare({ mode: "open" }));
  const ask = begin();
  host.dataset.mode = mode;
  host.dataset.side = display.side || "end";
  host.dataset.state = "asking";
  const shown = survey({
    definition,
    mode,
    lang: language,
    word,
    ask,
    occasion,
    draft,
    closes: /popover|modal|tab/.test(mode) || (mode === "page" && source !== "link"),
    root,
    act,
  });
  await pause();
  if (mine !== turn) return emit("closed");
  place.appendChild(host);
  if (over && mode !== "modal") {
    // Above everything of the page, whatever it does to its own elements.
    host.popover = "manual";
    host.showPopover?.();
  }
  const sheet = new CSSStyleSheet();
  const theme = definition.theme || bare({});
  const [accent, paper, ink] = ["accent", "paper", "ink"].map((name) => given(host, "--candor-" + name));
  sheet.replaceSync(css + colors(occasion.scheme || theme.scheme, { accent: accent || theme.accent, paper, ink }));
  root.adoptedStyleSheets = [sheet];
  // What was resumed was sent already, or left unsent.
  if (draft) sent = json(shown.draft().fields);
  const listeners = new AbortController();
  open = { occasion, definition, emit, host, shown, listeners, stage: 0 };
  const now = open;
  const { signal } = listeners;
  const how = bare({ signal });
  for (const kind of Object.keys(shown.hears)) {
    const hear = (/** @type {Event} */ event) => {
      if (kind === "keydown") escape(event);
      // The page may have shortcuts on keys that are meant for us.
      if (kind[0] === "k") event.stopPropagation();
      if (open === now) shown.hears[kind](event);
      if (mode === "kiosk") restart(now, display.reset_s || 30);
    };
    root.addEventListener(kind, hear, how);
  }
  for (const kind of ["keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation(), how);
  root.addEventListener("focusin", cameIn, how);
  document.addEventListener("keydown", escape, how);
  document.addEventListener("visibilitychange", () => document.hidden && (ask("hidden"), part()), how);
  addEventListener("pagehide", () => part(true), how);
  above(host, how);
  if (mode === "modal") {
    const dialog = /** @type {HTMLDialogElement} */ (shown.panel);
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), close(true)), how);
    dialog.showModal();
  }
  if (mode === "tab") tab(now, word("tab"));
  else begun(now);
};

/** The survey is before the visitor's eyes. @param {Open} now */
const begun = (now) => {
  // A live region speaks only of what changes after it is there.
  setTimeout(() => {
    if (open !== now) return;
    if (!now.host.isConnected) {
      warn("the page took the survey away");
      close(false);
    } else if (!now.stage) now.shown.greet();
  }, 500);
  now.emit("shown");
};

/** A tab at the side of the page, which opens the survey. @param {Open} now @param {string} usual */
const tab = (now, usual) => {
  const { host, shown, definition } = now;
  const { label = usual } = definition.display || {};
  const handle = document.createElement("button");
  handle.className = "tab";
  handle.setAttribute("part", "tab");
  handle.setAttribute("aria-expanded", "false");
  handle.textContent = typeof label === "string" ? label : label[shown.panel.lang] || Object.values(label)[0];
  shown.panel.hidden = true;
  /** @type {ShadowRoot} */ (host.shadowRoot).prepend(handle);
  let first = true;
  handle.addEventListener("click", () => {
    shown.panel.hidden = !shown.panel.hidden;
    handle.setAttribute("aria-expanded", "" + !shown.panel.hidden);
    if (first) begun(now);
    first = false;
  });
};

/** Phone keyboards cover what is at the bottom of a page: the survey stands above them. @param {HTMLElement} host @param {AddEventListenerOptions} how */
const above = (host, how) => {
  const view = window.visualViewport;
  view?.addEventListener(
    "resize",
    () => {
      host.style.setProperty("--keyboard", Math.max(0, innerHeight - view.height - view.offsetTop) + "px");
      /** @type {Element | null | undefined} */ (host.shadowRoot?.activeElement)?.scrollIntoView({ block: "nearest" });
    },
    how,
  );
};

/** What the visitor wants, or did. @type {import("./survey.js").Act} */
const act = (name, detail) => {
  if (!open) return;
  const { emit, occasion, definition, shown } = open;
  if (name === "submit") submit();
  else if (name === "close") close(true);
  else if (name === "again") {
    say(SAVING);
    deliver(tried);
  } else if (name === "changed" || name === "page") {
    if (name === "page") {
      emit("page", Number(detail));
      part();
    }
    if (occasion.keep && !occasion.nowhere && shown.started()) remember("draft:" + definition.id, json(shown.draft())).catch(warn);
  } else emit(name);
};

/** @param {Event} event Escape closes a survey in a corner, from inside it or when nothing else on the page has the focus. */
const escape = (event) => {
  const { key, isComposing } = /** @type {KeyboardEvent} */ (event);
  if (!open || key !== "Escape" || isComposing || event.defaultPrevented || !/popover|tab/.test(open.host.dataset.mode || "")) return;
  const active = document.activeElement;
  if ((active && active !== document.body && active !== open.host) || open.shown.panel.hidden) return;
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
  open.shown.say(stage, document.activeElement === open.host);
  if (stage === THANKS && open.host.dataset.mode === "kiosk") restart(open, open.definition.display?.reset_s || 8);
};

/** At a kiosk, the survey begins anew for the next person. @param {Open} now @param {number} seconds */
const restart = (now, seconds) => {
  clearTimeout(now.timer);
  now.timer = setTimeout(() => {
    if (open !== now) return;
    if (!now.stage && !now.shown.started()) return;
    part();
    show(now.occasion, now.emit).catch(warn);
  }, seconds * 1000);
};

/** @param {boolean} byVisitor Whether the visitor wished it. */
const close = (byVisitor) => {
  turn++;
  if (!open) return;
  const { host, listeners, emit, stage, definition, occasion, before, timer } = open;
  if (!stage) part();
  open = undefined;
  clearTimeout(timer);
  listeners.abort();
  const focused = document.activeElement === host;
  host.remove();
  if (focused) before?.focus();
  if (byVisitor && !stage) {
    if (occasion.keep && !occasion.test && !occasion.nowhere) dismissed(definition.id).catch(warn);
    emit("dismissed");
  }
  emit("closed");
};

const hide = () => close(false);

/** Where the response goes. @param {Open} open */
const address = ({ definition, occasion }) => (definition.deliver?.endpoint || occasion.endpoint).replace(/\/+$/, "");

/** Whether the response goes to the page's own script and nowhere else. @param {Open} open */
const stays = ({ definition, occasion }) => occasion.nowhere || definition.deliver?.callback;

/** What was sent of the response so far. */
let sent = "";

/**
 * Sends the response so far, when there is something new in it.
 *
 * @param {boolean} [leaving] The page goes away: there is no time for the outbox, and the draft is in it already.
 */
const part = (leaving) => {
  if (!open || open.stage || stays(open) || open.definition.deliver?.partial === false || !open.shown.started()) return;
  const now = json(open.shown.draft().fields);
  if (now === sent) return;
  sent = now;
  const mail = { ...open.shown.line(false), to: address(open) };
  if (leaving) return leaves([mail]);
  const give = (/** @type {boolean} */ kept) => {
    entrust(mail, kept);
    deliver(tried);
  };
  if (open.occasion.keep) keepPart(mail).then(() => give(true), () => give(false));
  else give(false);
};

/**
 * Keeps the response where that is allowed and possible, says thank you once it is on disk, and delivers it. Where it is
 * not, only the collector's word is good enough for a thank you.
 */
const submit = async () => {
  if (!open) return;
  const asked = open;
  const { occasion, definition, shown } = asked;
  say(SAVING);
  if (stays(asked)) {
    return thank(asked, shown.line(true).line);
  }
  const to = address(asked);
  /** @type {Mail | undefined} */
  let mail;
  let kept = false;
  const write = (/** @type {[number, number] | undefined} */ device) => {
    return (mail = { ...shown.line(true, device), to });
  };
  if (occasion.keep) {
    try {
      await keep(to, definition.id, !occasion.test, (...device) => write(device));
      kept = true;
    } catch (error) {
      warn(error);
    }
  }
  mail ??= write(undefined);
  asked.key = mail.key;
  entrust(mail, kept);
  if (kept) thank(asked, mail.line);
  deliver(tried);
};

/** @param {Open} asked The response is safe. @param {string} [line] */
const thank = (asked, line) => {
  if (open === asked) say(THANKS);
  asked.emit("submitted", asked.shown.id, line);
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
  } else thank(open, mine[0].line);
  if (mine && open) open.key = undefined;
};

/**
 * The widget, started.
 *
 * @typedef {object} Widget
 * @property {(occasion: Occasion, emit: Emit) => Promise<void>} show Shows a survey in the place of what is open; fails with
 *   a sentence when it cannot be shown.
 * @property {() => void} hide Takes it off the page.
 * @property {(keep: boolean) => void} keep Says whether anything may be kept on the device from now on.
 * @property {() => Promise<void>} forget Erases what is kept on the device.
 * @property {() => void} deliver Delivers what an earlier visit left behind. There must be something.
 */

/**
 * Starts the widget.
 *
 * @param {object} options
 * @param {Promise<Response>} [options.wasm] candor-widget.wasm, which candor.js asks for together with this file; without it
 *   the JavaScript build is used.
 * @param {string} options.base Where the widget's files are, with a slash at the end.
 * @param {(file: string, integrity: string) => Promise<any>} [options.load] Imports a file of this release, if it is that.
 * @returns {Promise<Widget>}
 */
export const start = async ({ wasm, base, load = (file) => import(base + file) }) => {
  // The build puts its integrity here.
  await compile(wasm, () => load("candor-widget-asm.js", "%WIDGET_ASM%"));
  return {
    show,
    hide,
    keep(keep) {
      if (open) open.occasion.keep = keep;
    },
    async forget() {
      if (await exists()) await forget();
    },
    deliver() {
      found();
      deliver(tried);
    },
  };
};
