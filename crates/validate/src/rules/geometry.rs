//! Rule: there are features, they have geometries, and these are valid, of one kind.

use model::{Code, Faulty, Finding, Inventory, Layer, Level, Place, Scan};

use super::{at_layer, file_name};
use crate::Expectations;
use crate::catalogue::find;

/// Above this, IGN's validator warns (its document validator's options).
const MOST_VERTICES: u64 = 50_000;

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in &inventory.layers {
        if layer.geometry == "None" {
            if layer.features != Some(0) {
                let values = [("layer", layer.name.clone())];
                findings.push(find(Code::GeometryMissing, at_layer(inventory, layer), &values));
            }
        } else if let Some(scan) = &layer.scan {
            judge(inventory, layer, scan, &mut findings);
        }
    }
    findings
}

fn judge(inventory: &Inventory, layer: &Layer, scan: &Scan, findings: &mut Vec<Finding>) {
    let name = || ("layer", layer.name.clone());
    let void = scan.null + scan.empty;
    if void > 0 {
        let first = scan.empty_features.first();
        let feature = first.map_or_else(String::new, |f| f.feature.to_string());
        let values = [name(), ("count", void.to_string()), ("feature", feature)];
        let mut finding = find(Code::GeometryNullOrEmpty, at_layer(inventory, layer), &values);
        finding.count = void;
        finding.place.feature = first.map(|f| f.feature);
        if void * 4 >= scan.read {
            // a quarter of the geometries gone is damage, not a gap in the data
            finding.level = Level::Blocks;
        }
        findings.push(finding);
    }
    for faulty in &scan.invalid_features {
        findings.push(invalid(inventory, layer, faulty));
    }
    if let Some(last) = findings.last_mut().filter(|f| f.code == Code::GeometryInvalid) {
        // those beyond the first hundred are counted on the last of them
        last.count += scan.invalid.saturating_sub(scan.invalid_features.len() as u64);
    }
    let kinds: std::collections::BTreeSet<&str> =
        scan.types.iter().map(|t| t.geometry.split(' ').next().unwrap_or_default()).collect();
    let families: std::collections::BTreeSet<&str> =
        kinds.iter().map(|k| k.strip_prefix("Multi").unwrap_or(k)).collect();
    if kinds.len() > 1 {
        let types: Vec<&str> = kinds.into_iter().collect();
        let values = [name(), ("types", types.join(", "))];
        let mut finding = find(Code::GeometryMixed, at_layer(inventory, layer), &values);
        if families.len() > 1 {
            finding.level = Level::Degrades;
        }
        findings.push(finding);
    }
    if scan.curves > 0 {
        let values = [name(), ("count", scan.curves.to_string())];
        findings.push(find(Code::GeometryCurved, at_layer(inventory, layer), &values));
    }
    if scan.most_vertices > MOST_VERTICES {
        let values = [name(), ("count", scan.most_vertices.to_string())];
        findings.push(find(Code::GeometryComplex, at_layer(inventory, layer), &values));
    }
}

fn invalid(inventory: &Inventory, layer: &Layer, faulty: &Faulty) -> Finding {
    let number = |at: usize| faulty.point.map_or_else(|| "?".to_owned(), |p| format!("{:.3}", p[at]));
    let values = [
        ("layer", layer.name.clone()),
        ("feature", faulty.feature.to_string()),
        ("reason", faulty.reason.clone()),
        ("x", number(0)),
        ("y", number(1)),
    ];
    let place = Place {
        feature: Some(faulty.feature),
        point: faulty.point,
        point_wgs84: faulty.point_wgs84,
        box_wgs84: None,
        ..at_layer(inventory, layer)
    };
    find(Code::GeometryInvalid, place, &values)
}

/// One finding an empty layer; they block when there is nothing else.
pub(crate) fn check_empty(inventories: &[Inventory], _: &Expectations) -> Vec<Finding> {
    let holds = |l: &Layer| l.scan.as_ref().map_or(l.features != Some(0), |s| s.read > 0);
    let any = inventories.iter().any(|i| i.raster.is_some() || i.layers.iter().any(holds));
    let mut findings = Vec::new();
    for inventory in inventories {
        for layer in inventory.layers.iter().filter(|l| !holds(l)) {
            let values = [("layer", layer.name.clone()), ("file", file_name(&inventory.path))];
            let mut finding = find(Code::FeatureMissing, at_layer(inventory, layer), &values);
            if !any {
                finding.level = Level::Blocks;
            }
            findings.push(finding);
        }
    }
    findings
}
