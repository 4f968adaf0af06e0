//! The collector, seen from outside: what it answers, what it keeps, and what it gives back.

mod analysis;
mod check;
mod collect;
mod export;
mod fixtures;
mod hosted;
mod process;
mod sequence;
mod site;
mod surveys;
mod tokens;
