//! Inspecting five thousand tiles, against `gdalinfo` a process a tile and `gdalbuildvrt` on the same list.

#[path = "../../../crates/inspect/tests/support/tiff.rs"]
mod tiff;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{Bench, peak_bytes, quiet, show, show_memory, side_by_side};

const TILES: u32 = 5000;
/// Of them, those given to `gdalinfo`: it takes the same time for each.
const SHARE: usize = 500;

pub(super) fn tiles(bench: &Bench) -> Result<()> {
    let (folder, list) = made(&bench.folder)?;
    let all: Vec<PathBuf> = std::fs::read_to_string(&list)?.lines().map(PathBuf::from).collect();
    let inspect = || quiet(Command::new(&bench.quai).args(["inspect", "--json"]).arg(&folder));
    let one_by_one = || all.iter().take(SHARE).try_for_each(|tile| quiet(Command::new("gdalinfo").arg(tile)));
    let (ours, theirs) = side_by_side(3, inspect, one_by_one)?;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let whole = theirs * all.len() as f64 / SHARE as f64;
    show("inspect 5,000 tiles; gdalinfo a process a tile", ours, whole, 0.4);
    let vrt = bench.folder.join("peer.vrt");
    let build = || {
        let _ = std::fs::remove_file(&vrt);
        quiet(Command::new("gdalbuildvrt").arg("-input_file_list").arg(&list).arg(&vrt))
    };
    let (ours, theirs) = side_by_side(5, inspect, build)?;
    show("inspect 5,000 tiles; gdalbuildvrt", ours, theirs, 1.1);
    let memory = peak_bytes(Command::new(&bench.quai).args(["inspect", "--json"]).arg(&folder))?;
    show_memory("memory of inspecting 5,000 tiles", memory, 500_000_000);
    Ok(())
}

/// The tiles, made once, and the list of them.
fn made(bench: &Path) -> Result<(PathBuf, PathBuf)> {
    let (folder, list) = (bench.join("tiles"), bench.join("tiles.txt"));
    if list.exists() {
        return Ok((folder, list));
    }
    std::fs::create_dir_all(&folder)?;
    let mut names = String::new();
    for number in 0..TILES {
        let (column, row) = (number % 100, number / 100);
        let corner = [650_000.0 + f64::from(column) * 50.0, 6_860_000.0 - f64::from(row) * 50.0];
        let tile = tiff::Tiff { width: 250, height: 250, bands: 3, corner, resolution: 0.2, epsg: 2154 };
        let path = folder.join(format!("tile_{column:03}_{row:03}.tif"));
        tile.write(&path, |x, y, band| u8::try_from(60 + (x + y + u32::from(band)) % 120).unwrap_or(0))?;
        names.push_str(&format!("{}\n", path.display()));
    }
    std::fs::write(&list, names)?;
    Ok((folder, list))
}
