//! Guessing a plan from a file's first bytes and its name, with a reason for each guess. Pure: the same head and name
//! give the same plan.

use super::described::{Described, Meaning};
use super::labels::{How, Labels};
use super::profile::{Named, Profile};
use super::ranges::{self, Range};
use super::tools::{self, Head, Hint, Part};
use super::{
    DateOrder, Encoding, HEAD, Holds, Naming, Plan, PlanColumn, Role, Scale, Tool, TotalRows, delimiter,
    labels, rating,
};
use crate::encoding::{self, FromUtf16};
use crate::format::Heavy;
use crate::lines::Lines;
use crate::own;
use crate::packed;
use crate::sort;
use crate::table::{Line, Table};
use crate::widened;
use candor_survey::evidence::score_question;
use candor_survey::{Definition, Kind, Question, Value};
use std::collections::BTreeMap;

/// Guesses how to read a file from its first bytes (at most [`HEAD`] are looked at) and its name. Never fails: what it
/// cannot tell it says in `notes`, and a plan without a score column is refused later by `Reading::new`.
pub fn recognise(head: &[u8], file_name: &str) -> Plan {
    let mut whole = head.len() < HEAD;
    let mut head = &head[..head.len().min(HEAD)];
    let unpacked;
    let packed = packed::is_gzip(head);
    if packed {
        unpacked = packed::unpacked_head(head, HEAD);
        whole &= unpacked.len() < HEAD;
        head = &unpacked;
    }
    let encoding = encoding::guess(head);
    let transcoded;
    if let Some(mut decoder) = FromUtf16::new(encoding) {
        let mut text = Vec::new();
        // The head of a file may end inside of a character; that is for the reading to say.
        decoder.push(head, &mut |part| text.extend_from_slice(part));
        transcoded = text;
        head = &transcoded;
    }
    let mut plan = Plan { encoding, ..Plan::default() };
    if packed {
        plan.notes.push("It is packed with gzip and is unpacked while it is read.".into());
    }
    if packed && head.is_empty() {
        plan.notes = vec![format!(
            "{} is damaged: it begins like gzip and cannot be unpacked. Copy or download it again.",
            called(file_name)
        )];
    } else if let Some(what) = not_a_table(head) {
        plan.notes.clear();
        plan.notes.push(format!("{} {what}", called(file_name)));
    } else if let Some(lines) = own_lines(head) {
        plan.tool = Tool::CandorNdjson;
        if plan.encoding == Encoding::Windows1252 {
            plan.encoding = Encoding::Utf8;
        }
        plan.header_rows = 0;
        recognise_lines(&lines, &mut plan);
    } else {
        recognise_table(head, whole, &Described::default(), &mut plan);
    }
    plan
}

/// The plan of an XLSX, Parquet or SPSS file, from what it says of itself and the first rows as CSV (UTF-8, commas, a line of
/// names), at most [`HEAD`] bytes of them. `whole`: these are all rows.
pub fn recognise_described(head: &[u8], whole: bool, described: &Described) -> Plan {
    let mut plan = Plan { encoding: Encoding::Utf8, ..Plan::default() };
    recognise_table(&head[..head.len().min(HEAD)], whole && head.len() <= HEAD, described, &mut plan);
    plan.notes.extend(described.notes.iter().cloned());
    plan
}

fn called(file_name: &str) -> String {
    if file_name.is_empty() { "This file".into() } else { file_name.into() }
}

/// What a file is that holds no table at all, as the second half of a sentence.
fn not_a_table(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(&crate::table::BOM[..]).unwrap_or(head).trim_ascii_start();
    if text.is_empty() {
        return Some("is empty. Choose another file.");
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some("is a document of an old Office program (.xls). Save it as XLSX or CSV and open that.");
    }
    if Heavy::of(head).is_some() || packed::is_gzip(head) {
        return Some("is packed twice. Unpack it and open what is in it.");
    }
    // A stray control character is a row to repair; where one byte in ten is one, nobody wrote a table.
    let control = head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C)).count();
    if control * 10 > head.len() {
        return Some("is no text: a picture, a document or a program. Open a Candor export or a CSV file.");
    }
    if matches!(text[0], b'{' | b'[') && own_lines(head).is_none() {
        return Some("looks like JSON, but not like Candor's export. Open a Candor export or a CSV file.");
    }
    None
}

/// The lines of a head that are JSON of ours, when its first line is.
fn own_lines(head: &[u8]) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    let mut first = true;
    let mut own = false;
    let mut sink = |_, line: Option<&[u8]>| {
        let Some(text) = line.and_then(|l| std::str::from_utf8(l).ok()).filter(|l| !l.trim().is_empty())
        else {
            return;
        };
        let value = Value::parse(text).ok().filter(own::is_line);
        if std::mem::take(&mut first) {
            own = value.is_some() || text.trim_start().starts_with("{\"v\":1,");
        }
        values.extend(value);
    };
    let mut lines = Lines::default();
    lines.push(head, &mut sink);
    lines.finish(&mut sink);
    own.then_some(values)
}

fn recognise_lines(lines: &[Value], plan: &mut Plan) {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let responses: Vec<&Value> = lines.iter().filter(|line| line.get("answers").is_some()).collect();
    let definitions: Vec<Definition> = lines
        .iter()
        .filter_map(|line| line.get("definition").and_then(|d| Definition::from_value(d).ok()))
        .collect();
    // The survey with the most responses in the head; the first one met among equals.
    let mut surveys: Vec<(String, usize)> = Vec::new();
    for id in responses.iter().filter_map(|r| text(r, "survey")) {
        match surveys.iter_mut().find(|(known, _)| *known == id) {
            Some((_, n)) => *n += 1,
            None => surveys.push((id, 1)),
        }
    }
    let most = surveys.iter().map(|&(_, n)| n).max();
    plan.survey = surveys
        .iter()
        .find(|&&(_, n)| Some(n) == most)
        .map(|(id, _)| id.clone())
        .or_else(|| definitions.first().map(|d| d.id.to_string()));
    if surveys.len() > 1 {
        let ids: Vec<_> = surveys.iter().map(|(id, _)| id.as_str()).collect();
        let chosen = plan.survey.clone().unwrap_or_default();
        plan.notes.push(format!(
            "This export holds {} surveys: {}. Read is {chosen}.",
            ids.len(),
            ids.join(", ")
        ));
    }
    let definitions: Vec<_> = definitions
        .into_iter()
        .filter(|d| plan.survey.as_deref().is_none_or(|id| d.id.as_str() == id))
        .collect();

    let mut answers: Vec<(String, Profile)> = Vec::new();
    let mut attributes: Vec<(String, Profile)> = Vec::new();
    for question in definitions.iter().flat_map(Definition::questions) {
        profile_of(&mut answers, &question.id);
    }
    for response in responses.iter().filter(|r| text(r, "survey") == plan.survey) {
        for (key, found) in [("answers", &mut answers), ("attributes", &mut attributes)] {
            let Some(Value::Object(fields)) = response.get(key) else { continue };
            for (name, value) in fields {
                let shown = match value {
                    Value::String(text) => text.clone(),
                    Value::Null => String::new(),
                    other => other.to_json(),
                };
                profile_of(found, name).add(&shown);
            }
        }
    }
    plan.columns.push(PlanColumn {
        name: "received".into(),
        role: Role::Time,
        reason: "The collector's clock.".into(),
        examples: Vec::new(),
        scale: None,
        text: None,
        values: BTreeMap::new(),
        words: BTreeMap::new(),
        holds: Holds::Nothing,
    });
    for (id, profile) in &answers {
        let asked: Vec<&Question> = definitions.iter().filter_map(|d| d.question(id)).collect();
        plan.columns.push(answer_column(id, profile, &asked));
    }
    if !definitions.is_empty() {
        choose_defined_score(plan, &definitions);
    } else {
        plan.notes.push("The survey's definition is not in the first part of this file, so its questions are guessed from the answers.".into());
        let profiles: Vec<_> =
            std::iter::once(Profile::default()).chain(answers.into_iter().map(|a| a.1)).collect();
        choose_score(plan, &profiles, |_, column| column.name.starts_with("answer."));
        choose_text(
            plan,
            &profiles,
            |_, column| if column.name.starts_with("answer.") { Some(0) } else { None },
        );
    }
    attribute_columns(plan, &attributes);
}

/// The profile under `name`, made when it is new.
fn profile_of<'a>(profiles: &'a mut Vec<(String, Profile)>, name: &str) -> &'a mut Profile {
    let at = profiles.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        profiles.push((name.to_owned(), Profile::default()));
        profiles.len() - 1
    });
    &mut profiles[at].1
}

/// The column of an answer, when the definitions say how it was asked.
fn answer_column(id: &str, profile: &Profile, asked: &[&Question]) -> PlanColumn {
    let scales: Vec<_> = asked.iter().filter_map(|q| q.scale()).collect();
    let low = scales.iter().map(|s| s.0).min();
    let high = scales.iter().map(|s| s.1).max();
    let scale = match (low, high, asked.last()) {
        (Some(low), Some(high), Some(last)) => {
            let nps = last.kind == Kind::Nps && (low, high) == (0, 10);
            u8::try_from(low).ok().zip(u8::try_from(high).ok()).map(|(low, high)| Scale { low, high, nps })
        }
        (_, _, None) => profile.scale(named(id)),
        _ => None,
    };
    let (role, reason) = match asked.last() {
        Some(q) if q.kind == Kind::Text => {
            (Role::Text, format!("Answers to \u{201c}{}\u{201d}.", asked_text(q)))
        }
        Some(q) => (Role::Ignore, format!("Answers to \u{201c}{}\u{201d}.", asked_text(q))),
        None => (Role::Ignore, "Answers to a question that is not defined in this file.".into()),
    };
    PlanColumn {
        name: format!("answer.{id}"),
        text: None,
        role,
        reason,
        examples: examples(profile),
        scale,
        values: BTreeMap::new(),
        words: BTreeMap::new(),
        holds: Holds::Nothing,
    }
}

impl Plan {
    /// For a guessed plan of `responses.csv`: takes the score and the texts from what the definitions of the same export
    /// (see `Reading::define`) say, as a plan of its NDJSON does. Another plan, and definitions that cannot be read, change
    /// nothing.
    pub fn define(&mut self, definitions: &str) {
        let Ok(Value::Array(lines)) = Value::parse(definitions) else { return };
        let read = |line: &Value| line.get("definition").and_then(|d| Definition::from_value(d).ok());
        let survey = self.survey.clone();
        let of_survey = |d: &Definition| survey.as_deref().is_none_or(|id| d.id.as_str() == id);
        let definitions: Vec<_> = lines.iter().filter_map(read).filter(of_survey).collect();
        if self.tool != Tool::CandorCsv || definitions.is_empty() {
            return;
        }
        for column in &mut self.columns {
            let Some(name) = column.name.strip_prefix("answer.") else { continue };
            let id = name.split('.').next().unwrap_or_default();
            let asked: Vec<&Question> = definitions.iter().filter_map(|d| d.question(id)).collect();
            let defined = answer_column(name, &Profile::default(), &asked);
            // A row, a field or what was written in beside the options is neither the score nor the reason for it.
            column.role = if name == id { defined.role } else { Role::Ignore };
            column.scale = defined.scale.filter(|_| name == id);
            column.reason = defined.reason;
        }
        choose_defined_score(self, &definitions);
    }
}

fn asked_text(question: &Question) -> String {
    shorten(question.text.in_language("en"))
}

