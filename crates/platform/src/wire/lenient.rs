//! Shapes that vary by the age of an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Parameters: an object, or in older answers an array of `{name, value}`.
#[must_use]
pub fn parameters_of(value: &Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map.clone(),
        Value::Array(list) => list
            .iter()
            .filter_map(|p| Some((p.get("name")?.as_str()?.to_owned(), p.get("value").cloned().unwrap_or(Value::Null))))
            .collect(),
        _ => Map::new(),
    }
}

/// An extent: a GeoJSON geometry, or in some answers a Feature around it.
#[must_use]
pub fn extent_of(value: &Value) -> Option<&Value> {
    match value.get("type").and_then(Value::as_str) {
        Some("Feature") => value.get("geometry").filter(|g| g.is_object()),
        Some(_) => Some(value),
        None => None,
    }
}

pub(super) fn parameters<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    Value::deserialize(from).map(|v| parameters_of(&v))
}

/// Attributes of a table: a map of names to types, or in older answers an array of names.
pub(super) fn attributes<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Object(map) => map
            .into_iter()
            .map(|(name, kind)| (name, kind.as_str().unwrap_or_default().to_owned()))
            .collect(),
        Value::Array(list) => {
            list.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), String::new())).collect()
        }
        _ => BTreeMap::new(),
    })
}

/// URLs: objects, or before 2024 bare strings.
pub(super) fn urls<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<super::ServiceUrl>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(list) => list
            .into_iter()
            .filter_map(|u| match u {
                Value::String(url) => Some(super::ServiceUrl { kind: String::new(), url }),
                other => serde_json::from_value(other).ok(),
            })
            .collect(),
        _ => Vec::new(),
    })
}

/// Tags: absent, null or a map.
pub(super) fn tags<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(Option::<BTreeMap<String, Value>>::deserialize(from)?
        .unwrap_or_default()
        .into_iter()
        .map(|(key, value)| (key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect())
}

/// A reference: a bare identifier, or an entity that holds one.
pub(super) fn reference<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(id) => Some(id),
        Value::Object(entity) => entity.get("_id").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    })
}
