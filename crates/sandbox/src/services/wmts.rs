//! WMTS 1.0.0, by key-value pairs and by path: capabilities of all that is published in tiles, tiles
//! of rasters, values under a point.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::raster::{Layer, is_raster};
use super::{Publication, Services, escape, xml};
use crate::App;
use crate::grids::{GRIDS, Grid, Range, SIDE};
use crate::work::pyramid::{Compression, encode_png};

const PBF: &str = "application/vnd.mapbox-vector-tile";
pub(super) const INFO_FORMATS: [&str; 4] = ["text/plain", "text/xml", "text/html", "application/json"];

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new()
        .route("/wmts", get(wmts))
        .route("/wmts/1.0.0/WMTSCapabilities.xml", get(rest_capabilities))
        .route("/wmts/1.0.0/{layer}/{style}/{tms}/{level}/{row}/{column}", get(rest_tile))
        .route("/wmts/1.0.0/{layer}/{style}/{tms}/{level}/{row}/{column}/{j}/{i}", get(rest_info));
    routes.with_state(services)
}

/// What is asked for, whatever the case of its names.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(super) fn of(uri: &Uri) -> Self {
        let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(pairs.map(|(n, v)| (n.to_lowercase(), v.into_owned())).collect())
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, Refused> {
        self.get(name).parse().map_err(|_| refused("InvalidParameterValue", name, format!("{name} must be a number")))
    }
}

/// Why a request is refused: OGC's code, the parameter, the sentence.
pub(super) type Refused = (&'static str, String, String);

pub(super) fn refused(code: &'static str, at: &str, says: impl Into<String>) -> Refused {
    (code, at.to_owned(), says.into())
}

pub(super) fn broken(says: String) -> Refused {
    refused("NoApplicableCode", "", says)
}

fn exception((code, at, says): &Refused) -> Response {
    let locator = if at.is_empty() { String::new() } else { format!(" locator=\"{}\"", escape(at)) };
    let mut answer = xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ExceptionReport xmlns=\"http://www.opengis.net/ows/1.1\" version=\"1.1.0\"><Exception exceptionCode=\"{code}\"{locator}><ExceptionText>{}</ExceptionText></Exception></ExceptionReport>",
        escape(says)
    ));
    *answer.status_mut() = match *code {
        "NotFound" => StatusCode::NOT_FOUND,
        "NoApplicableCode" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    answer
}

async fn wmts(State(services): State<Services>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    let outcome = match asked.get("request").to_lowercase().as_str() {
        "getcapabilities" | "" => return capabilities(services).await,
        "gettile" => tile_asked(&services, &asked).await,
        "getfeatureinfo" => info_asked(&services, &asked).await,
        other => Err(refused("OperationNotSupported", "request", format!("`{other}` is not a request of WMTS"))),
    };
    outcome.unwrap_or_else(|no| exception(&no))
}

/// Of a tile that is asked for.
#[derive(Debug, Clone)]
struct Wanted {
    layer: String,
    style: String,
    tms: String,
    level: String,
    row: u32,
    column: u32,
    format: String,
}

impl Wanted {
    fn of(asked: &Asked) -> Result<Self, Refused> {
        for name in ["layer", "tilematrixset", "tilematrix", "tilerow", "tilecol"] {
            if asked.get(name).is_empty() {
                return Err(refused("MissingParameterValue", name, format!("{name} is required")));
            }
        }
        Ok(Self {
            layer: asked.get("layer").to_owned(),
            style: asked.get("style").to_owned(),
            tms: asked.get("tilematrixset").to_owned(),
            level: asked.get("tilematrix").to_owned(),
            row: asked.number("tilerow")?,
            column: asked.number("tilecol")?,
            format: asked.get("format").to_owned(),
        })
    }
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> Result<T, Refused> + Send + 'static) -> Result<T, Refused> {
    tokio::task::spawn_blocking(act).await.unwrap_or_else(|e| Err(broken(e.to_string())))
}

fn layer_of(services: &Services, name: &str) -> Result<Publication, Refused> {
    let found = services.one("WMTS-TMS", name).filter(is_raster);
    found.ok_or_else(|| refused("InvalidParameterValue", "layer", format!("no layer `{name}` is published here")))
}

