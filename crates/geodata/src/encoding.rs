//! How the text of a file is really encoded, from its bytes: what is declared can lie.

use std::path::Path;

use encoding_rs::{Encoding as Codec, ISO_8859_15, UTF_8, WINDOWS_1252};
use model::{Encoding, EncodingCandidate};

use crate::formats::{extension, head};

const MOST_BYTES: u64 = 4_000_000;

/// The encoding of a source's text; `files` are its sidecars, the main file first.
#[must_use]
pub fn detect_encoding(main: &Path, files: &[std::path::PathBuf]) -> Encoding {
    let with = |wanted: &str| files.iter().find(|f| extension(f) == wanted);
    match extension(main).as_str() {
        "shp" | "dbf" => {
            let Some(dbf) = with("dbf") else { return utf8() };
            let bytes = head(dbf, MOST_BYTES);
            let declared = with("cpg")
                .map(|cpg| String::from_utf8_lossy(&head(cpg, 64)).trim().to_owned())
                .or_else(|| bytes.get(29).and_then(|id| language_driver(*id)).map(str::to_owned));
            judge(&dbf_texts(&bytes), declared)
        }
        "tab" => {
            let header = String::from_utf8_lossy(&head(main, 65_536)).into_owned();
            let declared = header
                .lines()
                .find_map(|l| l.trim().strip_prefix("!charset").map(|c| c.trim().to_owned()))
                // MapInfo's word for "nobody said"
                .filter(|c| !c.trim_matches('"').eq_ignore_ascii_case("neutral"));
            match with("dat") {
                Some(dat) => judge(&dbf_texts(&head(dat, MOST_BYTES)), declared),
                None => utf8(),
            }
        }
        "csv" | "tsv" | "txt" | "mif" => {
            let bytes = head(main, MOST_BYTES);
            let declared = bytes.starts_with(&[0xEF, 0xBB, 0xBF]).then(|| "utf-8".to_owned());
            judge(&bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>(), declared)
        }
        _ => utf8(),
    }
}

fn utf8() -> Encoding {
    Encoding { name: Some("utf-8".to_owned()), declared: None, candidates: Vec::new() }
}

/// The texts of a DBF's character fields, unpadded.
fn dbf_texts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let short = |at: usize| bytes.get(at..at + 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let (Some(header), Some(record)) = (short(8), short(10)) else { return Vec::new() };
    let mut columns = Vec::new();
    let (mut at, mut offset) = (32, 1);
    while at + 32 <= header && bytes.get(at).is_some_and(|b| *b != 0x0D) {
        let (Some(kind), Some(width)) = (bytes.get(at + 11), bytes.get(at + 16)) else { break };
        if *kind == b'C' {
            columns.push((offset, usize::from(*width)));
        }
        offset += usize::from(*width);
        at += 32;
    }
    let mut texts = Vec::new();
    if record == 0 || header == 0 {
        return texts;
    }
    let mut start = header;
    while start + record <= bytes.len() && texts.len() < 2_000_000 {
        for (offset, width) in &columns {
            if let Some(text) = bytes.get(start + offset..start + offset + width)
                && !text.is_ascii()
            {
                let end = text.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(0, |p| p + 1);
                texts.push(text[..end].to_vec());
            }
        }
        start += record;
    }
    texts
}

/// Codes of the DBF header's language byte that are met in France.
fn language_driver(id: u8) -> Option<&'static str> {
    match id {
        0x03 | 0x57 | 0x58 | 0x59 => Some("windows-1252"),
        0x02 => Some("cp850"),
        0x01 => Some("cp437"),
        0x4D => Some("gbk"),
        0xC8 => Some("windows-1250"),
        _ => None,
    }
}

fn judge(texts: &[Vec<u8>], declared: Option<String>) -> Encoding {
    let declared = declared.map(|d| label(&d));
    let foreign: Vec<&Vec<u8>> = texts.iter().filter(|t| !t.is_ascii()).collect();
    if foreign.is_empty() {
        return Encoding { name: Some("utf-8".to_owned()), declared, candidates: Vec::new() };
    }
    // a fixed width can cut a letter in two: an unfinished one at the end of a text is no fault
    let is_utf8 = foreign.iter().all(|t| match std::str::from_utf8(t) {
        Ok(_) => true,
        Err(fault) => fault.error_len().is_none() && fault.valid_up_to() > 0,
    });
    let candidates: Vec<EncodingCandidate> = [UTF_8, WINDOWS_1252, ISO_8859_15]
        .into_iter()
        .filter(|codec| *codec != UTF_8 || is_utf8)
        .map(|codec| EncodingCandidate { name: codec.name().to_lowercase(), words: words(&foreign, codec) })
        .chain(std::iter::once(EncodingCandidate { name: "cp850".to_owned(), words: cp850_words(&foreign) }))
        .collect();
    if is_utf8 {
        return Encoding { name: Some("utf-8".to_owned()), declared, candidates };
    }
    let claimed = declared.as_deref().filter(|d| *d != "utf-8").and_then(|d| Codec::for_label(d.as_bytes()));
    let name = match claimed {
        Some(codec) => Some(codec.name().to_lowercase()),
        None => {
            let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
            for text in &foreign {
                detector.feed(text, false);
            }
            detector.feed(b"", true);
            let guess = detector.guess(Some(b"fr"), chardetng::Utf8Detection::Deny);
            // what a French producer writes is Windows-1252 unless the bytes forbid it
            Some(if guess.is_single_byte() { "windows-1252".to_owned() } else { guess.name().to_lowercase() })
        }
    };
    Encoding { name, declared, candidates }
}

/// A declared name as a WHATWG label, or as it stands.
fn label(declared: &str) -> String {
    let plain = declared.trim().to_lowercase();
    match plain.as_str() {
        "1252" | "ansi 1252" | "cp1252" | "windowslatin1" | "\"windowslatin1\"" => "windows-1252".to_owned(),
        "88591" | "8859_1" | "iso88591" | "iso8859_1" => "iso-8859-1".to_owned(),
        "utf8" | "utf-8" | "65001" => "utf-8".to_owned(),
        other => Codec::for_label(other.as_bytes()).map_or_else(|| other.to_owned(), |c| c.name().to_lowercase()),
    }
}

fn words(texts: &[&Vec<u8>], codec: &'static Codec) -> Vec<String> {
    pick(texts.iter().map(|text| codec.decode_without_bom_handling(text).0.into_owned()))
}

fn cp850_words(texts: &[&Vec<u8>]) -> Vec<String> {
    pick(texts.iter().map(|text| crate::archive::from_cp850(text)))
}

fn pick(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '(' | ')')) {
            if !word.is_ascii() && !found.iter().any(|w| w == word) {
                found.push(word.chars().take(40).collect());
                if found.len() == 5 {
                    return found;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_bytes_are_told_from_utf_8_whatever_is_declared() {
        let latin = vec![b"B\xE2timent".to_vec(), b"\xE9cole".to_vec()];
        let found = judge(&latin, Some("UTF-8".to_owned()));
        assert_eq!(found.name.as_deref(), Some("windows-1252"));
        assert_eq!(found.declared.as_deref(), Some("utf-8"));
        let windows = found.candidates.iter().find(|c| c.name == "windows-1252").expect("a candidate");
        assert_eq!(windows.words, ["Bâtiment", "école"]);
    }

    #[test]
    fn a_letter_cut_by_the_width_of_a_field_is_still_utf_8() {
        let mut cut = "Vallée d'Orbé".as_bytes().to_vec();
        cut.pop();
        assert_eq!(judge(&[cut], None).name.as_deref(), Some("utf-8"));
    }
}
