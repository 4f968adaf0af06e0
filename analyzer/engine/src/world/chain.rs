//! A chain of stores, which is the analyzer's sample: where its stores are, and the ratings that it asks beside the score. It draws from the
//! stream of chance that writes, so that the world itself is drawn as any other is.

use super::chance::Chance;
use super::{Drawn, NPS, Place, Unit, WHY};
use candor_survey::question::Answer;
use candor_survey::response::{Response, Status};
use candor_survey::{Definition, Id};

/// The survey.
pub(super) const DEFINITION: &str = include_str!("sample.json");

/// Where the stores are, further ones are numbered: the town and its region.
const TOWNS: [(&str, &str); 40] = [
    ("Leeds", NORTH),
    ("York", NORTH),
    ("Hull", NORTH),
    ("Sheffield", NORTH),
    ("Harrogate", NORTH),
    ("Durham", NORTH),
    ("Bradford", NORTH),
    ("Lancaster", NORTH),
    ("Carlisle", NORTH),
    ("Preston", NORTH),
    ("Lincoln", MIDLANDS),
    ("Derby", MIDLANDS),
    ("Chester", MIDLANDS),
    ("Leicester", MIDLANDS),
    ("Nottingham", MIDLANDS),
    ("Coventry", MIDLANDS),
    ("Stafford", MIDLANDS),
    ("Worcester", MIDLANDS),
    ("Hereford", MIDLANDS),
    ("Bath", SOUTH),
    ("Bristol", SOUTH),
    ("Exeter", SOUTH),
    ("Oxford", SOUTH),
    ("Reading", SOUTH),
    ("Brighton", SOUTH),
    ("Canterbury", SOUTH),
    ("Winchester", SOUTH),
    ("Salisbury", SOUTH),
    ("Plymouth", SOUTH),
    ("Norwich", SOUTH),
    ("Aachen", GERMANY),
    ("Bonn", GERMANY),
    ("Bremen", GERMANY),
    ("Dortmund", GERMANY),
    ("Essen", GERMANY),
    ("Hannover", GERMANY),
    ("Kassel", GERMANY),
    ("Köln", GERMANY),
    ("Münster", GERMANY),
    ("Osnabrück", GERMANY),
];
const NORTH: &str = "North";
const MIDLANDS: &str = "Midlands";
const SOUTH: &str = "South";
const GERMANY: &str = "Germany";

/// The ratings that are asked beside the score, and how closely each goes with what was felt (a correlation on the latent scale).
const ITEMS: [(&str, f64); 4] = [("advice", 0.75), ("waiting", 0.6), ("selection", 0.35), ("price", 0.2)];
/// The mean and the standard deviation of what is felt.
const FELT: (f64, f64) = (7.8, 2.4);
/// Where one rating ends and the next begins, on the latent scale.
const STEPS: [f64; 4] = [-1.7, -1.0, -0.2, 0.8];
/// The share of ratings that are left out, and of customers who give the same rating throughout.
const LEFT_OUT: f64 = 0.03;
/// See [`LEFT_OUT`].
const CARELESS: f64 = 0.04;

/// The store with this number.
pub(super) fn place(number: u32) -> Place {
    match TOWNS.get(number as usize) {
        Some(&(name, region)) => Place::Store { name: name.into(), region, german: region == GERMANY },
        None => Place::Store { name: format!("Store {}", number + 1), region: SOUTH, german: false },
    }
}

/// Adds the answers to the further ratings, and the language that the survey was answered in.
pub(super) fn ask_more(
    response: &mut Response,
    unit: &Unit,
    drawn: &Drawn,
    definition: &Definition,
    writing: &mut Chance,
) {
    if let Place::Store { german: true, .. } = unit.place {
        response.locale = definition.languages[1].clone();
    }
    let ids = |name: &str| Id::new(name).unwrap_or_else(|| unreachable!("{name} is an id"));
    if response.status == Status::Partial {
        return;
    }
    response.order = vec![ids(NPS)];
    let same = writing.happens(CARELESS).then(|| if writing.happens(0.5) { 5 } else { 3 });
    let mood = (f64::from(drawn.felt) - FELT.0) / FELT.1;
    let mut ms = 0;
    for (name, closely) in ITEMS {
        let id = ids(name);
        let latent = closely * mood + libm::sqrt(1.0 - closely * closely) * writing.normal();
        let rating = 1 + STEPS.iter().filter(|step| latent > **step).count() as i64;
        let took = writing
            .log_normal(if drawn.staff { 500.0 } else { 1900.0 * unit.speed }, 0.4)
            .min(60_000.0) as u32;
        let rating = if drawn.staff { 5 } else { same.unwrap_or(rating) };
        let answered = drawn.staff || !writing.happens(LEFT_OUT);
        response.answers.set(&id, if answered { Answer::Number(rating.into()) } else { Answer::Skipped });
        if answered {
            response.signals.ms.set(&id, took);
        }
        ms += took;
        response.order.push(id);
    }
    response.order.push(ids(WHY));
    response.signals.ms_total += ms;
    response.submitted.0 += i64::from(ms);
    if let Some(received) = &mut response.received {
        received.0 += i64::from(ms);
    }
}
