//! What the app knows, in a few signals in one place, and the steps from one state to the next: choosing a file, looking
//! at its plan, reading, cancelling. It owns no component; screens read the signals and call the steps.

use crate::numbers::count;
use crate::reading::{self, Failure, Progress, Source, Unopened, Unreadable, breathe};
use crate::route::Route;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::{Dataset, Skipped};
use candor_engine::plan::{self, Plan};
use candor_engine::report::Report;
use candor_engine::world::World;
use candor_survey::Time;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A file that has been read.
pub(crate) struct Opened {
    /// Its name.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: f64,
    /// The plan that it was read by.
    pub(crate) plan: Plan,
    /// Its responses.
    pub(crate) dataset: Dataset,
    /// What they come to.
    pub(crate) report: Report,
}

/// Something that went wrong, for the analyst.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Problem {
    /// What, in a few words.
    pub(crate) title: &'static str,
    /// What, where, and what to do: a sentence each.
    pub(crate) sentences: Vec<String>,
    /// The rows that could not be read, when they are the trouble.
    pub(crate) skipped: Vec<Skipped>,
}

/// A plan as the analyst has it before the file is read by it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// The file's name.
    pub(crate) name: String,
    /// The plan.
    pub(crate) plan: Plan,
    /// Whether the file has been read before, by this plan or another.
    pub(crate) read: bool,
}

/// The app's state.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Where the analyst is.
    pub(crate) route: RwSignal<Route>,
    /// The file that has been read.
    pub(crate) opened: RwSignal<Option<Arc<Opened>>>,
    /// The plan that is being looked at, of the file in `source`.
    pub(crate) draft: RwSignal<Option<Draft>>,
    /// The name of the file that is being read, and how far that is.
    pub(crate) progress: RwSignal<Option<(String, Progress)>>,
    /// What went wrong last.
    pub(crate) problem: RwSignal<Option<Problem>>,
    /// What a screen reader is told of.
    pub(crate) said: RwSignal<String>,
    /// The file whose plan is being looked at, and the one that has been read.
    source: StoredValue<Option<Source>, LocalStorage>,
    opened_source: StoredValue<Option<Source>, LocalStorage>,
    /// Which reading is the current one; an older one finds another number here and stops.
    ticket: StoredValue<u64>,
}

impl Session {
    /// Nothing opened yet.
    pub(crate) fn new() -> Session {
        Session {
            route: RwSignal::new(Route::Open),
            opened: RwSignal::new(None),
            draft: RwSignal::new(None),
            progress: RwSignal::new(None),
            problem: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            source: StoredValue::new_local(None),
            opened_source: StoredValue::new_local(None),
            ticket: StoredValue::new(0),
        }
    }

    /// Goes to a place; the address changes with it, so that Back comes back.
    pub(crate) fn go(&self, route: &Route) {
        if self.route.get_untracked() == *route {
            return;
        }
        if let Some(window) = web_sys::window() {
            // The hashchange that follows sets the signal too, to the same place.
            window.location().set_hash(&route.href()).ok();
        }
        self.route.set(route.clone());
    }

    /// Takes the files that were chosen or dropped: one to read, and perhaps the definitions beside it.
    pub(crate) fn choose(self, files: &web_sys::FileList) {
        let files: Vec<web_sys::File> = (0..files.length()).filter_map(|i| files.get(i)).collect();
        let (definitions, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.name().ends_with("definitions.json"));
        match files.as_slice() {
            [] => {}
            [file] => self.take(Source {
                blob: file.clone().into(),
                name: file.name(),
                definitions: definitions.into_iter().next().map(Into::into),
                zipped: None,
            }),
            several => {
                let names: Vec<String> = several.iter().map(web_sys::File::name).collect();
                let places = [("n", &*count(several.len() as u64)), ("name", &*names.join(", "))];
                self.fail(Problem {
                    title: TEXT.problem_title,
                    sentences: vec![fill(TEXT.problem_file_count, &places)],
                    skipped: Vec::new(),
                });
            }
        }
    }

    /// Looks at a file and reads it, or shows its plan first when it is not one of our own.
    pub(crate) fn take(self, source: Source) {
        let ticket = self.begin(&source);
        spawn_local(async move {
            if source.size() == 0.0 {
                return self.fail(unread(&[fill(TEXT.problem_empty, &[("name", &source.name)])]));
            }
            let name = source.name.clone();
            let source = match source.unzipped().await {
                Ok(source) => source,
                Err(Unopened::Unreadable(unreadable)) => {
                    return self.fail(unread(&[sentence(&name, &unreadable)]));
                }
                Err(Unopened::Refused(refused)) => return self.fail(unread(&[refused])),
            };
            let head = match source.head().await {
                Ok(head) => head,
                Err(unreadable) => return self.fail(unread(&[sentence(&source.name, &unreadable)])),
            };
            let definitions = source.definitions().await;
            if !self.current(ticket) {
                return;
            }
            let mut plan = plan::recognise(&head, &source.name);
            if let Some(definitions) = &definitions {
                plan.define(definitions);
            }
            if plan.columns.is_empty() && !plan.tool.is_own() {
                let table = fill(TEXT.problem_table, &[("name", &source.name)]);
                let sentences = if plan.notes.is_empty() { vec![table] } else { plan.notes };
                return self.fail(unread(&sentences));
            }
            if !plan.tool.is_own() {
                self.progress.set(None);
                self.draft.set(Some(Draft { name: source.name.clone(), plan, read: false }));
                self.source.set_value(Some(source));
                self.go(&Route::Plan);
            } else {
                self.read(source, plan, ticket).await;
            }
        });
    }

