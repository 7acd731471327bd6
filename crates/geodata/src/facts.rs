//! What a data set says of itself: its layers, fields, CRS and extent, read from headers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gdal_sys::{OGRFeatureDefnH, OGRLayerH};
use model::{Code, Extent, Field, Inventory, Kind, Layer, Problem, SourceFile};

use crate::raw::{Reference, Source, Transform, text};
use crate::{Error, Said, encoding, formats, raster, shx};

/// Reads the facts of one source: `main` and its sidecars. Never writes, never fetches.
///
/// Bad data is a value: what cannot be opened has `kind: unreadable` and a problem.
#[must_use]
pub fn read_facts(main: &Path, files: &[PathBuf]) -> Inventory {
    read(main, files, raster::Look::Blocks)
}

/// As [`read_facts`]; of an image, the values and the borders too, by windows and overviews.
#[must_use]
pub fn read_values(main: &Path, files: &[PathBuf]) -> Inventory {
    read(main, files, raster::Look::Values)
}

fn read(main: &Path, files: &[PathBuf], look: raster::Look) -> Inventory {
    let sizes: Vec<SourceFile> =
        files.iter().map(|f| SourceFile { path: f.display().to_string(), bytes: size_of(f) }).collect();
    let mut inventory = Inventory {
        path: main.display().to_string(),
        kind: Kind::Unreadable,
        driver: None,
        bytes: sizes.iter().map(|f| f.bytes).sum(),
        files: sizes,
        layers: Vec::new(),
        raster: None,
        raster_set: None,
        problem: None,
        warnings: Vec::new(),
    };
    if inventory.bytes == 0 {
        inventory.problem = Some(problem(Code::FileEmpty, "the file has no byte"));
        return inventory;
    }
    // an image by its first bytes is not shown to seventeen drivers of vectors first
    if formats::begins_as_image(main) && read_image(&mut inventory, main, files, look).is_none() {
        return inventory;
    }
    let (vector, heard) = open_vectors(main);
    match vector {
        Ok(source) => {
            inventory.driver = Some(source.driver());
            warn(&mut inventory, &heard, main);
            let encoding = encoding::detect_encoding(main, files);
            inventory.layers =
                source.layers().into_iter().map(|layer| describe_layer(layer, main, &encoding)).collect();
            // metadata are written in the same language as GML
            if inventory.layers.is_empty() && formats::extension(main) == "xml" {
                inventory.driver = None;
                inventory.problem = Some(problem(Code::NotGeodata, "the XML holds no layer"));
                return inventory;
            }
            let spatial = inventory.layers.iter().any(|l| l.geometry != "None");
            inventory.kind = if spatial { Kind::Vector } else { Kind::Table };
            if source.driver() == "GPKG"
                && let (Ok(image), _) = raster::open(main, &["GPKG"], None)
                && let Some(found) = raster::describe(&image, files, raster::Look::Blocks)
            {
                inventory.raster = Some(found);
                inventory.kind = if inventory.layers.is_empty() { Kind::Raster } else { Kind::Mixed };
            }
        }
        Err(refused) => {
            if let Some(warnings) = read_image(&mut inventory, main, files, look) {
                inventory.problem = Some(unreadable(main, &refused, &heard, warnings));
            }
        }
    }
    inventory
}

/// Reads the source as an image; what GDAL said of it when it is none.
fn read_image(inventory: &mut Inventory, main: &Path, files: &[PathBuf], look: raster::Look) -> Option<Vec<Problem>> {
    let (source, heard) = raster::open(main, formats::RASTER_DRIVERS, None);
    let said = raster::complaints(&heard);
    let found = source.ok().and_then(|source| Some((source.driver(), raster::describe(&source, files, look)?)));
    let Some((driver, found)) = found else { return Some(said) };
    inventory.driver = Some(driver);
    inventory.kind = Kind::Raster;
    inventory.raster = Some(found);
    inventory.warnings = said;
    None
}

pub(crate) fn open_vectors(main: &Path) -> (crate::Result<Source>, Vec<Said>) {
    open_vectors_with(main, &formats::open_options(main))
}

