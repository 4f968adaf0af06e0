//! What the numbers come to: a sentence for each part of a [`Value`], with its number, interval, test and n, and the honest
//! explanations that remain. It computes no statistic. Where too few answers found their customers, every sentence says that
//! no conclusion is possible, and has no number.

use super::plan::Part;
use super::{Money, Value};
use crate::report::{Finding, Statistic, counted, grouped, hundred};
use crate::scores::Estimate;
use crate::sort;

/// A test says that it has found something.
const LEVEL: f64 = 0.05;
/// One customer with more of the money than this carries the result.
const ONE_CARRIES: f64 = 1.0 / 3.0;
/// Fewer equal customers than this give no interval to be believed.
const FEWEST_EFFECTIVE: f64 = 30.0;

/// What is true of every association.
const ASSOCIATION: &str = "This is an association: what makes customers happy may also make them pay, without the one causing the other.";

/// An amount as people say it: "€1,240", "€3.50".
pub fn amount_said(value: f64, currency: &str) -> String {
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    let size = value.abs();
    let digits = if size < 10.0 && libm::round(size * 100.0) != libm::round(size) * 100.0 {
        let cents = libm::round(size * 100.0) as u64;
        format!("{}.{:02}", grouped(cents / 100), cents % 100)
    } else {
        grouped(libm::round(size) as u64)
    };
    let gap = if currency.chars().last().is_some_and(char::is_alphabetic) { " " } else { "" };
    format!("{sign}{currency}{gap}{digits}")
}

/// A group of ratings: "9 or 10", "0 to 6", "4".
pub(super) fn ratings(low: u8, high: u8) -> String {
    match high - low {
        0 => low.to_string(),
        1 => format!("{low} or {high}"),
        _ => format!("{low} to {high}"),
    }
}

struct Writer<'v> {
    value: &'v Value,
    statistic: Statistic,
    found: Vec<Finding>,
}

pub(super) fn findings(value: &Value, statistic: Statistic) -> Vec<Finding> {
    let mut writer = Writer { value, statistic, found: Vec::new() };
    writer.worth();
    writer.churn();
    writer.weighted();
    writer.best();
    writer.pains();
    for money in &value.money {
        writer.money(money);
    }
    writer.onboarding();
    writer.join();
    let mut found = writer.found;
    // What can be concluded comes first; equals stay in the order above. Without a join, that is what is said first.
    sort::by_key(&mut found, |finding| !finding.conclusive && (finding.id != "join"));
    if !value.join.conclusive {
        sort::by_key(&mut found, |finding| finding.id != "join");
    }
    found.into_iter().zip(1..).map(|(finding, rank)| Finding { rank, ..finding }).collect()
}

