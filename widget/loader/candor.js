/**
 * candor.js: the script tag. It decides whether a survey is due, and fetches candor-ask.js, which shows it, only then; a
 * visitor who is not asked downloads this file and the survey's definition. It never throws into the page, changes nothing
 * of it and stores nothing. Every byte is paid for on every page view of every client's site: what can be done later is done
 * in candor-ask.js.
 *
 *   <script async src="https://feedback.example/candor.js" data-survey="post-purchase" data-attr-agent="A17"></script>
 *
 * data-survey    the survey's id; without it nothing is shown until candor.show("id")
 * data-endpoint  the collector, where that is not where this script came from
 * data-lang      the language, where it is not that of the page
 * data-attr-…    an attribute: what the page says about the visit
 * data-consent   "required": nothing is kept on the device, and nothing there is looked at, before candor.consent(true);
 *                "given": the visitor has consented
 * data-mode      instead of the definition's display.mode; "page" on the page that a link to the survey leads to, which
 *                takes ?q.<question>=<answer> as preset
 * data-wasm      "off": uses the JavaScript build
 * data-test      shows the survey now, says in the console why it would not have been shown, marks the response a test
 *
 * <candor-survey survey="id"> is a place in the page for a survey, shown there when it is due; other attributes as above,
 * otherwise those of the script tag. Several tags and places share a page; one survey is shown at a time, and one by itself.
 *
 * Calls may be made before this file has loaded, and after; ../npm/index.d.ts documents them:
 *
 *   window.candor = window.candor || [];
 *   candor.push(["set", { agent: "A17" }], ["on", "submitted", (event) => { … }]);
 *
 * What is looked at, and when. A visitor who was asked before is known only by what is kept on the device. Where something
 * may be kept, this file asks the browser whether there is a database of ours, which makes none and reads nothing; only where
 * an earlier visit left one is it opened, for cool-downs and undelivered responses. Where nothing may be kept
 * (data-consent="required", Global Privacy Control or Do Not Track, and no consent) nothing is looked at: cool-downs cannot
 * hold there, and no exposure is sent. candor.consent(false) looks whether there is anything kept, in order to erase it.
 *
 * A page view begins with the page and with each new address within it, a plain #anchor aside: then the delay, the triggers
 * and the draw begin anew, and what was due on the page before is not shown. What was shown stays shown until the page is
 * loaded again or candor.reset().
 */
