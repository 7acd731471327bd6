//! WMS-R: pictures of rasters in any CRS, drawn from the tiles of the level nearest to what is asked,
//! and values under a point. 1.3.0, and 1.1.1 for those who still ask so.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use geodata::imagery::{
    Image, Placing, Resampling, Samples, encode_jpeg, encode_tiff, transform_extent, transform_points, warp_image,
};
use model::Extent;

use super::raster::{Layer, is_raster, metres};
use super::wmts::{Asked, INFO_FORMATS, Refused, broken, refused, told, values_at};
use super::{Services, escape, xml};
use crate::App;
use crate::grids::SIDE;
use crate::work::pyramid::{encode_png, fill, raw};

/// Side of a picture at most, in pixels.
const MOST: usize = 2048;
/// Side of what is read of a level for one picture, in pixels.
const MOST_READ: f64 = 6000.0;
/// Offered for every layer.
const CRSS: [&str; 5] = ["EPSG:3857", "EPSG:4326", "EPSG:2154", "IGNF:LAMB93", "CRS:84"];
const FORMATS: [&str; 5] = ["image/png", "image/jpeg", "image/tiff", "image/geotiff", "image/x-bil;bits=32"];

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new().route("/wms-r", get(wms)).route("/wms-r/wms", get(wms));
    routes.with_state(services)
}

fn exception((code, _, says): &Refused) -> Response {
    let code = match *code {
        "NoApplicableCode" | "MissingParameterValue" | "InvalidParameterValue" => String::new(),
        other => format!(" code=\"{other}\""),
    };
    let mut answer = xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ServiceExceptionReport version=\"1.3.0\" xmlns=\"http://www.opengis.net/ogc\"><ServiceException{code}>{}</ServiceException></ServiceExceptionReport>",
        escape(says)
    ));
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

async fn wms(State(services): State<Services>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    let outcome = tokio::task::spawn_blocking(move || match asked.get("request").to_lowercase().as_str() {
        "getcapabilities" | "" => Ok(xml(capabilities(&services))),
        "getmap" => map(&services, &asked),
        "getfeatureinfo" => info(&services, &asked),
        other => Err(refused("OperationNotSupported", "request", format!("`{other}` is not a request of WMS"))),
    })
    .await;
    outcome.unwrap_or_else(|e| Err(broken(e.to_string()))).unwrap_or_else(|no| exception(&no))
}

/// Whether a code's axes are latitude first, which WMS 1.3.0 follows.
fn latitude_first(crs: &str) -> bool {
    crs.starts_with("EPSG:") && geodata::describe_crs(crs).is_some_and(|c| c.geographic)
}

/// The window that is asked for, on a plane that PROJ knows.
fn window(asked: &Asked) -> Result<Placing, Refused> {
    let old = asked.get("version").starts_with("1.1");
    let named = if old { asked.get("srs") } else { asked.get("crs") };
    let named = if named.is_empty() { asked.get("srs") } else { named };
    if named.is_empty() {
        return Err(refused("MissingParameterValue", "crs", "CRS is required"));
    }
    let crs = if named == "CRS:84" { "EPSG:4326" } else { geodata::epsg_twin(named).unwrap_or(named) };
    if geodata::describe_crs(crs).is_none() {
        return Err(refused("InvalidCRS", "crs", format!("`{named}` is not a CRS that is known here")));
    }
    let numbers: Vec<f64> = asked.get("bbox").split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let [a, b, c, d] = numbers[..] else {
        return Err(refused("InvalidParameterValue", "bbox", "BBOX: four numbers"));
    };
    let [a, b, c, d] = if !old && latitude_first(named) { [b, a, d, c] } else { [a, b, c, d] };
    let extent = Extent::new(a, b, c, d).filter(|e| e.minx < e.maxx && e.miny < e.maxy);
    let extent =
        extent.ok_or_else(|| refused("InvalidParameterValue", "bbox", "BBOX: the least before the greatest"))?;
    let side = |name: &str| -> Result<usize, Refused> {
        let size: usize = asked.number(name)?;
        let fits = (1..=MOST).contains(&size);
        if fits { Ok(size) } else { Err(refused("InvalidParameterValue", name, format!("{name}: 1 to {MOST}"))) }
    };
    Ok(Placing { crs: crs.to_owned(), extent, width: side("width")?, height: side("height")? })
}

