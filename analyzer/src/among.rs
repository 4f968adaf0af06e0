//! Among which responses the report's numbers are: the filters that hold on every page, as values that stand in the address
//! behind the place, so that Back takes the last change of a filter back.

use crate::numbers::{day_number, iso_day};
use candor_engine::columns::selection::{Member, Selection};
use candor_engine::report::Report;
use leptos::prelude::*;

/// Which responses are chosen. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Among {
    /// The first day, in days since 1970.
    pub(crate) from: Option<i64>,
    /// The last day.
    pub(crate) to: Option<i64>,
    /// The unit's place in the report of all responses: an address is shared, and a name need not be.
    pub(crate) unit: Option<usize>,
    /// A value of another column.
    pub(crate) member: Option<Member>,
    /// Only without evidence of pressure.
    pub(crate) clear: bool,
}

/// The filters that hold now, for the addresses of links.
#[derive(Clone, Copy)]
pub(crate) struct Current(pub(crate) RwSignal<Among>);

impl Among {
    /// Whether these are all responses.
    pub(crate) fn is_all(&self) -> bool {
        *self == Among::default()
    }

    /// What the engine is asked for; `whole` is the report of all responses.
    pub(crate) fn selection(&self, whole: &Report) -> Selection {
        Selection {
            from: self.from,
            to: self.to,
            unit: self.unit.and_then(|place| Some(whole.units.get(place)?.unit.clone())),
            member: self.member.clone(),
            clear: self.clear,
        }
    }

    /// Reads what stands behind the `?` of an address; what is unknown there is somebody else's. `prefix` stands before each
    /// name.
    pub(crate) fn parse(query: &str, prefix: &str) -> Among {
        let mut among = Among::default();
        let (mut column, mut value) = (None, None);
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            match name.strip_prefix(prefix) {
                Some("from") => among.from = day_number(&text),
                Some("to") => among.to = day_number(&text),
                Some("of") => among.unit = text.parse().ok(),
                Some("column") => column = Some(text.into_owned()),
                Some("value") => value = Some(text.into_owned()),
                Some("clear") => among.clear = true,
                _ => {}
            }
        }
        among.member = column.zip(value).map(|(column, value)| Member { column, value });
        among
    }

    /// The names and values that stand in an address.
    pub(crate) fn pairs(&self, prefix: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: String| pairs.push(([prefix, name].concat(), value));
        if let Some(day) = self.from {
            push("from", iso_day(day));
        }
        if let Some(day) = self.to {
            push("to", iso_day(day));
        }
        if let Some(place) = self.unit {
            push("of", place.to_string());
        }
        if let Some(Member { column, value }) = &self.member {
            push("column", column.clone());
            push("value", value.clone());
        }
        if self.clear {
            push("clear", "1".into());
        }
        pairs
    }

    /// An address that leads to the same place among these responses.
    pub(crate) fn address(&self, href: String) -> String {
        address(href, self.pairs(""))
    }
}

/// An address with more names and values behind it.
pub(crate) fn address(href: String, pairs: Vec<(String, String)>) -> String {
    if pairs.is_empty() {
        return href;
    }
    let start = if href.contains('?') { href + "&" } else { href + "?" };
    let at = start.len();
    form_urlencoded::Serializer::for_suffix(start, at).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_survive_an_address_behind_any_place() {
        let among = Among {
            from: day_number("2026-01-31"),
            to: day_number("2026-03-01"),
            unit: Some(4),
            member: Some(Member { column: "Région & co".into(), value: "Nord #1?=&from=1".into() }),
            clear: true,
        };
        for place in ["#brief", "#integrity?unit=3", "#responses?score=9&unit=from"] {
            let address = among.address(place.into());
            assert!(address.starts_with(place));
            let query = address.split_once('?').unwrap().1;
            assert_eq!(Among::parse(query, ""), among, "{address}");
        }
        assert_eq!(Among::default().address("#brief".into()), "#brief");
        assert_eq!(Among::parse("from=yesterday&of=x&unit=3", ""), Among::default());
    }
}
