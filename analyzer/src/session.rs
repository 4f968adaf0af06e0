//! What the app knows, in a few signals in one place, and the steps from one state to the next: choosing a file, looking
//! at its plan, reading, cancelling. It owns no component; screens read the signals and call the steps. Files are read by
//! workers, and what was read stays there: [`Session::rows`] asks for single responses.

use crate::numbers::count;
use crate::reading::{Desk, News, Progress, Source, Spare, mark, now};
use crate::route::Route;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::{Filter, Page, Skipped};
use candor_engine::plan::Plan;
use candor_engine::report::Report;
use candor_worker::{Refusal, Unreadable};
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// A file that has been read.
pub(crate) struct Opened {
    /// Its name.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: f64,
    /// The plan that it was read by.
    pub(crate) plan: Plan,
    /// What its responses come to.
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

/// What is done with rows that were asked for.
type Then = Box<dyn FnOnce(Option<Page>)>;

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
    /// The file whose plan is being looked at or that is being read, and the one that has been read.
    source: StoredValue<Option<Source>, LocalStorage>,
    opened_source: StoredValue<Option<Source>, LocalStorage>,
    /// Their desks, each with its ticket; what a desk of another ticket says comes too late.
    desk: StoredValue<Option<(u64, Desk)>, LocalStorage>,
    opened_desk: StoredValue<Option<(u64, Desk)>, LocalStorage>,
    ticket: StoredValue<u64>,
    /// The plan by which a file is read as soon as it is on its desk.
    planned: StoredValue<Option<Plan>>,
    /// Since when a file is being read.
    began: StoredValue<f64>,
    /// Who waits for rows.
    waiting: StoredValue<Option<(u64, Then)>, LocalStorage>,
    spare: StoredValue<Rc<RefCell<Spare>>, LocalStorage>,
}

