//! A table read in parts is the table read from its beginning: same columns, same rows skipped for the same reasons,
//! wherever it is divided and whatever stands at the seams.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::columns::{Dataset, MOST_LISTED, Odd, Texts, Values};
use candor_engine::parts::{Part, PartRead, Parts, can_be_parted};
use candor_engine::plan::{Holds, Plan, Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::report;
use proptest::prelude::*;
use std::ops::Range;

/// Hands the part what it wants of the file, in chunks.
fn fill(mut part: Part, file: &[u8], chunk: usize) -> PartRead {
    while let Some(at) = part.wants() {
        let at = at as usize;
        if at >= file.len() {
            break;
        }
        part.push(&file[at..(at + chunk).min(file.len())]);
    }
    part.finish()
}

/// A part as it arrives from the worker that read it.
fn sent(plan: &Plan, part: PartRead) -> PartRead {
    let arrived = PartRead::from_bytes(plan, &part.to_bytes()).unwrap();
    // Numbers that are none are equal by their bits.
    assert_eq!(arrived, part);
    arrived
}

/// Reads a file divided at `cuts`; the second is how many parts had to be read again.
fn read_in_parts(plan: &Plan, file: &[u8], cuts: &[usize], chunk: usize) -> (Dataset, usize) {
    let edges: Vec<u64> =
        [0].into_iter().chain(cuts.iter().copied()).chain([file.len()]).map(|at| at as u64).collect();
    let ranges: Vec<Range<u64>> = edges.windows(2).map(|pair| pair[0]..pair[1]).collect();
    // In any order: the last part first.
    let read: Vec<PartRead> = ranges
        .iter()
        .rev()
        .map(|range| fill(Part::new(plan, file, range.clone()).unwrap(), file, chunk))
        .collect();
    let (mut parts, mut again) = (Parts::default(), 0);
    for part in read.into_iter().rev() {
        if let Err(range) = parts.add(sent(plan, part)) {
            again += 1;
            let part = fill(Part::from_row(plan, file, range).unwrap(), file, chunk);
            assert_eq!(parts.add(part), Ok(()));
        }
    }
    let mut dataset = parts.finish().unwrap();
    dataset.listen(|range| Ok::<_, ()>(file[range.start as usize..range.end as usize].to_vec())).unwrap();
    (dataset, again)
}

fn read_whole(plan: &Plan, file: &[u8]) -> Dataset {
    let mut reading = Reading::new(plan).unwrap();
    reading.push(file);
    reading.finish()
}

/// The texts, wherever they are.
fn texts(texts: &Texts, file: &[u8]) -> Vec<String> {
    let bytes = |range: Range<u64>| Ok::<_, ()>(file[range.start as usize..range.end as usize].to_vec());
    (0..texts.len()).map(|row| texts.read(row, bytes).unwrap()).collect()
}

/// Takes the texts of both out and compares them; the rest must be equal as it is.
fn same(mut left: Dataset, mut held: Dataset, file: &[u8]) {
    let (a, b) = (left.texts.take(), held.texts.take());
    assert_eq!(a.map(|a| texts(&a, file)), b.map(|b| texts(&b, file)));
    for (a, b) in left.others.iter_mut().zip(&mut held.others) {
        if let (Values::Texts(in_file), Values::Texts(in_memory)) = (&a.values, &b.values) {
            assert_eq!(texts(in_file, file), texts(in_memory, file), "{}", a.name);
            a.values.clone_from(&b.values);
        }
    }
    assert_eq!(left, held);
}

fn even(length: usize, parts: usize) -> Vec<usize> {
    (1..parts).map(|part| length * part / parts).collect()
}

const SHOP: &str = "\u{feff}id,agent,nps,when,minutes,why,note\r\n\
a1,Ann,9,2026-11-21T10:00:00Z,3,\"slow, but \"\"kind\"\"\",one\r\n\
a2,Bob,0,2026-11-21T10:01:00Z,2.5,\"two\r\nlines,9,9\r\nof it\",two words here\r\n\
\r\n\
a3,Ann,,2026-11-21T10:02:00Z,NA,NA,three\n\
a4,Cem,eleven,2026-11-21T10:03:00Z,4,good,four\n\
a5,Cem,7,never,many,\"\",\"five \"\"\"\r\
a6,Bob,10,2026-11-21T10:05:00Z,5,he asked me to give a 10,six\r\
a7,Dee,3,2026-11-21T10:06:00Z,6\n\
a8,Ann,8,2026-11-21T10:07:00Z,7,caf\u{e9},\u{65e5}\u{672c}\r\n";

fn shop() -> Plan {
    let mut plan = recognise(SHOP.as_bytes(), "shop.csv");
    for (column, (role, holds)) in plan.columns.iter_mut().zip([
        (Role::Ignore, Holds::Texts),
        (Role::Unit, Holds::Nothing),
        (Role::Score, Holds::Nothing),
        (Role::Time, Holds::Nothing),
        (Role::Ignore, Holds::Numbers),
        (Role::Text, Holds::Nothing),
        (Role::Text, Holds::Nothing),
    ]) {
        (column.role, column.holds) = (role, holds);
    }
    plan.columns[2].scale = Some(candor_engine::plan::Scale { low: 0, high: 10, nps: true });
    plan
}

#[test]
fn what_dates_tell_of_their_order_goes_from_part_to_part() {
    let dates = ["01/02/2026", "25/12/2026", "12/25/2026", "26/12/2026", "never", ""];
    let rows: String =
        (0..60).map(|row| format!("{},{},{}\n", dates[row % 6], row % 11, dates[row % 3])).collect();
    let text = format!("when,score,seen\n{rows}");
    let mut plan = recognise(text.as_bytes(), "x.csv");
    assert!(plan.date_order_guessed);
    (plan.columns[0].role, plan.columns[2].role) = (Role::Time, Role::Ignore);
    plan.columns[2].holds = Holds::Times;
    let whole = read_whole(&plan, text.as_bytes());
    let candor_engine::columns::dates::DateVotes { time, others, .. } = whole.date_votes;
    assert_eq!([time.day_first, time.month_first, others.day_first, others.month_first], [20, 10, 20, 20]);
    for parts in [2, 3, 7] {
        let (parted, _) = read_in_parts(&plan, text.as_bytes(), &even(text.len(), parts), 64);
        assert_eq!(parted.date_votes, whole.date_votes);
    }
}

#[test]
fn a_column_that_is_of_another_kind_behind_the_first_rows_is_read_again_as_text() {
    let mut text = String::from("score,ref\n");
    (0..40_000).for_each(|row| text.push_str(&format!("{},{row}\n", row % 11)));
    // Three times as much as is kept beside a column, and one cell that alone is more.
    (0..40_000).for_each(|row| {
        text.push_str(&format!("{},\"order {row} of the spring\nsale, by post\"\n", row % 11))
    });
    text.push_str(&format!("7,{}\n7,12\n", "long ".repeat(300_000)));
    let file = text.as_bytes();
    let plan = recognise(&file[..candor_engine::plan::HEAD], "orders.csv");
    assert_eq!((plan.columns[1].role, plan.columns[1].holds), (Role::Ignore, Holds::Numbers));
    let whole = read_whole(&plan, file);
    let odd = &whole.others[0].odd;
    let bytes: usize = odd.cells().iter().map(|(_, cell)| cell.len()).sum();
    assert!(bytes < Odd::MOST && odd.cells().len() > 10_000, "{bytes}");
    assert_eq!(odd.cells().len() as u64 + odd.more(), 40_001);
    for parts in [2, 5] {
        let (parted, _) = read_in_parts(&plan, file, &even(file.len(), parts), 1 << 16);
        assert_eq!(parted.others[0], whole.others[0], "{parts} parts");
    }
    let corrected = plan.corrected_by(&whole).unwrap();
    assert!(corrected.notes.last().unwrap().contains("ref"), "{:?}", corrected.notes);
    let again = read_whole(&corrected, file);
    let Values::Texts(texts) = &again.others[0].values else { panic!("they are texts") };
    assert_eq!((texts.get(3), texts.get(40_000)), ("3", "order 0 of the spring\nsale, by post"));
    assert_eq!((texts.get(80_000).len(), texts.get(80_001), texts.len()), (1_499_999, "12", 80_002));
    assert_eq!((again.others[0].odd.cells().len(), corrected.corrected_by(&again)), (0, None));
    let (parted, _) = read_in_parts(&corrected, file, &even(file.len(), 3), 1 << 16);
    same(parted, again, file);
}

#[test]
fn columns_that_play_no_part_are_typed_and_nothing_of_them_is_lost() {
    let dataset = read_whole(&shop(), SHOP.as_bytes());
    assert_eq!(dataset.ratings, [9, 0, 255, 7, 10, 8]);
    assert_eq!(dataset.others.len(), 2);
    let Values::Numbers(minutes) = &dataset.others[1].values else { panic!("minutes are numbers") };
    assert_eq!((minutes.get(0), minutes.get(1)), (3.0, 2.5));
    assert!(minutes.get(2).is_nan() && minutes.get(3).is_nan());
    assert_eq!(dataset.others[1].odd.cells(), [(3, "many".to_owned())]);
    let rows: Vec<u64> = dataset.skipped.iter().map(|row| row.row).collect();
    assert_eq!(rows, [6, 9]);
    assert_eq!((dataset.counts.rows, dataset.counts.read, dataset.counts.skipped), (8, 6, 2));
}

#[test]
fn texts_that_stay_in_the_file_are_read_from_where_they_stand() {
    let (dataset, _) = read_in_parts(&shop(), SHOP.as_bytes(), &[], 64);
    let left = dataset.texts.as_ref().unwrap();
    assert!(left.get(0).is_empty() && left.has(0));
    assert_eq!(
        texts(left, SHOP.as_bytes()),
        [
            "slow, but \"kind\"\none",
            "two\r\nlines,9,9\r\nof it\ntwo words here",
            "three",
            "five \"",
            "he asked me to give a 10\nsix",
            "caf\u{e9}\n\u{65e5}\u{672c}"
        ]
    );
    let row = &dataset.rows(&Default::default(), 0, 1).rows[0];
    let cells: Vec<String> = row
        .places
        .iter()
        .map(|place| {
            shop()
                .encoding
                .text_of(&SHOP.as_bytes()[place.range().start as usize..place.range().end as usize])
        })
        .collect();
    assert_eq!(cells, ["slow, but \"kind\"", "one"]);
}

#[test]
fn a_cut_at_every_byte_gives_the_same_data_set() {
    let (plan, file) = (shop(), SHOP.as_bytes());
    assert!(can_be_parted(&plan, file));
    let whole = read_in_parts(&plan, file, &[], usize::MAX).0;
    same(whole.clone(), read_whole(&plan, file), file);
    for cut in 1..file.len() {
        assert_eq!(read_in_parts(&plan, file, &[cut], 7).0, whole, "cut at {cut}");
    }
    for parts in 1..=64 {
        assert_eq!(read_in_parts(&plan, file, &even(file.len(), parts), 3).0, whole, "{parts} parts");
    }
}

#[test]
fn a_part_that_begins_inside_of_a_long_quotation_finds_its_rows() {
    let mut file = String::from("agent,score,why\n");
    for row in 0..400 {
        // Each line of the text looks like a row, but for one cell.
        file.push_str(&format!("A{},{},\"{}\"\n", row % 7, row % 5 + 1, "x,3,y,4\n".repeat(row % 40)));
    }
    let plan = recognise(file.as_bytes(), "x.csv");
    let whole = read_in_parts(&plan, file.as_bytes(), &[], 4096).0;
    assert_eq!(whole.counts.rows, 400);
    let (parts, again) = read_in_parts(&plan, file.as_bytes(), &even(file.len(), 16), 4096);
    assert_eq!((parts == whole, again), (true, 0));
}

#[test]
fn a_file_of_bad_rows_lists_the_first_of_them_and_counts_all() {
    let file = format!("agent,score\nA1,5\nA2,1\n{}A1,4\n", "x\n".repeat(120_000));
    let plan = recognise(b"agent,score\nA1,5\nA2,1\nA1,2\n", "x.csv");
    let whole = read_whole(&plan, file.as_bytes());
    assert_eq!((whole.counts.rows, whole.counts.skipped, whole.ratings.len()), (120_003, 120_000, 3));
    assert_eq!(
        (whole.skipped.len(), whole.skipped.last().unwrap().row),
        (MOST_LISTED, 3 + MOST_LISTED as u64)
    );
    let parts = read_in_parts(&plan, file.as_bytes(), &even(file.len(), 5), 4096).0;
    assert_eq!(parts, whole);
    let said = report(&whole).absent;
    assert!(
        said.iter().any(|absent| absent.reason == "The first 1000 of 120000 rows are listed."),
        "{said:?}"
    );
}

#[test]
fn a_guess_that_was_wrong_is_read_again_and_costs_nothing_but_time() {
    // Inside of the quotation stands a whole table of the same shape.
    let inner = "B1,2,n\n".repeat(300);
    let file = format!("agent,score,why\nA1,5,\"{inner}\"\nA2,4,y\nA3,3,z\n");
    let plan = recognise(file.as_bytes(), "x.csv");
    let whole = read_in_parts(&plan, file.as_bytes(), &[], 100).0;
    assert_eq!(whole.ratings, [5, 4, 3]);
    let (parts, _) = read_in_parts(&plan, file.as_bytes(), &even(file.len(), 8), 100);
    assert_eq!(parts, whole);
    // A quotation that never ends takes all parts behind it.
    let open = file.replace("A2,4,y", "A2,4,\"y");
    let whole = read_in_parts(&plan, open.as_bytes(), &[], 100).0;
    assert_eq!((whole.ratings.len(), whole.skipped.len()), (1, 1));
    assert_eq!(read_in_parts(&plan, open.as_bytes(), &even(open.len(), 9), 100).0, whole);
}

#[test]
fn the_report_of_a_file_in_parts_is_that_of_the_file_in_one_piece() {
    // More comments than are sampled, in two languages, some of them asked for, between units and over weeks.
    let said = [
        "The young man at the counter was friendly and helped me with everything that I needed.",
        "He told me to give a 10, otherwise he would lose his bonus this month.",
        "Der junge Mann an der Kasse war sehr freundlich und hat mir mit allem geholfen.",
        "Der junge Mann hat mich gebeten, eine 10 zu geben, sonst verliert er seinen Bonus.",
        "",
    ];
    let mut file = String::from("agent,when,nps,why\n");
    for row in 0..6000_usize {
        let day = row / 120;
        let (agent, score) = (row % 7, (row * 7 + row / 11) % 11);
        let why = said[(row * row + row / 3) % said.len()];
        file.push_str(&format!("A{agent},2026-{:02}-{:02},{score},\"{why}\"\n", day / 28 + 1, day % 28 + 1));
    }
    let mut plan = recognise(file.as_bytes(), "x.csv");
    plan.columns[3].role = Role::Text;
    let whole = report(&read_whole(&plan, file.as_bytes()));
    let words = whole.words.as_ref().unwrap();
    assert_eq!(words.sampled, 2000);
    assert!(words.languages.iter().any(|language| language.language == "de") && words.sentiment.is_some());
    for parts in [1, 2, 7] {
        let (dataset, _) = read_in_parts(&plan, file.as_bytes(), &even(file.len(), parts), 5000);
        assert_eq!(report(&dataset), whole, "{parts} parts");
    }
    let mut deaf = read_whole(&plan, file.as_bytes());
    deaf.comments.heard.clear();
    assert!(report(&deaf).words.unwrap().solicited < words.solicited, "German is listened to");
}

#[test]
fn other_bytes_than_a_parts_are_refused() {
    let (plan, file) = (shop(), SHOP.as_bytes());
    let bytes = fill(Part::new(&plan, file, 0..file.len() as u64).unwrap(), file, 64).to_bytes();
    for cut in 0..bytes.len() {
        assert!(PartRead::from_bytes(&plan, &bytes[..cut]).is_err(), "cut at {cut}");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] = damaged[at].wrapping_add(0x7F);
        // Damage to a value cannot be told; none of it panics, also not where parts are put together.
        let mut parts = Parts::of_file(file.len() as u64);
        for again in [&damaged, &damaged, &bytes] {
            let _ = PartRead::from_bytes(&plan, again).map(|part| parts.add(part));
        }
    }
    // A file of no bytes has no rows, however many are said to be read.
    let place = |value: u64| value.to_le_bytes();
    let (end, rows) = (5 + 3 * 8..5 + 4 * 8, 5 + 4 * 8..5 + 5 * 8);
    for (range, value) in [(end, 0), (rows, u64::MAX)] {
        let mut damaged = bytes.clone();
        damaged[range].copy_from_slice(&place(value));
        assert!(PartRead::from_bytes(&plan, &damaged).is_err());
    }
    assert!(PartRead::from_bytes(&plan, &[&bytes[..], &[0]].concat()).is_err());
    assert!(PartRead::from_bytes(&plan, &bytes).is_ok());
}

