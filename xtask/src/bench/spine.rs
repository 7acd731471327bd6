//! The spine's figures: many small files, one large one, packaging, validity.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{Bench, peak_bytes, quiet, show, show_memory, side_by_side, verdict};
use crate::root;

/// 300 small files: one run of ours against a process of `ogrinfo` each.
pub(super) fn small_files(bench: &Bench) -> Result<()> {
    let small = bench.folder.join("small");
    if !small.exists() {
        std::fs::create_dir_all(&small)?;
        for number in 0..300 {
            let from = root().join("samples/kml/croquis.geojson");
            std::fs::copy(from, small.join(format!("croquis_{number}.geojson")))?;
        }
    }
    let files: Vec<PathBuf> = std::fs::read_dir(&small)?.flatten().map(|e| e.path()).collect();
    let (ours, theirs) = side_by_side(
        3,
        || quiet(Command::new(&bench.quai).args(["inspect", "--json"]).arg(&small)),
        || files.iter().try_for_each(|f| quiet(Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(f))),
    )?;
    show("inspect 300 small files", ours, theirs, 0.15);
    Ok(())
}

/// A GeoPackage of 1 GB: what we add to `ogrinfo`, in seconds and in memory of our own.
pub(super) fn large_file(bench: &Bench) -> Result<()> {
    let path = bench.folder.join("gigabyte.gpkg");
    if !path.exists() {
        polygons(&bench.folder, &path, 2_600)?;
    }
    let bytes = std::fs::metadata(&path)?.len();
    let mut inspect = Command::new(&bench.quai);
    inspect.args(["inspect", "--json"]).arg(&path);
    let mut most = 0;
    let (ours, theirs) = side_by_side(
        5,
        || {
            most = most.max(peak_bytes(&inspect)?);
            Ok(())
        },
        || peak_bytes(Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(&path)).map(drop),
    )?;
    let more = ours - theirs;
    let what = format!("inspect a GeoPackage of {:.2} GB", bytes as f64 / 1e9);
    println!("{what:48} {ours:8.3} s  {theirs:8.3} s  added {more:6.3} s limit  0.1 s  {}", verdict(more <= 0.1));
    show_memory("  memory of the largest process", most, 150_000_000);
    Ok(())
}

pub(super) fn packaging(bench: &Bench) -> Result<()> {
    let million = million_polygons(bench)?;
    let shape = bench.folder.join("million.shp");
    if !shape.exists() {
        quiet(Command::new("ogr2ogr").args(["-f", "ESRI Shapefile"]).arg(&shape).arg(&million))?;
    }
    let (into, to) = (bench.folder.join("packaged"), bench.folder.join("peer.gpkg"));
    let (ours, theirs) = side_by_side(
        3,
        || {
            let _ = std::fs::remove_dir_all(&into);
            quiet(Command::new(&bench.quai).args(["package", "--name", "million", "--into"]).arg(&into).arg(&shape))
        },
        || {
            let _ = std::fs::remove_file(&to);
            quiet(Command::new("ogr2ogr").args(["-f", "GPKG"]).arg(&to).arg(&shape))
        },
    )?;
    show("package a shapefile of 1,000,000 features", ours, theirs, 1.0);
    println!("  (packaging includes reading every feature to validate it)");
    Ok(())
}

pub(super) fn validity(bench: &Bench) -> Result<()> {
    let million = million_polygons(bench)?;
    let sql = "select count(*) from polygons where not st_isvalid(geom)";
    let (ours, theirs) = side_by_side(
        3,
        || quiet(Command::new(&bench.quai).args(["validate", "--json"]).arg(&million)),
        || quiet(Command::new("ogrinfo").arg("-q").arg(&million).args(["-dialect", "sqlite", "-sql", sql])),
    )?;
    show("validity of 1,000,000 polygons", ours, theirs, 0.6);
    Ok(())
}

/// A GeoPackage of a million polygons of sixteen sides, made once.
pub(super) fn million_polygons(bench: &Bench) -> Result<PathBuf> {
    let path = bench.folder.join("million.gpkg");
    if !path.exists() {
        polygons(&bench.folder, &path, 1_000)?;
    }
    Ok(path)
}

/// `rows` lines of a thousand polygons of sixteen sides, in Lambert-93, in the table `polygons`.
fn polygons(folder: &Path, to: &Path, rows: u32) -> Result<()> {
    use std::io::Write as _;
    let points = folder.join("polygons.csv");
    let mut text = std::io::BufWriter::new(std::fs::File::create(&points)?);
    writeln!(text, "id,WKT")?;
    for i in 0..rows * 1000 {
        let (x, y) = (f64::from(i % 1000) * 20.0 + 600_000.0, f64::from(i / 1000) * 20.0 + 6_800_000.0);
        let ring: Vec<String> = (0..=16)
            .map(|k| {
                let turn = f64::from(k % 16) * std::f64::consts::TAU / 16.0;
                format!("{:.2} {:.2}", x + 9.0 * turn.cos(), y + 9.0 * turn.sin())
            })
            .collect();
        writeln!(text, "{i},\"POLYGON(({}))\"", ring.join(","))?;
    }
    drop(text);
    quiet(
        Command::new("ogr2ogr")
            .args(["-f", "GPKG", "-nln", "polygons", "-a_srs", "EPSG:2154", "-oo", "GEOM_POSSIBLE_NAMES=WKT"])
            .arg(to)
            .arg(&points),
    )?;
    std::fs::remove_file(&points)?;
    Ok(())
}
