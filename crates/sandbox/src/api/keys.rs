//! Keys and accesses: how a consumer opens private services. The private services ask for a key
//! that has an access; which layers it opens is looked at when a request names one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{json_body, permissions, text_of};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::store::{Kind, now};
use crate::{App, auth};

type Deep = Path<(String, String)>;

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Key, id).ok_or_else(|| No::missing("Clé"))
}

fn hashed(password: &str) -> String {
    hex::encode(Sha256::digest(password.as_bytes()))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let shape = Shape {
        filters: &["type", "name", "user_agent", "referer", "whitelist", "blacklist"],
        thin: &["name", "type"],
    };
    answer_list(&app, app.store.list(Kind::Key), &Query::of(&uri), &shape)
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<Value>> {
    find(&app, &id).map(|k| Json(public(k)))
}

fn free_name(app: &App, name: &str) -> Answer<()> {
    if app.store.list(Kind::Key).iter().any(|k| k["name"] == name) {
        return Err(No::conflict(format!("Une clé porte déjà le nom « {name} ».")));
    }
    Ok(())
}

pub(crate) async fn create(State(app): State<App>, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let (name, kind) = (text_of(&body, "name")?, text_of(&body, "type")?);
    let all = app.store.list(Kind::Key);
    if all.len() as u64 >= app.switches().keys_quota {
        return Err(No::conflict("Le quota de clés est atteint."));
    }
    free_name(&app, &name)?;
    let infos = match kind.as_str() {
        "HASH" => {
            let own = body["type_infos"]["hash"].as_str().map(str::to_owned);
            json!({ "hash": own.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string()) })
        }
        "BASIC" => {
            let (login, password) = (text_of(&body["type_infos"], "login")?, text_of(&body["type_infos"], "password")?);
            if all.iter().any(|k| k["type_infos"]["login"] == login.as_str()) {
                return Err(No::conflict("Cet identifiant est déjà pris."));
            }
            json!({ "login": login, "password": hashed(&password) })
        }
        "OAUTH2" if all.iter().any(|k| k["type"] == "OAUTH2") => {
            return Err(No::conflict("Un compte n'a qu'une clé OAUTH2."));
        }
        "OAUTH2" => json!({}),
        other => return Err(No::invalid(format!("« type » ne peut pas être « {other} »."))),
    };
    let mut key = json!({ "name": name, "type": kind, "type_infos": infos });
    for member in ["whitelist", "blacklist", "user_agent", "referer"] {
        if let Some(value) = body.get(member) {
            key[member] = value.clone();
        }
    }
    Ok(Json(public(app.store.insert(Kind::Key, key))))
}

