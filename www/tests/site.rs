//! The pages and surveys under `www/site`, read as files: that they are what the product says of itself, and that they can
//! live under their own policies. Nothing is built or served here.

use candor_survey::advice::{Severity, advise, refuse_gating};
use candor_survey::definition::Text;
use candor_survey::evidence::Reason;
use candor_survey::{Definition, Kind};
use std::path::{Path, PathBuf};

fn site() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("site")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every file below `folder` with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn definitions() -> Vec<(PathBuf, Definition)> {
    let parse = |path: PathBuf| {
        let text = read(&path)
            .replace("{{shop}}", "http://127.0.0.1:4401")
            .replace("{{candor}}", "http://127.0.0.1:4400");
        let definition = Definition::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (path, definition)
    };
    files(&site().join("surveys"), "json").into_iter().map(parse).collect()
}

#[test]
fn the_demos_surveys_are_valid_and_named_after_their_ids() {
    let definitions = definitions();
    assert!(!definitions.is_empty());
    for (path, definition) in &definitions {
        assert_eq!(path.file_stem().unwrap().to_str().unwrap(), definition.id.as_str());
        assert!(definition.admits("http://127.0.0.1:4401"), "the shop may show {}", definition.id.as_str());
        let purpose = definition.purpose.as_ref().expect("a purpose, which the analyzer shows first");
        assert!(purpose.decision.is_some() && purpose.owner.is_some() && purpose.success.is_some());
    }
}

#[test]
fn the_demos_surveys_show_every_type_of_question() {
    let definitions = definitions();
    for kind in Kind::ALL {
        let shown = definitions.iter().any(|(_, d)| d.questions().any(|q| q.kind == *kind));
        assert!(shown, "no survey of the demo asks a question of type {}", kind.as_str());
    }
}

#[test]
fn every_text_of_the_demos_surveys_is_in_every_language() {
    for (path, definition) in definitions() {
        let mut texts: Vec<&Text> = definition.thanks.iter().collect();
        for question in definition.questions() {
            texts.push(&question.text);
            texts.extend(question.help.iter().chain(&question.low).chain(&question.high));
            let choices = question.options().iter().chain(question.rows()).chain(question.fields());
            texts.extend(choices.map(|choice| &choice.text));
            texts.extend(question.groups().iter().map(|group| &group.text));
        }
        for text in texts {
            let Text::ByLanguage(forms) = text else {
                panic!("{}: {text:?} is in one language", path.display())
            };
            for language in &definition.languages {
                assert!(forms.get(language.as_str()).is_some(), "{}: {text:?}", path.display());
            }
        }
    }
}

/// The preview's examples, by their names.
fn examples() -> Vec<(String, Definition)> {
    let parse = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        (name, Definition::parse(&read(&path)).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    };
    files(&site().join("preview/examples"), "json").into_iter().map(parse).collect()
}

#[test]
fn the_preview_offers_every_example_there_is_and_one_of_them_has_the_mistakes() {
    let script = read(&site().join("preview/preview.js"));
    let examples = examples();
    for (name, definition) in &examples {
        assert!(script.contains(&format!("[\"{name}\", ")), "the preview does not offer {name}");
        assert_eq!(name, definition.id.as_str());
        let grave = advise(definition).into_iter().filter(|advice| advice.severity != Severity::Hint);
        let said: Vec<_> = grave.map(|advice| advice.to_string()).collect();
        assert_eq!(said.is_empty(), name != "mistakes", "{name}: {said:#?}");
        assert_eq!(refuse_gating(definition).is_err(), name == "mistakes", "{name}");
    }
    let kinds = |d: &Definition| d.questions().map(|q| q.kind).collect::<Vec<_>>();
    assert!(examples.iter().any(|(_, d)| kinds(d).len() > 12), "one shows many types");
}

#[test]
fn home_names_every_reason_in_the_codes_own_words() {
    let home = read(&site().join("home/index.html"));
    for reason in Reason::ALL {
        assert!(home.contains(reason.sentence()), "home lacks: {}", reason.sentence());
        assert!(home.contains(reason.alternative()), "home lacks: {}", reason.alternative());
    }
}

#[test]
fn no_page_has_an_inline_script_or_style_or_loads_from_elsewhere() {
    for page in files(&site(), "html") {
        let html = read(&page);
        let name = page.display();
        assert!(!html.contains("<style"), "{name}");
        for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
            let words: Vec<&str> = tag.split_ascii_whitespace().collect();
            assert!(!words.iter().any(|w| w.starts_with("style=")), "{name}: <{tag}>");
            assert!(!words.iter().skip(1).any(|w| w.starts_with("on") && w.contains('=')), "{name}: <{tag}>");
            assert!(words[0] != "script" || words.iter().any(|w| w.starts_with("src=")), "{name}: <{tag}>");
            let loads = ["src=\"", "href=\""].iter().filter_map(|attribute| tag.split(attribute).nth(1));
            for address in loads {
                let ours = address.starts_with(['/', '#']) && !address.starts_with("//");
                assert!(ours || address.starts_with("{{candor}}/"), "{name}: <{tag}>");
            }
        }
    }
}

#[test]
fn every_page_is_served_with_a_policy_that_begins_with_nothing_allowed() {
    for (folder, place) in [("home", ""), ("shop", ""), ("preview", "/preview")] {
        let folder = site().join(folder);
        let headers = candor_survey::Value::parse(&read(&folder.join("headers.json"))).unwrap();
        for page in files(&folder, "html") {
            let path = format!("{place}/{}", page.strip_prefix(&folder).unwrap().display());
            for path in [path.clone(), path.replace("index.html", "")] {
                let policy = headers.get(&path).and_then(|h| h.get("Content-Security-Policy"));
                let policy =
                    policy.and_then(|p| p.as_str()).unwrap_or_else(|| panic!("no policy for {path}"));
                assert!(policy.starts_with("default-src 'none'; "), "{path}: {policy}");
                assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
            }
        }
    }
}

/// Relative luminance (WCAG 2.2) of `#rrggbb`.
fn luminance(color: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The light and the dark value of a color token in a style sheet.
fn schemes(css: &str, token: &str) -> [String; 2] {
    let values: Vec<String> = css
        .split(&format!("{token}: #"))
        .skip(1)
        .map(|rest| format!("#{}", rest.get(..6).unwrap_or_default()))
        .collect();
    values
        .try_into()
        .unwrap_or_else(|found| panic!("{token}: expected a light and a dark value, found {found:?}"))
}

#[test]
fn text_stands_out_by_4_5_to_1_and_marks_by_3_to_1_in_light_and_in_dark() {
    let look = read(&site().join("home/look.css"));
    let shop = read(&site().join("shop/shop.css"));
    let check = |css: &str, tokens: &[&str], grounds: &[&str], least: f64| {
        for token in tokens {
            for ground in grounds {
                for (a, b) in schemes(css, token).iter().zip(&schemes(css, ground)) {
                    let found = contrast(a, b);
                    assert!(found >= least, "{token} {a} on {ground} {b}: {found:.2}, needs {least}");
                }
            }
        }
    };
    check(&look, &["--ink", "--quiet", "--accent", "--some", "--strong"], &["--paper"], 4.5);
    check(&shop, &["--text", "--soft", "--pink"], &["--ground"], 4.5);
    check(&shop, &["--text", "--pink"], &["--blush"], 4.5);
    check(&shop, &["--bean", "--sun", "--leaf"], &["--ground"], 3.0);
}
