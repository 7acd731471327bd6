//! What a worker does for inspecting: facts, scans, a look at the data. Runs in the worker only.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use model::{Code, Inventory, Kind, Problem};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::look;
use crate::references::check_references;
use crate::worker::Handler;

/// The requests a worker answers for this room.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("inspect", inspect),
    ("tiles", tiles),
    ("unpack", unpack),
    ("preview", look::preview),
    ("rows", look::rows),
    ("vectorTile", look::vector_tile),
    ("rasterTile", look::raster_tile),
    ("rasterSetTile", look::raster_set_tile),
    ("rasterRange", look::raster_range),
    ("expect", |_, _| {
        geodata::expect();
        Ok(Value::Null)
    }),
    ("version", |_, _| Ok(json!({ "gdal": geodata::version(), "geos": geodata::mend::geos_version() }))),
];

pub(crate) fn read<T: DeserializeOwned>(request: Value) -> Result<T, String> {
    serde_json::from_value(request).map_err(|e| e.to_string())
}

fn write<T: Serialize>(answer: &T) -> Result<Value, String> {
    serde_json::to_value(answer).map_err(|e| e.to_string())
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Inspect {
    pub(crate) main: PathBuf,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) scan: bool,
    pub(crate) threads: usize,
    /// A model whose tables the values are read against.
    #[serde(default)]
    pub(crate) model: Option<Box<model::DataModel>>,
}

fn inspect(request: Value, tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    let asked: Inspect = read(request)?;
    if geodata::formats::extension(&asked.main) == "sql" {
        return write(&script(&asked));
    }
    let (stop, notes) = check_references(&asked.main);
    if let Some(problem) = stop {
        return write(&refused(&asked, problem));
    }
    let read = if asked.scan { geodata::read_values } else { geodata::read_facts };
    let mut inventory = read(&asked.main, &asked.files);
    inventory.warnings.extend(notes);
    if asked.scan && matches!(inventory.kind, Kind::Vector | Kind::Table | Kind::Mixed) {
        scan(&asked, &mut inventory, tell);
    }
    write(&inventory)
}

#[derive(Deserialize)]
struct Tiles {
    tiles: Vec<geodata::TileAsked>,
    values: bool,
}

/// Answers what some images of one data set tell; says how many are done after each, so that the
/// one that kills the worker is known.
fn tiles(request: Value, tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    let asked: Tiles = read(request)?;
    write(&geodata::read_tiles(&asked.tiles, asked.values, &mut |done| tell(json!({ "tiles": done }))))
}

/// An SQL script is told about, not read by GDAL.
fn script(asked: &Inspect) -> Inventory {
    let says = "Quai delivers no SQL".to_owned();
    let problem = |code, message: String| Problem {
        code,
        values: vec![("says".to_owned(), message.clone())],
        message,
        file: None,
    };
    let mut inventory = refused(asked, problem(Code::SqlNotDelivered, says));
    match crate::sql::read_script(&asked.main) {
        Ok(problems) => inventory.warnings = problems,
        Err(fault) => inventory.problem = Some(problem(Code::Unreadable, fault.to_string())),
    }
    inventory
}

fn scan(asked: &Inspect, inventory: &mut Inventory, tell: &mut (dyn FnMut(Value) + Send)) {
    let mut before = 0;
    for layer in &mut inventory.layers {
        // news come from the scan's threads and go out on this one's pipe
        let teller = Mutex::new(&mut *tell);
        let say = |value| (*teller.lock().unwrap_or_else(PoisonError::into_inner))(value);
        let told = |read: u64| {
            say(json!({ "features": before + read }));
            true
        };
        let spatial = layer.geometry != "None";
        let spotted = |code: Code, faulty: &model::Faulty| {
            if spatial {
                say(json!({ "spotted": { "layer": layer.name, "code": code, "faulty": faulty } }));
            }
        };
        let listener = geodata::Listener { read: &told, spotted: &spotted };
        match geodata::scan_layer_telling(&asked.main, &layer.name, listener, asked.threads) {
            Ok(scan) => {
                before += scan.read;
                if spatial {
                    if scan.extent.is_some() && layer.extent.is_none() {
                        layer.extent = scan.extent;
                    }
                    layer.scan = Some(scan);
                } else {
                    layer.scan = Some(model::Scan { null: 0, empty_features: Vec::new(), tiles: None, ..scan });
                }
            }
            Err(fault) => inventory.warnings.push(Problem {
                code: Code::ScanStopped,
                message: fault.to_string(),
                file: None,
                values: vec![("says".to_owned(), fault.to_string())],
            }),
        }
        if let (Some(model), Some(scan)) = (&asked.model, &mut layer.scan) {
            scan.values = values(asked, model, &layer.name, &mut |_| say(json!({ "features": before })));
        }
    }
}

/// The values of a layer that is one of the model's tables.
fn values(
    asked: &Inspect,
    model: &model::DataModel,
    layer: &str,
    told: &mut dyn FnMut(u64),
) -> Option<model::ValueScan> {
    let table = model.tables.iter().find(|t| {
        let pattern = t.pattern.as_deref().and_then(|p| geodata::whole(p, true));
        pattern.map_or_else(|| t.name.eq_ignore_ascii_case(layer), |p| p.is_match(layer))
    })?;
    let columns = model.tables.iter().flat_map(|t| &t.columns);
    let referred = columns
        .filter_map(|c| c.references.as_ref())
        .filter(|r| r.table.eq_ignore_ascii_case(&table.name))
        .map(|r| r.column.clone())
        .collect();
    let wanted = geodata::ValuesWanted { table, referred };
    let mut going = |read| {
        told(read);
        true
    };
    geodata::scan_values(&asked.main, layer, &wanted, &mut going).ok()
}

fn refused(asked: &Inspect, problem: Problem) -> Inventory {
    let files = asked
        .files
        .iter()
        .map(|f| model::SourceFile {
            path: f.display().to_string(),
            bytes: std::fs::metadata(f).map(|m| m.len()).unwrap_or(0),
        })
        .collect::<Vec<_>>();
    Inventory {
        path: asked.main.display().to_string(),
        kind: Kind::Unreadable,
        driver: None,
        bytes: files.iter().map(|f| f.bytes).sum(),
        files,
        layers: Vec::new(),
        raster: None,
        raster_set: None,
        problem: Some(problem),
        warnings: Vec::new(),
    }
}

#[derive(Deserialize)]
struct Unpack {
    zip: PathBuf,
    into: PathBuf,
}

/// Answers `{"notes": […]}` or `{"problem": …}`.
fn unpack(request: Value, tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    let asked: Unpack = read(request)?;
    match geodata::archive::unpack_telling(
        &asked.zip,
        &asked.into,
        geodata::archive::ArchiveLimits::default(),
        &mut |bytes| tell(json!({ "bytes": bytes })),
    ) {
        Ok((_, notes)) => Ok(json!({ "notes": notes })),
        Err(problem) => Ok(json!({ "problem": problem })),
    }
}