pub(crate) async fn change(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer<Json<Value>> {
    find(&app, &id)?;
    let body = json_body(&body)?;
    if let Some(name) = body["name"].as_str() {
        // even its own name: the platform says it is taken
        free_name(&app, name)?;
    }
    let changed = app.store.change(Kind::Key, &id, |k| {
        for member in ["name", "whitelist", "blacklist", "user_agent", "referer"] {
            if let Some(value) = body.get(member) {
                k[member] = value.clone();
            }
        }
    });
    changed.map(|k| Json(public(k))).ok_or_else(|| No::missing("Clé"))
}

pub(crate) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Answer<StatusCode> {
    find(&app, &id)?;
    for access in app.store.list(Kind::Access).iter().filter(|a| a[".key"] == id.as_str()) {
        app.store.remove(Kind::Access, access["_id"].as_str().unwrap_or_default());
    }
    app.store.remove(Kind::Key, &id);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn accesses(State(app): State<App>, Path(id): Path<String>, uri: Uri) -> Answer<Response> {
    find(&app, &id)?;
    let own = app
        .store
        .list(Kind::Access)
        .into_iter()
        .filter(|a| a[".key"] == id.as_str())
        .filter_map(|a| {
            let mut shown = json!({ "_id": a["_id"], "creation": a["creation"], "update": a["update"] });
            shown["offering"] = public(app.store.get(Kind::Offering, a[".offering"].as_str()?)?);
            if let Some(p) = a[".permission"].as_str().and_then(|p| app.store.get(Kind::Permission, p)) {
                shown["permission"] =
                    json!({ "_id": p["_id"], "licence": p["licence"], "only_oauth": p["only_oauth"] });
                if let Some(date) = p["end_date"].as_str() {
                    shown["permission"]["end_date"] = json!(date);
                }
            }
            Some(shown)
        })
        .collect();
    Ok(answer_list(&app, own, &Query::of(&uri), &Shape { filters: &[], thin: &[] }))
}

pub(crate) async fn add_access(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer<StatusCode> {
    let (key, body) = (find(&app, &id)?, json_body(&body)?);
    let permission = match body["permission"].as_str() {
        Some(p) => Some(permissions::find(&app, p)?),
        None => None,
    };
    if permission.as_ref().is_some_and(|p| p["only_oauth"] == true && key["type"] != "OAUTH2") {
        return Err(No::invalid("Cette permission ne vaut que pour une clé OAUTH2."));
    }
    if permission.as_ref().and_then(|p| p["end_date"].as_str()).is_some_and(|end| *end < *now()) {
        return Err(No::invalid("Cette permission est échue."));
    }
    let wanted: Vec<String> =
        body["offerings"].as_array().into_iter().flatten().filter_map(|o| o.as_str().map(str::to_owned)).collect();
    for offering in &wanted {
        let entity = app.store.get(Kind::Offering, offering).ok_or_else(|| No::missing("Offre"))?;
        let granted = match &permission {
            Some(p) => p["offerings"].as_array().is_some_and(|all| all.contains(&json!(offering))),
            None => entity["open"] == true,
        };
        if !granted {
            return Err(No::new(StatusCode::FORBIDDEN, "Aucune permission n'ouvre cette offre."));
        }
        let same = |a: &Value| a[".key"] == id.as_str() && a[".offering"] == offering.as_str();
        if app.store.list(Kind::Access).iter().any(same) {
            return Err(No::conflict("La clé a déjà un accès à cette offre."));
        }
    }
    for offering in wanted {
        let permission = permission.as_ref().map(|p| p["_id"].clone());
        app.store.insert(Kind::Access, json!({ ".key": id, ".offering": offering, ".permission": permission }));
    }
    Ok(StatusCode::from_u16(app.switches().accesses_status).unwrap_or(StatusCode::OK))
}

pub(crate) async fn remove_access(State(app): State<App>, Path((id, access)): Deep) -> Answer<StatusCode> {
    let found = app.store.get(Kind::Access, &access).filter(|a| a[".key"] == id.as_str());
    found.ok_or_else(|| No::missing("Accès"))?;
    app.store.remove(Kind::Access, &access);
    Ok(StatusCode::NO_CONTENT)
}

/// The key that a request to a private service carries.
fn key_of(app: &App, request: &Request) -> Option<Value> {
    let query = Query::of(request.uri());
    let header_of = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    let keys = app.store.list(Kind::Key);
    let named = query.one("apikey").or_else(|| ["apikey", "api_key", "x-key"].iter().find_map(|n| header_of(n)));
    if let Some(hash) = named {
        return keys.into_iter().find(|k| k["type_infos"]["hash"] == hash);
    }
    if auth::bearer(request).is_some_and(|t| app.tokens.opens(t)) {
        return keys.into_iter().find(|k| k["type"] == "OAUTH2");
    }
    let basic = header_of(header::AUTHORIZATION.as_str())?.strip_prefix("Basic ")?;
    let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(basic).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    let password = hashed(password);
    keys.into_iter().find(|k| k["type_infos"]["login"] == login && k["type_infos"]["password"] == password.as_str())
}

/// Before a private service.
pub(crate) async fn require(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(key) = key_of(&app, &request) else {
        let page = Html("<html><head><title>401</title></head><body><h1>401 Authorization Required</h1></body></html>");
        return (StatusCode::UNAUTHORIZED, page).into_response();
    };
    let accesses = app.store.list(Kind::Access);
    let live: Vec<String> = accesses
        .iter()
        .filter(|a| a[".key"] == key["_id"])
        .filter_map(|a| app.store.get(Kind::Offering, a[".offering"].as_str()?))
        .filter(|o| o["available"] != false)
        .filter_map(|o| o["layer_name"].as_str().map(str::to_owned))
        .collect();
    let query = Query::of(request.uri());
    let named = ["layers", "LAYERS", "typeNames", "TYPENAMES", "typename", "layer", "LAYER"];
    let mut asked: Vec<String> = named.iter().flat_map(|n| query.many(n)).collect();
    let parts: Vec<&str> = request.uri().path().split('/').collect();
    if let Some(layer) = match parts.as_slice() {
        ["", "private", "tms", _, layer, ..]
        | ["", "private", "telechargement", "resource" | "download", layer, ..] => Some(layer),
        _ => None,
    } {
        asked.push((*layer).to_owned());
    }
    let opens = |asked: &String| live.iter().any(|l| asked == l || asked.split(':').next() == Some(l));
    if live.is_empty() || !asked.iter().filter(|a| !a.is_empty()).all(opens) {
        return No::new(StatusCode::FORBIDDEN, "Cette clé n'a pas d'accès à cette couche.").into_response();
    }
    next.run(request).await
}
