//! Uploads: created, filled while OPEN, closed (which starts the checks), opened again, deleted.

use std::path::{Component, Path as FilePath, PathBuf};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use platform::wire::TreeNode;
use serde_json::{Value, json};

use super::who::{CONTACT, bytes_of};
use super::{json_body, text_of};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::connection::Line;
use crate::events::{note, pass};
use crate::store::Kind;
use crate::{App, form, jobs};

const TYPES: [&str; 3] = ["VECTOR", "RASTER", "ARCHIVE"];

type Own = Path<(String, String)>;

/// Where an upload's files are.
pub(crate) fn files_of(app: &App, upload: &str) -> PathBuf {
    app.data.join("uploads").join(upload).join("files")
}

/// Where its MD5 lists are.
pub(crate) fn md5_of(app: &App, upload: &str) -> PathBuf {
    app.data.join("uploads").join(upload).join("md5")
}

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Upload, id).ok_or_else(|| No::missing("Livraison"))
}

fn find_open(app: &App, id: &str) -> Answer<Value> {
    let upload = find(app, id)?;
    if upload["status"] == "OPEN" {
        Ok(upload)
    } else {
        Err(No::invalid(format!("La livraison n'est pas ouverte (état {}).", upload["status"].as_str().unwrap_or("?"))))
    }
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Upload);
    // nothing comes from other datastores here
    all.retain(|u| {
        u["status"] != "DELETED" && query.one("owned") != Some("false") && query.one("shared") != Some("true")
    });
    let thin = ["type", "name", "open", "srs", "description", "status"];
    answer_list(&app, all, &query, &Shape { filters: &["name", "type", "status"], thin: &thin })
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let (name, description) = (text_of(&body, "name")?, text_of(&body, "description")?);
    let (kind, srs) = (text_of(&body, "type")?, text_of(&body, "srs")?);
    if !TYPES.contains(&kind.as_str()) {
        let says = format!("Le bac à sable n'accepte pas encore de livraison de type {kind}.");
        return Err(No::new(StatusCode::NOT_IMPLEMENTED, says));
    }
    known_srs(&srs)?;
    let mut upload = json!({
        "name": name, "description": description, "type": kind, "srs": srs, "open": false, "status": "OPEN",
        "contact": CONTACT, "size": 0, "tags": {}
    });
    note(&app, &mut upload, "Création", None);
    Ok(Json(public(app.store.insert(Kind::Upload, upload))))
}

fn known_srs(srs: &str) -> Answer<()> {
    geodata::describe_crs(srs)
        .map(|_| ())
        .ok_or_else(|| No::invalid(format!("Le système de coordonnées « {srs} » est inconnu.")))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|u| Json(public(u)))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    if let Some(srs) = body["srs"].as_str() {
        known_srs(srs)?;
    }
    let changed = app.store.change(Kind::Upload, &id, |upload| {
        for member in ["name", "description", "open", "srs", "extent", "extra"] {
            if let Some(value) = body.get(member) {
                upload[member] = value.clone();
            }
        }
        note(&app, upload, "Modification", None);
    });
    changed.map(|u| Json(public(u))).ok_or_else(|| No::missing("Livraison"))
}

/// Deletion is logical: the entity stays, with its tags, events and checks; its files go.
pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let upload = find(&app, &id)?;
    if upload["status"] == "CHECKING" {
        return Err(No::conflict("La livraison est en cours de vérification."));
    }
    let running = app.store.list(Kind::Execution).into_iter().any(|e| {
        matches!(e["status"].as_str(), Some("WAITING" | "PROGRESS"))
            && e["inputs"]["upload"].as_array().is_some_and(|all| all.iter().any(|u| u["_id"] == id.as_str()))
    });
    if running {
        return Err(No::conflict("La livraison est utilisée par une exécution en cours."));
    }
    pass(&app, Kind::Upload, &id, "DELETED");
    let _ = tokio::fs::remove_dir_all(app.data.join("uploads").join(&id)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A path in an upload: relative, without a way out.
fn safe_path(uri: &Uri) -> Answer<PathBuf> {
    let query = Query::of(uri);
    let raw = query.one("path").filter(|p| !p.is_empty()).ok_or_else(|| No::invalid("« path » est obligatoire."))?;
    let path = FilePath::new(raw);
    let inside = path.components().all(|c| matches!(c, Component::Normal(_)));
    if !inside || raw.contains('\\') || raw.contains('\0') || raw.len() > 1000 {
        return Err(No::invalid("« path » doit être un chemin relatif, sans « .. »."));
    }
    Ok(path.to_owned())
}

pub(crate) async fn add_file(
    State(app): State<App>,
    Path((_, id)): Own,
    uri: Uri,
    request: Request,
) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let path = safe_path(&uri)?;
    let target = files_of(&app, &id).join(&path);
    let taken = || No::conflict(format!("Le fichier « {} » est déjà dans la livraison.", path.display()));
    if target.exists() {
        return Err(taken());
    }
    // a file where a folder is needed
    if target.ancestors().skip(1).take_while(|a| *a != files_of(&app, &id)).any(FilePath::is_file) {
        return Err(taken());
    }
    let line = request.extensions().get::<ConnectInfo<Line>>().map(|l| l.0.clone());
    let left = app.switches().storage_quota.saturating_sub(bytes_of(&app, Kind::Upload, |_| true));
    let form = form::read(&app, request, left, Some(target.clone())).await?;
    // it may have been closed, or sent by someone else, meanwhile
    find_open(&app, &id)?;
    if target.exists() {
        return Err(taken());
    }
    form::place(&form.file.path, &target).map_err(No::broken)?;
    resize(&app, &id).await;
    form::lose_answer(&app, line);
    Ok(StatusCode::NO_CONTENT)
}

