//! Rule: tables of columns (CSV, update files, what a database limits) say what they are.

use model::{Code, Finding, Inventory, Layer};

use super::{at_file, at_layer, file_name};
use crate::Expectations;
use crate::catalogue::find;

/// Names by which the platform finds a CSV's geometry (its tutorial on vector delivery).
const GEOMETRY: &[&str] = &["json", "geom", "the_geom", "wkb", "wkt"];
/// PostgreSQL's columns of a table, less the geometry and the key that integration adds.
const MOST_FIELDS: usize = 1598;
/// PostgreSQL's own columns of every table.
const RESERVED: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    let file = file_name(&inventory.path);
    let stem = file.to_lowercase();
    let stem = stem.strip_suffix(".csv").unwrap_or(&stem);
    if stem.ends_with(".delete") || stem.ends_with(".update") {
        findings.push(find(Code::UpdateFile, at_file(inventory), &[("file", file.clone())]));
    }
    for layer in &inventory.layers {
        if inventory.driver.as_deref() == Some("CSV") {
            findings.extend(csv(inventory, layer, &file));
        }
        for field in layer.fields.iter().filter(|f| RESERVED.contains(&f.name.to_lowercase().as_str())) {
            let mut place = at_layer(inventory, layer);
            place.field = Some(field.name.clone());
            let values = [("layer", layer.name.clone()), ("field", field.name.clone())];
            findings.push(find(Code::FieldNameReserved, place, &values));
        }
        if layer.fields.len() > MOST_FIELDS {
            let values = [
                ("layer", layer.name.clone()),
                ("count", layer.fields.len().to_string()),
                ("most", MOST_FIELDS.to_string()),
            ];
            findings.push(find(Code::FieldsTooMany, at_layer(inventory, layer), &values));
        }
    }
    findings
}

fn csv(inventory: &Inventory, layer: &Layer, file: &str) -> Option<Finding> {
    if layer.geometry == "None" {
        let columns: Vec<&str> = layer.fields.iter().map(|f| f.name.as_str()).take(12).collect();
        let values = [("file", file.to_owned()), ("columns", columns.join(", "))];
        return Some(find(Code::CsvGeometryUnknown, at_layer(inventory, layer), &values));
    }
    let column = layer.geometry_column.as_ref()?;
    // GDAL names the column `geom_` and the source's own name
    let own = column.strip_prefix("geom_").unwrap_or(column);
    let known = GEOMETRY.iter().any(|k| k.eq_ignore_ascii_case(own) || k.eq_ignore_ascii_case(column));
    (!known).then(|| {
        let values = [("file", file.to_owned()), ("column", own.to_owned())];
        find(Code::CsvGeometryRenamed, at_layer(inventory, layer), &values)
    })
}
