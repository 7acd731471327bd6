//! A shapefile without its `.shx`: GDAL can make the index again, but beside the path that it opens, and
//! nothing is written beside a person's file. So it is given a folder of the worker's own, with links to
//! the other parts. A process that was told of no folder opens such a shapefile as it is, that is, not.

mod records;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use crate::archive::{self, ArchiveLimits};
use crate::formats::{extension, head};
use crate::raw::{Source, VECTOR};
use crate::{Error, Result, capture};

/// What goes with an index; anything else beside the source is left where it is.
const PARTS: [&str; 4] = ["shp", "dbf", "prj", "cpg"];
/// Indexes kept at one time: a folder may hold thousands of such shapefiles.
const MOST_KEPT: usize = 16;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
static MADE: AtomicUsize = AtomicUsize::new(0);
/// How a `.shp` begins.
const SIGN: [u8; 4] = [0, 0, 0x27, 0x0A];

/// Lets lost indexes be made again in `folder`, which the caller removes at this process's end.
pub fn remake_indexes_in(folder: PathBuf) {
    let _ = FOLDER.set(folder);
}

/// A file as it was: size and time.
type Stamp = (PathBuf, u64, Option<SystemTime>);

/// A shapefile whose index was made again.
struct Kept {
    main: PathBuf,
    of: Vec<Stamp>,
    /// Removed with it.
    folder: PathBuf,
    /// What GDAL opens.
    shp: PathBuf,
}

impl Drop for Kept {
    fn drop(&mut self) {
        // links go, never what they lead to
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where GDAL is to open a source whose index is lost; nothing for any other source. The index is made
/// once, until a part of the source changes.
pub(crate) fn remade(main: &Path) -> Result<Option<PathBuf>> {
    let Some(ours) = FOLDER.get() else { return Ok(None) };
    if extension(main) != "shp" || ["shx", "SHX"].iter().any(|ending| main.with_extension(ending).exists()) {
        return Ok(None);
    }
    // a name can lie
    if archive_of(main).is_none() && head(main, 4) != SIGN {
        return Ok(None);
    }
    let source = Parts::of(main)?;
    let has = |ending: &str| source.names.iter().any(|part| extension(part) == ending);
    if has("shx") || !has("shp") {
        return Ok(None);
    }
    let of = source.stamps();
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.iter().find(|known| known.main == main && known.of == of) {
        return Ok(Some(known.shp.clone()));
    }
    kept.retain(|known| known.main != main);
    if kept.len() >= MOST_KEPT {
        kept.remove(0);
    }
    let folder = ours.join(MADE.fetch_add(1, Ordering::Relaxed).to_string());
    let shp = folder.join(main.with_extension("shp").file_name().unwrap_or_default());
    let remade = Kept { main: main.to_owned(), of, folder, shp: shp.clone() };
    if !source.bring(&remade)? {
        return Ok(None);
    }
    make(main, &shp)?;
    kept.push(remade);
    Ok(Some(shp))
}

fn refused(main: &Path, says: impl std::fmt::Display) -> Error {
    let name = main.file_name().unwrap_or_default().to_string_lossy();
    Error::Refused { doing: format!("making the index of `{name}` again"), says: says.to_string() }
}

/// Has GDAL write the `.shx` of a `.shp` in our folder.
fn make(main: &Path, shp: &Path) -> Result<()> {
    let records = records::count(shp).map_err(|says| refused(main, says))?;
    let option = "SHAPE_RESTORE_SHX";
    // of this thread, and for this opening: elsewhere it would write beside what people gave
    let _ = gdal::config::set_thread_local_config_option(option, "YES");
    let (opened, heard) = Source::open(shp, &["ESRI Shapefile"], &[], VECTOR);
    let _ = gdal::config::clear_thread_local_config_option(option);
    let folder = format!("{}/", shp.parent().unwrap_or(shp).display());
    drop(opened.map_err(|_| refused(main, capture::last(&heard).replace(&folder, "")))?);
    let bytes = std::fs::metadata(shp.with_extension("shx")).map(|m| m.len()).unwrap_or(0);
    if bytes == 100 + 8 * records { Ok(()) } else { Err(refused(main, "it does not count the same records")) }
}

/// The files of a shapefile, whatever the case of their endings.
struct Parts<'a> {
    main: &'a Path,
    /// Paths, or the names of entries of the archive.
    names: Vec<PathBuf>,
    archive: Option<&'a Path>,
}

impl<'a> Parts<'a> {
    fn of(main: &'a Path) -> Result<Self> {
        let Some((archive, inner)) = archive_of(main) else {
            let folder = main.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let beside = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            return Ok(Self { main, names: alike(main, beside), archive: None });
        };
        let (entries, _) = archive::list(archive, ArchiveLimits::default()).map_err(|p| refused(main, p.message))?;
        let entries = entries.into_iter().map(|entry| PathBuf::from(entry.name));
        let beside = entries.filter(|name| name.parent() == inner.parent());
        Ok(Self { main: inner, names: alike(inner, beside), archive: Some(archive) })
    }

    fn stamps(&self) -> Vec<Stamp> {
        let parts = || self.names.iter().filter(|part| PARTS.contains(&extension(part).as_str())).cloned().collect();
        let files: Vec<PathBuf> = self.archive.map_or_else(parts, |archive| vec![archive.to_owned()]);
        let stamp = |file: PathBuf| {
            let facts = std::fs::metadata(&file).ok();
            (file, facts.as_ref().map_or(0, std::fs::Metadata::len), facts.and_then(|f| f.modified().ok()))
        };
        files.into_iter().map(stamp).collect()
    }

    /// Brings the parts beside `to.shp`, under the endings that GDAL looks for; false for what is no shapefile
    /// but has its ending.
    fn bring(&self, to: &Kept) -> Result<bool> {
        let disk = |fault: std::io::Error| refused(self.main, fault);
        let chosen = PARTS.map(|ending| (ending, self.names.iter().find(|part| extension(part) == ending)));
        std::fs::create_dir_all(&to.folder).map_err(disk)?;
        let unpacked = to.folder.join("unpacked");
        if let Some(archive) = self.archive {
            let wanted = |name: &str| chosen.iter().any(|(_, part)| part.is_some_and(|part| part == Path::new(name)));
            archive::unpack_those(archive, &unpacked, ArchiveLimits::default(), &wanted, &mut |_| {})
                .map_err(|problem| refused(self.main, problem.message))?;
        }
        for (ending, part) in chosen {
            let Some(part) = part else { continue };
            let from = if self.archive.is_some() { unpacked.join(part) } else { part.clone() };
            if ending == "shp" && head(&from, 4) != SIGN {
                return Ok(false);
            }
            link(&std::path::absolute(from).map_err(disk)?, &to.shp.with_extension(ending)).map_err(disk)?;
        }
        Ok(true)
    }
}

/// The files of the same stem, in any case: the very same first.
fn alike(main: &Path, beside: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let lower = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
    let mut found: Vec<PathBuf> = beside.filter(|part| lower(part) == lower(main)).collect();
    found.sort();
    found.sort_by_key(|part| (part != main, part.file_stem() != main.file_stem()));
    found
}

/// The archive and the entry of a path of GDAL's into an archive.
fn archive_of(main: &Path) -> Option<(&Path, &Path)> {
    let (archive, inner) = main.to_str()?.strip_prefix("/vsizip/{")?.split_once("}/")?;
    Some((Path::new(archive), Path::new(inner)))
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}

/// Windows lets few people make links.
#[cfg(windows)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_file(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}

#[cfg(test)]
mod tests;
