//! Processings and their executions: created with their output, launched, followed, aborted.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use platform::wire::known;
use serde_json::{Value, json};

use super::{json_body, query, text_of};
use crate::answer::{Answer, No, list as answer_list, page, public};
use crate::store::{Kind, now};
use crate::{App, jobs};

type Own = Path<(String, String)>;

/// The processings there are, with production's ids.
pub(crate) fn catalogue() -> Vec<Value> {
    let check = |id: &str, name: &str| json!({ "_id": id, "name": name, "description": name });
    let standard = check(known::CHECK_STANDARD, "Vérification standard");
    let parameter = |name: &str, schema: Value| {
        json!({ "name": name, "description": name, "mandatory": false, "constraints": schema })
    };
    vec![
        json!({
            "_id": known::VECTOR_INTEGRATION, "name": "Intégration de données vecteur livrées en base",
            "description": "Tables d'une base à partir de fichiers vecteur", "priority": "STANDARD",
            "input_types": { "upload": ["VECTOR"], "stored_data": [] },
            "output_type": { "stored_data": "VECTOR-DB", "storage": ["POSTGRESQL"] },
            "parameters": [
                parameter("srs", json!({ "type": "string" })),
                parameter("multigeom_layers", json!({ "type": "array", "items": { "type": "string" } })),
                parameter("delete", json!({ "type": "boolean" })),
                parameter("update", json!({ "type": "boolean" })),
            ],
            "required_checks": [check(known::CHECK_VECTOR, "Vérification vecteur"), standard]
        }),
        json!({
            "_id": known::ARCHIVE_COPY, "name": "Recopie d'une archive livrée",
            "description": "Fichiers à télécharger", "priority": "STANDARD",
            "input_types": { "upload": ["ARCHIVE"], "stored_data": [] },
            "output_type": { "stored_data": "ARCHIVE", "storage": ["S3"] },
            "parameters": [], "required_checks": [standard]
        }),
        json!({
            "_id": known::VECTOR_PYRAMID, "name": "Calcul de pyramide vecteur",
            "description": "Tuiles vectorielles à partir d'une base", "priority": "STANDARD",
            "input_types": { "upload": [], "stored_data": ["VECTOR-DB"] },
            "output_type": { "stored_data": "ROK4-PYRAMID-VECTOR", "storage": ["S3"] },
            "parameters": [
                parameter("composition", json!({ "type": "array" })),
                parameter("bottom_level", json!({ "type": "string" })),
                parameter("top_level", json!({ "type": "string" })),
                parameter("tippecanoe_options", json!({ "type": "string" })),
            ],
            "required_checks": []
        }),
    ]
}

pub(crate) async fn processings(uri: Uri) -> Response {
    answer_list(catalogue(), &query(&uri), &["name"], &["name", "description"])
}