impl Session {
    /// Nothing opened yet.
    pub(crate) fn new() -> Session {
        let mut spare = Spare::default();
        spare.fill();
        Session {
            route: RwSignal::new(Route::Open),
            opened: RwSignal::new(None),
            draft: RwSignal::new(None),
            progress: RwSignal::new(None),
            problem: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            source: StoredValue::new_local(None),
            opened_source: StoredValue::new_local(None),
            desk: StoredValue::new_local(None),
            opened_desk: StoredValue::new_local(None),
            ticket: StoredValue::new(0),
            planned: StoredValue::new(None),
            began: StoredValue::new(0.0),
            waiting: StoredValue::new_local(None),
            spare: StoredValue::new_local(Rc::new(RefCell::new(spare))),
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
            [file] if file.size() == 0.0 => {
                self.fail(unread(&[fill(TEXT.problem_empty, &[("name", &file.name())])]));
            }
            [file] => self.put(
                Source {
                    blob: Some(file.clone().into()),
                    name: file.name(),
                    definitions: definitions.into_iter().next().map(Into::into),
                },
                None,
            ),
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

    /// Has the sample made on this machine and opens it.
    pub(crate) fn sample(self) {
        self.put(Source { blob: None, name: TEXT.sample_name.into(), definitions: None }, None);
    }

    /// Reads the file whose plan is being looked at, by that plan.
    pub(crate) fn read_by_plan(self) {
        let (Some(source), Some(draft)) = (self.source.get_value(), self.draft.get_untracked()) else {
            return;
        };
        if self.desk.with_value(Option::is_some) {
            self.begin(&source);
            self.read(draft.plan);
        } else {
            self.put(source, Some(draft.plan));
        }
    }

    /// Shows the plan of the file that has been read.
    pub(crate) fn show_plan(&self) {
        if let Some(opened) = self.opened.get_untracked() {
            self.draft.set(Some(Draft { name: opened.name.clone(), plan: opened.plan.clone(), read: true }));
            self.desk.set_value(None);
            self.source.set_value(self.opened_source.get_value());
        }
    }

    /// Stops the reading under way; what had been read before stays.
    pub(crate) fn cancel(&self) {
        self.desk.set_value(None);
        self.progress.set(None);
        self.said.set(TEXT.cancelled.into());
        self.refill();
    }

    /// Asks for some of the opened responses that pass `filter`; nothing comes when they are gone.
    pub(crate) fn rows(
        &self,
        filter: &Filter,
        offset: u64,
        limit: usize,
        then: impl FnOnce(Option<Page>) + 'static,
    ) {
        let ticket = self.next_ticket();
        self.waiting.set_value(Some((ticket, Box::new(then))));
        let asked = self.opened_desk.with_value(|desk| match desk {
            Some((_, desk)) => {
                desk.rows(ticket, filter, offset, limit);
                true
            }
            None => false,
        });
        if !asked {
            self.found(ticket, None);
        }
    }

    fn found(&self, ticket: u64, page: Option<Page>) {
        let waits = self.waiting.with_value(|waiting| waiting.as_ref().is_some_and(|(of, _)| *of == ticket));
        if waits && let Some((_, then)) = self.waiting.try_update_value(Option::take).flatten() {
            then(page);
        }
    }

    /// Puts a file on a desk of its own, where it is looked at; with a plan it is read by that at once.
    fn put(self, source: Source, plan: Option<Plan>) {
        mark("candor-open");
        self.begin(&source);
        let ticket = self.next_ticket();
        self.planned.set_value(plan);
        // The file before, if it was still being read, ends here.
        self.desk.set_value(None);
        let desk = Desk::open(&source, self.spare.get_value(), move |news| self.heard(ticket, news));
        self.source.set_value(Some(source));
        self.desk.set_value(Some((ticket, desk)));
    }

    fn begin(&self, source: &Source) {
        self.problem.set(None);
        self.said.set(fill(TEXT.reading, &[("name", &source.name)]));
        let progress = Progress { size: source.size(), ..Progress::default() };
        self.progress.set(Some((source.name.clone(), progress)));
    }

    fn next_ticket(&self) -> u64 {
        self.ticket.update_value(|ticket| *ticket += 1);
        self.ticket.get_value()
    }

    fn refill(&self) {
        self.spare.with_value(|spare| spare.borrow_mut().fill());
    }

    fn read(&self, plan: Plan) {
        self.desk.with_value(|desk| {
            if let Some((_, desk)) = desk {
                desk.read(&plan);
            }
        });
        self.began.set_value(now());
    }

    /// Shows what went wrong; the desk goes, unless another plan may help.
    fn fail(&self, problem: Problem) {
        self.progress.set(None);
        self.problem.set(Some(problem));
    }

    fn heard(&self, ticket: u64, news: News) {
        let is = |desk: &Option<(u64, Desk)>| desk.as_ref().is_some_and(|(of, _)| *of == ticket);
        if self.opened_desk.with_value(is) {
            return self.heard_of_opened(news);
        }
        let Some(source) = self.source.get_value().filter(|_| self.desk.with_value(is)) else { return };
        match news {
            News::Opened(plan, made) => self.looked_at(source, *plan, made),
            News::Progress(rows, done) => {
                let seconds = (now() - self.began.get_value()) / 1000.0;
                let progress = Progress::at(rows, done, source.size(), seconds);
                self.progress.set(Some((source.name, progress)));
            }
            News::Columns => {
                mark("candor-columns");
                self.progress.update(|progress| {
                    if let Some((_, progress)) = progress {
                        *progress =
                            Progress { done: progress.size, reporting: true, left: None, ..*progress };
                    }
                });
            }
            News::Read(plan, report, broken) => self.has_read(source, *plan, *report, broken),
            News::Refused(refusal) => self.refused(&source, refusal),
            News::Died(reason) => {
                self.desk.set_value(None);
                let places = [("name", &*source.name), ("reason", &*reason)];
                self.fail(Problem {
                    title: TEXT.problem_title,
                    sentences: vec![fill(TEXT.problem_worker, &places)],
                    skipped: Vec::new(),
                });
                self.refill();
            }
            News::Rows(..) => {}
        }
    }

    fn heard_of_opened(&self, news: News) {
        match news {
            News::Rows(ticket, Ok(page)) => self.found(ticket, Some(page)),
            News::Rows(ticket, Err(unreadable)) => {
                let name =
                    self.opened.with_untracked(|o| o.as_ref().map(|o| o.name.clone()).unwrap_or_default());
                self.fail(unread(&[sentence(&name, &unreadable)]));
                self.found(ticket, None);
            }
            News::Died(reason) => {
                self.opened_desk.set_value(None);
                let name =
                    self.opened.with_untracked(|o| o.as_ref().map(|o| o.name.clone()).unwrap_or_default());
                let places = [("name", &*name), ("reason", &*reason)];
                self.problem.set(Some(Problem {
                    title: TEXT.problem_gone_title,
                    sentences: vec![fill(TEXT.problem_gone, &places)],
                    skipped: Vec::new(),
                }));
                if let Some((_, then)) = self.waiting.try_update_value(Option::take).flatten() {
                    then(None);
                }
            }
            _ => {}
        }
    }

    /// The file has been looked at: one of our own is read at once, another one's plan is shown first.
    fn looked_at(&self, mut source: Source, plan: Plan, made: Option<web_sys::Blob>) {
        if made.is_some() {
            source.blob = made;
            self.begin(&source);
            self.source.set_value(Some(source.clone()));
        }
        if let Some(planned) = self.planned.try_update_value(Option::take).flatten() {
            self.read(planned);
        } else if plan.tool.is_own() {
            self.draft.set(None);
            self.read(plan);
        } else {
            self.progress.set(None);
            self.draft.set(Some(Draft { name: source.name, plan, read: false }));
            self.go(&Route::Plan);
        }
    }

    fn refused(&self, source: &Source, refusal: Refusal) {
        let name = &source.name;
        match refusal {
            // The file stays on its desk, because another plan may be followed.
            Refusal::Plan(sentence) => {
                return self.fail(Problem {
                    title: TEXT.problem_plan,
                    sentences: vec![sentence],
                    skipped: Vec::new(),
                });
            }
            Refusal::NoTable(notes) if notes.is_empty() => {
                self.fail(unread(&[fill(TEXT.problem_table, &[("name", name)])]));
            }
            Refusal::NoTable(notes) => self.fail(unread(&notes)),
            Refusal::File(sentence) => self.fail(unread(&[sentence])),
            Refusal::Unreadable(unreadable) => self.fail(unread(&[sentence(name, &unreadable)])),
        }
        self.desk.set_value(None);
        self.refill();
    }

    fn has_read(&self, source: Source, plan: Plan, report: Report, broken: Option<Unreadable>) {
        mark("candor-report");
        self.refill();
        let name = source.name.clone();
        if report.responses.read == 0 {
            let none = if report.responses.rows == 0 { TEXT.problem_no_rows } else { TEXT.problem_nothing };
            return self.fail(Problem {
                title: TEXT.problem_title,
                sentences: vec![fill(none, &[("name", &name)])],
                skipped: report.skipped,
            });
        }
        self.problem.set(broken.map(|unreadable| Problem {
            title: TEXT.problem_partly,
            sentences: vec![sentence(&name, &unreadable), TEXT.problem_kept.into()],
            skipped: Vec::new(),
        }));
        let responses = counted(TEXT.responses_used, report.responses.used);
        self.said.set(fill(TEXT.ready, &[("name", &name), ("n", &responses)]));
        let size = source.size();
        self.opened_source.set_value(Some(source));
        self.source.set_value(None);
        // The file that was opened before leaves its memory here.
        self.opened_desk.set_value(self.desk.try_update_value(Option::take).flatten());
        self.draft.set(None);
        self.opened.set(Some(Arc::new(Opened { name, size, plan, report })));
        self.progress.set(None);
        self.go(&Route::Report);
    }
}

fn unread(sentences: &[String]) -> Problem {
    Problem { title: TEXT.problem_title, sentences: sentences.to_vec(), skipped: Vec::new() }
}

fn sentence(name: &str, unreadable: &Unreadable) -> String {
    let at = count(unreadable.at);
    fill(TEXT.problem_browser, &[("name", name), ("at", &at), ("reason", &unreadable.reason)])
}
