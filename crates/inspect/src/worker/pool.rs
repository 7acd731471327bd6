//! The asking side: a few workers kept ready, replaced when they die. Nothing a worker does can
//! harm the caller: its death, its silence and its appetite are values.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::folder::{Folder, Part};
use super::{Ask, Say, serve};

/// How to start a worker: this program, with the words that make it one.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

/// What a worker may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Without any progress, before it is given up.
    pub seconds: u64,
    /// Of address space.
    pub memory_bytes: u64,
    /// At most at one time.
    pub workers: usize,
    /// Gives way to whoever else wants the processor: a page that must stay smooth.
    pub yields: bool,
}

impl Default for Limits {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { seconds: 30, memory_bytes: 2 << 30, workers, yields: false }
    }
}

/// Why a worker gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WorkerFailure {
    #[error("the reader crashed ({0})")]
    Crashed(String),
    #[error("the reader gave no sign of life for {0} s")]
    TimedOut(u64),
    #[error("the reader ran out of memory")]
    OutOfMemory,
    #[error("cancelled")]
    Cancelled,
    /// The handler's own refusal.
    #[error("{0}")]
    Refused(String),
    #[error("the reader could not be started: {0}")]
    NotStarted(String),
}

struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    complaints: Complaints,
    /// Goes after the process.
    _part: Option<Part>,
}

/// The worker's standard error: a file without a name, so that all of it is there once the worker
/// answered or died. Libraries print to it what they tell nobody else.
struct Complaints(std::fs::File);

