//! How fast a table is read on this machine: `cargo run --release -p candor-engine --example read_table -- FILE [--unheard]`.
//! It reads the file by its guessed plan in as many parts as there are processors, each in a thread of its own,
//! counts the ratings of each unit, and prints one line of JSON. With `--unheard` comments are a column as others are: typed, and
//! nobody listens in them for scores that were asked for.
#![allow(clippy::print_stdout, reason = "a command line speaks")]

use candor_engine::columns::Dataset;
use candor_engine::parts::{Part, PartRead, Parts, can_be_parted};
use candor_engine::plan::{HEAD, Plan, Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::scores::distribution::{Distribution, by_group};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        return Err(io::Error::other("name a file"));
    };
    let unheard = match arguments.next().as_deref() {
        None => false,
        Some("--unheard") => true,
        Some(other) => return Err(io::Error::other(format!("{other:?} is no option: there is --unheard"))),
    };
    let parts = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let dataset = read(Path::new(&path), parts, unheard)?;
    let seconds = started.elapsed().as_secs_f64();
    let began = Instant::now();
    let units = dataset.units.as_ref().map(|units| by_group(units, &dataset.ratings)).unwrap_or_default();
    let grouped = began.elapsed().as_secs_f64();
    let rated: u64 = units.iter().map(Distribution::n).sum();
    let sum: u64 = dataset.ratings.iter().map(|&rating| u64::from(rating)).sum();
    let played = 1
        + usize::from(dataset.units.is_some())
        + usize::from(dataset.times.is_some())
        + usize::from(dataset.texts.is_some());
    println!(
        "{{\"rows\":{},\"columns\":{},\"skipped\":{},\"repaired\":{},\"parts\":{parts},\"seconds\":{seconds:.4},\"check\":{sum},\
         \"groups\":{},\"rated\":{rated},\"group_by\":{grouped:.5}}}",
        dataset.counts.rows,
        played + dataset.beside.items.len() + dataset.others.len(),
        dataset.skipped.len(),
        dataset.repaired.len(),
        units.len(),
    );
    Ok(())
}

fn read(path: &Path, parts: usize, unheard: bool) -> io::Result<Dataset> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let mut plan = recognise(&head, &path.to_string_lossy());
    if unheard {
        plan.columns
            .iter_mut()
            .filter(|column| column.role == Role::Text)
            .for_each(|column| column.role = Role::Ignore);
    }
    if !can_be_parted(&plan, &head) {
        let mut reading = Reading::new(&plan).map_err(io::Error::other)?;
        file.seek(SeekFrom::Start(0))?;
        let mut chunk = vec![0; CHUNK];
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(reading.finish()),
                n => reading.push(&chunk[..n]),
            }
        }
    }
    let parts = parts as u64;
    let ranges: Vec<Range<u64>> = (0..parts).map(|n| size * n / parts..size * (n + 1) / parts).collect();
    let read: Vec<io::Result<PartRead>> = std::thread::scope(|scope| {
        let threads: Vec<_> = ranges
            .into_iter()
            .map(|range| {
                let (plan, head) = (&plan, &head);
                scope.spawn(move || fill(path, Part::new(plan, head, range).map_err(io::Error::other)?))
            })
            .collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
        };
        threads.into_iter().map(join).collect()
    });
    merge(path, &plan, &head, read)
}

fn merge(path: &Path, plan: &Plan, head: &[u8], read: Vec<io::Result<PartRead>>) -> io::Result<Dataset> {
    let mut all = Parts::default();
    for part in read {
        if let Err(range) = all.add(part?) {
            let part = fill(path, Part::from_row(plan, head, range).map_err(io::Error::other)?)?;
            all.add(part)
                .map_err(|_| io::Error::other("a part that begins where a row begins was refused"))?;
        }
    }
    all.finish().ok_or_else(|| io::Error::other("the file is empty"))
}

fn fill(path: &Path, mut part: Part) -> io::Result<PartRead> {
    let mut file = File::open(path)?;
    let mut chunk = vec![0; CHUNK];
    let mut at = None;
    while let Some(wanted) = part.wants() {
        if at != Some(wanted) {
            file.seek(SeekFrom::Start(wanted))?;
        }
        let n = file.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        at = Some(wanted + n as u64);
        part.push(&chunk[..n]);
    }
    Ok(part.finish())
}
