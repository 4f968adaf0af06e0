//! What fuzzing once found, and a little of what it walked through to get there, in every run of the tests.

use candor_fuzz::{PARSERS, SHOP, part, shop_plan};
use std::path::Path;

#[test]
fn every_file_of_the_corpus_keeps_its_parsers_promises() {
    for (name, parser) in PARSERS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut files = 0;
        for file in folder.read_dir().unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            std::panic::catch_unwind(|| parser(&bytes))
                .unwrap_or_else(|_| panic!("{} by {name}", path.display()));
            files += 1;
        }
        assert!(files > 0, "{} is empty", folder.display());
    }
}

#[test]
fn a_part_that_was_read_is_taken_back() {
    use candor_engine::parts::Part;
    let plan = shop_plan();
    let file = SHOP.as_bytes();
    let mut read = Part::new(&plan, file, 0..file.len() as u64).unwrap();
    read.push(file);
    let bytes = read.finish().to_bytes();
    part(&bytes);
}
