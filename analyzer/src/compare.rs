//! Two sides that the analyst picks, beside each other on the Change page: two periods, two units, or two segments. It asks
//! the desk and draws the answer; the sides stand in the address, so that the view can be come back to.

use crate::among::Among;
use crate::change::{Two, TwoSides};
use crate::filters::{DayField, MemberField, UnitField, chosen};
use crate::names::Names;
use crate::numbers::{Statistic, count, p_value};
use crate::score::statistic_name;
use crate::session::{Opened, Session};
use crate::text::{TEXT, fill};
use candor_engine::report::{Comparison, Score};
use candor_worker::{Answer, Question};
use leptos::prelude::*;
use std::sync::Arc;

/// What the sides are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Periods,
    Units,
    Segments,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Periods => "periods",
            Kind::Units => "units",
            Kind::Segments => "segments",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Periods => TEXT.compare_periods,
            Kind::Units => TEXT.compare_units,
            Kind::Segments => TEXT.compare_segments,
        }
    }

    /// What these sides are, when there is something on one.
    fn of(sides: &[Among; 2]) -> Option<Kind> {
        match sides.iter().find(|side| !side.is_all())? {
            side if side.unit.is_some() => Some(Kind::Units),
            side if side.member.is_some() => Some(Kind::Segments),
            _ => Some(Kind::Periods),
        }
    }
}

/// The part of the page.
#[component]
pub(crate) fn ComparePart(session: Session, opened: Arc<Opened>, score: Score) -> impl IntoView {
    let has_times = opened.whole.responses.from.is_some();
    let units = opened.whole.units.iter().filter(|unit| unit.score.is_some()).count();
    let kinds: Vec<Kind> = [
        (Kind::Periods, has_times),
        (Kind::Units, units > 1),
        (Kind::Segments, !opened.groupings.is_empty()),
    ]
    .into_iter()
    .filter_map(|(kind, there)| there.then_some(kind))
    .collect();
    kinds.first().copied().map(|first| {
        let kind = RwSignal::new(session.sides.with_untracked(Kind::of).unwrap_or(first));
        let picked = {
            let kinds = kinds.clone();
            move |event| {
                let word = event_target_value(&event);
                if let Some(picked) = kinds.iter().copied().find(|kind| kind.word() == word) {
                    kind.set(picked);
                    session.choose_sides(<[Among; 2]>::default());
                }
            }
        };
        let options = kinds
            .into_iter()
            .map(|offered| {
                let selected = move || kind.get() == offered;
                view! { <option value=offered.word() prop:selected=selected>{offered.name()}</option> }
            })
            .collect_view();
        let of = opened.clone();
        let fields = move || {
            let kind = kind.get();
            [(0, TEXT.compare_first), (1, TEXT.compare_second)]
                .map(|(nth, label)| view! { <SideFields session opened=of.clone() kind nth label/> })
                .collect_view()
        };
        view! {
            <section class="part onscreen-fields" aria-labelledby="compare">
                <h2 id="compare" class="label">{TEXT.compare_label}</h2>
                <div class="fields onscreen">
                    <label>
                        <span>{TEXT.compare_what}</span>
                        <select data-test="compare-kind" on:change=picked>{options}</select>
                    </label>
                </div>
                <div class="sides onscreen">{fields}</div>
                <Compared session opened score/>
            </section>
        }
    })
}

