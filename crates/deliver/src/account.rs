//! Reads what an account and its datastore allow for a delivery that is wanted: requests that change
//! nothing. Judges nothing: that is `validate::preflight`.

use std::collections::BTreeSet;

use model::{
    AccountFacts, EndpointRoom, Failure, LiveService, LiveTable, NameUse, PackageKind, RunningExecution, StorageRoom,
    UploadLeft, Wanted,
};
use platform::wire::{Configuration, Datastore, StorageUse, StoredDataStatus, UploadStatus, known, tags};
use platform::{Client, Kind, Query, Refusal};

use crate::failure::refused;
use crate::publish::{kind_of, layer_name};

/// Processings asked for their types one by one, at most: lists may leave these out.
const MOST_ASKED: usize = 30;

/// Everything that decides whether a delivery can work, at one look.
///
/// # Errors
/// When the platform refuses to tell.
pub async fn account(client: &Client, datastore: &str, wanted: &Wanted) -> Result<AccountFacts, Failure> {
    read(client, datastore, wanted).await.map_err(|refusal| refused(&refusal))
}

async fn read(client: &Client, datastore: &str, wanted: &Wanted) -> Result<AccountFacts, Refusal> {
    let me = client.me().await?;
    let store = client.datastore(datastore).await?;
    let layer = layer_name(store.configuration_layer_name_prefix.as_deref(), &wanted.name);
    let own = me.communities_member.into_iter().find(|m| m.community.datastore.as_deref() == Some(datastore));
    let mut account = AccountFacts {
        datastore: store.id.clone(),
        datastore_name: store.name.clone(),
        active: store.active,
        rights: own.map(|m| m.rights),
        storages: store.storages.data.iter().map(room).collect(),
        uploads: store.storages.uploads.as_ref().map(room),
        endpoints: store
            .endpoints
            .iter()
            .map(|e| EndpointRoom {
                kind: e.endpoint.kind.clone(),
                name: e.endpoint.technical_name.clone(),
                open: e.endpoint.open,
                used: e.used,
                quota: e.quota,
            })
            .collect(),
        layer_name_prefix: store.configuration_layer_name_prefix.clone(),
        layer_name: layer,
        ..AccountFacts::default()
    };
    names(client, &store, wanted, &mut account).await?;
    running(client, datastore, wanted, &mut account).await?;
    account.left = left(client, datastore).await?;
    account.no_processing = no_processing(client, datastore, wanted).await?;
    Ok(account)
}

fn room(of: &StorageUse) -> StorageRoom {
    let text = |member: &str| of.storage[member].as_str().unwrap_or_default().to_owned();
    StorageRoom { kind: text("type"), name: text("name"), used: of.used, quota: (of.quota > 0).then_some(of.quota) }
}

/// Who has the layer's name, for each type of service wanted, and what our own live services show.
async fn names(client: &Client, store: &Datastore, wanted: &Wanted, account: &mut AccountFacts) -> Result<(), Refusal> {
    let mut kinds: Vec<&str> = wanted.services.iter().map(|s| kind_of(*s).0).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let query = Query::new()
            .fields(&["name", "layer_name", "type", "status", "tags"])
            .with("layer_name", account.layer_name.clone())
            .with("type", kind);
        let all = client.configurations(&store.id, &query).await?;
        let Some(found) = all.into_iter().find(|c| c.layer_name == account.layer_name && c.kind == kind) else {
            if answers(client, store, kind, &account.layer_name).await {
                account.names.push(NameUse {
                    kind: kind.to_owned(),
                    layer_name: account.layer_name.clone(),
                    datasheet: None,
                    here: false,
                });
            }
            continue;
        };
        let whole = client.configuration(&store.id, &found.id).await?;
        let datasheet = whole.tags.get(tags::DATASHEET_NAME).cloned();
        let ours = datasheet.as_ref() == Some(&wanted.datasheet);
        if ours && whole.status == "PUBLISHED" {
            account.live.push(LiveService {
                kind: kind.to_owned(),
                layer_name: whole.layer_name.clone(),
                tables: tables(client, &store.id, &whole).await?,
            });
        }
        account.names.push(NameUse { kind: kind.to_owned(), layer_name: whole.layer_name, datasheet, here: true });
    }
    Ok(())
}

