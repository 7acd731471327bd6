//! A launched execution: waits for a worker, runs, leaves its output GENERATED or UNSTABLE.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::{mishap, stage};
use crate::App;
use crate::api::files_of;
use crate::events::{note, pass};
use crate::store::{Kind, now};
use crate::work::{self, Log};

pub(crate) fn process(app: &App, execution: &str) {
    let (app, id) = (app.clone(), execution.to_owned());
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let _ = run(&app, &id).await;
        if let Ok(mut aborts) = app.aborts.lock() {
            aborts.remove(&id);
        }
    });
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|i| i["_id"].as_str().map(str::to_owned)).collect()
}

/// The stored data that the output will go on needing.
fn referred(execution: &Value) -> Vec<String> {
    let own = execution["processing"]["_id"].as_str().is_some_and(work::pyramid::refers);
    if own { ids(&execution["inputs"]["stored_data"]) } else { Vec::new() }
}

async fn run(app: &App, id: &str) -> Option<()> {
    stage(app).await?;
    let _worker = app.workers.acquire().await.ok()?;
    let goes = |status: &Value| *status == "WAITING" || *status == "PROGRESS";
    let execution = app.store.change(Kind::Execution, id, |e| {
        if goes(&e["status"]) {
            e["status"] = json!("PROGRESS");
            e["start"] = json!(now());
        }
    })?;
    if !goes(&execution["status"]) {
        return None;
    }
    let stop = Arc::new(AtomicBool::new(false));
    app.aborts.lock().ok()?.insert(id.to_owned(), stop.clone());
    let output = execution["output"]["stored_data"]["_id"].as_str()?.to_owned();
    let before = app.store.get(Kind::StoredData, &output)?;
    let fresh = before["status"] == "CREATED" || before["status"] == "GENERATING";
    pass(app, Kind::StoredData, &output, if fresh { "GENERATING" } else { "MODIFYING" });
    stage(app).await?;
    let refers = if fresh { referred(&execution) } else { Vec::new() };
    let job = work::Job {
        processing: execution["processing"]["_id"].as_str().unwrap_or_default().to_owned(),
        uploads: ids(&execution["inputs"]["upload"]).iter().map(|u| files_of(app, u)).collect(),
        stored: ids(&execution["inputs"]["stored_data"]).iter().map(|s| app.data.join("stored").join(s)).collect(),
        target: app.data.join("stored").join(&output),
        append: !fresh,
        parameters: execution["parameters"].clone(),
        srs: execution["inputs"]["upload"][0]["srs"].as_str().map(str::to_owned),
        ask: Some(super::asking::ask(app)),
        stop,
    };
    let ran = tokio::task::spawn_blocking(move || {
        let mut log = Log::default();
        let outcome = work::run(&job, &mut log);
        (outcome, log)
    })
    .await;
    let (mut outcome, mut log) = ran.unwrap_or_else(|_| {
        let mut log = Log::default();
        log.error("core", "Le traitement s'est arrêté brutalement.");
        (Err("arrêt brutal".to_owned()), log)
    });
    if mishap(app, |s| &mut s.failing_executions) {
        log.error("core", "Échec demandé au bac à sable.");
        outcome = Err("échec demandé".to_owned());
    }
    let lines = json!(log.lines());
    if app.store.get(Kind::Execution, id)?["status"] == "ABORTED" {
        app.store.change(Kind::Execution, id, |e| e[".log"] = lines);
        return None;
    }
    app.store.change(Kind::StoredData, &output, |s| {
        match &outcome {
            Ok(made) => {
                s["status"] = json!("GENERATED");
                s["size"] = json!(made.bytes);
                s["type_infos"] = made.type_infos.clone();
                if !refers.is_empty() {
                    s[".uses"] = json!(refers);
                }
                if let Some(srs) = &made.srs {
                    s["srs"] = json!(srs);
                }
                if let Some(e) = made.extent {
                    s["extent"] = work::polygon(e);
                }
            }
            Err(_) => s["status"] = json!("UNSTABLE"),
        }
        let status = s["status"].as_str().unwrap_or_default().to_owned();
        note(app, s, &format!("Statut {status}"), None);
    });
    app.store.change(Kind::Execution, id, |e| {
        e["status"] = json!(if outcome.is_ok() { "SUCCESS" } else { "FAILURE" });
        e["finish"] = json!(now());
        e[".log"] = lines;
    });
    Some(())
}
