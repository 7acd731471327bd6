//! Turning services from one pyramid to another and back. The former configuration is kept in the
//! configuration's own `extra` until it is not needed any more.

use model::{Event, Failure, Step};
use platform::wire::requests::{ReplaceConfiguration, TypeInfos, UpdateConfiguration};
use platform::wire::{Configuration, OfferingStatus};
use platform::{Client, Query};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::look::Look;
use crate::News;
use crate::failure::{cancelled, publication_failed, refused};
use crate::pace::Pace;
use crate::share::{bbox, data_bounds};

/// Ours, in `extra`: what the service was before an update.
const BEFORE: &str = "quai_before_update";

fn extra(configuration: &Configuration) -> Map<String, Value> {
    configuration.extra.as_object().cloned().unwrap_or_default()
}

fn body(configuration: &Configuration, type_infos: Value) -> ReplaceConfiguration {
    let members = [("attribution", &configuration.attribution), ("metadata", &configuration.metadata)];
    let carried = members.into_iter().filter(|(_, value)| match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(all) => !all.is_empty(),
        _ => false,
    });
    ReplaceConfiguration {
        kind: configuration.kind.clone(),
        name: configuration.name.clone(),
        type_infos: TypeInfos::Other(type_infos),
        attribution: None,
        carried: carried.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
    }
}

/// The services show a pyramid, with the levels they had, over all the ground it covers.
pub(super) async fn show(
    client: &Client,
    look: &Look,
    wanted: &str,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let told = |e| refused(&e);
    news(Event::Started { step: Step::Publish, total: None });
    let store = &look.datastore;
    let data = client.stored_data(store, wanted).await.map_err(told)?;
    let ground = data_bounds(&data);
    for configuration in &look.configurations {
        if configuration.stored_data() != [wanted] {
            let mut kept = extra(configuration);
            if !kept.contains_key(BEFORE) {
                kept.insert(BEFORE.to_owned(), configuration.type_infos.clone());
                let extra = UpdateConfiguration { extra: Some(kept), name: None };
                client.update_configuration(store, &configuration.id, &extra).await.map_err(told)?;
            }
            let mut infos = configuration.type_infos.clone();
            if let Some(used) = infos["used_data"].as_array_mut() {
                for one in used {
                    one["stored_data"] = json!(wanted);
                }
            }
            if let Some(all) = bbox(&infos["bbox"]).zip(ground).map(|(own, ground)| own.union(ground)) {
                infos["bbox"] = json!({ "west": all.minx, "south": all.miny, "east": all.maxx, "north": all.maxy });
            }
            client.replace_configuration(store, &configuration.id, &body(configuration, infos)).await.map_err(told)?;
        }
        // a cut may have come between the two: pushing once more does no harm
        synchronise(client, look, configuration, cancel).await?;
    }
    news(Event::Finished { step: Step::Publish });
    Ok(())
}

/// The services are as they were before the update.
pub(super) async fn restore(
    client: &Client,
    look: &Look,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    news(Event::Started { step: Step::Publish, total: None });
    for configuration in &look.configurations {
        let kept = extra(configuration);
        let Some(before) = kept.get(BEFORE) else { continue };
        client
            .replace_configuration(&look.datastore, &configuration.id, &body(configuration, before.clone()))
            .await
            .map_err(|e| refused(&e))?;
        synchronise(client, look, configuration, cancel).await?;
    }
    keep(client, look).await?;
    news(Event::Finished { step: Step::Publish });
    Ok(())
}

/// What services were before is forgotten.
pub(super) async fn keep(client: &Client, look: &Look) -> Result<(), Failure> {
    let told = |e| refused(&e);
    for configuration in &look.configurations {
        let now = client.configuration(&look.datastore, &configuration.id).await.map_err(told)?;
        let mut kept = extra(&now);
        if kept.remove(BEFORE).is_some() {
            let extra = UpdateConfiguration { extra: Some(kept), name: None };
            client.update_configuration(&look.datastore, &configuration.id, &extra).await.map_err(told)?;
        }
    }
    Ok(())
}

/// Pushes a configuration to the servers, and waits until they have it.
async fn synchronise(
    client: &Client,
    look: &Look,
    configuration: &Configuration,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let told = |e| refused(&e);
    let store = &look.datastore;
    let query = Query::new().fields(&["status"]);
    for offering in client.configuration_offerings(store, &configuration.id, &query).await.map_err(told)? {
        if matches!(offering.status, OfferingStatus::Unpublished | OfferingStatus::Unpublishing) {
            continue;
        }
        let mut pace = Pace::new();
        let mut pushed = false;
        loop {
            let status = client.offering(store, &offering.id).await.map_err(told)?.status;
            match status {
                OfferingStatus::Published if pushed => break,
                OfferingStatus::Unstable if pushed => return Err(publication_failed(&configuration.layer_name)),
                OfferingStatus::Published | OfferingStatus::Unstable => {
                    client.synchronise_offering(store, &offering.id).await.map_err(told)?;
                    pushed = true;
                }
                _ => {}
            }
            if !pace.rest(cancel).await {
                return Err(cancelled());
            }
        }
    }
    Ok(())
}
