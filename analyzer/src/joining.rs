//! The CRM file beside the survey: which of two files is which, having it looked at and read at the survey's desk, and the plan by
//! which both are joined. Steps of the session; what is drawn of it is the Value page's.

use crate::app::focus_first;
use crate::numbers::bytes;
use crate::project::Join;
use crate::reading::{Desk, News, Source, module};
use crate::route::{Page, Route};
use crate::session::{Session, sentence, unread};
use crate::text::{TEXT, fill};
use candor_engine::plan::Plan;
use candor_engine::value::{JoinPlan, Part, survey_of};
use candor_worker::{Answer, Crm, Question, Refusal};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// A CRM file beside the survey.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Joining {
    /// Its name.
    pub(crate) name: String,
    /// How it is joined; absent while it is being looked at, and where it cannot be.
    pub(crate) plan: Option<JoinPlan>,
    /// Why it cannot be joined, a sentence each.
    pub(crate) problem: Vec<String>,
    /// Whether both files were chosen together, so that they may have been taken for each other.
    pub(crate) together: bool,
    /// What is to be known of it, a sentence each: that it is not the one that the project was saved with.
    pub(crate) notes: Vec<String>,
}

/// A plan without examples, which are values of the file.
pub(crate) fn bare(plan: &JoinPlan) -> JoinPlan {
    let mut plan = plan.clone();
    plan.survey_columns.clear();
    plan.columns.iter_mut().for_each(|column| column.examples.clear());
    plan
}

/// Takes another plan; what stands in the columns stays in sight.
pub(crate) fn take(now: &mut JoinPlan, mut plan: JoinPlan) {
    plan.survey_columns = std::mem::take(&mut now.survey_columns);
    for column in &mut plan.columns {
        let same = now.columns.iter().find(|before| before.name == column.name);
        column.examples = same.map(|before| before.examples.clone()).unwrap_or_default();
    }
    *now = plan;
}

/// The columns that a plan reads and that are not there, the survey's first.
fn missing(plan: &JoinPlan, there: &JoinPlan) -> Vec<String> {
    let key = Some(&plan.survey_key)
        .filter(|key| !key.is_empty() && there.survey_columns.iter().all(|column| column.name != **key));
    let columns = plan.columns.iter().filter(|column| column.role != Part::Ignore);
    let columns = columns.map(|column| &column.name);
    let columns = columns.filter(|name| there.columns.iter().all(|column| column.name != **name));
    key.into_iter().chain(columns).cloned().collect()
}

/// Joins by the plan of the project where `guessed` has the columns that it reads; what is to be known of the file.
fn by_project(guessed: &mut JoinPlan, join: &Join, (name, size): (&str, u64)) -> Vec<String> {
    let lacks = missing(&join.plan, guessed);
    if !lacks.is_empty() {
        return vec![fill(TEXT.value_awaited_lacks, &[("name", name), ("columns", &lacks.join(", "))])];
    }
    take(guessed, join.plan.clone());
    let same = name == join.name && size == join.size;
    let other = fill(
        TEXT.value_awaited_other,
        &[("name", name), ("before", &join.name), ("size", &bytes(join.size as f64))],
    );
    if same { Vec::new() } else { vec![other] }
}

impl Session {
    pub(crate) fn source_of(self, file: &web_sys::File, definitions: Option<web_sys::File>) -> Source {
        Source {
            blob: Some(file.clone().into()),
            name: file.name(),
            definitions: definitions.map(Into::into),
        }
    }

    /// Whether a file that is dropped now is a CRM file: on the Value page.
    pub(crate) fn wants_crm(self) -> bool {
        self.route.get_untracked() == Route::Page(Page::Value) && self.whole.with_untracked(Option::is_some)
    }

    /// Of two files, reads the one that is rather a survey and keeps the other one to be joined with it.
    pub(crate) fn pair(self, sources: [Source; 2]) {
        self.begin(&sources[0]);
        let plans: Rc<RefCell<[Option<Plan>; 2]>> = Rc::default();
        let desk = |nth: usize| {
            let (plans, sources) = (plans.clone(), sources.clone());
            Desk::open(&sources[nth].clone(), self.spare.get_value(), move |news| {
                // A file that cannot be opened has no columns; when it is the survey, reading it says why.
                let plan = match news {
                    News::Opened(plan, _) => *plan,
                    News::Refused(_) | News::Died(_) => Plan::default(),
                    _ => return,
                };
                plans.borrow_mut()[nth] = Some(plan);
                let both = match &*plans.borrow() {
                    [Some(one), Some(other)] => survey_of([one, other]).unwrap_or(0),
                    _ => return,
                };
                self.looking.set_value(Vec::new());
                self.read_pair(sources[both].clone(), sources[1 - both].clone());
            })
        };
        self.looking.set_value(vec![desk(0), desk(1)]);
    }

    fn read_pair(self, survey: Source, crm: Source) {
        self.said.set(fill(TEXT.value_taken, &[("survey", &survey.name), ("crm", &crm.name)]));
        self.crm.set_value(Some(crm));
        self.crm_waits.set_value(true);
        self.put(survey, None);
    }

    /// Reads the CRM file as the survey, and the survey as the CRM file.
    pub(crate) fn swap(self) {
        if let (Some(survey), Some(crm)) = (self.opened_source.get_value(), self.crm.get_value()) {
            self.read_pair(crm, survey);
        }
    }

