//! The routes. What is not offered answers 501 in the platform's shape and is listed.

mod annexes;
mod attached;
mod checks;
mod communities;
mod configurations;
mod documents;
mod executions;
mod gate;
mod hearing;
mod keys;
mod metadata;
mod offerings;
mod permissions;
mod processings;
mod references;
mod statics;
mod stored_data;
mod uploads;
mod used_data;
mod who;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use serde_json::{Value, json};

pub(crate) use checks::catalogue as catalogue_of_checks;
pub(crate) use communities::seed;
pub(crate) use uploads::{files_of, md5_of};
pub(crate) use who::{CONTACT, FIRST_NAME, LAST_NAME, endpoint};

use crate::answer::{Answer, No};
use crate::switches::Switches;
use crate::{App, auth, contract};

type Offered = (&'static str, &'static str, MethodRouter<App>);

/// What is offered: method, path as the contract writes it, and who answers.
fn offered() -> Vec<Offered> {
    let mut all: Vec<Offered> = vec![
        ("GET", "/users/me", get(who::me)),
        ("GET", "/users/me/stored_data", get(stored_data::mine)),
        ("GET", "/users/me/stored_data/{stored_data}", get(stored_data::mine_one)),
        ("DELETE", "/users/me/communities/{community}", delete(communities::leave)),
        ("GET", "/users/me/permissions", get(permissions::received)),
        ("GET", "/users/me/permissions/{permission}", get(permissions::received_one)),
        ("DELETE", "/users/me/permissions/{permission}", delete(permissions::give_up)),
        ("GET", "/users/me/keys", get(keys::list)),
        ("POST", "/users/me/keys", post(keys::create)),
        ("GET", "/users/me/keys/{key}", get(keys::one)),
        ("PATCH", "/users/me/keys/{key}", patch(keys::change)),
        ("DELETE", "/users/me/keys/{key}", delete(keys::remove)),
        ("GET", "/users/me/keys/{key}/accesses", get(keys::accesses)),
        ("POST", "/users/me/keys/{key}/accesses", post(keys::add_access)),
        ("DELETE", "/users/me/keys/{key}/accesses/{access}", delete(keys::remove_access)),
        ("GET", "/users/me/documents", get(documents::list)),
        ("POST", "/users/me/documents", post(documents::create)),
        ("GET", "/users/me/documents/{document}", get(documents::one)),
        ("GET", "/users/me/documents/{document}/file", get(documents::file)),
        ("PATCH", "/users/me/documents/{document}", patch(documents::change)),
        ("PUT", "/users/me/documents/{document}", put(documents::replace)),
        ("DELETE", "/users/me/documents/{document}", delete(documents::remove)),
        ("GET", "/communities/{community}", get(communities::one)),
        ("PATCH", "/communities/{community}", patch(communities::change)),
        ("GET", "/communities/{community}/users", get(communities::users)),
        ("PUT", "/communities/{community}/users/{user}", put(communities::put_user)),
        ("DELETE", "/communities/{community}/users/{user}", delete(communities::remove_user)),
        ("GET", "/catalogs/communities", get(communities::catalogue)),
        ("GET", "/catalogs/offerings", get(offerings::catalogue)),
        ("GET", "/statics/tms", get(references::tms_list)),
        ("GET", "/statics/tms/{tms}", get(references::tms)),
        ("GET", "/statics/tms/{tms}/file", get(references::tms_file)),
        ("GET", "/statics/nomenclatures", get(references::nomenclatures)),
        ("GET", "/datastores/{datastore}", get(who::datastore)),
        ("GET", "/datastores/{datastore}/endpoints", get(who::endpoints)),
        ("GET", "/datastores/{datastore}/storages", get(who::storages)),
        ("GET", "/datastores/{datastore}/checks", get(checks::list)),
        ("GET", "/datastores/{datastore}/checks/{check}", get(checks::one)),
        ("GET", "/datastores/{datastore}/checks/executions", get(checks::executions)),
        ("GET", "/datastores/{datastore}/checks/executions/{execution}", get(checks::execution)),
        ("PATCH", "/datastores/{datastore}/checks/executions/{execution}", patch(checks::change)),
        ("DELETE", "/datastores/{datastore}/checks/executions/{execution}", delete(checks::stop)),
        ("GET", "/datastores/{datastore}/checks/executions/{execution}/logs", get(checks::logs)),
        ("GET", "/datastores/{datastore}/processings", get(processings::list)),
        ("GET", "/datastores/{datastore}/processings/{processing}", get(processings::one)),
        ("GET", "/datastores/{datastore}/processings/executions", get(executions::list)),
        ("POST", "/datastores/{datastore}/processings/executions", post(executions::create)),
        ("GET", "/datastores/{datastore}/processings/executions/{execution}", get(executions::one)),
        ("PATCH", "/datastores/{datastore}/processings/executions/{execution}", patch(executions::change)),
        ("DELETE", "/datastores/{datastore}/processings/executions/{execution}", delete(executions::remove)),
        ("GET", "/datastores/{datastore}/processings/executions/{execution}/logs", get(executions::logs)),
        ("POST", "/datastores/{datastore}/processings/executions/{execution}/launch", post(executions::launch)),
        ("POST", "/datastores/{datastore}/processings/executions/{execution}/abort", post(executions::abort)),
        ("GET", "/datastores/{datastore}/uploads", get(uploads::list)),
        ("POST", "/datastores/{datastore}/uploads", post(uploads::create)),
        ("GET", "/datastores/{datastore}/uploads/{upload}", get(uploads::one)),
        ("PATCH", "/datastores/{datastore}/uploads/{upload}", patch(uploads::change)),
        ("DELETE", "/datastores/{datastore}/uploads/{upload}", delete(uploads::remove)),
        ("GET", "/datastores/{datastore}/uploads/{upload}/data", get(uploads::file)),
        ("POST", "/datastores/{datastore}/uploads/{upload}/data", post(uploads::add_file)),
        ("DELETE", "/datastores/{datastore}/uploads/{upload}/data", delete(uploads::remove_file)),
        ("POST", "/datastores/{datastore}/uploads/{upload}/md5", post(uploads::add_md5)),
        ("DELETE", "/datastores/{datastore}/uploads/{upload}/md5", delete(uploads::remove_md5)),
        ("GET", "/datastores/{datastore}/uploads/{upload}/tree", get(uploads::tree)),
        ("POST", "/datastores/{datastore}/uploads/{upload}/close", post(uploads::close)),
        ("POST", "/datastores/{datastore}/uploads/{upload}/open", post(uploads::open)),
        ("GET", "/datastores/{datastore}/uploads/{upload}/checks", get(checks::of_upload)),
        ("POST", "/datastores/{datastore}/uploads/{upload}/checks", post(checks::ask)),
        ("GET", "/datastores/{datastore}/stored_data", get(stored_data::list)),
        ("GET", "/datastores/{datastore}/stored_data/{stored_data}", get(stored_data::one)),
        ("PATCH", "/datastores/{datastore}/stored_data/{stored_data}", patch(stored_data::change)),
        ("DELETE", "/datastores/{datastore}/stored_data/{stored_data}", delete(stored_data::remove)),
        ("GET", "/datastores/{datastore}/stored_data/{stored_data}/dependencies", get(stored_data::dependencies)),
        ("GET", "/datastores/{datastore}/stored_data/{stored_data}/visibility", get(attached::shared)),
        ("POST", "/datastores/{datastore}/stored_data/{stored_data}/visibility", post(attached::share)),
        ("DELETE", "/datastores/{datastore}/stored_data/{stored_data}/visibility", delete(attached::hide)),
        ("GET", "/datastores/{datastore}/statics", get(statics::list)),
        ("POST", "/datastores/{datastore}/statics", post(statics::create)),
        ("GET", "/datastores/{datastore}/statics/{static}", get(statics::one)),
        ("GET", "/datastores/{datastore}/statics/{static}/file", get(statics::file)),
        ("PUT", "/datastores/{datastore}/statics/{static}", put(statics::replace)),
        ("PATCH", "/datastores/{datastore}/statics/{static}", patch(statics::change)),
        ("DELETE", "/datastores/{datastore}/statics/{static}", delete(statics::remove)),
        ("GET", "/datastores/{datastore}/annexes", get(annexes::list)),
        ("POST", "/datastores/{datastore}/annexes", post(annexes::create)),
        ("GET", "/datastores/{datastore}/annexes/{annexe}", get(annexes::one)),
        ("GET", "/datastores/{datastore}/annexes/{annexe}/file", get(annexes::file)),
        ("PATCH", "/datastores/{datastore}/annexes/{annexe}", patch(annexes::change)),
        ("PUT", "/datastores/{datastore}/annexes/{annexe}", put(annexes::replace)),
        ("DELETE", "/datastores/{datastore}/annexes/{annexe}", delete(annexes::remove)),
        ("POST", "/datastores/{datastore}/annexes/publication", post(annexes::publish)),
        ("POST", "/datastores/{datastore}/annexes/unpublication", post(annexes::unpublish)),
        ("GET", "/datastores/{datastore}/metadata", get(metadata::list)),
        ("POST", "/datastores/{datastore}/metadata", post(metadata::create)),
        ("GET", "/datastores/{datastore}/metadata/{metadata}", get(metadata::one)),
        ("GET", "/datastores/{datastore}/metadata/{metadata}/file", get(metadata::file)),
        ("PUT", "/datastores/{datastore}/metadata/{metadata}", put(metadata::replace)),
        ("PATCH", "/datastores/{datastore}/metadata/{metadata}", patch(metadata::change)),
        ("DELETE", "/datastores/{datastore}/metadata/{metadata}", delete(metadata::remove)),
        ("POST", "/datastores/{datastore}/metadata/publication", post(metadata::publish)),
        ("POST", "/datastores/{datastore}/metadata/unpublication", post(metadata::unpublish)),
        ("GET", "/datastores/{datastore}/configurations", get(configurations::list)),
        ("POST", "/datastores/{datastore}/configurations", post(configurations::create)),
        ("GET", "/datastores/{datastore}/configurations/{configuration}", get(configurations::one)),
        ("PUT", "/datastores/{datastore}/configurations/{configuration}", put(configurations::replace)),
        ("PATCH", "/datastores/{datastore}/configurations/{configuration}", patch(configurations::change)),
        ("DELETE", "/datastores/{datastore}/configurations/{configuration}", delete(configurations::remove)),
        ("GET", "/datastores/{datastore}/configurations/{configuration}/offerings", get(offerings::of_configuration)),
        ("POST", "/datastores/{datastore}/configurations/{configuration}/offerings", post(offerings::create)),
        ("GET", "/datastores/{datastore}/offerings", get(offerings::list)),
        ("GET", "/datastores/{datastore}/offerings/{offering}", get(offerings::one)),
        ("PUT", "/datastores/{datastore}/offerings/{offering}", put(offerings::synchronise)),
        ("PATCH", "/datastores/{datastore}/offerings/{offering}", patch(offerings::change)),
        ("DELETE", "/datastores/{datastore}/offerings/{offering}", delete(offerings::remove)),
        ("GET", "/datastores/{datastore}/permissions", get(permissions::list)),
        ("POST", "/datastores/{datastore}/permissions", post(permissions::create)),
        ("GET", "/datastores/{datastore}/permissions/{permission}", get(permissions::one)),
        ("PATCH", "/datastores/{datastore}/permissions/{permission}", patch(permissions::change)),
        ("DELETE", "/datastores/{datastore}/permissions/{permission}", delete(permissions::remove)),
    ];
    // tags, comments, events and sharings are the same whatever they hang on
    for route in contract::routes() {
        let last = route.path.rsplit('/').next().unwrap_or_default();
        let how: Option<MethodRouter<App>> = match (route.method.as_str(), last) {
            ("POST", "tags") => Some(post(attached::add_tags)),
            ("DELETE", "tags") => Some(delete(attached::remove_tags)),
            ("GET", "comments") => Some(get(attached::comments)),
            ("POST", "comments") => Some(post(attached::add_comment)),
            ("PUT", "{comment}") => Some(put(attached::change_comment)),
            ("DELETE", "{comment}") => Some(delete(attached::remove_comment)),
            ("GET", "events") => Some(get(attached::events)),
            ("GET", "sharings") => Some(get(attached::shared)),
            ("POST", "sharings") => Some(post(attached::share)),
            ("DELETE", "sharings") => Some(delete(attached::unshare)),
            ("GET", "activity") if route.path.starts_with("/datastores") => Some(get(attached::activity)),
            _ => None,
        };
        // sharing a personal document needs other people, of which there are none here
        if let Some(how) = how.filter(|_| !route.path.starts_with("/users/me")) {
            all.push((route.method.as_str(), route.path.as_str(), how));
        }
    }
    all
}

