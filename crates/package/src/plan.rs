//! What will be written, decided from the inventories alone: shown before it is done.

use std::collections::BTreeSet;
use std::path::PathBuf;

use geodata::mend::Recipe;
use model::{
    Code, Crs, Extent, Inventory, Kind, Layer, PackageKind, PackageRaster, Rename, Service, common_srs,
    conforming_name, conforming_names,
};
use serde::{Deserialize, Serialize};

use crate::layer::{AllMends, Mends, is_spatial, true_crs};

/// What the user chose.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Choices {
    /// Any text; the package's name is the nearest that conforms.
    pub name: String,
    pub services: Vec<Service>,
    /// The CRS to deliver in. Assigned to layers that state none, reprojected to for the others.
    pub srs: Option<String>,
    /// A repair: a copy is written even of what could go as it is, and `srs` is only where it is
    /// brought to.
    #[serde(default)]
    pub rewrite: bool,
}

/// One package to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub name: String,
    pub kind: PackageKind,
    pub srs: String,
    pub sources: Vec<PlanSource>,
    /// For a vector package that is written; empty when the file goes untouched.
    pub layers: Vec<PlanLayer>,
    /// The source's own file conforms and is delivered as it is.
    pub untouched: bool,
    pub extent_wgs84: Option<Extent>,
    /// For a raster package.
    #[serde(default)]
    pub raster: Option<PackageRaster>,
    /// Of the sources.
    pub bytes: u64,
    pub notes: Vec<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSource {
    /// The archive, when the data are in one.
    pub archive: Option<PathBuf>,
    /// The main file; its path in the archive when there is one.
    pub main: PathBuf,
    pub files: Vec<PathBuf>,
    pub driver: String,
    /// The encoding of its texts, when GDAL must be told.
    pub encoding: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanLayer {
    /// Index in the plan's sources.
    pub source: usize,
    pub layer: String,
    /// The tables that its rows go to; one, unless it is mended into several.
    pub tables: Vec<PlanTable>,
    /// Fields that change name.
    pub renames: Vec<Rename>,
    pub fields: Vec<String>,
    pub extent_wgs84: Option<Extent>,
    /// State this CRS without touching coordinates.
    pub assign: Option<String>,
    /// Transform coordinates from this CRS to the plan's.
    pub reproject: Option<String>,
    /// Exactly how it is copied.
    pub recipe: Recipe,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanTable {
    pub table: String,
    pub geometry: String,
    /// As far as they are known before.
    pub features: u64,
}

/// Something the plan does that the user may want to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub code: Code,
    pub about: String,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("nothing to package: no source can be read")]
    Nothing,
    #[error("every table is empty: {}", .0.join(", "))]
    AllEmpty(Vec<String>),
    #[error("no coordinate system is known for {}; name one", .0.join(", "))]
    NoCrs(Vec<String>),
    #[error("two files are called `{0}`; the platform stores them flat")]
    SameName(String),
    #[error("images and vectors cannot be one delivery: {0}")]
    Mixed(String),
}

/// The packages that the services need: vectors or images for the live ones, the files as they are
/// for downloading.
///
/// # Errors
/// When no conforming package can be made of the sources.
pub fn plan(inventories: &[Inventory], choices: &Choices) -> Result<Vec<Plan>, Refusal> {
    let raster = inventories.iter().any(|i| i.kind == Kind::Raster);
    let kinds: Vec<PackageKind> = {
        let mut seen = Vec::new();
        for service in &choices.services {
            let kind = PackageKind::of(*service, raster);
            if !seen.contains(&kind) {
                seen.push(kind);
            }
        }
        seen
    };
    kinds
        .into_iter()
        .map(|kind| match kind {
            PackageKind::Vector => plan_vectors(inventories, choices, &AllMends::new()),
            PackageKind::Raster => plan_rasters(inventories, choices),
            PackageKind::Archive => plan_archive(inventories, choices),
        })
        .collect()
}

fn source_of(inventory: &Inventory) -> PlanSource {
    let (archive, main) = split_archive(&inventory.path);
    let inner = |path: &str| match &archive {
        Some(_) => split_archive(path).1,
        None => PathBuf::from(path),
    };
    let encoding = inventory
        .layers
        .iter()
        .find_map(|l| l.encoding.as_ref())
        .and_then(|e| e.name.clone())
        .filter(|name| name != "utf-8");
    PlanSource {
        main,
        files: inventory.files.iter().map(|f| inner(&f.path)).collect(),
        driver: inventory.driver.clone().unwrap_or_default(),
        encoding,
        archive,
    }
}

