//! What all producers share: grids of tiles and nomenclatures.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use crate::App;
use crate::answer::{Answer, No, Query, page};

/// The one grid here: Web Mercator, the whole world in one tile at level 0.
const PM: &str = "PM";
/// Half the length of the equator, in metres: where the grid begins.
const HALF: f64 = 20_037_508.342_789_244;
const LEVELS: u32 = 22;

fn resolution(level: u32) -> f64 {
    2.0 * HALF / 256.0 / f64::from(1_u32 << level)
}

fn known(tms: &str) -> Answer<()> {
    if tms == PM { Ok(()) } else { Err(No::missing("TMS")) }
}

pub(crate) async fn tms_list(uri: Uri) -> Response {
    let query = Query::of(&uri);
    let fits = query.one("type").is_none_or(|t| t == PM)
        && query.one("srs").is_none_or(|s| s == "EPSG:3857")
        && query
            .one("resolution")
            .and_then(|r| r.parse::<f64>().ok())
            .is_none_or(|r| r >= resolution(LEVELS - 1) && r <= resolution(0));
    let all = if fits { vec![json!({ "_id": PM, "srs": "EPSG:3857" })] } else { Vec::new() };
    page(all, &query, 10, 100)
}

pub(crate) async fn tms(Path(tms): Path<String>) -> Answer<Json<Value>> {
    known(&tms)?;
    let levels: Vec<Value> = (0..LEVELS).map(|l| json!({ "id": l.to_string(), "resolution": resolution(l) })).collect();
    Ok(Json(json!({ "_id": PM, "srs": "EPSG:3857", "levels": levels })))
}

/// The grid's definition, in the OGC's JSON.
pub(crate) async fn tms_file(Path(tms): Path<String>) -> Answer<Json<Value>> {
    known(&tms)?;
    let matrices: Vec<Value> = (0..LEVELS)
        .map(|l| {
            json!({
                "id": l.to_string(), "cellSize": resolution(l), "pointOfOrigin": [-HALF, HALF],
                "tileWidth": 256, "tileHeight": 256, "matrixWidth": 1_u32 << l, "matrixHeight": 1_u32 << l,
                // a pixel is 0.28 mm wide, by OGC's convention
                "scaleDenominator": resolution(l) / 0.000_28
            })
        })
        .collect();
    Ok(Json(json!({ "id": PM, "crs": "EPSG:3857", "orderedAxes": ["X", "Y"], "tileMatrices": matrices })))
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
