//! How freely the scores were given: the evidence in single responses, what there is of evidence about everybody, units in
//! a funnel plot, and the units with the most evidence first. Nothing here is a verdict, and the score decides no order.

use crate::change::{absent, ends};
use crate::chart::figure::{Figure, Hint};
use crate::chart::scale::Linear;
use crate::chart::steps::Steps;
use crate::conclusions::{Conclusions, not_found};
use crate::evidence::{EvidencePart, can_speak};
use crate::finding;
use crate::funnel::FunnelPicture;
use crate::mark::LevelMark;
use crate::names::{Names, NamesSwitch};
use crate::numbers::{NOTHING, Statistic, combined_p, count, p_value, share};
use crate::route::Route;
use crate::score::statistic_name;
use crate::session::Opened;
use crate::text::{TEXT, counted, fill};
use candor_engine::report::{Availability, Channel, Finding, Pressure, Removal, Score, Unit};
use candor_survey::response::Level;
use leptos::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// As many units as are listed at once; a button lists the rest.
const AT_ONCE: usize = 30;

/// The page.
#[component]
pub(crate) fn IntegrityPage(opened: Arc<Opened>) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let mute = mute(&opened);
    let units = (!report.units.is_empty()).then(|| {
        view! { <UnitsOfInterest opened=opened.clone() names=names.clone()/> }
    });
    let findings: Vec<Finding> =
        report.findings.iter().filter(|finding| !mute || finding.id != "pressure").cloned().collect();
    view! {
        <h1 tabindex="-1">{TEXT.integrity_title}</h1>
        <p class="lede">{TEXT.integrity_what}</p>
        <EvidencePart evidence=report.evidence.clone() plan=opened.plan.clone()/>
        <Firm firm=report.firm.clone() names=names.clone()/>
        {units}
        {report.pressure.clone().map(|pressure| view! { <PressurePart pressure mute names=names.clone() score=report.scores.first().cloned()/> })}
        {absent(&opened, "flagged")}
        <Conclusions
            findings=findings
            not_found=not_found(report)
            about=&["pressure", "suspects", "flagged", "evidence", "words", "protected"]
            names
        />
    }
}

/// Whether nothing can be said about pressure: no answer of the file can carry evidence, and no unit stands out by anything else.
fn mute(opened: &Opened) -> bool {
    !can_speak(&opened.plan) && !opened.report.units.iter().any(|unit| unit.flagged)
}

