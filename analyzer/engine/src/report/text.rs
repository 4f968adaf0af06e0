//! The report as text for a terminal of 80 columns. It only lays out what the report holds, and computes nothing.

use super::findings::p_value;
use super::points::Statistic;
use super::{Report, Unit, counted, grouped, hundred};
use crate::plan::Scale;
use crate::scores::Estimate;

const WIDTH: usize = 80;
/// How many units are printed; `--json` has them all.
const UNITS: usize = 40;
/// How many skipped rows are printed.
const SKIPPED: usize = 10;
/// The longest bar of a distribution.
const BAR: usize = 40;

impl Report {
    /// The report as text for a terminal of 80 columns.
    pub fn to_text(&self) -> String {
        let mut page = Page::default();
        self.purpose(&mut page);
        self.counts(&mut page);
        self.steps(&mut page);
        self.scores(&mut page);
        self.results(&mut page);
        self.pressure(&mut page);
        self.evidence(&mut page);
        self.phrases(&mut page);
        self.unit_table(&mut page);
        self.rows_listed(&mut page);
        if !self.absent.is_empty() {
            page.title("Not in this report");
            for absent in &self.absent {
                page.item(&format!("{}: {}", absent.what, absent.reason));
            }
        }
        page.text
    }

    fn purpose(&self, page: &mut Page) {
        page.title(&match &self.survey.id {
            Some(id) => format!("Survey {id}"),
            None => "Survey".into(),
        });
        let Some(purpose) = &self.survey.purpose else {
            page.paragraph("What this survey is for is not known.");
            return;
        };
        for (label, text) in
            [("Decision", &purpose.decision), ("Owner", &purpose.owner), ("Success", &purpose.success)]
        {
            if let Some(text) = text {
                page.entry(label, text);
            }
        }
    }

    fn counts(&self, page: &mut Page) {
        let r = &self.responses;
        page.title("Responses");
        let mut line = format!("{} in the file, {} used", grouped(r.rows), grouped(r.used));
        for (n, what) in [
            (r.skipped, "could not be read"),
            (r.tests, "were tests"),
            (r.repeated, "stood in it before"),
            (r.superseded, "were replaced by a later sending"),
            (r.other, "belong to another survey"),
        ] {
            if n > 0 {
                line.push_str(&format!("; {} {what}", grouped(n)));
            }
        }
        line.push('.');
        if r.partial > 0 {
            line.push_str(&format!(" {} did not come to the end.", grouped(r.partial)));
        }
        if let (Some(from), Some(to)) = (&r.from, &r.to) {
            line.push_str(&format!(" From {} to {}.", day(from), day(to)));
        }
        page.paragraph(&line);
    }

    fn steps(&self, page: &mut Page) {
        if !self.first.is_empty() {
            page.title("What to do first");
            self.first.iter().for_each(|step| page.item(&step.sentence));
        }
    }

    fn results(&self, page: &mut Page) {
        if self.scores.len() > 1 {
            page.title("Other scores");
            self.scores
                .iter()
                .skip(1)
                .for_each(|score| page.item(&format!("{}: {}", score.question, score.sentence)));
        }
        for (title, conclusive) in [("What can be said", true), ("What cannot be concluded", false)] {
            let shown: Vec<_> =
                self.findings.iter().filter(|finding| finding.conclusive == conclusive).collect();
            if !shown.is_empty() {
                page.title(title);
            }
            for finding in shown {
                page.item(&finding.sentence);
                let test = finding.test.iter().map(|test| format!("{test}; n = {}.", grouped(finding.n)));
                let but = finding.alternatives.iter().map(|text| format!("But: {text}"));
                test.chain(but).for_each(|text| page.wrap(&text, "    ", "    "));
            }
        }
    }

    fn scores(&self, page: &mut Page) {
        if let Some(score) = self.scores.first() {
            page.title(&score.sentence);
            page.paragraph(score.text.as_deref().unwrap_or(&score.question));
            page.blank();
            let most = score.distribution.iter().copied().max().unwrap_or(0).max(1);
            let points = (score.scale_low..=score.scale_high).zip(&score.distribution);
            // A scale of a hundred points shows those that were chosen.
            let long = score.distribution.len() > 12;
            for (point, &count) in points.filter(|(_, count)| !long || **count > 0) {
                let length = (count as u128 * BAR as u128).div_ceil(most as u128) as usize;
                let share = count as f64 / score.n as f64;
                page.line(&format!(
                    "  {point:>3}  {}{} {:>9}  {:>3}%",
                    "\u{2588}".repeat(length),
                    " ".repeat(BAR - length.min(BAR)),
                    grouped(count),
                    hundred(share),
                ));
            }
        }
    }

