// Brings responses to the collector: at once, again after a while, and once more as the page goes away. It may touch the
// network and the outbox.

import { remember, settle, undelivered } from "./outbox.js";

/** @typedef {import("./outbox.js").Mail} Mail */
/** @typedef {[mail: Mail, refusal?: string]} Settled What became of a mail: delivered, or refused and why. */

/** Bytes in one request: beacons and keepalive requests share 65,536, and lines must not fill it to the brim. */
const BATCH_BYTES = 60_000;
/** Mails looked at in one pass. */
const BATCH_MAILS = 200;
/** Milliseconds for the collector to answer in. */
const PATIENCE_MS = 15_000;
/** The longest that a collector may ask us to wait, in milliseconds; more is a mistake. */
const LONGEST_WAIT_MS = 3_600_000;

/** @type {Mail[]} What only this page knows of, because nothing may be kept on the device. */
let unkept = [];
/** @type {Mail[]} What is in the outbox, as far as this page knows. */
let kept = [];
/** Whether there is an outbox to look into. Looking would make one, so that nobody looks before. */
let outbox = false;
/** Until when a collector asked to be left alone. */
let waitUntil = 0;
/** Whether a delivery is under way, and whether another was asked for meanwhile. */
let running = false;
let again = false;
/** Deliveries in a row that left something over. */
let tries = 0;
let timer = 0;

/**
 * Milliseconds to wait before trying again: 2 s doubled each time up to 5 minutes, of which a share from a half to the whole
 * by chance, so that a crowd does not come back all at once.
 *
 * @param {number} tries
 */
export const backoff = (tries) => Math.min(2000 * 2 ** tries, 300_000) * (0.5 + Math.random() / 2);

/** @param {Mail} mail */
const bytes = (mail) => new TextEncoder().encode(mail.line).length + 1;

/**
 * The next mails that can travel together: to one collector, within the size of a request, at least one.
 *
 * @param {Mail[]} mails
 * @param {boolean} alone
 */
const batch = (mails, alone) => {
  let size = bytes(mails[0]);
  let n = 1;
  while (!alone && mails[n] && mails[n].to === mails[0].to && (size += bytes(mails[n])) <= BATCH_BYTES) n++;
  return mails.slice(0, n);
};

/** @param {Mail[]} mails */
const url = (mails) => mails[0].to + "/v1/responses";
/** @param {Mail[]} mails */
const body = (mails) => mails.map((mail) => mail.line + "\n").join("");

/**
 * What the collector's answer means for the lines that were sent: for each, `+` delivered (stored, a duplicate, or
 * superseded), `-` and the reason refused, empty when nobody knows; `!` and the reason when the whole request was refused;
 * nothing at all for "later". What is not plainly the collector speaking (HTML from a captive portal, half a body, an error
 * of a proxy) means "later".
 *
 * @param {number} status
 * @param {string} body
 * @param {number} lines
 * @returns {Promise<string[]>}
 */
export const verdict = async (status, body, lines) => {
  // Not JSON.parse: an old library may have put its own there.
  const said = await new Response(body).json().catch(() => undefined);
  const reason = (/** @type {any} */ of, /** @type {string | number} */ what) => {
    const { code, path, message } = of?.error || {};
    return [what, code, path, message].filter(Boolean).join(": ");
  };
  if ([400, 403, 413, 415, 422].includes(status)) return ["!" + reason(said, status)];
  if (status !== 200 || !Array.isArray(said?.results)) return [];
  const fates = [];
  for (let line = 1; line <= lines; line++) {
    const result = said.results.find((/** @type {any} */ result) => result?.line === line);
    const fate = result?.status;
    fates.push(/^(stored|duplicate|superseded)$/.test(fate) ? "+" : /^(conflict|rejected)$/.test(fate) ? "-" + reason(result, fate) : "");
  }
  return fates;
};

/**
 * Sends these mails, which are all for one collector, in one request.
 *
 * @param {Mail[]} mails
 * @returns {Promise<string[]>} The verdict.
 */
const send = async (mails) => {
  try {
    const answer = await fetch(url(mails), /** @type {any} */ ({
      __proto__: null,
      method: "POST",
      body: body(mails),
      credentials: "omit",
      // What may outlive the page must stay within the quota; a larger one takes its chance while the page lives.
      keepalive: mails.length > 1 || bytes(mails[0]) <= BATCH_BYTES,
      signal: AbortSignal.timeout(PATIENCE_MS),
    }));
    const after = answer.headers.get("Retry-After");
    if (after && (answer.status === 429 || answer.status === 503)) {
      // Seconds, or a date; whatever is neither compares as nothing.
      const until = /^\d+$/.test(after) ? Date.now() + +after * 1000 : Date.parse(after);
      if (until > Date.now()) {
        waitUntil = Math.min(until, Date.now() + LONGEST_WAIT_MS);
        if (outbox) await remember("wait", waitUntil);
      }
    }
    return verdict(answer.status, await answer.text(), mails.length);
  } catch {
    // No network, or nobody there, or an answer that broke off: the console has said so already.
    return [];
  }
};

