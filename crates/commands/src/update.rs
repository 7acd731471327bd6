//! Updates of a live raster pyramid, and the harvest of a WMS into one.

use std::path::PathBuf;

use deliver::{Harvest, Levels, Order, Published, UpdateOrder};
use model::{AccountFacts, Code, Event, Extent, Failure, Package, PackageKind, Service, Update, UpdateHow, Wanted};
use tokio_util::sync::CancellationToken;

use crate::journey::{PublishRequest, lock, packages_of};
use crate::{Reach, Workplace};

/// New images for the raster services of a datasheet.
#[derive(Debug, Clone)]
pub struct UpdateRequest {
    pub datasheet: String,
    pub paths: Vec<PathBuf>,
    pub how: UpdateHow,
    pub srs: Option<String>,
}

/// What the raster services of a datasheet show, and whether an update waits for a word.
///
/// # Errors
/// The platform's refusal, or that there is no raster pyramid there.
pub async fn updatable(reach: &Reach, datasheet: &str) -> Result<deliver::Updatable, Failure> {
    deliver::updatable(&reach.client, &reach.datastore, datasheet).await
}

/// The right that is missing to update, in its sentence; nothing when none is. Nothing was done.
///
/// # Errors
/// The platform's refusal to tell.
pub async fn update_refused(work: &Workplace, reach: &Reach) -> Result<Option<Failure>, Failure> {
    let told = |e| crate::account::refused(&e);
    let me = reach.client.me().await.map_err(told)?;
    let store = reach.client.datastore(&reach.datastore).await.map_err(told)?;
    let own = me.communities_member.into_iter().find(|m| m.community.datastore.as_deref() == Some(&store.id));
    let account = AccountFacts {
        datastore_name: store.name,
        active: store.active,
        rights: own.map(|m| m.rights),
        ..AccountFacts::default()
    };
    let wanted = Wanted { kinds: vec![PackageKind::Raster], services: vec![Service::Wmts], ..Wanted::default() };
    let judged = validate::preflight(&wanted, &account, Vec::new(), work.language);
    let missing = judged.findings.into_iter().find(|f| matches!(f.code, Code::RightMissing | Code::DatastoreInactive));
    Ok(missing.map(|finding| {
        let [fr, en] = finding.sentences.unwrap_or_default();
        Failure::new(finding.code.to_string(), fr, en).hint(
            "Demandez ce droit au superviseur de l’espace de travail.",
            "Ask the community's supervisor for that right.",
        )
    }))
}

/// Brings new images into live services; the former state can come back until it is confirmed.
///
/// # Errors
/// What stopped it; asked again, it goes on from there.
pub async fn update(
    work: &Workplace,
    reach: &Reach,
    request: &UpdateRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Update, Failure> {
    let _lock = lock(work, &request.datasheet)?;
    // before files are read: that there is something to update
    deliver::updatable(&reach.client, &reach.datastore, &request.datasheet).await?;
    if let Some(refused) = update_refused(work, reach).await? {
        return Err(refused);
    }
    let wanted = PublishRequest {
        paths: request.paths.clone(),
        services: vec![Service::Wmts],
        name: request.datasheet.clone(),
        srs: request.srs.clone(),
        ..PublishRequest::default()
    };
    let packages = packages_of(work, &wanted, news, cancel).await?;
    let package = images(packages)?;
    let order = UpdateOrder {
        datastore: reach.datastore.clone(),
        datasheet: request.datasheet.clone(),
        how: request.how,
        package,
    };
    deliver::update(&reach.client, &order, news, cancel).await
}

fn images(packages: Vec<Package>) -> Result<Package, Failure> {
    packages.into_iter().find(|p| p.kind == PackageKind::Raster).ok_or_else(|| {
        Failure::new(
            "UPDATE_NO_IMAGES",
            "La mise à jour d’une pyramide demande des images : il n’y en a pas dans ce qui est donné.",
            "Updating a pyramid takes images: there are none in what is given.",
        )
    })
}

/// Gives the former state up.
///
/// # Errors
/// That no update waits, or the platform's refusal.
pub async fn confirm_update(
    work: &Workplace,
    reach: &Reach,
    datasheet: &str,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Update, Failure> {
    let _lock = lock(work, datasheet)?;
    deliver::confirm_update(&reach.client, &reach.datastore, datasheet, news, cancel).await
}

/// Brings the former state back.
///
/// # Errors
/// That no update waits, that it is confirmed already, or the platform's refusal.
pub async fn undo_update(
    work: &Workplace,
    reach: &Reach,
    datasheet: &str,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Update, Failure> {
    let _lock = lock(work, datasheet)?;
    deliver::undo_update(&reach.client, &reach.datastore, datasheet, news, cancel).await
}

/// A WMS, and the services to make of its pictures.
#[derive(Debug, Clone, Default)]
pub struct HarvestRequest {
    pub name: String,
    /// A datasheet that publishes a WMS of vectors.
    pub from: Option<String>,
    /// Or an address, and layers.
    pub url: Option<String>,
    pub layers: Option<String>,
    /// In degrees; that of the datasheet when absent.
    pub area: Option<Extent>,
    /// The least detailed first; chosen from the area when absent.
    pub levels: Option<(u8, u8)>,
    pub transparent: bool,
    pub services: Vec<Service>,
    pub title: String,
    pub private: bool,
}

/// From a WMS to live services of its pictures.
///
/// # Errors
/// What stopped it; asked again, it goes on from there.
pub async fn harvest(
    work: &Workplace,
    reach: &Reach,
    request: &HarvestRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let _lock = lock(work, &request.name)?;
    let (url, layers, ground) = match (&request.from, &request.url, &request.layers) {
        (Some(datasheet), None, None) => deliver::own_map(&reach.client, &reach.datastore, datasheet).await?,
        (None, Some(url), Some(layers)) => (url.clone(), layers.clone(), None),
        _ => return Err(usage("--from, ou --url et --layers.", "--from, or --url and --layers.")),
    };
    let area = request.area.or(ground).ok_or_else(|| {
        usage(
            "--area OUEST,SUD,EST,NORD dit quelle zone moissonner.",
            "--area WEST,SOUTH,EAST,NORTH says what to harvest.",
        )
    })?;
    let levels = match request.levels {
        Some((top, bottom)) if top <= bottom => Levels { top, bottom },
        Some(_) => {
            return Err(usage(
                "--levels : le moins détaillé d’abord, 8-14.",
                "--levels: the least detailed first, 8-14.",
            ));
        }
        None => deliver::levels(Some(area)),
    };
    let order = Order {
        datastore: reach.datastore.clone(),
        datasheet: request.name.clone(),
        name: request.name.clone(),
        services: request.services.clone(),
        title: request.title.clone(),
        open: !request.private,
        ..Order::default()
    };
    let wanted = Harvest { url, layers, area, levels, transparent: request.transparent };
    deliver::harvest(&reach.client, &order, &wanted, news, cancel).await
}

fn usage(fr: &str, en: &str) -> Failure {
    Failure::new("USAGE", fr, en)
}
