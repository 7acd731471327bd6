//! System packages: one list, in one file, asked for unless told otherwise.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::{call, root};

/// The packages listed under the headings named.
fn listed(headings: &[&str]) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("xtask/debian-packages.txt"))?;
    let mut wanted = false;
    let mut packages = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some(heading) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            wanted = headings.contains(&heading);
        } else if wanted {
            packages.push(line.to_owned());
        }
    }
    Ok(packages)
}

fn installed(package: &str) -> bool {
    let asked = Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).stderr(Stdio::null()).output();
    asked.is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("install ok installed"))
}

/// Installs what is missing of the packages under the headings.
pub(crate) fn install(headings: &[&str], yes: bool) -> Result<()> {
    if !std::path::Path::new("/etc/debian_version").exists() {
        eprintln!("not Debian: install GDAL (with headers), SQLite, D-Bus and MapServer yourself");
        return Ok(());
    }
    let missing: Vec<String> = listed(headings)?.into_iter().filter(|p| !installed(p)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("missing system packages: {}", missing.join(" "));
    let root_user = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    let sure = yes || root_user || std::env::var_os("CI").is_some() || ask()?;
    if !sure {
        bail!("install them, then run this again");
    }
    let mut words: Vec<&str> = if root_user { vec![] } else { vec!["sudo"] };
    words.push("apt-get");
    let with = |rest: &[&str]| -> Vec<String> { words.iter().chain(rest).map(|w| (*w).to_owned()).collect() };
    let run = |all: Vec<String>| {
        let words: Vec<&str> = all.iter().map(String::as_str).collect();
        call(words[0], &words[1..])
    };
    run(with(&["update", "-qq"]))?;
    let mut line = with(&["install", "-y", "-qq", "--no-install-recommends"]);
    line.extend(missing);
    run(line)
}

fn ask() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("install them with sudo? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
