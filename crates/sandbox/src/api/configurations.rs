//! Configurations: what to publish and how; checked against the data when they are made.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{json_body, query, text_of};
use crate::App;
use crate::answer::{Answer, No, list as answer_list, public};
use crate::store::Kind;

type Own = Path<(String, String)>;

pub(crate) fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Configuration, id).ok_or_else(|| No::missing("Configuration"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = query(&uri);
    let all = app
        .store
        .list(Kind::Configuration)
        .into_iter()
        .filter(|c| query.one("stored_data").is_none_or(|id| uses(c, id)))
        .collect();
    answer_list(all, &query, &["name", "layer_name", "type", "status"], &["name", "layer_name", "type", "status"])
}

fn uses(configuration: &Value, stored: &str) -> bool {
    let used = configuration["type_infos"]["used_data"].as_array();
    used.is_some_and(|all| all.iter().any(|u| u["stored_data"] == stored))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|c| Json(public(c)))
}

fn valid_layer_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<(StatusCode, Json<Value>)> {
    let body = json_body(&body)?;
    let (kind, name, layer) = (text_of(&body, "type")?, text_of(&body, "name")?, text_of(&body, "layer_name")?);
    if !valid_layer_name(&layer) {
        return Err(No::invalid("« layer_name » : lettres, chiffres, « _ », « - » et « . » seulement."));
    }
    if let Some(prefix) = app.switches().layer_name_prefix {
        if !layer.starts_with(&prefix) || layer.len() == prefix.len() {
            return Err(No::invalid(format!("« layer_name » doit commencer par « {prefix} ».")));
        }
    }
    let taken = |c: &Value| c["type"] == kind.as_str() && c["layer_name"] == layer.as_str();
    if app.store.list(Kind::Configuration).iter().any(taken) {
        return Err(No::conflict(format!("Le nom technique « {layer} » est déjà pris pour ce type de service.")));
    }
    check(&app, &kind, &body["type_infos"])?;
    let made = app.store.insert(
        Kind::Configuration,
        json!({
            "name": name, "layer_name": layer, "type": kind, "status": "UNPUBLISHED", "tags": {},
            "attribution": body["attribution"], "metadata": body["metadata"], "type_infos": body["type_infos"]
        }),
    );
    let made = app.store.change(Kind::Configuration, made["_id"].as_str().unwrap_or_default(), drop_nulls).unwrap_or(made);
    Ok((StatusCode::CREATED, Json(public(made))))
}

fn drop_nulls(entity: &mut Value) {
    if let Some(members) = entity.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

/// What the platform checks of `type_infos`: the data are there, hold the tables, levels and
/// attributes named, none twice.
fn check(app: &App, kind: &str, infos: &Value) -> Answer<()> {
    let needed = match kind {
        "WFS" => "VECTOR-DB",
        "WMS-VECTOR" => "VECTOR-DB",
        "WMTS-TMS" => "ROK4-PYRAMID-VECTOR",
        "DOWNLOAD" => "ARCHIVE",
        _ => {
            let says = format!("Le bac à sable ne publie pas encore de service {kind}.");
            return Err(No(StatusCode::NOT_IMPLEMENTED, says));
        }
    };
    if kind == "WMS-VECTOR" || kind == "WMTS-TMS" {
        text_of(infos, "title")?;
        text_of(infos, "abstract")?;
    }
    let used = infos["used_data"]
        .as_array()
        .filter(|u| !u.is_empty())
        .ok_or_else(|| No::invalid("« type_infos.used_data » est obligatoire."))?;
    let mut seen = Vec::new();
    for item in used {
        let id = text_of(item, "stored_data")?;
        if seen.contains(&id) && kind != "DOWNLOAD" {
            return Err(No::invalid("Une donnée stockée est référencée plusieurs fois"));
        }
        let stored = app.store.get(Kind::StoredData, &id).ok_or_else(|| No::missing("Donnée stockée"))?;
        seen.push(id);
        if stored["type"] != needed {
            return Err(No::invalid(format!("Un service {kind} demande une donnée de type {needed}.")));
        }
        if stored["status"] != "GENERATED" {
            return Err(No::invalid("La donnée stockée n'est pas prête."));
        }
        let tables = stored["type_infos"]["relations"].as_array().cloned().unwrap_or_default();
        for relation in item["relations"].as_array().into_iter().flatten() {
            let name = relation["native_name"].as_str().or(relation["name"].as_str()).unwrap_or_default();
            let table = tables
                .iter()
                .find(|t| t["name"] == name)
                .ok_or_else(|| No::invalid(format!("La table « {name} » n'existe pas dans la donnée.")))?;
            if kind == "WMS-VECTOR" {
                check_style(app, relation, table)?;
            }
        }
        if matches!(kind, "WFS" | "WMS-VECTOR") && item["relations"].as_array().is_none_or(Vec::is_empty) {
            return Err(No::invalid("« relations » est obligatoire."));
        }
        if kind == "WMTS-TMS" {
            let levels = stored["type_infos"]["levels"].as_array().cloned().unwrap_or_default();
            for member in ["bottom_level", "top_level"] {
                if !levels.contains(&json!(text_of(item, member)?)) {
                    return Err(No::invalid(format!("« {member} » n'est pas un niveau de la pyramide.")));
                }
            }
        }
        if kind == "DOWNLOAD" {
            text_of(item, "sub_name")?;
        }
    }
    Ok(())
}

fn check_style(app: &App, relation: &Value, table: &Value) -> Answer<()> {
    let id = text_of(relation, "style")?;
    let style = app.store.get(Kind::Static, &id).ok_or_else(|| No::missing("Style"))?;
    for attribute in style["type_infos"]["used_attributes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if table["attributes"].get(attribute).is_none() {
            return Err(No::invalid(format!("Le style emploie l'attribut « {attribute} », absent de la table.")));
        }
    }
    Ok(())
}

pub(crate) async fn replace(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let before = find(&app, &id)?;
    let body = json_body(&body)?;
    let (kind, name) = (text_of(&body, "type")?, text_of(&body, "name")?);
    if before["type"] != kind.as_str() {
        return Err(No::invalid("Le type d'une configuration ne change pas."));
    }
    check(&app, &kind, &body["type_infos"])?;
    let changed = app.store.change(Kind::Configuration, &id, |c| {
        c["name"] = json!(name);
        for member in ["type_infos", "attribution", "metadata"] {
            c[member] = body[member].clone();
        }
        drop_nulls(c);
    });
    changed.map(|c| Json(public(c))).ok_or_else(|| No::missing("Configuration"))
}

pub(crate) async fn patch(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
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

pub(crate) async fn delete(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    if app.store.list(Kind::Offering).iter().any(|o| o["configuration"]["_id"] == id.as_str()) {
        return Err(No::conflict("La configuration a encore une offre."));
    }
    app.store.remove(Kind::Configuration, &id);
    Ok(StatusCode::NO_CONTENT)
}
