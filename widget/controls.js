// The questions: for each type, what is drawn and what its fields say as an answer. A new question type is added here, and
// in candor-survey's file of questions, and nowhere else.
//
// Questions are made of the browser's own fields in labels and fieldsets: keyboards, screen readers and autofill know them
// already. A field's name is the question's id, or `<id>.<part>`; names and values, as a form would send them, are all that
// is known of an answer and all that is kept of it.

/** @typedef {Record<string, any>} Json A piece of the definition (docs/FORMATS.md, widget/survey/schema/definition.json). */
/** @typedef {[name: string, value: string][]} Fields What the fields of a question say. */

/**
 * How a question is drawn: in what language, with which words, and with what filled in.
 *
 * @typedef {object} Manner
 * @property {(key: string, ...values: (string | number)[]) => string} words Our own text under a key (words/en.txt).
 * @property {(json: Json, key: string) => string} text The survey's text under a key, filled in.
 * @property {(number: number | string) => string} number A number as the visitor writes it.
 * @property {(day: string) => string} day A day (`2026-11-21`) as the visitor writes it.
 */

/**
 * A question on its way through the visit.
 *
 * @typedef {object} Question
 * @property {Json} json As the definition has it.
 * @property {string} id
 * @property {number} place Its place in the survey, from 0.
 * @property {Json[]} order Its options, or rows, in the order in which they are shown.
 * @property {Json} [group] The group of a crosswise question that this visitor is in.
 * @property {Fields} fields What its fields said last.
 * @property {any} answer The same as an answer (docs/FORMATS.md, "Answers").
 * @property {string} wrong What is wrong with that, beside having to be answered.
 * @property {HTMLElement} [root] Its element, while its page is on show.
 */

/**
 * A type of question.
 *
 * @typedef {object} Type
 * @property {(q: Question, m: Manner) => (Node | string)[]} draw
 * @property {(q: Question, values: (part?: string) => string[], m: Manner) => any} read The answer; `null` where there is none.
 *   `values` gives what the fields named `<id>` or `<id>.<part>` say. Sets `q.wrong` where something is.
 * @property {(json: Json) => [number, number]} [ends] Its first and last point, where it is a scale.
 * @property {boolean} [field] It is one field, named by a label instead of a legend.
 * @property {boolean} [typed] It is typed letter by letter.
 */

/**
 * An element.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes Those that are undefined, empty or false are left out.
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export const el = (tag, attributes, children = []) => {
  const element = document.createElementNS("http://www.w3.org/1999/xhtml", tag);
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value || value === 0) element.setAttribute(name, "" + value);
  }
  for (const child of children) element.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  return /** @type {HTMLElement} */ (element);
};

/** @param {string} type @param {string} name @param {string | number} value @param {string} [label] */
const tick = (type, name, value, label) => {
  const input = el("input", { type, name, "aria-label": label });
  input.setAttribute("value", "" + value);
  return input;
};

/** @param {string} type @param {string} name @param {string} value @param {string} text */
const option = (type, name, value, text) => el("label", { class: "option", part: "option" }, [tick(type, name, value), el("span", {}, [text])]);

/** @param {Question} q */
const longest = (q) => q.json.max_length || 4000;

/** The field for something of one's own, which the style sheet shows while that is chosen. @param {Question} q @param {Manner} m */
const own = (q, m) =>
  el("input", {
    class: "field own",
    part: "field",
    name: q.id + ".other",
    autocomplete: "off",
    maxlength: longest(q),
    "aria-label": m.words("other_text"),
    placeholder: m.words("other_text"),
  });

/** @param {Question} q @param {string} id */
const part = (q, id) => q.id + "." + id;
/** @param {Question} q The one field of a question. */
const field = (q) => ({
  id: "f" + q.place,
  class: "field",
  part: "field",
  name: q.id,
  "aria-describedby": `h${q.place} w${q.place}`,
  "aria-required": !!q.json.required,
});

/** The words at the ends of a scale, with the points they stand for, which are seen where the points stand in two rows. */
const ends = (/** @type {Question} */ q, /** @type {Manner} */ m, first = "", last = "") => {
  const low = m.text(q.json, "low");
  const high = m.text(q.json, "high");
  const end = (/** @type {string} */ point, /** @type {string} */ text) => el("span", {}, [el("b", {}, [point]), text]);
  return low || high ? [el("div", { class: "ends", "aria-hidden": "true" }, [end(first, low), end(last, high)])] : [];
};