fn choose_defined_score(plan: &mut Plan, definitions: &[Definition]) {
    let Some(id) = definitions.iter().rev().find_map(score_question).map(|q| format!("answer.{}", q.id))
    else {
        plan.notes.push("This survey asks for no rating, so there is no score to report.".into());
        return;
    };
    if let Some(column) = plan.columns.iter_mut().find(|column| column.name == id) {
        column.role = Role::Score;
        column.reason.push_str(" It is the survey's rating.");
    }
}

fn attribute_columns(plan: &mut Plan, attributes: &[(String, Profile)]) {
    for (name, profile) in attributes {
        plan.columns.push(PlanColumn {
            name: format!("attribute.{name}"),
            role: Role::Ignore,
            reason: "What the page said about the visit.".into(),
            examples: examples(profile),
            scale: None,
            text: None,
            values: BTreeMap::new(),
            words: BTreeMap::new(),
            holds: Holds::Nothing,
        });
    }
    let best = attributes
        .iter()
        .filter_map(|(name, profile)| Some((unit_points(name, profile)?, name, profile)))
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
    if let Some((_, name, profile)) = best
        && let Some(column) =
            plan.columns.iter_mut().find(|c| c.name.strip_prefix("attribute.") == Some(name.as_str()))
    {
        column.role = Role::Unit;
        column.reason = unit_reason(profile);
    }
}

fn recognise_table(head: &[u8], whole: bool, described: &Described, plan: &mut Plan) {
    // The rows of a described file come with commas, even where there is one column.
    let delimiter = if described.columns.is_empty() { delimiter::guess(head, whole) } else { b',' };
    plan.delimiter = char::from(delimiter);
    let mut rows = rows(head, delimiter, whole, plan.encoding);
    let own = rows.first().is_some_and(|header| own::is_header(header));
    let widened = if own { 0 } else { widened::widen_head(&mut rows) };
    let titles = if own { 0 } else { titles(&rows) };
    let found = if own { None } else { tools::recognise(&Head { rows: &rows[titles..] }) };
    if let Some(found) = &found {
        plan.tool = found.tool;
        plan.header_rows = found.header_rows;
        plan.naming = found.naming;
        plan.survey.clone_from(&found.survey);
        plan.tests.clone_from(&found.tests);
        let header = match found.header_rows {
            1 => "1 header row".into(),
            n => format!("{n} header rows"),
        };
        plan.notes.push(format!(
            "Read as an export of {} with {header}: {}.",
            found.tool.as_str(),
            found.because
        ));
        plan.notes.extend(found.notes.iter().cloned());
    }
    if widened > 0 && plan.tool == Tool::PostHog {
        plan.notes.push(format!(
            "The column {} holds JSON. Its properties in the first rows, {widened} of them, are read as columns of their own.",
            widened::COLUMN
        ));
    } else if widened > 0 {
        let wide = rows.first().map_or(0, Vec::len);
        rows.iter_mut().filter(|row| row.len() == wide).for_each(|row| row.truncate(wide - widened));
    }
    if let (Naming::Row(row), more @ 1..) = (plan.naming, titles as u32)
        && plan.header_rows + more <= MOST_HEADER_ROWS
    {
        (plan.header_rows, plan.naming) = (plan.header_rows + more, Naming::Row(row + more));
        plan.notes.push(match more {
            1 => "Row 1 stands before the names of the columns and is not read.".into(),
            2 => "Rows 1 and 2 stand before the names of the columns and are not read.".into(),
            more => format!("Rows 1 to {more} stand before the names of the columns and are not read."),
        });
    }
    if plan.tool == Tool::Csv
        && !own
        && plan.header_rows == 1
        && described.columns.is_empty()
        && headless(&rows)
    {
        plan.header_rows = 0;
        plan.notes.push("Row 1 holds values like those below it, so the file is read as one without a row of names, and its columns are numbered. If row 1 has their names, say that there is 1 header row.".into());
    }
    let below = rows.split_off(rows.len().min(plan.header_rows as usize));
    let names = match plan.header_rows {
        0 => Naming::numbers(below.first().map_or(0, Vec::len)),
        _ => plan.naming.names(&rows),
    };
    let mut profiles = vec![Profile::default(); names.len()];
    // What stands below the header may lack the comma at the end, or have one more.
    let least = names.len()
        - usize::from(names.len() > 1 && names.last() == Some(&format!("column {}", names.len())));
    let whole_row =
        |row: &&Vec<String>| row.len() >= least && row.iter().skip(names.len()).all(String::is_empty);
    for row in below.iter().filter(whole_row) {
        profiles.iter_mut().zip(row).for_each(|(profile, cell)| profile.add(cell));
    }
    leave_out_tests(plan, &names, &profiles);
    let hints = found.map_or_else(Vec::new, |found| found.columns);
    let families = families(&names, &hints);
    let pooled: Vec<Profile> =
        families.iter().map(|family| Profile::pooled(family.iter().map(|&at| &profiles[at]))).collect();
    let pool = |at: usize| families.iter().position(|family| family.contains(&at)).map(|of| &pooled[of]);
    plan.columns = names
        .into_iter()
        .zip(&profiles)
        .enumerate()
        .map(|(at, (name, profile))| {
            table_column(name, profile, pool(at), hints.get(at), described.label(at))
        })
        .collect();
    for (at, (column, profile)) in plan.columns.iter_mut().zip(&mut profiles).enumerate() {
        let Some(meaning) = described.meaning(at, profile, named(&said(column))) else { continue };
        column.mean(meaning, profile);
    }
    plan.columns.iter_mut().for_each(not_nps);
    if plan.encoding == Encoding::Windows1252 {
        plan.notes.push("Some bytes are not UTF-8, so the file is read as Windows-1252. If letters look wrong, choose UTF-8.".into());
    }
    if plan.header_rows > 0
        && plan.tool == Tool::Csv
        && !own
        && rows.last().is_some_and(|row| looks_like_data(row, &profiles))
    {
        plan.notes.push("Row 1 looks like a response. It is read as the names of the columns and is not counted; if it is one, put a row of names before it.".into());
    }
    if below.is_empty() {
        plan.notes.push(match whole {
            true => "Below the header there is no row.".into(),
            false => format!("Its first rows are longer than {} KiB, so its columns cannot be told. Write a plan, or leave columns out.", HEAD >> 10),
        });
    }
    if matches!(plan.encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        plan.notes.push("It is written in UTF-16.".into());
    }
    if own {
        plan.tool = Tool::CandorCsv;
        plan.columns.iter_mut().for_each(|column| column.holds = Holds::Nothing);
        recognise_own_table(plan, &profiles);
        return;
    }
    if plan.tool == Tool::LimeSurvey {
        mean_codes(plan, &families, &pooled);
    }
    let part = |at: usize| hints.get(at).map_or(Part::Answer, |hint| hint.part);
    let answer = |at: usize| matches!(part(at), Part::Answer | Part::Written);
    choose_time(plan, &profiles, |at| match part(at) {
        Part::Time(rank) => Some(rank),
        Part::Answer | Part::Written | Part::Field => Some(0),
        Part::Kept => None,
    });
    choose_score(plan, &profiles, |at, _| answer(at));
    let score = plan.columns.iter().find(|column| column.role == Role::Score);
    plan.scale_guessed = !whole
        && score.is_some_and(|score| score.values.is_empty() && ranges::in_name(&said(score)).is_none());
    choose_text(plan, &profiles, |at, _| match part(at) {
        Part::Written => Some(40),
        Part::Answer => Some(0),
        Part::Time(_) | Part::Field | Part::Kept => None,
    });
    choose_unit(plan, &profiles, |at| answer(at) || part(at) == Part::Field);
    let asked = |at: usize| part(at) == Part::Answer;
    choose_items(plan, &profiles, &families, asked);
    choose_single_items(plan, &profiles, asked);
    if whole && plan.tool != Tool::PostHog {
        leave_out_totals(plan, &below);
    }
    if plan.columns.iter().all(|column| column.role != Role::Score) {
        plan.notes.push(
            "No column looks like ratings in whole numbers. Choose the score column and its scale.".into(),
        );
    }
}

/// Takes a scale from 0 to 10 for no NPS where the name says that it asks for something else than to recommend.
pub(crate) fn not_nps(column: &mut PlanColumn) {
    let said = said(column);
    let other = name_points(&said, OTHER_QUESTIONS) > 0 && name_points(&said, NPS_NAMES) == 0;
    if let Some(scale) = column.scale.as_mut().filter(|scale| scale.nps && other) {
        scale.nps = false;
    }
}

/// Whether a table begins with a response: each cell of its first row is like those below it, and at least two of them, or all,
/// are numbers or dates there.
fn headless(rows: &[Vec<String>]) -> bool {
    let Some((first, below)) = rows.split_first().filter(|(_, below)| below.len() > 4) else { return false };
    let mut profiles = vec![Profile::default(); first.len()];
    for row in below.iter().take(1000).filter(|row| row.len() == first.len()) {
        profiles.iter_mut().zip(row).for_each(|(profile, cell)| profile.add(cell));
    }
    let (mut alike, mut filled) = (0, 0);
    for (cell, profile) in first.iter().zip(&profiles) {
        let cell = cell.trim();
        if cell.is_empty() || profile.n == 0 {
            continue;
        }
        filled += 1;
        let is_date = [DateOrder::DayFirst, DateOrder::MonthFirst]
            .iter()
            .any(|&order| crate::date::parse(cell, order).is_some());
        let number = cell.replacen(',', ".", 1).parse::<f64>().is_ok();
        let met = profile.values.contains_key(cell);
        if profile.share(profile.dates) > 0.9 && profile.share(profile.numbers) <= 0.9 {
            alike += if is_date { 1 } else { return false };
        } else if profile.share(profile.numbers) > 0.9 {
            // Years and numbers of questions may stand above numbers.
            alike += if number && (met || profile.distinct() > 12) { 1 } else { return false };
        } else if !met && 2 * profile.distinct() <= profile.n as usize && profile.n > 20 {
            // A word that is none of the few below it.
            return false;
        }
    }
    alike >= 2 || alike > 0 && alike == filled
}

/// Whether the row of names holds values like those below it: dates above dates, points above points, or what is met below.
fn looks_like_data(names: &[String], profiles: &[Profile]) -> bool {
    let mut alike = names.iter().zip(profiles).filter(|(name, profile)| {
        let [day, month] =
            [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| crate::date::parse(name, order));
        let dates = (day.is_some() || month.is_some()) && profile.share(profile.dates) > 0.9;
        let points = profile.values.contains_key(name.trim()) && profile.share(profile.whole) > 0.9;
        dates || points
    });
    alike.next().is_some()
}

/// Says which rows are trials of the survey. A file of nothing else is read: whoever opens it means them.
fn leave_out_tests(plan: &mut Plan, names: &[String], profiles: &[Profile]) {
    let Some(tests) = &plan.tests else { return };
    let Some(at) = names.iter().position(|name| *name == tests.column) else { return };
    let (met, others): (Vec<&String>, Vec<&String>) =
        profiles[at].values.keys().partition(|value| tests.values.contains(value));
    if met.is_empty() {
        return;
    }
    let said: Vec<&str> = met.iter().map(|value| value.as_str()).collect();
    let said = format!("By the column {} ({}),", tests.column, said.join(", "));
    plan.notes.push(match others.is_empty() {
        true => format!("{said} all of the first rows are trials of the survey. They are read as responses."),
        false => format!("{said} some rows are trials of the survey. They are counted and left out."),
    });
    if others.is_empty() {
        plan.tests = None;
    }
}

