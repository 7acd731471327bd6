//! All the datasheets of a datastore at once, in three lists rather than three for each.

use std::collections::BTreeMap;

use model::Failure;
use platform::wire::{Datastore, StoredDataStatus as Data, UploadStatus, tags};
use platform::{Client, Query};

use crate::failure::refused;

/// What is under one name, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetFacts {
    pub uploads: u64,
    pub stored_data: u64,
    /// The platform's types of the configurations that are published.
    pub services: Vec<String>,
    /// Entities that the platform works on.
    pub working: u64,
    /// Entities that it says are unstable.
    pub failed: u64,
}

/// The datastore: its name, endpoints, storages and quotas.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn datastore(client: &Client, datastore: &str) -> Result<Datastore, Failure> {
    client.datastore(datastore).await.map_err(|e| refused(&e))
}

/// Whether a layer's name is taken in the datastore, prefix included.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn layer_name_is_taken(client: &Client, datastore: &str, name: &str) -> Result<bool, Failure> {
    let store = self::datastore(client, datastore).await?;
    let full = format!("{}{name}", store.configuration_layer_name_prefix.unwrap_or_default());
    let query = Query::new().fields(&["layer_name"]);
    let all = client.configurations(datastore, &query).await.map_err(|e| refused(&e))?;
    Ok(all.iter().any(|c| c.layer_name == full || c.layer_name == name))
}

/// Every datasheet, by name.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn overview(client: &Client, datastore: &str) -> Result<BTreeMap<String, SheetFacts>, Failure> {
    let query = Query::new().fields(&["name", "type", "status", "tags"]);
    let told = |e| refused(&e);
    let mut sheets: BTreeMap<String, SheetFacts> = BTreeMap::new();
    for upload in client.uploads(datastore, &query).await.map_err(told)? {
        let Some(name) = upload.tags.get(tags::DATASHEET_NAME) else { continue };
        if upload.status == UploadStatus::Deleted {
            continue;
        }
        let sheet = sheets.entry(name.clone()).or_default();
        sheet.uploads += 1;
        match upload.status {
            UploadStatus::Unstable => sheet.failed += 1,
            UploadStatus::Checking | UploadStatus::Generating | UploadStatus::Modifying => sheet.working += 1,
            _ => {}
        }
    }
    for data in client.stored_data_list(datastore, &query).await.map_err(told)? {
        let Some(name) = data.tags.get(tags::DATASHEET_NAME) else { continue };
        if data.status == Data::Deleted {
            continue;
        }
        let sheet = sheets.entry(name.clone()).or_default();
        sheet.stored_data += 1;
        match data.status {
            Data::Unstable => sheet.failed += 1,
            Data::Created | Data::Generating | Data::Modifying => sheet.working += 1,
            _ => {}
        }
    }
    for found in client.configurations(datastore, &query).await.map_err(told)? {
        let Some(name) = found.tags.get(tags::DATASHEET_NAME) else { continue };
        let sheet = sheets.entry(name.clone()).or_default();
        if found.status == "PUBLISHED" && !sheet.services.contains(&found.kind) {
            sheet.services.push(found.kind);
        }
    }
    Ok(sheets)
}
