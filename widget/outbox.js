// What is kept on this device, in the page's IndexedDB database `candor`: responses not yet delivered, those that were
// refused, and what must be remembered between visits. Nothing here asks whether anything *may* be kept; callers do.
//
// | store    | key                  | value                                                                            |
// |----------|----------------------|----------------------------------------------------------------------------------|
// | `outbox` | `<id>/<1e6 + seq>`   | a Mail                                                                           |
// | `dead`   | `<id>/<1e6 + seq>`   | a Mail with `why`: it can never be delivered, and is kept for whoever comes looking |
// | `device` | `asked:<survey>`     | when this visitor last answered or dismissed it, in milliseconds since 1970      |
// |          | `asked`              | the same for any survey                                                          |
// |          | `draft:<survey>`     | what was answered and not yet sent (survey.js, Draft), as JSON                   |
// |          | `answers:<endpoint>` | `[local day since 1970, responses on it, responses ever]`                        |
// |          | `wait`               | until when a collector asked to be left alone, in milliseconds since 1970        |

/**
 * A response on its way.
 *
 * @typedef {object} Mail
 * @property {string} key The response's id and a million more than its seq, so that keys sort: never two of a kind.
 * @property {string} to The collector's address.
 * @property {string} line The response: one line of JSON.
 */
/** @typedef {"outbox" | "dead" | "device"} StoreName */

/**
 * Milliseconds for the browser to open the database or finish a write. Storage that is blocked can hang for ever, and a
 * visitor who waits longer is better served by a submission over the network.
 */
const PATIENCE_MS = 4000;

/**
 * @template T
 * @param {(kept: (value: T) => void, broken: (error: unknown) => void) => void} settle
 * @returns {Promise<T>}
 */
const within = (settle) =>
  new Promise((kept, broken) => {
    const timer = setTimeout(() => broken(new Error("the browser's storage did not answer in time")), PATIENCE_MS);
    const then = (/** @type {(value: any) => void} */ go) => (/** @type {any} */ value) => {
      clearTimeout(timer);
      go(value);
    };
    settle(then(kept), then(broken));
  });

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const done = (request) =>
  within((kept, broken) => {
    request.onsuccess = () => kept(request.result);
    request.onerror = () => broken(request.error);
  });

/**
 * Does something in one transaction, and returns once it is *on disk*, which is what lets us say thank you. Opens the
 * database, making it first where there is none, and closes it again so that nobody waits for us.
 *
 * @template T
 * @param {StoreName[]} names
 * @param {(stores: IDBObjectStore[]) => T | Promise<T>} work
 * @returns {Promise<T>}
 */
const transact = async (names, work) => {
  const opening = indexedDB.open("candor", 1);
  opening.onupgradeneeded = () => {
    for (const name of ["outbox", "dead", "device"]) opening.result.createObjectStore(name);
  };
  const database = await done(opening).catch((error) => {
    // It may open yet, and must not stay so.
    opening.onsuccess = () => opening.result.close();
    throw error;
  });
  try {
    const transaction = database.transaction(names, "readwrite", { durability: "strict" });
    /** @type {Promise<void>} */
    const completed = within((kept, broken) => {
      transaction.oncomplete = () => kept();
      transaction.onabort = () => broken(transaction.error);
    });
    const result = await work(names.map((name) => transaction.objectStore(name)));
    await completed;
    return result;
  } finally {
    database.close();
  }
};

/**
 * Writes a response down, and counts it, and forgets the draft and the parts of it that wait: all or nothing.
 *
 * @param {string} to The collector.
 * @param {string} survey
 * @param {boolean} count Whether it counts; a test does not.
 * @param {(today: number, all: number) => Mail} write Makes the mail from the numbers of responses from this device
 *   before it, that day and ever.
 */
export const keep = (to, survey, count, write) =>
  transact(["outbox", "device"], async ([outbox, device]) => {
    const now = new Date();
    const day = Math.floor((now.getTime() - now.getTimezoneOffset() * 60_000) / 86_400_000);
    const [last, thatDay, all] = (await done(device.get("answers:" + to))) || [day, 0, 0];
    const today = last === day ? thatDay : 0;
    const mail = write(today, all);
    outbox.delete(partsOf(mail));
    outbox.put(mail, mail.key);
    device.delete("draft:" + survey);
    if (count) {
      device.put([day, today + 1, all + 1], "answers:" + to);
      asked(device, survey, now.getTime());
    }
  });

/** @param {Mail} mail The keys of what an earlier `seq` of the same response may have left. */
const partsOf = ({ key }) => IDBKeyRange.bound(key.slice(0, 37), key, false, true);

/** @param {IDBObjectStore} device @param {string} survey @param {number} now */
const asked = (device, survey, now) => {
  device.put(now, "asked:" + survey);
  device.put(now, "asked");
};

/** Writes the response so far down, in the place of an earlier part of it. @param {Mail} mail */
export const keepPart = (mail) =>
  transact(["outbox"], ([outbox]) => {
    outbox.delete(partsOf(mail));
    outbox.put(mail, mail.key);
  });

/** The visitor dismissed a survey, now. @param {string} survey */
export const dismissed = (survey) => transact(["device"], ([device]) => asked(device, survey, Date.now()));

/** Remembers something. @param {string} key @param {number | string} value */
export const remember = (key, value) => transact(["device"], ([device]) => void device.put(value, key));

/** What was remembered. @param {string} key */
export const recall = (key) => transact(["device"], ([device]) => done(device.get(key)));

/** Whether an earlier visit left anything: opening the database would make it. */
export const exists = async () => (await indexedDB.databases()).some(({ name }) => name === "candor");

/** Erases everything. */
export const forget = () => done(indexedDB.deleteDatabase("candor"));

/**
 * What is undelivered, oldest first (version 7 ids sort by time), at most `limit`; and until when a collector asked to be
 * left alone.
 *
 * @param {number} limit
 * @returns {Promise<[Mail[], number]>}
 */
export const undelivered = (limit) =>
  transact(["outbox", "device"], async ([outbox, device]) => {
    const mails = done(outbox.getAll(null, limit));
    return [await mails, (await done(device.get("wait"))) || 0];
  });

/**
 * Takes mail out that was delivered, and over to the dead letters what was refused.
 *
 * @param {[mail: Mail, refusal?: string][]} settled
 */
export const settle = (settled) =>
  transact(["outbox", "dead"], ([outbox, dead]) => {
    for (const [mail, why] of settled) {
      if (why) dead.put({ ...mail, why }, mail.key);
      outbox.delete(mail.key);
    }
  });
