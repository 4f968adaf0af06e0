//! The program of the analyzer's workers (`lib.rs` says what they are asked). It touches the files that it is handed and its own
//! memory; its page's policy binds it too, so that it can reach nobody.

#[cfg(target_arch = "wasm32")]
mod crm;
#[cfg(target_arch = "wasm32")]
mod desk;
#[cfg(target_arch = "wasm32")]
mod file;
#[cfg(target_arch = "wasm32")]
mod rows;
#[cfg(target_arch = "wasm32")]
mod worker;

#[cfg(target_arch = "wasm32")]
fn main() {
    worker::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
