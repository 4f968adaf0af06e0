//! Questions and answers: what each type may carry, which answers it takes, and how an answer stands in a CSV cell.
//! A new question type is added here, and in the widget's file of controls, and nowhere else.

use crate::definition::Text;
use crate::json::{Number, Value};
use crate::leaf::Id;
use crate::logic::Expression;
use crate::record::{Defs, Json, Problem, choice, object, record, string};

record! {
    /// One question. Which fields may stand beside `id`, `type`, `text`, `help` and `required` depends on the type.
    pub struct Question {
        /// The question's id; the answer stands under it.
        id: Id,
        /// The type.
        kind as "type": Kind,
        /// What is asked.
        text: Text,
        /// A line of explanation below it.
        help: Option<Text>,
        /// Whether the survey cannot be completed without an answer.
        required: bool = false,
        /// The question is shown only where this holds.
        show_if: Option<Expression>,
        /// The survey cannot be completed without an answer where this holds.
        required_if: Option<Expression>,
        /// nps, csat, ces, rating: the words at the low end of the scale.
        low: Option<Text>,
        /// nps, csat, ces, rating: the words at the high end of the scale.
        high: Option<Text>,
        /// csat, ces, rating: how many points the scale has, counted from 1; 5, 7 and 5 when absent.
        points: Option<u32>,
        /// rating: what the points are drawn as.
        symbol: Option<Symbol>,
        /// single, multiple: what can be chosen.
        options: Option<Vec<Choice>>,
        /// single, multiple: whether something else can be written in.
        other: bool = false,
        /// multiple: at least so many.
        min: Option<u32>,
        /// multiple: at most so many.
        max: Option<u32>,
        /// text: several lines instead of one.
        long: bool = false,
        /// text: at most so many characters; 4000 when absent.
        max_length: Option<u32>,
    }
}

record! {
    /// Something that can be chosen.
    pub struct Choice {
        /// Its id: what the answer says.
        id: Id,
        /// What is shown.
        text: Text,
    }
}

choice! {
    /// The type of a question.
    pub enum Kind {
        /// How likely to recommend, 0 to 10.
        Nps = "nps",
        /// Satisfaction, 1 to `points` (5).
        Csat = "csat",
        /// Effort, 1 to `points` (7).
        Ces = "ces",
        /// A rating, 1 to `points` (5), drawn as `symbol`.
        Rating = "rating",
        /// One of several options.
        Single = "single",
        /// Any of several options.
        Multiple = "multiple",
        /// Written text.
        Text = "text",
    }
}

choice! {
    /// What a rating is drawn as.
    pub enum Symbol {
        /// Stars.
        Stars = "stars",
    }
}

/// The most characters a text answer may have unless its question says otherwise.
pub const MAX_TEXT: u32 = 4000;

/// One answer. `Skipped` is a question that was shown and not answered; one that was not shown has no answer at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Shown and left open: `null`.
    Skipped,
    /// A point on a scale: `9`.
    Number(Number),
    /// An option's id, or a text: `"opt"`.
    Text(String),
    /// Something written in instead of an option: `{"other": …}`.
    Other(String),
    /// Several options, something written in last: `["a", "b", {"other": …}]`.
    Many(Vec<Pick>),
}

/// One of several options chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// An option's id.
    Option(Id),
    /// Something written in.
    Other(String),
}

fn other_text(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) if fields.len() == 1 && fields[0].0 == "other" => fields[0].1.as_str(),
        _ => None,
    }
}

fn write_other(text: &str, out: &mut String) {
    out.push_str("{\"other\":");
    crate::json::push_string(out, text);
    out.push('}');
}

