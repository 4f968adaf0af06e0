//! The report's pages: which there are, the way between them, and the one that is on show. A new page is a file, an arm here
//! and a word in [`Page`].

use crate::brief::Brief;
use crate::card::Card;
use crate::change::ChangePage;
use crate::data::DataPage;
use crate::drivers::DriversPage;
use crate::integrity::IntegrityPage;
use crate::names::Hiding;
use crate::route::{Page, Route};
use crate::segments::SegmentsPage;
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use crate::value::ValuePage;
use crate::voices::VoicesPage;
use leptos::prelude::*;
use std::sync::Arc;

/// The page of the report at `place`.
#[component]
pub(crate) fn ReportPage(session: Session, opened: Arc<Opened>, place: Route) -> impl IntoView {
    // Each page is made anew when names are hidden or shown, because sentences and tables change with them.
    let hiding = use_context::<Hiding>();
    let page = move || {
        if let Some(hiding) = hiding {
            hiding.track();
        }
        let opened = opened.clone();
        let of_all = match place {
            Route::Card(_) | Route::Page(Page::Integrity) => of_all(&opened),
            _ => None,
        };
        if let Some((said, opened)) = of_all {
            let page = match place {
                Route::Card(place) => view! { <Card session opened place/> }.into_any(),
                _ => view! { <IntegrityPage opened/> }.into_any(),
            };
            return view! {
                <p class="quiet" data-test="of-all">{said}</p>
                {page}
            }
            .into_any();
        }
        match place {
            Route::Card(place) => view! { <Card session opened place/> }.into_any(),
            Route::Page(Page::Integrity) => view! { <IntegrityPage opened/> }.into_any(),
            Route::Page(Page::Change) => view! { <ChangePage session opened/> }.into_any(),
            Route::Page(Page::Drivers) => view! { <DriversPage opened/> }.into_any(),
            Route::Page(Page::Voices) => view! { <VoicesPage session opened/> }.into_any(),
            Route::Page(Page::Segments) => view! { <SegmentsPage session opened/> }.into_any(),
            Route::Page(Page::Value) => view! { <ValuePage session opened/> }.into_any(),
            Route::Page(Page::Data) => view! { <DataPage session opened/> }.into_any(),
            _ => view! { <Brief opened/> }.into_any(),
        }
    };
    view! { <article class="report">{page}</article> }
}

/// What speaks for pressure in all responses, and a sentence that says so, where the choice leaves out those that carry evidence.
fn of_all(opened: &Arc<Opened>) -> Option<(String, Arc<Opened>)> {
    opened.clear.then(|| {
        let all = counted(TEXT.responses_used, opened.whole.responses.used);
        let of = Opened {
            file: opened.file,
            name: opened.name.clone(),
            size: opened.size,
            plan: opened.plan.clone(),
            report: opened.whole.clone(),
            whole: opened.whole.clone(),
            groupings: opened.groupings.clone(),
            clear: false,
        };
        (fill(TEXT.pressure_of_all, &[("n", &all)]), Arc::new(of))
    })
}

/// The way to every page of the report.
#[component]
pub(crate) fn Contents(current: Option<Route>) -> impl IntoView {
    let current = match current {
        Some(Route::Card(_)) => Some(Page::Integrity),
        Some(Route::Page(page)) => Some(page),
        _ => None,
    };
    view! {
        <nav class="contents" aria-label=TEXT.contents>
            <ul>
                {Page::ALL
                    .map(|page| {
                        let here = (current == Some(page)).then_some("page");
                        let hook = format!("go-{}", page.word());
                        view! {
                            <li>
                                <a href=Route::Page(page).href() aria-current=here data-test=hook>
                                    {page_name(&Route::Page(page))}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
}

/// What a page of the report is called.
pub(crate) fn page_name(route: &Route) -> &'static str {
    match route {
        Route::Page(Page::Integrity) => TEXT.page_integrity,
        Route::Page(Page::Change) => TEXT.page_change,
        Route::Page(Page::Drivers) => TEXT.page_drivers,
        Route::Page(Page::Voices) => TEXT.page_voices,
        Route::Page(Page::Segments) => TEXT.page_segments,
        Route::Page(Page::Value) => TEXT.page_value,
        Route::Page(Page::Data) => TEXT.page_data,
        Route::Card(_) => TEXT.page_card,
        _ => TEXT.page_brief,
    }
}
