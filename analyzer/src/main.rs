//! The wasm module's entry: mounts the app and does nothing else. What it mounts is in the library beside it.

fn main() {
    candor_analyzer::mount();
}