fn layers_of(services: &Services, names: &str) -> Result<Vec<Layer>, Refused> {
    let names: Vec<&str> = names.split(',').filter(|n| !n.is_empty()).collect();
    if names.is_empty() {
        return Err(refused("MissingParameterValue", "layers", "LAYERS is required"));
    }
    names
        .into_iter()
        .map(|name| {
            let found = services.one("WMS-RASTER", name).filter(is_raster);
            let found = found
                .ok_or_else(|| refused("LayerNotDefined", "layers", format!("no layer `{name}` is published here")))?;
            Layer::of(&found).map_err(broken)
        })
        .collect()
}

/// The level of a layer that suits a window: the coarsest that is as fine as what is asked, or the
/// finest there is; and the window on the layer's grid.
fn level_for(layer: &Layer, place: &Placing) -> Result<Option<(u32, Extent)>, Refused> {
    let grid = layer.grid().map_err(broken)?;
    let there = transform_extent(&place.crs, grid.plane, place.extent).map_err(|e| broken(e.to_string()))?;
    let Some(there) = there else { return Ok(None) };
    #[expect(clippy::cast_precision_loss, reason = "a picture has few pixels")]
    let wanted = ((there.maxx - there.minx) / place.width as f64).min((there.maxy - there.miny) / place.height as f64);
    let (top, bottom) = (layer.top(), layer.bottom());
    let level = (top..=bottom).find(|l| grid.resolution(*l) <= wanted * 1.001).unwrap_or(bottom);
    Ok(Some((level, there)))
}

/// A layer on a window, as its pixels are; nothing where it is not.
fn pixels(layer: &Layer, place: &Placing) -> Result<Option<Image>, Refused> {
    let grid = layer.grid().map_err(broken)?;
    let Some((level, there)) = level_for(layer, place)? else { return Ok(None) };
    if !there.intersects(layer.spec.extent) {
        return Ok(None);
    }
    let size = grid.resolution(level);
    let reach = 8.0 * size;
    let all = layer.spec.extent;
    let side = size * SIDE as f64;
    let cut = Extent {
        minx: (there.minx - reach).max(all.minx - side),
        miny: (there.miny - reach).max(all.miny - side),
        maxx: (there.maxx + reach).min(all.maxx + side),
        maxy: (there.maxy + reach).min(all.maxy + side),
    };
    let (left, right) = (((cut.minx - grid.origin[0]) / size).floor(), ((cut.maxx - grid.origin[0]) / size).ceil());
    let (top, bottom) = (((grid.origin[1] - cut.maxy) / size).floor(), ((grid.origin[1] - cut.miny) / size).ceil());
    let (wide, high) = (right - left, bottom - top);
    if wide < 1.0 || high < 1.0 {
        return Ok(None);
    }
    if wide > MOST_READ || high > MOST_READ {
        return Err(refused(
            "InvalidParameterValue",
            "bbox",
            "the area is too large for the levels of this layer: zoom in",
        ));
    }
    let Some(pyramid) = layer.pyramid(level).map_err(broken)? else { return Ok(None) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most MOST_READ, and places of a grid"
    )]
    let (x, y, width, height) = (left as i64, top as i64, wide as usize, high as usize);
    let source = pyramid.window(level, x, y, width, height).map_err(broken)?;
    if source.is_empty() {
        return Ok(None);
    }
    let from = Placing {
        crs: grid.plane.to_owned(),
        extent: Extent {
            minx: left.mul_add(size, grid.origin[0]),
            miny: bottom.mul_add(-size, grid.origin[1]),
            maxx: right.mul_add(size, grid.origin[0]),
            maxy: top.mul_add(-size, grid.origin[1]),
        },
        width,
        height,
    };
    let how = match layer.interpolation.as_str() {
        "NEAREST-NEIGHBOUR" => Resampling::Nearest,
        "LINEAR" => Resampling::Bilinear,
        "LANCZOS2" | "LANCZOS3" | "LANCZOS4" => Resampling::Lanczos,
        _ => Resampling::Cubic,
    };
    let exact = layer.spec.floats || from.crs == place.crs;
    let made = warp_image(&source, &from, place, how, exact).map_err(|e| broken(e.to_string()))?;
    Ok(Some(made).filter(|i| !i.is_empty()))
}

