//! Stored data: made by processings only; described, patched, deleted when nothing uses them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::json_body;
use crate::App;
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::events::{note, pass};
use crate::store::Kind;

type Own = Path<(String, String)>;
const SHAPE: Shape = Shape { filters: &["name", "type", "status"], thin: &["name", "type", "open", "srs"] };
/// Of an extent set by hand.
const MOST_POINTS: usize = 5_000;

pub(crate) fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::StoredData, id).ok_or_else(|| No::missing("Donnée stockée"))
}

/// As it is shown: older answers named attributes in a list.
pub(crate) fn shown(app: &App, stored: Value) -> Json<Value> {
    let mut stored = public(stored);
    if app.switches().attributes_as_array {
        for relation in stored["type_infos"]["relations"].as_array_mut().into_iter().flatten() {
            let names: Option<Vec<String>> = relation["attributes"].as_object().map(|a| a.keys().cloned().collect());
            if let Some(names) = names {
                relation["attributes"] = json!(names);
            }
        }
    }
    Json(stored)
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::StoredData);
    // nothing comes from other datastores here
    all.retain(|s| {
        s["status"] != "DELETED" && query.one("owned") != Some("false") && query.one("shared") != Some("true")
    });
    answer_list(&app, all, &query, &SHAPE)
}

/// What one may read of all datastores: here, what is ready in the one there is.
pub(crate) async fn mine(State(app): State<App>, uri: Uri) -> Response {
    let all = app.store.list(Kind::StoredData).into_iter().filter(|s| s["status"] == "GENERATED").collect();
    answer_list(&app, all, &Query::of(&uri), &SHAPE)
}

pub(crate) async fn mine_one(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<Value>> {
    find(&app, &id).map(|s| shown(&app, s))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|s| shown(&app, s))
}

fn points(value: &Value) -> usize {
    match value.as_array() {
        Some(all) if all.first().is_some_and(Value::is_number) => 1,
        Some(all) => all.iter().map(points).sum(),
        None => value["coordinates"].as_array().map_or(0, |c| c.iter().map(points).sum()),
    }
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    if find(&app, &id)?["status"] == "DELETED" {
        return Err(No::invalid("La donnée stockée est supprimée."));
    }
    let body = json_body(&body)?;
    if points(&body["extent"]) > MOST_POINTS {
        return Err(No::invalid(format!("« extent » a plus de {MOST_POINTS} points.")));
    }
    let changed = app.store.change(Kind::StoredData, &id, |stored| {
        for member in ["name", "description", "open", "edition", "extent", "extra", "public_activity"] {
            if let Some(value) = body.get(member) {
                stored[member] = value.clone();
            }
        }
        note(&app, stored, "Modification", None);
    });
    changed.map(|s| shown(&app, s)).ok_or_else(|| No::missing("Donnée stockée"))
}

/// Data that are made of others, which then cannot go: `(used by, uses)`.
fn dependents(app: &App, id: &str) -> Answer<(Vec<Value>, Vec<Value>)> {
    let short = |s: &Value| json!({ "_id": s["_id"], "name": s["name"] });
    let all = app.store.list(Kind::StoredData);
    let on = |s: &Value, id: &str| s[".uses"].as_array().is_some_and(|u| u.iter().any(|one| one == id));
    let own = find(app, id)?;
    let by = all.iter().filter(|s| s["status"] != "DELETED" && on(s, id)).map(short).collect();
    let of = all.iter().filter(|s| s["_id"].as_str().is_some_and(|other| on(&own, other))).map(short).collect();
    Ok((by, of))
}

pub(crate) async fn dependencies(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    let (used_by, of) = dependents(&app, &id)?;
    Ok(Json(json!({ "used_by": used_by, "use": of })))
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    if app.store.list(Kind::Configuration).iter().any(|c| super::used_data::uses(c, &id)) {
        return Err(No::conflict("La donnée est utilisée par une configuration."));
    }
    if !dependents(&app, &id)?.0.is_empty() {
        return Err(No::conflict("La donnée est utilisée par une autre donnée."));
    }
    let running = app.store.list(Kind::Execution).into_iter().any(|e| {
        matches!(e["status"].as_str(), Some("WAITING" | "PROGRESS"))
            && (e["output"]["stored_data"]["_id"] == id.as_str()
                || e["inputs"]["stored_data"].as_array().is_some_and(|a| a.iter().any(|s| s["_id"] == id.as_str())))
    });
    if running {
        return Err(No::conflict("La donnée est utilisée par une exécution en cours."));
    }
    pass(&app, Kind::StoredData, &id, "DELETED");
    let _ = tokio::fs::remove_dir_all(app.data.join("stored").join(&id)).await;
    Ok(StatusCode::NO_CONTENT)
}
