//! What the report finds where there is nothing to find, and whether it finds what is there: simulated firms whose units differ.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::columns::selection::Selection;
use candor_engine::columns::Dataset;
use candor_engine::plan::{Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Cross, Crossing, cross};
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// How an attribute of a response comes about.
#[derive(Clone, Copy, PartialEq)]
enum Drawn {
    /// For each response anew.
    Free,
    /// For each unit once.
    ByUnit,
    /// It is the unit.
    Unit,
}

/// A firm of honest units: sizes log-normal (σ .6), levels that differ by `spread` of a rating's standard deviation.
struct Firm {
    units: usize,
    spread: f64,
    /// How much more the cell of the first two values gets, in standard deviations.
    lift: f64,
    down: Drawn,
    across: Drawn,
}

fn uniform(random: &mut Pcg64) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// Normal, by Box and Muller.
fn normal(random: &mut Pcg64) -> f64 {
    let (radius, angle) = (1.0 - uniform(random), uniform(random));
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

fn read(text: &str) -> Dataset {
    let plan = recognise(text.as_bytes(), "x.csv");
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    reading.finish()
}

impl Firm {
    /// About 60 responses a unit, crossed.
    fn table(&self, seed: u64) -> Cross {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut text = String::from("store,score,region,band\n");
        for unit in 0..self.units {
            let size = (60.0 * (0.6 * normal(&mut random) - 0.18).exp()).ceil() as usize;
            let level = self.spread * normal(&mut random);
            let own = [random.next_u32() % 4, random.next_u32() % 5];
            for _ in 0..size {
                let of = |drawn, own, values, random: &mut Pcg64| match drawn {
                    Drawn::ByUnit => own,
                    _ => random.next_u32() % values,
                };
                let region = of(self.down, own[0], 4, &mut random);
                let band = of(self.across, own[1], 5, &mut random);
                let lift = if (region, band) == (0, 0) { self.lift } else { 0.0 };
                let score = 7.6 + 2.0 * (level + lift + normal(&mut random));
                text += &format!("S{unit},{:.0},R{region},B{band}\n", score.clamp(0.0, 10.0));
            }
        }
        let name = |drawn, name: &str| (if drawn == Drawn::Unit { "store" } else { name }).to_owned();
        let crossing =
            Crossing { rows: name(self.down, "region"), columns: name(self.across, "band"), weighted: false };
        cross(&read(&text), &Selection::default(), &crossing).unwrap()
    }

    /// The share of worlds in which any cell is said to differ, and that in which the first cell is.
    fn found(&self, worlds: u64) -> (f64, f64) {
        let (mut any, mut first) = (0, 0);
        for world in 0..worlds {
            let found = self.table(7_000_000 + world);
            let differs: Vec<bool> =
                found.cells.iter().flatten().map(|cell| cell.p_adjusted.is_some_and(|p| p <= 0.05)).collect();
            any += u64::from(differs.contains(&true));
            first += u64::from(differs[0]);
        }
        (any as f64 / worlds as f64, first as f64 / worlds as f64)
    }
}

#[test]
fn units_that_differ_give_a_cross_table_nothing_to_find() {
    // With responses taken for independent, 15 of these 20 worlds had a finding.
    let firm = Firm { units: 40, spread: 0.6, lift: 0.0, down: Drawn::ByUnit, across: Drawn::Free };
    let (null, _) = firm.found(20);
    assert!(null <= 0.1, "{null}");
    // A cell of whole units that differs by as much as they differ by themselves is none.
    let (null, _) = Firm { down: Drawn::Unit, ..firm }.found(20);
    assert!(null <= 0.1, "{null}");
    let (_, power) = Firm { spread: 0.2, lift: 0.5, down: Drawn::Free, ..firm }.found(20);
    assert!(power >= 0.7, "{power}");
}

#[test]
fn a_cell_of_few_units_has_its_score_and_no_test() {
    // Regions of eight units and one of four.
    let mut text = String::from("store,score,region,band\n");
    for unit in 0..28 {
        for at in 0..20 {
            text += &format!("S{unit},{},R{},B{}\n", (unit + at) % 5 + 6, unit / 8, at % 2);
        }
    }
    let of = Crossing { rows: "region".into(), columns: "band".into(), weighted: false };
    let found = cross(&read(&text), &Selection::default(), &of).unwrap();
    assert_eq!((found.tested, found.few_units), (6, 2));
    for cell in &found.cells[3] {
        assert!(cell.score.is_some() && cell.difference.is_none() && cell.p_adjusted.is_none());
    }
    assert!(found.test.contains("by unit"), "{}", found.test);
    // Without a column of units there is nothing to count.
    let mut plan = recognise(text.as_bytes(), "x.csv");
    plan.columns.retain(|column| column.role != Role::Unit);
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    let found = cross(&reading.finish(), &Selection::default(), &of).unwrap();
    assert_eq!((found.tested, found.few_units), (8, 0));
    assert!(found.test.contains("two independent samples"), "{}", found.test);
}

#[test]
#[ignore = "prints a table: two hundred worlds of each kind take minutes"]
fn what_cross_tables_find() {
    use Drawn::{ByUnit, Free, Unit};
    for (named, down, across) in [
        ("both free", Free, Free),
        ("one by unit", ByUnit, Free),
        ("both by unit", ByUnit, ByUnit),
        ("unit and free", Unit, Free),
    ] {
        for units in [12, 40] {
            for spread in [0.0, 0.2, 0.6] {
                let null = Firm { units, spread, lift: 0.0, down, across }.found(200);
                let lifted = Firm { units, spread, lift: 0.5, down, across }.found(200);
                println!(
                    "{named:14} {units:3} units, spread {spread}: null {:.3}, power {:.3}",
                    null.0, lifted.1
                );
            }
        }
    }
}
