//! The frame: header, the screen that the route asks for, footer, the drop target that is the whole page, and where the
//! focus goes when the screen changes. It draws no number.

use crate::among::Current;
use crate::brief::Edited;
use crate::filters::{FilterBar, TooFewChosen};
use crate::integrity::Notes;
use crate::kept;
use crate::mark::Wordmark;
use crate::names::Hiding;
use crate::numbers::day;
use crate::open::Open;
use crate::plan::PlanPage;
use crate::problem::ProblemNote;
use crate::progress::ProgressPage;
use crate::project::Project;
use crate::report::{Contents, ReportPage, page_name};
use crate::responses::ResponsesPage;
use crate::route::{Page, Route};
use crate::session::{Opened, Session};
use crate::text::{TEXT, fill};
use candor_engine::plan::Plan;
use leptos::ev;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgElement};

/// What is on show: the route, as far as there is something to show for it.
#[derive(Clone, PartialEq)]
enum Screen {
    Open,
    Progress,
    Plan,
    /// A page of the report, or the card of a unit.
    Report(Route),
    Responses(Route),
}

/// Where on the next page a link leads, when it names a part of it: a selector, until the page stands.
#[derive(Clone, Copy)]
pub(crate) struct Landing(StoredValue<Option<&'static str>>);

impl Landing {
    /// Makes it known to every component below.
    fn provide() -> Landing {
        let landing = Landing(StoredValue::new(None));
        provide_context(landing);
        landing
    }

    /// The next page is shown from this part on.
    pub(crate) fn at(self, selector: &'static str) {
        self.0.set_value(Some(selector));
    }

    /// Shows that part and puts the focus on it; false where nothing was wanted or the page has no such part.
    fn arrive(self) -> bool {
        let wanted = self.0.try_update_value(Option::take).flatten();
        let Some(part) = wanted.and_then(|selector| document().query_selector(selector).ok().flatten())
        else {
            return false;
        };
        // A heading takes the focus only when it says so.
        part.set_attribute("tabindex", "-1").ok();
        focus(&part);
        part.scroll_into_view();
        true
    }
}

/// The app.
#[component]
pub(crate) fn App() -> impl IntoView {
    let session = Session::new();
    provide_context(Current(session.among));
    provide_context(session);
    follow_the_address(session);
    session.follow_the_choice();
    let (hiding, edited, notes) = (Hiding::provide(), Edited::provide(), Notes::provide());
    restore(session, hiding, edited, notes);
    let save = move |_| {
        session.save_project(move |file, page| {
            let whole = session.whole.get_untracked();
            Project {
                candor_project: 1,
                file,
                plan: whole.as_ref().map_or_else(Plan::default, |whole| kept::bare(&whole.plan)),
                purpose: edited.0.get_untracked().map(|(_, purpose)| purpose),
                notes: whole.map(|whole| notes.by_unit(&whole)).unwrap_or_default(),
                page,
                names_hidden: hiding.now(),
                join: session.joined(),
            }
        });
    };
    let place = follow_the_report(session);
    // Links carry the choice of responses, so they are made anew with it.
    let of_chosen = move |screen: Memo<Screen>| {
        session.among.track();
        screen.get()
    };
    let screen = Memo::new(move |_| {
        let opened = session.opened.with(Option::is_some);
        match session.route.get() {
            _ if session.progress.with(Option::is_some) => Screen::Progress,
            Route::Plan if session.draft.with(Option::is_some) => Screen::Plan,
            Route::Report if opened => Screen::Report(place.get()),
            route @ (Route::Page(_) | Route::Card(_)) if opened => Screen::Report(route),
            route @ Route::Responses { .. } if opened => Screen::Responses(route),
            _ => Screen::Open,
        }
    });
    move_the_focus(screen, Landing::provide());
    Effect::new(move |_| document().set_title(&title(&screen.get())));
    let dropping = RwSignal::new(false);
    let over = move |event: ev::DragEvent| {
        event.prevent_default();
        dropping.set(true);
    };
    // Moving onto an element inside the page leaves another one, and only leaving the page leaves it.
    let left = move |event: ev::DragEvent| {
        if event.related_target().is_none() {
            dropping.set(false);
        }
    };
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        dropping.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            session.choose(&files);
        }
    };
    let skip = move |event: ev::MouseEvent| {
        event.prevent_default();
        focus_first("main");
    };
    view! {
        <div
            class="app"
            class:dropping=dropping
            on:dragover=over
            on:dragleave=left
            on:drop=dropped
        >
            <a class="skip" href="#content" on:click=skip>{TEXT.skip_to_content}</a>
            <header class="top">
                <Wordmark/>
                <nav class="ways">
                    {move || match (of_chosen(screen), session.opened.with(Option::is_some)) {
                        (Screen::Report(_) | Screen::Responses(_), _) => {
                            view! {
                                <button type="button" class="plain" data-test="save-project" on:click=save>
                                    {TEXT.project_save}
                                </button>
                                " "
                                <a href=Route::Open.href() data-test="open-another">{TEXT.open_another}</a>
                            }
                            .into_any()
                        }
                        (Screen::Open | Screen::Plan, true) => {
                            view! {
                                <a href=Route::Report.href()>{TEXT.back_to_report}</a>
                                " "
                                <button type="button" class="plain" data-test="close" on:click=move |_| session.close()>
                                    {TEXT.close}
                                </button>
                            }
                            .into_any()
                        }
                        _ => ().into_any(),
                    }}
                </nav>
                {move || {
                    let current = match of_chosen(screen) {
                        Screen::Report(route) => Some(route),
                        Screen::Responses(_) => None,
                        _ => return ().into_any(),
                    };
                    view! { <Contents current/> }.into_any()
                }}
            </header>
            {move || session.whole.get().map(|whole| view! { <Printed whole/> })}
            <main id="content" tabindex="-1">
                <ProblemNote session/>
                {move || match of_chosen(screen) {
                    Screen::Open => view! { <Open session dropping/> }.into_any(),
                    Screen::Progress => view! { <ProgressPage session/> }.into_any(),
                    Screen::Plan => view! { <PlanPage session/> }.into_any(),
                    Screen::Responses(route) => view! { <ResponsesPage session route/> }.into_any(),
                    Screen::Report(_) => ().into_any(),
                }}
                // The page stays where it is while the responses behind one of its numbers are on show: coming back is
                // coming back to the same place.
                <div hidden=move || !matches!(screen.get(), Screen::Report(_))>
                    {move || session.whole.get().map(|whole| view! { <FilterBar session whole/> })}
                    {move || {
                        let place = place.get();
                        match session.few.get() {
                            Some(few) => {
                                view! { <TooFewChosen responses=few.responses ratings=few.ratings/> }.into_any()
                            }
                            None => session
                                .opened
                                .get()
                                .map(|opened| view! { <ReportPage session opened place/> })
                                .into_any(),
                        }
                    }}
                </div>
            </main>
            <footer class="bottom">
                <p>{TEXT.stays_short} " " <a href=Route::Open.href()>{TEXT.stays_more}</a></p>
            </footer>
            <p class="unseen" role="status">{session.said}</p>
        </div>
    }
}

