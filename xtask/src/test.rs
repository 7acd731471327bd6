//! Every test there is, from a clone: installs, builds, runs, counts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{call, cargo, install, root, target, tidy};

const SDK: &str = "sdk_entrepot_gpf==0.1.46";

pub(crate) fn test(yes: bool) -> Result<()> {
    install::install(&["run", "test"], yes)?;
    call(&cargo(), &["fmt", "--all", "--check"])?;
    tidy::tidy()?;
    call(&cargo(), &["build", "--package", "quai"])?;
    install_sdk()?;
    let (passed, failed) = count_tests()?;
    println!("{passed} passed, {failed} failed");
    if failed > 0 || passed == 0 {
        bail!("the tests failed");
    }
    Ok(())
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

/// Runs cargo's own test runner, shows what it says, and adds up its closing lines.
fn count_tests() -> Result<(u64, u64)> {
    let mut child = Command::new(cargo())
        .args(["test", "--workspace", "--no-fail-fast"])
        .current_dir(root())
        .env("QUAI_PROGRAM", target().join("debug").join(format!("quai{}", std::env::consts::EXE_SUFFIX)))
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
