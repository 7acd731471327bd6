//! Package: plans are made here and written by a worker; a package already written for the same
//! sources is taken as it is, so that an interrupted publication goes on at once.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use inspect::worker::WorkerFailure;
use model::{Event, Failure, Inventory, Package, PackageKind, Step};
use package::{Choices, Plan, Refusal};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::Workplace;
use crate::workplace::disk;

/// The packages that the choices need, written into `into`, or among Quai's own data.
///
/// # Errors
/// When no conforming package can be made, or written.
pub async fn wrap(
    work: &Workplace,
    inventories: &[Inventory],
    choices: &Choices,
    into: Option<&Path>,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Vec<Package>, Failure> {
    let mut plans = package::plan(inventories, choices).map_err(|refusal| refused(&refusal))?;
    for plan in plans.iter_mut().filter(|p| p.zone.is_some()) {
        draw_footprint(work, inventories, plan, cancel).await;
    }
    let mut packages = Vec::new();
    for plan in &plans {
        news(Event::Started { step: Step::Package, total: Some(plan.bytes) });
        let kind = match plan.kind {
            PackageKind::Vector => "vector",
            PackageKind::Raster => "raster",
            PackageKind::Archive => "archive",
        };
        let kind = plan.zone.as_ref().map_or_else(|| kind.to_owned(), |zone| format!("{kind}-{}", zone.name));
        let folder = match into {
            Some(into) => into.join(&kind),
            None => work.data.join("packages").join(key_of(plan)).join(&kind),
        };
        let package = match written(&folder) {
            Some(package) if into.is_none() => {
                news(Event::Noted {
                    step: Step::Package,
                    message: ["le paquet est déjà écrit".to_owned(), "the package is written already".to_owned()],
                });
                package
            }
            _ => write(work, plan, &folder, news, cancel).await?,
        };
        packages.push(package);
        news(Event::Finished { step: Step::Package });
    }
    Ok(packages)
}

/// Gives a zone the outline of its data; the box around them serves where it cannot be drawn.
async fn draw_footprint(work: &Workplace, inventories: &[Inventory], plan: &mut Plan, cancel: &CancellationToken) {
    let path = |s: &package::PlanSource| s.archive.as_ref().map_or_else(|| s.main.clone(), |a| a.join(&s.main));
    let files = plan.sources.iter().map(|s| path(s).display().to_string()).collect();
    let request = json!({ "boxes": package::boxes(inventories, &files) });
    let drawn = work.pool().call("footprint", request, &|_| {}, cancel).await;
    if let (Some(zone), Ok(drawn)) = (&mut plan.zone, drawn) {
        zone.footprint = serde_json::from_value(drawn).unwrap_or_default();
    }
}

async fn write(
    work: &Workplace,
    plan: &Plan,
    folder: &Path,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Package, Failure> {
    let scratch = package::Scratch::beside(folder)
        .map_err(|e| disk(["Préparation du dossier des paquets", "Preparing the folder of packages"], &e))?;
    let tell = |value: Value| {
        if let Some(done) = value.get("done").and_then(Value::as_u64) {
            news(Event::Advanced { step: Step::Package, done });
        }
    };
    let request = json!({ "plan": plan, "into": folder, "work": scratch.path() });
    let outcome = work.pool().call("package", request, &tell, cancel).await;
    if outcome.is_err() {
        scratch.give_up();
    }
    let answer = outcome.map_err(|failure| match failure {
        WorkerFailure::Cancelled => Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked."),
        other => Failure::new(
            "PACKAGE_FAILED",
            format!("Le paquet n’a pas pu être écrit : {other}"),
            format!("The package could not be written: {other}"),
        )
        .hint(
            "Vérifiez la place sur le disque et les constats ci-dessus.",
            "Check the disk's space and the findings above.",
        ),
    })?;
    serde_json::from_value(answer).map_err(|e| disk(["Lecture du paquet", "Reading the package"], &e))
}

/// The packages that `quai package` wrote into a folder, when a path is such a folder: they are
/// delivered as they are, provided that nothing in them changed since.
///
/// # Errors
/// When a file of a package is no longer what it was.
pub(crate) fn packaged(paths: &[PathBuf]) -> Result<Option<Vec<Package>>, Failure> {
    let [folder] = paths else { return Ok(None) };
    let mut folders = vec![folder.clone()];
    folders.extend(["vector", "raster", "archive"].map(|kind| folder.join(kind)));
    let mut zones: Vec<PathBuf> =
        std::fs::read_dir(folder).map(|all| all.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    zones.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("archive-")));
    zones.sort();
    folders.extend(zones);
    let mut packages = Vec::new();
    for folder in folders.iter().filter(|f| f.join("package.json").is_file()) {
        let text = std::fs::read(folder.join("package.json"))
            .map_err(|e| disk(["Lecture du paquet", "Reading the package"], &e))?;
        // a file of that name may be anybody's
        let Ok(package) = serde_json::from_slice::<Package>(&text) else { continue };
        for file in &package.files {
            let now = package::digest(&file.local).ok();
            if now != Some((file.bytes, file.md5.clone())) {
                let path = file.local.display();
                return Err(Failure::new(
                    "FILE_CHANGED",
                    format!("Le fichier « {path} » a changé ou disparu depuis la préparation du paquet."),
                    format!("The file `{path}` changed or vanished since the package was made."),
                )
                .hint("Préparez le paquet à nouveau.", "Make the package again."));
            }
        }
        packages.push(package);
    }
    Ok(Some(packages).filter(|p| !p.is_empty()))
}

/// A package whose files are all there with their sizes.
fn written(folder: &Path) -> Option<Package> {
    let text = std::fs::read(folder.join("package.json")).ok()?;
    let package: Package = serde_json::from_slice(&text).ok()?;
    let whole = package.files.iter().all(|f| std::fs::metadata(&f.local).is_ok_and(|m| m.len() == f.bytes));
    whole.then_some(package)
}

/// The same plan over the same bytes has the same key; bytes are known by size and time.
pub(crate) fn key_of(plan: &Plan) -> String {
    let mut sha = Sha256::new();
    sha.update(serde_json::to_vec(plan).unwrap_or_default());
    for file in plan.sources.iter().flat_map(|s| s.archive.iter().chain(&s.files)) {
        if let Ok(metadata) = std::fs::metadata(file) {
            let when = metadata.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
            sha.update(format!("{}\0{}\0{when:?}\n", file.display(), metadata.len()));
        }
    }
    hex::encode(sha.finalize())[..24].to_owned()
}

pub(crate) fn refused(refusal: &Refusal) -> Failure {
    match refusal {
        Refusal::Nothing => Failure::new(
            "NOTHING_TO_PACKAGE",
            "Rien à livrer : aucune source n’est lisible ou ne convient aux services demandés.",
            "Nothing to deliver: no source can be read, or none suits the services asked for.",
        ),
        Refusal::AllEmpty(tables) => {
            let names = tables.join(", ");
            Failure::new(
                "ALL_TABLES_EMPTY",
                format!("Toutes les tables sont vides ({}) : {names}.", tables.len()),
                format!("Every table is empty ({}): {names}.", tables.len()),
            )
            .hint("Remplissez au moins une table.", "Fill at least one table.")
        }
        Refusal::NoCrs(layers) => {
            let names = layers.join(", ");
            Failure::new(
                "CRS_MISSING",
                format!("Le système de coordonnées de {names} est inconnu."),
                format!("The CRS of {names} is unknown."),
            )
            .hint("Indiquez-le, par exemple --srs EPSG:2154.", "Name it, for instance --srs EPSG:2154.")
        }
        Refusal::SameName(name) => Failure::new(
            "BASE_NAME_TWICE",
            format!("Deux fichiers s’appellent « {name} » : la plateforme les range à plat."),
            format!("Two files are called `{name}`: the platform stores them flat."),
        )
        .hint("Renommez l’un des deux.", "Rename one of them."),
        Refusal::Mixed(what) => Failure::new(
            "MIXED",
            format!("Images et vecteurs ne peuvent faire une seule livraison : {what}"),
            format!("Images and vectors cannot be one delivery: {what}"),
        ),
    }
}
