//! Ratios against other tools, run side by side on the release build. Never part of the tests.
//! One file a subject; each asks `Bench` for medians and for a place to keep what it made.

mod pyramid;
mod raster;
mod repair;
mod spine;
mod window;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{call, cargo, target};

/// What every subject needs.
pub(crate) struct Bench {
    /// The release build of the command line.
    pub(crate) quai: PathBuf,
    /// Made once, kept between runs.
    pub(crate) folder: PathBuf,
}

/// Runs the subjects whose names hold `only`, or all.
pub(crate) fn bench(only: Option<&str>) -> Result<()> {
    call(&cargo(), &["build", "--release", "--package", "quai"])?;
    let bench = Bench { quai: target().join("release/quai"), folder: target().join("bench") };
    std::fs::create_dir_all(&bench.folder)?;
    let subjects: &[(&str, fn(&Bench) -> Result<()>)] = &[
        ("spine-small", spine::small_files),
        ("spine-large", spine::large_file),
        ("spine-package", spine::packaging),
        ("spine-validity", spine::validity),
        ("raster-tiles", raster::tiles),
        ("raster-pyramid", pyramid::large),
        ("repair", repair::million),
        ("window", window::window),
    ];
    println!("{:48} {:>10}  {:>10}", "medians", "quai", "peer");
    for (name, subject) in subjects {
        if only.is_none_or(|word| name.contains(word)) {
            subject(&bench)?;
        }
    }
    Ok(())
}

/// Median seconds of some runs.
pub(crate) fn median(runs: usize, mut act: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut seconds = Vec::new();
    for _ in 0..runs {
        let begun = Instant::now();
        act()?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}

/// Median seconds of ours and of a peer's, taken in turn so that a busy machine weighs on both alike.
pub(crate) fn side_by_side(
    runs: usize,
    mut ours: impl FnMut() -> Result<()>,
    mut theirs: impl FnMut() -> Result<()>,
) -> Result<(f64, f64)> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        a.push(median(1, &mut ours)?);
        b.push(median(1, &mut theirs)?);
    }
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    Ok((a[runs / 2], b[runs / 2]))
}

/// Runs a program in silence; its answer is not asked.
pub(crate) fn quiet(command: &mut Command) -> Result<()> {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().context("a peer could not be started").map(drop)
}

/// Runs a program in silence under GNU time: the most memory that it, or a process it waited for, held at once, in
/// bytes.
pub(crate) fn peak_bytes(command: &Command) -> Result<u64> {
    let output = Command::new("/usr/bin/time")
        .args(["-f", "peak %M"])
        .arg(command.get_program())
        .args(command.get_args())
        .stdout(Stdio::null())
        .output()
        .context("`/usr/bin/time` could not be started (Debian package `time`)")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let kilobytes: u64 = said
        .lines()
        .rev()
        .find_map(|l| l.strip_prefix("peak ")?.trim().parse().ok())
        .context("`time` did not say the memory")?;
    Ok(kilobytes * 1024)
}

pub(crate) fn show(what: &str, ours: f64, theirs: f64, limit: f64) {
    let ratio = ours / theirs;
    println!(
        "{what:48} {ours:8.3} s  {theirs:8.3} s  ratio {ratio:6.3}  limit {limit:5.2}  {}",
        verdict(ratio <= limit)
    );
}

pub(crate) fn show_memory(what: &str, bytes: u64, limit_bytes: u64) {
    let (ours, limit) = (bytes / 1_000_000, limit_bytes / 1_000_000);
    println!("{what:48} {ours:7} MB  {:>8}    {:>12}  limit {limit:3} MB  {}", "", "", verdict(bytes <= limit_bytes));
}

pub(crate) fn verdict(met: bool) -> &'static str {
    if met { "ok" } else { "NOT MET" }
}