async fn tile_asked(services: &Services, asked: &Asked) -> Result<Response, Refused> {
    let wanted = Wanted::of(asked)?;
    answer_tile(services, wanted).await
}

async fn answer_tile(services: &Services, wanted: Wanted) -> Result<Response, Refused> {
    let publication = layer_of(services, &wanted.layer)?;
    let (bytes, format, deflated) = blocking(move || {
        let layer = Layer::of(&publication).map_err(broken)?;
        let level = level_of(&layer, &wanted)?;
        draw(&layer, &wanted.style, level, wanted.column, wanted.row, &wanted.format)
    })
    .await?;
    let mut answer = bytes.into_response();
    if let Ok(kind) = HeaderValue::from_str(&format) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    if deflated {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("deflate"));
    }
    Ok(answer)
}

fn level_of(layer: &Layer, wanted: &Wanted) -> Result<u32, Refused> {
    if wanted.tms != layer.spec.tms && wanted.tms != layer.matrix_set() {
        let says = format!("the layer `{}` is on the grid `{}`", layer.name, layer.spec.tms);
        return Err(refused("InvalidParameterValue", "tilematrixset", says));
    }
    let grid = layer.grid().map_err(broken)?;
    let level = wanted.level.parse::<u32>().ok().filter(|l| *l < grid.levels);
    let level = level.ok_or_else(|| refused("InvalidParameterValue", "tilematrix", "no such level in the grid"))?;
    let [wide, high] = grid.matrix(level);
    if wanted.column >= wide || wanted.row >= high {
        return Err(refused("TileOutOfRange", "tilecol", "there is no such tile in the grid"));
    }
    Ok(level)
}

/// The formats that a layer is given in, by a style.
pub(super) fn formats(layer: &Layer) -> Vec<&'static str> {
    let own = match layer.spec.compression {
        Compression::Zip | Compression::Raw if !layer.spec.floats => vec!["image/tiff"],
        Compression::Zip | Compression::Raw => vec!["image/x-bil;bits=32", "image/tiff"],
        other => vec![other.mime()],
    };
    let drawn = layer.styles.iter().any(|s| s.draws());
    let mut all = if drawn { vec!["image/png"] } else { Vec::new() };
    all.extend(own.into_iter().filter(|f| !drawn || *f != "image/png"));
    all
}

/// A tile in a format: bytes, their type, and whether they are deflated as HTTP says it. No format:
/// the first that the style gives.
pub(super) fn draw(
    layer: &Layer,
    style: &str,
    level: u32,
    column: u32,
    row: u32,
    format: &str,
) -> Result<(Vec<u8>, String, bool), Refused> {
    let style = layer.style(style).map_err(|says| refused("InvalidParameterValue", "style", says))?;
    let missing = || refused("NotFound", "", "there are no data in this tile");
    let offered = formats(layer);
    let format = if format.is_empty() { offered[0] } else { format };
    if !offered.contains(&format) {
        let says = format!("`{format}` is not a format of the layer `{}`: {}", layer.name, offered.join(", "));
        return Err(refused("InvalidParameterValue", "format", says));
    }
    let drawing = style.filter(|s| s.draws());
    if let (Some(style), "image/png") = (drawing, format) {
        let image = layer.styled_tile(style, level, column, row).map_err(broken)?.ok_or_else(missing)?;
        let bytes = encode_png(&image, image.bands == 3).map_err(broken)?;
        return Ok((bytes, format.to_owned(), false));
    }
    let tile = layer.tile(level, column, row).map_err(broken)?.ok_or_else(missing)?;
    match (layer.spec.compression, format) {
        (Compression::Zip, "image/x-bil;bits=32") => Ok((tile.bytes, format.to_owned(), true)),
        (Compression::Zip | Compression::Raw, "image/tiff") => {
            let pyramid = layer.pyramid(level).map_err(broken)?.ok_or_else(missing)?;
            let mut image = pyramid.image((level, column, row)).map_err(broken)?.ok_or_else(missing)?;
            crate::work::pyramid::fill(&mut image, &layer.spec);
            let bytes = geodata::imagery::encode_tiff(&image, None).map_err(|e| broken(e.to_string()))?;
            Ok((bytes, format.to_owned(), false))
        }
        (own, asked) if own.mime() == asked => Ok((tile.bytes, format.to_owned(), false)),
        _ => {
            let says = format!("`{format}` is what a style draws: name one");
            Err(refused("InvalidParameterValue", "style", says))
        }
    }
}