(() => {
  /** @typedef {import("./candor-ask.js").Tag} Tag */

  const page = /** @type {any} */ (window);
  const TAGS = 'script[src*="/candor.js"]';
  // A tag manager may evaluate this file instead of loading it; then the tag is found by its address.
  const script = /** @type {HTMLScriptElement} */ (document.currentScript || document.querySelector(TAGS));
  // Another candor.js was here first: one of us is enough, and it takes our survey too.
  if (!script || page.candor?.destroy) return page.candor?.add(script);

  const ending = new AbortController();
  const { signal } = ending;
  // Handed to candor-ask.js, which says what they are. By position: every name would cost a visitor bytes.
  /** @type {Tag[]} */
  const tags = [];
  /** @type {Tag[]} */
  const shown = [];
  /** @type {Record<string, string>} */
  const attributes = {};
  /** @type {Record<string, string>} */
  const tracked = {};
  /** @type {Set<[string, () => void]>} */
  const listeners = new Set();
  /** @type {Promise<any> | undefined} candor-ask.js, started; nothing where it could not be had. */
  let asking;
  /** @type {boolean | undefined} What the visitor said, once it is known. */
  let given;
  /** @type {any} That it is being looked at, or was. */
  let looked;
  /** @type {import("./candor-ask.js").Again | undefined} What was found there. */
  let again;
  /** @type {1 | undefined} That the page's other tags were taken. */
  let scanned;
  /** @type {string | 0 | undefined} The address that this page view is of. */
  let route;
  /** @type {string} The page view. */
  let view;

  /** @param {unknown} error */
  const warn = (error) => console.warn("candor:", error);

  /**
   * The same function, which never throws into the page.
   *
   * @param {(...values: any[]) => any} work
   * @returns {(...values: any[]) => any}
   */
  const safely = (work) => (...values) => {
    try {
      const result = work(...values);
      result?.catch?.(warn);
      return result;
    } catch (error) {
      warn(error);
    }
  };

  /** @param {Tag} tag Whether anything may be kept on this device once the visitor acts. A misspelt consent is none. */
  const may = ({ consent }) =>
    given ?? (consent ? consent === "given" : !(page.navigator.globalPrivacyControl || navigator.doNotTrack === "1"));

  /** A UUID of version 7, RFC 9562: 48 bits of time, of which JavaScript's date fills 44 until 2527. */
  const uuid = () => `0${Date.now().toString(16)}`.replace(/.{8}/, "$&-") + "-7" + crypto.randomUUID?.().slice(15);

  /**
   * Sends exposures (FORMATS.md): none of a test, and none where the visitor objects. Where it fails, the survey is shown
   * all the same.
   */
  const count = safely((/** @type {Tag} */ tag, /** @type {string[]} */ events) => {
    const { survey, revision } = tag;
    if (!("test" in tag) && may(tag)) {
      navigator.sendBeacon(
        tag.endpoint + "/v1/responses",
        events
          .map((event) => JSON.stringify({ v: 1, id: uuid(), event, survey, revision, view, at: new Date(), attributes }))
          .join("\n"),
      );
    }
  });

  /**
   * Imports a file that lies beside this one, if it is the one that this one was built with. `import()` takes no integrity,
   * but it takes a module that is there already, and `modulepreload` has checked that.
   *
   * @param {string} file
   * @param {string} integrity
   */
  const load = async (file, integrity) => {
    const href = new URL(file, script.src).href;
    const link = document.createElement("link");
    // Waiting for this needs no Promise of the page's, which may not be the browser's.
    await /** @type {PromiseLike<void>} */ ({
      then: (/** @type {any} */ onload, /** @type {any} */ refused) =>
        /** @type {any} */ (
          document.head.append(
            Object.assign(link, {
              rel: "modulepreload",
              href,
              integrity,
              crossOrigin: "",
              nonce: script.nonce,
              onload,
              onerror: () => refused(file + " is of another release: upload all files"),
            }),
          )
        ),
    });
    link.remove();
    return import(href);
  };

  /**
   * Tells candor-ask.js something, fetching it first.
   *
   * @param {string} name
   * @param {unknown} [value]
   */
  const tell = async (name, value) => {
    asking ??= load("candor-ask.js", "%ASK_JS%")
      .then((module) => module.start(shown, tags, attributes, listeners, signal, tracked, may, count, load, read, reasons, decide))
      .catch(warn);
    return (await asking)?.[name](value);
  };

  /** Looks whether an earlier visit left anything on this device: opening the database would make it. */
  const look = safely(async () => {
    try {
      // Storage that refuses at once must not come back to whoever called before they know that it was asked.
      await 0;
      if ((await indexedDB.databases()).some(({ name }) => name === "candor")) again = await tell("recall", given);
    } finally {
      again ??= () => 0;
      decide();
    }
  });

  /**
   * What keeps this survey from being asked, as codes that candor-why.js words; none when nothing does.
   *
   * @param {Tag} tag
   */
  const reasons = (tag) => {
    const { state, origins, hidden = [], when = {}, who = {} } = /** @type {import("./candor-ask.js").Rules} */ (tag.rules);
    const { delay_s = 0, url = [], ...triggers } = when;
    /** @type {string[]} */
    const found = [];
    const unless = (/** @type {unknown} */ fine, /** @type {string} */ reason) => fine || found.push(reason);
    if (tag.view !== view) {
      tag.fresh = tag.view = view;
      tag.due = performance.now() + delay_s * 1e3;
      tag.asked = Object.keys(triggers)[0] ? 0 : tag.due;
      // Not less, so that no share is everyone.
      tag.drawn = !(Math.random() >= /** @type {number} */ (who.sample));
      for (const [name, value] of new URLSearchParams(location.search)) if (hidden.includes(name)) attributes[name] = value;
    }
    unless(state === "live", "state");
    unless(origins.includes(location.origin), "origin");
    for (const [name, value] of Object.entries(who.attributes || 0)) unless(attributes[name] === value, "attribute " + name);
    unless(
      !url[0] ||
        url.some((pattern) =>
          new RegExp(`^${pattern.replace(/\W/g, (c) => (c === "*" ? ".*" : "\\" + c))}$`).test(
            location.pathname + (pattern.includes("?") ? location.search : ""),
          ),
        ),
      "url",
    );
    // What was not looked at yet compares as false.
    if (may(tag) && (who.cooldown_days || who.every_days || who.once)) unless(/** @type {number} */ (again?.(tag)) < Date.now(), "asked");
    if (tag.fresh && !found[0]) {
      tag.fresh = 0;
      count(tag, tag.drawn ? ["eligible", "sampled"] : ["eligible"]);
    }
    unless(tag.drawn, "sample");
    unless(!shown[0], "shown");
    return found;
  };

  /** Called whenever anything may have changed: notices a new address, and has candor-ask.js look at what may be due. */
  const decide = safely(() => {
    const here = location.href.replace(/#\w.*/, "");
    if (here !== route) {
      route = here;
      view = uuid();
    }
    looked ||= tags.some(may) && look();
    if (signal.aborted || document.readyState === "loading") return;
    if (!scanned) {
      // The page's other tags too, whether or not their script has come: the highest priority is to win.
      scanned = 1;
      document.querySelectorAll(TAGS).forEach(api.add);
    }
    if (tags.every(({ rules }) => rules)) {
      for (const tag of tags) {
        clearTimeout(tag.timer);
        if (tag.now || !reasons(tag)[0]) {
          tag.timer = setTimeout(() => tell("decide"), /** @type {number} */ (tag.asked) - performance.now());
        }
      }
    }
  });

  /**
   * @param {HTMLElement} element A script tag, or a place for a survey, which takes from our own tag what it does not say.
   * @returns {Tag}
   */
  const tagOf = (element) => {
    const { src } = /** @type {HTMLScriptElement} */ (element);
    // Nothing that somebody gave to every object.
    const tag = /** @type {any} */ ({ __proto__: null, ...(src ? {} : own) });
    for (const { name, value } of element.attributes) {
      const attribute = name.split("data-attr-")[1];
      if (attribute) api.set({ [attribute]: value });
      else tag[name.replace("data-", "")] = value;
    }
    tag.now = "test" in tag || tag.mode === "page";
    tag.endpoint = new URL(tag.endpoint || ".", src).href.replace(/\/$/, "");
    return tag;
  };

  /** @param {Tag} tag */
  const read = async (tag) => {
    // One collector that hangs must not keep the others' surveys from being asked. Another site's collector gets no cookies.
    const signal = AbortSignal.timeout(1e4);
    const response = await fetch(tag.endpoint + "/v1/surveys/" + tag.survey, /** @type {any} */ ({ __proto__: null, signal }));
    tag.text = await response.text();
    // A proxy that compresses marks the ETag as weak or adds to it. A refusal has none.
    tag.revision = /\w{16}/.exec(/** @type {string} */ (response.headers.get("ETag")))?.[0];
    if (!tag.revision) throw [tag.survey, response.status, tag.text];
    // Not JSON.parse: an old library may have put its own there.
    tag.rules = await new Response(tag.text).json();
    return tag;
  };

  /** @type {Record<string, (...values: any[]) => any>} */
  const api = {
    show: (survey = own.survey) => tell("show", { ...own, survey }),
    hide: () => asking && tell("hide"),
    track(name) {
      tracked[name] = view;
      decide();
    },
    set(values) {
      for (const [name, value] of Object.entries(values)) {
        if (/^[\w-]{1,64}$/.test(name)) attributes[name] = String(value);
        else warn("attribute id " + name);
      }
      decide();
    },
    consent(yes) {
      given = !!yes;
      if (asking) tell("keep", given);
      looked = look();
    },
    on(...entry) {
      listeners.add(/** @type {any} */ (entry));
      return () => listeners.delete(/** @type {any} */ (entry));
    },
    reset() {
      shown.length = route = 0;
      decide();
    },
    destroy() {
      api.hide();
      ending.abort();
      delete page.candor;
    },
    /** @param {HTMLElement} element A tag or place; the same survey twice is one. */
    async add(element) {
      const tag = tagOf(element);
      if (!tag.survey || tags.some(({ survey }) => survey === tag.survey)) return;
      tags.push(tag);
      try {
        await read(tag);
      } finally {
        tag.rules ??= { origins: [] };
        decide();
      }
    },
    /** @param {...[string, ...any[]]} calls Each a name and its arguments. */
    push(...calls) {
      for (const [name, ...values] of calls) api[name]?.(...values);
    },
  };
  for (const [name, work] of Object.entries(api)) api[name] = safely(work);

  const own = tagOf(script);
  api.push(...[].concat(page.candor || []));
  page.candor = api;
  // Where there is no Navigation API, a new address is noticed at the visitor's next move.
  for (const kind of ["pointerdown", "keydown", "wheel", "pointerover", "popstate", "DOMContentLoaded"]) {
    addEventListener(kind, decide, /** @type {any} */ ({ __proto__: null, signal, passive: true, capture: true }));
  }
  page.navigation?.addEventListener("currententrychange", decide, { __proto__: null, signal });
  try {
    customElements.define(
      "candor-survey",
      class extends HTMLElement {
        connectedCallback() {
          page.candor?.add?.(this);
        }
      },
    );
  } catch {
    // An earlier candor.js, since destroyed, has defined it, and its places find whoever is there.
  }
  api.add(script);
})();
