//! What belongs to a datasheet, and where it stands.

use std::collections::BTreeSet;

use model::{Failure, PublishedUrl};
use platform::wire::{StoredDataStatus, UploadStatus, tags};
use platform::{Client, Query};
use serde::Serialize;
use ts_rs::TS;

use crate::failure::refused;

/// One entity of a datasheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Entity {
    #[serde(rename = "_id")]
    pub id: String,
    /// `upload`, `stored_data`, `configuration`, `offering`.
    pub entity: &'static str,
    /// The platform's own type: `VECTOR`, `VECTOR-DB`, `WFS`…
    #[serde(rename = "type")]
    pub kind: String,
    /// The layer's name, for a configuration or an offering.
    pub name: String,
    pub status: String,
    /// Of an offering.
    pub urls: Vec<PublishedUrl>,
}

/// What people call a datasheet: all that carries the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Datasheet {
    pub name: String,
    pub entities: Vec<Entity>,
}

const FIELDS: [&str; 4] = ["name", "type", "status", "tags"];

/// The entities of a datasheet, uploads first, offerings last.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn status(client: &Client, datastore: &str, datasheet: &str) -> Result<Datasheet, Failure> {
    let query = Query::new().fields(&FIELDS).tag(tags::DATASHEET_NAME, datasheet);
    let told = |e| refused(&e);
    let mut entities = Vec::new();
    let carried = |tags: &std::collections::BTreeMap<String, String>| {
        tags.get(self::tags::DATASHEET_NAME).is_some_and(|name| name == datasheet)
    };
    for upload in client.uploads(datastore, &query).await.map_err(told)? {
        if upload.status != UploadStatus::Deleted && carried(&upload.tags) {
            entities.push(entity("upload", upload.id, upload.kind, upload.name, upload.status.as_str()));
        }
    }
    for data in client.stored_data_list(datastore, &query).await.map_err(told)? {
        if data.status != StoredDataStatus::Deleted && carried(&data.tags) {
            entities.push(entity("stored_data", data.id, data.kind, data.name, data.status.as_str()));
        }
    }
    let fields = query.with("fields", "layer_name");
    let mut offerings = Vec::new();
    for found in client.configurations(datastore, &fields).await.map_err(told)? {
        if !carried(&found.tags) {
            continue;
        }
        let wanted = Query::new().fields(&["layer_name", "type", "status", "urls"]);
        for offer in client.configuration_offerings(datastore, &found.id, &wanted).await.map_err(told)? {
            let kind = if offer.kind.is_empty() { found.kind.clone() } else { offer.kind };
            let mut told = entity("offering", offer.id, kind, found.layer_name.clone(), offer.status.as_str());
            told.urls = offer.urls.into_iter().map(|u| PublishedUrl { kind: u.kind, url: u.url }).collect();
            offerings.push(told);
        }
        entities.push(entity("configuration", found.id, found.kind, found.layer_name, &found.status));
    }
    entities.extend(offerings);
    Ok(Datasheet { name: datasheet.to_owned(), entities })
}

fn entity(entity: &'static str, id: String, kind: String, name: String, status: &str) -> Entity {
    Entity { id, entity, kind, name, status: status.to_owned(), urls: Vec::new() }
}

/// The names of the datasheets of a datastore.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn datasheets(client: &Client, datastore: &str) -> Result<Vec<String>, Failure> {
    let query = Query::new().fields(&FIELDS);
    let told = |e| refused(&e);
    let mut names = BTreeSet::new();
    let mut keep =
        |tags: std::collections::BTreeMap<String, String>| names.extend(tags.get(tags::DATASHEET_NAME).cloned());
    client.uploads(datastore, &query).await.map_err(told)?.into_iter().for_each(|u| keep(u.tags));
    client.stored_data_list(datastore, &query).await.map_err(told)?.into_iter().for_each(|d| keep(d.tags));
    client.configurations(datastore, &query).await.map_err(told)?.into_iter().for_each(|c| keep(c.tags));
    Ok(names.into_iter().collect())
}
