//! The one way a type of ours becomes JSON and comes back: the [`Json`] trait and the `record!` and `choice!` macros.
//! A type is written once; reading, writing, error paths and the JSON Schema follow from it and so cannot drift apart.

use crate::json::{Number, Value, push_int, push_string};
use crate::prelude::*;
use alloc::borrow::Cow;
use core::fmt;

/// Why a well-formed JSON value is not what it should be: which field, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `pages[0].questions[1].id`; empty for the document itself.
    pub path: String,
    /// What should stand there, as in "expected …".
    pub expected: Cow<'static, str>,
    /// What stands there, shortened; empty when the field is missing.
    pub found: String,
}

impl Problem {
    /// A problem with `value` itself; callers add the path on the way out.
    pub fn new(expected: impl Into<Cow<'static, str>>, value: &Value) -> Self {
        let mut found = value.to_json();
        if found.chars().count() > 60 {
            found = found.chars().take(59).collect();
            found.push('…');
        }
        Problem { path: String::new(), expected: expected.into(), found }
    }

    /// A field that should be there and is not.
    pub fn missing(expected: impl Into<Cow<'static, str>>) -> Self {
        Problem { path: String::new(), expected: expected.into(), found: String::new() }
    }

    /// The same problem seen from the object that holds it under `key`.
    pub fn inside(mut self, key: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = [key, dot, &self.path].concat();
        self
    }

    /// The same problem seen from the array that holds it at `index`.
    pub fn at(self, index: usize) -> Self {
        let mut key = String::from("[");
        push_int(&mut key, index as i64);
        key.push(']');
        self.inside(&key)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "expected {}", self.expected)?;
        if self.found.is_empty() {
            write!(f, ", and it is missing")
        } else {
            write!(f, ", found {}", self.found)
        }
    }
}

impl core::error::Error for Problem {}

/// A type with a JSON form. Implemented by `record!`, `choice!` and the few leaf types of this crate.
pub trait Json: Sized {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// A [`Problem`] whose path starts at `value`.
    fn read(value: &Value) -> Result<Self, Problem>;

    /// Appends the JSON form.
    fn write(&self, out: &mut String);

    /// The JSON Schema (2020-12) of the form. Named types put themselves into `defs` and return a reference.
    fn schema(defs: &mut Defs) -> Value;

    /// What an absent field means: `None` when it must be there.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether to leave the field out when writing.
    fn is_absent(&self) -> bool {
        false
    }

    /// The JSON form as text.
    fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// The named types met while a schema is generated, in order of first use.
#[derive(Default)]
pub struct Defs(Vec<(String, Value)>);

impl Defs {
    /// A reference to `name`, generating it by `make` the first time.
    pub fn named(&mut self, name: &str, make: impl FnOnce(&mut Defs) -> Value) -> Value {
        if !self.0.iter().any(|(n, _)| n == name) {
            self.0.push((name.into(), Value::Null));
            let schema = make(self);
            if let Some(slot) = self.0.iter_mut().find(|(n, _)| n == name) {
                slot.1 = schema;
            }
        }
        object([("$ref", string(&["#/$defs/", name].concat()))])
    }
}

/// The whole JSON Schema document of `T`, pretty-printed, as checked in under `schema/`.
pub fn schema_document<T: Json>(title: &str) -> String {
    let mut defs = Defs::default();
    let root = T::schema(&mut defs);
    let document = object([
        ("$schema", string("https://json-schema.org/draft/2020-12/schema")),
        ("title", string(title)),
        ("$ref", root.get("$ref").cloned().unwrap_or(Value::Null)),
        ("$defs", Value::Object(defs.0)),
    ]);
    let mut out = String::new();
    pretty(&document, 0, &mut out);
    out.push('\n');
    out
}

fn pretty(value: &Value, depth: usize, out: &mut String) {
    let indent = |out: &mut String, depth: usize| {
        out.push('\n');
        (0..depth).for_each(|_| out.push_str("  "));
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('{');
            for (i, (key, value)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                indent(out, depth + 1);
                push_string(out, key);
                out.push_str(": ");
                pretty(value, depth + 1, out);
            }
            indent(out, depth);
            out.push('}');
        }
        other => other.write(out),
    }
}

/// An object from pairs: for schemas and tests.
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(k, v)| (k.to_string(), v)).collect())
}

/// A JSON string value.
pub fn string(text: &str) -> Value {
    Value::String(text.into())
}

