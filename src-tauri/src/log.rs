//! What the program notes of itself, for whoever must find out what went wrong: on standard error,
//! and in a file beside its data. Secrets cannot be printed, so none is there.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// A file longer than this becomes the one before.
const MOST_BYTES: u64 = 1 << 20;

pub(crate) fn file(data: &Path) -> PathBuf {
    data.join("window.log")
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    if std::fs::metadata(path).is_ok_and(|m| m.len() > MOST_BYTES) {
        std::fs::rename(path, path.with_extension("1.log"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

pub(crate) fn begin(data: &Path) {
    let asked = |usual: &str| EnvFilter::try_from_env("QUAI_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let screen = fmt::layer().with_writer(std::io::stderr).with_filter(asked("warn"));
    // without the file, standard error still says it
    let kept = open(&file(data)).ok().map(|file| {
        fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(asked("info,tao=warn,wry=warn"))
    });
    tracing_subscriber::registry().with(screen).with(kept).init();
}
