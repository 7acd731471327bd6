//! Stored data: made by processings only; described, patched, deleted when nothing uses them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{json_body, query};
use crate::App;
use crate::answer::{Answer, No, list as answer_list, public};
use crate::store::Kind;

type Own = Path<(String, String)>;

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::StoredData, id).ok_or_else(|| No::missing("Donnée stockée"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let all = app.store.list(Kind::StoredData).into_iter().filter(|s| s["status"] != "DELETED").collect();
    answer_list(all, &query(&uri), &["name", "type", "status"], &["name", "type", "open", "srs"])
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|s| Json(public(s)))
}

pub(crate) async fn patch(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    let changed = app.store.change(Kind::StoredData, &id, |stored| {
        for member in ["name", "description", "open", "edition", "extent", "extra", "public_activity"] {
            if let Some(value) = body.get(member) {
                stored[member] = value.clone();
            }
        }
    });
    changed.map(|s| Json(public(s))).ok_or_else(|| No::missing("Donnée stockée"))
}

pub(crate) async fn delete(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    let uses = |used: &Value| {
        used["type_infos"]["used_data"].as_array().is_some_and(|all| all.iter().any(|u| u["stored_data"] == id.as_str()))
    };
    if app.store.list(Kind::Configuration).iter().any(uses) {
        return Err(No::conflict("La donnée est utilisée par une configuration."));
    }
    let running = app.store.list(Kind::Execution).into_iter().any(|e| {
        matches!(e["status"].as_str(), Some("WAITING" | "PROGRESS"))
            && (e["output"]["stored_data"]["_id"] == id.as_str()
                || e["inputs"]["stored_data"].as_array().is_some_and(|a| a.iter().any(|s| s["_id"] == id.as_str())))
    });
    if running {
        return Err(No::conflict("La donnée est utilisée par une exécution en cours."));
    }
    let _ = tokio::fs::remove_dir_all(app.data.join("stored").join(&id)).await;
    app.store.change(Kind::StoredData, &id, |s| s["status"] = json!("DELETED"));
    Ok(StatusCode::NO_CONTENT)
}