impl Json for Pick {
    fn read(value: &Value) -> Result<Self, Problem> {
        if let Some(text) = other_text(value) {
            return Ok(Pick::Other(text.into()));
        }
        let id = value.as_str().and_then(Id::new);
        id.map(Pick::Option).ok_or_else(|| Problem::new("an option's id, or {\"other\": text}", value))
    }
    fn write(&self, out: &mut String) {
        match self {
            Pick::Option(id) => id.write(out),
            Pick::Other(text) => write_other(text, out),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        let other = other_schema();
        let id = Id::schema(defs);
        object([("anyOf", Value::Array(vec![id, other]))])
    }
}

fn other_schema() -> Value {
    object([
        ("type", string("object")),
        ("properties", object([("other", object([("type", string("string"))]))])),
        ("required", Value::Array(vec![string("other")])),
        ("additionalProperties", Value::Bool(false)),
    ])
}

impl Json for Answer {
    fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::Null => Ok(Answer::Skipped),
            Value::Number(n) => Ok(Answer::Number(n.clone())),
            Value::String(s) => Ok(Answer::Text(s.clone())),
            Value::Array(_) => Vec::read(value).map(Answer::Many),
            Value::Object(_) if other_text(value).is_some() => {
                Ok(Answer::Other(other_text(value).unwrap_or_default().into()))
            }
            _ => Err(Problem::new("an answer: a number, a text, a list, {\"other\": text} or null", value)),
        }
    }
    fn write(&self, out: &mut String) {
        match self {
            Answer::Skipped => out.push_str("null"),
            Answer::Number(n) => n.write(out),
            Answer::Text(s) => s.write(out),
            Answer::Other(s) => write_other(s, out),
            Answer::Many(picks) => picks.write(out),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        let picks = Vec::<Pick>::schema(defs);
        let kind = |name: &str| object([("type", string(name))]);
        object([(
            "anyOf",
            Value::Array(vec![kind("null"), kind("number"), kind("string"), other_schema(), picks]),
        )])
    }
}

impl Answer {
    /// What stands in the cell of the answer, and what in the one for a text that was written in (empty when none was).
    pub fn cells(&self) -> (String, &str) {
        match self {
            Answer::Skipped => (String::new(), ""),
            Answer::Number(n) => (n.as_str().into(), ""),
            Answer::Text(text) => (text.clone(), ""),
            Answer::Other(text) => ("other".into(), text.as_str()),
            Answer::Many(picks) => {
                let ids: Vec<_> = picks
                    .iter()
                    .map(|pick| match pick {
                        Pick::Option(id) => id.as_str(),
                        Pick::Other(_) => "other",
                    })
                    .collect();
                let written = picks.iter().find_map(|pick| match pick {
                    Pick::Other(text) => Some(text.as_str()),
                    Pick::Option(_) => None,
                });
                (ids.join("|"), written.unwrap_or_default())
            }
        }
    }
}

impl Question {
    /// The ends of the scale, for the types that have one.
    pub fn scale(&self) -> Option<(i64, i64)> {
        let points = |usual| Some((1, i64::from(self.points.unwrap_or(usual))));
        match self.kind {
            Kind::Nps => Some((0, 10)),
            Kind::Csat | Kind::Rating => points(5),
            Kind::Ces => points(7),
            _ => None,
        }
    }

    /// What can be chosen; empty for the types that have no options.
    pub fn options(&self) -> &[Choice] {
        self.options.as_deref().unwrap_or_default()
    }

    /// Every text that a visitor may be shown, with the field it stands in.
    pub(crate) fn texts(&self) -> Vec<(&'static str, &Text)> {
        let own = [("text", Some(&self.text)), ("help", self.help.as_ref())];
        let ends = [("low", self.low.as_ref()), ("high", self.high.as_ref())];
        let options = self.options().iter().map(|option| ("options", Some(&option.text)));
        let all = own.into_iter().chain(ends).chain(options);
        all.filter_map(|(field, text)| Some((field, text?))).collect()
    }

    /// The most characters a text answer may have.
    pub fn max_length(&self) -> u32 {
        self.max_length.unwrap_or(MAX_TEXT)
    }

