//! The one list of what a page may ask.

use std::path::PathBuf;
use std::sync::Arc;

use model::{Failure, conforming_name, conforms};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::shapes::{About, LogShown};
use super::{Desk, Tell, heard, preferences, sources};

/// Every command, for the tests that hold the page to them.
pub const COMMANDS: &[&str] = &[
    "about",
    "accounts",
    "cancel",
    "catalogue",
    "check_name",
    "choose_authorities",
    "choose_data_folder",
    "choose_files",
    "choose_folder",
    "datastores",
    "delete",
    "deletion",
    "deliver",
    "deliveries",
    "doctor",
    "end_preview",
    "forget",
    "here",
    "inspect",
    "judge",
    "log",
    "look",
    "network",
    "pause",
    "plan",
    "plan_repairs",
    "preferences",
    "preview",
    "preflight",
    "probe",
    "profiles",
    "propose",
    "pyramid",
    "repair",
    "recent",
    "reopen",
    "resume",
    "rows",
    "sample",
    "set_network",
    "set_preferences",
    "set_profile",
    "share",
    "sheet",
    "sheets",
    "undo_repair",
    "unlock",
    "updatable",
    "update",
    "sign_in",
    "sign_out",
    "use_account",
    "watch",
];

#[derive(Deserialize)]
struct Paths {
    paths: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Shared {
    datasheet: String,
    #[serde(default)]
    rehearsal: bool,
}

/// The name by which the page may stop what it asked.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Call {
    call: Option<String>,
}

fn read<T: DeserializeOwned>(request: Value) -> Result<T, Failure> {
    serde_json::from_value(request).map_err(|e| {
        Failure::new("BAD_REQUEST", format!("La page a mal demandé : {e}"), format!("The page asked wrongly: {e}"))
    })
}

fn write<T: Serialize>(answer: T) -> Result<Value, Failure> {
    serde_json::to_value(answer).map_err(|e| Failure::new("BAD_ANSWER", e.to_string(), e.to_string()))
}

/// Where the log is, and its last lines.
fn log_of(file: Option<PathBuf>) -> LogShown {
    const MOST_BYTES: usize = 64 << 10;
    let text = file.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
    let end = String::from_utf8_lossy(&text[text.len().saturating_sub(MOST_BYTES)..]).into_owned();
    // the first line may be cut
    let lines = end.lines().skip(usize::from(text.len() > MOST_BYTES)).map(str::to_owned).collect();
    LogShown { file: file.map(|file| file.display().to_string()), lines }
}

