//! Questions and answers: what each type may carry, which answers it takes, and how an answer stands in a CSV cell.
//! A new question type is added here, and in the widget's file of controls, and nowhere else.

use crate::definition::Text;
use crate::json::{Number, Value};
use crate::leaf::{Id, Map, Time};
use crate::logic::Expression;
use crate::prelude::*;
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
        /// nps, csat, ces, rating, slider, matrix: the words at the low end of the scale.
        low: Option<Text>,
        /// nps, csat, ces, rating, slider, matrix: the words at the high end of the scale.
        high: Option<Text>,
        /// csat, ces, rating: how many points the scale has, counted from 1; 5, 7 and 5 when absent. matrix: each row is
        /// answered on so many points, instead of with an option.
        points: Option<u32>,
        /// rating: what the points are drawn as.
        symbol: Option<Symbol>,
        /// single, dropdown, multiple, ranking, maxdiff: what can be chosen; matrix: its columns.
        options: Option<Vec<Choice>>,
        /// single, dropdown, multiple: whether something else can be written in.
        other: bool = false,
        /// multiple: the option that is chosen alone, such as none of these.
        none: Option<Id>,
        /// The options, and a matrix's rows, are shown in an order of chance.
        randomize: bool = false,
        /// multiple: at least so many; ranking: as many as max.
        min: Option<u32>,
        /// multiple, ranking: at most so many.
        max: Option<u32>,
        /// matrix: its rows.
        rows: Option<Vec<Choice>>,
        /// contact: what is asked for.
        fields: Option<Vec<Choice>>,
        /// maxdiff: which options are shown together, set by set.
        sets: Option<Vec<Vec<Id>>>,
        /// number, slider: the smallest answer; 0 for a slider when absent.
        from: Option<Number>,
        /// number, slider: the largest answer; 100 for a slider when absent.
        to: Option<Number>,
        /// number: at most so many digits after the point; none when absent.
        decimals: Option<u32>,
        /// slider: the answers lie so far apart; 1 when absent.
        step: Option<u32>,
        /// date: the first day that can be given.
        earliest: Option<Date>,
        /// date: the last day that can be given.
        latest: Option<Date>,
        /// protected: the groups of a crosswise question; without them it is direct.
        groups: Option<Vec<Group>>,
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

record! {
    /// A group of visitors who are asked a crosswise question with the same innocent statement.
    pub struct Group {
        /// Its id: what the answer says.
        id: Id,
        /// The statement that says nothing about anybody, such as a birthday in the first ten weeks of a year.
        text: Text,
        /// How many people it is true of, between 0 and 1 and not a half.
        p: Number,
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
        /// One of several options, from a list that opens.
        Dropdown = "dropdown",
        /// An option or a point for each of several rows.
        Matrix = "matrix",
        /// Options in order, the best first.
        Ranking = "ranking",
        /// A number that is typed.
        Number = "number",
        /// A number on a line.
        Slider = "slider",
        /// A day.
        Date = "date",
        /// An e-mail address.
        Email = "email",
        /// Name, address and the like: several texts.
        Contact = "contact",
        /// Whether one agrees.
        Consent = "consent",
        /// Words without a question: it has no answer.
        Statement = "statement",
        /// The best and the worst of several options, set by set.
        Maxdiff = "maxdiff",
        /// Whether one was pressed for a rating, asked so that no answer tells on anybody.
        Protected = "protected",
    }
}

choice! {
    /// What a rating is drawn as.
    pub enum Symbol {
        /// Stars.
        Stars = "stars",
        /// Numbers.
        Numbers = "numbers",
        /// Faces, from unhappy to happy.
        Faces = "faces",
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
    /// Whether one agrees: `true`.
    Bool(bool),
    /// An answer for each row or field: `{"row": "good", "other-row": 4}`.
    Parts(Map<Part>),
    /// Bests and worsts: `[{"set": 1, "best": "a", "worst": "b"}]`.
    Bests(Vec<Best>),
    /// An answer that tells on nobody: `{"same": true, "p": 0.2, "group": "A"}`.
    Crosswise(Crosswise),
}

/// The answer of a row or a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A point on a scale.
    Number(Number),
    /// An option's id, or a text.
    Text(String),
}

