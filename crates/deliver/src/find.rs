//! Finding a delivery's own entities again: by tags, by the upload's name, or by what an execution
//! reads. Every window in which a run can be cut leaves one of these.

use model::Package;
use platform::wire::{Execution, StoredData, StoredDataStatus, Upload, UploadStatus, tags};
use platform::{Client, Query};

use crate::facts::{Memory, found};
use crate::journey::Stop;
use crate::order::Order;
use crate::process;

/// The stored data of a package, by its tags.
pub(crate) async fn tagged_data(
    client: &Client,
    order: &Order,
    package: &Package,
    kind: &str,
    recipe: Option<&str>,
) -> Result<Option<StoredData>, Stop> {
    let mut query = Query::new()
        .fields(&["name", "type", "status", "tags", "srs"])
        .with("type", kind)
        .tag(tags::DATASHEET_NAME, &order.datasheet)
        .tag(tags::PACKAGE, &package.fingerprint);
    if let Some(recipe) = recipe {
        query = query.tag(tags::RECIPE, recipe);
    }
    let mut all = client.stored_data_list(&order.datastore, &query).await?;
    all.retain(|d| d.status != StoredDataStatus::Deleted);
    all.sort_by_key(|d| d.status != StoredDataStatus::Generated);
    Ok(all.into_iter().next())
}

pub(crate) async fn find_upload(
    client: &Client,
    order: &Order,
    package: &Package,
    data_is_safe: bool,
    memory: &mut Memory,
) -> Result<Option<Upload>, Stop> {
    let key = format!("upload:{}", package.fingerprint);
    if let Some(id) = memory.known.get(&key) {
        let upload = found(client.upload(&order.datastore, id).await)?;
        if let Some(upload) = upload.filter(|u| u.status != UploadStatus::Deleted) {
            return Ok(Some(upload));
        }
        memory.known.remove(&key);
    }
    let fields = Query::new().fields(&["name", "type", "status", "srs", "size", "tags", "description"]);
    let kind = process::upload_type(package.kind);
    let query = fields
        .clone()
        .with("type", kind)
        .tag(tags::DATASHEET_NAME, &order.datasheet)
        .tag(tags::PACKAGE, &package.fingerprint);
    let mut all = client.uploads(&order.datastore, &query).await?;
    all.retain(|u| u.status != UploadStatus::Deleted);
    if all.is_empty() && !data_is_safe {
        // made, but cut before it was tagged
        let name = order.upload_name(package);
        all = client.uploads(&order.datastore, &fields.with("name", name.clone())).await?;
        all.retain(|u| u.name == name && u.kind == kind && u.status == UploadStatus::Open && u.tags.is_empty());
    }
    let upload = all.into_iter().next();
    if let Some(upload) = &upload {
        memory.known.insert(key, upload.id.clone());
    }
    Ok(upload)
}

/// The execution that reads an entity and whose product still lives, and that product. A run cut
/// between making an execution and tagging its product is found again here.
pub(crate) async fn made_by(
    client: &Client,
    order: &Order,
    reading: Option<(&str, &str)>,
    memory: &mut Memory,
    key: &str,
    data: &mut Option<StoredData>,
) -> Result<Option<Execution>, Stop> {
    let Some((filter, input)) = reading else { return Ok(None) };
    let mut ids: Vec<String> = memory.known.get(key).cloned().into_iter().collect();
    let just_made = !ids.is_empty();
    if ids.is_empty() {
        let query = Query::new().with(filter, input);
        ids = client.executions(&order.datastore, &query).await?.into_iter().map(|e| e.id).collect();
    }
    for id in ids {
        let Some(execution) = found(client.execution(&order.datastore, &id).await)? else { continue };
        let output = execution.output.as_ref().and_then(|o| o.stored_data.as_ref());
        let Some(output) = output else { continue };
        let made = found(client.stored_data(&order.datastore, &output.id).await)?;
        // one that carries our tags already is another delivery's, or another recipe's; unless we
        // made it just now, and the list does not show it yet
        let made = made
            .filter(|d| d.status != StoredDataStatus::Deleted && (just_made || !d.tags.contains_key(tags::PACKAGE)));
        let pyramid = filter == "input_stored_data";
        if let Some(made) = made.filter(|d| (d.kind == "ROK4-PYRAMID-VECTOR") == pyramid) {
            memory.known.insert(key.to_owned(), execution.id.clone());
            *data = Some(made);
            return Ok(Some(execution));
        }
    }
    memory.known.remove(key);
    Ok(None)
}

pub(crate) async fn run_of(
    client: &Client,
    order: &Order,
    data: Option<&StoredData>,
    tag: &str,
) -> Result<Option<Execution>, Stop> {
    let Some(id) = data.and_then(|d| d.tags.get(tag)) else { return Ok(None) };
    Ok(found(client.execution(&order.datastore, id).await)?)
}
