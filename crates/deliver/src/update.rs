//! Updates of a live raster pyramid. Whatever the way, the services show a pyramid beside the live one
//! until it is confirmed, so the former state can come back: its data and its configurations are kept.
//! Nothing is remembered here: tags on the new pyramid say how, of which and from what it was made.

mod look;
mod show;
mod told;

use model::{Event, Failure, Package, PyramidWish, Step, Update, UpdateHow, UpdateState};
use platform::wire::requests::{CreateExecution, Inputs, Output, OutputData, Tags};
use platform::wire::{ExecutionStatus, StoredData, StoredDataStatus, known, tags};
use platform::{Client, Query};
use serde_json::{Map, json};
use tokio_util::sync::CancellationToken;

use crate::facts::found;
use crate::failure::refused;
use crate::{News, Order, delete, journey, run};
use look::{Look, Pending, look};
use told::{none_waits, not_ready, nothing_new, too_late, waiting};

const RASTER: &str = "ROK4-PYRAMID-RASTER";

/// New images for a live pyramid.
#[derive(Debug, Clone)]
pub struct UpdateOrder {
    pub datastore: String,
    pub datasheet: String,
    pub how: UpdateHow,
    pub package: Package,
}

/// What an update would be laid on: what the services show, and whether an update waits for a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updatable {
    /// The pyramid that the services show when no update waits.
    pub live: String,
    pub services: Vec<String>,
    /// Whether the live pyramid tells where it has no data.
    pub masked: bool,
    pub waiting: Option<Update>,
}

/// What to know of a way on a pyramid that was made without masks.
#[must_use]
pub fn without_masks(how: UpdateHow, masked: bool) -> Option<[String; 2]> {
    (!masked && how != UpdateHow::Injection).then(|| {
        [
            "la pyramide en ligne a été faite sans masques : là où elle n’a pas de données, elle reste blanche"
                .to_owned(),
            "the live pyramid was made without masks: where it has no data it stays white".to_owned(),
        ]
    })
}

/// Looks at the raster services of a datasheet. Changes nothing.
///
/// # Errors
/// The platform's refusal, or that the datasheet has no raster pyramid, or several.
pub async fn updatable(client: &Client, datastore: &str, datasheet: &str) -> Result<Updatable, Failure> {
    let look = look(client, datastore, datasheet).await?;
    let waiting = match &look.pending {
        Some(pending) => Some(told(&look, pending, stands(client, datastore, &look, pending).await?)),
        None => look.images.is_some().then(|| of_images(&look, UpdateState::Begun)),
    };
    let masked = masked(client, datastore, &look.live).await?;
    Ok(Updatable { live: look.live.id.clone(), services: look.services(), masked, waiting })
}

/// Where an update that waits stands.
async fn stands(client: &Client, store: &str, look: &Look, pending: &Pending) -> Result<UpdateState, Failure> {
    if pending.how == UpdateHow::Injection
        && let Some((_, status)) = injection(client, store, look, pending).await?
        && status != ExecutionStatus::Created
    {
        return Ok(UpdateState::Injecting);
    }
    let ready = pending.made.status == StoredDataStatus::Generated && look.show_only(&pending.made.id);
    Ok(if ready { UpdateState::Shown } else { UpdateState::Begun })
}

/// A merge of which there are only the new images.
fn of_images(look: &Look, state: UpdateState) -> Update {
    Update {
        datasheet: look.datasheet.clone(),
        how: UpdateHow::Merge,
        state,
        stored_data: look.live.id.clone(),
        former: look.live.id.clone(),
        services: look.services(),
    }
}

fn told(look: &Look, pending: &Pending, state: UpdateState) -> Update {
    Update {
        datasheet: look.datasheet.clone(),
        how: pending.how,
        state,
        stored_data: pending.made.id.clone(),
        former: look.live.id.clone(),
        services: look.services(),
    }
}

