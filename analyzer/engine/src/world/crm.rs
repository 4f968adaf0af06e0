//! The customers of a world, and the table that a CRM would export of them: what they bring follows from what they feel, not from what they
//! gave, and from the kind of customer that they are. Their chances have a stream of their own, so that a world without its
//! customers is the same world.

use super::chance::Chance;
use super::{DAY, Drawn, Parameters, Unit, World, rating_at};
use candor_survey::Time;
use candor_survey::response::Source;
use std::fmt::Write;

/// What the stream of the customers is seeded with, beside the world's seed.
const CUSTOMERS: u64 = 0x6375_7374_6f6d_6572;

/// The share of answers whose page knew the customer, and of those that come from one who has answered before.
const KNOWN: f64 = 0.95;
const AGAIN: f64 = 0.06;
/// The share of customers whom the table has, and how many who did not answer stand in it beside one who did.
const LISTED: f64 = 0.9;
const SILENT: f64 = 1.5;
/// Customers of whom the table has two rows.
const TWICE: u32 = 4;

/// What a point of the scale goes with: revenue by point (log), and how much likelier leaving is by point (log).
const REVENUE_BY_POINT: f64 = 0.05;
const LEAVING_BY_POINT: f64 = 0.22;
/// The share of the happiest who leave.
const LEAVING: f64 = 0.02;
/// The log-spread of revenue within a segment.
const SPREAD: f64 = 0.8;

/// Kinds of customers: their share among those who feel an eight, how much likelier one is by point below it, and the median of what
/// they bring in a year.
const SEGMENTS: [(&str, f64, f64, f64); 3] = [
    ("Household", 0.72, 0.0, 190.0),
    ("Restaurant", 0.22, 0.015, 1400.0),
    ("Wholesale", 0.06, 0.012, 6500.0),
];

/// A customer of a world.
struct Customer {
    felt: u8,
    /// The day on which the last answer was given.
    day: i64,
}

/// The number of each response's customer, unit by unit; none where the page did not know.
pub(super) fn numbers(world: &World, units: &[(Unit, Vec<Drawn>)]) -> Vec<Vec<Option<u32>>> {
    let mut chance = Chance::new(world.seed ^ CUSTOMERS);
    let mut next = 0;
    let mut number = |drawn: &Drawn, met: &mut Vec<u32>| {
        // A kiosk knows nobody, and staff who fill surveys in have no customer.
        if drawn.staff || drawn.source == Source::Kiosk || !chance.happens(KNOWN) {
            return None;
        }
        if !met.is_empty() && chance.happens(AGAIN) {
            return Some(chance.pick(met));
        }
        next += 1;
        met.push(next);
        Some(next)
    };
    let of_unit = |(_, drawn): &(Unit, Vec<Drawn>)| {
        let mut met = Vec::new();
        drawn.iter().map(|one| number(one, &mut met)).collect()
    };
    units.iter().map(of_unit).collect()
}

/// What the page calls a customer.
pub(super) fn name(number: u32) -> String {
    format!("C{number:05}")
}

impl World {
    /// The table that the firm's CRM would export: `customer_id`, `segment`, `revenue_12m`, `lifetime_value`, `churned`,
    /// `customer_since`. Not all who answered are in it, most in it did not answer, and a few are in it twice.
    pub fn crm(&self, parameters: &Parameters) -> String {
        let units = self.drawn(parameters);
        let numbers = numbers(self, &units);
        let start = self.midnight().0.div_euclid(DAY);
        let mut customers: Vec<Option<Customer>> = Vec::new();
        for ((_, drawn), numbers) in units.iter().zip(&numbers) {
            for (one, number) in drawn.iter().zip(numbers).filter_map(|(one, number)| Some((one, (*number)?)))
            {
                let at = number as usize - 1;
                if customers.len() <= at {
                    customers.resize_with(at + 1, || None);
                }
                customers[at] = Some(Customer { felt: one.felt, day: start + i64::from(one.day) });
            }
        }
        let answered = customers.len();
        let mut chance = Chance::new(self.seed ^ CUSTOMERS ^ 1);
        let silent = libm::round(answered as f64 * SILENT) as usize;
        customers.extend((0..silent).map(|_| {
            let felt = rating_at(&parameters.ratings, chance.share());
            Some(Customer { felt, day: start + i64::from(chance.below(parameters.days)) })
        }));
        let mut text =
            String::from("customer_id,segment,revenue_12m,lifetime_value,churned,customer_since\n");
        let mut twice = TWICE;
        for (customer, number) in customers.iter().zip(1..) {
            let Some(customer) = customer else { continue };
            let row = row(number, customer, &mut chance);
            if !chance.happens(LISTED) {
                continue;
            }
            text.push_str(&row);
            if twice > 0 && chance.happens(0.02) {
                twice -= 1;
                text.push_str(&row);
            }
        }
        text
    }
}

fn row(number: u32, customer: &Customer, chance: &mut Chance) -> String {
    let below = 8.0 - f64::from(customer.felt);
    let share = |(_, share, more, _): &(&str, f64, f64, f64)| (share + more * below).max(0.01);
    let mut at = chance.share() * SEGMENTS.iter().map(share).sum::<f64>();
    let mut segment = SEGMENTS[0];
    for kind in SEGMENTS {
        segment = kind;
        at -= share(&kind);
        if at < 0.0 {
            break;
        }
    }
    let revenue = chance.log_normal(segment.3 * libm::exp(-REVENUE_BY_POINT * below), SPREAD);
    let leaves = LEAVING * libm::exp(LEAVING_BY_POINT * (10.0 - f64::from(customer.felt)));
    let left = if chance.happens(leaves.min(0.8)) { "yes" } else { "no" };
    let days = chance.log_normal(420.0 * libm::exp(-0.04 * below), 0.9).clamp(1.0, 6000.0);
    let lifetime = revenue * (days / 365.0 + 0.5) * chance.log_normal(1.0, 0.25);
    let since = Time((customer.day - days as i64) * DAY).to_string();
    let mut row = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        row,
        "{},{},{revenue:.2},{lifetime:.2},{left},{}",
        name(number),
        segment.0,
        since.get(..10).unwrap_or_default()
    );
    row
}
