//! Rule: coordinates lie where their CRS is used. Catches Lambert-93 in a GeoJSON, swapped axes and
//! a `.prj` that lies.

use model::{Code, Extent, Finding, Inventory, Layer};

use super::{at_layer, point_at};
use crate::Expectations;
use crate::catalogue::find;

/// Where the codes that French producers use are found, in their own units.
const PLACES: &[(&str, [f64; 4])] = &[
    ("EPSG:2154 (Lambert-93)", [-400_000.0, 5_900_000.0, 1_400_000.0, 7_250_000.0]),
    ("EPSG:27572 (Lambert II étendu)", [-100_000.0, 1_550_000.0, 1_200_000.0, 2_750_000.0]),
    ("EPSG:3857 (Web Mercator)", [-640_000.0, 5_000_000.0, 1_100_000.0, 6_700_000.0]),
    ("EPSG:4326 (WGS 84)", [-10.0, 40.0, 12.0, 52.0]),
];

/// France's lands, in degrees.
const FRANCE: &[(&str, [f64; 4])] = &[
    ("France métropolitaine", [-5.5, 41.0, 10.0, 51.5]),
    ("Guadeloupe, Martinique", [-63.5, 14.0, -60.5, 18.5]),
    ("Guyane", [-55.0, 2.0, -51.0, 6.0]),
    ("La Réunion", [55.0, -21.6, 56.0, -20.6]),
    ("Mayotte", [44.8, -13.2, 45.5, -12.4]),
];

fn within(inner: Extent, [a, b, c, d]: [f64; 4]) -> bool {
    inner.minx >= a && inner.miny >= b && inner.maxx <= c && inner.maxy <= d
}

/// The CRS in which an extent would fall in France, as the end of a sentence in both languages.
pub(crate) fn hint(extent: Option<Extent>) -> (String, String) {
    match extent.and_then(|e| PLACES.iter().find(|(_, place)| within(e, *place))) {
        Some((name, _)) => {
            (format!(" ; ses coordonnées vont avec {name}"), format!("; its coordinates go with {name}"))
        }
        None => (String::new(), String::new()),
    }
}

pub(crate) fn check(inventory: &Inventory, expectations: &Expectations) -> Vec<Finding> {
    let placed = inventory.layers.iter().filter_map(|layer| judge(inventory, layer, expectations));
    let expected = inventory.layers.iter().filter_map(|layer| leaves(inventory, layer, expectations));
    placed.chain(expected).collect()
}

/// A layer that goes beyond the area that was said to be expected.
fn leaves(inventory: &Inventory, layer: &Layer, expectations: &Expectations) -> Option<Finding> {
    let expected = expectations.area?;
    let found = layer.extent_wgs84?;
    if expected.contains(found.minx, found.miny) && expected.contains(found.maxx, found.maxy) {
        return None;
    }
    let shown = |e: Extent| format!("{:.3} {:.3} {:.3} {:.3}", e.minx, e.miny, e.maxx, e.maxy);
    let values = [("layer", layer.name.clone()), ("expected", shown(expected)), ("found", shown(found))];
    Some(find(Code::OutsideExpectedArea, at_layer(inventory, layer), &values))
}

fn judge(inventory: &Inventory, layer: &Layer, expectations: &Expectations) -> Option<Finding> {
    let crs = layer.crs.as_ref()?;
    let code = crs.code.clone().unwrap_or_else(|| crs.name.clone());
    if expectations.declared_srs.as_ref().is_some_and(|d| *d != code) {
        return None;
    }
    let outside = match &layer.scan {
        Some(scan) => scan.outside,
        None => {
            let area = crs.area_of_use_projected?;
            u64::from(layer.extent.is_some_and(|e| !area.intersects(e)))
        }
    };
    if outside > 0 {
        let (fr, en) = hint(layer.extent);
        let values = [
            ("layer", layer.name.clone()),
            ("count", outside.to_string()),
            ("crs", code),
            ("hint_fr", fr),
            ("hint_en", en),
        ];
        let mut finding = find(Code::OutsideCrsArea, at_layer(inventory, layer), &values);
        let features = layer.scan.as_ref().map(|s| s.outside_features.as_slice()).unwrap_or_default();
        point_at(&mut finding, features, outside);
        let read = layer.scan.as_ref().map_or(1, |s| s.read.max(1));
        if outside.saturating_mul(10) < read {
            finding.level = model::Level::Degrades;
        }
        return Some(finding);
    }
    let e = layer.extent.filter(|_| crs.geographic)?;
    let swapped = Extent::new(e.miny, e.minx, e.maxy, e.maxx)?;
    let here = FRANCE.iter().any(|(_, place)| within(e, *place));
    let there = FRANCE.iter().find(|(_, place)| within(swapped, *place));
    there.filter(|_| !here).map(|(place, _)| {
        let values = [("layer", layer.name.clone()), ("place", (*place).to_owned())];
        find(Code::AxesSwapped, at_layer(inventory, layer), &values)
    })
}
