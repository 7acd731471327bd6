//! Rule: table and field names are those the platform takes; ours say what they will become.

use model::{Code, Finding, Inventory, Place, conforming_name, conforming_names, conforms};

use super::at_layer;
use crate::Expectations;
use crate::catalogue::find;

pub(crate) fn check_fields(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in &inventory.layers {
        let names: Vec<&str> = layer.fields.iter().map(|f| f.name.as_str()).collect();
        for (field, name) in layer.fields.iter().zip(conforming_names(&names)) {
            let place = Place { field: Some(field.name.clone()), ..at_layer(inventory, layer) };
            let values = [
                ("layer", layer.name.clone()),
                ("field", field.name.clone()),
                ("name", name.clone()),
                ("kind", field.kind.clone()),
            ];
            if name != field.name {
                let twice = conforms(&field.name) || conforming_name(&field.name) != name;
                let code = if twice { Code::FieldNameTwice } else { Code::FieldNameRefused };
                findings.push(find(code, place.clone(), &values));
            }
            if field.kind.ends_with("List") || field.kind == "Binary" {
                findings.push(find(Code::FieldTypeUnusual, place, &values));
            }
        }
    }
    findings
}

pub(crate) fn check_tables(inventories: &[Inventory], _: &Expectations) -> Vec<Finding> {
    let layers: Vec<_> = inventories.iter().flat_map(|i| i.layers.iter().map(move |l| (i, l))).collect();
    let names: Vec<&str> = layers.iter().map(|(_, l)| l.name.as_str()).collect();
    layers
        .iter()
        .zip(conforming_names(&names))
        .filter(|((_, layer), name)| layer.name != *name)
        .map(|((inventory, layer), name)| {
            let twice = conforms(&layer.name) || conforming_name(&layer.name) != name;
            let code = if twice { Code::TableNameTwice } else { Code::TableNameRefused };
            let values = [("layer", layer.name.clone()), ("name", name)];
            find(code, at_layer(inventory, layer), &values)
        })
        .collect()
}

/// Files to download are stored flat: two of one name would replace each other.
pub(crate) fn check_files(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    if !expectations.services.contains(&model::Service::Download) {
        return Vec::new();
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut findings = Vec::new();
    // an archive is delivered whole, under its own name
    let outside = inventories.iter().filter(|i| !i.path.to_lowercase().contains(".zip/"));
    for (inventory, file) in outside.flat_map(|i| i.files.iter().map(move |f| (i, f))) {
        let name = super::file_name(&file.path);
        if !seen.insert(name.to_lowercase()) {
            let place = Place { file: Some(file.path.clone()), ..super::at_file(inventory) };
            findings.push(find(Code::BaseNameTwice, place, &[("name", name)]));
        }
    }
    findings
}