async fn info_asked(services: &Services, asked: &Asked) -> Result<Response, Refused> {
    let wanted = Wanted::of(asked)?;
    let (i, j) = (asked.number("i")?, asked.number("j")?);
    answer_info(services, wanted, i, j, asked.get("infoformat").to_owned()).await
}

async fn answer_info(services: &Services, wanted: Wanted, i: u32, j: u32, format: String) -> Result<Response, Refused> {
    let publication = layer_of(services, &wanted.layer)?;
    if i as usize >= SIDE || j as usize >= SIDE {
        return Err(refused("PointIJOutOfRange", "i", "a tile has 256 pixels a side"));
    }
    blocking(move || {
        let layer = Layer::of(&publication).map_err(broken)?;
        if !layer.queryable {
            return Err(refused("OperationNotSupported", "layer", "this layer gives no values"));
        }
        let level = level_of(&layer, &wanted)?;
        let at = |tile: u32, inside: u32| i64::from(tile) * SIDE as i64 + i64::from(inside);
        let values = values_at(&layer, level, at(wanted.column, i), at(wanted.row, j)).map_err(broken)?;
        told(&values, &format)
    })
    .await
}

/// The samples of one pixel of a level; none where there are no data.
pub(super) fn values_at(layer: &Layer, level: u32, x: i64, y: i64) -> Result<Vec<f64>, String> {
    let Some(pyramid) = layer.pyramid(level)? else { return Ok(Vec::new()) };
    let pixel = pyramid.window(level, x, y, 1, 1)?;
    if pixel.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match pixel.samples {
        geodata::imagery::Samples::Bytes(all) => all.into_iter().map(f64::from).collect(),
        geodata::imagery::Samples::Floats(all) => all.into_iter().map(f64::from).collect(),
    })
}

/// Values in a format of GetFeatureInfo.
pub(super) fn told(values: &[f64], format: &str) -> Result<Response, Refused> {
    let words: Vec<String> = values.iter().map(|v| format!("{v}")).collect();
    let body = match format {
        "" | "text/plain" => words.join("\n"),
        "application/json" => serde_json::json!({ "data": words }).to_string(),
        "text/xml" => {
            let inner: String = words.iter().map(|w| format!("<Band>{w}</Band>")).collect();
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<FeatureInfo>{inner}</FeatureInfo>")
        }
        "text/html" => {
            let inner: String = words.iter().map(|w| format!("<li>{w}</li>")).collect();
            format!("<!doctype html><meta charset=\"utf-8\"><title>GetFeatureInfo</title><ul>{inner}</ul>")
        }
        other => return Err(refused("InvalidParameterValue", "infoformat", format!("`{other}` is not offered"))),
    };
    let mut answer = body.into_response();
    let kind = if format.is_empty() { "text/plain" } else { format };
    if let Ok(kind) = HeaderValue::from_str(&format!("{kind}; charset=utf-8")) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(answer)
}

type RestPath = (String, String, String, String, u32, String);

async fn rest_tile(
    State(services): State<Services>,
    Path((layer, style, tms, level, row, column)): Path<RestPath>,
) -> Response {
    let outcome = match column.split_once('.').and_then(|(c, ending)| Some((c.parse().ok()?, mime(ending)?))) {
        Some((column, format)) => {
            let wanted = Wanted { layer, style, tms, level, row, column, format: format.to_owned() };
            answer_tile(&services, wanted).await
        }
        None => Err(refused("InvalidParameterValue", "tilecol", "a number and an ending: 12.png")),
    };
    outcome.unwrap_or_else(|no| exception(&no))
}

type RestInfoPath = (String, String, String, String, u32, u32, u32, String);

