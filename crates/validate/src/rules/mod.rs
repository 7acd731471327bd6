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

use model::{Finding, Inventory, Layer, Place};

use crate::Expectations;

type OfASource = fn(&Inventory, &Expectations) -> Vec<Finding>;
type OfAll = fn(&[Inventory], &Expectations) -> Vec<Finding>;

/// Rules that judge a source alone.
pub(crate) const OF_A_SOURCE: &[OfASource] = &[
    reading::check,
    formats::check,
    crs::check,
    area::check,
    names::check_fields,
    geometry::check,
    encoding::check,
    raster::check,
];

/// Rules that judge all the sources of a delivery together.
pub(crate) const OF_ALL: &[OfAll] = &[crs::check_several, names::check_tables, geometry::check_empty, mosaic::check];

fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

fn at_file(inventory: &Inventory) -> Place {
    Place { file: Some(inventory.path.clone()), ..Place::default() }
}

fn at_layer(inventory: &Inventory, layer: &Layer) -> Place {
    Place { layer: Some(layer.name.clone()), box_wgs84: layer.extent_wgs84, ..at_file(inventory) }
}
