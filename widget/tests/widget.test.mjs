// The widget's pure parts, under Node: colors, JSON, languages, the collector's answers, and when it is asked again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accents, colors, contrast } from "../color.js";
import { backoff, verdict } from "../deliver.js";
import { json } from "../json.js";
import { fileOf, suits, texts } from "../language.js";

const grid = [];
for (let r = 0; r < 256; r += 15) for (let g = 0; g < 256; g += 15) for (let b = 0; b < 256; b += 15) grid.push([r, g, b]);
const PAPERS = { light: [[0xfb, 0xfa, 0xf7], [0x1b, 0x1f, 0x24]], dark: [[0x15, 0x18, 0x1b], [0xe9, 0xe6, 0xdf]] };

test("contrast is that of WCAG 2.2", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  // #777777 on white is the standard's own borderline example: 4.48.
  assert.equal(contrast([0x77, 0x77, 0x77], [255, 255, 255]).toFixed(2), "4.48");
});

test("every accent stands out from the paper and is readable under its ink", () => {
  for (const [paper, ink] of Object.values(PAPERS)) {
    for (const color of grid) {
      const [accent, on] = accents(color, paper, ink);
      assert.ok(contrast(accent, paper) >= 3, `${color} became ${accent}`);
      assert.ok(contrast(accent, on) >= 4.5, `${color} became ${accent} under ${on}`);
    }
  }
});

test("an accent that is readable already is left alone", () => {
  assert.deepEqual(accents([0x0f, 0x6b, 0x62], ...PAPERS.light), [[0x0f, 0x6b, 0x62], [255, 255, 255]]);
});

test("the page's colors are taken, and mended where they could not be read", () => {
  const css = colors("light", { accent: "#ffff00", paper: "#ffffff", ink: "#eeeeee" });
  assert.match(css, /--paper:#ffffff;--ink:#1b1f24;/);
  assert.doesNotMatch(css, /--accent:#ffff00|prefers-color-scheme/);
  assert.match(colors("auto", { accent: "", paper: "", ink: "" }), /^\.panel.*@media\(prefers-color-scheme:dark\)/);
});

test("our JSON is JSON, whatever a library gave to arrays and texts", () => {
  const value = { a: [1, -0.5, true, null, "é\"\\\n\u0007 😀"], b: {}, c: undefined };
  Array.prototype.toJSON = Object.prototype.toJSON = () => "lost";
  const text = json(value);
  delete Array.prototype.toJSON;
  delete Object.prototype.toJSON;
  assert.deepEqual(JSON.parse(text), { a: value.a, b: {} });
  assert.equal(json(Object.assign(new Number(1.5), { toString: () => "1.50" })), "1.50");
});

const results = (...results) => JSON.stringify({ results });

test("each line has the fate that the collector gave it, by its line and not by its order", async () => {
  const error = { code: "field", path: "answers.nps", message: "expected 0 to 10" };
  const body = results(
    { line: 3, status: "superseded" },
    { line: 1, status: "stored" },
    { line: 2, status: "duplicate" },
    { line: 4, status: "conflict" },
    { line: 5, status: "rejected", error },
  );
  assert.deepEqual(await verdict(200, body, 6), ["+", "+", "+", "-conflict", "-rejected: field: answers.nps: expected 0 to 10", ""]);
});

test("a success that is not the collector's own is tried again", async () => {
  for (const body of ["", "<!doctype html><p>Welcome to Hotel Wi-Fi", '{"results":[{"line":1,"sta', "{}", "[]", "null"]) {
    assert.deepEqual(await verdict(200, body, 1), [], body);
  }
  assert.deepEqual(await verdict(200, results({ line: 2, status: "stored" }), 1), [""]);
  assert.deepEqual(await verdict(204, "", 1), []);
});

test("a request that can never succeed is refused with its reason", async () => {
  for (const status of [400, 403, 413, 415, 422]) {
    const body = JSON.stringify({ error: { code: "origin", message: "https://a.example may not send" } });
    assert.deepEqual(await verdict(status, body, 2), [`!${status}: origin: https://a.example may not send`]);
  }
  assert.deepEqual(await verdict(413, "<html>", 1), ["!413"]);
});

test("a request that may succeed later is kept", async () => {
  for (const status of [401, 404, 408, 429, 500, 502, 503, 504, 507]) assert.deepEqual(await verdict(status, '{"error":{"code":"x"}}', 1), []);
});

test("the wait grows to five minutes and never shrinks below half of it", () => {
  const { random } = Math;
  const waits = (/** @type {number} */ luck) => {
    Math.random = () => luck;
    return [0, 3, 7, 8, 4_000_000_000].map(backoff);
  };
  const [longest, shortest] = [waits(1), waits(0)];
  Math.random = random;
  assert.deepEqual(longest, [2000, 16_000, 256_000, 300_000, 300_000]);
  assert.deepEqual(shortest, longest.map((ms) => ms / 2));
});

test("the survey is in the language that is wanted, else in its first", () => {
  assert.equal(suits(["en", "de"], "de-AT"), "de");
  assert.equal(suits(["en", "pt-BR", "pt"], "pt-br"), "pt-BR");
  assert.equal(suits(["en", "pt-BR"], "pt"), "pt-BR");
  assert.equal(suits(["en", "de"], "zh"), "en");
});

test("our own texts are those of the base language, and English has none to fetch", () => {
  assert.deepEqual(["de-CH", "no", "nn-NO", "zh-TW", "en-GB", "mi"].map(fileOf), ["de", "nb", "nb", "zh", undefined, undefined]);
  assert.deepEqual([...texts("next: Next\nlook_at: Look at: {}")], [["next", "Next"], ["look_at", "Look at: {}"]]);
});
