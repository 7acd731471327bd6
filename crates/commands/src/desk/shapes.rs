//! What a page asks and what it is answered: shapes only. A secret is never among them.

use std::path::PathBuf;

use model::{Event, Failure, Finding, Inventory, PublishedOffering, Service, Step, UpdateHow};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The program, for the page that says so.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct About {
    pub version: String,
    pub gdal: String,
    pub system: String,
    /// Where packages, the sandbox and the journal are kept.
    pub data_folder: String,
    /// The environment names it: no preference moves it.
    pub data_folder_fixed: bool,
}

/// What the program noted of itself.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct LogShown {
    /// Nothing where the host keeps no file.
    pub file: Option<String>,
    /// The last ones, oldest first.
    pub lines: Vec<String>,
}

/// Who one is, and where: shown at all times.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Here {
    /// The embedded sandbox, where nothing is seen by anybody else.
    pub sandbox: bool,
    pub api: String,
    /// Identifier of the datastore.
    pub datastore: String,
    pub datastore_name: String,
    /// Put by the platform before each layer's name.
    pub layer_name_prefix: Option<String>,
    pub email: Option<String>,
    /// `production/camille`; nothing in the sandbox, or when all came from the environment.
    #[ts(optional)]
    pub account: Option<String>,
    #[ts(optional)]
    pub profile: Option<String>,
    /// Who, in a line, for confirmations.
    #[ts(optional)]
    pub shown: Option<String>,
    /// From 0: tells accounts apart at a glance, beside their names.
    #[ts(optional)]
    pub colour: Option<u8>,
    /// Community and rights (`BROADCAST`, `UPLOAD`…).
    pub communities: Vec<CommunityRights>,
    pub quotas: Vec<Quota>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct CommunityRights {
    pub community: String,
    pub rights: Vec<String>,
}

/// What the datastore may hold. Bytes for a storage, services for an endpoint.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Quota {
    /// `storage` or `endpoint`.
    pub of: String,
    /// The platform's type: `FILESYSTEM`, `POSTGRESQL`, `WFS`, `WMS-VECTOR`…
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    #[ts(type = "number")]
    pub used: u64,
    /// Nothing when the platform names no limit.
    #[ts(type = "number | null")]
    pub most: Option<u64>,
    /// Of an endpoint: seen by everybody.
    pub open: bool,
}

/// A datasheet in the list of the datastore.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SheetLine {
    pub name: String,
    #[ts(type = "number")]
    pub uploads: u64,
    #[ts(type = "number")]
    pub stored_data: u64,
    /// The platform's types of its services: `WFS`, `WMS-VECTOR`…
    pub services: Vec<String>,
    pub state: SheetState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum SheetState {
    /// Something is open, nothing runs.
    Waiting,
    /// The platform checks, processes or publishes.
    Working,
    Live,
    /// A check failed, or a stored data is unstable.
    Unstable,
}

/// Files chosen or dropped. The page may ask about these paths and no other.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Dropped {
    pub paths: Vec<String>,
}

/// What was looked at before, to be opened again.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Recent {
    pub name: String,
    pub paths: Vec<String>,
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub when: i64,
    /// Every path is still there.
    pub found: bool,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct LookRequest {
    pub paths: Vec<PathBuf>,
    /// The CRS declared by the user: `EPSG:2154`.
    #[serde(default)]
    pub srs: Option<String>,
    #[serde(default)]
    pub services: Vec<Service>,
}

