//! What the platform does by itself: checks, processings, publications. Each passes through its
//! states in the platform's order and is taken up again after a restart.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{check_list, files_of, md5_of};
use crate::services::Publication;
use crate::store::{Kind, now};
use crate::work::{self, Log};
use crate::App;

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
        check(app, &upload);
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

async fn stage(app: &App) {
    tokio::time::sleep(Duration::from_millis(app.switches().stage_milliseconds)).await;
}

/// The checks of a closed upload.
pub(crate) fn check(app: &App, upload: &str) {
    let (app, upload) = (app.clone(), upload.to_owned());
    tokio::spawn(async move {
        // the platform shows CHECKING with empty lists for a while
        stage(&app).await;
        let Some(entity) = app.store.get(Kind::Upload, &upload) else { return };
        let kind = entity["type"].as_str().unwrap_or_default().to_owned();
        let own: Vec<Value> = check_list()
            .into_iter()
            .filter(|c| c["default_uploads_check"].as_array().is_some_and(|t| t.contains(&json!(kind))))
            .map(|c| {
                app.store.insert(
                    Kind::CheckExecution,
                    json!({
                        "check": { "_id": c["_id"], "name": c["name"] }, "status": "WAITING",
                        "upload": { "_id": upload, "name": entity["name"], "type": kind }
                    }),
                )
            })
            .collect();
        stage(&app).await;
        let mut passed = true;
        for check in own {
            let id = check["_id"].as_str().unwrap_or_default().to_owned();
            app.store.change(Kind::CheckExecution, &id, |c| {
                c["status"] = json!("PROGRESS");
                c["start"] = json!(now());
            });
            let (files, md5) = (files_of(&app, &upload), md5_of(&app, &upload));
            let srs = entity["srs"].as_str().unwrap_or_default().to_owned();
            let strict = app.switches().strict_names;
            let which = check["check"]["_id"].as_str().unwrap_or_default().to_owned();
            let ran = tokio::task::spawn_blocking(move || {
                let mut log = Log::default();
                let outcome = work::run_check(&which, &files, &md5, &srs, strict, &mut log);
                (outcome, log)
            })
            .await;
            let (outcome, log) = ran.unwrap_or_else(|_| {
                let mut log = Log::default();
                log.error("core", "La vérification s'est arrêtée brutalement.");
                (work::CheckOutcome::default(), log)
            });
            stage(&app).await;
            passed &= outcome.passed;
            app.store.change(Kind::CheckExecution, &id, |c| {
                c["status"] = json!(if outcome.passed { "SUCCESS" } else { "FAILURE" });
                c["finish"] = json!(now());
                c[".log"] = json!(log.lines());
            });
            if let Some(e) = outcome.extent {
                app.store.change(Kind::Upload, &upload, |u| u["extent"] = work::polygon(e));
            }
        }
        app.store.change(Kind::Upload, &upload, |u| {
            if u["status"] == "CHECKING" {
                u["status"] = json!(if passed { "CLOSED" } else { "UNSTABLE" });
            }
        });
    });
}

