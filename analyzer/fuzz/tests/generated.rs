//! Generated files, read as we read them and as an independent reader does, compared cell by cell: delimited texts with pandas,
//! workbooks with openpyxl, Parquet with pyarrow, SPSS files with pyreadstat. `CANDOR_PYTHON` names a Python that has them
//! (`cargo xtask test` makes one); without it, the first few texts are compared with what pandas found in them once
//! (`expected.json`). `CANDOR_GENERATED` is the number of files, `CANDOR_SEED` the seed; `CANDOR_BLESS` writes `expected.json`.
#![allow(clippy::print_stdout, reason = "the seed is printed, and what is skipped is said")]

use candor_cells::{Csv, Reader, Refusal};
use candor_engine::columns::{Column, NO_RATING, NO_TIME, Values};
use candor_engine::plan::{DateOrder, Encoding, Holds, Plan, Role, Scale, Tool, recognise};
use candor_engine::reader::Reading;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The seed of the committed outputs.
const SEED: u64 = 20_261_122;
/// The texts of which outputs are committed.
const COMMITTED: usize = 12;

/// SplitMix64 (Steele, Lea & Flood 2014): small, and the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// From 0 to `n` − 1.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Score,
    Whole,
    Decimal,
    Date(&'static str),
    Word,
    Text,
    Empty,
    Code,
}

/// When a cell is put between quotation marks.
#[derive(Clone, Copy, PartialEq)]
enum Quoting {
    Needed,
    Texts,
    All,
}

/// A delimited text, and what whoever reads it is told.
struct Generated {
    bytes: Vec<u8>,
    delimiter: char,
    encoding: Encoding,
    /// The name of the encoding in Python.
    codec: &'static str,
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// The most cells of a row.
    width: usize,
}

const DATES: [&str; 5] = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M"];

