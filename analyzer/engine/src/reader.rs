//! Reading: bytes pushed in as they arrive become a [`Dataset`]; any chunk size gives the same one. It owns no file and
//! knows no browser, and what it cannot read it lists by row instead of stopping.

use crate::columns::beside::{Beside, Places};
use crate::columns::{
    Categories, Counts, Dataset, EvidenceColumns, Exposures, NO_RATING, NO_TIME, OwnColumns, Rated, Reasons,
    Skipped, Texts,
};
use crate::lines::Lines;
use crate::own::{self, Fault, Layout};
use crate::plan::{DateOrder, Plan, PlanError, Role, Scale, Tool, is_missing, rating};
use crate::table::{Cells, Line, MAX_ROW, Table};
use crate::{date, encoding};
use candor_survey::evidence::{Case, case, judge};
use candor_survey::exposure::Event;
use candor_survey::json::Number;
use candor_survey::question::{Answer, Pick};
use candor_survey::response::{Source, Status};
use candor_survey::words::{Cues, Listener};
use candor_survey::{Definition, Exposure, Question, Response, Value};
use std::collections::BTreeMap;

/// A file being read.
pub struct Reading {
    bytes: Bytes,
    rows: Rows,
}

enum Bytes {
    Lines(Lines),
    Table(Box<Table>),
}

/// What the rows become.
struct Rows {
    plan: Plan,
    /// The column of each role that the plan gives.
    chosen: Chosen,
    dataset: Dataset,
    header: Option<Header>,
    /// Where the header has the columns beside the score.
    places: Places,
    /// By response id: its latest `seq` and what became of it. Own files only.
    seen: BTreeMap<Box<str>, Seen>,
    /// Rows of the columns that a later sending has replaced.
    replaced: Vec<usize>,
    listener: Listener,
}

struct Chosen {
    score: String,
    scale: Scale,
    unit: Option<String>,
    time: Option<String>,
    texts: Vec<String>,
}

struct Seen {
    seq: u32,
    row: u64,
    place: Place,
}

enum Place {
    Column(usize),
    Test,
}

/// Where the header of a table puts the columns of the plan.
struct Header {
    cells: usize,
    score: Option<usize>,
    unit: Option<usize>,
    time: Option<usize>,
    texts: Vec<usize>,
    /// Of `responses.csv`.
    layout: Option<Layout>,
}

impl Reading {
    /// Starts reading by `plan`, which is obeyed to the letter.
    ///
    /// # Errors
    /// What in the plan cannot be followed.
    pub fn new(plan: &Plan) -> Result<Reading, PlanError> {
        let chosen = Chosen::new(plan)?;
        let expected_rows = u32::from(plan.tool != Tool::CandorNdjson);
        if plan.header_rows != expected_rows {
            return Err(PlanError::HeaderRows(plan.header_rows));
        }
        let bytes = if plan.tool == Tool::CandorNdjson {
            Bytes::Lines(Lines::default())
        } else {
            let delimiter = u8::try_from(plan.delimiter).ok().filter(u8::is_ascii);
            let delimiter = delimiter.filter(|d| !matches!(d, b'"' | b'\n' | b'\r'));
            Bytes::Table(Box::new(Table::new(delimiter.ok_or(PlanError::Delimiter(plan.delimiter))?)))
        };
        let own = plan.tool != Tool::Csv;
        let dataset = Dataset {
            tool: plan.tool,
            score: Rated {
                question: chosen
                    .score
                    .strip_prefix("answer.")
                    .filter(|_| own)
                    .unwrap_or(&chosen.score)
                    .into(),
                text: None,
                kind: None,
                scale: chosen.scale,
            },
            survey: plan.survey.clone().filter(|_| own),
            definitions: Vec::new(),
            row_numbers: Vec::new(),
            ratings: Vec::new(),
            units: chosen
                .unit
                .as_ref()
                .map(|name| Categories::new(name.strip_prefix("attribute.").filter(|_| own).unwrap_or(name))),
            times: chosen.time.as_ref().map(|_| Vec::new()),
            texts: (!chosen.texts.is_empty()).then(Texts::default),
            own: own.then(OwnColumns::default),
            beside: Beside::new(plan),
            evidence: EvidenceColumns::default(),
            counts: Counts::default(),
            exposures: Exposures::default(),
            skipped: Vec::new(),
            repaired: Vec::new(),
        };
        let rows = Rows {
            plan: plan.clone(),
            chosen,
            dataset,
            header: None,
            places: Places::default(),
            seen: BTreeMap::new(),
            replaced: Vec::new(),
            listener: Listener::default(),
        };
        Ok(Reading { bytes, rows })
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

    /// For `responses.csv`: the `exposures.csv` of the same export. Without it nobody can say whom a score does not hear.
    ///
    /// # Errors
    /// The table has no columns `event` and `survey`.
    pub fn expose(&mut self, exposures: &str) -> Result<(), PlanError> {
        let unit = self.rows.chosen.unit.clone();
        let rows = &mut self.rows;
        let mut places: Option<(usize, usize, Option<usize>)> = None;
        let mut refused = false;
        let mut sink = |_, line: Line<'_>| {
            let Line::Cells(cells) = line else { return };
            let cell = |at: usize| std::str::from_utf8(cells.get(at)).unwrap_or_default().trim();
            match places {
                None => {
                    let find = |name: &str| (0..cells.len()).find(|&at| cell(at) == name);
                    places = find("event")
                        .zip(find("survey"))
                        .map(|(event, survey)| (event, survey, unit.as_deref().and_then(find)));
                    refused |= places.is_none();
                }
                Some((event, survey, unit)) => {
                    if let Some(event) = Event::from_word(cell(event)) {
                        let unit = unit.map_or("", cell);
                        rows.exposed(event, cell(survey), own::unguard(unit));
                    }
                }
            }
        };
        let mut table = Table::new(b',');
        table.push(exposures.as_bytes(), &mut sink);
        table.finish(&mut sink);
        if refused {
            return Err(PlanError::Definitions("exposures.csv has no columns event and survey".into()));
        }
        Ok(())
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        let rows = &mut self.rows;
        match &mut self.bytes {
            Bytes::Lines(lines) => lines.push(bytes, &mut |number, line| rows.line(number, line)),
            Bytes::Table(table) => table.push(bytes, &mut |number, line| rows.table_row(number, line)),
        }
    }

