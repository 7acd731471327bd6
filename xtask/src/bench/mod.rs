//! Ratios against other tools, run side by side on the release build. Never part of the tests.
//! One file a subject; each asks `Bench` for medians and for a place to keep what it made.

mod pyramid;
mod raster;
mod repair;
mod scan;
mod spine;
mod window;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{PROGRAMS, call, cargo, page, target};

/// What every subject needs.
pub(crate) struct Bench {
    /// The release build of the command line.
    pub(crate) quai: PathBuf,
    /// Made once, kept between runs.
    pub(crate) folder: PathBuf,
}

/// Runs the subjects whose names hold `only`, or all.
pub(crate) fn bench(only: Option<&str>) -> Result<()> {
    page::build()?;
    call(&cargo(), &[&["build", "--release"][..], &PROGRAMS].concat())?;
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
        ("scan", scan::ten_million),
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

/// The most memory that a program or a child of it held at once, in bytes. Readers are ended, not
/// waited for, so GNU time does not see them.
pub(crate) fn peak_of_family(mut command: Command) -> Result<u64> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("quai could not be started")?;
    let own = child.id();
    let mut most = 0;
    while child.try_wait()?.is_none() {
        let all = std::fs::read_dir("/proc")?.flatten();
        let sum: u64 = all.filter_map(|entry| resident(&entry.path(), own)).sum();
        most = most.max(sum);
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(most)
}

/// What a process holds in memory, when it is `own` or a child of it, in bytes.
pub(crate) fn resident(process: &Path, own: u32) -> Option<u64> {
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let of =
        |name: &str| status.lines().find_map(|l| l.strip_prefix(name)?.split_whitespace().next()?.parse::<u64>().ok());
    let family = of("Pid:") == Some(u64::from(own)) || of("PPid:") == Some(u64::from(own));
    family.then(|| of("VmRSS:").unwrap_or(0) * 1024)
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
