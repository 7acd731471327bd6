//! Where a pyramid's tiles are: one SQLite file in its folder, and the pyramids beneath that it
//! refers to. A tile that is not its own is looked for in those, in order.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use geodata::imagery::Image;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::Spec;
use super::codec::{decode, encode};
use crate::grids::SIDE;

const FILE: &str = "pyramid.sqlite";
const BUILDING: &str = ".building.sqlite";
/// How long to wait for who writes, in milliseconds.
const WAIT: &str = "PRAGMA busy_timeout = 20000";
/// Tiles written in one go.
const BATCH: usize = 2000;

/// A tile as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mask: Option<Vec<u8>>,
}

/// Level, column, row.
pub(super) type Key = (u32, u32, u32);

/// One number for the three: columns and rows have at most 25 bits.
fn number((level, column, row): Key) -> i64 {
    (i64::from(level) << 50) | (i64::from(row) << 25) | i64::from(column)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "25 bits each, never negative")]
fn key(number: i64) -> Key {
    let part = |shift: u32| ((number >> shift) & 0x1FF_FFFF) as u32;
    (part(50), part(0), part(25))
}

/// A pyramid that is read.
pub(crate) struct Pyramid {
    pub(crate) spec: Spec,
    file: Connection,
    beneath: Vec<Pyramid>,
}

impl Pyramid {
    /// # Errors
    /// When the folder holds no pyramid.
    pub(crate) fn open(folder: &Path) -> Result<Self, String> {
        let bad = |e: rusqlite::Error| format!("La pyramide ne se lit pas : {e}");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(folder.join(FILE), flags).map_err(bad)?;
        file.execute_batch(WAIT).map_err(bad)?;
        let text: String = file.query_row("SELECT spec FROM pyramid", [], |r| r.get(0)).map_err(bad)?;
        let spec = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let names = {
            let mut rows = file.prepare("SELECT folder FROM beneath ORDER BY rank").map_err(bad)?;
            let found = rows.query_map([], |r| r.get::<_, String>(0)).map_err(bad)?;
            found.collect::<Result<Vec<String>, _>>().map_err(bad)?
        };
        let beneath = names
            .iter()
            .map(|name| Self::open(&folder.parent().unwrap_or(folder).join(name)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { spec, file, beneath })
    }

    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn tile(&self, key: Key) -> Result<Option<Tile>, String> {
        let own = self
            .file
            .prepare_cached("SELECT image, mask FROM tile WHERE key = ?1")
            .and_then(|mut s| s.query_row([number(key)], |r| Ok(Tile { bytes: r.get(0)?, mask: r.get(1)? })).optional())
            .map_err(|e| e.to_string())?;
        if own.is_some() {
            return Ok(own);
        }
        for other in &self.beneath {
            if let Some(tile) = other.tile(key)? {
                return Ok(Some(tile));
            }
        }
        Ok(None)
    }

    /// A tile's pixels.
    ///
    /// # Errors
    /// As [`Pyramid::tile`], or when it is damaged.
    pub(crate) fn image(&self, key: Key) -> Result<Option<Image>, String> {
        let Some(tile) = self.tile(key)? else { return Ok(None) };
        decode(&tile.bytes, tile.mask.as_deref(), &self.spec).map(Some)
    }

    /// Pixels of a level, from column and row `x` and `y` of the grid (which may be negative),
    /// masked where there is no tile.
    ///
    /// # Errors
    /// As [`Pyramid::image`].
    pub(crate) fn window(&self, level: u32, x: i64, y: i64, width: usize, height: usize) -> Result<Image, String> {
        let side = SIDE as i64;
        let mut whole = Image::empty(width, height, self.spec.bands, self.spec.floats);
        let last = |from: i64, size: usize| (from + i64::try_from(size).unwrap_or(0) - 1).div_euclid(side);
        for row in y.div_euclid(side)..=last(y, height) {
            for column in x.div_euclid(side)..=last(x, width) {
                let (Ok(c), Ok(r)) = (u32::try_from(column), u32::try_from(row)) else { continue };
                let Some(tile) = self.image((level, c, r))? else { continue };
                let (left, top) = (column * side - x, row * side - y);
                let cut = |at: i64| usize::try_from((-at).max(0)).unwrap_or(0);
                let (cx, cy) = (cut(left), cut(top));
                let part = tile.crop(cx, cy, SIDE - cx, SIDE - cy);
                whole.paste(&part, usize::try_from(left.max(0)).unwrap_or(0), usize::try_from(top.max(0)).unwrap_or(0));
            }
        }
        Ok(whole.simplified())
    }

    /// The keys of a level, those beneath too.
    pub(super) fn keys(&self, level: u32) -> Result<BTreeSet<Key>, String> {
        let (from, to) = (number((level, 0, 0)), number((level + 1, 0, 0)));
        let mut found: BTreeSet<Key> = {
            let mut rows = self
                .file
                .prepare_cached("SELECT key FROM tile WHERE key >= ?1 AND key < ?2")
                .map_err(|e| e.to_string())?;
            let all = rows.query_map([from, to], |r| r.get::<_, i64>(0)).map_err(|e| e.to_string())?;
            all.flatten().map(key).collect()
        };
        for other in &self.beneath {
            found.extend(other.keys(level)?);
        }
        Ok(found)
    }
}

/// A pyramid that is written. What is not finished leaves the folder as it was.
pub(super) struct Writer {
    pub(super) spec: Spec,
    folder: PathBuf,
    file: Connection,
    waiting: usize,
    fresh: bool,
    pub(super) tiles: usize,
}

impl Writer {
    /// A new pyramid; it is seen once it is finished. `beneath` are folders beside its own, the
    /// first looked at first.
    pub(super) fn create(folder: &Path, spec: &Spec, beneath: &[PathBuf]) -> Result<Self, String> {
        let bad = |e: rusqlite::Error| e.to_string();
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        let path = folder.join(BUILDING);
        let _ = std::fs::remove_file(&path);
        let file = Connection::open(&path).map_err(bad)?;
        // a file that is thrown away when it is not finished needs no journal
        file.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 16384;
             CREATE TABLE pyramid (spec TEXT NOT NULL);
             CREATE TABLE beneath (rank INTEGER PRIMARY KEY, folder TEXT NOT NULL);
             CREATE TABLE tile (key INTEGER PRIMARY KEY, image BLOB NOT NULL, mask BLOB);",
        )
        .map_err(bad)?;
        for (rank, other) in (0_i64..).zip(beneath) {
            let name = other.file_name().unwrap_or_default().to_string_lossy().into_owned();
            file.execute("INSERT INTO beneath (rank, folder) VALUES (?1, ?2)", params![rank, name]).map_err(bad)?;
        }
        file.execute_batch("BEGIN").map_err(bad)?;
        Ok(Self { spec: spec.clone(), folder: folder.to_owned(), file, waiting: 0, fresh: true, tiles: 0 })
    }

