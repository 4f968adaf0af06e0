//! Chance for the simulation: numbers drawn from one seeded generator, PCG-64. Floats go through `libm` alone, so the same
//! seed gives the same numbers on every machine and in wasm.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

pub(super) struct Chance(Pcg64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(Pcg64::seed_from_u64(seed))
    }

    /// A share in [0, 1), every one as likely, in steps of 2⁻⁵³.
    pub(super) fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something happens that happens with this probability.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A whole number below `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        ((u128::from(self.0.next_u64()) * u128::from(end)) >> 64) as u32
    }

    /// A standard normal number (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.share()));
        radius * libm::cos(2.0 * core::f64::consts::PI * self.share())
    }

    /// A log-normal number with this median and this spread of its logarithm.
    pub(super) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        median * libm::exp(spread * self.normal())
    }

    /// How many trials it takes until something happens that happens with this probability each time, at most a million.
    pub(super) fn trials(&mut self, probability: f64) -> u64 {
        let failures = libm::log(1.0 - self.share()) / libm::log1p(-probability.clamp(1e-6, 1.0 - 1e-12));
        1 + libm::floor(failures).min(1e6) as u64
    }

    /// One of a list that is not empty.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    /// `count` different numbers below `end`, in order (Knuth's selection sampling).
    pub(super) fn choose(&mut self, end: u32, count: u32) -> Vec<u32> {
        let mut chosen = Vec::new();
        for number in 0..end {
            if self.below(end - number) < count - chosen.len() as u32 {
                chosen.push(number);
            }
        }
        chosen
    }

    /// Random bytes for an id.
    pub(super) fn bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