/// The routes of the contract that answer 501: `(method, path)`.
#[must_use]
pub fn unimplemented() -> Vec<(&'static str, &'static str)> {
    let known: BTreeSet<(&str, &str)> = offered().iter().map(|(method, path, _)| (*method, *path)).collect();
    contract::routes()
        .iter()
        .map(|r| (r.method.as_str(), r.path.as_str()))
        .filter(|route| !known.contains(route))
        .collect()
}

/// JSON bodies are small.
pub(crate) const MOST_JSON_BYTES: usize = 10_000_000;

pub(crate) fn router(app: App) -> Router {
    let mut api = Router::new();
    for (_, path, how) in offered() {
        api = api.route(&format!("/api{path}"), how);
    }
    for (method, path) in unimplemented() {
        let how = match method {
            "GET" => get(not_offered),
            "POST" => post(not_offered),
            "PUT" => put(not_offered),
            "PATCH" => patch(not_offered),
            _ => delete(not_offered),
        };
        api = api.route(&format!("/api{path}"), how);
    }
    let api = api
        .route("/api/organizations/{*rest}", get(not_offered))
        .route(
            "/api/administrator/{*rest}",
            get(not_offered).post(not_offered).put(not_offered).patch(not_offered).delete(not_offered),
        )
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), gate::pass));
    let connect = "/realms/geoplateforme/protocol/openid-connect";
    let private = Router::new()
        .nest("/private", app.private.router())
        .layer(middleware::from_fn_with_state(app.clone(), keys::require));
    Router::new()
        .merge(api)
        .route(&format!("{connect}/token"), post(auth::token))
        .route(&format!("{connect}/auth"), get(auth::authorize))
        .route(&format!("{connect}/revoke"), post(auth::revoke))
        .route("/realms/geoplateforme/login-actions/authenticate", post(auth::sign_in))
        .route("/realms/geoplateforme/login-actions/consent", post(auth::agree))
        .route(&format!("{connect}/logout"), get(auth::logout).post(auth::logout))
        .route(&format!("{connect}/userinfo"), get(auth::userinfo).post(auth::userinfo))
        .route(&format!("{connect}/certs"), get(auth::certs))
        .route("/realms/geoplateforme/.well-known/openid-configuration", get(auth::discovery))
        .route("/sandbox/switches", get(switches).post(switch))
        .route("/sandbox/requests", get(requests).delete(forget_requests))
        .route("/annexes/{datastore}/{*path}", get(annexes::public))
        .route("/documents/{name}", get(documents::public))
        .route("/csw", get(metadata::csw))
        .merge(app.services.router())
        .merge(private)
        .fallback(nowhere)
        .layer(middleware::from_fn(hearing::hear_out))
        .layer(middleware::from_fn_with_state(app.clone(), journal))
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
        .with_state(app)
}

