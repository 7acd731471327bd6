//! What the platform says of a delivery: all that decides what comes next, at one look.

use std::collections::{HashMap, HashSet};

use model::{Package, PackageKind, PublishedOffering};
use platform::wire::{Execution, ExecutionStatus, OfferingStatus, StoredData, StoredDataStatus, UploadStatus, tags};
use platform::{Client, Kind, Refusal};

use crate::find::{find_upload, made_by, run_of, tagged_data};
use crate::journey::Stop;
use crate::order::{Order, Published};
use crate::publish::{self, ServicePlan};
use crate::standing::Product;
use crate::{process, upload};

/// What is known at one look.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// One a package, in the order's order.
    pub lines: Vec<LineFacts>,
    /// One a service; looked at once every package has become stored data.
    pub services: Vec<ServiceFacts>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineFacts {
    pub upload: Option<UploadFacts>,
    pub keep_upload: bool,
    /// An archive that lacks its edition date or its extent.
    pub describe: bool,
    pub data: ProductFacts,
    /// Only when tiles are wanted.
    pub pyramid: Option<ProductFacts>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct UploadFacts {
    pub id: String,
    pub status: UploadStatus,
    pub tagged: bool,
    /// Files that are not there whole.
    pub to_send: usize,
    pub md5_sent: bool,
    pub checks_pending: bool,
    pub checks_failed: bool,
    pub tree_saved: bool,
    /// It was unstable before this run looked at it.
    pub leftover: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductFacts {
    pub execution: Option<String>,
    pub run: Option<RunState>,
    pub data: Option<DataFacts>,
    /// It had failed before this run looked at it.
    pub leftover: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct DataFacts {
    pub id: String,
    pub status: StoredDataStatus,
    pub tagged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    Created,
    Running,
    Succeeded,
    Failed,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceFacts {
    pub layer_name: String,
    pub styles_missing: usize,
    pub configuration: Option<ConfigurationFacts>,
    pub offering: Option<OfferingFacts>,
    pub leftover: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConfigurationFacts {
    pub id: String,
    pub ours: bool,
    /// It serves the data, tables, styles and levels that are wanted.
    pub serves: bool,
    /// Its tags say that what it serves now was pushed to the servers.
    pub tagged: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct OfferingFacts {
    pub id: String,
    pub status: OfferingStatus,
}

/// What this run remembers of itself, to spare the platform; never needed to be right.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Identifiers of what was found or made, by what it is.
    pub(crate) known: HashMap<String, String>,
    /// What was seen alive during this run.
    pub(crate) watched: HashSet<String>,
    pub(crate) md5_sent: HashSet<String>,
    /// Bytes of the files that are whole, all packages together.
    pub(crate) whole: HashMap<usize, u64>,
    pub(crate) datastore: Option<platform::wire::Datastore>,
    /// The pyramid that images become.
    pub(crate) pyramid: Option<model::PyramidPlan>,
}

/// One look: the facts, and the entities behind them.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) facts: Facts,
    pub(crate) data: Vec<Option<StoredData>>,
    pub(crate) pyramids: Vec<Option<StoredData>>,
    pub(crate) plans: Vec<ServicePlan>,
    pub(crate) offerings: Vec<Option<PublishedOffering>>,
}

impl Seen {
    pub(crate) fn published(&self, _order: &Order) -> Published {
        let data = self.data.iter().zip(&self.pyramids).flat_map(|(data, pyramid)| [data, pyramid]);
        Published {
            uploads: self.facts.lines.iter().filter_map(|l| l.upload.as_ref()).map(|u| u.id.clone()).collect(),
            stored_data: data.flatten().map(|d| d.id.clone()).collect(),
            offerings: self.offerings.iter().flatten().cloned().collect(),
        }
    }
}

/// Nothing where the platform says that there is nothing.
pub(crate) fn found<T>(outcome: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
    match outcome {
        Ok(entity) => Ok(Some(entity)),
        Err(refusal) if refusal.kind == Kind::NotFound => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Looks at everything that matters for what comes next.
pub(crate) async fn observe(client: &Client, order: &Order, memory: &mut Memory) -> Result<Seen, Stop> {
    let mut seen = Seen::default();
    for (n, package) in order.packages.iter().enumerate() {
        let (line, data, pyramid) = line(client, order, package, n, memory).await?;
        seen.facts.lines.push(line);
        seen.data.push(data);
        seen.pyramids.push(pyramid);
    }
    let ready = |product: &ProductFacts| {
        product.data.as_ref().is_some_and(|d| d.tagged && d.status == StoredDataStatus::Generated)
    };
    let all = seen.facts.lines.iter().all(|l| ready(&l.data) && l.pyramid.as_ref().is_none_or(ready));
    if all {
        publish::observe(client, order, memory, &mut seen).await?;
    }
    Ok(seen)
}

async fn line(
    client: &Client,
    order: &Order,
    package: &Package,
    n: usize,
    memory: &mut Memory,
) -> Result<(LineFacts, Option<StoredData>, Option<StoredData>), Stop> {
    let mut facts = LineFacts { keep_upload: order.keep_upload, ..LineFacts::default() };
    let asked = process::data_recipe(package, memory);
    let mut data = tagged_data(client, order, package, process::data_type(package.kind), asked.as_deref()).await?;
    let safe = data.as_ref().is_some_and(|d| d.status == StoredDataStatus::Generated);
    let upload = find_upload(client, order, package, safe, memory).await?;
    let execution = if data.is_none() {
        let reading = upload.as_ref().map(|u| ("input_upload", u.id.as_str()));
        made_by(client, order, reading, memory, &format!("run:{n}:data"), &mut data).await?
    } else if !safe {
        run_of(client, order, data.as_ref(), tags::PROC_INT_ID).await?
    } else {
        None
    };
    facts.data = product(order, package, data.as_ref(), execution.as_ref(), memory);
    if let Some(found) = upload {
        facts.upload = Some(upload::facts(client, order, package, n, &found, data.is_none(), memory).await?);
    }
    let Some(ready) = data.as_ref().filter(|d| d.status == StoredDataStatus::Generated) else {
        return Ok((facts, data, None));
    };
    if package.kind == PackageKind::Archive {
        let whole = client.stored_data(&order.datastore, &ready.id).await?;
        let placed = whole.extent.is_some() || package.extent_wgs84.is_none();
        facts.describe = whole.edition.as_ref().is_none_or(|e| e.from.is_none()) || !placed;
    }
    let mut pyramid = None;
    if order.tiled(package) {
        let recipe = process::recipe(order, package);
        pyramid = tagged_data(client, order, package, "ROK4-PYRAMID-VECTOR", Some(&recipe)).await?;
        let execution = match &pyramid {
            None => {
                let reading = Some(("input_stored_data", ready.id.as_str()));
                made_by(client, order, reading, memory, &format!("run:{n}:pyramid"), &mut pyramid).await?
            }
            Some(p) if p.status != StoredDataStatus::Generated => {
                run_of(client, order, pyramid.as_ref(), tags::PROC_PYR_CREAT_ID).await?
            }
            Some(_) => None,
        };
        facts.pyramid = Some(product(order, package, pyramid.as_ref(), execution.as_ref(), memory));
    }
    Ok((facts, data, pyramid))
}

fn product(
    order: &Order,
    package: &Package,
    data: Option<&StoredData>,
    execution: Option<&Execution>,
    memory: &mut Memory,
) -> ProductFacts {
    let Some(data) = data else { return ProductFacts::default() };
    let run = execution.map(|e| match e.status {
        ExecutionStatus::Created => RunState::Created,
        ExecutionStatus::Success => RunState::Succeeded,
        ExecutionStatus::Failure | ExecutionStatus::Aborted => RunState::Failed,
        _ => RunState::Running,
    });
    let failed = data.status == StoredDataStatus::Unstable || run == Some(RunState::Failed);
    let leftover = failed && !memory.watched.contains(&data.id);
    if !failed {
        memory.watched.insert(data.id.clone());
    }
    let wanted = order.tags(package);
    let tagged = wanted.iter().all(|(key, value)| data.tags.get(key) == Some(value));
    ProductFacts {
        execution: execution.map(|e| e.id.clone()),
        run,
        data: Some(DataFacts { id: data.id.clone(), status: data.status.clone(), tagged }),
        leftover,
    }
}

/// Names of the product, for the memory.
pub(crate) fn run_key(n: usize, product: Product) -> String {
    match product {
        Product::Data => format!("run:{n}:data"),
        Product::Pyramid => format!("run:{n}:pyramid"),
    }
}