/// The same window with a pixel more on each side.
#[expect(clippy::cast_precision_loss, reason = "a picture has few pixels")]
fn wider(place: &Placing) -> Placing {
    let e = place.extent;
    let (x, y) = ((e.maxx - e.minx) / place.width as f64, (e.maxy - e.miny) / place.height as f64);
    Placing {
        crs: place.crs.clone(),
        extent: Extent { minx: e.minx - x, miny: e.miny - y, maxx: e.maxx + x, maxy: e.maxy + y },
        width: place.width + 2,
        height: place.height + 2,
    }
}

/// A layer drawn by a style.
fn drawn(layer: &Layer, style: &str, place: &Placing) -> Result<Option<Image>, Refused> {
    let style = layer.style(style).map_err(|says| refused("StyleNotDefined", "styles", says))?;
    let Some(style) = style.filter(|s| s.draws()) else { return pixels(layer, place) };
    let Some(around) = pixels(layer, &wider(place))? else { return Ok(None) };
    let e = place.extent;
    #[expect(clippy::cast_precision_loss, reason = "a picture has few pixels")]
    let own = [(e.maxx - e.minx) / place.width as f64, (e.maxy - e.miny) / place.height as f64];
    let geographic = geodata::describe_crs(&place.crs).is_some_and(|c| c.geographic);
    let middle = f64::midpoint(e.miny, e.maxy);
    let size = if geographic {
        [own[0] * 111_320.0 * middle.to_radians().cos(), own[1] * 111_320.0]
    } else {
        let grid = layer.grid().map_err(broken)?;
        [own[0], own[1]].map(|s| metres(grid, s, middle)[1].min(s))
    };
    style.draw(&around, size).map(Some).map_err(|says| refused("StyleNotDefined", "styles", says))
}

/// Bytes, by ROK4's rule: what is out of their range is cut.
fn bytes_of(image: Image) -> Image {
    let samples = match image.samples {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
        Samples::Floats(all) => Samples::Bytes(all.into_iter().map(|v| v.round().clamp(0.0, 255.0) as u8).collect()),
        bytes @ Samples::Bytes(_) => bytes,
    };
    Image { samples, ..image }
}

fn colours(image: Image) -> Image {
    let image = bytes_of(image);
    match (&image.samples, image.bands) {
        (Samples::Bytes(all), 1) => {
            let samples = Samples::Bytes(all.iter().flat_map(|v| [*v; 3]).collect());
            Image { bands: 3, samples, ..image }
        }
        _ => image,
    }
}

