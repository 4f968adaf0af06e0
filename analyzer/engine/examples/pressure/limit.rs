use super::bench::Cell;
use candor_engine::pressure::gathered::Units;
use candor_engine::world::{Drawing, Parameters};
pub(crate) fn flags(_: &Cell, _: &Parameters, _: &Drawing, units: &Units) -> Vec<bool> {
    vec![false; units.len()]
}
