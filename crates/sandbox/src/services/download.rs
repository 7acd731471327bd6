//! Downloads: resources, sub-resources and files, as Atom feeds and bytes with ranges.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{Publication, Services, escape, xml};
use crate::App;
use crate::work::files_below;

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new()
        .route("/telechargement/capabilities", get(capabilities))
        .route("/telechargement/resource/{layer}", get(resource))
        .route("/telechargement/resource/{layer}/{sub}", get(sub_resource))
        .route("/telechargement/download/{layer}/{sub}/{file}", get(file));
    routes.with_state(services)
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Cette ressource n'existe pas.").into_response()
}

/// A text in French, or in whatever language there is.
fn words(value: &Value) -> String {
    let any = value.as_object().and_then(|o| o.get("fr").or_else(|| o.values().next()));
    any.and_then(Value::as_str).or(value.as_str()).unwrap_or_default().to_owned()
}

fn feed(title: &str, entries: &str) -> Response {
    xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title>{entries}</feed>",
        escape(title)
    ))
}

fn entry(title: &str, href: &str, kind: &str, bytes: Option<u64>) -> String {
    let length = bytes.map(|b| format!(" length=\"{b}\"")).unwrap_or_default();
    format!(
        "<entry><title>{}</title><id>{href}</id><link href=\"{href}\" rel=\"alternate\" type=\"{kind}\"{length}/></entry>",
        escape(title),
        href = escape(href)
    )
}

async fn capabilities(State(services): State<Services>) -> Response {
    let entries: String = services
        .all("DOWNLOAD")
        .iter()
        .map(|p| {
            let href = format!("{}/telechargement/resource/{}", services.0.origin, p.layer_name());
            entry(&words(&p.configuration["type_infos"]["title"]), &href, "application/atom+xml", None)
        })
        .collect();
    feed("Téléchargement", &entries)
}

fn subs(p: &Publication) -> Vec<(String, Value)> {
    let used = p.configuration["type_infos"]["used_data"].as_array();
    used.into_iter().flatten().map(|u| (u["sub_name"].as_str().unwrap_or_default().to_owned(), u.clone())).collect()
}

async fn resource(State(services): State<Services>, Path(layer): Path<String>) -> Response {
    let Some(p) = services.one("DOWNLOAD", &layer) else { return missing() };
    let entries: String = subs(&p)
        .iter()
        .map(|(sub, used)| {
            let href = format!("{}/telechargement/resource/{layer}/{sub}", services.0.origin);
            let title = Some(words(&used["title"])).filter(|t| !t.is_empty()).unwrap_or_else(|| sub.clone());
            entry(&title, &href, "application/atom+xml", None)
        })
        .collect();
    feed(&words(&p.configuration["type_infos"]["title"]), &entries)
}

fn folder_of(p: &Publication, sub: &str) -> Option<std::path::PathBuf> {
    let at = subs(p).iter().position(|(name, _)| name == sub)?;
    p.stored.get(at).map(|(folder, _)| folder.join("files"))
}

async fn sub_resource(State(services): State<Services>, Path((layer, sub)): Path<(String, String)>) -> Response {
    let Some(p) = services.one("DOWNLOAD", &layer) else { return missing() };
    let Some(folder) = folder_of(&p, &sub) else { return missing() };
    let entries: String = files_below(&folder)
        .iter()
        .filter_map(|f| {
            let name = f.file_name()?.to_string_lossy().into_owned();
            let safe = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC).to_string();
            let safe = safe.replace("%2E", ".").replace("%5F", "_").replace("%2D", "-");
            let href = format!("{}/telechargement/download/{layer}/{sub}/{safe}", services.0.origin);
            Some(entry(&name, &href, "application/octet-stream", f.metadata().ok().map(|m| m.len())))
        })
        .collect();
    feed(&sub, &entries)
}

async fn file(
    State(services): State<Services>,
    Path((layer, sub, file)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let Some(p) = services.one("DOWNLOAD", &layer) else { return missing() };
    let Some(folder) = folder_of(&p, &sub) else { return missing() };
    // only what the list shows is served: no path is built from what was asked
    let found = files_below(&folder).into_iter().find(|f| f.file_name().is_some_and(|n| n.to_string_lossy() == file));
    match found {
        Some(path) => match ServeFile::new(path).oneshot(request).await {
            Ok(answer) => answer.into_response(),
            Err(never) => match never {},
        },
        None => missing(),
    }
}
