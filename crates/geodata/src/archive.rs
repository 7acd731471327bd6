//! Zip archives from strangers: what is in one, and how to unpack it without being led out of the
//! folder, filled up or fooled. Needs no GDAL.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use model::{Code, Problem};

/// What an archive may hold before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveLimits {
    pub entries: usize,
    /// Unpacked, in bytes, all entries together.
    pub bytes: u64,
    /// Unpacked over packed, beyond 10 MB unpacked.
    pub expansion: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self { entries: 10_000, bytes: 200_000_000_000, expansion: 200 }
    }
}

/// Progress is told each 16 MB (2 to this power).
const TOLD_EVERY: u32 = 24;

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Decoded, `/` between folders.
    pub name: String,
    pub bytes: u64,
    index: usize,
}

fn problem(code: Code, message: impl Into<String>, file: Option<&str>) -> Problem {
    let message = message.into();
    Problem { code, values: vec![("says".to_owned(), message.clone())], message, file: file.map(str::to_owned) }
}

/// The files of an archive (no folders, none of the litter that systems leave), when all of it can
/// be trusted.
///
/// # Errors
/// A problem that names the first reason not to: damaged, empty, encrypted, an entry that climbs
/// out or is a link, too many entries, too much once unpacked.
pub fn list(zip: &Path, limits: ArchiveLimits) -> Result<(Vec<Entry>, Vec<Problem>), Problem> {
    let file = File::open(zip).map_err(|e| problem(Code::Unreadable, e.to_string(), None))?;
    let packed = file.metadata().map(|m| m.len()).unwrap_or(0);
    let mut archive = zip::ZipArchive::new(file).map_err(|e| problem(Code::ZipDamaged, e.to_string(), None))?;
    if archive.is_empty() {
        return Err(problem(Code::ZipEmpty, "the archive has no entry", None));
    }
    if archive.len() > limits.entries {
        return Err(problem(Code::ZipBomb, format!("{} entries, {} at most", archive.len(), limits.entries), None));
    }
    let (mut found, mut notes, mut total) = (Vec::new(), Vec::new(), 0_u64);
    let mut foreign = None;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| problem(Code::ZipDamaged, e.to_string(), None))?;
        let raw = entry.name_raw().to_vec();
        let name = match String::from_utf8(raw) {
            Ok(name) => name,
            Err(other) => {
                let name = from_cp850(other.as_bytes());
                foreign.get_or_insert_with(|| name.clone());
                name
            }
        };
        if entry.encrypted() {
            return Err(problem(Code::ZipEncrypted, "the entry needs a password", Some(&name)));
        }
        if climbs(&name) {
            return Err(problem(Code::ZipClimbsOut, "the entry would be written outside its folder", Some(&name)));
        }
        if entry.is_symlink() {
            return Err(problem(Code::ZipClimbsOut, "the entry is a link", Some(&name)));
        }
        total = total.saturating_add(entry.size());
        if entry.is_dir() || is_litter(&name) {
            continue;
        }
        found.push(Entry { name, bytes: entry.size(), index });
    }
    if total > limits.bytes || (total > 10_000_000 && total / packed.max(1) > limits.expansion) {
        return Err(problem(Code::ZipBomb, format!("{packed} bytes unpack to {total}"), None));
    }
    if found.is_empty() {
        return Err(problem(Code::ZipEmpty, "the archive holds no file", None));
    }
    if let Some(name) = foreign {
        notes.push(problem(Code::ZipNamesNotUtf8, "names are in CP850, as old Windows writes them", Some(&name)));
    }
    Ok((found, notes))
}

/// Unpacks into `into`, an empty folder of ours. Sizes are counted while writing: what an archive
/// claims is not believed. Gives the files written, in the archive's order.
///
/// # Errors
/// As [`list`], and when an entry's bytes cannot be read or written.
pub fn unpack(zip: &Path, into: &Path, limits: ArchiveLimits) -> Result<(Vec<PathBuf>, Vec<Problem>), Problem> {
    unpack_telling(zip, into, limits, &mut |_| {})
}