/** A row of points with the words at its ends. */
const points = (/** @type {Question} */ q, /** @type {Manner} */ m, /** @type {string} */ name, first = 1, last = 5) => {
  const { symbol = "numbers" } = q.json;
  const spots = [];
  for (let point = first; point <= last; point++) {
    const end = point === first ? m.text(q.json, "low") : point === last ? m.text(q.json, "high") : "";
    const shown = m.number(point);
    const plain = symbol === "numbers";
    // A mood from 0, the unhappiest, to 10.
    const look = plain ? "point" : symbol === "stars" ? "star" : "face m" + Math.round(((point - first) * 10) / (last - first));
    const label = (plain ? shown : m.words("point", shown, m.number(last))) + (end && " " + end);
    spots.push(
      el("label", { class: "spot" }, [
        tick("radio", name, point, plain && !end ? "" : label),
        el("span", { class: look, part: "point" }, [plain ? shown : ""]),
      ]),
    );
  }
  const both = symbol === "numbers" ? [m.number(first), m.number(last)] : [];
  return el("div", { class: symbol === "stars" ? "stars" : "scale" }, [
    // Where a row is too narrow, the points stand in two.
    el("div", { class: "points c" + Math.ceil((last - first + 1) / 2) }, spots),
    ...ends(q, m, ...both),
  ]);
};

const number = (/** @type {string | undefined} */ value) => (value ? +value : null);
const text = (/** @type {string | undefined} */ value) => (value || "").trim() || null;

/** @param {number} first @param {number} usual @returns {Type} */
const scale = (first, usual) => ({
  ends: ({ points = usual }) => [first, points],
  draw: (q, m) => [points(q, m, q.id, first, q.json.points || usual)],
  read: (_, values) => number(values()[0]),
});

/** What was chosen: an option's id, or something written in. */
const pick = (/** @type {Question} */ q, /** @type {(part?: string) => string[]} */ values, /** @type {string} */ id) =>
  id === "other" && q.json.other ? { other: (values("other")[0] || "").trim() } : id;

/** Options, one or several of which can be chosen. @param {"radio" | "checkbox"} type */
const choice = (type, look = "") => (/** @type {Question} */ q, /** @type {Manner} */ m) => {
  const options = q.order.map((o) => option(type, q.id, o.id, m.text(o, "text")));
  const other = q.json.other ? [option(type, q.id, "other", m.words("other")), own(q, m)] : [];
  return [el("div", { class: "options" + look }, [...options, ...other])];
};

/** Says what is wrong with how many were chosen. */
const count = (/** @type {Question} */ q, /** @type {Manner} */ m, /** @type {any[]} */ picks, least = 0, most = Infinity) => {
  if (q.json.none && picks[0] === q.json.none) return;
  if (picks.length < least) q.wrong = m.words("at_least", m.number(least));
  if (picks.length > most) q.wrong = m.words("at_most", m.number(most));
};

/** Something before one @ and a host with a dot behind it (as `candor_survey::question::is_email`). */
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
/** Names of fields that browsers fill in (HTML, "autofill detail tokens"). */
const AUTOFILL = /^(name|(given|family)-name|email|tel|organization|street-address|postal-code|country-name)$/;

/** Reads a number as people type it, with a comma or a point. */
const typed = (/** @type {Question} */ q, /** @type {Manner} */ m, value = "") => {
  const { decimals = 0, from, to } = q.json;
  const plain = value.trim().replace(",", ".");
  if (!plain) return null;
  const [, after = ""] = plain.split(".");
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(plain)) q.wrong = m.words(decimals ? "number" : "whole");
  else if (after && !decimals) q.wrong = m.words("whole");
  else if (after.length > decimals) q.wrong = m.words("decimals", m.number(decimals));
  else if (+plain < from) q.wrong = m.words("from", m.number(from));
  else if (+plain > to) q.wrong = m.words("to", m.number(to));
  // As it was typed: no digit is lost.
  return q.wrong ? null : Object.assign(new Number(plain), { toString: () => plain });
};

