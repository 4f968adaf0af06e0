// The preview: a survey's text on one side, the real widget on the other, and advice. It touches this page, the frame in it,
// the clipboard, and its own server for the examples and the widget; nothing that is written here leaves the page.

import init, { look } from "candor-preview-glue";
import { copies } from "../home/copy.js";

/**
 * What Rust says of a survey's text (widget/preview/src/lib.rs).
 *
 * @typedef {object} Problem
 * @property {number} [line]
 * @property {string} path
 * @property {string} message
 */
/** @typedef {{ code: string, severity: "refused" | "warning" | "hint", path: string, line: number, what: string, why: string, remedy: string }} Advice */
/** @typedef {{ words: string, preset: Record<string, string>, attributes: Record<string, string> }} Branch */
/**
 * @typedef {object} Seen
 * @property {Problem | null} problem
 * @property {string} revision
 * @property {string} id
 * @property {string} mode
 * @property {"auto" | "light" | "dark"} scheme
 * @property {string[]} languages
 * @property {number} seconds
 * @property {Advice[]} advice
 * @property {{ id: string }[]} questions
 * @property {Branch[]} branches
 * @property {boolean} complete
 */
/**
 * What was chosen beside the text; absent is what the survey itself says.
 *
 * @typedef {object} Chosen
 * @property {string} device
 * @property {string} scheme
 * @property {string} [language]
 * @property {string} [mode]
 * @property {number} [branch]
 */

/** @template {HTMLElement} T @param {string} id @returns {T} the element with this id, which index.html has */
const the = (id) => /** @type {T} */ (document.getElementById(id));

const text = /** @type {HTMLTextAreaElement} */ (the("text"));
const frame = /** @type {HTMLIFrameElement} */ (the("frame"));

const EXAMPLES = [
  ["after-a-visit", "After a visit"],
  ["help-desk", "After help was given"],
  ["every-question", "Every type of question"],
  ["mistakes", "One with every mistake"],
];

/** Width and height of what a browser shows of a page there, in CSS pixels. @type {Record<string, [number, number]>} */
const DEVICES = { phone: [390, 664], tablet: [820, 1060], desktop: [1280, 800] };

/** More ways through than this are too many to choose from in a list. */
const MOST_WAYS = 200;

const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

/** @type {Chosen} */
let chosen = { device: "phone", scheme: preferred };
/** What was last read without a problem that hides it. @type {Seen | undefined} */
let seen;
/** The text that `seen` is of. */
let good = "";
/** The scene that the frame was last told to show, as JSON. */
let shown = "";
let ready = false;

// --- The editor --------------------------------------------------------------------------------------------------------

/** @param {Map<number, string>} marks writes the line numbers, each with the gravest thing that is said of its line */
const number = (marks) => {
  const lines = text.value.split("\n").length;
  const numbers = [];
  for (let line = 1; line <= lines; line++) {
    const one = document.createElement("span");
    one.textContent = `${line}\n`;
    const mark = marks.get(line);
    if (mark) one.dataset.mark = mark;
    numbers.push(one);
  }
  the("numbers").replaceChildren(...numbers);
  follow();
};

const follow = () => (the("numbers").scrollTop = text.scrollTop);

/** @param {number} line puts the cursor there, selects the line and brings it into view */
const goTo = (line) => {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const indent = /^\s*/.exec(lines[line - 1] ?? "")?.[0].length ?? 0;
  text.focus();
  text.setSelectionRange(start + indent, start + (lines[line - 1] ?? "").length);
  const height = text.scrollHeight / lines.length;
  text.scrollTop = Math.max(0, (line - 4) * height);
  text.scrollLeft = 0;
  text.scrollIntoView({ block: "nearest" });
};

/** @param {string} said @param {number} [line] a link to a line, or plain words */
const spot = (said, line) => {
  if (!line) return document.createTextNode(said);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = said;
  button.addEventListener("click", () => goTo(line));
  return button;
};

// --- Reading what is written ---------------------------------------------------------------------------------------------

