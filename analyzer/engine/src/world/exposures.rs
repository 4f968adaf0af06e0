//! How many page views of a simulated unit lay behind its responses, and those page views as the collector exports them. It
//! draws from the stream of chance that is handed in.

use super::{Calendar, Chance, DAY, Drawn, Parameters, Pressure, Unit, World, normal_share, opening_hour};
use crate::pressure::rows::Asked;
use crate::sort;
use candor_survey::exposure::Event;
use candor_survey::leaf::One;
use candor_survey::{Exposure, Id, Revision, Time, Uuid};

/// How often the survey had to come due, and be shown, until this unit had its responses.
pub(super) fn asked(unit: &Unit, drawn: &[Drawn], p: &Parameters, chance: &mut Chance) -> Asked {
    // The share of customers who would give 0 to 6, by the point of the latent scale below which they lie.
    let below: f64 = p.ratings[..7].iter().sum();
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if normal_share(middle) < below { low = middle } else { high = middle }
    }
    let unhappy = normal_share((low - unit.quality) / unit.polarization);
    let kept_out = unit.strength(Pressure::Gate, p) * (1.0 - p.gate);
    let sampled = p.sampled * (1.0 - kept_out * unhappy);
    let mut found = Asked::default();
    for one in drawn {
        // Staff answer whenever they open the survey, and open it until it comes.
        let shown = if one.staff { 1 } else { chance.trials(p.answered) };
        let due: u64 = (0..shown).map(|_| if one.staff { 1 } else { chance.trials(sampled) }).sum();
        // A kiosk stands there with the survey open: its answers have no page view of their own.
        if one.is_triggered() {
            found.sampled += shown;
            found.eligible += due;
        }
    }
    found
}

impl World {
    /// The page views of a world as the collector exports them: one for each response that is not from a kiosk, and the others at
    /// any time of its days.
    pub fn exposures(&self, p: &Parameters, survey: &Id, revision: &Revision) -> Vec<Exposure> {
        let mut writing = Chance::new(self.seed ^ super::WRITING.rotate_left(32));
        let start = self.midnight();
        let calendar = Calendar::new(start, p);
        let mut exposures = Vec::new();
        for (unit, drawn) in self.drawn(p) {
            let days = calendar.of(&unit);
            let mut step = |view: &Uuid, event: Event, at: i64, writing: &mut Chance| {
                exposures.push(Exposure {
                    v: One,
                    id: Uuid::v7(at, writing.bytes()),
                    event,
                    survey: survey.clone(),
                    revision: revision.clone(),
                    view: view.clone(),
                    at: Time(at),
                    received: Some(Time(at + 150 + i64::from(writing.below(900)))),
                    attributes: unit.attributes(),
                });
            };
            let drawn: Vec<&Drawn> = drawn.iter().filter(|one| one.is_triggered()).collect();
            let answered = drawn.len() as u64;
            for view in 0..unit.asked.eligible {
                let at = match drawn.get(view as usize) {
                    Some(one) => one.started(start).0,
                    None => start.0 + i64::from(days.draw(&mut writing)) * DAY + opening_hour(&mut writing),
                };
                let id = Uuid::v7(at, writing.bytes());
                step(&id, Event::Eligible, at, &mut writing);
                if view < unit.asked.sampled {
                    step(&id, Event::Sampled, at + 1, &mut writing);
                    step(&id, Event::Shown, at + 2, &mut writing);
                }
                if view < answered {
                    step(&id, Event::Started, at + 500, &mut writing);
                }
            }
        }
        sort::by(&mut exposures, |a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        exposures
    }
}
