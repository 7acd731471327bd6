//! Writes a plan: into a [`Scratch`] beside the target, then renamed, so that an interruption or a
//! full disk leaves nothing half-made.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use model::{
    Extent, HashedFile, MendedTable, Package, PackageFile, PackageKind, PackageLayer, PackageOrigin, RepairRecord,
};
use sha2::Sha256;

use crate::archive::write_zip;
use crate::plan::{Plan, PlanLayer, PlanSource};
use crate::scratch::Scratch;

/// Why a package was not written. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("writing the package: {0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Gdal(#[from] geodata::Error),
    #[error("the archive `{archive}` cannot be unpacked: {says}")]
    Archive { archive: String, says: String },
    #[error("cancelled")]
    Cancelled,
}

/// A file written or delivered: where it is, where it goes.
type Listed = (PathBuf, String);

/// Writes the package into the folder `into` (made when missing, replaced when there). `progress`
/// hears bytes done, of the plan's, and stops the work by answering `false`. Blocks.
///
/// # Errors
/// The disk's, GDAL's, or cancelled. `into` is then as it was.
pub fn write(plan: &Plan, into: &Path, progress: &mut dyn FnMut(u64) -> bool) -> Result<Package, Error> {
    let work = Scratch::beside(into)?;
    write_recorded(plan, into, work.path(), None, progress).map(|(package, _)| package)
}

