/**
 * candor-ask.js: asks. candor.js, the script tag, fetches it for a visitor who was drawn: when the delay is over, or, where
 * the survey waits for a trigger, to hear it. It hears scroll, exit, click and idleness, looks at what earlier visits left
 * on the device, fetches the widget, and tells the page what happens to the survey. It may listen to the page, read the
 * database `candor` once it is told that it may, and take the lock `candor`; it changes nothing of the page.
 *
 * The build puts the integrity of the widget's files and of candor-why.js into this file, and that of this file into
 * candor.js: whoever pins candor.js pins everything.
 */

/**
 * What the loader reads of a survey's definition; the widget checks all of it.
 *
 * @typedef {object} Rules
 * @property {string} [state]
 * @property {string[]} origins
 * @property {string[]} [hidden] Names in the page's query that are attributes.
 * @property {{ delay_s?: number, url?: string[], scroll?: number, exit?: boolean, click?: string, event?: string, idle_s?: number }} [when]
 * @property {{ sample?: number, cooldown_days?: number, every_days?: number, once?: boolean, attributes?: Record<string, string>, priority?: number }} [who]
 * @property {{ mode?: string }} [display]
 */
/**
 * A survey that a script tag, a `<candor-survey>` element or a call named: the element's attributes without their `data-`,
 * and what became of it.
 *
 * @typedef {object} Tag
 * @property {string} survey The survey's id.
 * @property {string} endpoint The collector, without a slash at the end.
 * @property {string} [lang]
 * @property {string} [consent]
 * @property {string} [mode] Instead of the definition's own display.mode.
 * @property {string} [wasm] "off" for the JavaScript build.
 * @property {string} [test] There, though empty, where the survey is only tried out.
 * @property {boolean} now Whether it is shown at once, due or not: it is tried out, or is what its page is for.
 * @property {Rules} [rules] The definition, once it has come.
 * @property {string} [text] The definition as it came.
 * @property {string} [revision]
 * @property {string} [view] The page view that the next five are about.
 * @property {string | 0} [fresh] Whether the page view is still to be counted.
 * @property {boolean} [drawn] Whether it was drawn into the sample.
 * @property {number} [due] When the delay is over, by performance.now().
 * @property {number} [asked] When this file is needed: then, or at once where there are triggers to hear.
 * @property {ReturnType<typeof setTimeout>} [timer] When to look again.
 * @property {string} [fired] The page view on which one of its triggers fired.
 */
/** @typedef {{ event: string, survey: string, response?: string, page?: number, line?: string }} CandorEvent */
/**
 * The started widget (candor-widget.js).
 *
 * @typedef {object} Widget
 * @property {(occasion: object, emit: (event: string, detail?: any, line?: string) => void) => void | Promise<void>} show
 * @property {() => void} hide
 * @property {(keep: boolean) => void} keep
 * @property {() => Promise<void>} forget
 * @property {() => void} deliver
 */
/** @typedef {(tag: Tag) => number} Again From when a visitor may be asked, in milliseconds since 1970. */

/** Milliseconds for the browser's storage to answer. Blocked storage can hang, and then nothing is remembered. */
const PATIENCE_MS = 4000;
const DAY_MS = 864e5;
const base = new URL(".", import.meta.url).href;

/** @param {...unknown} what */
const warn = (...what) => console.warn("candor:", ...what);

/**
 * Waits for what takes callbacks. It needs no Promise of the page's, which may not be the browser's.
 *
 * @param {(done: () => void, broken: (error: unknown) => void) => void} begin
 */
const until = async (begin) => {
  await /** @type {PromiseLike<void>} */ (/** @type {unknown} */ ({ then: begin }));
};

/**
 * @param {Record<"onerror", any> & Record<string, any>} request
 * @param {string} event
 * @returns {Promise<void>}
 */
const wait = (request, event) =>
  until((done, broken) => {
    setTimeout(broken, PATIENCE_MS, "the browser's storage did not answer in time");
    request[event] = done;
    request.onerror = broken;
  });

/**
 * @param {Tag[]} shown What was shown on this page by itself; candor.reset() empties it.
 * @param {Tag[]} tags
 * @param {Record<string, string>} attributes What the page says about the visit.
 * @param {Set<[string, (event: CandorEvent) => void]>} listeners
 * @param {AbortSignal} signal Aborted by candor.destroy().
 * @param {Record<string, string>} tracked The page view on which candor.track() last named an event.
 * @param {(tag: Tag) => boolean} may Whether anything may be kept on this device.
 * @param {(tag: Tag, events: string[]) => void} count Sends exposures, unless none may be sent.
 * @param {(file: string, integrity: string) => Promise<any>} load Imports a file of this release, if it is that.
 * @param {(tag: Tag) => Promise<Tag>} read Fetches a definition.
 * @param {(tag: Tag) => string[]} reasons The conditions that keep a survey from being asked; candor-why.js words them.
 * @param {() => void} decide Notices a new route, and comes back here when there may be something to ask.
 */
