//! Asking a live service for something of its data, and judging the answer: an error told with
//! status 200 is silence, and nothing drawn is blank.

use model::{Extent, Verdict};
use platform::Client;
use quick_xml::events::Event as Xml;
use url::Url;

use super::{Live, links, picture, tile};

/// What is read of an answer at most, in bytes.
const MOST: usize = 4 << 20;
/// What is read of a service's capabilities: the platform's name thousands of layers.
const MOST_CAPABILITIES: usize = 64 << 20;
/// Tiles asked before saying that there is nothing in them.
const MOST_TILES: usize = 9;
/// Side of the picture asked for, in pixels.
const SIDE: u32 = 256;

pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) message: [String; 2],
    pub(super) url: String,
}

impl Said {
    fn new(verdict: Verdict, url: &str, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { verdict, message: [fr.into(), en.into()], url: url.to_owned() }
    }

    fn silent(url: &str, says: &str) -> Self {
        Self::new(
            Verdict::Silent,
            url,
            format!("ne répond pas comme il devrait : {says}"),
            format!("does not answer as it should: {says}"),
        )
    }
}

/// Asks a service by its type.
pub(super) async fn probe(client: &Client, live: &Live) -> Said {
    match live.kind.as_str() {
        "WFS" => features(client, live).await,
        kind if kind.starts_with("WMS") => map(client, live).await,
        "WMTS-TMS" if live.raster => images(client, live).await,
        "WMTS-TMS" => tiles(client, live).await,
        "ALTIMETRY" => heights(client, live).await,
        "DOWNLOAD" => files(client, live).await,
        other => Said::new(
            Verdict::NotAsked,
            "",
            format!("type de service inconnu : {other}"),
            format!("unknown type of service: {other}"),
        ),
    }
}

/// An answer with status 200; what else came, told.
async fn ask(client: &Client, url: &str) -> Result<platform::Visited, Said> {
    match client.visit(url, MOST).await {
        Ok(answer) if answer.status == 200 || answer.status == 206 => Ok(answer),
        Ok(answer) => Err(Said::silent(url, &format!("HTTP {}", answer.status))),
        Err(refusal) => Err(Said::silent(url, &refusal.says)),
    }
}

/// The start of an answer that is not what was asked for.
fn excerpt(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    let plain: Vec<&str> =
        text.split(['<', '>']).enumerate().filter(|(n, _)| n % 2 == 0).map(|(_, t)| t.trim()).collect();
    let mut said = plain.join(" ").trim().chars().take(160).collect::<String>();
    if said.is_empty() {
        said = text.chars().take(80).collect();
    }
    said
}

async fn features(client: &Client, live: &Live) -> Said {
    let (mut total, mut tables, mut last) = (0_u64, 0, String::new());
    for told in &live.urls {
        let Some(table) = links::type_name(&told.url) else { continue };
        let hits = [
            ("service", "WFS"),
            ("version", "2.0.0"),
            ("request", "GetFeature"),
            ("typeNames", &table),
            ("resultType", "hits"),
        ];
        let Ok(url) = Url::parse_with_params(&links::base(&told.url), hits) else { continue };
        let answer = match ask(client, url.as_str()).await {
            Ok(answer) => answer,
            Err(said) => return said,
        };
        let text = String::from_utf8_lossy(&answer.bytes);
        let matched = text.split("numberMatched=\"").nth(1).and_then(|r| r.split('"').next()?.parse::<u64>().ok());
        match matched {
            None => return Said::silent(url.as_str(), &excerpt(&answer.bytes)),
            Some(0) => {
                return Said::new(
                    Verdict::Blank,
                    url.as_str(),
                    format!("répond, mais « {table} » n’a aucun objet"),
                    format!("answers, but `{table}` has no feature"),
                );
            }
            Some(count) => total += count,
        }
        tables += 1;
        last = url.into();
    }
    if tables == 0 {
        return Said::silent("", "no table in its addresses");
    }
    Said::new(
        Verdict::Answers,
        &last,
        format!("répond : {total} objet(s) dans {tables} couche(s)"),
        format!("answers: {total} feature(s) in {tables} layer(s)"),
    )
}