    /// Makes the sample on this machine and opens it.
    pub(crate) fn sample(self) {
        let name = TEXT.sample_name;
        let ticket = self.next_ticket();
        self.progress.set(Some((name.into(), Progress::default())));
        spawn_local(async move {
            breathe().await;
            // A day in 2026, so that everybody's sample is the same.
            let simulation = World::sample(Time(1_788_220_800_000)).simulate();
            breathe().await;
            let text = simulation.ndjson();
            breathe().await;
            if let Some(source) = Source::of_text(name, &text).filter(|_| self.current(ticket)) {
                self.take(source);
            }
        });
    }

    /// Reads the file whose plan is being looked at, by that plan.
    pub(crate) fn read_by_plan(self) {
        let (Some(source), Some(draft)) = (self.source.get_value(), self.draft.get_untracked()) else {
            return;
        };
        let ticket = self.begin(&source);
        spawn_local(self.read(source, draft.plan, ticket));
    }

    /// Shows the plan of the file that has been read.
    pub(crate) fn show_plan(&self) {
        if let Some(opened) = self.opened.get_untracked() {
            self.draft.set(Some(Draft { name: opened.name.clone(), plan: opened.plan.clone(), read: true }));
            self.source.set_value(self.opened_source.get_value());
        }
    }

    /// Stops the reading under way; what had been read before stays.
    pub(crate) fn cancel(&self) {
        self.next_ticket();
        self.progress.set(None);
        self.said.set(TEXT.cancelled.into());
    }

    fn begin(&self, source: &Source) -> u64 {
        let ticket = self.next_ticket();
        self.problem.set(None);
        self.said.set(fill(TEXT.reading, &[("name", &source.name)]));
        let progress = Progress { size: source.size(), ..Progress::default() };
        self.progress.set(Some((source.name.clone(), progress)));
        ticket
    }

    /// Outdates every reading before.
    fn next_ticket(&self) -> u64 {
        self.ticket.update_value(|ticket| *ticket += 1);
        self.ticket.get_value()
    }

    fn current(&self, ticket: u64) -> bool {
        self.ticket.get_value() == ticket
    }

    fn fail(&self, problem: Problem) {
        self.progress.set(None);
        self.problem.set(Some(problem));
    }

    async fn read(self, source: Source, plan: Plan, ticket: u64) {
        let step = |progress| {
            if !self.current(ticket) {
                return ControlFlow::Break(());
            }
            self.progress.set(Some((source.name.clone(), progress)));
            ControlFlow::Continue(())
        };
        let read = match reading::read(&source, &plan, step).await {
            Ok(read) => read,
            Err(Failure::Cancelled) => return,
            Err(_) if !self.current(ticket) => return,
            Err(Failure::Plan(error)) => {
                let sentences = vec![error.to_string()];
                return self.fail(Problem { title: TEXT.problem_plan, sentences, skipped: Vec::new() });
            }
            Err(Failure::File(unreadable)) => {
                return self.fail(unread(&[sentence(&source.name, &unreadable)]));
            }
        };
        let name = source.name.clone();
        if read.report.responses.read == 0 {
            let none =
                if read.report.responses.rows == 0 { TEXT.problem_no_rows } else { TEXT.problem_nothing };
            return self.fail(Problem {
                title: TEXT.problem_title,
                sentences: vec![fill(none, &[("name", &name)])],
                skipped: read.report.skipped,
            });
        }
        self.problem.set(read.broken.map(|unreadable| Problem {
            title: TEXT.problem_partly,
            sentences: vec![sentence(&name, &unreadable), TEXT.problem_kept.into()],
            skipped: Vec::new(),
        }));
        let responses = counted(TEXT.responses_used, read.report.responses.used);
        self.said.set(fill(TEXT.ready, &[("name", &name), ("n", &responses)]));
        let size = source.size();
        self.opened_source.set_value(Some(source));
        self.source.set_value(None);
        self.draft.set(None);
        self.opened.set(Some(Arc::new(Opened {
            name,
            size,
            plan,
            dataset: read.dataset,
            report: read.report,
        })));
        self.progress.set(None);
        self.go(&Route::Report);
    }
}

fn unread(sentences: &[String]) -> Problem {
    Problem { title: TEXT.problem_title, sentences: sentences.to_vec(), skipped: Vec::new() }
}

fn sentence(name: &str, unreadable: &Unreadable) -> String {
    let at = count(unreadable.at as u64);
    fill(TEXT.problem_browser, &[("name", name), ("at", &at), ("reason", &unreadable.reason)])
}
