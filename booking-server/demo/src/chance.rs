//! Numbers that look random and are the same every time.

/// SplitMix64 (Steele, Lea and Flood, 2014): every number gives its own sequence, on every machine and
/// with every version of every library, which a demonstration needs more than it needs randomness.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// A sequence of its own for something that has a name, whatever else is drawn.
    pub(crate) fn of(number: u64, name: &str) -> Self {
        let mut chance = Self(number);
        for byte in name.bytes() {
            chance.0 ^= u64::from(byte);
            chance.0 = chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `from` … `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from).expect("from is not above to") + 1;
        from + i64::try_from(self.next() % span).expect("a span of minutes or people is small")
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, percent: u8) -> bool {
        self.between(0, 99) < percent.into()
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let last = i64::try_from(of.len()).expect("lists are short") - 1;
        let index = self.between(0, last);
        &of[usize::try_from(index).expect("not negative")]
    }

    /// Minutes that mostly lie near `usual` and sometimes well beyond, as operations do: a fifth less
    /// to four fifths more.
    pub(crate) fn skewed_min(&mut self, usual: i64) -> i64 {
        // The smaller of two draws leans to the left.
        let lean = self.between(0, 100).min(self.between(0, 100));
        (usual * (80 + lean) / 100).max(1)
    }
}

#[cfg(test)]
#[path = "chance_tests.rs"]
mod tests;
