//! Files that are made to take memory, time or other files: `candor analyze`, as a process, reads each or refuses it with a
//! sentence, within 256 MB. The table of times and memory that it prints is kept in `tests/SOAK.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "the table is printed")]

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc, FlushCompress};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The most memory, in bytes.
const MEMORY: u64 = 256_000_000;
/// Two seconds are promised of a release build on a quiet machine.
const GENEROUS: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

/// How a file ends up.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    /// There is a report.
    Read,
    /// There is none.
    Refused,
    /// It was killed, or broke.
    Otherwise,
}
use Ends::{Read as R, Refused as X};

/// What became of a file.
struct Outcome {
    ends: Ends,
    said: String,
    seconds: Duration,
    memory: u64,
}

fn analyze(file: &Path, plan: Option<&Path>) -> Outcome {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .arg("analyze")
        .args(plan.into_iter().flat_map(|plan| [Path::new("--plan"), plan]))
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let speaking = std::thread::spawn(move || {
        let mut said = Vec::new();
        stdout.read_to_end(&mut said).unwrap();
        stderr.read_to_end(&mut said).unwrap();
        String::from_utf8(said).unwrap()
    });
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let ended = loop {
        // The most that it has had so far; gone once it has ended.
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes =
            line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|n| n.parse::<u64>().ok());
        memory = memory.max(kilobytes.unwrap_or_default() << 10);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        if started.elapsed() > 2 * GENEROUS {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let seconds = started.elapsed();
    let said = speaking.join().unwrap();
    let ends = match ended.code() {
        Some(0) => Ends::Read,
        Some(2) => Ends::Refused,
        _ => Ends::Otherwise,
    };
    Outcome { ends, said, seconds, memory }
}

/// A plan by which the score is found where the file does not tell.
const PLAN: &str = r#"{"tool":"csv","encoding":"utf-8","delimiter":",","header_rows":1,"columns":[{"name":"nps","role":"score",
"reason":"","examples":[],"scale":{"low":0,"high":10,"nps":true}}],"date_order":"day_first","survey":null,"notes":[]}"#;

