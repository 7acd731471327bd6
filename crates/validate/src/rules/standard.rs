//! Rule: where a data model is asked for, tables, columns, values and files are what it says.

use std::collections::{BTreeMap, BTreeSet};

use model::{Code, ColumnType, DataModel, Finding, Inventory, Layer, ModelColumn, ModelTable, Place, ValueFault};

use super::{at_layer, point_at};
use crate::Expectations;
use crate::catalogue::find;
use crate::models::{is_whole, table_of};

const MOST_SHOWN: usize = 120;

fn shown(text: &str) -> String {
    if text.chars().count() <= MOST_SHOWN {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(MOST_SHOWN).collect::<String>())
    }
}

fn at_field(inventory: &Inventory, layer: &Layer, field: &str) -> Place {
    Place { field: Some(field.to_owned()), ..at_layer(inventory, layer) }
}

pub(crate) fn check(inventory: &Inventory, expectations: &Expectations) -> Vec<Finding> {
    let Some(model) = expectations.model.as_deref() else { return Vec::new() };
    let mut findings = Vec::new();
    for layer in &inventory.layers {
        match table_of(model, &layer.name) {
            Some(table) => judge(inventory, layer, model, table, &mut findings),
            None if !model.other_tables => {
                let values = [("layer", layer.name.clone()), ("model", model.name.clone())];
                findings.push(find(Code::ModelTableUnknown, at_layer(inventory, layer), &values));
            }
            None => {}
        }
    }
    findings
}

fn judge(inventory: &Inventory, layer: &Layer, model: &DataModel, table: &ModelTable, findings: &mut Vec<Finding>) {
    let named = |more: &[(&'static str, String)]| {
        let mut values = vec![("layer", layer.name.clone()), ("model", model.name.clone())];
        values.extend(more.iter().cloned());
        values
    };
    for column in &table.columns {
        match layer.fields.iter().find(|f| column.is_named(&f.name)) {
            None if column.required => {
                let values = named(&[("column", column.name.clone())]);
                findings.push(find(Code::ModelColumnMissing, at_field(inventory, layer, &column.name), &values));
            }
            Some(field) if !holds(&field.kind, column.kind) => {
                let values = named(&[
                    ("field", field.name.clone()),
                    ("found", field.kind.clone()),
                    ("expected", type_name(column.kind).to_owned()),
                ]);
                findings.push(find(Code::ModelColumnType, at_field(inventory, layer, &field.name), &values));
            }
            _ => {}
        }
    }
    if !table.other_columns {
        for field in layer.fields.iter().filter(|f| !table.columns.iter().any(|c| c.is_named(&f.name))) {
            let values = named(&[("field", field.name.clone())]);
            findings.push(find(Code::ModelColumnUnknown, at_field(inventory, layer, &field.name), &values));
        }
    }
    let found = geometries(layer);
    let odd: Vec<&str> =
        found.iter().map(String::as_str).filter(|g| !table.geometry.iter().any(|w| drawn_as(g, w))).collect();
    if !table.geometry.is_empty() && !odd.is_empty() {
        let values = named(&[("found", odd.join(", ")), ("expected", table.geometry.join(", "))]);
        findings.push(find(Code::ModelGeometry, at_layer(inventory, layer), &values));
    }
    let code = layer.crs.as_ref().and_then(|c| c.code.clone());
    if let Some(code) = code.filter(|c| !model.srs.is_empty() && !model.srs.contains(c)) {
        let values = named(&[("crs", code), ("expected", model.srs.join(", "))]);
        findings.push(find(Code::ModelCrs, at_layer(inventory, layer), &values));
    }
    let Some(scan) = layer.scan.as_ref().and_then(|s| s.values.as_ref()) else { return };
    for found in &scan.columns {
        let Some(column) = table.columns.iter().find(|c| c.name == found.column) else { continue };
        for fault in &found.faults {
            findings.push(faulty(inventory, layer, column, &found.field, fault));
        }
    }
}

fn faulty(inventory: &Inventory, layer: &Layer, column: &ModelColumn, field: &str, fault: &ValueFault) -> Finding {
    let first = fault.features.first();
    let range = |least: Option<String>, most: Option<String>| {
        format!("{}–{}", least.unwrap_or_default(), most.unwrap_or_default())
    };
    let expected = match fault.code {
        Code::ValueLength => range(column.min_length.map(|n| n.to_string()), column.max_length.map(|n| n.to_string())),
        Code::ValueRange => range(column.minimum.map(|n| n.to_string()), column.maximum.map(|n| n.to_string())),
        Code::ValuePattern => column.pattern.clone().unwrap_or_default(),
        Code::ValueNotListed => shown(&column.one_of.join(", ")),
        _ => type_name(column.kind).to_owned(),
    };
    let values = [
        ("layer", layer.name.clone()),
        ("field", field.to_owned()),
        ("count", fault.count.to_string()),
        ("feature", first.map_or_else(|| "?".to_owned(), |f| f.feature.to_string())),
        ("value", first.map(|f| f.reason.clone()).unwrap_or_default()),
        ("expected", expected),
    ];
    let mut finding = find(fault.code, at_field(inventory, layer, field), &values);
    point_at(&mut finding, &fault.features, fault.count);
    finding
}

/// Types of OGR that may hold values of a model's type: text may hold anything, and is judged value
/// by value.
fn holds(field: &str, wanted: ColumnType) -> bool {
    let whole = matches!(field, "Integer" | "Integer64");
    match wanted {
        ColumnType::Any => true,
        ColumnType::String => field == "String",
        ColumnType::Integer | ColumnType::Number | ColumnType::Boolean => whole || matches!(field, "Real" | "String"),
        // a date can be written 20140603
        ColumnType::Date | ColumnType::Datetime => whole || matches!(field, "Date" | "DateTime" | "String"),
    }
}

fn type_name(of: ColumnType) -> &'static str {
    match of {
        ColumnType::Any => "any",
        ColumnType::String => "string",
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Boolean => "boolean",
        ColumnType::Date => "date",
        ColumnType::Datetime => "datetime",
    }
}