    /// Checks that the fields fit the type.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        use Kind::{Ces, Csat, Multiple, Nps, Rating, Single, Text};
        let number = |n: u32| Value::Number(i64::from(n).into());
        // Which types each optional field belongs to.
        let owners: [(&str, bool, &[Kind]); 10] = [
            ("low", self.low.is_some(), &[Nps, Csat, Ces, Rating]),
            ("high", self.high.is_some(), &[Nps, Csat, Ces, Rating]),
            ("points", self.points.is_some(), &[Csat, Ces, Rating]),
            ("symbol", self.symbol.is_some(), &[Rating]),
            ("options", self.options.is_some(), &[Single, Multiple]),
            ("other", self.other, &[Single, Multiple]),
            ("min", self.min.is_some(), &[Multiple]),
            ("max", self.max.is_some(), &[Multiple]),
            ("long", self.long, &[Text]),
            ("max_length", self.max_length.is_some(), &[Text]),
        ];
        for (field, given, kinds) in owners {
            if given && !kinds.contains(&self.kind) {
                let names: Vec<_> = kinds.iter().map(|k| k.as_str()).collect();
                let expected = ["no such field here; it belongs to ", &names.join(", ")].concat();
                return Err(Problem::new(expected, &string(self.kind.as_str())).inside(field));
            }
        }
        if let Some(points) = self.points.filter(|p| !(2..=11).contains(p)) {
            return Err(Problem::new("2 to 11 points", &number(points)).inside("points"));
        }
        if matches!(self.kind, Single | Multiple) {
            let options = self.options();
            if options.len() < 2 {
                return Err(Problem::missing("at least two options").inside("options"));
            }
            for (i, option) in options.iter().enumerate() {
                if option.id.as_str() == "other" || options[..i].iter().any(|o| o.id == option.id) {
                    let expected = "an id that no other option has; \"other\" is kept for what is written in";
                    return Err(Problem::new(expected, &string(&option.id))
                        .inside("id")
                        .at(i)
                        .inside("options"));
                }
            }
            let most = options.len() as u32 + u32::from(self.other);
            let (min, max) = (self.min.unwrap_or(0), self.max.unwrap_or(most));
            if max > most || max == 0 {
                return Err(Problem::new("1 to the number of options", &number(max)).inside("max"));
            }
            if min > max {
                return Err(
                    Problem::new("no more than max and the number of options", &number(min)).inside("min")
                );
            }
        }
        if self.max_length == Some(0) {
            return Err(Problem::new("at least 1", &number(0)).inside("max_length"));
        }
        Ok(())
    }

    /// Checks that `answer` answers this question.
    ///
    /// # Errors
    /// What was expected; the path is empty, the caller knows the question.
    pub fn check_answer(&self, answer: &Answer) -> Result<(), Problem> {
        let fail = |expected: String| {
            let value = Value::parse(&answer.to_json()).unwrap_or(Value::Null);
            Err(Problem::new(expected, &value))
        };
        let option = |id: &str| self.options().iter().any(|o| o.id.as_str() == id);
        let options = || self.options().iter().map(|o| o.id.as_str()).collect::<Vec<_>>().join(", ");
        let fits = |text: &str| text.chars().count() <= self.max_length() as usize;
        match (self.kind, answer) {
            (_, Answer::Skipped) => Ok(()),
            (Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating, _) => {
                let (low, high) = self.scale().unwrap_or((0, 10));
                match answer {
                    Answer::Number(n) if n.as_i64().is_some_and(|n| (low..=high).contains(&n)) => Ok(()),
                    _ => {
                        let mut expected = String::from("a whole number from ");
                        crate::json::push_int(&mut expected, low);
                        expected.push_str(" to ");
                        crate::json::push_int(&mut expected, high);
                        fail(expected)
                    }
                }
            }
            (Kind::Single, Answer::Text(id)) if option(id) => Ok(()),
            (Kind::Single, Answer::Other(text)) if self.other && fits(text) => Ok(()),
            (Kind::Single, _) => fail(["one of ", &options()].concat()),
            (Kind::Multiple, Answer::Many(picks)) => {
                let known = picks.iter().enumerate().all(|(i, pick)| match pick {
                    Pick::Option(id) => option(id) && !picks[..i].contains(pick),
                    Pick::Other(text) => self.other && i + 1 == picks.len() && fits(text),
                });
                let most = self.max.unwrap_or(u32::MAX) as usize;
                if !known {
                    fail(["a list of different ones of ", &options()].concat())
                } else if picks.len() < self.min.unwrap_or(0) as usize || picks.len() > most {
                    fail("as many options as min and max allow".into())
                } else {
                    Ok(())
                }
            }
            (Kind::Multiple, _) => fail(["a list of ", &options()].concat()),
            (Kind::Text, Answer::Text(text)) if fits(text) => Ok(()),
            (Kind::Text, _) => {
                let mut expected = String::from("a text of at most ");
                crate::json::push_int(&mut expected, i64::from(self.max_length()));
                expected.push_str(" characters");
                fail(expected)
            }
        }
    }

    /// The names of the CSV columns that hold an answer, after `answer.`.
    pub fn columns(&self) -> Vec<String> {
        let mut columns = vec![self.id.to_string()];
        if self.other {
            columns.push([self.id.as_str(), ".other"].concat());
        }
        columns
    }

    /// The cells of `answer`, one for each of [`Question::columns`]. A skipped question gives empty cells.
    pub fn cells(&self, answer: &Answer) -> Vec<String> {
        let (main, other) = answer.cells();
        let mut cells = vec![main];
        if self.other {
            cells.push(other.into());
        }
        cells
    }
}
