//! From a clone to live services: builds, starts the sandbox, publishes the samples.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{call, cargo, install, root, target};

pub(crate) fn run(yes: bool) -> Result<()> {
    install::install(&["run"], yes)?;
    call(&cargo(), &["build", "--release", "--package", "quai"])?;
    let quai = target().join("release/quai");
    let samples = root().join("samples");
    let style = samples.join("style/canton.sld");
    let published = Command::new(&quai)
        .arg("publish")
        .arg(samples.join("canton/CANTON.shp"))
        .args(["--as", "wfs,wms-vector,tms,download", "--name", "canton", "--title", "Cantons"])
        .arg("--style")
        .arg(format!("canton={}", style.display()))
        .args(["--yes", "--json"])
        // whatever account this machine has, samples go to its own sandbox
        .env("QUAI_CONFIG_DIR", target().join("run/config"))
        .env("QUAI_DATA_DIR", target().join("run/data"))
        .env_remove("QUAI_API_URL")
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("`quai` could not be started")?;
    let text = String::from_utf8_lossy(&published.stdout).into_owned();
    let last: Value = text.lines().last().and_then(|l| serde_json::from_str(l).ok()).unwrap_or_default();
    if !published.status.success() || last["type"] != "published" {
        bail!("the samples were not published:\n{text}");
    }
    println!("\nLive on this machine, by the sandbox (`quai sandbox stop` ends it):\n");
    for offering in last["offerings"].as_array().into_iter().flatten() {
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
