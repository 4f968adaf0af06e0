//! The door between wasm's memory and the rest: [`room`] makes room for a text, [`hear`] reads it from there and leaves the
//! reply, which [`reply`] says where to find. Also what a program without the standard library has to bring: memory and
//! what happens when it cannot go on. Nobody else may hold a pointer.
//!
//! wasm has one thread, and start.js makes an instance for each survey that is shown: memory is given back all at once.
#![allow(unsafe_code)]

use crate::Visit;
use crate::prelude::*;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;

struct Door {
    visit: Option<Visit>,
    room: Vec<u8>,
    reply: String,
}

struct Alone<T>(UnsafeCell<T>);

// SAFETY: there is no other thread, and no function here is called while another one runs: we import nothing that could.
unsafe impl<T> Sync for Alone<T> {}

static DOOR: Alone<Door> =
    Alone(UnsafeCell::new(Door { visit: None, room: Vec::new(), reply: String::new() }));

#[allow(clippy::mut_from_ref)]
fn door() -> &'static mut Door {
    // SAFETY: see `Alone`; each exported function takes it once.
    unsafe { &mut *DOOR.0.get() }
}

/// Makes room for a text of `bytes` bytes of UTF-8 and says where.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize) -> *mut u8 {
    let door = door();
    door.room.clear();
    door.room.resize(bytes, 0);
    door.room.as_mut_ptr()
}

/// Hears the text that was written into the room; the reply has as many bytes as this returns.
#[unsafe(no_mangle)]
extern "C" fn hear() -> usize {
    let door = door();
    // SAFETY: JavaScript's TextEncoder writes nothing but UTF-8.
    let said = unsafe { core::str::from_utf8_unchecked(&door.room) };
    door.reply = crate::hear(&mut door.visit, said);
    door.reply.len()
}

/// Where the reply begins.
#[unsafe(no_mangle)]
extern "C" fn reply() -> *const u8 {
    door().reply.as_ptr()
}

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[global_allocator]
static MEMORY: Memory = Memory(UnsafeCell::new(Heap { free: [0; CLASSES], next: 0, end: 0 }));

/// Blocks of 16, 32, 64, … bytes. What is given back waits in a list for the next one of its size. An instance lives as
/// long as one survey is on show, so that nothing is gained by joining blocks again, and this is 1.2 KB of brotli less
/// than an allocator that does.
struct Memory(UnsafeCell<Heap>);

const CLASSES: usize = 28;

struct Heap {
    /// For each size, the first free block, which holds the address of the next one; 0 at the end.
    free: [usize; CLASSES],
    /// What was never given out.
    next: usize,
    end: usize,
}

// SAFETY: see `Alone`.
unsafe impl Sync for Memory {}

fn class(layout: Layout) -> usize {
    // No type of ours asks for an alignment of more than 16.
    (layout.size().max(16) - 1).ilog2() as usize - 3
}

const PAGE: usize = 65_536;

// SAFETY: a block is given out once until it is given back; it is as long as its class and aligned to 16 bytes; the
// memory between `next` and `end` is ours, because nobody else grows it.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class(layout);
        // SAFETY: as above.
        unsafe {
            let heap = &mut *self.0.get();
            let Some(first) = heap.free.get_mut(class) else { return core::ptr::null_mut() };
            if *first != 0 {
                let block = *first as *mut usize;
                *first = *block;
                return block.cast();
            }
            let size = 16 << class;
            if heap.end - heap.next < size {
                let pages = size.div_ceil(PAGE);
                let before = core::arch::wasm32::memory_grow(0, pages);
                if before == usize::MAX {
                    return core::ptr::null_mut();
                }
                // What is left of the old pages is too small and forgotten, unless the new ones follow.
                if heap.end != before * PAGE {
                    heap.next = before * PAGE;
                }
                heap.end = (before + pages) * PAGE;
            }
            let block = heap.next;
            heap.next += size;
            block as *mut u8
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the block is free from now on.
        unsafe {
            let heap = &mut *self.0.get();
            if let Some(first) = heap.free.get_mut(class(layout)) {
                *block.cast::<usize>() = *first;
                *first = block as usize;
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the new layout differs only in size, which the caller promises to be valid.
        unsafe {
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            if class(wanted) == class(layout) {
                return block;
            }
            let larger = self.alloc(wanted);
            if !larger.is_null() {
                core::ptr::copy_nonoverlapping(block, larger, layout.size().min(size));
                self.dealloc(block, layout);
            }
            larger
        }
    }
}
