//! Front door one: the command line. Data on standard output, words for people on standard error.

mod accounts;
mod arguments;
mod bridge;
mod repair;
mod run;
mod screen;
mod update;
mod validate;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Cli, Command};

fn main() -> ExitCode {
    // a worker is this same program, and must not parse anything first
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        return commands::worker_main();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(fault) => {
            let _ = fault.print();
            return ExitCode::from(if fault.use_stderr() { 2 } else { 0 });
        }
    };
    if let Command::Completions { shell } = &cli.command {
        clap_complete::generate(*shell, &mut <Cli as clap::CommandFactory>::command(), "quai", &mut std::io::stdout());
        return ExitCode::SUCCESS;
    }
    let level = if cli.verbose { "info" } else { "warn" };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("QUAI_LOG").unwrap_or_else(|_| level.into()))
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            eprintln!("error: {fault}");
            return ExitCode::from(2);
        }
    };
    let code = runtime.block_on(run::run(cli));
    // a worker that hangs must not hold the door
    runtime.shutdown_background();
    code
}
