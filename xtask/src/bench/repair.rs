//! Repair against `ogr2ogr -makevalid -t_srs`: a million polygons of which a thousand are invalid. Ours
//! reads and judges them first, measures what making valid changes, hashes source and copy, and judges
//! the copy again; `ogr2ogr` does none of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{Bench, peak_of_family, quiet, show, show_memory, side_by_side};

pub(super) fn million(bench: &Bench) -> Result<()> {
    let source = dirty(&bench.folder)?;
    let (out, peer) = (bench.folder.join("mended"), bench.folder.join("mended-peer.gpkg"));
    let ours = || {
        let _ = std::fs::remove_dir_all(&out);
        let mut command = Command::new(&bench.quai);
        command.args(["repair", "--all-safe", "--srs", "EPSG:3857", "--json", "--into"]).arg(&out).arg(&source);
        command
    };
    let (a, b) = side_by_side(
        3,
        || quiet(&mut ours()),
        || {
            let _ = std::fs::remove_file(&peer);
            quiet(
                Command::new("ogr2ogr")
                    .args(["-f", "GPKG", "-makevalid", "-t_srs", "EPSG:3857"])
                    .arg(&peer)
                    .arg(&source),
            )
        },
    )?;
    show("repair of 1,000,000 polygons, reprojected", a, b, 0.7);
    show_memory("memory of that repair, readers included", peak_of_family(ours())?, 300_000_000);
    Ok(())
}

/// A GeoPackage of a million polygons of 16 corners, one in a thousand of which crosses itself.
fn dirty(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("million-dirty.gpkg");
    if path.exists() {
        return Ok(path);
    }
    let csv = folder.join("million-dirty.csv");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&csv)?);
    writeln!(out, "id,nom,WKT")?;
    for i in 0..1_000_000_u32 {
        let (x, y) = (f64::from(i % 1000) * 20.0 + 600_000.0, f64::from(i / 1000) * 20.0 + 6_800_000.0);
        let mut ring: Vec<String> = (0..=16)
            .map(|k| {
                let turn = f64::from(k % 16) * std::f64::consts::TAU / 16.0;
                format!("{:.2} {:.2}", x + 9.0 * turn.cos(), y + 9.0 * turn.sin())
            })
            .collect();
        if i % 1000 == 7 {
            ring.swap(3, 9);
        }
        writeln!(out, "{i},Bâtiment {i},\"POLYGON(({}))\"", ring.join(","))?;
    }
    out.flush()?;
    let options = ["-f", "GPKG", "-nln", "polygons", "-a_srs", "EPSG:2154", "-oo", "GEOM_POSSIBLE_NAMES=WKT"];
    quiet(Command::new("ogr2ogr").args(options).args(["-oo", "KEEP_GEOM_COLUMNS=NO"]).arg(&path).arg(&csv))?;
    std::fs::remove_file(csv)?;
    Ok(path)
}
