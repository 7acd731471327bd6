//! What the platform answers beside the journey's own entities: people, checks, documents, keys,
//! annexes, metadata, comments, statistics.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{NamedRef, Offering, ServiceUrl, lenient};

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$member])* pub $field: $type),* }
    )*};
}

shapes! {
    /// A community in full.
    Community { #[serde(rename = "_id")] id: String, name: String, technical_name: String, description: Option<String>, contact: Option<String>, organization: Option<NamedRef>, #[serde(deserialize_with = "lenient::reference")] datastore: Option<String>, supervisor: Option<Person>, public: bool }
    /// A person, or a service account (which has no first nor last name).
    Person { #[serde(rename = "_id")] id: String, email: Option<String>, first_name: Option<String>, last_name: Option<String> }
    /// A member of a community.
    Member { rights: Vec<String>, user: Person }
    /// An organisation of the catalogue.
    Organization { #[serde(rename = "_id")] id: String, name: String, siren: Option<String>, siret: Option<String>, tva_intracom: Option<String> }
    /// A check that can be run on uploads.
    Check { #[serde(rename = "_id")] id: String, name: String, description: String, default_uploads_check: Vec<String> }
    /// One run of a check.
    CheckExecution { #[serde(rename = "_id")] id: String, check: NamedRef, status: super::ExecutionStatus, start: Option<String>, finish: Option<String>, upload: Option<NamedRef> }
    Comment { #[serde(rename = "_id")] id: String, text: String, author: Person }
    /// Something that happened to an entity. Its date may come without a zone.
    EventItem { date: String, title: String, text: Option<String>, initiator: Option<Person> }
    /// Whom an entity is shared with, or visible to.
    Sharing { #[serde(rename = "_id")] id: String, name: String }
    /// Which stored data use one, and which it uses.
    Dependencies { used_by: Vec<Sharing>, #[serde(rename = "use")] uses: Vec<Sharing> }
    Annexe { #[serde(rename = "_id")] id: String, paths: Vec<String>, size: Option<u64>, mime_type: String, published: bool, labels: Vec<String>, extra: Map<String, Value> }
    Metadata { #[serde(rename = "_id")] id: String, #[serde(rename = "type")] kind: String, open_data: bool, level: String, file_identifier: String, #[serde(deserialize_with = "lenient::tags")] tags: BTreeMap<String, String>, endpoints: Vec<NamedRef>, extra: Map<String, Value> }
    /// A personal document. Its public URL is there only while it is shared with everybody.
    Document { #[serde(rename = "_id")] id: String, name: String, description: Option<String>, size: Option<u64>, mime_type: Option<String>, labels: Vec<String>, public_url: Option<String>, extra: Map<String, Value> }
    /// A key opens private services.
    Key { #[serde(rename = "_id")] id: String, name: String, #[serde(rename = "type")] kind: String, whitelist: Vec<String>, blacklist: Vec<String>, user_agent: Option<String>, referer: Option<String>, type_infos: Map<String, Value> }
    /// What a key opens; without permission when the offering is open to all keys.
    Access { #[serde(rename = "_id")] id: String, permission: Option<Permission>, offering: Offering }
    /// What a producer grants to an account or a community.
    Permission { #[serde(rename = "_id")] id: String, licence: String, end_date: Option<String>, offerings: Vec<GrantedOffering>, datastore_author: Option<Value>, beneficiary: Option<Value>, only_oauth: bool }
    GrantedOffering { #[serde(rename = "_id")] id: String, #[serde(rename = "type")] kind: String, status: super::OfferingStatus, layer_name: String, open: bool, available: Option<bool>, #[serde(deserialize_with = "lenient::urls")] urls: Vec<ServiceUrl> }
    /// A tile matrix set: its levels only in full.
    Tms { #[serde(rename = "_id")] id: String, srs: Option<String>, levels: Vec<TmsLevel> }
    /// Resolution in the CRS's units a pixel.
    TmsLevel { id: String, resolution: f64 }
    Nomenclature { #[serde(rename = "type")] kind: String, label: String, term: String }
    /// Hits on services over a time; transfer in bytes.
    Hits { begin_date: Option<String>, end_date: Option<String>, data_transfer: Option<u64>, hits: Option<u64> }
    Statistics { total: Option<Hits>, details: Vec<Hits> }
    Feed { id: String, title: String, subtitle: Option<String>, updated: Option<String>, links: Vec<Value>, entries: Vec<FeedEntry> }
    FeedEntry { id: String, title: String, updated: Option<String>, content: String, links: Vec<Value>, categories: Vec<Value> }
}