impl Writer<'_> {
    fn amount(&self, value: f64) -> String {
        amount_said(value, &self.value.currency)
    }

    fn between(&self, e: &Estimate) -> String {
        format!("{} ({} to {})", self.amount(e.value), self.amount(e.low), self.amount(e.high))
    }

    fn measure(&self) -> &'static str {
        match self.value.money.first().map(|money| money.part) {
            Some(Part::LifetimeValue) => "lifetime value",
            _ => "revenue",
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a finding")]
    fn say(
        &mut self,
        id: &str,
        subject: &str,
        sentence: String,
        e: Option<Estimate>,
        n: u64,
        (test, p): (&str, Option<f64>),
        conclusive: bool,
        alternatives: &[&str],
    ) {
        let join = self.value.join.conclusive;
        let known = conclusive && join;
        let why = self.value.join.notes.first().cloned().unwrap_or_default();
        let sentence =
            if join { sentence } else { format!("No conclusion about {subject}: {}", lower(&why)) };
        self.found.push(Finding {
            id: id.into(),
            sentence,
            value: e.map(|e| e.value).filter(|_| known),
            low: e.map(|e| e.low).filter(|_| known),
            high: e.map(|e| e.high).filter(|_| known),
            n,
            test: Some(test.into()),
            p: p.filter(|_| join),
            alternatives: alternatives.iter().map(|text| (*text).to_owned()).collect(),
            conclusive: known,
            rank: 0,
        });
    }

    fn join(&mut self) {
        let join = &self.value.join;
        let share = if join.keys == 0 { 0.0 } else { join.matched as f64 / join.keys as f64 };
        let mut sentence = format!(
            "{} of {} who answered are in the CRM file ({}%).",
            grouped(join.matched),
            counted(join.keys, "customer"),
            hundred(share)
        );
        if !join.conclusive {
            sentence =
                format!("No conclusion is possible. {}", join.notes.first().cloned().unwrap_or_default());
        } else if let (Some(difference), true) = (join.difference, join.p.is_some_and(|p| p < LEVEL)) {
            sentence.push_str(&format!(
                " They score {} {} than all other answers, so what follows is about them alone.",
                self.statistic.difference(difference.value.abs()),
                if difference.value > 0.0 { "higher" } else { "lower" }
            ));
        }
        let (n, difference, p, conclusive) = (join.matched, join.difference, join.p, join.conclusive);
        self.found.push(Finding {
            id: "join".into(),
            sentence,
            value: difference.map(|e| e.value).filter(|_| conclusive),
            low: difference.map(|e| e.low).filter(|_| conclusive),
            high: difference.map(|e| e.high).filter(|_| conclusive),
            n,
            test: Some("keys joined by hash; the score of those found less that of all others, two independent samples, adjusted Wald".into()),
            p,
            alternatives: vec![
                "Who has no key, or is not in the CRM file, may bring more or less than those who are.".into(),
            ],
            conclusive,
            rank: 0,
        });
    }

    fn money(&mut self, money: &Money) {
        let (Some(first), Some(last)) = (money.groups.first(), money.groups.last()) else { return };
        let what = if money.part == Part::LifetimeValue { "lifetime value" } else { "revenue" };
        let id = if money.part == Part::LifetimeValue { "lifetime_value" } else { "revenue" };
        let n: u64 = money.groups.iter().filter_map(|group| group.n).sum();
        let test = "share of pairs in which the one with the higher rating has more, Brunner and Munzel; medians by order statistics";
        let (Some(one), Some(other), Some(more)) = (first.median, last.median, money.more) else {
            let sentence = format!(
                "No conclusion about {what} by score: the lowest or the highest group has fewer than 10 customers."
            );
            return self.say(id, what, sentence, None, n, (test, None), false, &[]);
        };
        let [high, low] = [other, one].map(|median| amount_said(median.value, &money.currency));
        let known = money.p.is_some_and(|p| p < LEVEL);
        let (top, bottom) = (ratings(last.low, last.high), ratings(first.low, first.high));
        let sentence = if known {
            format!("Customers who gave {top} have a median {what} of {high}, those who gave {bottom} {low}.")
        } else {
            format!(
                "Customers who gave {top} and those who gave {bottom} may have the same {what}: medians {high} and {low}."
            )
        };
        let but = [ASSOCIATION, "Large customers may be looked after better, and score higher for that."];
        self.say(id, what, sentence, Some(more), n, (test, money.p), known, &but);
    }

    fn weighted(&mut self) {
        let Some(weighted) = &self.value.weighted else { return };
        let statistic = self.statistic;
        let d = weighted.difference;
        let carried = weighted.largest > ONE_CARRIES || weighted.effective_n < FEWEST_EFFECTIVE;
        let known = weighted.p.is_some_and(|p| p < LEVEL) && !carried;
        let subject = statistic.subject();
        let with = format!(
            "{} {}",
            statistic.number(weighted.weighted.value),
            statistic.interval(weighted.weighted.low, weighted.weighted.high)
        );
        let sentence = if carried {
            format!(
                "No conclusion about the score by money: a few customers carry it. The largest brings {}%, and all {} are worth {} equal ones.",
                hundred(weighted.largest),
                grouped(weighted.n),
                grouped(libm::round(weighted.effective_n) as u64)
            )
        } else if known {
            format!(
                "Weighted by {}, {subject} is {with} instead of {}.",
                self.measure(),
                statistic.number(weighted.plain.value)
            )
        } else {
            format!(
                "Weighted by {}, {subject} is {with}; that may be the same as the {} of customers counted alike.",
                self.measure(),
                statistic.number(weighted.plain.value)
            )
        };
        let test = format!(
            "weighted mean, linearized, t; {} customers are worth {} equal ones",
            grouped(weighted.n),
            grouped(libm::round(weighted.effective_n) as u64)
        );
        let but = [
            "A few large customers decide a score by money; look at them one by one.",
            "Money of the past says who was large, not who will be.",
        ];
        self.say(
            "weighted",
            "the score by money",
            sentence,
            Some(d),
            weighted.n,
            (&test, weighted.p),
            known,
            &but,
        );
    }

    fn best(&mut self) {
        let Some(best) = &self.value.best else { return };
        let statistic = self.statistic;
        let known = best.p.is_some_and(|p| p < LEVEL);
        let score = statistic.say(&best.score);
        let others = statistic.number(best.others_score.value);
        let brings = format!(
            "The best fifth of customers, with {}% of {}, score",
            hundred(best.share),
            self.measure()
        );
        let sentence = if known {
            format!("{brings} {score}; the others {others}.")
        } else {
            format!("{brings} {score}; that may be the same as the others' {others}.")
        };
        let but = [
            "Large customers may be looked after better, or asked at another moment.",
            "Whoever answers for a large customer may not be the one who pays.",
        ];
        let (d, n, p) = (best.difference, best.n + best.others, best.p);
        let test = "two independent samples, adjusted Wald";
        self.say("best", "the best customers", sentence, Some(d), n, (test, p), known, &but);
    }

    fn worth(&mut self) {
        let Some(worth) = &self.value.worth else { return };
        let linear = worth.p.is_some_and(|p| p < LEVEL);
        let same = worth
            .ratio
            .is_some_and(|ratio| ratio.low * worth.slope.value > 0.0 && ratio.high * worth.slope.value > 0.0);
        let known = linear && same;
        let more = if worth.slope.value < 0.0 { "less" } else { "more" };
        let among = if worth.segments > 1 { " of one segment" } else { "" };
        let size = Estimate {
            value: worth.slope.value.abs(),
            low: worth.slope.low * worth.slope.value.signum(),
            high: worth.slope.high * worth.slope.value.signum(),
        };
        let (low, high) = (size.low.min(size.high), size.low.max(size.high));
        let size = Estimate { low, high, ..size };
        let sentence = if known {
            format!(
                "Customers{among} who are a point happier bring {} {more} {}. That is how they differ, not what a point would earn.",
                self.between(&size),
                self.measure()
            )
        } else if linear {
            format!(
                "No conclusion about what a point is worth: {} {more} by point rests on a few large customers, and does not hold for the many.",
                self.amount(size.value)
            )
        } else {
            format!(
                "No conclusion about what a point is worth: {} by point may be chance.",
                self.between(&worth.slope)
            )
        };
        let ratio = match worth.ratio {
            Some(ratio) => format!(
                "; by the logarithm of {} positive amounts {}% ({} to {})",
                grouped(worth.positive),
                hundred(ratio.value),
                hundred(ratio.low),
                hundred(ratio.high)
            ),
            None => "; too few positive amounts for the logarithm".into(),
        };
        let segments = match worth.segments {
            0 | 1 => String::new(),
            n => format!(" within {n} segments"),
        };
        let test = format!("least squares{segments}, HC3, t{ratio}");
        let but = [
            ASSOCIATION,
            "Better served customers may be the larger ones, and the service the cause of both.",
        ];
        self.say(
            "worth",
            "what a point is worth",
            sentence,
            Some(worth.slope),
            worth.n,
            (&test, worth.p),
            known,
            &but,
        );
    }

    fn churn(&mut self) {
        let Some(churn) = &self.value.churn else { return };
        let test = "two independent shares, adjusted Wald; each share with Wilson's interval";
        let ends = churn.groups.first().zip(churn.groups.last());
        let Some(((first, last), difference)) = ends.zip(churn.difference) else {
            let sentence = "No conclusion about who leaves: the lowest or the highest group has fewer than 10 customers.".into();
            return self.say("churn", "who leaves", sentence, None, churn.n, (test, None), false, &[]);
        };
        let share = |group: &super::churn::ChurnGroup| {
            group.share.map_or_else(String::new, |share| hundred(share.value))
        };
        let known = churn.p.is_some_and(|p| p < LEVEL);
        let (low, high) = (share(first), share(last));
        let (bottom, top) = (ratings(first.low, first.high), ratings(last.low, last.high));
        let sentence = if known {
            format!("Of customers who gave {bottom}, {low}% left; of those who gave {top}, {high}%.")
        } else {
            format!("Customers who gave {bottom} and {top} may leave alike: {low}% and {high}% left.")
        };
        let mut but = vec![
            "What drives a customer away may also make the score low; lifting the score alone keeps nobody.",
        ];
        if churn.before == 0 {
            but.push(
                "Where the file does not say when a customer left, some may have left before they answered.",
            );
        }
        self.say("churn", "who leaves", sentence, Some(difference), churn.n, (test, churn.p), known, &but);
    }

    fn onboarding(&mut self) {
        let Some(onboarding) = &self.value.onboarding else { return };
        let Some((first, last)) = onboarding.groups.first().zip(onboarding.groups.last()) else { return };
        let known = onboarding.p.is_some_and(|p| p < LEVEL);
        let statistic = self.statistic;
        let [one, other] = [first, last].map(|days| statistic.say(&days.score));
        let [one_days, other_days] = [first.to, last.from].map(|days| counted(days.unsigned_abs(), "day"));
        let sentence = match (onboarding.measure.as_str(), known) {
            ("since", true) => {
                format!("Customers of up to {one_days} score {one}, those of {other_days} or more {other}.")
            }
            ("since", false) => format!(
                "New and old customers may score alike: {one} up to {one_days}, {other} from {other_days} on."
            ),
            (_, true) => format!(
                "Where onboarding took up to {one_days}, customers score {one}; from {other_days} on {other}."
            ),
            (_, false) => format!(
                "Short and long onboarding may score alike: {one} up to {one_days}, {other} from {other_days} on."
            ),
        };
        let test = "the last group less the first, two independent samples, adjusted Wald";
        let but = [
            "Who was unhappy early may have left, and cannot answer any more.",
            "Customers of another time were won in another way.",
        ];
        let (d, n, p) = (onboarding.difference, onboarding.n, onboarding.p);
        self.say("onboarding", "onboarding", sentence, d, n, (test, p), known, &but);
    }

    fn pains(&mut self) {
        let Some(pains) = &self.value.pains else { return };
        let Some(first) = pains.pains.first() else { return };
        let e = first.share;
        let share = format!("{}% ({} to {})", hundred(e.value), hundred(e.low), hundred(e.high));
        let gave = ratings(self.value.groups.first().map_or(0, |group| group.0), pains.low);
        let who = match first.kind.as_str() {
            "phrase" => format!("Customers who gave {gave} and mention \u{201c}{}\u{201d}", first.name),
            _ => format!("Customers who gave {gave} and rate \u{201c}{}\u{201d} low", first.name),
        };
        let of = if first.kind == "phrase" { "those who wrote" } else { "those who rated it" };
        let known = e.low > 0.0;
        let so = if known { "." } else { "; they are too few to say how much it is." };
        let sentence = format!("{who} bring {share} of the {} of {of}{so}", self.measure());
        let test = "share of money, linearized, t; at least 10 customers";
        let but = [
            "This is money of customers who have the pain, not money that is lost or would be won by mending it.",
            "One customer may name several pains; their shares must not be added up.",
        ];
        self.say("pains", "what the pains cost", sentence, Some(e), first.n, (test, None), known, &but);
    }
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::best::Best;
    use super::super::churn::{Churn, ChurnGroup};
    use super::super::examples::plan;
    use super::super::join::Joined;
    use super::super::money::MoneyGroup;
    use super::super::onboarding::{Days, Onboarding};
    use super::super::pains::{Pain, Pains};
    use super::super::plan::Form;
    use super::super::{Weighted, Worth};
    use super::*;

    fn e(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, low, high }
    }

    /// Of 100 customers 80 were found; nothing else is known.
    fn bare() -> Value {
        let join = Joined {
            answers: 100,
            keyless: 0,
            repeated: 0,
            keys: 100,
            matched: 80,
            unmatched: 20,
            matched_score: None,
            rest: 20,
            rest_score: None,
            difference: None,
            p: None,
            crm_rows: 80,
            crm_unreadable: 0,
            crm_cells: 0,
            crm_keyless: 0,
            crm_repeated_keys: 0,
            crm_repeated_rows: 0,
            crm_customers: 80,
            crm_silent: 0,
            crm_matched_mean: None,
            crm_silent_mean: None,
            conclusive: true,
            notes: Vec::new(),
        };
        Value {
            value: 1,
            plan: plan(&[("id", Part::Key, Form::Words)]),
            statistic: "nps".into(),
            groups: vec![(0, 6), (7, 8), (9, 10)],
            measure: None,
            currency: "€".into(),
            join,
            money: Vec::new(),
            weighted: None,
            best: None,
            worth: None,
            churn: None,
            onboarding: None,
            pains: None,
            findings: Vec::new(),
            absent: Vec::new(),
            unreadable: Vec::new(),
        }
    }

    fn of(change: impl Fn(&mut Value), id: &str) -> Finding {
        let mut value = bare();
        change(&mut value);
        findings(&value, Statistic::Nps).into_iter().find(|finding| finding.id == id).unwrap()
    }

    #[test]
    fn amounts_are_said_with_cents_where_they_are_small_and_broken() {
        for (value, currency, said) in [
            (1240.4, "€", "€1,240"),
            (1_234_567.5, "$", "$1,234,568"),
            (3.5, "€", "€3.50"),
            (3.0, "€", "€3"),
            (3.004, "", "3"),
            (3.01, "", "3.01"),
            (9.99, "", "9.99"),
            (10.0, "", "10"),
            (10.25, "", "10"),
            (0.0, "€", "€0"),
            (-3.25, "€", "\u{2212}€3.25"),
            (-1000.0, "", "\u{2212}1,000"),
            // Letters stand apart, signs do not.
            (5.0, "USD", "USD 5"),
            (5.0, "kr", "kr 5"),
            (5.0, "US$", "US$5"),
        ] {
            assert_eq!(amount_said(value, currency), said);
        }
    }

    #[test]
    fn groups_of_one_two_and_more_ratings_are_said_as_people_do() {
        assert_eq!(
            [(4, 4), (9, 10), (0, 6)].map(|(low, high)| ratings(low, high)),
            ["4", "9 or 10", "0 to 6"]
        );
        assert_eq!([lower("Only this."), lower("Äh"), lower("")], ["only this.", "äh", ""]);
    }

    #[test]
    fn who_was_found_is_said_and_how_they_score_where_that_differs() {
        let join = of(|_| {}, "join");
        assert_eq!(join.sentence, "80 of 100 customers who answered are in the CRM file (80%).");
        assert!(join.conclusive && join.n == 80 && join.value.is_none());
        let with = |value: f64, p: f64| {
            of(
                |v| (v.join.difference, v.join.p) = (Some(e(value, value - 0.1, value + 0.1)), Some(p)),
                "join",
            )
        };
        assert!(with(0.25, 0.04).sentence.ends_with(
            "They score 25 points higher than all other answers, so what follows is about them alone."
        ));
        assert!(with(-0.25, 0.04).sentence.contains("They score 25 points lower than"));
        assert!(with(0.25, 0.05).sentence.ends_with("(80%)."));
        assert_eq!(
            (with(0.25, 0.05).value, with(0.25, 0.05).low, with(0.25, 0.05).p),
            (Some(0.25), Some(0.15), Some(0.05))
        );
        let none = of(|v| (v.join.keys, v.join.matched) = (0, 0), "join");
        assert!(none.sentence.contains("(0%)"), "{}", none.sentence);
    }

    #[test]
    fn what_can_be_concluded_comes_first_and_without_a_join_only_that_is_said() {
        let full = |value: &mut Value| {
            value.worth = Some(worth(e(2.0, 1.0, 3.0), 0.3, Some(e(0.02, 0.01, 0.03))));
            value.churn = Some(left(0.001, 5));
        };
        let mut value = bare();
        full(&mut value);
        let order = |value: &Value| -> Vec<(String, bool, u32)> {
            let found = findings(value, Statistic::Nps);
            found.into_iter().map(|f| (f.id, f.conclusive, f.rank)).collect()
        };
        let expected = [("churn", true, 1), ("join", true, 2), ("worth", false, 3)]
            .map(|(id, so, rank)| (id.to_owned(), so, rank));
        assert_eq!(order(&value), expected);
        value.join.conclusive = false;
        value.join.notes = vec!["Only 7 were found.".into(), "Another note.".into()];
        let expected = [("join", false, 1), ("worth", false, 2), ("churn", false, 3)]
            .map(|(id, so, rank)| (id.to_owned(), so, rank));
        assert_eq!(order(&value), expected);
        let found = findings(&value, Statistic::Nps);
        assert_eq!(found[0].sentence, "No conclusion is possible. Only 7 were found.");
        assert_eq!(found[2].sentence, "No conclusion about who leaves: only 7 were found.");
        assert!(found.iter().all(|f| f.value.is_none() && f.low.is_none() && f.high.is_none()), "{found:?}");
        assert!(found[1..].iter().all(|f| f.p.is_none()));
    }

    fn worth(slope: Estimate, p: f64, ratio: Option<Estimate>) -> Worth {
        Worth { n: 90, slope, p: Some(p), ratio, ratio_p: None, positive: 85, segments: 1 }
    }

    #[test]
    fn what_a_point_is_worth_needs_the_slope_and_the_logarithm_to_agree() {
        let with = |slope: Estimate, p: f64, ratio: Option<Estimate>| {
            of(|v| v.worth = Some(worth(slope, p, ratio)), "worth")
        };
        let up = e(12.0, 4.0, 20.0);
        let known = with(up, 0.04, Some(e(0.05, 0.01, 0.09)));
        assert!(
            known
                .sentence
                .starts_with("Customers who are a point happier bring €12 (€4 to €20) more revenue."),
            "{}",
            known.sentence
        );
        assert!(
            known.conclusive
                && (known.value, known.low, known.high, known.n) == (Some(12.0), Some(4.0), Some(20.0), 90)
        );
        assert_eq!(
            known.test.as_deref(),
            Some("least squares, HC3, t; by the logarithm of 85 positive amounts 5% (1 to 9)")
        );
        // A slope below nothing is said without its sign.
        let down = with(e(-12.0, -20.0, -4.0), 0.04, Some(e(-0.05, -0.09, -0.01)));
        assert!(
            down.conclusive && down.sentence.contains("bring €12 (€4 to €20) less revenue"),
            "{}",
            down.sentence
        );
        for ratio in [
            None,
            Some(e(0.05, -0.01, 0.09)),
            Some(e(-0.05, -0.09, 0.01)),
            Some(e(-0.05, -0.09, -0.01)),
            Some(e(0.05, 0.0, 0.09)),
        ] {
            let few = with(up, 0.04, ratio);
            assert!(
                !few.conclusive && few.sentence.contains("€12 more by point rests on a few large customers"),
                "{}",
                few.sentence
            );
        }
        assert!(!with(e(-12.0, -20.0, -4.0), 0.04, Some(e(-0.05, -0.09, 0.0))).conclusive);
        let chance = with(up, 0.05, Some(e(0.05, 0.01, 0.09)));
        assert!(
            !chance.conclusive && chance.sentence.contains("€12 (€4 to €20) by point may be chance"),
            "{}",
            chance.sentence
        );
        assert!(with(up, 0.04, None).test.unwrap().ends_with("too few positive amounts for the logarithm"));
        let segments = of(
            |v| v.worth = Some(Worth { segments: 3, ..worth(up, 0.01, Some(e(0.05, 0.01, 0.09))) }),
            "worth",
        );
        assert!(
            segments.sentence.starts_with("Customers of one segment who are")
                && segments.test.unwrap().contains("within 3 segments")
        );
    }

    fn left(p: f64, before: u64) -> Churn {
        let group = |low, high, share| ChurnGroup { low, high, n: Some(40), share: Some(e(share, 0.0, 1.0)) };
        Churn {
            column: "gone".into(),
            n: 80,
            left: 20,
            before,
            groups: vec![group(0, 6, 0.4), group(9, 10, 0.1)],
            difference: Some(e(0.3, 0.2, 0.4)),
            p: Some(p),
        }
    }

    #[test]
    fn who_leaves_is_said_of_the_lowest_and_the_highest_group() {
        let known = of(|v| v.churn = Some(left(0.049, 3)), "churn");
        assert_eq!(known.sentence, "Of customers who gave 0 to 6, 40% left; of those who gave 9 or 10, 10%.");
        assert!(known.conclusive && known.value == Some(0.3) && known.alternatives.len() == 1);
        let alike = of(|v| v.churn = Some(left(0.05, 0)), "churn");
        assert_eq!(
            alike.sentence,
            "Customers who gave 0 to 6 and 9 or 10 may leave alike: 40% and 10% left."
        );
        // Nobody left before, so that days may be unknown.
        assert!(!alike.conclusive && alike.alternatives.len() == 2);
        let few = of(|v| v.churn = Some(Churn { difference: None, ..left(0.01, 0) }), "churn");
        assert!(few.sentence.contains("fewer than 10 customers") && !few.conclusive && few.p.is_none());
    }

    #[test]
    fn a_score_by_money_that_a_few_customers_carry_is_no_conclusion() {
        let with = |largest: f64, effective_n: f64, p: f64| {
            let weighted = Weighted {
                n: 200,
                effective_n,
                plain: e(0.1, 0.0, 0.2),
                weighted: e(0.3, 0.2, 0.4),
                difference: e(0.2, 0.1, 0.3),
                p: Some(p),
                largest,
                negative: 0,
            };
            of(|v| v.weighted = Some(weighted.clone()), "weighted")
        };
        assert_eq!(
            with(0.1, 60.0, 0.04).sentence,
            "Weighted by revenue, NPS is 30 (20 to 40) instead of 10."
        );
        assert!(with(0.1, 60.0, 0.04).conclusive && with(0.1, 60.0, 0.04).value == Some(0.2));
        let alike = with(0.1, 60.0, 0.05);
        assert!(
            !alike.conclusive
                && alike.sentence.ends_with("that may be the same as the 10 of customers counted alike.")
        );
        // More than a third, or worth fewer than 30.
        assert!(with(1.0 / 3.0, 30.0, 0.04).conclusive);
        for carried in [with(0.34, 60.0, 0.04), with(0.1, 29.9, 0.04)] {
            assert!(
                !carried.conclusive && carried.sentence.contains("a few customers carry it"),
                "{}",
                carried.sentence
            );
        }
        assert!(
            with(0.34, 60.4, 0.04)
                .sentence
                .ends_with("The largest brings 34%, and all 200 are worth 60 equal ones.")
        );
        assert_eq!(
            with(0.1, 60.4, 0.04).test.as_deref(),
            Some("weighted mean, linearized, t; 200 customers are worth 60 equal ones")
        );
    }

    #[test]
    fn the_best_customers_stand_beside_the_others() {
        let with = |p: Option<f64>| {
            let best = Best {
                from: 100.0,
                n: 20,
                others: 70,
                share: 0.6,
                score: e(0.5, 0.4, 0.6),
                others_score: e(0.2, 0.1, 0.3),
                difference: e(0.3, 0.1, 0.5),
                p,
            };
            of(|v| v.best = Some(best.clone()), "best")
        };
        assert_eq!(
            with(Some(0.049)).sentence,
            "The best fifth of customers, with 60% of revenue, score NPS 50 (40 to 60); the others 20."
        );
        assert!(with(Some(0.049)).conclusive && with(Some(0.049)).n == 90);
        for p in [Some(0.05), None] {
            let alike = with(p);
            assert!(
                !alike.conclusive && alike.sentence.ends_with("that may be the same as the others' 20."),
                "{}",
                alike.sentence
            );
        }
    }

    fn group(low: u8, high: u8, median: Option<f64>) -> MoneyGroup {
        let median = median.map(|median| e(median, median, median));
        MoneyGroup { low, high, n: Some(30), mean: median, median, share: None, largest: None }
    }

    fn money(part: Part, groups: Vec<MoneyGroup>, p: f64) -> Money {
        Money {
            part,
            column: "x".into(),
            currency: "$".into(),
            groups,
            more: Some(e(0.6, 0.52, 0.68)),
            p: Some(p),
        }
    }

    #[test]
    fn medians_of_the_highest_and_the_lowest_group_are_said() {
        let two = || vec![group(0, 6, Some(40.0)), group(7, 8, None), group(9, 10, Some(50.0))];
        let known = of(|v| v.money = vec![money(Part::Revenue, two(), 0.049)], "revenue");
        assert_eq!(
            known.sentence,
            "Customers who gave 9 or 10 have a median revenue of $50, those who gave 0 to 6 $40."
        );
        assert!(known.conclusive && known.n == 90 && known.value == Some(0.6));
        let alike = of(|v| v.money = vec![money(Part::LifetimeValue, two(), 0.05)], "lifetime_value");
        assert_eq!(
            alike.sentence,
            "Customers who gave 9 or 10 and those who gave 0 to 6 may have the same lifetime value: medians $50 and $40."
        );
        assert!(!alike.conclusive && alike.p == Some(0.05));
        let few = vec![group(0, 6, Some(40.0)), group(9, 10, None)];
        let few = of(|v| v.money = vec![money(Part::Revenue, few.clone(), 0.01)], "revenue");
        assert!(
            few.sentence.starts_with("No conclusion about revenue by score")
                && few.p.is_none()
                && few.n == 60
        );
        // Lifetime value is what other sentences speak of, where it is the measure.
        let best = of(
            |v| {
                v.money = vec![money(Part::LifetimeValue, two(), 0.5)];
                v.worth = Some(worth(e(12.0, 4.0, 20.0), 0.01, Some(e(0.05, 0.01, 0.09))));
            },
            "worth",
        );
        assert!(best.sentence.contains("more lifetime value."), "{}", best.sentence);
    }

    #[test]
    fn onboarding_is_said_by_its_first_and_last_group() {
        let of_days = |first: i64, last: i64, measure: &str, p: f64| {
            let days =
                |from, to, value: f64| Days { from, to, n: 30, score: e(value, value - 0.1, value + 0.1) };
            let onboarding = Onboarding {
                column: "start".into(),
                measure: measure.into(),
                n: 90,
                before: 0,
                groups: vec![days(0, first, 0.2), days(first + 1, last - 1, 0.3), days(last, 2000, 0.5)],
                difference: Some(e(0.3, 0.1, 0.5)),
                p: Some(p),
            };
            of(|v| v.onboarding = Some(onboarding.clone()), "onboarding")
        };
        let (one, other) = ("NPS 20 (10 to 30)", "NPS 50 (40 to 60)");
        for (measure, p, sentence) in [
            (
                "since",
                0.049,
                format!("Customers of up to 30 days score {one}, those of 1,091 days or more {other}."),
            ),
            (
                "since",
                0.05,
                format!(
                    "New and old customers may score alike: {one} up to 30 days, {other} from 1,091 days on."
                ),
            ),
            (
                "took",
                0.049,
                format!(
                    "Where onboarding took up to 30 days, customers score {one}; from 1,091 days on {other}."
                ),
            ),
            (
                "took",
                0.05,
                format!(
                    "Short and long onboarding may score alike: {one} up to 30 days, {other} from 1,091 days on."
                ),
            ),
        ] {
            let found = of_days(30, 1091, measure, p);
            assert_eq!((found.sentence, found.conclusive, found.n), (sentence, p < 0.05, 90));
        }
        let found = of_days(1, 4, "since", 0.01).sentence;
        assert_eq!(found, format!("Customers of up to 1 day score {one}, those of 4 days or more {other}."));
    }

    #[test]
    fn the_dearest_pain_is_said_and_whose_money_it_is() {
        let with = |kind: &str, low: f64| {
            let pain = |name: &str, low| Pain {
                kind: kind.into(),
                name: name.into(),
                n: 14,
                of: 80,
                share: e(0.2, low, 0.3),
                money: 500.0,
            };
            let pains =
                Pains { low: 6, commented: 80, pains: vec![pain("waiting time", low), pain("price", 0.0)] };
            of(|v| v.pains = Some(pains.clone()), "pains")
        };
        let phrase = with("phrase", 0.1);
        assert_eq!(
            phrase.sentence,
            "Customers who gave 0 to 6 and mention \u{201c}waiting time\u{201d} bring 20% (10 to 30) of the revenue of those who wrote."
        );
        assert!(phrase.conclusive && phrase.n == 14 && phrase.value == Some(0.2));
        let rated = with("rating", 0.1).sentence;
        assert!(
            rated.contains("and rate \u{201c}waiting time\u{201d} low")
                && rated.ends_with("of those who rated it."),
            "{rated}"
        );
        let few = with("phrase", 0.0);
        assert!(
            !few.conclusive
                && few.sentence.ends_with("those who wrote; they are too few to say how much it is.")
        );
    }
}
