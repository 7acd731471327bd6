//! Uploads: created, filled while OPEN, closed (which starts the checks), opened again, deleted.

use std::path::{Component, Path as FilePath, PathBuf};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use platform::wire::TreeNode;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{json_body, query, text_of};
use crate::answer::{Answer, No, list as answer_list, page, public};
use crate::store::Kind;
use crate::{App, jobs};

const TYPES: &[&str] = &["VECTOR", "ARCHIVE"];
const THIN: &[&str] = &["type", "name", "open", "srs", "description", "status"];

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
    let all = app.store.list(Kind::Upload).into_iter().filter(|u| u["status"] != "DELETED").collect();
    answer_list(all, &query(&uri), &["name", "type", "status"], THIN)
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<(StatusCode, Json<Value>)> {
    let body = json_body(&body)?;
    let (name, description) = (text_of(&body, "name")?, text_of(&body, "description")?);
    let (kind, srs) = (text_of(&body, "type")?, text_of(&body, "srs")?);
    if !TYPES.contains(&kind.as_str()) {
        let says = format!("Le bac à sable n'accepte pas encore de livraison de type {kind}.");
        return Err(No(StatusCode::NOT_IMPLEMENTED, says));
    }
    if geodata::describe_crs(&srs).is_none() {
        return Err(No::invalid(format!("Le système de coordonnées « {srs} » est inconnu.")));
    }
    let upload = app.store.insert(
        Kind::Upload,
        json!({
            "name": name, "description": description, "type": kind, "srs": srs, "open": false, "status": "OPEN",
            "contact": "bac-a-sable@example.org", "size": 0, "tags": {}
        }),
    );
    Ok((StatusCode::CREATED, Json(public(upload))))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|u| Json(public(u)))
}

pub(crate) async fn patch(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    let changed = app.store.change(Kind::Upload, &id, |upload| {
        for member in ["name", "description", "open", "srs", "extent", "extra"] {
            if let Some(value) = body.get(member) {
                upload[member] = value.clone();
            }
        }
    });
    changed.map(|u| Json(public(u))).ok_or_else(|| No::missing("Livraison"))
}

pub(crate) async fn delete(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    let running = app.store.list(Kind::Execution).into_iter().any(|e| {
        matches!(e["status"].as_str(), Some("WAITING" | "PROGRESS"))
            && e["inputs"]["upload"].as_array().is_some_and(|all| all.iter().any(|u| u["_id"] == id.as_str()))
    });
    if running {
        return Err(No::conflict("La livraison est utilisée par une exécution en cours."));
    }
    let _ = tokio::fs::remove_dir_all(app.data.join("uploads").join(&id)).await;
    app.store.change(Kind::Upload, &id, |u| u["status"] = json!("DELETED"));
    Ok(StatusCode::NO_CONTENT)
}

/// A path in an upload: relative, without a way out.
fn safe_path(uri: &Uri) -> Answer<PathBuf> {
    let query = query(uri);
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
    multipart: Multipart,
) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let path = safe_path(&uri)?;
    let target = files_of(&app, &id).join(&path);
    if target.exists() {
        return Err(No::conflict(format!("Le fichier « {} » est déjà dans la livraison.", path.display())));
    }
    receive(&app, multipart, &target).await?;
    resize(&app, &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes the part `file` under a temporary name, then renames: a cut transfer leaves nothing.
async fn receive(app: &App, mut multipart: Multipart, target: &FilePath) -> Answer<()> {
    let lost = |e: &dyn std::fmt::Display| No::invalid(format!("Le fichier n'a pas été reçu en entier : {e}."));
    let incoming = app.data.join("incoming");
    tokio::fs::create_dir_all(&incoming).await.map_err(|e| lost(&e))?;
    let cut = app.switches.lock().ok().and_then(|mut s| s.cut_file_after.take());
    while let Some(mut field) = multipart.next_field().await.map_err(|e| lost(&e))? {
        if field.name() != Some("file") {
            continue;
        }
        let temporary = incoming.join(uuid::Uuid::new_v4().to_string());
        let written = async {
            let mut file = tokio::fs::File::create(&temporary).await.map_err(|e| lost(&e))?;
            let mut bytes = 0;
            while let Some(chunk) = field.chunk().await.map_err(|e| lost(&e))? {
                bytes += chunk.len() as u64;
                if cut.is_some_and(|most| bytes > most) {
                    return Err(No(StatusCode::BAD_GATEWAY, "Transfert coupé.".to_owned()));
                }
                file.write_all(&chunk).await.map_err(|e| lost(&e))?;
            }
            file.sync_all().await.map_err(|e| lost(&e))
        }
        .await;
        if let Err(no) = written {
            let _ = tokio::fs::remove_file(&temporary).await;
            return Err(no);
        }
        if let Some(folder) = target.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(|e| lost(&e))?;
        }
        return tokio::fs::rename(&temporary, target).await.map_err(|e| lost(&e));
    }
    Err(No::invalid("La partie « file » est obligatoire."))
}

