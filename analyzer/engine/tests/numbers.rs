//! The same numbers natively and in wasm: reports of a simulated firm and of real exports, and every statistic on its fixture, counts to
//! the bit and other numbers to 1e-12. `cargo xtask test wasm` has the native numbers written to a file first, and names it in
//! `CANDOR_NUMBERS`.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::careless::duplicates::Duplicates;
use candor_engine::careless::indices::{Options, State as Indices};
use candor_engine::careless::{Block, MISSING};
use candor_engine::plan::{Bonus, Paid, Period, recognise};
use candor_engine::pressure::beta_binomial::BetaBinomial;
use candor_engine::pressure::exact::Counts;
use candor_engine::pressure::funnel::{Funnel, published};
use candor_engine::protected::crosswise::Crosswise;
use candor_engine::protected::extended::Extended;
use candor_engine::reader::Reading;
use candor_engine::report::report;
use candor_engine::scores::binomial::{agresti_coull, clopper_pearson, wilson};
use candor_engine::scores::drivers::{Moments, drivers};
use candor_engine::scores::top_box::TopBox;
use candor_engine::scores::{changepoint, density};
use candor_engine::words::sentiment::Lexicon;
use candor_engine::world::{Parameters, Pressure, World};
use candor_survey::Time;
use rand_core::SeedableRng;

/// The relative difference that is allowed between two numbers that are not whole.
const TOLERANCE: f64 = 1e-12;

fn read(name: &str, text: &[u8], bonus: Option<Bonus>) -> String {
    let mut plan = recognise(text, name);
    plan.bonus = bonus;
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text);
    format!("{:#?}\n", report(&reading.finish()))
}

/// A firm of forty units, four of them pressed in every way, with page views and a bonus.
fn simulated() -> String {
    let p = Parameters { size_median: Some(90.0), kind: Some(Pressure::Mix), ..Parameters::default() };
    let world = World { seed: 9, responses: 0, units: 40, pressured: 4, start: Time(1_788_220_800_000) };
    let simulation = world.simulate_with(&p);
    let mut text = simulation.ndjson();
    for exposure in world.exposures(&p, &simulation.definition.id, &simulation.revision) {
        text.push_str(&candor_survey::Json::to_json(&exposure));
        text.push('\n');
    }
    let bonus = Bonus { target: Some(9.0), statistic: Paid::Mean, period: Period::Week, tz: 0 };
    read("simulated.ndjson", text.as_bytes(), Some(bonus))
}

fn cells(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip(1).map(|line| line.split(',').filter_map(|cell| cell.parse().ok()).collect()).collect()
}

/// Numerators and denominators of the units of the pressure fixtures.
fn units() -> Vec<TopBox> {
    cells(include_str!("../fixtures/pressure/funnel_proportions.csv"))
        .iter()
        .map(|row| TopBox { top: row[0] as u64, n: row[1] as u64 })
        .collect()
}

fn careless() -> String {
    let answers: Vec<u8> = cells(include_str!("../src/careless/fixtures/careless_dataset.csv"))
        .concat()
        .iter()
        .enumerate()
        .map(|(at, answer)| if at % 97 == 0 { MISSING } else { *answer as u8 })
        .collect();
    let block = Block::new(50, &answers).unwrap();
    let mut state = Indices::new(50);
    state.update(&block).unwrap();
    let fitted = state.finish(&Options { factors: vec![5; 10], ..Options::default() });
    let mut scorer = fitted.scorer();
    let mut duplicates = Duplicates::new(50, 1);
    duplicates.update(0, &block).unwrap();
    let rows: String = block.rows().map(|row| format!("{:?}\n", scorer.of(row))).collect();
    format!("{rows}{:?}\n", duplicates.finish().unwrap())
}

fn statistics() -> String {
    let mut moments = Moments::default();
    for row in cells(include_str!("../fixtures/scores/swiss.csv")) {
        let hundredths: Vec<i32> = row.iter().map(|x| (x * 100.0).round() as i32).collect();
        moments.update_row(&hundredths[1..], hundredths[0]);
    }
    let margins = cells(include_str!("../fixtures/scores/rddensity_senate.csv")).concat();
    let series = cells(include_str!("../fixtures/scores/changepoint_input.csv")).concat();
    let units = units();
    let (fitted, funnel) = (BetaBinomial::fit(&units).unwrap(), Funnel::fit(&units).unwrap());
    let mut extended = Extended::default();
    extended.update(&[true; 438], &[true; 232]);
    extended.update(&[false; 163], &[false; 378]);
    let mut lines = vec![
        format!("{:?}", drivers(&moments, 100, &mut rand_pcg::Pcg64::seed_from_u64(1))),
        format!("{:?}", density::jump(&margins, 0.0)),
        format!("{:?}", [1.0, 2.0, 3.0, 10.0].map(|penalty| changepoint::values(&series, penalty, 2))),
        format!("{:?} {:?} {:?}", published(&units), funnel, fitted),
        format!("{:?}", Crosswise { n: 1000, same: 400 }.finish(0.25)),
        format!("{:?}", extended.finish([0.2, 0.8])),
    ];
    for unit in &units {
        let exact = Counts::binomial(unit.n, 0.64).upper(unit.top);
        let intervals = [wilson(unit), agresti_coull(unit), clopper_pearson(unit)];
        lines.push(format!(
            "{:?} {:?} {:?} {exact:?} {intervals:?}",
            fitted.upper(unit),
            fitted.shrunken(unit),
            funnel.standing(unit)
        ));
    }
    let lexicon = Lexicon::english().unwrap();
    for text in include_str!("../src/words/fixtures/vader_generated.tsv").lines().skip(1) {
        lines.push(format!("{:?}", lexicon.score(text.split('\t').next().unwrap_or_default())));
    }
    lines.join("\n")
}

