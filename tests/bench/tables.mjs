// A survey's table in a browser tab: Candor reads all of its columns, beside what others need for one GROUP BY of it. Each run
// is a fresh Chromium, and the candidates take turns, so that what the machine does meanwhile is shared by all.
//
//   npm ci --prefix tests/peers && node tests/bench/tables.mjs FILE ROWS [--runs 3] [--only candor,duckdb]
//
// FILE is what tests/bench/tables.py makes. Times are from the choice of the file, cold: Candor's end when every column is
// typed and ready, and when the report is on show; the peers' when the answer to "rating by agent" is there. Memory is the most
// that the tab's process ever had. It ends with 1 when Candor's columns take more than 0.7 of DuckDB-wasm's first answer.

import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execFileSync } from "node:child_process";
import { median, memory, option, peer, serve, version } from "./stage.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.join(here, "../peers/package.json"));
const { chromium } = require("playwright-core");

const [FILE, ROWS] = [process.argv[2], Number(process.argv[3])];
const RUNS = Number(option("runs", 3));
const ASKED = 0.7;
const PEERS = { duckdb: "@duckdb/duckdb-wasm", udsv: "udsv", papaparse: "papaparse", arquero: "arquero" };
const KINDS = option("only", ["candor", ...Object.keys(PEERS)].join(",")).split(",");

/** The peers' page: one file, and `bench(kind)`, which answers what came of it and how long that took. */
const ENTRY = `
import Papa from "papaparse";
import * as udsv from "udsv";
import * as duckdb from "@duckdb/duckdb-wasm";
import * as aq from "arquero";
const file = () => document.querySelector("input").files[0];
const groups = () => {
  const found = new Map();
  return {
    add(agent, score) {
      const group = found.get(agent) ?? found.set(agent, { all: 0, n: 0, sum: 0 }).get(agent);
      group.all++;
      if (score !== "") { group.n++; group.sum += +score; }
    },
    end: () => [found.size, [...found.values()].reduce((all, group) => all + group.all, 0)],
  };
};
const kinds = {
  async duckdb() {
    const base = location.origin + "/duckdb/";
    const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(base + "duckdb-browser-eh.worker.js"));
    await db.instantiate(base + "duckdb-eh.wasm");
    const connection = await db.connect();
    await db.registerFileHandle("s.csv", file(), duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
    const answer = await connection.query("select agent_id, count(*)::int n, avg(nps) from read_csv('s.csv', header=true) group by 1 order by 1");
    const rows = answer.toArray().map((row) => row.toJSON());
    return [rows.length, rows.reduce((all, row) => all + row.n, 0)];
  },
  async udsv() {
    const all = groups();
    let parser;
    const reader = file().stream().pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parser ??= udsv.initParser(udsv.inferSchema(value, { encl: '"' }));
      parser.chunk(value, parser.stringArrs, (row) => all.add(row[2], row[4]));
    }
    parser.end();
    return all.end();
  },
  papaparse: () => new Promise((done) => {
    const all = groups();
    let first = true;
    Papa.parse(file(), {
      chunkSize: 4 << 20, skipEmptyLines: true, complete: () => done(all.end()),
      chunk: ({ data }) => { for (const row of data) { if (first) first = false; else all.add(row[2], row[4]); } },
    });
  }),
  async arquero() {
    const table = aq.fromCSV(await file().text());
    const rows = table.groupby("agent_id").rollup({ n: aq.op.count(), mean: (d) => aq.op.mean(d.nps) }).objects();
    return [rows.length, rows.reduce((all, row) => all + row.n, 0)];
  },
};
window.bench = async (kind) => {
  const began = performance.now();
  const [groups, rows] = await kinds[kind]();
  return { groups, rows, ms: performance.now() - began };
};
`;

/** In the analyzer's page: agrees to the plan as soon as it is shown, and waits for the report. */
const candor = () => new Promise((done) => {
  const tasks = [0];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  let began;
  document.addEventListener("change", () => (began = performance.now()), { capture: true, once: true });
  let agreed = false;
  const look = () => {
    const button = document.querySelector("[data-test=read-it]");
    if (button && !agreed) { agreed = true; button.click(); }
    const failed = document.querySelector("[data-test=problem]");
    const [report] = performance.getEntriesByName("candor-report");
    if (!report && !failed) return setTimeout(look, 2);
    const [columns] = performance.getEntriesByName("candor-columns");
    // A frame later, what the report shows has been drawn.
    requestAnimationFrame(() => setTimeout(() => done({
      error: failed?.textContent,
      rows: Number(document.querySelector("[data-test=responses-count]")?.textContent.replace(/\D/g, "")),
      ms: columns.startTime - began, report: report.startTime - began, task: Math.max(...tasks),
    }), 50));
  };
  window.ready = true;
  look();
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "candor-bench-"));

