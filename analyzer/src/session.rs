//! What the app knows, in a few signals in one place, and the steps from one state to the next: choosing a file, looking
//! at its plan, reading, cancelling. It owns no component; screens read the signals and call the steps. Files are read by
//! workers, and what was read stays there: [`Session::rows`] asks for single responses.

use crate::among::{Among, address};
use crate::export;
use crate::joining::Joining;
use crate::numbers::count;
use crate::project::{Companion, Fingerprint, Join, Project, companion};
use crate::reading::{Desk, Done, News, Progress, Source, Spare, mark, now};
use crate::route::Route;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::selection::{Grouping, Selection};
use candor_engine::columns::{Filter, Page, Skipped};
use candor_engine::plan::Plan;
use candor_engine::report::{Report, TooFew};
use candor_worker::{Answer, Question, Refusal, Unreadable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;

/// A file that has been read, and the report of those of its responses that are chosen.
pub(crate) struct Opened {
    /// Tells it from every other file that was read.
    pub(crate) file: u64,
    /// Its name.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: f64,
    /// The plan that it was read by.
    pub(crate) plan: Plan,
    /// What the chosen responses come to.
    pub(crate) report: Arc<Report>,
    /// What all of them come to.
    pub(crate) whole: Arc<Report>,
    /// The columns by which responses can be chosen.
    pub(crate) groupings: Vec<Grouping>,
    /// Whether the choice leaves out responses that carry evidence of pressure.
    pub(crate) clear: bool,
}

impl Opened {
    /// The report to speak of pressure by: that of all responses where the choice leaves out those that carry evidence, because what
    /// the reader has taken away has not been found absent.
    pub(crate) fn of_pressure(&self) -> &Arc<Report> {
        if self.clear { &self.whole } else { &self.report }
    }
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

/// No plan or project is longer, in bytes.
const LARGEST_COMPANION: f64 = 4_194_304.0;

/// Before the names of each side's values in an address.
const FIRST: &str = "first-";
const SECOND: &str = "second-";
/// Whether the table on the Segments page is weighted, in its address.
const WEIGHTS: &str = "weights";
const ON: &str = "on";

/// What is done with rows that were asked for.
type Then = Box<dyn FnOnce(Option<Page>)>;

/// What is done with an answer.
pub(crate) type Answered = Box<dyn FnOnce(Option<Answer>)>;

/// The app's state.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Where the analyst is.
    pub(crate) route: RwSignal<Route>,
    /// The file that has been read, among the responses that were chosen last.
    pub(crate) opened: RwSignal<Option<Arc<Opened>>>,
    /// The same among all its responses.
    pub(crate) whole: RwSignal<Option<Arc<Opened>>>,
    /// Which responses are chosen.
    pub(crate) among: RwSignal<Among>,
    /// The two sides that are compared on the Change page.
    pub(crate) sides: RwSignal<[Among; 2]>,
    /// Whether the table on the Segments page is weighted to the customers.
    pub(crate) weighted: RwSignal<bool>,
    /// Whether personal data in comments and examples is shown; it is masked otherwise. It stands in no address and no project.
    pub(crate) personal: RwSignal<bool>,
    /// Whether the report of the chosen responses is still being worked out.
    pub(crate) working: RwSignal<bool>,
    /// The chosen responses, when they are too few for a report.
    pub(crate) few: RwSignal<Option<TooFew>>,
    /// The plan that is being looked at, of the file in `source`.
    pub(crate) draft: RwSignal<Option<Draft>>,
    /// The name of the file that is being read, and how far that is.
    pub(crate) progress: RwSignal<Option<(String, Progress)>>,
    /// What went wrong last.
    pub(crate) problem: RwSignal<Option<Problem>>,
    /// The CRM file beside the survey, and how both are joined.
    pub(crate) joining: RwSignal<Option<Joining>>,
    /// The CRM file that the project was saved with, until it is taken away.
    pub(crate) awaited: RwSignal<Option<Join>>,
    /// The file that waits to be joined with the one that is being read; then the one that was joined.
    pub(crate) crm: StoredValue<Option<Source>, LocalStorage>,
    pub(crate) crm_waits: StoredValue<bool>,
    /// The desks at which two files are looked at, to tell which is the survey.
    pub(crate) looking: StoredValue<Vec<Desk>, LocalStorage>,
    /// What a screen reader is told of.
    pub(crate) said: RwSignal<String>,
    /// The file whose plan is being looked at or that is being read, and the one that has been read.
    source: StoredValue<Option<Source>, LocalStorage>,
    pub(crate) opened_source: StoredValue<Option<Source>, LocalStorage>,
    /// Their desks, each with its ticket; what a desk of another ticket says comes too late.
    desk: StoredValue<Option<(u64, Desk)>, LocalStorage>,
    pub(crate) opened_desk: StoredValue<Option<(u64, Desk)>, LocalStorage>,
    ticket: StoredValue<u64>,
    /// What the analyst did with the file before, to come back to once it has been read; then the same, with the file's number.
    project: StoredValue<Option<Project>>,
    pub(crate) restored: RwSignal<Option<(u64, Project)>>,
    /// The plan by which a file is read as soon as it is on its desk.
    planned: StoredValue<Option<Plan>>,
    /// Since when a file is being read.
    began: StoredValue<f64>,
    /// Who waits for rows.
    waiting: StoredValue<Option<(u64, Then)>, LocalStorage>,
    /// Who waits for the answer to a question.
    pub(crate) questions: StoredValue<BTreeMap<u64, Answered>, LocalStorage>,
    /// The report that is being worked out, and the responses whose report is on show.
    asked: StoredValue<u64>,
    shown: StoredValue<Among>,
    pub(crate) spare: StoredValue<Rc<RefCell<Spare>>, LocalStorage>,
}

impl Session {
    /// Nothing opened yet.
    pub(crate) fn new() -> Session {
        let mut spare = Spare::default();
        spare.fill();
        Session {
            route: RwSignal::new(Route::Open),
            opened: RwSignal::new(None),
            whole: RwSignal::new(None),
            among: RwSignal::new(Among::default()),
            sides: RwSignal::new(<[Among; 2]>::default()),
            weighted: RwSignal::new(false),
            personal: RwSignal::new(false),
            working: RwSignal::new(false),
            few: RwSignal::new(None),
            draft: RwSignal::new(None),
            progress: RwSignal::new(None),
            problem: RwSignal::new(None),
            joining: RwSignal::new(None),
            awaited: RwSignal::new(None),
            crm: StoredValue::new_local(None),
            crm_waits: StoredValue::new(false),
            looking: StoredValue::new_local(Vec::new()),
            said: RwSignal::new(String::new()),
            source: StoredValue::new_local(None),
            opened_source: StoredValue::new_local(None),
            desk: StoredValue::new_local(None),
            opened_desk: StoredValue::new_local(None),
            ticket: StoredValue::new(0),
            project: StoredValue::new(None),
            restored: RwSignal::new(None),
            planned: StoredValue::new(None),
            began: StoredValue::new(0.0),
            waiting: StoredValue::new_local(None),
            questions: StoredValue::new_local(BTreeMap::new()),
            asked: StoredValue::new(0),
            shown: StoredValue::new(Among::default()),
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
            window.location().set_hash(&self.address(route)).ok();
        }
        self.route.set(route.clone());
    }

    /// The address of a place among the responses that are chosen now.
    pub(crate) fn address(&self, route: &Route) -> String {
        let mut pairs = self.among.with_untracked(|among| among.pairs(""));
        if *route == Route::Page(crate::route::Page::Change) {
            self.sides.with_untracked(|[first, second]| {
                pairs.extend(first.pairs(FIRST));
                pairs.extend(second.pairs(SECOND));
            });
        }
        if *route == Route::Page(crate::route::Page::Segments) && self.weighted.get_untracked() {
            pairs.push((WEIGHTS.into(), ON.into()));
        }
        address(route.fragment(), pairs)
    }

    /// Takes from an address which responses are chosen, and which sides are compared.
    pub(crate) fn follow_the_query(&self, query: &str) {
        let among = Among::parse(query, "");
        if self.among.with_untracked(|now| *now != among) {
            self.among.set(among);
        }
        let sides = [FIRST, SECOND].map(|prefix| Among::parse(query, prefix));
        if self.sides.with_untracked(|now| *now != sides) {
            self.sides.set(sides);
        }
        let weighted =
            form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == WEIGHTS && value == ON);
        if self.weighted.get_untracked() != weighted {
            self.weighted.set(weighted);
        }
    }

    /// Weights the table on the Segments page, or no longer; the address changes with it, so that Back takes it back.
    pub(crate) fn weigh(&self, weighted: bool) {
        if self.weighted.get_untracked() == weighted {
            return;
        }
        self.weighted.set(weighted);
        if let Some(window) = web_sys::window() {
            window.location().set_hash(&self.address(&self.route.get_untracked())).ok();
        }
    }

    /// Compares other sides; the address changes with it, so that Back takes it back.
    pub(crate) fn choose_sides(&self, sides: [Among; 2]) {
        if self.sides.with_untracked(|now| *now == sides) {
            return;
        }
        self.sides.set(sides);
        if let Some(window) = web_sys::window() {
            window.location().set_hash(&self.address(&self.route.get_untracked())).ok();
        }
    }

    /// Chooses other responses; the address changes with it, so that Back takes it back.
    pub(crate) fn choose_among(&self, among: Among) {
        if self.among.with_untracked(|now| *now == among) {
            return;
        }
        self.among.set(among);
        if let Some(window) = web_sys::window() {
            window.location().set_hash(&self.address(&self.route.get_untracked())).ok();
        }
    }

    /// From now on the report follows the choice of responses.
    pub(crate) fn follow_the_choice(self) {
        Effect::new(move |_| {
            let (among, Some(whole)) = (self.among.get(), self.whole.get()) else { return };
            let selection = among.selection(&whole.whole);
            if selection.is_all() {
                self.asked.set_value(0);
                return self.show(among, Ok(whole));
            }
            if self.shown.with_value(|shown| *shown == among) {
                self.asked.set_value(0);
                return self.working.set(false);
            }
            let nth = self.next_ticket();
            self.asked.set_value(nth);
            self.working.set(true);
            self.ask(Question::Report(selection), move |answer| {
                if self.asked.get_value() == nth {
                    self.reported(&whole, answer);
                }
            });
        });
    }

    /// Shows the report of the chosen responses, unless it is on show.
    fn show(&self, among: Among, found: Result<Arc<Opened>, TooFew>) {
        self.working.set(false);
        self.shown.set_value(among);
        match found {
            Err(few) => self.few.set(Some(few)),
            Ok(opened) => {
                self.few.set(None);
                let same = self
                    .opened
                    .with_untracked(|now| now.as_ref().is_some_and(|now| Arc::ptr_eq(now, &opened)));
                if !same {
                    self.opened.set(Some(opened));
                }
            }
        }
    }

    /// The report of chosen responses has come.
    fn reported(&self, whole: &Arc<Opened>, answer: Option<Answer>) {
        let Some(Answer::Report(report)) = answer else {
            // The choice goes back to the responses whose report is on show.
            self.working.set(false);
            return self.choose_among(self.shown.get_value());
        };
        let clear = self.among.with_untracked(|among| among.clear);
        let opened = report.map(|report| {
            let responses = counted(TEXT.responses_used, report.responses.used);
            self.said.set(fill(TEXT.filter_done, &[("n", &responses)]));
            Arc::new(Opened {
                file: whole.file,
                name: whole.name.clone(),
                size: whole.size,
                plan: whole.plan.clone(),
                report: Arc::from(report),
                whole: whole.whole.clone(),
                groupings: whole.groupings.clone(),
                clear,
            })
        });
        if opened.is_err() {
            self.said.set(TEXT.filter_few.into());
        }
        self.show(self.among.get_untracked(), opened);
    }

    /// Asks something about what was read; the answer is missing when that is gone, and the page says so.
    pub(crate) fn ask(&self, question: Question, then: impl FnOnce(Option<Answer>) + 'static) {
        let ticket = self.next_ticket();
        let asked = self.opened_desk.with_value(|desk| match desk {
            Some((_, desk)) => {
                desk.ask(ticket, question);
                true
            }
            None => false,
        });
        if asked {
            self.questions.update_value(|questions| {
                questions.insert(ticket, Box::new(then));
            });
        } else {
            self.gone(TEXT.gone_before);
            then(None);
        }
    }

    fn answered(&self, ticket: u64, answer: Option<Answer>) {
        let then = self.questions.try_update_value(|questions| questions.remove(&ticket)).flatten();
        if let Some(then) = then {
            then(answer);
        }
    }

    /// What was read is gone, and the report stays.
    pub(crate) fn gone(&self, reason: &str) {
        let name = self.opened.with_untracked(|o| o.as_ref().map(|o| o.name.clone()).unwrap_or_default());
        self.problem.set(Some(Problem {
            title: TEXT.problem_gone_title,
            sentences: vec![fill(TEXT.problem_gone, &[("name", &name), ("reason", reason)])],
            skipped: Vec::new(),
        }));
    }

    /// Takes the files that were chosen or dropped: one to read, and perhaps the definitions, a plan or a project beside it.
    pub(crate) fn choose(self, files: &web_sys::FileList) {
        let files: Vec<web_sys::File> = (0..files.length()).filter_map(|i| files.get(i)).collect();
        let (definitions, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.name().ends_with("definitions.json"));
        let definitions = definitions.into_iter().next();
        let may_tell =
            |file: &web_sys::File| file.name().ends_with(".json") && file.size() <= LARGEST_COMPANION;
        let (told, mut files): (Vec<_>, Vec<_>) = files.into_iter().partition(may_tell);
        if told.is_empty() {
            return self.take(&files, definitions, None);
        }
        spawn_local(async move {
            let mut with = None;
            for file in told {
                let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
                match companion(&text.unwrap_or_default()) {
                    Companion::Other => files.push(file),
                    found => with = Some(found),
                }
            }
            self.take(&files, definitions, with);
        });
    }

    fn take(self, files: &[web_sys::File], definitions: Option<web_sys::File>, with: Option<Companion>) {
        let alone = |sentence: &str| Problem {
            title: TEXT.problem_title,
            sentences: vec![sentence.into()],
            skipped: Vec::new(),
        };
        match files {
            [] => match with {
                Some(Companion::Plan(plan)) if self.draft.with_untracked(Option::is_some) => {
                    self.problem.set(None);
                    self.use_plan(*plan);
                }
                Some(Companion::Plan(_)) => self.fail(alone(TEXT.problem_plan_alone)),
                Some(Companion::Project(project)) => {
                    self.fail(alone(&fill(TEXT.problem_project_alone, &[("name", &project.file.name)])));
                }
                _ => {}
            },
            [file] if with.is_none() && self.wants_crm() => self.join(self.source_of(file, None)),
            [file] if file.size() == 0.0 => {
                self.fail(unread(&[fill(TEXT.problem_empty, &[("name", &file.name())])]));
            }
            [file] => {
                self.crm_waits.set_value(false);
                let source = self.source_of(file, definitions);
                let (plan, project) = match with {
                    Some(Companion::Plan(plan)) => (Some(*plan), None),
                    Some(Companion::Project(project)) => (Some(project.plan.clone()), Some(*project)),
                    _ => (None, None),
                };
                self.put(source, plan);
                self.project.set_value(project);
            }
            [one, other] if with.is_none() => {
                self.pair([one, other].map(|file| self.source_of(file, definitions.clone())))
            }
            several => {
                if let ([one, other], Some(Companion::Project(project))) = (several, &with)
                    && let Some(survey) = project.survey_among([&one.name(), &other.name()])
                {
                    let [survey, crm] = if survey == 0 { [one, other] } else { [other, one] };
                    let survey = self.source_of(survey, definitions);
                    self.put(survey, Some(project.plan.clone()));
                    self.crm.set_value(Some(self.source_of(crm, None)));
                    self.crm_waits.set_value(true);
                    self.project.set_value(Some((**project).clone()));
                    return;
                }
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

    /// Reads the file whose plan is being looked at by another plan; what stands in its columns stays in sight.
    pub(crate) fn use_plan(&self, mut plan: Plan) {
        self.draft.update(|draft| {
            if let Some(draft) = draft {
                for column in &mut plan.columns {
                    let before = draft.plan.columns.iter().find(|before| before.name == column.name);
                    column.examples = before.map(|before| before.examples.clone()).unwrap_or_default();
                }
                draft.plan = plan;
                self.said.set(TEXT.plan_used.into());
            }
        });
    }

    /// Has the sample made on this machine and opens it.
    pub(crate) fn sample(self) {
        self.crm_waits.set_value(false);
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

    /// Lets go of the file that has been read, and of all that was made of it.
    pub(crate) fn close(&self) {
        let name = self.whole.with_untracked(|whole| whole.as_ref().map(|whole| whole.name.clone()));
        // Whoever still waits for an answer waits in vain.
        self.questions.set_value(BTreeMap::new());
        self.waiting.set_value(None);
        for desk in [&self.desk, &self.opened_desk] {
            desk.set_value(None);
        }
        for source in [&self.source, &self.opened_source] {
            source.set_value(None);
        }
        self.looking.set_value(Vec::new());
        self.personal.set(false);
        self.unjoin();
        self.draft.set(None);
        self.project.set_value(None);
        self.restored.set(None);
        self.problem.set(None);
        self.few.set(None);
        self.working.set(false);
        self.shown.set_value(Among::default());
        self.opened.set(None);
        self.whole.set(None);
        self.follow_the_query("");
        self.said.set(fill(TEXT.closed, &[("name", &name.unwrap_or_default())]));
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
        let whole = self.whole.get_untracked();
        let among = whole.map(|whole| self.among.with_untracked(|among| among.selection(&whole.whole)));
        let among = among.unwrap_or_default();
        let filter = &Filter {
            among: Selection { clear: among.clear && !filter.asks_for_evidence(), ..among },
            personal: self.personal.get_untracked(),
            ..filter.clone()
        };
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
    pub(crate) fn put(self, source: Source, plan: Option<Plan>) {
        mark("candor-open");
        self.personal.set(false);
        self.begin(&source);
        let ticket = self.next_ticket();
        self.planned.set_value(plan);
        self.project.set_value(None);
        // The file before, if it was still being read, ends here.
        self.desk.set_value(None);
        let desk = Desk::open(&source, self.spare.get_value(), move |news| self.heard(ticket, news));
        self.source.set_value(Some(source));
        self.desk.set_value(Some((ticket, desk)));
    }

    pub(crate) fn begin(&self, source: &Source) {
        self.problem.set(None);
        self.said.set(fill(TEXT.reading, &[("name", &source.name)]));
        let progress = Progress { size: source.size(), ..Progress::default() };
        self.progress.set(Some((source.name.clone(), progress)));
    }

    pub(crate) fn next_ticket(&self) -> u64 {
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
    pub(crate) fn fail(&self, problem: Problem) {
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
            News::Read(done) => self.has_read(source, *done),
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
            News::Rows(..) | News::Answer(..) => {}
        }
    }

    fn heard_of_opened(&self, news: News) {
        match news {
            News::Answer(ticket, answer) => self.answered(ticket, answer),
            News::Rows(ticket, Ok(page)) => self.found(ticket, Some(page)),
            News::Rows(ticket, Err(unreadable)) => {
                let name =
                    self.opened.with_untracked(|o| o.as_ref().map(|o| o.name.clone()).unwrap_or_default());
                self.fail(unread(&[sentence(&name, &unreadable)]));
                self.found(ticket, None);
            }
            News::Died(reason) => {
                self.opened_desk.set_value(None);
                self.gone(&reason);
                let questions = self.questions.try_update_value(std::mem::take).unwrap_or_default();
                questions.into_values().for_each(|then| then(None));
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
            // When it cannot be followed, it is there to be changed.
            self.draft.set(Some(Draft { name: source.name, plan: planned.clone(), read: false }));
            self.go(&Route::Plan);
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

    fn has_read(&self, source: Source, done: Done) {
        let Done { plan, report, groupings, broken } = done;
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
        let (file, report) = (self.next_ticket(), Arc::new(report));
        let whole = report.clone();
        let opened = Arc::new(Opened { file, name, size, plan, report, whole, groupings, clear: false });
        let project = self.project.try_update_value(Option::take).flatten();
        let page = project.as_ref().map(|project| project.page.clone()).unwrap_or_default();
        self.shown.set_value(Among::default());
        self.few.set(None);
        self.joining.set(None);
        self.awaited.set(project.as_ref().and_then(|project| project.join.clone()));
        self.opened.set(Some(opened.clone()));
        self.whole.set(Some(opened));
        // What was chosen of another file says nothing of this one.
        self.follow_the_query(page.split_once('?').map_or("", |(_, query)| query));
        self.progress.set(None);
        match project {
            Some(project) => {
                self.go(&Route::parse(&project.page));
                self.restored.set(Some((file, project)));
            }
            None => self.go(&Route::Report),
        }
        self.join_what_waits();
    }

    /// Makes a project of what the analyst did with the opened file and hands it to the browser to save.
    pub(crate) fn save_project(self, made: impl FnOnce(Fingerprint, String) -> Project + 'static) {
        let Some(opened) = self.whole.get_untracked() else { return };
        let page = self.address(&self.route.get_untracked());
        self.said.set(TEXT.project_making.into());
        self.ask(Question::Hash, move |answer| {
            let Some(Answer::Hash(Ok(sha256))) = answer else { return };
            let file = Fingerprint { name: opened.name.clone(), size: opened.size as u64, sha256 };
            let name = [&opened.name, ".candor.json"].concat();
            let text = serde_json::to_string_pretty(&made(file, page));
            let saved = text.is_ok_and(|text| export::save(&name, "application/json", &text));
            let said = if saved { TEXT.export_done } else { TEXT.export_failed };
            self.said.set(fill(said, &[("name", &name)]));
        });
    }

    /// Says so when the opened file is not the one that a project is about.
    pub(crate) fn check_the_file(self, about: Fingerprint) {
        let Some(opened) = self.whole.get_untracked() else { return };
        self.ask(Question::Hash, move |answer| {
            if let Some(Answer::Hash(Ok(sha256))) = answer
                && sha256 != about.sha256
            {
                let places = [("name", &*opened.name), ("before", &*about.name)];
                self.problem.set(Some(Problem {
                    title: TEXT.problem_project_title,
                    sentences: vec![fill(TEXT.problem_project_other, &places)],
                    skipped: Vec::new(),
                }));
            }
        });
    }
}

pub(crate) fn unread(sentences: &[String]) -> Problem {
    Problem { title: TEXT.problem_title, sentences: sentences.to_vec(), skipped: Vec::new() }
}

pub(crate) fn sentence(name: &str, unreadable: &Unreadable) -> String {
    let at = count(unreadable.at);
    fill(TEXT.problem_browser, &[("name", name), ("at", &at), ("reason", &unreadable.reason)])
}
