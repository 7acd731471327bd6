//! Rule: texts are UTF-8, or we know what they are.

use model::{Code, Encoding, Finding, Inventory};

use super::{at_file, file_name};
use crate::Expectations;
use crate::catalogue::find;

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    // the encoding is that of the source's text file, the same for all its layers
    let Some(encoding) = inventory.layers.iter().find_map(|l| l.encoding.as_ref()) else { return Vec::new() };
    let Some(name) = encoding.name.as_ref().filter(|n| *n != "utf-8") else {
        return twice(inventory, encoding).into_iter().collect();
    };
    let words = encoding.candidates.iter().find(|c| c.name == *name).map(|c| c.words.join(", ")).unwrap_or_default();
    let declared = encoding.declared.clone().unwrap_or_default();
    let lies = !declared.is_empty() && declared != *name;
    let code = if lies { Code::EncodingLies } else { Code::EncodingNotUtf8 };
    let values =
        [("layer", file_name(&inventory.path)), ("encoding", name.clone()), ("words", words), ("declared", declared)];
    vec![find(code, at_file(inventory), &values)]
}

/// Letters of Windows-1252 that stand for the bytes 0x80 to 0x9F.
const HIGH: &str = "\u{20ac}\u{81}\u{201a}\u{192}\u{201e}\u{2026}\u{2020}\u{2021}\u{2c6}\u{2030}\u{160}\u{2039}\u{152}\u{8d}\u{17d}\u{8f}\u{90}\u{2018}\u{2019}\u{201c}\u{201d}\u{2022}\u{2013}\u{2014}\u{2dc}\u{2122}\u{161}\u{203a}\u{153}\u{9d}\u{17e}\u{178}";

/// The text that was meant, when one is UTF-8 read as Windows-1252 and written as UTF-8 again.
fn undone(word: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = word
        .chars()
        .map(|letter| match u8::try_from(u32::from(letter)) {
            Ok(byte) => Some(byte),
            Err(_) => HIGH.chars().position(|h| h == letter).and_then(|at| u8::try_from(at + 0x80).ok()),
        })
        .collect();
    String::from_utf8(bytes?).ok().filter(|mended| mended != word && !mended.is_ascii())
}

/// Words of UTF-8 text that were encoded twice: most of those seen, or it is chance.
fn twice(inventory: &Inventory, encoding: &Encoding) -> Option<Finding> {
    let words = &encoding.candidates.iter().find(|c| c.name == "utf-8")?.words;
    let mended: Vec<(&String, String)> = words.iter().filter_map(|w| Some((w, undone(w)?))).collect();
    if mended.is_empty() || mended.len() * 2 < words.len() {
        return None;
    }
    let join = |all: Vec<&str>| all.into_iter().take(3).collect::<Vec<_>>().join(", ");
    let values = [
        ("layer", file_name(&inventory.path)),
        ("words", join(mended.iter().map(|(word, _)| word.as_str()).collect())),
        ("mended", join(mended.iter().map(|(_, mended)| mended.as_str()).collect())),
    ];
    Some(find(Code::EncodingTwice, at_file(inventory), &values))
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
