//! Who one is and what one may use.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use platform::wire::known;
use serde_json::{Value, json};

use super::query;
use crate::answer::{Answer, No, list};
use crate::store::Kind;
use crate::App;

const MADE: &str = "2026-01-01T00:00:00.000000Z";

/// Endpoints: id and technical name of the production platform, type, URL type, path.
const ENDPOINTS: &[(&str, &str, &str, &str, &str)] = &[
    ("ae012611-13eb-4a18-8d04-9b7604a031cc", "gpf-geoserver-wfs", "WFS", "WFS", "/wfs"),
    ("ae022611-13eb-4a18-8d04-9b7604a031cc", "gpf-geoserver-wms-v", "WMS-VECTOR", "WMS", "/wms-v"),
    ("ae032611-13eb-4a18-8d04-9b7604a031cc", "gpf-rok4-server-wmts-tms", "WMTS-TMS", "TMS", "/tms/1.0.0"),
    ("ae052611-13eb-4a18-8d04-9b7604a031cc", "gpf-download", "DOWNLOAD", "DOWNLOAD", "/telechargement"),
];

pub(crate) async fn me(State(app): State<App>) -> Json<Value> {
    let a = &app.account;
    Json(json!({
        "_id": a.user, "creation": MADE, "update": MADE, "email": "bac-a-sable@example.org",
        "first_name": "Camille", "last_name": "Durand", "last_login": MADE,
        "administrator": false, "technical": false,
        "documents_quota": 0, "documents_use": 0, "keys_quota": 0, "keys_use": 0,
        "communities_member": [{
            "rights": ["UPLOAD", "PROCESSING", "ANNEX", "BROADCAST", "COMMUNITY"],
            "community": {
                "_id": a.community, "creation": MADE, "update": MADE, "name": "Bac à sable",
                "technical_name": "bac-a-sable", "description": "La plateforme sur votre machine",
                "datastore": a.datastore, "supervisor": a.user, "public": false
            }
        }]
    }))
}

pub(crate) async fn community(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let a = &app.account;
    if id != a.community {
        return Err(No::missing("Communauté"));
    }
    Ok(Json(json!({
        "_id": a.community, "creation": MADE, "update": MADE, "name": "Bac à sable", "technical_name": "bac-a-sable",
        "contact": "bac-a-sable@example.org", "public": false,
        "datastore": { "_id": a.datastore, "active": true },
        "supervisor": { "_id": a.user, "email": "bac-a-sable@example.org", "first_name": "Camille", "last_name": "Durand" }
    })))
}

/// The endpoint of an id, as entities show it.
pub(crate) fn endpoint(id: &str, origin: &str) -> Option<Value> {
    ENDPOINTS.iter().find(|e| e.0 == id).map(|(id, technical, kind, url_kind, path)| {
        let mut urls = vec![json!({ "type": url_kind, "url": format!("{origin}{path}") })];
        if *kind == "WMTS-TMS" {
            urls.push(json!({ "type": "WMTS", "url": format!("{origin}/wmts") }));
        }
        json!({
            "_id": id, "name": format!("{kind} (bac à sable)"), "technical_name": technical, "type": kind,
            "urls": urls, "open": true, "metadata_fi": technical,
            "force_metadata": false, "force_attribution": false, "search_publish": false
        })
    })
}

fn endpoint_uses(app: &App) -> Vec<Value> {
    let offerings = app.store.list(Kind::Offering);
    let quota = app.switches().endpoint_quota;
    ENDPOINTS
        .iter()
        .filter_map(|e| {
            let used = offerings.iter().filter(|o| o["endpoint"]["_id"] == e.0).count();
            Some(json!({ "use": used, "quota": quota, "endpoint": endpoint(e.0, &app.origin)? }))
        })
        .collect()
}

fn storage_uses(app: &App) -> Value {
    let quota = app.switches().storage_quota;
    let stored = app.store.list(Kind::StoredData);
    let used = |labels: &str| -> u64 {
        stored
            .iter()
            .filter(|s| s["storage"]["labels"][0] == labels && s["status"] != "DELETED")
            .filter_map(|s| s["size"].as_u64())
            .sum()
    };
    let of = |id: &str, name: &str, kind: &str, label: &str, used: u64| {
        json!({ "use": used, "quota": quota, "storage": { "_id": id, "name": name, "type": kind, "labels": [label] } })
    };
    let uploads: u64 = app
        .store
        .list(Kind::Upload)
        .iter()
        .filter(|u| u["status"] != "DELETED")
        .filter_map(|u| u["size"].as_u64())
        .sum();
    json!({
        "data": [
            of("e53852da-e713-4115-8af4-36ce0490f93b", "Bases vectorielles", "POSTGRESQL", "VECTEUR", used("VECTEUR")),
            of("7a7ccc8b-e0d1-47ed-848d-5a5cdb529539", "Pyramides", "S3", "PYRAMIDE", used("PYRAMIDE")),
            of("4c2d24e6-870d-4194-8bc8-3ac8b7f76d08", "Archives", "S3", "ARCHIVE", used("ARCHIVE")),
        ],
        "uploads": of("40d3ae5e-f46b-4cb7-b08b-9a2f207f4dc6", "Livraisons", "FILESYSTEM", "LIVRAISON", uploads),
        "annexes": of("1b0371a1-aad9-4f0f-b687-367d485a665b", "Annexes", "S3", "ANNEXE", 0),
    })
}

pub(crate) async fn datastore(State(app): State<App>) -> Json<Value> {
    let a = &app.account;
    let mut datastore = json!({
        "_id": a.datastore, "creation": MADE, "update": MADE, "name": "Bac à sable", "technical_name": "bac-a-sable",
        "description": "La plateforme sur votre machine", "active": true,
        "community": { "_id": a.community, "contact": "bac-a-sable@example.org", "public": false },
        "processings": super::executions::catalogue().iter().map(|p| p["_id"].clone()).collect::<Vec<_>>(),
        "checks": check_list().iter().map(|c| c["_id"].clone()).collect::<Vec<_>>(),
        "endpoints": endpoint_uses(&app), "storages": storage_uses(&app), "sharings": false
    });
    if let Some(prefix) = app.switches().layer_name_prefix {
        datastore["configuration_layer_name_prefix"] = json!(prefix);
    }
    Json(datastore)
}

pub(crate) async fn endpoints(State(app): State<App>, uri: Uri) -> Response {
    list(endpoint_uses(&app), &query(&uri), &[], &[])
}

pub(crate) async fn storages(State(app): State<App>) -> Json<Value> {
    Json(storage_uses(&app))
}

/// The checks there are, and the upload types for which each starts by itself.
pub(crate) fn check_list() -> Vec<Value> {
    [
        (known::CHECK_STANDARD, "Vérification standard", vec!["VECTOR", "RASTER", "ARCHIVE"]),
        (known::CHECK_VECTOR, "Vérification vecteur", vec!["VECTOR"]),
        (known::CHECK_ARCHIVE, "Vérification archive", vec!["ARCHIVE"]),
    ]
    .into_iter()
    .map(|(id, name, types)| {
        json!({ "_id": id, "name": name, "description": name, "priority": "STANDARD", "default_uploads_check": types })
    })
    .collect()
}

pub(crate) async fn checks(uri: Uri) -> Response {
    list(check_list(), &query(&uri), &["name"], &[])
}
