//! What an account and its datastore allow, and what a delivery would ask of them: the facts that
//! say whether it can work before a byte leaves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Finding, PackageKind, Service};

/// What was read of the account and the datastore, at one look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct AccountFacts {
    pub datastore: String,
    pub datastore_name: String,
    pub active: bool,
    /// `UPLOAD`, `PROCESSING`, `BROADCAST`… Nothing when the platform does not tell.
    pub rights: Option<Vec<String>>,
    /// Where stored data go.
    pub storages: Vec<StorageRoom>,
    /// Where uploads go.
    pub uploads: Option<StorageRoom>,
    pub endpoints: Vec<EndpointRoom>,
    pub layer_name_prefix: Option<String>,
    /// The layer's name with the prefix: what the services will be called.
    pub layer_name: String,
    /// Publications that have that name already.
    pub names: Vec<NameUse>,
    /// Executions that run on data of the same datasheet.
    pub running: Vec<RunningExecution>,
    /// Services of the same datasheet that are live and would serve the new data.
    pub live: Vec<LiveService>,
    /// Kinds of package for which the datastore offers no processing.
    pub no_processing: Vec<PackageKind>,
    /// Uploads that are finished with and still take room.
    pub left: Vec<UploadLeft>,
}

/// Bytes of a storage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct StorageRoom {
    /// The platform's type: `FILESYSTEM`, `POSTGRESQL`, `S3`…
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    #[ts(type = "number")]
    pub used: u64,
    /// Nothing when the platform names no limit.
    #[ts(type = "number | null")]
    pub quota: Option<u64>,
}

impl StorageRoom {
    /// Bytes left; nothing when there is no limit.
    #[must_use]
    pub fn left(&self) -> Option<u64> {
        self.quota.map(|quota| quota.saturating_sub(self.used))
    }
}

/// Offerings of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct EndpointRoom {
    /// The platform's type: `WFS`, `WMS-VECTOR`, `WMTS-TMS`…
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub open: bool,
    #[ts(type = "number")]
    pub used: u64,
    #[ts(type = "number")]
    pub quota: u64,
}

/// A publication under the layer's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct NameUse {
    /// The platform's type of configuration.
    #[serde(rename = "type")]
    pub kind: String,
    pub layer_name: String,
    /// The datasheet that it belongs to, where it says.
    pub datasheet: Option<String>,
    /// Of this datastore; else somebody else's, seen because its service answers.
    pub here: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RunningExecution {
    #[serde(rename = "_id")]
    pub id: String,
    pub processing: String,
    pub status: String,
    /// The stored data that it makes or changes.
    pub on: String,
}

/// A live service of the datasheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct LiveService {
    #[serde(rename = "type")]
    pub kind: String,
    pub layer_name: String,
    pub tables: Vec<LiveTable>,
}

/// A table that a service shows, its columns with the platform's types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct LiveTable {
    pub name: String,
    pub columns: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UploadLeft {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub status: String,
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What a delivery would ask of the platform.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Wanted {
    pub datasheet: String,
    /// Technical name, without the prefix.
    pub name: String,
    pub services: Vec<Service>,
    /// On endpoints that everybody sees.
    pub open: bool,
    pub kinds: Vec<PackageKind>,
    #[ts(type = "number")]
    pub bytes: u64,
    /// The bytes are an estimate, from above: the package is not written yet.
    #[serde(default)]
    pub estimated: bool,
    pub tables: Vec<WantedTable>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct WantedTable {
    pub name: String,
    pub columns: Vec<String>,
}

/// Whether a delivery will work, in one sentence and with what stops it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Preflight {
    pub works: bool,
    /// French, then English.
    pub message: [String; 2],
    /// Of the data and of the account, the gravest first.
    pub findings: Vec<Finding>,
    pub wanted: Wanted,
    pub account: AccountFacts,
}