async fn resize(app: &App, id: &str) {
    let folder = files_of(app, id);
    let size = tokio::task::spawn_blocking(move || crate::work::size_of(&folder)).await.unwrap_or(0);
    app.store.change(Kind::Upload, id, |u| u["size"] = json!(size));
}

pub(crate) async fn remove_file(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    let target = files_of(&app, &id).join(safe_path(&uri)?);
    let removed = if target.is_dir() {
        tokio::fs::remove_dir_all(&target).await
    } else {
        tokio::fs::remove_file(&target).await
    };
    removed.map_err(|_| No::missing("Fichier"))?;
    resize(&app, &id).await;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn add_md5(State(app): State<App>, Path((_, id)): Own, mut multipart: Multipart) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    while let Some(field) = multipart.next_field().await.map_err(|e| No::invalid(e.to_string()))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("signatures.md5").rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if name.is_empty() || name.starts_with("..") {
            return Err(No::invalid("Le nom du fichier de signatures est refusé."));
        }
        let bytes = field.bytes().await.map_err(|e| No::invalid(e.to_string()))?;
        let folder = md5_of(&app, &id);
        let saved = async {
            tokio::fs::create_dir_all(&folder).await?;
            tokio::fs::write(folder.join(name), bytes).await
        };
        return saved.await.map(|()| StatusCode::NO_CONTENT).map_err(|e| No::invalid(e.to_string()));
    }
    Err(No::invalid("La partie « file » est obligatoire."))
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

pub(crate) async fn close(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find_open(&app, &id)?;
    app.store.change(Kind::Upload, &id, |u| u["status"] = json!("CHECKING"));
    jobs::check(&app, &id);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn open(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let upload = find(&app, &id)?;
    if !matches!(upload["status"].as_str(), Some("CLOSED" | "UNSTABLE")) {
        return Err(No::invalid("Seule une livraison fermée ou instable peut être rouverte."));
    }
    for check in app.store.list(Kind::CheckExecution) {
        if check["upload"]["_id"] == id.as_str() {
            if let Some(own) = check["_id"].as_str() {
                app.store.remove(Kind::CheckExecution, own);
            }
        }
    }
    app.store.change(Kind::Upload, &id, |u| u["status"] = json!("OPEN"));
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn checks(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let own: Vec<Value> =
        app.store.list(Kind::CheckExecution).into_iter().filter(|c| c["upload"]["_id"] == id.as_str()).collect();
    let of = |states: &[&str]| -> Vec<Value> {
        own.iter()
            .filter(|c| c["status"].as_str().is_some_and(|s| states.contains(&s)))
            .map(|c| json!({ "_id": c["_id"], "check": c["check"], "creation": c["creation"], "update": c["update"] }))
            .collect()
    };
    Ok(Json(json!({
        "asked": of(&["WAITING"]), "in_progress": of(&["PROGRESS"]),
        "passed": of(&["SUCCESS"]), "failed": of(&["FAILURE"])
    })))
}

pub(crate) async fn check_execution(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    app.store.get(Kind::CheckExecution, &id).map(|c| Json(public(c))).ok_or_else(|| No::missing("Exécution"))
}

pub(crate) async fn check_logs(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    let check = app.store.get(Kind::CheckExecution, &id).ok_or_else(|| No::missing("Exécution"))?;
    let lines = check[".log"].as_array().cloned().unwrap_or_default();
    Ok(page(lines, &query(&uri), 2000).into_response())
}
