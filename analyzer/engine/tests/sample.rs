//! The sample that the analyzer opens: what its text says is what is in it, the report finds it, and not by the luck of one seed.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::plan::{Scale, recognise};
use candor_engine::pressure::rows::Terms;
use candor_engine::pressure::rule::judge;
use candor_engine::reader::Reading;
use candor_engine::report::report;
use candor_engine::world::{Parameters, World};
use std::convert::Infallible;

#[test]
fn the_report_of_the_sample_finds_what_is_true_of_it() {
    let simulation = World::sample().simulate_with(&Parameters::sample());
    let text = simulation.ndjson();
    let mut reading = Reading::new(&recognise(text.as_bytes(), "sample.ndjson")).unwrap();
    reading.push(text.as_bytes());
    let mut dataset = reading.finish();
    let bytes = |at: std::ops::Range<u64>| text.as_bytes()[at.start as usize..at.end as usize].to_vec();
    dataset.listen(|at| Ok::<_, Infallible>(bytes(at))).unwrap();
    let report = report(&dataset);

    let mut pressured: Vec<_> = simulation.pressured.iter().map(|(name, _)| name.as_str()).collect();
    pressured.sort_unstable();
    let flagged: Vec<_> =
        report.units.iter().filter(|unit| unit.flagged).map(|unit| unit.unit.as_str()).collect();
    assert_eq!(flagged, pressured);
    assert!(report.first[0].sentence.contains(pressured[0]), "{}", report.first[0].sentence);
    let score = |unit: &&candor_engine::report::Unit| unit.score.map_or(-1.0, |score| score.value);
    let best = report.units.iter().max_by(|a, b| score(a).total_cmp(&score(b))).unwrap();
    assert!(!best.flagged && !pressured.contains(&best.unit.as_str()), "{}", best.unit);
    let change = report.change.unwrap();
    assert!(change.difference.low > 0.0 && change.after.from == "2026-07-02", "{change:?}");
    // Every page has something to say.
    assert_eq!(report.drivers.first().map(|driver| driver.question.as_str()), Some("advice"));
    assert!(report.careless.is_some() && report.trend.len() == 2 && report.funnel.is_some());
    let words = report.words.unwrap();
    assert!(["en", "de"].iter().all(|tag| words.languages.iter().any(|language| language.language == *tag)));
}

#[test]
fn other_seeds_tell_the_same_story() {
    // Of 20 seeds, all four and nobody else were found in 20, and the best was honest in 19.
    const SEEDS: u64 = 6;
    let terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };
    let (mut exact, mut honest) = (0, 0);
    for seed in 0..SEEDS {
        let drawing = World { seed, ..World::sample() }.draw(&Parameters::sample());
        let cards = judge(&drawing.gathered(&terms), &terms).unwrap();
        let truth = |name: &str| {
            let at = drawing.names.iter().position(|known| known == name).unwrap();
            drawing.pressured[at].is_some()
        };
        exact += u64::from(cards.iter().all(|card| card.flagged == truth(&card.unit)));
        let nps = |at: usize| {
            let of = drawing.units.iter().zip(&drawing.ratings).filter(|(unit, _)| **unit == at as u32);
            let (n, sum) = of.fold((0, 0), |(n, sum), (_, &rating)| {
                (n + 1, sum + i64::from(rating >= 9) - i64::from(rating <= 6))
            });
            sum as f64 / f64::from(n)
        };
        let best = (0..drawing.names.len()).max_by(|&a, &b| nps(a).total_cmp(&nps(b))).unwrap();
        honest += u64::from(drawing.pressured[best].is_none());
    }
    assert!(exact >= SEEDS - 1 && honest >= SEEDS - 1, "{exact} and {honest} of {SEEDS}");
}
