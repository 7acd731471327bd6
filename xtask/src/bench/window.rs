//! How quick and how light the window is, driven as in its tests, beside an empty window.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Bench, quiet, spine};
use crate::{PROGRAMS, call, cargo, outside, target};

pub(super) fn window(bench: &Bench) -> Result<()> {
    let empty = ["build", "--release", "--example", "empty", "--features", "quai-desktop/measure"];
    call(&cargo(), &[&empty[..], &PROGRAMS[..]].concat())?;
    let million = spine::million_polygons(bench)?;
    let fifty = bench.folder.join("fifty.gpkg");
    if !fifty.exists() {
        quiet(Command::new("ogr2ogr").args(["-f", "GPKG", "-where", "fid <= 55000"]).arg(&fifty).arg(&million))?;
    }
    let status = outside(cargo())
        .args(["test", "--package", "quai-tests", "--test", "window", "--"])
        .args(["--ignored", "--nocapture", "--test-threads=1", "measure"])
        .env("QUAI_PROGRAM", &bench.quai)
        .env("QUAI_DESKTOP_PROGRAM", target().join("release/quai-desktop"))
        .env("QUAI_EMPTY_PROGRAM", target().join("release/examples/empty"))
        .env("QUAI_BENCH_FOLDER", &bench.folder)
        .status()
        .context("`cargo test` could not be started")?;
    if status.success() { Ok(()) } else { bail!("the window could not be measured") }
}
