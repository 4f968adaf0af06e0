//! Builds the two folders that the `candor` binary serves, and the binary itself.
//! It may run cargo, node and esbuild, and write to the target folder.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::House;
use crate::files::{self, Folder};
use crate::once;
use crate::one_file;
use crate::run::{self, Fallible};
use crate::setup::Tools;
use crate::sizes;
use crate::wasm::{self, Glue, Module};

/// The code of these steps is an input to what they make.
const RECIPE: &str = include_str!("site.rs");

/// What wasm-opt is told where speed comes before size. By itself it would inline whatever has one caller, and made functions of
/// 95 and 267 KB of what reads a row and what reports: a browser first runs a quick translation and needs one and a half
/// seconds to make the good one of such a function.
const FAST: [&str; 2] = ["-O3", "--one-caller-inline-max-function-size=40"];

/// The oldest JavaScript that our pages are written in.
const JAVASCRIPT: &str = "--target=es2022";

/// Builds `target/site` and `target/shop`.
///
/// # Errors
/// What the failing step said.
pub(crate) fn build(house: &House, tools: &Tools) -> Fallible<()> {
    let mut site = Folder::read(&house.root.join("www/site/home"))?;
    let home_headers = site.0.remove("headers.json").unwrap_or_else(|| b"{}".to_vec());
    widget(house, tools, &mut site)?;
    let preview_headers = preview(house, tools, &mut site)?;
    let analyzer = analyzer(house, tools, &mut site)?;

    let mut compressed = Folder::default();
    for (path, bytes) in site.0.iter().filter(|(path, _)| compressible(path)) {
        compressed.add(format!("{path}.br"), sizes::brotli(house, path, bytes)?);
    }
    site.0.extend(compressed.0);
    site.add(
        "headers.json",
        headers(&[&String::from_utf8(home_headers)?, &preview_headers], &analyzer)?.into_bytes(),
    );
    site.write(&house.site())?;
    Folder::read(&house.root.join("www/site/shop"))?.write(&house.shop())
}

/// Builds the `candor` binary and returns where it lies.
///
/// # Errors
/// When it does not compile.
pub(crate) fn candor(house: &House, profile: &str) -> Fallible<PathBuf> {
    run::step(&format!("candor: cargo build --profile {profile}"), || {
        let mut cargo = run::cargo("build");
        cargo.current_dir(&house.root).args(["--package", "candor", "--bin", "candor", "--profile", profile]);
        run::succeed(&mut cargo)
    })?;
    Ok(house.target.join(profile).join(format!("candor{}", std::env::consts::EXE_SUFFIX)))
}

/// The loader and what it loads.
fn widget(house: &House, tools: &Tools, site: &mut Folder) -> Fallible<()> {
    let module = Module {
        package: "candor-widget",
        profile: "widget",
        artifact: "candor_widget",
        glue: Glue::Bare,
        flags: &[],
        // Plain -Oz inlines what has one caller, which is less raw and more compressed (widget/SIZE.md).
        passes: &["--flatten", "--rereloop", "-Oz", "-Oz", "--one-caller-inline-max-function-size=20"],
    };
    let built = module.build(house, &tools.wasm)?;
    let asm = wasm::as_javascript(house, &built)?;
    let folder = house.root.join("widget");
    let style = house.work().join("esbuild/widget-style.css");
    let css = esbuild(house, &folder, "style.css", &[], &[])?;
    if fs::read(&style).ok().as_ref() != Some(&css) {
        fs::write(&style, css)?;
    }
    let alias = format!("--alias:candor-style={}", style.display());
    let text = ["--loader:.css=text", "--loader:.txt=text"];
    let words = Folder::read(&folder.join("words"))?;
    let options = ["--bundle", "--format=esm", &alias, text[0], text[1]];
    let inputs = [style, folder.join("words/en.txt")];
    let place = asm.parent().unwrap_or(&folder).to_owned();
    let asm_name = asm.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let loader = folder.join("loader");
    let bytes = files::read(&built.wasm)?;

    // Each file carries the integrity of those it fetches, so that whoever pins candor.js pins them all.
    let asm = esbuild(house, &place, &asm_name, &[], &["--format=esm"])?;
    let start = esbuild(house, &folder, "start.js", &inputs, &options)?;
    let start = pinned(start, &[("%WIDGET_ASM%", &asm)])?;
    let why = esbuild(house, &loader, "candor-why.js", &[], &["--format=esm"])?;
    let ask = esbuild(house, &loader, "candor-ask.js", &[], &["--format=esm"])?;
    let ask = pinned(ask, &[("%WHY_JS%", &why), ("%WIDGET_WASM%", &bytes)])?;
    // The page runs the loader as a classic script: it must not be given the shape of a module.
    let candor = esbuild(house, &loader, "candor.js", &[], &[])?;
    let candor = pinned(candor, &[("%ASK_JS%", &ask), ("%WIDGET_JS%", &start)])?;
    for (name, bytes) in [
        ("candor.js", candor),
        ("candor-ask.js", ask),
        ("candor-why.js", why),
        ("candor-widget.js", start),
        ("candor-widget.wasm", bytes),
        ("candor-widget-asm.js", asm),
    ] {
        site.add(name, bytes);
    }
    for (name, bytes) in words.0 {
        // English is in candor-widget.js.
        if name != "en.txt" {
            site.add(format!("words/{name}"), bytes);
        }
    }
    Ok(())
}