/// The geometry types of a layer, without `Z` or `M`: those met where it was scanned.
fn geometries(layer: &Layer) -> BTreeSet<String> {
    let plain = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
    match &layer.scan {
        Some(scan) if !scan.types.is_empty() => scan.types.iter().map(|t| plain(&t.geometry)).collect(),
        _ if layer.geometry == "Unknown" => BTreeSet::new(),
        _ => BTreeSet::from([plain(&layer.geometry)]),
    }
}

fn drawn_as(found: &str, wanted: &str) -> bool {
    found == wanted || found.strip_prefix("Multi") == Some(wanted)
}

pub(crate) fn check_several(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    let Some(model) = expectations.model.as_deref() else { return Vec::new() };
    let layers: Vec<(&Inventory, &Layer)> =
        inventories.iter().flat_map(|i| i.layers.iter().map(move |l| (i, l))).collect();
    let mut findings = Vec::new();
    for table in model.tables.iter().filter(|t| t.required) {
        if !layers.iter().any(|(_, l)| table_of(model, &l.name).is_some_and(|t| t.name == table.name)) {
            let place = Place { layer: Some(table.name.clone()), ..Place::default() };
            let values = [("table", table.name.clone()), ("model", model.name.clone())];
            findings.push(find(Code::ModelTableMissing, place, &values));
        }
    }
    findings.extend(keys(&layers, model));
    if let Some(files) = &expectations.files {
        findings.extend(check_files(files, model));
    }
    findings
}

