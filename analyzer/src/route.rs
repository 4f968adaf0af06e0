//! Where in the app the analyst is, as the address's fragment, so that the browser's Back button, a bookmark of a list and
//! the keyboard all work as on any page. Fragments are never sent anywhere; this module only writes and reads them.

use crate::among::Current;
use candor_engine::columns::Filter;
use candor_survey::evidence::Reason;
use candor_survey::response::Level;
use leptos::prelude::{GetUntracked, use_context};

/// A place in the app.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Route {
    /// Where a file is chosen.
    #[default]
    Open,
    /// The reading plan of the file that was chosen.
    Plan,
    /// The report, at the page where it was left.
    Report,
    /// A page of the report.
    Page(Page),
    /// What speaks for pressure on one unit, by its place in the report of all responses: an address is printed and shared, a name need not be.
    Card(usize),
    /// The responses behind a number.
    Responses {
        /// Which.
        filter: Filter,
        /// The page of the list, from 1.
        page: u64,
    },
}

/// A page of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Page {
    /// What is true, and what to do.
    #[default]
    Brief,
    /// How freely the scores were given.
    Integrity,
    /// Whether the score changed.
    Change,
    /// What goes with the score.
    Drivers,
    /// What the comments say.
    Voices,
    /// Who scores how.
    Segments,
    /// What the score has to do with money.
    Value,
    /// What was read, and how to take it away.
    Data,
}

impl Page {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Page; 8] = [
        Page::Brief,
        Page::Integrity,
        Page::Change,
        Page::Drivers,
        Page::Voices,
        Page::Segments,
        Page::Value,
        Page::Data,
    ];

    /// The word in its address.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Page::Brief => "brief",
            Page::Integrity => "integrity",
            Page::Change => "change",
            Page::Drivers => "drivers",
            Page::Voices => "voices",
            Page::Segments => "segments",
            Page::Value => "value",
            Page::Data => "data",
        }
    }
}

impl Route {
    /// The first page of the responses that pass `filter`.
    pub(crate) fn responses(filter: Filter) -> Route {
        Route::Responses { filter, page: 1 }
    }

    /// Reads a fragment, with or without `#`; what is unknown is the opening screen.
    pub(crate) fn parse(fragment: &str) -> Route {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let (place, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        match place {
            "plan" => Route::Plan,
            "report" => Route::Report,
            "responses" => {
                let mut filter = Filter::default();
                let mut page = 1;
                for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                    match name.as_ref() {
                        "unit" => filter.unit = Some(value.into_owned()),
                        "level" => filter.level = Level::from_word(&value),
                        "reason" => filter.reason = Reason::from_word(&value),
                        "score" => filter.score = value.parse().ok(),
                        "text" => {
                            filter.text = Some(value.into_owned()).filter(|text| !text.trim().is_empty())
                        }
                        "mismatch" => filter.mismatch = true,
                        "page" => page = value.parse().unwrap_or(1).max(1),
                        _ => {}
                    }
                }
                Route::Responses { filter, page }
            }
            "integrity" if query.starts_with("unit=") => {
                let mut pairs = form_urlencoded::parse(query.as_bytes());
                let place = pairs.next().and_then(|(_, value)| value.parse().ok());
                place.map_or(Route::Page(Page::Integrity), Route::Card)
            }
            word => Page::ALL.into_iter().find(|page| page.word() == word).map_or(Route::Open, Route::Page),
        }
    }

    /// A link's address: this place, among the responses that are chosen now.
    pub(crate) fn href(&self) -> String {
        let among = use_context::<Current>().map(|Current(among)| among.get_untracked());
        among.unwrap_or_default().address(self.fragment())
    }

    /// The fragment with its `#`.
    pub(crate) fn fragment(&self) -> String {
        match self {
            Route::Open => "#open".into(),
            Route::Plan => "#plan".into(),
            Route::Report => "#report".into(),
            Route::Page(page) => format!("#{}", page.word()),
            Route::Card(place) => format!("#integrity?unit={place}"),
            Route::Responses { filter, page } => {
                let start = String::from("#responses?");
                let at = start.len();
                let mut query = form_urlencoded::Serializer::for_suffix(start, at);
                if let Some(unit) = &filter.unit {
                    query.append_pair("unit", unit);
                }
                if let Some(level) = filter.level {
                    query.append_pair("level", level.as_str());
                }
                if let Some(reason) = filter.reason {
                    query.append_pair("reason", reason.as_str());
                }
                if let Some(score) = filter.score {
                    query.append_pair("score", &score.to_string());
                }
                if let Some(text) = &filter.text {
                    query.append_pair("text", text);
                }
                if filter.mismatch {
                    query.append_pair("mismatch", "1");
                }
                if *page > 1 {
                    query.append_pair("page", &page.to_string());
                }
                query.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_survives_its_own_address() {
        let filter = Filter {
            unit: Some("Leeds & Söhne #1?&level=none".into()),
            level: Some(Level::Strong),
            reason: Some(Reason::Device),
            score: Some(10),
            text: Some("slow & \"rude\"".into()),
            mismatch: true,
            ..Filter::default()
        };
        for route in [
            Route::Open,
            Route::Plan,
            Route::Report,
            Route::Card(17),
            Route::responses(Filter::default()),
            Route::Responses { filter, page: 3 },
        ] {
            assert_eq!(Route::parse(&route.href()), route);
        }
        for page in Page::ALL {
            assert_eq!(Route::parse(&Route::Page(page).href()), Route::Page(page));
        }
    }

    #[test]
    fn an_unknown_address_is_the_opening_screen() {
        for fragment in ["", "#", "#nonsense", "#/report"] {
            assert_eq!(Route::parse(fragment), Route::Open);
        }
    }

    #[test]
    fn a_broken_page_number_is_the_first_page() {
        assert_eq!(Route::parse("#responses?page=0"), Route::responses(Filter::default()));
        assert_eq!(Route::parse("#responses?page=x&score=300"), Route::responses(Filter::default()));
    }
}