/// A script with the integrity of other files in the place of these placeholders.
fn pinned(script: Vec<u8>, files: &[(&str, &[u8])]) -> Fallible<Vec<u8>> {
    let mut text = String::from_utf8(script)?;
    for (placeholder, bytes) in files {
        if !text.contains(placeholder) {
            return Err(format!("the placeholder {placeholder} is missing").into());
        }
        text = text.replace(placeholder, &integrity(bytes));
    }
    Ok(text.into_bytes())
}

/// Subresource Integrity metadata.
fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(bytes)))
}

/// The preview's page, its frame, and the wasm that reads surveys for it. Returns its headers.
fn preview(house: &House, tools: &Tools, site: &mut Folder) -> Fallible<String> {
    let module = Module {
        package: "candor-preview",
        profile: "widget",
        artifact: "candor_preview",
        glue: Glue::Web,
        flags: &[],
        passes: &["-Oz"],
    };
    let built = module.build(house, &tools.wasm)?;
    let folder = house.root.join("www/site/preview");
    let mut files = Folder::read(&folder)?;
    let headers = files.0.remove("headers.json").ok_or("www/site/preview/headers.json does not exist")?;
    let glue = built.glue.ok_or("the preview has no glue")?;
    let alias = format!("--alias:candor-preview-glue={}", glue.display());
    let shared = house.root.join("www/site/home/copy.js");
    let page = esbuild(house, &folder, "preview.js", &[glue, shared], &["--bundle", "--format=esm", &alias])?;
    files.add("preview.js", page);
    files.add("candor-preview.wasm", files::read(&built.wasm)?);
    site.0.extend(files.0.into_iter().map(|(path, bytes)| (format!("preview/{path}"), bytes)));
    Ok(String::from_utf8(headers)?)
}

/// The analyzer's files by what its page calls them.
struct Analyzer {
    js: Hashed,
    app: Hashed,
    worker: Hashed,
    /// The readers of formats, in the order of [`READERS`].
    readers: Vec<Hashed>,
    css: Hashed,
}

/// A file whose name changes with its content, so that a name stands for these bytes for ever.
struct Hashed {
    name: String,
    integrity: String,
}

impl Hashed {
    /// Named `<stem>-<first 16 hex digits of SHA-256>.<extension>`.
    fn new(stem: &str, extension: &str, bytes: &[u8]) -> Hashed {
        let name = format!("{stem}-{}.{extension}", &once::sha256(bytes)[..16]);
        Hashed { name, integrity: integrity(bytes) }
    }
}

