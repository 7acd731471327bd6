//! Drop: paths become sources, each a main file with the files that belong to it, whatever the
//! case of their endings. Looks at names and a few bytes, opens nothing with GDAL.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use geodata::archive::is_litter;
use geodata::formats::{extension, head};

/// One thing to inspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub main: PathBuf,
    /// The main file first, then its sidecars in order of name.
    pub files: Vec<PathBuf>,
    /// Endings that should be there and are not.
    pub missing: Vec<&'static str>,
    /// The folder given, for what was found below one.
    pub within: Option<PathBuf>,
}

/// What a name's ending says of a file.
enum Role {
    Main,
    /// Belongs to a main file of one of these endings, of the same stem.
    Sidecar(&'static [&'static str]),
    /// Neither: left alone in a folder, reported when named.
    Companion,
}

const SHP: &[&str] = &["shp"];
const TAB: &[&str] = &["tab"];
const IMAGE: &[&str] = &["tif", "tiff", "jp2", "png", "jpg", "jpeg", "asc", "vrt", "img", "webp"];

fn role(path: &Path) -> Role {
    match extension(path).as_str() {
        "shp" | "gpkg" | "geojson" | "geojsonl" | "geojsons" | "topojson" | "fgb" | "csv" | "tsv" | "gml" | "kml"
        | "kmz" | "tab" | "mif" | "gpx" | "dxf" | "gdb" | "sqlite" | "xlsx" | "ods" | "tif" | "tiff" | "jp2"
        | "asc" | "png" | "jpg" | "jpeg" | "vrt" | "img" | "webp" | "bag" | "nc" | "zip" | "las" | "laz" | "ecw"
        | "dwg" | "parquet" => Role::Main,
        "json" => {
            let start = String::from_utf8_lossy(&head(path, 4096)).into_owned();
            if ["\"Feature", "\"Topology", "\"FeatureCollection"].iter().any(|w| start.contains(w)) {
                Role::Main
            } else {
                Role::Companion
            }
        }
        "dbf" | "shx" | "qix" | "sbn" | "sbx" | "fbn" | "fbx" | "ain" | "aih" | "ixs" | "mxs" | "atx" | "cpg"
        | "qpj" => Role::Sidecar(SHP),
        "dat" | "map" | "id" | "ind" => Role::Sidecar(TAB),
        "mid" => Role::Sidecar(&["mif"]),
        "csvt" => Role::Sidecar(&["csv"]),
        "xsd" | "gfs" => Role::Sidecar(&["gml"]),
        "tfw" | "tifw" | "tiffw" | "wld" | "jgw" | "jpgw" | "pgw" | "pngw" | "j2w" | "ovr" | "msk" => {
            Role::Sidecar(IMAGE)
        }
        "prj" => Role::Sidecar(&["shp", "csv", "asc", "tif", "tiff", "jp2", "png", "jpg", "jpeg"]),
        _ => Role::Companion,
    }
}

/// The sources that paths stand for. A folder stands for all the data it holds, however deep; links
/// are not followed, and files that go with data (documents, styles, metadata) are passed over. A file
/// named outright is a source even when nothing can be made of it.
#[must_use]
pub fn find_sources(paths: &[PathBuf]) -> Vec<Source> {
    let mut mains: Vec<(PathBuf, Option<PathBuf>)> = Vec::new();
    for path in paths {
        if path.is_dir() && extension(path) != "gdb" {
            let (found, others) = walk(path);
            // nothing that looks like data: then what there is must be told about
            match (found.is_empty(), others.is_empty()) {
                (false, _) => mains.extend(found.into_iter().map(|main| (main, Some(path.clone())))),
                (true, false) => mains.extend(others.into_iter().map(|main| (main, None))),
                (true, true) => mains.push((path.clone(), None)),
            }
        } else {
            mains.push((main_of(path), None));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    mains.retain(|(main, _)| seen.insert(main.clone()));
    let mut listings = BTreeMap::new();
    mains.into_iter().map(|(main, within)| Source { within, ..gather(main, &mut listings) }).collect()
}

/// Whether a path is an archive to look into.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    path.is_file()
        && (extension(path) == "zip" || head(path, 4).starts_with(b"PK\x03\x04") && extension(path).is_empty())
}

/// The main files below a folder, and all the other files.
fn walk(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    let mut walker = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    while let Some(next) = walker.next() {
        let Ok(entry) = next else { continue };
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if entry.depth() > 0 && is_litter(&relative.to_string_lossy().replace('\\', "/")) {
            if entry.file_type().is_dir() {
                walker.skip_current_dir();
            }
            continue;
        }
        if entry.file_type().is_dir() {
            if extension(entry.path()) == "gdb" {
                found.push(entry.path().to_owned());
                walker.skip_current_dir();
            }
            continue;
        }
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path();
        let alone = extension(path) == "dbf" && sibling(path, "shp").is_none();
        if matches!(role(path), Role::Main) || alone {
            found.push(path.to_owned());
        } else {
            others.push(path.to_owned());
        }
    }
    (found, others)
}

/// The main file of the set that a file belongs to, itself when it belongs to none.
fn main_of(path: &Path) -> PathBuf {
    if let Role::Sidecar(endings) = role(path)
        && let Some(main) = endings.iter().find_map(|ending| sibling(path, ending))
    {
        return main;
    }
    path.to_owned()
}

/// The file of the same stem with another ending, in any case.
fn sibling(path: &Path, ending: &str) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_string_lossy().to_lowercase();
    std::fs::read_dir(path.parent()?).ok()?.flatten().map(|e| e.path()).find(|other| {
        extension(other) == ending && other.file_stem().is_some_and(|s| s.to_string_lossy().to_lowercase() == stem)
    })
}

