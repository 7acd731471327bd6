//! Rule: what is delivered can be read, all of it.

use model::{Code, Finding, Inventory, Kind, Problem};

use super::{at_file, at_layer, file_name};
use crate::Expectations;
use crate::catalogue::find;

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        inventory.problem.iter().chain(&inventory.warnings).map(|problem| from_problem(inventory, problem)).collect();
    if inventory.kind == Kind::Table && inventory.layers.is_empty()
        || inventory.kind == Kind::Vector && inventory.layers.is_empty()
    {
        findings.push(find(Code::LayerMissing, at_file(inventory), &[("file", file_name(&inventory.path))]));
    }
    for layer in &inventory.layers {
        let Some(scan) = &layer.scan else { continue };
        if let Some(says) = scan.stopped.as_ref().filter(|s| *s != "cancelled") {
            findings.push(find(
                Code::ScanStopped,
                at_layer(inventory, layer),
                &[("layer", layer.name.clone()), ("read", scan.read.to_string()), ("says", says.clone())],
            ));
        } else if layer.features.is_some_and(|announced| announced != scan.read) {
            let announced = layer.features.unwrap_or_default().to_string();
            findings.push(find(
                Code::CountDiffers,
                at_layer(inventory, layer),
                &[("layer", layer.name.clone()), ("announced", announced), ("read", scan.read.to_string())],
            ));
        }
    }
    findings
}

fn from_problem(inventory: &Inventory, problem: &Problem) -> Finding {
    let mut values: Vec<(&str, String)> =
        vec![("file", file_name(&inventory.path)), ("entry", problem.file.clone().unwrap_or_default())];
    values.extend(problem.values.iter().map(|(name, value)| (name.as_str(), value.clone())));
    find(problem.code, at_file(inventory), &values)
}