/** @type {Record<string, Type>} */
export const TYPES = {
  nps: scale(0, 10),
  csat: scale(1, 5),
  ces: scale(1, 7),
  rating: scale(1, 5),
  single: { draw: choice("radio"), read: (q, values) => (values()[0] ? pick(q, values, values()[0]) : null) },
  dropdown: {
    field: true,
    draw(q, m) {
      const options = q.order.map((o) => el("option", { value: o.id }, [m.text(o, "text")]));
      const first = el("option", {}, [m.words("choose")]);
      first.setAttribute("value", "");
      const other = q.json.other ? [el("option", { value: "other" }, [m.words("other")])] : [];
      const list = el("select", field(q), [first, ...options, ...other]);
      return [el("div", { class: "options" }, q.json.other ? [list, own(q, m)] : [list])];
    },
    read: (q, values) => (values()[0] ? pick(q, values, values()[0]) : null),
  },
  multiple: {
    draw: choice("checkbox"),
    read(q, values, m) {
      let chosen = values();
      const { none, min, max } = q.json;
      if (none && chosen.length > 1 && chosen.includes(none)) {
        // Whichever came last stands: none of these, or something beside it.
        const had = Array.isArray(q.answer) && q.answer[0] === none;
        chosen = chosen.filter((id) => (id === none) !== had);
        q.fields = q.fields.filter(([name, value]) => name !== q.id || chosen.includes(value));
        put(q);
      }
      const picks = chosen.map((id) => pick(q, values, id));
      if (picks.length) count(q, m, picks, min, max);
      return picks.length ? picks : null;
    },
  },
  ranking: {
    draw: choice("checkbox", " ranking"),
    read(q, values, m) {
      // In the order of choosing: what was chosen before, as far as it still is, then what is new.
      const chosen = values();
      const before = (q.answer || []).filter((/** @type {string} */ id) => chosen.includes(id));
      const picks = [...before, ...chosen.filter((id) => !before.includes(id))];
      const most = q.json.max || q.order.length;
      if (picks.length) count(q, m, picks, q.json.min || most, most);
      // Kept in this order, the fields say it again.
      q.fields = picks.map((id) => [q.id, id]);
      return picks.length ? picks : null;
    },
  },
  matrix: {
    draw: (q, m) => [
      el(
        "div",
        { class: "rows" },
        q.order.map((row) => {
          const label = m.text(row, "text");
          const name = part(q, row.id);
          const cells = (q.json.options || []).map((/** @type {Json} */ o) =>
            el("label", { class: "spot" }, [tick("radio", name, o.id), el("span", { class: "point", part: "point" }, [m.text(o, "text")])]),
          );
          return el("div", { class: "row", role: "radiogroup", "aria-label": label }, [
            el("span", { class: "rowname" }, [label]),
            q.json.points ? points(q, m, name, 1, q.json.points) : el("div", { class: "cells" }, cells),
          ]);
        }),
      ),
    ],
    read(q, values, m) {
      /** @type {Record<string, any>} */
      const rows = {};
      for (const { id } of q.json.rows) {
        const [value] = values(id);
        if (value) rows[id] = q.json.points ? +value : value;
        else if (q.json.required) q.wrong = m.words("all_rows");
      }
      return Object.keys(rows).length ? rows : null;
    },
  },
  text: {
    field: true,
    typed: true,
    draw: (q) => [el(q.json.long ? "textarea" : "input", { ...field(q), maxlength: longest(q) })],
    read: (_, values) => text(values()[0]),
  },
  email: {
    field: true,
    typed: true,
    draw: (q) => [el("input", { ...field(q), type: "email", autocomplete: "email", maxlength: longest(q) })],
    read(q, values, m) {
      const address = text(values()[0]);
      if (address && !EMAIL.test(address)) q.wrong = m.words("email");
      return address;
    },
  },
  number: {
    field: true,
    typed: true,
    draw: (q) => [el("input", { ...field(q), inputmode: q.json.decimals ? "decimal" : q.json.from < 0 ? "" : "numeric", autocomplete: "off" })],
    read: (q, values, m) => typed(q, m, values()[0]),
  },
  slider: {
    field: true,
    draw(q, m) {
      const { from = 0, to = 100, step = 1 } = q.json;
      const line = el("input", { ...field(q), type: "range", class: "slider", min: from, max: to, step, "aria-required": false });
      return [line, el("output", { id: "o" + q.place, class: "value" }, [m.words("slide")]), ...ends(q, m, m.number(from), m.number(to))];
    },
    read: (_, values) => number(values()[0]),
  },
  date: {
    field: true,
    typed: true,
    draw: (q) => [el("input", { ...field(q), type: "date", min: q.json.earliest, max: q.json.latest })],
    read(q, values, m) {
      const { earliest, latest } = q.json;
      const day = text(values()[0]);
      if (day && !/^\d{4}-\d\d-\d\d$/.test(day)) q.wrong = m.words("date");
      else if (day && day < earliest) q.wrong = m.words("earliest", m.day(earliest));
      else if (day && day > latest) q.wrong = m.words("latest", m.day(latest));
      return day;
    },
  },
  contact: {
    typed: true,
    draw: (q, m) =>
      q.json.fields.map((/** @type {Json} */ f) =>
        el("label", { class: "part" }, [
          el("span", {}, [m.text(f, "text")]),
          el("input", {
            class: "field",
            part: "field",
            name: part(q, f.id),
            type: /^(email|tel)$/.test(f.id) ? f.id : "text",
            autocomplete: AUTOFILL.test(f.id) ? f.id : "off",
            maxlength: longest(q),
            "aria-required": !!q.json.required,
          }),
        ]),
      ),
    read(q, values, m) {
      /** @type {Record<string, string>} */
      const parts = {};
      for (const { id } of q.json.fields) {
        const value = text(values(id)[0]);
        if (value) parts[id] = value;
        else if (q.json.required) q.wrong = m.words("needed");
        if (value && id === "email" && !EMAIL.test(value)) q.wrong = m.words("email");
      }
      return Object.keys(parts).length ? parts : null;
    },
  },
  consent: {
    draw: (q, m) => [option("checkbox", q.id, "true", m.words("agree"))],
    read: (q, values) => (values().length ? true : q.answer === null ? null : false),
  },
  statement: { draw: () => [], read: () => null },
  maxdiff: {
    draw: (q, m) =>
      q.json.sets.map((/** @type {string[]} */ set, /** @type {number} */ n) => {
        const label = m.words("set", m.number(n + 1), m.number(q.json.sets.length));
        const [best, worst] = [m.words("best"), m.words("worst")];
        const pairs = q.order.filter((o) => set.includes(o.id)).map((o) => {
          const said = m.text(o, "text");
          const one = (/** @type {string} */ end, /** @type {string} */ name) =>
            el("label", { class: "pick" }, [tick("radio", part(q, n + 1 + "." + end), o.id, name + ": " + said)]);
          return el("div", { class: "pair" }, [one("best", best), el("span", {}, [said]), one("worst", worst)]);
        });
        const head = el("div", { class: "pair head", "aria-hidden": "true" }, [best, label, worst].map((word) => el("span", {}, [word])));
        return el("div", { class: "set", role: "group", "aria-label": label }, [head, ...pairs]);
      }),
    read(q, values, m) {
      /** @type {any[]} */
      const bests = [];
      q.json.sets.forEach((/** @type {string[]} */ _, /** @type {number} */ n) => {
        const [best] = values(n + 1 + ".best");
        const [worst] = values(n + 1 + ".worst");
        if (best && best === worst) q.wrong = m.words("differ");
        else if (best && worst) bests.push({ set: n + 1, best, worst });
        else if (q.json.required) q.wrong ||= m.words("all_rows");
      });
      return bests.length ? bests : null;
    },
  },
  // Asked straight out, where the answer can be refused, or together with a statement that says nothing about anybody, so
  // that no answer tells on anybody (Yu, Tian & Tang 2008).
  protected: {
    draw(q, m) {
      const statements = q.group ? [m.words("first", m.text(q.group, "text")), m.words("second", m.text(q.json, "text"))] : [];
      const answers = q.group ? ["same", "different"] : ["yes", "no", "rather_not"];
      return [
        ...statements.map((said) => el("p", { class: "statement" }, [said])),
        el("div", { class: "options" }, answers.map((answer) => option("radio", q.id, answer, m.words(answer)))),
      ];
    },
    read(q, values) {
      const [value] = values();
      if (!value || !q.group) return value || null;
      return { same: value === "same", p: q.group.p, group: q.group.id };
    },
  },
};

