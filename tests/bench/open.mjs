// A survey that is open in a browser tab: how long the analyst waits for a choice of responses, and what memory is
// left when the file is closed again and again.
//
//   npm ci --prefix tests/peers && node tests/bench/open.mjs FILE ROWS [--turns 3] [--closings 10]
//
// FILE is what tests/bench/tables.py makes. Times are from the change to the numbers on show, and to the words that say that it
// is being worked out. It ends with 1 when such a word is late, or when more than a tenth of memory is kept.

import fs from "node:fs";
import { median, memory, option, serve, visit } from "./stage.mjs";

const [FILE, ROWS] = [process.argv[2], Number(process.argv[3])];
const TURNS = Number(option("turns", 3));
const CLOSINGS = Number(option("closings", 10));
/** In this many milliseconds the numbers, or a word that they are being worked out (the analyzer's promise). */
const ASKED = 200;
const KEPT = 1.1;

const open = async (page) => {
  await page.setInputFiles("input[type=file]", FILE);
  await page.click("[data-test=read-it]");
  await page.waitForSelector("[data-test=nps-value]", { timeout: 180_000 });
};

/** In the page: does `act` and waits until what `shown` selects has another text and nothing is being worked out. */
const timed = ([[hook, value], shown]) => new Promise((done, late) => {
  const text = () => document.querySelector(shown)?.textContent;
  const [was, tasks] = [text(), [0]];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ type: "longtask" });
  const began = performance.now();
  let word;
  const look = () => {
    const now = performance.now() - began;
    const working = document.querySelector("[data-test=filter-working]");
    if (working) word ??= now;
    if (now > 60_000) return late(new Error(`${shown} is the same after a minute`));
    if (working || text() === was) return setTimeout(look, 2);
    setTimeout(() => done({ ms: now, word, task: Math.max(...tasks) }), 50);
  };
  const element = document.querySelector(`[data-test=${hook}]`);
  if (value === undefined) {
    element.click();
  } else {
    element.value = value;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }
  look();
});

const found = new Map();
const measure = async (page, name, act, shown) => {
  const result = await page.evaluate(timed, [act, shown]);
  found.set(name, [...(found.get(name) ?? []), result]);
};

const server = await serve(() => undefined, false);
// From now on the file is in the system's memory.
await new Promise((done) => fs.createReadStream(FILE).on("data", () => {}).on("end", done));
const closed = await visit(1, async (page) => {
  await page.goto(`${server.origin}/analyzer/`);
  await page.waitForSelector("input[type=file]", { state: "attached" });
  await open(page);
  await page.click("[data-test=filter-open]");
  await page.waitForSelector("[data-test=filter-clear]");
  const count = "[data-test=filter-count]";
  const units = await page.$$eval("[data-test=filter-unit] option", (options) => options.map((option) => option.value));
  const [first, last] = await page.$eval("[data-test=filter-from]", (input) => [input.min, input.max]);
  const middle = new Date((Date.parse(first || "2025-01-01") + Date.parse(last || "2025-12-31")) / 2).toISOString().slice(0, 10);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, act] of [["one unit", ["filter-unit", units[1 + turn]]], ["half of the time", ["filter-from", middle]], ["no suspect answers", ["filter-clear"]]]) {
      await measure(page, name, act, count);
      await measure(page, `all again, after ${name}`, ["filter-reset"], count);
    }
  }
  const resting = async () => {
    for (let wait = 0; wait < 4; wait++) await page.requestGC().then(() => page.waitForTimeout(500));
    return memory("RssAnon");
  };
  const closed = [];
  for (let turn = 0; turn < CLOSINGS; turn++) {
    if (turn > 0) await open(page);
    await page.click("[data-test=open-another]");
    await page.click("[data-test=close]");
    await page.waitForSelector("[data-test=open-sample]");
    closed.push(await resting());
    console.error(`closed ${turn + 1} times: ${closed.at(-1)} MB`);
  }
  return closed;
});
server.close();

console.log(`\nA file of ${ROWS.toLocaleString("en")} rows that is open; ${TURNS} turns, milliseconds from the change to the numbers on show\n`);
console.log("| choice | median | least–most | it says that it works after | longest task |\n|---|---|---|---|---|");
let late = false;
for (const [name, results] of found) {
  const times = results.map(({ ms }) => ms);
  const words = results.flatMap(({ word }) => word ?? []);
  late ||= results.some(({ ms, word }) => Math.min(ms, word ?? Infinity) > ASKED);
  const longest = Math.max(...results.map(({ task }) => task));
  const range = (list) => `${Math.round(Math.min(...list))}–${Math.round(Math.max(...list))}`;
  console.log(`| ${name} | ${Math.round(median(times))} | ${range(times)} | ${words.length ? range(words) : "–"} | ${Math.round(longest)} |`);
}
console.log(`\nThe tab's own memory after the file was closed, ${CLOSINGS} times: ${closed.join(", ")} MB.`);
process.exit(late || closed.at(-1) > KEPT * closed[0] ? 1 : 0);
