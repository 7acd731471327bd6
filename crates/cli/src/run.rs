//! One arm a command: from words to the commands room, and its answer to the screen.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use commands::Limits;
use commands::{Depth, Event, Failure, Language, Origin, PublishRequest, Reach, Style, Workplace};
use model::{Inventory, PyramidWish, SharedOffering, Step, Verdict};
use tokio_util::sync::CancellationToken;

use crate::accounts;
use crate::arguments::{Cli, Command, ConnectionArguments, Lang, Publishing, SandboxAct};
use crate::screen::Screen;

const NO: u8 = 1;
const COULD_NOT: u8 = 2;
const INTERRUPTED: u8 = 130;

pub(crate) async fn run(cli: Cli) -> ExitCode {
    let lang = cli.lang.unwrap_or_else(|| {
        let system =
            std::env::var("LC_ALL").or_else(|_| std::env::var("LC_MESSAGES")).or_else(|_| std::env::var("LANG"));
        if system.is_ok_and(|l| l.to_lowercase().starts_with("fr")) { Lang::Fr } else { Lang::En }
    });
    let screen = Arc::new(Screen::new(cli.json, lang));
    let language = if lang == Lang::Fr { Language::Fr } else { Language::En };
    let limits = Limits { seconds: cli.time_limit, memory_bytes: cli.memory_limit << 20, ..Limits::default() };
    let work = match Workplace::usual(language, limits) {
        Ok(work) => Arc::new(work),
        Err(failure) => {
            screen.fail(&failure);
            return ExitCode::from(COULD_NOT);
        }
    };
    let cancel = CancellationToken::new();
    let asked = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            asked.cancel();
        }
        // a second time means now
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    let outcome = act(cli.command, &work, &screen, &cancel).await;
    match outcome {
        Ok(code) if !cancel.is_cancelled() => ExitCode::from(code),
        Ok(_) => ExitCode::from(INTERRUPTED),
        Err(failure) => {
            screen.fail(&failure);
            match failure.code.as_str() {
                "CANCELLED" => ExitCode::from(INTERRUPTED),
                "NO_HOME"
                | "DISK"
                | "USAGE"
                | "CA_FILE"
                | "NOT_SIGNED_IN"
                | "NO_KEYCHAIN"
                | "INCOMPLETE"
                | "SIGNED_OUT"
                | "PROFILE_INCOMPLETE"
                | "PROFILE_UNKNOWN"
                | "PROFILE_WRONG"
                | "ACCOUNT_UNKNOWN"
                | "ACCOUNT_AMBIGUOUS"
                | "LOCKED"
                | "WRONG_PASSPHRASE"
                | "SIGN_IN_RUNNING"
                | "PAC"
                | "PROXY_WRONG"
                | "SETTINGS_UNREADABLE"
                | "STYLE_UNREADABLE"
                | "MODEL_UNREADABLE"
                | "ALREADY_RUNNING"
                | "DECLINED"
                | "NO_ACCOUNT" => ExitCode::from(COULD_NOT),
                _ => ExitCode::from(NO),
            }
        }
    }
}

