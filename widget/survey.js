// A survey on the page: the panel, its pages, what the visitor does there. What is on the way, what is counted and what it
// is evidence of, Rust decides (src/, asked by `ask`); what is stored and sent, start.js.

import { TYPES, draw, el, fields, preset, put, question, take } from "./controls.js";
import { json } from "./json.js";

/** @typedef {import("./controls.js").Question} Question */
/** @typedef {import("./controls.js").Json} Json */
/** @typedef {{ page: number, shown: number[], open: number[] }} Stop A page on the way: see src/visit.rs. */

/**
 * What an earlier visit left, to go on with: ids and what fields said, so that a survey that was edited meanwhile keeps what
 * still fits.
 *
 * @typedef {object} Draft
 * @property {string} id The response's id.
 * @property {number} seq The next one of its `seq`s, as far as was known.
 * @property {number} started In milliseconds since 1970.
 * @property {string} at The first question of the page that was on show.
 * @property {Record<string, [import("./controls.js").Fields, number]>} fields By question: what its fields said, and after
 *   how many milliseconds it was first answered.
 */

/**
 * What start.js is told: `act` says what the visitor wants (`submit`, `close`, `again`), or what happened (`started`,
 * `page` with its number, `changed`).
 *
 * @typedef {(act: string, detail?: string) => void} Act
 */

/** Where the visitor is told the response is. */
export const SAVING = 1;
export const THANKS = 2;
export const WAITING = 3;
export const FAILED = 4;
export const REFUSED = 5;

