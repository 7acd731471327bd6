//! Workers end when they should: when told to stop, and when nobody is left to answer to.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use quai_inspect::worker::{Limits, Pool, WorkerCommand, WorkerFailure};
use serde_json::json;
use tokio_util::sync::CancellationToken;

fn command() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_quai-inspect-worker").into(), args: Vec::new() }
}

#[tokio::test]
async fn cancelling_ends_a_worker_that_does_not_answer() {
    let silent = WorkerCommand { program: "sleep".into(), args: vec!["60".into()] };
    let pool = Pool::new(silent, Limits::default());
    let cancel = CancellationToken::new();
    let asked = pool.call("inspect", json!({}), &|_| {}, &cancel);
    let (answer, ()) = tokio::join!(asked, async { cancel.cancel() });
    assert!(matches!(answer, Err(WorkerFailure::Cancelled)), "{answer:?}");
}

#[tokio::test]
async fn a_worker_that_refuses_is_asked_again() {
    let pool = Pool::new(command(), Limits { workers: 1, ..Limits::default() });
    let cancel = CancellationToken::new();
    for kind in ["rows", "nonsense", "rows"] {
        let answer = pool
            .call(kind, json!({"path": "/nowhere/a.shp", "layer": "a", "offset": 0, "limit": 1}), &|_| {}, &cancel)
            .await;
        assert!(matches!(answer, Err(WorkerFailure::Refused(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_said() {
    let pool = Pool::new(WorkerCommand { program: "/nowhere/quai".into(), args: Vec::new() }, Limits::default());
    let answer = pool.call("inspect", json!({}), &|_| {}, &CancellationToken::new()).await;
    assert!(matches!(answer, Err(WorkerFailure::NotStarted(_))), "{answer:?}");
}

#[tokio::test]
async fn a_worker_ends_with_whoever_asked_even_while_it_works() {
    // a reader busy for as long as nobody stops it: its file is a pipe that never ends
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("endless.geojson");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let mut worker = Command::new(command().program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a worker");
    let mut stdin = worker.stdin.take().expect("its input");
    let ask = json!({"kind": "inspect", "request": {"main": pipe, "files": [pipe], "scan": false, "threads": 1}});
    writeln!(stdin, "{ask}").expect("a request");
    drop(stdin);
    let ended = tokio::time::timeout(Duration::from_secs(20), tokio::task::spawn_blocking(move || worker.wait())).await;
    assert!(ended.is_ok(), "the worker outlived its asker");
}
