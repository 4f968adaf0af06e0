//! Candor's one binary, as a library: the collector that takes responses, the store that keeps them, the export that
//! gives them back, and the commands around them. It may touch the network, the clock and the data folder; what a
//! response means it asks of `candor-survey`, and what a file of them is worth of `candor-engine`.

pub mod analyze;
pub mod batch;
pub mod careless;
pub mod check;
pub mod cli;
pub mod clock;
pub mod collect;
pub mod cors;
pub mod demo;
pub mod error;
pub mod export;
pub mod health;
pub mod hosted;
pub mod rate;
pub mod refusal;
mod rows;
pub mod server;
pub mod simulate;
pub mod site;
pub mod store;
pub mod surveys;
pub mod token;
pub mod value;
