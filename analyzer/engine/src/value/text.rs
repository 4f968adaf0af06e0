//! The value as text for a terminal of 80 columns. It only lays out what is there.

use super::Value;
use super::findings::{amount_said, ratings};
use super::plan::Part;
use crate::report::{Statistic, counted, grouped, hundred, p_value};
use crate::scores::Estimate;

const WIDTH: usize = 80;

impl Value {
    /// The value as text for a terminal of 80 columns. `statistic` and money are said as in the findings.
    pub fn to_text(&self) -> String {
        let mut page = String::new();
        let part = |part: Part| self.plan.of(part).map_or("\u{2013}", |column| column.name.as_str());
        title(&mut page, "Join");
        line(
            &mut page,
            &format!("Key: {} of the survey, {} of the CRM file", self.plan.survey_key, part(Part::Key)),
        );
        for role in Part::ALL.into_iter().filter(|role| !matches!(role, Part::Ignore | Part::Key)) {
            if self.plan.of(role).is_some() {
                line(&mut page, &format!("{}: {}", role.as_str().replace('_', " "), part(role)));
            }
        }
        let join = &self.join;
        line(
            &mut page,
            &format!(
                "{}, {} without a key, {} replaced by a later one of the same customer",
                counted(join.answers, "rated answer"),
                grouped(join.keyless),
                grouped(join.repeated)
            ),
        );
        line(
            &mut page,
            &format!(
                "{} who answered: {} in the CRM file, {} not; {} of its {} did not answer",
                counted(join.keys, "customer"),
                grouped(join.matched),
                grouped(join.unmatched),
                grouped(join.crm_silent),
                counted(join.crm_customers, "customer")
            ),
        );
        for note in join.notes.iter().chain(&self.plan.notes) {
            item(&mut page, note);
        }
        title(&mut page, "What it comes to");
        for finding in &self.findings {
            item(&mut page, &finding.sentence);
            let p = finding.p.map_or_else(String::new, |p| format!(", {}", p_value(p)));
            let test = finding.test.as_deref().unwrap_or_default();
            indented(&mut page, &format!("n = {}; {test}{p}", grouped(finding.n)));
            for alternative in &finding.alternatives {
                indented(&mut page, &format!("But: {alternative}"));
            }
        }
        for money in &self.money {
            title(&mut page, &format!("{} by score", money.column));
            for group in &money.groups {
                let said = |e: Option<Estimate>| {
                    e.map_or("under 10 customers".into(), |e| {
                        let [value, low, high] =
                            [e.value, e.low, e.high].map(|value| amount_said(value, &money.currency));
                        format!("{value} ({low} to {high})")
                    })
                };
                let n = group.n.map_or("<10".into(), grouped);
                let (mean, median) = (said(group.mean), said(group.median));
                line(&mut page, &format!("{:>8}  n {n:>6}  median {median}", ratings(group.low, group.high)));
                if group.mean.is_some() {
                    line(&mut page, &format!("{:>18}mean   {mean}", ""));
                }
            }
        }
        if let Some(churn) = &self.churn {
            title(&mut page, "Who left, by score");
            for group in &churn.groups {
                let share = group.share.map_or("under 10 customers".into(), percent);
                let n = group.n.map_or("<10".into(), grouped);
                line(&mut page, &format!("{:>8}  n {n:>6}  {share}", ratings(group.low, group.high)));
            }
        }
        if let Some(onboarding) = &self.onboarding {
            title(&mut page, "Score by days of onboarding");
            for days in &onboarding.groups {
                let (low, high) = (self.score(days.score.low), self.score(days.score.high));
                let value = self.score(days.score.value);
                line(
                    &mut page,
                    &format!(
                        "{:>5} to {:>5}  n {:>6}  {value} ({low} to {high})",
                        days.from,
                        days.to,
                        grouped(days.n)
                    ),
                );
            }
        }
        if let Some(pains) = &self.pains {
            title(&mut page, "Share of money of low scorers who have a pain");
            for pain in &pains.pains {
                line(
                    &mut page,
                    &format!("{:<28} n {:>5}  {}", pain.name, grouped(pain.n), percent(pain.share)),
                );
            }
        }
        if !self.absent.is_empty() {
            title(&mut page, "Not in here");
            for absent in &self.absent {
                item(&mut page, &format!("{}: {}", absent.what, absent.reason));
            }
        }
        page
    }

    /// A score as people say it.
    fn score(&self, value: f64) -> String {
        let scale = crate::plan::Scale { low: 0, high: 10, nps: self.statistic == "nps" };
        match self.statistic.as_str() {
            "nps" => Statistic::Nps,
            "top_box" => Statistic::TopBox(scale),
            _ => Statistic::Mean(scale),
        }
        .number(value)
    }
}

fn percent(e: Estimate) -> String {
    format!("{}% ({} to {})", hundred(e.value), hundred(e.low), hundred(e.high))
}

fn title(page: &mut String, text: &str) {
    if !page.is_empty() {
        page.push('\n');
    }
    page.push_str(text);
    page.push('\n');
    page.extend(std::iter::repeat_n('-', text.chars().count()));
    page.push('\n');
}

fn line(page: &mut String, text: &str) {
    wrapped(page, text, "", "  ");
}

fn item(page: &mut String, text: &str) {
    wrapped(page, text, "* ", "  ");
}

fn indented(page: &mut String, text: &str) {
    wrapped(page, text, "  ", "    ");
}

fn wrapped(page: &mut String, text: &str, first: &str, next: &str) {
    let mut width = first.chars().count();
    page.push_str(first);
    // A line that is laid out in columns keeps its spaces where it fits.
    if width + text.chars().count() <= WIDTH {
        page.push_str(text);
        page.push('\n');
        return;
    }
    let mut begun = false;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if begun && width + 1 + letters > WIDTH {
            page.push('\n');
            page.push_str(next);
            width = next.chars().count();
            begun = false;
        }
        if begun {
            page.push(' ');
            width += 1;
        }
        page.push_str(word);
        width += letters;
        begun = true;
    }
    page.push('\n');
}