impl Part {
    /// The part as it stands in a cell.
    pub fn as_str(&self) -> &str {
        match self {
            Part::Number(number) => number.as_str(),
            Part::Text(text) => text,
        }
    }
}

impl Json for Part {
    fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::Number(number) => Ok(Part::Number(number.clone())),
            Value::String(text) => Ok(Part::Text(text.clone())),
            _ => Err(Problem::new("a number or a text", value)),
        }
    }
    fn write(&self, out: &mut String) {
        match self {
            Part::Number(number) => number.write(out),
            Part::Text(text) => text.write(out),
        }
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", Value::Array(vec![string("number"), string("string")]))])
    }
}

record! {
    /// The best and the worst of one set.
    pub struct Best {
        /// Which set, from 1.
        set: u32,
        /// The best option.
        best: Id,
        /// The worst option.
        worst: Id,
    }
}

record! {
    /// An answer to a crosswise question (Yu, Tian & Tang 2008): whether both statements are true or both are not.
    pub struct Crosswise {
        /// Both are true, or neither is.
        same: bool,
        /// How many people the innocent statement is true of.
        p: Number,
        /// The group whose statement it was.
        group: Id,
    }
}

/// A day, as `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(Box<str>);

impl Date {
    /// The day spelt `text`, if there is one.
    pub fn new(text: &str) -> Option<Date> {
        let midnight = Time::parse(&[text, "T00:00:00Z"].concat());
        midnight.filter(|_| text.len() == 10).map(|_| Date(text.into()))
    }

    /// The day as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Json for Date {
    fn read(value: &Value) -> Result<Self, Problem> {
        value.as_str().and_then(Date::new).ok_or_else(|| Problem::new("a date such as 2026-11-21", value))
    }
    fn write(&self, out: &mut String) {
        crate::json::push_string(out, &self.0);
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("string")), ("format", string("date"))])
    }
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
            Value::Bool(b) => Ok(Answer::Bool(*b)),
            Value::Array(items) if items.first().is_some_and(|item| item.get("set").is_some()) => {
                Vec::read(value).map(Answer::Bests)
            }
            Value::Array(_) => Vec::read(value).map(Answer::Many),
            Value::Object(_) => match other_text(value) {
                Some(text) => Ok(Answer::Other(text.into())),
                // A row or field may be called `same`: its answer is no true or false.
                None if matches!(value.get("same"), Some(Value::Bool(_))) => {
                    Crosswise::read(value).map(Answer::Crosswise)
                }
                None => Map::read(value).map(Answer::Parts),
            },
        }
    }
    fn write(&self, out: &mut String) {
        match self {
            Answer::Skipped => out.push_str("null"),
            Answer::Number(n) => n.write(out),
            Answer::Text(s) => s.write(out),
            Answer::Other(s) => write_other(s, out),
            Answer::Many(picks) => picks.write(out),
            Answer::Bool(b) => b.write(out),
            Answer::Parts(parts) => parts.write(out),
            Answer::Bests(bests) => bests.write(out),
            Answer::Crosswise(answer) => answer.write(out),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        let picks = Vec::<Pick>::schema(defs);
        let (parts, bests) = (Map::<Part>::schema(defs), Vec::<Best>::schema(defs));
        let crosswise = Crosswise::schema(defs);
        let kind = |name: &str| object([("type", string(name))]);
        object([(
            "anyOf",
            Value::Array(vec![
                kind("null"),
                kind("number"),
                kind("string"),
                kind("boolean"),
                other_schema(),
                picks,
                bests,
                crosswise,
                parts,
            ]),
        )])
    }
}

impl Answer {
    /// The answer in its JSON form.
    pub fn json(&self) -> Value {
        Value::parse(&self.to_json()).unwrap_or(Value::Null)
    }

