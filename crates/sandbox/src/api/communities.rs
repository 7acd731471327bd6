//! The one community, and its members.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::json_body;
use super::who::{CONTACT, NAME, TECHNICAL};
use crate::App;
use crate::answer::{Answer, No, Query, Shape, list, public};
use crate::store::Kind;

/// Makes what a new data folder lacks.
pub(crate) fn seed(app: &App) {
    let a = &app.account;
    if app.store.get(Kind::Community, &a.community).is_none() {
        let body = json!({
            "name": NAME, "technical_name": TECHNICAL, "description": "La plateforme sur votre machine",
            "contact": CONTACT, "public": false
        });
        app.store.insert_as(Kind::Community, &a.community, body);
    }
}

fn find(app: &App, id: &str) -> Answer<Value> {
    let mut community = app.store.get(Kind::Community, id).ok_or_else(|| No::missing("Communauté"))?;
    let a = &app.account;
    community["datastore"] = json!({ "_id": a.datastore, "active": true });
    community["supervisor"] = me(app);
    Ok(public(community))
}

fn me(app: &App) -> Value {
    json!({ "_id": app.account.user, "email": CONTACT, "first_name": super::who::FIRST_NAME, "last_name": super::who::LAST_NAME })
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<Value>> {
    find(&app, &id).map(Json)
}

pub(crate) async fn change(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    if body.get("supervisor").is_some_and(|s| *s != app.account.user) {
        return Err(No::missing("Utilisateur"));
    }
    app.store.change(Kind::Community, &id, |community| {
        for member in ["name", "description", "contact", "public"] {
            if let Some(value) = body.get(member) {
                community[member] = value.clone();
            }
        }
    });
    find(&app, &id).map(Json)
}

pub(crate) async fn users(State(app): State<App>, Path(id): Path<String>, uri: Uri) -> Answer<Response> {
    let community = find(&app, &id)?;
    let user = json!({
        "_id": app.account.user, "rights": app.switches().rights, "user": me(&app),
        "creation": community["creation"], "update": community["update"]
    });
    let mut answer = vec![user];
    let wanted = Query::of(&uri).many("rights");
    answer.retain(|u| wanted.iter().all(|w| u["rights"].as_array().is_some_and(|r| r.contains(&json!(w)))));
    answer.iter_mut().for_each(|u| drop(u.as_object_mut().map(|u| u.remove("_id"))));
    Ok(crate::answer::page(answer, &Query::of(&uri), 10, 100))
}

/// There is one account, the supervisor, who always has every right.
pub(crate) async fn put_user(State(app): State<App>, Path((id, user)): Path<(String, String)>) -> Answer<Json<Value>> {
    let community = find(&app, &id)?;
    if user != app.account.user {
        return Err(No::missing("Utilisateur"));
    }
    Ok(Json(json!({
        "rights": app.switches().rights, "user": me(&app), "creation": community["creation"], "update": community["update"]
    })))
}

pub(crate) async fn remove_user(
    State(app): State<App>,
    Path((id, user)): Path<(String, String)>,
) -> Answer<StatusCode> {
    find(&app, &id)?;
    if user != app.account.user {
        return Err(No::missing("Utilisateur"));
    }
    Err(No::invalid("Le superviseur d'une communauté ne peut pas en être retiré."))
}

pub(crate) async fn leave(State(app): State<App>, Path(id): Path<String>) -> Answer<StatusCode> {
    find(&app, &id)?;
    Err(No::invalid("Le superviseur d'une communauté ne peut pas la quitter."))
}

/// The public ones.
pub(crate) async fn catalogue(State(app): State<App>, uri: Uri) -> Response {
    let all = app.store.list(Kind::Community).into_iter().filter(|c| c["public"] == true).collect();
    list(&app, all, &Query::of(&uri), &Shape { filters: &["name"], thin: &[] })
}