/** Reads the text, says what there is to say of it, and shows it as far as it can be shown. */
const read = () => {
  /** @type {Seen} */
  const now = JSON.parse(look(text.value));
  /** @type {Map<number, string>} */
  const marks = new Map();
  for (const { line, severity } of [...(now.advice ?? [])].reverse()) marks.set(line, severity);
  if (now.problem?.line) marks.set(now.problem.line, "refused");
  number(marks);
  sayProblem(now.problem);
  text.setAttribute("aria-invalid", String(Boolean(now.problem)));
  if (now.advice) {
    seen = now;
    good = text.value;
    offer(now);
    advise(now);
    writeTag(now);
  }
  show(now);
  share();
};

/** What is to be said of something else than the text, until there is another text. */
let notice = "";

/** @param {Problem | null} problem */
const sayProblem = (problem) => {
  /** @type {(string | Node)[]} */
  const said = problem ? [] : [notice];
  if (problem) {
    const place = [problem.line && `Line ${problem.line}`, problem.path].filter(Boolean).join(", ");
    if (place) said.push(spot(place, problem.line), ": ");
    said.push(problem.message);
  }
  the("problem").replaceChildren(...said);
};

/**
 * Gives a list its options, when they are others than it has: one that is open must not change under the hand.
 *
 * @param {string} id
 * @param {[string, string][]} options what each says, and its value
 * @param {string} value
 */
const list = (id, options, value) => {
  const select = /** @type {HTMLSelectElement} */ (the(id));
  const same = [...select.options].map((option) => [option.textContent, option.value]);
  if (JSON.stringify(same) !== JSON.stringify(options)) {
    select.replaceChildren(...options.map(([said, value]) => new Option(said, value)));
  }
  select.value = value;
};

/** @param {Seen} now fills the lists with what this survey has, and keeps what was chosen where it still has it */
const offer = (now) => {
  if (chosen.language && !now.languages.includes(chosen.language)) delete chosen.language;
  if (chosen.branch !== undefined && chosen.branch >= now.branches.length) delete chosen.branch;
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  list("language", now.languages.map((tag) => [names.of(tag) ?? tag, tag]), chosen.language ?? now.languages[0]);
  /** @type {HTMLSelectElement} */ (the("mode")).value = chosen.mode ?? now.mode;
  const more = now.complete ? "" : " at least";
  the("ways").textContent = now.branches.length > 1 ? `Way through (${now.branches.length}${more})` : "Way through";
  /** @type {[string, string][]} */
  const ways = now.branches.slice(0, MOST_WAYS).map(({ words }, i) => [words, String(i)]);
  list("branch", [["From the start, nothing answered", ""], ...ways], String(chosen.branch ?? ""));
};

/** @param {number} seconds */
const duration = (seconds) =>
  seconds < 90 ? `${Math.max(5, Math.round(seconds / 5) * 5)} seconds` : `${Math.round(seconds / 30) / 2} minutes`;

const NAMES = { refused: "Refused", warning: "Warning", hint: "Hint" };

/** @param {Seen} now */
const advise = ({ advice, questions, seconds }) => {
  const counts = Object.entries(NAMES).map(([severity, name]) => {
    const n = advice.filter((each) => each.severity === severity).length;
    return n ? `${n} ${name.toLowerCase()}${n > 1 && severity !== "refused" ? "s" : ""}` : "";
  });
  const found = counts.filter(Boolean).join(", ") || "nothing to mend";
  const asked = questions.length === 1 ? "1 question" : `${questions.length} questions`;
  the("summary").textContent = `${asked}, about ${duration(seconds)} on the longest way: ${found}.`;
  const codes = [...new Set(advice.map(({ code }) => code))];
  the("advice").replaceChildren(...codes.map((code) => item(advice.filter((each) => each.code === code))));
};

/** @param {Advice[]} same advice of one kind: said once, with every place that it is said of */
const item = (same) => {
  const [{ severity, why, remedy }] = same;
  const item = document.createElement("li");
  item.dataset.severity = severity;
  const name = paragraph("severity", NAMES[severity]);
  const whats = [...new Set(same.map(({ what }) => what))].map((what) => {
    const said = paragraph("what", `${what} `);
    const lines = [...new Set(same.filter((each) => each.what === what).map(({ line }) => line))];
    said.append(...lines.flatMap((line, i) => [i ? " " : "", spot(i ? String(line) : `Line ${line}`, line)]));
    return said;
  });
  item.append(name, ...whats, paragraph("why", why), paragraph("remedy", remedy));
  return item;
};