impl Complaints {
    /// The first 64 kB of what was printed since the last time.
    fn take(&mut self) -> String {
        use std::io::{Read, Seek, SeekFrom};
        let mut bytes = Vec::new();
        let file = &mut self.0;
        if file.metadata().is_ok_and(|m| m.len() > 0) {
            let _ = file.seek(SeekFrom::Start(0));
            let _ = file.take(65_536).read_to_end(&mut bytes);
            let _ = file.set_len(0);
            // the worker shares this place in the file
            let _ = file.seek(SeekFrom::Start(0));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn tells_of_memory(complaints: &str) -> bool {
    ["memory allocation", "bad_alloc", "out of memory", "Out of memory", "Cannot allocate memory"]
        .iter()
        .any(|sign| complaints.contains(sign))
}

/// Workers, started when needed.
pub struct Pool {
    command: WorkerCommand,
    limits: Limits,
    idle: Mutex<Vec<Running>>,
    places: Semaphore,
    folder: OnceLock<Option<Folder>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("command", &self.command).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Longer answers are refused: an inventory is far smaller.
const MOST_ANSWER_BYTES: u64 = 256 << 20;

impl Pool {
    #[must_use]
    pub fn new(command: WorkerCommand, limits: Limits) -> Self {
        let places = Semaphore::new(limits.workers.max(1));
        Self { command, limits, idle: Mutex::new(Vec::new()), places, folder: OnceLock::new() }
    }

    /// How many workers run at one time.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.limits.workers.max(1)
    }

    /// Asks one worker; `tell` hears its progress.
    ///
    /// # Errors
    /// The ways in which a worker gives no answer; each costs that worker and nothing else.
    pub async fn call(
        &self,
        kind: &str,
        request: Value,
        tell: &(dyn Fn(Value) + Sync),
        cancel: &CancellationToken,
    ) -> Result<Value, WorkerFailure> {
        self.call_within(self.limits.seconds, kind, request, tell, cancel).await
    }

    /// How long a worker may be silent, in seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.limits.seconds
    }

    /// As [`Pool::call`], with its own time limit, in seconds of silence.
    ///
    /// # Errors
    /// As [`Pool::call`].
    pub async fn call_within(
        &self,
        seconds: u64,
        kind: &str,
        request: Value,
        tell: &(dyn Fn(Value) + Sync),
        cancel: &CancellationToken,
    ) -> Result<Value, WorkerFailure> {
        let place = tokio::select! {
            () = cancel.cancelled() => return Err(WorkerFailure::Cancelled),
            place = self.places.acquire() => place,
        };
        let _place = place.map_err(|e| WorkerFailure::NotStarted(e.to_string()))?;
        let mut worker = match self.take_idle() {
            Some(worker) => worker,
            None => self.start()?,
        };
        let asked = Ask { kind: kind.to_owned(), request };
        let outcome = tokio::select! {
            () = cancel.cancelled() => Err(WorkerFailure::Cancelled),
            outcome = ask(&mut worker, &asked, seconds, tell) => outcome,
        };
        match &outcome {
            Ok(_) | Err(WorkerFailure::Refused(_)) => {
                if let Ok(mut idle) = self.idle.lock() {
                    idle.push(worker);
                }
            }
            Err(_) => {
                let _ = worker.child.start_kill();
                let _ = worker.child.wait().await;
            }
        }
        outcome
    }

    /// A worker that waits, and still lives.
    fn take_idle(&self) -> Option<Running> {
        let mut idle = self.idle.lock().ok()?;
        while let Some(mut worker) = idle.pop() {
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Some(worker);
            }
        }
        None
    }

    fn start(&self) -> Result<Running, WorkerFailure> {
        let failed = |e: std::io::Error| WorkerFailure::NotStarted(e.to_string());
        let complaints = tempfile::tempfile().map_err(failed)?;
        // without one, the worker does without
        let part = self.folder.get_or_init(|| Folder::new().ok()).as_ref().map(Folder::part);
        let mut command = Command::new(&self.command.program);
        // an interruption from the keyboard is for the one who asked: it ends its workers itself
        #[cfg(unix)]
        command.process_group(0);
        if let Some(part) = &part {
            command.env(serve::FOLDER, part.path());
        }
        let mut child = command
            .args(&self.command.args)
            .env(serve::MEMORY, self.limits.memory_bytes.to_string())
            .env(serve::YIELDS, u8::from(self.limits.yields).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(complaints.try_clone().map_err(failed)?))
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let lost = || WorkerFailure::NotStarted("no pipe".to_owned());
        let (stdin, stdout) = (child.stdin.take().ok_or_else(lost)?, child.stdout.take().ok_or_else(lost)?);
        Ok(Running { child, stdin, stdout: BufReader::new(stdout), complaints: Complaints(complaints), _part: part })
    }
}

async fn ask(
    worker: &mut Running,
    ask: &Ask,
    seconds: u64,
    tell: &(dyn Fn(Value) + Sync),
) -> Result<Value, WorkerFailure> {
    let mut line = serde_json::to_vec(ask).map_err(|e| WorkerFailure::Refused(e.to_string()))?;
    line.push(b'\n');
    if worker.stdin.write_all(&line).await.is_err() || worker.stdin.flush().await.is_err() {
        return Err(autopsy(worker).await);
    }
    let patience = Duration::from_secs(seconds);
    loop {
        let mut answer = Vec::new();
        let mut bounded = (&mut worker.stdout).take(MOST_ANSWER_BYTES);
        let read = tokio::time::timeout(patience, bounded.read_until(b'\n', &mut answer)).await;
        match read {
            Err(_) => return Err(WorkerFailure::TimedOut(seconds)),
            Ok(Ok(_)) if answer.ends_with(b"\n") => match serde_json::from_slice::<Say>(&answer) {
                Ok(Say::Told(value)) => tell(value),
                // an answer made from half of what was to be read is none
                Ok(Say::Ok(_)) if tells_of_memory(&worker.complaints.take()) => {
                    return Err(WorkerFailure::OutOfMemory);
                }
                Ok(Say::Ok(value)) => return Ok(value),
                Ok(Say::Error(message)) => return Err(WorkerFailure::Refused(message)),
                Err(fault) => return Err(WorkerFailure::Crashed(fault.to_string())),
            },
            Ok(_) => return Err(autopsy(worker).await),
        }
    }
}

/// How a worker that fell silent ended.
async fn autopsy(worker: &mut Running) -> WorkerFailure {
    let status = tokio::time::timeout(Duration::from_secs(5), worker.child.wait()).await;
    if tells_of_memory(&worker.complaints.take()) {
        return WorkerFailure::OutOfMemory;
    }
    let how = match status {
        #[cfg(unix)]
        Ok(Ok(status)) => {
            use std::os::unix::process::ExitStatusExt;
            status.signal().map_or_else(|| status.to_string(), |signal| format!("signal {signal}"))
        }
        #[cfg(not(unix))]
        Ok(Ok(status)) => status.to_string(),
        _ => "no status".to_owned(),
    };
    WorkerFailure::Crashed(how)
}
