//! What must be measured on the data before a repair can be told exactly: where each CRS lands, what
//! making valid changes, which texts are numbers or dates, which columns hold a place.

use std::path::Path;

use model::{Extent, Landing, MakeValid, Mended, Retype};
use serde::{Deserialize, Serialize};

use crate::facts;
use crate::landing::{CrsLanding, land, landings};
use crate::mend::{Method, ReadAs, Shape, Validity, from_wkt, make_valid};
use crate::raw::{Reference, Source, Transform, text};
use crate::scan::Part;
use crate::{Error, Result, capture, formats};

const MOST_WORST: usize = 100;

/// What to measure of a layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasuresWanted {
    /// Its extent, as its coordinates are: where would each CRS put it?
    pub places: Option<Extent>,
    /// Codes to try beside the usual ones.
    pub hints: Vec<String>,
    /// Its extent, were the axes swapped.
    pub swapped: Option<Extent>,
    /// What making valid does.
    pub valid: bool,
    /// Text fields that hold something else, for a format that knows only text.
    pub texts: bool,
    /// Columns that hold a place, for a table.
    pub columns: bool,
}

impl MeasuresWanted {
    /// Whether there is anything to do.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measures {
    pub places: Vec<CrsLanding>,
    /// Whether the first place is the only one to be thought of.
    pub alone: bool,
    pub swapped: Option<Landing>,
    /// By each method of GEOS.
    pub valid: Vec<MakeValid>,
    pub texts: Vec<Retype>,
    pub columns: Vec<PlaceColumns>,
}

/// Columns of a table that hold a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceColumns {
    /// X and y, or one column of WKT.
    pub columns: Vec<String>,
    /// Of the rows looked at.
    pub extent: Option<Extent>,
    pub places: Vec<CrsLanding>,
    pub alone: bool,
    /// Numbers with a comma before their decimals.
    pub comma: bool,
}

/// Measures a layer. `told` hears how many features were read and stops it by answering `false`.
///
/// # Errors
/// When the source or the layer cannot be opened, or `told` asked to stop.
pub fn measure(
    path: &Path,
    layer: &str,
    wanted: &MeasuresWanted,
    told: &mut dyn FnMut(u64) -> bool,
) -> Result<Measures> {
    let mut found = Measures::default();
    if let Some(extent) = wanted.places {
        found.places = landings(extent, &wanted.hints);
        found.alone = crate::landing::is_alone(&found.places);
    }
    if let Some(extent) = wanted.swapped {
        found.swapped = Extent::new(extent.miny, extent.minx, extent.maxy, extent.maxx)
            .and_then(|swapped| land(swapped, "EPSG:4326"))
            .map(|(_, landing)| landing);
    }
    if wanted.valid {
        found.valid = validity(path, layer, told)?;
    }
    if wanted.texts {
        found.texts = texts(path, layer, told)?;
    }
    if wanted.columns && matches!(formats::extension(path).as_str(), "csv" | "tsv" | "txt") {
        found.columns = columns(path)?;
    }
    Ok(found)
}

fn missing(layer: &str) -> Error {
    Error::Refused { doing: format!("reading `{layer}`"), says: "no such layer".to_owned() }
}

fn cancelled() -> Error {
    Error::Cancelled { doing: "measuring".to_owned() }
}

/// Makes each invalid geometry valid by each method, and compares.
fn validity(path: &Path, layer: &str, told: &mut dyn FnMut(u64) -> bool) -> Result<Vec<MakeValid>> {
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let handle = source.layer(layer).ok_or_else(|| missing(layer))?;
    // SAFETY: the layer lives as long as `source`.
    let reference = unsafe { facts::layer_reference(handle, path) };
    let to = reference.zip(Reference::named("EPSG:4326")).and_then(|(a, b)| Transform::new(&a, &b));
    let mut sums: Vec<MakeValid> =
        Method::ALL.iter().map(|m| MakeValid { method: m.name().to_owned(), ..MakeValid::default() }).collect();
    let mut prover = Part::default();
    let mut read = 0;
    capture::attend(|heard| {
        // SAFETY: each feature is destroyed before the next is read; geometries are cloned.
        unsafe {
            crate::scan::ignore_fields(handle);
            gdal_sys::OGR_L_ResetReading(handle);
            loop {
                heard.clear();
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    return Ok(());
                }
                heard.clear();
                let row = crate::mend::Row(feature);
                let geometry = gdal_sys::OGR_F_GetGeometryRef(row.0);
                read += 1;
                if read % 4096 == 0 && !told(read) {
                    return Err(cancelled());
                }
                if geometry.is_null() {
                    continue;
                }
                let copy = || Shape(gdal_sys::OGR_G_Clone(geometry));
                let first = copy();
                if !first.is_somewhere() {
                    continue;
                }
                let (area, vertices) = (first.area(), first.vertices());
                for (method, sum) in Method::ALL.iter().zip(&mut sums) {
                    let made = match make_valid(copy(), *method, &mut prover) {
                        Validity::Already(_) => break,
                        Validity::Made(made) => made,
                        Validity::Collapsed => {
                            sum.features += 1;
                            sum.collapsed += 1;
                            continue;
                        }
                    };
                    let said = heard.take().into_iter().next().map_or_else(String::new, |s| s.text);
                    let (reason, point) = crate::scan::split_reason(&said);
                    let (after, corners) = (made.area(), made.vertices());
                    sum.features += 1;
                    sum.area_before += area;
                    sum.area_after += after;
                    sum.vertices_before += vertices;
                    sum.vertices_after += corners;
                    sum.worst.push(Mended {
                        feature: gdal_sys::OGR_F_GetFID(row.0),
                        reason,
                        area_before: area,
                        area_after: after,
                        vertices_before: vertices,
                        vertices_after: corners,
                        point_wgs84: point.zip(to.as_ref()).and_then(|(point, to)| to.point(point)),
                    });
                    if sum.worst.len() > 4 * MOST_WORST {
                        keep_worst(sum);
                    }
                }
            }
        }
    })?;
    sums.iter_mut().for_each(keep_worst);
    Ok(sums)
}