pub(super) async fn answer(desk: &Arc<Desk>, command: &str, request: Value, tell: Tell<'_>) -> Result<Value, Failure> {
    let call: Call = serde_json::from_value(request.clone()).unwrap_or_default();
    let call = call.call.as_deref();
    match command {
        "about" => write(About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            gdal: desk.gdal_version().await,
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            data_folder: desk.work.data.display().to_string(),
            data_folder_fixed: std::env::var_os("QUAI_DATA_DIR").is_some_and(|v| !v.is_empty()),
        }),
        "cancel" => {
            desk.cancel(call.unwrap_or_default());
            Ok(Value::Null)
        }
        "catalogue" => Ok(sources::catalogue()),
        "here" => write(desk.here().await?),
        "sheets" => write(desk.sheets().await?),
        "sheet" => write(crate::status(&desk.reach().await?, &read::<Named>(request)?.name).await?),
        "choose_files" => write(desk.grant(desk.host.choose_files().await)),
        "choose_folder" => write(desk.grant(desk.host.choose_folder().await)),
        "inspect" => write(desk.inspect(read::<Paths>(request)?.paths, call, tell).await?),
        "look" => write(desk.look(read(request)?, call, tell).await?),
        "judge" => {
            let asked: super::LookRequest = read(request)?;
            let expectations = validate::Expectations {
                declared_srs: asked.srs,
                services: asked.services,
                language: desk.work.language,
                ..validate::Expectations::default()
            };
            write(desk.judge(&asked.paths, &expectations)?)
        }
        "rows" => write(desk.rows(read(request)?).await?),
        "sample" => write(desk.grant(desk.host.sample().into_iter().collect())),
        "log" => write(log_of(desk.host.log())),
        "opened" => {
            // apart, so that the lock is free again when it is taken anew
            let opened = super::hold(&desk.grants).take_opened();
            write(desk.grant(opened))
        }
        "propose" => write(desk.propose(&read::<Paths>(request)?.paths)?),
        "plan" => write(desk.plan(read(request)?)?),
        "plan_repairs" => write(desk.plan_repairs(read(request)?, call, tell).await?),
        "repair" => write(desk.repair(read(request)?, call, tell).await?),
        "undo_repair" => {
            desk.undo_repair(&read(request)?)?;
            Ok(Value::Null)
        }
        "check_name" => {
            let name = read::<Named>(request)?.name;
            let reach = desk.reach().await?;
            let taken = deliver::layer_name_is_taken(&reach.client, &reach.datastore, &name).await?;
            Ok(json!({ "conforms": conforms(&name), "proposal": conforming_name(&name), "taken": taken }))
        }
        "preview" => write(desk.preview(read(request)?)?),
        "end_preview" => {
            desk.end_preview(&read::<Id>(request)?.id).await?;
            Ok(Value::Null)
        }
        "recent" => write(desk.recent()),
        "reopen" => write(desk.reopen(read::<Paths>(request)?.paths)?),
        "updatable" => write(desk.updatable(&read::<Named>(request)?.name).await?),
        "update" => Ok(json!({ "id": desk.update(read(request)?).await? })),
        "deliver" => Ok(json!({ "id": desk.deliver(read(request)?)? })),
        "preflight" => write(desk.preflight(read(request)?, call, tell).await?),
        "watch" => write(desk.watch(&read::<Id>(request)?.id, tell).await?),
        "pause" => write(desk.pause(&read::<Id>(request)?.id).await?),
        "resume" => Ok(json!({ "id": desk.resume(&read::<Id>(request)?.id)? })),
        "deliveries" => write(desk.deliveries()),
        "forget" => {
            desk.forget(&read::<Id>(request)?.id).await?;
            Ok(Value::Null)
        }
        "share" | "probe" => {
            let asked: Shared = read(request)?;
            write(desk.share(&asked.datasheet, asked.rehearsal, command == "probe", tell).await?)
        }
        "deletion" => write(crate::deletion(&desk.reach().await?, &read::<Named>(request)?.name).await?),
        "delete" => {
            let name = read::<Named>(request)?.name;
            let reach = desk.reach().await?;
            let (cancel, _end) = desk.cancellable(call);
            let deletion = crate::deletion(&reach, &name).await?;
            crate::delete(&reach, &deletion, &|event| tell(heard(&event)), &cancel).await?;
            Ok(Value::Null)
        }
        "profiles" => write(desk.profiles().await?),
        "set_profile" => {
            desk.set_profile(&read(request)?)?;
            write(desk.profiles().await?)
        }
        "accounts" => write(desk.accounts()?),
        "unlock" => write(desk.unlock(read(request)?).await?),
        "sign_in" => write(desk.sign_in(read(request)?, call, tell).await?),
        "sign_out" => write(desk.sign_out(read(request)?).await?),
        "use_account" => write(desk.use_account(read(request)?).await?),
        "datastores" => write(desk.datastores().await?),
        "doctor" => write(desk.doctor(call, tell).await?),
        "network" => write(desk.network()),
        "choose_authorities" => write(desk.choose_authorities().await?),
        "set_network" => write(desk.set_network(read(request)?).await?),
        "preferences" => write(preferences::read(&desk.work.settings)),
        "set_preferences" => write(desk.set_preferences(read(request)?)?),
        "choose_data_folder" => write(desk.choose_data_folder().await?),
        "pyramid" => write(desk.pyramid(read(request)?).await?),
        other => Err(Failure::new(
            "UNKNOWN_COMMAND",
            format!("La page demande « {other} », que ce programme ne connaît pas."),
            format!("The page asks for `{other}`, which this program does not know."),
        )),
    }
}