/// All that is compared, as text.
fn numbers() -> String {
    let files: [(&str, &[u8]); 4] = [
        ("flying_etiquette.csv", include_bytes!("../fixtures/surveymonkey/flying_etiquette.csv")),
        ("star_wars.csv", include_bytes!("../fixtures/surveymonkey/star_wars.csv")),
        ("insights.csv", include_bytes!("../fixtures/qualtrics/insights.csv")),
        ("careless_dataset.csv", include_bytes!("../src/careless/fixtures/careless_dataset.csv")),
    ];
    let files: String = files.iter().map(|(name, bytes)| read(name, bytes, None)).collect();
    simulated() + &files + &careless() + &statistics()
}

/// What is no number, and the numbers, of a text. A number begins with a digit that no letter precedes.
fn apart(text: &str) -> (String, Vec<&str>) {
    let (mut rest, mut numbers) = (String::new(), Vec::new());
    let mut from = 0;
    while let Some(at) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let is_part = |(place, c): (usize, char)| {
            let after_exponent = text[at..at + place].ends_with('e');
            c.is_ascii_digit() || c == '.' || c == 'e' || (c == '-' && after_exponent)
        };
        let length =
            text[at..].char_indices().find(|&part| !is_part(part)).map_or(text.len() - at, |(end, _)| end);
        rest += &text[from..at];
        rest.push('#');
        numbers.push(&text[at..at + length]);
        from = at + length;
    }
    (rest + &text[from..], numbers)
}

/// The first difference between two texts: in the words, in a whole number, or of more than [`TOLERANCE`] in another.
fn difference(one: &str, other: &str) -> Option<String> {
    for (at, (one, other)) in one.lines().zip(other.lines()).enumerate() {
        let ((words, numbers), (other_words, other_numbers)) = (apart(one), apart(other));
        let same = |(a, b): (&&str, &&str)| {
            a == b
                || match (a.contains('.') && b.contains('.'), a.parse::<f64>(), b.parse::<f64>()) {
                    (true, Ok(a), Ok(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()),
                    _ => false,
                }
        };
        if words != other_words || !numbers.iter().zip(&other_numbers).all(same) {
            return Some(format!("line {}: {one} is not {other}", at + 1));
        }
    }
    (one.lines().count() != other.lines().count()).then(|| "one has more lines than the other".to_owned())
}

#[test]
fn a_difference_is_one_in_words_in_whole_numbers_or_beyond_the_tolerance() {
    assert_eq!(difference("n: 12, p: 0.5, q: 1.5e-7", "n: 12, p: 0.5000000000000001, q: 1.5e-7"), None);
    for (one, other) in [
        ("n: 12", "n: 13"),
        ("n: 12", "m: 12"),
        ("p: 0.5", "p: 0.500000000001"),
        ("p: 1.5e-7", "p: 1.5e-8"),
        ("p: -0.5", "p: 0.5"),
        ("n: 1\nm: 2", "n: 1"),
        ("p: 100000000000000.0", "p: 100000000000000"),
    ] {
        assert!(difference(one, other).is_some(), "{one} {other}");
    }
}

#[test]
#[cfg(not(target_arch = "wasm32"))]
fn the_same_file_gives_the_same_numbers_again_and_none_is_missing() {
    let numbers = numbers();
    assert_eq!(difference(&numbers, &self::numbers()), None);
    assert!(!numbers.contains("NaN") && !numbers.contains(": inf"));
    let many = apart(&numbers).1.len();
    assert!(many > 10_000, "{many}");
    if let Ok(file) = std::env::var("CANDOR_NUMBERS") {
        std::fs::write(file, numbers).unwrap();
    }
}

#[test]
#[cfg(target_arch = "wasm32")]
fn wasm_has_the_numbers_that_native_has() {
    let native = candor_wasm_test::read(&candor_wasm_test::variable("CANDOR_NUMBERS").unwrap()).unwrap();
    assert_eq!(difference(&native, &numbers()), None);
}
