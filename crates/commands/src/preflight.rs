//! Preflight: the whole delivery rehearsed without sending or writing anything: the data are judged,
//! the packages planned, the account read; one sentence says whether it will work.

use model::{Code, Event, Failure, Inventory, Package, PackageKind, Preflight, Step, Wanted, WantedTable};
use package::{Choices, Plan};
use tokio_util::sync::CancellationToken;
use validate::{Expectations, StyledTable};

use crate::workplace::disk;
use crate::wrap::{packaged, refused};
use crate::{PublishRequest, Reach, Workplace, look};

/// Says whether [`crate::publish`] with the same request would work. Nothing is sent, nothing kept.
///
/// # Errors
/// When the account cannot be read, or a file of the request.
pub async fn preflight(
    work: &Workplace,
    reach: &Reach,
    request: &PublishRequest,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Result<Preflight, Failure> {
    let expectations = Expectations {
        declared_srs: request.srs.clone(),
        services: request.services.clone(),
        language: work.language,
        ..Expectations::default()
    };
    let mut wanted = wanted_of(request);
    let paths = request.paths.clone();
    let made = tokio::task::spawn_blocking(move || packaged(&paths)).await;
    let made = made.unwrap_or_else(|fault| Err(disk(["Lecture du paquet", "Reading the package"], &fault)))?;
    let mut findings = Vec::new();
    match made {
        Some(packages) => packages.iter().for_each(|p| add_package(&mut wanted, p)),
        None => {
            // the page hears of findings once, in the answer
            let quiet = |event: Event| {
                if !matches!(event, Event::Finding(_) | Event::Summary { .. } | Event::Spotted(_)) {
                    news(event);
                }
            };
            let looked = look(work, &request.paths, &expectations, &quiet, cancel).await;
            if cancel.is_cancelled() {
                return Err(Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked."));
            }
            findings = looked.findings;
            let choices = Choices {
                name: request.name.clone(),
                services: request.services.clone(),
                srs: request.srs.clone(),
                zones: request.zones,
                ..Choices::default()
            };
            match package::plan(&looked.inventories, &choices) {
                Ok(plans) => plans.iter().for_each(|plan| add_plan(&mut wanted, plan, &looked.inventories)),
                // data that block have no plan either, and say more themselves
                Err(refusal) if findings.iter().all(|f| f.level != model::Level::Blocks) => {
                    return Err(refused(&refusal));
                }
                Err(_) => {}
            }
        }
    }
    findings.extend(styles(work, request, &wanted)?);
    let account = deliver::account(&reach.client, &reach.datastore, &wanted).await?;
    news(Event::Finished { step: Step::Validate });
    Ok(validate::preflight(&wanted, &account, findings, work.language))
}

fn wanted_of(request: &PublishRequest) -> Wanted {
    Wanted {
        datasheet: request.datasheet.clone().unwrap_or_else(|| request.name.clone()),
        name: request.name.clone(),
        services: request.services.clone(),
        open: !request.private,
        ..Wanted::default()
    }
}

/// Refuses, before a byte leaves, what the account would refuse at the end. What a delivery that was
/// cut, or is done again, holds already may be counted against it: room is the platform's to judge then.
///
/// # Errors
/// The first thing in the way, under its code; or when the account cannot be read.
pub(crate) async fn expect_to_end(
    work: &Workplace,
    reach: &Reach,
    request: &PublishRequest,
    packages: &[Package],
) -> Result<(), Failure> {
    let mut wanted = wanted_of(request);
    packages.iter().for_each(|package| add_package(&mut wanted, package));
    let mut account = deliver::account(&reach.client, &reach.datastore, &wanted).await?;
    // a configuration of ours without its tag is one that a cut left: it is gone on with
    account.names.retain(|used| !used.here || used.datasheet.is_some());
    let told = validate::preflight(&wanted, &account, Vec::new(), work.language);
    let mut stops = told.findings.into_iter().filter(|f| f.level == model::Level::Blocks).peekable();
    if stops.peek().is_none() {
        return Ok(());
    }
    let begun = !deliver::status(&reach.client, &reach.datastore, &wanted.datasheet).await?.entities.is_empty();
    match stops.find(|f| !(begun && matches!(f.code, Code::StorageFull | Code::EndpointFull))) {
        None => Ok(()),
        Some(finding) => {
            let [fr, en] = finding.sentences.unwrap_or_default();
            Err(Failure::new(
                finding.code.to_string(),
                format!("Rien n’a été envoyé : {fr}"),
                format!("Nothing was sent: {en}"),
            )
            .hint("`--dry-run` dit tout ce que le compte permet.", "`--dry-run` tells all that the account allows."))
        }
    }
}

fn add_plan(wanted: &mut Wanted, plan: &Plan, inventories: &[Inventory]) {
    wanted.kinds.push(plan.kind);
    let (bytes, estimated) = package::forecast(plan, inventories);
    wanted.bytes = wanted.bytes.saturating_add(bytes);
    wanted.estimated |= estimated;
    if plan.kind == PackageKind::Vector && plan.layers.is_empty() {
        // the file goes as it is: its names conform
        wanted.tables.extend(inventories.iter().flat_map(|i| &i.layers).map(|layer| WantedTable {
            name: layer.name.clone(),
            columns: layer.fields.iter().map(|f| f.name.clone()).collect(),
        }));
    }
    wanted.tables.extend(plan.layers.iter().flat_map(|layer| {
        let columns = || layer.fields.clone();
        layer.tables.iter().map(move |t| WantedTable { name: t.table.clone(), columns: columns() })
    }));
}

fn add_package(wanted: &mut Wanted, package: &Package) {
    wanted.kinds.push(package.kind);
    wanted.bytes = package.files.iter().fold(wanted.bytes, |sum, f| sum.saturating_add(f.bytes));
    wanted
        .tables
        .extend(package.layers.iter().map(|l| WantedTable { name: l.table.clone(), columns: l.fields.clone() }));
}

/// What is wrong with the styles given.
fn styles(work: &Workplace, request: &PublishRequest, wanted: &Wanted) -> Result<Vec<model::Finding>, Failure> {
    let tables: Vec<String> = wanted.tables.iter().map(|t| t.name.clone()).collect();
    let mut findings = Vec::new();
    for style in &request.styles {
        let file = style.file.display().to_string();
        let sld = std::fs::read(&style.file).map_err(|e| {
            Failure::new(
                "STYLE_UNREADABLE",
                format!("Le style « {file} » ne se lit pas : {e}"),
                format!("The style `{file}` cannot be read: {e}"),
            )
        })?;
        if let Some(table) = &style.table {
            findings.extend(validate::check_styled_tables(std::slice::from_ref(table), &tables, work.language));
        }
        let drawn = wanted.tables.iter().filter(|t| style.table.as_ref().is_none_or(|s| *s == t.name));
        for table in drawn {
            let table = StyledTable { table: table.name.clone(), columns: table.columns.clone() };
            findings.extend(validate::check_style(&file, &sld, &table, work.language));
        }
    }
    Ok(findings)
}
