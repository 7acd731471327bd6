//! Annexes: files beside the data, served to all once published.

use std::path::PathBuf;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::who::{TECHNICAL, bytes_of};
use super::{json_body, uploads};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public as shown};
use crate::form::Received;
use crate::store::Kind;
use crate::{App, form};

type Own = Path<(String, String)>;

fn place(app: &App, id: &str) -> PathBuf {
    app.data.join("annexes").join(id)
}

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Annex, id).ok_or_else(|| No::missing("Annexe"))
}

/// A file's media type by the end of its name.
pub(crate) fn mime_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "xml" | "sld" | "qml" => "application/xml",
        "csv" => "text/csv",
        "txt" | "md" => "text/plain",
        "html" => "text/html",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

/// Paths as they are kept: each begins with `/`, none is another annexe's.
fn paths_of(app: &App, given: &[String], own: Option<&str>) -> Answer<Vec<String>> {
    let paths: Vec<String> = given.iter().map(|p| format!("/{}", p.trim_start_matches('/'))).collect();
    if paths.is_empty() || paths.iter().any(|p| p == "/" || p.contains('\0') || p.split('/').any(|s| s == "..")) {
        return Err(No::invalid("« paths » : au moins un chemin, sans « .. »."));
    }
    let taken = |p: &&String| {
        app.store
            .list(Kind::Annex)
            .iter()
            .any(|a| a["_id"].as_str() != own && a["paths"].as_array().is_some_and(|all| all.contains(&json!(p))))
    };
    match paths.iter().find(taken) {
        Some(path) => Err(No::conflict(format!("Le chemin « {path} » est déjà celui d'une annexe."))),
        None => Ok(paths),
    }
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Annex);
    if let Some(wanted) = query.one("path") {
        let wanted = format!("/{}", wanted.trim_start_matches('/'));
        all.retain(|a| crate::answer::is(&a["paths"], &wanted));
    }
    answer_list(&app, all, &query, &Shape { filters: &["mime_type", "labels"], thin: &[] })
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|a| Json(shown(a)))
}

pub(crate) async fn file(State(app): State<App>, Path((_, id)): Own) -> Answer<Response> {
    let annexe = find(&app, &id)?;
    uploads::send(&place(&app, &id), annexe["mime_type"].as_str().unwrap_or_default()).await
}

fn room(app: &App) -> u64 {
    app.switches().storage_quota.saturating_sub(bytes_of(app, Kind::Annex, |_| true))
}

fn digest(file: &Received) -> Answer<String> {
    let bytes = std::fs::read(&file.path).map_err(No::broken)?;
    Ok(hex::encode(Md5::digest(&bytes)))
}

pub(crate) async fn create(State(app): State<App>, request: Request) -> Answer<Json<Value>> {
    let form = form::read(&app, request, room(&app), None).await?;
    let paths = paths_of(&app, &form.many("paths"), None)?;
    let name = if form.file.name.is_empty() { &paths[0] } else { &form.file.name };
    let annexe = json!({
        "paths": paths, "size": form.file.bytes, "mime_type": mime_of(name),
        "published": form.flag("published")?.unwrap_or(false), "labels": form.many("labels"), ".etag": digest(&form.file)?
    });
    let id = uuid::Uuid::new_v4().to_string();
    form::place(&form.file.path, &place(&app, &id)).map_err(No::broken)?;
    Ok(Json(shown(app.store.insert_as(Kind::Annex, &id, annexe))))
}

pub(crate) async fn replace(State(app): State<App>, Path((_, id)): Own, request: Request) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let form = form::read(&app, request, room(&app), None).await?;
    let (bytes, etag) = (form.file.bytes, digest(&form.file)?);
    form::place(&form.file.path, &place(&app, &id)).map_err(No::broken)?;
    let changed = app.store.change(Kind::Annex, &id, |a| {
        a["size"] = json!(bytes);
        a[".etag"] = json!(etag);
        if !form.file.name.is_empty() {
            a["mime_type"] = json!(mime_of(&form.file.name));
        }
    });
    changed.map(|a| Json(shown(a))).ok_or_else(|| No::missing("Annexe"))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let mut body = json_body(&body)?;
    if let Some(given) = body["paths"].as_array() {
        let given: Vec<String> = given.iter().filter_map(|p| p.as_str().map(str::to_owned)).collect();
        body["paths"] = json!(paths_of(&app, &given, Some(&id))?);
    }
    let changed = app.store.change(Kind::Annex, &id, |a| {
        for member in ["paths", "labels", "published", "extra"] {
            if let Some(value) = body.get(member) {
                a[member] = value.clone();
            }
        }
    });
    changed.map(|a| Json(shown(a))).ok_or_else(|| No::missing("Annexe"))
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    app.store.remove(Kind::Annex, &id);
    let _ = tokio::fs::remove_file(place(&app, &id)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// By labels, all of which an annexe must carry; gives how many changed.
fn by_labels(app: &App, uri: &Uri, published: bool) -> Answer<Json<usize>> {
    let labels = Query::of(uri).many("labels");
    if labels.is_empty() {
        return Err(No::invalid("« labels » est obligatoire."));
    }
    let carries = |a: &Value| labels.iter().all(|l| a["labels"].as_array().is_some_and(|all| all.contains(&json!(l))));
    let changed = app
        .store
        .list(Kind::Annex)
        .iter()
        .filter(|a| carries(a) && a["published"] != published)
        .filter_map(|a| app.store.change(Kind::Annex, a["_id"].as_str()?, |a| a["published"] = json!(published)))
        .count();
    Ok(Json(changed))
}

pub(crate) async fn publish(State(app): State<App>, uri: Uri) -> Answer<Json<usize>> {
    by_labels(&app, &uri, true)
}

pub(crate) async fn unpublish(State(app): State<App>, uri: Uri) -> Answer<Json<usize>> {
    by_labels(&app, &uri, false)
}

/// What anybody may read.
pub(crate) async fn public(
    State(app): State<App>,
    Path((datastore, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let path = json!(format!("/{path}"));
    let annexe = app
        .store
        .list(Kind::Annex)
        .into_iter()
        .find(|a| {
            datastore == TECHNICAL && a["published"] == true && a["paths"].as_array().is_some_and(|p| p.contains(&path))
        })
        .ok_or_else(|| No::missing("Annexe"))?;
    let etag = format!("\"{}\"", annexe[".etag"].as_str().unwrap_or_default());
    if headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let id = annexe["_id"].as_str().unwrap_or_default();
    let mut answer = uploads::send(&place(&app, id), annexe["mime_type"].as_str().unwrap_or_default()).await?;
    if let Ok(etag) = etag.parse() {
        answer.headers_mut().insert(header::ETAG, etag);
    }
    Ok(answer)
}
