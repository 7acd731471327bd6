//! The real work behind checks and processings, over folders. No HTTP, no store.

mod archive;
mod changes;
mod check;
mod integrate;
mod log;
pub(crate) mod pyramid;
mod tile;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::Extent;
use platform::wire::{TreeNode, known};
use serde_json::{Value, json};

pub use check::{CheckOutcome, run_check};
pub(crate) use integrate::DATABASE;
pub use log::Log;

/// One processing to run.
#[derive(Debug, Clone)]
pub struct Job {
    /// Production's id of the processing.
    pub processing: String,
    /// Folders of the uploads' files.
    pub uploads: Vec<PathBuf>,
    /// Folders of the stored data read.
    pub stored: Vec<PathBuf>,
    /// Folder of the stored data made.
    pub target: PathBuf,
    /// The target exists and grows.
    pub append: bool,
    pub parameters: Value,
    /// The CRS declared of the first upload.
    pub srs: Option<String>,
    /// How to ask a web service for bytes, for what harvests one.
    pub ask: Option<Ask>,
    /// Raised to abort.
    pub stop: Arc<AtomicBool>,
}

/// Gives the bytes at an address. Blocks.
#[derive(Clone)]
pub struct Ask(pub Arc<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>);

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ask")
    }
}

impl Job {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::SeqCst)
    }

    fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        self.ask.as_ref().map_or_else(|| Err("Aucun service ne peut être interrogé.".to_owned()), |ask| (ask.0)(url))
    }
}

/// What a processing made.
#[derive(Debug, Clone)]
pub struct Made {
    pub type_infos: Value,
    /// In degrees of WGS 84.
    pub extent: Option<Extent>,
    pub srs: Option<String>,
    pub bytes: u64,
}

/// Runs a processing; the log tells why when it fails.
///
/// # Errors
/// The last sentence of the log.
pub fn run(job: &Job, log: &mut Log) -> Result<Made, String> {
    log.info("core", "Début du traitement");
    let made = match job.processing.as_str() {
        known::VECTOR_INTEGRATION => integrate::integrate(job, log),
        known::ARCHIVE_COPY => archive::copy(job, log),
        known::VECTOR_PYRAMID => tile::tile(job, log),
        known::RASTER_PYRAMID => pyramid::pyramid(job, log),
        known::RASTER_MERGE => pyramid::merge(job, log),
        known::WMS_HARVEST => pyramid::harvest(job, log),
        _ => Err("Ce traitement n'est pas offert par le bac à sable.".to_owned()),
    };
    match &made {
        Ok(_) => log.info("core", "Fin du traitement"),
        Err(says) => log.error("core", says),
    }
    made
}

/// Bytes of all the files below a folder.
#[must_use]
pub fn size_of(folder: &Path) -> u64 {
    files_below(folder).iter().filter_map(|f| std::fs::metadata(f).ok()).map(|m| m.len()).sum()
}

/// Every file below a folder, in order of path.
#[must_use]
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The tree of an upload, as the platform shows it.
#[must_use]
pub fn tree_of(folder: &Path) -> Vec<TreeNode> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    entries
        .into_iter()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                let children = tree_of(&entry.path());
                let size = children.iter().map(|c| c.size).sum();
                TreeNode { kind: "DIRECTORY".to_owned(), name, size, children: Some(children) }
            } else {
                let size = entry.metadata().map(|m| m.len()).unwrap_or(0);
                TreeNode { kind: "FILE".to_owned(), name, size, children: None }
            }
        })
        .collect()
}

/// A box as the platform shows extents: a GeoJSON polygon, longitude first.
#[must_use]
pub fn polygon(e: Extent) -> Value {
    json!({ "type": "Polygon", "coordinates": [[
        [e.minx, e.miny], [e.maxx, e.miny], [e.maxx, e.maxy], [e.minx, e.maxy], [e.minx, e.miny]
    ]] })
}
