//! Watches how a survey is answered and counts it: milliseconds, changes, hands. It sees only what the view tells it,
//! with times handed in, and keeps no keystroke, no position and nothing that tells one visitor from another.

use crate::prelude::*;
use candor_survey::json::Value;
use candor_survey::question::Kind;
use candor_survey::response::Input;

/// Milliseconds after which an answer has stood: until then, another one is a slip of the hand or a walk along the
/// scale by arrow keys; after that it is a second thought (FORMATS.md, "raised").
pub(crate) const STOOD_MS: u32 = 2000;

/// What is known about one question.
pub(crate) struct Track {
    pub(crate) kind: Kind,
    /// Since when it has been on show, while it is.
    since: Option<u32>,
    /// How long it was on show before that.
    spent: u32,
    /// How long it was on show before its first answer.
    pub(crate) first: Option<u32>,
    /// The answer as it stands, and since when.
    pub(crate) answer: Value,
    at: u32,
    /// Whether the text in it was finished, so that more typing is a change.
    settled: bool,
    untrusted: bool,
}

impl Track {
    /// Begins to watch a question of this type, which is not on show.
    pub(crate) fn new(kind: Kind) -> Track {
        Track {
            kind,
            since: None,
            spent: 0,
            first: None,
            answer: Value::Null,
            at: 0,
            settled: false,
            untrusted: false,
        }
    }
}

/// The state of watching one survey. Every `now` is in milliseconds since the survey was shown.
#[derive(Default)]
pub(crate) struct Watch {
    /// The questions.
    pub(crate) tracks: Vec<Track>,
    pub(crate) first: Option<u32>,
    pub(crate) changes: u32,
    pub(crate) raised: u32,
    pub(crate) hidden: u32,
    pub(crate) pasted: u32,
    /// With what answers were chosen: a bit for each of mouse, touch and keyboard.
    hands: u8,
}

impl Watch {
    /// The question came on show, or left it.
    pub(crate) fn on_show(&mut self, question: usize, shown: bool, now: u32) {
        let Some(track) = self.tracks.get_mut(question) else { return };
        if shown {
            track.since.get_or_insert(now);
        } else if let Some(since) = track.since.take() {
            track.spent += now.saturating_sub(since);
        }
    }

    /// The question's control now reads `answer`. `by` is what the visitor used; `trusted` is false when a script did it.
    pub(crate) fn answered(&mut self, question: usize, answer: Value, now: u32, by: Input, trusted: bool) {
        let Some(track) = self.tracks.get_mut(question) else { return };
        if track.answer == answer {
            return;
        }
        track.untrusted |= !trusted;
        if trusted && !is_typed(track.kind) {
            self.hands |= bit(by);
        }
        let stood = now.saturating_sub(track.at) >= STOOD_MS;
        // Arrow keys pass over answers that nobody means, so that only one that has stood can be changed by them, and
        // none is ever raised by them.
        let by_key = by == Input::Keyboard;
        if track.answer == Value::Null {
            if track.first.is_none() {
                let here = track.since.map_or(0, |since| now.saturating_sub(since));
                track.first = Some(track.spent + here);
                self.first.get_or_insert(now);
            }
        } else if match track.kind {
            kind if is_typed(kind) => core::mem::take(&mut track.settled),
            // Ticking more, or another row, is going on with an answer, not changing it.
            Kind::Multiple | Kind::Ranking | Kind::Matrix | Kind::Maxdiff => !goes_on(&track.answer, &answer),
            Kind::Single | Kind::Dropdown => !wrote_on(&track.answer, &answer) && (stood || !by_key),
            _ => stood || !by_key,
        } {
            self.changes += 1;
            let up = point(&answer) > point(&track.answer) && answer != Value::Null;
            if up && stood && !by_key && trusted {
                self.raised += 1;
            }
        }
        track.answer = answer;
        track.at = now;
    }

    /// What was typed is finished for now: the visitor left the field.
    pub(crate) fn settled(&mut self, question: usize) {
        if let Some(track) = self.tracks.get_mut(question) {
            track.settled = true;
        }
    }

    /// An answer that was there before: of a link, or of an earlier visit, where it was first given after `first`
    /// milliseconds, or 0.
    pub(crate) fn put(&mut self, question: usize, answer: Value, first: u32) {
        let Some(track) = self.tracks.get_mut(question) else { return };
        track.answer = answer;
        if first > 0 {
            track.first = Some(first);
            self.first = Some(self.first.map_or(first, |earlier| earlier.min(first)));
        }
    }

    /// The fields of a question, read once more, say something else than was watched: a script put it there.
    pub(crate) fn forged(&mut self, question: usize) {
        if let Some(track) = self.tracks.get_mut(question) {
            track.untrusted = true;
        }
    }

    /// How many answers came from a script.
    pub(crate) fn untrusted(&self) -> u32 {
        self.tracks.iter().filter(|track| track.untrusted).count() as u32
    }

    /// What the answers were given with; `last` where nothing but texts was given.
    pub(crate) fn input(&self, last: Input) -> Input {
        match self.hands {
            0 => last,
            1 => Input::Mouse,
            2 => Input::Touch,
            4 => Input::Keyboard,
            _ => Input::Mixed,
        }
    }
}

/// Whether an answer is typed letter by letter.
pub(crate) fn is_typed(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Email | Kind::Contact | Kind::Number | Kind::Date)
}

fn bit(by: Input) -> u8 {
    match by {
        Input::Mouse => 1,
        Input::Touch => 2,
        Input::Keyboard => 4,
        Input::Mixed => 7,
    }
}

/// The point on a scale; nothing for any other answer.
fn point(answer: &Value) -> Option<i64> {
    match answer {
        Value::Number(n) => n.as_i64(),
        _ => None,
    }
}

