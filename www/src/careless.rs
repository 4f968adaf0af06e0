//! `candor careless FILE --items a,b,…`: every index of careless answering for every response, as CSV. It reads that file,
//! as `candor analyze` does, and sends nothing anywhere.

use crate::analyze;
use candor_engine::careless::duplicates::Duplicates;
use candor_engine::careless::indices::{Indices, Options, State};
use candor_engine::careless::page_time::{Page, PageTime};
use candor_engine::careless::{Block, Refusal, row_major};
use candor_engine::columns::Dataset;
use candor_engine::plan::{Role, Scale};
use candor_engine::reader::Reading;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};
use std::path::Path;

/// What to compute.
#[derive(Debug)]
pub struct Request<'a> {
    /// The columns of the items, in the order asked.
    pub items: &'a [String],
    /// How many consecutive items belong to each factor; empty when nothing is known.
    pub factors: &'a [usize],
    /// A column of milliseconds that the whole block took.
    pub ms: Option<&'a str>,
    /// What decides which responses are compared when there are more than 20,000.
    pub seed: u64,
}

/// How many rows that are left out are named.
const LISTED: usize = 20;

/// The columns of the output.
const HEADER: &str = "row,longstr,avgstr,irv,irv1,irv2,irv3,irv4,mahad_sq,mahad_flag99,evenodd,psychsyn,psychant,\
    person_total_excl,person_total_incl,guttman,guttman_normed,u3,fast,copies,maxmatch,nearest";

/// Writes one row a response; returns what could not be computed, a sentence each.
///
/// # Errors
/// A sentence: what cannot be read, and what to do. A reader that went away, as `head` does, is none.
pub fn run(file: &Path, request: &Request<'_>, out: &mut impl Write) -> Result<Vec<String>, String> {
    let dataset = read(file, request)?;
    let columns = columns(&dataset, request)?;
    let refused = |reason: Refusal| format!("{}: {reason}", file.display());
    let items = columns.len();
    let answers = row_major(&columns).map_err(refused)?;
    let block = Block::new(items, &answers).map_err(refused)?;
    let mut state = State::new(items);
    state.update(&block).map_err(refused)?;
    let mut duplicates = Duplicates::new(items, request.seed);
    duplicates.update(0, &block).map_err(refused)?;
    let fitted = state.finish(&Options { factors: request.factors.to_vec(), ..Options::default() });
    let mut notes: Vec<String> = [
        ("mahad_sq", fitted.mahalanobis.as_ref().err()),
        ("evenodd", fitted.even_odd.as_ref().err().filter(|_| !request.factors.is_empty())),
        ("psychsyn", fitted.synonyms.as_ref().err()),
        ("psychant", fitted.antonyms.as_ref().err()),
        ("person_total", fitted.person_total.as_ref().err()),
        ("guttman", fitted.guttman.as_ref().err()),
    ]
    .into_iter()
    .filter_map(|(index, reason)| Some(format!("{index} is empty: {}", reason?)))
    .collect();
    if request.factors.is_empty() {
        notes.push("evenodd is empty: name how many items each factor has with --factors.".into());
    }
    if request.factors.len() == 2 {
        notes.push(
            "evenodd says nothing: two factors always agree wholly or not at all; name three or more.".into(),
        );
    }
    let nearest = duplicates.finish().unwrap_or_else(|reason| {
        notes.push(format!("maxmatch is empty: {reason}"));
        Vec::new()
    });
    if !duplicates.exact() {
        notes.push("maxmatch is computed for 20,000 responses drawn by --seed; copies counts whole copies among all.".into());
    }
    for skipped in dataset.skipped.iter().take(LISTED) {
        notes.push(format!("row {} is left out: {}", skipped.row, skipped.reason));
    }
    if let Some(more) = dataset.counts.skipped.checked_sub(LISTED as u64).filter(|&more| more > 0) {
        notes.push(format!("{more} more rows are left out."));
    }
    let score = &dataset.score.question;
    let off_scale =
        dataset.repaired.iter().filter(|repair| repair.column.as_ref() == Some(score)).count() as u64;
    let others = dataset.beside.items.iter().map(|item| (&item.question, item.off_scale));
    for (item, cells) in std::iter::once((score, off_scale)).chain(others).filter(|(_, cells)| *cells > 0) {
        notes.push(format!("{item}: {cells} cells are no whole number from 0 to 254 and count as missing."));
    }
    let mut line = String::from(HEADER);
    line.push('\n');
    let mut scorer = fitted.scorer();
    let mut nearest = nearest.iter().peekable();
    for (place, row) in block.rows().enumerate() {
        let near = nearest.next_if(|near| near.row == place as u64);
        let fast = fast(&dataset, place, items, request);
        let copies = duplicates.copies(row).0;
        let near = near.map(|near| (near.share, dataset.row_numbers.get(near.nearest as usize)));
        write_row(&mut line, dataset.row_numbers.get(place), &scorer.of(row), fast, copies, near);
        if line.len() > 1 << 16 {
            if !said(out, &line)? {
                return Ok(notes);
            }
            line.clear();
        }
    }
    said(out, &line)?;
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(notes),
    }
}

/// Writes; false when nobody reads on.
fn said(out: &mut impl Write, text: &str) -> Result<bool, String> {
    match out.write_all(text.as_bytes()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("cannot write to standard output: {error}")),
    }
}

