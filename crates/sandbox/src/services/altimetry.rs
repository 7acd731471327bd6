//! Altimetry: the heights of points, from the pyramids of a resource, the finest level first.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use geodata::imagery::{Samples, transform_points};
use serde_json::{Value, json};

use super::wmts::Asked;
use super::{Publication, Services};
use crate::App;
use crate::work::pyramid::Pyramid;

/// What the platform says where there is no height.
const NONE: f64 = -99999.0;
/// Points of one request at most, as on the platform.
const MOST: usize = 5000;

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new()
        .route("/altimetrie/resources", get(resources))
        .route("/altimetrie/calcul/alti/rest/elevation.json", get(elevations));
    routes.with_state(services)
}

fn refused(status: StatusCode, says: &str) -> Response {
    (status, axum::Json(json!({ "error": { "code": "BAD_PARAMETER", "description": says } }))).into_response()
}

async fn resources(State(services): State<Services>) -> Response {
    let all: Vec<Value> = services
        .all("ALTIMETRY")
        .iter()
        .map(|p| json!({ "_id": p.layer_name(), "title": p.text("title"), "abstract": p.text("abstract") }))
        .collect();
    axum::Json(json!({ "elevation_resources": all })).into_response()
}

/// Numbers between bars.
fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split('|').map(|n| n.trim().parse().ok()).collect()
}

async fn elevations(State(services): State<Services>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    let Some(publication) = services.one("ALTIMETRY", asked.get("resource")) else {
        return refused(StatusCode::NOT_FOUND, "resource: unknown");
    };
    let points = match (numbers(asked.get("lon")), numbers(asked.get("lat"))) {
        (Some(x), Some(y)) if x.len() == y.len() && x.len() <= MOST => {
            x.into_iter().zip(y).map(|(x, y)| [x, y]).collect::<Vec<_>>()
        }
        _ => return refused(StatusCode::BAD_REQUEST, "lon and lat: as many numbers in each, between |"),
    };
    let plain = asked.get("zonly") == "true";
    let found = tokio::task::spawn_blocking(move || heights(&publication, &points).map(|z| (points, z))).await;
    match found {
        Ok(Ok((_, heights))) if plain => {
            let all: Vec<f64> = heights.iter().map(|(z, _)| *z).collect();
            axum::Json(json!({ "elevations": all })).into_response()
        }
        Ok(Ok((points, heights))) => {
            let all: Vec<Value> = points
                .iter()
                .zip(heights)
                .map(|([lon, lat], (z, acc))| json!({ "lon": lon, "lat": lat, "z": z, "acc": acc }))
                .collect();
            axum::Json(json!({ "elevations": all })).into_response()
        }
        Ok(Err(says)) => refused(StatusCode::INTERNAL_SERVER_ERROR, &says),
        Err(fault) => refused(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string()),
    }
}

/// The height of each point (degrees), and how accurate its source says it is.
fn heights(p: &Publication, points: &[[f64; 2]]) -> Result<Vec<(f64, String)>, String> {
    let mut found: Vec<Option<(f64, String)>> = vec![None; points.len()];
    let used = p.configuration["type_infos"]["used_data"].as_array();
    for (used, (folder, _)) in used.into_iter().flatten().zip(&p.stored) {
        let pyramid = Pyramid::open(folder)?;
        let grid = pyramid.spec.grid()?;
        let accuracy = used["accuracy"]["value"].as_str().unwrap_or_default();
        let level = pyramid.spec.bottom;
        let size = grid.resolution(level);
        let there = transform_points("EPSG:4326", grid.plane, points).map_err(|e| e.to_string())?;
        for (at, place) in there.into_iter().enumerate() {
            let (None, Some([x, y])) = (&found[at], place) else { continue };
            #[expect(clippy::cast_possible_truncation, reason = "a place of a grid")]
            let (column, row) =
                (((x - grid.origin[0]) / size).floor() as i64, ((grid.origin[1] - y) / size).floor() as i64);
            let pixel = pyramid.window(level, column, row, 1, 1)?;
            if let (false, Samples::Floats(values)) = (pixel.is_empty(), &pixel.samples)
                && let Some(z) = values.first()
            {
                // as the file had it, not with the digits that a wider type adds
                let z = format!("{z}").parse().unwrap_or(f64::from(*z));
                found[at] = Some((z, accuracy.to_owned()));
            }
        }
    }
    Ok(found.into_iter().map(|f| f.unwrap_or((NONE, String::new()))).collect())
}