async fn not_offered() -> No {
    let says = "Le bac à sable n'offre pas cette route, qui existe sur la plateforme.";
    No::new(StatusCode::NOT_IMPLEMENTED, says)
}

async fn not_allowed() -> No {
    No::new(StatusCode::METHOD_NOT_ALLOWED, "Cette route existe, mais pas avec cette méthode.")
}

/// What leads nowhere; below `/api`, to whoever may ask.
async fn nowhere(State(app): State<App>, request: Request) -> No {
    if request.uri().path().starts_with("/api") && !auth::bearer(&request).is_some_and(|t| app.tokens.opens(t)) {
        return gate::unknown();
    }
    No::new(StatusCode::NOT_FOUND, "Cette route n'existe pas.")
}

/// Keeps what was asked and answered, for whoever rehearses; faults on request.
async fn journal(State(app): State<App>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().to_string(), request.uri().to_string());
    let bytes = request.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let away = app.switches.lock().ok().and_then(|mut s| {
        let away = uri.starts_with("/api") && Switches::take(&mut s.unavailable);
        away.then(|| StatusCode::from_u16(s.unavailable_status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE))
    });
    let answer = match away {
        Some(status) => No::new(status, "La plateforme est momentanément indisponible.").into_response(),
        None => next.run(request).await,
    };
    if uri.starts_with("/api")
        && let Ok(mut kept) = app.requests.lock()
        && kept.len() < 100_000
    {
        kept.push(json!({ "method": method, "uri": uri, "bytes": bytes, "status": answer.status().as_u16() }));
    }
    answer
}