/// `a/b.zip/c/d.shp` as the archive and the path in it.
pub(crate) fn split_archive(path: &str) -> (Option<PathBuf>, PathBuf) {
    let lower = path.to_lowercase();
    for (at, _) in lower.match_indices(".zip/") {
        let archive = PathBuf::from(&path[..at + 4]);
        if archive.is_file() {
            return (Some(archive), PathBuf::from(&path[at + 5..]));
        }
    }
    (None, PathBuf::from(path))
}

/// A package of vectors, with what is mended in each layer, by the source's path and the layer's name.
///
/// # Errors
/// When no conforming package can be made of the sources.
pub fn plan_vectors(inventories: &[Inventory], choices: &Choices, mends: &AllMends) -> Result<Plan, Refusal> {
    let vectors: Vec<&Inventory> =
        inventories.iter().filter(|i| matches!(i.kind, Kind::Vector | Kind::Table | Kind::Mixed)).collect();
    if vectors.is_empty() {
        return Err(Refusal::Nothing);
    }
    let none = Mends::default();
    let of =
        |source: usize, layer: &Layer| mends.get(&(vectors[source].path.clone(), layer.name.clone())).unwrap_or(&none);
    let layers: Vec<(usize, &Layer)> =
        vectors.iter().enumerate().flat_map(|(at, i)| i.layers.iter().map(move |l| (at, l))).collect();
    let full: Vec<(usize, &Layer)> =
        layers.iter().copied().filter(|(at, l)| holds_features(l) && !of(*at, l).leave_table_out).collect();
    if full.is_empty() {
        return Err(Refusal::AllEmpty(layers.iter().map(|(_, l)| l.name.clone()).collect()));
    }
    let nowhere: Vec<String> = full
        .iter()
        .filter(|(at, l)| is_spatial(l, of(*at, l)) && true_crs(l, of(*at, l)).is_none())
        // what is declared for a delivery is said of coordinates that say nothing; a repair states
        // nothing that was not picked
        .filter(|_| choices.srs.is_none() || choices.rewrite)
        .map(|(_, l)| l.name.clone())
        .collect();
    if !nowhere.is_empty() {
        return Err(Refusal::NoCrs(nowhere));
    }
    let mended: Vec<(&Layer, &Mends)> = full.iter().map(|(at, l)| (*l, of(*at, l))).collect();
    let srs = choices.srs.clone().or_else(|| common(&mended)).unwrap_or_else(|| "EPSG:4326".to_owned());
    let driver = |at: usize| vectors[at].driver.as_deref().unwrap_or_default();
    let shapes: Vec<Vec<crate::layer::Shaped>> =
        full.iter().map(|(at, layer)| crate::layer::tables(layer, of(*at, layer), driver(*at))).collect();
    let wanted: Vec<String> = shapes.iter().flatten().map(|shaped| shaped.name.clone()).collect();
    let mut names = conforming_names(&wanted).into_iter();
    let planned: Vec<PlanLayer> = full
        .iter()
        .zip(shapes)
        .map(|((source, layer), shaped)| {
            let tables = shaped.into_iter().map(|s| (names.next().unwrap_or_default(), s)).collect();
            crate::layer::plan_layer(*source, layer, tables, of(*source, layer), &srs, driver(*source))
        })
        .collect();
    let mut notes: Vec<Note> = layers
        .iter()
        .filter(|(_, l)| !holds_features(l))
        .map(|(_, l)| Note { code: Code::FeatureMissing, about: l.name.clone() })
        .collect();
    let untouched = !choices.rewrite
        && vectors.len() == 1
        && vectors[0].driver.as_deref() == Some("GPKG")
        && vectors[0].raster.is_none()
        && split_archive(&vectors[0].path).0.is_none()
        && layers.len() == full.len()
        && planned.iter().zip(&full).all(|(p, (at, l))| {
            *of(*at, l) == none
                && p.tables.len() == 1
                && p.tables[0].table == l.name
                && p.renames.is_empty()
                && p.reproject.is_none()
                && p.assign.is_none()
                && !p.recipe.shape.linear
                && !p.recipe.shape.multi
        });
    if !untouched {
        notes.extend(
            vectors
                .iter()
                .filter(|i| i.driver.as_deref() != Some("GPKG"))
                .map(|i| Note { code: Code::FormatConverted, about: i.path.clone() }),
        );
    }
    let extent = planned.iter().filter_map(|l| l.extent_wgs84).reduce(Extent::union);
    let sources = vectors
        .iter()
        .map(|i| {
            let mut source = source_of(i);
            let chosen =
                i.layers.iter().filter_map(|l| mends.get(&(i.path.clone(), l.name.clone()))?.encoding.clone()).next();
            source.encoding = chosen.or(source.encoding);
            source
        })
        .collect();
    Ok(Plan {
        name: conforming_name(&choices.name),
        kind: PackageKind::Vector,
        srs,
        sources,
        layers: planned,
        untouched,
        extent_wgs84: extent,
        raster: None,
        bytes: vectors.iter().map(|i| i.bytes).sum(),
        notes,
    })
}

