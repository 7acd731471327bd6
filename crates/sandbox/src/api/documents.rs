//! Personal documents: files of one's own, shared by an address nobody can guess.

use std::path::PathBuf;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::annexes::mime_of;
use super::who::bytes_of;
use super::{json_body, uploads};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public as shown};
use crate::store::Kind;
use crate::{App, form};

fn place(app: &App, id: &str) -> PathBuf {
    app.data.join("documents").join(id)
}

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Document, id).ok_or_else(|| No::missing("Document"))
}

/// A new address each time.
fn address(app: &App, name: &str) -> String {
    let end = name.rsplit_once('.').map_or_else(String::new, |(_, end)| format!(".{end}"));
    format!("{}/documents/{}{end}", app.origin, uuid::Uuid::new_v4().simple())
}

fn room(app: &App) -> u64 {
    app.switches().documents_quota.saturating_sub(bytes_of(app, Kind::Document, |_| true))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Document);
    // nobody else is there to share with me
    all.retain(|_| query.one("shared") != Some("true"));
    let shape = Shape { filters: &["mime_type", "labels", "name"], thin: &["name", "size", "mime_type"] };
    answer_list(&app, all, &query, &shape)
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<Value>> {
    find(&app, &id).map(|d| Json(shown(d)))
}

pub(crate) async fn file(State(app): State<App>, Path(id): Path<String>) -> Answer<Response> {
    let document = find(&app, &id)?;
    uploads::send(&place(&app, &id), document["mime_type"].as_str().unwrap_or_default()).await
}

pub(crate) async fn create(State(app): State<App>, request: Request) -> Answer<Json<Value>> {
    let form = form::read(&app, request, room(&app), None).await?;
    let name = form.needed("name")?;
    let mut document = json!({
        "name": name, "size": form.file.bytes, "mime_type": mime_of(&form.file.name), "labels": form.many("labels"),
        ".file": form.file.name
    });
    if let Some(description) = form.one("description") {
        document["description"] = json!(description);
    }
    if form.flag("public_url")? == Some(true) {
        document["public_url"] = json!(address(&app, &form.file.name));
    }
    let id = uuid::Uuid::new_v4().to_string();
    form::place(&form.file.path, &place(&app, &id)).map_err(No::broken)?;
    Ok(Json(shown(app.store.insert_as(Kind::Document, &id, document))))
}

pub(crate) async fn replace(State(app): State<App>, Path(id): Path<String>, request: Request) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let form = form::read(&app, request, room(&app), None).await?;
    form::place(&form.file.path, &place(&app, &id)).map_err(No::broken)?;
    let changed = app.store.change(Kind::Document, &id, |d| {
        d["size"] = json!(form.file.bytes);
        d["mime_type"] = json!(mime_of(&form.file.name));
    });
    changed.map(|d| Json(shown(d))).ok_or_else(|| No::missing("Document"))
}

pub(crate) async fn change(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer<Json<Value>> {
    let (before, body) = (find(&app, &id)?, json_body(&body)?);
    let address = address(&app, before[".file"].as_str().unwrap_or_default());
    let changed = app.store.change(Kind::Document, &id, |d| {
        for member in ["name", "description", "labels", "extra"] {
            if let Some(value) = body.get(member) {
                d[member] = value.clone();
            }
        }
        match body["public_url"].as_bool() {
            Some(true) if d["public_url"].is_null() => d["public_url"] = json!(address),
            Some(false) => drop(d.as_object_mut().map(|d| d.shift_remove("public_url"))),
            _ => {}
        }
        // reading a member that is absent leaves a null behind
        if let Some(members) = d.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
    });
    changed.map(|d| Json(shown(d))).ok_or_else(|| No::missing("Document"))
}

pub(crate) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Answer<StatusCode> {
    find(&app, &id)?;
    app.store.remove(Kind::Document, &id);
    let _ = tokio::fs::remove_file(place(&app, &id)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// What whoever has the address may read. Addresses keep their last part across restarts.
pub(crate) async fn public(State(app): State<App>, Path(name): Path<String>) -> Answer<Response> {
    let end = format!("/documents/{name}");
    let found = app
        .store
        .list(Kind::Document)
        .into_iter()
        .find(|d| d["public_url"].as_str().is_some_and(|u| u.ends_with(&end)))
        .ok_or_else(|| No::missing("Document"))?;
    uploads::send(
        &place(&app, found["_id"].as_str().unwrap_or_default()),
        found["mime_type"].as_str().unwrap_or_default(),
    )
    .await
}