impl Generated {
    fn new(seed: u64, number: usize) -> Generated {
        let mut chance = Chance(seed ^ (number as u64) << 32);
        let chance = &mut chance;
        let delimiter = chance.of(&[',', ';', '\t', '|']);
        let quoting = chance.of(&[Quoting::Needed, Quoting::Texts, Quoting::All]);
        let line_end = chance.of(&["\n", "\r\n", "\r"]);
        let (encoding, codec) = chance.of(&[
            (Encoding::Utf8, "utf-8"),
            (Encoding::Utf8, "utf-8-sig"),
            (Encoding::Utf16Le, "utf-16"),
            (Encoding::Utf16Be, "utf-16"),
            (Encoding::Windows1252, "cp1252"),
        ]);
        let comma = chance.one_in(2);
        let ragged = chance.one_in(4);
        let small = number < COMMITTED;
        let columns = if !small && chance.one_in(8) { 24 + chance.below(40) } else { 2 + chance.below(9) };
        let rows = if small { 1 + chance.below(12) } else { chance.of(&[1, 5, 30, 200]) };
        let date = chance.of(&DATES);
        let mut kinds: Vec<Kind> = (0..columns)
            .map(|_| {
                chance.of(&[
                    Kind::Whole,
                    Kind::Decimal,
                    Kind::Date(date),
                    Kind::Word,
                    Kind::Text,
                    Kind::Text,
                    Kind::Empty,
                    Kind::Code,
                ])
            })
            .collect();
        kinds[chance.below(columns)] = Kind::Score;
        let names: Vec<String> = (0..columns)
            .map(|at| match at % 7 {
                3 => format!("column, the {at}th; \"quoted\""),
                5 => format!("Zufriedenheit – größer {at}"),
                6 => format!("two\nlines {at}"),
                _ => format!("q{at}"),
            })
            .collect();
        let mut text = String::new();
        let mut width = columns;
        let header: Vec<String> =
            names.iter().map(|name| written(name, Kind::Text, quoting, delimiter)).collect();
        text.push_str(&header.join(&delimiter.to_string()));
        text.push_str(line_end);
        for row in 0..rows {
            let cells = kinds.iter().map(|&kind| {
                let cell = cell(chance, kind, comma);
                // Some programs leave a mark within a cell as it is.
                let sloppy = quoting == Quoting::Needed && !cell.starts_with('"') && chance.one_in(2);
                if sloppy && !cell.contains([delimiter, '\n', '\r']) {
                    cell
                } else {
                    written(&cell, kind, quoting, delimiter)
                }
            });
            let mut cells: Vec<String> = cells.collect();
            if ragged && chance.one_in(6) {
                if chance.one_in(2) {
                    cells.truncate(1 + chance.below(columns));
                } else {
                    cells.extend(["", "extra", "1"].map(String::from)[..1 + chance.below(3)].iter().cloned());
                }
            }
            // A line of spaces is no row to pandas; and behind a lone CR it loses a delimiter (3.1.1, the state EAT_CRNL of its
            // tokenizer ends the line and a cell of it). Both are cells in RFC 4180 and to Python's csv, and to us.
            if cells[0].trim().is_empty() && (cells.len() == 1 || line_end == "\r") {
                cells[0] = "\"\"".into();
            }
            width = width.max(cells.len());
            text.push_str(&cells.join(&delimiter.to_string()));
            let last = row + 1 == rows;
            if !last || chance.one_in(2) {
                text.push_str(line_end);
            }
            if !last && chance.one_in(12) {
                text.push_str(line_end);
            }
        }
        let bytes = match (encoding, codec) {
            (Encoding::Utf16Le, _) => {
                ["\u{feff}", &text].concat().encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
            (Encoding::Utf16Be, _) => {
                ["\u{feff}", &text].concat().encode_utf16().flat_map(u16::to_be_bytes).collect()
            }
            (Encoding::Windows1252, _) => text.chars().map(windows_1252).collect(),
            (_, "utf-8-sig") => ["\u{feff}", &text].concat().into_bytes(),
            _ => text.into_bytes(),
        };
        Generated { bytes, delimiter, encoding, codec, names, kinds, width }
    }

    fn job(&self, file: &str) -> Value {
        let dates = self.kinds.iter().enumerate().filter_map(|(at, kind)| match kind {
            Kind::Date(form) => Some((at.to_string(), *form)),
            _ => None,
        });
        let dates: BTreeMap<String, &str> = dates.collect();
        json!({ "file": file, "delimiter": self.delimiter, "encoding": self.codec, "width": self.width, "dates": dates })
    }

    /// The guessed plan, its columns all typed and none of them with a part but the score.
    fn plan(&self, name: &str) -> Plan {
        let mut plan = recognise(&self.bytes, &format!("{name}.csv"));
        let encoding = if self.bytes.is_ascii() { Encoding::Utf8 } else { self.encoding };
        assert_eq!(
            (plan.tool, plan.delimiter, plan.header_rows, plan.encoding),
            (Tool::Csv, self.delimiter, 1, encoding),
            "{name}"
        );
        let found: Vec<&str> = plan.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(found, self.names, "{name}");
        for (column, kind) in plan.columns.iter_mut().zip(&self.kinds) {
            column.holds = match (column.role, column.holds) {
                (Role::Unit, _) => Holds::Words,
                (Role::Time, _) => Holds::Times,
                (Role::Score | Role::Item, _) => Holds::Ratings,
                (Role::Text, _) | (_, Holds::Nothing) => Holds::Texts,
                (_, holds) => holds,
            };
            column.role = Role::Ignore;
            if *kind == Kind::Score {
                column.role = Role::Score;
                column.scale = Some(Scale { low: 0, high: 10, nps: true });
            }
            // Which number comes first in 04/05/2026 is for the user to say.
            if let Kind::Date(form) = kind {
                plan.date_order =
                    if form.starts_with("%m") { DateOrder::MonthFirst } else { DateOrder::DayFirst };
            }
        }
        plan
    }
}

/// Characters of Windows-1252 that are used here.
fn windows_1252(c: char) -> u8 {
    match c {
        '€' => 0x80,
        '–' => 0x96,
        '“' => 0x93,
        '”' => 0x94,
        c => u8::try_from(c).unwrap_or(b'?'),
    }
}

fn cell(chance: &mut Chance, kind: Kind, comma: bool) -> String {
    if kind != Kind::Text && chance.one_in(12) {
        return chance.of(&["", "", "", "NA", "-", "null"]).into();
    }
    match kind {
        Kind::Score => chance.below(11).to_string(),
        Kind::Whole => (chance.below(20_000) as i64 - 5_000).to_string(),
        Kind::Decimal => {
            let text = format!("{}.{:02}", chance.below(900), chance.below(100));
            if comma { text.replace('.', ",") } else { text }
        }
        Kind::Date(form) => {
            let part = |mark: &str, value: usize, text: String| text.replace(mark, &format!("{value:02}"));
            let mut text = form.replace("%Y", &(1990 + chance.below(60)).to_string());
            for (mark, from, n) in [("%m", 1, 12), ("%d", 1, 28), ("%H", 0, 24), ("%M", 0, 60), ("%S", 0, 60)]
            {
                text = part(mark, from + chance.below(n), text);
            }
            text
        }
        Kind::Word => chance.of(&["Leeds", "York", "Köln", "São Paulo", "North, East", "A;B", "x|y"]).into(),
        Kind::Text => {
            let pieces = [
                "friendly",
                "slow",
                " ",
                "  ",
                "café",
                "5 €",
                "“so”",
                "say \"hi\"",
                "\"",
                "\"\"",
                "a,b",
                "a;b",
                "a\tb",
                "a|b",
                "two\nlines",
                "and\r\nthree",
                "lone\rCR",
                "it's",
                "=1+1",
                "0",
                "1,5",
                "\\",
                "#",
                "\u{a0}",
                "—",
            ];
            (0..chance.below(5)).map(|_| chance.of(&pieces)).collect()
        }
        Kind::Empty => String::new(),
        Kind::Code => format!("{:05}", chance.below(100_000)),
    }
}

fn written(cell: &str, kind: Kind, quoting: Quoting, delimiter: char) -> String {
    let needed = cell.contains([delimiter, '"', '\n', '\r']);
    let word = matches!(kind, Kind::Word | Kind::Text);
    if needed || quoting == Quoting::All || quoting == Quoting::Texts && word {
        ["\"", &cell.replace('"', "\"\""), "\""].concat()
    } else {
        cell.to_owned()
    }
}

/// What the reader of tables takes for "no answer".
fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NA" | "N/A" | "n/a" | "NaN" | "null" | "NULL" | "-")
}

