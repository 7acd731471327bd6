//! Everything a person types: run, test, dist, bench, generate, tidy. Installs what it needs.

mod bench;
mod dist;
mod generate;
mod install;
mod page;
mod run;
mod signin;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

/// Both front doors in one build: alone, each asks its libraries for other features, and they would be built twice.
const PROGRAMS: [&str; 4] = ["--package", "quai", "--package", "quai-desktop"];

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Everything a person types")]
struct Cli {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Install what is missing, build, start the sandbox, publish the samples, show the addresses.
    Run {
        /// Install system packages without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Install what the tests need and run them all.
    Test {
        #[arg(long)]
        yes: bool,
    },
    /// Make the packages that are handed to people, and look at them.
    Dist {
        #[arg(long)]
        yes: bool,
        /// With the release profile: sooner made, somewhat heavier.
        #[arg(long)]
        quick: bool,
        /// Also install them in a bare Debian and start them there.
        #[arg(long = "try")]
        try_it: bool,
        /// Make nothing: try this `.deb`, and the `.rpm` named after it.
        #[arg(long, value_name = "PACKAGE", num_args = 1..=2)]
        made: Vec<PathBuf>,
    },
    /// Measure against other tools, side by side.
    Bench {
        /// Only the subjects whose name holds this word.
        only: Option<String>,
    },
    /// Break files in a thousand ways and look at them; figures and cases go to a folder.
    Fuzz {
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where figures and cases are kept; `target/fuzz` otherwise.
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// Write the pages and bindings that come from the code.
    Generate,
    /// Check the map of the house, headers and generated pages.
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().act {
        Act::Run { yes } => run::run(yes),
        Act::Test { yes } => test::test(yes),
        Act::Dist { yes, quick, try_it, made } => dist::dist(yes, quick, try_it, &made),
        Act::Bench { only } => bench::bench(only.as_deref()),
        Act::Fuzz { seconds, seed, keep } => fuzz(seconds, seed, keep),
        Act::Generate => generate::generate(),
        Act::Tidy => tidy::tidy(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

/// The project's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program in the project's folder that does not see that cargo began us: what cargo would build for it anew
/// because of that is built once.
fn outside(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|n| n.starts_with("CARGO_MANIFEST_") || n.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command.current_dir(root());
    command
}

/// Runs a program from the project's folder; fails when it does.
fn call(program: &str, arguments: &[&str]) -> Result<()> {
    eprintln!("$ {program} {}", arguments.join(" "));
    let status =
        outside(program).args(arguments).status().with_context(|| format!("`{program}` could not be started"))?;
    if !status.success() {
        bail!("`{program} {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}

fn fuzz(seconds: u64, seed: u64, keep: Option<PathBuf>) -> Result<()> {
    let keep = keep.unwrap_or_else(|| target().join("fuzz")).display().to_string();
    let (seconds, seed) = (seconds.to_string(), seed.to_string());
    let program = ["run", "--package", "quai-commands", "--example", "fuzz", "--"];
    let options = ["--seconds", &seconds, "--seed", &seed, "--keep", &keep];
    call(&cargo(), &[&program[..], &options[..]].concat())
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