/// Brings new images into the services of a datasheet; the former state is kept until it is confirmed.
///
/// # Errors
/// What stopped it; asked again, it goes on from there.
pub async fn update(
    client: &Client,
    order: &UpdateOrder,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Update, Failure> {
    let store = &order.datastore;
    let told_no = |e| refused(&e);
    let mut look = look(client, store, &order.datasheet).await?;
    let fingerprint = &order.package.fingerprint;
    if let Some(pending) = &look.pending {
        if pending.package != *fingerprint || pending.how != order.how {
            return Err(waiting(&order.datasheet, pending.how));
        }
        if pending.made.status == StoredDataStatus::Unstable {
            let id = pending.made.id.clone();
            delete::settled(cancel, async || client.delete_stored_data(store, &id).await).await.map_err(told_no)?;
            look.pending = None;
        }
    }
    if look.live.tags.get(tags::PACKAGE) == Some(fingerprint) {
        return Err(nothing_new(&order.datasheet));
    }
    let pending = match look.pending.take() {
        Some(pending) => pending,
        None => begin(client, order, &look, news, cancel).await?,
    };
    if pending.made.status != StoredDataStatus::Generated {
        let execution = pending.made.tags.get(tags::PROC_INT_ID).cloned().unwrap_or_default();
        run::to_the_end(client, store, &execution, true, news, cancel).await?;
    }
    show::show(client, &look, &pending.made.id, news, cancel).await?;
    let update = told(&look, &pending, UpdateState::Shown);
    news(Event::Updated(Box::new(update.clone())));
    Ok(update)
}

/// Sends the images, and makes the execution that lays them on the live pyramid, tagged.
async fn begin(
    client: &Client,
    order: &UpdateOrder,
    look: &Look,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Pending, Failure> {
    let store = &order.datastore;
    let told_no = |e| refused(&e);
    let infos = &look.live.type_infos;
    let levels: Vec<u8> = infos.levels.iter().filter_map(|l| l.parse().ok()).collect();
    let text = |name: &str| infos.others.get(name).and_then(|v| v.as_str()).map(str::to_lowercase);
    let sent = Order {
        datastore: store.clone(),
        datasheet: order.datasheet.clone(),
        name: order.datasheet.clone(),
        packages: vec![order.package.clone()],
        keep_upload: order.how != UpdateHow::Merge,
        pyramid: PyramidWish {
            grid: infos.tms.clone(),
            compression: text("compression"),
            interpolation: None,
            top: levels.iter().min().copied(),
            bottom: levels.iter().max().copied(),
            mask: Some(true),
        },
        ..Order::default()
    };
    let masked = masked(client, store, &look.live).await?;
    if let Some(message) = without_masks(order.how, masked) {
        news(Event::Noted { step: Step::Process, message });
    }
    let name = format!("{} {}", look.live.name, order.how.as_str());
    let output = Output { stored_data: OutputData { id: None, name, storage_tags: vec!["PYRAMIDE".to_owned()] } };
    let (from, body) = if order.how == UpdateHow::Merge {
        let done = journey::travel(client, &sent, Step::Process, news, cancel).await?;
        let images = done.stored_data.first().cloned().unwrap_or_default();
        let mark = Tags::from([
            (tags::UPDATE_OF.to_owned(), look.live.id.clone()),
            (tags::UPDATE_STATE.to_owned(), "images".to_owned()),
        ]);
        client.tag_stored_data(store, &images, &mark).await.map_err(told_no)?;
        let inputs = Inputs { upload: Vec::new(), stored_data: vec![look.live.id.clone(), images.clone()] };
        let processing = run::processing(client, store, known::RASTER_MERGE, (None, Some(RASTER))).await?;
        (images, CreateExecution { processing, inputs, output, parameters: laying(false) })
    } else {
        let done = journey::travel(client, &sent, Step::Check, news, cancel).await?;
        let upload = done.uploads.first().cloned().ok_or_else(|| nothing_new(&order.datasheet))?;
        let inputs = Inputs { upload: vec![upload.clone()], stored_data: vec![look.live.id.clone()] };
        let processing = run::processing(client, store, known::RASTER_PYRAMID, (Some("RASTER"), Some(RASTER))).await?;
        (upload, CreateExecution { processing, inputs, output, parameters: laying(masked) })
    };
    let side = if order.how == UpdateHow::Merge { "input_stored_data" } else { "input_upload" };
    let query = Query::new().with(side, from.clone());
    let live = look.live.id.clone();
    let same = move |e: &platform::wire::Execution| e.inputs.stored_data.iter().any(|d| d.id == live);
    let (execution, mut made) = match run::left(client, store, query, &same).await? {
        Some(there) => there,
        None => run::make(client, store, &body).await?,
    };
    let mark = Tags::from([
        (tags::DATASHEET_NAME.to_owned(), order.datasheet.clone()),
        (tags::PROC_INT_ID.to_owned(), execution.id),
        (tags::UPDATE_HOW.to_owned(), order.how.as_str().to_owned()),
        (tags::UPDATE_OF.to_owned(), look.live.id.clone()),
        (tags::UPDATE_FROM.to_owned(), from),
        (tags::UPDATE_PACKAGE.to_owned(), order.package.fingerprint.clone()),
        (tags::UPDATE_STATE.to_owned(), "shown".to_owned()),
    ]);
    client.tag_stored_data(store, &made.id, &mark).await.map_err(told_no)?;
    made.tags.extend(mark);
    Pending::of(made).ok_or_else(|| nothing_new(&order.datasheet))
}

/// What is asked when images are laid on a pyramid there is: the rest is the pyramid's.
fn laying(masked: bool) -> Map<String, serde_json::Value> {
    let mut asked = json!({ "parallelization": 4 }).as_object().cloned().unwrap_or_default();
    if masked {
        asked.insert("mask".to_owned(), json!(true));
    }
    asked
}

/// Whether a pyramid was made with masks, as the execution that made it says.
async fn masked(client: &Client, store: &str, data: &StoredData) -> Result<bool, Failure> {
    let told_no = |e| refused(&e);
    let query = Query::new().with("output_stored_data", data.id.clone());
    for short in client.executions(store, &query).await.map_err(told_no)? {
        let whole = found(client.execution(store, &short.id).await).map_err(told_no)?;
        if whole.is_some_and(|e| e.parameters.get("mask").is_some_and(|m| *m == true || *m == "true")) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends the wait: the former state is given up. An injection is done now, in the live pyramid itself.
///
/// # Errors
/// What stopped it, or that no update waits; asked again, it goes on from there.
pub async fn confirm_update(
    client: &Client,
    datastore: &str,
    datasheet: &str,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Update, Failure> {
    let told_no = |e| refused(&e);
    let look = look(client, datastore, datasheet).await?;
    let Some(pending) = &look.pending else { return Err(none_waits(datasheet)) };
    if stands(client, datastore, &look, pending).await? == UpdateState::Begun {
        return Err(not_ready(datasheet));
    }
    let mut update = told(&look, pending, UpdateState::Confirmed);
    if pending.how == UpdateHow::Injection {
        inject(client, datastore, &look, pending, news, cancel).await?;
        show::show(client, &look, &look.live.id, news, cancel).await?;
        update.stored_data = look.live.id.clone();
    }
    show::keep(client, &look).await?;
    if pending.how == UpdateHow::Injection {
        let package = Tags::from([(tags::UPDATE_PACKAGE.to_owned(), pending.package.clone())]);
        client.tag_stored_data(datastore, &look.live.id, &package).await.map_err(told_no)?;
    }
    if pending.how != UpdateHow::Merge {
        gone(client.delete_upload(datastore, &pending.from).await)?;
    }
    if pending.how == UpdateHow::Injection {
        remove(client, datastore, &pending.made.id, cancel).await?;
    } else {
        let mark = Tags::from([(tags::UPDATE_STATE.to_owned(), "confirmed".to_owned())]);
        if pending.how == UpdateHow::Merge {
            client.tag_stored_data(datastore, &pending.from, &mark).await.map_err(told_no)?;
        }
        client.tag_stored_data(datastore, &pending.made.id, &mark).await.map_err(told_no)?;
    }
    news(Event::Updated(Box::new(update.clone())));
    Ok(update)
}

/// The execution that writes into the live pyramid, made once, to its end.
async fn inject(
    client: &Client,
    store: &str,
    look: &Look,
    pending: &Pending,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let id = match injection(client, store, look, pending).await? {
        Some((_, ExecutionStatus::Success)) => return Ok(()),
        Some((id, _)) => id,
        None => {
            let masked = masked(client, store, &look.live).await?;
            let body = CreateExecution {
                processing: run::processing(client, store, known::RASTER_PYRAMID, (Some("RASTER"), Some(RASTER)))
                    .await?,
                inputs: Inputs { upload: vec![pending.from.clone()], stored_data: Vec::new() },
                output: Output { stored_data: OutputData { id: Some(look.live.id.clone()), ..OutputData::default() } },
                parameters: laying(masked),
            };
            client.create_execution(store, &body).await.map_err(|e| refused(&e))?.id
        }
    };
    run::to_the_end(client, store, &id, false, news, cancel).await.map_err(|fault| {
        if fault.code != "PROCESSING_FAILED" {
            return fault;
        }
        fault.hint(
            "La pyramide en ligne est peut-être instable (UNSTABLE) : seul le support de la Géoplateforme la remet en état. Les services montrent encore la pyramide d’essai.",
            "The live pyramid may be UNSTABLE: only the platform's support can mend it. The services still show the trial pyramid.",
        )
    })
}

/// The execution that writes this update's images into the live pyramid, when there is one.
async fn injection(
    client: &Client,
    store: &str,
    look: &Look,
    pending: &Pending,
) -> Result<Option<(String, ExecutionStatus)>, Failure> {
    let told_no = |e| refused(&e);
    let query = Query::new().with("output_stored_data", look.live.id.clone());
    for short in client.executions(store, &query).await.map_err(told_no)? {
        let Some(whole) = found(client.execution(store, &short.id).await).map_err(told_no)? else { continue };
        if whole.inputs.upload.iter().any(|u| u.id == pending.from) {
            return Ok(Some((whole.id, whole.status)));
        }
    }
    Ok(None)
}

/// Brings the former state back, and removes what the update made.
///
/// # Errors
/// What stopped it, that no update waits, or that it is confirmed already.
pub async fn undo_update(
    client: &Client,
    datastore: &str,
    datasheet: &str,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Update, Failure> {
    let look = look(client, datastore, datasheet).await?;
    let Some(pending) = &look.pending else {
        let Some(images) = &look.images else { return Err(none_waits(datasheet)) };
        // a merge that was cut before, or while, it was undone
        remove(client, datastore, images, cancel).await?;
        let update = of_images(&look, UpdateState::Undone);
        news(Event::Updated(Box::new(update.clone())));
        return Ok(update);
    };
    if pending.how == UpdateHow::Injection
        && let Some((id, status)) = injection(client, datastore, &look, pending).await?
    {
        if status != ExecutionStatus::Created {
            return Err(too_late(datasheet));
        }
        gone(client.delete_execution(datastore, &id).await)?;
    }
    show::restore(client, &look, news, cancel).await?;
    if pending.how != UpdateHow::Merge {
        gone(client.delete_upload(datastore, &pending.from).await)?;
    }
    remove(client, datastore, &pending.made.id, cancel).await?;
    if pending.how == UpdateHow::Merge {
        remove(client, datastore, &pending.from, cancel).await?;
    }
    let mut update = told(&look, pending, UpdateState::Undone);
    update.stored_data.clone_from(&look.live.id);
    news(Event::Updated(Box::new(update.clone())));
    Ok(update)
}

async fn remove(client: &Client, store: &str, data: &str, cancel: &CancellationToken) -> Result<(), Failure> {
    gone(delete::settled(cancel, async || client.delete_stored_data(store, data).await).await)
}

/// What is gone already is no trouble.
fn gone(outcome: Result<(), platform::Refusal>) -> Result<(), Failure> {
    found(outcome).map(drop).map_err(|e| refused(&e))
}
