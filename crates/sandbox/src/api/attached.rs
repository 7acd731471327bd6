//! What hangs on an entity whatever it is: tags, comments, events, sharings, the activity feed.
//! The kind is read in the path: `/api/datastores/{datastore}/{kind}/{id}/…`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{json_body, text_of};
use crate::App;
use crate::answer::{Answer, No, Query, Shape, bbox_of, list, page, public};
use crate::events::{author, note};
use crate::store::{Kind, now};

type Own = Path<(String, String)>;
type Deep = Path<(String, String, String)>;

/// The extraction service, with which data are shared to be extracted; the one other datastore
/// that a sandbox knows.
const EXTRACTION: &str = "579526dc-a3bb-437f-8163-d7e48d79d385";

fn kind(uri: &Uri) -> Answer<Kind> {
    match uri.path().split('/').nth(4) {
        Some("uploads") => Ok(Kind::Upload),
        Some("stored_data") => Ok(Kind::StoredData),
        Some("configurations") => Ok(Kind::Configuration),
        Some("metadata") => Ok(Kind::Metadata),
        _ => Err(No::missing("Entité")),
    }
}

fn find(app: &App, uri: &Uri, id: &str) -> Answer<Value> {
    app.store.get(kind(uri)?, id).ok_or_else(|| No::missing("Entité"))
}

fn changed(entity: Option<Value>) -> Answer<Json<Value>> {
    entity.map(|e| Json(public(e))).ok_or_else(|| No::missing("Entité"))
}

pub(crate) async fn add_tags(State(app): State<App>, Path((_, id)): Own, uri: Uri, body: Bytes) -> Answer<Json<Value>> {
    let tags = json_body(&body)?;
    changed(app.store.change(kind(&uri)?, &id, |entity| {
        if !entity["tags"].is_object() {
            entity["tags"] = json!({});
        }
        for (name, value) in tags.as_object().into_iter().flatten() {
            entity["tags"][name] = value.clone();
        }
    }))
}