fn keep_worst(sum: &mut MakeValid) {
    let change = |m: &Mended| (m.area_after - m.area_before).abs();
    sum.worst.sort_by(|a, b| change(b).total_cmp(&change(a)).then(a.feature.cmp(&b.feature)));
    sum.worst.truncate(MOST_WORST);
}

/// Text fields whose values, all of them, are read as something else.
fn texts(path: &Path, layer: &str, told: &mut dyn FnMut(u64) -> bool) -> Result<Vec<Retype>> {
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let handle = source.layer(layer).ok_or_else(|| missing(layer))?;
    struct Column {
        at: i32,
        name: String,
        ways: Vec<ReadAs>,
        example: Option<String>,
    }
    let mut read = 0_u64;
    let mut columns: Vec<Column> = text_fields(&source, layer)
        .into_iter()
        // a plain number or an ISO date in text may be meant as text: only what is read wrongly is told
        .map(|(at, name)| {
            let ways = vec![ReadAs::DecimalComma, ReadAs::DayMonthYear];
            Column { at, name, ways, example: None }
        })
        .collect();
    capture::attend(|heard| {
        // SAFETY: each feature is destroyed before the next is read.
        unsafe {
            gdal_sys::OGR_L_ResetReading(handle);
            while columns.iter().any(|c| !c.ways.is_empty()) {
                heard.clear();
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                let row = crate::mend::Row(feature);
                read += 1;
                if read.is_multiple_of(4096) && !told(read) {
                    return Err(cancelled());
                }
                for column in columns.iter_mut().filter(|c| !c.ways.is_empty()) {
                    if gdal_sys::OGR_F_IsFieldSetAndNotNull(row.0, column.at) == 0 {
                        continue;
                    }
                    let value = text(gdal_sys::OGR_F_GetFieldAsString(row.0, column.at));
                    if value.trim().is_empty() {
                        continue;
                    }
                    column.ways.retain(|way| way.read(&value).is_some());
                    // whole numbers alone show no comma
                    if column.example.is_none() && value.contains([',', '/', '.', '-']) {
                        column.example = Some(value);
                    }
                }
            }
            Ok(())
        }
    })?;
    Ok(columns
        .into_iter()
        .filter_map(|c| {
            let way = c.ways.first()?;
            Some(Retype {
                field: c.name,
                to: way.kind().to_owned(),
                read_as: way.name().to_owned(),
                example: c.example?,
            })
        })
        .collect())
}

fn text_fields(source: &Source, layer: &str) -> Vec<(i32, String)> {
    let Some(handle) = source.layer(layer) else { return Vec::new() };
    // SAFETY: the definition belongs to the layer, which the source keeps alive.
    unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(handle);
        (0..gdal_sys::OGR_FD_GetFieldCount(definition))
            .filter_map(|at| {
                let field = gdal_sys::OGR_FD_GetFieldDefn(definition, at);
                (gdal_sys::OGR_Fld_GetType(field) == gdal_sys::OGRFieldType::OFTString)
                    .then(|| (at, text(gdal_sys::OGR_Fld_GetNameRef(field))))
            })
            .collect()
    }
}

