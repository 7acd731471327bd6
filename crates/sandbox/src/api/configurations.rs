//! Configurations: what to publish and how; checked against the data when they are made.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{json_body, text_of, used_data};
use crate::App;
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::events::note;
use crate::store::Kind;
use crate::switches::Switches;

type Own = Path<(String, String)>;

pub(crate) fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Configuration, id).ok_or_else(|| No::missing("Configuration"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Configuration);
    all.retain(|c| query.one("stored_data").is_none_or(|id| used_data::uses(c, id)));
    let members = ["name", "layer_name", "type", "status"];
    answer_list(&app, all, &query, &Shape { filters: &members, thin: &members })
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|c| Json(public(c)))
}

fn valid_layer_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let (kind, name, layer) = (text_of(&body, "type")?, text_of(&body, "name")?, text_of(&body, "layer_name")?);
    if !valid_layer_name(&layer) {
        return Err(No::invalid("« layer_name » : lettres, chiffres, « _ », « - » et « . » seulement."));
    }
    if let Some(prefix) = app.switches().layer_name_prefix
        && (!layer.starts_with(&prefix) || layer.len() == prefix.len())
    {
        return Err(No::invalid(format!("« layer_name » doit commencer par « {prefix} ».")));
    }
    let mishap = app.switches.lock().is_ok_and(|mut s| Switches::take(&mut s.taken_names));
    let taken = |c: &Value| c["type"] == kind.as_str() && c["layer_name"] == layer.as_str();
    if mishap || app.store.list(Kind::Configuration).iter().any(taken) {
        return Err(No::conflict(format!("Le nom technique « {layer} » est déjà pris pour ce type de service.")));
    }
    used_data::check(&app, &kind, &body["type_infos"])?;
    let mut made = json!({
        "name": name, "layer_name": layer, "type": kind, "status": "UNPUBLISHED", "tags": {},
        "attribution": body["attribution"], "metadata": body["metadata"], "type_infos": body["type_infos"]
    });
    drop_nulls(&mut made);
    note(&app, &mut made, "Création", None);
    Ok(Json(public(app.store.insert(Kind::Configuration, made))))
}

fn drop_nulls(entity: &mut Value) {
    if let Some(members) = entity.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

pub(crate) async fn replace(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let before = find(&app, &id)?;
    let body = json_body(&body)?;
    let (kind, name) = (text_of(&body, "type")?, text_of(&body, "name")?);
    if before["type"] != kind.as_str() {
        return Err(No::invalid("Le type d'une configuration ne change pas."));
    }
    used_data::check(&app, &kind, &body["type_infos"])?;
    let changed = app.store.change(Kind::Configuration, &id, |c| {
        c["name"] = json!(name);
        for member in ["type_infos", "attribution", "metadata"] {
            c[member] = body[member].clone();
        }
        drop_nulls(c);
        note(&app, c, "Modification", None);
    });
    changed.map(|c| Json(public(c))).ok_or_else(|| No::missing("Configuration"))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    let changed = app.store.change(Kind::Configuration, &id, |c| {
        for member in ["name", "extra"] {
            if let Some(value) = body.get(member) {
                c[member] = value.clone();
            }
        }
    });
    changed.map(|c| Json(public(c))).ok_or_else(|| No::missing("Configuration"))
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    if app.store.list(Kind::Offering).iter().any(|o| o["configuration"]["_id"] == id.as_str()) {
        return Err(No::conflict("La configuration a encore une offre."));
    }
    app.store.remove(Kind::Configuration, &id);
    Ok(StatusCode::NO_CONTENT)
}