/// On paper alone: the survey, the file and the day of printing, without which a page that is handed on says nothing of its source.
/// Which responses it is of stands below, where it stands on the screen.
#[component]
fn Printed(whole: Arc<Opened>) -> impl IntoView {
    let today = || {
        let now = js_sys::Date::new_0();
        day(&format!("{:04}-{:02}-{:02}", now.get_full_year(), now.get_month() + 1, now.get_date()))
    };
    let printed = RwSignal::new(today());
    // A tab may be open for days.
    let listener = window_event_listener(ev::beforeprint, move |_| printed.set(today()));
    on_cleanup(move || listener.remove());
    let said = move || {
        let printed = fill(TEXT.printed, &[("day", &printed.get())]);
        let survey = whole.report.survey.id.clone();
        survey.into_iter().chain([whole.name.clone(), printed]).collect::<Vec<_>>().join(" · ")
    };
    view! { <p class="printed" data-test="printed"><bdi>{said}</bdi></p> }
}

/// The address and the route say the same, whoever changes first.
fn follow_the_address(session: Session) {
    let read = move || {
        let address = window().location().hash().unwrap_or_default();
        let query = address.split_once('?').map_or("", |(_, query)| query);
        session.follow_the_query(query);
        session.route.set(Route::parse(&address));
    };
    read();
    // We put the reader back where he was ourselves, because only we know when the screen stands.
    if let Ok(history) = window().history() {
        history.set_scroll_restoration(web_sys::ScrollRestoration::Manual).ok();
    }
    let listener = window_event_listener(ev::hashchange, move |_| read());
    on_cleanup(move || listener.remove());
}