export const start = (shown, tags, attributes, listeners, signal, tracked, may, count, load, read, reasons, decide) => {
  /** @type {Tag | undefined} The survey on show, or about to be. */
  let open;
  /** @type {Promise<Widget> | undefined} */
  let widget;
  /** @type {Again | undefined} */
  let again;
  /** @type {Element | undefined} The place of the survey on show, where the page has one. */
  let place;
  /** The last key, pointer or scroll, by performance.now(). */
  let moved = performance.now();

  /** @param {Tag | undefined} [tag] */
  const fetched = (tag) =>
    (widget ??= (async () => {
      const off = tag?.wasm === "off";
      const file = "candor-widget.wasm";
      const wasm = off
        ? undefined
        : fetch(base + file, /** @type {any} */ ({ __proto__: null, credentials: "omit", integrity: "%WIDGET_WASM%" })).catch(() => {
            throw `${file} did not come, or is of another release: upload all files`;
          });
      // The module may refuse first, and then nobody waits for the wasm.
      wasm?.catch(() => {});
      return (await load("candor-widget.js", "%WIDGET_JS%")).start({ wasm, base, load });
    })());

  /** @param {Tag} tag When it is due, by performance.now(); Infinity while none of its triggers has fired. */
  const due = ({ due = 0, view, fired, rules }) => {
    const { delay_s = 0, scroll, exit, click, event, idle_s } = rules?.when || {};
    if (fired === view || (event && tracked[event] === view)) return due;
    if (idle_s) return Math.max(due, Math.max(moved, due - delay_s * 1000) + idle_s * 1000);
    return scroll || exit || click || event ? Infinity : due;
  };

  /** @param {Tag} tag */
  const priority = ({ rules }) => rules?.who?.priority || 0;

  /** Asks for the survey that is due, the one with the highest priority first, then by id. */
  const askForWhatIsDue = () => {
    if (open || signal.aborted) return;
    const byRank = [...tags].sort((a, b) => priority(b) - priority(a) || (a.survey < b.survey ? -1 : 1));
    for (const tag of byRank) {
      if (!tag.text || (tag.now ? shown.length : reasons(tag).length)) continue;
      const wait = tag.now ? 0 : due(tag) - performance.now();
      if (wait <= 0) return void ask(tag);
      // Where a timer would overflow, nobody stays so long.
      if (wait < 2 ** 31) tag.timer = setTimeout(decide, wait);
    }
  };

  /** @param {Tag} tag It is due: shows it, unless another tab of this site shows one. */
  const ask = async (tag) => {
    open = tag;
    const { view } = tag;
    const held = async (/** @type {Lock | null | undefined} */ lock) => {
      decide();
      const found = reasons(tag);
      if (lock === null) {
        found.push("tab");
        // Not again at once, but at the visitor's next move.
        clearTimeout(tag.timer);
      }
      if ("test" in tag) {
        const { why } = await load("candor-why.js", "%WHY_JS%");
        const said = why(tag, found, attributes, again).join("; ") || "nothing";
        console.info(`candor: ${tag.survey} is shown because of data-test. What would have kept it from being shown: ${said}.`);
      } else if (tag.mode === "page") {
        // Whoever followed a link to the survey has come to answer it.
        if (found.includes("state")) return refuse(tag, found);
      } else if (found.length || tag.view !== view) return;
      await put(tag, "trigger");
    };
    // While the lock is asked for, the files come.
    fetched(tag).catch(() => {});
    try {
      const { locks } = navigator;
      await (locks ? locks.request("candor", /** @type {any} */ ({ __proto__: null, ifAvailable: true }), held) : held(undefined));
    } catch (error) {
      // Trying again at every click would fail again at every click.
      shown.push(tag);
      warn(`survey ${tag.survey} could not be shown:`, error);
    }
    if (open === tag) open = undefined;
  };

  /**
   * @param {Tag} tag
   * @param {string[]} found
   */
  const refuse = async (tag, found) => {
    shown.push(tag);
    const { why } = await load("candor-why.js", "%WHY_JS%");
    warn(`survey ${tag.survey} is not shown: ${why(tag, found, attributes, again).join("; ")}`);
  };

  /**
   * Shows a survey, and returns when it was closed.
   *
   * @param {Tag} tag
   * @param {"trigger" | "api"} source
   */
  const put = async (tag, source) => {
    const { survey, rules, mode, lang, endpoint, revision, text: definition, view } = tag;
    const shows = await fetched(tag);
    decide();
    if (signal.aborted || open !== tag) return;
    if (source === "trigger") {
      // The page that it was due on was left.
      if (tag.view !== view) return;
      shown.push(tag);
    }
    /** @type {Record<string, string>} */
    const preset = {};
    if (mode === "page") {
      for (const [name, value] of new URLSearchParams(location.search)) {
        if (name.startsWith("q.")) preset[name.slice(2)] = value;
      }
    }
    place = document.querySelector(`candor-survey[survey="${CSS.escape(survey)}"]`) || undefined;
    const occasion = {
      __proto__: null,
      definition,
      revision,
      endpoint,
      base,
      lang,
      attributes,
      source: mode === "page" ? "link" : (mode || rules?.display?.mode) === "kiosk" ? "kiosk" : source,
      test: "test" in tag,
      keep: may(tag),
      mode,
      into: place,
      preset,
    };
    await until((closed, failed) => {
      const emit = (/** @type {string} */ event, /** @type {any} */ detail, /** @type {string | undefined} */ line) => {
        if (event === "closed") {
          if (open === tag) open = undefined;
          closed();
        }
        if (["shown", "started", "dismissed"].includes(event)) count(tag, [event]);
        const said = { event, survey, ...(detail === undefined ? {} : { [event === "page" ? "page" : "response"]: detail, line }) };
        for (const [name, listener] of listeners) {
          try {
            if (name === event) listener(said);
          } catch (error) {
            warn(error);
          }
        }
      };
      (async () => shows.show(occasion, emit))().catch(failed);
    });
  };

  const hide = async () => {
    open = undefined;
    (await widget)?.hide();
  };

  /** @param {Event} event */
  const hear = (event) => {
    const { type, target, relatedTarget, clientY } = /** @type {MouseEvent} */ (event);
    moved = performance.now();
    // A framework that draws another route takes the place away without a word.
    if (open && place && !place.isConnected) hide().catch(warn);
    let fired = false;
    for (const tag of tags) {
      const { scroll = 0, exit, click } = tag.rules?.when || {};
      if (tag.fired === tag.view) continue;
      try {
        if (
          (type === "scroll" && scroll && scrollY && (scrollY + innerHeight) * 100 >= scroll * document.documentElement.scrollHeight) ||
          (type === "mouseout" && exit && !relatedTarget && clientY <= 0) ||
          (type === "click" && click && target instanceof Element && target.closest(click))
        ) {
          tag.fired = tag.view;
          fired = true;
        }
      } catch (error) {
        warn(`survey ${tag.survey}, when.click:`, error);
        tag.fired = undefined;
      }
    }
    if (fired) decide();
  };
  for (const kind of ["scroll", "click", "mouseout", "pointerdown", "pointermove", "keydown", "wheel"]) {
    addEventListener(kind, hear, /** @type {any} */ ({ __proto__: null, signal, passive: true, capture: true }));
  }
  // The page may have been scrolled before this file was there to hear it.
  hear(new Event("scroll"));

  return {
    decide: askForWhatIsDue,

    /** @param {Tag} wanted */
    async show(wanted) {
      const tag = tags.find(({ survey, text }) => text && survey === wanted.survey) || (await read(wanted));
      // The page asks for it by itself: then only what makes it impossible counts.
      const found = "test" in tag ? [] : reasons(tag).filter((reason) => reason === "state" || reason === "origin");
      if (found.length) return refuse(tag, found);
      if (open === tag) return;
      open = tag;
      try {
        await put(tag, "api");
      } finally {
        if (open === tag) open = undefined;
      }
    },

    hide,

    /** @param {boolean} yes */
    async keep(yes) {
      (await widget)?.keep(yes);
    },

    /**
     * Looks at what earlier visits left in the database, which is there: delivers undelivered mail, and says from when
     * this visitor may be asked again. Where the visitor has objected, erases it all.
     *
     * @param {boolean | undefined} given
     * @returns {Promise<Again>}
     */
    async recall(given) {
      /** @type {Record<string, number>} */
      const kept = {};
      again = ({ survey, rules }) => {
        const { cooldown_days = 0, every_days = 0, once } = rules?.who || {};
        const any = kept.asked + cooldown_days * DAY_MS || 0;
        const this_one = kept["asked:" + survey] + (once ? Infinity : every_days * DAY_MS) || 0;
        return Math.max(any, this_one);
      };
      if (given === false) {
        await (await fetched(tags[0])).forget();
        return again;
      }
      const opening = indexedDB.open("candor");
      await wait(opening, "onsuccess");
      const database = opening.result;
      try {
        const stores = database.transaction(["outbox", "device"]);
        const device = stores.objectStore("device");
        const [keys, values, mails] = [device.getAllKeys(), device.getAll(), stores.objectStore("outbox").count()];
        await wait(stores, "oncomplete");
        keys.result.forEach((key, i) => (kept[String(key)] = values.result[i]));
        if (mails.result && !signal.aborted) fetched(tags[0]).then((widget) => widget.deliver()).catch(warn);
      } finally {
        database.close();
      }
      return again;
    },
  };
};