/// Facts, and the key by which tiles and rows of each source are asked.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Seen {
    pub sources: Vec<SeenSource>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SeenSource {
    /// In the address of its tiles: `tiles/{key}/{layer number}/{z}/{x}/{y}`.
    pub key: String,
    pub inventory: Inventory,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Judged {
    pub sources: Vec<SeenSource>,
    pub findings: Vec<Finding>,
    #[ts(type = "number")]
    pub blocks: u64,
    #[ts(type = "number")]
    pub degrades: u64,
    #[ts(type = "number")]
    pub tells: u64,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RowsRequest {
    pub key: String,
    /// Number of the layer in its inventory, from 0.
    pub layer: usize,
    #[ts(type = "number")]
    pub offset: i64,
    /// At most 1000.
    pub limit: usize,
    /// Column to sort by; nothing for the file's own order.
    #[serde(default)]
    pub sort: Option<String>,
    #[serde(default)]
    pub descending: bool,
    /// Rows with this text in any column.
    #[serde(default)]
    pub filter: Option<String>,
    /// The feature of this number only.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub fid: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Rows {
    pub fields: Vec<String>,
    pub rows: Vec<Row>,
    #[ts(type = "number")]
    pub total: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Row {
    #[ts(type = "number")]
    pub fid: i64,
    pub values: Vec<Option<String>>,
}

/// What could be published from the sources, and under which words.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Proposal {
    /// Technical name, conforming.
    pub name: String,
    pub title: String,
    pub abstract_: String,
    pub keywords: Vec<String>,
    /// The services that the data allow, with the reason when they do not.
    pub services: Vec<ServiceOffer>,
    pub srs: Option<String>,
    #[ts(type = "number")]
    pub bytes: u64,
    /// Ways to cut a download into parts; none where there is one part only.
    pub zones: Vec<ZoneOffer>,
}

/// A way to cut a download into parts, each downloaded by itself.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ZoneOffer {
    pub zones: model::Zones,
    /// How many parts: each is an upload and a stored data of its own.
    #[ts(type = "number")]
    pub parts: u64,
    /// The names of the first ones.
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ServiceOffer {
    pub service: Service,
    /// Why it cannot be, French first.
    pub refused: Option<[String; 2]>,
    /// Ticked at first.
    pub proposed: bool,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PlanRequest {
    pub paths: Vec<PathBuf>,
    pub name: String,
    pub services: Vec<Service>,
    #[serde(default)]
    pub srs: Option<String>,
    #[serde(default)]
    #[ts(as = "Option<model::Zones>", optional)]
    pub zones: model::Zones,
}

/// What packaging will do, before it does it.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PlanShown {
    pub name: String,
    /// `VECTOR`, `RASTER`, `ARCHIVE`.
    pub kind: model::PackageKind,
    pub srs: String,
    pub untouched: bool,
    #[ts(type = "number")]
    pub bytes: u64,
    pub tables: Vec<PlanTable>,
    /// Of a part of a download.
    pub zone: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PlanTable {
    pub layer: String,
    pub table: String,
    #[ts(type = "number")]
    pub features: u64,
    pub renames: Vec<model::Rename>,
    pub fields: Vec<String>,
    /// The CRS it is brought from, when coordinates change.
    pub reprojected_from: Option<String>,
    /// The CRS that is stated for it, coordinates untouched.
    pub assigned: Option<String>,
}

/// A delivery as the page orders it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Wish {
    pub paths: Vec<PathBuf>,
    pub services: Vec<Service>,
    /// Technical name.
    pub name: String,
    /// The datasheet it belongs to; the name when absent.
    #[serde(default)]
    pub datasheet: Option<String>,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub abstract_: String,
    #[serde(default)]
    pub keywords: Vec<String>,
    /// SLD 1.0.0 by table.
    #[serde(default)]
    pub styles: Vec<TableStyle>,
    #[serde(default)]
    pub srs: Option<String>,
    /// On endpoints that need a key.
    #[serde(default)]
    pub private: bool,
    /// Who made the data: shown beside the map.
    #[serde(default)]
    pub producer: Option<String>,
    /// What people may do with the data, in words.
    #[serde(default)]
    pub licence: Option<String>,
    /// The text of the licence.
    #[serde(default)]
    pub licence_url: Option<String>,
    /// Of images; what is absent is chosen from them.
    #[serde(default)]
    #[ts(as = "Option<model::PyramidWish>", optional)]
    pub pyramid: model::PyramidWish,
    /// What is downloaded by itself.
    #[serde(default)]
    #[ts(as = "Option<model::Zones>", optional)]
    pub zones: model::Zones,
    /// In the embedded sandbox, whatever the account: to see it before anybody else.
    #[serde(default)]
    pub rehearsal: bool,
    /// Under a provisional name, taken down after: never in the list of deliveries.
    #[serde(default)]
    pub preview: bool,
    /// Not a delivery but an act on the live images of the datasheet of that name.
    #[serde(default)]
    #[ts(optional)]
    pub update: Option<UpdateAct>,
}

/// What is done to the live images of a datasheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "act", rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum UpdateAct {
    /// The services show new images; the former state is kept.
    Show { how: UpdateHow },
    /// The former state is given up.
    Confirm,
    /// The former state comes back.
    Undo,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct TableStyle {
    pub table: String,
    pub sld: String,
}

/// A delivery of this machine, running or not.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Delivery {
    pub id: String,
    pub wish: Wish,
    /// The account it runs as, where it is one of the book's; another may be current since.
    #[serde(default)]
    #[ts(optional)]
    pub account: Option<String>,
    /// The datastore it goes to.
    #[serde(default)]
    #[ts(optional)]
    pub datastore: Option<String>,
    pub state: DeliveryState,
    pub step: Option<Step>,
    /// In the step's own unit, from its start.
    #[ts(type = "number")]
    pub done: u64,
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    pub failure: Option<Failure>,
    pub stored_data: Vec<String>,
    pub offerings: Vec<PublishedOffering>,
    /// The last lines told, newest last, at most 200.
    pub lines: Vec<String>,
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub created: i64,
    #[ts(type = "number")]
    pub updated: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum DeliveryState {
    Running,
    /// Stopped by the user or by the end of the program; goes on when asked.
    Paused,
    Failed,
    /// Or, of an act on live images, done.
    Published,
}

/// What a watched delivery tells: how it stands first, then each event, then how it ended.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Said {
    Delivery { delivery: Box<Delivery> },
    Event { event: Box<Event> },
}

/// How to reach what is published.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Share {
    pub datasheet: String,
    pub offerings: Vec<model::SharedOffering>,
    /// A QGIS layer definition of every service, nothing when QGIS has no use for them.
    pub qlr: Option<String>,
    /// HTML to paste in a page.
    pub snippet: Option<String>,
    /// Each address as a QR code, in SVG.
    pub qr: std::collections::BTreeMap<String, String>,
}

/// What the person set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Preferences {
    /// `fr`, `en`, or nothing for the system's.
    pub language: Option<String>,
    /// `light`, `dark`, or nothing for the system's.
    pub theme: Option<String>,
    /// Whether the page may show IGN's Plan from the network behind the data.
    pub online_background: bool,
    /// Reader processes at once.
    pub workers: Option<usize>,
    /// Seconds a reader may take for one source.
    #[ts(type = "number | null")]
    pub reader_seconds: Option<u64>,
    /// A notification at the end of long work.
    pub notify: bool,
    /// How fast files are sent, all deliveries together; as fast as they go where absent.
    #[ts(type = "number | null")]
    pub upload_bytes_per_second: Option<u64>,
    /// Where things are kept from the next start on; the usual place where absent.
    pub data_folder: Option<PathBuf>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: None,
            theme: None,
            online_background: false,
            workers: None,
            reader_seconds: None,
            notify: true,
            upload_bytes_per_second: None,
            data_folder: None,
        }
    }
}
