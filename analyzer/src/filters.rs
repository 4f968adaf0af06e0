//! The bar over the report's pages: among which responses its numbers are, and the filters that choose them. It changes the
//! session's filters and draws no number but how many responses these are.

use crate::among::Among;
use crate::names::Names;
use crate::numbers::{count, day_number, day_of_number, iso_day, span};
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::selection::{Grouping, Member};
use candor_engine::plan::without_tags;
use candor_engine::report::Report;
use leptos::prelude::*;
use std::sync::Arc;

/// Most units that are offered; the list is drawn at once.
const OFFERED: usize = 2000;

/// What a column is called by which responses are grouped: an attribute without the word that own files put before it, and a question
/// without its markup.
pub(crate) fn segment_name(column: &str) -> String {
    without_tags(column.strip_prefix("attribute.").unwrap_or(column))
}

/// Which responses are chosen, in words.
pub(crate) fn chosen(among: &Among, whole: &Report, names: &Names) -> String {
    let mut words = Vec::new();
    match (among.from, among.to) {
        (Some(from), Some(to)) => {
            words.push(span(&iso_day(from), &iso_day(to)));
        }
        (Some(from), None) => words.push(fill(TEXT.filter_since, &[("day", &day_of_number(from))])),
        (None, Some(to)) => words.push(fill(TEXT.filter_until, &[("day", &day_of_number(to))])),
        (None, None) => {}
    }
    if let Some(unit) = among.unit.and_then(|place| whole.units.get(place)) {
        words.push(fill(TEXT.behind_unit, &[("unit", &names.name(&unit.unit))]));
    }
    if let Some(Member { column, value }) = &among.member {
        words.push(fill(TEXT.filter_member, &[("column", &*segment_name(column)), ("value", value)]));
    }
    if among.clear {
        words.push(TEXT.filter_clear_said.into());
    }
    words.join("; ")
}

/// The bar.
#[component]
pub(crate) fn FilterBar(session: Session, whole: Arc<Opened>) -> impl IntoView {
    let among = session.among;
    let all = whole.whole.responses.used;
    let report = whole.whole.clone();
    let of = whole.clone();
    let said = move || {
        let among = among.get();
        if among.is_all() {
            return fill(TEXT.filter_all, &[("n", &counted(TEXT.responses_used, all))]);
        }
        let words = chosen(&among, &report, &Names::of(&of));
        // How many these are, nobody knows yet.
        if session.working.get() {
            return fill(
                TEXT.filter_asked,
                &[("all", &*counted(TEXT.responses_used, all)), ("words", &*words)],
            );
        }
        let shown = match session.few.get() {
            Some(few) => few.responses,
            None => {
                session.opened.with(|opened| opened.as_ref().map_or(0, |opened| opened.report.responses.used))
            }
        };
        let places =
            [("n", &*count(shown)), ("all", &*counted(TEXT.responses_used, all)), ("words", &*words)];
        fill(TEXT.filter_some, &places)
    };
    let reset = move || {
        (!among.with(Among::is_all)).then(|| {
            view! {
                <button
                    type="button"
                    class="plain"
                    data-test="filter-reset"
                    on:click=move |_| session.choose_among(Among::default())
                >
                    {TEXT.filter_reset}
                </button>
            }
        })
    };
    // A list of hundreds of units is drawn for who asks for it, not for everybody who opens a file.
    let wanted = RwSignal::new(false);
    let controls = move || wanted.get().then(|| view! { <Controls session opened=whole.clone()/> });
    let working = move || {
        session.working.get().then(|| {
            view! { <p class="working" role="status" data-test="filter-working">{TEXT.filter_working}</p> }
        })
    };
    view! {
        <section class="filters" aria-label=TEXT.filter_label>
            <div class="filters-said">
                <p data-test="filter-count"><bdi>{said}</bdi></p>
                {reset}
                {working}
            </div>
            <details class="onscreen" on:toggle=move |_| wanted.set(true)>
                <summary data-test="filter-open">{TEXT.filter_open}</summary>
                {controls}
            </details>
        </section>
    }
}

#[component]
fn Controls(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let among = session.among;
    let dates = opened.whole.responses.from.as_deref().and_then(day_number).is_some().then(|| {
        view! {
            <DayField opened=opened.clone() label=TEXT.filter_from hook="filter-from"
                value=Signal::derive(move || among.with(|among| among.from))
                set=Callback::new(move |from| session.choose_among(Among { from, ..among.get_untracked() }))/>
            <DayField opened=opened.clone() label=TEXT.filter_to hook="filter-to"
                value=Signal::derive(move || among.with(|among| among.to))
                set=Callback::new(move |to| session.choose_among(Among { to, ..among.get_untracked() }))/>
        }
    });
    let unit = (!opened.whole.units.is_empty()).then(|| {
        view! {
            <UnitField opened=opened.clone() label=TEXT.plan_unit hook="filter-unit" none=TEXT.filter_any
                value=Signal::derive(move || among.with(|among| among.unit))
                set=Callback::new(move |unit| session.choose_among(Among { unit, ..among.get_untracked() }))/>
        }
    });
    let member = (!opened.groupings.is_empty()).then(|| {
        view! {
            <MemberField groupings=opened.groupings.clone() label=TEXT.filter_segment hook="filter-segment" none=TEXT.filter_any
                value=Signal::derive(move || among.with(|among| among.member.clone()))
                set=Callback::new(move |member| session.choose_among(Among { member, ..among.get_untracked() }))/>
        }
    });
    let clear = move |event| {
        let clear = event_target_checked(&event);
        session.choose_among(Among { clear, ..among.get_untracked() });
    };
    view! {
        <div class="fields">
            {dates}
            {unit}
            {member}
            <label class="switch">
                <input
                    type="checkbox"
                    data-test="filter-clear"
                    prop:checked=move || among.with(|among| among.clear)
                    on:change=clear
                />
                <span>{TEXT.filter_clear}</span>
            </label>
        </div>
    }
}