pub(crate) async fn remove_tags(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Json<Value>> {
    let names = Query::of(&uri).many("tags");
    changed(app.store.change(kind(&uri)?, &id, |entity| {
        if let Some(tags) = entity["tags"].as_object_mut() {
            tags.retain(|name, _| !names.contains(name));
        }
    }))
}

pub(crate) async fn comments(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    find(&app, &uri, &id)?;
    let own = app.store.list(Kind::Comment).into_iter().filter(|c| c[".of"] == id.as_str()).collect();
    Ok(list(&app, own, &Query::of(&uri), &Shape { filters: &[], thin: &[] }))
}

pub(crate) async fn add_comment(
    State(app): State<App>,
    Path((_, id)): Own,
    uri: Uri,
    body: Bytes,
) -> Answer<Json<Value>> {
    find(&app, &uri, &id)?;
    let text = text_of(&json_body(&body)?, "text")?;
    let made = app.store.insert(Kind::Comment, json!({ "text": text, "author": author(&app), ".of": id }));
    Ok(Json(public(made)))
}

fn own_comment(app: &App, id: &str, comment: &str) -> Answer<()> {
    let found = app.store.get(Kind::Comment, comment).filter(|c| c[".of"] == id);
    found.map(|_| ()).ok_or_else(|| No::missing("Commentaire"))
}

pub(crate) async fn change_comment(
    State(app): State<App>,
    Path((_, id, comment)): Deep,
    body: Bytes,
) -> Answer<Json<Value>> {
    own_comment(&app, &id, &comment)?;
    let text = text_of(&json_body(&body)?, "text")?;
    changed(app.store.change(Kind::Comment, &comment, |c| c["text"] = json!(text)))
}

pub(crate) async fn remove_comment(State(app): State<App>, Path((_, id, comment)): Deep) -> Answer<StatusCode> {
    own_comment(&app, &id, &comment)?;
    app.store.remove(Kind::Comment, &comment);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn events(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    let all = find(&app, &uri, &id)?[".events"].as_array().cloned().unwrap_or_default();
    Ok(page(all, &Query::of(&uri), 10, 100))
}

/// Member of an entity where the ids it is shared with are kept.
fn place(uri: &Uri) -> &'static str {
    if uri.path().ends_with("/visibility") { ".visibility" } else { ".sharings" }
}

/// Datastores or communities by the ids an entity keeps.
fn named(app: &App, ids: &Value) -> Vec<Value> {
    ids.as_array()
        .into_iter()
        .flatten()
        .map(|id| {
            let name = if *id == EXTRACTION { "Service d'extraction" } else { super::who::NAME };
            json!({ "_id": id, "name": if *id == app.account.community { super::who::NAME } else { name } })
        })
        .collect()
}

pub(crate) async fn shared(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    let all = named(&app, &find(&app, &uri, &id)?[place(&uri)]);
    Ok(page(all, &Query::of(&uri), 10, 100))
}

pub(crate) async fn share(State(app): State<App>, Path((_, id)): Own, uri: Uri, body: Bytes) -> Answer<Json<Value>> {
    let (place, wanted) = (place(&uri), json_body(&body)?);
    let wanted: Vec<String> =
        wanted.as_array().into_iter().flatten().filter_map(|i| i.as_str().map(str::to_owned)).collect();
    for one in &wanted {
        let known = if place == ".visibility" { *one == app.account.community } else { one == EXTRACTION };
        if !known {
            return Err(No::missing(if place == ".visibility" { "Communauté" } else { "Entrepôt" }));
        }
    }
    let entity = app.store.change(kind(&uri)?, &id, |entity| {
        let mut all: Vec<String> =
            entity[place].as_array().into_iter().flatten().filter_map(|i| i.as_str().map(str::to_owned)).collect();
        all.extend(wanted.into_iter().filter(|w| !all.contains(w)).collect::<Vec<_>>());
        entity[place] = json!(all);
        note(&app, entity, "Partage", None);
    });
    entity.map(|e| Json(Value::Array(named(&app, &e[place])))).ok_or_else(|| No::missing("Entité"))
}

fn stop_sharing(app: &App, uri: &Uri, id: &str, gone: &[String]) -> Answer<StatusCode> {
    let place = place(uri);
    let entity = app.store.change(kind(uri)?, id, |entity| {
        if let Some(all) = entity[place].as_array_mut() {
            all.retain(|one| !gone.iter().any(|g| one == g));
        }
    });
    entity.map(|_| StatusCode::NO_CONTENT).ok_or_else(|| No::missing("Entité"))
}

/// Sharings end by a query, …
pub(crate) async fn unshare(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<StatusCode> {
    stop_sharing(&app, &uri, &id, &Query::of(&uri).many("datastores"))
}

/// … visibility by a body.
pub(crate) async fn hide(State(app): State<App>, Path((_, id)): Own, uri: Uri, body: Bytes) -> Answer<StatusCode> {
    let gone = json_body(&body)?;
    let gone: Vec<String> =
        gone.as_array().into_iter().flatten().filter_map(|i| i.as_str().map(str::to_owned)).collect();
    stop_sharing(&app, &uri, &id, &gone)
}

/// What happened lately, as a feed.
pub(crate) async fn activity(State(app): State<App>, uri: Uri) -> Answer<Json<Value>> {
    let (kind, address, query) = (kind(&uri)?, format!("{}{}", app.origin, uri.path()), Query::of(&uri));
    let bound = |name: &str| query.one(name).map(|d| d.trim_end_matches('Z').to_owned());
    let (after, before) = (bound("after"), bound("before"));
    let mut entries: Vec<Value> = Vec::new();
    for entity in app.store.list(kind) {
        for (number, event) in entity[".events"].as_array().into_iter().flatten().enumerate() {
            let date = event["date"].as_str().unwrap_or_default();
            if after.as_deref().is_some_and(|a| date < a) || before.as_deref().is_some_and(|b| date > b) {
                continue;
            }
            let id = entity["_id"].as_str().unwrap_or_default();
            let mut entry = json!({
                "id": format!("urn:uuid:{id}:{number}"), "title": event["title"], "updated": format!("{date}Z"),
                "content": entity["name"], "links": [], "categories": []
            });
            if let Some(b) = bbox_of(&entity["extent"]) {
                entry["polygon"] = b;
            }
            entries.push(entry);
        }
    }
    entries.sort_by(|a, b| b["updated"].as_str().cmp(&a["updated"].as_str()));
    Ok(Json(json!({
        "id": address, "title": format!("Activité : {}", super::who::NAME), "updated": now(),
        "links": [{ "href": address, "rel": "self", "type": "application/json", "title": "Activité" }],
        "rights": "", "author": { "name": super::who::NAME, "email": super::who::CONTACT }, "entries": entries
    })))
}