/** A UUID of version 7 (RFC 9562): ids sort by time. */
const uuid = () => {
  const hex = (/** @type {number[] | Uint8Array} */ bytes) => [...bytes].map((byte) => (byte + 256).toString(16).slice(1)).join("");
  const random = hex(crypto.getRandomValues(new Uint8Array(10)));
  const time = Date.now().toString(16).padStart(12, "0");
  const variant = (8 + (parseInt(random[3], 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
};

/** An answer as Rust reads it (src/visit.rs, `hear`). @param {any} answer @returns {string} */
const code = (answer) => {
  const item = (/** @type {any} */ value) =>
    (typeof value === "string" ? value : value.other === undefined ? json(value) : ":" + value.other).replace(/\x1e/g, " ") + "\x1e";
  if (answer === null) return "";
  if (typeof answer === "boolean") return "b" + +answer;
  if (typeof answer === "string") return "s" + answer;
  if (typeof answer === "number" || answer instanceof Number) return `n${answer}`;
  if (Array.isArray(answer)) return "l" + answer.map(item).join("");
  if (answer.other !== undefined) return "o" + answer.other;
  return "r" + Object.keys(answer).map((key) => item(key) + item("" + answer[key])).join("");
};

const HANDS = /** @type {Record<string, string>} */ ({ mouse: "mouse", touch: "touch", pen: "touch" });

/**
 * @param {object} options
 * @param {Json} options.definition
 * @param {string} options.mode
 * @param {string} options.lang
 * @param {(key: string) => string} options.word Our own text under a key.
 * @param {import("./wasm.js").Ask} options.ask
 * @param {import("./start.js").Occasion} options.occasion
 * @param {Draft | undefined} options.draft
 * @param {boolean} options.closes Whether the visitor can close it.
 * @param {ShadowRoot} options.root
 * @param {Act} options.act
 */
export const survey = ({ definition, mode, lang, word, ask, occasion, draft, closes, root, act }) => {
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  const presets = occasion.preset || {};

  /** The text under a key, in the visitor's language or the survey's first. @param {Json} json @param {string} key @returns {string} */
  const said = (json, key) => {
    const text = json[key] || "";
    return typeof text === "string" ? text : text[lang] || text[lang.split("-")[0]] || Object.values(text)[0];
  };

  /** @type {Question[][]} */
  const pages = [];
  /** @type {Question[]} */
  const questions = [];
  const skeleton = [];
  for (const { questions: list, show_if = "", skip_to = [] } of definition.pages) {
    pages.push(list.map((/** @type {Json} */ one) => questions[questions.push(question(one, questions.length)) - 1]));
    skeleton.push("P", show_if);
    for (const one of list) {
      const { id, type, required = false, show_if = "", required_if = "", options = [] } = one;
      skeleton.push("Q", id, type, required, [...said(one, "text")].length, show_if, required_if);
      for (const option of options) skeleton.push("O", option.id, said(option, "text"));
    }
    for (const { if: condition = "", to } of skip_to) {
      const page = definition.pages.findIndex((/** @type {Json} */ page) => page.questions.some((/** @type {Json} */ q) => q.id === to));
      skeleton.push("S", condition, page < 0 ? definition.pages.length : page);
    }
  }
  const mark = questions.some(({ json }) => !json.required && json.type !== "statement");
  const id = draft?.id || uuid();
  const started = draft?.started || Date.now();

  // ---- Words ----

  // Making a format takes a browser up to 40 ms of a slow phone: only where there is something for it to do.
  /** @type {Intl.NumberFormat | undefined} */
  let numbers;
  /** @type {import("./controls.js").Manner} */
  const manner = {
    words: (key, ...values) => word(key).replace(/{}/g, () => "" + values.shift()),
    text(json, key) {
      const text = said(json, key);
      return text.includes("{{") ? ask("fill", text) : text;
    },
    number: (number) =>
      /^\d{1,3}$/.test("" + number) && !/^(ar|fa|ur|bn|mr|ne|my)\b/.test(lang)
        ? "" + number
        : (numbers ??= new Intl.NumberFormat(lang, { maximumFractionDigits: 20 })).format(+number),
    day: (day) => new Date(day).toLocaleDateString(lang, { dateStyle: "long", timeZone: "UTC" }),
  };
  const { words } = manner;

  // ---- The panel ----

  /** @param {string} name @param {string} label @param {string} [look] */
  const button = (name, label, look = "quiet") =>
    el("button", { type: "button", class: look, part: look === "main" ? "button main" : "button", "data-act": name }, [label]);
  const bar = el("div", { class: "progress", part: "progress", "aria-hidden": "true" });
  const notice = el("p", { class: "notice", role: "status" });
  const sheet = el("div", { class: "page", part: "page" });
  const back = button("back", words("back"));
  const place = el("span", { class: "place" });
  // No submit button: a sandbox that forbids forms would forbid it.
  const next = button("next", "", "main");
  const form = el("form", { novalidate: "novalidate" }, [sheet, el("div", { class: "actions" }, [back, place, next])]);
  const title = el("p", { class: "title", tabindex: "-1" });
  const note = el("p", { class: "help" });
  const over = button("close", "");
  const message = el("div", { class: "message", part: "message" }, [el("div", { class: "mark", "aria-hidden": "true" }), title, note, over]);
  const live = el("div", { class: "heard", role: "status" });
  const close = el("button", { type: "button", class: "close", part: "close", "data-act": "close", "aria-label": words("close") });
  message.hidden = true;
  const panel = el(
    mode === "modal" ? "dialog" : "section",
    { class: "panel", part: "panel", "aria-label": words("survey"), lang, dir: /^(ar|fa|he|ur)\b/.test(lang) ? "rtl" : "ltr" },
    [bar, notice, form, message, live, ...(closes ? [close] : [])],
  );
  root.appendChild(panel);

  // ---- The way ----

  /** @type {Stop[]} */
  let stops = [];
  let at = 0;
  let furthest = 0;
  let hand = "mouse";
  // What an earlier visit sent as it left, its draft does not know of: a few numbers further on nothing was sent.
  let seq = draft ? draft.seq + 100 : 0;
  let ended = false;

  /** @param {string} way As Rust says it. */
  const walk = (way) => {
    const places = (/** @type {string} */ list) => (list ? list.split(",").map(Number) : []);
    stops = way.split(";").slice(0, -1).map((stop) => {
      const [page, shown, open] = stop.split(":");
      return { page: +page, shown: places(shown), open: places(open) };
    });
  };
  const here = () => stops.find((stop) => stop.page === at);

  /** Sets an answer as if it had always been there. @param {Question} q @param {import("./controls.js").Fields} said */
  const set = (q, said, first = 0, isPreset = false) => {
    take(q, said, manner);
    walk(ask("put", q.place, code(q.answer), first, isPreset));
  };

  /** Shows what belongs on this page for the answers so far, and how far one is. */
  const refresh = () => {
    const shown = here()?.shown || [];
    for (const q of pages[at]) {
      const is = shown.includes(q.place);
      ask("shown", q.place, is, since());
      if (q.root) q.root.hidden = !is;
    }
    const number = stops.filter((stop) => stop.page <= at).length;
    next.textContent = words(stops.some((stop) => stop.page > at) ? "next" : "send");
    back.hidden = number < 2;
    if (pages.length < 2) return;
    place.textContent = words("page", manner.number(number), manner.number(stops.length));
    bar.replaceChildren(...stops.map((_, n) => el("i", { class: n < number ? "done" : "" })));
  };

  /** Shows what follows from an answer: the places of a ranking, the value of a slider. @param {Question} q */
  const follow = (q) => {
    if (q.json.type === "ranking") {
      const picks = q.answer || [];
      for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (q.root?.querySelectorAll("input"))) {
        const rank = picks.indexOf(input.value) + 1;
        const label = /** @type {HTMLElement} */ (input.parentElement);
        label.dataset.rank = rank ? manner.number(rank) : "";
        if (rank && rank === picks.length) {
          announce(words("place", label.textContent || "", manner.number(rank), manner.number(q.order.length)));
        }
      }
    }
    const value = q.root?.querySelector("output");
    if (value && q.answer !== null) value.textContent = manner.number(q.answer);
  };

  /** Turns to a page. @param {number} page */
  const turn = (page) => {
    for (const q of pages[at]) {
      ask("shown", q.place, 0, since());
      q.root = undefined;
    }
    at = page;
    furthest = Math.max(furthest, page);
    sheet.replaceChildren(...pages[page].map((q) => draw(q, manner, mark)));
    pages[page].forEach(follow);
    live.textContent = notice.textContent = "";
    refresh();
  };

  /** The first field of a question takes the focus. @param {Question | undefined} q */
  const focus = (q) => {
    const field = /** @type {HTMLElement | null | undefined} */ (q?.root?.querySelector("input:checked,input,select,textarea") || q?.root);
    field?.focus();
    q?.root?.scrollIntoView({ block: "nearest" });
  };

  /** @param {string} sentence Said to those who cannot see it. */
  const announce = (sentence) => {
    live.textContent = sentence;
  };

  /** What is wrong with an answer; empty when nothing is. @param {Question} q */
  const wrong = (q) => {
    const stop = here();
    if (!stop?.shown.includes(q.place)) return "";
    return q.wrong || (stop.open.includes(q.place) ? words(q.json.type === "consent" ? "must_agree" : "needed") : "");
  };

  /** @param {Question} q @param {string} sentence */
  const complain = (q, sentence) => {
    const wrong = q.root?.querySelector(".wrong");
    if (wrong) wrong.textContent = sentence;
    const field = TYPES[q.json.type].field && q.root?.querySelector("#f" + q.place);
    if (field) {
      if (sentence) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  };

  /** Next or Send: complains about this page, turns to the next one, or submits. */
  const forward = () => {
    for (const q of pages[at]) {
      // What changed without any event, a script put there.
      const said = fields(q);
      if (json(said) !== json(q.fields) && json([...said].sort()) !== json([...q.fields].sort())) {
        ask("forged", q.place);
        set(q, said);
      }
    }
    const needed = [];
    for (const q of pages[at]) {
      const sentence = wrong(q);
      complain(q, sentence);
      if (sentence) needed.push(q);
    }
    if (needed.length) {
      announce(words("look_at", needed.map((q) => manner.text(q.json, "text")).join(" ")));
      return focus(needed[0]);
    }
    const onward = stops.find((stop) => stop.page > at);
    if (!onward) return act("submit");
    go(onward.page);
  };

  /** Turns the page for the visitor, who goes on with its first question: the button that was pressed may be gone. */
  const go = (/** @type {number} */ page) => {
    turn(page);
    focus(questions[here()?.shown[0] ?? 0]);
    act("page", "" + (page + 1));
  };

  // ---- What the visitor does ----

  /** @param {EventTarget | null} target @returns {Question | undefined} */
  const asked = (target) => {
    const element = target instanceof Element ? target.closest("[data-q]") : null;
    return element ? questions[+(element.getAttribute("data-q") || 0)] : undefined;
  };

  /** @param {Event} event */
  const input = ({ target, isTrusted }) => {
    const q = asked(target);
    if (!q || ended) return;
    const field = /** @type {HTMLInputElement} */ (target);
    if (field.type === "range") field.classList.add("set");
    const before = q.answer;
    take(q, fields(q), manner);
    // Typing something of one's own is choosing it.
    if (field.classList.contains("own") && field.value) own(q, field);
    const started = !questions.some((other) => other !== q && other.answer !== null) && before === null && q.answer !== null;
    walk(ask("answer", q.place, code(q.answer), isTrusted, hand, since()));
    follow(q);
    refresh();
    // Who is mending an answer hears at once that it is mended.
    if (!wrong(q)) complain(q, "");
    if (started) act("started");
  };

  /** @param {Question} q @param {HTMLInputElement} field */
  const own = (q, field) => {
    const other = /** @type {HTMLInputElement | null | undefined} */ (q.root?.querySelector('input[value="other"]'));
    if (!other || other.checked) return;
    other.checked = true;
    take(q, fields(q), manner);
    field.focus();
  };

  /** @type {Record<string, (event: any) => void>} */
  const hears = {
    input,
    change({ target }) {
      const q = asked(target);
      if (q && !ended) {
        if (TYPES[q.json.type].typed || target.classList.contains("own")) ask("settled", q.place);
        act("changed");
      }
    },
    click({ target }) {
      const name = target instanceof Element && target.closest("[data-act]")?.getAttribute("data-act");
      if (name === "back" && !ended) {
        const before = [...stops].reverse().find((stop) => stop.page < at);
        if (before) go(before.page);
      } else if (name === "next") {
        if (!ended) forward();
      } else if (name) act(name);
    },
    submit(event) {
      event.preventDefault();
    },
    pointerdown({ pointerType }) {
      hand = HANDS[pointerType] || hand;
    },
    keydown(event) {
      const { key, target, isComposing } = event;
      if (!/^(Shift|Control|Alt|Meta)$/.test(key)) hand = "keyboard";
      // Enter goes on, where it does nothing else.
      if (key === "Enter" && !isComposing && !ended && target.localName === "input") {
        event.preventDefault();
        forward();
      }
    },
    paste({ target }) {
      const q = asked(target);
      if (q && /^(text|email)$/.test(q.json.type)) ask("pasted");
    },
  };

  // ---- The response ----

  /** Whether anything was taken out of what was written. */
  let taken = false;
  /** An answer as it is sent: what looks like personal data in free text is taken out. @param {Question} q @param {any} answer @param {string[]} written Where what was written is added. */
  const cleaned = (q, answer, written) => {
    /** @type {(text: any) => any} */
    const clean = (text) => {
      if (typeof text !== "string") return text?.other === undefined ? text : { other: clean(text.other) };
      const kept = ask("redact", text);
      taken ||= kept !== text;
      written.push(kept);
      return kept;
    };
    const { type } = q.json;
    if (type === "multiple" && answer) return answer.map((/** @type {any} */ pick) => (typeof pick === "string" ? pick : clean(pick)));
    return type === "text" || answer?.other !== undefined ? clean(answer) : answer;
  };
  /** Answers that a link brought along. @type {[Question, any][]} */
  const brought = [];

  // ---- Beginning ----

  walk(ask("begin", ...skeleton));
  for (const [name, value] of Object.entries(occasion.attributes)) walk(ask("attribute", name, value));
  for (const q of questions) {
    const fields = presets[q.id] !== undefined && preset(q, presets[q.id]);
    if (!fields) continue;
    take(q, fields, manner);
    if (q.wrong || q.answer === null) take(q, [], manner);
    else {
      set(q, fields, 0, true);
      brought.push([q, q.answer]);
    }
  }
  for (const q of draft ? questions : []) {
    const kept = draft?.fields[q.id];
    if (kept && !q.fields.length) set(q, kept[0], kept[1]);
  }
  const left = pages.findIndex((page) => page[0].id === draft?.at);
  turn(stops.some((stop) => stop.page === left) ? left : (stops[0]?.page ?? 0));
  if (draft) notice.textContent = words("resumed");

  /** @param {string} head @param {string} tail @param {[string, string]} does */
  const end = (head, tail, [name, label], focused = false) => {
    form.hidden = bar.hidden = notice.hidden = true;
    message.hidden = false;
    title.textContent = head;
    note.textContent = tail;
    over.textContent = label;
    over.dataset.act = name;
    over.hidden = !closes && name === "close";
    announce(head + " " + tail);
    if (focused) title.focus();
  };

  return {
    panel,
    hears,
    id,
    /** Whether anything was answered. */
    started: () => questions.some((q) => q.answer !== null && presets[q.id] === undefined),
    /** @returns {Draft} */
    draft() {
      /** @type {Draft["fields"]} */
      const kept = {};
      for (const q of questions) if (q.fields.length) kept[q.id] = [q.fields, +ask("first", q.place)];
      return { id, seq, started, at: pages[at][0].id, fields: kept };
    },
    /**
     * The response as it stands, as one line of JSON, and its key in the outbox.
     *
     * @param {boolean} complete From then on the answers cannot be changed.
     * @param {[number, number]} [device] Responses from this device before: that day and ever.
     */
    line(complete, device) {
      ended ||= complete;
      const { revision, test, attributes, source } = occasion;
      const met = stops.filter((stop) => stop.page <= furthest).flatMap((stop) => stop.shown.map((place) => questions[place]));
      /** @type {Record<string, any>[]} */
      const [answers, orders, ms, preset] = [{}, {}, {}, {}];
      /** @type {string[]} */
      const written = [];
      for (const q of met) {
        answers[q.id] = cleaned(q, q.answer, written);
        if (q.json.randomize) orders[q.id] = q.order.map((o) => o.id);
        const first = ask("first", q.place);
        if (first) ms[q.id] = +first;
      }
      for (const [q, answer] of brought) preset[q.id] = cleaned(q, answer, []);
      const [first, changes, raised, hidden, untrusted, pasted, input, evidence, hundredths, reasons] = ask(
        "claim",
        ...(device || ["", ""]),
        source === "kiosk",
        ...written,
      ).split(";");
      const line = json({
        v: 1,
        id,
        seq,
        survey: definition.id,
        revision,
        status: complete ? "complete" : "partial",
        test,
        locale: lang,
        // A path starts with a slash, and so does whatever stands for one in a page without an address of its own.
        page: location.pathname.replace(/^\/?/, "/").slice(0, 2048),
        started: new Date(started).toISOString(),
        // A clock that was set back meanwhile must not make a response that ended before it began.
        submitted: new Date(Math.max(Date.now(), started)).toISOString(),
        utc_offset_min: -new Date().getTimezoneOffset(),
        order: met.map((q) => q.id),
        orders: Object.keys(orders).length ? orders : undefined,
        answers,
        attributes,
        invitation: { source, token: null, preset },
        signals: {
          ms_total: since(),
          ms_first: first ? +first : undefined,
          ms,
          changes: +changes,
          raised: +raised,
          hidden: +hidden,
          untrusted: +untrusted,
          input,
          pasted: +pasted,
          device_day: device?.[0],
          device_all: device?.[1],
        },
        integrity: { evidence, score: +hundredths / 100, reasons: reasons.split(",").slice(0, -1) },
      });
      // Keys sort by time, as ids do, and then by seq.
      return { line, key: id + "/" + (1e6 + seq++) };
    },
    /** Says the first question to those who cannot see it: a live region speaks only of what changes after it is there. */
    greet() {
      const first = questions[here()?.shown[0] ?? 0];
      announce(manner.text(first.json, "text"));
    },
    /** Tells the visitor where the response is. @param {number} stage @param {boolean} focused */
    say(stage, focused) {
      const done = /** @type {[string, string]} */ (["close", words("done")]);
      if (stage === SAVING) {
        next.textContent = title.textContent = words("sending");
        note.textContent = "";
        announce(words("sending"));
      } else if (stage === THANKS) {
        end(manner.text(definition, "thanks") || words("thanks"), taken ? words("private") : "", done, focused);
      } else if (stage === WAITING) {
        note.textContent = words("waiting");
        announce(words("waiting"));
      } else if (stage === FAILED) end(words("failed"), words("failed_why"), ["again", words("again")], focused);
      else end(words("refused"), words("refused_why"), done, focused);
    },
  };
};

/** @typedef {ReturnType<typeof survey>} Survey */
