//! Wrap: a plan, then the files that the platform takes. Source files are only ever read.
//!
//! `plan` is pure; `write` uses GDAL and belongs in a worker process. Knows nothing of the platform
//! beyond the form of its MD5 list.

mod archive;
mod forecast;
pub mod images;
mod layer;
mod plan;
mod raster;
pub mod repair;
mod scratch;
mod write;
mod zones;

use std::path::PathBuf;

use model::{Package, RepairRecord};
use serde::Deserialize;
use serde_json::{Value, json};

pub use forecast::forecast;
pub use layer::{AllMends, Mends, Unplaced};
pub use plan::{Choices, Note, Plan, PlanLayer, PlanSource, PlanTable, Refusal, plan, plan_vectors};
pub use scratch::Scratch;
pub use write::{Error, RECORD, digest, write, write_recorded};
pub use zones::boxes;

/// The platform's MD5 list: a line a file, two spaces before its path in the upload.
#[must_use]
pub fn md5_lines(package: &Package) -> String {
    package.files.iter().map(|f| format!("{}  {}\n", f.md5, f.target)).collect()
}

/// A request answered in a worker process: a name, and how to answer it.
pub type Handler = fn(Value, &mut (dyn FnMut(Value) + Send)) -> Result<Value, String>;

/// What a worker does for this room: `package` takes `{"plan", "into", "work"}` and gives a
/// [`Package`]; `work` is the asker's [`Scratch`]. With a `record` it gives both, as a pair; `measure` takes what a repair needs to know of a layer;
/// `footprint` takes `{"boxes"}` and gives the coordinates of a MultiPolygon.
pub const HANDLERS: &[(&str, Handler)] =
    &[("package", answer), ("measure", repair::answer_measure), ("footprint", footprint)];

#[derive(Deserialize)]
struct Asked {
    plan: Plan,
    into: PathBuf,
    work: PathBuf,
    #[serde(default)]
    record: Option<RepairRecord>,
}

fn answer(request: Value, tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    let asked: Asked = serde_json::from_value(request).map_err(|e| e.to_string())?;
    let total = asked.plan.bytes;
    let mut hear = |done: u64| {
        tell(json!({ "done": done.min(total), "total": total }));
        true
    };
    let recorded = asked.record.is_some();
    let written =
        write_recorded(&asked.plan, &asked.into, &asked.work, asked.record, &mut hear).map_err(|e| e.to_string())?;
    if recorded { serde_json::to_value(written) } else { serde_json::to_value(written.0) }.map_err(|e| e.to_string())
}

/// The platform takes extents of at most this many points (its tutorial on archives).
const MOST_POINTS: usize = 5000;

fn footprint(request: Value, _tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    let boxes: Vec<geodata::Boxes> = serde_json::from_value(request["boxes"].clone()).map_err(|e| e.to_string())?;
    let drawn = geodata::footprint(&boxes, MOST_POINTS).map_err(|e| e.to_string())?;
    Ok(drawn["coordinates"].clone())
}
