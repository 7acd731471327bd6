//! What will be written, decided from the inventories alone: shown before it is done.

use std::collections::BTreeSet;
use std::path::PathBuf;

use model::{
    Code, Crs, Extent, Inventory, Kind, Layer, PackageKind, Rename, Service, common_srs, conforming_name,
    conforming_names,
};
use serde::{Deserialize, Serialize};

/// What the user chose.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Choices {
    /// Any text; the package's name is the nearest that conforms.
    pub name: String,
    pub services: Vec<Service>,
    /// The CRS to deliver in. Assigned to layers that state none, reprojected to for the others.
    pub srs: Option<String>,
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
    pub table: String,
    /// Fields that change name.
    pub renames: Vec<Rename>,
    pub fields: Vec<String>,
    pub geometry: String,
    pub features: u64,
    pub extent_wgs84: Option<Extent>,
    /// State this CRS without touching coordinates.
    pub assign: Option<String>,
    /// Transform coordinates from this CRS to the plan's.
    pub reproject: Option<String>,
    /// Polygons and multipolygons (or lines) become multi.
    pub promote: bool,
    /// Curves become segments.
    pub linear: bool,
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
            PackageKind::Vector => plan_vectors(inventories, choices),
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

fn plan_vectors(inventories: &[Inventory], choices: &Choices) -> Result<Plan, Refusal> {
    let vectors: Vec<&Inventory> =
        inventories.iter().filter(|i| matches!(i.kind, Kind::Vector | Kind::Table | Kind::Mixed)).collect();
    if vectors.is_empty() {
        return Err(Refusal::Nothing);
    }
    let layers: Vec<(usize, &Layer)> =
        vectors.iter().enumerate().flat_map(|(at, i)| i.layers.iter().map(move |l| (at, l))).collect();
    let full: Vec<(usize, &Layer)> = layers.iter().copied().filter(|(_, l)| holds_features(l)).collect();
    if full.is_empty() {
        return Err(Refusal::AllEmpty(layers.iter().map(|(_, l)| l.name.clone()).collect()));
    }
    let nowhere: Vec<String> = full
        .iter()
        .filter(|(_, l)| l.geometry != "None" && choices.srs.is_none() && code_of(l.crs.as_ref()).is_none())
        .map(|(_, l)| l.name.clone())
        .collect();
    if !nowhere.is_empty() {
        return Err(Refusal::NoCrs(nowhere));
    }
    let srs = choices.srs.clone().or_else(|| common_srs(inventories)).unwrap_or_else(|| "EPSG:4326".to_owned());
    let names: Vec<&str> = full.iter().map(|(_, l)| l.name.as_str()).collect();
    let planned: Vec<PlanLayer> = full
        .iter()
        .zip(conforming_names(&names))
        .map(|((source, layer), table)| plan_layer(*source, layer, table, &srs))
        .collect();
    let mut notes: Vec<Note> = layers
        .iter()
        .filter(|(_, l)| !holds_features(l))
        .map(|(_, l)| Note { code: Code::FeatureMissing, about: l.name.clone() })
        .collect();
    let untouched = vectors.len() == 1
        && vectors[0].driver.as_deref() == Some("GPKG")
        && vectors[0].raster.is_none()
        && split_archive(&vectors[0].path).0.is_none()
        && layers.len() == full.len()
        && planned.iter().zip(&full).all(|(p, (_, l))| {
            p.table == l.name
                && p.renames.is_empty()
                && p.reproject.is_none()
                && p.assign.is_none()
                && !p.linear
                && !p.promote
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
    Ok(Plan {
        name: conforming_name(&choices.name),
        kind: PackageKind::Vector,
        srs,
        sources: vectors.iter().map(|i| source_of(i)).collect(),
        layers: planned,
        untouched,
        extent_wgs84: extent,
        bytes: vectors.iter().map(|i| i.bytes).sum(),
        notes,
    })
}

fn holds_features(layer: &Layer) -> bool {
    layer.scan.as_ref().map_or(layer.features != Some(0), |s| s.read > 0)
}

fn code_of(crs: Option<&Crs>) -> Option<&str> {
    crs.and_then(|c| c.code.as_deref())
}

fn plan_layer(source: usize, layer: &Layer, table: String, srs: &str) -> PlanLayer {
    let spatial = layer.geometry != "None";
    let code = code_of(layer.crs.as_ref());
    // a twin, or a definition recognised by its parameters, is stated under the code declared
    let named = layer.crs.as_ref().is_some_and(|c| {
        c.twin.is_none()
            || c.wkt.as_ref().is_some_and(|w| {
                w.contains(&format!("ID[\"EPSG\",{}]]", c.code.as_deref().unwrap_or("").trim_start_matches("EPSG:")))
            })
    });
    let reproject = code.filter(|c| spatial && *c != srs).map(str::to_owned);
    let assign = (spatial && reproject.is_none() && !(code == Some(srs) && named)).then(|| srs.to_owned());
    let names: Vec<&str> = layer.fields.iter().map(|f| f.name.as_str()).collect();
    let made = conforming_names(&names);
    let renames = names
        .iter()
        .zip(&made)
        .filter(|(from, to)| from != to)
        .map(|(from, to)| Rename { from: (*from).to_owned(), to: to.clone() })
        .collect();
    let kinds: BTreeSet<&str> =
        layer.scan.iter().flat_map(|s| &s.types).map(|t| t.geometry.split(' ').next().unwrap_or_default()).collect();
    let families: BTreeSet<&str> = kinds.iter().map(|k| k.strip_prefix("Multi").unwrap_or(k)).collect();
    let curved = layer.scan.as_ref().is_some_and(|s| s.curves > 0)
        || ["Curve", "Surface", "CompoundCurve", "CurvePolygon"].iter().any(|k| layer.geometry.contains(k));
    PlanLayer {
        source,
        layer: layer.name.clone(),
        table,
        renames,
        fields: made,
        geometry: layer.geometry.clone(),
        features: layer.scan.as_ref().map_or(layer.features.unwrap_or(0), |s| s.read),
        extent_wgs84: layer.extent_wgs84,
        assign,
        reproject,
        promote: spatial && families.len() == 1 && kinds.len() > 1,
        linear: curved,
    }
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