/// Whether only the text of something written in went on.
fn wrote_on(old: &Value, new: &Value) -> bool {
    old.get("other").is_some() && new.get("other").is_some()
}

/// Whether everything that was said before is still said.
fn goes_on(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Array(old), Value::Array(new)) => {
            old.iter().all(|pick| new.iter().any(|other| pick == other || wrote_on(pick, other)))
        }
        (Value::Object(old), new) => old.iter().all(|(key, value)| new.get(key) == Some(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NPS: usize = 0;
    const WHY: usize = 1;
    const WHICH: usize = 2;

    fn watch() -> Watch {
        let tracks = [Kind::Nps, Kind::Text, Kind::Multiple].map(Track::new).into();
        let mut watch = Watch { tracks, ..Watch::default() };
        (0..3).for_each(|q| watch.on_show(q, true, 0));
        watch
    }

    fn json(text: &str) -> Value {
        Value::parse(text).unwrap()
    }

    fn score(n: i64) -> Value {
        Value::Number(n.into())
    }

    #[test]
    fn a_score_that_stood_for_two_seconds_and_rose_is_a_raise() {
        let mut w = watch();
        w.answered(NPS, score(6), 1000, Input::Mouse, true);
        w.answered(NPS, score(9), 3000, Input::Mouse, true);
        assert_eq!((w.raised, w.changes), (1, 1));
    }

    #[test]
    fn a_slip_of_the_hand_is_a_change_and_no_raise() {
        let mut w = watch();
        w.answered(NPS, score(6), 1000, Input::Touch, true);
        w.answered(NPS, score(7), 2999, Input::Touch, true);
        assert_eq!((w.raised, w.changes), (0, 1));
    }

    #[test]
    fn a_score_that_was_lowered_is_no_raise() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, true);
        w.answered(NPS, score(3), 9000, Input::Mouse, true);
        assert_eq!((w.raised, w.changes), (0, 1));
    }

    #[test]
    fn walking_up_the_scale_by_arrow_keys_is_neither_change_nor_raise() {
        let mut w = watch();
        for n in 0..=9 {
            w.answered(NPS, score(n), 1000 + n as u32 * 400, Input::Keyboard, true);
        }
        assert_eq!((w.raised, w.changes, w.input(Input::Mouse)), (0, 0, Input::Keyboard));
    }

    #[test]
    fn a_slow_walk_by_arrow_keys_is_no_raise() {
        let mut w = watch();
        for n in 0..=9 {
            w.answered(NPS, score(n), 1000 + n as u32 * 2500, Input::Keyboard, true);
        }
        assert_eq!(w.raised, 0);
    }

    #[test]
    fn time_on_show_is_counted_across_pages_until_the_first_answer() {
        let mut w = watch();
        w.on_show(WHY, false, 500);
        w.on_show(WHY, true, 10_000);
        w.answered(NPS, score(9), 10_100, Input::Mouse, true);
        w.answered(WHY, json(r#""g""#), 10_700, Input::Keyboard, true);
        w.answered(WHY, json(r#""go""#), 10_800, Input::Keyboard, true);
        let first: Vec<_> = w.tracks.iter().map(|track| track.first).collect();
        assert_eq!(first, [Some(10_100), Some(1200), None]);
        assert_eq!(w.first, Some(10_100));
    }

    #[test]
    fn typing_is_one_answer_and_coming_back_to_it_is_a_change() {
        let mut w = watch();
        w.answered(WHY, json(r#""g""#), 5000, Input::Keyboard, true);
        w.answered(WHY, json(r#""go""#), 9000, Input::Keyboard, true);
        w.settled(WHY);
        w.answered(WHY, json(r#""good""#), 20_000, Input::Keyboard, true);
        w.answered(WHY, json(r#""goods""#), 20_500, Input::Keyboard, true);
        assert_eq!(w.changes, 1);
    }

    #[test]
    fn ticking_more_is_no_change_and_taking_back_is_one() {
        let mut w = watch();
        w.answered(WHICH, json(r#"["a"]"#), 1000, Input::Mouse, true);
        w.answered(WHICH, json(r#"["a",{"other":"x"}]"#), 9000, Input::Mouse, true);
        w.answered(WHICH, json(r#"["a",{"other":"xy"}]"#), 9000, Input::Keyboard, true);
        w.answered(WHICH, json(r#"[{"other":"xy"}]"#), 9500, Input::Mouse, true);
        assert_eq!(w.changes, 1);
    }

    #[test]
    fn a_mouse_for_the_score_and_typing_for_the_comment_is_a_mouse() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, true);
        w.answered(WHY, json(r#""good""#), 5000, Input::Keyboard, true);
        assert_eq!(w.input(Input::Mouse), Input::Mouse);
    }

    #[test]
    fn a_mouse_for_one_choice_and_the_keyboard_for_another_is_mixed() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, true);
        w.answered(WHICH, json(r#"["a"]"#), 5000, Input::Keyboard, true);
        assert_eq!(w.input(Input::Mouse), Input::Mixed);
    }

    #[test]
    fn an_answer_that_a_script_gave_counts_once_for_its_question() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, false);
        w.answered(NPS, score(10), 1001, Input::Mouse, false);
        assert_eq!(w.untrusted(), 1);
    }

    #[test]
    fn an_answer_that_appeared_without_any_event_came_from_a_script() {
        let mut w = watch();
        w.answered(NPS, score(2), 1000, Input::Mouse, true);
        w.forged(NPS);
        assert_eq!(w.untrusted(), 1);
    }

    #[test]
    fn a_person_who_answers_by_hand_leaves_no_trace_of_a_script() {
        let mut w = watch();
        w.answered(NPS, score(2), 1000, Input::Touch, true);
        assert_eq!(w.untrusted(), 0);
    }
}
