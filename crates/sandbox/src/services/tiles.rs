//! TMS: tiles of vector and raster pyramids, and what describes them. Rows are counted from the north,
//! as the platform does.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use super::raster::{Layer, is_raster};
use super::wmts::{draw, ending, formats, mime};
use super::{Publication, Services, escape, xml};
use crate::App;
use crate::grids::{GRIDS, Grid};

const PBF: &str = "application/vnd.mapbox-vector-tile";

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new()
        .route("/tms/1.0.0", get(capabilities))
        .route("/tms/1.0.0/", get(capabilities))
        .route("/tms/1.0.0/{layer}", get(describe))
        .route("/tms/1.0.0/{layer}/metadata.json", get(metadata))
        .route("/tms/1.0.0/{layer}/{z}/{x}/{y}", get(tile));
    routes.with_state(services)
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Cette pyramide ou cette tuile n'existe pas.").into_response()
}

/// What a TMS is in: the grid, and the first format of its tiles.
fn shape(p: &Publication) -> (Option<Layer>, &'static Grid, &'static str) {
    let layer = if is_raster(p) { Layer::of(p).ok() } else { None };
    let grid = layer.as_ref().and_then(|l| l.grid().ok()).unwrap_or(&GRIDS[0]);
    let mime = layer.as_ref().map_or(PBF, |l| formats(l)[0]);
    (layer, grid, mime)
}

fn ending_of(mime: &str) -> &'static str {
    if mime == PBF { "pbf" } else { ending(mime) }
}

async fn capabilities(State(services): State<Services>) -> Response {
    let told = tokio::task::spawn_blocking(move || {
        let maps: String = services
            .all("WMTS-TMS")
            .iter()
            .map(|p| {
                let (_, grid, mime) = shape(p);
                format!(
                    "<TileMap title=\"{}\" srs=\"{}\" profile=\"{}\" extension=\"{}\" href=\"{}/tms/1.0.0/{}\"/>",
                    escape(&p.text("title")),
                    grid.crs,
                    grid.id,
                    ending_of(mime),
                    services.0.origin,
                    p.layer_name()
                )
            })
            .collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TileMapService version=\"1.0.0\"><Title>Quai</Title><TileMaps>{maps}</TileMaps></TileMapService>"
        )
    });
    told.await.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), xml)
}

async fn describe(State(services): State<Services>, Path(layer): Path<String>) -> Response {
    let Some(p) = services.one("WMTS-TMS", &layer) else { return missing() };
    let told = tokio::task::spawn_blocking(move || {
        let (raster, grid, mime) = shape(&p);
        let used = &p.configuration["type_infos"]["used_data"][0];
        let level = |member: &str| used[member].as_str().and_then(|l| l.parse::<u32>().ok()).unwrap_or(0);
        let levels = raster.as_ref().map_or((level("top_level"), level("bottom_level")), |l| (l.top(), l.bottom()));
        let sets: String = (levels.0..=levels.1.min(grid.levels - 1))
            .map(|z| {
                format!(
                    "<TileSet href=\"{}/tms/1.0.0/{layer}/{z}\" units-per-pixel=\"{}\" order=\"{z}\"/>",
                    services.0.origin,
                    grid.resolution(z)
                )
            })
            .collect();
        let place = raster.map(|l| l.spec.extent).map(|e| {
            format!(
                "<BoundingBox minx=\"{}\" miny=\"{}\" maxx=\"{}\" maxy=\"{}\"/><Origin x=\"{}\" y=\"{}\"/>",
                e.minx, e.miny, e.maxx, e.maxy, grid.origin[0], grid.origin[1]
            )
        });
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TileMap version=\"1.0.0\"><Title>{}</Title><Abstract>{}</Abstract><SRS>{}</SRS>{}<TileFormat width=\"256\" height=\"256\" mime-type=\"{mime}\" extension=\"{}\"/><TileSets profile=\"{}\">{sets}</TileSets></TileMap>",
            escape(&p.text("title")),
            escape(&p.text("abstract")),
            grid.crs,
            place.unwrap_or_default(),
            ending_of(mime),
            grid.id,
        )
    });
    told.await.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), xml)
}

async fn metadata(State(services): State<Services>, Path(layer): Path<String>) -> Response {
    let Some(p) = services.one("WMTS-TMS", &layer) else { return missing() };
    let Some((folder, _)) = p.stored.first() else { return missing() };
    let Ok(text) = tokio::fs::read_to_string(folder.join("tiles/metadata.json")).await else { return missing() };
    let Ok(mut described) = serde_json::from_str::<Value>(&text) else { return missing() };
    described["name"] = Value::String(layer.clone());
    described["tiles"] = serde_json::json!([format!("{}/tms/1.0.0/{layer}/{{z}}/{{x}}/{{y}}.pbf", services.0.origin)]);
    axum::Json(described).into_response()
}

async fn tile(State(services): State<Services>, Path((layer, z, x, y)): Path<(String, u32, u32, String)>) -> Response {
    let Some(p) = services.one("WMTS-TMS", &layer) else { return missing() };
    if is_raster(&p) {
        return picture(p, z, x, y).await;
    }
    let Some(y) = y.strip_suffix(".pbf").and_then(|y| y.parse::<u32>().ok()) else { return missing() };
    let Some((folder, _)) = p.stored.first() else { return missing() };
    match tokio::fs::read(folder.join(format!("tiles/{z}/{x}/{y}.pbf"))).await {
        Ok(bytes) => {
            let mut answer = bytes.into_response();
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PBF));
            answer
        }
        Err(_) => missing(),
    }
}

/// A raster's tile, in the format that the ending says, drawn by the default style.
async fn picture(p: Publication, z: u32, x: u32, y: String) -> Response {
    let Some((row, kind)) = y.split_once('.') else { return missing() };
    let (Ok(row), Some(format)) = (row.parse::<u32>(), mime(kind)) else { return missing() };
    let drawn = tokio::task::spawn_blocking(move || {
        let layer = Layer::of(&p).ok()?;
        let [wide, high] = layer.grid().ok().filter(|g| z < g.levels)?.matrix(z);
        if x >= wide || row >= high {
            return None;
        }
        draw(&layer, "", z, x, row, format).ok()
    })
    .await;
    let Some((bytes, format, deflated)) = drawn.ok().flatten() else { return missing() };
    let mut answer = bytes.into_response();
    if let Ok(kind) = HeaderValue::from_str(&format) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    if deflated {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("deflate"));
    }
    answer
}
