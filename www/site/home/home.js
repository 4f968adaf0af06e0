// The home page's moving parts: the addresses it was given, the tag to copy, what the widget weighs, and the export.
// It touches this page, its own server and the clipboard; the export token lives in one variable and nowhere else.

import { copies } from "./copy.js";

/** An id as FORMATS.md has it. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** @template {HTMLElement} T @param {string} id @returns {T} the element with this id, which index.html has */
const the = (id) => /** @type {T} */ (document.getElementById(id));

// --- What the address brought: #token=…&shop=… -------------------------------------------------------------------------

/** The export token, or "" when there is none. */
let token = "";

/** Takes the token out of the address, shows the way to the shop if there is one, and leaves other hashes alone. */
function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.has("token") && !given.has("shop")) return;
  token = given.get("token") ?? "";
  given.delete("token");
  // A reload then has no token and says so, but still knows the shop.
  const rest = given.size ? `#${given}` : "";
  history.replaceState(null, "", location.pathname + location.search + rest);
  const shop = given.get("shop") ?? "";
  if (/^https?:\/\//.test(shop)) {
    const link = /** @type {HTMLAnchorElement} */ (the("shop"));
    link.href = shop;
    link.hidden = false;
  }
}

/** Shows the token field, or the sentence that says a token is held. */
function showToken() {
  the("token-held").hidden = !token;
  the("token-field").hidden = Boolean(token);
}

// --- The survey's id and the tag ---------------------------------------------------------------------------------------

const surveyFields = /** @type {HTMLInputElement[]} */ ([the("embed-survey"), the("export-survey")]);

/** The survey's id as typed. */
const survey = () => surveyFields[0].value.trim();

/** Writes the tag and the policy for this server, and says when the id is none. */
function writeTag() {
  const known = ID.test(survey());
  for (const field of surveyFields) field.setAttribute("aria-invalid", String(!known));
  the("embed-survey-wrong").textContent = known ? "" : "An id has 1 to 64 letters, digits, hyphens and underscores.";
  if (known) {
    the("tag").textContent = `<script async src="${location.origin}/candor.js" data-survey="${survey()}"></script>`;
  }
  the("policy").textContent = `script-src ${location.origin} 'wasm-unsafe-eval'; connect-src ${location.origin}`;
}

// --- What the widget weighs --------------------------------------------------------------------------------------------

const PARTS = [
  { who: "Every visitor", file: "candor.js" },
  { who: "One who is drawn", file: "candor-ask.js" },
  { who: "One who is asked", file: "candor-widget.js" },
  { who: "One who is asked", file: "candor-widget.wasm" },
];