/// Compares our columns with the cells that pandas has found.
fn compare(name: &str, file: &Generated, expected: &Value) {
    let typed = file.plan(name);
    let mut texts = typed.clone();
    for column in texts.columns.iter_mut().filter(|column| column.role == Role::Ignore) {
        column.holds = Holds::Texts;
    }
    let rows: Vec<Vec<Option<&str>>> = expected["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(Value::as_str).collect())
        .collect();
    let columns = file.names.len();
    let header: Vec<Option<&str>> = rows[0][..columns].to_vec();
    assert_eq!(
        header,
        file.names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>(),
        "{name}: the header"
    );
    let score = file.kinds.iter().position(|kind| *kind == Kind::Score).unwrap();
    for plan in [texts, typed] {
        let mut reading = Reading::new(&plan).unwrap();
        file.bytes.chunks(1000).for_each(|piece| reading.push(piece));
        let dataset = reading.finish();
        // By the order in which they stand in the file: rows that were read, by their index, and those that were not.
        let mut met: Vec<(u64, Option<usize>)> = dataset.row_numbers.iter().zip((0..).map(Some)).collect();
        met.extend(dataset.skipped.iter().map(|note| (note.row, None)));
        met.sort_unstable();
        assert_eq!(met.len(), rows.len() - 1, "{name}: rows");
        let others: HashMap<&str, &Column> =
            dataset.others.iter().map(|column| (column.name.as_str(), column)).collect();
        for (place, (cells, (number, index))) in rows[1..].iter().zip(met).enumerate() {
            let at = format!("{name}, row {number}");
            let blank = cells.iter().all(|cell| cell.is_none_or(|cell| cell.trim().is_empty()));
            let fits = cells[..columns].iter().all(Option::is_some)
                && cells[columns..].iter().all(|cell| cell.is_none_or(str::is_empty));
            let Some(index) = index else {
                let point = cells[score]
                    .is_none_or(|cell| is_missing(cell.trim()) || cell.trim().parse::<u8>().is_ok());
                assert!(!fits || blank || !point, "{at} is skipped: {:?}, {cells:?}", dataset.skipped);
                continue;
            };
            assert!(fits && !blank, "{at} is read: {cells:?}");
            for (column, cell) in cells[..columns].iter().enumerate() {
                let text = cell.unwrap_or_default().trim();
                let time = &expected["times"][column.to_string()][place];
                if column == score {
                    let point = text.parse().unwrap_or(NO_RATING);
                    assert_eq!(dataset.ratings[index], point, "{at}: {text:?}");
                } else {
                    let found = others[file.names[column].as_str()];
                    let name = &file.names[column];
                    assert!(
                        is_same(found, index, text, time),
                        "{at}, {name}: {text:?} is no {}",
                        shown(found, index)
                    );
                }
            }
        }
    }
}

/// What a column has at `index`, to be shown.
fn shown(column: &Column, index: usize) -> String {
    let odd = column.odd.cells().iter().find(|(at, _)| *at == index as u64);
    match &column.values {
        Values::Texts(texts) => format!("text {:?}", texts.get(index)),
        Values::Words(words) => format!("word {:?}", words.get(index)),
        Values::Ratings(points) => format!("rating {}, beside it {odd:?}", points[index]),
        Values::Numbers(numbers) => format!("number {}, beside it {odd:?}", numbers.get(index)),
        Values::Times(times) => format!("time {}, beside it {odd:?}", times.get(index)),
    }
}

/// Whether a column has at `index` what stands in a cell.
fn is_same(column: &Column, index: usize, text: &str, time: &Value) -> bool {
    let odd = || {
        let odd = column.odd.cells().iter().find(|(at, _)| *at == index as u64);
        odd.map_or_else(|| is_missing(text), |(_, odd)| odd == text)
    };
    match &column.values {
        Values::Texts(texts) => texts.get(index) == text,
        Values::Words(words) => words.get(index).unwrap_or_default() == text,
        Values::Ratings(points) if points[index] == NO_RATING => odd(),
        Values::Ratings(points) => text.parse() == Ok(f64::from(points[index])),
        Values::Numbers(numbers) if numbers.get(index).is_nan() => odd(),
        Values::Numbers(numbers) => text.replace(',', ".").parse() == Ok(numbers.get(index)),
        Values::Times(times) if times.get(index) == NO_TIME => odd(),
        Values::Times(times) => time.as_i64() == Some(times.get(index)),
    }
}

/// Compares rows with what another reader wrote as CSV.
fn compare_csv(path: &Path, found: Result<Csv, Refusal>) {
    let expected = fs::read_to_string(path.with_added_extension("csv")).unwrap();
    let name = path.display();
    let found = found.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    for (at, (found, expected)) in found.text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{name}, line {}", at + 1);
    }
    assert_eq!((found.text.len(), found.skipped, found.repaired), (expected.len(), vec![], vec![]), "{name}");
}