fn analyzer(house: &House, tools: &Tools, site: &mut Folder) -> Fallible<Analyzer> {
    let module = Module {
        package: "candor-analyzer",
        profile: "page",
        artifact: "candor-analyzer",
        glue: Glue::Web,
        flags: &["--cfg=erase_components"],
        passes: &["-Oz"],
    };
    let built = module.build(house, &tools.wasm)?;
    let folder = house.root.join("analyzer");
    let glue = built.glue.ok_or("the analyzer's glue was not written")?;
    let (worker, script) = worker(house, tools)?;
    let bundle = |programs: &str, inputs: &[PathBuf]| {
        let aliases = [
            format!("--alias:candor-analyzer-glue={}", glue.display()),
            format!("--alias:candor-programs={}", folder.join(programs).display()),
            format!("--alias:candor-workers={}", folder.join("workers.js").display()),
            format!("--alias:candor-picture={}", folder.join("picture.js").display()),
            format!("--alias:candor-worker-program={}", script.display()),
        ];
        let mut options = vec!["--bundle", "--format=esm"];
        options.extend(aliases.iter().map(String::as_str));
        esbuild_as(house, &folder, "start.js", programs, inputs, &options)
    };
    let inputs = [glue.clone(), script.clone()];
    let js = bundle("fetched.js", &inputs)?;
    let css = esbuild(house, &folder, "analyzer.css", &[], &["--bundle"])?;
    let wasm = files::read(&built.wasm)?;
    let readers = readers(house, tools)?;

    let mut programs: Vec<(&str, &[u8])> = vec![("app", &wasm), ("worker", &worker)];
    programs.extend(READERS.iter().zip(&readers).map(|(format, bytes)| (*format, bytes.as_slice())));
    let inlined = bundle("inlined.js", &inputs)?;
    let template = folder.join("one-file.html");
    let alone = one_file::page(&files::read_text(&template)?, &inlined, &css, &programs)
        .map_err(|error| format!("{}: {error}", template.display()))?;
    site.add(one_file::PLACE, alone.into_bytes());

    let hashed_reader =
        |(format, bytes): (&&str, &Vec<u8>)| Hashed::new(&format!("candor-{format}"), "wasm", bytes);
    let analyzer = Analyzer {
        js: Hashed::new("candor-analyzer", "js", &js),
        app: Hashed::new("candor-analyzer", "wasm", &wasm),
        worker: Hashed::new("candor-worker", "wasm", &worker),
        readers: READERS.iter().zip(&readers).map(hashed_reader).collect(),
        css: Hashed::new("analyzer", "css", &css),
    };
    let template = folder.join("index.html");
    let page = page(&files::read_text(&template)?, &analyzer)
        .map_err(|error| format!("{}: {error}", template.display()))?;
    let sw = String::from_utf8(esbuild(house, &folder, "sw.js", &[], &[])?)?;
    site.add("analyzer/sw.js", keeper(&sw, &page, &analyzer)?.into_bytes());
    site.add("analyzer/index.html", page.into_bytes());
    site.add(format!("analyzer/{}", analyzer.js.name), js);
    site.add(format!("analyzer/{}", analyzer.app.name), wasm);
    site.add(format!("analyzer/{}", analyzer.worker.name), worker);
    site.add(format!("analyzer/{}", analyzer.css.name), css);
    for (reader, wasm) in analyzer.readers.iter().zip(readers) {
        site.add(format!("analyzer/{}", reader.name), wasm);
    }
    site.add("analyzer/manifest.webmanifest", files::read(&folder.join("manifest.webmanifest"))?);
    Ok(analyzer)
}

/// The script that keeps the analyzer for use without a network, with the list of its files, under a name that no other page or
/// list has.
fn keeper(script: &str, page: &str, analyzer: &Analyzer) -> Result<String, String> {
    let own = [&analyzer.js, &analyzer.app, &analyzer.worker, &analyzer.css];
    let mut files: Vec<&str> = vec!["./", "index.html", "manifest.webmanifest"];
    files.extend(own.into_iter().chain(&analyzer.readers).map(|file| file.name.as_str()));
    let list = files.join("\",\"");
    let name = format!("candor-analyzer-{}", &once::sha256(format!("{list}{page}").as_bytes())[..16]);
    let mut script = script.to_owned();
    for (placeholder, value) in [("%NAME%", &name), ("%FILES%", &list)] {
        if !script.contains(placeholder) {
            return Err(format!("analyzer/sw.js: the placeholder {placeholder} is missing"));
        }
        script = script.replace(placeholder, value);
    }
    Ok(script)
}

/// The formats that have a reader of their own, as the page calls them; each is fetched when such a file is opened.
const READERS: [&str; 3] = ["xlsx", "parquet", "sav"];

fn readers(house: &House, tools: &Tools) -> Fallible<Vec<Vec<u8>>> {
    let build = |format: &str| {
        let (package, artifact) = (format!("candor-{format}"), format!("candor_{format}"));
        let module = Module {
            package: &package,
            profile: "analyzer",
            artifact: &artifact,
            glue: Glue::None,
            flags: &[],
            passes: &FAST,
        };
        files::read(&module.build(house, &tools.wasm)?.wasm)
    };
    READERS.iter().map(|format| build(format)).collect()
}

