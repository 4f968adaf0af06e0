// Tests of the loader's decisions, on a page made by hand with a clock of its own: `node --test widget/loader/`.
// What only a browser can show (integrity, policies, real events) is tested in tests/.

import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

// Each page hangs its listeners on one signal.
setMaxListeners(0);

const LOADER = readFileSync(new URL("candor.js", import.meta.url), "utf8");
const ASK = readFileSync(new URL("candor-ask.js", import.meta.url), "utf8");
const WHY = readFileSync(new URL("candor-why.js", import.meta.url), "utf8");
const HOST = "https://feedback.example/";
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A module as a function of its exports, so that it runs in the page's own world. */
const evaluated = (text, name, context) => {
  const body = text.replace("export const", "const").replaceAll("import.meta.url", JSON.stringify(HOST + "candor-ask.js"));
  assert.notEqual(body, text);
  return vm.runInContext(`(() => { ${body}\nreturn { ${name} }; })()`, context);
};

/** What every definition here has. */
const live = (more = {}) => ({ state: "live", origins: ["https://shop.example"], ...more });

/**
 * A page with script tags in it.
 *
 * @param {object} options
 * @param {Record<string, object>} options.surveys Definitions by id.
 * @param {Record<string, string>[]} [options.tags] The attributes of each script tag; the first runs.
 * @param {string} [options.url]
 * @param {Record<string, number>} [options.kept] What the database holds in its store `device`; none when absent.
 * @param {number} [options.mails] And how many undelivered mails.
 * @param {object} [options.navigator]
 * @param {object} [options.window]
 * @param {number} [options.random]
 * @param {string} [options.readyState]
 */
