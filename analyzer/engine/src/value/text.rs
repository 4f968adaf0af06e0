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
        let scale = crate::plan::Scale { low: 0, high: 10, nps: false };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(text: &str) -> String {
        let mut page = String::new();
        wrapped(&mut page, text, "* ", "  ");
        page
    }

    #[test]
    fn a_line_holds_eighty_letters_and_a_longer_one_is_broken_between_words() {
        // With the star before it, 78 fit.
        let fits = format!("{} {}", "a".repeat(38), "ü".repeat(39));
        assert_eq!(laid(&fits), format!("* {fits}\n"));
        assert_eq!(laid(&format!("{fits} ")), format!("* {fits}\n"));
        assert_eq!(laid(&format!("{fits}x")), format!("* {}\n  {}x\n", "a".repeat(38), "ü".repeat(39)));
        // Words that fill a line to its end stay on it, one letter more does not.
        let words = |last: usize| format!("{} {} {}", "a".repeat(38), "b".repeat(last), "c".repeat(9));
        assert_eq!(
            laid(&words(39)),
            format!("* {} {}\n  {}\n", "a".repeat(38), "b".repeat(39), "c".repeat(9))
        );
        assert_eq!(
            laid(&words(40)),
            format!("* {}\n  {} {}\n", "a".repeat(38), "b".repeat(40), "c".repeat(9))
        );
        // A word that is longer than a line stands alone, and is not cut.
        let long = "w".repeat(100);
        assert_eq!(laid(&format!("x {long} y")), format!("* x\n  {long}\n  y\n"));
        assert_eq!(laid(&long), format!("* {long}\n"));
        // What fits keeps its spaces.
        assert_eq!(laid("a   b"), "* a   b\n");
        for text in ["word ".repeat(60), "ab abc ".repeat(50)] {
            let page = laid(&text);
            assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
            assert_eq!(
                page.trim_start_matches("* ").split_whitespace().collect::<Vec<_>>(),
                text.split_whitespace().collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn the_page_of_a_join_says_what_was_read_and_found() {
        use super::super::examples::{joined, plan, survey};
        use super::super::plan::Form;
        let mut answers = String::from("customer,nps,submitted\n");
        let mut table = String::from("id,sales,gone,took,kind\n");
        for at in 0..66 {
            answers.push_str(&format!("K{at},{},2026-03-01\n", at % 11));
            let gone = if at % 11 < 7 && at % 2 == 0 { "yes" } else { "no" };
            table.push_str(&format!("k{at},{},{gone},{},{}\n", 100 + at, at / 11, ["a", "b"][at % 2]));
        }
        let read = plan(&[
            ("id", Part::Key, Form::Words),
            ("sales", Part::Revenue, Form::Point),
            ("gone", Part::Churned, Form::Words),
            ("took", Part::Onboarding, Form::Point),
            ("kind", Part::Segment, Form::Words),
        ]);
        let value = joined(&survey(&answers), &table, &read);
        let page = value.to_text();
        for said in [
            "Join\n----\nKey: customer of the survey, id of the CRM file\nrevenue: sales\nchurned: gone\nonboarding: took\nsegment: kind\n66 rated answers, 0 without a key",
            "66 customers who answered: 66 in the CRM file, 0 not; 0 of its 66 customers did\n  not answer\n",
            "\n\nWhat it comes to\n----------------\n* ",
            "\n\nsales by score\n--------------\n  0 to 6  n     42  median ",
            "\n                  mean   1",
            "\n  7 or 8  n     12  median ",
            "\n\nWho left, by score\n------------------\n  0 to 6  n     42  50% (36 to 64)\n",
            "\n\nScore by days of onboarding\n---------------------------\n    0 to     1  n     22  \u{2212}45 (",
            "\n\nNot in here\n-----------\n* pains: What the pains cost cannot be told",
        ] {
            assert!(page.contains(said), "{page}\n does not say {said:?}");
        }
        assert!(
            !page.contains("lifetime value")
                && page.ends_with('\n')
                && page.lines().all(|line| line.chars().count() <= 80)
        );
        // Each finding has its n and its test below, and what else may explain it.
        for finding in &value.findings {
            assert!(page.contains(&format!("\n  n = {}; ", finding.n)), "{page}");
        }
        assert!(page.contains("\n  But: This is an association"), "{page}");
        // A mean and a share have words of their own.
        let shown =
            |statistic: &str| super::super::Value { statistic: statistic.into(), ..value.clone() }.score(0.5);
        assert_eq!([shown("nps"), shown("top_box"), shown("mean")], ["50", "50%", "0.50"]);
    }
}