/// As [`unpack`]; `told` hears the bytes written so far, now and then.
///
/// # Errors
/// As [`unpack`].
pub fn unpack_telling(
    zip: &Path,
    into: &Path,
    limits: ArchiveLimits,
    told: &mut dyn FnMut(u64),
) -> Result<(Vec<PathBuf>, Vec<Problem>), Problem> {
    unpack_those(zip, into, limits, &|_| true, told)
}

/// As [`unpack_telling`], of the entries whose names are wanted.
pub(crate) fn unpack_those(
    zip: &Path,
    into: &Path,
    limits: ArchiveLimits,
    wanted: &dyn Fn(&str) -> bool,
    told: &mut dyn FnMut(u64),
) -> Result<(Vec<PathBuf>, Vec<Problem>), Problem> {
    let (mut entries, notes) = list(zip, limits)?;
    entries.retain(|entry| wanted(&entry.name));
    let file = File::open(zip).map_err(|e| problem(Code::Unreadable, e.to_string(), None))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|e| problem(Code::ZipDamaged, e.to_string(), None))?;
    let mut done = 0_u64;
    let mut left = entries.iter().map(|e| e.bytes).sum::<u64>();
    let mut written = Vec::new();
    for wanted in &entries {
        let damaged = |e: &dyn std::fmt::Display| problem(Code::ZipDamaged, e.to_string(), Some(&wanted.name));
        let mut entry = archive.by_index(wanted.index).map_err(|e| damaged(&e))?;
        let target = into.join(&wanted.name);
        if !target.starts_with(into) {
            return Err(problem(
                Code::ZipClimbsOut,
                "the entry would be written outside its folder",
                Some(&wanted.name),
            ));
        }
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(|e| damaged(&e))?;
        }
        let mut out = File::options().write(true).create_new(true).open(&target).map_err(|e| damaged(&e))?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = entry.read(&mut buffer).map_err(|e| damaged(&e))?;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(read as u64)
                .ok_or_else(|| problem(Code::ZipBomb, "an entry is longer than it says", Some(&wanted.name)))?;
            out.write_all(&buffer[..read]).map_err(|e| damaged(&e))?;
            let before = done;
            done += read as u64;
            if before >> TOLD_EVERY != done >> TOLD_EVERY {
                told(done);
            }
        }
        written.push(target);
    }
    Ok((written, notes))
}

/// Whether a name would leave the folder it is unpacked into, on any system.
fn climbs(name: &str) -> bool {
    let plain = name.replace('\\', "/");
    plain.starts_with('/')
        || plain.contains('\0')
        || plain.split('/').any(|part| part == "..")
        || (plain.as_bytes().get(1) == Some(&b':') && plain.as_bytes()[0].is_ascii_alphabetic())
}

/// Files that systems leave behind and nobody means to deliver.
#[must_use]
pub fn is_litter(name: &str) -> bool {
    name.split('/').any(|part| part == "__MACOSX" || part.starts_with('.'))
        || name
            .rsplit('/')
            .next()
            .is_some_and(|last| last.eq_ignore_ascii_case("thumbs.db") || last.eq_ignore_ascii_case("desktop.ini"))
}

/// Code page 850, that of a French Windows' zip entries.
pub(crate) fn from_cp850(bytes: &[u8]) -> String {
    const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
    let high: Vec<char> = HIGH.chars().collect();
    bytes
        .iter()
        .map(|b| if *b < 0x80 { char::from(*b) } else { high.get(usize::from(*b) - 0x80).copied().unwrap_or('�') })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_seen_on_every_system() {
        for name in ["../a", "a/../../b", "/etc/passwd", "..\\a", "C:\\a", "c:/a"] {
            assert!(climbs(name), "{name}");
        }
        for name in ["a/b.shp", "a..b/c", "données/é.shp"] {
            assert!(!climbs(name), "{name}");
        }
    }

    #[test]
    fn cp850_has_the_letters_of_french() {
        assert_eq!(from_cp850(&[0x82, 0x63, 0x6F, 0x6C, 0x65]), "école");
        assert_eq!(from_cp850(&[0x8A, 0x87, 0x85]), "èçà");
    }
}
