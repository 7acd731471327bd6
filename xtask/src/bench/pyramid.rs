//! The sandbox's pyramid of a large image, against `gdal2tiles.py` on both cores: the same levels of the same
//! grid, PNG by both. Ours is timed from the launch of the processing to its success, as a client sees it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Bench, quiet, show, show_memory, side_by_side};
use crate::root;

/// Photographs a side: each is 2,000 pixels wide and high.
const PHOTOGRAPHS: u32 = 10;
const RUNS: usize = 1;
const PYRAMID: &str = "2ae50661-986c-4f47-a3f0-e380417b522c";

pub(super) fn large(bench: &Bench) -> Result<()> {
    let image = made(&bench.folder)?;
    let sandbox = Sandbox::start(bench)?;
    let upload = sandbox.deliver(bench, &image)?;
    let tiles = bench.folder.join("gdal2tiles");
    let theirs = || {
        let _ = std::fs::remove_dir_all(&tiles);
        let options = ["--processes=2", "--xyz", "-q", "-w", "none", "-z", "0-18"];
        quiet(Command::new("gdal2tiles.py").args(options).arg(&image).arg(&tiles))
    };
    let (ours, theirs) = side_by_side(RUNS, || sandbox.pyramid(&upload), theirs)?;
    let _ = std::fs::remove_dir_all(&tiles);
    let side = PHOTOGRAPHS * 2000;
    show(&format!("pyramid of {side} × {side}; gdal2tiles, 2 processes"), ours, theirs, 0.5);
    show_memory("memory of the sandbox that makes it", sandbox.peak()?, 500_000_000);
    Ok(())
}

