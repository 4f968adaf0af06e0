//! Reading: bytes pushed in as they arrive become a [`Dataset`]; any chunk size gives the same one. It owns no file and
//! knows no browser, and what it cannot read it lists by row instead of stopping.

use crate::archive::Entry;
use crate::columns::beside::Beside;
use crate::columns::comments::Comments;
use crate::columns::dates::{DateVotes, Votes};
use crate::columns::narrow::{Numbers, Times};
use crate::columns::{
    Categories, Column, Counts, Dataset, EvidenceColumns, Exposures, NO_RATING, NO_TIME, Odd, OwnColumns,
    Place, Rated, Reasons, RowNumbers, ShortHash, Skipped, Texts, Values, list,
};
use crate::encoding::FromUtf16;
use crate::lines::Lines;
use crate::own::{self, Fault, Layout};
use crate::packed::Unpacking;
use crate::plan::{
    DateOrder, Encoding, Holds, MOST_HEADER_ROWS, Margin, Naming, Plan, PlanColumn, PlanError, Role, Scale,
    Tool, folded, is_missing, number_in, posthog, rating,
};
use crate::table::{Cells, Line, MAX_ROW, Table};
use crate::widened::Widened;
use crate::{date, encoding};
use candor_survey::evidence::{Case, case, judge};
use candor_survey::exposure::Event;
use candor_survey::json::Number;
use candor_survey::question::{Answer, Kind, Pick};
use candor_survey::response::{Level, Source, Status};
use candor_survey::words::{Cues, Listener};
use candor_survey::{Definition, Exposure, Question, Response, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::hash::{BuildHasherDefault, Hasher};

/// A file being read.
pub struct Reading {
    unpacking: Unpacking,
    /// Behind the unpacking, as a file is packed when it is written.
    utf16: Option<FromUtf16>,
    bytes: Bytes,
    exposures: Exposed,
    rows: Rows,
}

/// What takes the rows of a file of another format, as CSV, and what could not be read of them.
pub trait Takes {
    /// The next bytes.
    fn push(&mut self, bytes: &[u8]);
    /// Rows that could not be read: so many from `row` on, where they can be counted.
    fn lost(&mut self, row: u64, rows: Option<u64>, column: Option<String>, reason: String);
    /// A row that was repaired.
    fn mended(&mut self, row: u64, column: Option<String>, reason: String);
}

impl Takes for Reading {
    fn push(&mut self, bytes: &[u8]) {
        Reading::push(self, bytes);
    }
    fn lost(&mut self, row: u64, rows: Option<u64>, column: Option<String>, reason: String) {
        Reading::lost(self, row, rows, column, reason);
    }
    fn mended(&mut self, row: u64, column: Option<String>, reason: String) {
        Reading::mended(self, row, column, reason);
    }
}

/// The `exposures.csv` beside a `responses.csv`.
struct Exposed {
    unpacking: Unpacking,
    table: Table,
}

enum Bytes {
    Lines(Lines),
    Table(Box<Table>),
    Widened(Box<Widened>),
}

/// What the rows become.
pub(crate) struct Rows {
    plan: Plan,
    /// Whether a row whose score is not on its scale is kept without it.
    keeps_off_scale: bool,
    /// The column of each role that the plan gives.
    chosen: Chosen,
    dataset: Dataset,
    header: Option<Header>,
    /// The header rows met so far, while there are more to come.
    head: Vec<Vec<String>>,
    /// PostHog's responses: by submission, which of its events counts so far.
    submissions: BTreeMap<Box<str>, Submission>,
    /// The header of `exposures.csv`.
    exposure_names: Option<Vec<String>>,
    /// By response id: its latest `seq` and what became of it. Own files only.
    seen: BTreeMap<Box<str>, Seen>,
    /// Rows of the columns that a later sending has replaced.
    replaced: Vec<usize>,
    listener: Listener,
    /// The text of the row that is being read.
    written: String,
    /// The words of the units, and of each of the columns that play no part.
    unit_words: WordsMet,
    other_words: Vec<WordsMet>,
    group_words: Vec<WordsMet>,
    /// What is said of a row by the cues in its words alone, for each set of them.
    judged: Vec<(Level, Reasons)>,
}

struct Chosen {
    score: String,
    scale: Scale,
    unit: Option<String>,
    time: Option<String>,
    texts: Vec<String>,
    labels: Labels,
    /// Other ratings, by place in the plan: their scales, and what their labels stand for.
    items: Vec<(usize, Scale, Labels)>,
    /// The columns that play no part and are kept, by place in the plan, and what their labels stand for.
    others: Vec<(usize, Labels)>,
}

/// The points that labels of the score column stand for.
#[derive(Default)]
struct Labels {
    points: BTreeMap<String, u8>,
    /// Whether every label carries its number, so that one that is not listed can be told too.
    numbered: bool,
}

/// The event of a submission that counts: a finished one before a partial one, then the later one.
struct Submission {
    rank: (bool, i64),
    at: usize,
}

struct Seen {
    seq: u32,
    row: u64,
    fate: Fate,
}

/// What became of a response.
enum Fate {
    Column(usize),
    Test,
}

/// Where the header of a table puts the columns of the plan.
struct Header {
    cells: usize,
    score: Option<usize>,
    /// The columns that tell trials of the survey, and rows that sum up the others.
    tests: Option<usize>,
    totals: Option<usize>,
    unit: Option<usize>,
    time: Option<usize>,
    texts: Vec<usize>,
    /// The columns that play no part, in the order of `Dataset::others`; past the end where there is none.
    others: Vec<usize>,
    /// The other ratings and the groups that weights know, in the order of `Dataset::beside`; past the end where there is none.
    items: Vec<usize>,
    groups: Vec<usize>,
    /// Of `responses.csv`.
    layout: Option<Layout>,
    /// Of PostHog's events.
    events: Option<posthog::Layout>,
    /// The fewest cells of a row: a column at the end that has no name and no part may be left out.
    least: usize,
}

impl Reading {
    /// Starts reading by `plan`, which is obeyed to the letter. Texts are kept in memory.
    ///
    /// # Errors
    /// What in the plan cannot be followed.
    pub fn new(plan: &Plan) -> Result<Reading, PlanError> {
        let rows = Rows::new(plan, false)?;
        let bytes = if plan.tool == Tool::CandorNdjson {
            Bytes::Lines(Lines::default())
        } else if plan.widens() {
            let names = plan.columns.iter().map(|column| column.name.clone()).collect();
            Bytes::Widened(Box::new(Widened::new(delimiter(plan)?, names)))
        } else {
            Bytes::Table(Box::new(Table::new(delimiter(plan)?)))
        };
        let utf16 = FromUtf16::new(plan.encoding);
        let exposures = Exposed { unpacking: Unpacking::default(), table: Table::new(b',') };
        Ok(Reading { unpacking: Unpacking::default(), utf16, bytes, exposures, rows })
    }

    /// Keeps rows whose score is not on its scale: the score counts as missing, and the row as repaired. For those who read one
    /// question among others as the score, as an index over a block of items does.
    pub fn keep_rows_off_the_scale(&mut self) {
        self.rows.keeps_off_scale = true;
    }

    /// For `responses.csv`: the `definitions.json` of the same export (a JSON array of
    /// `{"v":1,"revision":…,"definition":{…}}`), given before the first byte of the file. Without it answers cannot be
    /// checked against their questions, and the purpose of the survey is not known.
    ///
    /// # Errors
    /// A sentence with the place that cannot be read.
    pub fn define(&mut self, definitions: &str) -> Result<(), PlanError> {
        let value = Value::parse(definitions).map_err(|e| PlanError::Definitions(e.to_string()))?;
        let Value::Array(lines) = value else {
            return Err(PlanError::Definitions("expected a JSON array".into()));
        };
        for (at, line) in lines.iter().enumerate() {
            self.rows
                .definition(line)
                .map_err(|reason| PlanError::Definitions(format!("[{at}]: {reason}")))?;
        }
        Ok(())
    }

    /// For a file in a zip archive: the bytes that follow are its packed ones, [`Entry::data_range`]. To be said before the
    /// first of them.
    pub fn unpack(&mut self, entry: &Entry) {
        self.unpacking = Unpacking::of_entry(entry);
    }

    /// For an `exposures.csv` in a zip archive: what [`Reading::expose`] takes are its packed bytes.
    pub fn unpack_exposures(&mut self, entry: &Entry) {
        self.exposures.unpacking = Unpacking::of_entry(entry);
    }

    /// For `responses.csv`, when all of its bytes have been pushed: the next bytes of the `exposures.csv` of the same export.
    pub fn expose(&mut self, bytes: &[u8]) {
        let Exposed { unpacking, table } = &mut self.exposures;
        let rows = &mut self.rows;
        unpacking
            .push(bytes, &mut |bytes| table.push(bytes, &mut |number, line| rows.exposure_row(number, line)));
    }

    /// Takes what a reader of another format could not read: `rows` of them from `row` on, where they can be counted.
    pub fn lost(&mut self, row: u64, rows: Option<u64>, column: Option<String>, reason: String) {
        let counts = &mut self.rows.dataset.counts;
        // Where nobody can tell how many there were, they count as one.
        counts.rows += rows.unwrap_or(1);
        counts.skipped += rows.unwrap_or(1);
        list(&mut self.rows.dataset.skipped, Skipped { row, column, reason });
    }

    /// Takes what a reader of another format repaired.
    pub fn mended(&mut self, row: u64, column: Option<String>, reason: String) {
        list(&mut self.rows.dataset.repaired, Skipped { row, column, reason });
    }

    /// Takes the next bytes of the file. A file packed with gzip is unpacked on the way.
    pub fn push(&mut self, bytes: &[u8]) {
        let Reading { unpacking, utf16, bytes: unpacked, rows, .. } = self;
        unpacking.push(bytes, &mut |bytes| unpacked.decode(bytes, utf16.as_mut(), rows));
    }

    /// The responses met so far, those that could not be read included.
    pub fn rows(&self) -> u64 {
        self.rows.dataset.counts.rows
    }

    /// Ends the file.
    pub fn finish(self) -> Dataset {
        let Reading { unpacking, mut utf16, mut bytes, exposures, mut rows } = self;
        exposures.finish(&mut rows);
        if let Err(reason) = unpacking.finish(&mut |part| bytes.decode(part, utf16.as_mut(), &mut rows)) {
            // What stands in the row that was cut is not to be trusted.
            let row = match &bytes {
                Bytes::Lines(lines) => lines.incomplete(),
                Bytes::Table(table) => table.incomplete(),
                Bytes::Widened(widened) => widened.incomplete(),
            };
            rows.skip(row, None, reason);
            return rows.finish();
        }
        if let Some(utf16) = utf16 {
            utf16.finish(&mut |part| bytes.push(part, &mut rows));
        }
        match bytes {
            Bytes::Lines(lines) => lines.finish(&mut |number, line| rows.line(number, line)),
            Bytes::Table(mut table) => table.finish(&mut |number, line| rows.table_row(number, line)),
            Bytes::Widened(widened) => widened.finish(&mut |number, line| rows.table_row(number, line)),
        }
        rows.finish()
    }
}

impl Exposed {
    fn finish(mut self, rows: &mut Rows) {
        let table = &mut self.table;
        let ended = self
            .unpacking
            .finish(&mut |bytes| table.push(bytes, &mut |number, line| rows.exposure_row(number, line)));
        match ended {
            Ok(()) => table.finish(&mut |number, line| rows.exposure_row(number, line)),
            Err(reason) => rows.skip(table.incomplete(), None, reason),
        }
    }
}

/// What stands between two cells.
pub(crate) fn delimiter(plan: &Plan) -> Result<u8, PlanError> {
    let delimiter = u8::try_from(plan.delimiter).ok().filter(u8::is_ascii);
    let delimiter = delimiter.filter(|d| !matches!(d, b'"' | b'\n' | b'\r'));
    delimiter.ok_or(PlanError::Delimiter(plan.delimiter))
}

impl Bytes {
    fn decode(&mut self, bytes: &[u8], utf16: Option<&mut FromUtf16>, rows: &mut Rows) {
        match utf16 {
            Some(utf16) => utf16.push(bytes, &mut |text| self.push(text, rows)),
            None => self.push(bytes, rows),
        }
    }

    fn push(&mut self, bytes: &[u8], rows: &mut Rows) {
        match self {
            Bytes::Lines(lines) => lines.push(bytes, &mut |number, line| rows.line(number, line)),
            Bytes::Table(table) => table.push(bytes, &mut |number, line| rows.table_row(number, line)),
            Bytes::Widened(widened) => widened.push(bytes, &mut |number, line| rows.table_row(number, line)),
        }
    }
}

impl Chosen {
    fn new(plan: &Plan) -> Result<Chosen, PlanError> {
        let of = |role: Role| plan.columns.iter().filter(move |column| column.role == role);
        let single = |role: Role| {
            let columns: Vec<_> = of(role).collect();
            if columns.len() > 1 {
                let columns = columns.iter().map(|column| column.name.clone()).collect();
                return Err(PlanError::Several { role, columns });
            }
            Ok(columns.first().copied())
        };
        let score = single(Role::Score)?.ok_or(PlanError::NoScore)?;
        let scale = score.scale.filter(|scale| scale.is_valid()).ok_or(PlanError::Scale(score.scale))?;
        if let Some(bonus) = &plan.bonus {
            bonus.check(scale)?;
        }
        let name = |column: Option<&PlanColumn>| column.map(|column| column.name.clone());
        let mut chosen = Chosen {
            score: score.name.clone(),
            scale,
            unit: name(single(Role::Unit)?),
            time: name(single(Role::Time)?),
            texts: of(Role::Text).map(|column| column.name.clone()).collect(),
            labels: Labels::new(&score.values, scale)?,
            items: Vec::new(),
            others: Vec::new(),
        };
        // Labels of a column that plays no part are bound by no scale.
        let free = Scale { low: 0, high: 254, nps: false };
        for (at, column) in plan.columns.iter().enumerate() {
            if column.role == Role::Ignore && column.holds != Holds::Nothing && !plan.tool.is_own() {
                chosen.others.push((at, Labels::new(&column.values, free)?));
            }
            // Own files say themselves which questions have a scale.
            if column.role == Role::Item && !plan.tool.is_own() {
                let scale = column.scale.filter(|scale| scale.is_valid());
                let scale = scale.ok_or_else(|| PlanError::ItemScale(column.name.clone()))?;
                chosen.items.push((at, scale, Labels::new(&column.values, scale)?));
            }
        }
        if plan.tool.is_own() {
            chosen.check_own()?;
        }
        Ok(chosen)
    }

    /// In own files only some columns can play a part.
    fn check_own(&self) -> Result<(), PlanError> {
        let check = |role, column: &str, fits: bool, expected| {
            if fits { Ok(()) } else { Err(PlanError::Unfit { column: column.into(), role, expected }) }
        };
        let answer = "choose a column that starts with answer.";
        check(Role::Score, &self.score, self.score.starts_with("answer."), answer)?;
        for text in &self.texts {
            check(Role::Text, text, text.starts_with("answer."), answer)?;
        }
        if let Some(unit) = &self.unit {
            let expected = "choose a column that starts with attribute.";
            check(Role::Unit, unit, unit.starts_with("attribute."), expected)?;
        }
        if let Some(time) = &self.time {
            let fits = ["received", "submitted", "started"].contains(&time.as_str());
            check(Role::Time, time, fits, "choose received, submitted or started")?;
        }
        Ok(())
    }
}

impl Labels {
    fn new(values: &BTreeMap<String, Option<u8>>, scale: Scale) -> Result<Labels, PlanError> {
        let mut labels = Labels { points: BTreeMap::new(), numbered: !values.is_empty() };
        for (label, &value) in values {
            if let Some(value) = value.filter(|value| !(scale.low..=scale.high).contains(value)) {
                return Err(PlanError::Label { label: label.clone(), value });
            }
            labels.numbered &= value.is_none() || number_in(label) == value;
            let point = value.unwrap_or(NO_RATING);
            // Most cells are spelled as in the plan, and need no folding.
            labels.points.insert(label.trim().to_owned(), point);
            labels.points.entry(folded(label)).or_insert(point);
        }
        Ok(labels)
    }

    fn are_none(&self) -> bool {
        self.points.is_empty()
    }

    /// The point that a cell stands for, [`NO_RATING`] for a label that is no answer.
    fn point(&self, text: &str) -> Option<u8> {
        if !self.points.is_empty()
            && let Some(&point) = self.points.get(text).or_else(|| self.points.get(&folded(text)))
        {
            return Some(point);
        }
        rating(text).or_else(|| number_in(text).filter(|_| self.numbered))
    }
}

impl Rows {
    /// Starts rows by `plan`. With `left`, texts are left in the file, whose places the cells then must have.
    pub(crate) fn new(plan: &Plan, left: bool) -> Result<Rows, PlanError> {
        let chosen = Chosen::new(plan)?;
        let fits = match plan.tool {
            Tool::CandorNdjson => plan.header_rows == 0,
            Tool::CandorCsv => plan.header_rows == 1,
            Tool::Csv => plan.header_rows <= MOST_HEADER_ROWS,
            _ => (1..=MOST_HEADER_ROWS).contains(&plan.header_rows),
        };
        if !fits {
            return Err(PlanError::HeaderRows(plan.header_rows));
        }
        let named = match plan.naming {
            // NDJSON has names in every line.
            Naming::Row(row) => plan.header_rows == 0 || (1..=plan.header_rows).contains(&row),
            Naming::Spread => plan.header_rows >= 2,
        };
        if !named {
            return Err(PlanError::Naming(plan.naming));
        }
        if plan.tool != Tool::CandorNdjson {
            delimiter(plan)?;
        }
        let own = plan.tool.is_own();
        let surveys = own || plan.tool == Tool::PostHog;
        let score = plan.columns.iter().find(|column| column.role == Role::Score);
        let texts = |cells: usize| match left {
            true => Texts::left(cells, plan.encoding),
            false => Texts::default(),
        };
        let others = chosen.others.iter().map(|(at, _)| {
            let column = &plan.columns[*at];
            let values = match column.holds {
                Holds::Ratings => Values::Ratings(Vec::new()),
                Holds::Numbers => Values::Numbers(Numbers::default()),
                Holds::Times => Values::Times(Times::default()),
                Holds::Words => Values::Words(Categories::new(&column.name)),
                Holds::Texts | Holds::Nothing => Values::Texts(texts(1)),
            };
            Column { name: column.name.clone(), values, odd: Odd::default() }
        });
        let items = chosen.items.iter().map(|&(at, scale, _)| (&plan.columns[at], scale));
        let dataset = Dataset {
            tool: plan.tool,
            score: Rated {
                question: chosen
                    .score
                    .strip_prefix("answer.")
                    .filter(|_| own)
                    .unwrap_or(&chosen.score)
                    .into(),
                text: score.and_then(|column| column.text.clone()),
                kind: None,
                scale: chosen.scale,
            },
            survey: plan.survey.clone().filter(|_| surveys),
            definitions: Vec::new(),
            row_numbers: RowNumbers::default(),
            ratings: Vec::new(),
            units: chosen
                .unit
                .as_ref()
                .map(|name| Categories::new(name.strip_prefix("attribute.").filter(|_| own).unwrap_or(name))),
            times: chosen.time.as_ref().map(|_| Times::default()),
            texts: (!chosen.texts.is_empty()).then(|| texts(chosen.texts.len())),
            comments: Comments::default(),
            others: others.collect(),
            own: own.then(OwnColumns::default),
            beside: Beside::new(plan, items),
            evidence: EvidenceColumns::default(),
            counts: Counts::default(),
            exposures: Exposures::default(),
            date_votes: DateVotes::default(),
            skipped: Vec::new(),
            repaired: Vec::new(),
        };
        let judged = |cues: u8| {
            let judged = judge(&Case { cues: Cues(cues), ..Case::default() });
            (judged.level, Reasons::of(&judged.reasons))
        };
        let other_words = chosen.others.iter().map(|(at, _)| WordsMet::of(plan.columns.get(*at))).collect();
        let unit = plan.columns.iter().find(|column| column.role == Role::Unit);
        let group = |margin: &Margin| plan.columns.iter().find(|column| column.name == margin.column);
        Ok(Rows {
            plan: plan.clone(),
            keeps_off_scale: false,
            chosen,
            dataset,
            header: None,
            head: Vec::new(),
            submissions: BTreeMap::new(),
            exposure_names: None,
            seen: BTreeMap::new(),
            replaced: Vec::new(),
            listener: Listener::default(),
            written: String::new(),
            unit_words: WordsMet::of(unit),
            other_words,
            group_words: plan.weights.iter().map(|margin| WordsMet::of(group(margin))).collect(),
            judged: (0..=u8::MAX).map(judged).collect(),
        })
    }

    /// Whether the header has been met.
    pub(crate) fn has_header(&self) -> bool {
        self.header.is_some()
    }

    /// How many cells a row has by the header.
    pub(crate) fn width(&self) -> usize {
        self.header.as_ref().map_or(0, |header| header.cells)
    }

    /// Forgets what was said of the header: another part of the file says it.
    pub(crate) fn forget_notes(&mut self) {
        self.dataset.repaired.clear();
    }

    /// The responses met so far, those that could not be read included.
    pub(crate) fn count(&self) -> u64 {
        self.dataset.counts.rows
    }

    /// The rows as they are, for another part to be added.
    pub(crate) fn into_dataset(self) -> Dataset {
        self.dataset
    }

    fn skip(&mut self, row: u64, column: Option<String>, reason: impl Into<String>) {
        self.dataset.counts.rows += 1;
        self.dataset.counts.skipped += 1;
        list(&mut self.dataset.skipped, Skipped { row, column, reason: reason.into() });
    }

    fn repaired(&mut self, row: u64, column: &str, reason: String) {
        list(&mut self.dataset.repaired, Skipped { row, column: Some(column.into()), reason });
    }

    // ---- Candor's NDJSON ----

    fn line(&mut self, number: u64, line: Option<&[u8]>) {
        let Some(line) = line else {
            return self.skip(number, None, too_long("line"));
        };
        if line.trim_ascii().is_empty() {
            return;
        }
        let text = match std::str::from_utf8(line) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to() + 1;
                return self.skip(
                    number,
                    None,
                    format!("Byte {at} of this line is not UTF-8; was the file cut or converted?"),
                );
            }
        };
        let value = match Value::parse(text) {
            Ok(value) => value,
            Err(e) => {
                let reason = format!("Not valid JSON at line {number}, column {}: {}.", e.column, e.message);
                return self.skip(number, None, reason);
            }
        };
        if !own::is_line(&value) {
            return self.skip(
                number,
                None,
                "This is neither a definition, a response nor an exposure of Candor's export, version 1.",
            );
        }
        if value.get("definition").is_some() {
            if let Err(reason) = self.definition(&value) {
                self.skip(
                    number,
                    Some("definition".into()),
                    format!("This definition cannot be read: {reason}."),
                );
            }
        } else if value.get("event").is_some() {
            match Exposure::from_value(&value) {
                Ok(exposure) => self.exposure(&exposure),
                Err(problem) => {
                    let fault = own::fault(&problem, false);
                    self.skip(number, fault.column, fault.reason);
                }
            }
        } else {
            match Response::from_value(&value) {
                Ok(response) => self.response(number, &response, false),
                Err(problem) => {
                    let fault = own::fault(&problem, false);
                    self.skip(number, fault.column, fault.reason);
                }
            }
        }
    }

    fn definition(&mut self, line: &Value) -> Result<(), String> {
        let revision = line.get("revision").and_then(Value::as_str).ok_or("it has no revision")?;
        let definition = line.get("definition").ok_or("it has no definition")?;
        let definition = Definition::from_value(definition).map_err(|problem| problem.to_string())?;
        if !self.dataset.definitions.iter().any(|(known, _)| known == revision) {
            self.dataset.definitions.push((revision.into(), definition));
        }
        Ok(())
    }

    /// A row of `exposures.csv`.
    fn exposure_row(&mut self, number: u64, line: Line<'_>) {
        let cells: Vec<String> = match line {
            Line::Cells(cells) => {
                let text = |cell: Cow<'_, [u8]>| encoding::decode(&cell, Encoding::Utf8).0.into_owned();
                cells.iter().map(text).collect()
            }
            Line::TooLong | Line::Unclosed => Vec::new(),
        };
        let Some(names) = &self.exposure_names else {
            self.exposure_names = Some(cells);
            return;
        };
        let problem = match own::exposure(names, &cells) {
            Ok(exposure) => return self.exposure(&exposure),
            Err(problem) => problem,
        };
        let Fault { column, reason } = own::fault(&problem, true);
        self.skip(number, column, format!("In exposures.csv: {reason}"));
    }

    fn exposure(&mut self, exposure: &Exposure) {
        if self.dataset.survey.as_deref().is_some_and(|id| id != exposure.survey.as_str()) {
            return;
        }
        let unit = self.dataset.units.as_ref().and_then(|units| exposure.attributes.get(&units.name));
        self.dataset.beside.expose(exposure.event, unit.map_or("", |unit| unit.trim()));
        let exposures = &mut self.dataset.exposures;
        *match exposure.event {
            Event::Eligible => &mut exposures.eligible,
            Event::Sampled => &mut exposures.sampled,
            Event::Shown => &mut exposures.shown,
            Event::Started => &mut exposures.started,
            Event::Dismissed => &mut exposures.dismissed,
        } += 1;
    }

    // ---- A response of Candor's, from a line or a row ----

    fn response(&mut self, row: u64, response: &Response, in_table: bool) {
        let survey = self.dataset.survey.get_or_insert_with(|| response.survey.to_string());
        if survey != response.survey.as_str() {
            self.dataset.counts.rows += 1;
            self.dataset.counts.read += 1;
            self.dataset.counts.other += 1;
            return;
        }
        let revision = response.revision.as_str();
        let at = self.dataset.definitions.iter().position(|(known, _)| known == revision);
        let definition = at.map(|at| &self.dataset.definitions[at].1);
        if let Some(Err(problem)) = definition.map(|definition| response.check(definition)) {
            let Fault { column, reason } = own::fault(&problem, in_table);
            return self.skip(row, column, reason);
        }
        let rating = match response.answers.get(&self.dataset.score.question) {
            None | Some(Answer::Skipped) => NO_RATING,
            Some(answer) => match point(answer, self.chosen.scale) {
                Some(rating) => rating,
                None => {
                    let found = candor_survey::Json::to_json(answer);
                    let Scale { low, high, .. } = self.chosen.scale;
                    let column = if in_table {
                        self.chosen.score.clone()
                    } else {
                        format!("answers.{}", self.dataset.score.question)
                    };
                    return self.skip(
                        row,
                        Some(column),
                        format!("Expected a whole number from {low} to {high}, found {found}."),
                    );
                }
            },
        };
        // A later sending replaces an earlier one, whichever stands first in the file.
        let id = response.id.as_str();
        match self.seen.get(id) {
            Some(seen) if seen.seq == response.seq => {
                let reason =
                    format!("The response {id} with seq {} stands in row {} already.", seen.seq, seen.row);
                return self.skip(row, Some("seq".into()), reason);
            }
            Some(seen) if seen.seq > response.seq => {
                self.dataset.counts.rows += 1;
                self.dataset.counts.read += 1;
                self.dataset.counts.superseded += 1;
                return;
            }
            Some(seen) => {
                match seen.fate {
                    Fate::Column(at) => self.replaced.push(at),
                    Fate::Test => self.dataset.counts.tests -= 1,
                }
                self.dataset.counts.superseded += 1;
            }
            None => {}
        }
        self.dataset.counts.rows += 1;
        self.dataset.counts.read += 1;
        let fate = if response.test {
            self.dataset.counts.tests += 1;
            Fate::Test
        } else {
            Fate::Column(self.dataset.ratings.len())
        };
        let keep = matches!(fate, Fate::Column(_));
        self.seen.insert(id.into(), Seen { seq: response.seq, row, fate });
        if keep {
            let case = match definition_at(&self.dataset, at) {
                Some(definition) => case(response, definition),
                None => self.undefined_case(response),
            };
            self.keep(row, response, rating, &case);
        }
    }

    /// The case of a response whose definition is not in the file: the question's length is not known, so only a score
    /// faster than a hand can move counts as fast, and only text columns are taken for words.
    fn undefined_case(&mut self, response: &Response) -> Case {
        let mut found = Cues::default();
        for column in &self.chosen.texts {
            if let Some(text) = written(response, column) {
                found = found.union(self.listener.cues(text));
            }
        }
        let score = self.dataset.score.question.as_str();
        let signals = &response.signals;
        Case {
            preset: response.invitation.preset.get(score).is_some_and(|answer| *answer != Answer::Skipped),
            untrusted: signals.untrusted,
            ms_score: signals.ms.get(score).copied(),
            read_chars: 0,
            raised: signals.raised,
            hidden: signals.hidden,
            input: Some(signals.input),
            device_day: signals.device_day,
            device_all: signals.device_all,
            kiosk: response.invitation.source == Source::Kiosk,
            cues: found,
        }
    }

    fn keep(&mut self, row: u64, response: &Response, rating: u8, case: &Case) {
        let judged = judge(case);
        let dataset = &mut self.dataset;
        let revision = response.revision.as_str();
        let defined =
            dataset.definitions.iter().find(|(known, _)| known == revision).map(|(_, definition)| definition);
        dataset.beside.keep(dataset.ratings.len(), response, defined, &dataset.score.question);
        let index = dataset.ratings.len() as u64;
        dataset.row_numbers.push(row);
        dataset.ratings.push(rating);
        if let Some(units) = &mut dataset.units {
            let unit = response.attributes.get(&units.name).map_or("", String::as_str).trim();
            units.push(unit);
        }
        if let Some(times) = &mut dataset.times {
            let time = match self.chosen.time.as_deref() {
                Some("started") => response.started,
                Some("submitted") => response.submitted,
                _ => response.received.unwrap_or(response.submitted),
            };
            times.push(time.0);
        }
        if let Some(texts) = &mut dataset.texts {
            let parts = self.chosen.texts.iter().filter_map(|column| written(response, column));
            let text = join(parts);
            texts.push(&text);
            if !text.is_empty() {
                // An id stands for the same response in both of our formats.
                let mut hash = ShortHash::default();
                hash.write(response.id.as_str().as_bytes());
                dataset.comments.offer(hash.finish(), index, &text);
            }
        }
        if let Some(own) = &mut dataset.own {
            let claim = &response.integrity;
            let claimed: Vec<&str> = claim.reasons.iter().map(|id| id.as_str()).collect();
            let recomputed: Vec<&str> = judged.reasons.iter().map(|reason| reason.as_str()).collect();
            own.ids.push(response.id.as_str());
            own.revisions.push(response.revision.as_str());
            own.partial.push(response.status == Status::Partial);
            own.claimed_levels.push(claim.evidence);
            own.claimed_reasons.push(&claimed.join("|"));
            own.claim_differs.push(claim.evidence != judged.level || claimed != recomputed);
            own.signals.push(case);
            let asks = |id: &candor_survey::Id| defined.and_then(|definition| definition.question(id));
            let is_key = |id: &candor_survey::Id| {
                asks(id).is_some_and(|question| matches!(question.kind, Kind::Email | Kind::Contact))
            };
            own.keys.keep(index as usize, response, is_key);
            let unit = dataset.units.as_ref().map(|units| units.name.as_str());
            own.attributes.keep(index as usize, response, unit);
        }
        dataset.evidence.cues.push(case.cues);
        dataset.evidence.levels.push(judged.level);
        dataset.evidence.reasons.push(Reasons::of(&judged.reasons));
    }

    // ---- Tables ----

    pub(crate) fn table_row(&mut self, number: u64, line: Line<'_>) {
        let cells = match line {
            Line::Cells(cells) => cells,
            Line::TooLong => return self.skip(number, None, too_long("row")),
            Line::Unclosed => {
                return self.skip(number, None, "A quotation mark opens in this row and is never closed, so the rest of the file is inside of it. Close it, or double it if it is part of a text.");
            }
        };
        if self.header.is_none() {
            self.begin(number, &cells);
            if self.plan.header_rows > 0 {
                return;
            }
        }
        let Some(header) = &self.header else { return };
        if cells.len() < header.least || (header.cells..cells.len()).any(|at| !cells.get(at).is_empty()) {
            let reason = format!(
                "This row has {} where the header has {}. Is there a {} or a line break in a text without quotation marks?",
                counted(cells.len(), "cell"),
                header.cells,
                delimiter_name(self.plan.delimiter),
            );
            return self.skip(number, None, reason);
        }
        if header.layout.is_some() {
            self.own_row(number, cells);
        } else if header.events.is_some() {
            self.event_row(number, cells);
        } else {
            self.foreign_row(number, cells);
        }
    }

    /// Takes a header row. A table without one has its columns by their numbers, as many as its first row has cells.
    fn begin(&mut self, number: u64, cells: &Cells<'_>) {
        let row: Vec<String> = cells
            .iter()
            .map(|cell| encoding::decode(&cell, self.plan.encoding).0.trim().to_owned())
            .collect();
        self.head.push(row);
        if self.head.len() < self.plan.header_rows as usize {
            return;
        }
        let head = std::mem::take(&mut self.head);
        let names = match self.plan.header_rows {
            0 => Naming::numbers(cells.len()),
            _ => self.plan.naming.names(&head),
        };
        // A column is found where the plan has it, and by its name in a file whose columns stand otherwise.
        let named = |at: usize| names[at].as_str();
        let planned: Vec<&str> = self.plan.columns.iter().map(|column| column.name.as_str()).collect();
        let find = |wanted: &str, role: Role| {
            let position =
                self.plan.columns.iter().position(|column| column.role == role && column.name == wanted);
            position.filter(|&at| at < names.len() && named(at) == wanted).or_else(|| {
                // Of several columns with one name, the same one of them.
                let nth =
                    position.map_or(0, |at| planned[..at].iter().filter(|name| **name == wanted).count());
                (0..names.len()).filter(|&at| named(at) == wanted).nth(nth)
            })
        };
        let own = self.plan.tool == Tool::CandorCsv;
        let mut missing: Vec<(String, &str)> = Vec::new();
        let mut look = |name: &Option<String>, role: Role| {
            let wanted = name.as_ref()?;
            let found = find(wanted, role);
            if found.is_none() {
                missing.push((wanted.clone(), role.as_str()));
            }
            found
        };
        let unit = look(&self.chosen.unit, Role::Unit);
        let time = look(&self.chosen.time, Role::Time);
        let mut texts = Vec::new();
        for (at, column) in
            self.plan.columns.iter().enumerate().filter(|(_, column)| column.role == Role::Text)
        {
            // Several text columns may share a name, so each is looked for from its own place.
            let found = if at < names.len() && named(at) == column.name {
                Some(at)
            } else {
                find(&column.name, Role::Text)
            };
            match found {
                Some(at) => texts.push(at),
                None => missing.push((column.name.clone(), "text")),
            }
        }
        let score = find(&self.chosen.score, Role::Score);
        let tests = self.plan.tests.as_ref().and_then(|tests| {
            let found = (0..names.len()).find(|&at| named(at) == tests.column);
            if found.is_none() {
                missing.push((tests.column.clone(), "sign of a trial"));
            }
            found
        });
        let totals = self.plan.totals.as_ref().and_then(|totals| {
            let found = (0..names.len()).find(|&at| named(at) == totals.column);
            if found.is_none() {
                missing.push((totals.column.clone(), "sign of a sum"));
            }
            found
        });
        let place = |at: usize, role: Role| match planned[at] {
            name if at < names.len() && named(at) == name => at,
            name => find(name, role).unwrap_or(usize::MAX),
        };
        let others = self.chosen.others.iter().map(|&(at, _)| place(at, Role::Ignore)).collect();
        let items: Vec<usize> = self.chosen.items.iter().map(|&(at, ..)| place(at, Role::Item)).collect();
        for (_, item) in items.iter().zip(&self.chosen.items).filter(|(at, _)| **at == usize::MAX) {
            missing.push((planned[item.0].into(), "rating"));
        }
        let groups: Vec<usize> = self
            .plan
            .weights
            .iter()
            .map(|margin| (0..names.len()).find(|&at| named(at) == margin.column).unwrap_or(usize::MAX))
            .collect();
        for (_, margin) in groups.iter().zip(&self.plan.weights).filter(|(at, _)| **at == usize::MAX) {
            missing.push((margin.column.clone(), "group that weights are about"));
        }
        let last = names.len().saturating_sub(1);
        let played =
            [score, unit, time].into_iter().flatten().chain(texts.iter().copied()).any(|at| at == last);
        let unnamed =
            self.plan.header_rows > 0 && head.iter().all(|row| row.get(last).is_none_or(String::is_empty));
        let spare = !own && last > 0 && unnamed && !played;
        let events = (self.plan.tool == Tool::PostHog).then(|| posthog::Layout::new(&names)).flatten();
        if self.plan.tool == Tool::PostHog && events.is_none() {
            let reason = "The header has no such column, so every row is taken for a response.";
            self.repaired(number, "event", reason.into());
        }
        self.header = Some(Header {
            cells: names.len(),
            score,
            tests,
            totals,
            unit,
            time,
            texts,
            others,
            items,
            groups,
            layout: own.then(|| Layout::new(&head[0])),
            events,
            least: names.len() - usize::from(spare),
        });
        for (column, role) in missing {
            self.repaired(
                number,
                &column,
                format!("The header has no such column, so the {role} is left out."),
            );
        }
    }

    fn own_row(&mut self, number: u64, cells: Cells<'_>) {
        let mut replaced = false;
        let whole: Vec<_> = cells.iter().collect();
        let texts: Vec<_> = whole
            .iter()
            .map(|cell| {
                let (text, bad) = encoding::decode(cell, self.plan.encoding);
                replaced |= bad;
                text
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(|text| text.as_ref()).collect();
        let Some(layout) = self.header.as_ref().and_then(|header| header.layout.as_ref()) else { return };
        let definitions = &self.dataset.definitions;
        let question = |revision: &str, id: &str| -> Option<&Question> {
            definitions.iter().find(|(known, _)| known == revision)?.1.question(id)
        };
        let score = self.dataset.score.question.as_str();
        match layout.response(&texts, question, |id| id == score) {
            Ok(response) => {
                if replaced {
                    self.repaired(number, "", replaced_bytes(self.plan.encoding));
                }
                self.response(number, &response, true);
            }
            Err(Fault { column, reason }) => self.skip(number, column, reason),
        }
    }

    /// An event of PostHog's: a response, an exposure, or neither.
    fn event_row(&mut self, number: u64, cells: Cells<'_>) {
        let Some(events) = self.header.as_ref().and_then(|header| header.events.as_ref()) else { return };
        let cell = |at: Option<usize>| {
            let cell = at.map_or_else(Default::default, |at| cells.get(at));
            encoding::decode(&cell, self.plan.encoding).0.trim().to_owned()
        };
        let event = cell(Some(events.event));
        let survey = cell(events.survey);
        let submission = cell(events.submission);
        let completed = !matches!(cell(events.completed).to_ascii_lowercase().as_str(), "false" | "0");
        let wanted = self.dataset.survey.as_deref().is_none_or(|id| survey.is_empty() || id == survey);
        match event.as_str() {
            posthog::SENT => {}
            posthog::SHOWN | posthog::DISMISSED => {
                if wanted {
                    let exposures = &mut self.dataset.exposures;
                    *if event == posthog::SHOWN { &mut exposures.shown } else { &mut exposures.dismissed } +=
                        1;
                }
                return;
            }
            other => {
                let reason = match other {
                    "" if cells.are_blank() => "Every cell of this row is empty.".into(),
                    _ => format!(
                        "The event {} is neither a response nor the showing of a survey.",
                        quoted(other)
                    ),
                };
                return self.skip(number, Some("event".into()), reason);
            }
        }
        if !wanted {
            let counts = &mut self.dataset.counts;
            counts.rows += 1;
            counts.read += 1;
            counts.other += 1;
            return;
        }
        if !survey.is_empty() {
            self.dataset.survey.get_or_insert(survey);
        }
        let at = self.dataset.ratings.len();
        self.foreign_row(number, cells);
        if submission.is_empty() || self.dataset.ratings.len() == at {
            return;
        }
        let time = self.dataset.times.as_ref().map_or(NO_TIME, |times| times.get(at));
        let rank = (completed, time);
        self.dataset.counts.superseded += match self.submissions.get_mut(submission.as_str()) {
            None => {
                self.submissions.insert(submission.into(), Submission { rank, at });
                0
            }
            Some(counting) if counting.rank > rank => {
                self.replaced.push(at);
                1
            }
            Some(counting) => {
                self.replaced.push(counting.at);
                *counting = Submission { rank, at };
                1
            }
        };
    }

    fn foreign_row(&mut self, number: u64, cells: Cells<'_>) {
        let Some(header) = &self.header else { return };
        let encoding = self.plan.encoding;
        let Some(score) = header.score else {
            let column = self.chosen.score.clone();
            return self.skip(
                number,
                Some(column),
                "The header has no such column, and the plan calls it the score.",
            );
        };
        if let Some((at, tests)) = header.tests.zip(self.plan.tests.as_ref()) {
            let cell = cells.get(at);
            let (text, _) = encoding::decode(&cell, encoding);
            if tests.values.iter().any(|value| value == text.trim()) {
                let counts = &mut self.dataset.counts;
                counts.rows += 1;
                counts.read += 1;
                counts.tests += 1;
                return;
            }
        }
        if let Some((at, totals)) = header.totals.zip(self.plan.totals.as_ref()) {
            let cell = cells.get(at);
            let (text, _) = encoding::decode(&cell, encoding);
            let text = text.trim();
            if text == totals.value || totals.also.iter().any(|value| value == text) {
                let reason = format!("This row says {} and sums up others; it is no response.", quoted(text));
                let column = totals.column.clone();
                return self.skip(number, Some(column), reason);
            }
        }
        let Scale { low, high, .. } = self.chosen.scale;
        let cell = cells.get(score);
        let mut repairs: Vec<(String, String)> = Vec::new();
        let plain =
            small(&cell).filter(|point| (low..=high).contains(point) && self.chosen.labels.are_none());
        let rating = match plain {
            Some(rating) => rating,
            None => {
                let (text, _) = encoding::decode(&cell, encoding);
                let text = text.trim();
                let point = if is_missing(text) { Some(NO_RATING) } else { self.chosen.labels.point(text) };
                match point.filter(|&point| point == NO_RATING || (low..=high).contains(&point)) {
                    Some(rating) => rating,
                    None => {
                        let labels = if self.chosen.labels.are_none() { "" } else { " or one of its labels" };
                        let reason = format!(
                            "Expected a whole number from {low} to {high}{labels}, found {}.",
                            quoted(text)
                        );
                        let column = self.chosen.score.clone();
                        if self.plan.scale_guessed
                            && let Some(point) = rating(text)
                        {
                            self.dataset.date_votes.off_scale.hear(point);
                        }
                        if !self.keeps_off_scale {
                            return self.skip(number, Some(column), reason);
                        }
                        repairs.push((column, reason));
                        NO_RATING
                    }
                }
            }
        };
        if rating == NO_RATING && cells.are_blank() {
            return self.skip(number, None, "Every cell of this row is empty.");
        }
        if cells.end() >= Place::END {
            return self.skip(
                number,
                None,
                "This row stands behind the first 512 GiB of the file. Divide the file.",
            );
        }
        let dataset = &mut self.dataset;
        if let Some(units) = &mut dataset.units {
            let cell = header.unit.map_or_else(Default::default, |at| cells.get(at));
            if self.unit_words.push(units, &cell, encoding) {
                repairs.push((units.name.clone(), replaced_bytes(encoding)));
            }
        }
        if let Some(times) = &mut dataset.times {
            let cell = header.time.map_or_else(Default::default, |at| cells.get(at));
            let plain = date::iso(&cell);
            let (text, _) = match plain {
                Some(_) => Default::default(),
                None => encoding::decode(&cell, encoding),
            };
            let text = text.trim();
            let time = plain.or_else(|| match is_missing(text) {
                true => None,
                false => date::parse(text, self.plan.date_order).or_else(|| date::stamp(text)),
            });
            times.push(time.unwrap_or(NO_TIME));
            if self.plan.date_order_guessed {
                dataset.date_votes.time.hear(text);
            }
            if time.is_none() && !is_missing(text) {
                let order = match self.plan.date_order {
                    DateOrder::DayFirst => "with the day before the month",
                    DateOrder::MonthFirst => "with the month before the day",
                };
                let reason =
                    format!("{} is no date that can be read {order}, so the time is left out.", quoted(text));
                repairs.push((self.chosen.time.clone().unwrap_or_default(), reason));
            }
        }
        let mut found = Cues::default();
        if let Some(texts) = &mut dataset.texts {
            let mut bad = false;
            self.written.clear();
            for &at in &header.texts {
                let cell = cells.get(at);
                let (text, replaced) = encoding::decode(&cell, encoding);
                let text = text.trim();
                bad |= replaced;
                if is_missing(text) {
                    texts.push_place(Place::default());
                    continue;
                }
                texts.push_place(Place::new(cells.place(at)));
                if !self.written.is_empty() {
                    self.written.push('\n');
                }
                self.written.push_str(text);
            }
            // A column that the header has not got.
            (header.texts.len()..self.chosen.texts.len()).for_each(|_| texts.push_place(Place::default()));
            texts.push(&self.written);
            if !self.written.is_empty() {
                found = self.listener.cues(&self.written);
                dataset.comments.offer(cells.end(), dataset.ratings.len() as u64, &self.written);
            }
            if bad {
                repairs.push((self.chosen.texts.join(", "), replaced_bytes(encoding)));
            }
        }
        let index = dataset.ratings.len() as u64;
        for (((column, &at), (_, labels)), words) in
            dataset.others.iter_mut().zip(&header.others).zip(&self.chosen.others).zip(&mut self.other_words)
        {
            let votes = self.plan.date_order_guessed.then_some(&mut dataset.date_votes.others);
            if column.push(index, &cells, at, encoding, (labels, words), (self.plan.date_order, votes)) {
                repairs.push((column.name.clone(), replaced_bytes(encoding)));
            }
        }
        let items = dataset.beside.items.iter_mut().zip(&header.items).zip(&self.chosen.items);
        for ((item, &at), (_, scale, labels)) in items {
            let cell = cells.get(at);
            let fits = |point: &u8| (scale.low..=scale.high).contains(point);
            let point = match small(&cell).filter(|point| fits(point) && labels.are_none()) {
                Some(point) => Some(point),
                None => {
                    let (text, _) = encoding::decode(&cell, encoding);
                    let text = text.trim();
                    let point = if is_missing(text) { None } else { labels.point(text) };
                    let known = point == Some(NO_RATING) || point.is_some_and(|point| fits(&point));
                    item.off_scale += u64::from(!known && !is_missing(text));
                    point.filter(fits)
                }
            };
            item.ratings.push(point.unwrap_or(NO_RATING));
        }
        let groups = dataset.beside.groups.iter_mut().zip(&header.groups).zip(&mut self.group_words);
        for ((group, &at), words) in groups {
            words.push(group, &cells.get(at), encoding);
        }
        let (level, reasons) = self.judged[usize::from(found.0)];
        dataset.counts.rows += 1;
        dataset.counts.read += 1;
        dataset.row_numbers.push(number);
        dataset.ratings.push(rating);
        dataset.evidence.cues.push(found);
        dataset.evidence.levels.push(level);
        dataset.evidence.reasons.push(reasons);
        for (column, reason) in repairs {
            self.repaired(number, &column, reason);
        }
    }

    pub(crate) fn finish(mut self) -> Dataset {
        if !self.replaced.is_empty() {
            let mut keep = vec![true; self.dataset.ratings.len()];
            self.replaced.iter().for_each(|&row| keep[row] = false);
            self.dataset.retain(&keep);
        }
        let dataset = &mut self.dataset;
        dataset.counts.used = dataset.ratings.len() as u64;
        let survey = dataset.survey.clone();
        let of_survey = |definition: &&Definition| Some(definition.id.as_str()) == survey.as_deref();
        let last = dataset
            .definitions
            .iter()
            .rev()
            .map(|(_, definition)| definition)
            .filter(of_survey)
            .find_map(|definition| definition.question(&dataset.score.question));
        if let Some(question) = last {
            dataset.score.kind = Some(question.kind);
            dataset.score.text = Some(question.text.in_language("en").into());
        }
        if let Some(own) = &dataset.own {
            let defined: Vec<bool> = own
                .revisions
                .labels
                .iter()
                .map(|label| dataset.definitions.iter().any(|(known, _)| known == label))
                .collect();
            let undefined = |code: &u32| defined.get(*code as usize) == Some(&false);
            dataset.counts.undefined = own.revisions.codes().filter(undefined).count() as u64;
        }
        // The texts of a reading are in memory.
        let Ok(()) = dataset.listen(|_| Ok::<_, Infallible>(Vec::new()));
        self.dataset
    }
}

fn definition_at(dataset: &Dataset, at: Option<usize>) -> Option<&Definition> {
    dataset.definitions.get(at?).map(|(_, definition)| definition)
}

/// The point of the scale that an answer is.
fn point(answer: &Answer, scale: Scale) -> Option<u8> {
    let Answer::Number(number) = answer else { return None };
    u8::try_from(Number::as_i64(number)?).ok().filter(|point| (scale.low..=scale.high).contains(point))
}

/// What was written into a column such as `answer.why` or `answer.channel.other`.
fn written<'r>(response: &'r Response, column: &str) -> Option<&'r str> {
    let id = column.strip_prefix("answer.")?;
    let text = match response.answers.get(id.strip_suffix(".other").unwrap_or(id))? {
        Answer::Text(text) if !id.ends_with(".other") => text,
        Answer::Other(text) => text,
        Answer::Many(picks) => picks.iter().find_map(|pick| match pick {
            Pick::Other(text) => Some(text),
            Pick::Option(_) => None,
        })?,
        _ => return None,
    };
    Some(text.as_str()).filter(|text| !text.is_empty())
}

