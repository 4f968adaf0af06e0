//! The report as files to take away: tables as CSV and the whole as JSON, made on this machine and handed to the browser's own
//! download. It writes what the report holds, unrounded, and names units as the screen does.

use crate::names::Names;
use crate::personal;
use candor_engine::report::{Report, Unit};
use leptos::prelude::{document, set_timeout};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};

/// A table that can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Scores,
    Units,
    Channels,
    Weeks,
    Drivers,
    Findings,
}

impl Table {
    /// All of them.
    pub(crate) const ALL: [Table; 6] =
        [Table::Scores, Table::Units, Table::Channels, Table::Weeks, Table::Drivers, Table::Findings];

    /// The file's name.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Table::Scores => "scores.csv",
            Table::Units => "units.csv",
            Table::Channels => "channels.csv",
            Table::Weeks => "weeks.csv",
            Table::Drivers => "drivers.csv",
            Table::Findings => "findings.csv",
        }
    }

    /// The table as CSV (RFC 4180): a header row, and numbers as they were computed.
    pub(crate) fn csv(self, report: &Report, names: &Names) -> String {
        let mut units: Vec<&Unit> = report.units.iter().collect();
        names.sort(&mut units, |unit| &unit.unit);
        let mut rows = match self {
            Table::Scores => vec![head(&["question", "statistic", "n", "value", "low", "high", "deff"])],
            Table::Units => vec![head(&[
                "unit",
                "n",
                "value",
                "low",
                "high",
                "next",
                "none",
                "some",
                "strong",
                "flagged",
                "p_adjusted",
            ])],
            Table::Channels => vec![head(&[
                "unit", "family", "channel", "measure", "value", "low", "high", "expected", "p", "n",
                "reason",
            ])],
            Table::Weeks => vec![head(&["from", "to", "n", "value", "low", "high"])],
            Table::Drivers => {
                vec![head(&[
                    "question",
                    "lmg",
                    "low",
                    "high",
                    "johnson",
                    "correlation",
                    "performance",
                    "slope",
                    "slope_low",
                    "slope_high",
                    "n",
                ])]
            }
            Table::Findings => {
                vec![head(&[
                    "rank",
                    "id",
                    "sentence",
                    "value",
                    "low",
                    "high",
                    "n",
                    "test",
                    "p",
                    "conclusive",
                ])]
            }
        };
        match self {
            Table::Scores => rows.extend(report.scores.iter().map(|score| {
                vec![
                    word(&score.question),
                    word(&score.statistic),
                    score.n.to_string(),
                    score.value.to_string(),
                    score.low.to_string(),
                    score.high.to_string(),
                    score.deff.to_string(),
                ]
            })),
            Table::Units => rows.extend(units.into_iter().map(|unit| of_unit(unit, names))),
            Table::Channels => {
                for unit in units {
                    rows.extend(unit.channels.iter().map(|channel| {
                        vec![
                            word(&names.name(&unit.unit)),
                            word(&channel.family),
                            word(&channel.name),
                            word(channel.measure.as_deref().unwrap_or_default()),
                            number(channel.value),
                            number(channel.low),
                            number(channel.high),
                            number(channel.expected),
                            number(channel.p),
                            channel.n.to_string(),
                            word(&names.sentence(channel.reason.as_deref().unwrap_or_default())),
                        ]
                    }));
                }
            }
            Table::Weeks => rows.extend(report.weeks.iter().map(|week| {
                vec![
                    week.from.clone(),
                    week.to.clone(),
                    week.n.to_string(),
                    week.value.to_string(),
                    week.low.to_string(),
                    week.high.to_string(),
                ]
            })),
            Table::Drivers => rows.extend(report.drivers.iter().map(|driver| {
                vec![
                    word(&driver.question),
                    driver.lmg.to_string(),
                    driver.low.to_string(),
                    driver.high.to_string(),
                    driver.johnson.to_string(),
                    driver.correlation.to_string(),
                    driver.performance.to_string(),
                    number(driver.slope.map(|slope| slope.value)),
                    number(driver.slope.map(|slope| slope.low)),
                    number(driver.slope.map(|slope| slope.high)),
                    driver.n.to_string(),
                ]
            })),
            Table::Findings => rows.extend(report.findings.iter().map(|finding| {
                vec![
                    finding.rank.to_string(),
                    word(&finding.id),
                    word(&names.sentence(&finding.sentence)),
                    number(finding.value),
                    number(finding.low),
                    number(finding.high),
                    finding.n.to_string(),
                    word(finding.test.as_deref().unwrap_or_default()),
                    number(finding.p),
                    finding.conclusive.to_string(),
                ]
            })),
        }
        rows.into_iter().map(|row| row.join(",") + "\r\n").collect()
    }

    /// How many rows it has below its header.
    pub(crate) fn rows(self, report: &Report) -> usize {
        match self {
            Table::Scores => report.scores.len(),
            Table::Units => report.units.len(),
            Table::Channels => report.units.iter().map(|unit| unit.channels.len()).sum(),
            Table::Weeks => report.weeks.len(),
            Table::Drivers => report.drivers.len(),
            Table::Findings => report.findings.len(),
        }
    }
}