/// Nothing is said or made of what was half read.
pub(crate) fn go_on(cancel: &CancellationToken) -> Result<(), Failure> {
    if cancel.is_cancelled() {
        return Err(Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked."));
    }
    Ok(())
}

async fn act(
    command: Command,
    work: &Arc<Workplace>,
    screen: &Arc<Screen>,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let hear = |event: Event| screen.hear(&event);
    match command {
        Command::Inspect { paths, scan } => {
            let depth = if scan { Depth::Scan } else { Depth::Facts };
            // only the sources are data: progress is not
            let only = |event: Event| {
                if !screen.json || matches!(event, Event::Source(_)) {
                    screen.hear(&event);
                }
            };
            let inventories = commands::inspect_sources(work, &paths, depth, &only, cancel).await;
            go_on(cancel)?;
            Ok(if inventories.iter().all(Inventory::opens) { 0 } else { NO })
        }
        Command::Validate { paths, services, srs, judging } => {
            crate::validate::run(work, screen, &paths, services, srs, &judging, cancel).await
        }
        Command::Package { paths, name, services, srs, zones, into } => {
            let inventories = commands::inspect_sources(work, &paths, Depth::Scan, &hear, cancel).await;
            go_on(cancel)?;
            let choices = commands::Choices { name, services, srs, zones: zones.into(), rewrite: false };
            let packages = commands::wrap(work, &inventories, &choices, Some(&into), &hear, cancel).await?;
            for package in &packages {
                if screen.json {
                    screen.data(&serde_json::json!({ "type": "package", "package": package }));
                } else {
                    for file in &package.files {
                        screen.line(&format!("{}  {}  {} B", file.md5, file.local.display(), file.bytes));
                    }
                }
            }
            Ok(0)
        }
        Command::Repair(repairing) => crate::repair::repair(work, screen, repairing, cancel).await,
        Command::Upload(publishing) => go(work, screen, publishing, Step::Upload, cancel).await,
        Command::Check(publishing) => go(work, screen, publishing, Step::Check, cancel).await,
        Command::Process(publishing) => go(work, screen, publishing, Step::Process, cancel).await,
        Command::Publish(publishing) => go(work, screen, publishing, Step::Publish, cancel).await,
        Command::Update(updating) => crate::update::update(work, screen, updating, cancel).await,
        Command::Harvest(harvesting) => crate::update::harvest(work, screen, harvesting, cancel).await,
        Command::Share { name, list: Some(form), connection, .. } => {
            let reach = commands::reach(work, &connection.given(), false).await?;
            screen.text(&commands::download_list(&reach, &name, form.into()).await?);
            Ok(0)
        }
        Command::Share { name, no_probe, list: None, connection } => {
            let reach = commands::reach(work, &connection.given(), false).await?;
            let shared = commands::share(&reach, &name, !no_probe, &hear).await?;
            let well = |o: &SharedOffering| {
                o.probe.as_ref().is_none_or(|p| matches!(p.verdict, Verdict::Answers | Verdict::NotAsked))
            };
            Ok(if shared.iter().all(well) { 0 } else { NO })
        }
        Command::Status { name: Some(name), connection } => {
            let reach = commands::reach(work, &connection.given(), false).await?;
            let sheet = commands::status(&reach, &name).await?;
            screen.sheet(&sheet);
            Ok(if sheet.entities.is_empty() { NO } else { 0 })
        }
        Command::Status { name: None, connection } => {
            let reach = commands::reach(work, &connection.given(), false).await?;
            screen.sheets(&commands::datasheets(&reach).await?);
            Ok(0)
        }
        Command::Delete { name, yes, connection } => {
            let reach = commands::reach(work, &connection.given(), false).await?;
            let deletion = commands::deletion(&reach, &name).await?;
            screen.doomed(&deletion);
            if !yes && !deletion.entities.is_empty() {
                let question =
                    screen.say("Tout cela sera supprimé dans l’entrepôt", "All this will be deleted in datastore");
                confirm(screen, &format!("{question} {}", reach.place()))?;
            }
            commands::delete(&reach, &deletion, &hear, cancel).await?;
            Ok(0)
        }
        Command::Sandbox { act: None, listen, data, switches } => {
            sandbox_run(work, listen, data, &switches, screen).await
        }
        Command::Sandbox { act: Some(act), .. } => match act {
            SandboxAct::Run { listen, data, switches } => sandbox_run(work, listen, data, &switches, screen).await,
            SandboxAct::Start => {
                screen.data(&commands::ensure_sandbox(work).await?);
                Ok(0)
            }
            SandboxAct::Status => match commands::alive_sandbox(work).await {
                Some(ready) => {
                    screen.data(&ready);
                    Ok(0)
                }
                None => {
                    screen.line(screen.say("Le bac à sable est arrêté.", "The sandbox is stopped."));
                    Ok(NO)
                }
            },
            SandboxAct::Stop => Ok(if commands::stop_sandbox(work).await { 0 } else { NO }),
        },
        Command::Login(login) => accounts::login(work, screen, &login, cancel).await,
        Command::Whoami(connection) => accounts::whoami(work, screen, &connection).await,
        Command::Logout(logout) => accounts::logout(work, screen, &logout).await,
        Command::Profiles { act } => accounts::profiles(work, screen, act).await,
        Command::Doctor(connection) => accounts::doctor(work, screen, &connection).await,
        Command::Network(wanted) => accounts::network(work, screen, wanted),
        Command::Bridge { listen, ui, grant, connection } => {
            let mut own = Workplace::usual(work.language, work.limits)?;
            own.limits = commands::desk::preferred_limits(&own.settings, own.limits);
            let ready =
                |address| screen.data(&serde_json::json!({ "type": "bridge", "url": format!("http://{address}/") }));
            tokio::select! {
                outcome = crate::bridge::serve(own, connection.given(), listen, ui, grant, ready) => outcome.map(|()| 0),
                () = stop_asked() => Ok(0),
            }
        }
        Command::Completions { .. } => Ok(0),
    }
}

/// The journey as far as a step.
async fn go(
    work: &Arc<Workplace>,
    screen: &Arc<Screen>,
    publishing: Publishing,
    last: Step,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let reach = reach(work, screen, &publishing.connection, publishing.yes).await?;
    if publishing.dry_run {
        let request = request_of(publishing)?;
        let told = commands::preflight(work, &reach, &request, &|event| screen.hear(&event), cancel).await?;
        screen.hear(&Event::Preflight(Box::new(told.clone())));
        return Ok(if told.works { 0 } else { NO });
    }
    if last == Step::Publish && !publishing.yes && reach.origin == Origin::Named && !publishing.private {
        let question = screen.say(
            "Publier à la vue de tous (GetCapabilities) dans l’entrepôt",
            "Publish, visible to everybody in GetCapabilities, in datastore",
        );
        confirm(screen, &format!("{question} {}", reach.place()))?;
    }
    let request = request_of(publishing)?;
    commands::deliver_to(work, &reach, &request, last, &|event| screen.hear(&event), cancel).await?;
    Ok(0)
}

/// Reaches the platform; without any account, offers the sandbox.
pub(crate) async fn reach(
    work: &Arc<Workplace>,
    screen: &Arc<Screen>,
    connection: &ConnectionArguments,
    yes: bool,
) -> Result<Reach, Failure> {
    let ask = |account: &commands::Account| -> Arc<dyn commands::Ask> {
        Arc::new(accounts::Terminal { work: Arc::clone(work), account: account.clone(), screen: Arc::clone(screen) })
    };
    match commands::reach_asking(work, &connection.given(), yes, Some(&ask)).await {
        Err(failure) if failure.code == "NO_ACCOUNT" => {
            confirm(
                screen,
                screen.say(
                    "Aucun compte : publier dans le bac à sable de cette machine",
                    "No account: publish in this machine's sandbox",
                ),
            )?;
            commands::reach(work, &connection.given(), true).await
        }
        outcome => outcome,
    }
}

pub(crate) fn confirm(screen: &Screen, question: &str) -> Result<(), Failure> {
    let declined = || {
        Failure::new("DECLINED", "Rien n’a été fait, faute d’accord.", "Nothing was done, for want of a yes.")
            .hint("Ajoutez --yes pour ne pas être interrogé.", "Add --yes not to be asked.")
    };
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        screen.line(question);
        return Err(declined());
    }
    match dialoguer::Confirm::new().with_prompt(question).default(false).interact() {
        Ok(true) => Ok(()),
        _ => Err(declined()),
    }
}

