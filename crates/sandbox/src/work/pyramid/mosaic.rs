//! Images of an upload: their check, and the pyramid that is made of them. Any number of files is
//! one mosaic; only those near what is drawn are opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use geodata::imagery::{
    Image, Mosaic, Placing, RasterFile, describe_raster, read_through, transform_extent, transform_points,
};
use model::Extent;
use platform::wire::known;
use serde_json::Value;

use super::build::{Block, Work, blocks_of, build};
use super::codec::Compression;
use super::store::{Pyramid, Writer};
use super::{Job, Log, Made, Spec, level, truth};
use crate::grids::{Grid, grid};
use crate::work::check::CheckOutcome;
use crate::work::files_below;

/// What the platform reads: GeoTIFF, TIFF with its world file, JPEG 2000.
const DRIVERS: &[&str] = &["GTiff", "JP2OpenJPEG"];
/// How much finer one image may be than another.
const SPREAD: f64 = 1.1;

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The images of an upload. Files whose name begins with `__` do not count, nor do those that only
/// accompany an image.
fn images(files: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let beside = ["tfw", "j2w", "jgw", "wld", "prj", "xml", "aux", "ovr", "txt", "pdf", "md5"];
    files_below(files)
        .into_iter()
        .filter(|f| !name_of(f).starts_with("__") && !beside.contains(&geodata::formats::extension(f).as_str()))
        .partition(|f| matches!(geodata::formats::extension(f).as_str(), "tif" | "tiff" | "jp2"))
}

/// The declared CRS as PROJ finds it fastest: IGN's Lambert-93 is EPSG's.
fn plane(srs: &str) -> String {
    geodata::epsg_twin(srs).unwrap_or(srs).to_owned()
}

fn says(error: &geodata::Error) -> String {
    match error {
        geodata::Error::Refused { says, .. } => says.clone(),
        other => other.to_string(),
    }
}

