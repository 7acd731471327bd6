//! Text that was encoded twice: UTF-8 read as Windows-1252, or as Latin-1, and written as UTF-8 again.

/// How a repair names it among encodings: texts are UTF-8, and what they say is UTF-8 once more.
pub const UTF8_TWICE: &str = "utf-8-twice";

/// Letters of Windows-1252 that stand for the bytes 0x80 to 0x9F.
const HIGH: &str = "\u{20ac}\u{81}\u{201a}\u{192}\u{201e}\u{2026}\u{2020}\u{2021}\u{2c6}\u{2030}\u{160}\u{2039}\u{152}\u{8d}\u{17d}\u{8f}\u{90}\u{2018}\u{2019}\u{201c}\u{201d}\u{2022}\u{2013}\u{2014}\u{2dc}\u{2122}\u{161}\u{203a}\u{153}\u{9d}\u{17e}\u{178}";

/// The text that was meant, when one is UTF-8 read as Windows-1252 and written as UTF-8 again.
#[must_use]
pub fn undone(word: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = word
        .chars()
        .map(|letter| match u8::try_from(u32::from(letter)) {
            Ok(byte) => Some(byte),
            Err(_) => HIGH.chars().position(|h| h == letter).and_then(|at| u8::try_from(at + 0x80).ok()),
        })
        .collect();
    String::from_utf8(bytes?).ok().filter(|mended| mended != word && !mended.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::undone;

    #[test]
    fn a_word_encoded_twice_is_told_from_a_word_with_accents() {
        assert_eq!(undone("BÃ¢timent").as_deref(), Some("Bâtiment"));
        assert_eq!(undone("lâ€™Ã©cole").as_deref(), Some("l’école"));
        for sound in ["Bâtiment", "Œuvre", "école", "Ã", "日本"] {
            assert_eq!(undone(sound), None, "{sound}");
        }
    }
}