fn join<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(part);
    }
    text
}

fn too_long(what: &str) -> String {
    format!("This {what} is longer than {} MiB.", MAX_ROW >> 20)
}

fn replaced_bytes(encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf16Le | Encoding::Utf16Be => {
            "Some bytes are no UTF-16 and are shown as \u{fffd}. Was the file cut?".into()
        }
        _ => "Some bytes are no UTF-8 and are shown as \u{fffd}. Choose Windows-1252 if letters are missing."
            .into(),
    }
}

/// A whole number of one to three digits, as most ratings are written.
#[inline]
fn small(cell: &[u8]) -> Option<u8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let number = match *cell {
        [a] => digit(a)?,
        [a, b] => digit(a)? * 10 + digit(b)?,
        [a, b, c] => digit(a)? * 100 + digit(b)? * 10 + digit(c)?,
        _ => return None,
    };
    u8::try_from(number).ok().filter(|&number| number <= 254)
}

/// A number as programs write it. One of more digits than a float keeps, and one with a zero before it, is a name.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = digits.bytes().take_while(u8::is_ascii_digit).count();
    let named = digits.len() > 1
        && digits.starts_with('0')
        && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if named || whole == 0 || digits.bytes().filter(u8::is_ascii_digit).count() > 15 {
        return None;
    }
    let value = match digits.split_once(',') {
        None => text.parse().ok()?,
        // 1,234 may be a thousand; 1,5 and 0,125 may not.
        Some((before, after)) if before == "0" || after.len() != 3 => {
            text.replacen(',', ".", 1).parse().ok()?
        }
        Some(_) => return None,
    };
    Some(value).filter(|value: &f64| value.is_finite())
}