/// The share of items that were answered too fast, when the time is known.
fn fast(dataset: &Dataset, place: usize, items: usize, request: &Request<'_>) -> Option<f64> {
    request.ms?;
    let text = dataset.texts.as_ref()?.get(place).trim();
    let milliseconds = text.parse::<f64>().ok().filter(|ms| ms.is_finite()).map(|ms| ms as i64);
    let mut time = PageTime::default();
    time.update(&[Page { milliseconds, items: items as u32 }]);
    time.finish()
}

/// Appends a cell; none leaves it empty.
fn cell<T: Display>(line: &mut String, value: Option<T>) {
    line.push(',');
    if let Some(value) = value {
        // Writing into a String cannot fail.
        let _ = write!(line, "{value}");
    }
}

fn write_row(
    line: &mut String,
    row: u64,
    indices: &Indices,
    fast: Option<f64>,
    copies: u64,
    near: Option<(f64, u64)>,
) {
    line.push_str(&row.to_string());
    cell(line, indices.runs.map(|runs| runs.longest));
    cell(line, indices.runs.map(|runs| runs.mean));
    cell(line, indices.irv);
    indices.irv_chunks.iter().for_each(|chunk| cell(line, *chunk));
    cell(line, indices.mahalanobis);
    cell(line, indices.far.map(u8::from));
    cell(line, indices.even_odd);
    cell(line, indices.synonyms);
    cell(line, indices.antonyms);
    cell(line, indices.person_total_without_self);
    cell(line, indices.person_total_with_self);
    cell(line, indices.misfit.map(|misfit| misfit.errors));
    cell(line, indices.misfit.map(|misfit| misfit.normed));
    cell(line, indices.misfit.map(|misfit| misfit.u3));
    cell(line, fast);
    // A response without any answer is nobody's copy.
    cell(line, Some(copies).filter(|&copies| copies > 0));
    cell(line, near.map(|near| near.0));
    cell(line, near.map(|near| near.1));
    line.push('\n');
}

/// The file as columns, the items among them.
fn read(file: &Path, request: &Request<'_>) -> Result<Dataset, String> {
    let exports = analyze::open(&[file.to_path_buf()])?;
    let mut plan = analyze::guessed(&exports)?;
    let own = plan.tool.is_own();
    let names: Vec<String> = request.items.iter().map(|item| named(item, own)).collect();
    if let Some(twice) = (1..names.len()).find(|&at| names[..at].contains(&names[at])) {
        return Err(format!("{} stands twice in --items", request.items[twice]));
    }
    let asked = names.iter().map(String::as_str).chain(request.ms);
    let is_there = |name: &str| plan.columns.iter().any(|column| column.name == name);
    // NDJSON has the rows of a matrix in one answer.
    let is_row = |name: &str| own && name.rsplit_once('.').is_some_and(|(question, _)| is_there(question));
    if let Some(missing) = asked.into_iter().find(|name| !is_there(name) && !is_row(name)) {
        let known: Vec<&str> = plan.columns.iter().map(|column| column.name.as_str()).collect();
        return Err(format!("{} has no column “{missing}”; it has {}", file.display(), known.join(", ")));
    }
    if own && request.ms.is_some() {
        return Err(format!(
            "{} is an export of Candor's, which has a time for each question: leave --ms out",
            file.display()
        ));
    }
    if own {
        // Its definitions say which questions have a scale; the score is only one of them.
        if plan.columns.iter().all(|column| column.role != Role::Score)
            && let Some(column) = plan.columns.iter_mut().find(|column| names.contains(&column.name))
        {
            column.role = Role::Score;
            column.scale = Some(Scale { low: 0, high: 254, nps: false });
        }
        return analyze::read(exports, &plan);
    }
    for column in &mut plan.columns {
        let place = names.iter().position(|name| *name == column.name);
        column.role = match place {
            Some(0) => Role::Score,
            Some(_) => Role::Item,
            None if request.ms == Some(column.name.as_str()) => Role::Text,
            None => Role::Ignore,
        };
        if place.is_some() {
            column.scale = Some(Scale { low: 0, high: 254, nps: false });
        }
    }
    let dataset = analyze::read_as(exports, &plan, Reading::keep_rows_off_the_scale)?;
    if dataset.ratings.is_empty() {
        return Err(format!("{} has no response that could be read", file.display()));
    }
    Ok(dataset)
}

fn named(item: &str, own: bool) -> String {
    if own && !item.starts_with("answer.") { format!("answer.{item}") } else { item.into() }
}

/// The columns of the items, in the order asked.
fn columns<'d>(dataset: &'d Dataset, request: &Request<'_>) -> Result<Vec<&'d [u8]>, String> {
    let own = dataset.own.is_some();
    let question = |item: &str| item.strip_prefix("answer.").filter(|_| own).unwrap_or(item).to_owned();
    let mut columns = Vec::new();
    for item in request.items {
        let question = question(item);
        if question == dataset.score.question {
            columns.push(dataset.ratings.as_slice());
            continue;
        }
        let found = dataset.beside.items.iter().find(|found| found.question == question);
        let found = found
            .ok_or_else(|| format!("{item} is no question on a scale, by the definitions in this file"))?;
        columns.push(&found.ratings);
    }
    Ok(columns)
}
