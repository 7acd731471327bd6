//! One file a rule, or a family that reads the same facts.

mod area;
mod crs;
mod encoding;
mod formats;
mod geometry;
mod mosaic;
mod names;
mod raster;
mod reading;
mod services;
mod standard;
mod tables;

use model::{Faulty, Finding, Inventory, Layer, Place, Spot};

use crate::Expectations;

type OfASource = fn(&Inventory, &Expectations) -> Vec<Finding>;
type OfAll = fn(&[Inventory], &Expectations) -> Vec<Finding>;

/// Rules that judge a source alone.
pub(crate) const OF_A_SOURCE: &[OfASource] = &[
    reading::check,
    formats::check,
    tables::check,
    crs::check,
    area::check,
    names::check_fields,
    geometry::check,
    encoding::check,
    raster::check,
    services::check,
    standard::check,
];

/// Rules that judge all the sources of a delivery together.
pub(crate) const OF_ALL: &[OfAll] = &[
    crs::check_several,
    names::check_tables,
    names::check_files,
    geometry::check_empty,
    services::check_several,
    standard::check_several,
    mosaic::check,
];

fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

fn at_file(inventory: &Inventory) -> Place {
    Place { file: Some(inventory.path.clone()), ..Place::default() }
}

fn at_layer(inventory: &Inventory, layer: &Layer) -> Place {
    Place { layer: Some(layer.name.clone()), box_wgs84: layer.extent_wgs84, ..at_file(inventory) }
}

/// Puts the features of a group into its finding: the first in `place`, all of them in `spots` when
/// they are several.
fn point_at(finding: &mut Finding, features: &[Faulty], count: u64) {
    finding.count = count.max(1);
    if let Some(first) = features.first() {
        finding.place.feature = Some(first.feature);
        finding.place.point = first.point;
        finding.place.point_wgs84 = first.point_wgs84;
        finding.place.box_wgs84 = first.box_wgs84.or(finding.place.box_wgs84);
    }
    if count > 1 {
        finding.spots = features.iter().take(100).map(spot).collect();
    }
}

pub(crate) fn spot(faulty: &Faulty) -> Spot {
    Spot {
        feature: Some(faulty.feature),
        reason: Some(faulty.reason.clone()).filter(|r| !r.is_empty()),
        point: faulty.point,
        point_wgs84: faulty.point_wgs84,
        box_wgs84: faulty.box_wgs84,
    }
}