async fn requests(State(app): State<App>) -> axum::Json<Value> {
    axum::Json(Value::Array(app.requests.lock().map(|r| r.clone()).unwrap_or_default()))
}

async fn forget_requests(State(app): State<App>) {
    if let Ok(mut kept) = app.requests.lock() {
        kept.clear();
    }
}

async fn switches(State(app): State<App>) -> axum::Json<Value> {
    axum::Json(json!(app.switches()))
}

/// `POST /sandbox/switches`: changes those named.
async fn switch(State(app): State<App>, body: String) -> Answer<axum::Json<Value>> {
    let wanted: Value = serde_json::from_str(&body).map_err(|e| No::invalid(e.to_string()))?;
    let mut held = app.switches.lock().map_err(|_| No::invalid("Les réglages sont inaccessibles."))?;
    let mut all = serde_json::to_value(&*held).map_err(|e| No::invalid(e.to_string()))?;
    for (name, value) in wanted.as_object().into_iter().flatten() {
        if all.get(name).is_none() {
            return Err(No::invalid(format!("Il n'y a pas de réglage « {name} ».")));
        }
        all[name] = value.clone();
    }
    *held = serde_json::from_value(all.clone()).map_err(|e| No::invalid(e.to_string()))?;
    Ok(axum::Json(all))
}

/// A JSON body, refused in the platform's shape when it is none.
pub(crate) fn json_body(body: &[u8]) -> Answer<Value> {
    let value: Value =
        serde_json::from_slice(body).map_err(|e| No::invalid(format!("Le corps n'est pas du JSON lisible : {e}.")))?;
    if value.is_object() || value.is_array() { Ok(value) } else { Err(No::invalid("Un objet JSON est attendu.")) }
}

/// A member that must be a non-empty text.
pub(crate) fn text_of(body: &Value, member: &str) -> Answer<String> {
    body.get(member)
        .and_then(Value::as_str)
        .filter(|t| !t.trim().is_empty())
        .map(str::to_owned)
        .ok_or_else(|| No::invalid(format!("« {member} » est obligatoire.")))
}