const open = async (options) => {
  const { surveys, tags = [{ "data-survey": "a" }], url = "https://shop.example/", random = 0.5 } = options;
  let now = 0;
  let timers = [];
  const seen = { shown: [], beacons: [], fetched: [], storage: [], console: [], delivered: 0, forgotten: 0, kept: [] };
  const target = () => {
    const heard = [];
    return {
      heard,
      addEventListener: (type, listener, { signal } = {}) => {
        heard.push({ type, listener });
        signal?.addEventListener("abort", () => heard.splice(0));
      },
      fire: (type, event = {}) => {
        for (const one of [...heard]) if (one.type === type) one.listener({ type, isTrusted: true, ...event });
      },
    };
  };
  const root = target();
  const navigation = target();
  class Element {
    constructor(attributes) {
      this.attributes = Object.entries(attributes).map(([name, value]) => ({ name, value }));
      this.src = attributes.src;
      this.nonce = "n0nce";
    }
    closest(selector) {
      return selector === "#buy" ? this : null;
    }
    remove() {}
  }
  const elements = tags.map((attributes) => new Element({ src: HOST + "candor.js", ...attributes }));
  const place = { element: undefined, there: "", node: { isConnected: true } };
  const request = (result) => {
    const one = { result };
    setImmediate(() => one.onsuccess?.());
    return one;
  };
  const { kept, mails = 0 } = options;
  const indexedDB = {
    databases: async () => {
      seen.storage.push("databases");
      return kept ? [{ name: "candor" }] : [];
    },
    open: () => {
      seen.storage.push("open");
      const device = { getAllKeys: () => ({ result: Object.keys(kept) }), getAll: () => ({ result: Object.values(kept) }) };
      const stores = { objectStore: (name) => (name === "device" ? device : { count: () => ({ result: mails }) }) };
      return request({
        close: () => {},
        transaction: () => {
          setImmediate(() => stores.oncomplete());
          return stores;
        },
      });
    },
  };
  const widget = {
    show: (occasion, emit) => {
      seen.shown.push({ occasion, emit, id: JSON.parse(occasion.definition).id });
      emit("shown");
    },
    hide: () => seen.shown.at(-1)?.emit("closed"),
    keep: (yes) => seen.kept.push(yes),
    forget: async () => void seen.forgotten++,
    deliver: () => void seen.delivered++,
  };
  const window = {
    ...root,
    navigation,
    console: Object.fromEntries(["warn", "info"].map((level) => [level, (...said) => seen.console.push(said.join(" "))])),
    location: new URL(url),
    URL,
    URLSearchParams,
    AbortController,
    AbortSignal,
    Response,
    Element,
    HTMLElement: Element,
    Event: class {
      constructor(type) {
        this.type = type;
      }
    },
    CSS: { escape: (text) => text },
    crypto,
    indexedDB,
    scrollY: 0,
    innerHeight: 500,
    performance: { now: () => now },
    setTimeout: (work, ms = 0) => {
      const timer = { at: now + (ms > 0 ? ms : 0), work };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (timer) => {
      timers = timers.filter((one) => one !== timer);
    },
    customElements: { define: (_, element) => (place.element = element) },
    document: {
      currentScript: elements[0],
      readyState: options.readyState || "complete",
      documentElement: { scrollHeight: 2000 },
      head: { append: (link) => setImmediate(link.integrity === "bad" ? link.onerror : link.onload) },
      createElement: () => ({ remove: () => {} }),
      querySelector: (selector) => (place.there && selector.includes(place.there) ? place.node : null),
      querySelectorAll: () => elements,
    },
    navigator: {
      sendBeacon: (to, text) => {
        for (const line of text.split("\n")) seen.beacons.push({ to, ...JSON.parse(line) });
        return true;
      },
      ...options.navigator,
    },
    fetch: async (address) => {
      seen.fetched.push(address);
      const id = address.split("/").at(-1);
      if (id.endsWith(".wasm")) return { wasm: true };
      const found = surveys[id];
      const text = found ? JSON.stringify({ id, ...found }) : "no such survey";
      const headers = new Headers(found ? { ETag: 'W/"0123456789abcdef-gzip"' } : {});
      return { status: found ? 200 : 404, headers, text: async () => text };
    },
    imports: async (href) => {
      seen.fetched.push(href);
      if (href === HOST + "candor-ask.js") return evaluated(ASK, "start", context);
      if (href === HOST + "candor-why.js") return evaluated(WHY, "why", context);
      return { start: async () => widget };
    },
    ...options.window,
  };
  window.window = window;
  const context = vm.createContext(window);
  vm.runInContext(`Math.random = () => ${random}`, context);
  const settle = async () => {
    for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
  };
  const page = {
    seen,
    window,
    place,
    settle,
    get candor() {
      return window.candor;
    },
    get ids() {
      return seen.shown.map(({ id }) => id);
    },
    get events() {
      return seen.beacons.map(({ event }) => event);
    },
    fire: async (type, event) => {
      root.fire(type, event);
      await settle();
    },
    heard: () => root.heard.length + navigation.heard.length,
    /** Lets seconds pass. */
    pass: async (seconds) => {
      const end = now + seconds * 1000;
      await settle();
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.work();
        await settle();
      }
      now = end;
    },
    /** A route change, as history.pushState makes it. */
    goes: async (path) => {
      window.location.href = new URL(path, window.location.href).href;
      navigation.fire("currententrychange");
      await settle();
    },
    run: (script = elements[0]) => {
      window.document.currentScript = script;
      const text = LOADER.replace("import(href)", "window.imports(href)");
      assert.notEqual(text, LOADER);
      vm.runInContext(text, context);
    },
    elements,
  };
  page.run();
  await settle();
  return page;
};

/** Whether a survey with these url patterns is shown at an address. */
const shownAt = async (url, address) => {
  const page = await open({ surveys: { a: live({ when: { url } }) }, url: "https://shop.example" + address });
  await page.pass(1);
  return page.ids.length === 1;
};

test("a url pattern matches the whole path, its star anything, and the query only where it holds a question mark", async () => {
  for (const [pattern, address, fits] of [
    ["/checkout/*", "/checkout/thanks", true],
    ["/checkout/*", "/checkout", false],
    ["/checkout", "/checkout/thanks", false],
    ["/a.b", "/a.b", true],
    ["/a.b", "/axb", false],
    ["/a", "/a?utm=1", true],
    ["/a?utm=*", "/a?utm=1", true],
    ["/a?utm=*", "/a", false],
    ["*", "/", true],
  ]) {
    assert.equal(await shownAt([pattern], address), fits, `${pattern} at ${address}`);
  }
  assert.equal(await shownAt([], "/anywhere"), true, "no pattern is every page");
  assert.equal(await shownAt(["/no", "/yes"], "/yes"), true, "any one pattern is enough");
});

