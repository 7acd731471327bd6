//! Copies a layer into a GeoPackage of ours and mends it on the way: the one place where data are
//! rewritten. One thread reads, others mend, the caller's writes; order is kept, memory is bounded by
//! a few batches, and the spatial index is built beside while rows are written.

mod fields;
mod index;
mod shape;
mod target;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::time::Duration;

use gdal_sys::{OGRFeatureH, OGRLayerH};
use serde::{Deserialize, Serialize};

use crate::raw::{CList, text};
use crate::{Error, Result, capture, facts};

pub use fields::{FieldRecipe, ReadAs};
pub use shape::{Method, ShapeRecipe};
pub(crate) use shape::{Shape, Validity, from_wkt, make_valid};
pub use target::{OutTable, Takes};

/// How one layer is copied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    pub layer: String,
    /// Where its rows go: each to the first that takes it.
    pub tables: Vec<OutTable>,
    /// By place in the layer's definition: names of a DBF may be told in more than one way.
    pub fields: Vec<FieldRecipe>,
    pub fid_column: String,
    pub geometry_column: String,
    /// Feature ids are those of the source, where it keeps them in a column.
    pub keep_ids: bool,
    /// What texts that are no UTF-8 are read in: a WHATWG label, or `cp850`.
    pub encoding: Option<String>,
    /// The texts come as the file's own bytes: decode all of them, even those that look like UTF-8.
    pub raw_text: bool,
    pub shape: ShapeRecipe,
}

/// What was counted in one copy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub read: u64,
    /// Rows written, by table of the recipe.
    pub written: Vec<u64>,
    pub made_valid: u64,
    /// Rows that no table takes.
    pub left_out: u64,
    pub decoded: u64,
    pub retyped: u64,
    /// Of the geometries made valid, in the source's units.
    pub area_before: f64,
    pub area_after: f64,
    pub vertices_before: u64,
    pub vertices_after: u64,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.read += other.read;
        self.made_valid += other.made_valid;
        self.left_out += other.left_out;
        self.decoded += other.decoded;
        self.retyped += other.retyped;
        self.area_before += other.area_before;
        self.area_after += other.area_after;
        self.vertices_before += other.vertices_before;
        self.vertices_after += other.vertices_after;
    }
}

/// A feature on its way between threads, destroyed wherever it ends.
pub(crate) struct Row(pub(crate) OGRFeatureH);

// SAFETY: a feature belongs to one thread at a time; what features share (their definition, their
// reference) is counted atomically by GDAL.
unsafe impl Send for Row {}

impl Drop for Row {
    fn drop(&mut self) {
        // SAFETY: the handle is ours alone.
        unsafe { gdal_sys::OGR_F_Destroy(self.0) };
    }
}

/// Features of a batch, or fewer when they are large.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 1 << 20;
/// Batches that may wait between two stages.
const WAITING: usize = 4;

/// Copies a layer of `source` into the GeoPackage `target`, made when missing. `told` hears how many
/// features were written and stops the work by answering `false`.
///
/// # Errors
/// When the source cannot be read to its end, a value cannot be read as the recipe says, GDAL
/// refuses, or `told` asked to stop. What was written is left for the caller to remove.
pub fn mend(
    source: &Path,
    open_options: &[String],
    target: &Path,
    recipe: &Recipe,
    threads: usize,
    told: &mut dyn FnMut(u64) -> bool,
) -> Result<Tally> {
    let (opened, _) = facts::open_vectors_with(source, open_options);
    let opened = opened?;
    let missing = || refused(&recipe.layer, "no such layer".to_owned());
    // an only layer is the one meant, whatever its name is read as
    let layers = opened.layers();
    let layer = opened.layer(&recipe.layer).or((layers.len() == 1).then(|| layers[0])).ok_or_else(missing)?;
    let plan = fields::FieldPlan::of(layer, recipe)?;
    ignore(layer, &plan.ignored);
    let made = target::Target::create(target, layer, recipe, &plan)?;
    let stop = AtomicBool::new(false);
    let (raw_out, raw_in) = sync_channel::<(u64, Vec<Row>)>(WAITING);
    let (mended_out, mended_in) = sync_channel::<(u64, Result<shape::Batch>)>(WAITING);
    let raw_in = Mutex::new(raw_in);
    let reader = Reader(layer);
    let outcome = std::thread::scope(|scope| {
        let stop = &stop;
        let reading = scope.spawn(move || {
            let reader = reader;
            reader.read(&raw_out, stop)
        });
        for _ in 0..threads.max(1) {
            let (raw_in, out) = (&raw_in, mended_out.clone());
            let (plan, definitions) = (&plan, made.definitions());
            scope.spawn(move || mend_batches(raw_in, &out, recipe, plan, definitions, stop));
        }
        drop(mended_out);
        let written = write(&mended_in, &made, stop, told);
        stop.fetch_or(written.is_err(), Ordering::Relaxed);
        // let whoever waits for room go
        while mended_in.recv().is_ok() {}
        let read = reading.join().unwrap_or_else(|_| Err(refused(&recipe.layer, "the reader stopped".to_owned())));
        match (written, read) {
            (Ok(tally), Ok(())) => Ok(tally),
            (Err(fault), _) | (Ok(_), Err(fault)) => Err(fault),
        }
    });
    let tally = outcome?;
    made.finish(&mut || told(tally.read))?;
    Ok(tally)
}

