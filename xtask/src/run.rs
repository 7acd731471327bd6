//! From a clone to live services. With a display the window opens, in its own sandbox, with a sample
//! at hand; without one the samples are published from the command line.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{PROGRAMS, call, cargo, install, page, root, target};

/// Whether a window can be seen from here.
fn has_display() -> bool {
    let named = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    cfg!(any(windows, target_os = "macos")) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

pub(crate) fn run(yes: bool) -> Result<()> {
    install::install(&["run"], yes)?;
    if has_display() {
        open_window()
    } else {
        eprintln!("there is no display here (DISPLAY and WAYLAND_DISPLAY are empty): instead of opening the window,");
        eprintln!("the samples are published from the command line");
        publish_samples()
    }
}

/// What is run here keeps its things apart: whatever account this machine has, samples go to a
/// sandbox of their own.
fn apart(command: &mut Command) -> &mut Command {
    command
        .env("QUAI_CONFIG_DIR", target().join("run/config"))
        .env("QUAI_DATA_DIR", target().join("run/data"))
        .env_remove("QUAI_API_URL")
}

fn open_window() -> Result<()> {
    page::build()?;
    call(&cargo(), &[&["build", "--release"][..], &PROGRAMS].concat())?;
    let window = target().join("release").join(format!("quai-desktop{}", std::env::consts::EXE_SUFFIX));
    eprintln!("$ {}", window.display());
    let sample = root().join("samples/canton/CANTON.shp");
    let status = apart(&mut Command::new(&window)).env("QUAI_SAMPLE", sample).status();
    let status = status.context("the window could not be started")?;
    if !status.success() {
        bail!("the window ended with {status}");
    }
    Ok(())
}

fn publish_samples() -> Result<()> {
    call(&cargo(), &["build", "--release", "--package", "quai"])?;
    let quai = target().join("release").join(format!("quai{}", std::env::consts::EXE_SUFFIX));
    let samples = root().join("samples");
    let style = samples.join("style/canton.sld");
    let one = |path: &str, services: &str, name: &str, title: &str, more: &[&str]| -> Result<Value> {
        let published = apart(&mut Command::new(&quai))
            .arg("publish")
            .arg(samples.join(path))
            .args(["--as", services, "--name", name, "--title", title])
            .args(more)
            .args(["--yes", "--json"])
            .stderr(std::process::Stdio::inherit())
            .output()
            .context("`quai` could not be started")?;
        let text = String::from_utf8_lossy(&published.stdout).into_owned();
        let last: Value = text.lines().last().and_then(|l| serde_json::from_str(l).ok()).unwrap_or_default();
        if !published.status.success() || last["type"] != "published" {
            bail!("`{path}` was not published:\n{text}");
        }
        Ok(last)
    };
    let style = format!("canton={}", style.display());
    let last = one("canton/CANTON.shp", "wfs,wms-vector,tms,download", "canton", "Cantons", &["--style", &style])?;
    let images = one("ortho", "wmts,wms-raster,tms,download", "ortho", "Orthophotographies", &[])?;
    let terrain = one("mns", "wmts,wms-raster,tms,altimetry", "mns", "Terrain", &[])?;
    println!("\nLive on this machine, by the sandbox (`quai sandbox stop` ends it):\n");
    let all = [&last, &images, &terrain];
    for offering in all.iter().filter_map(|sheet| sheet["offerings"].as_array()).flatten() {
        for url in offering["urls"].as_array().into_iter().flatten() {
            println!("  {:12} {}", offering["type"].as_str().unwrap_or(""), url["url"].as_str().unwrap_or(""));
        }
    }
    let wfs = last["offerings"].as_array().into_iter().flatten().find(|o| o["type"] == "WFS");
    if let Some(base) = wfs.and_then(|o| o["urls"][0]["url"].as_str()?.split('?').next()) {
        println!("\nSee them with GDAL:  ogrinfo -so \"WFS:{base}\" canton:canton");
    }
    println!("\nYour own files:  {} publish PATH --as wfs,wms-vector,tms,download --name NAME --yes", quai.display());
    Ok(())
}
