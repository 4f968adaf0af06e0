//! A response: what a visitor answered, how it was answered, and the widget's claim about it. A response that reads and
//! passes [`Response::check`] is what the collector stores and the analyzer trusts to be well-formed.

use crate::definition::{Definition, Language, Share};
use crate::json::Value;
use crate::leaf::{Id, Map, One, OrNull, Revision, Time, Uuid};
use crate::prelude::*;
use crate::question::Answer;
use crate::record::{Json, Problem, choice, record};
use crate::route;

record! {
    /// One visitor's answers to one survey (FORMATS.md, "Response"). The key is (`id`, `seq`).
    pub struct Response {
        /// Format version.
        v: One,
        /// The response's id, a UUID of version 7.
        id: Uuid,
        /// Which sending of it this is, from 0; a higher one replaces a lower one.
        seq: u32,
        /// The survey.
        survey: Id,
        /// The revision of the survey's definition that was shown.
        revision: Revision,
        /// Whether the visitor came to the end.
        status: Status,
        /// Whether this was a test, to be left out of every figure.
        test: bool,
        /// The language the survey was shown in.
        locale: Language,
        /// The path of the page, without query and fragment.
        page: String,
        /// When the survey was shown, by the visitor's clock.
        started: Time,
        /// When it was submitted, by the visitor's clock.
        submitted: Time,
        /// The visitor's offset from UTC, in minutes.
        utc_offset_min: i32,
        /// When the collector had it, by the collector's clock; what a page says here is replaced.
        received: Option<Time>,
        /// The questions in the order in which they were shown.
        order: Vec<Id>,
        /// For each question whose options, or rows, were shown in an order of chance: their ids in that order.
        orders: Option<Map<Vec<Id>>>,
        /// The answers by question: null when shown and skipped, absent when not shown.
        answers: Map<Answer>,
        /// What the page said about the visit: agent, store and the like.
        attributes: Map<String>,
        /// How the visitor came to be asked.
        invitation: Invitation,
        /// How the survey was answered: counts and milliseconds only.
        signals: Signals,
        /// The widget's claim about the answers.
        integrity: Integrity,
    }
}

choice! {
    /// How far the visitor came.
    pub enum Status {
        /// Not to the end.
        Partial = "partial",
        /// To the end.
        Complete = "complete",
    }
}

record! {
    /// How the visitor came to be asked.
    pub struct Invitation {
        /// By what.
        source: Source,
        /// The token of the invitation, when there was one.
        token: OrNull<String>,
        /// Answers that were filled in before the visitor saw the survey.
        preset: Map<Answer>,
    }
}

choice! {
    /// By what a visitor was asked.
    pub enum Source {
        /// The survey was due on the page.
        Trigger = "trigger",
        /// A link.
        Link = "link",
        /// A device that stands where customers pass.
        Kiosk = "kiosk",
        /// A call of the page's own script.
        Api = "api",
    }
}

record! {
    /// How a survey was answered: counts and milliseconds; never keystrokes, positions, user agents or fingerprints.
    pub struct Signals {
        /// Milliseconds from the survey being shown to its submission.
        ms_total: u32,
        /// Milliseconds from the survey being shown to the first answer; absent when there was none.
        ms_first: Option<u32>,
        /// Milliseconds that each question was on show before its first answer.
        ms: Map<u32>,
        /// Answers that were changed after having been given.
        changes: u32,
        /// Answers on a scale that were raised after having stood for two seconds or more.
        raised: u32,
        /// Times the page was hidden while the survey was open.
        hidden: u32,
        /// Answers that came from a script instead of a person (`isTrusted` false).
        untrusted: u32,
        /// What the answers were given with.
        input: Input,
        /// Texts that were pasted.
        pasted: u32,
        /// Earlier responses from this device today, to any survey of this endpoint; absent before consent.
        device_day: Option<u32>,
        /// Earlier responses from this device ever; absent before consent.
        device_all: Option<u32>,
    }
}

choice! {
    /// What the answers were given with.
    pub enum Input {
        /// A mouse or trackpad.
        Mouse = "mouse",
        /// A finger or pen.
        Touch = "touch",
        /// A keyboard, or what speaks as one.
        Keyboard = "keyboard",
        /// More than one of them.
        Mixed = "mixed",
    }
}

record! {
    /// The widget's claim about the answers. A page can forge it, so the analyzer computes it again.
    pub struct Integrity {
        /// How much evidence of pressure.
        evidence: Level,
        /// The same as a number from 0 to 1, for sorting.
        score: Share,
        /// The codes of the reasons.
        reasons: Vec<Id>,
    }
}

choice! {
    /// How much evidence of pressure there is in one response.
    pub enum Level {
        /// None to speak of.
        None = "none",
        /// Some: a reason to look.
        Some = "some",
        /// Strong: reasons of two kinds that agree.
        Strong = "strong",
    }
}

impl Response {
    /// Reads a response and checks what needs no definition.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn from_value(value: &Value) -> Result<Response, Problem> {
        let response = Response::read(value)?;
        if !response.page.starts_with('/') || response.page.contains(['?', '#']) || response.page.len() > 2048
        {
            let expected = "a path that starts with /, without query or fragment, of at most 2048 bytes";
            return Err(Problem::new(expected, &Value::String(response.page)).inside("page"));
        }
        if response.utc_offset_min.abs() > 18 * 60 {
            let found = Value::Number(i64::from(response.utc_offset_min).into());
            return Err(Problem::new("minutes from -1080 to 1080", &found).inside("utc_offset_min"));
        }
        if response.submitted < response.started {
            let found = Value::String(response.submitted.to_string());
            return Err(Problem::new("a time not before started", &found).inside("submitted"));
        }
        for (i, id) in response.order.iter().enumerate() {
            if response.order[..i].contains(id) {
                return Err(Problem::new("each question once", &Value::String(id.to_string()))
                    .at(i)
                    .inside("order"));
            }
        }
        Ok(response)
    }

    /// Checks the answers against the definition they were given to.
    ///
    /// # Errors
    /// The first answer that does not fit its question, or a required one that was skipped in a complete response.
    pub fn check(&self, definition: &Definition) -> Result<(), Problem> {
        for (list, answers) in [("answers", &self.answers), ("invitation.preset", &self.invitation.preset)] {
            for (id, answer) in answers.iter() {
                let inside = |problem: Problem| problem.inside(id).inside(list);
                let Some(question) = definition.question(id) else {
                    let ids: Vec<_> = definition.questions().map(|q| q.id.as_str()).collect();
                    let expected = ["a question of this survey: ", &ids.join(", ")].concat();
                    return Err(inside(Problem::new(expected, &Value::String(id.to_string()))));
                };
                question.check_answer(answer).map_err(inside)?;
            }
        }
        if self.status == Status::Complete {
            let answers = route::json(&self.answers);
            let stops = route::route(definition, &answers, &self.attributes);
            let questions: Vec<_> = definition.questions().collect();
            for question in stops.iter().flat_map(|stop| &stop.open).filter_map(|&place| questions.get(place))
            {
                if let Some(answer) = self.answers.get(&question.id) {
                    let found = Value::parse(&answer.to_json()).unwrap_or(Value::Null);
                    let problem = Problem::new("an answer, because the question is required", &found);
                    return Err(problem.inside(&question.id).inside("answers"));
                }
            }
        }
        Ok(())
    }
}
