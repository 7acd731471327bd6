//! Worker processes: the same program, started again to read what may crash, hang or fill the
//! memory. Requests and answers are JSON lines on its standard input and output.
//!
//! Knows nothing of what is asked: handlers are given by name.

mod folder;
mod pool;
mod serve;

pub use pool::{Limits, Pool, WorkerCommand, WorkerFailure};
pub use serve::Handler;
pub(crate) use serve::serve;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the worker is asked, a line each.
#[derive(Debug, Serialize, Deserialize)]
struct Ask {
    kind: String,
    request: Value,
}

/// What the worker says: progress, then one end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Say {
    Told(Value),
    Ok(Value),
    Error(String),
}
