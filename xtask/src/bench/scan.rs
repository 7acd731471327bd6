//! Ten million features: the memory of whoever reads them, and how soon the reading ends when one
//! no longer wants it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::{Bench, peak_of_family, quiet, show_memory, verdict};

pub(super) fn ten_million(bench: &Bench) -> Result<()> {
    let source = ten_million_polygons(&bench.folder)?;
    let ours = || {
        let mut command = Command::new(&bench.quai);
        command.args(["validate", "--json"]).arg(&source);
        command
    };
    let begun = Instant::now();
    let most = peak_of_family(ours())?;
    show_memory("scan of 10,000,000 polygons, readers included", most, 300_000_000);
    println!("  (read and judged in {:.1} s)", begun.elapsed().as_secs_f64());
    // the news come by `package`, whose first step is the same reading
    let into = bench.folder.join("never-written");
    let mut seconds = Vec::new();
    for _ in 0..5 {
        let mut command = Command::new(&bench.quai);
        command.args(["package", "--name", "ten", "--json", "--into"]).arg(&into).arg(&source);
        seconds.push(cancelled_after(&mut command)?);
    }
    let worst = seconds.iter().copied().fold(0.0, f64::max);
    println!(
        "{:48} {worst:8.3} s  {:>8}    {:>12}  limit 1.0 s   {}",
        "  from the interruption to the end, worst of 5",
        "",
        "",
        verdict(worst <= 1.0)
    );
    ensure!(!into.exists(), "an interrupted packaging left {}", into.display());
    Ok(())
}

/// Seconds from an interruption in mid reading to the end of the program.
fn cancelled_after(command: &mut Command) -> Result<f64> {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("quai could not be started")?;
    let mut out = BufReader::new(child.stdout.take().context("a pipe")?);
    let mut line = String::new();
    while !(line.contains("\"advanced\"") && line.contains("\"inspect\"")) {
        line.clear();
        ensure!(out.read_line(&mut line)? > 0, "the reading ended before it could be interrupted");
    }
    let begun = Instant::now();
    quiet(Command::new("kill").args(["-INT", &child.id().to_string()]))?;
    out.read_to_end(&mut Vec::new())?;
    let status = child.wait()?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(status.code() == Some(130), "an interruption ended with {status}");
    Ok(seconds)
}

/// A GeoPackage of ten million small polygons, one in ten thousand crossing itself, made once.
fn ten_million_polygons(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("ten-million.gpkg");
    if path.exists() {
        return Ok(path);
    }
    let part = folder.join("ten-million-part.gpkg");
    let seed = folder.join("ten-million-seed.csv");
    std::fs::write(&seed, "a,b\n1,1\n")?;
    // SQLite counts, GDAL writes
    let sql = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999999) \
        SELECT i AS id, 'Parcelle n° ' || i AS nom, \
        GeomFromText(CASE WHEN i % 10000 = 0 \
        THEN printf('POLYGON((%d %d,%d %d,%d %d,%d %d,%d %d))', x, y, x + 8, y + 8, x + 8, y, x, y + 8, x, y) \
        ELSE printf('POLYGON((%d %d,%d %d,%d %d,%d %d,%d %d))', x, y, x + 8, y, x + 8, y + 8, x, y + 8, x, y) END, 2154) \
        AS geom FROM (SELECT i, 600000 + (i % 4000) * 10 AS x, 6600000 + (i / 4000) * 10 AS y FROM n)";
    let _ = std::fs::remove_file(&part);
    quiet(
        Command::new("ogr2ogr")
            .args(["-f", "GPKG", "-nln", "polygons", "-nlt", "POLYGON", "-a_srs", "EPSG:2154", "-gt", "1000000"])
            .args(["-dialect", "sqlite", "-sql", sql])
            .arg(&part)
            .arg(&seed),
    )?;
    std::fs::remove_file(&seed)?;
    std::fs::rename(&part, &path).context("GDAL made no file of ten million polygons")?;
    Ok(path)
}
