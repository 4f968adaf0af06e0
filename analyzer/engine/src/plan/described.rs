//! What a file of another format says of its columns beside their names: the wording of questions, what the numbers in its
//! cells stand for, which of them mean that there is no answer. XLSX, Parquet and SPSS files are read elsewhere, each by a
//! module of its own, and come to the engine as rows of CSV and this description.

use super::labels::{self, no_answer};
use super::profile::{Named, Profile};
use super::rating;
use crate::sort;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a file says of itself, as `candor-cells` writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Described {
    /// The columns, in the file's order.
    pub columns: Vec<DescribedColumn>,
    /// The sets of value labels that columns name by their index: pairs of a value as cells have it and what it stands for.
    pub value_labels: Vec<Vec<(String, String)>>,
    /// The sheets of a workbook.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Which of them is read.
    #[serde(default)]
    pub table: usize,
    /// What the analyst should know about how the file was read, a sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What a file says of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct DescribedColumn {
    /// The wording of the question.
    pub label: Option<String>,
    /// The index of its value labels.
    pub values: Option<usize>,
}

/// What value labels make of a column.
pub(super) enum Meaning {
    /// The cells are numbers on a scale; labels say which of them are no answers, and which stand for another point.
    Points(BTreeMap<String, Option<u8>>),
    /// The cells are codes for words.
    Words(BTreeMap<String, String>),
}

impl Described {
    /// The wording of a question.
    pub(super) fn label(&self, column: usize) -> Option<&str> {
        self.columns.get(column)?.label.as_deref().map(str::trim).filter(|label| !label.is_empty())
    }

    /// What the value labels of a column make of its values.
    pub(super) fn meaning(&self, column: usize, profile: &Profile, named: Named) -> Option<Meaning> {
        let labels = self.value_labels.get(self.columns.get(column)?.values?)?;
        let label_of = |value: &str| labels.iter().find(|label| label.0 == value).map(|label| label.1.trim());
        let folded = |label: &str| labels::folded(label);
        let none = labels.iter().filter(|(_, label)| no_answer(&folded(label)));
        let none: BTreeMap<String, Option<u8>> = sort::map(none.map(|(value, _)| (value.clone(), None)));
        let met: Vec<&String> = profile.values.keys().filter(|value| !none.contains_key(*value)).collect();
        let all_labelled = !met.is_empty() && met.iter().all(|value| label_of(value).is_some());
        if !all_labelled {
            // Only the ends of a scale have labels, or none that was met.
            let points =
                || labels.iter().filter_map(|(value, label)| Some((rating(value)?, labels::is_good(label)?)));
            let (lowest, highest) = (points().min_by_key(|end| end.0), points().max_by_key(|end| end.0));
            if let (Some((low, true)), Some((high, false))) = (lowest, highest)
                && high <= 10
            {
                let turned = (low..=high).map(|point| (point.to_string(), Some(low + high - point)));
                return Some(Meaning::Points(sort::map(turned.chain(none))));
            }
            return (!none.is_empty()).then_some(Meaning::Points(none));
        }
        // Words of a known scale say which way it runs, whatever numbers stand for them.
        let mut words = Profile::default();
        labels.iter().for_each(|(_, label)| words.add(label));
        if let Some(known) = labels::read(&words, named) {
            let point =
                |label: &String| known.values.get(label.trim()).copied().or_else(|| rating(label).map(Some));
            let points = labels.iter().filter_map(|(value, label)| Some((value.clone(), point(label)?)));
            return Some(Meaning::Points(sort::map(points)));
        }
        let numbers = labels.iter().filter(|(_, label)| rating(label).is_some()).count();
        if named != Named::Not || numbers * 2 > labels.len() {
            return Some(Meaning::Points(none));
        }
        let words = labels.iter().map(|(value, label)| (value.clone(), label.trim().to_owned()));
        Some(Meaning::Words(sort::map(words)))
    }
}

#[cfg(test)]
mod tests {
    use crate::columns::NO_RATING;
    use crate::plan::{Described, DescribedColumn, Holds, Role, Scale, recognise_described};
    use crate::reader::Reading;

    /// A label and value labels.
    type Said<'a> = (&'a str, &'a [(&'a str, &'a str)]);

    fn described(columns: &[Said<'_>]) -> Described {
        let column = |(at, (label, labels)): (usize, &Said<'_>)| DescribedColumn {
            label: Some((*label).into()),
            values: (!labels.is_empty()).then_some(at),
        };
        let owned = |labels: &[(&str, &str)]| {
            labels.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
        };
        Described {
            columns: columns.iter().enumerate().map(column).collect(),
            value_labels: columns.iter().map(|(_, labels)| owned(labels)).collect(),
            ..Described::default()
        }
    }

    #[test]
    fn labels_say_what_is_no_answer_which_way_a_scale_runs_and_what_codes_stand_for() {
        let described = described(&[
            (
                "How likely are you to recommend us?",
                &[("0", "Not at all likely"), ("10", "Extremely likely"), ("99", "Don't know")],
            ),
            // 1 is the best here.
            (
                "The staff was friendly",
                &[
                    ("1", "Strongly agree"),
                    ("2", "Agree"),
                    ("3", "Neutral"),
                    ("4", "Disagree"),
                    ("5", "Strongly disagree"),
                ],
            ),
            ("Store", &[("1", "North"), ("2", "South")]),
        ]);
        let rows = "q1,q2,store\n9,1,1\n99,2,2\n0,5,1\n10,4,2\n8,1,1\n9,3,2\n";
        let plan = recognise_described(rows.as_bytes(), true, &described);
        let roles: Vec<Role> = plan.columns.iter().map(|column| column.role).collect();
        assert_eq!(roles, [Role::Score, Role::Item, Role::Unit]);
        assert_eq!(plan.scale(), Some(Scale { low: 0, high: 10, nps: true }));
        assert_eq!(plan.columns[0].values["99"], None);
        assert_eq!(plan.columns[1].values["1"], Some(5));
        assert_eq!((plan.columns[2].holds, plan.columns[2].examples[0].as_str()), (Holds::Words, "North"));
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(rows.as_bytes());
        let dataset = reading.finish();
        assert_eq!(dataset.ratings, [9, NO_RATING, 0, 10, 8, 9]);
        assert_eq!(dataset.beside.items[0].ratings, [5, 4, 1, 2, 5, 3]);
        let units = dataset.units.unwrap();
        assert_eq!(
            (0..3).map(|row| units.get(row).unwrap()).collect::<Vec<_>>(),
            ["North", "South", "North"]
        );
        assert!(dataset.skipped.is_empty() && dataset.repaired.is_empty());
    }
}
