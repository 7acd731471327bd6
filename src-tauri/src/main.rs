//! Front door two: the window. Adapters only: what it offers is the commands' desk.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod host;
mod tiles;
mod window;

use std::process::ExitCode;

fn main() -> ExitCode {
    // a worker is this same program where `quai` is not beside it
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        return commands::worker_main();
    }
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("QUAI_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    match window::open() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("quai-desktop: {fault}");
            ExitCode::from(2)
        }
    }
}
