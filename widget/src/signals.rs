//! Watches how a survey is answered and counts it: milliseconds, changes, hands. It sees only what the view tells it,
//! with times handed in, and keeps no keystroke, no position and nothing that tells one visitor from another.

use candor_survey::question::{Answer, Kind, Pick, Question};
use candor_survey::response::{Input, Signals};
use candor_survey::{Id, Map};

/// Milliseconds after which an answer has stood: until then, another one is a slip of the hand or a walk along the
/// scale by arrow keys; after that it is a second thought (FORMATS.md, "raised").
pub(crate) const STOOD_MS: u32 = 2000;

/// What is known about one question.
struct Track {
    id: Id,
    kind: Kind,
    /// Since when it has been on show, while it is.
    since: Option<u32>,
    /// How long it was on show before that.
    spent: u32,
    /// How long it was on show before its first answer.
    first: Option<u32>,
    /// The answer as it stands, and since when.
    answer: Answer,
    at: u32,
    /// Whether the text in it was finished, so that more typing is a change.
    settled: bool,
    untrusted: bool,
}

/// The state of watching one survey. Every `now` is in milliseconds since the survey was shown.
pub(crate) struct Watch {
    tracks: Vec<Track>,
    first: Option<u32>,
    changes: u32,
    raised: u32,
    hidden: u32,
    pasted: u32,
    /// With what answers were chosen: a bit for each of mouse, touch and keyboard.
    hands: u8,
}

