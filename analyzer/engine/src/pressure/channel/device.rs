//! Device: one device that answers for many. It reads how many responses came from devices that had already answered again and
//! again that day (`candor_survey::evidence::DEVICE_DAY` times), kiosks left out: they stand where customers pass.
//!
//! Counts against the usual rate and its honest spread ([`super::Rates`]). The effect is such responses beyond the usual number.
//!
//! Trap: a shared device that nobody marked as a kiosk looks the same, and is no guilt; the two-family rule stands before it.

use super::{Channel, Family, Usual, about, counted, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::report::grouped;

/// The channel.
pub struct Device;

impl Channel for Device {
    fn name(&self) -> &'static str {
        "device"
    }
    fn title(&self) -> &'static str {
        "One device that answers for many"
    }
    fn test(&self) -> &'static str {
        "Count against the usual rate; Poisson-lognormal over the units, mid-p"
    }
    fn family(&self) -> Family {
        Family::Moment
    }
    fn alternative(&self) -> &'static str {
        "A shared device at a counter does the same; mark it as a kiosk."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        if units.iter().all(|unit| unit.devices.n == 0) {
            return Err(Absent::NoSignals);
        }
        counted(
            units,
            odds,
            |unit| Ok((unit.devices.top, enough(unit.devices.n)? as f64)),
            |unit, again, expected| {
                let n = unit.devices.n;
                let sentence = format!(
                    "{} of {} responses came from a device that had already answered three times or more that day; \
                     {} would be usual.",
                    grouped(again),
                    grouped(n),
                    about(expected)
                );
                (again as f64 - expected, n, sentence)
            },
        )
    }
}
