//! Tiles of vector pyramids, on the Web Mercator grid, and what describes them.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use super::{Services, escape, xml};
use crate::App;

const PBF: &str = "application/vnd.mapbox-vector-tile";

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new()
        .route("/tms/1.0.0", get(capabilities))
        .route("/tms/1.0.0/", get(capabilities))
        .route("/tms/1.0.0/{layer}", get(describe))
        .route("/tms/1.0.0/{layer}/metadata.json", get(metadata))
        .route("/tms/1.0.0/{layer}/{z}/{x}/{y}", get(tile))
        .route("/wmts", get(wmts));
    routes.with_state(services)
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Cette pyramide ou cette tuile n'existe pas.").into_response()
}

async fn capabilities(State(services): State<Services>) -> Response {
    let maps: String = services
        .all("WMTS-TMS")
        .iter()
        .map(|p| {
            format!(
                "<TileMap title=\"{}\" srs=\"EPSG:3857\" profile=\"PM\" extension=\"pbf\" href=\"{}/tms/1.0.0/{}\"/>",
                escape(&p.text("title")),
                services.0.origin,
                p.layer_name()
            )
        })
        .collect();
    xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TileMapService version=\"1.0.0\"><Title>Quai</Title><TileMaps>{maps}</TileMaps></TileMapService>"
    ))
}

async fn describe(State(services): State<Services>, Path(layer): Path<String>) -> Response {
    let Some(p) = services.one("WMTS-TMS", &layer) else { return missing() };
    let infos = &p.configuration["type_infos"]["used_data"][0];
    let level = |member: &str| infos[member].as_str().and_then(|l| l.parse::<u32>().ok()).unwrap_or(0);
    let sets: String = (level("top_level")..=level("bottom_level"))
        .map(|z| {
            let resolution = 156_543.033_928_041 / f64::from(1_u32 << z.min(30));
            format!(
                "<TileSet href=\"{}/tms/1.0.0/{layer}/{z}\" units-per-pixel=\"{resolution}\" order=\"{z}\"/>",
                services.0.origin
            )
        })
        .collect();
    xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TileMap version=\"1.0.0\"><Title>{}</Title><Abstract>{}</Abstract><SRS>EPSG:3857</SRS><TileFormat width=\"256\" height=\"256\" mime-type=\"{PBF}\" extension=\"pbf\"/><TileSets profile=\"PM\">{sets}</TileSets></TileMap>",
        escape(&p.text("title")),
        escape(&p.text("abstract")),
    ))
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
    let Some(y) = y.strip_suffix(".pbf").and_then(|y| y.parse::<u32>().ok()) else { return missing() };
    let Some(p) = services.one("WMTS-TMS", &layer) else { return missing() };
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

async fn wmts(State(services): State<Services>) -> Response {
    let layers: String = services
        .all("WMTS-TMS")
        .iter()
        .map(|p| {
            format!(
                "<Layer><ows:Title>{}</ows:Title><ows:Abstract>{}</ows:Abstract><ows:Identifier>{}</ows:Identifier><Style isDefault=\"true\"><ows:Identifier>normal</ows:Identifier></Style><Format>{PBF}</Format><TileMatrixSetLink><TileMatrixSet>PM</TileMatrixSet></TileMatrixSetLink><ResourceURL format=\"{PBF}\" resourceType=\"tile\" template=\"{}/tms/1.0.0/{}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.pbf\"/></Layer>",
                escape(&p.text("title")),
                escape(&p.text("abstract")),
                p.layer_name(),
                services.0.origin,
                p.layer_name()
            )
        })
        .collect();
    xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Capabilities xmlns=\"http://www.opengis.net/wmts/1.0\" xmlns:ows=\"http://www.opengis.net/ows/1.1\" version=\"1.0.0\"><Contents>{layers}</Contents></Capabilities>"
    ))
}
