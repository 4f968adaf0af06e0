//! Writes all changes of a source file into it at once, each behind a switch, so that one compilation serves thousands of them
//! (mutant schemata: Untch, Offutt and Harrold 1993). It reads text and returns text.

use crate::Fallible;
use proc_macro2::LineColumn;
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Block, Expr, ExprBinary, ExprUnary, File, ReturnType, Signature, Type};

/// What asks the switch: a function of the crate under test.
pub(crate) const SWITCH: &str = "crate::mutant_switch::chosen";

/// The mark that ends the line of one change; its number follows.
pub(crate) const MARK: &str = "//mutant ";

/// What a match arm without a guard is given, so that it can be switched off.
pub(crate) const ARM: &str = " if ";

/// One change, as cargo-mutants names it.
#[derive(Debug, Clone)]
pub(crate) struct Mutant {
    /// Its number, from 1, in the order of the list.
    pub(crate) id: u32,
    /// The file, from the engine's `src`.
    pub(crate) file: String,
    /// What cargo-mutants calls it: place, change and function.
    pub(crate) name: String,
    /// Operator, result, guard, arm or field.
    pub(crate) genre: String,
    /// Where it begins: line from 1, column from 1, in characters.
    pub(crate) start: (usize, usize),
    /// What stands there instead.
    pub(crate) replacement: String,
}

/// A file with its switches.
pub(crate) struct Switched {
    /// The text to compile.
    pub(crate) text: String,
    /// For each place that has a switch: its bytes in `text`, and the changes it chooses from.
    pub(crate) places: Vec<(std::ops::Range<usize>, Vec<u32>)>,
}

/// A piece of text that is put in; pieces at one offset stand in this order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    /// Inner expressions end before outer ones.
    Close(std::cmp::Reverse<usize>),
    Middle,
    /// Outer expressions begin before inner ones.
    Open(usize),
}

struct Edit {
    at: usize,
    order: Order,
    text: String,
    /// The original is left out up to here.
    until: usize,
}

struct Writer<'a> {
    /// Changes by the place where they begin; taken out when written.
    by_start: BTreeMap<(usize, usize), Vec<&'a Mutant>>,
    edits: Vec<Edit>,
    places: Vec<Vec<u32>>,
}

/// The source with a switch around each of the mutants for which that can be done; the others are not there.
///
/// # Errors
/// When the source is no Rust.
pub(crate) fn switched(source: &str, mutants: &[&Mutant]) -> Fallible<Switched> {
    let file: File = syn::parse_file(source)?;
    let mut writer = Writer { by_start: BTreeMap::new(), edits: Vec::new(), places: Vec::new() };
    for mutant in mutants {
        writer.by_start.entry(mutant.start).or_default().push(mutant);
    }
    writer.visit_file(&file);
    writer.edits.sort_by(|a, b| (a.at, &a.order).cmp(&(b.at, &b.order)));
    let mut text = String::with_capacity(source.len() * 3);
    let mut places: Vec<_> = writer.places.into_iter().map(|ids| (0..0, ids)).collect();
    let mut read = 0;
    for edit in &writer.edits {
        text.push_str(&source[read..edit.at]);
        read = edit.until;
        match edit.order {
            Order::Open(place) => places[place].0 = text.len()..text.len() + edit.text.len(),
            Order::Close(std::cmp::Reverse(place)) => places[place].0.end = text.len() + edit.text.len(),
            Order::Middle => {}
        }
        text.push_str(&edit.text);
    }
    text.push_str(&source[read..]);
    Ok(Switched { text, places })
}

fn place_of(at: LineColumn) -> (usize, usize) {
    (at.line, at.column + 1)
}

/// The arms of the switch: one line each, so that a compiler's message tells which change does not compile.
fn arms(mutants: &[&Mutant], arm: impl Fn(&str) -> String) -> String {
    let (first, last) = (mutants[0].id, mutants[mutants.len() - 1].id);
    let mut text = format!("match {SWITCH}({first}, {}) {{\n", last - first + 1);
    for mutant in mutants {
        text += &format!("{} => {}, {MARK}{}\n", mutant.id - first + 1, arm(&mutant.replacement), mutant.id);
    }
    text + "_ => "
}

impl<'a> Writer<'a> {
    /// The changes of a genre that begin at a place, when their numbers follow each other.
    fn take(&mut self, start: (usize, usize), genre: &str) -> Option<(usize, Vec<&'a Mutant>)> {
        let found = self.by_start.get_mut(&start)?;
        let (mut taken, left): (Vec<_>, Vec<_>) = found.drain(..).partition(|mutant| mutant.genre == genre);
        *found = left;
        taken.sort_by_key(|mutant| mutant.id);
        if taken.is_empty() {
            return None;
        }
        self.places.push(taken.iter().map(|mutant| mutant.id).collect());
        Some((self.places.len() - 1, taken))
    }

    fn put(&mut self, at: usize, order: Order, text: String, until: usize) {
        self.edits.push(Edit { at, order, text, until });
    }

    fn around(&mut self, place: usize, range: std::ops::Range<usize>, before: String, after: String) {
        self.put(range.start, Order::Open(place), before, range.start);
        self.put(range.end, Order::Close(std::cmp::Reverse(place)), after, range.end);
    }

