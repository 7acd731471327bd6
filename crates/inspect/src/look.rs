//! What a worker does to show data: features for a map, rows for a table, tiles. Runs in the worker
//! only. A path is that of an inventory: a file, or a place in an archive (`a.zip/inner/b.shp`).

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::handlers::read;
use crate::references::check_references;
use crate::source::is_archive;

type Tell<'a> = &'a mut (dyn FnMut(Value) + Send);

/// Where GDAL finds a path: what may not be opened, or is not there, is refused.
fn reachable(path: &Path) -> Result<PathBuf, String> {
    if path.exists() {
        return match check_references(path).0 {
            Some(problem) => Err(problem.message),
            None => Ok(path.to_owned()),
        };
    }
    let missing = || format!("there is no file `{}`", path.display());
    let archive = path.ancestors().skip(1).find(|above| is_archive(above)).ok_or_else(missing)?;
    let inner = path.strip_prefix(archive).map_err(|_| missing())?.to_string_lossy().replace('\\', "/");
    let (entries, _) = geodata::archive::list(archive, geodata::archive::ArchiveLimits::default())
        .map_err(|problem| problem.message)?;
    if !entries.iter().any(|entry| entry.name == inner) {
        return Err(missing());
    }
    Ok(PathBuf::from(format!("/vsizip/{{{}}}/{inner}", archive.display())))
}

#[derive(Deserialize)]
struct Preview {
    path: PathBuf,
    layer: String,
    max: u64,
}

pub(crate) fn preview(request: Value, _tell: Tell<'_>) -> Result<Value, String> {
    let asked: Preview = read(request)?;
    geodata::preview(&reachable(&asked.path)?, &asked.layer, asked.max.min(50_000)).map_err(|e| e.to_string())
}

#[derive(Deserialize)]
struct Rows {
    path: PathBuf,
    layer: String,
    #[serde(flatten)]
    wanted: geodata::RowsWanted,
}

pub(crate) fn rows(request: Value, _tell: Tell<'_>) -> Result<Value, String> {
    let mut asked: Rows = read(request)?;
    asked.wanted.limit = asked.wanted.limit.min(1000);
    geodata::rows(&reachable(&asked.path)?, &asked.layer, &asked.wanted).map_err(|e| e.to_string())
}

#[derive(Deserialize)]
struct TileAsked {
    path: PathBuf,
    /// Of a vector tile.
    #[serde(default)]
    layer: String,
    z: u32,
    x: u32,
    y: u32,
}

/// Answers `{"base64": …}`, null where the layer has nothing.
pub(crate) fn vector_tile(request: Value, _tell: Tell<'_>) -> Result<Value, String> {
    let asked: TileAsked = read(request)?;
    let tile = geodata::vector_tile(&reachable(&asked.path)?, &asked.layer, asked.z, asked.x, asked.y)
        .map_err(|e| e.to_string())?;
    Ok(json!({ "base64": (!tile.is_empty()).then(|| BASE64_STANDARD.encode(tile)) }))
}

/// Answers `{"base64": …}`, a PNG, null where the raster is not.
pub(crate) fn raster_tile(request: Value, _tell: Tell<'_>) -> Result<Value, String> {
    let asked: TileAsked = read(request)?;
    let tile = geodata::raster_tile(&reachable(&asked.path)?, asked.z, asked.x, asked.y).map_err(|e| e.to_string())?;
    Ok(json!({ "base64": tile.map(|png| BASE64_STANDARD.encode(png)) }))
}

#[derive(Deserialize)]
struct SetTileAsked {
    /// Those of the set that lie in the tile.
    paths: Vec<PathBuf>,
    range: Option<[f64; 2]>,
    z: u32,
    x: u32,
    y: u32,
}

/// The same of some images of a set, each left out that is no longer there.
pub(crate) fn raster_set_tile(request: Value, _tell: Tell<'_>) -> Result<Value, String> {
    let asked: SetTileAsked = read(request)?;
    let there: Vec<PathBuf> = asked.paths.iter().filter_map(|path| reachable(path).ok()).collect();
    let tile = geodata::raster_set_tile(&there, asked.range, asked.z, asked.x, asked.y).map_err(|e| e.to_string())?;
    Ok(json!({ "base64": tile.map(|png| BASE64_STANDARD.encode(png)) }))
}

#[derive(Deserialize)]
struct RangeAsked {
    paths: Vec<PathBuf>,
}

/// Answers the least and greatest value of some images, null for those of bytes.
pub(crate) fn raster_range(request: Value, _tell: Tell<'_>) -> Result<Value, String> {
    let asked: RangeAsked = read(request)?;
    let there: Vec<PathBuf> = asked.paths.iter().filter_map(|path| reachable(path).ok()).collect();
    geodata::raster_range(&there).map(|range| json!(range)).map_err(|e| e.to_string())
}
