//! Executions of processings: created with their output, launched, followed, aborted.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::who::{CONTACT, bytes_of};
use super::{json_body, processings, text_of};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, page, public};
use crate::events::{note, pass};
use crate::store::{Kind, now};
use crate::{App, contract, jobs};

type Own = Path<(String, String)>;

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Execution, id).ok_or_else(|| No::missing("Exécution"))
}

/// As it is shown: with its output's present status; older answers gave parameters in a list.
fn shown(app: &App, mut execution: Value) -> Json<Value> {
    let output = execution["output"]["stored_data"]["_id"].as_str().and_then(|o| app.store.get(Kind::StoredData, o));
    if let Some(output) = output {
        execution["output"]["stored_data"]["status"] = output["status"].clone();
        execution["output"]["stored_data"]["srs"] = output["srs"].clone();
    }
    if app.switches().parameters_as_array {
        let all: Option<Vec<Value>> = execution["parameters"]
            .as_object()
            .map(|p| p.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect());
        execution["parameters"] = json!(all.unwrap_or_default());
    }
    Json(public(execution))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let uses = |e: &Value, side: &str, id: &str| match &e[side] {
        Value::Array(all) => all.iter().any(|i| i["_id"] == id),
        one => one["_id"] == id,
    };
    let kept = app
        .store
        .list(Kind::Execution)
        .into_iter()
        .filter(|e| query.one("input_upload").is_none_or(|id| uses(&e["inputs"], "upload", id)))
        .filter(|e| query.one("input_stored_data").is_none_or(|id| uses(&e["inputs"], "stored_data", id)))
        .filter(|e| query.one("output_stored_data").is_none_or(|id| uses(&e["output"], "stored_data", id)))
        .collect();
    let thin = ["processing", "status", "launch", "start", "finish"];
    answer_list(&app, kept, &query, &Shape { filters: &["processing", "status"], thin: &thin })
}

/// The entities that an execution reads: there, ready, and of a type it takes.
fn inputs(app: &App, body: &Value, processing: &Value, side: &str) -> Answer<Vec<Value>> {
    let (kind, ready) = if side == "upload" { (Kind::Upload, "CLOSED") } else { (Kind::StoredData, "GENERATED") };
    let allowed = processing["input_types"][side].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for id in body["inputs"][side].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let entity = app.store.get(kind, id).ok_or_else(|| No::missing("Entrée du traitement"))?;
        if !allowed.contains(&entity["type"]) {
            return Err(No::invalid("Ce traitement ne prend pas d'entrée de ce type."));
        }
        if entity["status"] != ready {
            return Err(No::invalid(format!("L'entrée doit être dans l'état {ready}.")));
        }
        found.push(json!({
            "_id": id, "type": entity["type"], "name": entity["name"], "status": entity["status"], "srs": entity["srs"]
        }));
    }
    Ok(found)
}

/// Every check that a processing requires has passed on every upload.
fn checked(app: &App, processing: &Value, uploads: &[Value]) -> Answer<()> {
    let done = app.store.list(Kind::CheckExecution);
    for (upload, check) in
        uploads.iter().flat_map(|u| processing["required_checks"].as_array().into_iter().flatten().map(move |c| (u, c)))
    {
        let passed = |e: &Value| {
            e["upload"]["_id"] == upload["_id"]
                && e["check"]["_id"] == check["_id"]
                && e["status"] == "SUCCESS"
                && e[".past"] != true
        };
        if !done.iter().any(passed) {
            let (name, check) =
                (upload["name"].as_str().unwrap_or_default(), check["name"].as_str().unwrap_or_default());
            return Err(No::invalid(format!("La livraison « {name} » n'a pas passé la vérification « {check} ».")));
        }
    }
    Ok(())
}

/// Parameters with their defaults, each within its constraints.
fn parameters(body: &Value, processing: &Value) -> Answer<Value> {
    let given = body["parameters"].as_object().cloned().unwrap_or_default();
    let known = processing["parameters"].as_array().cloned().unwrap_or_default();
    if let Some(stranger) = given.keys().find(|name| !known.iter().any(|k| k["name"] == name.as_str())) {
        return Err(No::invalid(format!("Ce traitement n'a pas de paramètre « {stranger} ».")));
    }
    let mut all = Map::new();
    for parameter in &known {
        let name = parameter["name"].as_str().unwrap_or_default();
        match given.get(name).or_else(|| parameter.get("default_value")) {
            Some(value) => {
                if let Some(says) = contract::breaks(&parameter["constraints"], value) {
                    return Err(No::invalid(format!("Paramètre « {name} » : {says}")));
                }
                all.insert(name.to_owned(), value.clone());
            }
            None if parameter["mandatory"] == true => {
                return Err(No::invalid(format!("Le paramètre « {name} » est obligatoire.")));
            }
            None => {}
        }
    }
    Ok(Value::Object(all))
}