    fn pressure(&self, page: &mut Page) {
        if let Some(pressure) = &self.pressure {
            page.title("Which units stand out");
            page.paragraph(&pressure.sentence);
            let removed = pressure.without_flagged.iter().chain(&pressure.without_suspect);
            removed.for_each(|removal| page.paragraph(&removal.sentence));
            for unit in self.units.iter().filter(|unit| unit.flagged).take(UNITS) {
                self.card(unit, page);
            }
            page.title("Kinds of evidence at hand");
            for family in &pressure.families {
                let usable = |name: &str| {
                    let channels = pressure
                        .channels
                        .iter()
                        .filter(|channel| channel.family == name && channel.units > 0);
                    channels.map(|channel| channel.title.as_str()).collect::<Vec<_>>().join("; ")
                };
                let state = match &family.reason {
                    Some(reason) => format!("says nothing here. {reason}"),
                    None => format!("{} ({})", usable(&family.name), counted(family.units, "unit")),
                };
                page.item(&format!("{}: {state}", family.title));
            }
        }
        if !self.firm.is_empty() {
            page.title("Evidence about all units together");
            for channel in &self.firm {
                page.item(&channel.sentence);
                channel.reason.iter().for_each(|reason| page.wrap(reason, "    ", "    "));
            }
        }
    }

    /// The evidence card of a unit: what each channel that speaks found, and the honest explanation beside it.
    fn card(&self, unit: &Unit, page: &mut Page) {
        page.blank();
        let p = unit.p_adjusted.map(|p| format!(", adjusted {}", p_value(p))).unwrap_or_default();
        page.paragraph(&format!("{} ({}{p})", unit.unit, counted(unit.n, "rating")));
        unit.verdict.iter().for_each(|verdict| page.wrap(verdict, "  ", "  "));
        for family in unit.families.iter().filter(|family| family.speaks) {
            let p = family.p.map(p_value).unwrap_or_default();
            page.item(&format!("{} ({p})", family.title));
            let found = unit.channels.iter().filter(|channel| channel.family == family.name);
            for channel in found.filter(|channel| channel.p.is_some_and(|p| p <= 0.05)) {
                let p = channel.p.map(p_value).unwrap_or_default();
                page.wrap(&format!("{} ({p})", channel.sentence), "      ", "      ");
                page.wrap(&format!("But: {}", channel.alternative), "      ", "      ");
            }
        }
        unit.suspects.iter().for_each(|removal| page.wrap(&removal.sentence, "  ", "  "));
    }

    fn phrases(&self, page: &mut Page) {
        let Some(words) = self.words.as_ref().filter(|words| !words.phrases.is_empty()) else { return };
        page.title("What comments speak of");
        for phrase in &words.phrases {
            let mean = phrase.mean.map(|mean| format!(", mean rating {mean:.1}")).unwrap_or_default();
            page.item(&format!("{}: {}{mean}", phrase.phrase, counted(phrase.n, "comment")));
        }
    }

    fn evidence(&self, page: &mut Page) {
        let e = &self.evidence;
        page.title("Evidence of pressure in single responses");
        page.paragraph(&format!(
            "None: {}. Some: {}. Strong: {}.",
            grouped(e.none),
            grouped(e.some),
            grouped(e.strong)
        ));
        if let Some(chance) = e.by_chance.filter(|_| e.strong > 0) {
            page.paragraph(&format!(
                "If reasons of different kinds met by chance alone within each unit, {} would be strong.",
                chance.said()
            ));
        }
        for reason in &e.reasons {
            page.item(&format!("{}: {} But: {}", grouped(reason.n), reason.sentence, reason.alternative));
        }
        page.paragraph(&e.basis);
        if e.claims_differ > 0 {
            page.paragraph(&format!(
                "For {} the page claimed something else.",
                counted(e.claims_differ, "response")
            ));
        }
    }