/// What a row says in its first cell that sums up those above it, folded.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "sum",
    "average",
    "avg",
    "mean",
    "overall average",
    "gesamt",
    "gesamtsumme",
    "gesamtergebnis",
    "summe",
    "durchschnitt",
    "mittelwert",
    "total général",
    "total general",
    "moyenne",
    "somme",
    "promedio",
    "suma",
    "media",
    "totale",
    "média",
    "totaal",
    "gemiddelde",
];

/// Says which rows at the end of a table are no responses: a last one that sums up the others, or what a report writes below them.
fn leave_out_totals(plan: &mut Plan, below: &[Vec<String>]) {
    let cell = |row: &Vec<String>, at: usize| row.get(at).map_or("", |cell| cell.trim()).to_owned();
    let filled = |row: &Vec<String>| (0..plan.columns.len()).filter(|&at| !cell(row, at).is_empty()).count();
    let first = |row: &Vec<String>| (0..plan.columns.len()).find(|&at| !cell(row, at).is_empty());
    // A footer may say in the column of the time how many rows there were.
    let is_value = |column: &PlanColumn, cell: &str| {
        let is_time =
            || crate::date::parse(cell, plan.date_order).or_else(|| crate::date::stamp(cell)).is_some();
        if column.role == Role::Time { is_time() } else { !cell.is_empty() }
    };
    let given = |row: &Vec<String>| {
        let part = |role: Role| matches!(role, Role::Score | Role::Time | Role::Item | Role::Text);
        plan.columns
            .iter()
            .enumerate()
            .any(|(at, column)| part(column.role) && is_value(column, &cell(row, at)))
    };
    // Nobody answers without a time and a score where all others have both.
    let timed = plan.columns.iter().position(|column| column.role == Role::Time);
    let is_footer =
        |row: &&Vec<String>| !given(row) && filled(row) <= 2 && 2 * filled(row) <= plan.columns.len();
    let footers = below.iter().rev().take(20).take_while(is_footer).count();
    let (above, footer) = below.split_at(below.len() - footers);
    let said: Vec<(usize, String)> =
        footer.iter().filter_map(|row| first(row).map(|at| (at, cell(row, at)))).collect();
    let complete = timed.is_some_and(|time| above.iter().all(|row| !cell(row, time).is_empty()));
    if let (Some((at, value)), true) = (said.first(), complete && above.len() > 4)
        && said.iter().all(|other| other.0 == *at)
        && !above.iter().any(|row| said.iter().any(|(_, value)| cell(row, *at) == *value))
    {
        let column = plan.columns[*at].name.clone();
        let rows = if said.len() == 1 {
            "The last row has".into()
        } else {
            format!("The last {} rows have", said.len())
        };
        plan.notes.push(format!(
            "{rows} nothing but \u{201c}{}\u{201d} or the like in {column}, neither a score nor a time, so that they are taken for a footer and left out.",
            shorten(value)
        ));
        let mut also: Vec<String> = said[1..].iter().map(|(_, value)| value.clone()).collect();
        also.retain(|other| other != value);
        also.dedup();
        let value = value.clone();
        plan.totals = Some(TotalRows { column, value, also });
        return;
    }
    leave_out_sum(plan, below);
}

/// Says whether the last row of a table sums up the others: its first cell that is not empty says so, as no other row does there, and
/// most columns have nothing in it, the time and the comment among them.
fn leave_out_sum(plan: &mut Plan, below: &[Vec<String>]) {
    let Some((last, above)) = below.split_last().filter(|(_, above)| above.len() > 1) else { return };
    let cell = |row: &Vec<String>, at: usize| row.get(at).map_or("", |cell| cell.trim()).to_owned();
    let Some(at) = (0..plan.columns.len()).find(|&at| !cell(last, at).is_empty()) else { return };
    let said = cell(last, at);
    let word = labels::folded(&said);
    let filled = (0..plan.columns.len()).filter(|&at| !cell(last, at).is_empty()).count();
    let answers = |role: Role| matches!(role, Role::Score | Role::Item | Role::Time | Role::Text);
    let given = |(at, column): (usize, &PlanColumn)| {
        matches!(column.role, Role::Time | Role::Text) && !cell(last, at).is_empty()
    };
    if !TOTALS.contains(&word.trim_end_matches(':').trim_end())
        || answers(plan.columns[at].role)
        || 2 * filled > plan.columns.len()
        || plan.columns.iter().enumerate().any(given)
        || above.iter().any(|row| cell(row, at) == said)
    {
        return;
    }
    let column = plan.columns[at].name.clone();
    plan.notes.push(format!(
        "The last row says \u{201c}{}\u{201d} in {column} and little else, so it is taken for a sum of the others and left out.",
        shorten(&said)
    ));
    plan.totals = Some(TotalRows { column, value: said, also: Vec::new() });
}

/// LimeSurvey's codes of answers, `A1` to `A5` or `AO01` to `AO05`, where all cells of a question with several columns have them: they
/// are read as points by their numbers.
fn mean_codes(plan: &mut Plan, families: &[Vec<usize>], pooled: &[Profile]) {
    for (family, pool) in families.iter().zip(pooled) {
        let known: BTreeMap<&str, u8> =
            sort::map(pool.values.keys().filter_map(|cell| Some((cell.as_str(), answer_code(cell)?))));
        // All of them are codes.
        if known.len() != pool.values.len() || known.len() <= 2 {
            continue;
        }
        let (Some((first, _)), Some(&high)) = (known.first_key_value(), known.values().max()) else {
            continue;
        };
        if !(3..=11).contains(&high) || known.values().any(|&point| point == 0) {
            continue;
        }
        // A point that the head does not have may come later.
        let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = first.len() - stem.len();
        let points = (1..=high).map(|point| (format!("{stem}{point:0digits$}"), Some(point)));
        let known = known.iter().map(|(cell, point)| ((*cell).to_owned(), Some(*point)));
        let values: BTreeMap<String, Option<u8>> = sort::map(points.chain(known));
        for &at in family {
            let column = &mut plan.columns[at];
            column.scale = Some(Scale { low: 1, high, nps: false });
            column.values.clone_from(&values);
            column.holds = Holds::Ratings;
            column.reason = format!(
                "LimeSurvey's codes of answers, read as points from 1 to {high} by their numbers. Only the survey knows whether {first} is the lowest; if it is the highest, turn the points round."
            );
        }
    }
}

/// The number of a code such as `A3` or `AO03`.
fn answer_code(cell: &str) -> Option<u8> {
    let number = cell.strip_prefix('A')?;
    let number = number.strip_prefix('O').unwrap_or(number);
    let digits = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| digits)
}

/// The most rows that may stand above the first response.
pub(crate) const MOST_HEADER_ROWS: u32 = 20;

/// The rows before the names of the columns: what a spreadsheet is told about the delimiter (`sep=;`), and a title
/// alone in its row.
fn titles(rows: &[Vec<String>]) -> usize {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let first = |row: &Vec<String>| row.first().map_or("", |cell| cell.trim()).to_lowercase();
    let is_sep = |row: &Vec<String>| first(row).starts_with("sep=") && filled(row) <= 2;
    let stands = |before: &usize| {
        let Some((titles, rows)) = rows.split_at_checked(*before) else { return false };
        let (Some(last), Some(names)) = (titles.last(), rows.first()) else { return false };
        let alone = |row: &Vec<String>| filled(row) == 1;
        let said =
            titles.iter().take(1).all(|row| is_sep(row) || alone(row)) && titles.iter().skip(1).all(alone);
        // Prose, too, has a comma in some line.
        let alike = rows.iter().filter(|row| row.len() == names.len()).count();
        let named = filled(names) > 2 || names.len() > 1 && (last.len() == 1 || is_sep(last));
        said && named && 2 * alike > rows.len()
    };
    [2, 1].into_iter().find(stands).or_else(|| above_names(rows)).unwrap_or(0)
}

/// The rows above the names where a report stands over its table, or a row that spans the names below it: each of them has fewer cells
/// filled than the names, which are words, none twice, and stand above columns of numbers or dates.
fn above_names(rows: &[Vec<String>]) -> Option<usize> {
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let is_date = |cell: &str| {
        [DateOrder::DayFirst, DateOrder::MonthFirst]
            .iter()
            .any(|&order| crate::date::parse(cell, order).is_some())
    };
    let counts = |cell: &str| cell.replacen(',', ".", 1).parse::<f64>().is_ok() || is_date(cell);
    (1..rows.len().min(MOST_HEADER_ROWS as usize)).find(|&before| {
        let (above, rows) = rows.split_at(before);
        let Some((names, below)) = rows.split_first().filter(|(_, below)| below.len() > 1) else {
            return false;
        };
        let width = filled(names);
        let mut said: Vec<&str> =
            names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
        let words = said.iter().all(|name| !counts(name) && name.chars().any(char::is_alphabetic));
        sort::ascending(&mut said);
        said.dedup();
        let fewer = above.iter().all(|row| filled(row) < width)
            && above.first().is_some_and(|row| 2 * filled(row) <= width);
        if width < 3 || said.len() < width || !words || !fewer {
            return false;
        }
        // Responses fill more cells than titles do, and some column holds numbers or dates.
        let body = &below[..below.len().min(50)];
        let alike = body.iter().filter(|row| row.len() == names.len() && 2 * filled(row) > width).count();
        let counted = (0..names.len()).any(|at| {
            let cells = || {
                body.iter()
                    .filter_map(|row| row.get(at))
                    .map(|cell| cell.trim())
                    .filter(|cell| !cell.is_empty())
            };
            let all = cells().count();
            all > 1 && cells().filter(|cell| counts(cell)).count() * 10 >= all * 9
        });
        2 * alike > body.len() && counted
    })
}

/// The answers of one question that has several columns, as a matrix has: they share what stands before the first bracket, or
/// before the number at the end. Only tools that are known name columns so.
fn families(names: &[String], hints: &[Hint]) -> Vec<Vec<usize>> {
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        if !hints.get(at).is_some_and(|hint| hint.part == Part::Answer) {
            continue;
        }
        // `How satisfied? [Service]`, and with LimeSurvey's codes `Q1[SQ001]. How satisfied? [Service]`.
        let bracket = name.strip_suffix(']').and_then(|name| name.split_once('['));
        let number =
            || name.rsplit_once('_').filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let dash = || name.rsplit_once(" - ").filter(|(question, _)| question.contains(". "));
        if let Some((stem, _)) = bracket.or_else(number).or_else(dash) {
            families.entry(stem).or_default().push(at);
        }
    }
    families.into_values().filter(|family| family.len() > 1).collect()
}