/// A day between the first and the last of the file.
#[component]
pub(crate) fn DayField(
    opened: Arc<Opened>,
    label: &'static str,
    hook: &'static str,
    value: Signal<Option<i64>>,
    set: Callback<Option<i64>>,
) -> impl IntoView {
    let responses = &opened.whole.responses;
    let end = |time: &Option<String>| time.as_deref().and_then(day_number).map(iso_day);
    let shown = move || value.get().map(iso_day).unwrap_or_default();
    view! {
        <label>
            <span>{label}</span>
            <input
                type="date"
                data-test=hook
                min=end(&responses.from)
                max=end(&responses.to)
                prop:value=shown
                on:change=move |event| set.run(day_number(&event_target_value(&event)))
            />
        </label>
    }
}

/// A unit that has enough scores to be shown.
#[component]
pub(crate) fn UnitField(
    opened: Arc<Opened>,
    label: &'static str,
    hook: &'static str,
    none: &'static str,
    value: Signal<Option<usize>>,
    set: Callback<Option<usize>>,
) -> impl IntoView {
    let options = move || {
        // Made anew when names are hidden or shown.
        let names = Names::of(&opened);
        let scored = opened.whole.units.iter().enumerate().filter(|(_, unit)| unit.score.is_some());
        let mut scored: Vec<(usize, &str)> =
            scored.map(|(place, unit)| (place, unit.unit.as_str())).collect();
        names.sort(&mut scored, |&(_, name)| name);
        scored
            .into_iter()
            .take(OFFERED)
            .map(|(place, name)| {
                let name = names.name(name);
                view! { <option value=place prop:selected=move || value.get() == Some(place)>{name}</option> }
            })
            .collect_view()
    };
    view! {
        <label>
            <span>{label}</span>
            <select data-test=hook on:change=move |event| set.run(event_target_value(&event).parse().ok())>
                <option value="" prop:selected=move || value.get().is_none()>{none}</option>
                {options}
            </select>
        </label>
    }
}

/// A value of another column, all columns in one list.
#[component]
pub(crate) fn MemberField(
    groupings: Vec<Grouping>,
    label: &'static str,
    hook: &'static str,
    none: &'static str,
    value: Signal<Option<Member>>,
    set: Callback<Option<Member>>,
) -> impl IntoView {
    let members: Vec<Member> = groupings
        .iter()
        .flat_map(|grouping| {
            let member =
                |(value, _): &(String, u64)| Member { column: grouping.column.clone(), value: value.clone() };
            grouping.values.iter().map(member)
        })
        .collect();
    let mut place = 0;
    let groups = groupings
        .into_iter()
        .map(|grouping| {
            let options = grouping
                .values
                .into_iter()
                .map(|(word, n)| {
                    let here = place;
                    place += 1;
                    let member = members[here].clone();
                    let text = fill(TEXT.filter_value, &[("value", &word), ("n", &count(n))]);
                    let selected = move || value.with(|value| value.as_ref() == Some(&member));
                    view! { <option value=here prop:selected=selected>{text}</option> }
                })
                .collect_view();
            view! { <optgroup label=segment_name(&grouping.column)>{options}</optgroup> }
        })
        .collect_view();
    let chosen = move |event| {
        let place: Option<usize> = event_target_value(&event).parse().ok();
        set.run(place.and_then(|place| members.get(place).cloned()));
    };
    view! {
        <label>
            <span>{label}</span>
            <select data-test=hook on:change=chosen>
                <option value="" prop:selected=move || value.with(Option::is_none)>{none}</option>
                {groups}
            </select>
        </label>
    }
}

/// What stands in the place of a page when too few responses are chosen.
#[component]
pub(crate) fn TooFewChosen(responses: u64, ratings: u64) -> impl IntoView {
    let places =
        [("n", &*counted(TEXT.score_scores, ratings)), ("of", &*counted(TEXT.responses_used, responses))];
    view! {
        <h1 tabindex="-1" data-test="filter-few">{TEXT.filter_few}</h1>
        <p class="lede">{fill(TEXT.filter_few_what, &places)}</p>
    }
}
