//! A mutation fuzzer over the samples: broken files are looked at, judged, and mended, through the
//! real worker processes. What must hold: the asking process lives and answers in time, whatever the
//! bytes; nothing is written beside a file; no file changes. What a worker does not survive is
//! counted, and kept as a case.
//!
//! `cargo xtask fuzz --seconds 3600 --seed 1 --keep FOLDER`

mod cases;
mod mutate;
mod tally;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quai_commands as commands;

use commands::{Expectations, Limits, Workplace, worker};
use model::{Code, RepairChoices};
use tokio_util::sync::CancellationToken;

/// A case that takes longer is told as a fault: readers are given up after [`READER_SECONDS`].
const MOST_SECONDS: u64 = 120;
/// A case that takes longer is kept, to be looked into.
const SLOW_SECONDS: u64 = 15;
const READER_SECONDS: u64 = 10;
const READER_BYTES: u64 = 1 << 30;

struct Options {
    seconds: u64,
    seed: u64,
    keep: PathBuf,
    corpus: Vec<PathBuf>,
    /// Only this case of the seed, to see it again.
    only: Option<u64>,
}

fn options() -> Options {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut options = Options {
        seconds: 60,
        seed: 1,
        keep: std::env::temp_dir().join("quai-fuzz"),
        corpus: vec![root.join("samples"), root.join("tests/fixtures/bad")],
        only: None,
    };
    let words: Vec<String> = std::env::args().skip(1).collect();
    for pair in words.chunks(2) {
        let [name, value] = pair else { continue };
        match name.as_str() {
            "--seconds" => options.seconds = value.parse().unwrap_or(options.seconds),
            "--seed" => options.seed = value.parse().unwrap_or(options.seed),
            "--keep" => options.keep = value.into(),
            "--only" => options.only = value.parse().ok(),
            _ => {}
        }
    }
    options
}

fn main() -> ExitCode {
    // the readers are this same program
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        return commands::worker_main();
    }
    let options = options();
    match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime.block_on(run(options)),
        Err(_) => ExitCode::from(2),
    }
}

async fn run(options: Options) -> ExitCode {
    let home = match tempfile::tempdir() {
        Ok(home) => home,
        Err(_) => return ExitCode::from(2),
    };
    let limits = Limits { seconds: READER_SECONDS, memory_bytes: READER_BYTES, workers: 1, ..Limits::default() };
    let command =
        worker::WorkerCommand { program: std::env::current_exe().unwrap_or_default(), args: vec!["worker".into()] };
    let folder = home.path().to_owned();
    let work = Arc::new(Workplace::at(folder.join("data"), folder.join("settings"), command, limits));
    let sets = cases::corpus(&options.corpus);
    println!("{} files in {} sources", sets.iter().map(|s| s.files.len()).sum::<usize>(), sets.len());
    let begun = Instant::now();
    let mut tally = tally::Tally::default();
    let mut told = Instant::now();
    let numbers: Box<dyn Iterator<Item = u64>> = match options.only {
        Some(only) => Box::new(std::iter::once(only)),
        None => Box::new(0..),
    };
    for number in numbers {
        if begun.elapsed() >= Duration::from_secs(options.seconds) {
            break;
        }
        let Some(case) = cases::make(&sets, options.seed, number, home.path()) else { continue };
        let started = Instant::now();
        let mut outcome = look_at(&work, &case).await;
        if started.elapsed() > Duration::from_secs(SLOW_SECONDS) {
            outcome.deaths.push("slow".to_owned());
        }
        tally.add(&case, &outcome, started.elapsed());
        if outcome.is_worth_keeping() || options.only.is_some() {
            tally.keep(&options.keep, &case, &outcome, options.seed, number);
        }
        let _ = std::fs::remove_dir_all(&case.folder);
        if told.elapsed() > Duration::from_secs(60) {
            told = Instant::now();
            println!("{}", tally.line(begun.elapsed()));
        }
    }
    println!("{}", tally.report(begun.elapsed(), options.seed));
    let _ = std::fs::create_dir_all(&options.keep);
    let _ = std::fs::write(options.keep.join("figures.txt"), tally.report(begun.elapsed(), options.seed));
    ExitCode::from(u8::from(tally.faults() > 0))
}

/// What came of a case.
#[derive(Debug, Default)]
struct Outcome {
    /// The faults of ours: a panic, a hang, something written, a pool that answers no more.
    faults: Vec<String>,
    /// The codes found.
    codes: Vec<Code>,
    /// How a reader died.
    deaths: Vec<String>,
    repaired: bool,
}

impl Outcome {
    fn is_worth_keeping(&self) -> bool {
        !self.faults.is_empty() || !self.deaths.is_empty()
    }
}

async fn look_at(work: &Arc<Workplace>, case: &cases::Case) -> Outcome {
    let mut outcome = Outcome::default();
    let before = cases::contents(&case.folder);
    let (own, path, mend) = (Arc::clone(work), case.main.clone(), case.mend);
    let into = case.folder.with_extension("mended");
    let target = into.clone();
    let task = tokio::spawn(async move {
        let cancel = CancellationToken::new();
        let looked = commands::look(&own, &[path], &Expectations::default(), &|_| {}, &cancel).await;
        let choices = RepairChoices { all_safe: true, srs: Some("EPSG:2154".to_owned()), ..RepairChoices::default() };
        let planned = commands::plan_repairs(&own, &looked, &choices, &|_| {}, &cancel).await;
        let repaired = match planned {
            Ok(plan) if mend && plan.refused.is_none() => {
                let made = commands::repair(&own, &looked, (&plan, &choices), Some(&target), &|_| {}, &cancel);
                made.await.is_ok()
            }
            _ => false,
        };
        (looked, repaired)
    });
    match tokio::time::timeout(Duration::from_secs(MOST_SECONDS), task).await {
        Err(_) => outcome.faults.push("no answer in time".to_owned()),
        Ok(Err(fault)) => outcome.faults.push(format!("panic: {fault}")),
        Ok(Ok((looked, repaired))) => {
            outcome.repaired = repaired;
            if looked.inventories.is_empty() {
                outcome.faults.push("no inventory".to_owned());
            }
            outcome.codes = looked.findings.iter().map(|f| f.code).collect();
            let problems = looked.inventories.iter().filter_map(|i| i.problem.as_ref());
            let died = |code| matches!(code, Code::ReaderCrashed | Code::ReaderTimedOut | Code::ReaderOutOfMemory);
            outcome.deaths = problems.filter(|p| died(p.code)).map(|p| p.message.clone()).collect();
        }
    }
    if cases::contents(&case.folder) != before {
        outcome.faults.push("something was written beside the file".to_owned());
    }
    // on a busy machine a new reader takes its time to start
    let pool = work.pool();
    let token = CancellationToken::new();
    let alive = pool.call_within(MOST_SECONDS, "version", serde_json::json!({}), &|_| {}, &token).await;
    if let Err(fault) = alive {
        outcome.faults.push(format!("the pool answers no more: {fault}"));
    }
    let _ = std::fs::remove_dir_all(&into);
    outcome
}