test("a visitor who is not asked downloads the definition and nothing else", async () => {
  const page = await open({ surveys: { a: live({ who: { sample: 0.5 } }) }, random: 0.5 });
  await page.pass(3600);
  assert.deepEqual(page.seen.fetched, [HOST + "v1/surveys/a"]);
  assert.deepEqual(page.events, ["eligible"]);
});

test("a survey without a trigger is shown when its delay is over, and not before", async () => {
  const page = await open({ surveys: { a: live({ when: { delay_s: 10 } }) } });
  await page.pass(9.9);
  assert.deepEqual(page.ids, []);
  assert.deepEqual(page.seen.fetched, [HOST + "v1/surveys/a"], "nothing is fetched while it waits");
  await page.pass(0.2);
  assert.deepEqual(page.ids, ["a"]);
  const { occasion } = page.seen.shown[0];
  assert.equal(occasion.revision, "0123456789abcdef");
  assert.equal(occasion.endpoint, "https://feedback.example");
  assert.equal(occasion.source, "trigger");
});

const TRIGGERS = {
  scroll: [{ scroll: 50 }, async (page) => {
    page.window.scrollY = 100;
    await page.fire("scroll");
    assert.deepEqual(page.ids, [], "30% is not 50%");
    page.window.scrollY = 500;
    await page.fire("scroll");
  }],
  exit: [{ exit: true }, async (page) => {
    await page.fire("mouseout", { relatedTarget: null, clientY: 300 });
    assert.deepEqual(page.ids, [], "the side is not the top");
    await page.fire("mouseout", { relatedTarget: null, clientY: -1 });
  }],
  click: [{ click: "#buy" }, async (page) => {
    await page.fire("click", { target: {} });
    assert.deepEqual(page.ids, []);
    await page.fire("click", { target: page.elements[0] });
  }],
  event: [{ event: "paid" }, async (page) => {
    page.candor.track("other");
    await page.pass(0);
    assert.deepEqual(page.ids, []);
    page.candor.track("paid");
  }],
  idle: [{ idle_s: 30 }, async (page) => {
    await page.pass(20);
    await page.fire("pointermove");
    await page.pass(20);
    assert.deepEqual(page.ids, [], "a move began it anew");
    await page.pass(10);
  }],
};
for (const [name, [when, act]] of Object.entries(TRIGGERS)) {
  test(`the trigger ${name} shows the survey, once`, async () => {
    const page = await open({ surveys: { a: live({ when }) } });
    await page.pass(1);
    assert.deepEqual(page.ids, []);
    await act(page);
    await page.pass(1);
    assert.deepEqual(page.ids, ["a"]);
    page.seen.shown[0].emit("closed");
    await act(page).catch(() => {});
    await page.pass(60);
    assert.deepEqual(page.ids, ["a"]);
  });
}

test("a trigger that fires before the delay is over waits for it", async () => {
  const page = await open({ surveys: { a: live({ when: { delay_s: 10, event: "paid", scroll: 90 } }) } });
  page.candor.track("paid");
  await page.pass(9.9);
  assert.deepEqual(page.ids, []);
  await page.pass(0.2);
  assert.deepEqual(page.ids, ["a"]);
});

test("a survey due on a page that was left is not shown on the next, where the delay begins anew", async () => {
  const page = await open({ surveys: { a: live({ when: { delay_s: 10, url: ["/a*"] } }) }, url: "https://shop.example/a" });
  await page.pass(9);
  await page.goes("/b");
  await page.pass(60);
  assert.deepEqual(page.ids, []);
  await page.goes("/a2");
  await page.pass(9);
  assert.deepEqual(page.ids, []);
  await page.goes("/a2#part");
  await page.pass(2);
  assert.deepEqual(page.ids, ["a"], "an anchor is the same page");
});

test("a trigger that fired on a page that was left does not count on the next", async () => {
  const page = await open({ surveys: { a: live({ when: { delay_s: 5, event: "paid" } }) } });
  page.candor.track("paid");
  await page.pass(1);
  await page.goes("/b");
  await page.pass(60);
  assert.deepEqual(page.ids, []);
});

