// What watching how a survey is answered costs the visitor who answers it. Five hundred characters are typed into a text
// answer on a processor four times slower: with Candor's listeners as they are, and with none of them, which is the same
// field in the same survey that nobody listens to. The difference is all that Candor does while somebody types, its signals
// and its reading of the answer together, and so more than the signals alone. The two take turns.
//
//   npm ci --prefix tests/peers && node tests/bench/signals.mjs [--runs 5] [--rate 4]
//
// It ends with 1 when a key costs more than half a millisecond of script, or a key waits two frames or more for its character.

import { median, metrics, option, serve, table, visit } from "./stage.mjs";

const RUNS = Number(option("runs", 5));
const RATE = Number(option("rate", 4));
const CHARACTERS = 500;
/** Milliseconds of script for a key, on the slow processor. */
const ASKED = 0.5;

const survey = (origin) => ({
  candor: 1,
  id: "bench",
  origins: [origin],
  languages: ["en"],
  pages: [{ questions: [{ id: "why", type: "text", text: "Why?", long: true }] }],
  state: "live",
});

/** Before candor.js: times what is listened to on a shadow root and on the document, or lets nobody listen. */
const listeners = (on) => {
  const heard = (window.bench = { ms: 0, calls: 0, slow: [] });
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (kind, listener, options) {
    const ours = this instanceof ShadowRoot || (this === document && /^(key|input|paste|visibility)/.test(kind));
    if (!ours) return addEventListener.call(this, kind, listener, options);
    if (!on) return;
    const timed = function (event) {
      const began = performance.now();
      listener.handleEvent ? listener.handleEvent(event) : listener.call(this, event);
      heard.ms += performance.now() - began;
      heard.calls++;
    };
    return addEventListener.call(this, kind, timed, options);
  };
  // From the key to the next frame, where that took longer than 16 ms (Event Timing).
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (/^key|^input/.test(entry.name)) heard.slow.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
};

// Isolated, the clock counts in steps of 5 µs; otherwise in steps of 100.
const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const page = (on) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"></head>
<body><h1>A page</h1><script>(${listeners})(${on})</script><script async src="/candor.js" data-survey="bench"></script></body></html>`;

const server = await serve((address, origin) => {
  if (address.startsWith("/listening/")) return { type: "text/html; charset=utf-8", body: page(address === "/listening/on"), headers: isolated };
  if (address === "/v1/surveys/bench") return { type: "application/json", body: JSON.stringify(survey(origin)), headers: { etag: '"0123456789abcdef"' } };
  if (address.startsWith("/v1/")) return { type: "application/json", body: '{"results":[]}' };
});

const text = "They were kind, and quick to answer; it took a while. ".repeat(10).slice(0, CHARACTERS);
const results = { on: [], off: [] };
for (let run = 0; run <= RUNS; run++) {
  for (const listening of ["on", "off"]) {
    const measured = await visit(RATE, async (page, cdp) => {
      await page.goto(`${server.origin}/listening/${listening}`, { waitUntil: "load" });
      const field = page.locator("candor-survey textarea");
      await field.waitFor();
      await field.evaluate((field) => field.focus());
      await page.evaluate(() => Object.assign(window.bench, { ms: 0, calls: 0, slow: [] }));
      const before = await metrics(cdp);
      for (const character of text) {
        await cdp.send("Input.dispatchKeyEvent", { type: "keyDown", text: character, key: character });
        await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", key: character });
      }
      await page.waitForTimeout(300);
      const after = await metrics(cdp);
      const typed = await field.evaluate((field) => field.value.length);
      if (typed !== CHARACTERS) throw new Error(`${typed} of ${CHARACTERS} characters arrived`);
      const { ms, calls, slow } = await page.evaluate(() => window.bench);
      const each = (name) => ((after[name] - before[name]) * 1000) / CHARACTERS;
      return { handlers: ms / CHARACTERS, calls, script: each("ScriptDuration"), layout: each("LayoutDuration") + each("RecalcStyleDuration"), task: each("TaskDuration"), slow: slow.filter((ms) => ms >= 32).length, longest: Math.max(0, ...slow) };
    });
    if (run) results[listening].push(measured);
  }
}
server.close();

const middle = (listening, what) => median(results[listening].map((measured) => measured[what]));
const rows = [["a key costs", "handlers ms", "script ms", "style and layout ms", "all tasks ms", "keys over 32 ms", "longest ms", "calls"]];
for (const [listening, words] of [["on", "with Candor's listeners"], ["off", "with none"]]) {
  const cells = ["handlers", "script", "layout", "task"].map((what) => middle(listening, what).toFixed(3));
  rows.push([words, ...cells, middle(listening, "slow"), middle(listening, "longest"), middle(listening, "calls")]);
}
console.log(`Chromium at ${RATE}× throttle, ${CHARACTERS} characters, ${RUNS} runs in turn, medians\n\n${table(rows)}\n`);
const more = middle("on", "script") - middle("off", "script");
const waits = middle("on", "slow") - middle("off", "slow");
console.log(`Candor adds ${more.toFixed(3)} ms of script to a key (asked: at most ${ASKED}), and ${waits} of ${CHARACTERS} keys wait 32 ms or longer because of it`);
process.exitCode = more > ASKED || waits > 0 ? 1 : 0;
