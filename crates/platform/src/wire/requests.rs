//! What we send. Each shape is checked against the contract in the tests.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Debug, Clone, Serialize)]
pub struct CreateUpload {
    pub name: String,
    pub description: String,
    /// `VECTOR`, `RASTER`, `ARCHIVE`.
    #[serde(rename = "type")]
    pub kind: String,
    pub srs: String,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct Inputs {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub upload: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stored_data: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct NewStoredData {
    pub name: String,
    pub storage_tags: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Output {
    pub stored_data: NewStoredData,
}

#[derive(Debug, Clone, Serialize)]
pub struct CreateExecution {
    pub processing: String,
    pub inputs: Inputs,
    pub output: Output,
    pub parameters: Map<String, Value>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CreateConfiguration {
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub layer_name: String,
    pub type_infos: Value,
}

#[derive(Debug, Clone, Serialize)]
pub struct CreateOffering {
    pub endpoint: String,
    pub open: bool,
}

/// Tags to add or replace.
pub type Tags = BTreeMap<String, String>;
