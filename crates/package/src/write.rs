//! Writes a plan: into a temporary folder beside the target, then renamed, so that an interruption
//! or a full disk leaves nothing half-made.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use model::{Package, PackageFile, PackageKind, PackageLayer, PackageOrigin};
use sha2::Sha256;

use crate::archive::write_zip;
use crate::plan::{Plan, PlanLayer, PlanSource};

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

/// Writes the package into the folder `into` (made when missing, replaced when there). `progress`
/// hears bytes done, of the plan's, and stops the work by answering `false`. Blocks.
///
/// # Errors
/// The disk's, GDAL's, or cancelled. `into` is then as it was.
pub fn write(plan: &Plan, into: &Path, progress: &mut dyn FnMut(u64) -> bool) -> Result<Package, Error> {
    let parent = into.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let work = tempfile::Builder::new().prefix(".quai-writing-").tempdir_in(parent)?;
    let made = work.path().join("package");
    std::fs::create_dir(&made)?;
    let files = match (plan.kind, plan.untouched) {
        (PackageKind::Vector, false) => {
            let file = made.join(format!("{}.gpkg", plan.name));
            write_geopackage(plan, &file, work.path(), progress)?;
            File::open(&file)?.sync_all()?;
            vec![(file, format!("data/{}.gpkg", plan.name))]
        }
        (PackageKind::Vector, true) => {
            let main = plan.sources[0].main.clone();
            vec![(main, format!("data/{}.gpkg", plan.name))]
        }
        (PackageKind::Archive, true) => {
            let archive = plan.sources[0].archive.clone().unwrap_or_else(|| plan.sources[0].main.clone());
            let target = format!("data/{}", base_name(&archive));
            vec![(archive, target)]
        }
        (PackageKind::Archive, false) => {
            let file = made.join(format!("{}.zip", plan.name));
            let loose: Vec<PathBuf> = loose_files(plan, work.path())?;
            if !write_zip(&loose, &file, progress)? {
                return Err(Error::Cancelled);
            }
            vec![(file, format!("data/{}.zip", plan.name))]
        }
        (PackageKind::Raster, _) => loose_files(plan, work.path())?
            .into_iter()
            .map(|f| {
                let target = format!("data/{}", base_name(&f));
                if f.starts_with(work.path()) {
                    let kept = made.join(base_name(&f));
                    std::fs::rename(&f, &kept)?;
                    return Ok((kept, target));
                }
                Ok((f, target))
            })
            .collect::<Result<Vec<_>, Error>>()?,
    };
    let mut listed = Vec::new();
    for (local, target) in files {
        let (bytes, md5) = digest(&local)?;
        // what we wrote moves with the folder; what is the user's stays where it is
        let local = local.strip_prefix(&made).map_or(local.clone(), |inside| into.join(inside));
        let local = std::path::absolute(local)?;
        listed.push(PackageFile { local, target, bytes, md5 });
    }
    listed.sort_by(|a, b| a.target.cmp(&b.target));
    let package = Package {
        name: plan.name.clone(),
        kind: plan.kind,
        srs: plan.srs.clone(),
        fingerprint: fingerprint(&listed),
        files: listed,
        layers: plan.layers.iter().map(describe).collect(),
        extent_wgs84: plan.extent_wgs84,
        origin: if plan.untouched { PackageOrigin::Untouched } else { PackageOrigin::Written },
    };
    std::fs::write(made.join("package.json"), serde_json::to_vec_pretty(&package).map_err(std::io::Error::other)?)?;
    if into.exists() {
        std::fs::rename(into, work.path().join("before"))?;
    }
    std::fs::rename(&made, into)?;
    Ok(package)
}

