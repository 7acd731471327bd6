//! Rule: every layer says which CRS it uses, and the delivery has one.
//!
//! Caught here it costs a second; caught by the platform's checks it costs an upload.

use std::collections::BTreeSet;

use model::{Code, Finding, Inventory, Kind};

use super::{area, at_file, at_layer, file_name};
use crate::Expectations;
use crate::catalogue::find;

/// What the form of cartes.gouv.fr lists, and IGN's validator: 3942 to 3950 are the conic conformal
/// zones of France, the others the systems in force in France and overseas.
const USUAL: &[&str] = &[
    "EPSG:2154",
    "EPSG:4326",
    "EPSG:2972",
    "EPSG:4559",
    "EPSG:2975",
    "EPSG:4471",
    "EPSG:4467",
    "EPSG:5490",
    "EPSG:32620",
    "EPSG:3942",
    "EPSG:3943",
    "EPSG:3944",
    "EPSG:3945",
    "EPSG:3946",
    "EPSG:3947",
    "EPSG:3948",
    "EPSG:3949",
    "EPSG:3950",
];

/// What is odd in the code of a layer's CRS, when nobody declared another.
fn odd(inventory: &Inventory, layer: &model::Layer, code: &str) -> Option<Finding> {
    let values = [("layer", layer.name.clone()), ("crs", code.to_owned())];
    let authority = code.split(':').next().unwrap_or_default();
    let odd = if !matches!(authority, "EPSG" | "IGNF") {
        Code::CrsAuthorityRefused
    } else if inventory.driver.as_deref() == Some("GeoJSON") && code != "EPSG:4326" {
        Code::GeojsonNotWgs84
    } else if authority == "EPSG" && !USUAL.contains(&code) {
        Code::CrsUnusual
    } else {
        return None;
    };
    Some(find(odd, at_layer(inventory, layer), &values))
}

pub(crate) fn check(inventory: &Inventory, expectations: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in inventory.layers.iter().filter(|l| l.geometry != "None") {
        let empty = layer.features == Some(0);
        match (&layer.crs, &expectations.declared_srs) {
            (None, None) if !empty => {
                let (fr, en) = area::hint(layer.extent);
                let values = [("layer", layer.name.clone()), ("hint_fr", fr), ("hint_en", en)];
                findings.push(find(Code::CrsMissing, at_layer(inventory, layer), &values));
            }
            (Some(crs), None) if crs.code.is_none() => {
                let (fr, en) = area::hint(layer.extent);
                let values =
                    [("layer", layer.name.clone()), ("crs", crs.name.clone()), ("hint_fr", fr), ("hint_en", en)];
                findings.push(find(Code::CrsUnidentified, at_layer(inventory, layer), &values));
            }
            (Some(crs), None) => {
                findings.extend(crs.code.as_ref().and_then(|code| odd(inventory, layer, code)));
            }
            (Some(crs), Some(declared)) => {
                if let Some(code) = crs.code.as_ref().filter(|c| *c != declared && crs.twin.as_ref() != Some(declared))
                {
                    let values = [("layer", layer.name.clone()), ("crs", code.clone()), ("declared", declared.clone())];
                    findings.push(find(Code::CrsDiffersFromDeclared, at_layer(inventory, layer), &values));
                }
            }
            _ => {}
        }
    }
    if inventory.kind == Kind::Raster && expectations.declared_srs.is_none() {
        if let Some(raster) = inventory.raster.as_ref().filter(|r| r.crs.is_none() && r.geotransform.is_some()) {
            let (fr, en) = area::hint(raster.extent);
            let values = [("layer", file_name(&inventory.path)), ("hint_fr", fr), ("hint_en", en)];
            findings.push(find(Code::CrsMissing, at_file(inventory), &values));
        }
    }
    findings
}

pub(crate) fn check_several(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    let codes: BTreeSet<&str> = inventories
        .iter()
        .flat_map(|i| &i.layers)
        .filter_map(|l| l.crs.as_ref().and_then(|c| c.code.as_deref()))
        .collect();
    if codes.len() < 2 {
        return Vec::new();
    }
    let all: Vec<&str> = codes.iter().copied().collect();
    let target =
        expectations.declared_srs.clone().unwrap_or_else(|| model::common_srs(inventories).unwrap_or_default());
    let values = [("crs", all.join(", ")), ("target", target)];
    vec![find(Code::CrsSeveral, model::Place::default(), &values)]
}