test("attributes come from the tag, from set and from the query names that the definition lists", async () => {
  const who = { attributes: { "store-id": "7", plan: "pro", utm: "mail" } };
  const surveys = { a: live({ who, hidden: ["utm"] }) };
  const page = await open({ surveys, tags: [{ "data-survey": "a", "data-attr-store-id": "7" }], url: "https://shop.example/?utm=mail&other=1" });
  await page.pass(1);
  assert.deepEqual(page.ids, []);
  page.candor.set({ plan: "pro", "no id": 1 });
  await page.pass(1);
  assert.deepEqual(page.ids, ["a"]);
  assert.deepEqual({ ...page.seen.shown[0].occasion.attributes }, { "store-id": "7", plan: "pro", utm: "mail" });
  assert.match(page.seen.console.join(), /no id/);
});

const DAY = 864e5;
const given = [{ "data-survey": "a", "data-consent": "given" }];
test("cool-downs hold: any survey, this survey, once", async () => {
  for (const [who, kept, shown] of [
    [{ cooldown_days: 30 }, { asked: Date.now() - 29 * DAY }, 0],
    [{ cooldown_days: 30 }, { asked: Date.now() - 31 * DAY }, 1],
    [{ every_days: 30 }, { asked: Date.now(), "asked:b": Date.now() }, 1],
    [{ every_days: 30 }, { "asked:a": Date.now() - 29 * DAY }, 0],
    [{ once: true }, { "asked:a": 1 }, 0],
    [{ once: true }, { "asked:b": 1 }, 1],
    [{}, { asked: Date.now(), "asked:a": Date.now() }, 1],
  ]) {
    const page = await open({ surveys: { a: live({ who }) }, tags: given, kept });
    await page.pass(1);
    assert.equal(page.ids.length, shown, JSON.stringify([who, kept]));
    assert.equal(page.events.includes("eligible"), shown === 1, "who is cooled down is not eligible");
  }
});

test("what an earlier visit left is looked at, and a survey with a cool-down waits for that", async () => {
  const page = await open({ surveys: { a: live({ who: { cooldown_days: 1 } }) }, kept: { asked: Date.now() - 2 * DAY }, mails: 1 });
  await page.pass(1);
  assert.deepEqual([page.seen.storage, page.ids], [["databases", "open"], ["a"]]);
  assert.equal(page.seen.delivered, 1, "undelivered mail goes out with it");
});

test("where nothing was kept, looking makes nothing", async () => {
  const page = await open({ surveys: { a: live({ who: { cooldown_days: 1 } }) } });
  await page.pass(1);
  assert.deepEqual([page.seen.storage, page.ids], [["databases"], ["a"]]);
});

for (const [what, options] of Object.entries({
  "data-consent=required": { tags: [{ "data-survey": "a", "data-consent": "required" }] },
  "Global Privacy Control": { navigator: { globalPrivacyControl: true } },
  "Do Not Track": { navigator: { doNotTrack: "1" } },
})) {
  test(`with ${what} and no consent nothing is looked at, kept or counted`, async () => {
    const page = await open({ surveys: { a: live({ who: { once: true } }) }, kept: { "asked:b": 1 }, ...options });
    await page.pass(1);
    await page.fire("pointerdown");
    assert.deepEqual([page.ids, page.seen.storage, page.events], [["a"], [], []]);
    assert.equal(page.seen.shown[0].occasion.keep, false);
    page.candor.consent(true);
    await page.pass(1);
    assert.deepEqual([page.seen.storage, page.seen.kept], [["databases", "open"], [true]]);
  });
}

test("consent(false) erases what is there, and asks nothing of storage where there is nothing", async () => {
  for (const kept of [{ asked: 1 }, undefined]) {
    const page = await open({ surveys: { a: live({ when: { delay_s: 99 } }) }, kept });
    const before = page.seen.storage.length;
    page.candor.consent(false);
    await page.settle();
    assert.equal(page.seen.forgotten, kept ? 1 : 0);
    assert.ok(!page.seen.storage.slice(before).includes("open"));
  }
});

