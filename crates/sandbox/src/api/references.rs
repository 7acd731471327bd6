//! What all producers share: grids of tiles and nomenclatures.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use crate::App;
use crate::answer::{Answer, No, Query, page};
use crate::grids::{GRIDS, Grid, grid};

fn known(tms: &str) -> Answer<&'static Grid> {
    grid(tms).ok_or_else(|| No::missing("TMS"))
}

pub(crate) async fn tms_list(uri: Uri) -> Response {
    let query = Query::of(&uri);
    let holds = |g: &Grid, r: f64| r >= g.resolution(g.levels - 1) && r <= g.resolution(0);
    let all = GRIDS
        .iter()
        .filter(|g| query.one("type").is_none_or(|t| t == g.id))
        .filter(|g| query.one("srs").is_none_or(|s| s == g.crs))
        .filter(|g| query.one("resolution").and_then(|r| r.parse().ok()).is_none_or(|r| holds(g, r)))
        .map(|g| json!({ "_id": g.id, "srs": g.crs }))
        .collect();
    page(all, &query, 10, 100)
}

pub(crate) async fn tms(Path(tms): Path<String>) -> Answer<Json<Value>> {
    Ok(Json(known(&tms)?.described()))
}

/// The grid's definition, in the OGC's JSON.
pub(crate) async fn tms_file(Path(tms): Path<String>) -> Answer<Json<Value>> {
    Ok(Json(known(&tms)?.definition()))
}

/// Terms known here: an extract of the platform's own.
const TERMS: &[(&str, &str, &str)] = &[
    ("CRS", "EPSG:2154", "RGF93 v1 / Lambert-93"),
    ("CRS", "EPSG:3857", "WGS 84 / Pseudo-Mercator"),
    ("CRS", "EPSG:4326", "WGS 84"),
    ("ZONE", "FXX", "France métropolitaine"),
    ("ZONE", "D001", "Ain"),
    ("FORMAT", "GPKG", "GeoPackage"),
    ("FORMAT", "SHP", "Shapefile"),
    ("RESOLUTION", "1m", "1m"),
];

pub(crate) async fn nomenclatures(State(_): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let all = TERMS
        .iter()
        .map(|(kind, term, label)| json!({ "type": kind, "term": term, "label": label }))
        .filter(|n| ["type", "term", "label"].iter().all(|m| query.one(m).is_none_or(|w| crate::answer::is(&n[*m], w))))
        .collect();
    page(all, &query, 10, 100)
}