/// As [`write`], in the folder `work` of a [`Scratch`], with a record of what was done beside the package: `record` comes with who, when,
/// which tool and the repairs, and goes with hashes and counts.
///
/// # Errors
/// As [`write`].
pub fn write_recorded(
    plan: &Plan,
    into: &Path,
    work: &Path,
    record: Option<RepairRecord>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(Package, Option<RepairRecord>), Error> {
    let made = work.join("package");
    std::fs::create_dir(&made)?;
    let mut mended = Vec::new();
    // the sources are hashed while they are copied
    let hashing = record.is_some().then(|| {
        let files: Vec<PathBuf> = plan.sources.iter().flat_map(files_of).collect();
        std::thread::spawn(move || files.iter().map(|f| hashed(f)).collect::<Result<Vec<HashedFile>, Error>>())
    });
    let files = match (plan.kind, plan.untouched) {
        (PackageKind::Vector, false) => {
            let file = made.join(format!("{}.gpkg", plan.name));
            mended = write_geopackage(plan, &file, work, progress)?;
            File::open(&file)?.sync_all()?;
            vec![(file, format!("data/{}.gpkg", plan.name))]
        }
        (PackageKind::Vector, true) => {
            let main = plan.sources[0].main.clone();
            vec![(main, format!("data/{}.gpkg", plan.name))]
        }
        (PackageKind::Raster, _) if !plan.images.is_empty() => {
            crate::images::write(&plan.images, &made, work, progress)?
        }
        // a zone's files go as they are: what is downloaded is what the producer has
        (PackageKind::Archive, _) if plan.zone.is_some() => as_they_are(plan, work, &made)?,
        (PackageKind::Archive, true) => {
            let archive = plan.sources[0].archive.clone().unwrap_or_else(|| plan.sources[0].main.clone());
            let target = format!("data/{}", base_name(&archive));
            vec![(archive, target)]
        }
        (PackageKind::Archive, false) => {
            let file = made.join(format!("{}.zip", plan.name));
            let loose: Vec<PathBuf> = loose_files(plan, work)?;
            if !write_zip(&loose, &file, progress)? {
                return Err(Error::Cancelled);
            }
            vec![(file, format!("data/{}.zip", plan.name))]
        }
        (PackageKind::Raster, _) => as_they_are(plan, work, &made)?,
    };
    let written = (plan.kind == PackageKind::Vector && !plan.untouched).then(|| files[0].0.clone());
    let (listed, after) = list(files, &made, into, progress)?;
    let package = Package {
        name: plan.name.clone(),
        kind: plan.kind,
        srs: plan.srs.clone(),
        fingerprint: fingerprint(&listed),
        files: listed,
        layers: describe(plan, &mended, written.as_deref()),
        raster: plan.raster.clone(),
        extent_wgs84: plan.extent_wgs84,
        origin: if plan.untouched { PackageOrigin::Untouched } else { PackageOrigin::Written },
        zone: plan.zone.clone(),
    };
    let package = Package {
        extent_wgs84: package.layers.iter().filter_map(|l| l.extent_wgs84).reduce(Extent::union).or(plan.extent_wgs84),
        ..package
    };
    std::fs::write(made.join("package.json"), pretty(&package)?)?;
    let record = match (record, hashing) {
        (Some(record), Some(hashing)) => {
            let mut hashing = Some(hashing);
            while hashing.as_ref().is_some_and(|h| !h.is_finished()) {
                if !progress(plan.bytes) {
                    return Err(Error::Cancelled);
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            let before = hashing.take().map(std::thread::JoinHandle::join);
            let before = before.and_then(Result::ok).unwrap_or_else(|| Ok(Vec::new()))?;
            Some(RepairRecord { before, after, tables: mended, ..record })
        }
        _ => None,
    };
    if let Some(record) = &record {
        std::fs::write(made.join(RECORD), pretty(record)?)?;
    }
    if into.exists() {
        std::fs::rename(into, work.join("before"))?;
    }
    std::fs::rename(&made, into)?;
    Ok((package, record))
}

/// The record's name, beside `package.json`.
pub const RECORD: &str = "repair.json";

fn pretty<T: serde::Serialize>(value: &T) -> std::io::Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(std::io::Error::other)
}

/// The files of a package with their digests; what we wrote moves with the folder, what is the
/// user's stays where it is.
fn list(
    files: Vec<Listed>,
    made: &Path,
    into: &Path,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(Vec<PackageFile>, Vec<HashedFile>), Error> {
    let mut listed = Vec::new();
    let mut hashes = Vec::new();
    for (local, target) in files {
        let (bytes, md5, sha256) = digests(&local, progress)?;
        let local = local.strip_prefix(made).map_or(local.clone(), |inside| into.join(inside));
        let local = std::path::absolute(local)?;
        hashes.push(HashedFile { path: target.clone(), bytes, sha256 });
        listed.push(PackageFile { local, target, bytes, md5 });
    }
    listed.sort_by(|a, b| a.target.cmp(&b.target));
    Ok((listed, hashes))
}

/// The tables of the package, as they were written.
fn describe(plan: &Plan, mended: &[MendedTable], written: Option<&Path>) -> Vec<PackageLayer> {
    let facts = written.map(|file| geodata::read_facts(file, &[file.to_owned()]));
    plan.layers
        .iter()
        .flat_map(|layer| layer.tables.iter().map(move |table| (layer, table)))
        .map(|(layer, table)| {
            let real = facts.as_ref().and_then(|f| f.layers.iter().find(|l| l.name == table.table));
            PackageLayer {
                table: table.table.clone(),
                title: layer.layer.clone(),
                geometry: real.map_or_else(|| table.geometry.clone(), |l| l.geometry.clone()),
                features: mended.iter().find(|m| m.table == table.table).map_or(table.features, |m| m.written),
                fields: layer.fields.clone(),
                extent_wgs84: real.map_or(layer.extent_wgs84, |l| l.extent_wgs84),
                renames: layer.renames.clone(),
            }
        })
        .collect()
}

/// What of a source is on the disk.
fn files_of(source: &PlanSource) -> Vec<PathBuf> {
    source.archive.clone().map_or_else(|| source.files.clone(), |archive| vec![archive])
}

fn hashed(file: &Path) -> Result<HashedFile, Error> {
    let (bytes, _, sha256) = digests(file, &mut |_| true)?;
    Ok(HashedFile { path: file.display().to_string(), bytes, sha256 })
}

fn base_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Where a source's main file can be read: in place, or unpacked from its archive.
fn reach(source: &PlanSource, at: usize, work: &Path) -> Result<PathBuf, Error> {
    match &source.archive {
        None => Ok(source.main.clone()),
        Some(archive) => Ok(unpack(archive, at, work)?.join(&source.main)),
    }
}

fn unpack(archive: &Path, at: usize, work: &Path) -> Result<PathBuf, Error> {
    let folder = work.join(format!("unpacked-{at}"));
    std::fs::create_dir_all(&folder)?;
    geodata::archive::unpack(archive, &folder, geodata::archive::ArchiveLimits::default())
        .map_err(|p| Error::Archive { archive: base_name(archive), says: p.message })?;
    Ok(folder)
}

fn loose_files(plan: &Plan, work: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for (at, source) in plan.sources.iter().enumerate() {
        match &source.archive {
            None => files.extend(source.files.iter().cloned()),
            Some(archive) => {
                let folder = unpack(archive, at, work)?;
                files.extend(source.files.iter().map(|f| folder.join(f)));
            }
        }
    }
    Ok(files)
}

/// The files themselves, and their place in the upload; what was in an archive is kept with the package.
fn as_they_are(plan: &Plan, work: &Path, made: &Path) -> Result<Vec<(PathBuf, String)>, Error> {
    loose_files(plan, work)?
        .into_iter()
        .map(|f| {
            let target = format!("data/{}", base_name(&f));
            if f.starts_with(work) {
                let kept = made.join(base_name(&f));
                std::fs::rename(&f, &kept)?;
                return Ok((kept, target));
            }
            Ok((f, target))
        })
        .collect()
}

fn write_geopackage(
    plan: &Plan,
    target: &Path,
    work: &Path,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Vec<MendedTable>, Error> {
    let mains = plan
        .sources
        .iter()
        .enumerate()
        .map(|(at, source)| reach(source, at, work))
        .collect::<Result<Vec<_>, Error>>()?;
    let features = |layer: &PlanLayer| layer.tables.iter().map(|t| t.features).fold(1, u64::saturating_add);
    let total: u64 = plan.layers.iter().map(features).fold(0, u64::saturating_add).max(1);
    let mut before = 0_u64;
    let mut mended = Vec::new();
    for layer in &plan.layers {
        let source = &plan.sources[layer.source];
        let mut options = geodata::formats::open_options(&mains[layer.source]);
        if source.driver == "ESRI Shapefile" {
            // the file's own bytes: they are decoded as the plan says
            options.push("ENCODING=".to_owned());
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "progress"
        )]
        let mut tell = |read: u64| {
            let done = before.saturating_add(read).min(total);
            progress((done as f64 / total as f64 * plan.bytes as f64) as u64)
        };
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(4);
        let tally = geodata::mend::mend(&mains[layer.source], &options, target, &layer.recipe, threads, &mut tell)
            .map_err(|e| if matches!(e, geodata::Error::Cancelled { .. }) { Error::Cancelled } else { e.into() })?;
        before = before.saturating_add(features(layer));
        mended.extend(layer.tables.iter().zip(&tally.written).enumerate().map(|(at, (table, written))| {
            let unplaced = |at: usize| layer.recipe.tables[at].takes == geodata::mend::Takes::Unplaced;
            let only = MendedTable {
                layer: layer.layer.clone(),
                table: table.table.clone(),
                written: *written,
                ..MendedTable::default()
            };
            // what was counted over the layer is told once, at its first table
            if at > 0 {
                return only;
            }
            MendedTable {
                read: tally.read,
                made_valid: tally.made_valid,
                set_apart: tally.written.iter().enumerate().filter(|(at, _)| unplaced(*at)).map(|(_, n)| n).sum(),
                left_out: tally.left_out,
                decoded: tally.decoded,
                retyped: tally.retyped,
                area_before: tally.area_before,
                area_after: tally.area_after,
                vertices_before: tally.vertices_before,
                vertices_after: tally.vertices_after,
                ..only
            }
        }));
    }
    Ok(mended)
}

/// Size and MD5 of a file, read once.
///
/// # Errors
/// When it cannot be read.
pub fn digest(file: &Path) -> Result<(u64, String), Error> {
    let (bytes, md5, _) = read_through(file, true, false, &mut |_| true)?;
    Ok((bytes, md5))
}

/// Size, MD5 and SHA-256 of a file, read once.
fn digests(file: &Path, progress: &mut dyn FnMut(u64) -> bool) -> Result<(u64, String, String), Error> {
    read_through(file, true, true, progress)
}

fn read_through(
    file: &Path,
    with_md5: bool,
    with_sha: bool,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(u64, String, String), Error> {
    let mut input = File::open(file)?;
    let (mut md5, mut sha, mut bytes) = (Md5::new(), Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex::encode(md5.finalize()), hex::encode(sha.finalize())));
        }
        if with_md5 {
            md5.update(&buffer[..read]);
        }
        if with_sha {
            sha.update(&buffer[..read]);
        }
        bytes += read as u64;
        // a sign of life every 256 MB
        if bytes & ((256 << 20) - 1) < read as u64 && !progress(u64::MAX) {
            return Err(Error::Cancelled);
        }
    }
}

fn fingerprint(files: &[PackageFile]) -> String {
    let mut sha = Sha256::new();
    for file in files {
        sha.update(format!("{}\0{}\0{}\n", file.target, file.bytes, file.md5));
    }
    hex::encode(sha.finalize())
}
