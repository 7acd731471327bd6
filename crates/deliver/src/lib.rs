//! From a package to live services: upload, check, process, publish, share; then update.
//!
//! Nothing is remembered between two runs: where a delivery stands is worked out from what the
//! platform says ([`standing`]), and each step changes at most one thing there. So a journey
//! cut anywhere and begun again ends in the same services. Knows nothing of windows or terminals.

mod account;
mod check;
mod delete;
mod facts;
mod failure;
mod find;
mod harvest;
mod journey;
mod order;
mod overview;
mod pace;
mod process;
mod publish;
mod pyramid;
mod run;
mod share;
mod standing;
mod status;
mod style;
mod tiles;
mod update;
mod upload;

pub use account::account;
pub use delete::{Deletion, Doomed, delete, deletion};
pub use facts::{
    ConfigurationFacts, DataFacts, Facts, LineFacts, OfferingFacts, ProductFacts, RunState, ServiceFacts, UploadFacts,
};
pub use harvest::{Harvest, harvest, own_map};
pub use model::Failure;
pub use order::{Order, Published};
pub use overview::{SheetFacts, datastore, layer_name_is_taken, overview};
pub use pyramid::{Offered, Speed, choose, choose_for, offered, size_unknown, speed, told as pyramid_told};
pub use share::{downloads, share};
pub use standing::{Deed, Product, Standing, Trouble, standing};
pub use status::{Datasheet, Entity, datasheets, status};
pub use style::default_style;
pub use tiles::{Levels, levels};
pub use update::{Updatable, UpdateOrder, confirm_update, undo_update, updatable, update, without_masks};

use model::{Event, Step};
use platform::Client;
use tokio_util::sync::CancellationToken;

/// Whom to tell what happens.
pub type News<'a> = &'a (dyn Fn(Event) + Sync);

/// The whole journey: from packages to live services.
///
/// # Errors
/// What stopped it, in two languages; running it again goes on from there.
pub async fn publish(
    client: &Client,
    order: &Order,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let published = journey::travel(client, order, Step::Publish, news, cancel).await?;
    news(published.event(&order.datasheet));
    Ok(published)
}

/// Sends the packages, whole, and stops there.
///
/// # Errors
/// As [`publish`].
pub async fn upload(
    client: &Client,
    order: &Order,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let sent = journey::travel(client, order, Step::Upload, news, cancel).await?;
    news(Event::Uploaded { datasheet: order.datasheet.clone(), uploads: sent.uploads.clone() });
    Ok(sent)
}

/// Sends the packages and waits for the platform's checks.
///
/// # Errors
/// As [`publish`]; the lines of the log that explain a failed check are in the failure.
pub async fn check(
    client: &Client,
    order: &Order,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let checked = journey::travel(client, order, Step::Check, news, cancel).await?;
    let checks = check::outcomes(client, order, &checked.uploads).await?;
    news(Event::Checked { datasheet: order.datasheet.clone(), uploads: checked.uploads.clone(), checks });
    Ok(checked)
}

/// Goes as far as the stored data.
///
/// # Errors
/// As [`publish`].
pub async fn process(
    client: &Client,
    order: &Order,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let processed = journey::travel(client, order, Step::Process, news, cancel).await?;
    news(Event::Processed { datasheet: order.datasheet.clone(), stored_data: processed.stored_data.clone() });
    Ok(processed)
}
