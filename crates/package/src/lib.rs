//! Wrap: a plan, then the files that the platform takes. Source files are only ever read.
//!
//! `plan` is pure; `write` uses GDAL and belongs in a worker process. Knows nothing of the platform
//! beyond the form of its MD5 list.

mod archive;
mod plan;
mod write;

use std::path::PathBuf;

use model::Package;
use serde::Deserialize;
use serde_json::{Value, json};

pub use plan::{Choices, Note, Plan, PlanLayer, PlanSource, Refusal, plan};
pub use write::{Error, digest, write};

/// The platform's MD5 list: a line a file, two spaces before its path in the upload.
#[must_use]
pub fn md5_lines(package: &Package) -> String {
    package.files.iter().map(|f| format!("{}  {}\n", f.md5, f.target)).collect()
}

/// A request answered in a worker process: a name, and how to answer it.
pub type Handler = fn(Value, &mut (dyn FnMut(Value) + Send)) -> Result<Value, String>;

/// What a worker does for this room: `package` takes `{"plan", "into"}` and gives a [`Package`].
pub const HANDLERS: &[(&str, Handler)] = &[("package", answer)];

#[derive(Deserialize)]
struct Asked {
    plan: Plan,
    into: PathBuf,
}

fn answer(request: Value, tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    let asked: Asked = serde_json::from_value(request).map_err(|e| e.to_string())?;
    let total = asked.plan.bytes;
    let package = write(&asked.plan, &asked.into, &mut |done| {
        tell(json!({ "done": done.min(total), "total": total }));
        true
    })
    .map_err(|e| e.to_string())?;
    serde_json::to_value(package).map_err(|e| e.to_string())
}