/**
 * The question `json` at `place`, with what chance decides decided.
 *
 * @param {Json} json
 * @param {number} place
 * @returns {Question}
 */
export const question = (json, place) => {
  const order = [...((json.type === "matrix" ? json.rows : json.options) || [])];
  const chance = (/** @type {number} */ n) => crypto.getRandomValues(new Uint32Array(1))[0] % n;
  if (json.randomize) {
    // Fisher and Yates; what stands for none of the options stays last.
    const none = order.findIndex((o) => o.id === json.none);
    const last = none < 0 ? [] : order.splice(none, 1);
    for (let end = order.length; end > 1; ) {
      const other = chance(end--);
      [order[end], order[other]] = [order[other], order[end]];
    }
    order.push(...last);
  }
  const group = json.groups && json.groups[chance(json.groups.length)];
  return { json, id: json.id, place, order, group, fields: [], answer: null, wrong: "" };
};

/**
 * Draws a question.
 *
 * @param {Question} q
 * @param {Manner} m
 * @param {boolean} mark Whether a question that must be answered says so.
 */
export const draw = (q, m, mark) => {
  const { json, place } = q;
  const type = TYPES[json.type];
  const one = type.field;
  const said = q.group ? m.words("compare") : m.text(json, "text");
  const need = mark && json.required ? [el("span", { class: "need" }, [m.words("required")])] : [];
  const help = q.group ? m.words("crosswise") : m.text(json, "help");
  const statement = json.type === "statement";
  const title = statement
    ? el("p", { class: "statement" }, [said])
    : el(one ? "label" : "legend", { class: "title", part: "title", for: one && "f" + place }, [said, ...need]);
  q.root = el(
    one || statement ? "div" : "fieldset",
    { id: "q" + place, class: "question", part: "question", "data-q": place, "aria-describedby": one ? "" : `h${place} w${place}` },
    [title, el("p", { id: "h" + place, class: "help" }, [help]), ...type.draw(q, m), el("p", { id: "w" + place, class: "wrong" })],
  );
  put(q);
  return q.root;
};

