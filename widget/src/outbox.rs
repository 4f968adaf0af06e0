//! What is kept on this device, in the page's IndexedDB database `candor`: responses not yet delivered, those that were
//! refused, and what must be remembered between visits. Nothing here asks whether anything *may* be kept; callers do.
//!
//! | store | key | value |
//! |---|---|---|
//! | `outbox` | `<id>/<seq>` | `{key, to, line}`: the collector's address and the response, one line of JSON |
//! | `dead` | `<id>/<seq>` | the same with `why`: what can never be delivered, kept for whoever comes looking |
//! | `device` | `asked:<survey>` | when this visitor last answered or dismissed it, in milliseconds since 1970 |
//! | | `answers:<endpoint>` | `[local day, responses on it, responses ever]` |
//! | | `wait` | when a collector will have us again (`Retry-After`), in milliseconds since 1970 |

use crate::deliver::Fate;
use crate::dom::{Outcome, Trouble, object, window, within};
use crate::visit::Draft;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{IdbObjectStore, IdbRequest, IdbTransaction};

const DATABASE: &str = "candor";
const OUTBOX: &str = "outbox";
const DEAD: &str = "dead";
const DEVICE: &str = "device";

/// Milliseconds for the browser to open the database or finish a write. Storage that is blocked can hang for ever, and
/// a visitor who waits longer is better served by a submission over the network.
const PATIENCE_MS: i32 = 4000;

/// A response on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mail {
    /// `<id>/<seq>`: never two of a kind.
    pub(crate) key: String,
    /// The collector's address.
    pub(crate) to: String,
    /// The response: one line of JSON.
    pub(crate) line: String,
}

/// How often this device has answered before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    /// The local day, counted from 1970-01-01.
    pub(crate) day: i64,
    /// Responses on that day, and ever.
    pub(crate) today: u32,
    pub(crate) all: u32,
}

