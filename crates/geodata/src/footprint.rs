//! The outline of data, from the boxes of its parts: joined in their own CRS, brought to degrees,
//! and simplified until it has few enough points.

use gdal_sys::{OGRGeometryH, OGRwkbGeometryType as Type};
use model::Extent;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::raw::{Reference, Transform, text};
use crate::{Error, Result};

/// Boxes that share a CRS.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Boxes {
    /// `EPSG:2154`, or WKT.
    pub crs: String,
    pub boxes: Vec<Extent>,
}

/// A geometry of ours.
struct Shape(OGRGeometryH);

impl Drop for Shape {
    fn drop(&mut self) {
        // SAFETY: made here, destroyed once.
        unsafe { gdal_sys::OGR_G_DestroyGeometry(self.0) };
    }
}

/// A GeoJSON MultiPolygon in degrees of WGS 84, of at most `most` points.
///
/// # Errors
/// When PROJ does not know a CRS, or cannot bring the boxes to degrees.
pub fn footprint(parts: &[Boxes], most: usize) -> Result<Value> {
    let refuse = |says: String| Error::Refused { doing: "drawing the footprint".to_owned(), says };
    let wgs84 = Reference::named("EPSG:4326").ok_or_else(|| refuse("PROJ does not know EPSG:4326".to_owned()))?;
    // SAFETY: an empty collection of our own; what is added to it becomes its own.
    let all = Shape(unsafe { gdal_sys::OGR_G_CreateGeometry(Type::wkbMultiPolygon) });
    for part in parts.iter().filter(|p| !p.boxes.is_empty()) {
        let reference =
            Reference::named(&part.crs).ok_or_else(|| refuse(format!("PROJ does not know `{}`", part.crs)))?;
        let transform =
            Transform::new(&reference, &wgs84).ok_or_else(|| refuse(format!("`{}` leads nowhere", part.crs)))?;
        let joined = join(&part.boxes, reference.is_geographic());
        // SAFETY: the geometry is ours.
        let placed = unsafe {
            // the sides of a box are curves elsewhere
            let side = part
                .boxes
                .iter()
                .copied()
                .reduce(Extent::union)
                .map_or(0.0, |e| (e.maxx - e.minx).max(e.maxy - e.miny));
            gdal_sys::OGR_G_Segmentize(joined.0, side / 8.0);
            transform.geometry(joined.0)
        };
        if !placed {
            return Err(refuse(format!("the boxes are outside the area of `{}`", part.crs)));
        }
        add_polygons(joined.0, all.0);
    }
    // SAFETY: the union is a geometry of its own.
    let joined = Shape(unsafe { gdal_sys::OGR_G_UnionCascaded(all.0) });
    let mut tolerance = 1e-7;
    while tolerance < 10.0 {
        // SAFETY: as above; each shape is a new one.
        let coordinates = unsafe {
            // past some forty metres, what lies close together is joined too
            let whole = (tolerance > 4e-4).then(|| Shape(gdal_sys::OGR_G_Buffer(joined.0, tolerance, 1)));
            let whole = whole.as_ref().map_or(joined.0, |w| w.0);
            let simple = Shape(gdal_sys::OGR_G_SimplifyPreserveTopology(whole, tolerance));
            polygons(simple.0)
        };
        let points: usize = coordinates.iter().flatten().map(Vec::len).sum();
        if points <= most {
            return Ok(json!({ "type": "MultiPolygon", "coordinates": coordinates }));
        }
        tolerance *= 3.0;
    }
    Err(refuse("it cannot be drawn with so few points".to_owned()))
}

/// The boxes as one shape, corners that nearly meet brought together.
fn join(boxes: &[Extent], geographic: bool) -> Shape {
    let grain = if geographic { 1e9 } else { 1e3 };
    let snap = |v: f64| (v * grain).round() / grain;
    // SAFETY: rings and polygons are handed to the collection, which owns them.
    unsafe {
        let all = Shape(gdal_sys::OGR_G_CreateGeometry(Type::wkbMultiPolygon));
        for e in boxes {
            let ring = gdal_sys::OGR_G_CreateGeometry(Type::wkbLinearRing);
            let (a, b, c, d) = (snap(e.minx), snap(e.miny), snap(e.maxx), snap(e.maxy));
            for (x, y) in [(a, b), (c, b), (c, d), (a, d), (a, b)] {
                gdal_sys::OGR_G_AddPoint_2D(ring, x, y);
            }
            let polygon = gdal_sys::OGR_G_CreateGeometry(Type::wkbPolygon);
            gdal_sys::OGR_G_AddGeometryDirectly(polygon, ring);
            gdal_sys::OGR_G_AddGeometryDirectly(all.0, polygon);
        }
        Shape(gdal_sys::OGR_G_UnionCascaded(all.0))
    }
}