test("exposures are lines of FORMATS.md, joined by the page view", async () => {
  const page = await open({ surveys: { a: live() }, tags: [{ "data-survey": "a", "data-attr-agent": "A17" }] });
  await page.pass(1);
  const { emit } = page.seen.shown[0];
  emit("started");
  emit("page", 2);
  emit("dismissed");
  emit("closed");
  assert.deepEqual(page.events, ["eligible", "sampled", "shown", "started", "dismissed"]);
  for (const { to, v, id, survey, revision, view, at, attributes, ...rest } of page.seen.beacons) {
    assert.deepEqual([to, v, survey, revision], [HOST + "v1/responses", 1, "a", "0123456789abcdef"]);
    assert.match(id, UUID7);
    assert.match(view, UUID7);
    assert.equal(view, page.seen.beacons[0].view);
    assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(attributes, { agent: "A17" });
    assert.deepEqual(Object.keys(rest), ["event"]);
  }
  assert.equal(new Set(page.seen.beacons.map(({ id }) => id)).size, 5);
  await page.goes("/next");
  assert.notEqual(page.window.location.pathname, "/");
  page.candor.reset();
  await page.pass(1);
  assert.notEqual(page.seen.beacons.at(-1).view, page.seen.beacons[0].view, "another page is another view");
});

test("who was not drawn is counted as eligible, who does not fit is not counted", async () => {
  const drawn = await open({ surveys: { a: live({ who: { sample: 0.4 } }) }, random: 0.4 });
  await drawn.pass(1);
  assert.deepEqual(drawn.events, ["eligible"]);
  const unfit = await open({ surveys: { a: live({ who: { attributes: { x: "1" } } }) } });
  await unfit.pass(1);
  assert.deepEqual(unfit.events, []);
});

test("the highest priority is shown first, then the id, and one survey a page by itself", async () => {
  const tags = ["c", "b", "a", "z"].map((id) => ({ "data-survey": id }));
  const surveys = { a: live(), b: live({ who: { priority: 1 } }), c: live({ who: { priority: 1 } }), z: live({ state: "paused", who: { priority: 9 } }) };
  const page = await open({ surveys, tags });
  await page.pass(1);
  assert.deepEqual(page.ids, ["b"]);
  page.seen.shown[0].emit("closed");
  await page.pass(60);
  assert.deepEqual(page.ids, ["b"]);
  page.candor.reset();
  await page.pass(1);
  assert.deepEqual(page.ids, ["b", "b"], "reset forgets that it was shown");
});

test("nothing is shown before the page's other tags can have been read", async () => {
  const page = await open({ surveys: { a: live() }, readyState: "loading" });
  await page.pass(5);
  assert.deepEqual(page.ids, []);
  page.window.document.readyState = "interactive";
  await page.fire("DOMContentLoaded");
  await page.pass(1);
  assert.deepEqual(page.ids, ["a"]);
});

test("a second candor.js hands its survey to the first", async () => {
  const page = await open({ surveys: { a: live({ when: { delay_s: 99 } }), b: live() }, tags: [{ "data-survey": "a" }] });
  const { candor } = page;
  const Element = page.window.Element;
  page.run(new Element({ src: HOST + "candor.js", "data-survey": "b" }));
  await page.pass(1);
  assert.equal(page.candor, candor);
  assert.deepEqual(page.ids, ["b"]);
});

test("no survey is shown while another tab shows one, and the lock is held until it is closed", async () => {
  const taken = { request: async (_name, _options, held) => held(null) };
  const other = await open({ surveys: { a: live() }, navigator: { locks: taken } });
  await other.pass(1);
  assert.deepEqual(other.ids, []);
  let state = "free";
  const free = {
    request: async (name, { ifAvailable }, held) => {
      assert.deepEqual([name, ifAvailable], ["candor", true]);
      state = "held";
      await held({});
      state = "free";
    },
  };
  const page = await open({ surveys: { a: live() }, navigator: { locks: free } });
  await page.pass(1);
  assert.deepEqual([page.ids, state], [["a"], "held"]);
  page.seen.shown[0].emit("closed");
  await page.settle();
  assert.equal(state, "free");
});