fn request_of(p: Publishing) -> Result<PublishRequest, Failure> {
    let styles = p
        .styles
        .iter()
        .map(|given| match given.split_once('=') {
            Some((table, file)) if !table.contains(['/', '\\']) => {
                Style { table: Some(table.to_owned()), file: file.into() }
            }
            _ => Style { table: None, file: given.into() },
        })
        .collect();
    Ok(PublishRequest {
        paths: p.paths,
        services: p.services,
        name: p.name,
        datasheet: p.datasheet,
        title: p.title,
        abstract_: p.abstract_,
        keywords: p.keywords,
        attribution: None,
        styles,
        srs: p.srs,
        private: p.private,
        keep_upload: p.keep_upload,
        zones: p.zones.into(),
        pyramid: wish_of(&p.pyramid)?,
    })
}

/// Levels as they are typed, the least detailed first.
pub(crate) fn levels_of(text: Option<&str>) -> Result<Option<(u8, u8)>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let parsed = text.split_once('-').and_then(|(top, bottom)| Some((top.parse().ok()?, bottom.parse().ok()?)));
    let says = || format!("--levels {text}: TOP-BOTTOM, 0-18");
    parsed.map(Some).ok_or_else(|| Failure::new("USAGE", says(), says()))
}

fn wish_of(given: &crate::arguments::PyramidArguments) -> Result<PyramidWish, Failure> {
    let levels = levels_of(given.levels.as_deref())?;
    Ok(PyramidWish {
        grid: given.grid.clone(),
        compression: given.compression.clone(),
        interpolation: given.interpolation.clone(),
        top: levels.map(|l| l.0),
        bottom: levels.map(|l| l.1),
        mask: given.mask,
    })
}

async fn sandbox_run(
    work: &Workplace,
    listen: std::net::SocketAddr,
    data: Option<std::path::PathBuf>,
    switches: &[String],
    screen: &Screen,
) -> Result<u8, Failure> {
    let usage = |says: String| Failure::new("USAGE", says.clone(), says);
    let mut wanted = serde_json::to_value(sandbox::Switches::default()).unwrap_or_default();
    for switch in switches {
        let (name, value) = switch.split_once('=').ok_or_else(|| usage(format!("`{switch}`: NAME=VALUE")))?;
        if wanted.get(name).is_none() {
            return Err(usage(format!("`{name}`: no such switch")));
        }
        wanted[name] = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    }
    let switches = serde_json::from_value(wanted).map_err(|e| usage(e.to_string()))?;
    let data = data.unwrap_or_else(|| work.data.join("sandbox"));
    let running = sandbox::start(sandbox::Options { listen, data, switches }).await.map_err(|fault| {
        Failure::new("SANDBOX", format!("Le bac à sable n’a pas démarré : {fault}"), fault.to_string()).hint(
            "Choisissez une autre adresse (--listen) ou un autre dossier (--data).",
            "Choose another address (--listen) or folder (--data).",
        )
    })?;
    screen.data(&running.ready);
    stop_asked().await;
    // what still flows must not hold it
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), running.stop()).await;
    Ok(0)
}

async fn stop_asked() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