/// A file of an upload, as it came.
pub(crate) async fn file(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    find(&app, &id)?;
    send(&files_of(&app, &id).join(safe_path(&uri)?), "application/octet-stream").await
}

/// Streams a file.
pub(crate) async fn send(path: &FilePath, mime: &str) -> Answer<Response> {
    let opened = tokio::fs::File::open(path).await.map_err(|_| No::missing("Fichier"))?;
    let about = opened.metadata().await.map_err(No::broken)?;
    if !about.is_file() {
        return Err(No::missing("Fichier"));
    }
    let headers = [("content-type", mime.to_owned()), ("content-length", about.len().to_string())];
    Ok((headers, Body::from_stream(tokio_util::io::ReaderStream::new(opened))).into_response())
}

async fn resize(app: &App, id: &str) {
    let folder = files_of(app, id);
    let size = tokio::task::spawn_blocking(move || crate::work::size_of(&folder)).await.unwrap_or(0);
    app.store.change(Kind::Upload, id, |u| u["size"] = json!(size));
}

pub(crate) async fn remove_file(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let target = files_of(&app, &id).join(safe_path(&uri)?);
    let removed =
        if target.is_dir() { tokio::fs::remove_dir_all(&target).await } else { tokio::fs::remove_file(&target).await };
    removed.map_err(|_| No::missing("Fichier"))?;
    resize(&app, &id).await;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn add_md5(State(app): State<App>, Path((_, id)): Own, request: Request) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let form = form::read(&app, request, 100_000_000, None).await?;
    let name = if form.file.name.is_empty() { "signatures.md5" } else { form.file.name.as_str() };
    if matches!(name, "." | "..") || name.contains('\0') {
        return Err(No::invalid("Le nom du fichier de signatures est refusé."));
    }
    form::place(&form.file.path, &md5_of(&app, &id).join(name)).map_err(No::broken)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove_md5(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let target = md5_of(&app, &id).join(safe_path(&uri)?);
    tokio::fs::remove_file(&target).await.map_err(|_| No::missing("Fichier"))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn tree(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Vec<TreeNode>>> {
    if find(&app, &id)?["status"] == "DELETED" {
        return Err(No::missing("Arborescence"));
    }
    let (files, md5) = (files_of(&app, &id), md5_of(&app, &id));
    let nodes = tokio::task::spawn_blocking(move || {
        let mut nodes = crate::work::tree_of(&files);
        nodes.extend(crate::work::tree_of(&md5));
        nodes
    });
    Ok(Json(nodes.await.unwrap_or_default()))
}

pub(crate) async fn close(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let callback = if body.is_empty() { Value::Null } else { json_body(&body)?["callback"].clone() };
    app.store.change(Kind::Upload, &id, |u| {
        u[".callback"] = callback;
        u["status"] = json!("CHECKING");
        note(&app, u, "Statut CHECKING", None);
    });
    jobs::check(&app, &id, None);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn open(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let upload = find(&app, &id)?;
    if !matches!(upload["status"].as_str(), Some("CLOSED" | "UNSTABLE")) {
        return Err(No::invalid("Seule une livraison fermée ou instable peut être rouverte."));
    }
    // executions of checks stay readable; the upload's lists start anew
    for check in app.store.list(Kind::CheckExecution).iter().filter(|c| c["upload"]["_id"] == id.as_str()) {
        app.store.change(Kind::CheckExecution, check["_id"].as_str().unwrap_or_default(), |c| c[".past"] = json!(true));
    }
    pass(&app, Kind::Upload, &id, "OPEN");
    Ok(StatusCode::NO_CONTENT)
}