/// What a project says of the file that was opened with it holds from then on.
fn restore(session: Session, hiding: Hiding, edited: Edited, notes: Notes) {
    Effect::new(move |_| {
        let (Some((file, project)), Some(whole)) = (session.restored.get(), session.whole.get_untracked())
        else {
            return;
        };
        hiding.set(project.names_hidden);
        edited.0.set(project.purpose.map(|purpose| (file, purpose)));
        for (unit, note) in project.notes {
            if let Some(place) = whole.whole.units.iter().position(|of| of.unit == unit) {
                notes.keep(&whole, place, note);
            }
        }
        session.check_the_file(project.file);
    });
}

/// The page of the report that was looked at last: the brief of a file that was just opened. The address "the report" becomes
/// that page's own.
fn follow_the_report(session: Session) -> RwSignal<Route> {
    let brief = Route::Page(Page::Brief);
    let place = RwSignal::new(brief.clone());
    Effect::new(move |before: Option<Option<u64>>| {
        let opened = session.whole.with(|whole| whole.as_ref().map(|whole| whole.file));
        if before != Some(opened) {
            place.set(brief.clone());
        }
        match session.route.get() {
            Route::Report if opened.is_some() => {
                let place = place.get_untracked();
                if let Ok(history) = window().history() {
                    history
                        .replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&place.href()))
                        .ok();
                }
                session.route.set(place);
            }
            route @ (Route::Page(_) | Route::Card(_)) if place.with_untracked(|place| *place != route) => {
                place.set(route);
            }
            _ => {}
        }
        opened
    });
    place
}

/// What the window is called.
fn title(screen: &Screen) -> String {
    let name = [TEXT.name, TEXT.room].join(" ");
    match screen {
        Screen::Report(route) => [page_name(route), &name].join(" · "),
        Screen::Responses(_) => [TEXT.behind_label, &name].join(" · "),
        Screen::Plan => [TEXT.plan_title, &name].join(" · "),
        Screen::Open | Screen::Progress => name,
    }
}

/// On a new screen the focus goes to its heading and the page to its top, or both to the part that the link named; back on the
/// report, both go where they were.
fn move_the_focus(screen: Memo<Screen>, landing: Landing) {
    let left: StoredValue<Option<(Screen, f64, Option<Element>)>, LocalStorage> =
        StoredValue::new_local(None);
    // Before the screen changes, the report is still there to be remembered.
    let listener = window_event_listener(ev::click, move |_| {
        let now = screen.get_untracked();
        if matches!(now, Screen::Report(_)) {
            let y = window().scroll_y().unwrap_or_default();
            left.set_value(Some((now, y, document().active_element())));
        }
    });
    on_cleanup(move || listener.remove());
    Effect::new(move |before: Option<Screen>| {
        let now = screen.get();
        if let Some(before) = before.filter(|before| *before != now) {
            let back = matches!(before, Screen::Responses(_));
            let now = now.clone();
            request_animation_frame(move || {
                match left.get_value().filter(|(left, ..)| back && *left == now) {
                    Some((_, y, active)) => {
                        if let Some(active) = active {
                            focus(&active);
                        }
                        window().scroll_to_with_x_and_y(0.0, y);
                    }
                    None if landing.arrive() => {}
                    None => {
                        focus_first("main .problem, main > :not([hidden]) h1");
                        window().scroll_to_with_x_and_y(0.0, 0.0);
                    }
                }
            });
        }
        now
    });
}

/// Puts the focus on the first element of the page that matches.
pub(crate) fn focus_first(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        focus(&element);
    }
}

/// Focuses an element of HTML or, as a bar of a chart is, of SVG.
fn focus(element: &Element) {
    let focused = match element.dyn_ref::<HtmlElement>() {
        Some(element) => element.focus(),
        None => element.dyn_ref::<SvgElement>().map_or(Ok(()), SvgElement::focus),
    };
    // An element that cannot take the focus leaves it where it is.
    focused.ok();
}
