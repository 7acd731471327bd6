//! The whole way: look, wrap, deliver.

use std::collections::BTreeMap;
use std::path::PathBuf;

use deliver::{Datasheet, Deletion, Order, Published};
use model::{Event, Failure, Level, Package, PackageKind, PyramidWish, Service, SharedOffering, Step, conforming_name};
use package::Choices;
use platform::wire::requests::Attribution;
use tokio_util::sync::CancellationToken;
use validate::Expectations;

use crate::preflight::expect_to_end;
use crate::workplace::disk;
use crate::wrap::packaged;
use crate::{Reach, Workplace, look, wrap};

/// A style file, for one table or for all.
#[derive(Debug, Clone)]
pub struct Style {
    pub table: Option<String>,
    pub file: PathBuf,
}

/// What to publish, and how.
#[derive(Debug, Clone, Default)]
pub struct PublishRequest {
    pub paths: Vec<PathBuf>,
    pub services: Vec<Service>,
    pub name: String,
    pub datasheet: Option<String>,
    pub title: String,
    pub abstract_: String,
    pub keywords: Vec<String>,
    /// Who made the data, and an address that says more.
    pub attribution: Option<Attribution>,
    pub styles: Vec<Style>,
    pub srs: Option<String>,
    pub private: bool,
    pub keep_upload: bool,
    /// What is downloaded by itself.
    pub zones: model::Zones,
    /// Of images; what is absent is chosen from them.
    pub pyramid: PyramidWish,
}

/// From paths to live services. Cut anywhere and asked again, it goes on from there.
///
/// # Errors
/// What stopped it; blocking findings were told as events before.
pub async fn publish(
    work: &Workplace,
    reach: &Reach,
    request: &PublishRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    deliver_to(work, reach, request, Step::Publish, news, cancel).await
}

/// The same, no further than a step: upload sends the files, check waits for the platform's checks,
/// process goes as far as the stored data, publish to the end.
///
/// # Errors
/// As [`publish`].
pub async fn deliver_to(
    work: &Workplace,
    reach: &Reach,
    request: &PublishRequest,
    last: Step,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let _lock = lock(work, &request.name)?;
    let order = prepare(work, reach, request, news, cancel).await?;
    if matches!(last, Step::Publish | Step::Share) {
        expect_to_end(work, reach, request, &order.packages).await?;
    }
    match last {
        Step::Check => deliver::check(&reach.client, &order, news, cancel).await,
        Step::Process => deliver::process(&reach.client, &order, news, cancel).await,
        Step::Publish | Step::Share => deliver::publish(&reach.client, &order, news, cancel).await,
        _ => deliver::upload(&reach.client, &order, news, cancel).await,
    }
}

/// Where the services of a datasheet are, and whether they answer.
///
/// # Errors
/// The platform's refusal, or that nothing is published under that name.
pub async fn share(
    reach: &Reach,
    datasheet: &str,
    probing: bool,
    news: &(dyn Fn(Event) + Sync),
) -> Result<Vec<SharedOffering>, Failure> {
    let offerings = deliver::share(&reach.client, &reach.datastore, datasheet, probing, news).await?;
    if offerings.is_empty() {
        return Err(Failure::new(
            "NOTHING_PUBLISHED",
            format!("Rien n’est publié sous le nom « {datasheet} » dans cet entrepôt."),
            format!("Nothing is published under the name `{datasheet}` in this datastore."),
        )
        .hint("`quai status` donne les noms des fiches.", "`quai status` lists the datasheets."));
    }
    Ok(offerings)
}

/// One delivery of a name at a time: two at once would each create what the other does.
pub(crate) fn lock(work: &Workplace, name: &str) -> Result<std::fs::File, Failure> {
    let doing = ["Verrou de la livraison", "Locking the delivery"];
    let folder = work.data.join("locks");
    std::fs::create_dir_all(&folder).map_err(|e| disk(doing, &e))?;
    let file = std::fs::File::create(folder.join(conforming_name(name))).map_err(|e| disk(doing, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Failure::new(
            "ALREADY_RUNNING",
            format!("La livraison « {name} » est déjà en cours dans un autre processus."),
            format!("The delivery `{name}` is already running in another process."),
        )
        .hint("Attendez qu’elle finisse, ou arrêtez-la.", "Wait for it to end, or stop it.")),
        Err(std::fs::TryLockError::Error(fault)) => Err(disk(doing, &fault)),
    }
}

