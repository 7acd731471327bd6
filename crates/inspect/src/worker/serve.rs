//! The worker's side: reads requests, runs handlers, writes answers. Sets its own limits and cuts
//! itself off the network before it touches a file.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use serde_json::Value;

use super::{Ask, Say};

/// Answers one kind of request. The second argument tells progress, which also shows that the
/// worker is alive: the time limit runs from the last progress.
pub type Handler = fn(Value, &mut (dyn FnMut(Value) + Send)) -> Result<Value, String>;

/// The environment variable that carries the memory limit, in bytes, to the worker.
pub(super) const MEMORY: &str = "QUAI_WORKER_MEMORY";

/// Set to 1 for a worker that gives way.
pub(super) const YIELDS: &str = "QUAI_WORKER_YIELDS";

/// Names a folder that is the worker's own, there or not.
pub(super) const FOLDER: &str = "QUAI_WORKER_FOLDER";

/// The worker's whole life: until its standard input ends. `settle` hears which folder it may fill.
#[must_use]
pub(crate) fn serve(handlers: &[(&str, Handler)], settle: fn(PathBuf)) -> ExitCode {
    let Ok(mut out) = take_stdout() else { return ExitCode::from(2) };
    limit();
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    folder.clone().map(settle);
    let ended = answer(handlers, &mut out);
    if let Some(folder) = folder {
        let _ = std::fs::remove_dir_all(folder);
    }
    ended
}

fn answer(handlers: &[(&str, Handler)], out: &mut std::fs::File) -> ExitCode {
    let (sender, asks) = mpsc::channel();
    let busy = Arc::new(AtomicBool::new(false));
    let at_work = Arc::clone(&busy);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            at_work.store(true, Ordering::SeqCst);
            if sender.send(line).is_err() {
                break;
            }
        }
        // whoever asked is gone: so is the reason to go on, even in the middle of a file; nothing is
        // tidied up, since GDAL's own tidying is no place to meet a running reader
        if at_work.load(Ordering::SeqCst) {
            leave();
        }
    });
    for line in asks {
        let said = match serde_json::from_str::<Ask>(&line) {
            Ok(ask) => match handlers.iter().find(|(kind, _)| *kind == ask.kind) {
                Some((_, handler)) => {
                    let mut tell = |value| {
                        let _ = write(out, &Say::Told(value));
                    };
                    match handler(ask.request, &mut tell) {
                        Ok(value) => Say::Ok(value),
                        Err(message) => Say::Error(message),
                    }
                }
                None => Say::Error(format!("no handler for `{}`", ask.kind)),
            },
            Err(fault) => Say::Error(fault.to_string()),
        };
        busy.store(false, Ordering::SeqCst);
        if write(out, &said).is_err() {
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
}

fn write(out: &mut std::fs::File, said: &Say) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    out.write_all(&line)
}

/// Keeps standard output for answers: what libraries print goes to standard error.
#[cfg(unix)]
fn take_stdout() -> std::io::Result<std::fs::File> {
    let ours = nix::unistd::dup(std::io::stdout())?;
    nix::unistd::dup2_stdout(std::io::stderr())?;
    Ok(std::fs::File::from(ours))
}

#[cfg(windows)]
fn take_stdout() -> std::io::Result<std::fs::File> {
    use std::os::windows::io::AsHandle;
    Ok(std::fs::File::from(std::io::stdout().as_handle().try_clone_to_owned()?))
}

#[cfg(unix)]
fn leave() {
    let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
}

#[cfg(not(unix))]
fn leave() {
    std::process::abort();
}

#[cfg(unix)]
fn limit() {
    use nix::sched::{CloneFlags, unshare};
    let memory = std::env::var(MEMORY).ok().and_then(|m| m.parse().ok()).unwrap_or(2 << 30);
    let _ = rlimit::setrlimit(rlimit::Resource::AS, memory, memory);
    let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
    if std::env::var_os(YIELDS).is_some_and(|said| said == "1") {
        let _ = rustix::process::nice(10);
    }
    // a network of its own, with nothing in it; where the system forbids that, GDAL's own settings
    // and the list of drivers are what is left
    #[cfg(target_os = "linux")]
    if unshare(CloneFlags::CLONE_NEWNET).is_err() {
        let _ = unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET);
    }
}

#[cfg(windows)]
fn limit() {}