pub(crate) async fn processing(Path((_, id)): Own) -> Answer<Json<Value>> {
    catalogue().into_iter().find(|p| p["_id"] == id.as_str()).map(Json).ok_or_else(|| No::missing("Traitement"))
}

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Execution, id).ok_or_else(|| No::missing("Exécution"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = query(&uri);
    let uses = |e: &Value, side: &str, id: &str| match &e[side] {
        Value::Array(all) => all.iter().any(|i| i["_id"] == id),
        one => one["_id"] == id,
    };
    let all = app.store.list(Kind::Execution);
    let kept = all
        .into_iter()
        .filter(|e| query.one("input_upload").is_none_or(|id| uses(&e["inputs"], "upload", id)))
        .filter(|e| query.one("input_stored_data").is_none_or(|id| uses(&e["inputs"], "stored_data", id)))
        .filter(|e| query.one("output_stored_data").is_none_or(|id| uses(&e["output"], "stored_data", id)))
        .collect();
    let thin = ["processing", "status", "launch", "start", "finish"];
    answer_list(kept, &query, &["processing", "status"], &thin)
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<(StatusCode, Json<Value>)> {
    let body = json_body(&body)?;
    let wanted = text_of(&body, "processing")?;
    let processing = catalogue()
        .into_iter()
        .find(|p| p["_id"] == wanted.as_str())
        .ok_or_else(|| No::missing("Traitement"))?;
    let inputs = |side: &str, kind: Kind, state: &str| -> Answer<Vec<Value>> {
        let allowed = &processing["input_types"][side];
        body["inputs"][side]
            .as_array()
            .into_iter()
            .flatten()
            .map(|id| {
                let id = id.as_str().unwrap_or_default();
                let entity = app.store.get(kind, id).ok_or_else(|| No::missing("Entrée du traitement"))?;
                if !allowed.as_array().is_some_and(|a| a.contains(&entity["type"])) {
                    return Err(No::invalid("Ce traitement ne prend pas d'entrée de ce type."));
                }
                if entity["status"] != state {
                    return Err(No::invalid(format!("L'entrée doit être dans l'état {state}.")));
                }
                Ok(json!({ "_id": id, "type": entity["type"], "name": entity["name"], "status": entity["status"], "srs": entity["srs"] }))
            })
            .collect()
    };
    let uploads = inputs("upload", Kind::Upload, "CLOSED")?;
    let stored = inputs("stored_data", Kind::StoredData, "GENERATED")?;
    if uploads.is_empty() && stored.is_empty() {
        return Err(No::invalid("Ce traitement a besoin d'une entrée."));
    }
    let wanted = &body["output"]["stored_data"];
    let output = match (wanted["_id"].as_str().or(wanted["id"].as_str()), wanted["name"].as_str()) {
        (Some(id), _) => app.store.get(Kind::StoredData, id).ok_or_else(|| No::missing("Donnée de sortie"))?,
        (None, Some(name)) => {
            let kind = &processing["output_type"]["stored_data"];
            let (storage, label) = match kind.as_str() {
                Some("VECTOR-DB") => ("POSTGRESQL", "VECTEUR"),
                Some("ARCHIVE") => ("S3", "ARCHIVE"),
                _ => ("S3", "PYRAMIDE"),
            };
            let srs = uploads.iter().chain(&stored).find_map(|i| i["srs"].as_str()).unwrap_or("EPSG:4326");
            app.store.insert(
                Kind::StoredData,
                json!({
                    "name": name, "type": kind, "open": false, "srs": srs, "contact": "bac-a-sable@example.org",
                    "status": "CREATED", "size": 0, "tags": {}, "storage": { "type": storage, "labels": [label] },
                    "public_activity": false
                }),
            )
        }
        _ => return Err(No::invalid("« output.stored_data » doit porter « name » ou « id ».")),
    };
    let parameters = if body["parameters"].is_object() { body["parameters"].clone() } else { json!({}) };
    let execution = app.store.insert(
        Kind::Execution,
        json!({
            "processing": { "_id": processing["_id"], "name": processing["name"] }, "status": "CREATED",
            "inputs": { "upload": uploads, "stored_data": stored },
            "output": { "stored_data": {
                "_id": output["_id"], "name": output["name"], "type": output["type"],
                "status": output["status"], "srs": output["srs"]
            } },
            "parameters": parameters
        }),
    );
    Ok((StatusCode::CREATED, Json(public(execution))))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    let mut execution = find(&app, &id)?;
    let output = execution["output"]["stored_data"]["_id"].as_str().and_then(|o| app.store.get(Kind::StoredData, o));
    if let Some(output) = output {
        execution["output"]["stored_data"]["status"] = output["status"].clone();
    }
    Ok(Json(public(execution)))
}

pub(crate) async fn launch(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    if find(&app, &id)?["status"] != "CREATED" {
        return Err(No::invalid("L'exécution a déjà été lancée."));
    }
    app.store.change(Kind::Execution, &id, |e| {
        e["status"] = json!("WAITING");
        e["launch"] = json!(now());
    });
    jobs::process(&app, &id);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn abort(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let execution = find(&app, &id)?;
    if !matches!(execution["status"].as_str(), Some("CREATED" | "WAITING" | "PROGRESS")) {
        return Err(No::invalid("L'exécution est terminée."));
    }
    app.store.change(Kind::Execution, &id, |e| {
        e["status"] = json!("ABORTED");
        e["finish"] = json!(now());
    });
    if let Some(output) = execution["output"]["stored_data"]["_id"].as_str() {
        app.store.change(Kind::StoredData, output, |s| s["status"] = json!("UNSTABLE"));
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn logs(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    let lines = find(&app, &id)?[".log"].as_array().cloned().unwrap_or_default();
    Ok(page(lines, &query(&uri), 2000).into_response())
}
