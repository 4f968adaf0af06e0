//! What own files say about the visits: attributes as groups, so that responses can be chosen and compared by them as by the columns of
//! a table. An attribute with more than [`MOST_VALUES`] values is a name or a number; it is let go of while it is read.

use super::selection::MOST_VALUES;
use super::{Categories, NO_CODE};
use candor_survey::Response;

/// What stands before an attribute's name, as in `responses.csv`.
const PREFIX: &str = "attribute.";
/// Most attributes that are kept, in the order in which they are met; a file may name thousands.
pub const MOST_ATTRIBUTES: usize = 24;

/// The attributes of an own file's responses, by name; the unit's is not among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    columns: Vec<Attribute>,
}

/// An attribute: its words, a row each, unless there were too many of them.
#[derive(Clone, Debug, PartialEq)]
struct Attribute {
    words: Categories,
    crowded: bool,
}

impl Attribute {
    fn name(&self) -> &str {
        self.words.name.strip_prefix(PREFIX).unwrap_or(&self.words.name)
    }

    /// As many rows, the missing ones without a word.
    fn fill(&mut self, rows: usize) {
        while !self.crowded && self.words.len() < rows {
            self.words.push_code(NO_CODE);
        }
    }
}

impl Attributes {
    /// Appends what a response says; `row` is its place in the columns, `unit` the attribute that names the unit.
    pub(crate) fn keep(&mut self, row: usize, response: &Response, unit: Option<&str>) {
        for (name, text) in response.attributes.iter().filter(|(name, _)| Some(name.as_str()) != unit) {
            self.put(row, name.as_str(), text.trim());
        }
        self.columns.iter_mut().for_each(|attribute| attribute.fill(row + 1));
    }

    fn put(&mut self, row: usize, name: &str, word: &str) {
        let at = match self.columns.iter().position(|known| known.name() == name) {
            Some(at) => at,
            None if self.columns.len() >= MOST_ATTRIBUTES => return,
            None => {
                // By name, since the same responses as NDJSON and as CSV name their attributes in different orders.
                let at = self.columns.partition_point(|known| known.name() < name);
                let words = Categories::new(&[PREFIX, name].concat());
                self.columns.insert(at, Attribute { words, crowded: false });
                at
            }
        };
        let Some(attribute) = self.columns.get_mut(at).filter(|attribute| !attribute.crowded) else { return };
        attribute.fill(row);
        attribute.words.push(word);
        if attribute.words.labels.len() > MOST_VALUES {
            *attribute = Attribute { words: Categories::new(&attribute.words.name), crowded: true };
        }
    }

    pub(crate) fn retain(&mut self, keep: &[bool]) {
        self.columns.iter_mut().filter(|known| !known.crowded).for_each(|known| known.words.retain(keep));
    }

    /// Those by which responses can be grouped, by name: each of their values stands for two responses at least, on average. What
    /// has a value of its own in nearly every response is the name of a customer or an order.
    pub fn groups(&self) -> impl Iterator<Item = &Categories> {
        let groups = self.columns.iter().filter(|known| !known.crowded).map(|known| &known.words);
        groups.filter(|words| 2 * words.labels.len() <= words.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;
    use candor_survey::{Id, Time};

    fn responses() -> Vec<Response> {
        let start = Time(1_788_220_800_000);
        World { seed: 4, responses: 120, units: 6, pressured: 1, start }.simulate().responses
    }

    fn kept(responses: &[Response]) -> Attributes {
        let mut kept = Attributes::default();
        responses.iter().enumerate().for_each(|(row, response)| kept.keep(row, response, Some("agent")));
        kept
    }

    fn names(attributes: &Attributes) -> Vec<&str> {
        attributes.groups().map(|words| words.name.as_str()).collect()
    }

    fn set(response: &mut Response, name: &str, value: &str) {
        response.attributes.set(&Id::new(name).unwrap(), value.into());
    }

    #[test]
    fn an_attribute_is_a_group_of_every_row_and_one_that_comes_late_has_none_before() {
        let mut responses = responses();
        for (row, response) in responses.iter_mut().enumerate().skip(7) {
            set(response, "channel", [" web ", "shop"][row % 2]);
        }
        let kept = kept(&responses);
        assert_eq!(names(&kept), ["attribute.channel", "attribute.store"]);
        let words = kept.groups().next().unwrap();
        assert_eq!(words.len(), responses.len());
        assert_eq!((words.get(6), words.get(7), words.get(8)), (None, Some("shop"), Some("web")));
    }

    #[test]
    fn what_names_a_customer_and_what_names_the_unit_is_no_group() {
        let mut responses = responses();
        for (row, response) in responses.iter_mut().enumerate() {
            set(response, "customer", &format!("C{row}"));
            set(response, "fifty", &format!("{}", row % 50));
        }
        assert_eq!(names(&kept(&responses)), ["attribute.fifty", "attribute.store"]);
        // Below fifty names in a short file, each of nearly one response.
        assert_eq!(names(&kept(&responses[..40])), ["attribute.store"]);
        let mut few = kept(&responses);
        few.retain(&(0..120).map(|row| row < 60).collect::<Vec<_>>());
        assert!(few.groups().all(|words| words.len() == 60));
    }
}