/// A whole number in digits alone that is no name; see [`number`].
#[inline]
fn digits(cell: &[u8]) -> Option<f64> {
    if cell.is_empty() || cell.len() > 15 || cell.len() > 1 && cell[0] == b'0' {
        return None;
    }
    let digit = |n: u64, byte: &u8| byte.is_ascii_digit().then(|| n * 10 + u64::from(byte - b'0'));
    cell.iter().try_fold(0, digit).map(|n| n as f64)
}

/// Whether a cell is a text in any encoding that is neither missing nor has spaces around it.
#[inline]
fn is_plain(cell: &[u8]) -> bool {
    let ends = cell.first().zip(cell.last());
    cell.len() > 4
        && ends.is_some_and(|(a, b)| a.is_ascii_graphic() && b.is_ascii_graphic())
        && cell.is_ascii()
}

/// The words of a column as they stood in the file, so that each is decoded once.
#[derive(Default)]
struct WordsMet {
    /// What codes stand for, as the plan has it.
    words: BTreeMap<String, String>,
    index: HashMap<Box<[u8]>, (u32, bool), BuildHasherDefault<ShortHash>>,
}

/// The most words that are remembered; beyond it they are decoded again.
const WORDS_MET: usize = 1 << 16;

impl WordsMet {
    fn of(column: Option<&PlanColumn>) -> WordsMet {
        WordsMet {
            words: column.map(|column| column.words.clone()).unwrap_or_default(),
            ..WordsMet::default()
        }
    }