fn read(opened: Result<impl Reader, Refusal>) -> Result<Csv, Refusal> {
    let mut reader = opened?;
    let mut csv = Csv::new(reader.head());
    while reader.read(7, &mut csv)? {}
    Ok(csv)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is {text:?}, which is no number")))
}

/// Compares all of them, where a Python is named; whether one was.
fn with_python(seed: u64, texts: &[Generated], others: u64) -> Option<Vec<Value>> {
    let python = std::env::var_os("CANDOR_PYTHON")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    let name = |at: usize| format!("{at}.txt");
    for (at, text) in texts.iter().enumerate() {
        fs::write(folder.join(name(at)), &text.bytes).unwrap();
    }
    let jobs: Vec<Value> = texts.iter().enumerate().map(|(at, text)| text.job(&name(at))).collect();
    let jobs = json!({ "seed": seed, "tables": jobs, "others": others });
    fs::write(folder.join("jobs.json"), jobs.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent.py");
    let status = Command::new(&python).arg(script).arg(&folder).status();
    assert!(
        status.as_ref().is_ok_and(|status| status.success()),
        "{} did not do it: {status:?}",
        python.display()
    );
    let file = |end: &str, at: u64| -> (PathBuf, File) {
        let path = folder.join(format!("{at}.{end}"));
        let file = File::open(&path).unwrap();
        (path, file)
    };
    for at in 0..others {
        let (path, workbook) = file("xlsx", at);
        compare_csv(&path, read(candor_xlsx::open(workbook, None)));
        let (path, parquet) = file("parquet", at);
        compare_csv(&path, read(candor_parquet::open(parquet, None)));
        let (path, spss) = file("sav", at);
        compare_csv(&path, read(candor_sav::open(spss, None)));
    }
    let found: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    Some(found.as_array().unwrap().clone())
}

/// What is guessed of a text (delimiter, encoding, names), of ten times as many as are read: this takes no other reader.
#[test]
fn what_a_generated_text_is_written_with_is_told() {
    let seed = number("CANDOR_SEED").unwrap_or(SEED);
    let texts = 10 * number("CANDOR_GENERATED").unwrap_or(60) as usize;
    for at in 0..texts {
        Generated::new(seed, at).plan(&format!("seed {seed}, text {at}"));
    }
}

#[test]
fn generated_files_have_the_cells_that_an_independent_reader_finds() {
    let seed = number("CANDOR_SEED").unwrap_or(SEED);
    let files = number("CANDOR_GENERATED").unwrap_or(60).max(2 * COMMITTED as u64);
    let others = files / 6;
    println!("{files} files, seed {seed}: {} texts, {others} of each other format", files - 3 * others);
    let texts: Vec<Generated> =
        (0..(files - 3 * others) as usize).map(|at| Generated::new(seed, at)).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected.json");
    let found = with_python(seed, &texts, others);
    if let Some(found) = found.as_ref().filter(|_| std::env::var_os("CANDOR_BLESS").is_some() && seed == SEED)
    {
        let lines: Vec<String> = found[..COMMITTED].iter().map(Value::to_string).collect();
        fs::write(&path, format!("[{}]\n", lines.join(",\n"))).unwrap();
    }
    let committed: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let expected = match found {
        Some(found) => {
            assert!(
                seed != SEED || found[..COMMITTED] == committed,
                "pandas finds something else than expected.json has"
            );
            found
        }
        None => {
            println!(
                "CANDOR_PYTHON names no Python with pandas: {COMMITTED} texts are compared with its outputs of once, the others with nothing"
            );
            committed
        }
    };
    if seed == SEED || expected.len() > COMMITTED {
        for (at, (text, expected)) in texts.iter().zip(&expected).enumerate() {
            compare(&format!("text {at}"), text, expected);
        }
    }
}