/// The tables that a configuration serves, their columns as the platform knows them.
async fn tables(client: &Client, datastore: &str, configuration: &Configuration) -> Result<Vec<LiveTable>, Refusal> {
    let used = configuration.type_infos.get("used_data").and_then(serde_json::Value::as_array);
    let mut tables = Vec::new();
    for used in used.into_iter().flatten() {
        let Some(id) = used.get("stored_data").and_then(serde_json::Value::as_str) else { continue };
        let served: BTreeSet<&str> = used
            .get("relations")
            .and_then(serde_json::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|r| r.get("native_name").or_else(|| r.get("name"))?.as_str())
            .collect();
        let data = match client.stored_data(datastore, id).await {
            Ok(data) => data,
            Err(refusal) if refusal.kind == Kind::NotFound => continue,
            Err(refusal) => return Err(refusal),
        };
        let shown = data.type_infos.relations.into_iter().filter(|r| served.contains(r.name.as_str()));
        tables.extend(shown.map(|r| LiveTable { name: r.name, columns: r.attributes }));
    }
    Ok(tables)
}

/// Whether somebody, anywhere on the platform, already serves a layer of that name: where the
/// address of a layer is its name, it is enough to look. Silence is taken for freedom.
async fn answers(client: &Client, store: &Datastore, kind: &str, layer: &str) -> bool {
    let urls = store.endpoints.iter().filter(|e| e.endpoint.kind == kind).flat_map(|e| &e.endpoint.urls);
    for url in urls {
        let base = url.url.split('?').next().unwrap_or_default().trim_end_matches('/');
        let address = match (kind, url.kind.as_str()) {
            ("WMTS-TMS", "TMS") => format!("{base}/{layer}"),
            ("DOWNLOAD", _) => {
                let base = base.trim_end_matches("/resource").trim_end_matches("/capabilities");
                format!("{base}/resource/{layer}")
            }
            _ => continue,
        };
        if client.visit(&address, 1024).await.is_ok_and(|seen| seen.status == 200) {
            return true;
        }
    }
    false
}

/// Executions at work on data of the same datasheet.
async fn running(client: &Client, datastore: &str, wanted: &Wanted, account: &mut AccountFacts) -> Result<(), Refusal> {
    let query = Query::new().fields(&["name", "status", "tags"]).tag(tags::DATASHEET_NAME, &wanted.datasheet);
    let data = client.stored_data_list(datastore, &query).await?;
    // data that nothing makes or changes have a status that says so
    if data.iter().all(|d| d.status == StoredDataStatus::Deleted) {
        return Ok(());
    }
    let ours: BTreeSet<&str> = data.iter().map(|d| d.id.as_str()).collect();
    for status in ["WAITING", "PROGRESS"] {
        for run in client.executions(datastore, &Query::new().with("status", status)).await? {
            // lists are thin
            let whole = client.execution(datastore, &run.id).await?;
            if whole.status.as_str() != status {
                continue;
            }
            let output = whole.output.as_ref().and_then(|o| o.stored_data.as_ref());
            let touched = whole.inputs.stored_data.iter().chain(output);
            if let Some(on) = touched.into_iter().find(|d| ours.contains(d.id.as_str())) {
                account.running.push(RunningExecution {
                    id: whole.id.clone(),
                    processing: whole.processing.name.clone(),
                    status: status.to_owned(),
                    on: on.name.clone(),
                });
            }
        }
    }
    Ok(())
}

/// Uploads that are done with, or failed, and not deleted.
async fn left(client: &Client, datastore: &str) -> Result<Vec<UploadLeft>, Refusal> {
    let query = Query::new().fields(&["name", "status", "size"]);
    let all = client.uploads(datastore, &query).await?;
    let over = all.into_iter().filter(|u| matches!(u.status, UploadStatus::Closed | UploadStatus::Unstable));
    Ok(over
        .map(|u| UploadLeft {
            id: u.id,
            name: u.name,
            status: u.status.as_str().to_owned(),
            bytes: u.size.unwrap_or(0),
        })
        .collect())
}

/// Kinds of package that no processing of the datastore takes.
async fn no_processing(client: &Client, datastore: &str, wanted: &Wanted) -> Result<Vec<PackageKind>, Refusal> {
    let query = Query::new().fields(&["name", "input_types", "output_types"]);
    let offered = client.processings(datastore, &query).await?;
    let mut missing = Vec::new();
    for kind in &wanted.kinds {
        let (id, takes) = match kind {
            PackageKind::Vector => (known::VECTOR_INTEGRATION, "VECTOR"),
            PackageKind::Archive => (known::ARCHIVE_COPY, "ARCHIVE"),
            PackageKind::Raster => (known::RASTER_PYRAMID, "RASTER"),
        };
        let mut there = offered.iter().any(|p| p.id == id);
        for one in offered.iter().take(MOST_ASKED) {
            if there {
                break;
            }
            let types = if one.input_types.upload.is_null() {
                client.processing(datastore, &one.id).await?.input_types.upload
            } else {
                one.input_types.upload.clone()
            };
            there = types.as_array().is_some_and(|all| all.iter().any(|t| t == takes));
        }
        if !there {
            missing.push(*kind);
        }
    }
    Ok(missing)
}
