//! What one shares of a datasheet: where each service is, how software opens it, whether it answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::PublishedUrl;

/// An offering as it is handed to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SharedOffering {
    #[serde(rename = "_id")]
    pub id: String,
    /// The platform's word: `WFS`, `WMS-VECTOR`, `WMTS-TMS`, `DOWNLOAD`…
    #[serde(rename = "type")]
    pub kind: String,
    pub layer_name: String,
    pub status: String,
    /// For all to see; else a key is needed.
    pub open: bool,
    /// As the platform gives them.
    pub urls: Vec<PublishedUrl>,
    pub links: Vec<Link>,
    /// Absent when it was not asked for.
    pub probe: Option<Probe>,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Link {
    pub purpose: Purpose,
    /// The layer it opens, where there are several.
    pub layer: String,
    pub url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Purpose {
    /// The address that software asks for: GetCapabilities, or the description of the tiles.
    Connection,
    /// A layer's data source, as QGIS writes it: for `QgsVectorLayer`, `QgsRasterLayer`,
    /// `QgsVectorTileLayer`, and for layer files.
    Qgis,
    /// What a browser shows or downloads.
    Page,
}

/// What came of asking a service as anybody would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Probe {
    pub verdict: Verdict,
    /// French first, then English.
    pub message: [String; 2],
    /// What was asked.
    pub url: String,
    #[ts(type = "number")]
    pub milliseconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Verdict {
    /// It answers, and there is something in the answer.
    Answers,
    /// It answers, with nothing in it: no feature, a picture of one colour, an empty tile or file.
    Blank,
    /// It refuses, is away, or says something that is not what the service should say.
    Silent,
    /// Not asked: it needs a key.
    NotAsked,
}
