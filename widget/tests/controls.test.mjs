// How each type of question is read, under Node: what its fields say becomes the answer of docs/FORMATS.md, or a complaint.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TYPES, preset, question, take } from "../controls.js";

/** @type {import("../controls.js").Manner} */
const manner = {
  words: (key, ...values) => [key, ...values].join(" "),
  text: (json, key) => json[key] || "",
  number: String,
  day: (day) => day,
};
const options = ["a", "b", "c"].map((id) => ({ id, text: id.toUpperCase() }));
const asked = (/** @type {string} */ type, fields = {}) => question({ id: "q", type, text: "?", ...fields }, 0);

/** What the question says after each of these, and what is wrong with the last. */
const read = (/** @type {any} */ q, /** @type {import("../controls.js").Fields[]} */ ...said) => {
  for (const fields of said) take(q, fields, manner);
  return [q.answer, q.wrong];
};

test("every type of question is read", () => {
  assert.deepEqual(Object.keys(TYPES).sort(), [
    "ces", "consent", "contact", "csat", "date", "dropdown", "email", "matrix", "maxdiff", "multiple", "nps", "number",
    "protected", "ranking", "rating", "single", "slider", "statement", "text",
  ]);
  for (const type of Object.keys(TYPES)) {
    const q = asked(type, { options, rows: options, fields: options, sets: [["a", "b", "c"]] });
    assert.deepEqual(read(q, []), [null, ""], type);
  }
});

test("a point on a scale is a number", () => {
  for (const type of ["nps", "csat", "ces", "rating", "slider"]) assert.deepEqual(read(asked(type), [["q", "0"]]), [0, ""], type);
});

test("an option is its id, and what is written in instead is said so", () => {
  for (const type of ["single", "dropdown"]) {
    assert.deepEqual(read(asked(type, { options }), [["q", "b"]]), ["b", ""]);
    assert.deepEqual(read(asked(type, { options, other: true }), [["q", "other"], ["q.other", " Tea "]]), [{ other: "Tea" }, ""]);
    assert.deepEqual(read(asked(type, { options: [{ id: "other" }] }), [["q", "other"]]), ["other", ""]);
  }
});

test("several options are counted, and nothing stands beside none of these", () => {
  const q = (fields = {}) => asked("multiple", { options, other: true, ...fields });
  assert.deepEqual(read(q(), [["q", "a"], ["q", "other"], ["q.other", "Tea"]]), [["a", { other: "Tea" }], ""]);
  assert.equal(read(q({ min: 2 }), [["q", "a"]])[1], "at_least 2");
  assert.equal(read(q({ max: 1 }), [["q", "a"], ["q", "b"]])[1], "at_most 1");
  assert.deepEqual(read(q({ min: 2 }), []), [null, ""], "what may be left open is not held to its least");
  const none = { none: "c", min: 2 };
  assert.deepEqual(read(q(none), [["q", "a"]], [["q", "a"], ["q", "c"]]), [["c"], ""], "none of these came last");
  assert.deepEqual(read(q({ none: "c" }), [["q", "c"]], [["q", "a"], ["q", "c"]]), [["a"], ""], "something else came last");
});

test("a ranking is in the order of choosing, and is asked for whole", () => {
  const q = asked("ranking", { options });
  assert.deepEqual(read(q, [["q", "c"]], [["q", "a"], ["q", "c"]]), [["c", "a"], "at_least 3"]);
  assert.deepEqual(read(q, [["q", "a"], ["q", "b"], ["q", "c"]]), [["c", "a", "b"], ""]);
  assert.deepEqual(read(q, [["q", "a"], ["q", "b"]]), [["a", "b"], "at_least 3"], "taken back");
  assert.deepEqual(read(asked("ranking", { options, min: 1 }), [["q", "b"]]), [["b"], ""]);
});

test("a matrix has a point or an option for each row, and must be whole where it is required", () => {
  const rows = [{ id: "staff" }, { id: "goods" }];
  assert.deepEqual(read(asked("matrix", { rows, points: 5 }), [["q.goods", "4"]]), [{ goods: 4 }, ""]);
  assert.deepEqual(read(asked("matrix", { rows, options, required: true }), [["q.staff", "a"]]), [{ staff: "a" }, "all_rows"]);
});

