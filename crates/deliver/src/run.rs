//! One execution of a processing outside the journey: found, made, launched, waited for.

use model::{Event, Failure, Step};
use platform::wire::requests::CreateExecution;
use platform::wire::{Execution, ExecutionStatus, StoredData, StoredDataStatus, tags};
use platform::{Client, Query};
use tokio_util::sync::CancellationToken;

use crate::check::telling;
use crate::facts::found;
use crate::failure::{self, cancelled, refused};
use crate::pace::Pace;
use crate::{News, delete};

/// The processing of an id; elsewhere than in production, one that takes and gives the same.
pub(crate) async fn processing(
    client: &Client,
    datastore: &str,
    id: &str,
    (uploads, data): (Option<&str>, Option<&str>),
) -> Result<String, Failure> {
    let query = Query::new().fields(&["name"]);
    let all = client.processings(datastore, &query).await.map_err(|e| refused(&e))?;
    if all.iter().any(|p| p.id == id) {
        return Ok(id.to_owned());
    }
    let takes = |list: &serde_json::Value, kind: Option<&str>| {
        let list = list.as_array().cloned().unwrap_or_default();
        kind.map_or(list.is_empty(), |kind| list.iter().any(|t| t == kind))
    };
    for one in all {
        let whole = client.processing(datastore, &one.id).await.map_err(|e| refused(&e))?;
        let inputs = takes(&whole.input_types.upload, uploads) && takes(&whole.input_types.stored_data, data);
        if inputs && whole.output_type.stored_data == "ROK4-PYRAMID-RASTER" {
            return Ok(whole.id);
        }
    }
    let takes = uploads.or(data).unwrap_or("–");
    Err(failure::processing_missing(&format!("{takes} → ROK4-PYRAMID-RASTER")))
}

/// An execution of ours that a cut left without a name on its product: one that fits, whose product
/// lives and carries no tag.
pub(crate) async fn left(
    client: &Client,
    datastore: &str,
    query: Query,
    fits: &(dyn Fn(&Execution) -> bool + Sync),
) -> Result<Option<(Execution, StoredData)>, Failure> {
    let told = |e| refused(&e);
    for short in client.executions(datastore, &query).await.map_err(told)? {
        let Some(execution) = found(client.execution(datastore, &short.id).await).map_err(told)? else { continue };
        let output = execution.output.as_ref().and_then(|o| o.stored_data.clone());
        let Some(output) = output.filter(|_| fits(&execution)) else { continue };
        let made = found(client.stored_data(datastore, &output.id).await).map_err(told)?;
        let usable = |d: &StoredData| {
            !matches!(d.status, StoredDataStatus::Deleted | StoredDataStatus::Unstable)
                && !d.tags.contains_key(tags::DATASHEET_NAME)
        };
        if let Some(made) = made.filter(usable) {
            return Ok(Some((execution, made)));
        }
    }
    Ok(None)
}

/// Makes an execution; gives it and the stored data that it will write.
pub(crate) async fn make(
    client: &Client,
    datastore: &str,
    body: &CreateExecution,
) -> Result<(Execution, StoredData), Failure> {
    let told = |e| refused(&e);
    let execution = client.create_execution(datastore, body).await.map_err(told)?;
    let output = execution.output.as_ref().and_then(|o| o.stored_data.as_ref()).map(|d| d.id.clone());
    let made = client.stored_data(datastore, &output.unwrap_or_default()).await.map_err(told)?;
    Ok((execution, made))
}

/// Launches an execution that is not, and waits for its end. What a first run leaves unusable goes.
pub(crate) async fn to_the_end(
    client: &Client,
    datastore: &str,
    id: &str,
    fresh: bool,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let told = |e| refused(&e);
    news(Event::Started { step: Step::Process, total: None });
    let mut pace = Pace::new();
    loop {
        let execution = client.execution(datastore, id).await.map_err(told)?;
        match execution.status {
            ExecutionStatus::Success => {
                news(Event::Finished { step: Step::Process });
                return Ok(());
            }
            ExecutionStatus::Created => {
                client.launch(datastore, id).await.map_err(told)?;
                pace.reset();
            }
            ExecutionStatus::Failure | ExecutionStatus::Aborted => {
                let lines = client.execution_logs(datastore, id, &Query::new()).await.unwrap_or_default();
                if let Some(output) = execution.output.and_then(|o| o.stored_data).filter(|_| fresh) {
                    delete::settled(cancel, async || client.delete_stored_data(datastore, &output.id).await)
                        .await
                        .map_err(told)?;
                }
                return Err(failure::processing_failed(&execution.processing.name, telling(&lines)));
            }
            _ => {}
        }
        if !pace.rest(cancel).await {
            return Err(cancelled());
        }
    }
}