    fn unit_table(&self, page: &mut Page) {
        if self.units.is_empty() {
            return;
        }
        page.title(&format!("By unit ({})", grouped(self.units.len() as u64)));
        let statistic = self.scores.first().map(|score| {
            let scale = Scale { low: score.scale_low, high: score.scale_high, nps: score.statistic == "nps" };
            match score.statistic.as_str() {
                "nps" => Statistic::Nps,
                "top_box" => Statistic::TopBox(scale),
                _ => Statistic::Mean(scale),
            }
        });
        let heading = match statistic {
            Some(Statistic::Nps) => "NPS",
            Some(Statistic::TopBox(_)) => "top box",
            _ => "mean",
        };
        page.line(&format!(
            "  {:<18} {:>8} {:>9}  {:<14} {:>6} {:>6} {:>7}",
            "", "n", heading, "95% interval", "next", "some", "strong"
        ));
        for unit in self.units.iter().take(UNITS) {
            let show = |value: f64| match statistic {
                Some(Statistic::Mean(_)) => format!("{value:.2}"),
                Some(Statistic::TopBox(_)) => format!("{}%", hundred(value)),
                _ => hundred(value),
            };
            let (value, interval) = match &unit.score {
                Some(Estimate { value, low, high }) => {
                    (show(*value), format!("{} to {}", show(*low), show(*high)))
                }
                None => ("\u{2013}".into(), String::new()),
            };
            page.line(&format!(
                "  {:<18} {:>8} {:>9}  {:<14} {:>6} {:>6} {:>7}",
                shorten(&if unit.flagged { format!("* {}", unit.unit) } else { unit.unit.clone() }, 18),
                grouped(unit.n),
                value,
                interval,
                unit.next.map_or(String::new(), |next| show(next.value)),
                grouped(unit.evidence.some),
                grouped(unit.evidence.strong)
            ));
        }
        if self.units.len() > UNITS {
            page.line(&format!(
                "  and {} more; --json has them all",
                grouped((self.units.len() - UNITS) as u64)
            ));
        }
        if self.units.iter().any(|unit| unit.next.is_some()) {
            page.paragraph(
                "next: what as many further ratings may be expected to give, by regression to the mean.",
            );
        }
        if self.units.iter().any(|unit| unit.flagged) {
            page.paragraph("*: stands out in two kinds of evidence; see above.");
        }
        if let Some(reason) = self.units.iter().find_map(|unit| unit.reason.as_ref()) {
            page.paragraph(&format!("\u{2013}  {reason}"));
        }
    }

    fn rows_listed(&self, page: &mut Page) {
        for (title, rows, total) in [
            ("Rows that could not be read", &self.skipped, self.responses.skipped),
            ("Rows read with a repair", &self.repaired, self.repaired.len() as u64),
        ] {
            if rows.is_empty() {
                continue;
            }
            page.title(title);
            for row in rows.iter().take(SKIPPED) {
                let place = match &row.column {
                    Some(column) => format!("row {}, {}", row.row, shorten(column, 40)),
                    None => format!("row {}", row.row),
                };
                page.item(&format!("{place}: {}", row.reason));
            }
            if total > SKIPPED as u64 {
                page.line(&format!("  and {} more; --json lists them", grouped(total - SKIPPED as u64)));
            }
        }
    }
}

/// The day of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

fn shorten(text: &str, most: usize) -> String {
    let text = text.replace(char::is_control, " ");
    if text.chars().count() <= most {
        return text;
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn title(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.blank();
        }
        self.wrap(title, "", "");
        self.line(&"\u{2500}".repeat(title.chars().count().min(WIDTH)));
    }

    fn paragraph(&mut self, text: &str) {
        self.wrap(text, "", "");
    }

    fn item(&mut self, text: &str) {
        self.wrap(text, "  \u{b7} ", "    ");
    }

    fn entry(&mut self, label: &str, text: &str) {
        self.wrap(text, &format!("{label:<10}"), &" ".repeat(10));
    }

    /// Breaks `text` between words; a word longer than a line is cut, so that nothing runs past the edge.
    fn wrap(&mut self, text: &str, first: &str, next: &str) {
        let mut line = String::from(first);
        let mut started = false;
        let mut length = first.chars().count();
        for word in text.split_whitespace() {
            // A name in a file could hold a terminal's escape codes.
            let mut word: Vec<char> = word.chars().filter(|c| !c.is_control()).collect();
            if started && length + 1 + word.len() > WIDTH {
                self.line(&line);
                line = String::from(next);
                length = next.chars().count();
                started = false;
            }
            if started {
                line.push(' ');
                length += 1;
            }
            while length + word.len() > WIDTH {
                let rest = word.split_off(WIDTH - length);
                line.extend(word);
                self.line(&line);
                line = String::from(next);
                length = next.chars().count();
                word = rest;
            }
            length += word.len();
            line.extend(word);
            started = true;
        }
        self.line(&line);
    }
}