/// The program of the analyzer's workers, and the script that runs it, which the page carries as a text.
fn worker(house: &House, tools: &Tools) -> Fallible<(Vec<u8>, PathBuf)> {
    let module = Module {
        package: "candor-worker",
        profile: "analyzer",
        artifact: "candor-worker",
        glue: Glue::Classic,
        flags: &[],
        passes: &FAST,
    };
    let built = module.build(house, &tools.wasm)?;
    let folder = house.root.join("analyzer/worker");
    let glue = files::read_text(&built.glue.ok_or("the worker's glue was not written")?)?;
    let joined = house.work().join("candor-worker/joined");
    fs::create_dir_all(&joined)?;
    let script = glue + &files::read_text(&folder.join("worker.js"))?;
    let source = joined.join("worker.js");
    if fs::read_to_string(&source).ok().as_ref() != Some(&script) {
        fs::write(&source, script)?;
    }
    let minified = esbuild(house, &joined, "worker.js", &[], &[])?;
    // So that esbuild takes it for a text.
    let program = joined.join("worker.txt");
    if fs::read(&program).ok().as_ref() != Some(&minified) {
        fs::write(&program, minified)?;
    }
    Ok((files::read(&built.wasm)?, program))
}

/// The analyzer's page, its placeholders replaced; every one of them must be there and no other.
fn page(template: &str, analyzer: &Analyzer) -> Result<String, String> {
    let mut page = template.to_owned();
    let readers = READERS.iter().zip(&analyzer.readers).map(|(format, reader)| (*format, &reader.name));
    let placeholders = [
        ("js", &analyzer.js.name),
        ("js_integrity", &analyzer.js.integrity),
        ("app", &analyzer.app.name),
        ("worker", &analyzer.worker.name),
        ("css", &analyzer.css.name),
        ("css_integrity", &analyzer.css.integrity),
    ];
    for (name, value) in placeholders.into_iter().chain(readers) {
        let placeholder = format!("{{{{{name}}}}}");
        if !page.contains(&placeholder) {
            return Err(format!("the placeholder {placeholder} is missing"));
        }
        page = page.replace(&placeholder, value);
    }
    match page.split_once("{{") {
        None => Ok(page),
        Some((before, rest)) => {
            let name = rest.split("}}").next().unwrap_or(rest);
            Err(format!("line {}: unknown placeholder {{{{{name}}}}}", before.lines().count()))
        }
    }
}

/// `headers.json`: the entries that pages have of their own, and the analyzer's, whose policy admits exactly its own files.
fn headers(own: &[&str], analyzer: &Analyzer) -> Result<String, String> {
    let fetched: Vec<String> = [&analyzer.app, &analyzer.worker]
        .into_iter()
        .chain(&analyzer.readers)
        .map(|file| format!("{{origin}}/analyzer/{}", file.name))
        .collect();
    let policy = format!(
        "default-src 'none'; script-src {{origin}}/analyzer/{} 'wasm-unsafe-eval'; style-src {{origin}}/analyzer/{}; \
         connect-src {}; worker-src blob: {{origin}}/analyzer/sw.js; manifest-src {{origin}}/analyzer/manifest.webmanifest; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        analyzer.js.name,
        analyzer.css.name,
        fetched.join(" ")
    );
    let mut entries = Vec::new();
    for headers in own {
        let inner = headers.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.ok_or("a page's headers.json must be one JSON object")?.trim();
        if !inner.is_empty() {
            entries.push(format!("  {inner}"));
        }
    }
    // The page has two addresses; a policy on only one of them would leave the other open.
    for path in ["/analyzer/", "/analyzer/index.html"] {
        entries.push(format!("  \"{path}\": {{\n    \"Content-Security-Policy\": \"{policy}\"\n  }}"));
    }
    // It fetches the analyzer's files, and nothing else.
    let keeper = "default-src 'none'; connect-src {origin}/analyzer/";
    entries.push(format!("  \"/analyzer/sw.js\": {{\n    \"Content-Security-Policy\": \"{keeper}\"\n  }}"));
    // It brings its own policy, and is to be kept.
    entries
        .push(format!("  \"/{}\": {{\n    \"Content-Disposition\": \"attachment\"\n  }}", one_file::PLACE));
    Ok(format!("{{\n{}\n}}\n", entries.join(",\n")))
}

/// Minifies a file of a folder, when anything in the folder that it may import has changed.
fn esbuild(
    house: &House,
    folder: &Path,
    entry: &str,
    more_inputs: &[PathBuf],
    options: &[&str],
) -> Fallible<Vec<u8>> {
    esbuild_as(house, folder, entry, entry, more_inputs, options)
}

