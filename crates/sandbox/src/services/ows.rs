//! WFS and WMS: requests find their offering, MapServer answers, and the capabilities of all that is
//! published are put together.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use super::mapserver::pass_on;
use super::{Services, escape, mapfile, xml};
use crate::App;

pub(super) fn router(services: Services) -> Router<App> {
    let routes: Router<Services> = Router::new()
        .route("/wfs", any(wfs))
        .route("/wfs/ows", any(wfs))
        .route("/wms-v", any(wms))
        .route("/wms-v/ows", any(wms));
    routes.with_state(services)
}

type Pairs = Vec<(String, String)>;

/// Parameters of the query, and of the body when it is a form or a WFS document.
fn parameters(method: &Method, uri: &Uri, body: &Bytes) -> Pairs {
    let mut pairs: Pairs =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    if method == Method::POST {
        pairs.extend(url::form_urlencoded::parse(body).into_owned());
    }
    // who asks must not choose the map file
    pairs.retain(|(name, _)| {
        !["map", "mapfile", "qstring", "sld", "sld_body"].contains(&name.to_lowercase().as_str())
            && !name.to_lowercase().starts_with("map.")
            && !name.to_lowercase().starts_with("map_")
    });
    pairs
}

fn get<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

fn set(pairs: &mut Pairs, name: &str, value: String) {
    pairs.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    pairs.push((name.to_owned(), value));
}

fn exception(says: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ows:ExceptionReport xmlns:ows=\"http://www.opengis.net/ows/1.1\" version=\"2.0.0\"><ows:Exception exceptionCode=\"InvalidParameterValue\"><ows:ExceptionText>{}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>",
        escape(says)
    );
    let mut answer = xml(body);
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

async fn wfs(State(services): State<Services>, method: Method, uri: Uri, body: Bytes) -> Response {
    let pairs = parameters(&method, &uri, &body);
    let request = get(&pairs, "request").unwrap_or_default().to_lowercase();
    let all = services.all("WFS");
    if request == "getcapabilities" {
        return wfs_capabilities(&services, pairs).await;
    }
    let names = get(&pairs, "typenames").or(get(&pairs, "typename")).unwrap_or_default().to_owned();
    let wanted = names.split([':', ',']).next().unwrap_or_default();
    let publication =
        if names.is_empty() && all.len() == 1 { all.first() } else { all.iter().find(|p| p.layer_name() == wanted) };
    match publication {
        Some(p) => {
            let map = format!("wfs-{}.map", p.offering);
            pass_on(services.0.mapserver.ask(&map, &pairs).await)
        }
        None if names.is_empty() => exception("typeNames is required: layer_name:table"),
        None => exception(&format!("no feature type `{names}` is published here")),
    }
}

/// The capabilities of the first offering, with the feature types of the others put beside its own.
async fn wfs_capabilities(services: &Services, mut pairs: Pairs) -> Response {
    set(&mut pairs, "service", "WFS".to_owned());
    let mut whole: Option<String> = None;
    for p in services.all("WFS") {
        let answer = services.0.mapserver.ask(&format!("wfs-{}.map", p.offering), &pairs).await;
        let Ok((_, body)) = answer else { return pass_on(answer) };
        let text = String::from_utf8_lossy(&body).into_owned();
        whole = Some(match whole {
            None => text,
            Some(whole) => {
                let types = between(&text, "<FeatureTypeList>", "</FeatureTypeList>");
                let types = types.and_then(|t| t.find("<FeatureType>").map(|at| &t[at..])).unwrap_or_default();
                let space = format!(" xmlns:{}=\"{}/wfs/{}\"", p.layer_name(), services.0.origin, p.layer_name());
                let whole = whole.replacen("</FeatureTypeList>", &format!("{types}</FeatureTypeList>"), 1);
                match whole.find("WFS_Capabilities").filter(|_| !whole.contains(&space)) {
                    Some(at) => {
                        let at = at + "WFS_Capabilities".len();
                        format!("{}{space}{}", &whole[..at], &whole[at..])
                    }
                    None => whole,
                }
            }
        });
    }
    xml(whole.unwrap_or_else(|| {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:WFS_Capabilities xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" version=\"2.0.0\"><FeatureTypeList/></wfs:WFS_Capabilities>".to_owned()
    }))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let start = text.find(from)? + from.len();
    text[start..].find(to).map(|end| &text[start..start + end])
}

async fn wms(State(services): State<Services>, method: Method, uri: Uri, body: Bytes) -> Response {
    let mut pairs = parameters(&method, &uri, &body);
    let request = get(&pairs, "request").unwrap_or_default().to_lowercase();
    if get(&pairs, "service").is_none() {
        set(&mut pairs, "service", "WMS".to_owned());
    }
    if request != "getcapabilities" && !request.is_empty() {
        if get(&pairs, "version").is_none() {
            set(&mut pairs, "version", "1.3.0".to_owned());
        }
        let one = if request == "getlegendgraphic" { "layer" } else { "layers" };
        let wanted = get(&pairs, one).unwrap_or_default().to_owned();
        let all = services.all("WMS-VECTOR");
        let (mut names, mut sld) = (Vec::new(), String::new());
        for name in wanted.split(',').filter(|n| !n.is_empty()) {
            let Some(p) = all.iter().find(|p| p.layer_name() == name) else {
                return exception(&format!("no layer `{name}` is published here"));
            };
            let p = p.clone();
            let layers = tokio::task::spawn_blocking(move || {
                let layers = mapfile::wms_layers(&p);
                (p, layers)
            })
            .await;
            let Ok((p, layers)) = layers else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
            for (layer, table) in layers {
                if let Some((_, style)) = p.styles.iter().find(|(t, _)| *t == table) {
                    sld.push_str(&named_layer(&layer, style));
                }
                names.push(layer);
            }
        }
        if names.is_empty() {
            return exception("LAYERS is required");
        }
        if request == "getlegendgraphic" {
            names.truncate(1);
        }
        set(&mut pairs, "styles", vec![""; names.len()].join(","));
        let queried = get(&pairs, "query_layers").is_some();
        if queried {
            set(&mut pairs, "query_layers", names.join(","));
        }
        set(&mut pairs, one, names.join(","));
        if !sld.is_empty() && request != "getfeatureinfo" {
            let body = format!(
                "<StyledLayerDescriptor version=\"1.0.0\" xmlns=\"http://www.opengis.net/sld\" xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">{sld}</StyledLayerDescriptor>"
            );
            pairs.push(("SLD_BODY".to_owned(), body));
        }
    }
    pass_on(services.0.mapserver.ask("wms.map", &pairs).await)
}

/// The user styles of an SLD, put under the name of one of our layers. Prefixes for the SLD
/// namespace are dropped, so that styles of several authors stand in one document.
fn named_layer(layer: &str, sld: &str) -> String {
    let plain = sld.replace("<sld:", "<").replace("</sld:", "</");
    let start = plain.find("<UserStyle");
    let end = plain.rfind("</UserStyle>");
    match (start, end) {
        (Some(start), Some(end)) if start < end => {
            let style = &plain[start..end + "</UserStyle>".len()];
            format!("<NamedLayer><Name>{}</Name>{style}</NamedLayer>", escape(layer))
        }
        _ => String::new(),
    }
}
