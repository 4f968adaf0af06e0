//! What the numbers come to: a sentence for each part of a [`Value`], with its number, interval, test and n, and the honest
//! explanations that remain. It computes no statistic. Where too few answers found their customers, every sentence says that
//! no conclusion is possible, and has no number.

use super::plan::Part;
use super::{Money, Value};
use crate::report::{Finding, Statistic, counted, grouped, hundred};
use crate::scores::Estimate;

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
    found.sort_by_key(|finding| !finding.conclusive && (finding.id != "join"));
    if !value.join.conclusive {
        found.sort_by_key(|finding| finding.id != "join");
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
                "Weighted by {}, {subject} is {with}; that may be the {} of customers counted alike.",
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
        let (one_days, other_days) = (grouped(first.to.unsigned_abs()), grouped(last.from.unsigned_abs()));
        let sentence = match (onboarding.measure.as_str(), known) {
            ("since", true) => format!(
                "Customers of up to {one_days} days score {one}, those of {other_days} days or more {other}."
            ),
            ("since", false) => format!(
                "New and old customers may score alike: {one} up to {one_days} days, {other} from {other_days} days on."
            ),
            (_, true) => format!(
                "Where onboarding took up to {one_days} days, customers score {one}; from {other_days} days on {other}."
            ),
            (_, false) => format!(
                "Short and long onboarding may score alike: {one} up to {one_days} days, {other} from {other_days} days on."
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