/** @param {string} className @param {string} sentence what stands between two backticks is code */
const paragraph = (className, sentence) => {
  const line = document.createElement("p");
  line.className = className;
  const parts = sentence.split("`").map((part, i) => {
    if (i % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
  line.append(...parts);
  return line;
};

// --- Showing it ------------------------------------------------------------------------------------------------------------

/** @param {object} message */
const post = (message) => frame.contentWindow?.postMessage(message, location.origin);

/** What had the focus when the frame was told to show: a survey that takes it must not take it from who is writing. */
let writing = /** @type {Element | null} */ (null);

/** @param {Seen} now @param {boolean} [again] whether to begin anew although nothing has changed */
const show = (now, again) => {
  if (now.problem && now.advice) {
    post({ say: "hide" });
    shown = "";
    return tell("It is not shown: it may not be published so.");
  }
  if (now.problem) {
    return tell(shown ? "What you see is the last text that could be read." : "Nothing is shown yet.");
  }
  const definition = JSON.parse(good);
  const mode = chosen.mode ?? now.mode;
  definition.display = { ...definition.display, mode };
  if (mode === "inline") definition.display.into = "#inline";
  if (now.scheme === "auto") definition.theme = { ...definition.theme, scheme: chosen.scheme };
  const branch = now.branches[chosen.branch ?? -1];
  const scene = {
    say: "show",
    definition: JSON.stringify(definition),
    revision: now.revision,
    lang: chosen.language ?? now.languages[0],
    scheme: chosen.scheme,
    preset: branch?.preset ?? {},
    attributes: branch?.attributes ?? {},
  };
  const said = JSON.stringify(scene);
  if (!ready || (said === shown && !again)) return;
  shown = said;
  writing = document.activeElement;
  post(scene);
};

/** @param {string} sentence */
const tell = (sentence) => (the("state").textContent = sentence);

/** @type {Record<string, string>} */
const EVENTS = {
  shown: "The survey is on the page.",
  started: "The visitor has begun to answer.",
  submitted: "Answered. Nothing was sent or kept.",
  dismissed: "The visitor closed it without an answer.",
  error: "The visitor is told that it could not be saved.",
};

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== frame.contentWindow) return;
  if (data.say === "ready") {
    ready = true;
    shown = "";
    if (seen) read();
  } else if (data.say === "failed") {
    tell(`The widget could not show it: ${data.detail}`);
  } else if (EVENTS[data.say]) {
    tell(EVENTS[data.say]);
  }
  if (data.say === "shown" && document.activeElement === frame && writing instanceof HTMLElement && writing !== frame) {
    writing.focus({ preventScroll: true });
  }
});

/** Gives the frame the size of the device, scaled down where there is less room. */
const fit = () => {
  const [width, height] = DEVICES[chosen.device];
  // It can be seen whole, up to a margin above and below.
  const scale = Math.min(1, the("stage").clientWidth / width, (innerHeight - 32) / height);
  const screen = the("screen");
  screen.dataset.device = chosen.device;
  for (const [name, value] of Object.entries({ width: `${width}px`, height: `${height}px`, scale: String(scale) })) {
    screen.style.setProperty(`--${name}`, value);
  }
};

// --- Links and tags ----------------------------------------------------------------------------------------------------

/** @param {Seen} now */
const writeTag = ({ id }) => {
  the("tag").textContent = `<script async src="${location.origin}/candor.js" data-survey="${id}"></script>`;
};

/**
 * Bytes through a compressor or its opposite.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {ReadableWritablePair<Uint8Array, BufferSource>} through
 */
const pass = async (bytes, through) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());

const VERSION = "v1.";

/** Which call of `share` is the last. */
let shares = 0;