/// Tries each file, prints a table and says of all of them what went wrong.
fn try_all(plan: Option<&str>, files: Vec<(&str, Ends, &str, Vec<u8>)>) {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let plan = plan.map(|plan| {
        let path = folder.path().join("plan.json");
        fs::write(&path, plan).unwrap();
        path
    });
    for (name, ends, sentence, bytes) in files {
        let path = folder.path().join(name.rsplit(", ").next().unwrap());
        fs::write(&path, bytes).unwrap();
        let found = analyze(&path, plan.as_deref());
        fs::remove_file(&path).unwrap();
        let lines: Vec<&str> = found.said.lines().collect();
        let said =
            lines.iter().find(|line| line.contains(sentence)).or(lines.first()).copied().unwrap_or_default();
        let said: String =
            said.replace(&format!("{}/", folder.path().display()), "").trim().chars().take(200).collect();
        let (seconds, memory) = (found.seconds.as_secs_f64(), found.memory / 1_000_000);
        println!("| {name} | {:?} | {seconds:.2} s | {memory} MB | {said} |", found.ends);
        let kept = found.ends == ends
            && found.said.contains(sentence)
            && found.seconds < GENEROUS
            && found.memory < MEMORY;
        // Nothing of another file is ever shown.
        if !kept || found.said.contains("root:") {
            wrong.push(format!("{name}: {:?} in {seconds:.2} s and {memory} MB, where {ends:?} and “{sentence}” are expected: {said}", found.ends));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Packed bytes that end at a byte and remember nothing, so that they can be repeated and others can follow.
fn block(piece: &[u8]) -> Vec<u8> {
    let mut packer = flate2::Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(piece.len() / 100 + 4096);
    packer.compress_vec(piece, &mut block, FlushCompress::Full).unwrap();
    assert_eq!(packer.total_in(), piece.len() as u64);
    block
}

/// Bytes that unpack to `piece` so many times.
fn deflated(piece: &[u8], times: usize) -> Vec<u8> {
    let last = DeflateEncoder::new(Vec::new(), Compression::best()).finish().unwrap();
    [block(piece).repeat(times), last].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A file of a zip archive: what it is called, and what the directory says of it.
struct Entry<'a> {
    name: &'a str,
    packed: &'a [u8],
    method: u16,
    size: u64,
    crc: u32,
}

fn stored<'a>(name: &'a str, bytes: &'a [u8]) -> Entry<'a> {
    let mut crc = Crc::new();
    crc.update(bytes);
    Entry { name, packed: bytes, method: 0, size: bytes.len() as u64, crc: crc.sum() }
}

/// An archive that says what it is told to say.
fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = file.len() as u32;
        let mut fields = vec![20, 0, 0, 0];
        fields.extend(entry.method.to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(entry.crc.to_le_bytes());
        fields.extend((entry.packed.len() as u32).to_le_bytes());
        fields.extend((entry.size.min(u64::from(u32::MAX)) as u32).to_le_bytes());
        fields.extend((entry.name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        file.extend(b"PK\x03\x04");
        file.extend(&fields);
        file.extend(entry.name.as_bytes());
        file.extend(entry.packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let at = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([(entries.len() as u16).to_le_bytes(); 2].concat());
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0; 2]);
    file
}

const ROWS: &str = "agent,nps\nA1,9\nA2,3\n";

#[test]
fn packages_that_unpack_to_absurd_lengths() {
    let zeros = vec![b'0'; 16 << 20];
    let rows = "A1,9\n".repeat(1 << 20);
    let member = gzip(&zeros);
    let many = member.repeat(256);
    let long = deflated(&zeros, 256);
    let scores = deflated(rows.as_bytes(), 800);
    let entry = |name: &'static str, packed: &[u8], size: u64| {
        zip(&[Entry { name, packed, method: 8, size, crc: 0 }])
    };
    let inner = zip(&[stored("inner.csv", ROWS.as_bytes())]);
    let names: Vec<String> = (0..65_535).map(|n| format!("{n}.csv")).collect();
    let crowd: Vec<Entry<'_>> = names.iter().map(|name| stored(name, b"")).collect();
    let long_names: Vec<String> = (0..400).map(|n| format!("{n}{}", "x".repeat(65_000))).collect();
    let wide: Vec<Entry<'_>> = long_names.iter().map(|name| stored(name, b"")).collect();
    let spss = [b"$FL2@(#) SPSS DATA FILE".as_slice(), &zeros].concat();
    try_all(
        None,
        vec![
            ("4 GiB of one digit, a.csv.gz", X, "No column", many),
            (
                "4 GiB of rows, rows.csv.gz",
                R,
                "more than 200 times its length",
                [gzip(ROWS.as_bytes()), gzip(rows.as_bytes()).repeat(800)].concat(),
            ),
            (
                "4 GiB of rows of two bytes, short.csv.gz",
                R,
                "more than 200 times its length",
                [gzip(b"nps\n9\n3\n"), gzip("9\n".repeat(8 << 20).as_bytes()).repeat(256)].concat(),
            ),
            ("gzip in gzip in gzip, a.gz", X, "packed twice", gzip(&gzip(&gzip(ROWS.as_bytes())))),
            (
                "an SPSS file of 4 GiB, spss.sav.gz",
                X,
                "cannot read",
                [gzip(&spss), member.repeat(255)].concat(),
            ),
            ("4 GiB of one digit, a.zip", X, "No column", entry("a.csv", &long, 4 << 30)),
            (
                "4 GiB of rows, rows.zip",
                R,
                "more than 200 times its length",
                entry("rows.csv", &[block(ROWS.as_bytes()), scores.clone()].concat(), 4 << 30),
            ),
            (
                "says 30 bytes and unpacks to 4 GiB, lying.zip",
                R,
                "is damaged in its zip archive",
                entry("a.csv", &[block(ROWS.as_bytes()), scores].concat(), 30),
            ),
            (
                "says 4 GiB and unpacks to 20 bytes, short.zip",
                R,
                "ends in the middle",
                entry("a.csv", &deflated(ROWS.as_bytes(), 1), u64::from(u32::MAX)),
            ),
            (
                "a workbook of 4 GiB in it, packed.zip",
                X,
                "more than 200 times",
                entry("a.xlsx", &long, 4 << 30),
            ),
            (
                "an archive in it, nested.zip",
                X,
                "There is no table in this zip archive",
                zip(&[stored("inner.zip", &inner)]),
            ),
            (
                "an archive that is called a table, called.zip",
                X,
                "packed twice",
                zip(&[stored("inner.csv", &inner)]),
            ),
            ("65,535 files, crowd.zip", X, "There are 65535 tables", zip(&crowd)),
            ("a directory of 26 MB, wide.zip", X, "more than 16 MiB", zip(&wide)),
            (
                "definitions of 4 GiB, definitions.zip",
                X,
                "definitions.json",
                zip(&[
                    stored("responses.csv", ROWS.as_bytes()),
                    Entry { name: "definitions.json", packed: &long, method: 8, size: 60 << 20, crc: 0 },
                ]),
            ),
        ],
    );
}

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const PARTS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const HEAD: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>agent</t></is></c><c r="B1" t="inlineStr"><is><t>nps</t></is></c></row>"#;

/// A workbook of a sheet and shared texts, as they stand in it.
fn workbook(sheet: Entry<'_>, shared: Entry<'_>) -> Vec<u8> {
    zip(&[
        stored("[Content_Types].xml", TYPES.as_bytes()),
        stored("_rels/.rels", RELATIONS.as_bytes()),
        stored("xl/workbook.xml", BOOK.as_bytes()),
        stored("xl/_rels/workbook.xml.rels", PARTS.as_bytes()),
        Entry { name: "xl/worksheets/sheet1.xml", ..sheet },
        Entry { name: "xl/sharedStrings.xml", ..shared },
    ])
}

fn sheet_of(doctype: &str, rows: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{HEAD}{rows}</sheetData></worksheet>"#
    )
}

fn shared_of(doctype: &str, texts: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>{doctype}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>"#
    )
}

#[test]
fn workbooks_that_reach_for_other_files_or_grow_without_end() {
    let row = r#"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>9</v></c></row>"#;
    let text = "<si><t>A1</t></si>";
    let outside = r#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>"#;
    let laughs: String =
        (1..12).map(|n| format!(r#"<!ENTITY l{n} "{}">"#, format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!(r#"<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>"#);
    let in_sheet = |entity: &str| {
        format!(
            r#"<row r="2"><c r="A2" t="inlineStr"><is><t>&{entity};</t></is></c><c r="B2"><v>9</v></c></row>"#
        )
    };
    let book =
        |sheet: String, shared: String| workbook(stored("", sheet.as_bytes()), stored("", shared.as_bytes()));
    let air = |before: &str, piece: &str, times: usize| {
        let piece = piece.repeat((16 << 20) / piece.len());
        let mut packed = block(before.as_bytes());
        packed.extend(deflated(piece.as_bytes(), times));
        (packed, (before.len() + piece.len() * times) as u64)
    };
    let open_sheet = sheet_of("", "").replace("</sheetData></worksheet>", "");
    let (cells, cells_size) = air(&open_sheet, r#"<row><c t="s"><v>0</v></c><c><v>9</v></c></row>"#, 200);
    let (blank, blank_size) = air(&open_sheet, "<row/>", 200);
    let (tag, tag_size) = air(&open_sheet, " ", 200);
    let (attribute, attribute_size) = air(&format!("{open_sheet}<row r=\""), "1", 200);
    let (texts, texts_size) = air(&shared_of("", "").replace("</sst>", ""), text, 200);
    let (one_text, one_text_size) = air(&shared_of("", "<si><t>").replace("</sst>", ""), "a", 200);
    let packed = |packed, size| Entry { name: "", packed, method: 8, size, crc: 0 };
    let plain = sheet_of("", row);
    let shared = shared_of("", text);
    let sheet_air = |bytes, size| workbook(packed(bytes, size), stored("", shared.as_bytes()));
    let shared_air = |bytes, size| workbook(stored("", plain.as_bytes()), packed(bytes, size));
    let deep = format!("{}{}", "<a>".repeat(1 << 20), "</a>".repeat(1 << 20));
    try_all(
        None,
        vec![
            ("as it should be, plain.xlsx", R, "1 in the file, 1 used", book(plain.clone(), shared.clone())),
            (
                "another file in a shared text, outside.xlsx",
                X,
                "cannot read",
                book(plain.clone(), shared_of(outside, "<si><t>&e;</t></si>")),
            ),
            (
                "another file in a cell, cell.xlsx",
                X,
                "cannot read",
                book(sheet_of(outside, &in_sheet("e")), shared.clone()),
            ),
            (
                "a thousand million laughs in a shared text, laughs.xlsx",
                X,
                "cannot read",
                book(plain.clone(), shared_of(&laughs, "<si><t>&l11;</t></si>")),
            ),
            (
                "a thousand million laughs in a cell, laugh.xlsx",
                X,
                "cannot read",
                book(sheet_of(&laughs, &in_sheet("l11")), shared.clone()),
            ),
            ("3 GiB of empty rows, blank.xlsx", X, "cannot read", sheet_air(&blank, blank_size)),
            ("3 GiB of spaces, spaces.xlsx", X, "cannot read", sheet_air(&tag, tag_size)),
            ("a tag of 3 GiB, tag.xlsx", X, "1 MiB", sheet_air(&attribute, attribute_size)),
            ("a shared text of 3 GiB, text.xlsx", X, "1 MiB", shared_air(&one_text, one_text_size)),
            (
                "a million tags within each other, deep.xlsx",
                X,
                "64 levels",
                book(sheet_of("", &[&deep, row].concat()), shared.clone()),
            ),
            (
                "row 4,294,967,295, far.xlsx",
                R,
                "1 in the file",
                book(sheet_of("", &row.replace("2", "4294967295")), shared.clone()),
            ),
            (
                "column ZZZZZZ, wide.xlsx",
                R,
                "2 in the file",
                book(
                    sheet_of("", &[row.replace("B2", "ZZZZZZ2"), row.replace("2", "3")].concat()),
                    shared.clone(),
                ),
            ),
            (
                "shared text 4,294,967,295, index.xlsx",
                R,
                "1 in the file",
                book(sheet_of("", &row.replace("<v>0</v>", "<v>4294967295</v>")), shared.clone()),
            ),
            ("3 GiB of rows, rows.xlsx", X, "200 times as much", sheet_air(&cells, cells_size)),
            ("3 GiB of shared texts, texts.xlsx", X, "200 times as much", shared_air(&texts, texts_size)),
        ],
    );
}

/// The compact protocol of Thrift, as far as a Parquet file needs it.
#[derive(Default)]
struct Thrift(Vec<u8>);

impl Thrift {
    fn varint(mut self, mut value: u64) -> Thrift {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }
    /// A field of a whole number, `step` after the one before.
    fn number(mut self, step: u8, kind: u8, value: i64) -> Thrift {
        self.0.push(step << 4 | kind);
        self.varint((value as u64) << 1)
    }
    fn text(mut self, step: u8, text: &str) -> Thrift {
        self.0.push(step << 4 | 8);
        self.varint(text.len() as u64).raw(text.as_bytes())
    }
    fn raw(mut self, bytes: &[u8]) -> Thrift {
        self.0.extend(bytes);
        self
    }
}

/// A Parquet file of one optional column of whole numbers, `codec` 0 (none) or 1 (snappy), with what its page says of itself.
fn parquet(rows: i64, codec: i64, unpacked: i64, packed: i64, values: i64, page: &[u8]) -> Vec<u8> {
    let header =
        Thrift::default().number(1, 5, 0).number(1, 5, unpacked).number(1, 5, packed).raw(&[2 << 4 | 12]);
    let header = header.number(1, 5, values).number(1, 5, 0).number(1, 5, 3).number(1, 5, 3).raw(&[0, 0]);
    let data = [b"PAR1", header.0.as_slice(), page].concat();
    let end = Thrift::default().number(1, 5, 1).raw(&[1 << 4 | 9, 2 << 4 | 12]);
    let end = end
        .text(4, "schema")
        .number(1, 5, 1)
        .raw(&[0])
        .number(1, 5, 2)
        .number(2, 5, 1)
        .text(1, "nps")
        .raw(&[0]);
    let end = end.number(1, 6, rows).raw(&[1 << 4 | 9, 1 << 4 | 12, 1 << 4 | 9, 1 << 4 | 12, 3 << 4 | 12]);
    let end = end
        .number(4, 5, codec)
        .number(1, 6, rows)
        .number(2, 6, data.len() as i64 - 4)
        .number(2, 6, 4)
        .raw(&[0, 0]);
    let end = end.number(2, 6, rows).raw(&[0, 0]).0;
    with_footer(data, &end)
}

fn with_footer(mut file: Vec<u8>, footer: &[u8]) -> Vec<u8> {
    file.extend(footer);
    file.extend((footer.len() as u32).to_le_bytes());
    file.extend(b"PAR1");
    file
}

#[test]
fn parquet_files_with_absurd_lengths() {
    let huge = i64::from(i32::MAX);
    let missing = |values: u64| {
        let run = Thrift::default().varint(values << 1).raw(&[0]).0;
        [&(run.len() as u32).to_le_bytes()[..], &run].concat()
    };
    let nothing = missing(huge as u64);
    let length = nothing.len() as i64;
    let list =
        |count: u64| Thrift::default().number(1, 5, 1).raw(&[1 << 4 | 9, 0xF << 4 | 12]).varint(count).0;
    // Deeper and deeper lists of lists in a field that nobody knows.
    let deep = [&[0xF << 4 | 9][..], &[1 << 4 | 9; 2_000_000]].concat();
    let mut long_footer = parquet(3, 0, 10, 10, 3, &[0; 10]);
    let at = long_footer.len() - 8;
    long_footer[at..at + 4].fill(0xFF);
    // Snappy: the length that it will have, and one byte again and again.
    let snappy = Thrift::default().varint(63 << 20).raw(&[0, 0]).raw(&[0xFE, 1, 0].repeat((63 << 20) / 64)).0;
    let snappy_length = snappy.len() as i64;
    try_all(
        Some(PLAN),
        vec![
            ("a page of 2 GiB, page.parquet", X, "2047 MiB unpacked", parquet(3, 0, huge, 10, 3, &[0; 10])),
            (
                "a packed page of 2 GiB, packed.parquet",
                X,
                "2047 MiB packed",
                parquet(3, 1, 10, huge, 3, &[0; 10]),
            ),
            (
                "2,147,483,647 values in a page of 10 bytes, values.parquet",
                R,
                "3",
                parquet(3, 0, 10, 10, huge, &[0; 10]),
            ),
            (
                "2,147,483,647 missing rows of 6 bytes, rows.parquet",
                X,
                "500 times",
                parquet(huge, 0, length, length, huge, &nothing),
            ),
            ("metadata of 4 GiB, metadata.parquet", X, "4294967295 bytes", long_footer),
            (
                "4,294,967,295 columns, columns.parquet",
                X,
                "cannot read",
                with_footer(b"PAR1".to_vec(), &list(u64::from(u32::MAX))),
            ),
            (
                "2^63 columns, columns.parquet",
                X,
                "cannot read",
                with_footer(b"PAR1".to_vec(), &list(1 << 63)),
            ),
            ("lists within lists, deep.parquet", X, "cannot read", with_footer(b"PAR1".to_vec(), &deep)),
            (
                "a snappy page of one byte, snappy.parquet",
                R,
                "3",
                parquet(3, 1, 63 << 20, snappy_length, 3, &snappy),
            ),
            ("no more than marks, marks.parquet", X, "cannot read", b"PAR1\0\0\0\0PAR1".to_vec()),
        ],
    );
}

/// The fixture with other bytes at a place.
fn patched(file: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

fn place(file: &[u8], mark: &[u8]) -> usize {
    file.windows(mark.len()).position(|window| window == mark).unwrap()
}

#[test]
fn spss_files_with_absurd_lengths() {
    let plain: &[u8] = include_bytes!("../../analyzer/formats/sav/fixtures/plain.sav");
    let blocks: &[u8] = include_bytes!("../../analyzer/formats/sav/fixtures/blocks.zsav");
    let huge = i32::MAX.to_le_bytes();
    // The first variable; the first one with a label; the first set of value labels; the first record of any other kind.
    let variable = 176;
    let labelled = place(plain, b"RECOMMEN") + 8;
    let labels = place(plain, &[3, 0, 0, 0]) + 4;
    let extension = place(plain, &[7, 0, 0, 0]);
    // Where zsav says that its blocks end, and how many there are.
    let trailer = |file: &[u8]| {
        let header = place(file, &[231, 3, 0, 0]) + 8;
        u64::from_le_bytes(file[header + 8..header + 16].try_into().unwrap()) as usize
    };
    let end = trailer(blocks);
    let zheader = place(blocks, &[231, 3, 0, 0]) + 8;
    // So many variables, and then not a row.
    let mut many = plain[..variable].to_vec();
    for _ in 0..300_000 {
        many.extend([2i32, 0, 0, 0, 0x0005_0800, 0x0005_0800].map(i32::to_le_bytes).concat());
        many.extend(b"V       ");
    }
    many.extend([999i32, 0].map(i32::to_le_bytes).concat());
    // Every byte of a command is eight bytes of a row.
    let bytecode: &[u8] = include_bytes!("../../analyzer/formats/sav/fixtures/bytecode.sav");
    let data = place(bytecode, &[231, 3, 0, 0]) + 8;
    let spaces = [&bytecode[..data], &vec![254; 10 << 20]].concat();
    let zeros = deflated(&vec![0; 16 << 20], 64);
    try_all(
        None,
        vec![
            ("a label of 2 GiB, label.sav", X, "cannot read", patched(plain, labelled, &huge)),
            ("2,147,483,647 value labels, labels.sav", X, "cannot read", patched(plain, labels, &huge)),
            (
                "a record of 4 EiB, record.sav",
                X,
                "cannot read",
                patched(plain, extension + 8, &[huge, huge].concat()),
            ),
            ("a text of 2 GiB, text.sav", X, "cannot read", patched(plain, variable + 4, &huge)),
            ("300,000 variables, many.sav", X, "200000", many),
            ("2,147,483,647 blocks, blocks.zsav", R, "400 in the file", patched(blocks, end + 20, &huge)),
            ("blocks of 2 GiB, size.zsav", R, "400 in the file", patched(blocks, end + 16, &huge)),
            (
                "a block that unpacks to 2 GiB, block.zsav",
                R,
                "400 in the file",
                patched(blocks, end + 24 + 16, &huge),
            ),
            (
                "blocks that stand behind the end, far.zsav",
                X,
                "cannot read",
                patched(blocks, zheader + 8, &u64::MAX.to_le_bytes()),
            ),
        ],
    );
    try_all(
        Some(&PLAN.replace("\"nps\",\"role", "\"recommend\",\"role")),
        vec![
            ("80 MiB of spaces from 10, spaces.sav", R, "in the file", spaces),
            ("blocks of 1 GiB of zeros, zeros.zsav", R, "in the file", {
                let mut file = blocks.to_vec();
                let first = zheader + 24 + 2;
                file.splice(first..end, zeros.iter().copied());
                file
            }),
        ],
    );
}

#[test]
fn texts_that_are_absurdly_long_or_wide() {
    let long = "x".repeat(200_000_000);
    let quoted = format!("agent,nps,why\nA1,9,kind\nA2,3,slow\nA1,9,\"{long}\"\nA2,3,good\n");
    let line = format!("{{\"v\":1,\"id\":\"{long}\"}}\n");
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let names = |name: &dyn Fn(usize) -> String| (0..100_000).map(name).collect::<Vec<_>>().join(",");
    let row = |n: usize| (0..100_000).map(|at| ((at + n) % 11).to_string()).collect::<Vec<_>>().join(",");
    let rows = (0..20).map(row).collect::<Vec<_>>().join("\n");
    let short = format!("{}\n{rows}\n", names(&|_| "q".into()));
    let named = format!("{}\n{rows}\n", names(&|at| format!("q{at}")));
    let deep = format!("{{\"v\":1,\"answers\":{}\n", "[".repeat(10_000_000));
    let nul_cells = format!("agent,nps\n{}", "Adelaide\0,9\nB\0 of York and Leeds,3\n".repeat(100_000));
    try_all(
        None,
        vec![
            ("a cell of 200 MB, cell.csv", R, "longer than 16 MiB", quoted.into_bytes()),
            ("a line of 200 MB, line.ndjson", X, "cannot", line.into_bytes()),
            (
                "a cell of 200 MB in UTF-16, wide.csv",
                R,
                "longer than 16 MiB",
                utf16(&format!(
                    "\u{feff}agent,nps,why\r\nA1,9,kind\r\nA2,3,slow\r\nA1,9,{}\r\nA2,3,good\r\n",
                    &long[..100_000_000]
                )),
            ),
            (
                "a quotation that never ends, open.csv",
                R,
                "never closed",
                format!("agent,nps,why\nA1,9,good\nA2,3,\"{long}").into_bytes(),
            ),
            ("nothing but quotation marks, marks.csv", X, "cannot read", vec![b'"'; 100_000_000]),
            ("nothing but line feeds, feeds.csv", X, "is empty", vec![b'\n'; 100_000_000]),
            (
                "rows of line feeds, lines.csv",
                R,
                "2 in the file, 2 used",
                format!("{ROWS}{}", "\n".repeat(100_000_000)).into_bytes(),
            ),
            (
                "a row of 100,000,000 commas, commas.csv",
                R,
                "longer than 16 MiB",
                format!("{ROWS}{}\nA1,3\n", ",".repeat(100_000_000)).into_bytes(),
            ),
            (
                "5,000,000 rows of one cell, short_rows.csv",
                R,
                "5,000,002 in the file, 2 used",
                [ROWS, &"x\n".repeat(5_000_000)].concat().into_bytes(),
            ),
            (
                "100,000 columns of one name, short.csv",
                X,
                "No column is chosen as the score",
                short.into_bytes(),
            ),
            ("100,000 columns, named.csv", X, "longer than 256 KiB", named.clone().into_bytes()),
            ("nothing but NULs, nuls.csv", X, "cannot read", vec![0; 100_000_000]),
            ("NULs in cells, cells.csv", R, "200,000 in the file, 200,000 used", nul_cells.into_bytes()),
            ("10,000,000 brackets, deep.ndjson", X, "cannot", deep.into_bytes()),
        ],
    );
    let planned = named.replacen("q70000,", "nps,", 1).into_bytes();
    try_all(
        Some(PLAN),
        vec![("100,000 columns by a plan, planned.csv", R, "20 in the file, 20 used", planned)],
    );
}