impl Watch {
    /// Begins to watch these questions, none of them on show.
    pub(crate) fn new<'q>(questions: impl Iterator<Item = &'q Question>) -> Watch {
        let mut tracks = Vec::new();
        for question in questions {
            tracks.push(Track {
                id: question.id.clone(),
                kind: question.kind,
                since: None,
                spent: 0,
                first: None,
                answer: Answer::Skipped,
                at: 0,
                settled: false,
                untrusted: false,
            });
        }
        Watch { tracks, first: None, changes: 0, raised: 0, hidden: 0, pasted: 0, hands: 0 }
    }

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
    pub(crate) fn answered(&mut self, question: usize, answer: Answer, now: u32, by: Input, trusted: bool) {
        let Some(track) = self.tracks.get_mut(question) else { return };
        if track.answer == answer {
            return;
        }
        track.untrusted |= !trusted;
        if trusted && track.kind != Kind::Text {
            self.hands |= bit(by);
        }
        let stood = now.saturating_sub(track.at) >= STOOD_MS;
        // Arrow keys pass over answers that nobody means, so that only one that has stood can be changed by them, and
        // none is ever raised by them.
        let by_key = by == Input::Keyboard;
        if track.answer == Answer::Skipped {
            if track.first.is_none() {
                let here = track.since.map_or(0, |since| now.saturating_sub(since));
                track.first = Some(track.spent + here);
                self.first.get_or_insert(now);
            }
        } else if match track.kind {
            Kind::Text => std::mem::take(&mut track.settled),
            Kind::Multiple => took_back(&track.answer, &answer),
            Kind::Single => !wrote_on(&track.answer, &answer) && (stood || !by_key),
            _ => stood || !by_key,
        } {
            self.changes += 1;
            let up = point(&answer) > point(&track.answer) && answer != Answer::Skipped;
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

    /// The page was hidden while the survey was open.
    pub(crate) fn hidden(&mut self) {
        self.hidden += 1;
    }

    /// A text was pasted.
    pub(crate) fn pasted(&mut self) {
        self.pasted += 1;
    }

    /// Whether anything has been answered yet.
    pub(crate) fn started(&self) -> bool {
        self.first.is_some()
    }

    /// The signals of a response that is submitted now. `answers` are read from the controls once more: one that
    /// differs from what was watched was put there by a script. `last` is what the visitor used last.
    pub(crate) fn finish(&mut self, answers: &Map<Answer>, last: Input, now: u32) -> Signals {
        for (track, (_, answer)) in self.tracks.iter_mut().zip(answers.iter()) {
            track.untrusted |= track.answer != *answer;
        }
        let mut ms = Map::new();
        for track in &self.tracks {
            if let Some(first) = track.first {
                ms.0.push((track.id.clone(), first));
            }
        }
        Signals {
            ms_total: now,
            ms_first: self.first,
            ms,
            changes: self.changes,
            raised: self.raised,
            hidden: self.hidden,
            untrusted: self.tracks.iter().filter(|t| t.untrusted).count() as u32,
            input: match self.hands {
                0 => last,
                1 => Input::Mouse,
                2 => Input::Touch,
                4 => Input::Keyboard,
                _ => Input::Mixed,
            },
            pasted: self.pasted,
            device_day: None,
            device_all: None,
        }
    }
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
fn point(answer: &Answer) -> Option<i64> {
    match answer {
        Answer::Number(n) => n.as_i64(),
        _ => None,
    }
}

/// Whether only the text of something written in went on.
fn wrote_on(old: &Answer, new: &Answer) -> bool {
    matches!((old, new), (Answer::Other(_), Answer::Other(_)))
}

/// Whether something that was ticked no longer is. Ticking more is going on with an answer, not changing it.
fn took_back(old: &Answer, new: &Answer) -> bool {
    let (Answer::Many(old), Answer::Many(new)) = (old, new) else { return true };
    old.iter().any(|pick| match pick {
        Pick::Option(_) => !new.contains(pick),
        Pick::Other(_) => !new.iter().any(|p| matches!(p, Pick::Other(_))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_survey::Definition;
    use candor_survey::json::Value;

    const NPS: usize = 0;
    const WHY: usize = 1;
    const WHICH: usize = 2;

    fn watch() -> Watch {
        let text = r#"{"candor":1,"id":"s","origins":[],"languages":["en"],"state":"live","pages":[{"questions":[
            {"id":"nps","type":"nps","text":"How likely?"},{"id":"why","type":"text","text":"Why?"},
            {"id":"which","type":"multiple","text":"Which?","options":[{"id":"a","text":"A"},{"id":"b","text":"B"}],
             "other":true}]}]}"#;
        let definition = Definition::parse(text).unwrap();
        let mut watch = Watch::new(definition.questions());
        (0..3).for_each(|q| watch.on_show(q, true, 0));
        watch
    }

    fn score(n: i64) -> Answer {
        Answer::Number(n.into())
    }

    fn json(text: &str) -> Answer {
        candor_survey::Json::read(&Value::parse(text).unwrap()).unwrap()
    }

    fn end(mut watch: Watch, answers: &[Answer]) -> Signals {
        let ids = ["nps", "why", "which"].map(|id| Id::new(id).unwrap());
        watch.finish(&Map(ids.into_iter().zip(answers.iter().cloned()).collect()), Input::Mouse, 60_000)
    }

    #[test]
    fn a_score_that_stood_for_two_seconds_and_rose_is_a_raise() {
        let mut w = watch();
        w.answered(NPS, score(6), 1000, Input::Mouse, true);
        w.answered(NPS, score(9), 3000, Input::Mouse, true);
        let signals = end(w, &[score(9)]);
        assert_eq!((signals.raised, signals.changes), (1, 1));
    }

    #[test]
    fn a_slip_of_the_hand_is_a_change_and_no_raise() {
        let mut w = watch();
        w.answered(NPS, score(6), 1000, Input::Touch, true);
        w.answered(NPS, score(7), 2999, Input::Touch, true);
        let signals = end(w, &[score(7)]);
        assert_eq!((signals.raised, signals.changes), (0, 1));
    }

    #[test]
    fn a_score_that_was_lowered_is_no_raise() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, true);
        w.answered(NPS, score(3), 9000, Input::Mouse, true);
        let signals = end(w, &[score(3)]);
        assert_eq!((signals.raised, signals.changes), (0, 1));
    }

    #[test]
    fn walking_up_the_scale_by_arrow_keys_is_neither_change_nor_raise() {
        let mut w = watch();
        for n in 0..=9 {
            w.answered(NPS, score(n), 1000 + n as u32 * 400, Input::Keyboard, true);
        }
        let signals = end(w, &[score(9)]);
        assert_eq!((signals.raised, signals.changes, signals.input), (0, 0, Input::Keyboard));
    }

    #[test]
    fn a_slow_walk_by_arrow_keys_is_no_raise() {
        let mut w = watch();
        for n in 0..=9 {
            w.answered(NPS, score(n), 1000 + n as u32 * 2500, Input::Keyboard, true);
        }
        assert_eq!(end(w, &[score(9)]).raised, 0);
    }

    #[test]
    fn time_on_show_is_counted_across_pages_until_the_first_answer() {
        let mut w = watch();
        w.on_show(WHY, false, 500);
        w.on_show(WHY, true, 10_000);
        w.answered(NPS, score(9), 10_100, Input::Mouse, true);
        w.answered(WHY, json(r#""g""#), 10_700, Input::Keyboard, true);
        w.answered(WHY, json(r#""go""#), 10_800, Input::Keyboard, true);
        let signals = end(w, &[score(9), json(r#""go""#)]);
        assert_eq!(signals.ms.get("why"), Some(&1200));
        assert_eq!(signals.ms.get("nps"), Some(&10_100));
        assert_eq!(signals.ms_first, Some(10_100));
        assert_eq!(signals.ms.get("which"), None);
        assert_eq!(signals.ms_total, 60_000);
    }

    #[test]
    fn typing_is_one_answer_and_coming_back_to_it_is_a_change() {
        let mut w = watch();
        w.answered(WHY, json(r#""g""#), 5000, Input::Keyboard, true);
        w.answered(WHY, json(r#""go""#), 9000, Input::Keyboard, true);
        w.settled(WHY);
        w.answered(WHY, json(r#""good""#), 20_000, Input::Keyboard, true);
        w.answered(WHY, json(r#""goods""#), 20_500, Input::Keyboard, true);
        assert_eq!(end(w, &[Answer::Skipped, json(r#""goods""#)]).changes, 1);
    }

    #[test]
    fn ticking_more_is_no_change_and_taking_back_is_one() {
        let mut w = watch();
        w.answered(WHICH, json(r#"["a"]"#), 1000, Input::Mouse, true);
        w.answered(WHICH, json(r#"["a",{"other":"x"}]"#), 9000, Input::Mouse, true);
        w.answered(WHICH, json(r#"["a",{"other":"xy"}]"#), 9000, Input::Keyboard, true);
        w.answered(WHICH, json(r#"[{"other":"xy"}]"#), 9500, Input::Mouse, true);
        let signals = end(w, &[Answer::Skipped, Answer::Skipped, json(r#"[{"other":"xy"}]"#)]);
        assert_eq!(signals.changes, 1);
    }

    #[test]
    fn a_mouse_for_the_score_and_typing_for_the_comment_is_a_mouse() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, true);
        w.answered(WHY, json(r#""good""#), 5000, Input::Keyboard, true);
        assert_eq!(end(w, &[score(9), json(r#""good""#)]).input, Input::Mouse);
    }

    #[test]
    fn a_mouse_for_one_choice_and_the_keyboard_for_another_is_mixed() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, true);
        w.answered(WHICH, json(r#"["a"]"#), 5000, Input::Keyboard, true);
        assert_eq!(end(w, &[score(9), Answer::Skipped, json(r#"["a"]"#)]).input, Input::Mixed);
    }

    #[test]
    fn an_answer_that_a_script_gave_counts_once_for_its_question() {
        let mut w = watch();
        w.answered(NPS, score(9), 1000, Input::Mouse, false);
        w.answered(NPS, score(10), 1001, Input::Mouse, false);
        assert_eq!(end(w, &[score(10)]).untrusted, 1);
    }

    #[test]
    fn an_answer_that_appeared_without_any_event_came_from_a_script() {
        let mut w = watch();
        w.answered(NPS, score(2), 1000, Input::Mouse, true);
        assert_eq!(end(w, &[score(10)]).untrusted, 1);
    }

    #[test]
    fn a_person_who_answers_by_hand_leaves_no_trace_of_a_script() {
        let mut w = watch();
        w.answered(NPS, score(2), 1000, Input::Touch, true);
        assert_eq!(end(w, &[score(2)]).untrusted, 0);
    }
}
