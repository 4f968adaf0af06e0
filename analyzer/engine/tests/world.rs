//! The simulated world: valid to the letter, the same for the same seed, and pressed where it says.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::plan::recognise;
use candor_engine::reader::Reading;
use candor_engine::world::{Parameters, Pressure, Simulation, World};
use candor_survey::question::Answer;
use candor_survey::response::Source;
use candor_survey::words::cues;
use candor_survey::{Response, Time, Value};
use sha2::{Digest, Sha256};

const START: Time = Time(1_788_220_800_000); // 2026-09-01

fn world(seed: u64, responses: u32, units: u32, pressured: u32) -> World {
    World { seed, responses, units, pressured, start: START }
}

fn score(response: &Response) -> i64 {
    match response.answers.get("nps") {
        Some(Answer::Number(n)) => n.as_i64().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn of_unit<'s>(simulation: &'s Simulation, unit: &str) -> Vec<&'s Response> {
    simulation.responses.iter().filter(|r| r.attributes.get("agent").is_some_and(|a| a == unit)).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_everywhere() {
    let found = Sha256::digest(world(1, 500, 12, 6).simulate().ndjson().as_bytes());
    let hex: String = found.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    // Checked in, so that a run in wasm must give what a native run gave.
    assert_eq!(hex, "e3d816c561354111");
    assert_ne!(world(1, 50, 3, 1).simulate(), world(2, 50, 3, 1).simulate());
}

#[test]
fn every_line_is_valid_to_the_letter() {
    let simulation = world(4, 600, 12, 6).simulate();
    for line in simulation.ndjson().lines().skip(1) {
        let response = Response::from_value(&Value::parse(line).unwrap()).unwrap();
        response.check(&simulation.definition).unwrap();
    }
    let revision = candor_survey::revision::revision(
        &Value::parse(&candor_survey::Json::to_json(&simulation.definition)).unwrap(),
    );
    assert_eq!(simulation.revision, revision);
    let mut ids: Vec<_> = simulation.responses.iter().map(|r| r.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 600);
    assert!(simulation.responses.is_sorted_by_key(|r| r.received));
    let first = simulation.responses[0].started;
    assert!(first >= START && simulation.responses.iter().all(|r| r.started.0 < START.0 + 92 * 86_400_000));
}

#[test]
fn the_sample_is_what_it_is_said_to_be() {
    let simulation = World::sample().simulate_with(&Parameters::sample());
    assert_eq!(simulation.responses.len(), 10_000);
    let distinct = |name: &str| {
        let mut values: Vec<_> = simulation.responses.iter().filter_map(|r| r.attributes.get(name)).collect();
        values.sort();
        values.dedup();
        values.len()
    };
    assert_eq!((distinct("store"), distinct("region"), simulation.pressured.len()), (40, 4, 4));
    for response in &simulation.responses {
        response.check(&simulation.definition).unwrap();
    }
    let german = simulation.responses.iter().filter(|r| r.locale.as_str() == "de").count();
    assert!((2000..3000).contains(&german), "{german}");
}

#[test]
fn an_honest_world_has_the_ratings_and_habits_of_the_table() {
    let p = Parameters::default();
    let simulation = world(11, 12_000, 120, 0).simulate();
    assert_eq!(simulation.pressured, []);
    let n = simulation.responses.len() as f64;
    let share =
        |test: &dyn Fn(&Response) -> bool| simulation.responses.iter().filter(|r| test(r)).count() as f64 / n;
    for (rating, expected) in p.ratings.iter().enumerate() {
        // Quality and polarization spread the tails a little.
        let found = share(&|r| score(r) == rating as i64);
        assert!((found - expected).abs() < 0.025, "{rating}: {found}");
    }
    let comments = share(&|r| matches!(r.answers.get("why"), Some(Answer::Text(_))));
    assert!((comments - p.comments * (1.0 - p.partial)).abs() < 0.03, "{comments}");
    let day = |r: &Response| (r.started.0.div_euclid(86_400_000) + 4).rem_euclid(7);
    let weekend = share(&|r| matches!(day(r), 0 | 6));
    let expected = 2.0 * p.weekend / (5.0 + 2.0 * p.weekend);
    assert!((weekend - expected).abs() < 0.02, "{weekend} is not {expected}");
    let fast = share(&|r| r.signals.ms_first.unwrap() < 5200);
    assert!((fast - 0.5).abs() < 0.04, "{fast}");
    let links = share(&|r| r.invitation.source == Source::Link);
    let kiosk = share(&|r| r.invitation.source == Source::Kiosk);
    assert!((kiosk - p.kiosk_units * p.kiosk_share).abs() < 0.04, "{kiosk}");
    assert!((links - p.links * (1.0 - kiosk)).abs() < 1e-9, "{links}");
    // Three in a hundred links carry a score, and that is a reason to look.
    let suspicious = share(&|r| !r.integrity.reasons.is_empty());
    assert!(suspicious < 0.09, "{suspicious}");
}

#[test]
fn words_go_with_the_score_and_honest_ones_are_not_taken_for_solicitation() {
    let quiet = Parameters { sounds_solicited: 0.0, ..Parameters::default() };
    let simulation = world(12, 6_000, 60, 0).simulate_with(&quiet);
    let mut different = std::collections::BTreeSet::new();
    for response in &simulation.responses {
        if let Some(Answer::Text(text)) = response.answers.get("why") {
            assert!(cues(text).is_empty(), "{text}");
            different.insert(text.clone());
        }
    }
    assert!(different.len() > 600, "only {} different comments", different.len());
}

#[test]
fn most_phrases_of_solicitation_are_heard_by_the_rule() {
    let all = Parameters {
        beg: 1.0,
        beg_month_end: 1.0,
        beg_comments: 1.0,
        comments: 0.9,
        ..Parameters::default()
    };
    let simulation = world(13, 3000, 1, 1).simulate_with(&all);
    assert_eq!(simulation.pressured, [("A01".to_owned(), Pressure::Beg)]);
    let mut met = std::collections::BTreeSet::new();
    for response in &simulation.responses {
        let Some(Answer::Text(text)) = response.answers.get("why") else { continue };
        if !cues(text).is_empty() {
            met.insert(text.clone());
        }
    }
    // Twelve are written; the rule misses two of them, and the world is not bent to the rule.
    met.retain(|text: &String| {
        !text.starts_with("There is") && !text.starts_with("The receipt") && !text.starts_with("She joked")
    });
    assert_eq!(met.len(), 10, "{met:?}");
}

#[test]
fn each_kind_of_pressure_shows_where_it_should() {
    let honest = world(21, 4800, 6, 0).simulate();
    let pressed = world(21, 4800, 6, 6).simulate();
    let kinds: Vec<_> = pressed.pressured.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(kinds, Pressure::ALL);
    let share = |responses: &[&Response], test: &dyn Fn(&Response) -> bool| {
        responses.iter().filter(|r| test(r)).count() as f64 / responses.len() as f64
    };
    let tens = |r: &Response| score(r) == 10;
    for (unit, kind) in &pressed.pressured {
        let (before, after) = (of_unit(&honest, unit), of_unit(&pressed, unit));
        assert!((before.len() as i64 - after.len() as i64).abs() <= 1);
        match kind {
            Pressure::Beg => assert!(share(&after, &tens) > share(&before, &tens) + 0.12),
            Pressure::Fill => {
                let bursts = |r: &Response| {
                    r.invitation.source != Source::Kiosk && r.signals.device_day.is_some_and(|n| n >= 3)
                };
                assert!(share(&after, &bursts) > 0.05 && share(&before, &bursts) == 0.0);
            }
            Pressure::Gate => {
                let low = |r: &Response| score(r) <= 6;
                assert!(share(&after, &low) < 0.6 * share(&before, &low));
            }
            Pressure::Preset => {
                let preset = |r: &Response| !r.invitation.preset.0.is_empty();
                assert!(share(&after, &preset) > 0.35 && share(&before, &preset) < 0.1);
            }
            Pressure::Threshold => {
                let mean = |responses: &[&Response]| {
                    responses.iter().map(|r| score(r) as f64).sum::<f64>() / responses.len() as f64
                };
                assert!(mean(&after) > mean(&before) + 0.3);
                // Nobody is lifted before the last five days of a month.
                let early = |r: &&&Response| r.started.to_string()[8..10].parse::<u32>().unwrap() <= 23;
                let early: Vec<_> = after.iter().filter(early).copied().collect();
                assert!((share(&early, &tens) - share(&before, &tens)).abs() < 0.06);
            }
            Pressure::Mix => {
                // SCIENCE.md says what share of *links* carries a score, and a mixed unit may have a kiosk, as this one has.
                // Half of the strength: .5 · 45% of customers' links, which are half of their responses; staff's are 9% more of
                // those, all links; of the others 3%.
                let links = |responses: &[&Response]| {
                    let links = responses.iter().filter(|r| r.invitation.source == Source::Link);
                    let (n, preset) = links.fold((0.0, 0.0), |(n, preset), r| {
                        (n + 1.0, preset + f64::from(u8::from(!r.invitation.preset.0.is_empty())))
                    });
                    (preset / n, n)
                };
                let ((found, n), expected) = (links(&after), 0.5 * 0.45 * 0.5 / 0.59 + 0.02);
                // Four standard errors.
                assert!((found - expected).abs() < 4.0 * (expected / n).sqrt(), "{found} of {n}");
                assert!(after.iter().any(|r| r.invitation.source == Source::Kiosk), "no kiosk in this unit");
                assert!(
                    share(&after, &tens) > share(&before, &tens),
                    "{} {}",
                    share(&after, &tens),
                    share(&before, &tens)
                );
            }
        }
    }
}

#[test]
fn small_and_odd_worlds_are_whole_too() {
    for (responses, units, pressured) in [(0, 1, 0), (1, 1, 1), (5, 40, 40), (100, 0, 3), (3, 2, 9)] {
        let simulation = world(6, responses, units, pressured).simulate();
        assert_eq!(simulation.responses.len(), responses as usize);
        let text = simulation.ndjson();
        let plan = recognise(text.as_bytes(), "x.ndjson");
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(text.as_bytes());
        assert_eq!(reading.finish().counts.used, u64::from(responses));
    }
}

#[test]
fn what_is_drawn_is_what_is_written() {
    use candor_engine::pressure::dataset::{Listened, gather};
    use candor_engine::pressure::gathered::Gathered;
    let (world, p) = (world(8, 1500, 12, 6), Parameters::default());
    let (drawing, simulation) = (world.draw(&p), world.simulate());
    let mut text = simulation.ndjson();
    for exposure in world.exposures(&p, &simulation.definition.id, &simulation.revision) {
        text.push_str(&candor_survey::Json::to_json(&exposure));
        text.push('\n');
    }
    let mut reading = Reading::new(&recognise(text.as_bytes(), "x.ndjson")).unwrap();
    reading.push(text.as_bytes());
    let (read, terms) = gather(&reading.finish(), &Listened::default()).unwrap();
    let drawn = drawing.gathered(&terms);
    assert_eq!(read.len(), 12);
    for ((name, read), (_, drawn)) in read.iter().zip(drawn.iter()) {
        // Times are those of receipt in a file.
        let drawn = Gathered { instants: read.instants.clone(), ..drawn.clone() };
        assert_eq!(*read, drawn, "{name}");
    }
    assert_eq!(drawing.asked.iter().zip(&simulation.asked).filter(|(a, (_, b))| *a != b).count(), 0);
}

#[test]
fn page_views_are_as_many_as_the_table_says() {
    let p = Parameters::default();
    let (honest, gated) = (world(9, 12_000, 60, 0), world(9, 12_000, 60, 60));
    let gate = Parameters { kind: Some(Pressure::Gate), ..p.clone() };
    let shares = |simulation: &Simulation| {
        let sum = |part: fn(&candor_engine::pressure::rows::Asked) -> u64| {
            simulation.asked.iter().map(|(_, asked)| part(asked)).sum::<u64>() as f64
        };
        let (eligible, sampled) = (sum(|asked| asked.eligible), sum(|asked| asked.sampled));
        let kiosk = |response: &&Response| response.invitation.source == Source::Kiosk;
        let led_to = simulation.responses.iter().filter(|response| !kiosk(response)).count();
        (sampled / eligible, led_to as f64 / sampled)
    };
    let (asked, answered) = shares(&honest.simulate());
    // 57,000 page views: the standard errors are .002 and .003.
    assert!((asked - p.sampled).abs() < 0.008 && (answered - p.answered).abs() < 0.012, "{asked} {answered}");
    // Of those who would give 0 to 6, 17%, seven in ten are not asked.
    let (asked, answered) = shares(&gated.simulate_with(&gate));
    assert!(
        (asked - 0.6 * (1.0 - 0.7 * 0.17)).abs() < 0.012 && (answered - p.answered).abs() < 0.012,
        "{asked}"
    );
    let small = world(10, 60, 3, 0);
    let simulation = small.simulate();
    let exposures = small.exposures(&p, &simulation.definition.id, &simulation.revision);
    use candor_survey::exposure::Event;
    let count = |event| exposures.iter().filter(|exposure| exposure.event == event).count() as u64;
    assert_eq!(count(Event::Eligible), simulation.asked.iter().map(|(_, asked)| asked.eligible).sum::<u64>());
    assert_eq!(count(Event::Sampled), simulation.asked.iter().map(|(_, asked)| asked.sampled).sum::<u64>());
    let kiosk = |response: &&Response| response.invitation.source == Source::Kiosk;
    let led_to = simulation.responses.iter().filter(|response| !kiosk(response)).count();
    assert_eq!(count(Event::Started), led_to as u64);
}
