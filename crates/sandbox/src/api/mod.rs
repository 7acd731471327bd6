//! The routes. What is not offered answers 501 in the platform's shape and is listed.

mod configurations;
mod executions;
mod offerings;
mod statics;
mod stored_data;
mod tags;
mod uploads;
mod who;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub(crate) use uploads::{files_of, md5_of};
pub(crate) use who::check_list;

use crate::answer::{Answer, No, Query};
use crate::{App, auth};

/// The producer's routes that are offered, as the contract writes them.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/users/me"),
    ("GET", "/communities/{community}"),
    ("GET", "/datastores/{datastore}"),
    ("GET", "/datastores/{datastore}/endpoints"),
    ("GET", "/datastores/{datastore}/storages"),
    ("GET", "/datastores/{datastore}/checks"),
    ("GET", "/datastores/{datastore}/checks/executions/{execution}"),
    ("GET", "/datastores/{datastore}/checks/executions/{execution}/logs"),
    ("GET", "/datastores/{datastore}/processings"),
    ("GET", "/datastores/{datastore}/processings/{processing}"),
    ("GET", "/datastores/{datastore}/processings/executions"),
    ("POST", "/datastores/{datastore}/processings/executions"),
    ("GET", "/datastores/{datastore}/processings/executions/{execution}"),
    ("GET", "/datastores/{datastore}/processings/executions/{execution}/logs"),
    ("POST", "/datastores/{datastore}/processings/executions/{execution}/launch"),
    ("POST", "/datastores/{datastore}/processings/executions/{execution}/abort"),
    ("GET", "/datastores/{datastore}/uploads"),
    ("POST", "/datastores/{datastore}/uploads"),
    ("GET", "/datastores/{datastore}/uploads/{upload}"),
    ("PATCH", "/datastores/{datastore}/uploads/{upload}"),
    ("DELETE", "/datastores/{datastore}/uploads/{upload}"),
    ("POST", "/datastores/{datastore}/uploads/{upload}/data"),
    ("DELETE", "/datastores/{datastore}/uploads/{upload}/data"),
    ("POST", "/datastores/{datastore}/uploads/{upload}/md5"),
    ("DELETE", "/datastores/{datastore}/uploads/{upload}/md5"),
    ("GET", "/datastores/{datastore}/uploads/{upload}/tree"),
    ("POST", "/datastores/{datastore}/uploads/{upload}/close"),
    ("POST", "/datastores/{datastore}/uploads/{upload}/open"),
    ("GET", "/datastores/{datastore}/uploads/{upload}/checks"),
    ("GET", "/datastores/{datastore}/stored_data"),
    ("GET", "/datastores/{datastore}/stored_data/{stored_data}"),
    ("PATCH", "/datastores/{datastore}/stored_data/{stored_data}"),
    ("DELETE", "/datastores/{datastore}/stored_data/{stored_data}"),
    ("GET", "/datastores/{datastore}/statics"),
    ("POST", "/datastores/{datastore}/statics"),
    ("GET", "/datastores/{datastore}/statics/{static}"),
    ("DELETE", "/datastores/{datastore}/statics/{static}"),
    ("GET", "/datastores/{datastore}/configurations"),
    ("POST", "/datastores/{datastore}/configurations"),
    ("GET", "/datastores/{datastore}/configurations/{configuration}"),
    ("PUT", "/datastores/{datastore}/configurations/{configuration}"),
    ("PATCH", "/datastores/{datastore}/configurations/{configuration}"),
    ("DELETE", "/datastores/{datastore}/configurations/{configuration}"),
    ("GET", "/datastores/{datastore}/configurations/{configuration}/offerings"),
    ("POST", "/datastores/{datastore}/configurations/{configuration}/offerings"),
    ("GET", "/datastores/{datastore}/offerings"),
    ("GET", "/datastores/{datastore}/offerings/{offering}"),
    ("PUT", "/datastores/{datastore}/offerings/{offering}"),
    ("PATCH", "/datastores/{datastore}/offerings/{offering}"),
    ("DELETE", "/datastores/{datastore}/offerings/{offering}"),
    ("POST", "/datastores/{datastore}/uploads/{upload}/tags"),
    ("DELETE", "/datastores/{datastore}/uploads/{upload}/tags"),
    ("POST", "/datastores/{datastore}/stored_data/{stored_data}/tags"),
    ("DELETE", "/datastores/{datastore}/stored_data/{stored_data}/tags"),
    ("POST", "/datastores/{datastore}/configurations/{configuration}/tags"),
    ("DELETE", "/datastores/{datastore}/configurations/{configuration}/tags"),
];

/// Of `(method, path)` pairs, those that the sandbox answers with 501.
#[must_use]
pub fn unimplemented_routes<'a>(contract: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    contract.iter().copied().filter(|route| !ROUTES.contains(route)).collect()
}

/// First words of the platform's paths: below them, what is not offered is 501, elsewhere 404.
const KNOWN: &[&str] = &["users", "communities", "datastores", "catalogs", "statics", "organizations", "administrator"];

/// JSON bodies are small.
const MOST_JSON_BYTES: usize = 10_000_000;

