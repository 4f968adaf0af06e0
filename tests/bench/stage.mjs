// What the benchmarks stand on: one server for Candor's built files and the peers' from npm, everything as brotli, nothing
// cached; and a fresh Chromium for each run, its processor throttled. It may listen on this machine and start Chromium.

import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const peers = path.join(here, "../peers");
const require = createRequire(path.join(peers, "package.json"));
const { chromium } = require("playwright-core");

/** Where Candor's files are: what `cargo xtask site` builds. */
export const site = process.env.CANDOR_SITE ?? path.join(here, "../../target/site");

/** A file of a package in tests/peers. */
export const peer = (file) => path.join(peers, "node_modules", file);

/** The version of a package in tests/peers. */
export const version = (name) => JSON.parse(fs.readFileSync(peer(`${name}/package.json`), "utf8")).version;

const TYPES = { ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json", ".html": "text/html; charset=utf-8" };

const compressed = new Map();
const brotli = (key, bytes) => {
  if (!compressed.has(key)) {
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 };
    compressed.set(key, zlib.brotliCompressSync(bytes, { params }));
  }
  return compressed.get(key);
};

/**
 * Serves. `answer(path, origin)` gives a file's path, or `{ type, body, headers }`, or nothing; what it leaves is looked for in
 * Candor's site. Everything goes out as brotli, unless it is not to be `packed`.
 */
export const serve = async (answer, packed = true) => {
  let origin = "";
  const server = http.createServer((request, response) => {
    const address = request.url.split("?")[0].replace(/\/$/, "/index.html");
    request.resume();
    const found = answer(address, origin) ?? path.join(site, path.normalize(address));
    const made = typeof found === "string" ? fs.existsSync(found) && fs.statSync(found).isFile() && { type: TYPES[path.extname(found)], body: fs.readFileSync(found), file: found } : found;
    if (!made) {
      response.writeHead(404, { "content-type": "text/plain" });
      return response.end("nothing here");
    }
    const headers = { "content-type": made.type ?? "text/plain", "cache-control": "no-store", ...made.headers };
    response.writeHead(200, packed ? { ...headers, "content-encoding": "br" } : headers);
    response.end(packed ? brotli(made.file ?? made.body, made.body) : made.body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, close: () => server.close() };
};

/** Opens a page in a Chromium of its own, at `rate` times less speed; `use(page, cdp)` is given it. */
export const visit = async (rate, use) => {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "candor-bench-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"],
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    await cdp.send("Performance.enable");
    await cdp.send("Emulation.setCPUThrottlingRate", { rate });
    return await use(page, cdp);
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
};

/** Chromium's own counts, in seconds, bytes and pieces. */
export const metrics = async (cdp) => Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));

/** The processes that this one started, and those that they started, by their ids. */
const family = () => {
  const parents = new Map();
  for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch { /* It has ended meanwhile. */ }
  }
  const ours = (pid) => pid === process.pid || (parents.has(pid) && ours(parents.get(pid)));
  return [...parents.keys()].filter(ours);
};

/** The memory of the largest of our tabs in MB: `VmHWM`, the most it ever had, or `RssAnon`, what is its own now. */
export const memory = (field) => {
  let most = 0;
  for (const pid of family()) {
    try {
      if (!fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) continue;
      const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
      most = Math.max(most, Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)[1]) / 1024);
    } catch { /* It has ended meanwhile. */ }
  }
  return Math.round(most);
};

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** A table for people: the first row is its head; numbers stand to the right. */
export const table = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row) => row.map((cell, column) => (column ? String(cell).padStart(widths[column]) : String(cell).padEnd(widths[column]))).join("  ");
  return [line(rows[0]), widths.map((width) => "-".repeat(width)).join("  "), ...rows.slice(1).map(line)].join("\n");
};

/** `--runs 5` on the command line. */
export const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
