//! What a data set says of itself: its layers, fields, CRS and extent, read from headers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gdal_sys::{OGRFeatureDefnH, OGRLayerH};
use model::{Code, Extent, Field, Inventory, Kind, Layer, Problem, Raster, RasterBand, SourceFile};

use crate::raw::{Reference, Source, Transform, text};
use crate::{Error, Said, encoding, formats};

/// Reads the facts of one source: `main` and its sidecars. Never writes, never fetches.
///
/// Bad data is a value: what cannot be opened has `kind: unreadable` and a problem.
#[must_use]
pub fn read_facts(main: &Path, files: &[PathBuf]) -> Inventory {
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
        problem: None,
        warnings: Vec::new(),
    };
    if inventory.bytes == 0 {
        inventory.problem = Some(problem(Code::FileEmpty, "the file has no byte"));
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
                && let Some(raster) = read_raster(main, &["GPKG"], &mut inventory.warnings)
            {
                inventory.raster = Some(raster);
                inventory.kind = if inventory.layers.is_empty() { Kind::Raster } else { Kind::Mixed };
            }
        }
        Err(refused) => {
            let mut warnings = Vec::new();
            match read_raster(main, formats::RASTER_DRIVERS, &mut warnings) {
                Some(raster) => {
                    inventory.driver = raster_driver(main);
                    inventory.kind = Kind::Raster;
                    inventory.raster = Some(raster);
                    inventory.warnings = warnings;
                }
                None => inventory.problem = Some(unreadable(main, &refused, &heard, warnings)),
            }
        }
    }
    inventory
}