/**
 * Sends what there is, once.
 *
 * @param {Settled[]} all Where what was settled is added.
 */
const pass = async (all) => {
  if (outbox) {
    const known = kept;
    const [found, until] = await undelivered(BATCH_MAILS);
    // What was kept while we read is in the outbox too, and not in what we read.
    kept = found.concat(kept.filter((mail) => !known.includes(mail)));
    again ||= found.length === BATCH_MAILS;
    waitUntil = Math.max(waitUntil, until);
  }
  const wait = waitUntil - Date.now();
  if (wait > 0 && wait <= LONGEST_WAIT_MS) return;
  let rest = [...unkept, ...kept];
  let alone = 0;
  /** @type {string[]} */
  const silent = [];
  while (rest.length) {
    const now = batch(rest, alone > 0);
    const fates = silent.includes(now[0].to) ? [] : await send(now);
    if (fates[0]?.[0] === "!" && now.length > 1) {
      // One bad letter must not condemn its neighbors.
      alone = now.length;
      continue;
    }
    alone--;
    rest = rest.slice(now.length);
    if (!fates.length) silent.push(now[0].to);
    /** @type {Settled[]} */
    const settled = [];
    fates.forEach((fate, i) => {
      if (fate === "+") settled.push([now[i]]);
      else if (fate) settled.push([now[i], fate.slice(1)]);
    });
    if (!settled.length) continue;
    for (const [mail, why] of settled) if (why) console.warn(`candor: ${mail.to} refused a response: ${why}`);
    all.push(...settled);
    const left = (/** @type {Mail} */ mail) => !settled.some(([gone]) => gone.key === mail.key);
    const before = kept.length;
    unkept = unkept.filter(left);
    kept = kept.filter(left);
    if (kept.length < before) await settle(settled);
  }
};

/**
 * Sends everything that is undelivered, now, and comes back later for what is left.
 *
 * @param {(settled: Settled[]) => void} tried Hears what was settled, each time that something was tried.
 */
export const deliver = async (tried) => {
  if (running) {
    again = true;
    return;
  }
  running = true;
  listen(() => deliver(tried));
  /** @type {Settled[]} */
  const settled = [];
  do {
    again = false;
    const work = () => pass(settled).catch((error) => console.warn("candor:", error));
    // The outbox is everybody's: one tab drains it at a time. Where there are no locks (an insecure page) two may send
    // the same response, which the collector calls a duplicate.
    await (outbox && navigator.locks ? navigator.locks.request("candor-outbox", work) : work());
  } while (again);
  running = false;
  clearTimeout(timer);
  if (kept.length || unkept.length) {
    const told = Math.min(Math.max(waitUntil - Date.now(), 0), LONGEST_WAIT_MS);
    timer = setTimeout(() => deliver(tried), told + backoff(tries++));
  } else {
    tries = 0;
    listening?.abort();
    listening = undefined;
  }
  tried(settled);
};

/**
 * Takes charge of a mail, which is in the outbox or only here: it is sent by [deliver], and tried until it is. It takes the
 * place of earlier parts of the same response.
 *
 * @param {Mail} mail
 * @param {boolean} isKept
 */
export const entrust = (mail, isKept) => {
  outbox ||= isKept;
  const others = (/** @type {Mail} */ other) => other.key.slice(0, 36) !== mail.key.slice(0, 36);
  unkept = unkept.filter(others);
  kept = kept.filter(others);
  (isKept ? kept : unkept).push(mail);
};

/** There is an outbox that an earlier visit left behind. */
export const found = () => {
  outbox = true;
};

/**
 * The page goes away: a beacon for each collector. What is kept stays in the outbox until its delivery is known, and a
 * collector that gets it twice calls it a duplicate.
 *
 * @param {Mail[]} mails
 */
export const leaves = (mails) => {
  if (waitUntil > Date.now()) return;
  for (let rest = mails; rest.length; ) {
    const now = batch(rest, false);
    navigator.sendBeacon(url(now), body(now));
    rest = rest.slice(now.length);
  }
};

/** @type {AbortController | undefined} Ends the hearing of the page and the network. */
let listening;

/** @param {() => void} retry */
const listen = (retry) => {
  if (listening) return;
  listening = new AbortController();
  const { signal } = listening;
  addEventListener("online", retry, { signal });
  addEventListener("pagehide", () => leaves([...unkept, ...kept]), { signal });
};