fn tableish() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        4 => "[0-9]{1,2}",
        2 => "[a-c]{0,3}",
        2 => "\"[a,\n\r1]{0,12}\"",
        1 => "\"a\"\"b[\n,]{0,3}\"",
        1 => "a\"[a\"]{0,2}",
        1 => "\"[ab\n,]{0,4}",
        1 => Just("NA".to_owned()),
    ];
    let row = (
        prop_oneof![8 => proptest::collection::vec(cell.clone(), 3..4), 1 => proptest::collection::vec(cell, 0..6)],
        prop_oneof![4 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\r\n")],
    );
    (
        proptest::collection::vec(row, 0..60),
        proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    )
        .prop_map(|(rows, damage)| {
            let mut text = b"agent,score,why\n".to_vec();
            for (cells, end) in rows {
                text.extend_from_slice(cells.join(",").as_bytes());
                text.extend_from_slice(end.as_bytes());
            }
            let header = 16;
            for (at, byte) in damage {
                if text.len() > header {
                    let at = header + at.index(text.len() - header);
                    text[at] = byte;
                }
            }
            text
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_division_and_any_chunks_give_the_same_data_set(
        file in tableish(),
        parts in 1usize..=64,
        chunk in 1usize..200,
        windows in any::<bool>(),
    ) {
        let mut plan = recognise(b"agent,score,why\nA,5,aa bb cc\nB,1,dd ee\nA,3,ff gg\nB,2,hh ii\n", "x.csv");
        if windows {
            plan.encoding = candor_engine::plan::Encoding::Windows1252;
        }
        plan.columns[2].holds = Holds::Words;
        plan.columns[2].role = if chunk % 2 == 0 { Role::Ignore } else { Role::Text };
        let whole = read_in_parts(&plan, &file, &[], usize::MAX).0;
        let counts = whole.counts;
        prop_assert_eq!(counts.rows, counts.read + counts.skipped);
        prop_assert_eq!(counts.read, whole.ratings.len() as u64);
        same(whole.clone(), read_whole(&plan, &file), &file);
        prop_assert_eq!(&read_in_parts(&plan, &file, &even(file.len(), parts), chunk).0, &whole);
    }
}