async fn map(client: &Client, live: &Live) -> Said {
    let Some(told) = live.urls.first() else { return Said::silent("", "no address") };
    let [a, b, c, d] = mercator(live.bounds.unwrap_or(Extent { minx: -5.5, miny: 41.0, maxx: 10.0, maxy: 51.5 }));
    let (bbox, side) = (format!("{a},{b},{c},{d}"), SIDE.to_string());
    let wanted = [
        ("service", "WMS"),
        ("version", "1.3.0"),
        ("request", "GetMap"),
        ("layers", live.layer_name.as_str()),
        ("styles", ""),
        ("crs", "EPSG:3857"),
        ("bbox", &bbox),
        ("width", &side),
        ("height", &side),
        ("format", "image/png"),
        ("transparent", "true"),
    ];
    let Ok(url) = Url::parse_with_params(&links::base(&told.url), wanted) else {
        return Said::silent(&told.url, "no address");
    };
    let answer = match ask(client, url.as_str()).await {
        Ok(answer) => answer,
        Err(said) => return said,
    };
    match picture::is_blank(&answer.bytes) {
        Some(false) => Said::new(
            Verdict::Answers,
            url.as_str(),
            "répond : l’image n’est pas vide",
            "answers: the picture is not blank",
        ),
        Some(true) => Said::new(
            Verdict::Blank,
            url.as_str(),
            "répond, mais l’image est vide",
            "answers, but the picture is blank",
        ),
        None => Said::silent(url.as_str(), &excerpt(&answer.bytes)),
    }
}

/// A box in Web Mercator, in metres, never without width or height.
fn mercator(bounds: Extent) -> [f64; 4] {
    const HALF: f64 = 20_037_508.342_789_244;
    let x = |longitude: f64| longitude.clamp(-180.0, 180.0) / 180.0 * HALF;
    let y = |latitude: f64| {
        latitude.clamp(-85.051_128, 85.051_128).to_radians().tan().asinh() / std::f64::consts::PI * HALF
    };
    let (mut a, mut b, mut c, mut d) = (x(bounds.minx), y(bounds.miny), x(bounds.maxx), y(bounds.maxy));
    // a square: a service may refuse pixels that are not
    let half = ((c - a).max(d - b) / 2.0).max(50.0) * 1.05;
    let (mid_x, mid_y) = (f64::midpoint(a, c), f64::midpoint(b, d));
    (a, b, c, d) = (mid_x - half, mid_y - half, mid_x + half, mid_y + half);
    [a, b, c, d]
}

