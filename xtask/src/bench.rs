//! Ratios against other tools, run side by side on the release build. Never part of the tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{call, cargo, root, target};

const RUNS: usize = 5;

/// Median seconds of some runs.
fn median(runs: usize, mut act: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut seconds = Vec::new();
    for _ in 0..runs {
        let begun = Instant::now();
        act()?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}

fn quiet(command: &mut Command) -> Result<()> {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().context("a peer could not be started").map(drop)
}

fn show(what: &str, ours: f64, theirs: f64, limit: f64) {
    let ratio = ours / theirs;
    let verdict = if ratio <= limit { "ok" } else { "NOT MET" };
    println!("{what:44} {ours:8.3} s  {theirs:8.3} s  ratio {ratio:6.3}  limit {limit:5.2}  {verdict}");
}

pub(crate) fn bench() -> Result<()> {
    call(&cargo(), &["build", "--release", "--package", "quai"])?;
    let quai = target().join("release/quai");
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)?;
    println!("{:44} {:>10}  {:>10}", "medians", "quai", "peer");
    small_files(&quai, &folder)?;
    let million = million_polygons(&folder)?;
    let table = "polygons";
    let ours = median(3, || quiet(Command::new(&quai).args(["validate", "--json"]).arg(&million)))?;
    let sql = format!("select count(*) from {table} where not st_isvalid(geom)");
    let theirs = median(3, || {
        quiet(Command::new("ogrinfo").arg("-q").arg(&million).args(["-dialect", "sqlite", "-sql", &sql]))
    })?;
    show("validity of 1,000,000 polygons", ours, theirs, 0.6);
    let shape = folder.join("million.shp");
    if !shape.exists() {
        quiet(Command::new("ogr2ogr").args(["-f", "ESRI Shapefile"]).arg(&shape).arg(&million))?;
    }
    let ours = median(3, || {
        let into = folder.join("packaged");
        let _ = std::fs::remove_dir_all(&into);
        quiet(Command::new(&quai).args(["package", "--name", "million", "--into"]).arg(&into).arg(&shape))
    })?;
    let theirs = median(3, || {
        let to = folder.join("peer.gpkg");
        let _ = std::fs::remove_file(&to);
        quiet(Command::new("ogr2ogr").args(["-f", "GPKG"]).arg(&to).arg(&shape))
    })?;
    show("packaging a 1,000,000 feature shapefile", ours, theirs, 1.0);
    println!("(packaging includes reading every feature to validate it)");
    Ok(())
}

fn small_files(quai: &Path, folder: &Path) -> Result<()> {
    let small = folder.join("small");
    if !small.exists() {
        std::fs::create_dir_all(&small)?;
        for number in 0..300 {
            let from = root().join("samples/kml/croquis.geojson");
            std::fs::copy(from, small.join(format!("croquis_{number}.geojson")))?;
        }
    }
    let files: Vec<PathBuf> = std::fs::read_dir(&small)?.flatten().map(|e| e.path()).collect();
    let ours = median(RUNS, || quiet(Command::new(quai).args(["inspect", "--json"]).arg(&small)))?;
    let theirs =
        median(2, || files.iter().try_for_each(|f| quiet(Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(f))))?;
    show("inspect 300 small files", ours, theirs, 0.15);
    Ok(())
}

/// A GeoPackage of a million octagons, made once.
fn million_polygons(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("million.gpkg");
    if path.exists() {
        return Ok(path);
    }
    let points = folder.join("points.csv");
    let mut text = String::from("id,WKT\n");
    for i in 0..1_000_000_u32 {
        let (x, y) = (f64::from(i % 1000) * 20.0 + 600_000.0, f64::from(i / 1000) * 20.0 + 6_800_000.0);
        let ring: Vec<String> = (0..=16)
            .map(|k| {
                let turn = f64::from(k % 16) * std::f64::consts::TAU / 16.0;
                format!("{:.2} {:.2}", x + 9.0 * turn.cos(), y + 9.0 * turn.sin())
            })
            .collect();
        text.push_str(&format!("{i},\"POLYGON(({}))\"\n", ring.join(",")));
    }
    std::fs::write(&points, text)?;
    quiet(
        Command::new("ogr2ogr")
            .args(["-f", "GPKG", "-nln", "polygons", "-a_srs", "EPSG:2154", "-oo", "GEOM_POSSIBLE_NAMES=WKT"])
            .arg(&path)
            .arg(&points),
    )?;
    Ok(path)
}
