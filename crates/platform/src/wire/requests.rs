//! What we send. Each shape is checked against the contract in the tests: no member that the
//! platform does not know, none missing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{BoundingBox, Edition};

/// Tags to add or replace.
pub type Tags = BTreeMap<String, String>;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize)]
        pub struct $name { $($(#[$member])* pub $field: $type),* }
    )*};
}

bodies! {
    /// `kind`: `VECTOR`, `RASTER`, `ARCHIVE`.
    CreateUpload { name: String, description: String, #[serde(rename = "type")] kind: String, srs: String }
    /// Members left out stay as they are.
    UpdateUpload {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] srs: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] open: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")] extra: Option<Map<String, Value>>,
    }
    Inputs {
        #[serde(skip_serializing_if = "Vec::is_empty")] upload: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] stored_data: Vec<String>,
    }
    /// A new one, with a name and labels that choose the storage (`VECTEUR`, `PYRAMIDE`, `ARCHIVE`); or one
    /// there is, by its identifier alone, which changes in place.
    OutputData {
        #[serde(skip_serializing_if = "Option::is_none")] id: Option<String>,
        #[serde(skip_serializing_if = "String::is_empty")] name: String,
        #[serde(skip_serializing_if = "Vec::is_empty")] storage_tags: Vec<String>,
    }
    Output { stored_data: OutputData }
    CreateExecution { processing: String, inputs: Inputs, output: Output, parameters: Map<String, Value> }
    /// Edition and extent are computed by nothing for an archive.
    UpdateStoredData {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] edition: Option<Edition>,
        #[serde(skip_serializing_if = "Option::is_none")] extent: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")] open: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")] extra: Option<Map<String, Value>>,
    }
    CreateConfiguration {
        #[serde(rename = "type")] kind: String, name: String, layer_name: String, type_infos: TypeInfos,
        #[serde(skip_serializing_if = "Option::is_none")] attribution: Option<Attribution>,
    }
    /// Who made the data: shown by map software beside the map.
    Attribution { title: String, url: String }
    /// Replaces all but the layer's name, tags and extra.
    ReplaceConfiguration {
        #[serde(rename = "type")] kind: String, name: String, type_infos: TypeInfos,
        #[serde(skip_serializing_if = "Option::is_none")] attribution: Option<Attribution>,
        /// Members carried as they came: what is left out is dropped.
        #[serde(flatten)] carried: Map<String, Value>,
    }
    UpdateConfiguration {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] extra: Option<Map<String, Value>>,
    }
    Wfs { #[serde(skip_serializing_if = "Option::is_none")] bbox: Option<BoundingBox>, used_data: Vec<WfsData> }
    WfsData { stored_data: String, relations: Vec<WfsRelation> }
    WfsRelation { native_name: String, title: String, #[serde(rename = "abstract")] abstract_: String, keywords: Vec<String> }
    WmsVector {
        #[serde(skip_serializing_if = "Option::is_none")] bbox: Option<BoundingBox>,
        title: String, #[serde(rename = "abstract")] abstract_: String, keywords: Vec<String>, used_data: Vec<WmsVectorData>,
    }
    /// The first relation is drawn on top.
    WmsVectorData { stored_data: String, relations: Vec<WmsVectorRelation> }
    /// `style` is the identifier of a static file.
    WmsVectorRelation { name: String, style: String }
    /// Of raster and vector pyramids, as tiles.
    WmtsTms {
        #[serde(skip_serializing_if = "Option::is_none")] bbox: Option<BoundingBox>,
        title: String, #[serde(rename = "abstract")] abstract_: String, keywords: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] styles: Vec<String>,
        used_data: Vec<PyramidData>,
        #[serde(skip_serializing_if = "Option::is_none")] getfeatureinfo: Option<Pixels>,
    }
    /// `interpolation`: `NEAREST-NEIGHBOUR`, `LINEAR`, `BICUBIC`, `LANCZOS2` to `LANCZOS4`. Of the styles,
    /// identifiers of static files, the first is the default.
    WmsRaster {
        #[serde(skip_serializing_if = "Option::is_none")] bbox: Option<BoundingBox>,
        title: String, #[serde(rename = "abstract")] abstract_: String, keywords: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] styles: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")] interpolation: Option<String>,
        used_data: Vec<PyramidData>,
        #[serde(skip_serializing_if = "Option::is_none")] getfeatureinfo: Option<Pixels>,
    }
    /// Values under a point come from the pixels.
    Pixels { stored_data: bool }
    Altimetry {
        #[serde(skip_serializing_if = "Option::is_none")] bbox: Option<BoundingBox>,
        title: String, #[serde(rename = "abstract")] abstract_: String, keywords: Vec<String>, used_data: Vec<AltimetryData>,
    }
    AltimetryData { stored_data: String, title: String, source: Told, accuracy: Told }
    Told { value: String }
    /// Levels are text, `bottom` the most detailed.
    PyramidData { stored_data: String, bottom_level: String, top_level: String }
    /// Titles and abstracts by language.
    Download {
        title: BTreeMap<String, String>, #[serde(rename = "abstract")] abstract_: BTreeMap<String, String>,
        keywords: Vec<String>, used_data: Vec<DownloadData>,
    }
    DownloadData {
        sub_name: String, stored_data: String, title: BTreeMap<String, String>,
        #[serde(skip_serializing_if = "Option::is_none")] format: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] zone: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] resolution: Option<String>,
    }
    CreateOffering { endpoint: String, open: bool }
    UpdateOffering {
        #[serde(skip_serializing_if = "Option::is_none")] open: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")] available: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")] extra: Option<Map<String, Value>>,
    }
    UpdateStatic {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] description: Option<String>,
    }
    UpdateAnnexe {
        #[serde(skip_serializing_if = "Option::is_none")] paths: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")] labels: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")] published: Option<bool>,
    }
    UpdateMetadata {
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")] kind: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] open_data: Option<bool>,
    }
    PublishMetadata { file_identifiers: Vec<String>, endpoint: String }
    UpdateDocument {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] labels: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")] public_url: Option<bool>,
    }
    /// `kind`: `ACCOUNT` with users, `COMMUNITY` with communities.
    CreatePermission {
        #[serde(rename = "type")] kind: String, licence: String, offerings: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] users: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] communities: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")] end_date: Option<String>,
        only_oauth: bool,
    }
    UpdatePermission {
        #[serde(skip_serializing_if = "Option::is_none")] licence: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] offerings: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")] end_date: Option<String>,
    }
    /// `kind`: `HASH`, `BASIC`, `OAUTH2`.
    CreateKey {
        name: String, #[serde(rename = "type")] kind: String, type_infos: Map<String, Value>,
        #[serde(skip_serializing_if = "Vec::is_empty")] whitelist: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] blacklist: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")] user_agent: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] referer: Option<String>,
    }
    /// Leave an unchanged name out: the platform takes it for a duplicate.
    UpdateKey {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] whitelist: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")] blacklist: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")] user_agent: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] referer: Option<String>,
    }
    CreateAccess { #[serde(skip_serializing_if = "Option::is_none")] permission: Option<String>, offerings: Vec<String> }
    /// `UPLOAD`, `PROCESSING`, `ANNEX`, `BROADCAST`, `COMMUNITY`.
    SetRights { rights: Vec<String> }
    UpdateCommunity {
        #[serde(skip_serializing_if = "Option::is_none")] name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] contact: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] supervisor: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] public: Option<bool>,
    }
    SaveComment { text: String }
    /// A mail when it ends.
    Callback { #[serde(rename = "type")] kind: String, to_address: Vec<String>, #[serde(skip_serializing_if = "Option::is_none")] entity_url: Option<String> }
    UpdateExecution { #[serde(skip_serializing_if = "Option::is_none")] callback: Option<Callback> }
}

/// What a configuration says of its service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TypeInfos {
    Wfs(Wfs),
    WmsVector(WmsVector),
    WmtsTms(WmtsTms),
    WmsRaster(WmsRaster),
    Altimetry(Altimetry),
    Download(Download),
    /// A type we do not write ourselves, carried as it came.
    Other(Value),
}

impl Default for TypeInfos {
    fn default() -> Self {
        TypeInfos::Other(Value::Null)
    }
}
