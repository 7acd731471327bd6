//! Repair: what the findings allow is measured and told, what is picked is written as a copy, and the
//! copy is judged as the source was. The source is only ever read; dropping the copy undoes it all.

use std::path::{Path, PathBuf};

use inspect::worker::WorkerFailure;
use model::{
    Event, Failure, Package, PackageKind, Repair, RepairChoices, RepairPlan, RepairRecord, Repaired, RepairedTable,
    Stays, Step,
};
use package::repair as mending;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use validate::Expectations;

use crate::Workplace;
use crate::look::{Looked, look};
use crate::workplace::{disk, replace};
use crate::wrap::refused;

fn cancelled() -> Failure {
    Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked.")
}

/// What may be mended of sources already looked at, what the choices pick, and what that writes.
///
/// # Errors
/// Only when it was cancelled: what cannot be measured is not offered.
pub async fn plan_repairs(
    work: &Workplace,
    looked: &Looked,
    choices: &RepairChoices,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<RepairPlan, Failure> {
    let repairs = offer(work, looked, choices, news, cancel).await?;
    Ok(show(looked, &repairs, choices))
}

async fn offer(
    work: &Workplace,
    looked: &Looked,
    choices: &RepairChoices,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Vec<Repair>, Failure> {
    let mut measures = mending::AllMeasures::new();
    for inventory in &looked.inventories {
        for layer in &inventory.layers {
            let wanted = mending::wanted(inventory, layer, &looked.findings, choices);
            if wanted.is_nothing() {
                continue;
            }
            let request = mending::measure_request(inventory, layer, &wanted);
            let tell = |value: Value| {
                if let Some(done) = value.get("features").and_then(Value::as_u64) {
                    news(Event::Advanced { step: Step::Validate, done });
                }
            };
            match work.pool().call("measure", request, &tell, cancel).await {
                Ok(answer) => {
                    if let Ok(found) = serde_json::from_value(answer) {
                        measures.insert((inventory.path.clone(), layer.name.clone()), found);
                    }
                }
                Err(WorkerFailure::Cancelled) => return Err(cancelled()),
                Err(failure) => news(Event::Warned {
                    step: Step::Validate,
                    code: model::Code::ScanStopped,
                    message: [
                        format!("La couche {} n’a pas pu être mesurée : {failure}", layer.name),
                        format!("The layer {} could not be measured: {failure}", layer.name),
                    ],
                }),
            }
        }
    }
    Ok(mending::offer(&looked.inventories, &looked.findings, &measures, choices))
}

fn show(looked: &Looked, repairs: &[Repair], choices: &RepairChoices) -> RepairPlan {
    let (settled, _) = mending::decide(&looked.inventories, repairs, choices);
    let planned = mending::plan(&looked.inventories, repairs, choices);
    let (tables, srs, refusal) = match &planned {
        Ok(plan) => {
            let tables = plan.layers.iter().flat_map(|layer| {
                let file = plan.sources[layer.source].main.display().to_string();
                layer.tables.iter().map(move |table| RepairedTable {
                    file: file.clone(),
                    layer: layer.layer.clone(),
                    table: table.table.clone(),
                    geometry: table.geometry.clone(),
                    features: table.features,
                    fields: layer.fields.clone(),
                })
            });
            let images = plan.images.iter().filter(|image| image.mend.is_some()).map(|image| RepairedTable {
                file: image.files.first().map(|f| f.display().to_string()).unwrap_or_default(),
                layer: image.stem.clone(),
                table: image.stem.clone(),
                geometry: "Raster".to_owned(),
                features: 1,
                fields: Vec::new(),
            });
            (tables.chain(images).collect(), Some(plan.srs.clone()), None)
        }
        Err(refusal) => (Vec::new(), None, Some(refused(refusal).message)),
    };
    RepairPlan {
        name: settled.name,
        srs,
        repairs: repairs.to_vec(),
        tables,
        stays: mending::stays(&looked.findings, repairs),
        refused: refusal,
    }
}

/// Writes the copy that a plan's picks make into the folder `into`, or among Quai's own data, then
/// inspects and judges it. The choices are those that the plan was made with.
///
/// # Errors
/// When no copy can be made or written; nothing is left of it then.
pub async fn repair(
    work: &Workplace,
    looked: &Looked,
    (planned, choices): (&RepairPlan, &RepairChoices),
    into: Option<&Path>,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Repaired, Failure> {
    let repairs = &planned.repairs;
    let plan = mending::plan(&looked.inventories, repairs, choices)
        .map_err(|refusal| with_choices(refused(&refusal), &planned.stays))?;
    let done: Vec<Repair> = repairs.iter().filter(|r| r.picked.is_some()).map(only_picked).collect();
    let seed = RepairRecord {
        who: who(),
        when: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        tool: tool(work).await,
        before: Vec::new(),
        after: Vec::new(),
        repairs: done,
        tables: Vec::new(),
        stays: Vec::new(),
    };
    let kind = if plan.kind == PackageKind::Raster { "raster" } else { "vector" };
    let folder = match into {
        Some(into) => into.join(kind),
        None => work.data.join("repairs").join(folder_of(&plan)).join(kind),
    };
    if let Some(clash) =
        looked.inventories.iter().flat_map(|i| &i.files).find(|f| Path::new(&f.path).starts_with(&folder))
    {
        return Err(Failure::new(
            "SOURCE_IN_THE_WAY",
            format!("La source « {} » est dans le dossier où la copie s’écrirait.", clash.path),
            format!("The source `{}` is in the folder where the copy would be written.", clash.path),
        )
        .hint("Choisissez un autre dossier.", "Choose another folder."));
    }
    news(Event::Started { step: Step::Package, total: Some(plan.bytes) });
    let tell = |value: Value| {
        if let Some(done) = value.get("done").and_then(Value::as_u64) {
            news(Event::Advanced { step: Step::Package, done });
        }
    };
    let scratch = package::Scratch::beside(&folder)
        .map_err(|e| disk(["Préparation du dossier de la copie", "Preparing the copy's folder"], &e))?;
    let request = json!({ "plan": plan, "into": folder, "work": scratch.path(), "record": seed });
    let outcome = work.pool().call("package", request, &tell, cancel).await;
    if outcome.is_err() {
        scratch.give_up();
    }
    let answer = outcome.map_err(|failure| failed(&failure))?;
    let (package, mut record): (Package, RepairRecord) =
        serde_json::from_value(answer).map_err(|e| disk(["Lecture de la copie", "Reading the copy"], &e))?;
    news(Event::Finished { step: Step::Package });
    // a copy that was not judged would say of itself that nothing stays
    let stays = judge(work, &package, looked, repairs, choices, cancel).await.inspect_err(|_| {
        let _ = std::fs::remove_dir_all(&folder);
    })?;
    record.stays = stays.iter().map(|s| s.finding.code).collect();
    record.stays.dedup();
    let text = serde_json::to_vec_pretty(&record).unwrap_or_default();
    replace(&folder.join(package::RECORD), &text, ["Écriture du compte rendu", "Writing the record"])?;
    Ok(Repaired { folder, package, record, stays })
}

/// A refusal that a choice would lift says which: `--srs` alone states nothing in a repair.
fn with_choices(failure: Failure, stays: &[Stays]) -> Failure {
    if failure.code != "CRS_MISSING" {
        return failure;
    }
    let of_crs = |s: &&Stays| s.finding.code.as_str().starts_with("CRS_");
    let mut flags: Vec<&str> = stays.iter().filter(of_crs).flat_map(|s| &s.choose).map(String::as_str).collect();
    flags.dedup();
    if flags.is_empty() {
        flags.push("--fix CRS_MISSING=EPSG:…");
    }
    failure.hint(
        format!("Dites lequel est le vrai, en ajoutant {}.", flags.join(" ou ")),
        format!("Say which is the true one, by adding {}.", flags.join(" or ")),
    )
}

/// What is still found in the copy, and why.
async fn judge(
    work: &Workplace,
    package: &Package,
    looked: &Looked,
    repairs: &[Repair],
    choices: &RepairChoices,
    cancel: &CancellationToken,
) -> Result<Vec<Stays>, Failure> {
    let files: Vec<PathBuf> = package.files.iter().map(|f| f.local.clone()).collect();
    let expectations =
        Expectations { declared_srs: choices.srs.clone(), language: work.language, ..Expectations::default() };
    let after = look(work, &files, &expectations, &|_| {}, cancel).await;
    if cancel.is_cancelled() {
        return Err(cancelled());
    }
    let before = mending::stays(&looked.findings, repairs);
    Ok(after
        .findings
        .into_iter()
        .map(|finding| {
            // the reason told of the source's finding is that of the copy's
            let known = before.iter().find(|s| s.finding.code == finding.code);
            let why = known.map_or_else(|| mending::why_not(finding.code), |s| s.why.clone());
            Stays { why, choose: known.map(|s| s.choose.clone()).unwrap_or_default(), finding }
        })
        .collect())
}

/// The repair with the option that was done, and no other.
fn only_picked(repair: &Repair) -> Repair {
    let options = repair.options.iter().filter(|o| Some(&o.name) == repair.picked.as_ref()).cloned().collect();
    Repair { options, ..repair.clone() }
}

fn failed(failure: &WorkerFailure) -> Failure {
    match failure {
        WorkerFailure::Cancelled => cancelled(),
        other => Failure::new(
            "REPAIR_FAILED",
            format!("La copie réparée n’a pas pu être écrite : {other}"),
            format!("The mended copy could not be written: {other}"),
        )
        .hint(
            "La source est intacte. Vérifiez la place sur le disque, ou choisissez une autre réparation.",
            "The source is untouched. Check the disk's space, or pick another repair.",
        ),
    }
}

/// The account of this machine.
fn who() -> String {
    let named = |name: &&str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let words = ["USER", "LOGNAME", "USERNAME"];
    words.iter().find_map(named).or_else(account).unwrap_or_else(|| "?".to_owned())
}

#[cfg(unix)]
fn account() -> Option<String> {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten()?;
    Some(user.name)
}

#[cfg(not(unix))]
fn account() -> Option<String> {
    None
}

async fn tool(work: &Workplace) -> String {
    let answer = work.pool().call("version", json!({}), &|_| {}, &CancellationToken::new()).await.unwrap_or_default();
    let of = |name: &str| answer[name].as_str().unwrap_or("?").to_owned();
    format!("quai {}, GDAL {}, GEOS {}", env!("CARGO_PKG_VERSION"), of("gdal"), of("geos"))
}

fn folder_of(plan: &package::Plan) -> String {
    crate::wrap::key_of(plan)
}

/// Undoes a repair: the folder of a copy that was made by one is removed, and nothing else.
///
/// # Errors
/// When the folder holds no record of a repair, or something that no repair wrote.
pub fn undo_repair(folder: &Path) -> Result<(), Failure> {
    let places = [folder.to_owned(), folder.join("vector"), folder.join("raster")];
    let [_, usual, _] = &places;
    let folder = places.iter().find(|f| f.join(package::RECORD).is_file()).unwrap_or(usual).clone();
    let not_ours = || {
        Failure::new(
            "NOT_A_REPAIR",
            format!("Le dossier « {} » n’est pas celui d’une réparation.", folder.display()),
            format!("The folder `{}` is not that of a repair.", folder.display()),
        )
        .hint("Rien n’a été supprimé.", "Nothing was removed.")
    };
    let text = std::fs::read(folder.join("package.json")).map_err(|_| not_ours())?;
    let package: Package = serde_json::from_slice(&text).map_err(|_| not_ours())?;
    let record = std::fs::read(folder.join(package::RECORD)).map_err(|_| not_ours())?;
    serde_json::from_slice::<RepairRecord>(&record).map_err(|_| not_ours())?;
    let own: Vec<String> = package
        .files
        .iter()
        .filter_map(|f| f.local.file_name().map(|n| n.to_string_lossy().into_owned()))
        .chain(["package.json", package::RECORD, package::images::MOSAIC].map(str::to_owned))
        .collect();
    let entries = std::fs::read_dir(&folder).map_err(|e| disk(["Annulation", "Undoing"], &e))?;
    if entries.flatten().any(|e| !own.contains(&e.file_name().to_string_lossy().into_owned())) {
        return Err(not_ours());
    }
    std::fs::remove_dir_all(&folder).map_err(|e| disk(["Annulation", "Undoing"], &e))
}

/// Reads and judges sources anew.
///
/// # Errors
/// As [`plan_repairs`].
pub async fn look_for_repairs(
    work: &Workplace,
    paths: &[PathBuf],
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Looked, Failure> {
    // the CRS to deliver in says nothing of the one that the coordinates are of
    let expectations = Expectations { language: work.language, ..Expectations::default() };
    let looked = look(work, paths, &expectations, news, cancel).await;
    if cancel.is_cancelled() { Err(cancelled()) } else { Ok(looked) }
}
