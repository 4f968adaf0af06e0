//! The rule that says which units stand out: what it needs, what it refuses, and a small version of the benchmark
//! (`cargo xtask bench pressure` runs the thousand worlds).

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

#[path = "../examples/pressure/bench.rs"]
mod bench;
#[path = "../examples/pressure/limit.rs"]
mod limit;

use bench::{Cell, METHODS, known_words, parameters, spread_out, terms};
use candor_engine::plan::Scale;
use candor_engine::pressure::Absent;
use candor_engine::pressure::channel::{ALL, Family};
use candor_engine::pressure::firm::firm;
use candor_engine::pressure::gathered::{Units, update};
use candor_engine::pressure::rows::{Rows, Terms};
use candor_engine::pressure::rule::{Card, judge};
use candor_engine::world::{Parameters, Pressure, World};
use candor_survey::Time;

const START: Time = Time(1_788_220_800_000);
const NPS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

fn judged(names: &[String], units: &[u32], ratings: &[u8], terms: &Terms) -> Vec<Card> {
    let mut gathered = Units::default();
    update(&mut gathered, &Rows { names, units, ratings, ..Rows::default() }, terms);
    judge(&gathered, terms).unwrap()
}

#[test]
fn every_channel_has_a_name_of_its_own_and_a_family() {
    let mut names: Vec<&str> = ALL.iter().map(|channel| channel.name()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 14);
    assert!(Family::ALL.iter().all(|family| ALL.iter().any(|channel| channel.family() == *family)));
    assert!(ALL.iter().all(|channel| channel.alternative().ends_with('.')));
}

#[test]
fn with_ratings_only_nobody_is_flagged_and_everyone_is_told_why() {
    // 1,128 units that differ far more than chance, half of them with a heap of tens.
    let p = Parameters {
        quality_spread: 0.8,
        size_median: Some(65.0),
        kind: Some(Pressure::Beg),
        ..Parameters::default()
    };
    let drawing = World { seed: 5, responses: 0, units: 1128, pressured: 564, start: START }.draw(&p);
    let cards = judged(&drawing.names, &drawing.units, &drawing.ratings, &NPS);
    assert_eq!(cards.len(), 1128);
    let mut tested = 0;
    for card in &cards {
        assert!(!card.flagged);
        match &card.verdict {
            Ok(verdict) => {
                tested += 1;
                assert_eq!(verdict.p, Err(Absent::Families { found: 1 }));
                assert!(verdict.families[0].as_ref().is_ok_and(|p| (0.0..=0.5).contains(p)));
                let read = verdict.channels.iter().filter(|reading| reading.is_ok()).count();
                assert!(read <= 2, "level and shape");
            }
            Err(reason) => assert!(matches!(reason, Absent::Responses { needed: 20, .. }), "{reason}"),
        }
        // Whoever ranks still can.
        assert_eq!(card.channels().count(), 14);
    }
    assert!(tested > 900);
}

#[test]
fn an_evidence_card_says_what_was_found_what_is_usual_and_why_a_channel_is_absent() {
    let p = Parameters { size_median: Some(400.0), kind: Some(Pressure::Mix), ..Parameters::default() };
    let drawing = World { seed: 1, responses: 0, units: 60, pressured: 6, start: START }.draw(&p);
    let terms = terms(&p);
    let gathered = drawing.gathered(&terms);
    let cards = judge(&gathered, &terms).unwrap();
    let flagged: Vec<&Card> = cards.iter().filter(|card| card.flagged).collect();
    assert!(!flagged.is_empty());
    for card in &flagged {
        assert!(card.adjusted.as_ref().is_ok_and(|p| *p <= 0.05));
        for (channel, found) in card.channels() {
            match found {
                Ok(reading) => {
                    assert!(
                        reading.sentence.ends_with('.') && reading.n > 0,
                        "{}: {}",
                        channel.name(),
                        reading.sentence
                    );
                    assert!(
                        (0.0..=1.0).contains(&reading.p) && reading.effect.is_finite(),
                        "{}",
                        channel.name()
                    );
                    assert!(
                        !reading.sentence.contains("NaN") && !reading.sentence.contains("inf"),
                        "{}",
                        reading.sentence
                    );
                }
                Err(reason) => {
                    let absent = ["threshold", "duplicates", "drift", "protected"];
                    assert!(absent.contains(&channel.name()), "{}: {reason}", channel.name());
                }
            }
        }
    }
    let evidence = firm(&gathered, &terms);
    assert_eq!(evidence.len(), 4);
    assert!(evidence[0].1.as_ref().is_ok_and(|found| found.sentence.contains("comments")));
    assert_eq!(evidence[3], ("protected", Err(Absent::NoProtected)));
}