fn of_unit(unit: &Unit, names: &Names) -> Vec<String> {
    vec![
        word(&names.name(&unit.unit)),
        unit.n.to_string(),
        number(unit.score.map(|score| score.value)),
        number(unit.score.map(|score| score.low)),
        number(unit.score.map(|score| score.high)),
        number(unit.next.map(|next| next.value)),
        unit.evidence.none.to_string(),
        unit.evidence.some.to_string(),
        unit.evidence.strong.to_string(),
        unit.flagged.to_string(),
        number(unit.p_adjusted),
    ]
}

fn head(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A cell of text. What a spreadsheet would take for a formula begins with an apostrophe, because names come from the file.
fn word(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { ["'", text].concat() } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        return ["\"", &text.replace('"', "\"\""), "\""].concat();
    }
    text
}

/// The report as JSON, with the purpose and the names as the screen has them; what it quotes of the file's cells is masked unless
/// `personal` data is shown.
pub(crate) fn json(report: &Report, names: &Names, personal: bool) -> Option<String> {
    let mut report = report.clone();
    if !personal {
        for row in report.skipped.iter_mut().chain(&mut report.repaired) {
            row.reason = personal::masked(std::mem::take(&mut row.reason));
        }
    }
    if !names.hidden() {
        candor_engine::report::by_name(&mut report);
        return serde_json::to_string_pretty(&report).ok();
    }
    let mut value = serde_json::to_value(&report).ok()?;
    masked(&mut value, names);
    serde_json::to_string_pretty(&value).ok()
}

/// Every text without a name in it.
fn masked(value: &mut serde_json::Value, names: &Names) {
    match value {
        serde_json::Value::String(text) => *text = names.sentence(text),
        serde_json::Value::Array(values) => values.iter_mut().for_each(|value| masked(value, names)),
        serde_json::Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                match value {
                    // A name alone is itself, whatever else it might be taken for.
                    serde_json::Value::String(name) if field == "unit" => *name = names.name(name),
                    value => masked(value, names),
                }
            }
        }
        _ => {}
    }
}

/// Hands a file of text to the browser's download; false when it cannot.
pub(crate) fn save(name: &str, kind: &str, text: &str) -> bool {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)
        .is_ok_and(|blob| save_blob(name, &blob))
}

/// Hands a file to the browser's download; false when it cannot.
pub(crate) fn save_blob(name: &str, blob: &web_sys::Blob) -> bool {
    download(name, blob).is_ok()
}

fn download(name: &str, blob: &web_sys::Blob) -> Result<(), JsValue> {
    let address = web_sys::Url::create_object_url_with_blob(blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser may take a while to begin with it.
    set_timeout(move || drop(web_sys::Url::revoke_object_url(&address)), Duration::from_secs(60));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_formula_or_a_second_cell() {
        assert_eq!(word("Leeds"), "Leeds");
        assert_eq!(word("Leeds, \"North\""), "\"Leeds, \"\"North\"\"\"");
        assert_eq!(word("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(word("-1+1,2"), "\"'-1+1,2\"");
    }

    /// The report of a small file, with a rating that cannot be read.
    fn small() -> Report {
        let mut csv = String::from("store,score,why\n");
        for row in 0..60 {
            csv.push_str(&format!("{},{},fine\n", ["York", "Leeds", "Ripon"][row % 3], row % 11));
        }
        let plan = candor_engine::plan::recognise(csv.as_bytes(), "a.csv");
        csv.push_str("York,call +1 415 555 0113,fine\n");
        let mut reading = candor_engine::reader::Reading::new(&plan).unwrap();
        reading.push(csv.as_bytes());
        candor_engine::report::report(&reading.finish())
    }

    #[test]
    fn what_the_report_quotes_of_cells_is_masked_unless_personal_data_is_shown() {
        let report = small();
        let mut said = report.skipped.iter().chain(&report.repaired);
        assert!(said.any(|row| row.reason.contains("+1 415 555 0113")), "{:?}", report.skipped);
        let shown = json(&report, &Names::shown(), true).unwrap();
        assert_eq!(shown, serde_json::to_string_pretty(&report).unwrap());
        let masked = json(&report, &Names::shown(), false).unwrap();
        assert!(!masked.contains("415 555") && masked.contains("[phone]"), "{masked}");
    }

    #[test]
    fn units_are_exported_by_name_and_hidden_ones_in_their_order_of_chance() {
        let mut report = small();
        let whole = report.clone();
        report.units.rotate_left(1);
        let order: Vec<String> = report.units.iter().map(|unit| unit.unit.clone()).collect();
        let first = |names: &Names| -> Vec<String> {
            let csv = Table::Units.csv(&report, names);
            csv.lines().skip(1).map(|line| line.split(',').next().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(first(&Names::shown()), ["Leeds", "Ripon", "York"]);
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        assert_eq!(first(&Names::hidden_of(&order)), ["A", "B", "C"]);
        assert_eq!(
            json(&report, &Names::shown(), true).unwrap(),
            serde_json::to_string_pretty(&whole).unwrap()
        );
    }

    #[test]
    fn hidden_names_are_in_no_text_of_the_report() {
        let mut value = serde_json::json!({"units": [{"unit": "Ann"}], "said": ["Ann is 3rd"], "n": 4});
        masked(&mut value, &Names::hidden_of(&["Ann"]));
        assert_eq!(value, serde_json::json!({"units": [{"unit": "A"}], "said": ["A is 3rd"], "n": 4}));
    }
}
