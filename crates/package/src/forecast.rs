//! How much a package will weigh, told before it is written: an estimate from above, of features,
//! fields, geometries and of what a GeoPackage holds beside. Pure.

use model::{Inventory, Kind, Layer, PackageKind};

use crate::plan::{Plan, PlanLayer};

const PAGE: u64 = 4096;
/// What a GeoPackage holds before its first table: its own tables, their indexes, two CRS.
const EMPTY: u64 = 20 * PAGE;
/// What a table costs before its first row: its pages, its spatial index, its triggers.
const TABLE: u64 = 9 * PAGE;
/// Of the spatial index, for each feature: a cell of a node, and the line that leads to it.
const INDEXED: u64 = 64;
/// Of a row: its length and id, its place in a page; before its geometry, a header and a box.
const ROW: u64 = 20;
const GEOMETRY: u64 = 3 + 40 + 9;
/// An arc of three corners may become two dozen segments.
const ARCS: u64 = 16;

/// The bytes that a plan's files will weigh, and whether that is an estimate: what goes as it is, or
/// is only packed, is known.
#[must_use]
pub fn forecast(plan: &Plan, inventories: &[Inventory]) -> (u64, bool) {
    if plan.kind != PackageKind::Vector || plan.untouched {
        return (plan.bytes, false);
    }
    let vectors: Vec<&Inventory> =
        inventories.iter().filter(|i| matches!(i.kind, Kind::Vector | Kind::Table | Kind::Mixed)).collect();
    let tables = plan.layers.iter().map(|l| l.tables.len() as u64).sum::<u64>();
    let rows = plan
        .layers
        .iter()
        .map(|planned| {
            let source = vectors.get(planned.source);
            let layer = source.and_then(|i| i.layers.iter().find(|l| l.name == planned.layer));
            layer.map_or(0, |layer| rows(planned, layer, source.map_or(0, |i| i.bytes)))
        })
        .fold(0, u64::saturating_add);
    (EMPTY.saturating_add(tables * TABLE).saturating_add(rows), true)
}

/// What the rows of a layer take.
fn rows(planned: &PlanLayer, layer: &Layer, source_bytes: u64) -> u64 {
    // what was not read may be anything that its source could hold, unpacked
    let Some(scan) = layer.scan.as_ref().filter(|s| s.read > 0 && s.stopped.is_none()) else {
        return source_bytes.saturating_mul(4);
    };
    let fields: u64 = layer.fields.iter().map(|f| field(&f.kind)).sum();
    let shapes = scan.geometry_bytes.saturating_mul(if scan.curves > 0 { ARCS } else { 1 });
    let sized = shapes.saturating_add(scan.text_bytes);
    let spatial = planned.tables.iter().any(|t| t.geometry != "None");
    let (shape, index) = if spatial { (GEOMETRY, INDEXED) } else { (0, 0) };
    let row = ROW + fields + shape + sized.div_ceil(scan.read);
    let index = if spatial { index } else { 0 };
    scan.read.saturating_mul(stored(row).saturating_add(index))
}

/// Of a field in a row, its value and what says how long it is; texts are counted by themselves.
fn field(kind: &str) -> u64 {
    match kind {
        "Date" => 12,
        "Time" => 16,
        "DateTime" => 28,
        "Integer" | "Integer64" | "Real" => 10,
        // a list is written as JSON
        list if list.ends_with("List") => 8,
        _ => 3,
    }
}

/// What a row of this many bytes takes of a file: what is left at a page's end holds no other row, and
/// a row longer than half a page has its own pages.
fn stored(row: u64) -> u64 {
    if row < PAGE / 2 { (row * PAGE).div_ceil(PAGE - row - 35) } else { (row / (PAGE - 40) + 2) * PAGE }
}

#[cfg(test)]
mod tests {
    use super::stored;

    #[test]
    fn short_rows_share_pages_and_long_ones_do_not() {
        assert!((100..110).contains(&stored(100)));
        assert!((1500..2500).contains(&stored(1500)));
        assert_eq!(stored(3000), 2 * 4096);
        assert!((100_000..110_000).contains(&stored(100_000)));
    }
}