/// A field that may be left out; `null` is read as left out.
impl<T: Json> Json for Option<T> {
    fn read(value: &Value) -> Result<Self, Problem> {
        if *value == Value::Null { Ok(None) } else { T::read(value).map(Some) }
    }
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("null"),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        let inner = T::schema(defs);
        object([("anyOf", Value::Array(vec![inner, object([("type", string("null"))])]))])
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Json> Json for Vec<T> {
    fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::Array(items) => {
                // A loop, because collecting results is three times the code on somebody's page.
                let mut read = Vec::with_capacity(items.len());
                for (i, item) in items.iter().enumerate() {
                    read.push(T::read(item).map_err(|p| p.at(i))?);
                }
                Ok(read)
            }
            _ => Err(Problem::new("a list", value)),
        }
    }
    fn write(&self, out: &mut String) {
        out.push('[');
        for (i, item) in self.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            item.write(out);
        }
        out.push(']');
    }
    fn schema(defs: &mut Defs) -> Value {
        let items = T::schema(defs);
        object([("type", string("array")), ("items", items)])
    }
}

impl Json for bool {
    fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::Bool(b) => Ok(*b),
            _ => Err(Problem::new("true or false", value)),
        }
    }
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("boolean"))])
    }
}

impl Json for String {
    fn read(value: &Value) -> Result<Self, Problem> {
        value.as_str().map(String::from).ok_or_else(|| Problem::new("a text", value))
    }
    fn write(&self, out: &mut String) {
        push_string(out, self);
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("string"))])
    }
}

impl Json for u32 {
    fn read(value: &Value) -> Result<Self, Problem> {
        let number = if let Value::Number(n) = value { n.as_i64() } else { None };
        number
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| Problem::new("a whole number from 0 to 4294967295", value))
    }
    fn write(&self, out: &mut String) {
        push_int(out, i64::from(*self));
    }
    fn schema(_: &mut Defs) -> Value {
        object([
            ("type", string("integer")),
            ("minimum", Value::Number(0.into())),
            ("maximum", Value::Number(i64::from(u32::MAX).into())),
        ])
    }
}

impl Json for i32 {
    fn read(value: &Value) -> Result<Self, Problem> {
        let number = if let Value::Number(n) = value { n.as_i64() } else { None };
        number.and_then(|n| i32::try_from(n).ok()).ok_or_else(|| Problem::new("a whole number", value))
    }
    fn write(&self, out: &mut String) {
        push_int(out, i64::from(*self));
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("integer"))])
    }
}

impl Json for Number {
    fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::Number(n) => Ok(n.clone()),
            _ => Err(Problem::new("a number", value)),
        }
    }
    fn write(&self, out: &mut String) {
        out.push_str(self.as_str());
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("number"))])
    }
}

/// Declares a struct together with its JSON form: an object with exactly these fields.
///
/// `name: Type` must be present (unless the type itself may be absent, as `Option` may); `name: Type = value` means
/// `value` when absent; `name as "key": Type` gives a key that is no Rust name. Unknown keys are refused: a misspelt
/// field that is silently ignored is a survey that silently does something else.
macro_rules! record {
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@default) => { None };
    (@default $default:expr) => { Some($default) };
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident $(as $key:literal)? : $ty:ty $(= $default:expr)? ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $ty ),*
        }

        impl $crate::record::Json for $name {
            fn read(value: &$crate::json::Value) -> Result<Self, $crate::record::Problem> {
                const KEYS: &[&str] = &[$( record!(@key $field $($key)?) ),*];
                let fields = $crate::record::fields(value, KEYS)?;
                let mut problem = None;
                $(
                    let $field = $crate::record::field::<$ty>(
                        fields, record!(@key $field $($key)?), || record!(@default $($default)?), &mut problem);
                )*
                // One way out for every field that may be wrong: a way out each would be half of what a visitor
                // downloads, because each drops the fields before it.
                match ($($field,)*) {
                    ($(Some($field),)*) => Ok($name { $($field),* }),
                    _ => Err(problem.unwrap_or_else($crate::record::no_field)),
                }
            }

            fn write(&self, out: &mut String) {
                out.push('{');
                let start = out.len();
                $( $crate::record::write_field(out, start, record!(@key $field $($key)?), &self.$field); )*
                out.push('}');
            }

            fn schema(defs: &mut $crate::record::Defs) -> $crate::json::Value {
                defs.named(stringify!($name), |defs| {
                    let mut shape = $crate::record::Shape::new(concat!($($doc, "\n"),*));
                    $(
                        let default: Option<$ty> = record!(@default $($default)?);
                        let schema = <$ty as $crate::record::Json>::schema(defs);
                        shape.field(
                            record!(@key $field $($key)?),
                            concat!($($field_doc, "\n"),*),
                            schema,
                            default.is_none() && <$ty as $crate::record::Json>::absent().is_none(),
                        );
                    )*
                    shape.finish()
                })
            }
        }
    };
}
pub(crate) use record;