test("data-test shows it at once, says every reason why it would not have been, and counts nothing", async () => {
  const who = { attributes: { plan: "pro" }, once: true, sample: 0.1 };
  const surveys = { a: { state: "paused", origins: [], who, when: { delay_s: 99, url: ["/x"] } } };
  const page = await open({ surveys, tags: [{ "data-survey": "a", "data-test": "" }], kept: { "asked:a": Date.now() }, navigator: { locks: { request: async (_n, _o, held) => held(null) } } });
  await page.pass(0);
  assert.deepEqual([page.ids, page.events], [["a"], []]);
  assert.equal(page.seen.shown[0].occasion.test, true);
  const [said] = page.seen.console;
  for (const words of ["not live but paused", "not one of its origins", 'plan is not set and not "pro"', "none of its patterns (/x)", "it is asked once", "sample of 0.1", "another tab"]) {
    assert.ok(said.includes(words), `${words}: ${said}`);
  }
});

test("every code that the loader may find has words", async () => {
  const words = [...LOADER.matchAll(/unless\([^;]*?"(\w+) ?"(?: \+ name)?,?\s*\);/g)].map(([, code]) => code);
  assert.deepEqual(words.sort(), ["asked", "attribute", "origin", "sample", "shown", "state", "url"]);
  for (const code of [...words, "tab"]) assert.match(WHY, new RegExp(`^    ${code}: `, "m"));
});

test("show asks without being due, but not for what is paused", async () => {
  const page = await open({ surveys: { a: live({ when: { delay_s: 99 } }), b: live({ who: { sample: 0 } }), p: live({ state: "paused" }) } });
  page.candor.show();
  await page.pass(1);
  page.candor.show("b");
  await page.pass(1);
  assert.deepEqual(page.ids, ["a", "b"]);
  assert.equal(page.seen.shown[1].occasion.source, "api");
  page.candor.show("p");
  page.candor.show("nowhere");
  await page.pass(1);
  assert.deepEqual(page.ids, ["a", "b"]);
  assert.match(page.seen.console.join("\n"), /p is not shown: it is not live but paused/);
  assert.match(page.seen.console.join("\n"), /nowhere,404,no such survey/);
});

test("calls before load are queued, listeners hear and can be taken off, and may throw", async () => {
  const heard = [];
  const queue = [["on", "shown", () => { throw new Error("the page's own"); }], ["on", "shown", (event) => heard.push(event)], ["set", { plan: "pro" }], ["nonsense"]];
  const page = await open({ surveys: { a: live({ who: { attributes: { plan: "pro" } } }) }, window: { candor: queue } });
  const off = page.candor.on("submitted", (event) => heard.push(event));
  await page.pass(1);
  page.seen.shown[0].emit("submitted", "an id", "{}");
  off();
  page.seen.shown[0].emit("submitted", "another");
  assert.deepEqual(heard.map((event) => ({ ...event })), [{ event: "shown", survey: "a" }, { event: "submitted", survey: "a", response: "an id", line: "{}" }]);
});

test("a linked page presets its answers and asks whatever the sample; elsewhere the query is no preset", async () => {
  const surveys = { a: live({ who: { sample: 0 }, when: { delay_s: 99, url: ["/x"] } }) };
  const link = await open({ surveys, tags: [{ "data-survey": "a", "data-mode": "page" }], url: "https://shop.example/s/a?q.nps=9&x=1" });
  await link.pass(0);
  const { source, preset, mode } = link.seen.shown[0].occasion;
  assert.deepEqual([source, { ...preset }, mode], ["link", { nps: "9" }, "page"]);
  const page = await open({ surveys: { a: live() }, url: "https://shop.example/?q.nps=9" });
  await page.pass(1);
  assert.deepEqual({ ...page.seen.shown[0].occasion.preset }, {});
  const kiosk = await open({ surveys: { a: live({ display: { mode: "kiosk" } }) } });
  await kiosk.pass(1);
  assert.equal(kiosk.seen.shown[0].occasion.source, "kiosk");
});