test("a number is read with a comma or a point, as it was typed, and held to its limits", () => {
  const said = (/** @type {string} */ typed, fields = {}) => {
    const [answer, wrong] = read(asked("number", fields), [["q", typed]]);
    return wrong || String(answer);
  };
  assert.deepEqual(["12", " -3 ", "0"].map((typed) => said(typed)), ["12", "-3", "0"]);
  assert.deepEqual(["2,50", "2.5"].map((typed) => said(typed, { decimals: 2 })), ["2.50", "2.5"]);
  assert.deepEqual(["1,000", "1.0", "ten", "1e3", "--1", "007"].map((typed) => said(typed)), Array(6).fill("whole"));
  assert.equal(said("1.234", { decimals: 2 }), "decimals 2");
  assert.equal(said("x", { decimals: 2 }), "number");
  assert.deepEqual(["4", "21"].map((typed) => said(typed, { from: 5, to: 20 })), ["from 5", "to 20"]);
});

test("a text is what is left without the space around it; an address and a day are looked at", () => {
  assert.deepEqual(read(asked("text"), [["q", "  "]]), [null, ""]);
  assert.deepEqual(read(asked("text"), [["q", " Good. "]]), ["Good.", ""]);
  assert.deepEqual(read(asked("email"), [["q", "ann@shop.example"]]), ["ann@shop.example", ""]);
  for (const address of ["ann", "ann@shop", "a b@c.de", "a@b@c.de", "@c.de", "a@.de"]) assert.equal(read(asked("email"), [["q", address]])[1], "email", address);
  const day = { earliest: "2026-01-01", latest: "2026-12-31" };
  assert.deepEqual(read(asked("date", day), [["q", "2026-06-01"]]), ["2026-06-01", ""]);
  assert.equal(read(asked("date", day), [["q", "2025-12-31"]])[1], "earliest 2026-01-01");
  assert.equal(read(asked("date", day), [["q", "2027-01-01"]])[1], "latest 2026-12-31");
});

test("contact is what was given, whole where it is required", () => {
  const fields = [{ id: "name" }, { id: "email" }];
  assert.deepEqual(read(asked("contact", { fields }), [["q.name", "Ann"]]), [{ name: "Ann" }, ""]);
  assert.equal(read(asked("contact", { fields, required: true }), [["q.name", "Ann"]])[1], "needed");
  assert.equal(read(asked("contact", { fields }), [["q.email", "ann"]])[1], "email");
});

test("who takes a consent back has refused, and who never gave one has not answered", () => {
  assert.deepEqual(read(asked("consent"), []), [null, ""]);
  assert.deepEqual(read(asked("consent"), [["q", "true"]]), [true, ""]);
  assert.deepEqual(read(asked("consent"), [["q", "true"]], []), [false, ""]);
});

test("best and worst are two, set by set", () => {
  const q = (fields = {}) => asked("maxdiff", { options, sets: [["a", "b", "c"], ["a", "b", "c"]], ...fields });
  assert.deepEqual(read(q(), [["q.2.best", "a"], ["q.2.worst", "c"]]), [[{ set: 2, best: "a", worst: "c" }], ""]);
  assert.deepEqual(read(q(), [["q.1.best", "a"], ["q.1.worst", "a"]]), [null, "differ"]);
  assert.equal(read(q({ required: true }), [["q.1.best", "a"], ["q.1.worst", "b"]])[1], "all_rows");
});

test("a protected answer tells on nobody, or may be refused", () => {
  assert.deepEqual(read(asked("protected"), [["q", "rather_not"]]), ["rather_not", ""]);
  const groups = [{ id: "A", text: "…", p: 0.2 }];
  assert.deepEqual(read(asked("protected", { groups }), [["q", "same"]]), [{ same: true, p: 0.2, group: "A" }, ""]);
  assert.equal(read(asked("protected", { groups }), [["q", "different"]])[0].same, false);
});

test("chance mixes the options and leaves none of these at the end", () => {
  const many = Array.from("abcdefghij", (id) => ({ id }));
  const orders = Array.from({ length: 40 }, () => asked("multiple", { options: many, none: "a", randomize: true }).order.map(({ id }) => id));
  for (const order of orders) {
    assert.equal(order[9], "a");
    assert.deepEqual([...order].sort(), many.map(({ id }) => id));
  }
  assert.ok(new Set(orders.map(String)).size > 30);
});

test("a link brings answers to questions that take them, and only what fits", () => {
  assert.deepEqual(preset(asked("nps"), "10"), [["q", "10"]]);
  assert.deepEqual(preset(asked("csat", { points: 4 }), "4"), [["q", "4"]]);
  assert.deepEqual(preset(asked("multiple", { options }), "a,c"), [["q", "a"], ["q", "c"]]);
  assert.deepEqual(preset(asked("text"), "a, b"), [["q", "a, b"]]);
  for (const [type, text] of [["nps", "11"], ["nps", "-1"], ["nps", "9.5"], ["csat", "0"], ["csat", "6"], ["single", "z"], ["multiple", "a,z"], ["consent", "true"], ["protected", "yes"]]) {
    assert.equal(preset(asked(type, { options }), text), undefined, `${type} ${text}`);
  }
});