const FIELDS = "input,select,textarea";

/** @param {Question} q @returns {HTMLInputElement[]} */
const inputs = (q) => /** @type {any} */ ([...(q.root?.querySelectorAll(FIELDS) || [])]);

/** @param {HTMLInputElement} input */
const ticks = ({ type }) => type === "radio" || type === "checkbox";

/** Puts what the fields said last into them again. @param {Question} q */
export const put = (q) => {
  for (const input of inputs(q)) {
    const mine = q.fields.filter(([name]) => name === input.name).map(([, value]) => value);
    if (ticks(input)) input.checked = mine.includes(input.value);
    else if (mine.length) input.value = mine[0];
    // Until it is moved, a slider says nothing.
    if (input.type === "range") input.classList.toggle("set", mine.length > 0);
  }
};

/** What the fields say now. @param {Question} q @returns {Fields} */
export const fields = (q) =>
  inputs(q)
    .filter((input) => (ticks(input) ? input.checked : input.value && (input.type !== "range" || input.classList.contains("set"))))
    .map((input) => [input.name, input.value]);

/**
 * Takes what the fields say, and makes it the answer.
 *
 * @param {Question} q
 * @param {Fields} said
 * @param {Manner} m
 */
export const take = (q, said, m) => {
  q.fields = said;
  q.wrong = "";
  const values = (/** @type {string | undefined} */ name) => {
    const wanted = name === undefined ? q.id : part(q, name);
    return said.filter(([name]) => name === wanted).map(([, value]) => value);
  };
  q.answer = TYPES[q.json.type].read(q, values, m);
};

/**
 * The fields that say `text`, as a link brings it along: an option's id (for several, with commas between them), a point, a
 * text. Nothing when that is no answer to this question, or one that must be the visitor's own.
 *
 * @param {Question} q
 * @param {string} text
 * @returns {Fields | undefined}
 */
export const preset = (q, text) => {
  const { type } = q.json;
  const known = (/** @type {string} */ id) => q.order.some((o) => o.id === id);
  const ids = type === "multiple" ? text.split(",") : [text];
  const [first, last] = TYPES[type].ends?.(q.json) || [];
  const fits =
    first !== undefined && last !== undefined
      ? /^\d+$/.test(text) && +text >= first && +text <= last
      : /^(text|email|number|date)$/.test(type) || (/^(single|dropdown|multiple)$/.test(type) && ids.every(known));
  return fits ? ids.map((id) => [q.id, id]) : undefined;
};
