//! The window's page: its packages, its checks, its build. Speaks to npm and to nothing else.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{root, target};

/// What Vite asks for.
const NODE: (u32, u32) = (20, 19);

fn folder() -> PathBuf {
    root().join("ui")
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(folder());
    command
}

fn call(arguments: &[&str]) -> Result<()> {
    eprintln!("$ npm {} (in ui)", arguments.join(" "));
    let status = npm(arguments).status().context("`npm` could not be started")?;
    if !status.success() {
        bail!("`npm {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// Whether `v20.20.2` is new enough.
fn is_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|n| n.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= NODE
}

fn need_node() -> Result<()> {
    let said = Command::new("node").arg("--version").stderr(Stdio::null()).output();
    let version = said.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default();
    let npm_there = npm(&["--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    if is_enough(&version) && npm_there {
        return Ok(());
    }
    let (major, minor) = NODE;
    let found = if version.is_empty() { "no Node.js".to_owned() } else { format!("Node.js {version}") };
    let npm = if npm_there { "" } else { " and no npm" };
    bail!(
        "the window's page is built with Node.js {major}.{minor} or newer and its npm; this machine has {found}{npm}.\n\
         Install it from https://nodejs.org/en/download (Debian 12's own is too old), then run this again"
    )
}

/// Installs the page's packages where the lock file changed since.
fn install() -> Result<()> {
    need_node()?;
    let time = |path: &str| std::fs::metadata(folder().join(path)).and_then(|m| m.modified()).ok();
    if let (Some(locked), Some(installed)) = (time("package-lock.json"), time("node_modules/.package-lock.json"))
        && locked <= installed
    {
        return Ok(());
    }
    call(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])
}

/// Builds the page that the window's program holds: before the program, always.
pub(crate) fn build() -> Result<()> {
    install()?;
    call(&["run", "build"])
}

/// The page's own tests: how many passed, how many did not. Fails when its code is not tidy.
pub(crate) fn test() -> Result<(u64, u64)> {
    install()?;
    call(&["run", "lint"])?;
    std::fs::create_dir_all(target())?;
    let report = target().join("vitest.json");
    let _ = std::fs::remove_file(&report);
    let output = format!("--outputFile={}", report.display());
    eprintln!("$ npm test (in ui)");
    let status = npm(&["test", "--", "--reporter=default", "--reporter=json", &output]).status()?;
    let said: Value = serde_json::from_slice(&std::fs::read(&report).unwrap_or_default()).unwrap_or_default();
    let number = |name: &str| said[name].as_u64().unwrap_or(0);
    let (passed, failed) = (number("numPassedTests"), number("numFailedTests"));
    if !status.success() && failed == 0 {
        bail!("the page's tests failed before any of them did ({status})");
    }
    let access = access()?;
    Ok((passed + access.0, failed + access.1))
}

/// Every state of the page in a browser, both themes: who sees little, hears the page or has no mouse
/// gets along. How many states passed, how many faults there are.
fn access() -> Result<(u64, u64)> {
    eprintln!("$ npm run access (in ui)");
    let out = npm(&["run", "--silent", "access"]).stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let last = said.lines().last().unwrap_or_default();
    println!("{last}");
    let mut numbers = last.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(passed), Some(failed)) if passed > 0 => Ok((passed, failed)),
        _ => bail!("the page's states were not checked ({})", out.status),
    }
}

#[cfg(test)]
mod tests {
    use super::is_enough;

    #[test]
    fn a_node_that_vite_refuses_is_refused_here_with_a_sentence() {
        for (version, enough) in [
            ("v20.20.2", true),
            ("v20.19.0\n", true),
            ("v24.1.0", true),
            ("v20.18.9", false),
            ("v18.20.4", false),
            ("", false),
        ] {
            assert_eq!(is_enough(version), enough, "{version}");
        }
    }
}
