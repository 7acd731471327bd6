//! A look at the data themselves: some features for a map, some rows for a table.

use std::path::Path;

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

/// Rows `offset` to `offset + limit` of a layer, as text; absent values are null. `fields` names the
/// columns, `total` counts all the rows.
///
/// # Errors
/// As [`preview`].
pub fn rows(path: &Path, layer: &str, offset: i64, limit: usize) -> Result<Value> {
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let handle = source.layer(layer).ok_or_else(|| missing(layer))?;
    let (mut found, mut fields) = (Vec::new(), Vec::new());
    let (total, _) = crate::listen(|| {
        // SAFETY: as in `preview`; the definition belongs to the layer.
        unsafe {
            let definition = gdal_sys::OGR_L_GetLayerDefn(handle);
            fields.extend(
                (0..gdal_sys::OGR_FD_GetFieldCount(definition))
                    .map(|i| text(gdal_sys::OGR_Fld_GetNameRef(gdal_sys::OGR_FD_GetFieldDefn(definition, i)))),
            );
            let total = gdal_sys::OGR_L_GetFeatureCount(handle, 1);
            gdal_sys::OGR_L_SetNextByIndex(handle, offset.max(0));
            while found.len() < limit {
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                let values: Vec<Value> = (0..gdal_sys::OGR_F_GetFieldCount(feature))
                    .map(|i| {
                        if gdal_sys::OGR_F_IsFieldSetAndNotNull(feature, i) == 0 {
                            Value::Null
                        } else {
                            Value::String(text(gdal_sys::OGR_F_GetFieldAsString(feature, i)))
                        }
                    })
                    .collect();
                found.push(json!({"fid": gdal_sys::OGR_F_GetFID(feature), "values": values}));
                gdal_sys::OGR_F_Destroy(feature);
            }
            total
        }
    });
    Ok(json!({"fields": fields, "rows": found, "total": total}))
}
