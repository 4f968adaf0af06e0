//! Whole files: what pyarrow finds in them (fixtures.py), damaged ones and bombs.

use candor_cells::{Csv, Kind, Reader, Refusal};
use proptest::prelude::*;
use std::io::Cursor;

fn read(file: &[u8], rows: usize) -> Result<Csv, Refusal> {
    let mut reader = candor_parquet::open(Cursor::new(file), None)?;
    let mut csv = Csv::new(reader.head());
    while reader.read(rows, &mut csv)? {}
    Ok(csv)
}

macro_rules! fixture {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../fixtures/", $name, ".parquet")).as_slice(),
            include_str!(concat!("../fixtures/", $name, ".parquet.csv")),
        )
    };
}

#[test]
fn files_give_the_cells_that_pyarrow_finds() {
    let files = [
        fixture!("none"),
        fixture!("snappy"),
        fixture!("gzip"),
        fixture!("lz4"),
        fixture!("brotli"),
        fixture!("zstd"),
        fixture!("delta"),
        fixture!("pages"),
        fixture!("nested"),
        fixture!("int96"),
    ];
    for (name, file, expected) in files {
        for rows in [1, 7, 100_000] {
            let found = read(file, rows).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            for (at, (found, expected)) in found.text.lines().zip(expected.lines()).enumerate() {
                assert_eq!(found, expected, "{name}, line {}", at + 1);
            }
            assert_eq!(found.text.len(), expected.len(), "{name}");
            assert_eq!((found.skipped, found.repaired), (vec![], vec![]), "{name}");
        }
    }
}

#[test]
fn the_head_says_what_columns_hold() {
    let reader = candor_parquet::open(Cursor::new(fixture!("snappy").1), None).expect("readable");
    let head = reader.head();
    assert_eq!(head.rows, Some(150));
    let kind = |name: &str| head.columns.iter().find(|column| column.name == name).map(|column| column.kind);
    let kinds = ["id", "ratio", "ok", "agent", "day", "at", "clock", "price", "key"].map(kind);
    let expected = [
        Kind::Number,
        Kind::Number,
        Kind::Boolean,
        Kind::Text,
        Kind::Date,
        Kind::DateTime,
        Kind::Time,
        Kind::Number,
        Kind::Text,
    ];
    assert_eq!(kinds, expected.map(Some));
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let file = fixture!("snappy").1;
    let said = read(&file[..file.len() - 100], 10).expect_err("cut").to_string();
    assert_eq!(
        said,
        "The Parquet file does not end as it should; was it cut off? Export the file again, or open it in the program that wrote it and save it anew."
    );
    let said = read(b"id,score\n1,2\n", 10).expect_err("a CSV").to_string();
    assert!(said.starts_with("This is not a Parquet file"), "{said}");
}

#[test]
fn a_damaged_page_costs_its_row_group_and_nothing_else() {
    let (_, file, expected) = fixture!("gzip");
    let mut file = file.to_vec();
    // The first pages stand right after the mark.
    file[4..400].fill(0xff);
    let found = read(&file, 10).expect("readable");
    let [note] = found.skipped.as_slice() else { panic!("{:?}", found.skipped) };
    assert_eq!((note.row, note.rows), (2, Some(64)));
    let (mut found, mut expected) = (found.text.lines(), expected.lines());
    assert_eq!(found.next(), expected.next());
    // Rows that were left out are empty lines, texts with line breaks have several.
    assert!(found.by_ref().take(64).all(str::is_empty));
    assert!(expected.any(|line| line.starts_with("63,")));
    assert_eq!(found.next().map(|line| line.split(',').next()), Some(Some("64")));
}

/// The compact protocol, as far as a bomb needs it.
#[derive(Default)]
struct Thrift(Vec<u8>);

impl Thrift {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
    /// A field of a whole number, `step` after the one before.
    fn number(&mut self, step: u8, kind: u8, value: i64) {
        self.0.push(step << 4 | kind);
        self.varint((value as u64) << 1);
    }
    fn text(&mut self, step: u8, text: &str) {
        self.0.push(step << 4 | 8);
        self.varint(text.len() as u64);
        self.0.extend(text.bytes());
    }
    fn raw(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }
}