fn map(services: &Services, asked: &Asked) -> Result<Response, Refused> {
    let place = window(asked)?;
    let layers = layers_of(services, asked.get("layers"))?;
    let styles: Vec<&str> = asked.get("styles").split(',').collect();
    let format = asked.get("format").split(';').next().unwrap_or_default();
    let format = if asked.get("format") == FORMATS[4] { FORMATS[4] } else { format };
    if !FORMATS.contains(&format) {
        return Err(refused("InvalidFormat", "format", format!("`{format}` is not offered: {}", FORMATS.join(", "))));
    }
    let values = matches!(format, "image/tiff" | "image/geotiff" | "image/x-bil;bits=32");
    if values {
        let [layer] = layers.as_slice() else {
            return Err(refused("InvalidParameterValue", "layers", "one layer at a time in this format"));
        };
        let found = drawn(layer, styles[0], &place)?;
        let mut image =
            found.unwrap_or_else(|| Image::empty(place.width, place.height, layer.spec.bands, layer.spec.floats));
        fill(&mut image, &layer.spec);
        let bytes = if format == FORMATS[4] {
            raw(&image)
        } else {
            encode_tiff(&image, Some((&place.crs, place.transform()))).map_err(|e| broken(e.to_string()))?
        };
        return Ok(picture(bytes, format));
    }
    let mut whole = Image::empty(place.width, place.height, 3, false);
    for (at, layer) in layers.iter().enumerate() {
        if let Some(image) = drawn(layer, styles.get(at).copied().unwrap_or_default(), &place)? {
            whole.paste(&colours(image), 0, 0);
        }
    }
    if format == "image/png" && asked.get("transparent").eq_ignore_ascii_case("true") {
        return Ok(picture(encode_png(&whole, true).map_err(broken)?, format));
    }
    let plain = background(asked.get("bgcolor"));
    blend(&mut whole, plain);
    let bytes = if format == "image/png" {
        encode_png(&whole, false).map_err(broken)?
    } else {
        encode_jpeg(&whole, 75).map_err(|e| broken(e.to_string()))?
    };
    Ok(picture(bytes, format))
}

/// `0xRRGGBB`; white when it is not given.
fn background(text: &str) -> [u8; 3] {
    let code = u32::from_str_radix(text.trim_start_matches("0x").trim_start_matches("0X"), 16).unwrap_or(0x00FF_FFFF);
    let [_, r, g, b] = code.to_be_bytes();
    [r, g, b]
}

/// What is see-through takes the background's colour, by as much.
fn blend(image: &mut Image, plain: [u8; 3]) {
    let (Some(mask), Samples::Bytes(all)) = (&image.mask, &mut image.samples) else { return };
    for (pixel, there) in all.chunks_exact_mut(3).zip(mask) {
        for (own, other) in pixel.iter_mut().zip(plain) {
            let (a, share) = (u32::from(*own), u32::from(*there));
            #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
            {
                *own = ((a * share + u32::from(other) * (255 - share) + 127) / 255) as u8;
            }
        }
    }
    image.mask = None;
}

fn picture(bytes: Vec<u8>, format: &str) -> Response {
    let mut answer = bytes.into_response();
    if let Ok(kind) = HeaderValue::from_str(format) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    answer
}

fn info(services: &Services, asked: &Asked) -> Result<Response, Refused> {
    let place = window(asked)?;
    let names = asked.get("query_layers");
    let layers = layers_of(services, if names.is_empty() { asked.get("layers") } else { names })?;
    let old = asked.get("version").starts_with("1.1");
    let (i, j): (f64, f64) = (asked.number(if old { "x" } else { "i" })?, asked.number(if old { "y" } else { "j" })?);
    let layer = &layers[0];
    if !layer.queryable {
        return Err(refused("LayerNotQueryable", "query_layers", "this layer gives no values"));
    }
    let [left, x, _, top, _, y] = place.transform();
    let point = [(i + 0.5).mul_add(x, left), (j + 0.5).mul_add(y, top)];
    let grid = layer.grid().map_err(broken)?;
    let there = transform_points(&place.crs, grid.plane, &[point]).map_err(|e| broken(e.to_string()))?;
    let (Some(Some([px, py])), Some((level, _))) = (there.first().copied(), level_for(layer, &place)?) else {
        return told(&[], asked.get("info_format"));
    };
    let size = grid.resolution(level);
    #[expect(clippy::cast_possible_truncation, reason = "a place of a grid")]
    let (column, row) = (((px - grid.origin[0]) / size).floor() as i64, ((grid.origin[1] - py) / size).floor() as i64);
    told(&values_at(layer, level, column, row).map_err(broken)?, asked.get("info_format"))
}

