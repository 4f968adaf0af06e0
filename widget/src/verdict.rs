//! What the collector's answers mean, and how long to wait before trying again. Pure: deliver.js does the sending.

use crate::dom::digits;
use candor_survey::json::Value;

/// What the collector said about one response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It has it: stored, a duplicate, or superseded.
    Delivered,
    /// It will never have it, and why.
    Refused(String),
    /// Nobody knows: try again.
    Unknown,
}

/// What the collector said about a whole request.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// A fate for each line.
    Lines(Vec<Fate>),
    /// None of it, and why.
    Refused(String),
    /// Not now.
    Later,
}

/// What an answer of the collector means for the `lines` lines that were sent. Everything that is not plainly the
/// collector speaking (HTML from a captive portal, half a body, an error of a proxy) means "later".
pub(crate) fn verdict(status: u16, body: &str, lines: usize) -> Verdict {
    let json = Value::parse(body).ok();
    match status {
        200 => {
            let Some(Value::Array(results)) = json.as_ref().and_then(|v| v.get("results")) else {
                return Verdict::Later;
            };
            let mut fates = vec![Fate::Unknown; lines];
            for result in results {
                let line = match result.get("line") {
                    Some(Value::Number(n)) => n.as_i64().and_then(|n| usize::try_from(n).ok()),
                    _ => None,
                };
                if let Some(slot) = line.and_then(|n| fates.get_mut(n.checked_sub(1)?)) {
                    *slot = match result.get("status").and_then(Value::as_str) {
                        Some("stored" | "duplicate" | "superseded") => Fate::Delivered,
                        Some("conflict") => Fate::Refused("conflict".into()),
                        Some("rejected") => Fate::Refused(reason(result)),
                        _ => Fate::Unknown,
                    };
                }
            }
            Verdict::Lines(fates)
        }
        400 | 403 | 413 | 415 | 422 => Verdict::Refused(
            json.as_ref()
                .map_or_else(|| ["the collector answered ", &digits(u32::from(status))].concat(), reason),
        ),
        _ => Verdict::Later,
    }
}

/// The collector's reason for a refusal: code, path and message of its `error`.
fn reason(refusal: &Value) -> String {
    let error = refusal.get("error");
    let parts =
        ["code", "path", "message"].map(|k| error.and_then(|e| e.get(k)?.as_str()).unwrap_or_default());
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// Milliseconds to wait before trying for the `tries`th time again: 2 s doubled each time up to 5 minutes, of which a
/// share from a half to the whole by `luck` (0 to 1), so that a crowd does not come back all at once.
pub(crate) fn backoff_ms(tries: u32, luck: f64) -> i32 {
    let most = (2000u32 << tries.min(8)).min(300_000);
    (f64::from(most) * (0.5 + luck / 2.0)) as i32
}

impl Verdict {
    /// The verdict as deliver.js reads it: a line for each mail, `+` delivered, `-` and the reason refused, empty when
    /// nobody knows; `!` and the reason when the whole request was refused; nothing at all for "later".
    pub(crate) fn as_lines(&self) -> String {
        let fates = match self {
            Verdict::Lines(fates) => fates,
            Verdict::Refused(why) => return ["!", &in_one_line(why)].concat(),
            Verdict::Later => return String::new(),
        };
        let mut lines = String::new();
        for (n, fate) in fates.iter().enumerate() {
            if n > 0 {
                lines.push('\n');
            }
            match fate {
                Fate::Delivered => lines.push('+'),
                Fate::Refused(why) => {
                    lines.push('-');
                    lines.push_str(&in_one_line(why));
                }
                Fate::Unknown => {}
            }
        }
        lines
    }
}

fn in_one_line(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_the_fate_that_the_collector_gave_it() {
        let body = r#"{"results":[{"line":1,"id":"a","status":"stored"},{"line":2,"id":"b","status":"duplicate"},
            {"line":3,"id":"c","status":"superseded"},{"line":4,"id":"d","status":"conflict"},
            {"line":5,"id":"e","status":"rejected","error":{"code":"field","path":"answers.nps","message":"no"}}]}"#;
        let Verdict::Lines(fates) = verdict(200, body, 6) else { panic!("a verdict for each line") };
        let delivered = Fate::Delivered;
        assert_eq!(fates[..3], [delivered.clone(), delivered.clone(), delivered]);
        assert_eq!(fates[3], Fate::Refused("conflict".into()));
        assert_eq!(fates[4], Fate::Refused("field: answers.nps: no".into()));
        assert_eq!(fates[5], Fate::Unknown, "a line that was not spoken of may not be there");
    }

    #[test]
    fn results_count_by_their_line_and_not_by_their_order() {
        let body = r#"{"results":[{"line":2,"status":"stored"},{"line":1,"status":"rejected"}]}"#;
        let expected = vec![Fate::Refused(String::new()), Fate::Delivered];
        assert_eq!(verdict(200, body, 2), Verdict::Lines(expected));
    }

    #[test]
    fn a_success_that_is_not_the_collectors_own_is_tried_again() {
        for body in
            ["", "<!doctype html><p>Welcome to Hotel Wi-Fi", r#"{"results":[{"line":1,"sta"#, "{}", "[]"]
        {
            assert_eq!(verdict(200, body, 1), Verdict::Later, "{body}");
        }
        for line in ["0", "-1", "2", "1e9", "null"] {
            let body = [r#"{"results":[{"line":"#, line, r#","status":"stored"}]}"#].concat();
            assert_eq!(verdict(200, &body, 1), Verdict::Lines(vec![Fate::Unknown]), "{body}");
        }
        assert_eq!(verdict(204, "", 1), Verdict::Later);
    }

    #[test]
    fn a_request_that_can_never_succeed_is_refused_with_its_reason() {
        for status in [400, 403, 413, 415, 422] {
            let body = r#"{"error":{"code":"origin","message":"https://a.example may not send"}}"#;
            let expected = Verdict::Refused("origin: https://a.example may not send".into());
            assert_eq!(verdict(status, body, 1), expected);
        }
        assert_eq!(verdict(413, "<html>", 1), Verdict::Refused("the collector answered 413".into()));
    }

    #[test]
    fn a_request_that_may_succeed_later_is_kept() {
        for status in [401, 404, 408, 429, 500, 502, 503, 504, 507] {
            assert_eq!(verdict(status, r#"{"error":{"code":"x"}}"#, 1), Verdict::Later, "{status}");
        }
    }

    #[test]
    fn the_wait_grows_to_five_minutes_and_never_shrinks_below_half_of_it() {
        assert_eq!(backoff_ms(0, 1.0), 2000);
        assert_eq!(backoff_ms(0, 0.0), 1000);
        assert_eq!(backoff_ms(3, 1.0), 16_000);
        assert_eq!(backoff_ms(7, 1.0), 256_000);
        assert_eq!(backoff_ms(8, 1.0), 300_000);
        assert_eq!(backoff_ms(4_000_000_000, 0.0), 150_000);
    }

    #[test]
    fn a_verdict_is_told_in_a_line_for_each_mail() {
        let fates = vec![Fate::Delivered, Fate::Unknown, Fate::Refused("two\nlines".into())];
        assert_eq!(Verdict::Lines(fates).as_lines(), "+\n\n-two lines");
        assert_eq!(Verdict::Refused("origin".into()).as_lines(), "!origin");
        assert_eq!(Verdict::Later.as_lines(), "");
    }
}