/// Words by which columns of coordinates are called, x and y of a pair at the same place.
const PAIRS: &[(&str, &str)] = &[
    ("lon", "lat"),
    ("long", "lat"),
    ("lng", "lat"),
    ("longitude", "latitude"),
    ("x", "y"),
    ("xl93", "yl93"),
    ("x_l93", "y_l93"),
    ("x_lambert93", "y_lambert93"),
    ("xlambert93", "ylambert93"),
    ("lambx", "lamby"),
    ("x_wgs84", "y_wgs84"),
    ("coord_x", "coord_y"),
    ("coordx", "coordy"),
    ("coordonnee_x", "coordonnee_y"),
    ("coordonneex", "coordonneey"),
    ("x_coord", "y_coord"),
    ("xcoord", "ycoord"),
    ("pos_x", "pos_y"),
    ("point_x", "point_y"),
    ("easting", "northing"),
    ("est", "nord"),
    ("lon_wgs84", "lat_wgs84"),
];

const MOST_ROWS: usize = 2000;

/// Columns of a text table in which a place is written.
fn columns(path: &Path) -> Result<Vec<PlaceColumns>> {
    // as text: what GDAL makes of a comma is its own affair
    let options = ["AUTODETECT_TYPE=NO".to_owned(), "EMPTY_STRING_AS_NULL=YES".to_owned()];
    let (source, _) = Source::open(path, &["CSV"], &options, crate::raw::VECTOR);
    let source = source?;
    let Some(handle) = source.layers().first().copied() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    // SAFETY: the layer lives as long as the source; features are destroyed.
    unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(handle);
        let count = gdal_sys::OGR_FD_GetFieldCount(definition);
        for at in 0..count {
            names.push(text(gdal_sys::OGR_Fld_GetNameRef(gdal_sys::OGR_FD_GetFieldDefn(definition, at))));
        }
        let (_, _) = capture::listen(|| {
            while rows.len() < MOST_ROWS {
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                let row = crate::mend::Row(feature);
                rows.push((0..count).map(|at| text(gdal_sys::OGR_F_GetFieldAsString(row.0, at))).collect());
            }
        });
    }
    let plain = |name: &str| model::conforming_name(name).trim_start_matches('_').to_owned();
    let place = |wanted: &str| names.iter().position(|n| plain(n) == wanted);
    let mut found: Vec<PlaceColumns> = Vec::new();
    for (x, y) in PAIRS.iter().filter_map(|(x, y)| Some((place(x)?, place(y)?))) {
        if found.iter().any(|f| f.columns == [names[x].clone(), names[y].clone()]) {
            continue;
        }
        let Some((extent, comma)) = numbers(&rows, x, y) else { continue };
        let places = landings(extent, &[]);
        let alone = crate::landing::is_alone(&places);
        let columns = vec![names[x].clone(), names[y].clone()];
        found.push(PlaceColumns { columns, extent: Some(extent), places, alone, comma });
    }
    for (at, name) in names.iter().enumerate() {
        let values: Vec<&str> = rows.iter().map(|r| r[at].trim()).filter(|v| !v.is_empty()).collect();
        if !values.is_empty() && values.iter().all(|v| looks_like_wkt(v)) {
            let extent = values.iter().filter_map(|v| wkt_extent(v)).reduce(Extent::union);
            let places = extent.map(|e| landings(e, &[])).unwrap_or_default();
            let alone = crate::landing::is_alone(&places);
            found.push(PlaceColumns { columns: vec![name.clone()], extent, places, alone, comma: false });
        }
    }
    Ok(found)
}

/// The extent of two columns, when every value of them is a number.
fn numbers(rows: &[Vec<String>], x: usize, y: usize) -> Option<(Extent, bool)> {
    let mut extent: Option<Extent> = None;
    let mut comma = false;
    for row in rows {
        let (a, b) = (row[x].trim(), row[y].trim());
        if a.is_empty() && b.is_empty() {
            continue;
        }
        comma |= a.contains(',') || b.contains(',');
        let read = |text: &str| text.replace(',', ".").replace(['\u{a0}', ' '], "").parse::<f64>().ok();
        let (a, b) = (read(a)?, read(b)?);
        let here = Extent::new(a, b, a, b)?;
        extent = Some(extent.map_or(here, |all| all.union(here)));
    }
    extent.map(|e| (e, comma))
}

fn looks_like_wkt(value: &str) -> bool {
    let value = value.trim_start();
    let value =
        value.split_once(';').filter(|(srid, _)| srid.to_uppercase().starts_with("SRID=")).map_or(value, |(_, v)| v);
    let upper: String = value.chars().take(24).collect::<String>().to_uppercase();
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"]
        .iter()
        .any(|kind| upper.strip_prefix(kind).is_some_and(|rest| rest.trim_start().starts_with(['(', 'Z', 'M', 'E'])))
}

fn wkt_extent(value: &str) -> Option<Extent> {
    from_wkt(value)?.extent()
}
