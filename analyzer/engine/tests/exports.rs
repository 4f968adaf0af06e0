//! The real exports in `CANDOR_REFERENCE`/exports: recognized, and read to the last row.
#![cfg(not(target_arch = "wasm32"))]

use candor_engine::plan::{DateOrder, Encoding, HEAD, Naming, Plan, Role, Tool, recognise};
use candor_engine::reader::Reading;

#[test]
fn show() {
    let Ok(root) = std::env::var("CANDOR_REFERENCE") else { return };
    for f in ["qualtrics", "surveymonkey", "typeform"] {
        for e in std::fs::read_dir(format!("{root}/exports/{f}")).unwrap() {
            let p = e.unwrap().path();
            let b = std::fs::read(&p).unwrap();
            let plan = recognise(&b[..b.len().min(HEAD)], "x.csv");
            println!("== {p:?} {:?} {:?} {} {:?} {:?}", plan.tool, plan.encoding, plan.header_rows, plan.naming, plan.date_order);
            for n in &plan.notes { println!("   note {n}") }
            for c in &plan.columns {
                if c.role != Role::Ignore { println!("   {:?} {} {:?} {:?} {:?} {}", c.role, c.name, c.text, c.scale, c.values, c.reason) }
            }
            if let Ok(mut r) = Reading::new(&plan) {
                r.push(&b);
                let d = r.finish();
                println!("   {:?} skipped {:?} repaired {:?}", d.counts, d.skipped.iter().take(3).collect::<Vec<_>>(), d.repaired.iter().take(3).collect::<Vec<_>>());
            }
        }
    }
}