/// In the export of a survey tool, several answers on one scale are ratings: the rows of a matrix, questions with the same
/// labels, and, where the tool writes choices as words, whole numbers on a usual scale.
fn choose_items(plan: &mut Plan, profiles: &[Profile], families: &[Vec<usize>], may: impl Fn(usize) -> bool) {
    let words = !matches!(plan.tool, Tool::Qualtrics | Tool::LimeSurvey);
    let usual = |scale: Scale| matches!((scale.low, scale.high), (0, 10) | (1, 5 | 7 | 10));
    let fit = |at: usize, column: &PlanColumn| {
        let named = |names| name_points(&said(column), names) > 0;
        let part = matches!(column.role, Role::Ignore | Role::Score) && may(at);
        let other = named(RANK_NAMES) || is_amount(column) || is_key(&column.name);
        let other = other || labels::are_groups(&column.values);
        column.scale.filter(|scale| part && scale.high > 1 && !other && profiles[at].n > 0)
    };
    // A column that says the score once more drives nothing.
    let again = said_again(plan, profiles);
    let mut groups: Vec<Vec<usize>> = families.to_vec();
    // The ends of a scale, and the labels of its points.
    type Points = (u8, u8, Vec<(String, u8)>);
    let mut alike: BTreeMap<Points, Vec<usize>> = BTreeMap::new();
    for (at, column) in plan.columns.iter().enumerate() {
        let Some(scale) = fit(at, column) else { continue };
        let chosen = name_points(&said(column), CHOICE_NAMES) > 0;
        if column.values.values().all(Option::is_none)
            && (!words || !usual(scale) || chosen || profiles[at].distinct() < 3)
        {
            continue;
        }
        // By their points, as the same label may be spelled in several ways; those that carry numbers are told by their scale.
        let labels = column.values.iter().filter(|(label, _)| labels::number_in(label).is_none());
        let labels = labels.filter_map(|(label, point)| Some((labels::folded(label), (*point)?))).collect();
        alike.entry((scale.low, scale.high, labels)).or_default().push(at);
    }
    groups.extend(alike.into_values());
    for group in groups {
        let ratings: Vec<usize> =
            group.iter().copied().filter(|&at| fit(at, &plan.columns[at]).is_some()).collect();
        let scale = |at: usize| plan.columns[at].scale.map(|scale| (scale.low, scale.high));
        let one = ratings.windows(2).all(|pair| scale(pair[0]) == scale(pair[1]));
        // What was ticked holds one value in each column; of bare numbers, one or two are a choice, and large ones are amounts.
        let varied = ratings.iter().filter(|&&at| profiles[at].distinct() > 1).count();
        let labelled = ratings.iter().any(|&at| plan.columns[at].values.values().any(Option::is_some));
        let pooled = Profile::pooled(ratings.iter().map(|&at| &profiles[at]));
        let rated = labelled
            || pooled.distinct() > 2 && ratings.iter().all(|&at| scale(at).is_some_and(|s| s.1 <= 10));
        if ratings.len() < 2 || !one || 2 * varied < ratings.len() || !rated {
            continue;
        }
        // Where no tool says that these are answers, their names do, or so many on one scale.
        let called = |at: &usize| {
            let column = &plan.columns[*at];
            column.role == Role::Score || named(&said(column)) != Named::Not
        };
        let labelled_all = ratings.iter().all(|&at| plan.columns[at].values.values().any(Option::is_some));
        if plan.tool == Tool::Csv && ratings.len() < 3 && !labelled_all && !ratings.iter().all(called) {
            continue;
        }
        for &at in &ratings {
            if again.contains(&at) {
                continue;
            }
            let column = &mut plan.columns[at];
            if column.role == Role::Ignore {
                column.role = Role::Item;
                column.reason.push_str(&format!(" {} questions are rated on this scale.", ratings.len()));
            }
        }
    }
}

/// The columns whose points are met as often as those of the score, each of them: the score in other words.
fn said_again(plan: &Plan, profiles: &[Profile]) -> Vec<usize> {
    let points = |at: usize| {
        let mut points: BTreeMap<u8, u32> = BTreeMap::new();
        for (value, count) in &profiles[at].values {
            let point = plan.columns[at].values.get(value).copied().unwrap_or_else(|| rating(value));
            point.into_iter().for_each(|point| *points.entry(point).or_default() += count);
        }
        points
    };
    let Some(score) = plan.columns.iter().position(|column| column.role == Role::Score) else {
        return Vec::new();
    };
    let (of_score, rated) = (points(score), |at: &usize| *at != score && plan.columns[*at].scale.is_some());
    (0..plan.columns.len()).filter(rated).filter(|&at| profiles[at].n > 9 && points(at) == of_score).collect()
}

/// Takes a column that is a rating by its name, or whose labels are words of a known scale, though no other is on its scale.
fn choose_single_items(plan: &mut Plan, profiles: &[Profile], may: impl Fn(usize) -> bool) {
    let repeated = said_again(plan, profiles);
    for (at, profile) in profiles.iter().enumerate().take(plan.columns.len()) {
        let column = &plan.columns[at];
        let again = repeated.contains(&at);
        let called = name_points(&said(column), NPS_NAMES).max(name_points(&said(column), SCORE_NAMES)) > 0;
        // “1 - Leeds” carries a number and is a name; a bare number has a label where the file itself says so.
        let worded = column.values.iter().any(|(label, point)| {
            point.is_some() && (rating(label).is_some() || labels::number_in(label).is_none())
        });
        let usual = |scale: &Scale| {
            matches!((scale.low, scale.high), (0, 5 | 10) | (1, 3..=7 | 10)) && profile.distinct() > 2
        };
        let other = [RANK_NAMES, CHOICE_NAMES].iter().any(|names| name_points(&said(column), names) > 0)
            || is_amount(column)
            || is_key(&column.name)
            || labels::are_groups(&column.values);
        if column.role != Role::Ignore || !may(at) || again || other || !(called || worded) {
            continue;
        }
        if column.scale.filter(usual).is_some() {
            let why = if called {
                "The name says that it is a rating."
            } else {
                "Its labels are points of a scale."
            };
            let column = &mut plan.columns[at];
            column.role = Role::Item;
            column.reason.push_str(&format!(" {why}"));
        }
    }
}

/// Whether a column that is not called a rating is called like a count, a part of the calendar or what respondents are.
fn is_amount(column: &PlanColumn) -> bool {
    let said = said(column);
    // What is answered in words of a scale is no amount, whatever it is about.
    if column.values.iter().any(|(label, point)| point.is_some() && labels::number_in(label).is_none()) {
        return false;
    }
    let amount = [COUNT_NAMES, AMOUNT_NAMES].iter().any(|names| name_points(&said, names) > 0);
    let person = name_points(&said, RESPONDENT_NAMES) == 2;
    (amount || person) && named(&said) == Named::Not
}

/// A column of a table by what it holds and what the tool says of it. `pool` is what all columns of its question hold.
fn table_column(
    name: String,
    profile: &Profile,
    pool: Option<&Profile>,
    hint: Option<&Hint>,
    label: Option<&str>,
) -> PlanColumn {
    let text = hint.and_then(|hint| hint.text.clone()).or_else(|| label.map(str::to_owned));
    let text = text.filter(|text| *text != name);
    let mut column = PlanColumn {
        reason: plain_reason(profile),
        role: Role::Ignore,
        examples: examples(profile),
        scale: None,
        values: BTreeMap::new(),
        words: BTreeMap::new(),
        holds: Holds::Nothing,
        name,
        text,
    };
    let named = named(&said(&column));
    if hint.is_some_and(|hint| matches!(hint.part, Part::Kept | Part::Time(_))) {
        // No answer, so it has no scale.
    } else if let Some(labels) =
        pool.and_then(|pool| labels::read(pool, named)).or_else(|| labels::read(profile, named))
    {
        column.scale = Some(labels.scale);
        column.reason = label_reason(&labels);
        column.values = labels.values;
    } else {
        column.scale = pool.and_then(|pool| pool.scale(named)).or_else(|| profile.scale(named));
    }
    let kept = hint.is_some_and(|hint| matches!(hint.part, Part::Kept | Part::Time(_)));
    if let Some(range) = ranges::in_name(&said(&column)).filter(|_| !kept) {
        column.runs(range, profile, named);
    }
    if named == Named::Not && column.values.is_empty() && is_key(&column.name) {
        column.scale = None;
    }
    if hint.is_none_or(|hint| hint.part != Part::Kept) {
        column.holds = holds(profile, column.scale);
    }
    if let Some(hint) = hint.filter(|hint| !hint.reason.is_empty()) {
        column.reason.clone_from(&hint.reason);
    }
    if let Some(text) = &column.text {
        column.reason = format!("\u{201c}{}\u{201d}: {}", shorten(text), lower_first(&column.reason));
    }
    column
}

/// Whether a column is called like what tells rows apart: `id`, `Ticket ID`, `No.`, `#`.
fn is_key(name: &str) -> bool {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let short = words.len() <= 3 && !name.contains('?');
    name.trim() == "#" || short && words.last().is_some_and(|last| name_points(last, KEY_NAMES) == 2)
}

impl PlanColumn {
    /// Takes the scale that the header states, where the points fit.
    fn runs(&mut self, range: Range, profile: &Profile, named: Named) {
        let points: Vec<(u8, u32)> = profile
            .values
            .iter()
            .filter_map(|(value, count)| {
                let point = self.values.get(value).copied().unwrap_or_else(|| rating(value))?;
                Some((point, *count))
            })
            .collect();
        let met: u32 = points.iter().map(|point| point.1).sum();
        let least = points.iter().map(|point| point.0).min();
        let low = range.low.unwrap_or(if named == Named::Nps || least == Some(0) { 0 } else { 1 });
        let fitting = points.iter().filter(|(point, _)| (low..=range.high).contains(point));
        let fitting: u32 = fitting.map(|point| point.1).sum();
        let stretched = self.values.values().flatten().any(|point| !(low..=range.high).contains(point));
        if met == 0 || stretched || fitting * 100 < met * 98 || 2 * met < profile.n {
            return;
        }
        // A scale of words and one that was turned have their own points.
        let bare = self.values.values().all(Option::is_none);
        let scale = Scale { low, high: range.high, nps: (low, range.high) == (0, 10) };
        if range.falls && bare {
            let labels = labels::reversed(scale);
            self.reason = label_reason(&labels);
            self.values.extend(labels.values);
            self.scale = Some(Scale { nps: false, ..scale });
        } else if bare || self.values.keys().any(|label| labels::number_in(label).is_some()) && !range.falls {
            self.scale = Some(scale);
        }
    }

    /// Takes what the file says of its values.
    fn mean(&mut self, meaning: Meaning, profile: &mut Profile) {
        match meaning {
            Meaning::Points(values) => {
                // What is no answer stretches no scale.
                let mut answers = Profile::default();
                for (value, &count) in &profile.values {
                    let point = values.get(value).copied().unwrap_or_else(|| rating(value));
                    let point = point.map(|point| point.to_string());
                    (0..count).filter_map(|_| point.as_deref()).for_each(|point| answers.add(point));
                }
                // A point that the head does not have may come later.
                values.values().flatten().for_each(|point| answers.add(&point.to_string()));
                self.scale = answers.scale(named(&said(self)));
                if !values.is_empty() && self.scale.is_some() {
                    let none = values.values().filter(|point| point.is_none()).count();
                    self.reason = match none {
                        0 => "The labels in the file say which point each value stands for.".into(),
                        1 => "By the labels in the file, 1 of its values is no answer.".into(),
                        n => format!("By the labels in the file, {n} of its values are no answers."),
                    };
                }
                self.values = values;
                self.holds = holds(&answers, self.scale);
            }
            Meaning::Words(words) => {
                let mut labelled = Profile::default();
                for (value, &count) in &profile.values {
                    (0..count).for_each(|_| labelled.add(words.get(value).unwrap_or(value)));
                }
                *profile = labelled;
                self.examples = examples(profile);
                self.reason = format!("Codes for {} words that the file lists.", words.len());
                (self.scale, self.words, self.holds) = (None, words, Holds::Words);
            }
        }
    }
}

/// How the values of a column are kept. A later value of another kind is kept too, beside the others.
fn holds(profile: &Profile, scale: Option<Scale>) -> Holds {
    let nearly_all = |count: u32| count * 100 >= profile.n * 98;
    if profile.n == 0 {
        Holds::Words
    } else if scale.is_some() {
        Holds::Ratings
    } else if nearly_all(profile.dates) {
        Holds::Times
    } else if nearly_all(profile.numbers) {
        Holds::Numbers
    } else if profile.distinct() * 2 <= profile.n as usize || profile.distinct() <= 1 {
        Holds::Words
    } else {
        Holds::Texts
    }
}

fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn label_reason(labels: &Labels) -> String {
    let points = labels.values.values().flatten().count();
    if points == 0 {
        let none: Vec<String> =
            labels.values.keys().map(|label| format!("\u{201c}{}\u{201d}", shorten(label))).collect();
        let are = if none.len() == 1 { "is no answer" } else { "are no answers" };
        let Scale { low, high, .. } = labels.scale;
        return format!("Whole numbers from {low} to {high}; {} {are}.", none.join(", "));
    }
    let Scale { low, high, .. } = labels.scale;
    let how = match labels.how {
        How::Numbered => "carry their numbers",
        How::Words => "are words of a known scale",
        How::Ends => {
            return format!(
                "The ends of its scale are words and the points between are numbers: from {low} to {high}."
            );
        }
        How::Reversed => {
            return format!(
                "Its lowest number is the best, so the points are counted from the other end: {low} stands for {high}, and {high} for {low}."
            );
        }
        How::Signed => {
            let far = high / 2;
            return format!(
                "Its points run from \u{2212}{far} to +{far}; they are counted as {low} to {high}."
            );
        }
        How::Halves => {
            return format!(
                "It has half points, which are counted twice: 4.5 is 9, and the scale runs from {low} to {high}."
            );
        }
        How::Groups => {
            return "The groups of NPS, so that NPS is exact. The ratings in them are not known: 3 stands for a detractor, 8 for a passive, 10 for a promoter."
                .into();
        }
        How::Flags => return "Yes counts as 1 and no as 0, so that the mean is the share of yes.".into(),
    };
    format!("Its labels {how}: {points} of them stand for points from {low} to {high}.")
}

/// What a column is called, the question as it was asked included.
fn said(column: &PlanColumn) -> String {
    match &column.text {
        Some(text) => format!("{} {text}", column.name),
        None => column.name.clone(),
    }
}

fn recognise_own_table(plan: &mut Plan, profiles: &[Profile]) {
    for column in &mut plan.columns {
        column.reason = match column.name.split_once('.') {
            Some(("answer", _)) => "Answers to a question.",
            Some(("attribute", _)) => "What the page said about the visit.",
            _ => "Read by Candor itself.",
        }
        .into();
        if !column.name.starts_with("answer.") {
            column.scale = None;
        }
        if column.name == "received" {
            column.role = Role::Time;
            column.reason = "The collector's clock.".into();
        }
    }
    let survey = plan.columns.iter().position(|column| column.name == "survey").map(|at| &profiles[at]);
    if let Some(survey) = survey {
        let most = survey.values.values().max();
        plan.survey = survey.values.iter().find(|&(_, n)| Some(n) == most).map(|(id, _)| id.clone());
        if survey.values.len() > 1 {
            let ids: Vec<_> = survey.values.keys().map(String::as_str).collect();
            let chosen = plan.survey.clone().unwrap_or_default();
            plan.notes.push(format!(
                "This export holds {} surveys: {}. Read is {chosen}.",
                ids.len(),
                ids.join(", ")
            ));
        }
    }
    choose_score(plan, profiles, |_, column| column.name.starts_with("answer."));
    choose_text(plan, profiles, |_, column| if column.name.starts_with("answer.") { Some(0) } else { None });
    let best = plan
        .columns
        .iter()
        .zip(profiles)
        .enumerate()
        .filter_map(|(at, (column, profile))| {
            Some((unit_points(column.name.strip_prefix("attribute.")?, profile)?, at))
        })
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
    if let Some((_, at)) = best {
        plan.columns[at].role = Role::Unit;
        plan.columns[at].reason = unit_reason(&profiles[at]);
    }
}

/// The rows of a head, decoded; the one that the head cuts off is left out.
fn rows(head: &[u8], delimiter: u8, whole: bool, encoding: Encoding) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut sink = |_, line: Line<'_>| {
        if let Line::Cells(cells) = line {
            rows.push(cells.iter().map(|cell| encoding::decode(&cell, encoding).0.into_owned()).collect());
        }
    };
    let mut table = Table::new(delimiter);
    table.push(head, &mut sink);
    if whole {
        table.finish(&mut sink);
    }
    rows
}

pub(crate) type Names<'a> = &'a [&'a str];

const NPS_NAMES: Names = &[
    "nps",
    "recommend",
    "promoter",
    "empfehl",
    "weiterempfehl",
    "recomend",
    "recommand",
    "recomiend",
    "consigli",
    "raccomand",
    "aanbeve",
    "anbefal",
    "rekommend",
    "polec",
];
const SCORE_NAMES: Names = &[
    "score",
    "rating",
    "rate",
    "stars",
    "csat",
    "ces",
    "satisfaction",
    "satisfied",
    "happy",
    "overall",
    "bewertung",
    "bewerten",
    "beurteil",
    "valora",
    "avalia",
    "evaluez",
    "beoordeel",
    "zufrieden",
    "gesamtnote",
    "gesamteindruck",
    "schulnote",
    "note",
    "notez",
    "punkt",
    "calificacion",
    "puntuacion",
    "valoracion",
    "satisfaccion",
    "satisfecho",
    "satisfait",
    "satisfacao",
    "satisfeito",
    "avaliacao",
    "nota",
    "soddisfazione",
    "soddisfatt",
    "valutazione",
    "voto",
    "cijfer",
    "tevreden",
    "beoordeling",
    "ocena",
    "betyg",
    "grade",
];
const PERSON_NAMES: Names = &[
    "agent",
    "employee",
    "advisor",
    "adviser",
    "rep",
    "staff",
    "operator",
    "cashier",
    "seller",
    "mitarbeiter",
    "instructor",
    "technician",
    "consultant",
    "assignee",
    "assigned",
    "owner",
    "trainer",
    "coach",
    "teacher",
    "lecturer",
    "doctor",
    "therapist",
    "waiter",
    "waitress",
    "driver",
    "salesperson",
    "ansprechpartner",
    "kassierer",
    "caissier",
    "dipendente",
    "operatore",
    "agente",
    "atendente",
    "closed by",
    "handled by",
    "served by",
    "solved by",
    "teammate",
    "sachbearbeiter",
    "berater",
    "kundenbetreuer",
    "betreuer",
    "verkaufer",
    "vendeur",
    "conseiller",
    "vendedor",
    "asesor",
    "venditore",
    "consulente",
    "medewerker",
];
const UNIT_NAMES: Names = &[
    "store",
    "team",
    "branch",
    "unit",
    "shop",
    "location",
    "site",
    "outlet",
    "dealer",
    "office",
    "restaurant",
    "hotel",
    "department",
    "region",
    "area",
    "filiale",
    "tienda",
    "magasin",
    "negozio",
    "winkel",
    "airport",
    "clinic",
    "franchise",
    "standort",
    "abteilung",
    "filialnummer",
    "sucursal",
    "departamento",
    "agence",
    "vestiging",
    "afdeling",
    "sede",
    "reparto",
    "loja",
    "boutique",
    "succursale",
    "filial",
    "punto vendita",
    "centre",
    "center",
    "facility",
    "hospital",
    "property",
    "dealership",
    "touchpoint",
    "equipo",
    "equipe",
];
const TIME_NAMES: Names = &[
    "submit",
    "end",
    "complet",
    "record",
    "time",
    "date",
    "created",
    "received",
    "ts",
    "datum",
    "fecha",
    "datetime",
    "zeit",
    "horodateur",
];
/// Names of the moment of answering, which count before all other times.
const ANSWER_TIME_NAMES: Names = &[
    "submitted",
    "submission",
    "responded",
    "response",
    "answered",
    "finished",
    "completed",
    "taken",
    "rated",
    "abgeschickt",
    "beantwortet",
    "abgeschlossen",
    "fertigstellung",
    "reponse",
    "respuesta",
    "respondida",
    "resposta",
    "risposta",
];
/// Names of times before that of the answer, or after it.
const OTHER_TIME_NAMES: Names = &[
    "sent",
    "invited",
    "opened",
    "order",
    "ordered",
    "purchase",
    "purchased",
    "birth",
    "birthday",
    "start",
    "started",
    "begin",
    "modified",
    "eingeladen",
    "startzeit",
    "begonnen",
    "kauf",
    "kaufdatum",
    "geburt",
    "geburtsdatum",
    "compra",
    "achat",
    "naissance",
    "nacimiento",
    "acquisto",
    "nascita",
];
/// Words in the names of times by which a program writes the day before the month.
const DAY_FIRST_NAMES: Names = &[
    "horodateur",
    "heure",
    "marca temporal",
    "fecha",
    "hora",
    "carimbo",
    "informazioni cronologiche",
    "zeitstempel",
    "datum",
    "zeit",
    "tijdstempel",
];
const TEXT_NAMES: Names = &[
    "comment",
    "feedback",
    "why",
    "reason",
    "text",
    "remark",
    "verbatim",
    "review",
    "open",
    "content",
    "kommentar",
    "comentario",
    "commentaire",
    "opmerking",
    "improve",
    "suggest",
];
/// Names of questions whose answers are no amounts, even where they are numbered.
const CHOICE_NAMES: Names = &["favorite", "favourite", "which", "select", "choose", "gender", "choice"];
/// Names of columns that hold places in an order.
const RANK_NAMES: Names = &["rank", "ranking", "order"];
/// Names of columns that count something.
const AMOUNT_NAMES: Names = &[
    "many", "number", "old", "age", "years", "anzahl", "viele", "alter", "combien", "cuántos", "cuántas",
    "quanti", "hoeveel",
];
/// Names of columns that count something and may run from 0 to 10 all the same.
const COUNT_NAMES: Names = &[
    "visits", "besuche", "visitas", "visites", "visite", "bezoeken", "minutes", "minuten", "minutos",
    "minuti", "hours", "stunden", "days", "tage", "count", "amount", "quantity", "total", "duration",
    "children", "kinder",
];
/// Questions from 0 to 10 that are not about recommending.
const OTHER_QUESTIONS: Names = &[
    "satisfaction",
    "satisfied",
    "csat",
    "ces",
    "effort",
    "ease",
    "easy",
    "happy",
    "zufrieden",
    "zufriedenheit",
    "aufwand",
    "satisfaccion",
    "satisfecho",
    "esfuerzo",
    "satisfait",
    "satisfaite",
    "effort",
    "satisfacao",
    "satisfeito",
    "soddisfazione",
    "soddisfatto",
    "soddisfatta",
    "tevreden",
    "tevredenheid",
];
/// Names of columns about the calendar and about who answered, whose codes and numbers are no ratings.
const RESPONDENT_NAMES: Names = &[
    "weekday",
    "wochentag",
    "month",
    "monat",
    "mois",
    "mes",
    "mese",
    "maand",
    "day",
    "tag",
    "year",
    "jahr",
    "hour",
    "stunde",
    "quarter",
    "quartal",
    "week",
    "kw",
    "woche",
    "items",
    "orders",
    "purchases",
    "gender",
    "sex",
    "age",
    "geschlecht",
    "sexe",
    "sexo",
    "sesso",
    "geslacht",
    "education",
    "bildung",
    "income",
    "einkommen",
    "region",
    "bundesland",
    "country",
    "land",
    "zip",
    "plz",
    "postcode",
    "household",
    "haushalt",
    "employees",
    "version",
    "wave",
    "welle",
    "batch",
    "floor",
    "room",
    "segment",
    "group",
    "gruppe",
    "altersgruppe",
    "cluster",
    "status",
    "progress",
    "page",
    "row",
    "position",
    "tenure",
    "seniority",
];
/// Names of columns that hold prices, or what was thought of them.
const PRICE_NAMES: Names = &["price", "preis", "prix", "precio", "prezzo", "prijs", "preco"];
/// What a column is called that tells rows apart.
const KEY_NAMES: Names = &["id", "ids", "uuid", "nr", "no", "number", "nummer", "numero"];
/// Words with which questions for a name begin.
const WHICH: Names = &[
    "which", "who", "where", "welche", "welcher", "welches", "welchem", "welchen", "wer", "wo", "quel",
    "quelle", "cual", "quale", "qual", "welk", "welke",
];
/// Names of columns that repeat few values and are no unit: about the visit, or about who answered.
const OTHER_NAMES: Names = &[
    "lang",
    "locale",
    "country",
    "device",
    "browser",
    "channel",
    "status",
    "gender",
    "age",
    "version",
    "type",
    "id",
    "source",
    "title",
    "test",
    "customer",
    "client",
    "kunde",
    "kundin",
    "user",
    "first name",
    "last name",
    "full name",
    "your name",
    "username",
    "firstname",
    "lastname",
    "surname",
    "email",
    "mail",
    "phone",
    "telefon",
    "ip",
    "session",
    "requester",
    "respondent",
    "visitor",
    "contact",
    "nachname",
    "vorname",
    "nombre",
    "apellido",
    "prenom",
    "nom",
    "cognome",
    "sex",
    "sexe",
    "sexo",
    "sesso",
    "geschlecht",
    "alter",
    "altersgruppe",
    "edad",
    "weekday",
    "wochentag",
    "month",
    "monat",
    "day",
    "sentiment",
    "consent",
    "betriebssystem",
    "os",
    "utm",
    "campaign",
    "features",
    "completed",
    "finished",
    "survey",
];
/// Values of which two or three in a column are no names of units.
const NO_UNITS: Names = &[
    "yes",
    "no",
    "y",
    "n",
    "true",
    "false",
    "ja",
    "nein",
    "nee",
    "oui",
    "non",
    "si",
    "sí",
    "sì",
    "sim",
    "não",
    "male",
    "female",
    "männlich",
    "weiblich",
    "divers",
    "homme",
    "femme",
    "hombre",
    "mujer",
    "other",
];

/// Letters without the accents of Western European languages.
fn unaccented(text: &str) -> String {
    let plain = |c| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c => c,
    };
    text.chars().map(plain).collect()
}

