//! Taking a datasheet down: first the list of what goes, then its removal in the only order that
//! the platform allows. Never touches what does not carry the datasheet's name.

use std::collections::{BTreeMap, BTreeSet};

use model::{Event, Failure, Step};
use platform::wire::{ExecutionStatus, OfferingStatus, tags};
use platform::{Client, Kind, Query, Refusal};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::failure::{cancelled, refused};
use crate::pace::Pace;
use crate::{News, status};

/// One entity that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Doomed {
    #[serde(rename = "_id")]
    pub id: String,
    /// `execution`, `offering`, `configuration`, `static`, `stored_data`, `upload`.
    pub entity: &'static str,
    pub name: String,
}

/// All that goes, in the order in which it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Deletion {
    pub datastore: String,
    pub datasheet: String,
    pub entities: Vec<Doomed>,
}

/// What deleting a datasheet would remove. Removes nothing.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn deletion(client: &Client, datastore: &str, datasheet: &str) -> Result<Deletion, Failure> {
    let told = |e| refused(&e);
    let sheet = status(client, datastore, datasheet).await?;
    let of = |entity: &'static str| {
        sheet.entities.iter().filter(move |e| e.entity == entity).map(move |e| Doomed {
            id: e.id.clone(),
            entity,
            name: e.name.clone(),
        })
    };
    let mut executions = Vec::new();
    let reading =
        of("upload").map(|u| ("input_upload", u.id)).chain(of("stored_data").map(|d| ("input_stored_data", d.id)));
    for (filter, id) in reading {
        for run in client.executions(datastore, &Query::new().with(filter, id)).await.map_err(told)? {
            if matches!(run.status, ExecutionStatus::Waiting | ExecutionStatus::Progress | ExecutionStatus::Created) {
                executions.push(Doomed { id: run.id, entity: "execution", name: run.processing.name });
            }
        }
    }
    let mut styles = BTreeSet::new();
    for configuration in of("configuration") {
        let whole = client.configuration(datastore, &configuration.id).await.map_err(told)?;
        styles.extend(styles_of(&whole.type_infos));
    }
    let statics = styles.into_iter().map(|id| Doomed { name: id.clone(), id, entity: "static" });
    // what is made from another goes before it: pyramids before databases, and the newest first
    let (mut pyramids, others): (Vec<_>, Vec<_>) =
        sheet.entities.iter().filter(|e| e.entity == "stored_data").partition(|e| e.kind.starts_with("ROK4-PYRAMID"));
    if pyramids.len() > 1 {
        let fields = Query::new().fields(&["name", "creation"]).tag(tags::DATASHEET_NAME, datasheet);
        let ages: BTreeMap<String, Option<String>> = client
            .stored_data_list(datastore, &fields)
            .await
            .map_err(told)?
            .into_iter()
            .map(|data| (data.id, data.creation))
            .collect();
        pyramids.sort_by_key(|p| std::cmp::Reverse(ages.get(&p.id).cloned().flatten()));
    }
    let data = pyramids.into_iter().chain(others).map(|e| Doomed {
        id: e.id.clone(),
        entity: "stored_data",
        name: e.name.clone(),
    });
    let entities = executions
        .into_iter()
        .chain(of("offering"))
        .chain(of("configuration"))
        .chain(statics)
        .chain(data)
        .chain(of("upload"))
        .collect();
    Ok(Deletion { datastore: datastore.to_owned(), datasheet: datasheet.to_owned(), entities })
}

fn styles_of(type_infos: &Value) -> Vec<String> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let relations = list(type_infos, "used_data").into_iter().flat_map(|used| list(&used, "relations"));
    relations.filter_map(|r| r.get("style").and_then(Value::as_str).map(str::to_owned)).collect()
}

/// Removes what a [`Deletion`] lists; what is gone already is passed over.
///
/// # Errors
/// The first refusal; running it again goes on with what is left.
pub async fn delete(
    client: &Client,
    deletion: &Deletion,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let total = Some(deletion.entities.len() as u64);
    news(Event::Started { step: Step::Publish, total });
    for (done, doomed) in deletion.entities.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(cancelled());
        }
        remove(client, &deletion.datastore, doomed, cancel).await?;
        let message = [
            format!("{} « {} » : supprimé", french(doomed.entity), doomed.name),
            format!("{} `{}` deleted", doomed.entity.replace('_', " "), doomed.name),
        ];
        news(Event::Noted { step: Step::Publish, message });
        news(Event::Advanced { step: Step::Publish, done: done as u64 + 1 });
    }
    news(Event::Finished { step: Step::Publish });
    Ok(())
}

/// What people call an entity; the words are tied to the platform's in the glossary.
fn french(entity: &str) -> &str {
    match entity {
        "execution" => "traitement",
        "offering" => "offre",
        "configuration" => "configuration",
        "static" => "style",
        "stored_data" => "donnée stockée",
        _ => "livraison",
    }
}

async fn remove(client: &Client, store: &str, doomed: &Doomed, cancel: &CancellationToken) -> Result<(), Failure> {
    let id = &doomed.id;
    let outcome = match doomed.entity {
        "execution" => client.abort(store, id).await,
        "offering" => return unpublish(client, store, id, cancel).await,
        "configuration" => settled(cancel, async || client.delete_configuration(store, id).await).await,
        // shared with another service perhaps: left in place then
        "static" => client.delete_static_file(store, id).await.or_else(|e| match e.kind {
            Kind::Conflict | Kind::Invalid => Ok(()),
            _ => Err(e),
        }),
        "stored_data" => settled(cancel, async || client.delete_stored_data(store, id).await).await,
        _ => client.delete_upload(store, id).await,
    };
    match outcome {
        Err(refusal) if refusal.kind != Kind::NotFound => Err(refused(&refusal)),
        _ => Ok(()),
    }
}

/// What is refused while something else is still being taken down is asked again for a while.
pub(crate) async fn settled<F: AsyncFn() -> Result<(), Refusal>>(
    cancel: &CancellationToken,
    ask: F,
) -> Result<(), Refusal> {
    let mut pace = Pace::new();
    for _ in 0..12 {
        match ask().await {
            Err(refusal) if matches!(refusal.kind, Kind::Conflict | Kind::Invalid) => {
                if !pace.rest(cancel).await {
                    return Err(refusal);
                }
            }
            outcome => return outcome,
        }
    }
    ask().await
}

/// Takes an offering down: in one step on the platform of old, in two since September 2026.
async fn unpublish(client: &Client, store: &str, id: &str, cancel: &CancellationToken) -> Result<(), Failure> {
    let mut pace = Pace::new();
    let mut asked = None;
    loop {
        let offering = match client.offering(store, id).await {
            Ok(offering) => offering,
            Err(refusal) if refusal.kind == Kind::NotFound => return Ok(()),
            Err(refusal) => return Err(refused(&refusal)),
        };
        let waiting = offering.status == OfferingStatus::Unpublishing || asked.as_ref() == Some(&offering.status);
        if !waiting {
            match client.delete_offering(store, id).await {
                Err(refusal) if refusal.kind == Kind::NotFound => return Ok(()),
                Err(refusal) => return Err(refused(&refusal)),
                Ok(()) => asked = Some(offering.status),
            }
            pace.reset();
        }
        if !pace.rest(cancel).await {
            return Err(cancelled());
        }
    }
}
