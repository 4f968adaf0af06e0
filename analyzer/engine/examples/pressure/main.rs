//! `cargo xtask bench pressure`: prints what the detectors achieve in simulated worlds, beside their yardsticks.
#![allow(clippy::print_stdout, reason = "a command line speaks")]

mod bench;
mod limit;

use bench::{Cell, LEVELS, METHODS, Outcome, known_words, spread_out};
use candor_engine::pressure::channel::{ALL, Family};
use candor_engine::world::Pressure;
use std::process::ExitCode;

/// The sizes and spreads of the table.
const SIZES: [f64; 3] = [60.0, 150.0, 400.0];
/// See [`SIZES`].
const SPREADS: [f64; 3] = [0.0, 0.25, 0.5];

/// The limit takes longer than all else, and is computed in the first of a cell's worlds only.
const LIMIT_WORLDS: u64 = 100;
/// How many honest units the oracle knows the words from, and their median size. A comment in a thousand sounds like solicitation, so
/// that units of the table's sizes would show how often, and not how much units differ.
const KNOWN_WORDS: (u32, f64) = (1000, 4000.0);

struct Options {
    worlds: u64,
    threads: u64,
    kind: Option<String>,
    size: Option<f64>,
    spread: Option<f64>,
    limits: u64,
    tails: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        worlds: 1000,
        threads: 2,
        kind: None,
        size: None,
        spread: None,
        limits: LIMIT_WORLDS,
        tails: false,
    };
    let mut rest = std::env::args().skip(1);
    while let Some(word) = rest.next() {
        let mut number = || rest.next().ok_or(format!("`{word}` needs a value"));
        let bad = |text: &str| format!("`{word} {text}` is not understood");
        match word.as_str() {
            "--worlds" => options.worlds = number().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            "--threads" => {
                options.threads = number().and_then(|text| text.parse().map_err(|_| bad(&text)))?
            }
            "--size" => options.size = Some(number().and_then(|text| text.parse().map_err(|_| bad(&text)))?),
            "--spread" => {
                options.spread = Some(number().and_then(|text| text.parse().map_err(|_| bad(&text)))?)
            }
            "--limits" => options.limits = number().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            "--kind" => options.kind = Some(number()?),
            "--tails" => options.tails = true,
            _ => {
                return Err(format!(
                    "`{word}` is not understood: --worlds N, --threads N, --kind KIND, --size N, --spread S, \
                     --limits N (worlds with the limit), --tails"
                ));
            }
        }
    }
    if options.worlds == 0 || options.threads == 0 {
        return Err("`--worlds` and `--threads` are at least 1".into());
    }
    Ok(options)
}

fn kind_name(kind: Option<Pressure>) -> &'static str {
    kind.map_or("honest", Pressure::as_str)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("pressure: {error}");
            return ExitCode::from(2);
        }
    };
    println!(
        "{} worlds of {} units a cell, {} of them pressured.\n",
        options.worlds,
        bench::UNITS,
        bench::PRESSURED
    );
    println!(
        "Found: the share of pressured units, in %, ± half of its 95% interval. False: the mean false share in %, with the upper end of \
         its 95% interval. In honest worlds it is the share of worlds with any flag. * misses a bar.\n"
    );
    let found: Vec<String> = METHODS.iter().map(|method| format!("{method} found")).collect();
    println!(
        "| kind | size | spread | {} | Candor false | pooled | oracle, naive, funnel, beta-binomial false |",
        found.join(" | ")
    );
    println!("|---|---|---|{}---|---|---|", "---|".repeat(METHODS.len()));
    let kinds = [None].into_iter().chain(Pressure::ALL.iter().copied().map(Some));
    let words = known_words(KNOWN_WORDS.0, KNOWN_WORDS.1);
    let mut met = true;
    for kind in kinds {
        if options.kind.as_ref().is_some_and(|only| only != kind_name(kind)) {
            continue;
        }
        for size in SIZES {
            if options.size.is_some_and(|only| only != size) {
                continue;
            }
            for spread in SPREADS {
                if options.spread.is_some_and(|only| only != spread) {
                    continue;
                }
                let cell = Cell { kind, size, spread };
                let outcome = spread_out(&cell, &words, options.worlds, options.limits, options.threads);
                met &= row(&cell, &outcome);
                if options.tails {
                    tails(&outcome);
                }
            }
        }
    }
    println!("\n{}", if met { "Every bar is met." } else { "Rows marked with * miss a bar." });
    ExitCode::SUCCESS
}

/// Prints a row, and says whether its bars are met.
fn row(cell: &Cell, outcome: &Outcome) -> bool {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let [ours, oracle, ..] = &outcome.tallies;
    let found: Vec<String> = outcome
        .tallies
        .iter()
        .map(|tally| {
            if cell.kind.is_none() || tally.worlds == 0 {
                return "–".to_owned();
            }
            let (found, half) = tally.found();
            format!("{} ± {}", percent(found), percent(half))
        })
        .collect();
    // In a world without pressure every flag is false, so that the false share is that of worlds with any flag.
    let false_share = |at: usize| percent(outcome.tallies[at].false_share().0);
    let (share, share_upper) = ours.false_share();
    let (any, any_upper) = ours.any_flag();
    let mut met = share <= 0.05 && share_upper <= 0.07;
    let (share, share_upper) = match cell.kind {
        None => {
            met &= any <= 0.05 && any_upper <= 0.07;
            (any, any_upper)
        }
        Some(_) => {
            met &= oracle.found().0 < 0.1 || ours.found().0 >= 0.8 * oracle.found().0;
            (share, share_upper)
        }
    };
    println!(
        "| {}{} | {} | {} | {} | {} (≤ {}) | {}/{} | {}, {}, {}, {} |",
        kind_name(cell.kind),
        if met { "" } else { " *" },
        cell.size,
        cell.spread,
        found.join(" | "),
        percent(share),
        percent(share_upper),
        ours.wrong,
        ours.flagged,
        false_share(1),
        false_share(3),
        false_share(4),
        false_share(5),
    );
    met
}

/// Prints how many honest units lie in the tails.
fn tails(outcome: &Outcome) {
    let names =
        ALL.iter().map(|channel| channel.name()).chain(Family::ALL.iter().map(|family| family.as_str()));
    for (at, name) in names.enumerate() {
        let shares = |tails: &bench::Tails| {
            let Some((n, counts)) = tails.counts.get(at).filter(|(n, _)| *n > 0) else {
                return "absent".to_owned();
            };
            let each: Vec<String> = counts
                .iter()
                .zip(LEVELS)
                .map(|(count, level)| format!("{:.2}", *count as f64 / *n as f64 / level))
                .collect();
            let mut pressured = tails.pressured[at].clone();
            pressured.sort_by(f64::total_cmp);
            let middle = pressured
                .get(pressured.len() / 2)
                .map_or(String::new(), |p| format!(" (pressured: median {p:.1e})"));
            format!("{}{middle}", each.join(" "))
        };
        println!("    {name}: candor {} | oracle {}", shares(&outcome.candor), shares(&outcome.oracle));
    }
}
