//! The corpus, and cases made from it: a source with its sidecars, copied, one or two files broken,
//! now and then under a wrong name or in an archive.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::mutate::{Dice, mutate};

/// Larger files are left out: what breaks a reader is in its first bytes.
const MOST_BYTES: u64 = 600_000;

/// Files that belong together.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The ending of what is opened.
    ending: String,
}

/// A broken source, on disk.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) main: PathBuf,
    /// The ending of what it was made from.
    pub(crate) kind: String,
    /// Whether a repair is tried too.
    pub(crate) mend: bool,
}

const MAINS: &[&str] = &[
    "shp", "gpkg", "geojson", "json", "csv", "gml", "kml", "tab", "gpx", "fgb", "zip", "tif", "tiff", "jp2", "png",
    "asc", "vrt", "dbf", "bag", "txt", "xml",
];

fn ending(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Every source below some folders.
pub(crate) fn corpus(folders: &[PathBuf]) -> Vec<Set> {
    let mut by_stem: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for entry in folders.iter().flat_map(walkdir::WalkDir::new).flatten().filter(|e| e.file_type().is_file()) {
        if entry.metadata().is_ok_and(|m| m.len() <= MOST_BYTES) {
            by_stem.entry(entry.path().with_extension("")).or_default().push(entry.path().to_owned());
        }
    }
    by_stem
        .into_values()
        .filter_map(|mut files| {
            files.sort();
            let main = MAINS.iter().find_map(|wanted| files.iter().find(|f| ending(f) == *wanted))?.clone();
            let read = |f: &PathBuf| {
                let name = f.file_name()?.to_string_lossy().into_owned();
                Some((name, std::fs::read(f).ok()?))
            };
            Some(Set { ending: ending(&main), files: files.iter().filter_map(read).collect() })
        })
        .collect()
}

/// The case of a number, written below `home`.
pub(crate) fn make(sets: &[Set], seed: u64, number: u64, home: &Path) -> Option<Case> {
    let mut dice = Dice::new(seed, number);
    let set = &sets[dice.below(sets.len())];
    let other = &sets[dice.below(sets.len())];
    let mixed = other.files.get(dice.below(other.files.len())).map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
    let mut files = set.files.clone();
    for _ in 0..=dice.below(2) {
        // the main file twice as often as the others
        let main = files.iter().position(|(name, _)| ending(Path::new(name)) == set.ending).unwrap_or(0);
        let at = if dice.below(2) == 0 { main } else { dice.below(files.len()) };
        mutate(&mut files[at].1, mixed, &mut dice);
    }
    let folder = home.join(format!("case-{number}"));
    std::fs::create_dir_all(&folder).ok()?;
    let zipped = set.ending != "zip" && dice.below(12) == 0;
    let misnamed = (dice.below(20) == 0).then(|| MAINS[dice.below(MAINS.len())]);
    let mut main = PathBuf::new();
    if zipped {
        main = folder.join("case.zip");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&main).ok()?);
        for (name, bytes) in &files {
            zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).ok()?;
            zip.write_all(bytes).ok()?;
        }
        zip.finish().ok()?;
    } else {
        for (name, bytes) in &files {
            let own = ending(Path::new(name)) == set.ending;
            let path = match misnamed.filter(|_| own) {
                Some(wrong) => folder.join(Path::new(name).with_extension(wrong)),
                None => folder.join(name),
            };
            std::fs::write(&path, bytes).ok()?;
            if own {
                main = path;
            }
        }
    }
    Some(Case { folder, main, kind: set.ending.clone(), mend: dice.below(4) == 0 })
}

/// Every file of a folder with its bytes.
pub(crate) fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|e| e.file_type().is_file())
        .map(|e| (e.path().to_owned(), std::fs::read(e.path()).unwrap_or_default()))
        .collect()
}
