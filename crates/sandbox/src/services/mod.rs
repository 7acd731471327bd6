//! The live services behind what is published: WFS and WMS of vectors by MapServer; rasters, tiles,
//! heights and downloads by ourselves.

mod altimetry;
mod download;
mod mapfile;
mod mapserver;
mod ows;
mod raster;
pub(crate) mod rok4;
mod tiles;
mod wms_raster;
mod wmts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::wire::ServiceUrl;
use serde_json::Value;

use crate::App;
use mapserver::MapServer;

/// One offering to make live.
#[derive(Debug, Clone)]
pub(crate) struct Publication {
    pub(crate) offering: String,
    pub(crate) configuration: Value,
    /// Folder and entity of each stored data.
    pub(crate) stored: Vec<(PathBuf, Value)>,
    /// SLD by table; of a raster, ROK4 styles in their order.
    pub(crate) styles: Vec<(String, String)>,
}

impl Publication {
    pub(crate) fn kind(&self) -> &str {
        self.configuration["type"].as_str().unwrap_or_default()
    }

    pub(crate) fn layer_name(&self) -> &str {
        self.configuration["layer_name"].as_str().unwrap_or_default()
    }

    pub(crate) fn text(&self, member: &str) -> String {
        self.configuration["type_infos"][member].as_str().unwrap_or_default().to_owned()
    }
}

/// Everything that is live.
#[derive(Clone)]
pub(crate) struct Services(Arc<Live>);

pub(crate) struct Live {
    origin: String,
    folder: PathBuf,
    mapserver: MapServer,
    published: Mutex<BTreeMap<String, Publication>>,
}

impl Services {
    pub(crate) fn new(data: &Path, origin: &str) -> Self {
        let folder = data.join("services");
        let mapserver = MapServer::new(&folder);
        Self(Arc::new(Live { origin: origin.to_owned(), folder, mapserver, published: Mutex::default() }))
    }

    /// Those of a type, in order of layer name.
    fn all(&self, kind: &str) -> Vec<Publication> {
        let held = self.0.published.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Publication> = held.values().filter(|p| p.kind() == kind).cloned().collect();
        all.sort_by(|a, b| a.layer_name().cmp(b.layer_name()));
        all
    }

    fn one(&self, kind: &str, layer: &str) -> Option<Publication> {
        self.all(kind).into_iter().find(|p| p.layer_name() == layer)
    }

    /// Makes an offering live; gives its addresses.
    pub(crate) async fn publish(&self, publication: Publication) -> Result<Vec<ServiceUrl>, String> {
        if matches!(publication.kind(), "WFS" | "WMS-VECTOR") {
            MapServer::check()?;
        }
        let urls = self.urls(&publication);
        let id = publication.offering.clone();
        self.0.published.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), publication);
        let services = self.clone();
        let written = tokio::task::spawn_blocking(move || services.write_maps()).await;
        if let Err(says) = written.unwrap_or_else(|e| Err(e.to_string())) {
            self.0.published.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            return Err(says);
        }
        Ok(urls)
    }

    pub(crate) fn withdraw(&self, offering: &str) {
        self.0.published.lock().unwrap_or_else(PoisonError::into_inner).remove(offering);
        if let Err(says) = self.write_maps() {
            tracing::error!(says, "the map files were not written");
        }
    }

    fn write_maps(&self) -> Result<(), String> {
        let folder = &self.0.folder;
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        let put = |name: &str, text: String| -> Result<(), String> {
            let temporary = folder.join(format!(".{name}.{}", uuid::Uuid::new_v4().simple()));
            std::fs::write(&temporary, text).map_err(|e| e.to_string())?;
            std::fs::rename(&temporary, folder.join(name)).map_err(|e| e.to_string())
        };
        for publication in self.all("WFS") {
            put(&format!("wfs-{}.map", publication.offering), mapfile::wfs(&publication, &self.0.origin))?;
        }
        put("wms.map", mapfile::wms(&self.all("WMS-VECTOR"), &self.0.origin))
    }

    /// The addresses of an offering, in the platform's forms.
    fn urls(&self, p: &Publication) -> Vec<ServiceUrl> {
        let (origin, layer) = (&self.0.origin, p.layer_name());
        let url = |kind: &str, url: String| ServiceUrl { kind: kind.to_owned(), url };
        match p.kind() {
            "WFS" => mapfile::relations(p)
                .into_iter()
                .map(|r| {
                    let name = &r.public_name;
                    url("WFS", format!("{origin}/wfs?service=WFS&version=2.0.0&request=DescribeFeatureType&typeNames={layer}:{name}"))
                })
                .collect(),
            "WMS-VECTOR" => vec![url(
                "WMS",
                format!(
                    "{origin}/wms-v?service=WMS&version=1.3.0&request=GetMap&layers={layer}&bbox={{xmin}},{{ymin}},{{xmax}},{{ymax}}&styles={{styles}}&width={{width}}&height={{height}}&srs={{srs}}&format={{format}}"
                ),
            )],
            "WMTS-TMS" => vec![
                url("TMS", format!("{origin}/tms/1.0.0/{layer}")),
                url("WMTS", format!("{origin}/wmts?service=WMTS&version=1.0.0&request=GetCapabilities&layer={layer}")),
            ],
            "WMS-RASTER" => vec![url(
                "WMS",
                format!(
                    "{origin}/wms-r?service=WMS&version=1.3.0&request=GetMap&layers={layer}&bbox={{xmin}},{{ymin}},{{xmax}},{{ymax}}&styles={{styles}}&width={{width}}&height={{height}}&crs={{srs}}&format={{format}}"
                ),
            )],
            "ALTIMETRY" => vec![url(
                "ALTIMETRY",
                format!("{origin}/altimetrie/calcul/alti/rest/elevation.json?resource={layer}&lon={{lon}}&lat={{lat}}"),
            )],
            _ => vec![url("DOWNLOAD", format!("{origin}/telechargement/resource/{layer}"))],
        }
    }

    pub(crate) fn router(&self) -> Router<App> {
        let services = Router::new()
            .merge(ows::router(self.clone()))
            .merge(tiles::router(self.clone()))
            .merge(wmts::router(self.clone()))
            .merge(wms_raster::router(self.clone()))
            .merge(altimetry::router(self.clone()))
            .merge(download::router(self.clone()));
        services.layer(tower_http::cors::CorsLayer::permissive())
    }
}

/// An XML document.
fn xml(body: String) -> Response {
    let mut answer = body.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
    answer
}

/// Text made safe inside XML.
fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
