//! Permissions: what the producer grants on private offerings, and what its beneficiary sees.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::who::{CONTACT, NAME, TECHNICAL};
use super::{json_body, text_of};
use crate::App;
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::store::Kind;

type Own = Path<(String, String)>;

pub(crate) fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Permission, id).ok_or_else(|| No::missing("Permission"))
}

/// A permission with its offerings as they are now.
fn shown(app: &App, permission: Value, with_urls: bool) -> Value {
    let mut permission = public(permission);
    let offerings: Vec<Value> = permission["offerings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| app.store.get(Kind::Offering, id.as_str()?))
        .map(|o| {
            let mut short = json!({
                "_id": o["_id"], "type": o["type"], "status": o["status"], "layer_name": o["layer_name"],
                "open": o["open"], "available": o["available"]
            });
            if with_urls {
                short["urls"] = o["urls"].clone();
            }
            short
        })
        .collect();
    permission["offerings"] = json!(offerings);
    permission
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let mut all = app.store.list(Kind::Permission);
    all.retain(|p| {
        query.one("offering").is_none_or(|o| p["offerings"].as_array().is_some_and(|all| all.contains(&json!(o))))
    });
    let all = all.into_iter().map(|p| shown(&app, p, false)).collect();
    answer_list(&app, all, &query, &Shape { filters: &[], thin: &[] })
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|p| Json(shown(&app, p, false)))
}

/// Offerings that can be granted: there, and on private endpoints.
fn private(app: &App, body: &Value) -> Answer<()> {
    for id in body["offerings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let offering = app.store.get(Kind::Offering, id).ok_or_else(|| No::missing("Offre"))?;
        let endpoint = super::who::endpoint(offering["endpoint"]["_id"].as_str().unwrap_or_default(), &app.origin);
        if endpoint.is_none_or(|e| e["open"] == true) {
            return Err(No::invalid("Une permission ne porte que sur des offres de points d'accès privés."));
        }
    }
    Ok(())
}

/// One permission for each beneficiary.
pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let licence = text_of(&body, "licence")?;
    private(&app, &body)?;
    if body["offerings"].as_array().is_none_or(Vec::is_empty) {
        return Err(No::invalid("« offerings » est vide."));
    }
    let a = &app.account;
    let of = |member: &str| body[member].as_array().cloned().unwrap_or_default();
    let mut beneficiaries = Vec::new();
    for user in of("users") {
        if user != a.user.as_str() {
            return Err(No::missing("Utilisateur"));
        }
        beneficiaries
            .push(json!({ "_id": a.user, "first_name": super::who::FIRST_NAME, "last_name": super::who::LAST_NAME }));
    }
    for community in of("communities") {
        if community != a.community.as_str() {
            return Err(No::missing("Communauté"));
        }
        beneficiaries.push(json!({
            "_id": a.community, "name": NAME, "technical_name": TECHNICAL, "contact": CONTACT, "public": false
        }));
    }
    if beneficiaries.is_empty() {
        return Err(No::invalid("« users » ou « communities » : un bénéficiaire au moins."));
    }
    let made = beneficiaries
        .into_iter()
        .map(|beneficiary| {
            let mut permission = json!({
                "licence": licence, "offerings": body["offerings"], "beneficiary": beneficiary,
                "datastore_author": { "_id": a.datastore, "name": NAME, "technical_name": TECHNICAL, "active": true },
                "only_oauth": body["only_oauth"].as_bool().unwrap_or(false)
            });
            if let Some(date) = body["end_date"].as_str() {
                permission["end_date"] = json!(date);
            }
            shown(&app, app.store.insert(Kind::Permission, permission), false)
        })
        .collect();
    Ok(Json(Value::Array(made)))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    private(&app, &body)?;
    let changed = app.store.change(Kind::Permission, &id, |p| {
        for member in ["end_date", "licence", "offerings"] {
            if let Some(value) = body.get(member) {
                p[member] = value.clone();
            }
        }
    });
    changed.map(|p| Json(shown(&app, p, false))).ok_or_else(|| No::missing("Permission"))
}

/// Accesses built on it go with it.
fn forget(app: &App, id: &str) {
    for access in app.store.list(Kind::Access).iter().filter(|a| a[".permission"] == id) {
        app.store.remove(Kind::Access, access["_id"].as_str().unwrap_or_default());
    }
    app.store.remove(Kind::Permission, id);
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    forget(&app, &id);
    Ok(StatusCode::NO_CONTENT)
}

fn received_shape(app: &App, permission: Value) -> Value {
    let mut shown = shown(app, permission, true);
    if let Some(members) = shown.as_object_mut() {
        members.shift_remove("beneficiary");
    }
    shown
}

pub(crate) async fn received(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let wants = |name: &str| query.one(name).map(|v| v == "true");
    let mut all = app.store.list(Kind::Permission);
    all.retain(|p| {
        let personal = p["beneficiary"]["_id"] == app.account.user.as_str();
        wants("personal").is_none_or(|w| w == personal) && wants("community").is_none_or(|w| w != personal)
    });
    let all = all
        .into_iter()
        .map(|p| received_shape(&app, p))
        .filter(|p| query.one("license").is_none_or(|w| crate::answer::is(&p["licence"], w)))
        .filter(|p| {
            ["layer_name", "type"].iter().all(|m| {
                query.one(m).is_none_or(|w| {
                    p["offerings"].as_array().is_some_and(|o| o.iter().any(|o| crate::answer::is(&o[*m], w)))
                })
            })
        })
        .collect();
    answer_list(&app, all, &query, &Shape { filters: &["only_oauth"], thin: &[] })
}

pub(crate) async fn received_one(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<Value>> {
    find(&app, &id).map(|p| Json(received_shape(&app, p)))
}

/// One gives up what was granted to oneself, not to a community.
pub(crate) async fn give_up(State(app): State<App>, Path(id): Path<String>) -> Answer<StatusCode> {
    if find(&app, &id)?["beneficiary"]["_id"] != app.account.user.as_str() {
        return Err(No::new(StatusCode::FORBIDDEN, "Cette permission est celle d'une communauté."));
    }
    forget(&app, &id);
    Ok(StatusCode::NO_CONTENT)
}
