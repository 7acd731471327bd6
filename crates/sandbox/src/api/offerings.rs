//! Offerings: a configuration made live on an endpoint, for real, and taken down again.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::{configurations, json_body, query, text_of, who};
use crate::answer::{Answer, No, list as answer_list, public};
use crate::store::Kind;
use crate::{App, jobs};

type Own = Path<(String, String)>;
const THIN: &[&str] = &["open", "available", "layer_name", "type", "status"];

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Offering, id).ok_or_else(|| No::missing("Offre"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let filters = ["layer_name", "type", "status", "endpoint", "configuration", "open"];
    answer_list(app.store.list(Kind::Offering), &query(&uri), &filters, THIN)
}

pub(crate) async fn of_configuration(State(app): State<App>, Path((_, id)): Own, uri: Uri) -> Answer<Response> {
    configurations::find(&app, &id)?;
    let own = app.store.list(Kind::Offering).into_iter().filter(|o| o["configuration"]["_id"] == id.as_str()).collect();
    let mut thin = THIN.to_vec();
    thin.extend(["endpoint", "configuration", "urls"]);
    Ok(answer_list(own, &query(&uri), &[], &thin))
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|o| Json(public(o)))
}

pub(crate) async fn create(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<(StatusCode, Json<Value>)> {
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
    let used = all.iter().filter(|o| o["endpoint"]["_id"] == wanted.as_str()).count() as u64;
    if used >= app.switches().endpoint_quota {
        return Err(No::conflict("Le quota du point d'accès est atteint."));
    }
    let made = app.store.insert(
        Kind::Offering,
        json!({
            "open": true, "available": true, "layer_name": configuration["layer_name"], "type": configuration["type"],
            "status": "PUBLISHING",
            "configuration": { "_id": configuration["_id"], "name": configuration["name"], "status": "PUBLISHED" },
            "endpoint": { "_id": endpoint["_id"], "name": endpoint["name"] },
            "urls": [], "public_activity": false
        }),
    );
    app.store.change(Kind::Configuration, &id, |c| c["status"] = json!("PUBLISHED"));
    jobs::publish(&app, made["_id"].as_str().unwrap_or_default());
    Ok((StatusCode::CREATED, Json(public(made))))
}

pub(crate) async fn synchronise(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    app.store.change(Kind::Offering, &id, |o| o["status"] = json!("MODIFYING"));
    jobs::publish(&app, &id);
    Ok(StatusCode::ACCEPTED)
}

pub(crate) async fn patch(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    let changed = app.store.change(Kind::Offering, &id, |o| {
        for member in ["available", "extra", "public_activity"] {
            if let Some(value) = body.get(member) {
                o[member] = value.clone();
            }
        }
    });
    changed.map(|o| Json(public(o))).ok_or_else(|| No::missing("Offre"))
}

pub(crate) async fn delete(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    let offering = find(&app, &id)?;
    if offering["status"] == "UNPUBLISHED" {
        app.store.remove(Kind::Offering, &id);
        return Ok(StatusCode::ACCEPTED);
    }
    if offering["status"] == "UNPUBLISHING" {
        return Err(No::invalid("L'offre est déjà en cours de dépublication."));
    }
    app.store.change(Kind::Offering, &id, |o| o["status"] = json!("UNPUBLISHING"));
    jobs::unpublish(&app, &id);
    Ok(StatusCode::ACCEPTED)
}
