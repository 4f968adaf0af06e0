//! Reference files whose inputs may not be copied into the project: for the tests that `cargo xtask soak --reference DIR` runs,
//! natively and in wasm.

/// The text of `path` in the folder that `CANDOR_REFERENCE` names.
pub(crate) fn file(path: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    return candor_wasm_test::read(&format!(
        "{}/{path}",
        candor_wasm_test::variable("CANDOR_REFERENCE").unwrap()
    ))
    .unwrap();
    #[cfg(not(target_arch = "wasm32"))]
    std::fs::read_to_string(format!("{}/{path}", std::env::var("CANDOR_REFERENCE").unwrap())).unwrap()
}
