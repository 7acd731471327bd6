//! The list of what a datasheet lets one download: a line a part, with its addresses and its outline,
//! for a portal of the producer's own.

use std::collections::BTreeSet;

use model::{DownloadFile, Failure, ListedDownload};
use platform::wire::{OfferingStatus, tags};
use platform::{Client, Query};
use serde_json::Value;

use super::{extent_of, links, probe, refused, text};

/// The parts of a datasheet's downloads, in the order in which they are served.
///
/// # Errors
/// When the platform refuses to tell. Files of a part that does not answer are left out.
pub async fn downloads(client: &Client, datastore: &str, datasheet: &str) -> Result<Vec<ListedDownload>, Failure> {
    let told = |e| refused(&e);
    let query = Query::new()
        .fields(&["layer_name", "type", "tags"])
        .with("type", "DOWNLOAD")
        .tag(tags::DATASHEET_NAME, datasheet);
    let configurations = client.configurations(datastore, &query).await.map_err(told)?;
    let mut listed = Vec::new();
    for configuration in configurations {
        if configuration.tags.get(tags::DATASHEET_NAME).is_none_or(|name| name != datasheet) {
            continue;
        }
        let whole = client.configuration(datastore, &configuration.id).await.map_err(told)?;
        let offerings =
            client.configuration_offerings(datastore, &configuration.id, &Query::new()).await.map_err(told)?;
        let Some(offering) = offerings.iter().find(|o| o.status == OfferingStatus::Published).or(offerings.first())
        else {
            continue;
        };
        let offering = client.offering(datastore, &offering.id).await.map_err(told)?;
        let Some(resource) = offering.urls.first().map(|u| links::base(&u.url)) else { continue };
        for used in whole.type_infos.get("used_data").and_then(Value::as_array).into_iter().flatten() {
            let sub_name = text(used, "sub_name").to_owned();
            let url = format!("{resource}/{sub_name}");
            let data = client.stored_data(datastore, text(used, "stored_data")).await.ok();
            let footprint = data.as_ref().and_then(|d| d.extent.as_ref()).and_then(extent_of).cloned();
            let french = used.get("title").and_then(|t| t.get("fr").or(Some(t))).and_then(Value::as_str);
            let some = |name: &str| Some(text(used, name).to_owned()).filter(|t| !t.is_empty());
            listed.push(ListedDownload {
                layer_name: whole.layer_name.clone(),
                title: french.unwrap_or(&sub_name).to_owned(),
                format: some("format"),
                zone: some("zone"),
                resolution: some("resolution"),
                files: files(client, &url).await,
                url,
                sub_name,
                footprint,
            });
        }
    }
    Ok(listed)
}

/// The files that the feed of a part lists.
async fn files(client: &Client, url: &str) -> Vec<DownloadFile> {
    let Ok(answer) = client.visit(url, 16 << 20).await else { return Vec::new() };
    if answer.status != 200 {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    probe::links_of(&answer.bytes)
        .into_iter()
        .filter(|link| seen.insert(link.clone()))
        .map(|url| {
            let name = url.rsplit('/').next().unwrap_or_default();
            DownloadFile { name: percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned(), url }
        })
        .collect()
}