    /// A pyramid there is, which changes in one piece at the end.
    pub(super) fn grow(folder: &Path, spec: &Spec) -> Result<Self, String> {
        let bad = |e: rusqlite::Error| e.to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(folder.join(FILE), flags).map_err(bad)?;
        file.execute_batch(WAIT).map_err(bad)?;
        // who reads meanwhile sees what was there before
        file.execute_batch("PRAGMA journal_mode = WAL; BEGIN").map_err(bad)?;
        Ok(Self { spec: spec.clone(), folder: folder.to_owned(), file, waiting: 0, fresh: false, tiles: 0 })
    }

    pub(super) fn put(&mut self, key: Key, tile: &Tile) -> Result<(), String> {
        self.file
            .prepare_cached("INSERT OR REPLACE INTO tile (key, image, mask) VALUES (?1, ?2, ?3)")
            .and_then(|mut s| s.execute(params![number(key), tile.bytes, tile.mask]))
            .map_err(|e| e.to_string())?;
        self.tiles += 1;
        self.waiting += 1;
        if self.fresh && self.waiting >= BATCH {
            self.waiting = 0;
            self.file.execute_batch("COMMIT; BEGIN").map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Makes it seen; gives the bytes of its file.
    pub(super) fn finish(self) -> Result<u64, String> {
        let bad = |e: rusqlite::Error| e.to_string();
        let text = serde_json::to_string(&self.spec).map_err(|e| e.to_string())?;
        self.file.execute("DELETE FROM pyramid", []).map_err(bad)?;
        self.file.execute("INSERT INTO pyramid (spec) VALUES (?1)", [text]).map_err(bad)?;
        self.file.execute_batch("COMMIT").map_err(bad)?;
        let path = self.folder.join(FILE);
        if self.fresh {
            self.file.close().map_err(|(_, e)| e.to_string())?;
            let building = self.folder.join(BUILDING);
            std::fs::File::open(&building).and_then(|f| f.sync_all()).map_err(|e| e.to_string())?;
            std::fs::rename(&building, &path).map_err(|e| e.to_string())?;
        } else {
            let _ = self.file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        std::fs::metadata(path).map(|m| m.len()).map_err(|e| e.to_string())
    }
}

/// A tile ready to be written.
pub(super) fn tile_of(image: &Image, spec: &Spec) -> Result<Tile, String> {
    let (bytes, mask) = encode(image, spec)?;
    Ok(Tile { bytes, mask })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_number() {
        for k in [(0, 0, 0), (22, 100_799, 840_817), (21, 2_097_151, 2_097_151)] {
            assert_eq!(key(number(k)), k);
        }
    }
}