/// A tile in the middle of a raster, by WMTS, at its most detailed level.
async fn images(client: &Client, live: &Live) -> Said {
    let told = live.urls.iter().find(|u| u.kind.eq_ignore_ascii_case("WMTS"));
    let (Some(told), Some((_, level))) = (told, live.levels) else { return Said::silent("", "no address") };
    let base = links::base(&told.url);
    let (layer, level_name) = (live.layer_name.as_str(), level.to_string());
    let places = if live.grid == "PM" {
        let world = Extent { minx: -180.0, miny: -85.0, maxx: 180.0, maxy: 85.0 };
        tile::covering(live.bounds.unwrap_or(world), level, MOST_TILES)
    } else {
        // only the service knows where its own grid is
        let capabilities = format!("{base}?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetCapabilities");
        match client.visit(&capabilities, MOST_CAPABILITIES).await {
            Ok(answer) if answer.status == 200 => tile::limits(&answer.bytes, layer, &level_name, MOST_TILES),
            Ok(answer) => return Said::silent(&capabilities, &format!("HTTP {}", answer.status)),
            Err(refusal) => return Said::silent(&capabilities, &refusal.says),
        }
    };
    let mut last = told.url.clone();
    for (column, row) in places {
        let (column, row) = (column.to_string(), row.to_string());
        let wanted = [
            ("SERVICE", "WMTS"),
            ("VERSION", "1.0.0"),
            ("REQUEST", "GetTile"),
            ("LAYER", layer),
            ("STYLE", live.style.as_str()),
            ("FORMAT", live.format.as_str()),
            ("TILEMATRIXSET", live.grid.as_str()),
            ("TILEMATRIX", &level_name),
            ("TILEROW", &row),
            ("TILECOL", &column),
        ];
        let Ok(url) = Url::parse_with_params(&base, wanted) else { return Said::silent(&base, "no address") };
        last = url.to_string();
        let answer = match client.visit(&last, MOST).await {
            Ok(answer) if answer.status == 200 => answer,
            Ok(answer) if matches!(answer.status, 204 | 404) => continue,
            Ok(answer) => return Said::silent(&last, &format!("HTTP {}", answer.status)),
            Err(refusal) => return Said::silent(&last, &refusal.says),
        };
        if !answer.content_type.starts_with("image/") {
            return Said::silent(&last, &excerpt(&answer.bytes));
        }
        if picture::is_blank(&answer.bytes) != Some(true) && !answer.bytes.is_empty() {
            return Said::new(
                Verdict::Answers,
                &last,
                format!("répond : la tuile {level}/{column}/{row} n’est pas vide"),
                format!("answers: tile {level}/{column}/{row} is not blank"),
            );
        }
    }
    Said::new(Verdict::Blank, &last, "répond, mais les tuiles sont vides", "answers, but the tiles are empty")
}

/// The height of the middle of the data.
async fn heights(client: &Client, live: &Live) -> Said {
    let Some(told) = live.urls.first() else { return Said::silent("", "no address") };
    let Some(e) = live.bounds else { return Said::silent(&told.url, "no place") };
    let (lon, lat) = (f64::midpoint(e.minx, e.maxx), f64::midpoint(e.miny, e.maxy));
    let (lon, lat) = (lon.to_string(), lat.to_string());
    let wanted = [("resource", live.layer_name.as_str()), ("lon", &lon), ("lat", &lat), ("zonly", "true")];
    let Ok(url) = Url::parse_with_params(&links::base(&told.url), wanted) else {
        return Said::silent(&told.url, "no address");
    };
    let answer = match ask(client, url.as_str()).await {
        Ok(answer) => answer,
        Err(said) => return said,
    };
    let read: serde_json::Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    match read["elevations"][0].as_f64() {
        None => Said::silent(url.as_str(), &excerpt(&answer.bytes)),
        Some(z) if z <= -99999.0 => Said::new(
            Verdict::Blank,
            url.as_str(),
            "répond, mais sans altitude au milieu des données",
            "answers, but without a height in the middle of the data",
        ),
        Some(z) => Said::new(
            Verdict::Answers,
            url.as_str(),
            format!("répond : {z} m au milieu des données"),
            format!("answers: {z} m in the middle of the data"),
        ),
    }
}

async fn tiles(client: &Client, live: &Live) -> Said {
    let told = live.urls.iter().find(|u| u.kind.eq_ignore_ascii_case("TMS")).or(live.urls.first());
    let Some(told) = told else { return Said::silent("", "no address") };
    let base = links::base(&told.url);
    let metadata = format!("{base}/metadata.json");
    if let Err(said) = ask(client, &metadata).await {
        return said;
    }
    let world = Extent { minx: -180.0, miny: -85.0, maxx: 180.0, maxy: 85.0 };
    let level = live.levels.map_or(0, |(top, _)| top);
    let mut last = metadata;
    for (x, y) in tile::covering(live.bounds.unwrap_or(world), level, MOST_TILES) {
        last = format!("{base}/{level}/{x}/{y}.pbf");
        let answer = match client.visit(&last, MOST).await {
            Ok(answer) if answer.status == 200 => answer,
            // no data there: the next one may have some
            Ok(answer) if matches!(answer.status, 204 | 404) => continue,
            Ok(answer) => return Said::silent(&last, &format!("HTTP {}", answer.status)),
            Err(refusal) => return Said::silent(&last, &refusal.says),
        };
        match tile::features(&answer.bytes) {
            None => return Said::silent(&last, &excerpt(&answer.bytes)),
            Some(0) => {}
            Some(count) => {
                return Said::new(
                    Verdict::Answers,
                    &last,
                    format!("répond : {count} objet(s) dans la tuile {level}/{x}/{y}"),
                    format!("answers: {count} feature(s) in tile {level}/{x}/{y}"),
                );
            }
        }
    }
    Said::new(Verdict::Blank, &last, "répond, mais les tuiles sont vides", "answers, but the tiles are empty")
}

