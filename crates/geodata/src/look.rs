//! A look at the data themselves: some features for a map, some rows for a table.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::raw::{Reference, Transform, text};
use crate::{Error, Result, facts};

fn missing(layer: &str) -> Error {
    Error::Refused { doing: format!("reading `{layer}`"), says: "no such layer".to_owned() }
}

/// A GeoJSON FeatureCollection in WGS 84 of at most `most` features, spread over the layer, their
/// shapes simplified to about a thousandth of the layer's size. None for a layer without CRS.
///
/// # Errors
/// When the source or the layer cannot be opened.
pub fn preview(path: &Path, layer: &str, most: u64) -> Result<Value> {
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let handle = source.layer(layer).ok_or_else(|| missing(layer))?;
    let wgs84 = Reference::named("EPSG:4326");
    let mut features = Vec::new();
    crate::capture::attend(|heard| {
        // SAFETY: features are destroyed before the next is read; geometries cloned are destroyed.
        unsafe {
            let reference = facts::layer_reference(handle, path);
            // what says nothing of its place has none on a map
            let Some(transform) = reference.zip(wgs84).and_then(|(a, b)| Transform::new(&a, &b)) else { return };
            let count = u64::try_from(gdal_sys::OGR_L_GetFeatureCount(handle, 1)).unwrap_or(0);
            let every = count.div_ceil(most.max(1)).max(1);
            let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
            gdal_sys::OGR_L_GetExtent(handle, &raw mut e, 1);
            let tolerance = ((e.MaxX - e.MinX).max(e.MaxY - e.MinY) / 2000.0).max(0.0);
            gdal_sys::OGR_L_ResetReading(handle);
            for number in 0_u64.. {
                heard.clear();
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                let geometry = gdal_sys::OGR_F_GetGeometryRef(feature);
                if number % every == 0 && !geometry.is_null() {
                    let mut shape = gdal_sys::OGR_G_SimplifyPreserveTopology(geometry, tolerance);
                    if shape.is_null() {
                        shape = gdal_sys::OGR_G_Clone(geometry);
                    }
                    let placed = transform.geometry(shape);
                    if placed {
                        let raw = gdal_sys::OGR_G_ExportToJson(shape);
                        if let Ok(shape) = serde_json::from_str::<Value>(&text(raw)) {
                            let id = gdal_sys::OGR_F_GetFID(feature);
                            features.push(json!({"type": "Feature", "id": id, "geometry": shape, "properties": {}}));
                        }
                        gdal_sys::VSIFree(raw.cast());
                    }
                    gdal_sys::OGR_G_DestroyGeometry(shape);
                }
                gdal_sys::OGR_F_Destroy(feature);
                if features.len() as u64 >= most {
                    break;
                }
            }
        }
    });
    Ok(json!({"type": "FeatureCollection", "features": features}))
}

/// Which rows, and in which order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RowsWanted {
    pub offset: i64,
    pub limit: usize,
    /// A column; nothing for the file's own order. Numbers sort as numbers, absent values last.
    pub sort: Option<String>,
    pub descending: bool,
    /// Rows with this text in any column, whatever the case.
    pub filter: Option<String>,
    /// The feature of this number, and no other.
    pub fid: Option<i64>,
}

/// Rows of a layer, as text; absent values are null. `fields` names the columns, `total` counts all
/// the rows that the filter keeps.
///
/// # Errors
/// As [`preview`].
pub fn rows(path: &Path, layer: &str, wanted: &RowsWanted) -> Result<Value> {
    let (offset, limit) = (wanted.offset.max(0), wanted.limit);
    let filter = wanted.filter.as_deref().map(str::to_lowercase).filter(|f| !f.is_empty());
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let handle = source.layer(layer).ok_or_else(|| missing(layer))?;
    if let Some(fid) = wanted.fid {
        return Ok(one_row(handle, fid));
    }
    if filter.is_some() || wanted.sort.is_some() {
        return Ok(chosen_rows(handle, wanted, filter.as_deref()));
    }
    let (mut found, mut fields) = (Vec::new(), Vec::new());
    let (total, _) = crate::listen(|| {
        // SAFETY: as in `preview`; the definition belongs to the layer.
        unsafe {
            let definition = gdal_sys::OGR_L_GetLayerDefn(handle);
            fields = names(definition);
            let total = gdal_sys::OGR_L_GetFeatureCount(handle, 1);
            gdal_sys::OGR_L_SetNextByIndex(handle, offset);
            while found.len() < limit {
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                found.push(json!({"fid": gdal_sys::OGR_F_GetFID(feature), "values": values(feature)}));
                gdal_sys::OGR_F_Destroy(feature);
            }
            total
        }
    });
    Ok(json!({"fields": fields, "rows": found, "total": total}))
}

