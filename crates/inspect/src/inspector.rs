//! Inspecting many sources at once: archives are unpacked, each source goes to a worker, and what a
//! worker could not survive becomes a problem of that source alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use geodata::formats::extension;
use model::{Code, DataModel, Faulty, Inventory, Kind, Problem, SourceFile};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::handlers::Inspect;
use crate::sets::{self, Group};
use crate::source::{Source, find_sources, is_archive};
use crate::worker::{Pool, WorkerFailure};

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Headers only.
    Facts,
    /// Every feature is read.
    Scan,
}

/// What is told while inspecting.
#[derive(Debug, Clone)]
pub enum News {
    Found {
        sources: u64,
    },
    Source(Box<Inventory>),
    /// Features read so far in one source, or tiles of a set.
    Read {
        features: u64,
    },
    /// A feature that has something wrong, while its source is still being read.
    Spotted {
        path: String,
        layer: String,
        code: Code,
        faulty: Box<Faulty>,
    },
}

/// Inspects sources by worker processes.
#[derive(Debug, Clone)]
pub struct Inspector {
    pool: Arc<Pool>,
    model: Option<Box<DataModel>>,
}

/// A source to read, and the path it is known by.
struct Job {
    source: Source,
    /// For what lies in an archive: the archive, and the folder it was unpacked into.
    archive: Option<(PathBuf, Arc<tempfile::TempDir>)>,
    notes: Vec<Problem>,
}

/// What there is to do for one source, or for a set of them.
enum Work {
    One(Job),
    /// What is known already.
    Told(Box<Inventory>),
    Tiles(PathBuf, Vec<Source>),
}

impl Inspector {
    #[must_use]
    pub fn new(pool: Arc<Pool>) -> Self {
        Self { pool, model: None }
    }

    /// Reads values too, against a model, where features are scanned.
    #[must_use]
    pub fn with_model(mut self, model: Option<DataModel>) -> Self {
        self.model = model.map(Box::new);
        self
    }

    /// The inventories of all that the paths hold, in their order.
    pub async fn inspect(
        &self,
        paths: &[PathBuf],
        depth: Depth,
        tell: &(dyn Fn(News) + Sync),
        cancel: &CancellationToken,
    ) -> Vec<Inventory> {
        let mut jobs: Vec<Work> = Vec::new();
        let given = paths.to_vec();
        // looking through folders waits for the disk
        let groups = tokio::task::spawn_blocking(move || sets::group(find_sources(&given))).await.unwrap_or_default();
        for group in groups {
            let source = match group {
                Group::Tiles(folder, tiles) => {
                    jobs.push(Work::Tiles(folder, tiles));
                    continue;
                }
                Group::One(source) => source,
            };
            if source.main.is_dir() && extension(&source.main) != "gdb" {
                jobs.push(Work::Told(Box::new(unreadable(
                    &source,
                    plain(Code::NotGeodata, "the folder holds no file"),
                ))));
            } else if !source.main.exists() {
                let problem = plain(Code::FileMissing, "there is no such file");
                jobs.push(Work::Told(Box::new(unreadable(&source, problem))));
            } else if is_archive(&source.main) {
                let opened = self.open_archive(source, cancel).await;
                jobs.extend(opened.into_iter().map(|job| job.map_or_else(Work::Told, Work::One)));
            } else {
                jobs.push(Work::One(Job { source, archive: None, notes: Vec::new() }));
            }
        }
        let sources =
            jobs.iter().map(|job| if let Work::Tiles(_, tiles) = job { tiles.len() } else { 1 }).sum::<usize>();
        tell(News::Found { sources: sources as u64 });
        let threads = if jobs.len() > 1 { 1 } else { self.pool.workers() };
        let mut numbered: Vec<(usize, Vec<Inventory>)> = stream::iter(jobs.into_iter().enumerate())
            .map(|(number, job)| async move {
                let inventories = match job {
                    Work::One(job) => vec![self.read(job, depth, threads, tell, cancel).await],
                    Work::Told(inventory) => vec![*inventory],
                    Work::Tiles(folder, tiles) => self.read_tiles(&folder, tiles, depth, tell, cancel).await,
                };
                for inventory in &inventories {
                    tell(News::Source(Box::new(inventory.clone())));
                }
                (number, inventories)
            })
            .buffer_unordered(self.pool.workers())
            .collect()
            .await;
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().flat_map(|(_, inventories)| inventories).collect()
    }

    /// One inventory of all the tiles, or one each when they are no set.
    async fn read_tiles(
        &self,
        folder: &Path,
        tiles: Vec<Source>,
        depth: Depth,
        tell: &(dyn Fn(News) + Sync),
        cancel: &CancellationToken,
    ) -> Vec<Inventory> {
        let told = |tiles: u64| tell(News::Read { features: tiles });
        if let Some(set) = sets::read_set(&self.pool, folder, &tiles, depth == Depth::Scan, &told, cancel).await {
            return vec![set];
        }
        let mut inventories = Vec::new();
        for source in tiles {
            let job = Job { source, archive: None, notes: Vec::new() };
            inventories.push(self.read(job, depth, 1, tell, cancel).await);
        }
        inventories
    }

