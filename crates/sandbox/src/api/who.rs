//! Who one is and what one may use: the account, the datastore, its endpoints and storages.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use crate::App;
use crate::answer::{Answer, No, Query};
use crate::store::Kind;

pub(crate) const NAME: &str = "Bac à sable";
pub(crate) const TECHNICAL: &str = "bac-a-sable";
pub(crate) const CONTACT: &str = "bac-a-sable@example.org";

/// The one account's person.
pub(crate) const FIRST_NAME: &str = "Camille";
/// The archive tutorial of IGN's SDK names a configuration after its author, then looks for it as
/// « Canton Archive »: it only goes through for someone of that name.
pub(crate) const LAST_NAME: &str = "Canton";

/// When the account was made does not matter; it must be a date.
const MADE: &str = "2026-01-01T00:00:00.000000Z";

/// Id and technical name of the production platform, type, URL type, path, open to all.
type Endpoint = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);
const ENDPOINTS: &[Endpoint] = &[
    ("ae012611-13eb-4a18-8d04-9b7604a031cc", "gpf-geoserver-wfs", "WFS", "WFS", "/wfs", true),
    ("ae022611-13eb-4a18-8d04-9b7604a031cc", "gpf-geoserver-wms-v", "WMS-VECTOR", "WMS", "/wms-v", true),
    ("ae032611-13eb-4a18-8d04-9b7604a031cc", "gpf-rok4-server-wmts-tms", "WMTS-TMS", "TMS", "/tms/1.0.0", true),
    ("ae042611-13eb-4a18-8d04-9b7604a031cc", "gpf-rok4-server-wms-r", "WMS-RASTER", "WMS", "/wms-r", true),
    ("0ac92a1e-aa86-4843-8528-e303f12296e5", "gpf-altimetry", "ALTIMETRY", "ALTIMETRY", "/altimetrie", true),
    ("ae052611-13eb-4a18-8d04-9b7604a031cc", "gpf-download", "DOWNLOAD", "DOWNLOAD", "/telechargement", true),
    ("ae062611-13eb-4a18-8d04-9b7604a031cc", "gpf-geonetwork", "METADATA", "METADATA", "/csw", true),
    ("d02feec9-1169-403f-bfc3-7ba6d6015ed4", "gpf-geoserver-wfs-private", "WFS", "WFS", "/private/wfs", false),
    (
        "519c8bb1-9b7f-414a-9850-1a73dfd467ed",
        "gpf-geoserver-wms-v-private",
        "WMS-VECTOR",
        "WMS",
        "/private/wms-v",
        false,
    ),
    (
        "7e0a92d1-8213-4ce0-8903-eb4c305a1849",
        "gpf-rok4-server-wmts-tms-private",
        "WMTS-TMS",
        "TMS",
        "/private/tms/1.0.0",
        false,
    ),
    (
        "66866100-48eb-4340-bbc9-f5c7d9707928",
        "gpf-rok4-server-wms-r-private",
        "WMS-RASTER",
        "WMS",
        "/private/wms-r",
        false,
    ),
    (
        "81a70d66-a252-4dfd-9547-d4c9cc2ca3e3",
        "gpf-altimetry-private",
        "ALTIMETRY",
        "ALTIMETRY",
        "/private/altimetrie",
        false,
    ),
    (
        "b5bf7ab2-8998-4829-8c80-cd2ec02e6e58",
        "gpf-download-private",
        "DOWNLOAD",
        "DOWNLOAD",
        "/private/telechargement",
        false,
    ),
];

pub(crate) async fn me(State(app): State<App>) -> Json<Value> {
    let (a, s) = (&app.account, app.switches());
    let community = app.store.get(Kind::Community, &a.community).unwrap_or_default();
    let documents: u64 = app.store.list(Kind::Document).iter().filter_map(|d| d["size"].as_u64()).sum();
    Json(json!({
        "_id": a.user, "creation": MADE, "update": MADE, "email": CONTACT,
        "first_name": FIRST_NAME, "last_name": LAST_NAME, "last_login": MADE,
        "administrator": false, "technical": false,
        "documents_quota": s.documents_quota, "documents_use": documents,
        "keys_quota": s.keys_quota, "keys_use": app.store.list(Kind::Key).len(),
        "communities_member": [{
            "rights": s.rights,
            "community": {
                "_id": a.community, "creation": community["creation"], "update": community["update"],
                "name": community["name"], "technical_name": TECHNICAL, "description": community["description"],
                "datastore": a.datastore, "supervisor": a.user, "public": community["public"]
            }
        }]
    }))
}

/// The endpoint of an id, as entities show it.
pub(crate) fn endpoint(id: &str, origin: &str) -> Option<Value> {
    ENDPOINTS.iter().find(|e| e.0 == id).map(|(id, technical, kind, url_kind, path, open)| {
        let mut urls = vec![json!({ "type": url_kind, "url": format!("{origin}{path}") })];
        if *kind == "WMTS-TMS" {
            urls.push(json!({ "type": "WMTS", "url": format!("{origin}{}", path.replace("tms/1.0.0", "wmts")) }));
        }
        let whose = if *open { "ouvert" } else { "privé" };
        json!({
            "_id": id, "name": format!("{kind} {whose} (bac à sable)"), "technical_name": technical, "type": kind,
            "urls": urls, "open": open, "metadata_fi": technical,
            "force_metadata": false, "force_attribution": false, "search_publish": false
        })
    })
}