/** @param {string} file @returns {Promise<number>} the bytes of its body as they came over the wire, compressed */
async function weigh(file) {
  const url = new URL(`/${file}`, location.origin).href;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  await answer.arrayBuffer();
  // The entry is queued when the body has ended, which can be a moment after our last read.
  for (let tries = 0; tries < 20; tries++) {
    const entry = /** @type {PerformanceResourceTiming | undefined} */ (performance.getEntriesByName(url).at(-1));
    if (entry?.encodedBodySize) return entry.encodedBodySize;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${file}: the browser does not tell`);
}

/** Fills the table of weights; without them, the sentence below it stands alone. */
async function showWeights() {
  const sizes = await Promise.all(PARTS.map(({ file }) => weigh(file)));
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const row = (/** @type {string} */ who, /** @type {string} */ what, /** @type {number} */ bytes) => {
    const line = document.createElement("tr");
    const [head, name, size] = [document.createElement("th"), document.createElement("td"), document.createElement("td")];
    head.scope = "row";
    head.textContent = who;
    name.textContent = what;
    size.textContent = number.format(bytes);
    size.className = "n";
    line.append(head, name, size);
    return line;
  };
  const table = the("weights");
  table.querySelector("tbody")?.append(...PARTS.map(({ who, file }, i) => row(who, file, sizes[i])));
  const foot = document.createElement("tfoot");
  foot.append(row("A survey shown", "all of them", sizes.reduce((sum, size) => sum + size, 0)));
  table.append(foot);
  table.hidden = false;
}

// --- The export --------------------------------------------------------------------------------------------------------

/** Something to tell the reader instead of a file. */
class Refusal extends Error {}

/** @param {string} format @returns {Promise<Response>} the export, once the server has granted it */
async function request(format) {
  const query = new URLSearchParams({ survey: survey(), format });
  let answer;
  try {
    answer = await fetch(`/v1/export?${query}`, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  } catch {
    throw new Refusal("The collector does not answer. Check that candor is running, then try again.");
  }
  if (answer.ok) return answer;
  if (answer.status === 401 || answer.status === 403) {
    token = "";
    throw new Refusal("The collector does not know this token: it is mistyped, revoked, or from an earlier start. Paste another above.");
  }
  if (answer.status === 404) {
    throw new Refusal(`The collector has no survey called “${survey()}”. Check its id, or add its file to the surveys folder.`);
  }
  const said = await answer.json().then((body) => body?.error?.message, () => undefined);
  throw new Refusal(`The collector refused with status ${answer.status}${said ? `: ${said}` : ""}.`);
}

/** @returns {Promise<boolean>} whether the survey has any response; stops reading at the first */
async function anyResponse() {
  const reader = (await request("ndjson")).body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (reader) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? (done ? "\n" : ""))).split("\n");
    rest = lines.pop() ?? "";
    if (lines.some((line) => line.trim() && "answers" in JSON.parse(line))) {
      await reader.cancel();
      return true;
    }
    if (done) break;
  }
  return false;
}

/** @param {string} format @returns {Promise<string>} what happened, as a sentence */
async function save(format) {
  if (!ID.test(survey())) throw new Refusal("The survey’s id has 1 to 64 letters, digits, hyphens and underscores.");
  if (!token) throw new Refusal("Paste an export token above first.");
  if (!/^[!-~]+$/.test(token)) {
    token = "";
    throw new Refusal("That is no token: it has letters, digits and signs, and no spaces. Paste it again above.");
  }
  if (!(await anyResponse())) {
    return `Nothing was collected for “${survey()}” yet. Answer it once, then come back; no file was saved.`;
  }
  const file = await (await request(format)).blob();
  const link = document.createElement("a");
  const day = new Date().toISOString().slice(0, 10);
  link.download = `candor-${survey()}-${day}.${format === "csv" ? "zip" : "ndjson"}`;
  link.href = URL.createObjectURL(file);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  const size = new Intl.NumberFormat(document.documentElement.lang).format(file.size);
  const next = format === "csv" ? "Unpack it; the analyzer opens the responses.csv inside." : "Open it in the analyzer.";
  return `Saved ${link.download} (${size} bytes). ${next}`;
}

let saving = false;

/** @param {SubmitEvent} event downloads in the format of the button that was pressed */
async function download(event) {
  event.preventDefault();
  if (saving) return;
  saving = true;
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (the("export-form").querySelectorAll("button[name=format]"));
  const format = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value ?? "ndjson";
  const typed = /** @type {HTMLInputElement} */ (the("token"));
  const outcome = the("outcome");
  token ||= typed.value.trim();
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  outcome.classList.remove("failed");
  outcome.textContent = "Asking the collector …";
  try {
    outcome.textContent = await save(format);
    typed.value = "";
    if (document.activeElement === typed) buttons[0].focus();
    showToken();
  } catch (error) {
    outcome.classList.add("failed");
    outcome.textContent = error instanceof Refusal ? error.message : "The export broke off. Try again; nothing was lost.";
    showToken();
    if (!token) typed.focus();
  }
  buttons.forEach((button) => button.removeAttribute("aria-disabled"));
  saving = false;
}

// --- Start -------------------------------------------------------------------------------------------------------------

readAddress();
showToken();
writeTag();
for (const field of surveyFields) {
  field.addEventListener("input", () => {
    for (const other of surveyFields) if (other !== field) other.value = field.value;
    writeTag();
  });
}
copies();
the("export-form").addEventListener("submit", download);
the("other-token").addEventListener("click", () => {
  token = "";
  showToken();
  the("token").focus();
});
showWeights().catch(() => {});