fn capabilities(services: &Services) -> String {
    let origin = &services.0.origin;
    let link = format!(
        "<OnlineResource xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:type=\"simple\" xlink:href=\"{origin}/wms-r?\"/>"
    );
    let http = format!("<DCPType><HTTP><Get>{link}</Get></HTTP></DCPType>");
    let list = |all: &[&str]| all.iter().map(|f| format!("<Format>{f}</Format>")).collect::<String>();
    let layers: String = services
        .all("WMS-RASTER")
        .iter()
        .filter_map(|p| Layer::of(p).map_err(|says| tracing::error!(says, "a layer is not described")).ok())
        .map(|layer| described(&layer))
        .collect();
    let crss: String = CRSS.iter().map(|c| format!("<CRS>{c}</CRS>")).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<WMS_Capabilities version=\"1.3.0\" xmlns=\"http://www.opengis.net/wms\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><Service><Name>WMS</Name><Title>Quai</Title>{link}<MaxWidth>{MOST}</MaxWidth><MaxHeight>{MOST}</MaxHeight></Service><Capability><Request><GetCapabilities><Format>text/xml</Format>{http}</GetCapabilities><GetMap>{}{http}</GetMap><GetFeatureInfo>{}{http}</GetFeatureInfo></Request><Exception><Format>XML</Format></Exception><Layer><Title>Quai</Title>{crss}{layers}</Layer></Capability></WMS_Capabilities>",
        list(&FORMATS),
        list(&INFO_FORMATS),
    )
}

fn described(layer: &Layer) -> String {
    let [w, s, e, n] = layer.bounds;
    let bounds = Extent { minx: w, miny: s, maxx: e, maxy: n };
    let boxes: String = CRSS
        .iter()
        .filter_map(|crs| {
            let plane = if *crs == "CRS:84" { "EPSG:4326" } else { crs };
            let b = transform_extent("EPSG:4326", plane, bounds).ok()??;
            let [a, b, c, d] =
                if latitude_first(crs) { [b.miny, b.minx, b.maxy, b.maxx] } else { [b.minx, b.miny, b.maxx, b.maxy] };
            Some(format!("<BoundingBox CRS=\"{crs}\" minx=\"{a}\" miny=\"{b}\" maxx=\"{c}\" maxy=\"{d}\"/>"))
        })
        .collect();
    let words: String = layer.keywords.iter().map(|k| format!("<Keyword>{}</Keyword>", escape(k))).collect();
    let words = if words.is_empty() { words } else { format!("<KeywordList>{words}</KeywordList>") };
    let style = |id: &str, title: &str, abstract_: &str| {
        let about =
            if abstract_.is_empty() { String::new() } else { format!("<Abstract>{}</Abstract>", escape(abstract_)) };
        format!("<Style><Name>{}</Name><Title>{}</Title>{about}</Style>", escape(id), escape(title))
    };
    let styles: String = if layer.styles.is_empty() {
        style("normal", "Données brutes", "")
    } else {
        layer.styles.iter().map(|s| style(&s.identifier, &s.title, &s.abstract_)).collect()
    };
    format!(
        "<Layer queryable=\"{}\"><Name>{}</Name><Title>{}</Title><Abstract>{}</Abstract>{words}<EX_GeographicBoundingBox><westBoundLongitude>{w}</westBoundLongitude><eastBoundLongitude>{e}</eastBoundLongitude><southBoundLatitude>{s}</southBoundLatitude><northBoundLatitude>{n}</northBoundLatitude></EX_GeographicBoundingBox>{boxes}{styles}</Layer>",
        u8::from(layer.queryable),
        layer.name,
        escape(&layer.title),
        escape(&layer.abstract_),
    )
}
