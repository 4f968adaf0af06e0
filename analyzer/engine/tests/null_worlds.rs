//! What the report finds where there is nothing to find, and whether it finds what is there: simulated firms whose units differ.
#![allow(clippy::print_stdout, reason = "its tables are printed")]

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::columns::selection::Selection;
use candor_engine::columns::{Dataset, Reasons};
use candor_engine::plan::{Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Cross, Crossing, Report, cross, report};
use candor_engine::world::{Parameters, Pressure, World};
use candor_survey::Time;
use candor_survey::evidence::Reason;
use candor_survey::response::Level;
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

/// The report of a simulated firm of 40 units, some of them pressed in one way.
fn of_world(seed: u64, pressured: u32, kind: Option<Pressure>) -> Report {
    let world = World { seed, responses: 4000, units: 40, pressured, start: Time(1_788_220_800_000) };
    of_text(
        &world.simulate_with(&Parameters { kind, quality_spread: 0.25, ..Parameters::default() }).ndjson(),
    )
}

fn of_text(text: &str) -> Report {
    let plan = recognise(text.as_bytes(), "x.ndjson");
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    report(&reading.finish())
}

/// Whether strong evidence is told as something to look at.
fn tells(report: &Report) -> bool {
    report.findings.iter().any(|finding| finding.id == "evidence" && finding.conclusive)
}

/// Four units of 100 responses. A score is filled in in so many of each hundred, from the front; a device answers again in 20, each
/// `step`-th from the front.
fn of_reasons(preset: usize, step: usize) -> Report {
    let mut text = String::from("store,score\n");
    for row in 0..400 {
        text += &format!("S{},{}\n", row / 100, row % 11);
    }
    let mut dataset = read(&text);
    for row in 0..400 {
        let at = row % 100;
        let filled_in = at < preset;
        let again = at % step == 0 && at / step < 20;
        let (one, other) = (1u8 << Reason::Preset as u8, 1u8 << Reason::Device as u8);
        dataset.evidence.reasons[row] = Reasons(u8::from(filled_in) * one + u8::from(again) * other);
        dataset.evidence.levels[row] = match u8::from(filled_in) + u8::from(again) {
            0 => Level::None,
            1 => Level::Some,
            _ => Level::Strong,
        };
    }
    report(&dataset)
}

#[test]
fn strong_evidence_is_a_finding_where_there_is_more_than_chance_brings() {
    // Of each hundred 25 and 20, and five that are both: as chance has it.
    let chance = of_reasons(25, 5);
    assert_eq!(chance.evidence.strong, 20);
    let found = chance.evidence.by_chance.unwrap();
    assert!((found.expected - 20.0).abs() < 1e-9, "{found:?}");
    let finding = chance.findings.iter().find(|finding| finding.id == "evidence").unwrap();
    assert!(finding.sentence.contains("chance alone would bring about 20."), "{}", finding.sentence);
    assert!(!tells(&chance) && chance.first.iter().all(|step| step.finding != "evidence"));
    // As many of both, and twenty of each hundred that are both.
    let together = of_reasons(25, 1);
    assert_eq!(together.evidence.strong, 80);
    assert!((together.evidence.by_chance.unwrap().expected - 20.0).abs() < 1e-9);
    assert!(tells(&together) && together.first.iter().any(|step| step.finding == "evidence"));
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

#[test]
#[ignore = "prints how often strong evidence is told in honest firms and in pressed ones"]
fn what_strong_evidence_tells() {
    for (kind, pressured) in [
        (None, 0),
        (None, 8),
        (Some(Pressure::Beg), 4),
        (Some(Pressure::Fill), 4),
        (Some(Pressure::Preset), 4),
        (Some(Pressure::Mix), 4),
    ] {
        let found: Vec<Report> = (0..20).map(|seed| of_world(900 + seed, pressured, kind)).collect();
        let told = found.iter().filter(|report| tells(report)).count();
        let some = found.iter().filter(|report| report.evidence.strong > 0).count();
        let sum: u64 = found.iter().map(|report| report.evidence.strong).sum();
        let chance: f64 =
            found.iter().filter_map(|report| report.evidence.by_chance).map(|by| by.expected).sum();
        println!(
            "{kind:?}, {pressured} pressed: told in {told} of 20 worlds, {some} have any; {sum} strong, by chance {chance:.1}"
        );
    }
    let text = World::sample().simulate_with(&Parameters::sample()).ndjson();
    let report = of_text(&text);
    println!(
        "sample: {} strong, {:?}, {}",
        report.evidence.strong,
        report.evidence.by_chance,
        tells(&report)
    );
}