    fn body(&mut self, signature: &Signature, block: &Block) {
        // A type that is not named is one type, whatever the switch says.
        if let ReturnType::Type(_, returned) = &signature.output
            && matches!(**returned, Type::ImplTrait(_))
        {
            return;
        }
        let Some(first) = block.stmts.first() else { return };
        let Some((place, mutants)) = self.take(place_of(first.span().start()), "FnValue") else { return };
        let text = arms(&mutants, |result| format!("return {result}")) + "{} }\n";
        let at = first.span().byte_range().start;
        self.put(at, Order::Open(place), text, at);
    }
}

/// Whether a chain of `&&` binds names, so that it is no expression of its own.
fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(ExprBinary { left, op: BinOp::And(_), right, .. }) => binds(left) || binds(right),
        _ => false,
    }
}

impl<'a> Visit<'a> for Writer<'_> {
    fn visit_expr_binary(&mut self, node: &'a ExprBinary) {
        let chain = matches!(node.op, BinOp::And(_)) && (binds(&node.left) || binds(&node.right));
        let taken = if chain { None } else { self.take(place_of(node.op.span().start()), "BinaryOperator") };
        if let Some((place, mutants)) = taken {
            let (left, right) = (node.left.span().byte_range(), node.right.span().byte_range());
            let own = source_of(&node.op);
            let (before, between, after) = match node.op {
                BinOp::And(_) | BinOp::Or(_) => {
                    // Only one other operator is possible, and what stands right must be evaluated by need.
                    let first = mutants[0].id;
                    let same = if matches!(node.op, BinOp::And(_)) { "!=" } else { "==" };
                    let test = format!("; if l__ {same} ({SWITCH}({first}, 1) == 1) {{ (");
                    ("({ let l__ = ".to_owned(), test, format!(") }} else {{ l__ }} }}) {MARK}{first}\n"))
                }
                BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                    let arms = arms(&mutants, |other| format!("l__ {other} r__"));
                    (
                        "(match (&(".to_owned(),
                        "), &(".to_owned(),
                        format!(")) {{ (l__, r__) => {arms} l__ {own} r__ }} }})"),
                    )
                }
                BinOp::Add(_)
                | BinOp::Sub(_)
                | BinOp::Mul(_)
                | BinOp::Div(_)
                | BinOp::Rem(_)
                | BinOp::BitAnd(_)
                | BinOp::BitOr(_)
                | BinOp::BitXor(_)
                | BinOp::Shl(_)
                | BinOp::Shr(_) => {
                    let arms = arms(&mutants, |other| format!("l__ {other} r__"));
                    (
                        "(match ((".to_owned(),
                        "), (".to_owned(),
                        format!(")) {{ (l__, r__) => {arms} l__ {own} r__ }} }})"),
                    )
                }
                _ => {
                    // What is assigned to may be read on the right side, so that it cannot be borrowed meanwhile.
                    let arms = arms(&mutants, |other| format!("unsafe {{ *l__ {other} r__; }}"));
                    let after = format!(")) {{ (l__, r__) => {arms} unsafe {{ *l__ {own} r__; }} }} }})");
                    ("(match (&raw mut (".to_owned(), "), (".to_owned(), after)
                }
            };
            self.around(place, left.start..right.end, before, after);
            self.put(left.end, Order::Middle, between, right.start);
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'a ExprUnary) {
        if let Some((place, mutants)) = self.take(place_of(node.span().start()), "UnaryOperator") {
            let (whole, inner) = (node.span().byte_range(), node.expr.span().byte_range());
            let operator = if matches!(node.op, syn::UnOp::Not(_)) { "!" } else { "-" };
            let arms = arms(&mutants, |_| "x__".to_owned());
            // The operator itself is left out.
            self.put(whole.start, Order::Open(place), "(match (".to_owned(), inner.start);
            let after = format!(") {{ x__ => {arms} {operator}x__ }} }})");
            self.put(whole.end, Order::Close(std::cmp::Reverse(place)), after, whole.end);
        }
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'a Arm) {
        if let Some((place, mutants)) = self.take(place_of(node.span().start()), "MatchArm") {
            let asked = format!("{SWITCH}({}, 1) == 0", mutants[0].id);
            match &node.guard {
                Some((_, guard)) => {
                    self.around(place, guard.span().byte_range(), format!("{asked} && ("), ")".to_owned())
                }
                None => {
                    let end = node.pat.span().byte_range().end;
                    self.put(end, Order::Open(place), format!("{ARM}{asked}"), end);
                }
            }
        }
        if let Some((_, guard)) = &node.guard
            && let Some((place, mutants)) = self.take(place_of(guard.span().start()), "MatchArmGuard")
        {
            let arms = arms(&mutants, str::to_owned);
            self.around(place, guard.span().byte_range(), format!("({arms} ("), ") })".to_owned());
        }
        visit::visit_arm(self, node);
    }

    fn visit_item_fn(&mut self, node: &'a syn::ItemFn) {
        self.body(&node.sig, &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'a syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.body(&node.sig, block);
        }
        visit::visit_trait_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'a syn::ImplItemFn) {
        self.body(&node.sig, &node.block);
        visit::visit_impl_item_fn(self, node);
    }
}

/// The operator as it is written.
fn source_of(operator: &BinOp) -> String {
    operator.span().source_text().unwrap_or_default()
}