/// The fields of one side.
#[component]
fn SideFields(
    session: Session,
    opened: Arc<Opened>,
    kind: Kind,
    nth: usize,
    label: &'static str,
) -> impl IntoView {
    let side = move || session.sides.with(|sides| sides[nth].clone());
    let set = move |side: Among| {
        let mut sides = session.sides.get_untracked();
        sides[nth] = side;
        session.choose_sides(sides);
    };
    let now = move || session.sides.with_untracked(|sides| sides[nth].clone());
    let hook = |what: &'static str| match (what, nth) {
        ("from", 0) => "first-from",
        ("from", _) => "second-from",
        ("to", 0) => "first-to",
        ("to", _) => "second-to",
        (_, 0) => "first",
        _ => "second",
    };
    let fields = match kind {
        Kind::Periods => view! {
            <DayField opened=opened.clone() label=TEXT.filter_from hook=hook("from")
                value=Signal::derive(move || side().from)
                set=Callback::new(move |from| set(Among { from, ..now() }))/>
            <DayField opened label=TEXT.filter_to hook=hook("to")
                value=Signal::derive(move || side().to)
                set=Callback::new(move |to| set(Among { to, ..now() }))/>
        }
        .into_any(),
        Kind::Units => view! {
            <UnitField opened label=TEXT.plan_unit hook=hook("") none=TEXT.compare_choose
                value=Signal::derive(move || side().unit)
                set=Callback::new(move |unit| set(Among { unit, ..now() }))/>
        }
        .into_any(),
        Kind::Segments => view! {
            <MemberField groupings=opened.groupings.clone() label=TEXT.filter_segment hook=hook("") none=TEXT.compare_choose
                value=Signal::derive(move || side().member)
                set=Callback::new(move |member| set(Among { member, ..now() }))/>
        }
        .into_any(),
    };
    view! {
        <fieldset class="side">
            <legend>{label}</legend>
            <div class="fields">{fields}</div>
        </fieldset>
    }
}

/// What the desk answers, once both sides are chosen.
#[component]
fn Compared(session: Session, opened: Arc<Opened>, score: Score) -> impl IntoView {
    let answer: RwSignal<Option<Result<Box<Comparison>, String>>> = RwSignal::new(None);
    let latest = StoredValue::new(0u64);
    let of = opened.clone();
    Effect::new(move |_| {
        let sides = session.sides.get();
        let nth = latest.get_value() + 1;
        latest.set_value(nth);
        if sides.iter().any(Among::is_all) {
            return answer.set(None);
        }
        let among = session.among.with_untracked(|among| among.selection(&of.whole));
        let sides = sides.each_ref().map(|side| side.selection(&of.whole));
        session.ask(Question::Compare { among, sides }, move |found| {
            // Whoever has chosen other sides, or gone elsewhere, no longer waits.
            if latest.try_get_value() == Some(nth)
                && let Some(Answer::Compare(found)) = found
            {
                answer.set(Some(found));
            }
        });
    });
    move || {
        let names = Names::of(&opened);
        let sides = session.sides.get_untracked();
        match answer.get() {
            None => view! { <p class="quiet">{TEXT.compare_none}</p> }.into_any(),
            Some(Err(sentence)) => {
                view! { <p role="status" data-test="compare-refused">{sentence}</p> }.into_any()
            }
            Some(Ok(found)) => {
                let words = sides.each_ref().map(|side| chosen(side, &opened.whole, &names));
                view! { <Answered found=*found words score=score.clone()/> }.into_any()
            }
        }
    }
}

#[component]
fn Answered(found: Comparison, words: [String; 2], score: Score) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let (before, after, d) = (&found.before, &found.after, found.difference);
    let title = match (found.conclusive, d.value > 0.0) {
        (false, _) => TEXT.compare_unknown,
        (true, true) => TEXT.compare_higher,
        (true, false) => TEXT.compare_lower,
    };
    let [first, second] = &words;
    let drawn = fill(
        TEXT.compare_drawn,
        &[
            ("statistic", statistic_name(statistic)),
            ("before", first),
            ("after", second),
            ("nb", &count(before.n)),
            ("na", &count(after.n)),
            ("difference", &statistic.difference(d.value, d.low, d.high)),
            ("p", &found.p.map(p_value).unwrap_or_default()),
        ],
    );
    let two = Two {
        title: title.into(),
        drawn,
        ends: [(TEXT.compare_first, before.score.value), (TEXT.compare_second, after.score.value)],
        difference: d,
        split: found.split.clone(),
    };
    view! {
        <div data-test="compared">
            <TwoSides two score/>
            <p class="quiet">{TEXT.compare_caution} " " {found.test} "."</p>
            {found.notes.into_iter().map(|note| view! { <p class="quiet">{note}</p> }).collect_view()}
        </div>
    }
}