    /// The cells of the answer, each with what its column is called after the question's id.
    pub fn parts(&self) -> Vec<(String, String)> {
        let named = |name: &str, cell: &str| ([".", name].concat(), cell.to_string());
        match self {
            Answer::Parts(parts) => parts.iter().map(|(id, part)| named(id, part.as_str())).collect(),
            Answer::Bests(bests) => {
                let mut cells = Vec::new();
                for best in bests {
                    for (name, id) in [(".best", &best.best), (".worst", &best.worst)] {
                        let mut column = String::from(".");
                        crate::json::push_int(&mut column, i64::from(best.set));
                        column.push_str(name);
                        cells.push((column, id.to_string()));
                    }
                }
                cells
            }
            Answer::Crosswise(answer) => vec![
                named("same", if answer.same { "true" } else { "false" }),
                named("p", answer.p.as_str()),
                named("group", &answer.group),
            ],
            _ => {
                let (main, other) = self.cells();
                vec![(String::new(), main), named("other", other)]
            }
        }
    }

    /// What stands in the cell of the answer, and what in the one for a text that was written in (empty when none was).
    /// An answer that has no cell of its own gives empty ones: see [`Answer::parts`].
    pub fn cells(&self) -> (String, &str) {
        match self {
            Answer::Skipped | Answer::Parts(_) | Answer::Bests(_) | Answer::Crosswise(_) => {
                (String::new(), "")
            }
            Answer::Bool(b) => (if *b { "true" } else { "false" }.into(), ""),
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

    /// A matrix's rows; empty for the other types.
    pub fn rows(&self) -> &[Choice] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// What a contact question asks for; empty for the other types.
    pub fn fields(&self) -> &[Choice] {
        self.fields.as_deref().unwrap_or_default()
    }

    /// The groups of a crosswise question; empty for the other types.
    pub fn groups(&self) -> &[Group] {
        self.groups.as_deref().unwrap_or_default()
    }

    /// The sets of a maxdiff question; empty for the other types.
    pub fn sets(&self) -> &[Vec<Id>] {
        self.sets.as_deref().unwrap_or_default()
    }

    /// Every text that a visitor may be shown, with the field it stands in.
    pub(crate) fn texts(&self) -> Vec<(&'static str, &Text)> {
        let own = [("text", Some(&self.text)), ("help", self.help.as_ref())];
        let ends = [("low", self.low.as_ref()), ("high", self.high.as_ref())];
        let options = self.options().iter().map(|option| ("options", Some(&option.text)));
        let rows = self.rows().iter().map(|row| ("rows", Some(&row.text)));
        let fields = self.fields().iter().map(|field| ("fields", Some(&field.text)));
        let groups = self.groups().iter().map(|group| ("groups", Some(&group.text)));
        let all = own.into_iter().chain(ends).chain(options).chain(rows).chain(fields).chain(groups);
        all.filter_map(|(field, text)| Some((field, text?))).collect()
    }

    /// The most characters a text answer may have.
    pub fn max_length(&self) -> u32 {
        self.max_length.unwrap_or(MAX_TEXT)
    }

    /// Checks that the fields fit the type.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        use Kind::{
            Ces, Contact, Csat, Date, Dropdown, Email, Matrix, Maxdiff, Multiple, Nps, Number, Protected,
            Ranking, Rating, Single, Slider, Statement, Text,
        };
        let number = |n: u32| Value::Number(i64::from(n).into());
        // Which types each optional field belongs to.
        let owners: [(&str, bool, &[Kind]); 23] = [
            ("low", self.low.is_some(), &[Nps, Csat, Ces, Rating, Slider, Matrix]),
            ("high", self.high.is_some(), &[Nps, Csat, Ces, Rating, Slider, Matrix]),
            ("points", self.points.is_some(), &[Csat, Ces, Rating, Matrix]),
            ("symbol", self.symbol.is_some(), &[Rating]),
            ("options", self.options.is_some(), &[Single, Dropdown, Multiple, Ranking, Maxdiff, Matrix]),
            ("other", self.other, &[Single, Dropdown, Multiple]),
            ("none", self.none.is_some(), &[Multiple]),
            ("randomize", self.randomize, &[Single, Dropdown, Multiple, Ranking, Maxdiff, Matrix]),
            ("min", self.min.is_some(), &[Multiple, Ranking]),
            ("max", self.max.is_some(), &[Multiple, Ranking]),
            ("rows", self.rows.is_some(), &[Matrix]),
            ("fields", self.fields.is_some(), &[Contact]),
            ("sets", self.sets.is_some(), &[Maxdiff]),
            ("from", self.from.is_some(), &[Number, Slider]),
            ("to", self.to.is_some(), &[Number, Slider]),
            ("decimals", self.decimals.is_some(), &[Number]),
            ("step", self.step.is_some(), &[Slider]),
            ("earliest", self.earliest.is_some(), &[Date]),
            ("latest", self.latest.is_some(), &[Date]),
            ("groups", self.groups.is_some(), &[Protected]),
            ("long", self.long, &[Text]),
            ("max_length", self.max_length.is_some(), &[Text, Email, Contact]),
            ("required", self.required && self.kind == Statement, &[]),
        ];
        for (field, given, kinds) in owners {
            if given && !kinds.contains(&self.kind) {
                let names: Vec<_> = kinds.iter().map(|k| k.as_str()).collect();
                let expected = if names.is_empty() {
                    "no such field here; a statement has no answer".into()
                } else {
                    ["no such field here; it belongs to ", &names.join(", ")].concat()
                };
                return Err(Problem::new(expected, &string(self.kind.as_str())).inside(field));
            }
        }
        if let Some(points) = self.points.filter(|p| !(2..=11).contains(p)) {
            return Err(Problem::new("2 to 11 points", &number(points)).inside("points"));
        }
        match self.kind {
            Single | Dropdown | Multiple | Ranking | Maxdiff => distinct("options", self.options(), 2)?,
            Matrix => {
                if self.points.is_some() == self.options.is_some() {
                    return Err(Problem::missing("either options or points").inside("options"));
                }
                if self.points.is_none() {
                    distinct("options", self.options(), 2)?;
                }
                distinct("rows", self.rows(), 1)?;
            }
            Contact => distinct("fields", self.fields(), 1)?,
            _ => {}
        }
        if matches!(self.kind, Single | Multiple | Ranking) {
            let most = self.options().len() as u32 + u32::from(self.other);
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
        if let Some(none) = self.none.as_ref().filter(|none| !self.options().iter().any(|o| o.id == **none)) {
            return Err(Problem::new("the id of an option", &string(none)).inside("none"));
        }
        if self.max_length == Some(0) {
            return Err(Problem::new("at least 1", &number(0)).inside("max_length"));
        }
        for (field, end) in [("from", &self.from), ("to", &self.to)] {
            let fits = |end: &&crate::json::Number| end.as_str().bytes().any(|b| matches!(b, b'e' | b'E'));
            let fraction = |end: &&crate::json::Number| self.kind == Slider && end.as_i64().is_none();
            if let Some(end) = end.as_ref().filter(|end| fits(end) || fraction(end)) {
                let expected =
                    if self.kind == Slider { "a whole number" } else { "a number without an exponent" };
                return Err(Problem::new(expected, &Value::Number(end.clone())).inside(field));
            }
        }
        if matches!(self.kind, Number | Slider) {
            let (from, to) = self.ends();
            if let (Some(from), Some(to)) = (from, to)
                && from.compare(&to) != core::cmp::Ordering::Less
            {
                return Err(Problem::new("more than from", &Value::Number(to)).inside("to"));
            }
            if self.step == Some(0) {
                return Err(Problem::new("at least 1", &number(0)).inside("step"));
            }
        }
        if let (Some(first), Some(last)) = (&self.earliest, &self.latest)
            && first > last
        {
            return Err(Problem::new("a day not before earliest", &string(last.as_str())).inside("latest"));
        }
        if self.kind == Maxdiff {
            if self.sets().is_empty() {
                return Err(Problem::missing("at least one set of options").inside("sets"));
            }
            for (i, set) in self.sets().iter().enumerate() {
                let known = |id: &Id| self.options().iter().any(|o| o.id == *id);
                let twice = |n: usize| set.iter().take(n).any(|id| Some(id) == set.get(n));
                if set.len() < 3 || !set.iter().all(known) || (0..set.len()).any(twice) {
                    let found = Value::Array(set.iter().map(|id| string(id)).collect());
                    return Err(Problem::new("at least three different options", &found)
                        .at(i)
                        .inside("sets"));
                }
            }
        }
        for (i, group) in self.groups().iter().enumerate() {
            let inside = |field: &str, problem: Problem| problem.inside(field).at(i).inside("groups");
            if self.groups().iter().take(i).any(|other| other.id == group.id) {
                return Err(inside("id", Problem::new("an id that no other group has", &string(&group.id))));
            }
            let p = group.p.as_str();
            // Told from the text, as Share is: below one, above zero, and not the half that would say nothing.
            let between = p.starts_with("0.")
                && !p.contains(['e', 'E'])
                && p.contains(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
            if !between || p.trim_end_matches('0') == "0.5" {
                let expected = "a number between 0 and 1 that is not a half, such as 0.2";
                return Err(inside("p", Problem::new(expected, &Value::Number(group.p.clone()))));
            }
        }
        if self.groups.as_ref().is_some_and(Vec::is_empty) {
            return Err(Problem::missing("at least one group").inside("groups"));
        }
        Ok(())
    }

    /// The smallest and the largest answer of a number or slider question.
    pub fn ends(&self) -> (Option<Number>, Option<Number>) {
        let usual = |end: i64| (self.kind == Kind::Slider).then(|| Number::from(end));
        (self.from.clone().or_else(|| usual(0)), self.to.clone().or_else(|| usual(100)))
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
        let say = |parts: [&str; 3], n: i64| {
            let mut expected = parts.concat();
            crate::json::push_int(&mut expected, n);
            expected
        };
        match (self.kind, answer) {
            (_, Answer::Skipped) => Ok(()),
            (Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating, _) => {
                let (low, high) = self.scale().unwrap_or((0, 10));
                match answer {
                    Answer::Number(n) if n.as_i64().is_some_and(|n| (low..=high).contains(&n)) => Ok(()),
                    _ => {
                        let mut expected = say(["a whole number from ", "", ""], low);
                        expected.push_str(&say([" to ", "", ""], high));
                        fail(expected)
                    }
                }
            }
            (Kind::Single | Kind::Dropdown, Answer::Text(id)) if option(id) => Ok(()),
            (Kind::Single | Kind::Dropdown, Answer::Other(text)) if self.other && fits(text) => Ok(()),
            (Kind::Single | Kind::Dropdown, _) => fail(["one of ", &options()].concat()),
            (Kind::Multiple | Kind::Ranking, Answer::Many(picks)) => {
                let known = picks.iter().enumerate().all(|(i, pick)| match pick {
                    Pick::Option(id) => option(id) && !picks[..i].contains(pick),
                    Pick::Other(text) => self.other && i + 1 == picks.len() && fits(text),
                });
                let alone =
                    |pick: &Pick| matches!((pick, &self.none), (Pick::Option(id), Some(none)) if id == none);
                let usual = self.options().len() as u32;
                let (least, most) = if self.kind == Kind::Ranking {
                    let most = self.max.unwrap_or(usual);
                    (self.min.unwrap_or(most), most)
                } else {
                    (self.min.unwrap_or(0), self.max.unwrap_or(u32::MAX))
                };
                if !known {
                    fail(["a list of different ones of ", &options()].concat())
                } else if picks.len() > 1 && picks.iter().any(alone) {
                    fail(["nothing beside ", self.none.as_deref().unwrap_or_default()].concat())
                } else if picks.first().is_some_and(alone) {
                    Ok(())
                } else if picks.len() < least as usize || picks.len() > most as usize {
                    fail("as many options as min and max allow".into())
                } else {
                    Ok(())
                }
            }
            (Kind::Multiple | Kind::Ranking, _) => fail(["a list of ", &options()].concat()),
            (Kind::Text, Answer::Text(text)) if fits(text) => Ok(()),
            (Kind::Text, _) => {
                let mut expected = say(["a text of at most ", "", ""], i64::from(self.max_length()));
                expected.push_str(" characters");
                fail(expected)
            }
            (Kind::Number | Kind::Slider, Answer::Number(n)) if self.in_range(n) => Ok(()),
            (Kind::Number | Kind::Slider, _) => fail(self.range()),
            (Kind::Date, Answer::Text(text)) if Date::new(text).is_some_and(|day| self.in_days(&day)) => {
                Ok(())
            }
            (Kind::Date, _) => {
                let mut expected = String::from("a date such as 2026-11-21");
                for (word, end) in [(" from ", &self.earliest), (" to ", &self.latest)] {
                    if let Some(end) = end {
                        expected.push_str(word);
                        expected.push_str(end.as_str());
                    }
                }
                fail(expected)
            }
            (Kind::Email, Answer::Text(text)) if is_email(text) && fits(text) => Ok(()),
            (Kind::Email, _) => fail("an e-mail address such as ann@shop.example".into()),
            (Kind::Consent, Answer::Bool(_)) => Ok(()),
            (Kind::Consent, _) => fail("true or false".into()),
            (Kind::Statement, _) => fail("null, because a statement has no answer".into()),
            (Kind::Matrix, Answer::Parts(parts)) => {
                for (row, part) in parts.iter() {
                    known(self.rows(), row)?;
                    let fits = match (part, self.points) {
                        (Part::Number(n), Some(points)) => {
                            n.as_i64().is_some_and(|n| (1..=i64::from(points)).contains(&n))
                        }
                        (Part::Text(id), None) => option(id),
                        _ => false,
                    };
                    if !fits {
                        let expected = match self.points {
                            Some(points) => say(["a whole number from 1 to ", "", ""], i64::from(points)),
                            None => ["one of ", &options()].concat(),
                        };
                        return Err(part_problem(expected, part).inside(row));
                    }
                }
                Ok(())
            }
            (Kind::Matrix, _) => fail(["an object of ", &ids(self.rows())].concat()),
            (Kind::Contact, Answer::Parts(parts)) => {
                for (field, part) in parts.iter() {
                    known(self.fields(), field)?;
                    if !matches!(part, Part::Text(text) if fits(text)) {
                        let mut expected = say(["a text of at most ", "", ""], i64::from(self.max_length()));
                        expected.push_str(" characters");
                        return Err(part_problem(expected, part).inside(field));
                    }
                }
                Ok(())
            }
            (Kind::Contact, _) => fail(["an object of ", &ids(self.fields())].concat()),
            (Kind::Maxdiff, Answer::Bests(bests)) => {
                for (i, best) in bests.iter().enumerate() {
                    let set = self.sets().get((best.set as usize).wrapping_sub(1));
                    if set.is_none() || bests.iter().take(i).any(|b| b.set == best.set) {
                        let mut expected =
                            say(["each set once, from 1 to ", "", ""], self.sets().len() as i64);
                        expected.push_str(", the number of sets");
                        let found = Value::Number(i64::from(best.set).into());
                        return Err(Problem::new(expected, &found).inside("set").at(i));
                    }
                    let shown = set.map(Vec::as_slice).unwrap_or_default();
                    let two = best.best != best.worst;
                    for (field, id) in [("best", &best.best), ("worst", &best.worst)] {
                        if !shown.contains(id) || field == "worst" && !two {
                            let shown: Vec<_> = shown.iter().map(Id::as_str).collect();
                            let expected =
                                ["one of ", &shown.join(", "), ", best and worst different"].concat();
                            return Err(Problem::new(expected, &string(id)).inside(field).at(i));
                        }
                    }
                }
                Ok(())
            }
            (Kind::Maxdiff, _) => fail("a list of {\"set\": 1, \"best\": id, \"worst\": id}".into()),
            (Kind::Protected, Answer::Crosswise(given)) if self.groups.is_some() => {
                match self.groups().iter().find(|group| group.id == given.group) {
                    None => {
                        let groups: Vec<_> = self.groups().iter().map(|g| g.id.as_str()).collect();
                        let expected = ["one of the groups ", &groups.join(", ")].concat();
                        Err(Problem::new(expected, &string(&given.group)).inside("group"))
                    }
                    Some(group) if group.p.compare(&given.p) != core::cmp::Ordering::Equal => {
                        let expected = [group.p.as_str(), ", the group's own"].concat();
                        Err(Problem::new(expected, &Value::Number(given.p.clone())).inside("p"))
                    }
                    Some(_) => Ok(()),
                }
            }
            (Kind::Protected, Answer::Text(text))
                if self.groups.is_none() && DIRECT.contains(&text.as_str()) =>
            {
                Ok(())
            }
            (Kind::Protected, _) if self.groups.is_none() => fail(["one of ", &DIRECT.join(", ")].concat()),
            (Kind::Protected, _) => fail("{\"same\": true or false, \"p\": number, \"group\": id}".into()),
        }
    }

    /// Whether a number lies between the ends, on a step or with no more decimals than may be.
    fn in_range(&self, n: &Number) -> bool {
        use core::cmp::Ordering::{Greater, Less};
        let text = n.as_str();
        let (from, to) = self.ends();
        let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let fits = match (self.kind, n.as_i64(), from.as_ref().and_then(Number::as_i64)) {
            (Kind::Slider, Some(n), Some(from)) => {
                n.checked_sub(from).is_some_and(|over| over % i64::from(self.step.unwrap_or(1).max(1)) == 0)
            }
            (Kind::Slider, ..) => false,
            _ => n.as_i64().is_some() || fraction <= self.decimals.unwrap_or(0) as usize,
        };
        fits && !text.contains(['e', 'E'])
            && from.is_none_or(|end| n.compare(&end) != Less)
            && to.is_none_or(|end| n.compare(&end) != Greater)
    }

    /// What is expected of a number, in words.
    fn range(&self) -> String {
        let whole = self.kind == Kind::Slider || self.decimals.unwrap_or(0) == 0;
        let mut expected = String::from(if whole { "a whole number" } else { "a number" });
        if let Some(decimals) = self.decimals.filter(|_| !whole) {
            expected.push_str(" of at most ");
            crate::json::push_int(&mut expected, i64::from(decimals));
            expected.push_str(" decimals");
        }
        let (from, to) = self.ends();
        for (word, end) in [(" from ", from), (" to ", to)] {
            if let Some(end) = end {
                expected.push_str(word);
                expected.push_str(end.as_str());
            }
        }
        if let Some(step) = self.step {
            expected.push_str(" in steps of ");
            crate::json::push_int(&mut expected, i64::from(step));
        }
        expected
    }

    fn in_days(&self, day: &Date) -> bool {
        self.earliest.as_ref().is_none_or(|first| day >= first)
            && self.latest.as_ref().is_none_or(|last| day <= last)
    }

    /// What the columns that hold an answer are called after the question's id.
    fn suffixes(&self) -> Vec<String> {
        let named = |name: &str| [".", name].concat();
        match self.kind {
            Kind::Statement => vec![],
            Kind::Matrix => self.rows().iter().map(|row| named(&row.id)).collect(),
            Kind::Contact => self.fields().iter().map(|field| named(&field.id)).collect(),
            Kind::Protected if self.groups.is_some() => ["same", "p", "group"].map(named).into(),
            Kind::Maxdiff => {
                let mut columns = Vec::new();
                for set in 1..=self.sets().len() {
                    for name in [".best", ".worst"] {
                        let mut column = String::from(".");
                        crate::json::push_int(&mut column, set as i64);
                        column.push_str(name);
                        columns.push(column);
                    }
                }
                columns
            }
            _ if self.other => vec![String::new(), named("other")],
            _ => vec![String::new()],
        }
    }

    /// The names of the CSV columns that hold an answer, after `answer.`.
    pub fn columns(&self) -> Vec<String> {
        self.suffixes().iter().map(|suffix| [self.id.as_str(), suffix].concat()).collect()
    }

    /// The cells of `answer`, one for each of [`Question::columns`]. A skipped question gives empty cells.
    pub fn cells(&self, answer: &Answer) -> Vec<String> {
        let parts = answer.parts();
        let cell = |suffix: &String| {
            let cell = parts.iter().find(|(name, _)| name == suffix).map_or("", |(_, cell)| cell);
            // Ids have neither sign.
            if self.kind == Kind::Ranking { cell.replace('|', ">") } else { cell.into() }
        };
        self.suffixes().iter().map(cell).collect()
    }

    /// The JSON of the answer that stands in `cells`, one for each of [`Question::columns`]: `null` where all are empty. What
    /// does not fit is given as it stands, for [`Question::check_answer`] to refuse.
    pub fn value(&self, cells: &[&str]) -> Value {
        let word = |text: &str| Value::String(text.into());
        let number = |text: &str| match Value::parse(text) {
            Ok(number @ Value::Number(_)) => number,
            _ => word(text),
        };
        let boolean = |text: &str| match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => word(text),
        };
        let main = cells.first().copied().unwrap_or_default();
        let written = || object([("other", word(cells.get(1).copied().unwrap_or_default()))]);
        let list = |mark: char| {
            let item = |id: &str| if self.other && id == "other" { written() } else { word(id) };
            Value::Array(main.split(mark).map(item).collect())
        };
        if cells.iter().all(|cell| cell.is_empty()) {
            return Value::Null;
        }
        let parts = |choices: &[Choice], read: &dyn Fn(&str) -> Value| {
            let cells = choices.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
            Value::Object(cells.map(|(choice, cell)| (choice.id.to_string(), read(cell))).collect())
        };
        match self.kind {
            Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating | Kind::Number | Kind::Slider => number(main),
            Kind::Single | Kind::Dropdown if self.other && main == "other" => written(),
            Kind::Multiple => list('|'),
            Kind::Ranking => list('>'),
            Kind::Consent => boolean(main),
            Kind::Matrix if self.points.is_some() => parts(self.rows(), &number),
            Kind::Matrix => parts(self.rows(), &word),
            Kind::Contact => parts(self.fields(), &word),
            Kind::Maxdiff => {
                let mut bests = Vec::new();
                for (set, pair) in cells.chunks(2).enumerate() {
                    if let [best, worst] = pair
                        && !(best.is_empty() && worst.is_empty())
                    {
                        let set = Value::Number((set as i64 + 1).into());
                        bests.push(object([("set", set), ("best", word(best)), ("worst", word(worst))]));
                    }
                }
                Value::Array(bests)
            }
            Kind::Protected if self.groups.is_some() => {
                let cell = |n: usize| cells.get(n).copied().unwrap_or_default();
                object([("same", boolean(cell(0))), ("p", number(cell(1))), ("group", word(cell(2)))])
            }
            _ => word(main),
        }
    }
}

/// The answers to a direct protected question.
const DIRECT: [&str; 3] = ["yes", "no", "rather_not"];

/// Checks that there are at least `fewest`, and no two with the same id.
fn distinct(field: &str, choices: &[Choice], fewest: usize) -> Result<(), Problem> {
    if choices.len() < fewest {
        let expected = match field {
            "options" => "at least two options",
            "rows" => "at least one row",
            _ => "at least one field",
        };
        return Err(Problem::missing(expected).inside(field));
    }
    for (i, choice) in choices.iter().enumerate() {
        if choice.id.as_str() == "other" || choices[..i].iter().any(|o| o.id == choice.id) {
            let expected = match field {
                "options" => "an id that no other option has; \"other\" is kept for what is written in",
                _ => "an id that stands here once; \"other\" is kept for what is written in",
            };
            return Err(Problem::new(expected, &string(&choice.id)).inside("id").at(i).inside(field));
        }
    }
    Ok(())
}

fn ids(choices: &[Choice]) -> String {
    choices.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Checks that a row or field is there.
fn known(choices: &[Choice], id: &Id) -> Result<(), Problem> {
    if choices.iter().any(|choice| choice.id == *id) {
        return Ok(());
    }
    Err(Problem::new(["one of ", &ids(choices)].concat(), &string(id)).inside(id))
}

fn part_problem(expected: String, part: &Part) -> Problem {
    let value = match part {
        Part::Number(number) => Value::Number(number.clone()),
        Part::Text(text) => string(text),
    };
    Problem::new(expected, &value)
}

/// Something before one @ and a host with a dot behind it, without spaces: what WHATWG HTML's e-mail control asks for, and a dot.
pub fn is_email(text: &str) -> bool {
    let fits = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_ascii_whitespace() || c == '@');
    text.split_once('@').is_some_and(|(name, host)| {
        fits(name) && fits(host) && host.contains('.') && host.split('.').all(|label| !label.is_empty())
    })
}