/// Where the source is a shapefile that lost its index, GDAL is given one made again.
pub(crate) fn open_vectors_with(main: &Path, options: &[String]) -> (crate::Result<Source>, Vec<Said>) {
    let at = match shx::remade(main) {
        Ok(remade) => remade.unwrap_or_else(|| main.to_owned()),
        Err(fault) => return (Err(fault), Vec::new()),
    };
    let (opened, mut heard) = Source::open(&at, formats::VECTOR_DRIVERS, options, crate::raw::VECTOR);
    // a person knows the source by the path that they gave
    let known = |text: String| {
        let (ours, theirs) = [&at, main].map(|p| p.with_extension("").display().to_string()).into();
        text.replace::<&String>(&ours, &theirs)
    };
    heard.iter_mut().for_each(|said| said.text = known(std::mem::take(&mut said.text)));
    let opened = opened.map_err(|fault| match fault {
        Error::Refused { doing, says } => Error::Refused { doing: known(doing), says: known(says) },
        other => other,
    });
    (opened, heard)
}

fn size_of(file: &Path) -> u64 {
    if file.is_dir() { walk_size(file) } else { std::fs::metadata(file).map(|m| m.len()).unwrap_or(0) }
}

fn walk_size(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|e| e.metadata().map(|m| m.len()).unwrap_or(0)).sum())
        .unwrap_or(0)
}

pub(crate) fn problem(code: Code, message: impl Into<String>) -> Problem {
    let message = message.into();
    Problem { code, values: vec![("says".to_owned(), message.clone())], message, file: None }
}

/// Why nothing opened: the likeliest of what the drivers said, by the bytes and the name.
fn unreadable(main: &Path, refused: &Error, heard: &[Said], raster: Vec<Problem>) -> Problem {
    let says = match refused {
        Error::Refused { says, .. } => says.clone(),
        other => other.to_string(),
    };
    let extension = formats::extension(main);
    let start = formats::head(main, 512);
    let code = if start.starts_with(b"LASF") || start.starts_with(b"%PDF") {
        Code::FormatRefused
    } else if formats::shapefile_is_cut(main)
        || matches!(extension.as_str(), "json" | "geojson" | "gml" | "kml" | "xml")
            && heard.iter().chain(&[]).any(|s| {
                ["Unterminated", "no element found", "unexpected end", "not well-formed", "mismatched"]
                    .iter()
                    .any(|w| s.text.contains(w))
            })
    {
        Code::FileTruncated
    } else if matches!(extension.as_str(), "json" | "xml" | "txt" | "md5" | "qml" | "sld" | "doc" | "docx") {
        Code::NotGeodata
    } else {
        Code::Unreadable
    };
    let says = if says.contains("not recognized as a supported file format") {
        raster.into_iter().map(|p| p.message).next().unwrap_or(says)
    } else {
        says
    };
    problem(code, shorten(&says, main))
}

/// GDAL's sentence without the path of the user's machine.
pub(crate) fn shorten(says: &str, main: &Path) -> String {
    let whole = main.display().to_string();
    let name = main.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    says.replace(&whole, &name).chars().take(500).collect()
}

fn warn(inventory: &mut Inventory, heard: &[Said], main: &Path) {
    for said in heard.iter().take(20) {
        let note = problem(Code::ReaderWarned, shorten(&said.text, main));
        if !inventory.warnings.contains(&note) {
            inventory.warnings.push(note);
        }
    }
}

/// GDAL's name of a geometry type in OGC's words; `None` for a table.
pub(crate) fn geometry_name(kind: gdal_sys::OGRwkbGeometryType::Type) -> String {
    if kind == gdal_sys::OGRwkbGeometryType::wkbNone {
        return "None".to_owned();
    }
    // SAFETY: the function only looks the number up in a table.
    let name = unsafe { text(gdal_sys::OGRGeometryTypeToName(kind)) };
    let (flat, suffix) = match name.strip_prefix("3D Measured ") {
        Some(rest) => (rest.to_owned(), " ZM"),
        None => match (name.strip_prefix("3D "), name.strip_prefix("Measured ")) {
            (Some(rest), _) => (rest.to_owned(), " Z"),
            (_, Some(rest)) => (rest.to_owned(), " M"),
            _ => (name.clone(), ""),
        },
    };
    let flat = flat
        .split(' ')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|c| c.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
        })
        .collect::<String>();
    let flat = if flat.starts_with("Unknown") { "Unknown".to_owned() } else { flat };
    format!("{flat}{suffix}")
}

