//! Every test there is, from a clone: installs, builds, runs, counts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{call, cargo, install, root, target, tidy};

pub(crate) fn test(yes: bool) -> Result<()> {
    install::install(&["run", "test"], yes)?;
    call(&cargo(), &["fmt", "--all", "--check"])?;
    tidy::tidy()?;
    call(&cargo(), &["build", "--package", "quai"])?;
    let (passed, failed) = count_tests()?;
    println!("{passed} passed, {failed} failed");
    if failed > 0 || passed == 0 {
        bail!("the tests failed");
    }
    Ok(())
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