/// 2 when a word of the name is one of `names` (or some words, where that has a space), 1 when a word begins so or a long one
/// stands in it, else 0. Accents do not count.
pub(crate) fn name_points(name: &str, names: Names<'_>) -> u32 {
    // "agentId" and "AgentID" are two words too.
    let mut spaced = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.extend(c.to_lowercase());
        before = c;
    }
    let spaced = unaccented(&spaced);
    let words: Vec<&str> = spaced.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let of = |wanted: &&str| {
        let folded;
        let wanted: &str = if wanted.is_ascii() {
            wanted
        } else {
            folded = unaccented(wanted);
            folded.as_str()
        };
        let begins = |word: &&str| wanted.len() >= 4 && word.starts_with(wanted);
        // German writes words together: `Gesamtzufriedenheit`.
        let holds = |word: &&str| wanted.len() >= 7 && word.contains(wanted);
        let phrase = || wanted.split(' ').collect::<Vec<&str>>();
        let stands = match wanted.contains(' ') {
            true => words.windows(phrase().len()).any(|said| said == phrase()),
            false => words.contains(&wanted),
        };
        if stands { 2 } else { u32::from(words.iter().any(|word| begins(word) || holds(word))) }
    };
    names.iter().map(of).max().unwrap_or(0)
}

/// What a name says about the scale of its column.
fn named(name: &str) -> Named {
    if name_points(name, NPS_NAMES) > 0 {
        Named::Nps
    } else if name_points(name, SCORE_NAMES) > 0 {
        Named::Score
    } else {
        Named::Not
    }
}

/// Whether a column is called like the time of an answer.
pub(crate) fn called_like_a_time(name: &str) -> bool {
    name_points(name, TIME_NAMES) > 0
}

/// `known` says how near to the moment of answering a tool's own time is, 0 for other columns; `None` when it is no time.
fn choose_time(plan: &mut Plan, profiles: &[Profile], known: impl Fn(usize) -> Option<u32>) {
    let mut best: Option<(u32, usize)> = None;
    for (at, (column, profile)) in plan.columns.iter_mut().zip(profiles).enumerate() {
        // Bare digits are a time where the name says so.
        let timed = (called_like_a_time(&column.name) || name_points(&column.name, ANSWER_TIME_NAMES) > 0)
            && !is_key(&column.name);
        let stamps = if timed { profile.stamps } else { 0 };
        if profile.n == 0 || profile.share(profile.dates + stamps) < 0.9 {
            continue;
        }
        let Some(near) = known(at) else { continue };
        if near == 0 {
            column.reason = "Dates.".into();
        }
        // The first name that fits counts most: when a response was sent is better than when it was begun.
        let rank = TIME_NAMES.iter().position(|name| name_points(&column.name, &[name]) > 0);
        let filled = (profile.n * 10).checked_div(profile.rows).unwrap_or(0);
        let other = name_points(&column.name, OTHER_TIME_NAMES) == 2;
        let called = if other {
            0
        } else if name_points(&column.name, ANSWER_TIME_NAMES) > 0 {
            60
        } else {
            30 + rank.map_or(0, |rank| 20 - rank as u32)
        };
        let points = filled * 10 + called + near * 1000;
        if best.is_none_or(|(most, _)| points > most) {
            best = Some((points, at));
        }
    }
    let Some((_, at)) = best else { return };
    let profile = &profiles[at];
    plan.columns[at].role = Role::Time;
    let mut dates = format!("{} of {} values are dates.", profile.dates.max(profile.stamps), profile.n);
    if profile.stamps > profile.dates {
        dates.push_str(" They are digits, and the name says that they are times.");
        plan.columns[at].scale = None;
        plan.columns[at].values.clear();
    }
    plan.columns[at].reason =
        if known(at) > Some(0) { format!("{} {dates}", plan.columns[at].reason) } else { dates };
    let name = plan.columns[at].name.clone();
    // One program writes all dates of a file, so where this column leaves the order open another may tell it.
    let others = profiles.iter().filter(|other| other.share(other.dates) >= 0.9);
    let (day, month, open) = others.fold((0, 0, 0), |(day, month, open), other| {
        (day + other.day_first, month + other.month_first, open + other.open)
    });
    plan.date_order_guessed = day + month + open > 0;
    match (profile.day_first, profile.month_first, order_of_rows(profile)) {
        (0, 0, _) if profile.open > 0 && day != month => {
            plan.date_order = if day > month { DateOrder::DayFirst } else { DateOrder::MonthFirst };
        }
        (0, 0, Some(order)) if profile.open > 0 => {
            plan.date_order = order;
            let (read, other) = read_as(order);
            plan.notes.push(format!(
                "The dates in {name} could be day/month or month/day. They are read as {read}, since so they follow each other from row to row; as {other} they jump."
            ));
        }
        (0, 0, _) if profile.open > 0 && order_of_days(profile).is_some() => {
            plan.date_order = order_of_days(profile).unwrap_or(plan.date_order);
            let (read, other) = read_as(plan.date_order);
            plan.notes.push(format!(
                "The dates in {name} could be day/month or month/day. They are read as {read}, since so they are days of few months; as {other} they would be the same few days of many months."
            ));
        }
        (0, 0, _) if profile.open > 0 && name_points(&name, DAY_FIRST_NAMES) == 2 => {
            plan.date_order = DateOrder::DayFirst;
            plan.notes.push(format!(
                "The dates in {name} could be day/month or month/day. They are read as day/month, since programs in the language of that name write them so; change it if they are month/day."
            ));
        }
        (0, 0, _) if profile.open > 0 => {
            plan.date_order = if plan.delimiter == ';' || profile.first.iter().any(|v| v.contains('.')) {
                DateOrder::DayFirst
            } else {
                DateOrder::MonthFirst
            };
            let (read, other) = read_as(plan.date_order);
            plan.notes.push(format!(
                "The dates in {name} could be day/month or month/day, and the first {} rows do not tell. They are read as {read} unless later rows tell; change it if they are {other}.",
                profile.rows
            ));
        }
        (0, 0, _) => {}
        (day, month, _) => {
            plan.date_order = if day >= month { DateOrder::DayFirst } else { DateOrder::MonthFirst };
            if day > 0 && month > 0 {
                plan.notes.push(format!(
                    "The dates in {name} contradict each other: {day} can only be day/month, {month} only month/day. The others are read as the more frequent."
                ));
            }
        }
    }
}

/// How an order of day and month is called, and the other one.
fn read_as(order: DateOrder) -> (&'static str, &'static str) {
    match order {
        DateOrder::DayFirst => ("day/month", "month/day"),
        DateOrder::MonthFirst => ("month/day", "day/month"),
    }
}

/// The order in which the dates are many days of few months, where in the other they are the same few days of many months. Dates that
/// are all a first stand for months.
fn order_of_days(profile: &Profile) -> Option<DateOrder> {
    let pairs = || profile.values.keys().filter_map(|value| crate::date::ambiguous_pair(value));
    let first: std::collections::BTreeSet<u32> = pairs().map(|pair| pair.0).collect();
    let second: std::collections::BTreeSet<u32> = pairs().map(|pair| pair.1).collect();
    let many = |days: usize, months: usize| days >= 5 && days >= 4 * months;
    let months = |numbers: &std::collections::BTreeSet<u32>| numbers.iter().any(|&number| number != 1);
    if many(first.len(), second.len()) && months(&second) {
        Some(DateOrder::DayFirst)
    } else if many(second.len(), first.len()) && months(&first) {
        Some(DateOrder::MonthFirst)
    } else {
        None
    }
}

/// The order of day and month in which times go on from row to row (or back, where the newest come first) while in the other
/// they jump.
fn order_of_rows(profile: &Profile) -> Option<DateOrder> {
    // How often time goes against the way that it goes mostly.
    let against = |at: usize| profile.rises[at].min(profile.falls[at]);
    let all = profile.rises[0] + profile.falls[0];
    let (day, month) = (against(0), against(1));
    if all < 5 || 50 * day.min(month) > all || day.max(month) < 3 * day.min(month) + 1 {
        return None;
    }
    Some(if day < month { DateOrder::DayFirst } else { DateOrder::MonthFirst })
}

