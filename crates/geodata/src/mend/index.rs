//! The spatial index of a table, packed beside the copy while rows are still being written. GDAL 3.6
//! lets SQLite insert box after box once the last row is there, and that takes longer than the rows;
//! later GDALs pack as this does. GDAL still makes the empty index, its triggers and its entry in
//! `gpkg_extensions`; the shape of a node is SQLite's (`src/rtree.c`, "database format"). It knows no
//! feature, only ids and boxes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, params};

/// A row's id and its box in the table's CRS: least and greatest x, least and greatest y.
pub(super) type Boxed = (i64, [f64; 4]);

/// Batches of boxes that may wait.
const WAITING: usize = 64;
/// Boxes packed at once: 24 MB of them. A table of more has one set of leaves for each such run.
const RUN: usize = 1_000_000;
/// Boxes in a node of SQLite's, where a page has 2 kB or more: GDAL's have 4 kB.
const NODE: usize = 51;
const NODE_BYTES: usize = 4 + NODE * 24;

/// Packs one table's index in a file of its own beside the GeoPackage.
pub(super) struct Index {
    /// `rtree_<table>_<column>`.
    name: String,
    /// What GDAL made the index with for rows to come, put back at the end.
    trigger: String,
    boxes: Option<SyncSender<Vec<Boxed>>>,
    packing: Option<JoinHandle<rusqlite::Result<()>>>,
    beside: Beside,
}

impl Drop for Index {
    fn drop(&mut self) {
        // the packer is gone before its file is: nothing is made again behind whoever cleans up
        let _ = self.packed();
    }
}

/// The file built beside, gone whatever happens.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Index {
    /// Begins to build the index `name` of the GeoPackage `target`, whose table is the `table`th of those written.
    pub(super) fn begin(target: &Path, table: usize, name: String, trigger: String) -> std::io::Result<Self> {
        let mut beside = target.as_os_str().to_owned();
        beside.push(format!(".{table}.index"));
        let beside = Beside(PathBuf::from(beside));
        let _ = std::fs::remove_file(&beside.0);
        let (boxes, waiting) = sync_channel::<Vec<Boxed>>(WAITING);
        let path = beside.0.clone();
        let packing = std::thread::Builder::new().name("index".to_owned()).spawn(move || {
            let mut file = Connection::open(path)?;
            // nobody reads it but us, and it is built again when it is lost
            file.execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 CREATE TABLE node (nodeno INTEGER PRIMARY KEY, data);
                 CREATE TABLE rowid (rowid INTEGER PRIMARY KEY, nodeno);
                 CREATE TABLE parent (nodeno INTEGER PRIMARY KEY, parentnode)",
            )?;
            let filling = file.transaction()?;
            let cells = waiting.into_iter().flatten().filter_map(|(id, sides)| Cell::of(id, sides));
            pack(&filling, RUN, cells)?;
            filling.commit()
        })?;
        Ok(Self { name, trigger, boxes: Some(boxes), packing: Some(packing), beside })
    }

    /// Takes boxes; a packer that stopped says why at the end.
    pub(super) fn take(&self, boxes: Vec<Boxed>) {
        if let Some(packer) = self.boxes.as_ref().filter(|_| !boxes.is_empty()) {
            let _ = packer.send(boxes);
        }
    }

    /// Puts the index into the GeoPackage, which nobody else has open, and its trigger back.
    pub(super) fn finish(mut self, target: &Path) -> Result<(), String> {
        self.packed()?;
        self.put_into(target).map_err(|fault| fault.to_string())
    }

    /// Waits until every box taken is packed.
    fn packed(&mut self) -> Result<(), String> {
        drop(self.boxes.take());
        let Some(packing) = self.packing.take() else { return Ok(()) };
        let packed = packing.join().map_err(|_| "the packer of the spatial index stopped".to_owned())?;
        packed.map_err(|fault| fault.to_string())
    }

    fn put_into(&self, target: &Path) -> rusqlite::Result<()> {
        let mut file = Connection::open(target)?;
        file.execute("ATTACH ? AS beside", [self.beside.0.to_string_lossy()])?;
        let moving = file.transaction()?;
        for part in ["node", "rowid", "parent"] {
            let table = quoted(&format!("{}_{part}", self.name));
            moving.execute_batch(&format!(
                "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM beside.{part} ORDER BY 1"
            ))?;
        }
        moving.execute_batch(&self.trigger)?;
        moving.commit()?;
        file.execute_batch("DETACH beside")
    }
}

