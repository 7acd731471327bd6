//! What the platform answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name { $($variant,)* Other(String) }

        impl $name {
            /// The platform's own word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $($name::$variant => $text,)* $name::Other(word) => word }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() { $($text => $name::$variant,)* _ => $name::Other(word) }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self { word.as_str().to_owned() }
        }

        impl Default for $name {
            fn default() -> Self { $name::Other(String::new()) }
        }
    };
}

words!(/// Where an upload stands.
UploadStatus { Created = "CREATED", Open = "OPEN", Closed = "CLOSED", Checking = "CHECKING", Generating = "GENERATING", Modifying = "MODIFYING", Unstable = "UNSTABLE", Deleted = "DELETED" });
words!(/// Where a stored data stands.
StoredDataStatus { Created = "CREATED", Generating = "GENERATING", Modifying = "MODIFYING", Generated = "GENERATED", Deleted = "DELETED", Unstable = "UNSTABLE" });
words!(/// Where a processing execution, or a check's, stands.
ExecutionStatus { Created = "CREATED", Waiting = "WAITING", Progress = "PROGRESS", Success = "SUCCESS", Failure = "FAILURE", Aborted = "ABORTED" });
words!(/// Where an offering stands.
OfferingStatus { Publishing = "PUBLISHING", Modifying = "MODIFYING", Published = "PUBLISHED", Unpublishing = "UNPUBLISHING", Unpublished = "UNPUBLISHED", Unstable = "UNSTABLE" });

/// A URL and what answers there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceUrl {
    #[serde(rename = "type", default)]
    pub kind: String,
    pub url: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Upload {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub srs: Option<String>,
    pub status: UploadStatus,
    pub size: Option<u64>,
    #[serde(deserialize_with = "lenient::tags")]
    pub tags: BTreeMap<String, String>,
    pub extent: Option<Value>,
    pub open: Option<bool>,
    pub last_event: Option<Value>,
}

/// A file or folder of an upload.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TreeNode {
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub children: Option<Vec<TreeNode>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NamedRef {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub status: Option<String>,
}

/// One check of an upload.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UploadCheck {
    #[serde(rename = "_id")]
    pub id: String,
    pub check: NamedRef,
}

/// The checks of an upload, by state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UploadChecks {
    pub asked: Vec<UploadCheck>,
    pub in_progress: Vec<UploadCheck>,
    pub passed: Vec<UploadCheck>,
    pub failed: Vec<UploadCheck>,
}

/// A table of a vector database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Relation {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(deserialize_with = "lenient::attributes")]
    pub attributes: BTreeMap<String, String>,
    pub primary_key: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredDataTypeInfos {
    pub relations: Vec<Relation>,
    pub tms: Option<String>,
    pub levels: Vec<String>,
    pub files_number: Option<u64>,
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// When what the data show was true; plain dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// In degrees of WGS 84.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct BoundingBox {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredData {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: StoredDataStatus,
    pub creation: Option<String>,
    pub srs: Option<String>,
    pub size: Option<u64>,
    #[serde(deserialize_with = "lenient::tags")]
    pub tags: BTreeMap<String, String>,
    pub description: Option<String>,
    pub open: Option<bool>,
    pub edition: Option<Edition>,
    pub extent: Option<Value>,
    pub bbox: Option<BoundingBox>,
    pub last_event: Option<Value>,
    pub type_infos: StoredDataTypeInfos,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecutionInputs {
    pub upload: Vec<NamedRef>,
    pub stored_data: Vec<NamedRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecutionOutput {
    pub stored_data: Option<NamedRef>,
    pub upload: Option<NamedRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Execution {
    #[serde(rename = "_id")]
    pub id: String,
    pub processing: NamedRef,
    pub status: ExecutionStatus,
    pub inputs: ExecutionInputs,
    pub output: Option<ExecutionOutput>,
    #[serde(deserialize_with = "lenient::parameters")]
    pub parameters: Map<String, Value>,
    pub creation: Option<String>,
    pub launch: Option<String>,
    pub start: Option<String>,
    pub finish: Option<String>,
}

/// What a processing takes or gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProcessingTypes {
    pub upload: Value,
    pub stored_data: Value,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Processing {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub input_types: ProcessingTypes,
    /// Spelled `output_types` where it is asked for in a list.
    #[serde(alias = "output_types")]
    pub output_type: ProcessingTypes,
    pub parameters: Vec<Value>,
    pub required_checks: Vec<NamedRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub layer_name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    #[serde(deserialize_with = "lenient::tags")]
    pub tags: BTreeMap<String, String>,
    pub type_infos: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub attribution: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub metadata: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub extra: Value,
}

impl Configuration {
    /// The stored data it serves.
    #[must_use]
    pub fn stored_data(&self) -> Vec<&str> {
        let used = self.type_infos.get("used_data").and_then(Value::as_array);
        used.into_iter().flatten().filter_map(|u| u.get("stored_data")?.as_str()).collect()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Offering {
    #[serde(rename = "_id")]
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub layer_name: String,
    pub status: OfferingStatus,
    pub open: bool,
    pub available: Option<bool>,
    pub configuration: NamedRef,
    pub endpoint: NamedRef,
    #[serde(deserialize_with = "lenient::urls")]
    pub urls: Vec<ServiceUrl>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub technical_name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub open: bool,
    #[serde(deserialize_with = "lenient::urls")]
    pub urls: Vec<ServiceUrl>,
}

/// An endpoint as a datastore may use it; numbers of offerings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointUse {
    #[serde(rename = "use")]
    pub used: u64,
    pub quota: u64,
    pub endpoint: Endpoint,
}

/// A storage as a datastore may use it; bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StorageUse {
    #[serde(rename = "use")]
    pub used: u64,
    pub quota: u64,
    pub storage: Value,
}

/// Singular names are those of older answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Storages {
    pub data: Vec<StorageUse>,
    #[serde(alias = "upload")]
    pub uploads: Option<StorageUse>,
    #[serde(alias = "annexe")]
    pub annexes: Option<StorageUse>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Datastore {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub technical_name: String,
    pub active: bool,
    pub endpoints: Vec<EndpointUse>,
    pub storages: Storages,
    pub configuration_layer_name_prefix: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberCommunity {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    pub datastore: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CommunityMember {
    #[serde(deserialize_with = "lenient::rights")]
    pub rights: Vec<String>,
    pub community: MemberCommunity,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    #[serde(rename = "_id")]
    pub id: String,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// A service account.
    pub technical: bool,
    /// Of personal documents, in bytes.
    pub documents_quota: u64,
    #[serde(rename = "documents_use")]
    pub documents_used: u64,
    pub keys_quota: u64,
    #[serde(rename = "keys_use")]
    pub keys_used: u64,
    pub communities_member: Vec<CommunityMember>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Static {
    #[serde(rename = "_id")]
    pub id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub type_infos: Map<String, Value>,
}
