//! Rule: there are features, they have geometries, and these are valid, of one kind, not too large.

use std::collections::{BTreeMap, BTreeSet};

use model::{Code, Faulty, Finding, Inventory, Layer, Level, Scan};

use super::{at_layer, file_name, point_at};
use crate::Expectations;
use crate::catalogue::find;

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
    let void = scan.null.saturating_add(scan.empty);
    if void > 0 {
        let first = scan.empty_features.first();
        let feature = first.map_or_else(String::new, |f| f.feature.to_string());
        let values = [name(), ("count", void.to_string()), ("feature", feature)];
        let mut finding = find(Code::GeometryNullOrEmpty, at_layer(inventory, layer), &values);
        point_at(&mut finding, &scan.empty_features, void);
        if void.saturating_mul(4) >= scan.read {
            // a quarter of the geometries gone is damage, not a gap in the data
            finding.level = Level::Blocks;
        }
        findings.push(finding);
    }
    invalid(inventory, layer, scan, findings);
    let kinds: BTreeSet<&str> = scan.types.iter().map(|t| t.geometry.split(' ').next().unwrap_or_default()).collect();
    let families: BTreeSet<&str> = kinds.iter().map(|k| k.strip_prefix("Multi").unwrap_or(k)).collect();
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
    if scan.complex > 0 {
        let first = scan.complex_features.first().map_or_else(String::new, |f| f.feature.to_string());
        let values = [
            name(),
            ("count", scan.complex.to_string()),
            ("vertices", scan.most_vertices.to_string()),
            ("parts", scan.most_parts.to_string()),
            ("holes", scan.most_holes.to_string()),
            ("feature", first),
        ];
        let mut finding = find(Code::GeometryComplex, at_layer(inventory, layer), &values);
        point_at(&mut finding, &scan.complex_features, scan.complex);
        findings.push(finding);
    }
}

/// One finding a reason; features beyond the first hundred, whose reason is not kept, count with
/// the reason met most.
fn invalid(inventory: &Inventory, layer: &Layer, scan: &Scan, findings: &mut Vec<Finding>) {
    let mut reasons: BTreeMap<&str, Vec<Faulty>> = BTreeMap::new();
    for faulty in &scan.invalid_features {
        reasons.entry(&faulty.reason).or_default().push(faulty.clone());
    }
    let most = reasons.iter().max_by_key(|(_, all)| all.len()).map(|(reason, _)| (*reason).to_owned());
    let rest = scan.invalid.saturating_sub(scan.invalid_features.len() as u64);
    for (reason, all) in reasons {
        let count = all.len() as u64 + if most.as_deref() == Some(reason) { rest } else { 0 };
        let first = &all[0];
        let number = |at: usize| first.point.map_or_else(|| "?".to_owned(), |p| format!("{:.3}", p[at]));
        let values = [
            ("layer", layer.name.clone()),
            ("feature", first.feature.to_string()),
            ("count", count.to_string()),
            ("reason", reason.to_owned()),
            ("x", number(0)),
            ("y", number(1)),
        ];
        let mut finding = find(Code::GeometryInvalid, at_layer(inventory, layer), &values);
        point_at(&mut finding, &all, count);
        findings.push(finding);
    }
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