fn add_polygons(from: OGRGeometryH, into: OGRGeometryH) {
    // SAFETY: both are alive; polygons are copied.
    unsafe {
        let flat = gdal_sys::OGR_GT_Flatten(gdal_sys::OGR_G_GetGeometryType(from));
        if flat == Type::wkbPolygon {
            gdal_sys::OGR_G_AddGeometry(into, from);
            return;
        }
        for at in 0..gdal_sys::OGR_G_GetGeometryCount(from) {
            gdal_sys::OGR_G_AddGeometry(into, gdal_sys::OGR_G_GetGeometryRef(from, at));
        }
    }
}

type Ring = Vec<[f64; 2]>;

/// The polygons of a shape, to about a centimetre.
///
/// # Safety
/// The geometry must be alive.
unsafe fn polygons(shape: OGRGeometryH) -> Vec<Vec<Ring>> {
    // SAFETY: the caller's; the text is copied and freed.
    let value: Value = unsafe {
        let raw = gdal_sys::OGR_G_ExportToJson(shape);
        let parsed = serde_json::from_str(&text(raw)).unwrap_or_default();
        gdal_sys::VSIFree(raw.cast());
        parsed
    };
    let coordinates = value.get("coordinates").cloned().unwrap_or_default();
    let all: Vec<Vec<Ring>> = match value.get("type").and_then(Value::as_str) {
        Some("Polygon") => serde_json::from_value(coordinates).map(|one| vec![one]).unwrap_or_default(),
        _ => serde_json::from_value(coordinates).unwrap_or_default(),
    };
    let round = |v: f64| (v * 1e7).round() / 1e7;
    all.into_iter()
        .map(|polygon| {
            polygon.into_iter().map(|ring| ring.into_iter().map(|[x, y]| [round(x), round(y)]).collect()).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(value: &Value) -> usize {
        let all: Vec<Vec<Ring>> = serde_json::from_value(value["coordinates"].clone()).expect("polygons");
        all.iter().flatten().map(Vec::len).sum()
    }

    #[test]
    fn tiles_side_by_side_have_one_outline() {
        let tile = |x: f64, y: f64| Extent { minx: x, miny: y, maxx: x + 1000.0, maxy: y + 1000.0 };
        let boxes = (0..20).flat_map(|x| (0..20).map(move |y| (x, y))).filter(|t| *t != (10, 10));
        let boxes = boxes.map(|(x, y)| tile(650_000.0 + f64::from(x) * 1000.0, 6_860_000.0 + f64::from(y) * 1000.0));
        let part = Boxes { crs: "EPSG:2154".to_owned(), boxes: boxes.collect() };
        let shape = footprint(&[part], 5000).expect("a footprint");
        let polygons = shape["coordinates"].as_array().expect("polygons");
        assert_eq!(polygons.len(), 1, "{shape}");
        assert_eq!(polygons[0].as_array().map(Vec::len), Some(2), "an outline and a hole: {shape}");
        assert!(points(&shape) < 80, "{}", points(&shape));
    }

    #[test]
    fn an_outline_never_has_more_points_than_asked() {
        // a chessboard: nothing joins
        let boxes: Vec<Extent> = (0..100)
            .flat_map(|x| (0..50).map(move |y| (f64::from(x), f64::from(y))))
            .map(|(x, y)| Extent { minx: x * 0.02, miny: y * 0.02, maxx: x * 0.02 + 0.01, maxy: y * 0.02 + 0.01 })
            .collect();
        let part = Boxes { crs: "EPSG:4326".to_owned(), boxes };
        let shape = footprint(&[part], 5000).expect("a footprint");
        assert!(points(&shape) <= 5000 && points(&shape) > 0, "{}", points(&shape));
        assert!(
            footprint(
                &[Boxes {
                    crs: "EPSG:0".to_owned(),
                    boxes: vec![Extent { minx: 0.0, miny: 0.0, maxx: 1.0, maxy: 1.0 }]
                }],
                10
            )
            .is_err()
        );
    }
}
