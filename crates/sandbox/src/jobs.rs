//! What the platform does by itself: checks, processings, publications. Each passes through its
//! states in the platform's order and is taken up again after a restart.

mod asking;
mod processing;
mod publication;

use std::time::Duration;

use serde_json::{Value, json};

use crate::App;
use crate::api::{files_of, md5_of};
use crate::events::pass;
use crate::store::{Kind, now};
use crate::switches::Switches;
use crate::work::{self, Log};

pub(crate) use processing::process;
pub(crate) use publication::{forget_offering, publish, show, unpublish};

/// Takes up what a stop interrupted.
pub(crate) fn resume(app: &App) {
    let ids = |kind: Kind, states: &[&str]| -> Vec<String> {
        app.store
            .list(kind)
            .iter()
            .filter(|e| e["status"].as_str().is_some_and(|s| states.contains(&s)))
            .filter_map(|e| e["_id"].as_str().map(str::to_owned))
            .collect()
    };
    for check in ids(Kind::CheckExecution, &["WAITING", "PROGRESS"]) {
        app.store.remove(Kind::CheckExecution, &check);
    }
    for upload in ids(Kind::Upload, &["CHECKING"]) {
        check(app, &upload, None);
    }
    for execution in ids(Kind::Execution, &["WAITING", "PROGRESS"]) {
        process(app, &execution);
    }
    for offering in ids(Kind::Offering, &["PUBLISHING", "MODIFYING", "PUBLISHED"]) {
        publish(app, &offering);
    }
    for offering in ids(Kind::Offering, &["UNPUBLISHING"]) {
        unpublish(app, &offering);
    }
}

/// Lets a stage last; `None` when the sandbox stops meanwhile: the next start goes on.
async fn stage(app: &App) -> Option<()> {
    last(app, Duration::from_millis(app.switches().stage_milliseconds)).await
}

async fn last(app: &App, long: Duration) -> Option<()> {
    let wait = tokio::time::sleep(long);
    tokio::select! {
        () = wait => Some(()),
        () = app.stop.cancelled() => None,
    }
}

fn mishap(app: &App, which: impl FnOnce(&mut Switches) -> &mut u32) -> bool {
    app.switches.lock().is_ok_and(|mut s| Switches::take(which(&mut s)))
}

/// The checks of a closed upload: those that start by themselves, or those named.
pub(crate) fn check(app: &App, upload: &str, named: Option<Vec<Value>>) {
    let switches = app.switches();
    let window = Duration::from_millis(switches.empty_checks_milliseconds.unwrap_or(switches.stage_milliseconds));
    // without a window, they are there before the closing is answered
    let asked = window.is_zero().then(|| ask(app, upload, named.clone())).flatten();
    let (app, upload) = (app.clone(), upload.to_owned());
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let asked = match asked {
            Some(asked) => Some(asked),
            None => match last(&app, window).await {
                Some(()) => ask(&app, &upload, named),
                None => None,
            },
        };
        if let Some(asked) = asked {
            let _ = run_checks(&app, &upload, asked).await;
        }
    });
}

/// Puts the executions of an upload's checks in its lists.
fn ask(app: &App, upload: &str, named: Option<Vec<Value>>) -> Option<Vec<Value>> {
    let entity = app.store.get(Kind::Upload, upload)?;
    let kind = &entity["type"];
    let own = |c: &Value| {
        c["default_uploads_check"].as_array().is_some_and(|t| t.contains(kind))
            // taken up after a restart: what has run stays
            && !app.store.list(Kind::CheckExecution).iter().any(|e| {
                e["upload"]["_id"] == upload && e["check"]["_id"] == c["_id"] && e[".past"] != true
            })
    };
    let wanted = named.unwrap_or_else(|| crate::api::catalogue_of_checks().into_iter().filter(own).collect());
    let asked = wanted.into_iter().map(|c| {
        let mut execution = json!({
            "check": { "_id": c["_id"], "name": c["name"] }, "status": "WAITING",
            "upload": { "_id": upload, "name": entity["name"], "type": kind }
        });
        if entity[".callback"].is_object() {
            execution["callback"] = entity[".callback"].clone();
        }
        app.store.insert(Kind::CheckExecution, execution)
    });
    Some(asked.collect())
}

async fn run_checks(app: &App, upload: &str, asked: Vec<Value>) -> Option<()> {
    let entity = app.store.get(Kind::Upload, upload)?;
    stage(app).await?;
    for check in asked {
        let _worker = app.workers.acquire().await.ok()?;
        run_check(app, upload, &entity, &check).await?;
    }
    let failed = app
        .store
        .list(Kind::CheckExecution)
        .iter()
        .any(|e| e["upload"]["_id"] == upload && e[".past"] != true && e["status"] == "FAILURE");
    if app.store.get(Kind::Upload, upload)?["status"] == "CHECKING" {
        pass(app, Kind::Upload, upload, if failed { "UNSTABLE" } else { "CLOSED" });
    }
    Some(())
}

async fn run_check(app: &App, upload: &str, entity: &Value, check: &Value) -> Option<()> {
    let id = check["_id"].as_str()?.to_owned();
    app.store.change(Kind::CheckExecution, &id, |c| {
        c["status"] = json!("PROGRESS");
        c["start"] = json!(now());
    });
    stage(app).await?;
    let (files, md5) = (files_of(app, upload), md5_of(app, upload));
    let srs = entity["srs"].as_str().unwrap_or_default().to_owned();
    let strict = app.switches().strict_names;
    let which = check["check"]["_id"].as_str().unwrap_or_default().to_owned();
    let ran = tokio::task::spawn_blocking(move || {
        let mut log = Log::default();
        let outcome = work::run_check(&which, &files, &md5, &srs, strict, &mut log);
        (outcome, log)
    })
    .await;
    let (mut outcome, mut log) = ran.unwrap_or_else(|_| {
        let mut log = Log::default();
        log.error("core", "La vérification s'est arrêtée brutalement.");
        (work::CheckOutcome::default(), log)
    });
    if mishap(app, |s| &mut s.failing_checks) {
        log.error("core", "Échec demandé au bac à sable.");
        outcome.passed = false;
    }
    app.store.change(Kind::CheckExecution, &id, |c| {
        // it may have been stopped
        if c["status"] == "PROGRESS" {
            c["status"] = json!(if outcome.passed { "SUCCESS" } else { "FAILURE" });
        }
        c["finish"] = json!(now());
        c[".log"] = json!(log.lines());
    });
    if let Some(e) = outcome.extent {
        app.store.change(Kind::Upload, upload, |u| u["extent"] = work::polygon(e));
    }
    Some(())
}