/// How many offerings, or records, an endpoint carries.
pub(crate) fn endpoint_use(app: &App, id: &str) -> u64 {
    let offerings = app.store.list(Kind::Offering).iter().filter(|o| o["endpoint"]["_id"] == id).count();
    let on = |m: &Value| m["endpoints"].as_array().is_some_and(|all| all.iter().any(|e| e["_id"] == id));
    (offerings + app.store.list(Kind::Metadata).iter().filter(|m| on(m)).count()) as u64
}

/// Refuses one more on an endpoint that is full.
pub(crate) fn room_on(app: &App, id: &str) -> Answer<()> {
    if endpoint_use(app, id) < app.switches().endpoint_quota {
        Ok(())
    } else {
        Err(No::conflict("Le quota du point d'accès est atteint."))
    }
}

fn endpoint_uses(app: &App) -> Vec<Value> {
    let quota = app.switches().endpoint_quota;
    ENDPOINTS
        .iter()
        .filter_map(|e| {
            Some(json!({ "use": endpoint_use(app, e.0), "quota": quota, "endpoint": endpoint(e.0, &app.origin)? }))
        })
        .collect()
}

/// Bytes that entities of a kind hold.
pub(crate) fn bytes_of(app: &App, kind: Kind, counts: impl Fn(&Value) -> bool) -> u64 {
    let all = app.store.list(kind);
    all.iter().filter(|e| e["status"] != "DELETED" && counts(e)).filter_map(|e| e["size"].as_u64()).sum()
}

pub(crate) fn storage_uses(app: &App) -> Value {
    let quota = app.switches().storage_quota;
    let used = |label: &str| bytes_of(app, Kind::StoredData, |s| s["storage"]["labels"][0] == label);
    let of = |id: &str, name: &str, kind: &str, label: &str, used: u64| json!({ "use": used, "quota": quota, "storage": { "_id": id, "name": name, "type": kind, "labels": [label] } });
    let (uploads, annexes) =
        if app.switches().singular_storages { ("upload", "annexe") } else { ("uploads", "annexes") };
    json!({
        "data": [
            of("e53852da-e713-4115-8af4-36ce0490f93b", "Bases vectorielles", "POSTGRESQL", "VECTEUR", used("VECTEUR")),
            of("7a7ccc8b-e0d1-47ed-848d-5a5cdb529539", "Pyramides", "S3", "PYRAMIDE", used("PYRAMIDE")),
            of("4c2d24e6-870d-4194-8bc8-3ac8b7f76d08", "Archives", "S3", "ARCHIVE", used("ARCHIVE")),
        ],
        uploads: of("40d3ae5e-f46b-4cb7-b08b-9a2f207f4dc6", "Livraisons", "FILESYSTEM", "LIVRAISON", bytes_of(app, Kind::Upload, |_| true)),
        annexes: of("1b0371a1-aad9-4f0f-b687-367d485a665b", "Annexes", "S3", "ANNEXE", bytes_of(app, Kind::Annex, |_| true)),
    })
}

pub(crate) async fn datastore(State(app): State<App>) -> Json<Value> {
    let a = &app.account;
    let mut datastore = json!({
        "_id": a.datastore, "creation": MADE, "update": MADE, "name": NAME, "technical_name": TECHNICAL,
        "description": "La plateforme sur votre machine", "active": true,
        "community": { "_id": a.community, "contact": CONTACT, "public": false },
        "processings": super::processings::catalogue().iter().map(|p| p["_id"].clone()).collect::<Vec<_>>(),
        "checks": super::checks::catalogue().iter().map(|c| c["_id"].clone()).collect::<Vec<_>>(),
        "endpoints": endpoint_uses(&app), "storages": storage_uses(&app), "sharings": true
    });
    if let Some(prefix) = app.switches().layer_name_prefix {
        datastore["configuration_layer_name_prefix"] = json!(prefix);
    }
    if let Some(prefix) = app.switches().metadata_prefix {
        datastore["metadata_file_identifier_prefix"] = json!(prefix);
    }
    Json(datastore)
}

pub(crate) async fn endpoints(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let least = query.one("use_ratio").and_then(|r| r.parse::<f64>().ok());
    let kept = endpoint_uses(&app)
        .into_iter()
        .filter(|u| ["name", "type"].iter().all(|m| query.one(m).is_none_or(|w| u["endpoint"][*m] == w)))
        .filter(|u| query.one("open").is_none_or(|w| crate::answer::is(&u["endpoint"]["open"], w)))
        .filter(|u| {
            least.is_none_or(|l| u["use"].as_f64().unwrap_or(0.0) * 100.0 >= l * u["quota"].as_f64().unwrap_or(1.0))
        })
        .collect();
    crate::answer::page(kept, &query, 10, 100)
}

pub(crate) async fn storages(State(app): State<App>) -> Json<Value> {
    Json(storage_uses(&app))
}