fn describe_layer(layer: OGRLayerH, main: &Path, encoding: &model::Encoding) -> Layer {
    // SAFETY: the layer and its definition live as long as the dataset, which the caller holds.
    unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(layer);
        let kind = gdal_sys::OGR_L_GetGeomType(layer);
        let reference = layer_reference(layer, main);
        let counted = gdal_sys::OGR_L_GetFeatureCount(layer, 0);
        let (counted, _) = if counted >= 0 {
            (counted, Vec::new())
        } else {
            crate::listen(|| gdal_sys::OGR_L_GetFeatureCount(layer, 1))
        };
        let extent =
            (kind != gdal_sys::OGRwkbGeometryType::wkbNone && counted != 0).then(|| layer_extent(layer)).flatten();
        let (crs, extent_wgs84) = describe_reference(reference.as_ref(), extent);
        let fid = text(gdal_sys::OGR_L_GetFIDColumn(layer));
        let geometry_column = text(gdal_sys::OGR_L_GetGeometryColumn(layer));
        Layer {
            name: text(gdal_sys::OGR_L_GetName(layer)),
            features: u64::try_from(counted).ok(),
            geometry: geometry_name(kind),
            geometry_column: (!geometry_column.is_empty()).then_some(geometry_column),
            fid_column: (!fid.is_empty()).then_some(fid),
            crs,
            extent,
            extent_wgs84,
            fields: describe_fields(definition),
            encoding: Some(encoding.clone()),
            scan: None,
        }
    }
}

/// References by the text of their `.prj`, as WKT: GDAL looks each of them up in PROJ's whole
/// database when it is asked for a shapefile's, which takes longer than all the rest.
static KNOWN_PRJ: Mutex<BTreeMap<Vec<u8>, String>> = Mutex::new(BTreeMap::new());

/// The reference of a layer; `main` is the file it is in.
///
/// # Safety
/// The layer must be alive.
pub(crate) unsafe fn layer_reference(layer: OGRLayerH, main: &Path) -> Option<Reference> {
    // SAFETY: as the caller promises; the reference is copied.
    let ask = || unsafe {
        let spatial = gdal_sys::OGR_L_GetGeomType(layer) != gdal_sys::OGRwkbGeometryType::wkbNone;
        let stated = Reference::copy(gdal_sys::OGR_L_GetSpatialRef(layer)).filter(|r| !is_undefined(r));
        stated.or_else(|| csv_reference(main).filter(|_| spatial))
    };
    let prj = (formats::extension(main) == "shp")
        .then(|| ["prj", "PRJ"].map(|ending| formats::head(&main.with_extension(ending), 65_536)))
        .and_then(|found| found.into_iter().find(|text| !text.is_empty()));
    let Some(prj) = prj else { return ask() };
    let known = KNOWN_PRJ.lock().unwrap_or_else(PoisonError::into_inner).get(&prj).cloned();
    if let Some(reference) = known.as_deref().and_then(Reference::named) {
        return Some(reference);
    }
    let reference = ask();
    let mut known = KNOWN_PRJ.lock().unwrap_or_else(PoisonError::into_inner);
    if let (Some(wkt), true) = (reference.as_ref().and_then(Reference::wkt), known.len() < 256) {
        known.insert(prj, wkt);
    }
    reference
}

/// Whether a reference only says that there is none: GeoPackage's 0 and -1, which GDAL gives an
/// ellipsoid, so that PROJ would take it for WGS 84.
fn is_undefined(reference: &Reference) -> bool {
    matches!(reference.name().as_str(), "Undefined geographic SRS" | "Undefined Cartesian SRS")
}

/// Degrees by the names of a CSV's columns: nothing else in the file says so.
fn csv_reference(main: &Path) -> Option<Reference> {
    (formats::extension(main) == "csv" && formats::csv_in_degrees(main))
        .then(|| Reference::named("EPSG:4326"))
        .flatten()
}

pub(crate) fn describe_reference(
    reference: Option<&Reference>,
    extent: Option<Extent>,
) -> (Option<model::Crs>, Option<Extent>) {
    let crs = reference.map(crate::crs::identify);
    let wgs84 = reference.zip(extent).and_then(|(reference, extent)| to_wgs84(reference, extent));
    (crs, wgs84)
}