/// Every image opened, as many at a time as the machine has cores; in the order of the files.
fn each<T: Send>(files: &[PathBuf], act: &(dyn Fn(&Path) -> T + Sync)) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, T>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).min(4) {
            scope.spawn(|| {
                while let Some((at, file)) =
                    Some(next.fetch_add(1, Ordering::SeqCst)).and_then(|at| Some((at, files.get(at)?)))
                {
                    let outcome = act(file);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(at, outcome);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}

/// The platform's raster check: images readable to their last pixel, georeferenced, in the CRS
/// declared, of one resolution.
pub(crate) fn check(files: &Path, srs: &str, log: &mut Log) -> CheckOutcome {
    log.info("gpf-check-raster", "Vérification de la structure de la livraison");
    let (found, strangers) = images(files);
    let mut passed = true;
    let mut fail = |log: &mut Log, module: &str, says: &str| {
        log.error(module, says);
        passed = false;
    };
    if found.is_empty() {
        fail(log, "gpf-check-raster", "La livraison ne contient aucune image (GeoTIFF, TIFF et TFW, JPEG 2000)");
    }
    for stranger in &strangers {
        fail(
            log,
            "gpf-check-raster",
            &format!("Le fichier {} n'est pas d'un format pris en charge", name_of(stranger)),
        );
    }
    geodata::imagery::limit_cache(64 << 20);
    let seen = each(&found, &|path| {
        describe_raster(path, DRIVERS).and_then(|file| read_through(path, DRIVERS, &|| true).map(|()| file))
    });
    let (mut extent, mut sizes): (Option<Extent>, Vec<(f64, String)>) = (None, Vec::new());
    for (path, outcome) in found.iter().zip(seen) {
        let name = name_of(path);
        let file = match outcome {
            Ok(file) => file,
            Err(fault) => {
                fail(log, "cli", &format!("Le fichier {name} n'est pas lisible : {}", says(&fault)));
                continue;
            }
        };
        log.info("cli", &format!("Fichier {name} : {} × {} pixels", file.width, file.height));
        if file.code.is_some() && file.code.as_deref() != Some(srs) && file.twin.as_deref() != Some(srs) {
            let code = file.code.as_deref().unwrap_or_default();
            fail(log, "cli", &format!("Incohérence avec le SRS du fichier {name} : {code} au lieu de {srs}"));
        }
        sizes.push((file.resolution[0].max(file.resolution[1]), name));
        if let Ok(Some(e)) = transform_extent(&plane(srs), "EPSG:4326", file.extent) {
            extent = Some(extent.map_or(e, |all| all.union(e)));
        }
    }
    log.info("core", "Vérification de l’écart de résolution entre les images");
    let finest = sizes.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let coarsest = sizes.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some((fine, one)), Some((coarse, other))) = (finest, coarsest)
        && coarse / fine > SPREAD
    {
        fail(log, "core", &format!("Écart de résolution trop grand : {fine} pour {one}, {coarse} pour {other}"));
    }
    CheckOutcome { passed, extent }
}

/// The raster processing: a new pyramid, one that is laid on another, or new images in one there is.
pub(crate) fn pyramid(job: &Job, log: &mut Log) -> Result<Made, String> {
    let found: Vec<PathBuf> = job.uploads.iter().flat_map(|u| images(u).0).collect();
    let srs = job.srs.clone().unwrap_or_default();
    let files = each(&found, &|path| describe_raster(path, DRIVERS)).into_iter().collect::<Result<Vec<_>, _>>();
    let mosaic = Mosaic::new(&plane(&srs), files.map_err(|e| e.to_string())?).map_err(|e| says(&e))?;
    log.info("pyramide", &format!("{} image(s), {srs}", mosaic.files().len()));
    let before = if job.append { Some(job.target.clone()) } else { job.stored.first().cloned() };
    let base = before.as_deref().map(Pyramid::open).transpose()?.map(|p| p.spec);
    let spec = match base {
        Some(old) => renewed(old, &job.parameters, &mosaic)?,
        None => fresh(&job.parameters, &mosaic)?,
    };
    let grid = spec.grid()?;
    log.info(
        "pyramide",
        &format!(
            "Grille {}, niveaux {} à {}, compression {}",
            grid.id,
            spec.top,
            spec.bottom,
            spec.compression.as_str()
        ),
    );
    let mut writer = if job.append {
        Writer::grow(&job.target, &spec)?
    } else {
        Writer::create(&job.target, &spec, before.as_deref().map(Path::to_owned).as_slice())?
    };
    let near = placed(&mosaic, grid, spec.bottom)?;
    let area = area_of(&mosaic, grid)?;
    // values are placed exactly, pictures within an eighth of a pixel
    let exact = spec.floats || grid.plane == mosaic.crs();
    let draw = |block: Block, place: &Placing| -> Result<Option<Image>, String> {
        let Some(numbers) = near.get(&block) else { return Ok(None) };
        mosaic.warp(numbers, place, spec.resampling(), exact).map_err(|e| says(&e))
    };
    let work = Work {
        spec: &spec,
        grid,
        bottom: spec.bottom,
        top: spec.top,
        area,
        blocks: near.keys().copied().collect(),
        draw: &draw,
        under: before.as_deref(),
    };
    build(&work, job, &mut writer, log)?;
    log.info("pyramide", &format!("{} tuile(s)", writer.tiles));
    let bytes = writer.finish()?;
    spec.made(bytes)
}

/// The files near each block of the bottom level, by number.
fn placed(mosaic: &Mosaic, grid: &Grid, bottom: u32) -> Result<BTreeMap<Block, Vec<usize>>, String> {
    let mut near: BTreeMap<Block, Vec<usize>> = BTreeMap::new();
    let margin = 16.0 * grid.resolution(bottom);
    for (number, file) in mosaic.files().iter().enumerate() {
        let there = transform_extent(mosaic.crs(), grid.plane, file.extent).map_err(|e| says(&e))?;
        let e =
            there.ok_or_else(|| format!("« {} » n'a pas de place dans la grille {}.", name_of(&file.path), grid.id))?;
        let reach =
            Extent { minx: e.minx - margin, miny: e.miny - margin, maxx: e.maxx + margin, maxy: e.maxy + margin };
        for block in blocks_of(grid, bottom, reach) {
            near.entry(block).or_default().push(number);
        }
    }
    Ok(near)
}

fn area_of(mosaic: &Mosaic, grid: &Grid) -> Result<Extent, String> {
    let area = transform_extent(mosaic.crs(), grid.plane, mosaic.extent()).map_err(|e| says(&e))?;
    area.ok_or_else(|| format!("Les images n'ont pas de place dans la grille {}.", grid.id))
}

/// Size of the images' pixels, in the grid's units, at the middle of the mosaic.
fn size_on(mosaic: &Mosaic, grid: &Grid) -> Result<f64, String> {
    let e = mosaic.extent();
    let [rx, ry] = mosaic.resolution();
    let (x, y) = (f64::midpoint(e.minx, e.maxx), f64::midpoint(e.miny, e.maxy));
    let points = [[x, y], [x + 100.0 * rx, y], [x, y + 100.0 * ry]];
    let there = transform_points(mosaic.crs(), grid.plane, &points).map_err(|e| says(&e))?;
    let [Some(o), Some(a), Some(b)] = there[..] else {
        return Err(format!("Les images n'ont pas de place dans la grille {}.", grid.id));
    };
    let far = |p: [f64; 2]| (p[0] - o[0]).hypot(p[1] - o[1]) / 100.0;
    Ok((far(a) * far(b)).sqrt())
}

fn text<'a>(parameters: &'a Value, name: &str) -> Option<&'a str> {
    parameters[name].as_str()
}