fn choose_score(plan: &mut Plan, profiles: &[Profile], may: impl Fn(usize, &PlanColumn) -> bool) {
    let mut best: Option<(u32, usize)> = None;
    for (at, (column, profile)) in plan.columns.iter().zip(profiles).enumerate() {
        let Some(scale) = column.scale.filter(|_| column.role == Role::Ignore && may(at, column)) else {
            continue;
        };
        let said = said(column);
        let named = name_points(&said, NPS_NAMES) * 30
            + name_points(&said, SCORE_NAMES) * 15
            + name_points(&said, &["overall"]) * 5;
        // A place in an order is no rating.
        if name_points(&said, RANK_NAMES) > 0 && named == 0 {
            continue;
        }
        // Neither is a count, nor what respondents are.
        let price = name_points(&said, PRICE_NAMES) > 0;
        if is_amount(column) || (price || is_key(&column.name)) && named == 0 {
            continue;
        }
        // Flags: yes or no, or the same in every row.
        let two_valued = scale.high <= 1 || profile.distinct() < 2;
        let numbered = profile.n > 5 && profile.steps + 1 == profile.n && named == 0;
        let counted_up = profile.distinct() as u32 == profile.n && profile.n > 12 || numbered;
        // Numbers past ten are amounts, ages and durations unless the name says that they are a score.
        if profile.distinct() > 101 || counted_up || (scale.high > 10 || two_valued) && named == 0 {
            continue;
        }
        let groups = labels::are_groups(&column.values);
        let shape = match (scale.low, scale.high) {
            // Words are guessed to be a scale; numbers are one.
            _ if column.values.len() > 1
                && column.values.keys().all(|label| labels::number_in(label).is_none()) =>
            {
                15
            }
            (0, 10) => 30,
            (1, 5 | 7 | 10) => 20,
            (0, 5) | (1, 3 | 4 | 6) => 10,
            _ => 0,
        };
        // Numbers may stand for options that were chosen among.
        let chosen = if name_points(&said, CHOICE_NAMES) > 0 && named == 0 { 9 } else { 0 };
        let points = if two_valued {
            1
        } else if groups {
            // The ratings themselves say more.
            35
        } else {
            10 + named + shape - chosen
        };
        if best.is_none_or(|(most, _)| points > most) {
            best = Some((points, at));
        }
    }
    let Some((_, at)) = best else { return };
    let (column, profile) = (&mut plan.columns[at], &profiles[at]);
    column.role = Role::Score;
    plan.notes.extend(left_out(column, profile));
    if !column.values.is_empty() {
        // The labels have given their reason.
        let read = |how: &str| column.reason.contains(how);
        if labels::are_groups(&column.values) {
            plan.notes.push(format!("{} holds promoters, passives and detractors and no ratings. NPS is exact; means and the distribution show one point for each group and say nothing more.", column.name));
        } else if read("half points") {
            plan.notes.push(format!(
                "{} has half points, which are counted twice: a mean of 8.6 is one of 4.3.",
                column.name
            ));
        } else if read("share of yes") {
            plan.notes.push(format!("{} says yes or no, so its mean is the share of yes.", column.name));
        }
        if column.scale.is_some_and(|scale| scale.nps) {
            column.reason.push_str(" It is read as NPS.");
        }
    } else if let Some(scale) = column.scale {
        let Scale { low, high, .. } = scale;
        let within = profile.within(low, high);
        column.reason = format!("{within} of {} values are whole numbers from {low} to {high}.", profile.n);
        if let Some(text) = &column.text {
            column.reason = format!("\u{201c}{}\u{201d}: {}", shorten(text), column.reason);
        }
        if scale.nps && name_points(&said(column), NPS_NAMES) > 0 {
            column.reason.push_str(" The name says how likely one is to recommend, so it is read as NPS.");
        } else if (scale.low, scale.high) == (0, 10) && !scale.nps {
            column
                .reason
                .push_str(" The name asks for something else than to recommend, so it is not read as NPS.");
        } else if scale.nps {
            column
                .reason
                .push_str(" A scale from 0 to 10 is read as NPS; turn that off if the question was another.");
        } else if scale == (Scale { low: 1, high: 10, nps: false }) {
            plan.notes.push(format!(
                "No 0 was met in {}, so it is read as a scale from 1 to 10. If it runs from 0 to 10, change the scale, and NPS can be computed.",
                column.name
            ));
        }
    }
}

/// A sentence on the values of the score that are no points of its scale, where they are more than two in a hundred.
fn left_out(column: &PlanColumn, profile: &Profile) -> Option<String> {
    let scale = column.scale?;
    let is_read = |value: &str| {
        let number = || rating(value).is_some_and(|number| (scale.low..=scale.high).contains(&number));
        column.values.contains_key(value) || number()
    };
    let strange: Vec<(&String, &u32)> = profile.values.iter().filter(|(value, _)| !is_read(value)).collect();
    let rows: u32 = strange.iter().map(|(_, count)| **count).sum();
    if rows * 50 <= profile.n {
        return None;
    }
    let mut shown: Vec<String> =
        strange.iter().take(3).map(|(value, _)| format!("\u{201c}{}\u{201d}", shorten(value))).collect();
    if strange.len() > 3 {
        shown.push("\u{2026}".into());
    }
    Some(format!(
        "{rows} of {} values of {} are no points of its scale and are left out: {}. If they are answers, say which points they stand for.",
        profile.n,
        column.name,
        shown.join(", ")
    ))
}

/// `may` gives the points that a column has beforehand; `None` when it cannot be text.
fn choose_text(plan: &mut Plan, profiles: &[Profile], may: impl Fn(usize, &PlanColumn) -> Option<u32>) {
    let mut best: Option<(u32, usize)> = None;
    for (at, (column, profile)) in plan.columns.iter().zip(profiles).enumerate() {
        let free = profile.distinct() as f64 > 0.5 * f64::from(profile.n)
            && profile.share(profile.numbers) < 0.2
            && profile.share(profile.dates + profile.stamps) < 0.2;
        let long = profile.length() >= 12.0 && profile.share(profile.wordy) >= 0.4;
        let named = name_points(&said(column), TEXT_NAMES);
        let Some(known) = may(at, column) else { continue };
        let points =
            known + if long { 50 + named * 100 + profile.length().min(90.0) as u32 } else { named * 20 };
        if column.role == Role::Ignore
            && profile.n > 0
            && free
            && points > 0
            && best.is_none_or(|(most, _)| points > most)
        {
            best = Some((points, at));
        }
    }
    let Some((_, at)) = best else { return };
    let asked = plan.columns[at].text.as_ref();
    let asked = asked.map_or_else(String::new, |text| format!("\u{201c}{}\u{201d}: ", shorten(text)));
    plan.columns[at].role = Role::Text;
    plan.columns[at].reason = format!(
        "{asked}{} text, {:.0} characters on average; {} of {} rows have some.",
        if asked.is_empty() { "Written" } else { "written" },
        profiles[at].length(),
        profiles[at].n,
        profiles[at].rows
    );
}

/// How well a column would do as the unit; absent when it cannot be.
fn unit_points(name: &str, profile: &Profile) -> Option<u32> {
    let distinct = profile.distinct() as u32;
    let repeats = distinct >= 1 && profile.n >= distinct.saturating_mul(2);
    let words = profile.share(profile.numbers) <= 0.5 && profile.share(profile.dates) <= 0.5;
    let person = name_points(name, PERSON_NAMES);
    let place = name_points(name, UNIT_NAMES);
    let known = person + place > 0 && name_points(name, &["user agent"]) == 0;
    // A name of many words, or with a question mark, is a question. Of those only "which" asks for a name.
    let asked = name.contains('?') || name.split_whitespace().nth(4).is_some();
    let which = known && words && repeats && name_points(name, WHICH) == 2 && profile.length() <= 25.0;
    // "Teammate rated" holds names, "How would you rate our team" numbers.
    let rated = named(name) != Named::Not && !(known && words && !asked);
    let addresses: u32 =
        profile.values.iter().filter(|(value, _)| value.contains('@')).map(|(_, count)| count).sum();
    let flags = profile.values.keys().all(|value| NO_UNITS.contains(&value.to_lowercase().as_str()));
    let dates = profile.share(profile.dates) > 0.5;
    if asked && !which
        || rated
        || dates
        || flags
        || 2 * addresses > profile.n
        || profile.length() > 40.0
        || profile.has_fractions()
    {
        return None;
    }
    if known {
        // A thousand agents may each be met once or twice in a head of a thousand rows.
        let points = if person > 0 { 100 + person } else { 80 + place };
        return (repeats || distinct >= 2).then_some(points);
    }
    // Options that were ticked together hold one another.
    let several = profile.values.keys().any(|value| {
        value.contains([',', ';'])
            && value.split([',', ';']).any(|part| profile.values.contains_key(part.trim()))
    });
    let about_the_visit = name_points(name, OTHER_NAMES) > 0 || name.trim().eq_ignore_ascii_case("name");
    (repeats && distinct >= 2 && words && !several && !about_the_visit).then_some(10)
}

fn unit_reason(profile: &Profile) -> String {
    format!("{} different names in {} rows.", profile.distinct(), profile.n)
}

fn choose_unit(plan: &mut Plan, profiles: &[Profile], may: impl Fn(usize) -> bool) {
    // Several columns of points on one scale are answers, whatever their names.
    let points = |at: usize| {
        let usual = |scale: Scale| matches!((scale.low, scale.high), (0, 5 | 10) | (1, 3..=7 | 10));
        let column = &plan.columns[at];
        let bare = column.values.is_empty() && profiles[at].whole == profiles[at].n;
        column.scale.filter(|&scale| bare && usual(scale) && !is_key(&column.name))
    };
    let is_item = |at: usize| {
        let alike = |other: &usize| *other != at && points(*other) == points(at);
        points(at).is_some() && (0..plan.columns.len()).filter(alike).count() >= 2
    };
    let best = plan
        .columns
        .iter()
        .zip(profiles)
        .enumerate()
        .filter(|&(at, (column, _))| column.role == Role::Ignore && may(at) && column.values.is_empty())
        .filter(|&(at, _)| !is_item(at))
        .filter_map(|(at, (column, profile))| {
            // “Staff” with points on a usual scale asks how the staff was.
            let rated = points(at).is_some();
            Some((unit_points(&said(column), profile)? / if rated { 4 } else { 1 }, at))
        })
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
    if let Some((_, at)) = best {
        plan.columns[at].role = Role::Unit;
        plan.columns[at].reason = unit_reason(&profiles[at]);
    }
}

/// What a column holds, when nothing more is known of it.
fn plain_reason(profile: &Profile) -> String {
    match profile.distinct() {
        0 => "Empty in the first rows.".into(),
        1 => "The same value in every row.".into(),
        n if n as u32 == profile.n => "A different value in each row.".into(),
        n if profile.share(profile.numbers) > 0.9 => format!("Numbers, {n} different ones."),
        n => format!("{n} different values."),
    }
}

