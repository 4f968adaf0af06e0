//! What every chart shares: scales, axes, and the figure around a picture. Charts are SVG with positions in percent of the
//! width and sizes in pixels, so that they fit a phone without their words shrinking; they draw and never compute.

pub(crate) mod axis;
pub(crate) mod figure;
mod keep;
pub(crate) mod scale;
pub(crate) mod steps;