fn describe(layer: &PlanLayer) -> PackageLayer {
    PackageLayer {
        table: layer.table.clone(),
        title: layer.layer.clone(),
        geometry: layer.geometry.clone(),
        features: layer.features,
        fields: layer.fields.clone(),
        extent_wgs84: layer.extent_wgs84,
        renames: layer.renames.clone(),
    }
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

fn write_geopackage(
    plan: &Plan,
    target: &Path,
    work: &Path,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Error> {
    let mains = plan
        .sources
        .iter()
        .enumerate()
        .map(|(at, source)| {
            let main = reach(source, at, work)?;
            as_utf8(main, source, at, work)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let total: u64 = plan.layers.iter().map(|l| l.features.max(1)).sum();
    let mut before = 0;
    for (number, layer) in plan.layers.iter().enumerate() {
        let source = &plan.sources[layer.source];
        let mut arguments: Vec<String> =
            ["-f", "GPKG", "-gt", "200000", "-nln", &layer.table].map(str::to_owned).into();
        if number > 0 {
            arguments.extend(["-update".to_owned(), "-append".to_owned()]);
        }
        let taken = |name: &str| layer.fields.iter().any(|f| f == name);
        let fid = ["fid", "ogc_fid", "quai_fid"].into_iter().find(|n| !taken(n)).unwrap_or("_fid");
        let geom = ["geom", "geometry", "the_geom"].into_iter().find(|n| !taken(n)).unwrap_or("_geom");
        for option in [format!("FID={fid}"), format!("GEOMETRY_NAME={geom}")] {
            arguments.extend(["-lco".to_owned(), option]);
        }
        if layer.promote || (source.driver == "ESRI Shapefile" && !layer.geometry.starts_with("Point")) {
            arguments.extend(["-nlt".to_owned(), "PROMOTE_TO_MULTI".to_owned()]);
        }
        if layer.linear {
            arguments.extend(["-nlt".to_owned(), "CONVERT_TO_LINEAR".to_owned()]);
        }
        if layer.geometry == "None" {
            arguments.extend(["-nlt".to_owned(), "NONE".to_owned()]);
        }
        if let Some(srs) = &layer.assign {
            arguments.extend(["-a_srs".to_owned(), srs.clone()]);
        }
        if let Some(from) = &layer.reproject {
            for (key, value) in [("-s_srs", from), ("-t_srs", &plan.srs)] {
                arguments.extend([key.to_owned(), value.clone()]);
            }
        }
        arguments.push(layer.layer.clone());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut options = geodata::formats::open_options(&mains[layer.source]);
        if let (Some(encoding), true) = (&source.encoding, source.driver == "ESRI Shapefile") {
            options.push(format!("ENCODING={}", gdal_encoding(encoding)));
        }
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "progress"
        )]
        let mut tell = |share: f64| {
            let features = before as f64 + share * layer.features as f64;
            progress((features / total as f64 * plan.bytes as f64) as u64)
        };
        geodata::copy_vectors(&mains[layer.source], &options, target, &arguments, &mut tell)
            .map_err(|e| if matches!(e, geodata::Error::Cancelled { .. }) { Error::Cancelled } else { e.into() })?;
        before += layer.features.max(1);
        if !layer.renames.is_empty() {
            // in two passes, so that `A` → `b` and `B` → `a` cannot meet
            let renames: Vec<(String, String)> = layer.renames.iter().map(|r| (r.from.clone(), r.to.clone())).collect();
            let apart: Vec<(String, String)> =
                renames.iter().enumerate().map(|(i, (from, _))| (from.clone(), format!("quai__{i}"))).collect();
            let settled: Vec<(String, String)> =
                renames.iter().enumerate().map(|(i, (_, to))| (format!("quai__{i}"), to.clone())).collect();
            geodata::rename_fields(target, &layer.table, &apart)?;
            geodata::rename_fields(target, &layer.table, &settled)?;
        }
    }
    Ok(())
}

/// GDAL's name of an encoding.
fn gdal_encoding(name: &str) -> String {
    match name {
        "windows-1252" => "CP1252".to_owned(),
        other => other.to_uppercase(),
    }
}

/// A text file in another encoding is copied to UTF-8, since its driver reads nothing else.
fn as_utf8(main: PathBuf, source: &PlanSource, at: usize, work: &Path) -> Result<PathBuf, Error> {
    let Some(encoding) = source.encoding.as_ref().filter(|_| source.driver == "CSV") else { return Ok(main) };
    let Some(codec) = encoding_rs::Encoding::for_label(encoding.as_bytes()) else { return Ok(main) };
    let folder = work.join(format!("utf8-{at}"));
    std::fs::create_dir_all(&folder)?;
    for file in &source.files {
        let from = main.parent().unwrap_or(Path::new(".")).join(base_name(file));
        if from != main && from.exists() {
            std::fs::copy(&from, folder.join(base_name(file)))?;
        }
    }
    let target = folder.join(base_name(&main));
    let bytes = std::fs::read(&main)?;
    std::fs::write(&target, codec.decode(&bytes).0.as_bytes())?;
    Ok(target)
}

/// Size and MD5 of a file, read once.
///
/// # Errors
/// When it cannot be read.
pub fn digest(file: &Path) -> Result<(u64, String), Error> {
    let mut input = File::open(file)?;
    let (mut md5, mut bytes) = (Md5::new(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex::encode(md5.finalize())));
        }
        md5.update(&buffer[..read]);
        bytes += read as u64;
    }
}

fn fingerprint(files: &[PackageFile]) -> String {
    let mut sha = Sha256::new();
    for file in files {
        sha.update(format!("{}\0{}\0{}\n", file.target, file.bytes, file.md5));
    }
    hex::encode(sha.finalize())
}