test("a place in the page takes its survey, whenever it comes, and what the script tag says", async () => {
  const page = await open({ surveys: { b: live() }, tags: [{ "data-lang": "de" }] });
  await page.pass(1);
  page.place.there = 'candor-survey[survey="b"]';
  const element = new page.window.Element({ survey: "b", "data-attr-shelf": "3" });
  page.place.element.prototype.connectedCallback.call(element);
  await page.pass(1);
  const { into, lang, endpoint, attributes } = page.seen.shown[0].occasion;
  assert.deepEqual([into, lang, endpoint, attributes.shelf], [page.place.node, "de", "https://feedback.example", "3"]);
  let closed = false;
  page.candor.on("closed", () => (closed = true));
  await page.fire("pointermove");
  assert.equal(closed, false);
  page.place.node.isConnected = false;
  await page.fire("pointermove");
  assert.equal(closed, true, "the page took the place away");
});

test("destroy takes everything off, and nothing is asked afterwards", async () => {
  const page = await open({ surveys: { a: live({ when: { event: "paid" } }) } });
  await page.pass(1);
  assert.ok(page.heard() > 0);
  const { candor } = page;
  candor.destroy();
  assert.equal(page.heard(), 0);
  assert.equal("candor" in page.window, false);
  candor.track("paid");
  await page.pass(60);
  assert.deepEqual(page.ids, []);
});

test("a page without secure context, Navigation API or a queue that is a list is served too", async () => {
  const page = await open({ surveys: { a: live() }, window: { crypto: {}, navigation: undefined, candor: { id: "an element called candor" } } });
  await page.pass(1);
  assert.deepEqual(page.ids, ["a"]);
});

test("enumerable extras on Array.prototype and Object.prototype change nothing", async () => {
  Object.assign(Array.prototype, { prototypeJs: () => 1 });
  Object.assign(Object.prototype, { moo: () => 1 });
  try {
    const page = await open({ surveys: { a: live({ who: { attributes: { x: "1" } } }) }, tags: [{ "data-survey": "a", "data-attr-x": "1" }] });
    await page.pass(1);
    assert.deepEqual(page.ids, ["a"]);
    assert.deepEqual(Object.keys(page.seen.shown[0].occasion.attributes), ["x"]);
  } finally {
    delete Array.prototype.prototypeJs;
    delete Object.prototype.moo;
  }
});

test("the npm package makes the tag that its options describe, and its listeners can be taken off", async () => {
  const appended = [];
  const element = () => ({ dataset: {} });
  Object.assign(globalThis, { window: globalThis, document: { createElement: element, head: { append: (tag) => appended.push(tag) } } });
  try {
    const { load } = await import("../npm/index.js");
    const candor = load({ endpoint: "https://feedback.example/", survey: "a", consent: "required", test: true, nonce: "n", attributes: { store: 1 } });
    assert.deepEqual(appended, [
      { src: HOST + "candor.js", async: true, nonce: "n", dataset: { survey: "a", consent: "required", test: "" } },
    ]);
    const heard = [];
    const off = candor.on("shown", (event) => heard.push(event));
    const [set, [name, event, listener]] = globalThis.candor;
    assert.deepEqual([set, name, event], [["set", { store: 1 }], "on", "shown"]);
    listener(1);
    off();
    listener(2);
    assert.deepEqual(heard, [1]);
  } finally {
    for (const name of ["window", "document", "candor"]) delete globalThis[name];
  }
});

const broken = () => {
  throw new Error("broken");
};
for (const [what, options] of Object.entries({
  "a Promise that is not the browser's": { window: { Promise: broken } },
  "a JSON that throws": { window: { JSON: { parse: JSON.parse, stringify: broken } } },
  "beacons that throw": { navigator: { sendBeacon: broken } },
  "storage that refuses at once": { window: { indexedDB: { databases: broken } }, tags: given },
  "storage that is not there": { window: { indexedDB: undefined }, tags: given },
})) {
  test(`the survey is shown on a page with ${what}, and the console is not flooded`, async () => {
    const page = await open({ surveys: { a: live({ who: options.tags ? { once: true } : {} }) }, ...options });
    await page.pass(1);
    assert.deepEqual(page.ids, ["a"]);
    assert.ok(page.seen.console.length <= 2, page.seen.console.join("\n"));
  });
}