/// The same, for an entry that is built in several ways, each with a name of its own.
fn esbuild_as(
    house: &House,
    folder: &Path,
    entry: &str,
    name: &str,
    more_inputs: &[PathBuf],
    options: &[&str],
) -> Fallible<Vec<u8>> {
    let extension = entry.rsplit('.').next().unwrap_or(entry);
    let source = folder.join(entry);
    if !source.exists() {
        return Err(format!("{} does not exist", source.display()).into());
    }
    let what = format!("{}/{name}: esbuild", folder.file_name().unwrap_or_default().to_string_lossy());
    let output =
        house.work().join("esbuild").join(what.replace(['/', ':', ' '], "-")).with_extension(extension);
    let mut inputs = files::below(folder, &format!(".{extension}"))?;
    inputs.extend_from_slice(more_inputs);
    inputs.push(house.xtask().join("package-lock.json"));
    once::unless_unchanged(house, &what, &[RECIPE], &inputs, &[&output], || {
        let mut node = wasm::node(house, "esbuild/bin/esbuild");
        node.args(["--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning", JAVASCRIPT]);
        // Otherwise a Rust export that was renamed is only a warning here, and `undefined` in the page.
        node.arg("--log-override:import-is-undefined=error");
        node.arg(format!("--outfile={}", output.display())).args(options).arg(&source);
        run::succeed(&mut node)
    })?;
    files::read(&output)
}

/// True for what brotli makes smaller.
fn compressible(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| {
        ["html", "css", "js", "json", "svg", "txt", "wasm"].contains(&extension)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analyzer() -> Analyzer {
        Analyzer {
            js: Hashed::new("candor-analyzer", "js", b"js"),
            app: Hashed::new("candor-analyzer", "wasm", b"wasm"),
            worker: Hashed::new("candor-worker", "wasm", b"worker"),
            readers: READERS.iter().map(|format| Hashed::new(format, "wasm", b"reader")).collect(),
            css: Hashed::new("analyzer", "css", b"abc"),
        }
    }

    #[test]
    fn a_hashed_name_holds_the_first_digits_and_integrity_is_base64_of_all_of_them() {
        // The digest of "abc" is FIPS 180-2's example.
        assert_eq!(analyzer().css.name, "analyzer-ba7816bf8f01cfea.css");
        assert_eq!(analyzer().css.integrity, "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    const TEMPLATE: &str = "<link href={{css}} integrity={{css_integrity}}>\n\
                            <script src={{js}} integrity={{js_integrity}} data-app={{app}} data-worker={{worker}} data-xlsx={{xlsx}} data-parquet={{parquet}} data-sav={{sav}}></script>\n";

    #[test]
    fn every_placeholder_of_the_page_is_replaced() {
        let page = page(TEMPLATE, &analyzer()).unwrap();
        assert!(page.contains("href=analyzer-ba7816bf8f01cfea.css "), "{page}");
        assert!(!page.contains("{{"), "{page}");
    }

    #[test]
    fn a_missing_and_an_unknown_placeholder_are_named() {
        let missing = page("{{js}}", &analyzer()).unwrap_err();
        assert!(missing.contains("{{js_integrity}} is missing"), "{missing}");
        let unknown = page(&format!("{TEMPLATE}{{{{cs}}}}"), &analyzer()).unwrap_err();
        assert_eq!(unknown, "line 2: unknown placeholder {{cs}}");
    }

    #[test]
    fn another_build_is_kept_under_another_name() {
        let template = "const KEPT = \"%NAME%\"; const FILES = [\"%FILES%\"];";
        let (one, mut other) = (analyzer(), analyzer());
        other.css = Hashed::new("analyzer", "css", b"abd");
        let [one, other] =
            [keeper(template, "page", &one).unwrap(), keeper(template, "page", &other).unwrap()];
        assert!(
            one.contains("[\"./\",\"index.html\",") && one.contains("\"analyzer-ba7816bf8f01cfea.css\""),
            "{one}"
        );
        let third = keeper(template, "another page", &analyzer()).unwrap();
        assert!(
            one.split(';').next() != other.split(';').next()
                && one.split(';').next() != third.split(';').next()
        );
        assert!(keeper("%NAME%", "page", &analyzer()).unwrap_err().contains("%FILES%"));
    }

    #[test]
    fn the_analyzers_policy_stands_beside_the_homes_own_headers() {
        let headers =
            headers(&["{ \"/\": { \"Referrer-Policy\": \"no-referrer\" } }\n", "{}"], &analyzer()).unwrap();
        assert!(
            headers.starts_with("{\n  \"/\": { \"Referrer-Policy\": \"no-referrer\" },\n  \"/analyzer/\": {"),
            "{headers}"
        );
        assert!(headers.contains("style-src {origin}/analyzer/analyzer-ba7816bf8f01cfea.css;"), "{headers}");
        assert_eq!(headers.matches("default-src 'none'").count(), 3);
        assert!(super::headers(&["[]"], &analyzer()).is_err());
        assert!(super::headers(&["{}"], &analyzer()).unwrap().starts_with("{\n  \"/analyzer/\""));
    }
}