pub(crate) fn router(app: App) -> Router {
    let files = Router::new()
        .route("/uploads/{upload}/data", post(uploads::add_file).delete(uploads::remove_file))
        .route("/uploads/{upload}/md5", post(uploads::add_md5).delete(uploads::remove_md5))
        .route("/statics", get(statics::list).post(statics::create))
        .layer(DefaultBodyLimit::disable());
    let datastore = Router::new()
        .route("/", get(who::datastore))
        .route("/endpoints", get(who::endpoints))
        .route("/storages", get(who::storages))
        .route("/checks", get(who::checks))
        .route("/checks/executions/{execution}", get(uploads::check_execution))
        .route("/checks/executions/{execution}/logs", get(uploads::check_logs))
        .route("/processings", get(executions::processings))
        .route("/processings/executions", get(executions::list).post(executions::create))
        .route("/processings/executions/{execution}", get(executions::one))
        .route("/processings/executions/{execution}/logs", get(executions::logs))
        .route("/processings/executions/{execution}/launch", post(executions::launch))
        .route("/processings/executions/{execution}/abort", post(executions::abort))
        .route("/processings/{processing}", get(executions::processing))
        .route("/uploads", get(uploads::list).post(uploads::create))
        .route("/uploads/{upload}", get(uploads::one).patch(uploads::patch).delete(uploads::delete))
        .route("/uploads/{upload}/tree", get(uploads::tree))
        .route("/uploads/{upload}/close", post(uploads::close))
        .route("/uploads/{upload}/open", post(uploads::open))
        .route("/uploads/{upload}/checks", get(uploads::checks))
        .route("/stored_data", get(stored_data::list))
        .route("/stored_data/{id}", get(stored_data::one).patch(stored_data::patch).delete(stored_data::delete))
        .route("/statics/{id}", get(statics::one).delete(statics::delete))
        .route("/configurations", get(configurations::list).post(configurations::create))
        .route(
            "/configurations/{id}",
            get(configurations::one)
                .put(configurations::replace)
                .patch(configurations::patch)
                .delete(configurations::delete),
        )
        .route("/configurations/{id}/offerings", get(offerings::of_configuration).post(offerings::create))
        .route("/offerings", get(offerings::list))
        .route(
            "/offerings/{id}",
            get(offerings::one).put(offerings::synchronise).patch(offerings::patch).delete(offerings::delete),
        )
        .route("/{kind}/{id}/tags", post(tags::add).delete(tags::remove))
        .layer(DefaultBodyLimit::max(MOST_JSON_BYTES))
        .merge(files)
        .layer(middleware::from_fn_with_state(app.clone(), own_datastore));
    let api = Router::new()
        .route("/users/me", get(who::me))
        .route("/communities/{community}", get(who::community))
        .nest("/datastores/{datastore}", datastore)
        .fallback(not_offered)
        .method_not_allowed_fallback(not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), auth::require));
    let realm = "/realms/geoplateforme";
    Router::new()
        .nest("/api", api)
        .route(&format!("{realm}/protocol/openid-connect/token"), post(auth::token))
        .route(&format!("{realm}/.well-known/openid-configuration"), get(auth::discovery))
        .route("/sandbox/switches", post(switch))
        .route("/sandbox/requests", get(requests).delete(forget_requests))
        .merge(app.services.router())
        .fallback(async || No(StatusCode::NOT_FOUND, "Cette adresse ne mène nulle part.".to_owned()))
        .layer(middleware::from_fn_with_state(app.clone(), journal))
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
        .with_state(app)
}

async fn not_offered(request: Request) -> No {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    if KNOWN.contains(&path.split('/').next().unwrap_or_default()) {
        let says = "Le bac à sable n'offre pas cette route ; elle existe peut-être sur la plateforme.";
        No(StatusCode::NOT_IMPLEMENTED, says.to_owned())
    } else {
        No(StatusCode::NOT_FOUND, "Cette route n'existe pas.".to_owned())
    }
}

async fn not_allowed() -> No {
    No(StatusCode::METHOD_NOT_ALLOWED, "Cette route existe, mais pas avec cette méthode.".to_owned())
}

/// There is one datastore.
async fn own_datastore(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.uri().path().split('/').any(|part| part == app.account.datastore) {
        next.run(request).await
    } else {
        No::missing("Entrepôt").into_response()
    }
}

/// Keeps what was asked and answered, for whoever rehearses; faults on request.
async fn journal(State(app): State<App>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().to_string(), request.uri().to_string());
    let bytes = request.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let away = uri.starts_with("/api")
        && app.switches.lock().is_ok_and(|mut s| {
            let away = s.unavailable > 0;
            s.unavailable = s.unavailable.saturating_sub(1);
            away
        });
    let answer = if away {
        No(StatusCode::SERVICE_UNAVAILABLE, "La plateforme est momentanément indisponible.".to_owned()).into_response()
    } else {
        next.run(request).await
    };
    if uri.starts_with("/api") {
        if let Ok(mut kept) = app.requests.lock() {
            if kept.len() < 100_000 {
                kept.push(json!({ "method": method, "uri": uri, "bytes": bytes, "status": answer.status().as_u16() }));
            }
        }
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

pub(crate) fn query(uri: &axum::http::Uri) -> Query {
    Query::parse(uri.query())
}

