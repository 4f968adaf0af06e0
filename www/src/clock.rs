//! The collector's clock. The one place in this crate that asks the system for the time of day.

use candor_survey::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time now, in milliseconds since 1970.
pub fn now() -> Time {
    let ms = |d: std::time::Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
    Time(match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    })
}