fn to_wgs84(reference: &Reference, extent: Extent) -> Option<Extent> {
    let wgs84 = Reference::named("EPSG:4326")?;
    Transform::new(reference, &wgs84)?.extent(extent)
}

pub(crate) fn layer_extent(layer: OGRLayerH) -> Option<Extent> {
    let mut envelope = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
    let (outcome, _) = crate::listen(|| {
        // SAFETY: the layer is alive, the envelope is ours.
        unsafe { gdal_sys::OGR_L_GetExtent(layer, &raw mut envelope, 1) }
    });
    (outcome == gdal_sys::OGRErr::OGRERR_NONE)
        .then(|| Extent::new(envelope.MinX, envelope.MinY, envelope.MaxX, envelope.MaxY))
        .flatten()
        .filter(|e| e.minx <= e.maxx && e.miny <= e.maxy)
}

/// What the header says of a layer's extent; nothing when it would have to be counted.
pub(crate) fn layer_extent_if_cheap(layer: OGRLayerH) -> Option<Extent> {
    let mut envelope = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
    let (outcome, _) = crate::listen(|| {
        // SAFETY: the layer is alive, the envelope is ours.
        unsafe { gdal_sys::OGR_L_GetExtent(layer, &raw mut envelope, 0) }
    });
    (outcome == gdal_sys::OGRErr::OGRERR_NONE)
        .then(|| Extent::new(envelope.MinX, envelope.MinY, envelope.MaxX, envelope.MaxY))
        .flatten()
        .filter(|e| e.minx < e.maxx && e.miny < e.maxy)
}

unsafe fn describe_fields(definition: OGRFeatureDefnH) -> Vec<Field> {
    // SAFETY: the caller holds the dataset; every field index is below the count.
    unsafe {
        (0..gdal_sys::OGR_FD_GetFieldCount(definition))
            .map(|i| {
                let field = gdal_sys::OGR_FD_GetFieldDefn(definition, i);
                let kind = text(gdal_sys::OGR_GetFieldTypeName(gdal_sys::OGR_Fld_GetType(field)));
                let width = u32::try_from(gdal_sys::OGR_Fld_GetWidth(field)).unwrap_or(0);
                Field {
                    name: text(gdal_sys::OGR_Fld_GetNameRef(field)),
                    kind,
                    width: (width > 0).then_some(width),
                    nullable: Some(gdal_sys::OGR_Fld_IsNullable(field) != 0),
                    unique: Some(gdal_sys::OGR_Fld_IsUnique(field) != 0).filter(|u| *u),
                }
            })
            .collect()
    }
}

/// The reference of a raster.
pub(crate) fn raster_reference(source: &Source) -> Option<Reference> {
    // SAFETY: the dataset is open; the reference is copied.
    unsafe { Reference::copy(gdal_sys::GDALGetSpatialRef(source.handle())) }
}

/// Where a raster lies, in its own CRS.
pub(crate) fn raster_extent(source: &Source) -> Option<Extent> {
    let mut transform = [0.0; 6];
    // SAFETY: the dataset is open; six numbers to write to.
    unsafe {
        let known = gdal_sys::GDALGetGeoTransform(source.handle(), transform.as_mut_ptr());
        let width = u64::try_from(gdal_sys::GDALGetRasterXSize(source.handle())).ok()?;
        let height = u64::try_from(gdal_sys::GDALGetRasterYSize(source.handle())).ok()?;
        (known == gdal_sys::CPLErr::CE_None).then(|| raster::corners(&transform, width, height)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn a_geopackage_that_states_no_crs_has_none() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/bad/sans_prj/POINT.shp");
        let copy = std::env::temp_dir().join(format!("quai-undefined-{}.gpkg", std::process::id()));
        crate::copy_vectors(&source, &[], &copy, &["-f", "GPKG"], &mut |_| true).expect("a copy");
        let facts = super::read_facts(&copy, std::slice::from_ref(&copy));
        let _ = std::fs::remove_file(&copy);
        assert_eq!(facts.layers.len(), 1);
        assert!(facts.layers[0].crs.is_none(), "{:?}", facts.layers[0].crs);
    }
}