/// The files of each folder met, by name in lower case.
type Listings = BTreeMap<PathBuf, BTreeMap<String, Vec<PathBuf>>>;

fn list(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| {
            let files = entries.flatten().filter(|e| e.file_type().is_ok_and(|kind| !kind.is_dir()));
            files.map(|e| e.path()).collect()
        })
        .unwrap_or_default();
    all.sort();
    let mut listing: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in all {
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        listing.entry(name).or_default().push(path);
    }
    listing
}

fn gather(main: PathBuf, listings: &mut Listings) -> Source {
    let mut files = vec![main.clone()];
    let ending = extension(&main);
    if let (Some(folder), false) = (main.parent(), main.is_dir()) {
        let listing = listings.entry(folder.to_owned()).or_insert_with(|| list(folder));
        let name = main.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        let stem = main.file_stem().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        // all that may belong to it begins with its stem and a dot
        let from = format!("{stem}.");
        let alike = listing.range(from.clone()..).take_while(|(theirs, _)| theirs.starts_with(&from));
        let mut beside: Vec<&PathBuf> = Vec::new();
        for (theirs, others) in alike.filter(|(theirs, _)| **theirs != name) {
            for other in others {
                let same_stem = other.file_stem().is_some_and(|s| s.to_string_lossy().to_lowercase() == stem);
                let sidecar = matches!(role(other), Role::Sidecar(of) if of.contains(&ending.as_str()));
                let appended =
                    theirs.strip_prefix(&name).is_some_and(|rest| [".aux.xml", ".ovr", ".msk", ".xml"].contains(&rest));
                let mbr = ending == "shp" && theirs.strip_prefix(&stem).is_some_and(|rest| rest == ".shp.xml");
                if (same_stem && sidecar) || appended || mbr {
                    beside.push(other);
                }
            }
        }
        beside.sort();
        files.extend(beside.into_iter().cloned());
    }
    let has = |wanted: &str| files.iter().any(|f| extension(f) == wanted);
    let needed: &[&'static str] = match ending.as_str() {
        // a name can lie: only what begins as a shapefile needs a shapefile's parts
        "shp" if head(&main, 4) == [0, 0, 0x27, 0x0A] => &["shx", "dbf"],
        "tab" if files.len() > 1 => &["dat"],
        "mif" => &["mid"],
        _ => &[],
    };
    let missing = needed.iter().copied().filter(|ending| !has(ending)).collect();
    Source { main, files, missing, within: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sidecars_are_found_in_any_case_and_nothing_else_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["ROADS.SHP", "roads.shx", "Roads.DBF", "ROADS.PRJ", "roads2.dbf", "roads.pdf", "x.CSV", "x.csvt"] {
            std::fs::write(folder.path().join(name), b"x").expect("a file");
        }
        let sources = find_sources(&[folder.path().to_owned()]);
        let names: Vec<Vec<String>> = sources
            .iter()
            .map(|s| s.files.iter().map(|f| f.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect())
            .collect();
        assert_eq!(
            names,
            [vec!["ROADS.SHP", "ROADS.PRJ", "Roads.DBF", "roads.shx"], vec!["roads2.dbf"], vec!["x.CSV", "x.csvt"]]
        );
        assert!(sources[0].missing.is_empty());
    }

    #[test]
    fn a_sidecar_named_outright_stands_for_its_main_file() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a.shp", "a.DBF"] {
            std::fs::write(folder.path().join(name), [0, 0, 0x27, 0x0A]).expect("a file");
        }
        let sources = find_sources(&[folder.path().join("a.DBF"), folder.path().join("a.shp")]);
        assert_eq!(sources.len(), 1);
        assert_eq!(sources[0].missing, ["shx"]);
    }
}
