//! Offerings: a configuration made live on an endpoint, for real, and taken down again.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{configurations, json_body, text_of, used_data, who};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::store::Kind;
use crate::{App, jobs};

type Own = Path<(String, String)>;
const THIN: &[&str] = &["open", "available", "layer_name", "type", "status"];

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Offering, id).ok_or_else(|| No::missing("Offre"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Offering);
    all.retain(|o| {
        query.one("is_open").is_none_or(|w| crate::answer::is(&o["open"], w))
            && query.one("stored_data").is_none_or(|id| {
                let configuration =
                    o["configuration"]["_id"].as_str().and_then(|c| app.store.get(Kind::Configuration, c));
                configuration.is_some_and(|c| used_data::uses(&c, id))
            })
    });
    let filters = ["layer_name", "type", "status", "endpoint", "configuration", "open"];
    answer_list(&app, all, &query, &Shape { filters: &filters, thin: THIN })
}

pub(crate) async fn of_configuration(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    configurations::find(&app, &id)?;
    let mut own = app.store.list(Kind::Offering);
    own.retain(|o| o["configuration"]["_id"] == id.as_str());
    let mut thin = THIN.to_vec();
    thin.extend(["endpoint", "configuration", "urls"]);
    Ok(answer_list(&app, own, &Query::of(&uri), &Shape { filters: &[], thin: &thin }))
}

/// What anybody may know is published.
pub(crate) async fn catalogue(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Offering);
    all.retain(|o| o["open"] == true && o["available"] == true && o["status"] == "PUBLISHED");
    if query.one("is_endpoint_open") == Some("false") {
        all.retain(|o| !on_open(&app, o));
    }
    all.iter_mut().for_each(|o| o["contact"] = json!(who::CONTACT));
    answer_list(&app, all, &query, &Shape { filters: &["layer_name", "type"], thin: &[] })
}

/// Whether an offering is on an endpoint that is open to all.
fn on_open(app: &App, offering: &Value) -> bool {
    let id = offering["endpoint"]["_id"].as_str().unwrap_or_default();
    who::endpoint(id, &app.origin).is_some_and(|e| e["open"] == true)
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|o| Json(public(o)))
}

pub(crate) async fn create(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let configuration = configurations::find(&app, &id)?;
    let body = json_body(&body)?;
    let wanted = text_of(&body, "endpoint")?;
    let endpoint = who::endpoint(&wanted, &app.origin).ok_or_else(|| No::missing("Point d'accès"))?;
    if endpoint["type"] != configuration["type"] {
        return Err(No::invalid("Ce point d'accès n'est pas du type de la configuration."));
    }
    let all = app.store.list(Kind::Offering);
    if all.iter().any(|o| o["configuration"]["_id"] == id.as_str() && o["endpoint"]["_id"] == wanted.as_str()) {
        return Err(No::conflict("La configuration a déjà une offre sur ce point d'accès."));
    }
    who::room_on(&app, &wanted)?;
    // on an endpoint open to all, an offering is open
    let open = endpoint["open"] == true || body["open"] == true;
    let made = app.store.insert(
        Kind::Offering,
        json!({
            "open": open, "available": true, "layer_name": configuration["layer_name"], "type": configuration["type"],
            "status": "PUBLISHING",
            "configuration": { "_id": configuration["_id"], "name": configuration["name"], "status": "PUBLISHED" },
            "endpoint": { "_id": endpoint["_id"], "name": endpoint["name"] },
            "urls": [], "public_activity": body["public_activity"].as_bool().unwrap_or(false)
        }),
    );
    app.store.change(Kind::Configuration, &id, |c| c["status"] = json!("PUBLISHED"));
    jobs::publish(&app, made["_id"].as_str().unwrap_or_default());
    Ok(Json(public(made)))
}

pub(crate) async fn synchronise(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let offering = find(&app, &id)?;
    if matches!(offering["status"].as_str(), Some("UNPUBLISHING" | "PUBLISHING" | "MODIFYING")) {
        return Err(No::conflict("L'offre est déjà en cours de changement."));
    }
    app.store.change(Kind::Offering, &id, |o| o["status"] = json!("MODIFYING"));
    if let Some(configuration) = offering["configuration"]["_id"].as_str() {
        app.store.change(Kind::Configuration, configuration, |c| c["status"] = json!("SYNCHRONIZING"));
    }
    jobs::publish(&app, &id);
    Ok(StatusCode::ACCEPTED)
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let before = find(&app, &id)?;
    let body = json_body(&body)?;
    if body["open"] == false && on_open(&app, &before) {
        return Err(No::invalid("Une offre sur un point d'accès ouvert est toujours ouverte."));
    }
    let changed = app.store.change(Kind::Offering, &id, |o| {
        for member in ["open", "available", "extra", "public_activity"] {
            if let Some(value) = body.get(member) {
                o[member] = value.clone();
            }
        }
    });
    let after = changed.ok_or_else(|| No::missing("Offre"))?;
    if before["open"] == true && after["open"] == false {
        // accesses that no permission backs end
        for access in
            app.store.list(Kind::Access).iter().filter(|a| a[".offering"] == id.as_str() && a[".permission"].is_null())
        {
            app.store.remove(Kind::Access, access["_id"].as_str().unwrap_or_default());
        }
    }
    if before["available"] != after["available"] && after["status"] == "PUBLISHED" {
        jobs::show(&app, &id).await;
    }
    Ok(Json(public(after)))
}

/// First DELETE: unpublished. Second, by the switch: gone.
pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let offering = find(&app, &id)?;
    if offering["status"] == "UNPUBLISHED" {
        jobs::forget_offering(&app, &id);
        return Ok(StatusCode::ACCEPTED);
    }
    if offering["status"] == "UNPUBLISHING" {
        return Err(No::invalid("L'offre est déjà en cours de dépublication."));
    }
    app.store.change(Kind::Offering, &id, |o| o["status"] = json!("UNPUBLISHING"));
    jobs::unpublish(&app, &id);
    Ok(StatusCode::ACCEPTED)
}