    /// Joins the file that was chosen together with the survey, which has been read now.
    pub(crate) fn join_what_waits(self) {
        if self.crm_waits.get_value() {
            self.crm_waits.set_value(false);
            if let Some(source) = self.crm.get_value() {
                // A project says itself which of both is which.
                self.look(source, self.awaited.with_untracked(Option::is_none), None);
            }
        }
    }

    /// Has a CRM file looked at, beside the survey that was read.
    pub(crate) fn join(self, source: Source) {
        self.look(source, false, None);
    }

    /// Has the sample's customers made and joins them.
    pub(crate) fn join_sample(self) {
        self.join(Source { blob: None, name: TEXT.value_sample_name.into(), definitions: None });
    }

    /// Takes the CRM file away again.
    pub(crate) fn unjoin(self) {
        self.crm.set_value(None);
        self.joining.set(None);
        self.awaited.set(None);
    }

    /// The same, and has the survey's desk let go of what was read of it.
    pub(crate) fn remove_crm(self) {
        self.unjoin();
        if self.opened_desk.with_value(Option::is_some) {
            self.ask(Question::Unjoin, |_| {});
        }
        request_animation_frame(|| focus_first("[data-test=crm-input]"));
    }

    /// Stops reading the CRM file. A file that the project asks for is still asked for.
    pub(crate) fn cancel_join(self) {
        let awaited = self.awaited.get_untracked();
        self.remove_crm();
        self.awaited.set(awaited);
        self.said.set(TEXT.value_cancelled.into());
    }

    /// What a project keeps of the CRM file: the one that is joined, or the one that was and has not been chosen again yet. The
    /// sample's is made anew by whoever wants it.
    pub(crate) fn joined(self) -> Option<Join> {
        let source = self.crm.get_value().filter(|source| source.blob.is_some());
        let plan = self.joining.with_untracked(|of| of.as_ref().and_then(|of| of.plan.clone()));
        match source.zip(plan) {
            Some((source, plan)) => {
                Some(Join { size: source.size() as u64, name: source.name, plan: bare(&plan) })
            }
            None => self.awaited.get_untracked(),
        }
    }

    fn look(self, source: Source, together: bool, module: Option<JsValue>) {
        let name = source.name.clone();
        if source.blob.as_ref().is_some_and(|blob| blob.size() == 0.0) {
            let problem = vec![fill(TEXT.problem_empty, &[("name", &name)])];
            return self.joining.set(Some(Joining { name, problem, together, ..Joining::default() }));
        }
        self.crm.set_value(Some(source.clone()));
        self.joining.set(Some(Joining { name: name.clone(), together, ..Joining::default() }));
        let ticket = self.next_ticket();
        let asked = self.opened_desk.with_value(|desk| match desk {
            Some((_, desk)) => {
                desk.crm(ticket, &name, source.blob.as_ref(), module.as_ref());
                true
            }
            None => false,
        });
        if !asked {
            return self.gone(TEXT.gone_before);
        }
        let then = move |answer| {
            if let Some(Answer::Crm(found)) = answer {
                self.looked_at_crm(source, together, found);
            }
        };
        self.questions.update_value(|questions| {
            questions.insert(ticket, Box::new(then));
        });
    }

    fn looked_at_crm(self, source: Source, together: bool, found: Crm) {
        let name = source.name.clone();
        match found {
            Crm::Wants { format } => spawn_local(async move {
                match module(&format).await {
                    Ok(module) => self.look(source, together, Some(module)),
                    Err(sentence) => self.not_joined(sentence),
                }
            }),
            Crm::Guessed(mut plan) => {
                let awaited = self.awaited.get_untracked();
                let file = (&*name, source.size() as u64);
                let notes = awaited.map(|join| by_project(&mut plan, &join, file)).unwrap_or_default();
                self.joining.update(|joining| {
                    if let Some(joining) = joining {
                        (joining.plan, joining.notes) = (Some(*plan), notes);
                    }
                });
                self.said.set(fill(TEXT.value_looked, &[("name", &name)]));
            }
            Crm::Refused(refusal) => {
                let sentences = sentences(&name, refusal);
                self.joining.set(Some(Joining { name, problem: sentences, together, ..Joining::default() }));
            }
        }
    }

    fn not_joined(self, sentence: String) {
        self.joining.update(|joining| {
            if let Some(joining) = joining {
                joining.problem = vec![sentence];
            }
        });
    }

    /// Changes how both files are joined.
    pub(crate) fn replan(self, change: impl FnOnce(&mut JoinPlan)) {
        self.joining.update(|joining| {
            if let Some(plan) = joining.as_mut().and_then(|joining| joining.plan.as_mut()) {
                change(plan);
            }
        });
    }
}

/// Why a CRM file is not joined, a sentence each.
pub(crate) fn sentences(name: &str, refusal: Refusal) -> Vec<String> {
    match refusal {
        Refusal::NoTable(notes) if notes.is_empty() => {
            unread(&[fill(TEXT.problem_table, &[("name", name)])]).sentences
        }
        Refusal::NoTable(notes) => notes,
        Refusal::File(sentence) | Refusal::Plan(sentence) => vec![sentence],
        Refusal::Unreadable(unreadable) => vec![sentence(name, &unreadable)],
    }
}