/// What a node holds: a row or a node beneath, and its box.
#[derive(Debug, Clone, Copy)]
struct Cell {
    id: i64,
    sides: [f32; 4],
}

impl Cell {
    /// A box that holds the row's in single precision; none when a side is no number.
    fn of(id: i64, [left, right, bottom, top]: [f64; 4]) -> Option<Self> {
        let all = [left, right, bottom, top];
        (!all.iter().any(|side| side.is_nan()))
            .then(|| Self { id, sides: [below(left), above(right), below(bottom), above(top)] })
    }

    fn middle(&self, axis: usize) -> f32 {
        self.sides[axis * 2] / 2.0 + self.sides[axis * 2 + 1] / 2.0
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is lost is put right")]
fn below(side: f64) -> f32 {
    let near = side as f32;
    if f64::from(near) > side { near.next_down() } else { near }
}

#[expect(clippy::cast_possible_truncation, reason = "what is lost is put right")]
fn above(side: f64) -> f32 {
    let near = side as f32;
    if f64::from(near) < side { near.next_up() } else { near }
}

/// Writes the nodes of the boxes, `at_once` of them at a time, the root as number 1.
fn pack(file: &Transaction<'_>, at_once: usize, mut boxes: impl Iterator<Item = Cell>) -> rusqlite::Result<()> {
    let mut next = 2_i64;
    // a table that one node holds
    let mut run: Vec<Cell> = boxes.by_ref().take(at_once).collect();
    if run.len() <= NODE {
        for cell in &run {
            file.execute("INSERT INTO rowid VALUES (?, 1)", [cell.id])?;
        }
        return write_node(file, 1, 0, &run);
    }
    let mut level = Vec::new();
    while !run.is_empty() {
        let mut held = Vec::with_capacity(run.len());
        for leaf in tiles(&mut run) {
            held.extend(leaf.iter().map(|cell| (cell.id, next)));
            level.push(around(next, leaf));
            write_node(file, next, 0, leaf)?;
            next += 1;
        }
        held.sort_unstable();
        let mut insert = file.prepare_cached("INSERT INTO rowid VALUES (?, ?)")?;
        held.iter().try_for_each(|(id, node)| insert.execute(params![id, node]).map(drop))?;
        run.clear();
        run.extend(boxes.by_ref().take(at_once));
    }
    let mut depth = 1_u16;
    while level.len() > NODE {
        let mut above = Vec::new();
        for cells in tiles(&mut level) {
            adopt(file, next, cells)?;
            above.push(around(next, cells));
            write_node(file, next, 0, cells)?;
            next += 1;
        }
        (level, depth) = (above, depth + 1);
    }
    adopt(file, 1, &level)?;
    write_node(file, 1, depth, &level)
}

/// The boxes in heaps of a node each, neighbours together: strips by x, then by y (Leutenegger and
/// others, 1997, "sort-tile-recursive").
fn tiles(cells: &mut [Cell]) -> impl Iterator<Item = &[Cell]> {
    let nodes = cells.len().div_ceil(NODE);
    let strip = nodes.isqrt().max(1) * NODE;
    cells.sort_unstable_by(|a, b| a.middle(0).total_cmp(&b.middle(0)));
    for strip in cells.chunks_mut(strip) {
        strip.sort_unstable_by(|a, b| a.middle(1).total_cmp(&b.middle(1)));
    }
    cells.chunks(strip).flat_map(|strip| strip.chunks(NODE))
}

/// The box around cells, for the node that holds them.
fn around(id: i64, cells: &[Cell]) -> Cell {
    let mut sides = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
    for cell in cells {
        for axis in [0, 2] {
            sides[axis] = sides[axis].min(cell.sides[axis]);
            sides[axis + 1] = sides[axis + 1].max(cell.sides[axis + 1]);
        }
    }
    Cell { id, sides }
}

/// Says whose child each cell's node is.
fn adopt(file: &Transaction<'_>, parent: i64, cells: &[Cell]) -> rusqlite::Result<()> {
    let mut insert = file.prepare_cached("INSERT INTO parent VALUES (?, ?)")?;
    cells.iter().try_for_each(|cell| insert.execute(params![cell.id, parent]).map(drop))
}

/// A node as SQLite keeps it: the tree's depth where it is the root, how many cells, the cells.
fn write_node(file: &Transaction<'_>, number: i64, depth: u16, cells: &[Cell]) -> rusqlite::Result<()> {
    let mut data = Vec::with_capacity(NODE_BYTES);
    data.extend(depth.to_be_bytes());
    data.extend(u16::try_from(cells.len()).unwrap_or(u16::MAX).to_be_bytes());
    for cell in cells {
        data.extend(cell.id.to_be_bytes());
        cell.sides.iter().for_each(|side| data.extend(side.to_be_bytes()));
    }
    data.resize(NODE_BYTES, 0);
    file.prepare_cached("INSERT INTO node VALUES (?, ?)")?.execute(params![number, data]).map(drop)
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An index packed from boxes, moved into a tree of SQLite's own.
    fn packed(boxes: &[Boxed]) -> Connection {
        let mut file = Connection::open_in_memory().expect("memory");
        file.execute_batch(
            "PRAGMA page_size = 4096;
             CREATE TABLE node (nodeno INTEGER PRIMARY KEY, data);
             CREATE TABLE rowid (rowid INTEGER PRIMARY KEY, nodeno);
             CREATE TABLE parent (nodeno INTEGER PRIMARY KEY, parentnode);
             CREATE VIRTUAL TABLE tree USING rtree(id, minx, maxx, miny, maxy)",
        )
        .expect("made");
        let filling = file.transaction().expect("begun");
        pack(&filling, 1000, boxes.iter().filter_map(|(id, sides)| Cell::of(*id, *sides))).expect("packed");
        for part in ["node", "rowid", "parent"] {
            let moved = format!("DELETE FROM tree_{part}; INSERT INTO tree_{part} SELECT * FROM {part}");
            filling.execute_batch(&moved).expect("moved");
        }
        filling.commit().expect("committed");
        file
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn sqlite_finds_its_own_tree_sound_and_every_box_in_it(
            corners in proptest::collection::vec((-1e7..1e7_f64, 0.0..5e3_f64, -1e7..1e7_f64, 0.0..5e3_f64), 0..6000),
            window in (-1e7..1e7_f64, 0.0..4e6_f64, -1e7..1e7_f64, 0.0..4e6_f64),
        ) {
            let boxes: Vec<Boxed> =
                corners.iter().zip(1..).map(|((x, w, y, h), id)| (id, [*x, x + w, *y, y + h])).collect();
            let file = packed(&boxes);
            let said: String = file.query_row("SELECT rtreecheck('tree')", [], |r| r.get(0)).expect("checked");
            prop_assert_eq!(said, "ok");
            let (left, right, bottom, top) = (window.0, window.0 + window.1, window.2, window.2 + window.3);
            let mut rows = file
                .prepare("SELECT id FROM tree WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ? ORDER BY id")
                .expect("asked");
            let found: Vec<i64> = rows
                .query_map([left, right, bottom, top], |r| r.get(0)).expect("rows").flatten().collect();
            // single precision may take in a neighbour, never leave one out
            for (id, b) in &boxes {
                if b[1] >= left && b[0] <= right && b[3] >= bottom && b[2] <= top {
                    prop_assert!(found.binary_search(id).is_ok(), "{id} is not found");
                }
            }
            prop_assert!(found.len() <= boxes.len());
        }
    }

    #[test]
    fn a_row_added_later_splits_a_full_node() {
        let boxes: Vec<Boxed> = (1..=2601).zip(0_i32..).map(|(id, at)| (id, [f64::from(at); 4])).collect();
        let file = packed(&boxes);
        file.execute("INSERT INTO tree VALUES (9999, 3, 4, 3, 4)", []).expect("inserted");
        file.execute("DELETE FROM tree WHERE id = 7", []).expect("deleted");
        let said: String = file.query_row("SELECT rtreecheck('tree')", [], |r| r.get(0)).expect("checked");
        assert_eq!(said, "ok");
        let count: i64 = file.query_row("SELECT count(*) FROM tree", [], |r| r.get(0)).expect("counted");
        assert_eq!(count, 2601);
    }
}
