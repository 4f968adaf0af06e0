//! What stands around the cells: which sheets there are, what number formats mean, and the shared strings.

use crate::package::Package;
use crate::xml::{MAX_TEXT, Xml, append, attribute, unescape_characters};
use candor_cells::Refusal;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// The most bytes, and the most, of shared strings.
const MAX_STRINGS: usize = 96 << 20;
const MAX_STRING_COUNT: usize = 4 << 20;
/// The most sheets and cell formats; spreadsheets stop at 65,490 formats.
const MAX_SHEETS: usize = 10_000;
const MAX_FORMATS: usize = 100_000;

/// How a cell's number is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Number,
    /// Days since the workbook's first day.
    Date,
    /// Days, as a length of time.
    Duration,
}

pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    pub(crate) part: String,
}

#[derive(Default)]
pub(crate) struct Workbook {
    pub(crate) sheets: Vec<Sheet>,
    /// Whether days count from 1904.
    pub(crate) from_1904: bool,
    /// By the index that cells give.
    pub(crate) formats: Vec<Format>,
    pub(crate) strings: Strings,
}

pub(crate) fn read<R: Read + Seek>(package: &Package<R>) -> Result<Workbook, Refusal> {
    let place = relations(package, "", "_rels/.rels")?
        .into_iter()
        .find(|(_, relation)| relation.kind.ends_with("/officeDocument"))
        .map_or_else(|| "xl/workbook.xml".to_string(), |(_, relation)| relation.target);
    let Some(part) = package.part(&place)?.filter(|_| place.ends_with(".xml")) else {
        let found = match () {
            () if place.ends_with(".bin") => "it is a binary workbook (.xlsb). Save it as .xlsx.",
            () if package.has("content.xml") => {
                "it is an OpenDocument table (.ods). Save it as .xlsx or .csv."
            }
            () if package.has("word/document.xml") => {
                "it is a text document. Copy its table into a spreadsheet and save that as .xlsx."
            }
            () => "it is a zip archive without a workbook. Unpack it and open the file inside.",
        };
        return Err(Refusal::Foreign { expected: "an XLSX workbook", found: found.into() });
    };
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file = place.rsplit('/').next().unwrap_or_default();
    let relations = relations(package, folder, &join(folder, &format!("_rels/{file}.rels")))?;
    let mut workbook = Workbook::default();
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Event::Eof => break,
            Event::Start(start) => match start.local_name().as_ref() {
                "workbookPr" => {
                    workbook.from_1904 = matches!(attribute(&start, "date1904").as_str(), "1" | "true")
                }
                "sheet" => {
                    let name = attribute(&start, "name");
                    let hidden = !matches!(attribute(&start, "state").as_str(), "" | "visible");
                    if let Some(relation) = relations.get(&attribute(&start, "id"))
                        && relation.kind.ends_with("/worksheet")
                        && workbook.sheets.len() < MAX_SHEETS
                    {
                        workbook.sheets.push(Sheet { name, hidden, part: relation.target.clone() });
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    let target = |kind: &str| relations.values().find(|relation| relation.kind.ends_with(kind));
    if let Some(styles) = target("/styles") {
        workbook.formats = formats(package, &styles.target)?;
    }
    if let Some(strings) = target("/sharedStrings") {
        workbook.strings = Strings::read(package, &strings.target)?;
    }
    Ok(workbook)
}

struct Relation {
    kind: String,
    target: String,
}

/// What a part refers to, by the ids that it uses.
fn relations<R: Read + Seek>(
    package: &Package<R>,
    folder: &str,
    part: &str,
) -> Result<BTreeMap<String, Relation>, Refusal> {
    let mut found = BTreeMap::new();
    let Some(part) = package.part(part)? else { return Ok(found) };
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Event::Eof => return Ok(found),
            Event::Start(start)
                if start.local_name().as_ref() == "Relationship" && found.len() < MAX_SHEETS * 2 =>
            {
                let target = attribute(&start, "Target");
                // What stands on another machine is never asked for.
                if attribute(&start, "TargetMode") != "External" {
                    let relation =
                        Relation { kind: attribute(&start, "Type"), target: join(folder, &target) };
                    found.insert(attribute(&start, "Id"), relation);
                }
            }
            _ => {}
        }
    }
}

/// A path as it is seen from a folder.
fn join(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

fn formats<R: Read + Seek>(package: &Package<R>, part: &str) -> Result<Vec<Format>, Refusal> {
    let mut formats = Vec::new();
    let Some(part) = package.part(part)? else { return Ok(formats) };
    let mut xml = Xml::new(part);
    let mut own: BTreeMap<u32, Format> = BTreeMap::new();
    let mut in_cells = false;
    loop {
        match xml.next()? {
            Event::Eof => return Ok(formats),
            Event::Start(start) => match start.local_name().as_ref() {
                "numFmt" if own.len() < MAX_FORMATS => {
                    if let Ok(id) = attribute(&start, "numFmtId").parse() {
                        own.insert(id, format(&attribute(&start, "formatCode")));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells && formats.len() < MAX_FORMATS => {
                    let id = attribute(&start, "numFmtId").parse().unwrap_or_default();
                    formats.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
}

/// The formats that have numbers instead of codes (ECMA-376 part 1, 18.8.30).
fn built_in(id: u32) -> Format {
    match id {
        46 => Format::Duration,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Format::Date,
        _ => Format::Number,
    }
}

/// What a format code means, by the letters of its first section outside of quotations.
fn format(code: &str) -> Format {
    let mut characters = code.chars();
    let mut date = false;
    while let Some(character) = characters.next() {
        match character.to_ascii_lowercase() {
            ';' => break,
            '"' => while characters.next().is_some_and(|character| character != '"') {},
            '\\' | '_' | '*' => drop(characters.next()),
            '[' => {
                let inside: String = characters.by_ref().take_while(|&character| character != ']').collect();
                if matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    return Format::Duration;
                }
            }
            'd' | 'm' | 'y' | 'h' | 's' => date = true,
            _ => {}
        }
    }
    if date { Format::Date } else { Format::Number }
}

/// The texts that cells share, in blocks, so that growing never doubles them.
#[derive(Default)]
pub(crate) struct Strings {
    blocks: Vec<String>,
    /// The block of each string, and where it begins there.
    starts: Vec<(u32, u32)>,
}

impl Strings {
    fn read<R: Read + Seek>(package: &Package<R>, part: &str) -> Result<Strings, Refusal> {
        let mut strings = Strings::default();
        let Some(part) = package.part(part)? else { return Ok(strings) };
        let mut xml = Xml::new(part.of_any_length());
        let mut text = String::new();
        let (mut in_text, mut phonetic, mut bytes) = (false, false, 0);
        loop {
            let event = xml.next()?;
            match &event {
                Event::Eof => return Ok(strings),
                Event::Start(start) => match start.local_name().as_ref() {
                    "si" => text.clear(),
                    "t" => in_text = !phonetic,
                    "rPh" => phonetic = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "t" => in_text = false,
                    "rPh" => phonetic = false,
                    "si" => {
                        unescape_characters(&mut text, 0);
                        bytes += text.len();
                        if bytes > MAX_STRINGS || strings.starts.len() >= MAX_STRING_COUNT {
                            return Err(Refusal::TooLarge {
                                place: "The workbook's list of texts".into(),
                                found: "it has more than that".into(),
                                limit: format!("{} MiB in {MAX_STRING_COUNT} texts", MAX_STRINGS >> 20),
                            });
                        }
                        strings.push(&text);
                    }
                    _ => {}
                },
                other if in_text && !append(&mut text, other) => {
                    return Err(xml.damaged("uses an entity that is declared nowhere"));
                }
                _ => {}
            }
            if text.len() > MAX_TEXT {
                return Err(too_long());
            }
        }
    }

    fn push(&mut self, text: &str) {
        match self.blocks.last_mut().filter(|block| block.len() + text.len() <= MAX_TEXT) {
            Some(block) => block.push_str(text),
            None => {
                let mut block =
                    String::with_capacity(if self.blocks.is_empty() { text.len() } else { MAX_TEXT });
                block.push_str(text);
                self.blocks.push(block);
            }
        }
        let block = self.blocks.last().map_or(0, String::len);
        self.starts.push((self.blocks.len() as u32 - 1, (block - text.len()) as u32));
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let &(block, start) = self.starts.get(index)?;
        let text = self.blocks.get(block as usize)?;
        let end = match self.starts.get(index + 1) {
            Some(&(next, end)) if next == block => end as usize,
            _ => text.len(),
        };
        text.get(start as usize..end)
    }
}

pub(crate) fn too_long() -> Refusal {
    Refusal::TooLarge {
        place: "The text of a cell".into(),
        found: "more than that".into(),
        limit: format!("{} MiB", MAX_TEXT >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_are_dates_by_their_letters_outside_quotations() {
        let cases = [
            ("General", Format::Number),
            ("#,##0.00 \"days\"", Format::Number),
            ("0.00E+00", Format::Number),
            ("[Red]0.0", Format::Number),
            ("0_d", Format::Number),
            ("yyyy-mm-dd", Format::Date),
            ("[$-409]d. mmm yyyy;@", Format::Date),
            ("hh:mm AM/PM", Format::Date),
            ("[h]:mm:ss", Format::Duration),
            ("0;\"d\"", Format::Number),
        ];
        for (code, expected) in cases {
            assert_eq!(format(code), expected, "{code}");
        }
    }

    #[test]
    fn paths_are_seen_from_their_folder() {
        assert_eq!(join("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(join("xl/sheets", "../styles.xml"), "xl/styles.xml");
        assert_eq!(join("", "xl/workbook.xml"), "xl/workbook.xml");
    }

    #[test]
    fn shared_strings_come_back_across_blocks() {
        let mut strings = Strings::default();
        let texts: Vec<String> = (0..9).map(|n| "x".repeat(n * 150_000)).collect();
        texts.iter().for_each(|text| strings.push(text));
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(strings.get(at), Some(text.as_str()));
        }
        assert_eq!(strings.get(9), None);
    }
}
