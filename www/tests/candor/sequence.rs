//! The rule of (`id`, `seq`), against a model that is simple enough to be right by reading it.

use crate::fixtures::{Collector, id, text};
use candor::store::{Entry, Outcome};
use candor_survey::json::Value;
use candor_survey::{Id, Time, Uuid};
use proptest::prelude::*;
use std::collections::HashMap;

/// What the collector should do: remember for each id the highest sequence number and what came with it first.
#[derive(Default)]
struct Model(HashMap<u64, (u32, String)>);

impl Model {
    fn send(&mut self, n: u64, seq: u32, line: &str) -> Outcome {
        match self.0.get(&n) {
            Some((stored, _)) if *stored > seq => Outcome::Superseded,
            Some((stored, there)) if *stored == seq && there == line => Outcome::Duplicate,
            Some((stored, _)) if *stored == seq => Outcome::Conflict,
            _ => {
                self.0.insert(n, (seq, line.to_string()));
                Outcome::Stored
            }
        }
    }
}

fn line(n: u64, seq: u32, nps: u8) -> String {
    crate::fixtures::response(n, seq, "visit", &format!(r#"{{"nps":{nps}}}"#))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_in_whatever_groups_the_rule_decides(
        groups in prop::collection::vec(prop::collection::vec((0u64..4, 0u32..4, 0u8..3), 1..8), 1..8)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let collector = Collector::new();
            let mut model = Model::default();
            for group in groups {
                let entries = group.iter().map(|&(n, seq, nps)| Entry::Response {
                    id: Uuid::new(&id(n)).unwrap(),
                    seq,
                    survey: Id::new("visit").unwrap(),
                    received: Time(1_795_000_000_000),
                    line: line(n, seq, nps),
                });
                let room = collector.app.store.room(1).unwrap();
                let outcomes = collector.app.store.write(entries.collect(), room).await.unwrap();
                let expected: Vec<_> =
                    group.iter().map(|&(n, seq, nps)| model.send(n, seq, &line(n, seq, nps))).collect();
                assert_eq!(outcomes, expected);
            }
            let mut exported = HashMap::new();
            for line in collector.lines("survey=visit").await.iter().skip(1) {
                let Some(Value::Number(seq)) = line.get("seq") else { panic!("no seq") };
                let nps = line.get("answers").and_then(|a| a.get("nps")).cloned();
                let twice = exported.insert(text(line, "id"), (seq.as_i64().unwrap(), nps));
                assert_eq!(twice, None, "each response is exported once");
            }
            let expected: HashMap<_, _> = model.0.iter().map(|(n, (seq, line))| {
                let nps = Value::parse(line).unwrap().get("answers").unwrap().get("nps").cloned();
                (id(*n), (i64::from(*seq), nps))
            }).collect();
            assert_eq!(exported, expected);
        });
    }
}