    async fn open_archive(&self, source: Source, cancel: &CancellationToken) -> Vec<Result<Job, Box<Inventory>>> {
        let refuse = |problem| vec![Err(Box::new(unreadable(&source, problem)))];
        let folder = match tempfile::Builder::new().prefix("quai-").tempdir() {
            Ok(folder) => Arc::new(folder),
            Err(fault) => return refuse(plain(Code::Unreadable, &fault.to_string())),
        };
        let request = json!({ "zip": source.main, "into": folder.path() });
        let answer = match self.pool.call("unpack", request, &|_| {}, cancel).await {
            Ok(answer) => answer,
            Err(failure) => return refuse(from_failure(&failure)),
        };
        if let Some(problem) = answer.get("problem").and_then(|p| serde_json::from_value(p.clone()).ok()) {
            return refuse(problem);
        }
        let mut notes: Vec<Problem> =
            answer.get("notes").and_then(|n| serde_json::from_value(n.clone()).ok()).unwrap_or_default();
        let inner: Vec<Source> =
            find_sources(&[folder.path().to_owned()]).into_iter().filter(|inner| !is_archive(&inner.main)).collect();
        if inner.is_empty() {
            let mut inventory = unreadable(&source, plain(Code::NotGeodata, "no data set in the archive"));
            inventory.kind = Kind::Archive;
            inventory.warnings = notes;
            return vec![Err(Box::new(inventory))];
        }
        if inner.len() > 1 {
            let mut several = plain(Code::ZipSeveralSources, &format!("{} data sets in the archive", inner.len()));
            several.values.push(("count".to_owned(), inner.len().to_string()));
            notes.push(several);
        }
        inner
            .into_iter()
            .map(|inner| {
                let notes = std::mem::take(&mut notes);
                Ok(Job { source: inner, archive: Some((source.main.clone(), Arc::clone(&folder))), notes })
            })
            .collect()
    }

    async fn read(
        &self,
        job: Job,
        depth: Depth,
        threads: usize,
        tell: &(dyn Fn(News) + Sync),
        cancel: &CancellationToken,
    ) -> Inventory {
        let Job { source, archive, notes } = job;
        let asked = Inspect {
            main: source.main.clone(),
            files: source.files.clone(),
            scan: depth == Depth::Scan,
            threads,
            model: self.model.clone(),
        };
        let known = match &archive {
            Some((zip, folder)) => inside(&source.main.display().to_string(), zip, folder.path()),
            None => source.main.display().to_string(),
        };
        let progress = |value: Value| {
            if let Some(features) = value.get("features").and_then(Value::as_u64) {
                tell(News::Read { features });
            } else if let Some(spotted) = value.get("spotted").cloned()
                && let Ok(Spotted { layer, code, faulty }) = serde_json::from_value(spotted)
            {
                tell(News::Spotted { path: known.clone(), layer, code, faulty });
            }
        };
        let request = serde_json::to_value(&asked).unwrap_or_default();
        // large text formats are read whole before GDAL says anything
        let seconds = self.pool.seconds() + bytes(&source) / SLOWEST_BYTES;
        let mut inventory = match self.pool.call_within(seconds, "inspect", request, &progress, cancel).await {
            Ok(answer) => serde_json::from_value(answer)
                .unwrap_or_else(|fault| unreadable(&source, plain(Code::Unreadable, &fault.to_string()))),
            Err(failure) => unreadable(&source, from_failure(&failure)),
        };
        for missing in &source.missing {
            let mut note = plain(Code::SidecarMissing, &format!("the `.{missing}` file is missing"));
            note.values.push(("missing".to_owned(), format!(".{missing}")));
            inventory.warnings.push(note);
        }
        inventory.warnings.extend(notes);
        if let Some((zip, folder)) = archive {
            rename(&mut inventory, &zip, folder.path());
        }
        inventory
    }
}

/// What a reader gets through in a second, at the slowest.
const SLOWEST_BYTES: u64 = 10_000_000;

fn bytes(source: &Source) -> u64 {
    source.files.iter().filter_map(|f| std::fs::metadata(f).ok()).map(|m| m.len()).sum()
}

/// What a worker tells of one feature.
#[derive(serde::Deserialize)]
struct Spotted {
    layer: String,
    code: Code,
    faulty: Box<Faulty>,
}

/// A path in the unpacked folder by its place in the archive.
fn inside(path: &str, zip: &Path, folder: &Path) -> String {
    Path::new(path).strip_prefix(folder).map_or_else(|_| path.to_owned(), |inner| zip.join(inner).display().to_string())
}

/// Names what was read in the unpacked folder by its place in the archive.
fn rename(inventory: &mut Inventory, zip: &Path, folder: &Path) {
    inventory.path = inside(&inventory.path, zip, folder);
    for file in &mut inventory.files {
        file.path = inside(&file.path, zip, folder);
    }
}

fn plain(code: Code, message: &str) -> Problem {
    Problem { code, message: message.to_owned(), file: None, values: vec![("says".to_owned(), message.to_owned())] }
}

pub(crate) fn from_failure(failure: &WorkerFailure) -> Problem {
    let code = match failure {
        WorkerFailure::Crashed(_) => Code::ReaderCrashed,
        WorkerFailure::TimedOut(_) => Code::ReaderTimedOut,
        WorkerFailure::OutOfMemory => Code::ReaderOutOfMemory,
        WorkerFailure::Cancelled | WorkerFailure::Refused(_) | WorkerFailure::NotStarted(_) => Code::Unreadable,
    };
    plain(code, &failure.to_string())
}

fn unreadable(source: &Source, problem: Problem) -> Inventory {
    let files: Vec<SourceFile> = source
        .files
        .iter()
        .map(|f| SourceFile {
            path: f.display().to_string(),
            bytes: std::fs::metadata(f).map(|m| m.len()).unwrap_or(0),
        })
        .collect();
    Inventory {
        path: source.main.display().to_string(),
        kind: Kind::Unreadable,
        driver: None,
        bytes: files.iter().map(|f| f.bytes).sum(),
        files,
        layers: Vec::new(),
        raster: None,
        raster_set: None,
        problem: Some(problem),
        warnings: Vec::new(),
    }
}