/// From the resource's feed to its first file, whose first bytes are read.
async fn files(client: &Client, live: &Live) -> Said {
    let Some(told) = live.urls.first() else { return Said::silent("", "no address") };
    let mut url = told.url.clone();
    // resource, sub-resource, file
    for _ in 0..3 {
        let answer = match client.visit(&url, 1 << 16).await {
            Ok(answer) if answer.status == 200 => answer,
            Ok(answer) => return Said::silent(&url, &format!("HTTP {}", answer.status)),
            Err(refusal) => return Said::silent(&url, &refusal.says),
        };
        if !answer.content_type.contains("xml") {
            return if answer.bytes.is_empty() {
                Said::new(Verdict::Blank, &url, "répond, mais le fichier est vide", "answers, but the file is empty")
            } else {
                Said::new(Verdict::Answers, &url, "répond : le fichier se télécharge", "answers: the file downloads")
            };
        }
        match first_link(&answer.bytes) {
            Some(next) if next != url => url = next,
            _ => {
                return Said::new(
                    Verdict::Blank,
                    &url,
                    "répond, mais ne liste aucun fichier",
                    "answers, but lists no file",
                );
            }
        }
    }
    Said::silent(&url, "feeds without a file")
}

/// The address of the first entry of an Atom feed.
fn first_link(feed: &[u8]) -> Option<String> {
    links_of(feed).into_iter().next()
}

/// The addresses of the entries of an Atom feed, as far as it can be read.
pub(super) fn links_of(feed: &[u8]) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(feed).unwrap_or_default());
    let (mut inside, mut found) = (false, Vec::new());
    loop {
        match reader.read_event() {
            Ok(Xml::Start(tag)) if tag.local_name().as_ref() == "entry" => inside = true,
            Ok(Xml::Empty(tag) | Xml::Start(tag)) if inside && tag.local_name().as_ref() == "link" => {
                let href = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == "href");
                found.extend(href.and_then(|h| quick_xml::escape::unescape(&h.value).ok().map(|u| u.into_owned())));
            }
            Ok(Xml::Eof) | Err(_) => return found,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_of_a_feed_is_found() {
        let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><link href='self'/><entry><title>a</title><link href='http://x/a?b=1&amp;c=2'/></entry></feed>";
        assert_eq!(first_link(feed.as_bytes()).as_deref(), Some("http://x/a?b=1&c=2"));
        assert_eq!(first_link(b"<feed><link href='self'/></feed>"), None);
    }

    #[test]
    fn a_point_still_gives_a_picture_with_an_area() {
        let [a, b, c, d] = mercator(Extent { minx: 2.0, miny: 48.0, maxx: 2.0, maxy: 48.0 });
        assert!(c - a > 100.0 && ((c - a) - (d - b)).abs() < 1e-6);
    }

    #[test]
    fn an_exception_is_told_in_its_own_words() {
        let answer = b"<?xml version='1.0'?><ServiceExceptionReport><ServiceException>no layer there</ServiceException></ServiceExceptionReport>";
        assert_eq!(excerpt(answer), "no layer there");
    }
}
