//! Rule: every layer says which CRS it uses, and the delivery has one.
//!
//! Caught here it costs a second; caught by the platform's checks it costs an upload.

use std::collections::BTreeSet;

use model::{Code, Finding, Inventory, Kind};

use super::{area, at_file, at_layer, file_name};
use crate::Expectations;
use crate::catalogue::find;

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
