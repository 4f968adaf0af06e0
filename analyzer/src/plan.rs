//! The reading plan as a table: which column is the score, the unit, the time and the text, why it was guessed, what
//! stands in it, and a select to change each. It edits the session's draft; reading by it is the session's.

use crate::export;
use crate::kept;
use crate::names::Hiding;
use crate::personal::{PersonalSwitch, shown};
use crate::plan_file::PlanFile;
use crate::route::Route;
use crate::session::{Draft, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::plan::{DateOrder, Encoding, Holds, Plan, PlanColumn, Role, Scale, Tool};
use leptos::prelude::*;

/// The scales that are offered beside the one that was guessed.
const SCALES: &[(u8, u8, bool)] = &[
    (0, 10, true),
    (0, 10, false),
    (1, 10, false),
    (1, 7, false),
    (1, 5, false),
    (0, 5, false),
    (1, 6, false),
    (1, 4, false),
    (1, 3, false),
    (0, 1, false),
    (0, 100, false),
];

/// The plan of the file that was chosen or read.
#[component]
pub(crate) fn PlanPage(session: Session) -> impl IntoView {
    let draft = session.draft;
    let (name, read) =
        draft.with_untracked(|d| d.as_ref().map(|d| (d.name.clone(), d.read)).unwrap_or_default());
    let (title, what, button) = match read {
        true => (TEXT.plan_title_read, TEXT.plan_what_read, TEXT.read_again),
        false => (TEXT.plan_title, TEXT.plan_what, TEXT.read_it),
    };
    let rows = move || {
        let parts = draft.with(|d| d.as_ref().map(|d| parts(&d.plan)).unwrap_or_default());
        parts.into_iter().map(|part| view! { <PartRow session part/> }).collect_view()
    };
    let notes = draft.with_untracked(|d| d.as_ref().map(|d| d.plan.notes.clone()).unwrap_or_default());
    let heads = [TEXT.plan_part, TEXT.plan_column, TEXT.plan_why, TEXT.plan_examples];
    view! {
        <section class="plan">
            <h1 tabindex="-1">{title}</h1>
            <p class="lede">{fill(what, &[("name", &name)])}</p>
            // The roles are spelled out because on a phone the table is laid out as blocks, which would drop them.
            <table class="plan-table" role="table" aria-label=TEXT.plan_caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {heads.map(|head| view! { <th scope="col" role="columnheader">{head}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            <PersonalSwitch session/>
            <div class="plan-more">
                <ScaleSelect session/>
                <DateSelect session/>
                <EncodingSelect session/>
            </div>
            {(!notes.is_empty())
                .then(|| {
                    let notes = notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view();
                    view! { <ul class="notes">{notes}</ul> }
                })}
            <p class="quiet">{move || draft.with(|d| d.as_ref().map(|d| format(&d.plan)))}</p>
            <Keep session/>
            <p class="actions">
                <button type="button" class="button" data-test="read-it" on:click=move |_| session.read_by_plan()>
                    {button}
                </button>
                <a href=if read { Route::Report.href() } else { Route::Open.href() }>
                    {if read { TEXT.back_to_report } else { TEXT.plan_leave }}
                </a>
            </p>
        </section>
    }
}

/// The plan as a file, and kept on this device when the analyst says so.
#[component]
fn Keep(session: Session) -> impl IntoView {
    let draft = session.draft;
    let now = move || draft.with(|draft| draft.as_ref().map(|draft| draft.plan.clone()));
    let held = RwSignal::new(now().as_ref().and_then(kept::plan_for));
    let told = move |done: bool, said: &str| {
        session.said.set(if done { said } else { TEXT.plan_not_kept }.into());
        held.set(now().as_ref().and_then(kept::plan_for));
    };
    let save = move |_: leptos::ev::MouseEvent| {
        if let Some(draft) = draft.get_untracked() {
            let name = [&draft.name, ".plan.json"].concat();
            let text = serde_json::to_string_pretty(&kept::bare(&draft.plan));
            let saved = text.is_ok_and(|text| export::save(&name, "application/json", &text));
            let said = if saved { TEXT.export_done } else { TEXT.export_failed };
            session.said.set(fill(said, &[("name", &name)]));
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        if let Some(files) = input.files() {
            session.choose(&files);
        }
        input.set_value("");
    };
    let keep = move |_| {
        if let Some(plan) = now() {
            told(kept::keep(&plan), TEXT.plan_kept);
        }
    };
    let forget = move |_| {
        if let Some(plan) = now() {
            told(kept::forget(&plan), TEXT.plan_forgotten);
        }
    };
    let remembered = move || {
        let same = held.get().map(|held| now().is_some_and(|plan| kept::bare(&plan) == held));
        let forget = move || {
            view! {
                <button type="button" class="plain" data-test="plan-forget" on:click=forget>{TEXT.plan_forget}</button>
            }
        };
        let keep = move || {
            view! {
                <button type="button" class="plain" data-test="plan-keep" on:click=keep>{TEXT.plan_keep}</button>
            }
        };
        match same {
            Some(true) => view! { <p data-test="plan-held">{TEXT.plan_held} " " {forget()}</p> }.into_any(),
            Some(false) => {
                let take = move |_| {
                    if let Some(plan) = held.get_untracked() {
                        session.use_plan(plan);
                    }
                };
                view! {
                    <p data-test="plan-offered">
                        {TEXT.plan_offered}
                        " "
                        <button type="button" class="second" data-test="plan-use" on:click=take>{TEXT.plan_use}</button>
                        " "
                        {keep()}
                        " "
                        {forget()}
                    </p>
                }
                .into_any()
            }
            None => view! { <p>{keep()} <span class="quiet">{TEXT.plan_keep_what}</span></p> }.into_any(),
        }
    };
    view! {
        <div class="plan-keep">
            {remembered}
            <PlanFile save load=chosen words=(TEXT.plan_save, TEXT.plan_load) hooks=("plan-save", "plan-load")/>
        </div>
    }
}

/// A row of the table: a part, and which column plays it.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    role: Role,
    /// Which of several texts or other ratings.
    nth: usize,
    /// The index of its column.
    column: Option<usize>,
}

/// The rows that a plan has: one each for score, unit and time, one for each other rating and each text, and one more of these to
/// add another.
fn parts(plan: &Plan) -> Vec<Part> {
    let playing =
        |role| plan.columns.iter().enumerate().filter(move |(_, column)| column.role == role).map(|(i, _)| i);
    let mut parts: Vec<Part> = [Role::Score, Role::Unit, Role::Time]
        .map(|role| Part { role, nth: 0, column: playing(role).next() })
        .to_vec();
    parts.extend(playing(Role::Text).enumerate().map(|(nth, i)| Part {
        role: Role::Text,
        nth,
        column: Some(i),
    }));
    let texts = playing(Role::Text).count();
    // An own export's texts are known from its definition; another tool's may have more than were guessed.
    if texts == 0 || !plan.tool.is_own() && plan.columns.iter().any(|c| c.role == Role::Ignore) {
        parts.push(Part { role: Role::Text, nth: texts, column: None });
    }
    // Own files say themselves which questions have a scale.
    if !plan.tool.is_own() {
        parts.extend((0..).zip(playing(Role::Item).map(Some).chain([None])).map(|(nth, column)| Part {
            role: Role::Item,
            nth,
            column,
        }));
    }
    parts
}

/// Gives `part` to another column, or to none: the one that had it is no longer read.
fn assign(plan: &mut Plan, part: &Part, column: Option<usize>) {
    if let Some(before) = part.column.and_then(|i| plan.columns.get_mut(i)) {
        before.role = Role::Ignore;
    }
    if let Some(now) = column.and_then(|i| plan.columns.get_mut(i)) {
        now.role = part.role;
        now.reason = TEXT.plan_chosen.into();
    }
}

#[component]
fn PartRow(session: Session, part: Part) -> impl IntoView {
    let draft = session.draft;
    let columns: Vec<PlanColumn> =
        draft.with_untracked(|d| d.as_ref().map(|d| d.plan.columns.clone()).unwrap_or_default());
    let (name, what) = match (part.role, part.nth) {
        (Role::Score, _) => (TEXT.plan_score, TEXT.plan_score_what),
        (Role::Unit, _) => (TEXT.plan_unit, TEXT.plan_unit_what),
        (Role::Time, _) => (TEXT.plan_time, TEXT.plan_time_what),
        (Role::Item, _) => (TEXT.plan_item, TEXT.plan_item_what),
        (_, 0) => (TEXT.plan_text, TEXT.plan_text_what),
        _ => (TEXT.plan_another_text, TEXT.plan_another_text_what),
    };
    let chosen = part.column.and_then(|i| columns.get(i));
    let why = chosen.map_or_else(|| TEXT.plan_nothing.to_string(), |column| column.reason.clone());
    let (examples, holds) = chosen.map(|column| (column.examples.clone(), column.holds)).unwrap_or_default();
    let hidden = use_context::<Hiding>().is_some_and(Hiding::now);
    let examples = move || {
        if hidden && !examples.is_empty() {
            return view! { <span class="quiet">{TEXT.names_examples}</span> }.into_any();
        }
        let shown = examples.iter().map(|example| match holds {
            // A day with a time of day has as many digits as a phone number.
            Holds::Times => example.clone(),
            _ => shown(example.clone()),
        });
        shown.map(|example| view! { <bdi>{example}</bdi> }).collect_view().into_any()
    };
    let none = if part.role == Role::Score { TEXT.plan_choose } else { TEXT.plan_none };
    let options = columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            view! { <option value=i prop:selected=part.column == Some(i)>{column.name.clone()}</option> }
        })
        .collect_view();
    let id = format!("part-{}-{}", part.role.as_str(), part.nth);
    let nothing = part.column.is_none();
    let changed = move |event| {
        let column = event_target_value(&event).parse().ok();
        draft.update(|d| {
            if let Some(Draft { plan, .. }) = d {
                assign(plan, &part, column);
            }
        });
    };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <label for=id.clone()>{name}</label>
                <span class="quiet">{what}</span>
            </th>
            <td role="cell">
                <select id=id.clone() data-test=id.clone() on:change=changed>
                    <option value="" prop:selected=nothing>{none}</option>
                    {options}
                </select>
            </td>
            <td role="cell" class="quiet">{why}</td>
            <td role="cell" class="examples">
                {examples}
            </td>
        </tr>
    }
}

/// The scale of the score: the guessed one, and the common ones.
#[component]
fn ScaleSelect(session: Session) -> impl IntoView {
    let draft = session.draft;
    let changed = move |event| {
        let wanted = event_target_value(&event);
        draft.update(|d| {
            if let Some(draft) = d {
                let scale = offered(&draft.plan).into_iter().find(|scale| scale_name(*scale) == wanted);
                let score = draft.plan.columns.iter_mut().find(|column| column.role == Role::Score);
                if let Some(column) = score {
                    column.scale = scale;
                    draft.plan.scale_guessed = false;
                }
            }
        });
    };
    let options = move || {
        let (now, offered) =
            draft.with(|d| d.as_ref().map(|d| (d.plan.scale(), offered(&d.plan))).unwrap_or_default());
        let none = now
            .is_none()
            .then(|| view! { <option value="" prop:selected=true>{TEXT.plan_scale_none}</option> });
        let scales = offered
            .into_iter()
            .map(|scale| {
                let name = scale_name(scale);
                view! { <option value=name.clone() prop:selected=now == Some(scale)>{name.clone()}</option> }
            })
            .collect_view();
        view! { {none} {scales} }
    };
    view! {
        <label>
            <span>{TEXT.plan_scale}</span>
            <select data-test="scale" on:change=changed>{options}</select>
        </label>
    }
}

fn offered(plan: &Plan) -> Vec<Scale> {
    let mut scales: Vec<Scale> = SCALES.iter().map(|&(low, high, nps)| Scale { low, high, nps }).collect();
    if let Some(scale) = plan.scale().filter(|scale| !scales.contains(scale)) {
        scales.insert(0, scale);
    }
    scales
}

fn scale_name(scale: Scale) -> String {
    if scale.nps {
        return TEXT.plan_scale_nps.into();
    }
    fill(TEXT.plan_scale_plain, &[("low", &scale.low.to_string()), ("high", &scale.high.to_string())])
}

/// Which number of a date comes first; only where another tool's file has times.
#[component]
fn DateSelect(session: Session) -> impl IntoView {
    let draft = session.draft;
    let shown = move || {
        draft.with(|d| {
            d.as_ref().is_some_and(|d| {
                !d.plan.tool.is_own() && d.plan.columns.iter().any(|column| column.role == Role::Time)
            })
        })
    };
    let order = move || draft.with(|d| d.as_ref().map(|d| d.plan.date_order));
    let changed = move |event| {
        let order = match event_target_value(&event).as_str() {
            "month" => DateOrder::MonthFirst,
            _ => DateOrder::DayFirst,
        };
        draft.update(|d| {
            if let Some(draft) = d {
                draft.plan.date_order = order;
                draft.plan.date_order_guessed = false;
            }
        });
    };
    view! {
        <label hidden=move || !shown()>
            <span>{TEXT.plan_dates}</span>
            <select on:change=changed>
                <option value="day" prop:selected=move || order() == Some(DateOrder::DayFirst)>
                    {TEXT.plan_day_first}
                </option>
                <option value="month" prop:selected=move || order() == Some(DateOrder::MonthFirst)>
                    {TEXT.plan_month_first}
                </option>
            </select>
        </label>
    }
}

/// How bytes become letters; only for other tools' files, because our own are always UTF-8.
#[component]
fn EncodingSelect(session: Session) -> impl IntoView {
    let draft = session.draft;
    let encoding = move || draft.with(|d| d.as_ref().map(|d| d.plan.encoding));
    let hidden = move || draft.with(|d| d.as_ref().is_none_or(|d| d.plan.tool.is_own()));
    let changed = move |event| {
        let encoding = match event_target_value(&event).as_str() {
            "utf-8" => Encoding::Utf8,
            _ => Encoding::Windows1252,
        };
        draft.update(|d| {
            if let Some(draft) = d {
                draft.plan.encoding = encoding;
            }
        });
    };
    view! {
        <label hidden=hidden>
            <span>{TEXT.plan_encoding}</span>
            <select on:change=changed>
                <option value="utf-8" prop:selected=move || encoding() == Some(Encoding::Utf8)>
                    {TEXT.plan_utf8}
                </option>
                <option value="windows-1252" prop:selected=move || encoding() == Some(Encoding::Windows1252)>
                    {TEXT.plan_windows}
                </option>
            </select>
        </label>
    }
}

/// What the file is, as a sentence, and how many columns are left alone.
fn format(plan: &Plan) -> String {
    let mut said = match plan.tool {
        Tool::CandorNdjson => TEXT.plan_format_ndjson.to_string(),
        Tool::CandorCsv => TEXT.plan_format_csv.to_string(),
        tool => {
            let header = counted(TEXT.plan_header, u64::from(plan.header_rows));
            let delimiter = match plan.delimiter {
                ',' => TEXT.plan_comma.to_string(),
                ';' => TEXT.plan_semicolon.to_string(),
                '\t' => TEXT.plan_tab.to_string(),
                '|' => TEXT.plan_bar.to_string(),
                other => other.to_string(),
            };
            let table = if tool == Tool::Csv { TEXT.plan_format_table } else { TEXT.plan_format_tool };
            fill(table, &[("tool", tool.as_str()), ("header", &header), ("delimiter", &delimiter)])
        }
    };
    let ignored = plan.columns.iter().filter(|column| column.role == Role::Ignore).count() as u64;
    if ignored > 0 {
        said.push(' ');
        said.push_str(&counted(TEXT.plan_other_columns, ignored));
        said.push('.');
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::plan::{Holds, Naming};
    use std::collections::BTreeMap;

    fn plan(roles: &[Role]) -> Plan {
        Plan {
            tool: Tool::Csv,
            encoding: Encoding::Utf8,
            delimiter: ',',
            header_rows: 1,
            naming: Naming::default(),
            columns: roles
                .iter()
                .enumerate()
                .map(|(i, &role)| PlanColumn {
                    name: format!("c{i}"),
                    text: None,
                    role,
                    reason: String::new(),
                    examples: Vec::new(),
                    scale: Some(Scale { low: 2, high: 9, nps: false }),
                    values: BTreeMap::new(),
                    words: BTreeMap::new(),
                    holds: Holds::default(),
                })
                .collect(),
            date_order: DateOrder::DayFirst,
            date_order_guessed: false,
            scale_guessed: false,
            survey: None,
            notes: Vec::new(),
            weights: Vec::new(),
            tests: None,
            totals: None,
            bonus: None,
        }
    }

    fn roles(plan: &Plan) -> Vec<Role> {
        plan.columns.iter().map(|column| column.role).collect()
    }

    #[test]
    fn choosing_another_column_takes_the_part_from_the_first() {
        let mut plan = plan(&[Role::Score, Role::Unit, Role::Ignore]);
        let score = parts(&plan).remove(0);
        assign(&mut plan, &score, Some(2));
        assert_eq!(roles(&plan), [Role::Ignore, Role::Unit, Role::Score]);
        assert_eq!(plan.columns[2].reason, "You chose it.");
    }

    #[test]
    fn a_column_that_played_another_part_gives_it_up() {
        let mut plan = plan(&[Role::Score, Role::Unit]);
        let score = parts(&plan).remove(0);
        assign(&mut plan, &score, Some(1));
        assert_eq!(roles(&plan), [Role::Ignore, Role::Score]);
    }

    #[test]
    fn other_ratings_have_a_row_each_and_one_to_add_another() {
        let mut plan = plan(&[Role::Score, Role::Item, Role::Ignore]);
        let items: Vec<Part> = parts(&plan).into_iter().filter(|part| part.role == Role::Item).collect();
        assert_eq!(items.iter().map(|part| part.column).collect::<Vec<_>>(), [Some(1), None]);
        assign(&mut plan, &items[1], Some(2));
        assert_eq!(roles(&plan), [Role::Score, Role::Item, Role::Item]);
    }

    #[test]
    fn choosing_none_leaves_the_column_unread() {
        let mut plan = plan(&[Role::Score, Role::Unit]);
        let unit = parts(&plan).remove(1);
        assign(&mut plan, &unit, None);
        assert_eq!(roles(&plan), [Role::Score, Role::Ignore]);
    }

    #[test]
    fn several_texts_have_a_row_each_and_one_to_add_another() {
        let plan = plan(&[Role::Score, Role::Text, Role::Text, Role::Ignore]);
        let texts: Vec<Option<usize>> =
            parts(&plan).into_iter().filter(|part| part.role == Role::Text).map(|part| part.column).collect();
        assert_eq!(texts, [Some(1), Some(2), None]);
    }

    #[test]
    fn an_unusual_guessed_scale_is_offered_first() {
        assert_eq!(scale_name(offered(&plan(&[Role::Score]))[0]), "2 to 9");
    }

    #[test]
    fn the_format_is_a_sentence() {
        let mut plan = plan(&[Role::Score, Role::Ignore]);
        plan.delimiter = ';';
        assert_eq!(
            format(&plan),
            "A table with 1 header row, cells parted by semicolons. 1 other column is not read."
        );
    }
}