/// The pyramid that a first generation makes.
fn fresh(parameters: &Value, mosaic: &Mosaic) -> Result<Spec, String> {
    let tms = text(parameters, "tms").ok_or("« tms » est obligatoire pour une première génération.")?;
    let grid = grid(tms).ok_or_else(|| format!("La grille « {tms} » n'existe pas."))?;
    let named =
        text(parameters, "compression").ok_or("« compression » est obligatoire pour une première génération.")?;
    let compression = Compression::named(named).ok_or_else(|| format!("La compression « {named} » n'existe pas."))?;
    let first = mosaic.files().first().ok_or("Aucune image.")?;
    let (bands, alpha, floats) = (first.bands, first.alpha, first.floats());
    suits(compression, first)?;
    let bottom = match level(&parameters["bottom"], "bottom", grid)? {
        Some(bottom) => bottom,
        None => grid.nearest(size_on(mosaic, grid)?),
    };
    let top = level(&parameters["top"], "top", grid)?.unwrap_or(0);
    if top > bottom {
        return Err(format!("Le niveau du haut ({top}) est sous celui du bas ({bottom})."));
    }
    let nodata = first.nodata.filter(|_| floats).unwrap_or(if floats { -99999.0 } else { 255.0 });
    Ok(Spec {
        tms: tms.to_owned(),
        compression,
        interpolation: text(parameters, "interpolation").unwrap_or("bicubic").to_owned(),
        bottom,
        top,
        mask: truth(&parameters["mask"]),
        bands,
        alpha,
        floats,
        nodata: vec![nodata; bands],
        extent: area_of(mosaic, grid)?,
    })
}

/// What each compression can hold.
fn suits(compression: Compression, file: &RasterFile) -> Result<(), String> {
    let channels = file.bands + usize::from(file.alpha);
    match compression {
        Compression::Jpg | Compression::Jpg90 if file.floats() || file.alpha || !matches!(file.bands, 1 | 3) => {
            Err(format!(
                "La compression jpg demande 1 ou 3 canaux de 8 bits : les images en ont {channels}, de type {}.",
                file.kind
            ))
        }
        Compression::Png if file.floats() || !matches!(file.bands, 1 | 3) => Err(format!(
            "La compression png demande 1 à 4 canaux de 8 bits : les images en ont {channels}, de type {}.",
            file.kind
        )),
        _ if channels > 4 => Err(format!("Une pyramide a 4 canaux au plus : les images en ont {channels}.")),
        _ => Ok(()),
    }
}

/// The pyramid that new images grow into: all that tiles have in common stays.
fn renewed(old: Spec, parameters: &Value, mosaic: &Mosaic) -> Result<Spec, String> {
    let grid = old.grid()?;
    let other = |name: &str, kept: &str| match text(parameters, name) {
        Some(asked) if !asked.eq_ignore_ascii_case(kept) => {
            Err(format!("« {name} » vaut {kept} dans la pyramide à mettre à jour, pas {asked}."))
        }
        _ => Ok(()),
    };
    other("tms", &old.tms)?;
    other("compression", old.compression.as_str())?;
    let first = mosaic.files().first().ok_or("Aucune image.")?;
    if (first.bands, first.alpha, first.floats()) != (old.bands, old.alpha, old.floats) {
        return Err("Les images n'ont pas les canaux de la pyramide à mettre à jour.".to_owned());
    }
    let extent = old.extent.union(area_of(mosaic, grid)?);
    let interpolation = text(parameters, "interpolation").unwrap_or(&old.interpolation).to_owned();
    Ok(Spec { extent, interpolation, ..old })
}

/// Whether a processing makes its output of the stored data that it reads, which then must stay.
pub(crate) fn refers(processing: &str) -> bool {
    matches!(processing, known::RASTER_PYRAMID | known::RASTER_MERGE | known::WMS_HARVEST)
}
