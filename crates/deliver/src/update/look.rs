//! What the raster services of a datasheet show, and whether an update waits.

use model::{Failure, UpdateHow};
use platform::wire::{Configuration, StoredData, StoredDataStatus, tags};
use platform::{Client, Query};

use super::RASTER;
use crate::failure::refused;

/// An update that waits for a word, or is not finished.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) made: StoredData,
    pub(super) how: UpdateHow,
    /// The upload it is made from; of a merge, the pyramid of the new images.
    pub(super) from: String,
    pub(super) package: String,
}

impl Pending {
    pub(super) fn of(made: StoredData) -> Option<Self> {
        let tag = |key: &str| made.tags.get(key).cloned();
        let how = UpdateHow::named(&tag(tags::UPDATE_HOW)?)?;
        let (from, package) = (tag(tags::UPDATE_FROM)?, tag(tags::UPDATE_PACKAGE)?);
        (tag(tags::UPDATE_STATE)? == "shown").then_some(Self { made, how, from, package })
    }
}

#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) datastore: String,
    pub(super) datasheet: String,
    /// What the services show, or showed before the update that waits.
    pub(super) live: StoredData,
    pub(super) pending: Option<Pending>,
    /// The pyramid of new images of a merge that is not made yet, or no more.
    pub(super) images: Option<String>,
    /// Of the services of that pyramid, whole.
    pub(super) configurations: Vec<Configuration>,
}

impl Look {
    /// Whether every service shows this pyramid and no other.
    pub(super) fn show_only(&self, data: &str) -> bool {
        self.configurations.iter().all(|c| c.stored_data() == [data])
    }

    pub(super) fn services(&self) -> Vec<String> {
        self.configurations.iter().map(|c| format!("{} {}", c.kind, c.layer_name)).collect()
    }
}

pub(super) async fn look(client: &Client, datastore: &str, datasheet: &str) -> Result<Look, Failure> {
    let told = |e| refused(&e);
    let query = Query::new().fields(&["name", "type", "status", "tags"]).tag(tags::DATASHEET_NAME, datasheet);
    let pyramids: Vec<StoredData> = client
        .stored_data_list(datastore, &query.clone().with("type", RASTER))
        .await
        .map_err(told)?
        .into_iter()
        .filter(|d| d.status != StoredDataStatus::Deleted && d.kind == RASTER)
        .filter(|d| d.tags.get(tags::DATASHEET_NAME).is_some_and(|n| n == datasheet))
        .collect();
    let pending = pyramids.iter().cloned().find_map(Pending::of);
    let images =
        pyramids.iter().find(|d| d.tags.get(tags::UPDATE_STATE).is_some_and(|s| s == "images")).map(|d| d.id.clone());
    let mut configurations = Vec::new();
    for short in client.configurations(datastore, &query.with("fields", "layer_name")).await.map_err(told)? {
        if short.tags.get(tags::DATASHEET_NAME).is_some_and(|n| n == datasheet) {
            let whole = client.configuration(datastore, &short.id).await.map_err(told)?;
            if whole.stored_data().iter().any(|id| pyramids.iter().any(|p| p.id == *id)) {
                configurations.push(whole);
            }
        }
    }
    let live = match &pending {
        Some(pending) => pending.made.tags.get(tags::UPDATE_OF).cloned().unwrap_or_default(),
        None => {
            let mut shown: Vec<&str> = configurations.iter().flat_map(Configuration::stored_data).collect();
            shown.sort_unstable();
            shown.dedup();
            match shown[..] {
                [only] => only.to_owned(),
                [] => return Err(no_pyramid(datasheet)),
                _ => return Err(several(datasheet, shown.len())),
            }
        }
    };
    Ok(Look {
        datastore: datastore.to_owned(),
        datasheet: datasheet.to_owned(),
        live: client.stored_data(datastore, &live).await.map_err(told)?,
        pending,
        images,
        configurations,
    })
}

fn no_pyramid(datasheet: &str) -> Failure {
    Failure::new(
        "UPDATE_NO_PYRAMID",
        format!("« {datasheet} » n’a pas de pyramide d’images en ligne : il n’y a rien à mettre à jour."),
        format!("`{datasheet}` has no live pyramid of images: there is nothing to update."),
    )
    .hint(
        "Des vecteurs se mettent à jour en publiant les nouvelles données sous le même nom. `quai status` donne les noms des fiches.",
        "Vectors are updated by publishing the new data under the same name. `quai status` lists the datasheets.",
    )
}

fn several(datasheet: &str, many: usize) -> Failure {
    Failure::new(
        "UPDATE_SEVERAL",
        format!("Les services de « {datasheet} » montrent {many} pyramides : laquelle mettre à jour ne se devine pas."),
        format!("The services of `{datasheet}` show {many} pyramids: which one to update cannot be guessed."),
    )
    .hint(
        "Publiez à nouveau les images d’origine sous ce nom, pour que tous les services montrent la même pyramide.",
        "Publish the original images again under that name, so that all services show the same pyramid.",
    )
}