#[test]
fn files_that_say_nothing_are_told_so_without_a_number() {
    let names: Vec<String> = (0..12).map(|unit| format!("u{unit}")).collect();
    // No unit, one unit, a constant column, no rating at all, ratings off the scale.
    assert_eq!(judged(&[], &[], &[], &NPS), []);
    let one = judged(&names[..1], &[0; 50], &[9; 50], &NPS);
    assert!(!one[0].flagged && one[0].adjusted == Err(Absent::Families { found: 0 }), "{one:?}");
    let units: Vec<u32> = (0..600).map(|row| row % 12).collect();
    for ratings in [vec![10; 600], vec![0; 600], vec![255; 600], vec![99; 600]] {
        for card in judged(&names, &units, &ratings, &NPS) {
            assert!(!card.flagged && card.adjusted.is_err(), "{card:?}");
        }
    }
    // A scale of one point, and of two.
    for high in [3, 4] {
        let scale = Scale { low: 3, high, nps: false };
        let ratings: Vec<u8> = (0..600u32).map(|row| if row * row % 7 < 3 { 3 } else { high }).collect();
        for card in judged(&names, &units, &ratings, &Terms { scale, ..NPS }) {
            assert!(!card.flagged && card.adjusted.is_err());
        }
    }
    // Many units of one response.
    let many: Vec<String> = (0..20_000).map(|unit| format!("u{unit}")).collect();
    let codes: Vec<u32> = (0..20_000).collect();
    let cards = judged(&many, &codes, &vec![7; 20_000], &NPS);
    assert!(cards.iter().all(|card| card.verdict == Err(Absent::Responses { needed: 20, found: 1 })));
}

#[test]
fn the_same_rows_give_the_same_cards_whatever_order_they_stand_in() {
    let p = Parameters { size_median: Some(80.0), ..Parameters::default() };
    let drawing = World { seed: 3, responses: 0, units: 30, pressured: 6, start: START }.draw(&p);
    let terms = terms(&p);
    let gathered = drawing.gathered(&terms);
    let mut parts = Units::default();
    for unit in (0..30u32).rev() {
        let rows: Vec<usize> =
            (0..drawing.units.len()).rev().filter(|row| drawing.units[*row] == unit).collect();
        let codes: Vec<u32> = rows.iter().map(|row| drawing.units[*row]).collect();
        let ratings: Vec<u8> = rows.iter().map(|row| drawing.ratings[*row]).collect();
        update(
            &mut parts,
            &Rows { names: &drawing.names, units: &codes, ratings: &ratings, ..Rows::default() },
            &terms,
        );
    }
    let mut whole = Units::default();
    let rows =
        Rows { names: &drawing.names, units: &drawing.units, ratings: &drawing.ratings, ..Rows::default() };
    update(&mut whole, &rows, &terms);
    assert_eq!(parts, whole);
    assert_eq!(judge(&gathered, &terms), judge(&gathered, &terms));
}

/// The smallest version of the benchmark that can fail: six worlds a cell.
#[test]
fn in_a_few_simulated_worlds_honest_units_are_left_alone_and_mixed_pressure_is_found() {
    let words = known_words(60, 400.0);
    let honest = spread_out(&Cell { kind: None, size: 150.0, spread: 0.25 }, &words, 6, 0, 1);
    let at = |name: &str| METHODS.iter().position(|method| *method == name).unwrap();
    assert_eq!(honest.tallies[at("Candor")].flagged, 0);
    // The naive test accuses somebody in nearly every honest world.
    assert!(honest.tallies[at("naive")].any >= 5);
    let mix = spread_out(&Cell { kind: Some(Pressure::Mix), size: 400.0, spread: 0.25 }, &words, 6, 6, 1);
    let ours = &mix.tallies[at("Candor")];
    assert!(ours.found().0 > 0.6 && ours.wrong <= 1, "{ours:?}");
    assert_eq!(parameters(&Cell { kind: None, size: 60.0, spread: 0.5 }).quality_spread, 0.5);
    // Everybody who knows the world finds at least as much.
    assert!(mix.tallies[at("limit")].found().0 >= ours.found().0);
    assert!(ours.false_share().1 < 1.0 && honest.tallies[at("Candor")].any_flag().1 < 0.7);
}