/** Writes the link that carries the text and what was chosen; the address of this page becomes it, so that a reload keeps it. */
const share = async () => {
  const call = ++shares;
  const { device, scheme, language, mode, branch } = chosen;
  const carried = { text: text.value, device, scheme, language, mode, branch };
  const said = new TextEncoder().encode(JSON.stringify(carried));
  const packed = await pass(said, new CompressionStream("deflate-raw"));
  if (call !== shares) return;
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  const base64url = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const link = `${location.origin}${location.pathname}#${VERSION}${base64url}`;
  history.replaceState(null, "", link);
  the("link").textContent = link;
};

const DAMAGED = "The link is cut off or damaged, and was not read. Ask for it once more.";

/** @returns {Promise<boolean | string>} whether the address carried a preview, which is then on the page; or why it is not */
const unpack = async () => {
  const fragment = location.hash.slice(1);
  if (!fragment.startsWith(VERSION)) return false;
  try {
    const binary = atob(fragment.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const said = JSON.parse(new TextDecoder().decode(await pass(packed, new DecompressionStream("deflate-raw"))));
    if (typeof said.text !== "string") return DAMAGED;
    text.value = said.text;
    chosen = {
      device: said.device in DEVICES ? said.device : "phone",
      scheme: said.scheme === "dark" ? "dark" : "light",
      ...(typeof said.language === "string" && { language: said.language }),
      ...(typeof said.mode === "string" && { mode: said.mode }),
      ...(Number.isInteger(said.branch) && { branch: said.branch }),
    };
    return true;
  } catch {
    return DAMAGED;
  }
};

// --- What the reader does ------------------------------------------------------------------------------------------------

/** @param {string} written a whole other survey */
const open = (written) => {
  notice = "";
  text.value = written;
  text.scrollTop = 0;
  for (const name of /** @type {const} */ (["language", "mode", "branch"])) delete chosen[name];
  read();
};

/** @param {string} name */
const example = async (name) => {
  const answer = await fetch(`/preview/examples/${name}.json`);
  if (!answer.ok) return tell(`The example could not be loaded (${answer.status}); reload the page to try again.`);
  open(await answer.text());
};

/** Marks what is chosen in the rows of buttons. */
const pick = () => {
  for (const name of /** @type {const} */ (["device", "scheme"])) {
    const input = document.querySelector(`input[name="${name}"][value="${chosen[name]}"]`);
    if (input instanceof HTMLInputElement) input.checked = true;
  }
  fit();
};

const examples = /** @type {HTMLSelectElement} */ (the("example"));
examples.append(new Option("an example", ""), ...EXAMPLES.map(([name, title]) => new Option(title, name)));
examples.addEventListener("change", () => {
  const { value } = examples;
  examples.value = "";
  if (value) example(value);
});

const file = /** @type {HTMLInputElement} */ (the("file"));
file.addEventListener("change", async () => {
  const [given] = file.files ?? [];
  if (given) open(await given.text());
  file.value = "";
});

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
text.addEventListener("input", () => {
  notice = "";
  clearTimeout(pause);
  pause = setTimeout(read, 300);
});
text.addEventListener("scroll", follow, { passive: true });

for (const name of /** @type {const} */ (["device", "scheme", "language", "mode", "branch"])) {
  the(name).addEventListener("change", ({ target }) => {
    const { value } = /** @type {HTMLInputElement | HTMLSelectElement} */ (target);
    if (name === "branch") {
      if (value) chosen.branch = Number(value);
      else delete chosen.branch;
    } else chosen[name] = value;
    fit();
    read();
  });
}
the("again").addEventListener("click", () => seen && show(seen, true));
copies();
addEventListener("hashchange", async () => {
  const carried = await unpack();
  if (carried === true) {
    notice = "";
    pick();
    read();
  } else if (carried) {
    notice = carried;
    read();
  }
});
new ResizeObserver(fit).observe(the("stage"));
addEventListener("resize", fit);

try {
  await init({ module_or_path: "/preview/candor-preview.wasm" });
  const carried = await unpack();
  pick();
  if (carried === true) {
    read();
  } else {
    await example(EXAMPLES[0][0]);
    notice = carried || "";
    read();
  }
  post({ say: "hello" });
} catch (error) {
  the("problem").textContent =
    `The preview could not start (${error instanceof Error ? error.message : error}). ` +
    "It needs a current Chromium, Firefox or Safari that may run WebAssembly; reload the page to try again.";
}