/// Evidence about everybody, which no comparison of units can show.
#[component]
fn Firm(firm: Vec<Channel>, names: Names) -> impl IntoView {
    (!firm.is_empty()).then(|| {
        let rows = firm
            .into_iter()
            .map(|channel| {
                let p = channel.p.map(p_value);
                view! {
                    <li>
                        <p class="statement">{names.sentence(&channel.sentence)}</p>
                        <p class="quiet">{p} " " {channel.reason.as_deref().map(|reason| names.sentence(reason))}</p>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="part" aria-labelledby="firm">
                <h2 id="firm" class="label">{TEXT.firm_label}</h2>
                <ul class="firm">{rows}</ul>
            </section>
        }
    })
}

/// What the units' test comes to: the score with and without suspect answers, and what could be looked at.
#[component]
fn PressurePart(pressure: Pressure, mute: bool, names: Names, score: Option<Score>) -> impl IntoView {
    let removals: Vec<Removal> =
        pressure.without_flagged.into_iter().chain(pressure.without_suspect).collect();
    let without = (!removals.is_empty()).then(|| {
        view! {
            <section class="part" aria-labelledby="without">
                <h2 id="without" class="label">{TEXT.without_label}</h2>
                {removals
                    .into_iter()
                    .map(|removal| view! { <Without removal names=names.clone() score=score.clone()/> })
                    .collect_view()}
            </section>
        }
    });
    let families = pressure.families.clone();
    let channels = pressure.channels;
    let rows = families
        .into_iter()
        .map(|family| {
            let of: Vec<Availability> =
                channels.iter().filter(|channel| channel.family == family.name).cloned().collect();
            view! {
                <div>
                    <dt>{family.title}</dt>
                    <dd>
                        <ul>{of.into_iter().map(|channel| view! { <AvailableRow channel/> }).collect_view()}</ul>
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! {
        {without}
        <section class="part" aria-labelledby="looked">
            <h2 id="looked" class="label">{TEXT.looked_label}</h2>
            {(!mute)
                .then(|| {
                    view! {
                        <p>{names.sentence(&pressure.sentence)}</p>
                        <p class="quiet">{pressure.test}</p>
                    }
                })}
            <dl class="looked">{rows}</dl>
        </section>
    }
}

#[component]
fn AvailableRow(channel: Availability) -> impl IntoView {
    let said = match channel.reason {
        Some(reason) => [TEXT.card_absent, " ", &reason].concat(),
        None => counted(TEXT.looked_units, channel.units),
    };
    view! { <li>{channel.title} ": " <span class="quiet">{said}</span></li> }
}

/// A score with and without suspect answers: the engine's sentence over two points on one scale.
#[component]
fn Without(removal: Removal, names: Names, score: Option<Score>) -> impl IntoView {
    let statistic = Statistic::new(&removal.statistic);
    let sentence = names.sentence(&removal.sentence);
    let said = sentence.clone();
    let picture = score.map(|score| {
        let scale = Linear::around([removal.with, removal.without].into_iter(), ends(statistic, &score))
            .with_margin(1.5);
        let ticks = scale.ticks(4).into_iter().map(|value| (value, statistic.value(value))).collect();
        let (all, rest) = (count(removal.n), count(removal.n - removal.suspect));
        let [with, without] = statistic.pair([removal.with, removal.without]);
        let heads =
            [TEXT.value_join_what, statistic_name(statistic), TEXT.evidence_n].map(String::from).to_vec();
        let table = vec![
            vec![TEXT.without_with.into(), with.clone(), all.clone()],
            vec![TEXT.without_without.into(), without.clone(), rest.clone()],
        ];
        let drawn = fill(
            TEXT.without_drawn,
            &[("statistic", statistic_name(statistic)), ("all", &all), ("rest", &rest)],
        );
        let rows =
            [(TEXT.without_with, removal.with, with), (TEXT.without_without, removal.without, without)]
                .map(|(name, value, words)| {
                    view! {
                        <li class="step">
                            <span class="who">{name}</span>
                            <span class="figure-text">{words}</span>
                            <svg class="strip" width="100%" height="28" aria-hidden="true">
                                <circle class="point" cx=scale.at(value) cy="14" r="6"></circle>
                            </svg>
                        </li>
                    }
                })
                .collect_view();
        view! {
            <Figure finding=sentence.clone() drawn heads rows=table>
                <Steps scale ticks>
                    <ul class="waterfall">{rows}</ul>
                </Steps>
            </Figure>
        }
        .into_any()
    });
    let picture = picture.unwrap_or_else(|| view! { <p class="statement">{said}</p> }.into_any());
    view! {
        <div class="without" data-test="without">{picture}</div>
    }
}

/// The places of the units by evidence: those that stand out first, then by adjusted p, then by the smallest p of a kind of evidence,
/// then by their share of strong evidence, then by what names them.
fn ranked(units: &[Unit], names: &Names) -> Vec<usize> {
    let strong = |unit: &Unit| {
        let all = unit.evidence.none + unit.evidence.some + unit.evidence.strong;
        unit.evidence.strong as f64 / all.max(1) as f64
    };
    let mut listed: Vec<(usize, &Unit)> = units.iter().enumerate().collect();
    names.sort(&mut listed, |(_, unit)| &unit.unit);
    let mut ranked: Vec<usize> = listed.into_iter().map(|(at, _)| at).collect();
    let strongest = |unit: &Unit| {
        unit.families.iter().filter_map(|family| family.p).min_by(f64::total_cmp).unwrap_or(2.0)
    };
    ranked.sort_by(|&a, &b| {
        let (a, b) = (&units[a], &units[b]);
        Reverse(a.flagged)
            .cmp(&Reverse(b.flagged))
            .then_with(|| a.p_adjusted.unwrap_or(2.0).total_cmp(&b.p_adjusted.unwrap_or(2.0)))
            .then_with(|| strongest(a).total_cmp(&strongest(b)))
            .then_with(|| strong(b).total_cmp(&strong(a)))
    });
    ranked
}

#[component]
fn UnitsOfInterest(opened: Arc<Opened>, names: Names) -> impl IntoView {
    let report = &opened.report;
    let score = report.scores.first().cloned();
    let funnel = report.funnel.clone().zip(score.clone()).map(|(funnel, score)| {
        view! { <FunnelPicture units=report.units.clone() funnel score names=names.clone()/> }
    });
    if mute(&opened) {
        return view! {
            <section class="part" aria-labelledby="units-of-interest">
                <h2 id="units-of-interest" class="label">{TEXT.ranked_mute_label}</h2>
                <NamesSwitch/>
                {funnel}
                <MuteUnits units=report.units.clone() statistic=score.map(|score| Statistic::new(&score.statistic)) names/>
            </section>
        }
        .into_any();
    }
    let tested = report.units.iter().any(|unit| unit.p_adjusted.is_some());
    let flagged = report.units.iter().filter(|unit| unit.flagged).count() as u64;
    let title = match (tested, flagged) {
        (false, _) => TEXT.ranked_untested.to_owned(),
        (true, 0) => TEXT.ranked_none.to_owned(),
        (true, n) => counted(TEXT.ranked_some, n),
    };
    let units = ranked(&report.units, &names);
    let all = units.len();
    let every = RwSignal::new(all <= AT_ONCE);
    let statistic = score.map(|score| Statistic::new(&score.statistic));
    let best = statistic.zip(finding::best_is_not_flagged(&report.units)).and_then(|(statistic, unit)| {
        let value = statistic.value(unit.score?.value);
        let said = fill(TEXT.ranked_best, &[("value", &value), ("unit", &names.name(&unit.unit))]);
        Some(view! { <p class="statement" data-test="ranked-best">{said}</p> })
    });
    let rows = move || {
        let many = if every.get() { all } else { AT_ONCE };
        units
            .iter()
            .take(many)
            .map(|&place| {
                let unit = opened.report.units[place].clone();
                let (name, place) = (names.name(&unit.unit), names.place(&unit.unit).unwrap_or(place));
                view! { <RankedRow place unit name statistic/> }
            })
            .collect_view()
    };
    let more = move || {
        (!every.get()).then(|| {
            view! {
                <button type="button" class="second" on:click=move |_| every.set(true)>
                    {fill(TEXT.ranked_all, &[("n", &count(all as u64))])}
                </button>
            }
        })
    };
    view! {
        <section class="part" aria-labelledby="units-of-interest">
            <h2 id="units-of-interest" class="label">{TEXT.ranked_label}</h2>
            <NamesSwitch/>
            {funnel}
            <h3 class="finding" id="units-ranked">{title}</h3>
            {best}
            <p class="drawn quiet">{TEXT.ranked_what} <Hint hint=TEXT.ranked_hint/></p>
            // Wide tables scroll inside, and the keyboard must be able to do it.
            <div class="scroll" tabindex="0" role="region" aria-labelledby="units-ranked">
                <table class="numbers ranked">
                    <thead>
                        <tr>
                            <th scope="col">{TEXT.units_unit}</th>
                            <th scope="col">{TEXT.ranked_says}</th>
                            // On a phone the first columns are what is seen before anybody scrolls.
                            <th scope="col">{TEXT.ranked_score}</th>
                            <th scope="col">{TEXT.ranked_adjusted}</th>
                            <th scope="col">{TEXT.evidence_strong}</th>
                            <th scope="col">{TEXT.evidence_n}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {more}
        </section>
    }
    .into_any()
}

/// Units of a file that can say nothing about pressure: how many scores each has, and which.
#[component]
fn MuteUnits(units: Vec<Unit>, statistic: Option<Statistic>, names: Names) -> impl IntoView {
    let mut units = units;
    names.sort(&mut units, |unit| &unit.unit);
    let all = units.len();
    let every = RwSignal::new(all <= AT_ONCE);
    let rows = move || {
        let many = if every.get() { all } else { AT_ONCE };
        let rows = units.iter().take(many).map(|unit| {
            let score = statistic
                .zip(unit.score)
                .map_or(NOTHING.into(), |(s, e)| s.with_interval(e.value, e.low, e.high));
            let card = Route::Card(names.place(&unit.unit).unwrap_or_default()).href();
            view! {
                <tr data-test="ranked-row">
                    <th scope="row"><a href=card data-test="card-link"><bdi>{names.name(&unit.unit)}</bdi></a></th>
                    <td>{count(unit.n)}</td>
                    <td>{score}</td>
                </tr>
            }
        });
        rows.collect_view()
    };
    let more = move || {
        (!every.get()).then(|| {
            view! {
                <button type="button" class="second" on:click=move |_| every.set(true)>
                    {fill(TEXT.ranked_all, &[("n", &count(all as u64))])}
                </button>
            }
        })
    };
    view! {
        <h3 class="finding" id="units-ranked">{TEXT.ranked_mute}</h3>
        // Wide tables scroll inside, and the keyboard must be able to do it.
        <div class="scroll" tabindex="0" role="region" aria-labelledby="units-ranked">
            <table class="numbers ranked">
                <thead>
                    <tr>
                        <th scope="col">{TEXT.units_unit}</th>
                        <th scope="col">{TEXT.evidence_n}</th>
                        <th scope="col">{TEXT.ranked_score}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
}

/// What the evidence on a unit says, in a few words, with the mark before them. Nobody is like the others of whom a kind of evidence speaks.
fn says(unit: &Unit) -> (Option<Level>, String) {
    let speaking = unit.families.iter().filter(|family| family.speaks).count() as u64;
    match (unit.p_adjusted, unit.flagged, speaking) {
        (None, ..) => (None, TEXT.ranked_untested_short.into()),
        (_, true, _) => (Some(Level::Strong), TEXT.ranked_stands_out.into()),
        // The report has the kinds of evidence of those with the most of it.
        _ if unit.families.is_empty() => (None, TEXT.ranked_not_out.into()),
        (.., 0) => (None, TEXT.ranked_as_others.into()),
        (.., n) => (Some(Level::Some), counted(TEXT.ranked_speaks, n)),
    }
}

#[component]
fn RankedRow(place: usize, unit: Unit, name: String, statistic: Option<Statistic>) -> impl IntoView {
    let all = unit.evidence.none + unit.evidence.some + unit.evidence.strong;
    let score =
        statistic.zip(unit.score).map_or(NOTHING.into(), |(s, e)| s.with_interval(e.value, e.low, e.high));
    let strong =
        [share(unit.evidence.strong, all), fill(TEXT.of_n, &[("n", &count(unit.evidence.strong))])].join(" ");
    let (mark, words) = says(&unit);
    let says = view! { {mark.map(|level| view! { <LevelMark level/> " " })} {words} };
    view! {
        <tr data-test="ranked-row">
            <th scope="row">
                <a href=Route::Card(place).href() data-test="card-link"><bdi>{name}</bdi></a>
            </th>
            <td>{says}</td>
            <td>{score}</td>
            <td>{unit.p_adjusted.map_or(NOTHING.into(), combined_p)}</td>
            <td>{strong}</td>
            <td>{count(unit.n)}</td>
        </tr>
    }
}

/// Notes by the place of their unit in the report of all responses, and the file that they are about.
type NotesOf = (u64, HashMap<usize, String>);

/// What the analyst notes about units until another file is opened.
#[derive(Clone, Copy)]
pub(crate) struct Notes(StoredValue<Option<NotesOf>>);

impl Notes {
    /// Makes them known to every component below.
    pub(crate) fn provide() -> Notes {
        let notes = Notes(StoredValue::new(None));
        provide_context(notes);
        notes
    }

    /// All notes on this file, by the name of their unit.
    pub(crate) fn by_unit(self, opened: &Opened) -> BTreeMap<String, String> {
        self.0.with_value(|notes| {
            let notes = notes.iter().filter(|(of, _)| *of == opened.file).flat_map(|(_, notes)| notes);
            let named = |(&place, note): (&usize, &String)| {
                Some((opened.whole.units.get(place)?.unit.clone(), note.clone()))
            };
            notes.filter(|(_, note)| !note.is_empty()).filter_map(named).collect()
        })
    }

    /// The note on a unit.
    pub(crate) fn of(self, opened: &Arc<Opened>, place: usize) -> String {
        self.0.with_value(|notes| {
            notes
                .as_ref()
                .filter(|(of, _)| *of == opened.file)
                .and_then(|(_, notes)| notes.get(&place).cloned())
                .unwrap_or_default()
        })
    }

    /// Keeps it.
    pub(crate) fn keep(self, opened: &Arc<Opened>, place: usize, note: String) {
        self.0.update_value(|notes| match notes {
            Some((of, notes)) if *of == opened.file => {
                notes.insert(place, note);
            }
            _ => *notes = Some((opened.file, HashMap::from([(place, note)]))),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::report::{Family, Levels};

    fn unit(name: &str, p_adjusted: Option<f64>, flagged: bool, families: &[f64]) -> Unit {
        let family = |&p: &f64| Family {
            name: "moment".into(),
            title: "The moment of answering".into(),
            p: Some(p),
            speaks: p <= 0.05,
            reason: None,
        };
        Unit {
            unit: name.into(),
            n: 50,
            score: None,
            next: None,
            reason: None,
            evidence: Levels::default(),
            flagged,
            p_adjusted,
            verdict: None,
            untested: None,
            families: families.iter().map(family).collect(),
            channels: Vec::new(),
            suspects: None,
        }
    }

    #[test]
    fn of_equal_adjusted_p_the_unit_with_the_strongest_kind_of_evidence_comes_first_and_then_the_name() {
        let units = [
            unit("a", Some(0.5), false, &[0.4, 0.5]),
            unit("b", None, false, &[]),
            unit("c", Some(0.5), false, &[0.5, 0.5]),
            unit("d", Some(0.5), false, &[0.5, 1e-6]),
            unit("e", Some(0.5), false, &[0.5, 0.5]),
            unit("f", Some(0.001), true, &[0.001, 0.001]),
        ];
        let names: Vec<&str> =
            ranked(&units, &Names::shown()).into_iter().map(|at| units[at].unit.as_str()).collect();
        assert_eq!(names, ["f", "d", "a", "c", "e", "b"]);
    }

    #[test]
    fn nobody_is_like_the_others_of_whom_a_kind_of_evidence_speaks() {
        for (unit, mark, words) in [
            (unit("a", Some(0.5), false, &[0.4, 0.5]), None, "like the others"),
            (unit("b", Some(0.5), false, &[0.4, 1e-6]), Some(Level::Some), "one kind of evidence"),
            (unit("c", Some(0.5), false, &[0.01, 0.02]), Some(Level::Some), "2 kinds, but weak"),
            (unit("d", Some(0.01), true, &[1e-4, 1e-4]), Some(Level::Strong), "stands out"),
            (unit("e", Some(0.5), false, &[]), None, "does not stand out"),
            (unit("f", None, false, &[]), None, "not tested"),
        ] {
            assert_eq!(says(&unit), (mark, words.to_owned()), "{}", unit.unit);
        }
    }
}