/// The CRS that most features are in, a projected one before degrees, as mended.
fn common(layers: &[(&Layer, &Mends)]) -> Option<String> {
    const DEGREES: &[&str] = &["EPSG:4326", "EPSG:4171", "EPSG:4258", "EPSG:4269", "EPSG:4979"];
    let mut counts: std::collections::BTreeMap<(bool, String), u64> = std::collections::BTreeMap::new();
    for (layer, mends) in layers.iter().filter(|(l, m)| is_spatial(l, m)) {
        let Some(code) = true_crs(layer, mends).filter(|c| c.contains(':') && c.len() < 20) else { continue };
        let own = layer.crs.as_ref().filter(|c| c.code.as_deref() == Some(code.as_str()));
        let geographic = own.map_or(DEGREES.contains(&code.as_str()), |c| c.geographic);
        let count = counts.entry((!geographic, code)).or_default();
        *count = count.saturating_add(layer.features.unwrap_or(0)).saturating_add(1);
    }
    counts.into_iter().max_by_key(|((projected, _), count)| (*projected, *count)).map(|((_, code), _)| code)
}

pub(crate) fn holds_features(layer: &Layer) -> bool {
    layer.scan.as_ref().map_or(layer.features != Some(0), |s| s.read > 0)
}

pub(crate) fn code_of(crs: Option<&Crs>) -> Option<&str> {
    crs.and_then(|c| c.code.as_deref())
}

fn plan_rasters(inventories: &[Inventory], choices: &Choices) -> Result<Plan, Refusal> {
    let rasters: Vec<&Inventory> = inventories.iter().filter(|i| i.kind == Kind::Raster).collect();
    if rasters.is_empty() {
        return Err(Refusal::Nothing);
    }
    let nowhere: Vec<String> = rasters
        .iter()
        .filter(|i| choices.srs.is_none() && code_of(i.raster.as_ref().and_then(|r| r.crs.as_ref())).is_none())
        .map(|i| i.path.clone())
        .collect();
    if !nowhere.is_empty() {
        return Err(Refusal::NoCrs(nowhere));
    }
    unique_names(&rasters)?;
    Ok(Plan {
        name: conforming_name(&choices.name),
        kind: PackageKind::Raster,
        srs: choices.srs.clone().or_else(|| common_srs(inventories)).unwrap_or_default(),
        sources: rasters.iter().map(|i| source_of(i)).collect(),
        layers: Vec::new(),
        untouched: true,
        extent_wgs84: rasters.iter().filter_map(|i| i.raster.as_ref()?.extent_wgs84).reduce(Extent::union),
        raster: crate::raster::describe(&rasters),
        bytes: rasters.iter().map(|i| i.bytes).sum(),
        notes: Vec::new(),
    })
}

fn plan_archive(inventories: &[Inventory], choices: &Choices) -> Result<Plan, Refusal> {
    if inventories.is_empty() {
        return Err(Refusal::Nothing);
    }
    let all: Vec<&Inventory> = inventories.iter().collect();
    let single_archive =
        all.iter().all(|i| split_archive(&i.path).0.is_some_and(|a| Some(a) == split_archive(&all[0].path).0))
            || (all.len() == 1 && all[0].path.to_lowercase().ends_with(".zip"));
    if !single_archive {
        unique_names(&all)?;
    }
    let extents = all.iter().flat_map(|i| {
        i.layers.iter().filter_map(|l| l.extent_wgs84).chain(i.raster.iter().filter_map(|r| r.extent_wgs84))
    });
    Ok(Plan {
        name: conforming_name(&choices.name),
        kind: PackageKind::Archive,
        srs: choices.srs.clone().or_else(|| common_srs(inventories)).unwrap_or_else(|| "EPSG:4326".to_owned()),
        sources: all.iter().map(|i| source_of(i)).collect(),
        layers: Vec::new(),
        untouched: single_archive,
        extent_wgs84: extents.reduce(Extent::union),
        raster: None,
        bytes: all.iter().map(|i| i.bytes).sum(),
        notes: Vec::new(),
    })
}

fn unique_names(inventories: &[&Inventory]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for path in inventories.iter().flat_map(|i| &i.files).map(|f| &f.path) {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if !seen.insert(name.to_lowercase()) {
            return Err(Refusal::SameName(name.to_owned()));
        }
    }
    Ok(())
}