/// The row of one feature; none where there is no such feature.
fn one_row(handle: gdal_sys::OGRLayerH, fid: i64) -> Value {
    let ((fields, found), _) = crate::listen(|| {
        // SAFETY: as in `rows`.
        unsafe {
            let fields = names(gdal_sys::OGR_L_GetLayerDefn(handle));
            let feature = gdal_sys::OGR_L_GetFeature(handle, fid);
            if feature.is_null() {
                return (fields, Vec::new());
            }
            let row = json!({"fid": fid, "values": values(feature)});
            gdal_sys::OGR_F_Destroy(feature);
            (fields, vec![row])
        }
    });
    json!({"fields": fields, "total": found.len(), "rows": found})
}

/// SAFETY: the definition must be alive.
unsafe fn names(definition: gdal_sys::OGRFeatureDefnH) -> Vec<String> {
    // SAFETY: the caller's.
    unsafe {
        (0..gdal_sys::OGR_FD_GetFieldCount(definition))
            .map(|i| text(gdal_sys::OGR_Fld_GetNameRef(gdal_sys::OGR_FD_GetFieldDefn(definition, i))))
            .collect()
    }
}

/// SAFETY: the feature must be alive.
unsafe fn values(feature: gdal_sys::OGRFeatureH) -> Vec<Option<String>> {
    // SAFETY: the caller's; indices are below the count.
    unsafe {
        (0..gdal_sys::OGR_F_GetFieldCount(feature))
            .map(|i| {
                (gdal_sys::OGR_F_IsFieldSetAndNotNull(feature, i) != 0)
                    .then(|| text(gdal_sys::OGR_F_GetFieldAsString(feature, i)))
            })
            .collect()
    }
}

/// What a row is sorted by: absent values last, numbers before words.
#[derive(PartialEq, PartialOrd)]
enum Rank {
    Number(f64),
    Words(String),
    Absent,
}

/// The rows that a filter keeps, in the order asked for: every feature is read, of each only its
/// rank is kept, and the page asked for is read again by number.
fn chosen_rows(handle: gdal_sys::OGRLayerH, wanted: &RowsWanted, filter: Option<&str>) -> Value {
    let mut found = Vec::new();
    let ((fields, total), _) = crate::listen(|| {
        // SAFETY: as in `rows`.
        unsafe {
            let definition = gdal_sys::OGR_L_GetLayerDefn(handle);
            let fields = names(definition);
            let column = wanted.sort.as_ref().and_then(|name| fields.iter().position(|f| f == name));
            let mut kept: Vec<(Rank, i64)> = Vec::new();
            gdal_sys::OGR_L_ResetReading(handle);
            loop {
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                let row = values(feature);
                let matches = filter.is_none_or(|f| row.iter().flatten().any(|v| v.to_lowercase().contains(f)));
                if matches {
                    let rank = match column.and_then(|c| row.into_iter().nth(c)).flatten() {
                        None => Rank::Absent,
                        Some(words) => match words.parse::<f64>() {
                            Ok(number) if number.is_finite() => Rank::Number(number),
                            _ => Rank::Words(words.to_lowercase()),
                        },
                    };
                    kept.push((rank, gdal_sys::OGR_F_GetFID(feature)));
                }
                gdal_sys::OGR_F_Destroy(feature);
            }
            if column.is_some() {
                kept.sort_by(|(a, _), (b, _)| {
                    let order = a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
                    let absent = *a == Rank::Absent || *b == Rank::Absent;
                    if wanted.descending && !absent { order.reverse() } else { order }
                });
            }
            let skip = usize::try_from(wanted.offset).unwrap_or(0);
            for (_, fid) in kept.iter().skip(skip).take(wanted.limit) {
                let feature = gdal_sys::OGR_L_GetFeature(handle, *fid);
                if !feature.is_null() {
                    found.push(json!({"fid": fid, "values": values(feature)}));
                    gdal_sys::OGR_F_Destroy(feature);
                }
            }
            (fields, kept.len())
        }
    });
    json!({"fields": fields, "rows": found, "total": total})
}