pub(crate) fn open_vectors(main: &Path) -> (crate::Result<Source>, Vec<Said>) {
    Source::open(main, formats::VECTOR_DRIVERS, &formats::open_options(main), crate::raw::VECTOR)
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
    } else if matches!(extension.as_str(), "json" | "geojson" | "gml" | "kml" | "xml")
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
fn shorten(says: &str, main: &Path) -> String {
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
        Reference::copy(gdal_sys::OGR_L_GetSpatialRef(layer)).or_else(|| csv_reference(main).filter(|_| spatial))
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

fn raster_driver(main: &Path) -> Option<String> {
    let (source, _) = Source::open(main, formats::RASTER_DRIVERS, &[], crate::raw::RASTER);
    source.ok().map(|s| s.driver())
}

fn read_raster(main: &Path, drivers: &[&str], warnings: &mut Vec<Problem>) -> Option<Raster> {
    let (source, heard) = Source::open(main, drivers, &[], crate::raw::RASTER);
    for said in heard.iter().filter(|s| !s.text.contains("not recognized")).take(5) {
        warnings.push(problem(Code::ReaderWarned, said.text.chars().take(500).collect::<String>()));
    }
    let source = source.ok()?;
    let dataset = source.handle();
    // SAFETY: the dataset is open for the whole block; bands are owned by it.
    unsafe {
        let width = u64::try_from(gdal_sys::GDALGetRasterXSize(dataset)).unwrap_or(0);
        let height = u64::try_from(gdal_sys::GDALGetRasterYSize(dataset)).unwrap_or(0);
        let count = gdal_sys::GDALGetRasterCount(dataset);
        if count == 0 {
            return None;
        }
        let mut transform = [0.0; 6];
        let georeferenced = gdal_sys::GDALGetGeoTransform(dataset, transform.as_mut_ptr()) == gdal_sys::CPLErr::CE_None;
        let bands = (1..=count.min(64))
            .map(|i| {
                let band = gdal_sys::GDALGetRasterBand(dataset, i);
                let mut has = 0;
                let nodata = gdal_sys::GDALGetRasterNoDataValue(band, &raw mut has);
                RasterBand {
                    kind: text(gdal_sys::GDALGetDataTypeName(gdal_sys::GDALGetRasterDataType(band))),
                    color: text(gdal_sys::GDALGetColorInterpretationName(gdal_sys::GDALGetRasterColorInterpretation(
                        band,
                    ))),
                    nodata: (has != 0).then_some(nodata).filter(|n| n.is_finite()),
                }
            })
            .collect();
        let first = gdal_sys::GDALGetRasterBand(dataset, 1);
        let (mut bw, mut bh) = (0, 0);
        gdal_sys::GDALGetBlockSize(first, &raw mut bw, &raw mut bh);
        let extent = georeferenced.then(|| corners(&transform, width, height)).flatten();
        let reference = Reference::copy(gdal_sys::GDALGetSpatialRef(dataset));
        let (crs, extent_wgs84) = describe_reference(reference.as_ref(), extent);
        Some(Raster {
            width,
            height,
            bands,
            crs,
            geotransform: georeferenced.then_some(transform),
            resolution: georeferenced.then(|| [transform[1].hypot(transform[4]), transform[5].hypot(transform[2])]),
            extent,
            extent_wgs84,
            compression: source.metadata("COMPRESSION", "IMAGE_STRUCTURE"),
            block: u32::try_from(bw).ok().zip(u32::try_from(bh).ok()).map(|(w, h)| [w, h]),
            overviews: u32::try_from(gdal_sys::GDALGetOverviewCount(first)).unwrap_or(0),
            layout: source.metadata("LAYOUT", "IMAGE_STRUCTURE"),
            pixels_readable: sample_pixels(first, width, height, (bw, bh)),
        })
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
        (known == gdal_sys::CPLErr::CE_None).then(|| corners(&transform, width, height)).flatten()
    }
}

fn corners(t: &[f64; 6], width: u64, height: u64) -> Option<Extent> {
    #[expect(clippy::cast_precision_loss, reason = "a raster has fewer than 2^52 pixels a side")]
    let (w, h) = (width as f64, height as f64);
    let xs = [t[0], t[0] + w * t[1], t[0] + h * t[2], t[0] + w * t[1] + h * t[2]];
    let ys = [t[3], t[3] + w * t[4], t[3] + h * t[5], t[3] + w * t[4] + h * t[5]];
    let least = |v: &[f64]| v.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |v: &[f64]| v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Extent::new(least(&xs), least(&ys), most(&xs), most(&ys))
}

/// Reads blocks spread over the image; nothing when a block is too large to try.
fn sample_pixels(band: gdal_sys::GDALRasterBandH, width: u64, height: u64, block: (i32, i32)) -> Option<bool> {
    let (bw, bh) = (u64::try_from(block.0).ok()?.max(1), u64::try_from(block.1).ok()?.max(1));
    if bw.checked_mul(bh)? > 64_000_000 || width.checked_mul(height)? > 1 << 50 {
        return None;
    }
    let (across, down) = (width.div_ceil(bw), height.div_ceil(bh));
    let total = across.checked_mul(down)?;
    let steps = total.min(16);
    for step in 0..=steps {
        let at = (step * (total - 1)).checked_div(steps).unwrap_or(0);
        let (x, y) = ((at % across) * bw, (at / across) * bh);
        let (w, h) = (bw.min(width - x), bh.min(height - y));
        let small = (w.min(64), h.min(64));
        let mut pixels = vec![0_f64; usize::try_from(small.0 * small.1).ok()?];
        let numbers = [x, y, w, h, small.0, small.1].map(|n| i32::try_from(n).unwrap_or(0));
        let (outcome, heard) = crate::listen(|| {
            // SAFETY: the window is inside the image and the buffer has small.0 × small.1 doubles.
            unsafe {
                gdal_sys::GDALRasterIO(
                    band,
                    gdal_sys::GDALRWFlag::GF_Read,
                    numbers[0],
                    numbers[1],
                    numbers[2],
                    numbers[3],
                    pixels.as_mut_ptr().cast(),
                    numbers[4],
                    numbers[5],
                    gdal_sys::GDALDataType::GDT_Float64,
                    0,
                    0,
                )
            }
        });
        let corrupt = heard.iter().any(|s| s.error || s.text.to_lowercase().contains("corrupt"));
        if outcome != gdal_sys::CPLErr::CE_None || corrupt {
            return Some(false);
        }
    }
    Some(true)
}
