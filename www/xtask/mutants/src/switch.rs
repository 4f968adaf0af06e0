//! The switch between the changes: a module that is put into the crate under test. `MUTANT` names the change that is on;
//! `MUTANT_TRACE` a file that takes the number of each place that is reached, once.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex};

static ON: LazyLock<u32> = LazyLock::new(|| match std::env::var("MUTANT") {
    Ok(id) => id.parse().unwrap_or(0),
    Err(_) => 0,
});

static TRACE: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
    let path = std::env::var_os("MUTANT_TRACE")?;
    OpenOptions::new().append(true).open(path).ok().map(Mutex::new)
});

static REACHED: [AtomicBool; 1 << 16] = [const { AtomicBool::new(false) }; 1 << 16];

/// Which of `count` changes from the number `first` is on, from 1; 0 for none of them.
#[inline]
pub fn chosen(first: u32, count: u32) -> u32 {
    let place = ON.wrapping_sub(first);
    if place < count {
        return place + 1;
    }
    if *ON == 0 {
        reached(first, count);
    }
    0
}

fn reached(first: u32, count: u32) {
    let new = !REACHED[first as usize].load(Ordering::Relaxed) && !REACHED[first as usize].swap(true, Ordering::Relaxed);
    let Some(trace) = TRACE.as_ref().filter(|_| new) else { return };
    let Ok(mut trace) = trace.lock() else { return };
    let numbers: String = (first..first + count).map(|id| format!("{id}\n")).collect();
    let _ = trace.write_all(numbers.as_bytes());
}