const stage = () => {
  if (KINDS.some((kind) => kind !== "candor")) {
    fs.writeFileSync(path.join(folder, "entry.mjs"), ENTRY);
    const esbuild = path.join(here, "../../www/xtask/node_modules/esbuild/bin/esbuild");
    const bundle = [path.join(folder, "entry.mjs"), "--bundle", "--minify", "--format=iife", "--log-level=warning", `--outfile=${folder}/peers.js`];
    execFileSync("node", [esbuild, ...bundle], { env: { ...process.env, NODE_PATH: peer("") } });
  }
  const page = '<!doctype html><meta charset="utf-8"><title>Peers</title><input type="file"><script src="/peers.js"></script>';
  return serve((address) => {
    if (address === "/peers/index.html") return { type: "text/html", body: Buffer.from(page) };
    if (address === "/peers.js") return path.join(folder, "peers.js");
    return address.startsWith("/duckdb/") ? peer(`@duckdb/duckdb-wasm/dist/${path.basename(address)}`) : undefined;
  }, false);
};

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const run = async (kind, origin) => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/${kind === "candor" ? "analyzer" : "peers"}/`);
    await page.waitForSelector("input[type=file]", { state: "attached" });
    const limit = new Promise((_, late) => setTimeout(() => late(new Error("not within 180 s")), 180_000).unref());
    let found;
    if (kind === "candor") {
      found = page.evaluate(candor);
      await page.waitForFunction("window.ready");
      await page.setInputFiles("input[type=file]", FILE);
    } else {
      await page.setInputFiles("input[type=file]", FILE);
      found = page.evaluate((kind) => window.bench(kind), kind);
    }
    const result = await Promise.race([found, limit]);
    if (!result.error && result.rows !== ROWS) result.error = `${result.rows} rows`;
    return { ...result, memory: memory("VmHWM"), chromium: browser.version() };
  } catch (error) {
    return { error: String(error).split("\n")[0].slice(0, 120) };
  } finally {
    await browser.close();
  }
};

const server = await stage();
const results = Object.fromEntries(KINDS.map((kind) => [kind, []]));
// From now on the file is in the system's memory for everybody.
await new Promise((done) => fs.createReadStream(FILE).on("data", () => {}).on("end", done));
for (let n = 0; n < RUNS; n++) {
  for (const kind of KINDS) {
    const result = await run(kind, server.origin);
    results[kind].push(result);
    console.error(kind, JSON.stringify(result));
  }
}
server.close();
fs.rmSync(folder, { recursive: true });

const good = (kind, key) => (results[kind] ?? []).filter((result) => !result.error).map((result) => result[key]);
const yardstick = median(good("duckdb", "ms"));
const { size } = fs.statSync(FILE);
const [any] = Object.values(results).flat().filter((result) => result.chromium);
console.log(`${ROWS.toLocaleString("en")} rows, 13 columns, ${Math.round(size / 1e6)} MB; Chromium ${any?.chromium}; ${os.cpus().length} processors (${os.cpus()[0].model.trim()}); medians of ${RUNS} cold runs in turn\n`);
console.log("| | s | least–most | × DuckDB-wasm | tab, MB |\n|---|---|---|---|---|");
const line = (name, kind, key) => {
  const times = good(kind, key);
  if (!times.length) return console.log(`| ${name} | – | ${results[kind][0].error} | | |`);
  const seconds = (ms) => (ms / 1000).toFixed(2);
  const ratio = yardstick ? (median(times) / yardstick).toFixed(2) : "";
  console.log(`| ${name} | ${seconds(median(times))} | ${seconds(Math.min(...times))}–${seconds(Math.max(...times))} | ${ratio} | ${median(good(kind, "memory"))} |`);
};
for (const kind of KINDS) {
  if (kind === "candor") {
    line("Candor, all columns typed and ready", kind, "ms");
    line("Candor, the report on show", kind, "report");
  } else {
    line(`${PEERS[kind]} ${version(PEERS[kind])}, one GROUP BY`, kind, "ms");
  }
}
if (KINDS.includes("candor")) {
  console.log(`\nCandor's longest task on the page's own thread: ${Math.round(Math.max(0, ...good("candor", "task")))} ms.`);
}
process.exit(yardstick && median(good("candor", "ms")) > ASKED * yardstick ? 1 : 0);
