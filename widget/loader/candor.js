/**
 * candor.js: the script tag. It decides whether a survey is due, and fetches the widget only then; a visitor who is not
 * asked downloads this file and the survey's definition. It never throws into the page and stores nothing.
 *
 *   <script async src="https://feedback.example/candor.js" data-survey="post-purchase" data-attr-agent="A17"></script>
 *
 * data-survey    the survey's id; without it nothing is shown until candor.show("id")
 * data-endpoint  the collector, where that is not where this script came from
 * data-lang      the language, where it is not that of the page
 * data-attr-…    an attribute: what the page says about the visit
 * data-consent   "required": nothing is kept on the device, and nothing there is looked at, before candor.consent(true);
 *                "given": the visitor has consented
 * data-test      shows the survey now, says in the console why it would not have been shown, marks the response a test
 *
 * Calls may be made before this file has loaded, and after:
 *
 *   window.candor = window.candor || [];
 *   candor.push(["set", { agent: "A17" }], ["on", "submitted", (event) => { … }]);
 */
(() => {
  "use strict";

  /**
   * @typedef {object} Definition What the loader reads of a survey's definition; the widget checks all of it.
   * @property {string} state
   * @property {string[]} origins
   * @property {{ delay_s?: number }} [when]
   * @property {{ sample?: number, cooldown_days?: number, attributes?: Record<string, string>, priority?: number }} [who]
   */
  /**
   * @typedef {object} Tag One script tag, or one survey that the page asked for.
   * @property {string} id The survey.
   * @property {string} base Where the widget is, with a slash at the end.
   * @property {string} endpoint The collector, without one.
   * @property {string} [lang]
   * @property {string} [consent]
   * @property {boolean} [test]
   * @property {Definition} [definition]
   * @property {string} [text] The definition as it came.
   * @property {string} [revision]
   * @property {boolean} [drawn] Whether this page view was drawn into the sample.
   * @property {number} [asked] When this visitor was last asked, in milliseconds since 1970.
   * @property {number} [due] When its delay is over, by performance.now().
   */
  /** @typedef {{ event: string, survey: string, response?: string }} CandorEvent */

  const page = /** @type {any} */ (window);
  const started = performance.now();

  /** @param {...unknown} what */
  const warn = (...what) => console.warn("candor:", ...what);

  const TAGS = 'script[src*="/candor.js"][data-survey]';
  // A tag manager may evaluate this file instead of loading it; then the tag is found by its address.
  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript || document.querySelector(TAGS)
  );
  if (!script) return warn("found no script tag of its own");
  /**
   * A script tag's survey, and what it says about the visit.
   *
   * @param {HTMLScriptElement} script
   * @returns {[Tag, Record<string, string>]}
   */
  const tagOf = ({ src, dataset }) => {
    const { survey: id = "", endpoint, lang, consent, test, ...others } = dataset;
    const base = new URL(".", src).href;
    /** @type {Record<string, string>} */
    const said = {};
    for (const name in others) {
      // data-attr-agent-name is dataset.attrAgentName: back to agent-name.
      const words = /^attr([A-Z].*)/.exec(name);
      if (words) said[words[1].replace(/\B[A-Z]/g, "-$&").toLowerCase()] = others[name] || "";
    }
    const tag = { id, base, endpoint: (endpoint || base).replace(/\/+$/, ""), lang, consent, test: test !== undefined };
    return [tag, said];
  };
  const [own, said] = tagOf(script);

  // Another candor.js was here first: one of us is enough, and it takes our survey too.
  if (page.candor && !Array.isArray(page.candor)) {
    page.candor.push(["set", said], ["add", own]);
    return;
  }

  /** @type {Tag[]} */
  const tags = [];
  /** @type {Record<string, string>} */
  const attributes = {};
  /** @type {Record<string, ((event: CandorEvent) => void)[]>} */
  const listeners = {};
  /** @type {Promise<import("../start.js").Widget> | undefined} */
  let widget;
  /** @type {Tag | undefined} The survey on show. */
  let open;
  let triggered = false;
  let pending = 0;
  let gone = false;
  /** @type {boolean | undefined} What the visitor said, once it is known. */
  let given;

  const nav = /** @type {Navigator & { globalPrivacyControl?: boolean }} */ (navigator);
  const objects = nav.globalPrivacyControl || nav.doNotTrack === "1";

  /** @param {Tag} tag Whether anything may be kept on this device once the visitor acts. */
  const may = (tag) => given ?? (tag.consent === "given" || (tag.consent !== "required" && !objects));

  /**
   * @param {Tag} tag
   * @returns {Promise<import("../start.js").Widget>}
   */
  const load = (tag) =>
    (widget ??= Promise.all([import(tag.base + "candor-widget.js"), fetch(tag.base + "candor-widget.wasm")])
      .then(([module, wasm]) => module.start(wasm))
      .catch((error) => {
        widget = undefined;
        throw error;
      }));

  /**
   * What an earlier visit left on this device: whether there is undelivered mail, and when the survey was last asked.
   * Looks only where there is something already, because opening a database makes it.
   *
   * @param {Tag} tag
   */
  const remember = async (tag) => {
    const names = may(tag) && (await indexedDB.databases());
    if (!names || !names.some((database) => database.name === "candor")) return;
    const wait = /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */ (
      (request) =>
        new Promise((kept, broken) => {
          request.onsuccess = () => kept(request.result);
          request.onerror = () => broken(request.error);
        })
    );
    const database = await wait(indexedDB.open("candor"));
    try {
      const stores = database.transaction(["outbox", "device"]);
      const mails = wait(stores.objectStore("outbox").count());
      tag.asked = await wait(stores.objectStore("device").get("asked:" + tag.id));
      if ((await mails) && !gone) load(tag).then((widget) => widget.deliver(), warn);
    } finally {
      database.close();
    }
  };

  /** @param {Tag} tag */
  const read = async (tag) => {
    // One collector that hangs must not keep the others' surveys from being asked.
    const signal = AbortSignal.timeout(1e4);
    const response = await fetch(tag.endpoint + "/v1/surveys/" + tag.id, { credentials: "omit", signal });
    const text = await response.text();
    if (!response.ok) throw `survey ${tag.id}: the collector answered ${response.status} ${text}`;
    // A proxy that compresses marks the ETag as weak or adds to it.
    const etag = /[0-9a-f]{16}/.exec(response.headers.get("ETag") || "");
    if (!etag) throw `survey ${tag.id}: the collector sent no ETag with its revision`;
    tag.text = text;
    tag.revision = etag[0];
    tag.definition = /** @type {Definition} */ (JSON.parse(text));
  };

  /**
   * Why this survey is not due, in half sentences; none when it is.
   *
   * @param {Tag} tag
   * @param {boolean} [asked] Whether the page asks for it by itself: then only what makes it impossible counts.
   */
  const reasons = (tag, asked) => {
    const { state, origins, who = {} } = /** @type {Definition} */ (tag.definition);
    const found = [];
    if (state !== "live") found.push("it is not live but " + state);
    if (!origins.includes(location.origin)) found.push(`${location.origin} is not one of its origins`);
    if (asked) return found;
    for (const name in who.attributes) {
      if (attributes[name] !== who.attributes[name]) found.push(`attribute ${name} is not ${who.attributes[name]}`);
    }
    if (!tag.drawn) found.push(`this page view was not drawn into its sample of ${who.sample}`);
    const again = (tag.asked || 0) + (who.cooldown_days || 0) * 864e5;
    if (again > Date.now()) found.push("this visitor is not to be asked again before " + new Date(again).toISOString());
    if (triggered) found.push("another survey was shown on this page view");
    return found;
  };

  /** Asks for the survey that is due, the one with the highest priority first, then by id. */
  const decide = () => {
    if (gone || open || pending || document.readyState === "loading") return;
    const rank = (/** @type {Tag} */ tag) => tag.definition?.who?.priority || 0;
    const due = tags
      .filter((tag) => tag.due !== undefined && tag.due <= performance.now() && (tag.test ? !triggered : !reasons(tag).length))
      .sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1))[0];
    if (!due) return;
    if (due.test) {
      const why = reasons(due).join("; ") || "nothing";
      console.info(`candor: ${due.id} is shown because of data-test. What would have kept it from being shown: ${why}.`);
    }
    triggered = true;
    ask(due, "trigger");
  };

  /**
   * @param {Tag} tag
   * @param {"trigger" | "api"} source
   */
  const ask = async (tag, source) => {
    open = tag;
    try {
      const shown = await load(tag);
      if (gone || open !== tag) return;
      const { id, text = "", revision = "", endpoint, lang, test = false } = tag;
      const occasion = { definition: text, revision, endpoint, lang, attributes, source, test, keep: may(tag) };
      shown.show(occasion, (event, response) => {
        if (event === "closed" && open === tag) open = undefined;
        for (const listener of listeners[event] || []) {
          try {
            listener(response ? { event, survey: id, response } : { event, survey: id });
          } catch (error) {
            warn(error);
          }
        }
      });
    } catch (error) {
      if (open === tag) open = undefined;
      warn(`survey ${tag.id} could not be shown:`, error);
    }
  };

  const api = {
    /**
     * Shows a survey now, whether or not it is due: that of the script tag, or another of the same collector.
     *
     * @param {string} [id]
     */
    async show(id = own.id) {
      const tag = tags.find((tag) => tag.id === id) || { ...own, id };
      if (!tag.definition) await read(tag);
      const why = tag.test ? [] : reasons(tag, true);
      if (why.length) return warn(`survey ${id} is not shown: ${why.join("; ")}`);
      if (!gone && open !== tag) await ask(tag, "api");
    },

    /** Takes the survey off the page. The visitor may be asked again. */
    hide() {
      open = undefined;
      widget?.then((widget) => widget.hide(), warn);
    },

    /**
     * Says something about the visit: texts by attribute id, added to those said before. A survey may become due by it.
     *
     * @param {Record<string, unknown>} values
     */
    set(values) {
      for (const name in values) {
        if (/^[\w-]{1,64}$/.test(name)) attributes[name] = String(values[name]);
        else warn(`"${name}" is no attribute id: 1 to 64 letters, digits, _ or -`);
      }
      decide();
    },

    /**
     * Says whether the visitor consents to anything being kept on the device.
     *
     * @param {boolean} yes
     */
    consent(yes) {
      given = !!yes;
      widget?.then((widget) => widget.keep(/** @type {boolean} */ (given)), warn);
      if (yes && tags[0]) remember(tags[0]).catch(warn);
    },

    /**
     * Listens to `shown`, `started` (first answer), `submitted` (the response is safe), `dismissed`, `error`, `closed`.
     *
     * @param {string} event
     * @param {(event: CandorEvent) => void} listener
     */
    on(event, listener) {
      (listeners[event] ??= []).push(listener);
    },

    /** Takes everything off the page, Candor itself included. What is undelivered is delivered at the next visit. */
    destroy() {
      api.hide();
      gone = true;
      document.removeEventListener("DOMContentLoaded", scan);
      delete page.candor;
    },

    /**
     * Adds the survey of another script tag on this page; the same survey twice is one.
     *
     * @param {Tag} tag
     */
    async add(tag) {
      if (!tag.id || tags.some((known) => known.id === tag.id)) return;
      tags.push(tag);
      pending++;
      const looked = remember(tag).catch(() => undefined); // storage that is blocked remembers nothing
      try {
        await read(tag);
        await looked;
        const { when = {}, who = {} } = /** @type {Definition} */ (tag.definition);
        tag.drawn = Math.random() < (who.sample ?? 1);
        tag.due = tag.test ? 0 : started + (when.delay_s || 0) * 1000;
        setTimeout(decide, tag.due - performance.now() + 1);
      } finally {
        pending--;
        decide();
      }
    },

    /**
     * Calls these, each a name and its arguments: what was queued before this file had loaded, and whatever comes later.
     *
     * @param {...[string, ...any[]]} calls
     */
    push(...calls) {
      for (const [name, ...values] of calls) {
        // A call that fails says so in the console and leaves the page alone, now and later.
        new Promise((done) => done(/** @type {any} */ (api)[name](...values))).catch(warn);
      }
    },
  };

  /** Takes the other script tags of this page too, whether or not theirs has come: the highest priority is to win. */
  const scan = () => {
    for (const other of document.querySelectorAll(TAGS)) {
      const [tag, said] = tagOf(/** @type {HTMLScriptElement} */ (other));
      api.push(["set", said], ["add", tag]);
    }
    decide();
  };

  const queue = page.candor || [];
  page.candor = api;
  document.addEventListener("DOMContentLoaded", scan);
  api.push(["set", said], ...queue, ["add", own]);
  scan();
})();
