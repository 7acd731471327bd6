//! Checks: which there are, how they ran over uploads.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use platform::wire::known;
use serde_json::{Value, json};

use super::json_body;
use crate::answer::{Answer, No, Query, Shape, list as answer_list, page, public};
use crate::events::pass;
use crate::store::Kind;
use crate::{App, jobs};

type Own = Path<(String, String)>;

/// The checks there are, and the upload types for which each starts by itself.
pub(crate) fn catalogue() -> Vec<Value> {
    [
        (known::CHECK_STANDARD, "Vérification standard", "Signatures MD5 des fichiers livrés", vec!["VECTOR", "ARCHIVE", "RASTER"]),
        (known::CHECK_VECTOR, "Vérification vecteur", "Lecture, projection, emprise et noms", vec!["VECTOR"]),
        (known::CHECK_RASTER, "Vérification raster", "Lecture et géoréférencement des images", vec!["RASTER"]),
        (known::CHECK_ARCHIVE, "Vérification archive", "Unicité des noms de fichiers", vec!["ARCHIVE"]),
    ]
    .into_iter()
    .map(|(id, name, description, types)| {
        json!({ "_id": id, "name": name, "description": description, "priority": "STANDARD", "default_uploads_check": types })
    })
    .collect()
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    answer_list(&app, catalogue(), &Query::of(&uri), &Shape { filters: &["name"], thin: &[] })
}

pub(crate) async fn one(Path((_, id)): Own) -> Answer<Json<Value>> {
    catalogue().into_iter().find(|c| c["_id"] == id.as_str()).map(Json).ok_or_else(|| No::missing("Vérification"))
}

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::CheckExecution, id).ok_or_else(|| No::missing("Exécution"))
}

pub(crate) async fn executions(State(app): State<App>, uri: Uri) -> Response {
    let shape = Shape { filters: &["check", "status", "upload"], thin: &["check", "status"] };
    answer_list(&app, app.store.list(Kind::CheckExecution), &Query::of(&uri), &shape)
}

pub(crate) async fn execution(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|c| Json(public(c)))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let status = find(&app, &id)?["status"].clone();
    if status == "SUCCESS" || status == "FAILURE" {
        return Err(No::invalid("La vérification est terminée."));
    }
    let callback = json_body(&body)?["callback"].clone();
    let changed = app.store.change(Kind::CheckExecution, &id, |c| {
        if callback.is_object() {
            c["callback"] = callback;
        }
    });
    changed.map(|c| Json(public(c))).ok_or_else(|| No::missing("Exécution"))
}

/// Stops a check that runs; one that waits cannot be stopped yet.
pub(crate) async fn stop(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let check = find(&app, &id)?;
    if check["status"] != "PROGRESS" {
        return Err(No::invalid("Seule une vérification en cours peut être arrêtée."));
    }
    pass(&app, Kind::CheckExecution, &id, "FAILURE");
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn logs(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    let lines = find(&app, &id)?[".log"].as_array().cloned().unwrap_or_default();
    Ok(page(lines, &Query::of(&uri), 2000, 2000))
}

pub(crate) async fn of_upload(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    app.store.get(Kind::Upload, &id).ok_or_else(|| No::missing("Livraison"))?;
    let own: Vec<Value> = app
        .store
        .list(Kind::CheckExecution)
        .into_iter()
        .filter(|c| c["upload"]["_id"] == id.as_str() && c[".past"] != true)
        .collect();
    let of = |status: &str| -> Vec<Value> {
        own.iter()
            .filter(|c| c["status"] == status)
            .map(|c| json!({ "_id": c["_id"], "check": c["check"], "creation": c["creation"], "update": c["update"] }))
            .collect()
    };
    Ok(Json(json!({
        "asked": of("WAITING"), "in_progress": of("PROGRESS"), "passed": of("SUCCESS"), "failed": of("FAILURE")
    })))
}

/// Asks for checks beside those that start by themselves.
pub(crate) async fn ask(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<StatusCode> {
    let upload = app.store.get(Kind::Upload, &id).ok_or_else(|| No::missing("Livraison"))?;
    if !matches!(upload["status"].as_str(), Some("CLOSED" | "UNSTABLE")) {
        return Err(No::invalid("Les vérifications se demandent sur une livraison fermée."));
    }
    let wanted = json_body(&body)?;
    let wanted: Vec<Value> = wanted
        .as_array()
        .into_iter()
        .flatten()
        .map(|id| catalogue().into_iter().find(|c| c["_id"] == *id).ok_or_else(|| No::missing("Vérification")))
        .collect::<Answer<_>>()?;
    pass(&app, Kind::Upload, &id, "CHECKING");
    jobs::check(&app, &id, Some(wanted));
    Ok(StatusCode::ACCEPTED)
}