fn examples(profile: &Profile) -> Vec<String> {
    profile.first.iter().map(|value| shorten(value)).collect()
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.into();
    }
    let mut short: String = text.chars().take(59).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plan of a table of `rows` rows with these columns: a name, and its values by row.
    fn plan(rows: usize, columns: &[(&str, &dyn Fn(usize) -> String)]) -> Plan {
        let line = |cells: Vec<String>| format!("\"{}\"\n", cells.join("\";\""));
        let mut text = line(columns.iter().map(|column| column.0.to_owned()).collect());
        (0..rows).for_each(|row| text.push_str(&line(columns.iter().map(|column| column.1(row)).collect())));
        recognise(text.as_bytes(), "test.csv")
    }

    fn named_as(plan: &Plan, role: Role) -> Option<&str> {
        plan.columns.iter().find(|column| column.role == role).map(|column| column.name.as_str())
    }

    /// Points from 1 to `high`, none of them in order.
    fn points(high: usize) -> impl Fn(usize) -> String {
        move |row| (row * 7 % 11 % high + 1).to_string()
    }

    #[test]
    fn a_name_makes_no_nps_of_a_shorter_scale_and_the_range_in_the_header_counts() {
        let of = |low, high, nps| Some(Scale { low, high, nps });
        let five = points(5);
        assert_eq!(plan(40, &[("Would you recommend us?", &five)]).scale(), of(1, 5, false));
        assert_eq!(plan(9, &[("Would you recommend us? (1-5)", &five)]).scale(), of(1, 5, false));
        assert_eq!(plan(9, &[("Would you recommend us?", &five)]).scale(), of(0, 10, true));
        assert_eq!(plan(9, &[("Bewertung von 1 bis 7", &five)]).scale(), of(1, 7, false));
        assert_eq!(plan(9, &[("Note sur 10", &five)]).scale(), of(1, 10, false));
        // What does not fit was not meant.
        assert_eq!(plan(40, &[("Rating (1-3)", &five)]).scale(), of(1, 5, false));
        for high in [3, 4, 6] {
            assert_eq!(plan(60, &[("Rating", &points(high))]).scale(), of(1, high as u8, false));
        }
    }

    #[test]
    fn german_marks_and_what_the_header_calls_the_best_are_turned() {
        for name in ["Schulnote", "Rating (1 = very good, 6 = very bad)"] {
            let plan = plan(60, &[(name, &points(6))]);
            let column = &plan.columns[0];
            assert_eq!(
                (plan.scale(), column.values["1"]),
                (Some(Scale { low: 1, high: 6, nps: false }), Some(6))
            );
            assert!(column.reason.contains("the other end"), "{}", column.reason);
        }
    }

    #[test]
    fn the_score_is_what_is_called_so_in_any_language_before_counts_and_never_an_id() {
        for name in [
            "Satisfacción general",
            "Calificación",
            "¿Qué tan satisfecho está?",
            "Avaliação",
            "Quanto è soddisfatto?",
            "Hoe tevreden bent u?",
            "Gesamtzufriedenheit",
            "Ocena",
            "How happy are you with us?",
            "How was it?",
        ] {
            let visits = |row: usize| (row % 11).to_string();
            let plan = plan(40, &[("Visits", &visits), (name, &points(5))]);
            assert_eq!(named_as(&plan, Role::Score), Some(name));
        }
        let id = |row: usize| (row + 1).to_string();
        let plan = plan(10, &[("Ticket ID", &id), ("Q", &id)]);
        assert_eq!(named_as(&plan, Role::Score), None);
    }

    #[test]
    fn the_unit_is_what_is_known_as_one_before_what_merely_repeats_and_never_who_answered() {
        let names = |row: usize| ["Ann", "Bo", "Cy"][row * 5 % 7 % 3].to_owned();
        for name in [
            "Assignee",
            "Closed by",
            "Kundenbetreuer",
            "Sucursal",
            "Which store did you visit?",
            "Teammate rated",
        ] {
            let plan = plan(40, &[("Plan", &names), (name, &names), ("Rating", &points(5))]);
            assert_eq!(named_as(&plan, Role::Unit), Some(name));
        }
        let mail = |row: usize| format!("u{}@x.org", row % 3);
        let flag = |row: usize| ["Yes", "No"][row % 2].to_owned();
        for (name, values) in [
            ("Customer name", &names as &dyn Fn(usize) -> String),
            ("Name", &names),
            ("Geschlecht", &names),
            ("Agent", &mail),
            ("Plan", &flag),
        ] {
            assert_eq!(
                named_as(&plan(40, &[(name, values), ("Rating", &points(5))]), Role::Unit),
                None,
                "{name}"
            );
        }
        let items = plan(40, &[("Rating", &points(5)), ("Speed", &points(5)), ("Staff", &points(5))]);
        assert_eq!(named_as(&items, Role::Unit), None);
    }

    #[test]
    fn the_time_is_that_of_the_answer() {
        let early = |row: usize| format!("2026-01-{:02}", row + 1);
        let late = |row: usize| format!("2026-03-{:02}", row + 1);
        for (other, answer) in [
            ("Sent", "Responded"),
            ("Startzeit", "Abgeschickt am"),
            ("Date d'achat", "Date de réponse"),
            ("Date of birth", "Survey taken"),
        ] {
            let plan = plan(20, &[(other, &early), (answer, &late), ("Rating", &points(5))]);
            assert_eq!(named_as(&plan, Role::Time), Some(answer));
        }
        let stamps = |row: usize| (1_772_323_200 + row * 86_400).to_string();
        assert_eq!(
            named_as(&plan(20, &[("Created", &stamps), ("Rating", &points(5))]), Role::Time),
            Some("Created")
        );
        assert_eq!(named_as(&plan(20, &[("Phone", &stamps), ("Rating", &points(5))]), Role::Time), None);
    }

    #[test]
    fn the_rows_and_the_language_of_the_header_tell_the_order_of_day_and_month() {
        // Through two months, so that read the other way the dates jump.
        let days = |row: usize| format!("{:02}/{:02}/2026", row % 10 + 1, row / 10 + 2);
        let rating = points(5);
        let read = |name, dates: &dyn Fn(usize) -> String| plan(20, &[(name, dates), ("Rating", &rating)]);
        let by_rows = read("Date", &days);
        assert_eq!(by_rows.date_order, DateOrder::DayFirst);
        assert!(by_rows.notes.iter().any(|note| note.contains("jump")), "{:?}", by_rows.notes);
        let months = |row: usize| format!("{:02}/{:02}/2026", row / 10 + 2, row % 10 + 1);
        assert_eq!(read("Fecha", &months).date_order, DateOrder::MonthFirst);
        let one_month = |row: usize| format!("{:02}/02/2026 09:00", row * 7 % 12 + 1);
        assert_eq!(read("Horodateur", &one_month).date_order, DateOrder::DayFirst);
    }

    #[test]
    fn what_is_left_out_of_the_score_is_said_and_so_is_a_missing_row_of_names() {
        let strange =
            |row: usize| if row.is_multiple_of(5) { "meh".to_owned() } else { (row % 5 + 1).to_string() };
        let left = plan(40, &[("Rating", &strange)]);
        assert!(
            left.notes.iter().any(|note| note.contains("8 of 40") && note.contains("meh")),
            "{:?}",
            left.notes
        );
        let headless = plan(
            40,
            &[("2026-03-01", &|row: usize| format!("2026-03-{:02}", row % 28 + 1)), ("5", &points(5))],
        );
        assert_eq!((headless.header_rows, headless.columns[1].name.as_str()), (0, "column 2"));
        assert!(headless.notes.iter().any(|note| note.starts_with("Row 1 holds")), "{:?}", headless.notes);
        let years = plan(40, &[("2025", &points(5)), ("2026", &points(5))]);
        assert_eq!(years.header_rows, 1);
    }

    #[test]
    fn a_report_above_the_names_is_not_read_and_names_stay_names() {
        let rows: String =
            (0..40).map(|row| format!("2026-03-{:02},Leeds,{},ok\n", row % 28 + 1, row % 5 + 1)).collect();
        let of = |above: &str| recognise(format!("{above}Date,Store,Rating,Comment\n{rows}").as_bytes(), "");
        for (above, header) in [
            ("NPS report,,,\nPeriod:,2026-01-01,,\nFilter:,all,,\n,,,\n", 5),
            ("Visit,,Ratings,\n", 2),
            ("", 1),
        ] {
            let plan = of(above);
            assert_eq!((plan.header_rows, plan.naming), (header, Naming::Row(header)), "{above}");
            assert_eq!(named_as(&plan, Role::Score), Some("Rating"));
        }
    }

    #[test]
    fn other_questions_from_0_to_10_are_no_nps() {
        let ten = |row: usize| (row * 7 % 11).to_string();
        for (name, nps) in [
            ("Satisfaction", false),
            ("Gesamtzufriedenheit", false),
            ("CSAT (0-10)", false),
            ("Rating", true),
            ("Recommend us, given how satisfied you are?", true),
        ] {
            assert_eq!(plan(40, &[(name, &ten)]).scale(), Some(Scale { low: 0, high: 10, nps }), "{name}");
        }
    }

    #[test]
    fn counts_the_calendar_and_who_answered_are_neither_score_nor_items() {
        let five = points(5);
        let none: [(&str, &dyn Fn(usize) -> String); 5] = [
            ("Weekday", &five),
            ("Items bought", &five),
            ("Gender", &five),
            ("Number of visits", &five),
            ("Age group", &five),
        ];
        assert_eq!(named_as(&plan(40, &none), Role::Score), None);
        let mut all = none.to_vec();
        let three = |row: usize| (row * 5 % 7 % 5 + 1).to_string();
        all.extend([
            ("Rating", &five as &dyn Fn(usize) -> String),
            ("Speed", &three),
            ("Floor plan", &three),
            ("Staff", &three),
        ]);
        let plan = plan(40, &all);
        let items: Vec<&str> = plan
            .columns
            .iter()
            .filter(|column| column.role == Role::Item)
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!((named_as(&plan, Role::Score), items), (Some("Rating"), vec!["Speed", "Staff"]));
    }

    #[test]
    fn a_rating_says_more_than_the_groups_of_nps() {
        let ten = |row: usize| (row * 7 % 11).to_string();
        let group = |row: usize| ["Promoter", "Passive", "Detractor"][row % 3].to_owned();
        assert_eq!(named_as(&plan(40, &[("NPS", &group), ("Score", &ten)]), Role::Score), Some("Score"));
        let alone = plan(40, &[("NPS", &group), ("Visits", &ten)]);
        assert_eq!(named_as(&alone, Role::Score), Some("NPS"));
        assert!(alone.notes.iter().any(|note| note.contains("no ratings")), "{:?}", alone.notes);
    }

    #[test]
    fn what_stands_below_a_report_is_no_response() {
        let rows: String =
            (0..40).map(|row| format!("Ann,2026-03-{:02},{},ok\n", row % 28 + 1, row % 5 + 1)).collect();
        let plan = |end: &str| recognise(format!("Owner,Date,Rating,Comment\n{rows}{end}").as_bytes(), "");
        let report = plan("Grand Totals,(40 records),,\n,,,\nConfidential,,,\n");
        assert_eq!(
            report.totals,
            Some(TotalRows {
                column: "Owner".into(),
                value: "Grand Totals".into(),
                also: vec!["Confidential".into()]
            })
        );
        // Somebody who answered nothing has a time all the same.
        assert_eq!(plan("Bo,2026-03-01,,\n").totals, None);
        assert_eq!(plan("Ann,,,\n").totals, None);
    }

    #[test]
    fn dates_of_one_month_are_not_taken_for_one_day_of_each() {
        let read =
            |dates: &dyn Fn(usize) -> String| plan(40, &[("Date", dates), ("Rating", &points(5))]).date_order;
        assert_eq!(read(&|row| format!("{:02}/03/2026", row / 5 + 1)), DateOrder::DayFirst);
        assert_eq!(read(&|row| format!("03/{:02}/2026", row / 5 + 1)), DateOrder::MonthFirst);
    }

    #[test]
    fn a_single_rating_is_an_item_by_its_name_or_its_words_and_numbered_names_are_none() {
        let ten = |row: usize| (row * 7 % 11).to_string();
        let agree = |row: usize| ["Agree", "Disagree", "Strongly agree"][row * 5 % 7 % 3].to_owned();
        let place = |row: usize| ["1 - Leeds", "2 - York", "3 - Hull"][row * 5 % 7 % 3].to_owned();
        let five = points(5);
        let plan = plan(
            40,
            &[("NPS", &ten), ("Speed", &five), ("CSAT", &five), ("We were kind", &agree), ("Place", &place)],
        );
        let items: Vec<&str> = plan
            .columns
            .iter()
            .filter(|column| column.role == Role::Item)
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!((named_as(&plan, Role::Score), items), (Some("NPS"), vec!["CSAT", "We were kind"]));
    }
}
