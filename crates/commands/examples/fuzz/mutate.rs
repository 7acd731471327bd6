//! Bytes made wrong in the ways in which files are: cut, shifted, overwritten, mixed with others,
//! with numbers that no reader expects. The same seed always makes the same bytes.

/// Numbers from a seed: SplitMix64, which is enough to choose among ways of breaking a file.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `most`, which may be 0.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most.max(1) as u64)).unwrap_or(0)
    }

    /// Near the beginning half of the time: headers decide.
    fn place(&mut self, length: usize) -> usize {
        if self.below(2) == 0 { self.below(length.min(512)) } else { self.below(length) }
    }
}

const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF,
    0x7FF8_0000_0000_0000,
    0x7FF0_0000_0000_0000,
    0xFFF0_0000_0000_0000,
    0x0010_0000_0000_0000,
];

const WORDS: &[&str] = &[
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-1e400",
    "1e-400",
    "99999999999999999999",
    "-1",
    "0",
    "",
    "null",
    "\u{0}",
    "\"",
    "<",
    ">",
    "&",
    "&amp;",
    "{",
    "}",
    "[",
    "]",
    "((((((((((((((((",
    "))))))))))))))))",
    "POLYGON EMPTY",
    "POLYGON((0 0))",
    "EPSG:999999",
    "\u{feff}",
    "é",
    "\u{202e}",
];

/// Breaks bytes in one to six ways; `other` is a file to mix in.
pub(crate) fn mutate(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.below(6) {
        once(bytes, other, dice);
    }
}

fn once(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let length = bytes.len();
    let at = dice.place(length);
    match dice.below(14) {
        0 => flip(bytes, at, dice),
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = [0, 1, 0x7F, 0x80, 0xFF, b'\n', b'"', b','][dice.below(8)];
            }
        }
        2 | 3 => number(bytes, at, dice),
        4 => bytes.truncate(at),
        5 => {
            let end = (at + 1 + dice.below(64)).min(length);
            bytes.drain(at..end);
        }
        6 => {
            let end = (at + 1 + dice.below(256)).min(length);
            let copy: Vec<u8> = bytes[at..end].to_vec();
            for _ in 0..=dice.below(4) {
                bytes.splice(at..at, copy.iter().copied());
            }
        }
        7 => {
            let noise: Vec<u8> = (0..=dice.below(32)).map(|_| (dice.next() & 0xFF) as u8).collect();
            bytes.splice(at..at, noise);
        }
        8 if !other.is_empty() => {
            let from = dice.below(other.len());
            let piece = other[from..(from + 1 + dice.below(512)).min(other.len())].to_vec();
            let end = (at + piece.len()).min(length);
            bytes.splice(at..end, piece);
        }
        9 => word(bytes, dice),
        10 => {
            // a text that went through a program meant for texts
            let from: &[u8] = if dice.below(2) == 0 { b"\r\n" } else { b"\n" };
            let to: &[u8] = if from.len() == 2 { b"\n" } else { b"\r\n" };
            if length < 1 << 20 {
                *bytes = replaced(bytes, from, to);
            }
        }
        11 => {
            let end = (at + 1 + dice.below(128)).min(length);
            bytes[at.min(end)..end].fill(if dice.below(2) == 0 { 0 } else { 0xFF });
        }
        12 => bytes.extend_from_slice(&other[..other.len().min(1 + dice.below(4096))]),
        _ => {
            let to = dice.below(length);
            if length > 0 {
                bytes.swap(at, to);
            }
        }
    }
}

fn flip(bytes: &mut [u8], at: usize, dice: &mut Dice) {
    let bit = dice.below(8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

/// A number of two, four or eight bytes, of either end first.
fn number(bytes: &mut [u8], at: usize, dice: &mut Dice) {
    let value = NUMBERS[dice.below(NUMBERS.len())];
    let width = [2, 4, 8][dice.below(3)];
    let mut raw = value.to_le_bytes()[..width].to_vec();
    if dice.below(2) == 0 {
        raw.reverse();
    }
    for (i, byte) in raw.into_iter().enumerate() {
        if let Some(slot) = bytes.get_mut(at + i) {
            *slot = byte;
        }
    }
}

/// A number or a word of a text is replaced.
fn word(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let starts: Vec<usize> = (0..bytes.len().min(1 << 16))
        .filter(|i| bytes[*i].is_ascii_alphanumeric() && (*i == 0 || !bytes[*i - 1].is_ascii_alphanumeric()))
        .collect();
    let Some(start) = starts.get(dice.below(starts.len())).copied() else { return };
    let end =
        (start..bytes.len()).find(|i| !bytes[*i].is_ascii_alphanumeric() && bytes[*i] != b'.').unwrap_or(bytes.len());
    let new = WORDS[dice.below(WORDS.len())].as_bytes().to_vec();
    bytes.splice(start..end, new);
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            made.extend_from_slice(to);
            at += from.len();
        } else {
            made.push(bytes[at]);
            at += 1;
        }
    }
    made
}
