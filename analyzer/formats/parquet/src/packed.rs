//! Numbers in few bits: the hybrid of runs and bit packing that levels and dictionary indices use, and deltas in blocks
//! (Parquet format, "Encodings"). Both are places in a page and hold no memory, whatever lengths they claim.

/// The unsigned number of `width` bits, least significant first, that begins at bit `at`; at most 64 bits.
fn bits(data: &[u8], at: usize, width: u32) -> Option<u64> {
    let first = at / 8;
    let last = (at + width as usize).div_ceil(8);
    let mut value = 0u128;
    for (place, &byte) in data.get(first..last)?.iter().enumerate() {
        value |= u128::from(byte) << (8 * place);
    }
    Some(((value >> (at % 8)) & ((1u128 << width) - 1)) as u64)
}

/// Runs of one value and runs of packed values, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hybrid {
    /// Where the next run begins, and where all end, in bytes of the page.
    at: usize,
    end: usize,
    width: u32,
    left: u64,
    run: Run,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    Same(u32),
    /// Packed, from this bit of the page on.
    Packed(usize),
}

impl Default for Run {
    fn default() -> Run {
        Run::Same(0)
    }
}

impl Hybrid {
    /// Numbers of `width` bits, at most 32.
    pub(crate) fn new(at: usize, end: usize, width: u32) -> Hybrid {
        Hybrid { at, end, width, ..Hybrid::default() }
    }

    pub(crate) fn next(&mut self, data: &[u8]) -> Option<u32> {
        if self.width == 0 {
            return Some(0);
        }
        while self.left == 0 {
            let header = varint(data, &mut self.at, self.end)?;
            let bytes = self.width.div_ceil(8) as usize;
            if header & 1 == 0 {
                let end = self.at.checked_add(bytes).filter(|&end| end <= self.end)?;
                let mut value = 0u32;
                for (place, &byte) in data.get(self.at..end)?.iter().enumerate() {
                    value |= u32::from(byte) << (8 * place);
                }
                self.at = end;
                self.left = header >> 1;
                self.run = Run::Same(value);
            } else {
                let groups = usize::try_from(header >> 1).ok()?;
                let length = groups.checked_mul(self.width as usize)?;
                self.run = Run::Packed(self.at.checked_mul(8)?);
                // The last group may be cut short; the bits that are read are checked one by one.
                self.at = self.at.checked_add(length)?.min(self.end);
                self.left = (groups as u64).checked_mul(8)?;
            }
        }
        self.left -= 1;
        match &mut self.run {
            Run::Same(value) => Some(*value),
            Run::Packed(at) => {
                let value = bits(data.get(..self.end)?, *at, self.width)?;
                *at += self.width as usize;
                Some(value as u32)
            }
        }
    }
}

fn varint(data: &[u8], at: &mut usize, end: usize) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let &byte = data.get(*at).filter(|_| *at < end)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Differences in blocks of miniblocks (`DELTA_BINARY_PACKED`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delta {
    /// Where the next block, or the next miniblock, begins.
    at: usize,
    end: usize,
    /// Values in a miniblock, and miniblocks in a block.
    size: u64,
    minis: usize,
    /// Values that are still to come.
    left: u64,
    value: i64,
    least: i64,
    /// Where the widths of this block stand, and which miniblock comes next.
    widths: usize,
    mini: usize,
    /// Of this miniblock: its width, the next value's bit, values still to come.
    width: u32,
    bit: usize,
    here: u64,
    first: bool,
}

impl Delta {
    pub(crate) fn new(data: &[u8], mut at: usize, end: usize) -> Option<Delta> {
        let block = varint(data, &mut at, end)?;
        let minis = varint(data, &mut at, end)?;
        let left = varint(data, &mut at, end)?;
        let value = zigzag(varint(data, &mut at, end)?);
        let size = block.checked_div(minis)?;
        if size == 0 || size % 32 != 0 || size > 1 << 24 || minis > 1 << 16 {
            return None;
        }
        let minis = minis as usize;
        Some(Delta {
            at,
            end,
            size,
            minis,
            left,
            value,
            least: 0,
            widths: 0,
            mini: minis,
            width: 0,
            bit: 0,
            here: 0,
            first: true,
        })
    }

    /// Goes to the next miniblock.
    fn advance(&mut self, data: &[u8]) -> Option<()> {
        if self.mini >= self.minis {
            self.least = zigzag(varint(data, &mut self.at, self.end)?);
            self.widths = self.at;
            self.at = self.at.checked_add(self.minis).filter(|&at| at <= self.end)?;
            self.mini = 0;
        }
        self.width = u32::from(*data.get(self.widths + self.mini)?);
        self.mini += 1;
        if self.width > 64 {
            return None;
        }
        self.bit = self.at.checked_mul(8)?;
        self.here = self.size;
        // Some writers cut the last miniblock short.
        self.at = self.at.checked_add(self.size as usize / 8 * self.width as usize)?.min(self.end);
        Some(())
    }

    pub(crate) fn next(&mut self, data: &[u8]) -> Option<i64> {
        self.left = self.left.checked_sub(1)?;
        if self.first {
            self.first = false;
            return Some(self.value);
        }
        if self.here == 0 {
            self.advance(data)?;
        }
        self.here -= 1;
        let delta = match self.width {
            0 => 0,
            width => bits(data.get(..self.end)?, self.bit, width)? as i64,
        };
        self.bit += self.width as usize;
        self.value = self.value.wrapping_add(self.least).wrapping_add(delta);
        Some(self.value)
    }

    /// Where the bytes after the numbers begin.
    pub(crate) fn after(mut self, data: &[u8]) -> Option<usize> {
        let mut left = self.left.saturating_sub(1);
        while left > 0 {
            self.advance(data)?;
            left = left.saturating_sub(self.size);
        }
        Some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_format_are_read() {
        // "Encodings", bit packing: the numbers 0 to 7 in 3 bits.
        let data = [0b0000_0011, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        let mut hybrid = Hybrid::new(0, 4, 3);
        assert_eq!((0..8).map_while(|_| hybrid.next(&data)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(hybrid.next(&data), None);
        // 1, 2, 3, 4, 5: deltas of 1 in no bits.
        let data = [128, 1, 4, 5, 2, 2, 0, 0, 0, 0, 99];
        let mut delta = Delta::new(&data, 0, data.len()).expect("a header");
        assert_eq!(delta.after(&data), Some(10));
        assert_eq!((0..9).map_while(|_| delta.next(&data)).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn absurd_lengths_end_where_the_bytes_do() {
        let data = [255, 255, 255, 255, 255, 255, 255, 255, 127, 7];
        let mut hybrid = Hybrid::new(0, data.len(), 32);
        assert_eq!(hybrid.next(&data), None);
        assert!(Delta::new(&data, 0, data.len()).is_none());
    }
}