async fn prepare(
    work: &Workplace,
    reach: &Reach,
    request: &PublishRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Order, Failure> {
    let packages = packages_of(work, request, news, cancel).await?;
    let (rok4, sld): (Vec<Style>, Vec<Style>) = request
        .styles
        .iter()
        .cloned()
        .partition(|s| s.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")));
    let styles = read_styles(&sld, &packages)?;
    let raster_styles = rok4.iter().map(read_style).collect::<Result<Vec<_>, _>>()?;
    Ok(Order {
        datastore: reach.datastore.clone(),
        datasheet: request.datasheet.clone().unwrap_or_else(|| request.name.clone()),
        name: request.name.clone(),
        packages,
        services: request.services.clone(),
        title: request.title.clone(),
        abstract_: request.abstract_.clone(),
        keywords: request.keywords.clone(),
        attribution: request.attribution.clone(),
        styles,
        open: !request.private,
        keep_upload: request.keep_upload,
        tile_levels: None,
        pyramid: request.pyramid.clone(),
        raster_styles,
    })
}

/// What would be sent: packages made before, or made now.
pub(crate) async fn packages_of(
    work: &Workplace,
    request: &PublishRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Vec<Package>, Failure> {
    let paths = request.paths.clone();
    // files are read whole to know whether they changed
    let made = tokio::task::spawn_blocking(move || packaged(&paths)).await;
    let made = made.unwrap_or_else(|fault| Err(disk(["Lecture du paquet", "Reading the package"], &fault)));
    match made? {
        Some(packages) => Ok(packages),
        None => look_and_wrap(work, request, news, cancel).await,
    }
}

async fn look_and_wrap(
    work: &Workplace,
    request: &PublishRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Vec<Package>, Failure> {
    let expectations = Expectations {
        declared_srs: request.srs.clone(),
        services: request.services.clone(),
        language: work.language,
        ..Expectations::default()
    };
    let looked = look(work, &request.paths, &expectations, news, cancel).await;
    if cancel.is_cancelled() {
        return Err(Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked."));
    }
    let blocks = looked.count(Level::Blocks);
    if blocks > 0 {
        let first: Vec<[String; 2]> = looked
            .findings
            .iter()
            .filter(|f| f.level == Level::Blocks)
            .filter_map(|f| f.sentences.clone())
            .take(30)
            .collect();
        let all = |at: usize| first.iter().map(|s| s[at].as_str()).collect::<Vec<_>>().join("\n  ");
        return Err(Failure::new(
            "DATA_BLOCKED",
            format!("Rien n’a été envoyé : {blocks} constat(s) empêche(nt) la livraison.\n  {}", all(0)),
            format!("Nothing was sent: {blocks} finding(s) stop the delivery.\n  {}", all(1)),
        )
        .hint("Corrigez les données, puis relancez.", "Mend the data, then run again."));
    }
    let choices = Choices {
        name: request.name.clone(),
        services: request.services.clone(),
        srs: request.srs.clone(),
        rewrite: false,
        zones: request.zones,
    };
    wrap(work, &looked.inventories, &choices, None, news, cancel).await
}

fn read_style(style: &Style) -> Result<Vec<u8>, Failure> {
    std::fs::read(&style.file).map_err(|e| {
        Failure::new(
            "STYLE_UNREADABLE",
            format!("Le style « {} » ne se lit pas : {e}", style.file.display()),
            format!("The style `{}` cannot be read: {e}", style.file.display()),
        )
    })
}

fn read_styles(styles: &[Style], packages: &[Package]) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let tables: Vec<&str> = packages
        .iter()
        .filter(|p| p.kind == PackageKind::Vector)
        .flat_map(|p| &p.layers)
        .map(|l| l.table.as_str())
        .collect();
    let mut read = BTreeMap::new();
    for style in styles {
        let bytes = read_style(style)?;
        match &style.table {
            Some(table) => drop(read.insert(table.clone(), bytes)),
            None => {
                for table in &tables {
                    read.insert((*table).to_owned(), bytes.clone());
                }
            }
        }
    }
    Ok(read)
}

/// What the platform holds of a datasheet.
///
/// # Errors
/// The platform's refusal.
pub async fn status(reach: &Reach, datasheet: &str) -> Result<Datasheet, Failure> {
    deliver::status(&reach.client, &reach.datastore, datasheet).await
}

/// The datasheets of a datastore, by name.
///
/// # Errors
/// The platform's refusal.
pub async fn datasheets(reach: &Reach) -> Result<Vec<String>, Failure> {
    deliver::datasheets(&reach.client, &reach.datastore).await
}

/// What deleting a datasheet would remove.
///
/// # Errors
/// The platform's refusal.
pub async fn deletion(reach: &Reach, datasheet: &str) -> Result<Deletion, Failure> {
    deliver::deletion(&reach.client, &reach.datastore, datasheet).await
}

/// Removes what [`deletion`] listed.
///
/// # Errors
/// The platform's refusal.
pub async fn delete(
    reach: &Reach,
    deletion: &Deletion,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    deliver::delete(&reach.client, deletion, news, cancel).await
}
