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
        Value::Object(map) => {
            map.into_iter().map(|(name, kind)| (name, kind.as_str().unwrap_or_default().to_owned())).collect()
        }
        Value::Array(list) => {
            list.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), String::new())).collect()
        }
        _ => BTreeMap::new(),
    })
}

/// URLs: objects, or before 2024 strings, bare or led by their type (`tms|https://…`).
pub(super) fn urls<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<super::ServiceUrl>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(list) => list
            .into_iter()
            .filter_map(|u| match u {
                Value::String(text) => Some(match text.split_once('|') {
                    Some((kind, url)) => super::ServiceUrl { kind: kind.to_uppercase(), url: url.to_owned() },
                    None => super::ServiceUrl { kind: String::new(), url: text },
                }),
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

/// Rights: a list of words, or in the answers of 2021 a map of `uploads_rights: true`.
pub(super) fn rights<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, held)| held == &Value::Bool(true))
            .map(|(name, _)| name.trim_end_matches("_rights").trim_end_matches('s').to_uppercase())
            .collect(),
        _ => Vec::new(),
    })
}

/// A body without the members that are null: absent and null mean the same.
#[must_use]
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