    /// The responses met so far, those that could not be read included.
    pub fn rows(&self) -> u64 {
        self.rows.dataset.counts.rows
    }

    /// Ends the file.
    pub fn finish(self) -> Dataset {
        let mut rows = self.rows;
        match self.bytes {
            Bytes::Lines(lines) => lines.finish(&mut |number, line| rows.line(number, line)),
            Bytes::Table(table) => table.finish(&mut |number, line| rows.table_row(number, line)),
        }
        rows.finish()
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
        let name = |column: Option<&crate::plan::PlanColumn>| column.map(|column| column.name.clone());
        let chosen = Chosen {
            score: score.name.clone(),
            scale,
            unit: name(single(Role::Unit)?),
            time: name(single(Role::Time)?),
            texts: of(Role::Text).map(|column| column.name.clone()).collect(),
        };
        if plan.tool != Tool::Csv {
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

impl Rows {
    fn skip(&mut self, row: u64, column: Option<String>, reason: impl Into<String>) {
        self.dataset.counts.rows += 1;
        self.dataset.counts.skipped += 1;
        self.dataset.skipped.push(Skipped { row, column, reason: reason.into() });
    }

    fn repaired(&mut self, row: u64, column: &str, reason: String) {
        self.dataset.repaired.push(Skipped { row, column: Some(column.into()), reason });
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

    fn exposure(&mut self, exposure: &Exposure) {
        let unit = self.dataset.units.as_ref().and_then(|units| exposure.attributes.get(&units.name));
        let unit = unit.cloned().unwrap_or_default();
        self.exposed(exposure.event, exposure.survey.as_str(), &unit);
    }

    fn exposed(&mut self, event: Event, survey: &str, unit: &str) {
        if self.dataset.survey.as_deref().is_some_and(|id| id != survey) {
            return;
        }
        self.dataset.beside.expose(event, unit.trim());
        let exposures = &mut self.dataset.exposures;
        *match event {
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
                match seen.place {
                    Place::Column(at) => self.replaced.push(at),
                    Place::Test => self.dataset.counts.tests -= 1,
                }
                self.dataset.counts.superseded += 1;
            }
            None => {}
        }
        self.dataset.counts.rows += 1;
        self.dataset.counts.read += 1;
        let place = if response.test {
            self.dataset.counts.tests += 1;
            Place::Test
        } else {
            Place::Column(self.dataset.ratings.len())
        };
        let keep = matches!(place, Place::Column(_));
        self.seen.insert(id.into(), Seen { seq: response.seq, row, place });
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
            texts.push(&join(parts));
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
        }
        dataset.evidence.cues.push(case.cues);
        dataset.evidence.levels.push(judged.level);
        dataset.evidence.reasons.push(Reasons::of(&judged.reasons));
    }

    // ---- Tables ----

    fn table_row(&mut self, number: u64, line: Line<'_>) {
        let cells = match line {
            Line::Cells(cells) => cells,
            Line::TooLong => return self.skip(number, None, too_long("row")),
            Line::Unclosed => {
                return self.skip(number, None, "A quotation mark opens in this row and is never closed, so the rest of the file is inside of it. Close it, or double it if it is part of a text.");
            }
        };
        let Some(header) = &self.header else { return self.begin(number, cells) };
        if cells.len() < header.cells || cells.iter().skip(header.cells).any(|cell| !cell.is_empty()) {
            let reason = format!(
                "This row has {} where the header has {}. Is there a {} or a line break in a text without quotation marks?",
                counted(cells.len(), "cell"),
                header.cells,
                delimiter_name(self.plan.delimiter),
            );
            return self.skip(number, None, reason);
        }
        if header.layout.is_some() { self.own_row(number, cells) } else { self.foreign_row(number, cells) }
    }

    fn begin(&mut self, number: u64, cells: Cells<'_>) {
        let names: Vec<String> =
            cells.iter().map(|cell| encoding::decode(cell, self.plan.encoding).0.trim().to_owned()).collect();
        // A column is found where the plan has it, and by its name in a file whose columns stand otherwise.
        let named = |at: usize| match names[at].as_str() {
            "" => format!("column {}", at + 1),
            name => name.to_owned(),
        };
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
        self.places = Places::find(&self.plan, &names);
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
        self.header = Some(Header {
            cells: names.len(),
            score: find(&self.chosen.score, Role::Score),
            unit,
            time,
            texts,
            layout: own.then(|| Layout::new(&names)),
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
        let texts: Vec<_> = cells
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
                    self.repaired(number, "", replaced_bytes());
                }
                self.response(number, &response, true);
            }
            Err(Fault { column, reason }) => self.skip(number, column, reason),
        }
    }

    fn foreign_row(&mut self, number: u64, cells: Cells<'_>) {
        let Some(header) = &self.header else { return };
        let encoding = self.plan.encoding;
        let mut repairs: Vec<(String, String)> = Vec::new();
        let Some(score) = header.score else {
            let column = self.chosen.score.clone();
            return self.skip(
                number,
                Some(column),
                "The header has no such column, and the plan calls it the score.",
            );
        };
        let (score, _) = encoding::decode(cells.get(score), encoding);
        let rating = match score.trim() {
            missing if is_missing(missing) => NO_RATING,
            text => {
                let Scale { low, high, .. } = self.chosen.scale;
                match rating(text).filter(|rating| (low..=high).contains(rating)) {
                    Some(rating) => rating,
                    None => {
                        let reason =
                            format!("Expected a whole number from {low} to {high}, found {}.", quoted(text));
                        let column = self.chosen.score.clone();
                        return self.skip(number, Some(column), reason);
                    }
                }
            }
        };
        if rating == NO_RATING && cells.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return self.skip(number, None, "Every cell of this row is empty.");
        }
        let dataset = &mut self.dataset;
        if let Some(units) = &mut dataset.units {
            let (unit, bad) = encoding::decode(header.unit.map_or(b"", |at| cells.get(at)), encoding);
            units.push(unit.trim());
            if bad {
                repairs.push((units.name.clone(), replaced_bytes()));
            }
        }
        if let Some(times) = &mut dataset.times {
            let (text, _) = encoding::decode(header.time.map_or(b"", |at| cells.get(at)), encoding);
            let text = text.trim();
            let time = if is_missing(text) { None } else { date::parse(text, self.plan.date_order) };
            times.push(time.unwrap_or(NO_TIME));
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
            let parts: Vec<_> =
                header.texts.iter().map(|&at| encoding::decode(cells.get(at), encoding)).collect();
            bad |= parts.iter().any(|part| part.1);
            let text = join(parts.iter().map(|part| part.0.trim()).filter(|part| !is_missing(part)));
            found = self.listener.cues(&text);
            texts.push(&text);
            if bad {
                repairs.push((self.chosen.texts.join(", "), replaced_bytes()));
            }
        }
        dataset.beside.row(&self.places, &self.plan, cells);
        let judged = judge(&Case { cues: found, ..Case::default() });
        dataset.counts.rows += 1;
        dataset.counts.read += 1;
        dataset.row_numbers.push(number);
        dataset.ratings.push(rating);
        dataset.evidence.cues.push(found);
        dataset.evidence.levels.push(judged.level);
        dataset.evidence.reasons.push(Reasons::of(&judged.reasons));
        for (column, reason) in repairs {
            self.repaired(number, &column, reason);
        }
    }

    fn finish(mut self) -> Dataset {
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
            let undefined = |code: &&u32| defined.get(**code as usize) == Some(&false);
            dataset.counts.undefined = own.revisions.codes.iter().filter(undefined).count() as u64;
        }
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

fn replaced_bytes() -> String {
    "Some bytes are no UTF-8 and are shown as \u{fffd}. Choose Windows-1252 if letters are missing.".into()
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