impl Counts {
    /// The counts as they stand on `day`: what was counted on another is not of today.
    pub(crate) fn on(self, day: i64) -> Counts {
        Counts { day, today: if self.day == day { self.today } else { 0 }, all: self.all }
    }
}

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`, whose transactions take options (web-sys calls them unstable; every browser has them).
    type Database;

    #[wasm_bindgen(method, catch, js_name = createObjectStore)]
    fn create(this: &Database, name: &str) -> Result<IdbObjectStore, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Database,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;

    #[wasm_bindgen(method)]
    fn close(this: &Database);
}

/// The database, closed when this is dropped so that nobody waits for us.
struct Store(Database);

impl Drop for Store {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Settles when the request does.
async fn done(request: &IdbRequest) -> Outcome<JsValue> {
    let settle = Promise::new(&mut |kept: Function, broken: Function| {
        request.set_onsuccess(Some(&kept));
        request.set_onerror(Some(&broken));
    });
    match within(PATIENCE_MS, settle).await {
        Ok(_) => Ok(request.result()?),
        Err(trouble) => Err(request.error().ok().flatten().map_or(trouble, |e| Trouble(e.into()))),
    }
}

/// Settles when everything in the transaction is on disk, which is what lets us say thank you.
async fn completed(transaction: &IdbTransaction) -> Outcome {
    let settle = Promise::new(&mut |kept: Function, broken: Function| {
        transaction.set_oncomplete(Some(&kept));
        transaction.set_onabort(Some(&broken));
    });
    match within(PATIENCE_MS, settle).await {
        Ok(_) => Ok(()),
        Err(trouble) => Err(transaction.error().map_or(trouble, |e| Trouble(e.into()))),
    }
}

/// Opens the database, making it first where there is none.
async fn open() -> Outcome<Store> {
    let factory = window().indexed_db()?.ok_or("this browser has no IndexedDB")?;
    let request = factory.open_with_u32(DATABASE, 1)?;
    let upgrade = {
        let request = request.clone();
        Closure::once(move || {
            // A store that cannot be made makes the opening fail, and that is where it is told.
            if let Ok(database) = request.result().map(JsCast::unchecked_into::<Database>) {
                for store in [OUTBOX, DEAD, DEVICE] {
                    let _ = database.create(store);
                }
            }
        })
    };
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let database = done(&request).await;
    request.set_onupgradeneeded(None);
    Ok(Store(database?.unchecked_into()))
}

impl Store {
    /// A transaction over these stores that only completes once it is on disk.
    fn begin(&self, stores: &[&str]) -> Outcome<IdbTransaction> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let strict = object(&[("durability", &"strict".into())])?;
        Ok(self.0.transaction(&names, "readwrite", &strict)?)
    }
}

fn put(store: &IdbObjectStore, key: &str, value: &JsValue) -> Outcome {
    store.put_with_key(value, &key.into())?;
    Ok(())
}

async fn read_counts(store: &IdbObjectStore, key: &str) -> Outcome<Counts> {
    let found = done(&store.get(&key.into())?).await?;
    if found.is_undefined() {
        return Ok(Counts::default());
    }
    let row: Array = found.unchecked_into();
    let number = |i| row.get(i).as_f64().unwrap_or(0.0);
    Ok(Counts { day: number(0) as i64, today: number(1) as u32, all: number(2) as u32 })
}

/// Writes a response down and counts it, both or neither, and returns once it is on disk. It is written from the counts of
/// the responses before it into `written`, which holds it even when keeping it fails. Tests are not counted.
pub(crate) async fn keep(draft: &mut Draft, written: &mut Option<Mail>) -> Outcome {
    let (test, now, day) = draft.occasion();
    let store = open().await?;
    let transaction = store.begin(&[OUTBOX, DEVICE])?;
    let device = transaction.object_store(DEVICE)?;
    let key = ["answers:", &draft.to].concat();
    let before = read_counts(&device, &key).await?.on(day);
    let mail = &*written.insert(draft.mail(Some(before)));
    put(&transaction.object_store(OUTBOX)?, &mail.key, &mail.object(&[])?.into())?;
    if !test {
        let row = [day as f64, f64::from(before.today + 1), f64::from(before.all + 1)];
        let row: Array = row.into_iter().map(JsValue::from_f64).collect();
        put(&device, &key, &row)?;
        put(&device, &["asked:", draft.survey()].concat(), &(now as f64).into())?;
    }
    completed(&transaction).await
}

/// Remembers a number, such as a time in milliseconds since 1970, under `key`.
pub(crate) async fn remember(key: &str, value: f64) -> Outcome {
    let store = open().await?;
    let transaction = store.begin(&[DEVICE])?;
    put(&transaction.object_store(DEVICE)?, key, &value.into())?;
    completed(&transaction).await
}

/// What is undelivered, oldest first (version 7 ids sort by time), at most `limit`; and until when the collector asked
/// to be left alone.
pub(crate) async fn undelivered(limit: u32) -> Outcome<(Vec<Mail>, f64)> {
    let store = open().await?;
    let transaction = store.begin(&[OUTBOX, DEVICE])?;
    let wait = transaction.object_store(DEVICE)?.get(&"wait".into())?;
    let mails = transaction.object_store(OUTBOX)?.get_all_with_key_and_limit(&JsValue::UNDEFINED, limit)?;
    // Requests of one transaction are answered in order: when the second is, the first has been.
    let mails: Array = done(&mails).await?.unchecked_into();
    let mails = mails.iter().filter_map(|value| Mail::from_object(&value)).collect();
    Ok((mails, wait.result()?.as_f64().unwrap_or(0.0)))
}

/// Takes delivered mail out, and what was refused over to the dead letters with the reason.
pub(crate) async fn settle(fates: &[(Mail, Fate)]) -> Outcome {
    let store = open().await?;
    let transaction = store.begin(&[OUTBOX, DEAD])?;
    let (outbox, dead) = (transaction.object_store(OUTBOX)?, transaction.object_store(DEAD)?);
    for (mail, fate) in fates {
        if let Fate::Refused(why) = fate {
            put(&dead, &mail.key, &mail.object(&[("why", &why.as_str().into())])?.into())?;
        }
        outbox.delete(&mail.key.as_str().into())?;
    }
    completed(&transaction).await
}

impl Mail {
    fn object(&self, more: &[(&str, &JsValue)]) -> Outcome<Object> {
        let (key, to, line): (JsValue, JsValue, JsValue) =
            (self.key.as_str().into(), self.to.as_str().into(), self.line.as_str().into());
        let mut fields = vec![("key", &key), ("to", &to), ("line", &line)];
        fields.extend_from_slice(more);
        object(&fields)
    }

    fn from_object(value: &JsValue) -> Option<Mail> {
        let field = |name: &str| Reflect::get(value, &name.into()).ok()?.as_string();
        Some(Mail { key: field("key")?, to: field("to")?, line: field("line")? })
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn a_new_day_starts_its_count_at_nothing_and_keeps_the_whole() {
        let before = Counts { day: 20_000, today: 3, all: 7 };
        assert_eq!(before.on(20_000), before);
        assert_eq!(before.on(20_001), Counts { day: 20_001, today: 0, all: 7 });
    }
}
