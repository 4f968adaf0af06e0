//! `candor check`.

use crate::fixtures::definition;
use candor::check::run;
use std::fs;
use std::process::Command;

#[test]
fn what_may_be_served_passes_with_its_advice_and_what_may_not_fails() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let fine = write("fine.json", &definition("fine", "live"));
    let gated = definition("gated", "live").replace(
        r#"{"id": "why", "type": "text", "text": "Why?", "long": true}"#,
        r#"{"id": "why", "type": "statement", "text": "Review us on Google!", "show_if": "nps > 8"}"#,
    );
    let gated = write("gated.json", &gated);
    let broken = write("broken.json", "{\n  \"candor\": 1,\n}");

    let checked = run(std::slice::from_ref(&fine));
    assert!(checked.passed, "{}", checked.lines);
    assert!(checked.lines.contains("fine.json: hint: display: Everybody is asked"), "{}", checked.lines);
    assert!(checked.lines.contains("fine.json: may be served; about "), "{}", checked.lines);

    let checked = run(&[fine.clone(), gated.clone()]);
    assert!(!checked.passed);
    assert!(checked.lines.contains("gated.json: refused: pages[0].questions[1].text: "), "{}", checked.lines);
    assert!(checked.lines.contains("16 CFR Part 465"), "{}", checked.lines);

    let checked = run(&[broken.clone(), folder.path().join("absent.json")]);
    assert!(!checked.passed);
    assert!(checked.lines.contains("broken.json: not valid JSON at line 3"), "{}", checked.lines);
    assert!(checked.lines.contains("absent.json: "), "{}", checked.lines);

    for (files, code) in [(vec![&fine], 0), (vec![&fine, &gated], 2), (vec![&broken], 2), (vec![], 2)] {
        let ended = Command::new(env!("CARGO_BIN_EXE_candor")).arg("check").args(files).output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}