/// A launched execution.
pub(crate) fn process(app: &App, execution: &str) {
    let (app, id) = (app.clone(), execution.to_owned());
    tokio::spawn(async move {
        stage(&app).await;
        let Some(execution) = app.store.get(Kind::Execution, &id) else { return };
        if execution["status"] == "ABORTED" {
            return;
        }
        let output = execution["output"]["stored_data"]["_id"].as_str().unwrap_or_default().to_owned();
        app.store.change(Kind::Execution, &id, |e| {
            e["status"] = json!("PROGRESS");
            e["start"] = json!(now());
        });
        let fresh = app.store.get(Kind::StoredData, &output).is_some_and(|s| s["status"] == "CREATED" || s["status"] == "GENERATING");
        let state = if fresh { "GENERATING" } else { "MODIFYING" };
        app.store.change(Kind::StoredData, &output, |s| s["status"] = json!(state));
        let job = work::Job {
            processing: execution["processing"]["_id"].as_str().unwrap_or_default().to_owned(),
            uploads: ids(&execution["inputs"]["upload"]).iter().map(|u| files_of(&app, u)).collect(),
            stored: ids(&execution["inputs"]["stored_data"]).iter().map(|s| app.data.join("stored").join(s)).collect(),
            target: app.data.join("stored").join(&output),
            append: !fresh,
            parameters: execution["parameters"].clone(),
        };
        let ran = tokio::task::spawn_blocking(move || {
            let mut log = Log::default();
            let outcome = work::run(&job, &mut log);
            (outcome, log)
        })
        .await;
        let (outcome, log) = ran.unwrap_or_else(|_| {
            let mut log = Log::default();
            log.error("core", "Le traitement s'est arrêté brutalement.");
            (Err("arrêt brutal".to_owned()), log)
        });
        stage(&app).await;
        let aborted = app.store.get(Kind::Execution, &id).is_none_or(|e| e["status"] == "ABORTED");
        app.store.change(Kind::Execution, &id, |e| e[".log"] = json!(log.lines()));
        if aborted {
            return;
        }
        app.store.change(Kind::StoredData, &output, |s| match &outcome {
            Ok(made) => {
                s["status"] = json!("GENERATED");
                s["size"] = json!(made.bytes);
                s["type_infos"] = made.type_infos.clone();
                if let Some(srs) = &made.srs {
                    s["srs"] = json!(srs);
                }
                if let Some(e) = made.extent {
                    s["extent"] = work::polygon(e);
                }
            }
            Err(_) => s["status"] = json!("UNSTABLE"),
        });
        app.store.change(Kind::Execution, &id, |e| {
            e["status"] = json!(if outcome.is_ok() { "SUCCESS" } else { "FAILURE" });
            e["finish"] = json!(now());
        });
    });
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|i| i["_id"].as_str().map(str::to_owned)).collect()
}

/// Makes an offering live, or live again with what changed.
pub(crate) fn publish(app: &App, offering: &str) {
    let (app, id) = (app.clone(), offering.to_owned());
    tokio::spawn(async move {
        let Some(entity) = app.store.get(Kind::Offering, &id) else { return };
        if entity["status"] != "PUBLISHED" {
            stage(&app).await;
        }
        let outcome = match publication(&app, &id, &entity) {
            Some(publication) => app.services.publish(publication).await,
            None => Err("la configuration ou ses données ont disparu".to_owned()),
        };
        app.store.change(Kind::Offering, &id, |o| match &outcome {
            Ok(urls) => {
                o["status"] = json!("PUBLISHED");
                o["urls"] = json!(urls);
            }
            Err(says) => {
                tracing::warn!(says, "a publication failed");
                o["status"] = json!("UNSTABLE");
            }
        });
    });
}

fn publication(app: &App, id: &str, offering: &Value) -> Option<Publication> {
    let configuration = app.store.get(Kind::Configuration, offering["configuration"]["_id"].as_str()?)?;
    let mut stored = Vec::new();
    let mut styles = Vec::new();
    for used in configuration["type_infos"]["used_data"].as_array()? {
        let data = app.store.get(Kind::StoredData, used["stored_data"].as_str()?)?;
        stored.push((app.data.join("stored").join(data["_id"].as_str()?), data));
        for relation in used["relations"].as_array().into_iter().flatten() {
            if let Some(style) = relation["style"].as_str().and_then(|s| app.store.get(Kind::Static, s)) {
                let table = relation["name"].as_str().unwrap_or_default().to_owned();
                styles.push((table, style[".content"].as_str().unwrap_or_default().to_owned()));
            }
        }
    }
    Some(Publication { offering: id.to_owned(), configuration, stored, styles })
}

/// Takes an offering down.
pub(crate) fn unpublish(app: &App, offering: &str) {
    let (app, id) = (app.clone(), offering.to_owned());
    tokio::spawn(async move {
        stage(&app).await;
        app.services.withdraw(&id);
        let Some(entity) = app.store.get(Kind::Offering, &id) else { return };
        if let Some(configuration) = entity["configuration"]["_id"].as_str() {
            let others = app.store.list(Kind::Offering).into_iter().any(|o| {
                o["_id"] != id.as_str() && o["configuration"]["_id"] == configuration && o["status"] != "UNPUBLISHED"
            });
            if !others {
                app.store.change(Kind::Configuration, configuration, |c| c["status"] = json!("UNPUBLISHED"));
            }
        }
        if app.switches().two_step_delete {
            app.store.change(Kind::Offering, &id, |o| o["status"] = json!("UNPUBLISHED"));
        } else {
            app.store.remove(Kind::Offering, &id);
        }
    });
}
