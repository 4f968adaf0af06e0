//! What the collector's answers mean, and how long to wait before trying again. Pure: deliver.js does the sending.

use crate::dom::digits;
use candor_survey::json::Value;

/// What an answer of the collector means for the `lines` lines that were sent, as deliver.js reads it: a line for each of
/// them, `+` delivered (stored, a duplicate, or superseded), `-` and the reason refused, empty when nobody knows; `!` and
/// the reason when the whole request was refused; nothing at all for "later". Everything that is not plainly the collector
/// speaking (HTML from a captive portal, half a body, an error of a proxy) means "later".
pub(crate) fn verdict(status: u16, body: &str, lines: usize) -> String {
    let json = Value::parse(body).unwrap_or(Value::Null);
    match status {
        200 => {
            let Some(Value::Array(results)) = json.get("results") else { return String::new() };
            let mut fates = String::new();
            for line in 1..=lines as i64 {
                if line > 1 {
                    fates.push('\n');
                }
                let about = |result: &&Value| matches!(result.get("line"), Some(Value::Number(n)) if n.as_i64() == Some(line));
                let Some(result) = results.iter().find(about) else { continue };
                match result.get("status").and_then(Value::as_str) {
                    Some("stored" | "duplicate" | "superseded") => fates.push('+'),
                    Some(refused @ ("conflict" | "rejected")) => {
                        fates.push('-');
                        push_reason(result, refused, &mut fates);
                    }
                    _ => {}
                }
            }
            fates
        }
        400 | 403 | 413 | 415 | 422 => {
            let mut refusal = String::from("!");
            push_reason(&json, &digits(u32::from(status)), &mut refusal);
            refusal
        }
        _ => String::new(),
    }
}

/// Appends what was refused and the collector's reason, its `error`'s code, path and message, in one line.
fn push_reason(refusal: &Value, what: &str, out: &mut String) {
    out.push_str(what);
    for key in ["code", "path", "message"] {
        if let Some(part) = refusal.get("error").and_then(|error| error.get(key)?.as_str()) {
            out.push_str(": ");
            out.extend(part.chars().filter(|&c| c != '\n'));
        }
    }
}

/// Milliseconds to wait before trying for the `tries`th time again: 2 s doubled each time up to 5 minutes, of which a
/// share from a half to the whole by `luck` (0 to 1), so that a crowd does not come back all at once.
pub(crate) fn backoff_ms(tries: u32, luck: f64) -> i32 {
    let most = (2000u32 << tries.min(8)).min(300_000);
    (f64::from(most) * (0.5 + luck / 2.0)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_the_fate_that_the_collector_gave_it() {
        let body = r#"{"results":[{"line":1,"id":"a","status":"stored"},{"line":2,"id":"b","status":"duplicate"},
            {"line":3,"id":"c","status":"superseded"},{"line":4,"id":"d","status":"conflict"},
            {"line":5,"id":"e","status":"rejected","error":{"code":"field","path":"answers.nps","message":"a\nb"}}]}"#;
        let fates = verdict(200, body, 6);
        let fates: Vec<&str> = fates.split('\n').collect();
        let last = ""; // A line that was not spoken of may not be there.
        assert_eq!(fates, ["+", "+", "+", "-conflict", "-rejected: field: answers.nps: ab", last]);
    }

    #[test]
    fn results_count_by_their_line_and_not_by_their_order() {
        let body = r#"{"results":[{"line":2,"status":"stored"},{"line":1,"status":"rejected"}]}"#;
        assert_eq!(verdict(200, body, 2), "-rejected\n+");
    }

    #[test]
    fn a_success_that_is_not_the_collectors_own_is_tried_again() {
        for body in
            ["", "<!doctype html><p>Welcome to Hotel Wi-Fi", r#"{"results":[{"line":1,"sta"#, "{}", "[]"]
        {
            assert_eq!(verdict(200, body, 1), "", "{body}");
        }
        for line in ["0", "-1", "2", "1e9", "null"] {
            let body = [r#"{"results":[{"line":"#, line, r#","status":"stored"}]}"#].concat();
            assert_eq!(verdict(200, &body, 1), "", "{body}");
        }
        assert_eq!(verdict(204, "", 1), "");
    }

    #[test]
    fn a_request_that_can_never_succeed_is_refused_with_its_reason() {
        for status in [400, 403, 413, 415, 422] {
            let body = r#"{"error":{"code":"origin","message":"https://a.example may not send"}}"#;
            let expected = ["!", &status.to_string(), ": origin: https://a.example may not send"].concat();
            assert_eq!(verdict(status, body, 2), expected);
        }
        assert_eq!(verdict(413, "<html>", 1), "!413");
    }

    #[test]
    fn a_request_that_may_succeed_later_is_kept() {
        for status in [401, 404, 408, 429, 500, 502, 503, 504, 507] {
            assert_eq!(verdict(status, r#"{"error":{"code":"x"}}"#, 1), "", "{status}");
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
}