/// A file of one optional column of 64-bit numbers and one page.
fn bomb(rows: i64, unpacked: i64, packed: i64, values: i64, page: &[u8]) -> Vec<u8> {
    let mut header = Thrift::default();
    header.number(1, 5, 0);
    header.number(1, 5, unpacked);
    header.number(1, 5, packed);
    header.raw(&[2 << 4 | 12]);
    header.number(1, 5, values);
    header.number(1, 5, 0);
    header.number(1, 5, 3);
    header.number(1, 5, 3);
    header.raw(&[0, 0]);
    let mut file = b"PAR1".to_vec();
    file.extend(&header.0);
    file.extend(page);
    let length = file.len() as i64 - 4;
    let mut end = Thrift::default();
    end.number(1, 5, 1);
    end.raw(&[1 << 4 | 9, 2 << 4 | 12]);
    end.text(4, "schema");
    end.number(1, 5, 1);
    end.raw(&[0]);
    end.number(1, 5, 2);
    end.number(2, 5, 1);
    end.text(1, "q");
    end.raw(&[0]);
    end.number(1, 6, rows);
    end.raw(&[1 << 4 | 9, 1 << 4 | 12, 1 << 4 | 9, 1 << 4 | 12, 3 << 4 | 12]);
    end.number(4, 5, 0);
    end.number(1, 6, rows);
    end.number(2, 6, length);
    end.number(2, 6, 4);
    end.raw(&[0, 0]);
    end.number(2, 6, rows);
    end.raw(&[0, 0]);
    let metadata = end.0.len() as u32;
    file.extend(end.0);
    file.extend(metadata.to_le_bytes());
    file.extend(b"PAR1");
    file
}

/// So many values or missing ones, in a run.
fn levels(values: u64, level: u8) -> Vec<u8> {
    let mut run = Thrift::default();
    run.varint(values << 1);
    run.raw(&[level]);
    let mut levels = (run.0.len() as u32).to_le_bytes().to_vec();
    levels.extend(run.0);
    levels
}

#[test]
fn the_bomb_maker_makes_readable_files() {
    let mut page = levels(3, 1);
    for value in [7i64, 8, 9] {
        page.extend(value.to_le_bytes());
    }
    let length = page.len() as i64;
    let found = read(&bomb(3, length, length, 3, &page), 10).expect("readable");
    assert_eq!(found.text, "q\n7\n8\n9\n");
}

#[test]
fn absurd_lengths_are_refused_before_memory_is_taken() {
    let huge = i64::from(i32::MAX);
    let said = read(&bomb(3, huge, 10, 3, &[0; 10]), 10).expect_err("refused").to_string();
    assert_eq!(
        said,
        "A page of the column q is too large: 2047 MiB unpacked, where at most 64 MiB is read. Export it as CSV instead."
    );
    // More packed bytes than the file has, and a page that unpacks to less than it says: damage, which costs the rows.
    for file in [
        bomb(3, 10, 60 << 20, 3, &[0; 10]),
        bomb(3, 60 << 20, 10, 3, &[0; 10]),
        bomb(3, 10, 10, huge, &[0; 10]),
    ] {
        let found = read(&file, 10).expect("rows that are skipped");
        assert_eq!((found.text.as_str(), found.skipped[0].rows), ("q\n", Some(3)));
    }
    let mut file = bomb(3, 10, 10, 3, &[0; 10]);
    let at = file.len() - 8;
    file[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let said = read(&file, 10).expect_err("refused").to_string();
    assert!(said.contains("says that its metadata has 4294967295 bytes"), "{said}");
}

#[test]
fn two_thousand_million_missing_rows_out_of_a_hundred_bytes_are_refused() {
    let rows = i64::from(i32::MAX);
    let page = levels(rows as u64, 0);
    let length = page.len() as i64;
    let mut reader =
        candor_parquet::open(Cursor::new(bomb(rows, length, length, rows, &page)), None).expect("a head");
    let mut csv = Csv::new(reader.head());
    let refusal = loop {
        csv.text.clear();
        match reader.read(10_000, &mut csv) {
            Ok(more) => assert!(more),
            Err(refusal) => break refusal,
        }
    };
    assert!(matches!(refusal, Refusal::TooLarge { .. }), "{refusal}");
}

proptest! {
    #[test]
    fn flipped_bytes_never_panic(place in 0.0..1.0f64, value: u8, which in 0usize..4) {
        let (_, file, _) = [fixture!("snappy"), fixture!("nested"), fixture!("delta"), fixture!("zstd")][which];
        let mut file = file.to_vec();
        let at = (place * file.len() as f64) as usize;
        file[at] = value;
        let _ = read(&file, 64);
    }
}
