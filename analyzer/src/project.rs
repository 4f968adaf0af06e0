//! The project file: everything that the analyst did with a file, without the file. Opened together with the file it comes back
//! to the same page. One JSON of names and choices; it reads and writes no storage.

use candor_engine::plan::Plan;
use candor_engine::report::Purpose;
use candor_engine::value::JoinPlan;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Project {
    /// Format version, 1.
    pub(crate) candor_project: u32,
    /// The file that it is about.
    pub(crate) file: Fingerprint,
    /// How that is read.
    pub(crate) plan: Plan,
    /// The purpose, where the analyst wrote one.
    pub(crate) purpose: Option<Purpose>,
    /// Notes by unit.
    pub(crate) notes: BTreeMap<String, String>,
    /// The page, with its filters and the sides that are compared, as the address has them.
    pub(crate) page: String,
    /// Whether names are hidden.
    pub(crate) names_hidden: bool,
    /// The CRM file that was joined with it; absent in projects without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) join: Option<Join>,
}

/// A CRM file beside the survey, which the project does not hold either, and how both are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Join {
    /// Its name.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The join plan, without examples.
    pub(crate) plan: JoinPlan,
}

impl Project {
    /// Of the names of two files that were chosen with this project, the place of the survey's: the one that the project names, or
    /// the one that is not its CRM file's. Absent where it names neither.
    pub(crate) fn survey_among(&self, names: [&str; 2]) -> Option<usize> {
        let crm = self.join.as_ref()?.name.as_str();
        let survey = names.iter().position(|name| *name == self.file.name);
        survey.or_else(|| names.iter().position(|name| *name == crm).map(|at| 1 - at))
    }
}

/// What tells a file from others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Its name.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The SHA-256 of its bytes, 64 hexadecimal digits.
    pub(crate) sha256: String,
}

/// What a JSON file beside the data says.
pub(crate) enum Companion {
    Plan(Box<Plan>),
    Project(Box<Project>),
    /// Something else: data, perhaps.
    Other,
}

/// Tells what a JSON file is.
pub(crate) fn companion(text: &str) -> Companion {
    if let Ok(project) = serde_json::from_str::<Project>(text) {
        return Companion::Project(Box::new(project));
    }
    serde_json::from_str(text).map_or(Companion::Other, |plan| Companion::Plan(Box::new(plan)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::plan::recognise;

    #[test]
    fn plans_and_projects_are_told_from_data_by_what_they_hold() {
        let plan = recognise(b"store,score\nLeeds,9\nYork,3\n", "a.csv");
        let project = Project {
            candor_project: 1,
            file: Fingerprint { name: "a.csv".into(), size: 27, sha256: "0".repeat(64) },
            plan: plan.clone(),
            purpose: None,
            notes: BTreeMap::from([("Leeds".into(), "Ask Ann".into())]),
            page: "#change?from=2026-01-01".into(),
            names_hidden: true,
            join: None,
        };
        let text = serde_json::to_string(&project).unwrap();
        assert!(matches!(companion(&text), Companion::Project(found) if *found == project));
        let text = serde_json::to_string(&plan).unwrap();
        assert!(matches!(companion(&text), Companion::Plan(found) if *found == plan));
        // A project that was saved before projects knew joins is one.
        let text = serde_json::to_string(&project).unwrap();
        assert!(!text.contains("join"), "{text}");
        for text in ["{}", "[1]", "", "{\"v\":1,\"id\":\"x\"}\n{\"v\":1}"] {
            assert!(matches!(companion(text), Companion::Other), "{text}");
        }
    }

    #[test]
    fn of_two_files_the_project_tells_which_is_the_survey() {
        let plan: JoinPlan = serde_json::from_str(
            r#"{"join":1,"survey_key":"customer","columns":[{"name":"id","role":"key"}],"encoding":"utf-8",
                "delimiter":",","header_rows":1,"date_order":"day_first"}"#,
        )
        .unwrap();
        let join = Join { name: "crm.csv".into(), size: 12, plan };
        let project = Project {
            candor_project: 1,
            file: Fingerprint { name: "a.csv".into(), ..Fingerprint::default() },
            plan: recognise(b"store,score\nLeeds,9\nYork,3\n", "a.csv"),
            purpose: None,
            notes: BTreeMap::new(),
            page: "#value".into(),
            names_hidden: false,
            join: Some(join),
        };
        let text = serde_json::to_string(&project).unwrap();
        assert!(matches!(companion(&text), Companion::Project(found) if *found == project));
        assert_eq!(project.survey_among(["a.csv", "other.csv"]), Some(0));
        assert_eq!(project.survey_among(["crm.csv", "renamed.csv"]), Some(1));
        assert_eq!(project.survey_among(["crm.csv", "a.csv"]), Some(1));
        assert_eq!(project.survey_among(["x.csv", "y.csv"]), None);
        assert_eq!(Project { join: None, ..project }.survey_among(["a.csv", "crm.csv"]), None);
    }
}
