//! Every test there is, from a clone: installs, builds, runs, counts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{call, cargo, install, outside, page, root, signin, target, tidy};

const SDK: &str = "sdk_entrepot_gpf==0.1.46";

pub(crate) fn test(yes: bool) -> Result<()> {
    install::install(&["run", "test"], yes)?;
    call(&cargo(), &["fmt", "--all", "--check"])?;
    tidy::tidy()?;
    // the window's program holds the page, so the page comes first
    page::build()?;
    let bindings = bindings();
    let page = page::test()?;
    call(&cargo(), &["build", "--workspace", "--all-targets"])?;
    install_sdk()?;
    signin::install()?;
    let engine = count_tests()?;
    stale(&bindings, &self::bindings())?;
    let (passed, failed) = (page.0 + engine.0, page.1 + engine.1);
    println!("{passed} passed, {failed} failed");
    if failed > 0 || page.0 == 0 || engine.0 == 0 {
        bail!("the tests failed");
    }
    Ok(())
}

fn built(name: &str) -> PathBuf {
    target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// IGN's own Python SDK, of the version that the tests speak of, in a place of its own.
fn install_sdk() -> Result<()> {
    let venv = target().join("venv");
    let python = venv.join("bin/python");
    let there = Command::new(&python).args(["-c", "import sdk_entrepot_gpf"]).stderr(Stdio::null()).status();
    if there.is_ok_and(|s| s.success()) {
        return Ok(());
    }
    let venv = venv.display().to_string();
    call("python3", &["-m", "venv", "--clear", &venv])?;
    call(&python.display().to_string(), &["-m", "pip", "install", "--quiet", SDK])
}

/// The TypeScript of our shapes, by file: running the tests writes it anew.
fn bindings() -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = std::fs::read_dir(root().join("ui/src/bindings")).into_iter().flatten().flatten();
    folder.map(|e| e.path()).map(|path| (path.clone(), std::fs::read(path).unwrap_or_default())).collect()
}

fn stale(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let changed: Vec<String> =
        after.iter().filter(|(p, text)| before.get(*p) != Some(text)).map(|(p, _)| p.display().to_string()).collect();
    if changed.is_empty() {
        return Ok(());
    }
    bail!("these were stale, and are written now: commit them\n{}", changed.join("\n"))
}

/// Runs cargo's own test runner, shows what it says, and adds up its closing lines.
fn count_tests() -> Result<(u64, u64)> {
    let mut child = outside(cargo())
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("QUAI_PROGRAM", built("quai"))
        .env("QUAI_DESKTOP_PROGRAM", built("quai-desktop"))
        .stdout(Stdio::piped())
        .spawn()
        .context("`cargo test` could not be started")?;
    let (mut passed, mut failed) = (0, 0);
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            let line = line?;
            println!("{line}");
            if let Some(counts) = line.strip_prefix("test result: ") {
                let number = |word: &str| -> u64 {
                    let before = counts.split(word).next().unwrap_or_default();
                    before.trim().rsplit([' ', ';', '.']).next().and_then(|n| n.parse().ok()).unwrap_or(0)
                };
                passed += number(" passed");
                failed += number(" failed");
            }
        }
    }
    let status = child.wait()?;
    if !status.success() && failed == 0 {
        bail!("`cargo test` failed before any test did ({status})");
    }
    Ok((passed, failed))
}