/// Values of columns that refer to another table's.
fn keys(layers: &[(&Inventory, &Layer)], model: &DataModel) -> Vec<Finding> {
    let mut known: BTreeMap<(String, String), Option<BTreeSet<&str>>> = BTreeMap::new();
    let scans = || layers.iter().filter_map(|(i, l)| Some((*i, *l, l.scan.as_ref()?.values.as_ref()?)));
    for (_, _, scan) in scans() {
        for column in &scan.columns {
            let slot = known
                .entry((scan.table.to_lowercase(), column.column.to_lowercase()))
                .or_insert_with(|| Some(BTreeSet::new()));
            match (slot.as_mut(), &column.keys) {
                (Some(all), Some(keys)) => all.extend(keys.iter().map(|(key, _)| key.as_str())),
                _ => *slot = None,
            }
        }
    }
    let mut findings = Vec::new();
    for (inventory, layer, scan) in scans() {
        let Some(table) = model.tables.iter().find(|t| t.name == scan.table) else { continue };
        for column in &scan.columns {
            let wanted = table.columns.iter().find(|c| c.name == column.column);
            let Some(reference) = wanted.and_then(|c| c.references.as_ref()) else { continue };
            let place = at_field(inventory, layer, &column.field);
            let common = [
                ("layer", layer.name.clone()),
                ("field", column.field.clone()),
                ("table", reference.table.clone()),
                ("column", reference.column.clone()),
                ("most", "100 000".to_owned()),
            ];
            let targets = known.get(&(reference.table.to_lowercase(), reference.column.to_lowercase()));
            let (Some(Some(targets)), Some(keys)) = (targets, &column.keys) else {
                // without the other table there is nothing to compare with, which is told already
                if matches!(targets, Some(None)) || column.keys.is_none() {
                    findings.push(find(Code::ValuesNotChecked, place, &common));
                }
                continue;
            };
            // 12 and 12.0 are one number in two columns of different types
            let numbers: BTreeSet<String> = targets.iter().map(|t| plain_number(t)).collect();
            let orphans: Vec<&(String, i64)> =
                keys.iter().filter(|(key, _)| !numbers.contains(&plain_number(key))).collect();
            if let Some((value, feature)) = orphans.first().map(|o| (o.0.clone(), o.1)) {
                let mut values = common.to_vec();
                values.extend([
                    ("count", orphans.len().to_string()),
                    ("value", value),
                    ("feature", feature.to_string()),
                ]);
                let mut finding = find(Code::ValueKeyUnknown, place, &values);
                finding.count = orphans.len() as u64;
                finding.place.feature = Some(feature);
                let spots = orphans.iter().take(100).map(|(value, feature)| model::Spot {
                    feature: Some(*feature),
                    reason: Some(shown(value)),
                    ..model::Spot::default()
                });
                finding.spots = if orphans.len() > 1 { spots.collect() } else { Vec::new() };
                findings.push(finding);
            }
        }
    }
    findings
}

fn plain_number(text: &str) -> String {
    match text.trim().parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        _ => text.trim().to_owned(),
    }
}

/// `files` are paths from the delivered folder, `/` between folders.
fn check_files(files: &[String], model: &DataModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wanted in model.files.iter().filter(|f| f.required) {
        if !files.iter().any(|file| is_whole(&wanted.path, file)) {
            let values = |title: &str| {
                [("title", title.to_owned()), ("path", wanted.path.clone()), ("model", model.name.clone())]
            };
            let mut finding = find(Code::ModelFileMissing, Place::default(), &values(&wanted.title[0]));
            let english = find(Code::ModelFileMissing, Place::default(), &values(&wanted.title[1]));
            if let (Some(both), Some(english)) = (&mut finding.sentences, english.sentences) {
                both[1].clone_from(&english[1]);
            }
            findings.push(finding);
        }
    }
    if !model.files.is_empty() && !model.other_files {
        for file in files.iter().filter(|file| !model.files.iter().any(|wanted| is_whole(&wanted.path, file))) {
            let place = Place { file: Some(file.clone()), ..Place::default() };
            let values = [("file", file.clone()), ("model", model.name.clone())];
            findings.push(find(Code::ModelFileUnknown, place, &values));
        }
    }
    findings
}
