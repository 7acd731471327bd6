//! The checks of an upload: signatures, vectors, archives; images are checked beside their pyramids.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use model::{Extent, Inventory, Kind, conforms};
use platform::wire::known;

use super::{Log, files_below};

/// How a check ended.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CheckOutcome {
    pub passed: bool,
    /// In degrees of WGS 84, when the check computes it.
    pub extent: Option<Extent>,
}

/// Runs the check of an id over an upload's files.
#[must_use]
pub fn run_check(check: &str, files: &Path, md5: &Path, srs: &str, strict: bool, log: &mut Log) -> CheckOutcome {
    log.info("core", "Début de la vérification");
    let outcome = match check {
        known::CHECK_STANDARD => CheckOutcome { passed: standard(files, md5, log), extent: None },
        known::CHECK_VECTOR => vector(files, srs, strict, log),
        known::CHECK_RASTER => super::pyramid::check(files, srs, log),
        known::CHECK_ARCHIVE => CheckOutcome { passed: archive(files, log), extent: None },
        _ => {
            log.error("core", "Vérification inconnue");
            CheckOutcome::default()
        }
    };
    log.info("core", "Fin de la vérification");
    outcome
}

/// Files by their path in the upload, `/` between folders.
fn by_path(files: &Path) -> BTreeMap<String, PathBuf> {
    files_below(files)
        .into_iter()
        .filter_map(|f| {
            let path = f.strip_prefix(files).ok()?.to_string_lossy().replace('\\', "/");
            Some((path, f))
        })
        .collect()
}

fn standard(files: &Path, md5: &Path, log: &mut Log) -> bool {
    let known = by_path(files);
    if known.is_empty() {
        log.error("standard", "La livraison ne contient aucun fichier");
        return false;
    }
    let mut passed = true;
    for list in files_below(md5) {
        let Ok(text) = std::fs::read_to_string(&list) else {
            log.error("standard", "Un fichier de signatures n'est pas lisible");
            passed = false;
            continue;
        };
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            let Some((wanted, path)) = line.split_once("  ") else {
                log.error("standard", &format!("Ligne de signatures mal formée : {line}"));
                passed = false;
                continue;
            };
            match known.get(path.trim()) {
                None => {
                    log.error("standard", &format!("Le fichier {path} est annoncé mais absent"));
                    passed = false;
                }
                Some(file) if digest(file).as_deref() != Some(wanted.trim()) => {
                    log.error("standard", &format!("La signature MD5 du fichier {path} ne correspond pas"));
                    passed = false;
                }
                Some(_) => log.info("standard", &format!("Signature vérifiée : {path}")),
            }
        }
    }
    passed
}

fn digest(file: &Path) -> Option<String> {
    let mut input = std::fs::File::open(file).ok()?;
    let mut md5 = Md5::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = input.read(&mut buffer).ok()?;
        if read == 0 {
            return Some(hex::encode(md5.finalize()));
        }
        md5.update(&buffer[..read]);
    }
}

fn archive(files: &Path, log: &mut Log) -> bool {
    let mut seen = BTreeSet::new();
    let mut passed = true;
    for path in by_path(files).keys() {
        let name = path.rsplit('/').next().unwrap_or(path);
        if !seen.insert(name.to_owned()) {
            log.error("archive", &format!("Le nom de fichier {name} n'est pas unique"));
            passed = false;
        }
    }
    passed
}

/// The vector files of an upload, each with its sidecars: what checks and integration read. Files
/// whose name begins with `__` do not count.
pub(super) fn vector_sources(files: &Path) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let all = files_below(files);
    let ending = |f: &Path| geodata::formats::extension(f);
    let stem = |f: &Path| f.with_extension("").to_string_lossy().to_lowercase();
    all.iter()
        .filter(|f| !f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("__")))
        .filter(|f| super::changes::side_of(f).is_none())
        .filter(|f| matches!(ending(f).as_str(), "gpkg" | "shp" | "geojson" | "json" | "csv" | "fgb" | "zip"))
        .map(|main| {
            let mut own = vec![main.clone()];
            own.extend(all.iter().filter(|f| *f != main && stem(f) == stem(main)).cloned());
            (main.clone(), own)
        })
        .collect()
}

/// Facts of every source, with every feature read.
pub(super) fn read_source(main: &Path, files: &[PathBuf]) -> Inventory {
    let mut inventory = geodata::read_facts(main, files);
    let names: Vec<String> = inventory.layers.iter().map(|l| l.name.clone()).collect();
    for (layer, name) in inventory.layers.iter_mut().zip(names) {
        layer.scan = geodata::scan_layer(main, &name, &|_| true, 1).ok();
    }
    inventory
}

fn vector(files: &Path, srs: &str, strict: bool, log: &mut Log) -> CheckOutcome {
    let mut passed = true;
    let mut extent: Option<Extent> = None;
    let mut fail = |log: &mut Log, says: String| {
        log.error("vector", &says);
        passed = false;
    };
    let sources = vector_sources(files);
    let sides = files_below(files).iter().any(|f| super::changes::side_of(f).is_some());
    if sources.is_empty() && !sides {
        fail(log, "La livraison ne contient aucun fichier vecteur".to_owned());
    }
    for (main, own) in sources {
        let name = main.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let inventory = read_source(&main, &own);
        if !matches!(inventory.kind, Kind::Vector | Kind::Table) {
            let says = inventory.problem.map_or_else(|| "format inattendu".to_owned(), |p| p.message);
            fail(log, format!("Le fichier {name} n'est pas lisible : {says}"));
            continue;
        }
        for layer in &inventory.layers {
            log.info("vector", &format!("Fichier {name}, table {}", layer.name));
            if strict {
                for wrong in
                    std::iter::once(&layer.name).chain(layer.fields.iter().map(|f| &f.name)).filter(|n| !conforms(n))
                {
                    fail(log, format!("Le nom {wrong} ne respecte pas le format [a-z_][a-z0-9_]*"));
                }
            }
            if layer.geometry == "None" {
                continue;
            }
            let code = layer.crs.as_ref().and_then(|c| c.code.as_deref());
            let twin = layer.crs.as_ref().and_then(|c| c.twin.as_deref());
            if layer.crs.is_some() && code != Some(srs) && twin != Some(srs) {
                let found = code.unwrap_or("inconnu");
                fail(
                    log,
                    format!("Le SRS de la table {} ({found}) n'est pas celui de la livraison ({srs})", layer.name),
                );
            }
            let Some(scan) = &layer.scan else {
                fail(log, format!("La table {} ne se lit pas jusqu'au bout", layer.name));
                continue;
            };
            let void = scan.null + scan.empty;
            if scan.read > 0 && void * 4 >= scan.read {
                fail(log, format!("La table {} a {void} géométries absentes ou vides sur {}", layer.name, scan.read));
            }
            if let Some(e) = layer.extent_wgs84 {
                extent = Some(extent.map_or(e, |all| all.union(e)));
            }
        }
    }
    CheckOutcome { passed, extent }
}