async fn rest_info(
    State(services): State<Services>,
    Path((layer, style, tms, level, row, column, j, i)): Path<RestInfoPath>,
) -> Response {
    let format = |ending: &str| match ending {
        "json" => Some("application/json"),
        "xml" => Some("text/xml"),
        "html" => Some("text/html"),
        "txt" => Some("text/plain"),
        _ => None,
    };
    let outcome = match i.split_once('.').and_then(|(i, ending)| Some((i.parse().ok()?, format(ending)?))) {
        Some((i, format)) => {
            let wanted = Wanted { layer, style, tms, level, row, column, format: String::new() };
            answer_info(&services, wanted, i, j, format.to_owned()).await
        }
        None => Err(refused("InvalidParameterValue", "i", "a number and an ending: 12.json")),
    };
    outcome.unwrap_or_else(|no| exception(&no))
}

pub(super) fn mime(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "bil" => "image/x-bil;bits=32",
        _ => return None,
    })
}

pub(super) fn ending(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/tiff" => "tif",
        _ => "bil",
    }
}

async fn rest_capabilities(State(services): State<Services>) -> Response {
    capabilities(services).await
}

async fn capabilities(services: Services) -> Response {
    let told = tokio::task::spawn_blocking(move || describe(&services)).await;
    match told {
        Ok(text) => xml(text),
        Err(fault) => exception(&broken(fault.to_string())),
    }
}