/// The stored data that will be written: one there is, or a new one on a storage that suits.
fn output(app: &App, body: &Value, processing: &Value, inputs: &[Value]) -> Answer<Value> {
    let (wanted, kind) = (&body["output"]["stored_data"], &processing["output_type"]["stored_data"]);
    if let Some(id) = wanted["_id"].as_str().or(wanted["id"].as_str()) {
        let there = app.store.get(Kind::StoredData, id).ok_or_else(|| No::missing("Donnée de sortie"))?;
        if there["type"] != *kind {
            return Err(No::invalid("La donnée de sortie n'est pas du type que fait ce traitement."));
        }
        if there["status"] != "GENERATED" {
            return Err(No::invalid("La donnée de sortie doit être dans l'état GENERATED."));
        }
        return Ok(there);
    }
    let name = wanted["name"].as_str().filter(|n| !n.trim().is_empty());
    let name = name.ok_or_else(|| No::invalid("« output/stored_data » doit porter « name » ou « id »."))?;
    let (storage, label) = match kind.as_str() {
        Some("VECTOR-DB") => ("POSTGRESQL", "VECTEUR"),
        Some("ARCHIVE") => ("S3", "ARCHIVE"),
        _ => ("S3", "PYRAMIDE"),
    };
    if wanted["storage_type"].as_str().is_some_and(|s| s != storage) {
        return Err(No::invalid(format!("Ce traitement écrit sur un stockage {storage}.")));
    }
    let labels = wanted["storage_tags"].as_array().cloned().unwrap_or_default();
    if let Some(stranger) = labels.iter().filter_map(Value::as_str).find(|l| *l != label) {
        return Err(No::invalid(format!("Aucun stockage n'a l'étiquette « {stranger} » pour ce traitement.")));
    }
    if bytes_of(app, Kind::StoredData, |s| s["storage"]["labels"][0] == label) >= app.switches().storage_quota {
        return Err(No::conflict("Le quota de stockage est atteint."));
    }
    let tiled = body["parameters"]["tms"].as_str().and_then(crate::grids::grid).map(|g| g.crs);
    let srs = body["parameters"]["srs"].as_str().or(tiled).or_else(|| inputs.iter().find_map(|i| i["srs"].as_str()));
    let mut made = json!({
        "name": name, "type": kind, "open": false, "srs": srs.unwrap_or("EPSG:4326"), "contact": CONTACT,
        "status": "CREATED", "size": 0, "tags": {}, "storage": { "type": storage, "labels": [label] },
        "public_activity": false
    });
    note(app, &mut made, "Création", None);
    Ok(app.store.insert(Kind::StoredData, made))
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let processing = processings::find(&text_of(&body, "processing")?)?;
    let uploads = inputs(&app, &body, &processing, "upload")?;
    let stored = inputs(&app, &body, &processing, "stored_data")?;
    let takes = |side: &str| processing["input_types"][side].as_array().is_some_and(|all| !all.is_empty());
    if uploads.is_empty() && stored.is_empty() && (takes("upload") || takes("stored_data")) {
        return Err(No::invalid("Ce traitement a besoin d'une entrée."));
    }
    checked(&app, &processing, &uploads)?;
    let parameters = parameters(&body, &processing)?;
    let all: Vec<Value> = uploads.iter().chain(&stored).cloned().collect();
    let output = output(&app, &body, &processing, &all)?;
    let mut execution = json!({
        "processing": { "_id": processing["_id"], "name": processing["name"] }, "status": "CREATED",
        "inputs": { "upload": uploads, "stored_data": stored },
        "output": { "stored_data": {
            "_id": output["_id"], "name": output["name"], "type": output["type"],
            "status": output["status"], "srs": output["srs"]
        } },
        "parameters": parameters
    });
    if body["callback"].is_object() {
        execution["callback"] = body["callback"].clone();
    }
    Ok(shown(&app, app.store.insert(Kind::Execution, execution)))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|e| shown(&app, e))
}

fn is_final(execution: &Value) -> bool {
    matches!(execution["status"].as_str(), Some("SUCCESS" | "FAILURE" | "ABORTED"))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    if is_final(&find(&app, &id)?) {
        return Err(No::invalid("L'exécution est terminée."));
    }
    let callback = json_body(&body)?["callback"].clone();
    let changed = app.store.change(Kind::Execution, &id, |e| {
        if callback.is_object() {
            e["callback"] = callback;
        }
    });
    changed.map(|e| shown(&app, e)).ok_or_else(|| No::missing("Exécution"))
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    if matches!(find(&app, &id)?["status"].as_str(), Some("WAITING" | "PROGRESS")) {
        return Err(No::conflict("L'exécution est en cours."));
    }
    app.store.remove(Kind::Execution, &id);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn launch(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let execution = find(&app, &id)?;
    if execution["status"] != "CREATED" {
        return Err(No::invalid("L'exécution a déjà été lancée."));
    }
    let output = &execution["output"]["stored_data"]["_id"];
    let busy = |e: &Value| {
        matches!(e["status"].as_str(), Some("WAITING" | "PROGRESS")) && e["output"]["stored_data"]["_id"] == *output
    };
    if app.store.list(Kind::Execution).iter().any(busy) {
        return Err(No::conflict("Une autre exécution écrit déjà cette donnée."));
    }
    app.store.change(Kind::Execution, &id, |e| {
        e["status"] = json!("WAITING");
        e["launch"] = json!(now());
    });
    jobs::process(&app, &id);
    Ok(StatusCode::ACCEPTED)
}

pub(crate) async fn abort(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let execution = find(&app, &id)?;
    if is_final(&execution) {
        return Err(No::invalid("L'exécution est terminée."));
    }
    if let Some(stop) = app.aborts.lock().ok().and_then(|all| all.get(&id).cloned()) {
        stop.store(true, Ordering::SeqCst);
    }
    app.store.change(Kind::Execution, &id, |e| {
        e["status"] = json!("ABORTED");
        e["finish"] = json!(now());
    });
    // the output stays, for the caller to delete
    if let Some(output) = execution["output"]["stored_data"]["_id"].as_str() {
        let untouched = execution["status"] == "CREATED"
            && app.store.get(Kind::StoredData, output).is_some_and(|s| s["status"] == "GENERATED");
        if !untouched {
            pass(&app, Kind::StoredData, output, "UNSTABLE");
        }
    }
    Ok(StatusCode::ACCEPTED)
}

pub(crate) async fn logs(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    let lines = find(&app, &id)?[".log"].as_array().cloned().unwrap_or_default();
    Ok(page(lines, &Query::of(&uri), 2000, 2000))
}
