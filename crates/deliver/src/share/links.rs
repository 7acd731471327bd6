//! Addresses for software: the connection that any client takes, and layers' data sources in QGIS's
//! own spelling (its providers `WFS`, `wms` and `vectortile`). Pure.

use model::{Link, Purpose};
use url::Url;

use super::Live;

/// The ways into a service.
pub(super) fn links(live: &Live) -> Vec<Link> {
    let mut links = Vec::new();
    for told in &live.urls {
        let base = base(&told.url);
        let mut add = |purpose, layer: &str, url: String| {
            let link = Link { purpose, layer: layer.to_owned(), url };
            if !links.contains(&link) {
                links.push(link);
            }
        };
        match (live.kind.as_str(), told.kind.to_uppercase().as_str()) {
            ("WFS", _) => {
                add(Purpose::Connection, "", format!("{base}?service=WFS&version=2.0.0&request=GetCapabilities"));
                if let Some(table) = type_name(&told.url) {
                    let srs = live.srs.as_ref().map(|s| format!("srsname='{s}' ")).unwrap_or_default();
                    let source = format!(
                        "pagingEnabled='true' restrictToRequestBBOX='1' {srs}typename='{table}' url='{base}' version='2.0.0'"
                    );
                    add(Purpose::Qgis, &table, source);
                }
            }
            (kind, _) if kind.starts_with("WMS") => {
                let layer = &live.layer_name;
                add(Purpose::Connection, "", format!("{base}?service=WMS&version=1.3.0&request=GetCapabilities"));
                let source = format!("crs=EPSG:3857&dpiMode=7&format=image/png&layers={layer}&styles&url={base}");
                add(Purpose::Qgis, layer, source);
            }
            ("WMTS-TMS", "WMTS") => {
                add(Purpose::Connection, "", told.url.clone());
                if live.raster {
                    let layer = &live.layer_name;
                    let capabilities = format!("{base}?SERVICE=WMTS%26REQUEST=GetCapabilities");
                    let (grid, format, style) = (&live.grid, &live.format, &live.style);
                    let levels = live.levels.map(|(top, bottom)| format!("_{top}_{bottom}")).unwrap_or_default();
                    let crs = live.srs.as_deref().unwrap_or("EPSG:3857");
                    let source = format!(
                        "crs={crs}&format={format}&layers={layer}&styles={style}&tileMatrixSet={grid}{levels}&url={capabilities}"
                    );
                    add(Purpose::Qgis, layer, source);
                }
            }
            ("WMTS-TMS", _) => {
                add(Purpose::Connection, "", told.url.clone());
                if !live.raster {
                    let levels =
                        live.levels.map(|(top, bottom)| format!("&zmax={bottom}&zmin={top}")).unwrap_or_default();
                    let source = format!("type=xyz&url={base}/{{z}}/{{x}}/{{y}}.pbf{levels}");
                    add(Purpose::Qgis, &live.layer_name, source);
                }
            }
            _ => add(Purpose::Page, "", told.url.clone()),
        }
    }
    links
}

/// An address without what was asked of it.
pub(super) fn base(url: &str) -> String {
    url.split('?').next().unwrap_or(url).trim_end_matches('/').to_owned()
}

/// The table that the address of a WFS names, whatever the case of the parameter.
pub(super) fn type_name(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    parsed
        .query_pairs()
        .find(|(name, _)| name.to_lowercase().starts_with("typename"))
        .map(|(_, value)| value.into_owned())
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use model::PublishedUrl;

    use super::*;

    fn live(kind: &str, urls: &[(&str, &str)]) -> Live {
        let urls = urls.iter().map(|(k, u)| PublishedUrl { kind: (*k).to_owned(), url: (*u).to_owned() }).collect();
        Live { kind: kind.to_owned(), layer_name: "canton".to_owned(), urls, levels: Some((8, 14)), ..Live::default() }
    }

    #[test]
    fn qgis_gets_a_source_for_each_layer_of_each_service() {
        let qgis = |live: &Live| -> Vec<String> {
            links(live).into_iter().filter(|l| l.purpose == Purpose::Qgis).map(|l| l.url).collect()
        };
        let describe = "https://data.geopf.fr/wfs?service=WFS&version=2.0.0&request=DescribeFeatureType&typeNames=";
        let two = [format!("{describe}canton:a"), format!("{describe}canton:b")];
        let mut wfs = live("WFS", &[("WFS", &two[0]), ("WFS", &two[1])]);
        wfs.srs = Some("EPSG:2154".to_owned());
        assert_eq!(
            qgis(&wfs),
            ["canton:a", "canton:b"].map(|table| format!(
                "pagingEnabled='true' restrictToRequestBBOX='1' srsname='EPSG:2154' typename='{table}' url='https://data.geopf.fr/wfs' version='2.0.0'"
            ))
        );
        assert_eq!(links(&wfs).iter().filter(|l| l.purpose == Purpose::Connection).count(), 1);
        let wms = live("WMS-VECTOR", &[("WMS", "https://data.geopf.fr/wms-v?service=WMS&layers=canton")]);
        assert_eq!(
            qgis(&wms),
            ["crs=EPSG:3857&dpiMode=7&format=image/png&layers=canton&styles&url=https://data.geopf.fr/wms-v"]
        );
        let tms = live("WMTS-TMS", &[("TMS", "https://data.geopf.fr/tms/1.0.0/canton")]);
        assert_eq!(qgis(&tms), ["type=xyz&url=https://data.geopf.fr/tms/1.0.0/canton/{z}/{x}/{y}.pbf&zmax=14&zmin=8"]);
        let download = live("DOWNLOAD", &[("DOWNLOAD", "https://data.geopf.fr/telechargement/resource/canton")]);
        assert_eq!(links(&download)[0].purpose, Purpose::Page);
    }
}