pub(crate) fn refused(layer: &str, says: String) -> Error {
    Error::Refused { doing: format!("copying `{layer}`"), says }
}

/// A layer that one thread reads.
struct Reader(OGRLayerH);

// SAFETY: the layer is read by that thread alone until it ends.
unsafe impl Send for Reader {}

impl Reader {
    fn read(&self, out: &SyncSender<(u64, Vec<Row>)>, stop: &AtomicBool) -> Result<()> {
        capture::attend(|heard| {
            let (mut number, mut batch, mut bytes) = (0, Vec::with_capacity(BATCH), 0_usize);
            // SAFETY: the layer outlives the scope; each feature becomes a `Row`'s.
            unsafe { gdal_sys::OGR_L_ResetReading(self.0) };
            loop {
                heard.clear();
                // SAFETY: as above.
                let feature = unsafe { gdal_sys::OGR_L_GetNextFeature(self.0) };
                if feature.is_null() {
                    if let Some(said) = heard.take().into_iter().find(|said| said.error) {
                        return Err(Error::Refused { doing: "reading to the end".to_owned(), says: said.text });
                    }
                    break;
                }
                // SAFETY: the feature is alive; its geometry belongs to it.
                bytes += unsafe {
                    let geometry = gdal_sys::OGR_F_GetGeometryRef(feature);
                    if geometry.is_null() {
                        0
                    } else {
                        usize::try_from(gdal_sys::OGR_G_WkbSize(geometry)).unwrap_or(BATCH_BYTES)
                    }
                };
                batch.push(Row(feature));
                if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                    if stop.load(Ordering::Relaxed) || out.send((number, std::mem::take(&mut batch))).is_err() {
                        return Ok(());
                    }
                    (number, bytes) = (number + 1, 0);
                }
            }
            if !batch.is_empty() {
                let _ = out.send((number, batch));
            }
            Ok(())
        })
    }
}

fn mend_batches(
    raw: &Mutex<Receiver<(u64, Vec<Row>)>>,
    out: &SyncSender<(u64, Result<shape::Batch>)>,
    recipe: &Recipe,
    plan: &fields::FieldPlan,
    definitions: &[target::Definition],
    stop: &AtomicBool,
) {
    let mut mender = match shape::Mender::new(recipe, plan, definitions) {
        Ok(mender) => mender,
        Err(fault) => {
            let _ = out.send((u64::MAX, Err(fault)));
            return;
        }
    };
    loop {
        let next = raw.lock().map(|raw| raw.recv());
        let Ok(Ok((number, rows))) = next else { return };
        if stop.load(Ordering::Relaxed) {
            continue;
        }
        if out.send((number, mender.mend(rows))).is_err() {
            return;
        }
    }
}

/// Writes batches in their order.
fn write(
    mended: &Receiver<(u64, Result<shape::Batch>)>,
    target: &target::Target,
    stop: &AtomicBool,
    told: &mut dyn FnMut(u64) -> bool,
) -> Result<Tally> {
    let mut tally = Tally { written: vec![0; target.definitions().len()], ..Tally::default() };
    let mut early: BTreeMap<u64, shape::Batch> = BTreeMap::new();
    let mut next = 0;
    loop {
        let (number, batch) = match mended.recv_timeout(Duration::from_secs(1)) {
            Ok(got) => got,
            Err(RecvTimeoutError::Timeout) => {
                if !told(tally.read) {
                    return Err(Error::Cancelled { doing: "copying".to_owned() });
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        early.insert(number, batch?);
        while let Some(batch) = early.remove(&next) {
            target.write(&batch, &mut tally)?;
            tally.add(&batch.tally);
            next += 1;
        }
        if stop.load(Ordering::Relaxed) || !told(tally.read) {
            return Err(Error::Cancelled { doing: "copying".to_owned() });
        }
    }
    Ok(tally)
}

/// Tells the driver which attributes will not be looked at.
fn ignore(layer: OGRLayerH, names: &[String]) {
    if !names.is_empty() {
        let list = CList::new(names);
        // SAFETY: the list outlives the call.
        let _ = capture::listen(|| unsafe { gdal_sys::OGR_L_SetIgnoredFields(layer, list.as_ptr().cast_mut()) });
    }
}

/// Runs `act` on a thread of its own while `told` is called every second, so that nobody takes a
/// long silence for death.
pub(crate) fn telling<T: Send>(told: &mut dyn FnMut() -> bool, act: impl FnOnce() -> T + Send) -> Option<T> {
    let (done, end) = channel::<()>();
    std::thread::scope(|scope| {
        let running = scope.spawn(move || {
            let outcome = act();
            drop(done);
            outcome
        });
        while matches!(end.recv_timeout(Duration::from_secs(1)), Err(RecvTimeoutError::Timeout)) {
            told();
        }
        running.join().ok()
    })
}

/// The GEOS that GDAL was built with: `3.11.1`.
#[must_use]
pub fn geos_version() -> Option<String> {
    let key = crate::raw::c_string("BUILD_INFO");
    // SAFETY: the string belongs to GDAL and is copied.
    let info = unsafe { text(gdal_sys::GDALVersionInfo(key.as_ptr())) };
    let version = info.lines().find_map(|l| l.strip_prefix("GEOS_VERSION="))?;
    Some(version.split('-').next().unwrap_or(version).to_owned())
}
