//! A sandbox of one's own, in a process that outlives the command which started it: what was
//! published stays live.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use model::Failure;
use sandbox::Ready;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::Workplace;
use crate::connection::sandbox_client;
use crate::workplace::disk;

#[derive(Debug, Serialize, Deserialize)]
struct Recorded {
    pid: u32,
    ready: Ready,
}

fn record(work: &Workplace) -> PathBuf {
    work.data.join("sandbox.json")
}

fn recorded(work: &Workplace) -> Option<Recorded> {
    serde_json::from_slice(&std::fs::read(record(work)).ok()?).ok()
}

/// The sandbox that runs, when one does.
pub async fn alive_sandbox(work: &Workplace) -> Option<Ready> {
    let ready = recorded(work)?.ready;
    let client = sandbox_client(&ready).ok()?;
    let answer = tokio::time::timeout(Duration::from_secs(10), client.me()).await;
    answer.ok()?.ok().map(|_| ready)
}

/// The sandbox that runs, or one that is started now.
///
/// # Errors
/// When it does not start.
pub async fn ensure_sandbox(work: &Workplace) -> Result<Ready, Failure> {
    if let Some(ready) = alive_sandbox(work).await {
        return Ok(ready);
    }
    // the same port again, so that addresses already given stay right
    let port = recorded(work).and_then(|r| r.ready.api.rsplit(':').next()?.split('/').next()?.parse::<u16>().ok());
    match start(work, port.unwrap_or(0)).await {
        Err(_) if port.is_some() => start(work, 0).await,
        outcome => outcome,
    }
}

async fn start(work: &Workplace, port: u16) -> Result<Ready, Failure> {
    let doing = ["Démarrage du bac à sable", "Starting the sandbox"];
    std::fs::create_dir_all(&work.data).map_err(|e| disk(doing, &e))?;
    let log = std::fs::File::create(work.data.join("sandbox.log")).map_err(|e| disk(doing, &e))?;
    let mut command = tokio::process::Command::new(&work.worker.program);
    command
        .args(["sandbox", "run", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(work.data.join("sandbox"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::from(log));
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(|e| disk(doing, &e))?;
    let stdout = child.stdout.take().ok_or_else(|| disk(doing, &"no pipe"))?;
    let mut line = String::new();
    let read = tokio::time::timeout(Duration::from_secs(30), BufReader::new(stdout).read_line(&mut line)).await;
    let ready: Ready = match read {
        Ok(Ok(_)) => serde_json::from_str(&line).map_err(|_| disk(doing, &"see sandbox.log"))?,
        _ => return Err(disk(doing, &"no answer in 30 s, see sandbox.log")),
    };
    let recorded = Recorded { pid: child.id().unwrap_or(0), ready: ready.clone() };
    let text = serde_json::to_vec(&recorded).map_err(|e| disk(doing, &e))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(record(work)).map_err(|e| disk(doing, &e))?;
    std::io::Write::write_all(&mut file, &text).map_err(|e| disk(doing, &e))?;
    Ok(ready)
}

/// Stops the sandbox that runs; says whether there was one.
pub async fn stop_sandbox(work: &Workplace) -> bool {
    if alive_sandbox(work).await.is_none() {
        return false;
    }
    let Some(recorded) = recorded(work) else { return false };
    let status = tokio::process::Command::new("kill").arg(recorded.pid.to_string()).status().await;
    status.is_ok_and(|s| s.success())
}

#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt as _;