/// A photograph beside itself, many times over: real texture, of any size.
fn made(bench: &Path) -> Result<PathBuf> {
    let image = bench.join(format!("large-{PHOTOGRAPHS}.tif"));
    if image.exists() {
        return Ok(image);
    }
    let source = root().join("samples/ortho/01-2021-0920-6564-LA93-0M50-E100.tiff");
    let folder = bench.join("large-parts");
    std::fs::create_dir_all(&folder)?;
    let mosaic = folder.join("all.vrt");
    let mut build = Command::new("gdalbuildvrt");
    build.arg("-overwrite").arg(&mosaic);
    for number in 0..PHOTOGRAPHS * PHOTOGRAPHS {
        let (x, y) = (f64::from(number % PHOTOGRAPHS) * 1000.0, f64::from(number / PHOTOGRAPHS) * 1000.0);
        let (west, north) = (900_000.0 + x, 6_564_000.0 - y);
        let corners = [west, north, west + 1000.0, north - 1000.0].map(|v| v.to_string());
        let part = folder.join(format!("{number}.vrt"));
        quiet(
            Command::new("gdal_translate")
                .args(["-of", "VRT", "-a_srs", "EPSG:2154", "-a_ullr"])
                .args(corners)
                .arg(&source)
                .arg(&part),
        )?;
        build.arg(part);
    }
    quiet(&mut build)?;
    let partial = bench.join("large.partial.tif");
    let options = ["TILED=YES", "COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "JPEG_QUALITY=90"];
    let mut copy = Command::new("gdal_translate");
    for option in options {
        copy.args(["-co", option]);
    }
    quiet(copy.arg(&mosaic).arg(&partial))?;
    std::fs::rename(&partial, &image).context("GDAL did not make the large image")?;
    Ok(image)
}

/// A sandbox of its own, and what is said to it.
struct Sandbox {
    child: Child,
    ready: Value,
    token: String,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sandbox {
    fn start(bench: &Bench) -> Result<Self> {
        let data = bench.folder.join("sandbox");
        let _ = std::fs::remove_dir_all(&data);
        let mut child = Command::new(&bench.quai)
            .args(["sandbox", "run", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .args(["--switch", "stage_milliseconds=0", "--switch", "storage_quota=100000000000"])
            .args(["--switch", "token_seconds=86400"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the sandbox could not be started")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("a pipe")?).read_line(&mut line)?;
        let mut sandbox = Self { child, ready: serde_json::from_str(&line)?, token: String::new() };
        let form = format!(
            "grant_type=password&client_id={}&client_secret={}&username={}&password={}",
            sandbox.text("client_id"),
            sandbox.text("client_secret"),
            sandbox.text("username"),
            sandbox.text("password")
        );
        let url = sandbox.text("token_url");
        let answer = exchange("POST", &url, "", "application/x-www-form-urlencoded", &form)?;
        sandbox.token = answer["access_token"].as_str().context("no token")?.to_owned();
        Ok(sandbox)
    }

    fn text(&self, member: &str) -> String {
        self.ready[member].as_str().unwrap_or_default().to_owned()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let url = format!("{}/datastores/{}/{path}", self.text("api"), self.text("datastore"));
        exchange(method, &url, &self.token, "application/json", body)
    }

    /// Sends the image, checked; gives the upload.
    fn deliver(&self, bench: &Bench, image: &Path) -> Result<String> {
        let mut command = Command::new(&bench.quai);
        command.arg("check").arg(image).args(["--as", "wmts", "--name", "large", "--yes", "--json"]);
        let places = [("QUAI_DATA_DIR", "home/data"), ("QUAI_CONFIG_DIR", "home/config")];
        for (name, place) in places {
            command.env(name, bench.folder.join(place));
        }
        for member in ["api", "token_url", "client_id", "client_secret", "username", "password", "datastore"] {
            let name = if member == "api" { "api_url".to_owned() } else { member.to_owned() };
            command.env(format!("QUAI_{}", name.to_uppercase()), self.text(member));
        }
        let output = command.stderr(Stdio::null()).output()?;
        let last = String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned();
        let said: Value = serde_json::from_str(&last).unwrap_or_default();
        said["uploads"][0].as_str().map(str::to_owned).with_context(|| format!("the image was not taken: {last}"))
    }

    /// One pyramid, from the launch to its success; then it goes.
    fn pyramid(&self, upload: &str) -> Result<()> {
        let asked = json!({
            "processing": PYRAMID, "inputs": { "upload": [upload] },
            "output": { "stored_data": { "name": "large", "storage_tags": ["PYRAMIDE"] } },
            "parameters": { "tms": "PM", "compression": "png", "interpolation": "bicubic", "bottom": "18", "top": "0" },
        });
        let made = self.ask("POST", "processings/executions", &asked.to_string())?;
        let path = format!("processings/executions/{}", made["_id"].as_str().context("no execution")?);
        self.ask("POST", &format!("{path}/launch"), "")?;
        let begun = Instant::now();
        loop {
            match self.ask("GET", &path, "")?["status"].as_str() {
                Some("SUCCESS") => break,
                Some("WAITING" | "PROGRESS") if begun.elapsed() < Duration::from_secs(3600) => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                other => bail!("the pyramid was not made: {other:?}"),
            }
        }
        let output = made["output"]["stored_data"]["_id"].as_str().unwrap_or_default();
        self.ask("DELETE", &format!("stored_data/{output}"), "").map(drop)
    }

    /// The most memory that the sandbox held, from its start.
    fn peak(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        kilobytes.map(|k: u64| k * 1024).context("the system did not say the memory")
    }
}

/// One exchange with a server of this machine; an empty answer is null.
fn exchange(method: &str, url: &str, token: &str, kind: &str, body: &str) -> Result<Value> {
    let rest = url.strip_prefix("http://").context("not this machine")?;
    let (host, path) = rest.split_once('/').context("no path")?;
    let mut stream = TcpStream::connect(host)?;
    let signed = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    write!(
        stream,
        "{method} /{path} HTTP/1.0\r\nHost: {host}\r\n{signed}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, told) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    if !status.starts_with('2') {
        bail!("{method} {url}: {status} {told}");
    }
    Ok(serde_json::from_str(told).unwrap_or_default())
}
