//! How often one address may send: a generous limit that stops a loop gone wild, and no visitor. It keeps addresses in
//! memory only, for at most a minute after their last request, and never writes one down.
//!
//! The limit is the generic cell rate algorithm (ITU-T I.371): for each address one moment, at which it will have been
//! quiet for long enough to start afresh.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Requests a minute from one address unless `--rate` says otherwise.
pub const DEFAULT: u32 = 6000;

/// The limit and who is how far into it.
pub struct Rate {
    per_minute: u32,
    seen: Mutex<Seen>,
}

struct Seen {
    until: HashMap<IpAddr, Instant>,
    /// The number of addresses from which on the quiet ones are forgotten.
    crowd: usize,
}

const MINUTE: Duration = Duration::from_secs(60);

/// The least that [`Seen::crowd`] is.
const CROWD: usize = 10_000;

impl Rate {
    /// At most `per_minute` requests a minute from one address; 0 is no limit.
    pub fn new(per_minute: u32) -> Rate {
        let seen = Seen { until: HashMap::new(), crowd: CROWD };
        Rate { per_minute, seen: Mutex::new(seen) }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// Seconds until the next one is taken, at least 1.
    pub fn count(&self, address: IpAddr, now: Instant) -> Result<(), u32> {
        let address = neighborhood(address);
        // What comes over the loopback is this machine's own, or a proxy that speaks for everybody.
        if self.per_minute == 0 || address.is_loopback() {
            return Ok(());
        }
        let each = MINUTE / self.per_minute;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.until.len() >= seen.crowd {
            seen.until.retain(|_, quiet| *quiet > now);
            seen.crowd = CROWD.max(2 * seen.until.len());
        }
        let quiet = seen.until.entry(address).or_insert(now);
        let next = (*quiet).max(now) + each;
        let over = next.saturating_duration_since(now + MINUTE);
        if over.is_zero() {
            *quiet = next;
            Ok(())
        } else {
            Err(u32::try_from(over.as_millis().div_ceil(1000)).unwrap_or(u32::MAX))
        }
    }
}

/// One IPv6 customer has at least a /64 to himself, and every address of it counts as his.
fn neighborhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_may_send_its_minute_at_once_and_then_waits() {
        let rate = Rate::new(60);
        let start = Instant::now();
        let one = address("203.0.113.7");
        for _ in 0..60 {
            assert_eq!(rate.count(one, start), Ok(()));
        }
        assert_eq!(rate.count(one, start), Err(1));
        assert_eq!(rate.count(address("203.0.113.8"), start), Ok(()), "another address has its own");
        assert_eq!(rate.count(one, start + Duration::from_secs(1)), Ok(()), "a second gives one back");
        assert!(rate.count(one, start + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn a_network_of_ipv6_addresses_counts_as_one() {
        let rate = Rate::new(1);
        let now = Instant::now();
        assert_eq!(rate.count(address("2001:db8:1:2::1"), now), Ok(()));
        assert!(rate.count(address("2001:db8:1:2:ffff::9"), now).is_err());
        assert_eq!(rate.count(address("2001:db8:1:3::1"), now), Ok(()));
    }

    #[test]
    fn this_machine_and_a_limit_of_zero_are_never_refused() {
        let now = Instant::now();
        let (one, none) = (Rate::new(1), Rate::new(0));
        for _ in 0..5 {
            assert_eq!(one.count(address("127.0.0.1"), now), Ok(()));
            assert_eq!(one.count(address("::ffff:127.0.0.1"), now), Ok(()));
            assert_eq!(none.count(address("203.0.113.7"), now), Ok(()));
        }
    }

    #[test]
    fn addresses_that_are_quiet_again_are_forgotten() {
        let rate = Rate::new(60);
        let start = Instant::now();
        for n in 0..CROWD as u32 {
            rate.count(IpAddr::V4((0xCB00_7100 + n).into()), start).unwrap();
        }
        rate.count(address("198.51.100.1"), start + Duration::from_secs(2)).unwrap();
        assert_eq!(rate.seen.lock().unwrap().until.len(), 1);
    }
}
