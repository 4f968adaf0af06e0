//! Takes the comments and the indentation out of the style sheet, which every visitor downloads inside the wasm.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/style.css");
    let mut css = fs::read_to_string("src/style.css")?;
    while let Some(start) = css.find("/*") {
        let end = css[start..].find("*/").map_or(css.len(), |n| start + n + 2);
        css.replace_range(start..end, "");
    }
    let css: String = css.lines().map(str::trim).collect();
    let css = [(": ", ":"), (" {", "{"), (";}", "}"), (", ", ",")]
        .iter()
        .fold(css, |css, (wide, tight)| css.replace(wide, tight));
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("style.css"), css)
}
