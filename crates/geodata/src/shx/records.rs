//! The records of a `.shp`, one after the other, before GDAL makes their index: it believes what each
//! says of its own length, and one that lies can have it write for ever. Knows no GDAL.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

const HEADER: u64 = 100;
/// The number of a record and its length, then at least the type of its shape.
const RECORD: u64 = 8;
const LEAST_WORDS: u64 = 2;

/// How many records there are. They must follow each other to the end of the file, numbered one by one:
/// software that edits a shapefile may leave dead records in it, which its `.shx` alone tells from the others.
///
/// # Errors
/// Why they cannot be told.
pub(super) fn count(shp: &Path) -> Result<u64, String> {
    let told = |fault: std::io::Error| fault.to_string();
    let file = File::open(shp).map_err(told)?;
    let bytes = file.metadata().map_err(told)?.len();
    let mut reader = BufReader::new(file);
    let mut header = [0; 100];
    reader.read_exact(&mut header).map_err(|_| format!("it has {bytes} bytes, fewer than its header"))?;
    let stated = 2 * u64::from(whole([header[24], header[25], header[26], header[27]]));
    if stated > bytes {
        return Err(format!("it has {bytes} bytes of {stated}"));
    }
    // the index counts in 32 bits
    if bytes > u64::from(u32::MAX) {
        return Err(format!("it has {bytes} bytes, more than a shapefile can have"));
    }
    let (mut at, mut records, mut before) = (HEADER, 0, None::<u32>);
    while at < bytes {
        let lost = |why: &str| format!("record {} (byte {at}) {why}", records + 1);
        let mut begin = [0; 8];
        reader.read_exact(&mut begin).map_err(|_| lost("is cut"))?;
        let number = whole([begin[0], begin[1], begin[2], begin[3]]);
        let words = u64::from(whole([begin[4], begin[5], begin[6], begin[7]]));
        let end = at + RECORD + 2 * words;
        if words < LEAST_WORDS || end > bytes {
            return Err(lost("has an impossible length"));
        }
        if before.map_or(number > 1, |before| before.checked_add(1) != Some(number)) {
            return Err(lost(&format!(
                "has the number {number}: without the `.shx`, nothing tells which records count"
            )));
        }
        reader.seek_relative(i64::try_from(2 * words).unwrap_or(i64::MAX)).map_err(told)?;
        (at, records, before) = (end, records + 1, Some(number));
    }
    Ok(records)
}

fn whole(bytes: [u8; 4]) -> u32 {
    u32::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `.shp` of null shapes: the number and the length, in words, that each record gives itself.
    fn made(records: &[(u32, u32)], stated: Option<u32>) -> Vec<u8> {
        let mut bytes = vec![0; 100];
        for (number, words) in records {
            bytes.extend(number.to_be_bytes());
            bytes.extend(words.to_be_bytes());
            bytes.extend([0; 4]);
        }
        let stated = stated.unwrap_or_else(|| u32::try_from(bytes.len()).unwrap_or(0) / 2);
        bytes[..4].copy_from_slice(&[0, 0, 0x27, 0x0A]);
        bytes[24..28].copy_from_slice(&stated.to_be_bytes());
        bytes
    }

    fn told(bytes: &[u8]) -> Result<u64, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.shp");
        std::fs::write(&path, bytes).expect("a file");
        count(&path)
    }

    #[test]
    fn records_are_counted_when_they_follow_each_other() {
        assert_eq!(told(&made(&[], None)), Ok(0));
        assert_eq!(told(&made(&[(1, 2), (2, 2), (3, 2)], None)), Ok(3));
        assert_eq!(told(&made(&[(0, 2), (1, 2)], None)), Ok(2), "some count from nought");
        assert_eq!(told(&made(&[(1, 2), (2, 2)], Some(50))), Ok(2), "a header that was not brought up to date");
    }

    #[test]
    fn a_record_that_lies_is_not_followed() {
        for (bytes, why) in [
            (made(&[(1, 0x7FFF_FFFC), (2, 2)], None), "record 1 (byte 100) has an impossible length"),
            (made(&[(1, 0xFFFF_FFFF)], None), "record 1 (byte 100) has an impossible length"),
            (made(&[(1, 2), (2, 0)], None), "record 2 (byte 112) has an impossible length"),
            (made(&[(1, 2), (1, 2)], None), "record 2 (byte 112) has the number 1:"),
            (made(&[(1, 2), (3, 2)], None), "record 2 (byte 112) has the number 3:"),
            (made(&[(7, 2)], None), "record 1 (byte 100) has the number 7:"),
            (made(&[(1, 2)], Some(900)), "it has 112 bytes of 1800"),
            (made(&[(1, 2), (2, 2)], Some(50))[..115].to_vec(), "record 2 (byte 112) is cut"),
            (vec![0, 0, 0x27, 0x0A], "it has 4 bytes, fewer than its header"),
        ] {
            let says = told(&bytes).expect_err(why);
            assert!(says.starts_with(why), "{says}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_get_an_answer(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mut bytes = made(&[(1, 2)], Some(50));
            bytes.extend(tail);
            let _ = told(&bytes);
        }
    }
}