    /// Adds a cell to a column of words; whether some bytes of it are no characters.
    #[inline]
    fn push(&mut self, words: &mut Categories, cell: &[u8], encoding: Encoding) -> bool {
        if let Some(&(code, replaced)) = self.index.get(cell) {
            words.push_code(code);
            return replaced;
        }
        let (word, replaced) = encoding::decode(cell, encoding);
        let word = word.trim();
        words.push(self.words.get(word).map_or(word, String::as_str));
        if self.index.len() < WORDS_MET {
            let code = words.code_of(words.len() - 1);
            self.index.insert(cell.into(), (code, replaced));
        }
        replaced
    }
}

impl Column {
    /// Adds a cell; whether some bytes of it are no characters.
    fn push(
        &mut self,
        index: u64,
        cells: &Cells<'_>,
        at: usize,
        encoding: Encoding,
        (labels, met): (&Labels, &mut WordsMet),
        (order, votes): (DateOrder, Option<&mut Votes>),
    ) -> bool {
        let cell = cells.get(at);
        // What most cells are is told from their bytes.
        match &mut self.values {
            Values::Ratings(ratings) if labels.are_none() => {
                if let Some(rating) = small(&cell) {
                    ratings.push(rating);
                    return false;
                }
            }
            Values::Numbers(numbers) => {
                if let Some(number) = digits(&cell) {
                    numbers.push(number);
                    return false;
                }
            }
            Values::Times(times) => {
                if let Some(time) = date::iso(&cell) {
                    times.push(time);
                    return false;
                }
            }
            Values::Words(words) => return met.push(words, &cell, encoding),
            Values::Texts(texts @ Texts::Left(_)) if is_plain(&cell) => {
                texts.push_place(Place::new(cells.place(at)));
                return false;
            }
            Values::Ratings(_) | Values::Texts(_) => {}
        }
        let (text, replaced) = encoding::decode(&cell, encoding);
        let text = text.trim();
        let missing = is_missing(text);
        let read = match &mut self.values {
            Values::Ratings(ratings) => {
                let point = if missing { None } else { labels.point(text) };
                ratings.push(point.unwrap_or(NO_RATING));
                point.is_some()
            }
            Values::Numbers(numbers) => {
                let value = if missing { None } else { number(text) };
                numbers.push(value.unwrap_or(f64::NAN));
                value.is_some()
            }
            Values::Times(times) => {
                let time = if missing { None } else { date::parse(text, order) };
                times.push(time.unwrap_or(NO_TIME));
                if let Some(votes) = votes {
                    votes.hear(text);
                }
                time.is_some()
            }
            Values::Words(_) => true,
            Values::Texts(texts) => {
                texts.push(text);
                texts.push_place(if text.is_empty() {
                    Place::default()
                } else {
                    Place::new(cells.place(at))
                });
                true
            }
        };
        if !read && !missing {
            self.odd.push(index, text);
        }
        replaced
    }
}

fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

fn delimiter_name(delimiter: char) -> String {
    match delimiter {
        ',' => "comma".into(),
        ';' => "semicolon".into(),
        '\t' => "tab".into(),
        other => format!("{other:?}"),
    }
}

/// What stands in a cell, shortened to 40 characters.
fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("\u{201c}{short}\u{201d}")
}