/// The fields of an object, after checking that each key is known.
pub(crate) fn fields<'v>(value: &'v Value, known: &[&str]) -> Result<&'v [(String, Value)], Problem> {
    let Value::Object(fields) = value else { return Err(Problem::new("an object", value)) };
    match fields.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        None => Ok(fields),
        Some((key, value)) => {
            let expected = ["no such field; this object has ", &known.join(", ")].concat();
            Err(Problem::new(expected, value).inside(key))
        }
    }
}

/// One field of an object, or what its absence means; nothing when that is a problem, of which the first is kept.
/// `default` is a plain function, so that there is one of this for each type of field and not for each field, and what
/// does not depend on the type is done elsewhere.
#[inline(never)]
pub(crate) fn field<T: Json>(
    fields: &[(String, Value)],
    key: &str,
    default: fn() -> Option<T>,
    problem: &mut Option<Problem>,
) -> Option<T> {
    let found = find(fields, key);
    if found.is_none()
        && let Some(value) = default().or_else(T::absent)
    {
        return Some(value);
    }
    // What the type says of `null` is what it expects.
    match T::read(found.unwrap_or(&Value::Null)) {
        Ok(value) if found.is_some() => Some(value),
        read => {
            note(problem, read.err(), key, found.is_none());
            None
        }
    }
}

#[inline(never)]
fn find<'v>(fields: &'v [(String, Value)], key: &str) -> Option<&'v Value> {
    fields.iter().find(|(k, _)| k == key).map(|(_, value)| value)
}

#[inline(never)]
fn note(problem: &mut Option<Problem>, found: Option<Problem>, key: &str, missing: bool) {
    if problem.is_none() {
        let mut found = found.unwrap_or_else(|| Problem::missing("a value"));
        if missing {
            found = Problem::missing(found.expected);
        }
        *problem = Some(found.inside(key));
    }
}

/// What is said of a record whose field is missing without a problem; `field` never leaves it so.
pub(crate) fn no_field() -> Problem {
    Problem::missing("every field")
}

/// Appends `"key":value`, with a comma when it is not the first.
pub(crate) fn write_field<T: Json>(out: &mut String, start: usize, key: &str, value: &T) {
    if value.is_absent() {
        return;
    }
    if out.len() > start {
        out.push(',');
    }
    push_string(out, key);
    out.push(':');
    value.write(out);
}

/// Collects the JSON Schema of one object type.
pub(crate) struct Shape {
    description: String,
    properties: Vec<(String, Value)>,
    required: Vec<Value>,
}

impl Shape {
    pub(crate) fn new(doc: &str) -> Self {
        Shape { description: tidy(doc), properties: Vec::new(), required: Vec::new() }
    }

    pub(crate) fn field(&mut self, key: &str, doc: &str, schema: Value, required: bool) {
        let doc = tidy(doc);
        let schema = match schema {
            Value::Object(mut fields) if !doc.is_empty() => {
                fields.insert(0, ("description".into(), Value::String(doc)));
                Value::Object(fields)
            }
            other => other,
        };
        self.properties.push((key.into(), schema));
        if required {
            self.required.push(string(key));
        }
    }

    pub(crate) fn finish(self) -> Value {
        object([
            ("description", Value::String(self.description)),
            ("type", string("object")),
            ("properties", Value::Object(self.properties)),
            ("required", Value::Array(self.required)),
            ("additionalProperties", Value::Bool(false)),
        ])
    }
}

/// A doc comment as one line.
pub(crate) fn tidy(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Declares a closed set of words: a Rust enum whose JSON form is one of the given strings.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $( $(#[doc = $variant_doc:literal])* $variant:ident = $word:literal ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[doc = $variant_doc])* $variant ),* }

        impl $name {
            /// Every word of this set, in order.
            pub const ALL: &'static [$name] = &[$( $name::$variant ),*];

            /// The word as it stands in JSON and CSV.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $word ),* }
            }

            /// The member that is written `word`.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $( $word => Some($name::$variant), )* _ => None }
            }
        }

        impl $crate::record::Json for $name {
            fn read(value: &$crate::json::Value) -> Result<Self, $crate::record::Problem> {
                value.as_str().and_then(Self::from_word).ok_or_else(|| {
                    let words: &[&str] = &[$( $word ),*];
                    $crate::record::Problem::new(["one of ", &words.join(", ")].concat(), value)
                })
            }

            fn write(&self, out: &mut String) {
                $crate::json::push_string(out, self.as_str());
            }

            fn schema(defs: &mut $crate::record::Defs) -> $crate::json::Value {
                defs.named(stringify!($name), |_| $crate::record::object([
                    ("description", $crate::record::string(&$crate::record::tidy(concat!($($doc, "\n"),*)))),
                    ("enum", $crate::json::Value::Array(vec![$( $crate::record::string($word) ),*])),
                ]))
            }
        }
    };
}
pub(crate) use choice;
