//! Front door two: the window. Adapters only: what it offers is the commands' desk.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod closing;
mod host;
mod log;
#[cfg(target_os = "linux")]
mod painter;
mod tiles;
mod tray;
mod window;

use std::process::ExitCode;

fn main() -> ExitCode {
    // a worker is this same program where `quai` is not beside it
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        return commands::worker_main();
    }
    #[cfg(target_os = "linux")]
    {
        painter::choose();
        if std::env::args_os().nth(1).is_some_and(|word| word == painter::WORD) {
            return painter::paint(window::context());
        }
    }
    match window::open() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("quai-desktop: {fault}");
            ExitCode::from(2)
        }
    }
}