fn describe(services: &Services) -> String {
    let origin = &services.0.origin;
    let (mut layers, mut used) = (String::new(), Vec::new());
    for p in services.all("WMTS-TMS") {
        if !is_raster(&p) {
            layers.push_str(&vector_layer(&p, origin));
            used.push(("PM".to_owned(), matrix_set("PM", &GRIDS[0], 0, GRIDS[0].levels - 1)));
            continue;
        }
        match Layer::of(&p).and_then(|layer| Ok((raster_layer(&layer, origin)?, layer.grid()?, layer))) {
            Ok((text, grid, layer)) => {
                layers.push_str(&text);
                let id = layer.matrix_set();
                let set = matrix_set(&id, grid, layer.top(), layer.bottom());
                used.push((id, set));
            }
            Err(says) => tracing::error!(says, "a layer is not described"),
        }
    }
    used.sort();
    used.dedup();
    let sets: String = used.into_iter().map(|(_, set)| set).collect();
    let operations: String = ["GetCapabilities", "GetTile", "GetFeatureInfo"]
        .iter()
        .map(|name| {
            format!(
                "<ows:Operation name=\"{name}\"><ows:DCP><ows:HTTP><ows:Get xlink:href=\"{origin}/wmts?\"><ows:Constraint name=\"GetEncoding\"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get></ows:HTTP></ows:DCP></ows:Operation>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Capabilities xmlns=\"http://www.opengis.net/wmts/1.0\" xmlns:ows=\"http://www.opengis.net/ows/1.1\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.0.0\"><ows:ServiceIdentification><ows:Title>Quai</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType><ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification><ows:OperationsMetadata>{operations}</ows:OperationsMetadata><Contents>{layers}{sets}</Contents><ServiceMetadataURL xlink:href=\"{origin}/wmts/1.0.0/WMTSCapabilities.xml\"/></Capabilities>"
    )
}

fn raster_layer(layer: &Layer, origin: &str) -> Result<String, String> {
    let grid = layer.grid()?;
    let [w, s, e, n] = layer.bounds;
    let words: String = layer.keywords.iter().map(|k| format!("<ows:Keyword>{}</ows:Keyword>", escape(k))).collect();
    let words = if words.is_empty() { words } else { format!("<ows:Keywords>{words}</ows:Keywords>") };
    let style = |id: &str, title: &str, legend: String, first: bool| {
        format!(
            "<Style isDefault=\"{first}\"><ows:Title>{}</ows:Title><ows:Identifier>{}</ows:Identifier>{legend}</Style>",
            escape(title),
            escape(id)
        )
    };
    let styles: String = if layer.styles.is_empty() {
        style("normal", "Données brutes", String::new(), true)
    } else {
        let all = layer.styles.iter().enumerate();
        all.map(|(at, own)| style(&own.identifier, &own.title, legend(own), at == 0)).collect()
    };
    let formats = formats(layer);
    let offered: String = formats.iter().map(|f| format!("<Format>{f}</Format>")).collect();
    let infos: String = if layer.queryable {
        INFO_FORMATS.iter().map(|f| format!("<InfoFormat>{f}</InfoFormat>")).collect()
    } else {
        String::new()
    };
    let limits: String = (layer.top()..=layer.bottom())
        .filter_map(|l| grid.covering(l, layer.spec.extent).map(|range| (l, range)))
        .map(|(l, Range { columns, rows })| {
            format!(
                "<TileMatrixLimits><TileMatrix>{l}</TileMatrix><MinTileRow>{}</MinTileRow><MaxTileRow>{}</MaxTileRow><MinTileCol>{}</MinTileCol><MaxTileCol>{}</MaxTileCol></TileMatrixLimits>",
                rows[0], rows[1], columns[0], columns[1]
            )
        })
        .collect();
    let resources: String = formats
        .iter()
        .map(|f| {
            format!(
                "<ResourceURL format=\"{f}\" resourceType=\"tile\" template=\"{origin}/wmts/1.0.0/{}/{{Style}}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.{}\"/>",
                layer.name,
                ending(f)
            )
        })
        .collect();
    Ok(format!(
        "<Layer><ows:Title>{}</ows:Title><ows:Abstract>{}</ows:Abstract>{words}<ows:WGS84BoundingBox><ows:LowerCorner>{w} {s}</ows:LowerCorner><ows:UpperCorner>{e} {n}</ows:UpperCorner></ows:WGS84BoundingBox><ows:Identifier>{}</ows:Identifier>{styles}{offered}{infos}<TileMatrixSetLink><TileMatrixSet>{}</TileMatrixSet><TileMatrixSetLimits>{limits}</TileMatrixSetLimits></TileMatrixSetLink>{resources}</Layer>",
        escape(&layer.title),
        escape(&layer.abstract_),
        layer.name,
        layer.matrix_set(),
    ))
}

fn legend(style: &super::rok4::Style) -> String {
    let Some(legend) = &style.legend else { return String::new() };
    let Some(url) = &legend.url else { return String::new() };
    let number = |name: &str, value: Option<u32>| value.map(|v| format!(" {name}=\"{v}\"")).unwrap_or_default();
    format!(
        "<LegendURL format=\"{}\" xlink:href=\"{}\"{}{}/>",
        escape(legend.format.as_deref().unwrap_or("image/png")),
        escape(url),
        number("width", legend.width),
        number("height", legend.height)
    )
}

fn vector_layer(p: &Publication, origin: &str) -> String {
    format!(
        "<Layer><ows:Title>{}</ows:Title><ows:Abstract>{}</ows:Abstract><ows:Identifier>{}</ows:Identifier><Style isDefault=\"true\"><ows:Identifier>normal</ows:Identifier></Style><Format>{PBF}</Format><TileMatrixSetLink><TileMatrixSet>PM</TileMatrixSet></TileMatrixSetLink><ResourceURL format=\"{PBF}\" resourceType=\"tile\" template=\"{origin}/tms/1.0.0/{}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.pbf\"/></Layer>",
        escape(&p.text("title")),
        escape(&p.text("abstract")),
        p.layer_name(),
        p.layer_name()
    )
}

fn matrix_set(id: &str, grid: &Grid, top: u32, bottom: u32) -> String {
    // a URN has its authority's order of axes: latitude first
    let (crs, corner) = if grid.geographic() {
        ("urn:ogc:def:crs:EPSG::4326", [grid.origin[1], grid.origin[0]])
    } else {
        (grid.crs, grid.origin)
    };
    let matrices: String = (top..=bottom.min(grid.levels - 1))
        .map(|l| {
            let [wide, high] = grid.matrix(l);
            format!(
                "<TileMatrix><ows:Identifier>{l}</ows:Identifier><ScaleDenominator>{}</ScaleDenominator><TopLeftCorner>{} {}</TopLeftCorner><TileWidth>{SIDE}</TileWidth><TileHeight>{SIDE}</TileHeight><MatrixWidth>{wide}</MatrixWidth><MatrixHeight>{high}</MatrixHeight></TileMatrix>",
                grid.scale_denominator(l), corner[0], corner[1]
            )
        })
        .collect();
    format!(
        "<TileMatrixSet><ows:Identifier>{}</ows:Identifier><ows:SupportedCRS>{crs}</ows:SupportedCRS>{matrices}</TileMatrixSet>",
        escape(id)
    )
}
