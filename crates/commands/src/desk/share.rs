//! How to reach what is published: addresses, a file for QGIS, a piece of page, codes to scan.

use std::collections::BTreeMap;

use model::{Failure, Purpose, SharedOffering};
use qrcode::QrCode;
use qrcode::render::svg;
use quick_xml::escape::escape;

use super::shapes::Share;
use super::{Desk, Tell, heard};

impl Desk {
    pub(super) async fn share(
        &self,
        datasheet: &str,
        rehearsal: bool,
        probing: bool,
        tell: Tell<'_>,
    ) -> Result<Share, Failure> {
        let reach = self.reach_for(rehearsal).await?;
        let news = |event| tell(heard(&event));
        let offerings = deliver::share(&reach.client, &reach.datastore, datasheet, probing, &news).await?;
        Ok(Share {
            datasheet: datasheet.to_owned(),
            qlr: layer_file(datasheet, &offerings),
            snippet: snippet(&offerings),
            qr: codes(&offerings),
            offerings,
        })
    }
}

/// The provider of QGIS that reads a service, and its kind of layer.
fn provider(offering: &SharedOffering) -> Option<(&'static str, &'static str)> {
    match offering.kind.as_str() {
        "WFS" => Some(("WFS", "vector")),
        kind if kind.starts_with("WMS") => Some(("wms", "raster")),
        "WMTS-TMS" => Some(("vectortile", "vector-tile")),
        _ => None,
    }
}

/// QGIS's layer definition: one layer for each source of each service.
fn layer_file(datasheet: &str, offerings: &[SharedOffering]) -> Option<String> {
    let (mut tree, mut layers) = (String::new(), String::new());
    for offering in offerings {
        let Some((mut provider, mut kind)) = provider(offering) else { continue };
        for (number, link) in offering.links.iter().filter(|l| l.purpose == Purpose::Qgis).enumerate() {
            if kind == "vector-tile" && !link.url.starts_with("type=xyz") {
                (provider, kind) = ("wms", "raster");
            }
            let id = escape(&format!("{}_{number}", offering.id)).into_owned();
            let name = escape(&format!("{} ({})", link.layer, offering.kind)).into_owned();
            let source = escape(&link.url).into_owned();
            tree.push_str(&format!(
                "<layer-tree-layer id=\"{id}\" name=\"{name}\" providerKey=\"{provider}\" source=\"{source}\" checked=\"Qt::Checked\" expanded=\"1\"/>"
            ));
            layers.push_str(&format!(
                "<maplayer type=\"{kind}\"><id>{id}</id><datasource>{source}</datasource><layername>{name}</layername><provider>{provider}</provider></maplayer>"
            ));
        }
    }
    let group = escape(datasheet);
    (!layers.is_empty()).then(|| {
        format!(
            "<!DOCTYPE qgis-layer-definition>\n<qlr><layer-tree-group name=\"\" checked=\"Qt::Checked\" expanded=\"1\"><layer-tree-group name=\"{group}\" checked=\"Qt::Checked\" expanded=\"1\">{tree}</layer-tree-group></layer-tree-group><maplayers>{layers}</maplayers></qlr>\n"
        )
    })
}

/// A page with the first open WMS on a map.
fn snippet(offerings: &[SharedOffering]) -> Option<String> {
    let wms = offerings.iter().find(|o| o.open && o.kind.starts_with("WMS"))?;
    let base = wms.urls.first()?.url.split('?').next()?.to_owned();
    let tiles = format!(
        "{base}?service=WMS&version=1.3.0&request=GetMap&layers={}&styles=&format=image/png&transparent=true&crs=EPSG:3857&width=512&height=512&bbox={{bbox-epsg-3857}}",
        wms.layer_name
    );
    let tiles = serde_json::Value::String(tiles);
    Some(format!(
        "<link rel=\"stylesheet\" href=\"https://unpkg.com/maplibre-gl@5/dist/maplibre-gl.css\">\n<script src=\"https://unpkg.com/maplibre-gl@5/dist/maplibre-gl.js\"></script>\n<div id=\"map\" style=\"height: 400px\"></div>\n<script>\n  new maplibregl.Map({{\n    container: \"map\", center: [2.5, 46.5], zoom: 5,\n    style: {{ version: 8, sources: {{ data: {{ type: \"raster\", tileSize: 512, tiles: [{tiles}] }} }},\n      layers: [{{ id: \"data\", type: \"raster\", source: \"data\" }}] }},\n  }});\n</script>\n"
    ))
}

/// Each address as a QR code, in SVG: nothing but the engine's own drawing is in it.
fn codes(offerings: &[SharedOffering]) -> BTreeMap<String, String> {
    let links = offerings.iter().flat_map(|o| &o.links).filter(|l| l.purpose != Purpose::Qgis);
    links
        .filter_map(|link| {
            let code = QrCode::new(link.url.as_bytes()).ok()?;
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(120, 120).build();
            // the page wants the picture alone, not a document
            let picture = drawn.find("<svg").map(|at| drawn[at..].to_owned())?;
            Some((link.url.clone(), picture))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use model::{Link, PublishedUrl};

    use super::*;

    fn wms(layer: &str) -> SharedOffering {
        SharedOffering {
            id: "1".to_owned(),
            kind: "WMS-VECTOR".to_owned(),
            layer_name: layer.to_owned(),
            status: "PUBLISHED".to_owned(),
            open: true,
            urls: vec![PublishedUrl { kind: "WMS".to_owned(), url: "https://a/wms-v?service=WMS".to_owned() }],
            links: vec![
                Link {
                    purpose: Purpose::Qgis,
                    layer: layer.to_owned(),
                    url: "layers=a&url=https://a/wms-v".to_owned(),
                },
                Link { purpose: Purpose::Connection, layer: String::new(), url: "https://a/wms-v".to_owned() },
            ],
            probe: None,
        }
    }

    #[test]
    fn a_layer_file_is_xml_whatever_the_names_are() {
        let file = layer_file("A & <B>", &[wms("c\"d")]).expect("a file");
        assert!(file.contains("name=\"A &amp; &lt;B&gt;\""), "{file}");
        assert!(file.contains("providerKey=\"wms\"") && file.contains("layers=a&amp;url="), "{file}");
        let mut reader = quick_xml::Reader::from_str(&file);
        loop {
            match reader.read_event().expect("well-formed") {
                quick_xml::events::Event::Eof => break,
                _ => continue,
            }
        }
    }

    #[test]
    fn a_name_cannot_leave_its_string_in_the_snippet() {
        let text = snippet(&[wms("a\"];alert(1)//")]).expect("a snippet");
        assert!(text.contains("a\\\"];alert(1)//"), "{text}");
    }

    #[test]
    fn what_others_open_has_a_code_and_what_qgis_reads_has_none() {
        let codes = codes(&[wms("a")]);
        assert_eq!(codes.keys().collect::<Vec<_>>(), ["https://a/wms-v"]);
        assert!(codes["https://a/wms-v"].starts_with("<svg"));
    }
}
