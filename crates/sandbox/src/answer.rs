//! The platform's conventions: refusals, pages, chosen fields, filters.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refusal in the platform's shape; its sentence is in French, as the platform's are.
#[derive(Debug)]
pub(crate) struct No(pub(crate) StatusCode, pub(crate) String);

pub(crate) type Answer<T = Response> = Result<T, No>;

impl No {
    pub(crate) fn invalid(says: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, says.into())
    }

    pub(crate) fn conflict(says: impl Into<String>) -> Self {
        Self(StatusCode::CONFLICT, says.into())
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("{what} : introuvable."))
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let error = self.0.canonical_reason().unwrap_or("Error");
        (self.0, Json(json!({ "error": error, "error_description": [self.1] }))).into_response()
    }
}

/// What is said without the sandbox's own members.
pub(crate) fn public(mut entity: Value) -> Value {
    if let Some(members) = entity.as_object_mut() {
        members.retain(|name, _| !name.starts_with('.'));
    }
    entity
}

/// The pairs of a query, several values of one name kept apart: `x=a&x=b`, `x=a,b`, `x[]=a` and
/// `x[0]=a` all say the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        Self(url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn many(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(n, _)| {
                n == name
                    || n.strip_prefix(name).is_some_and(|rest| {
                        rest.starts_with('[') && rest.ends_with(']') && rest[1..rest.len() - 1].bytes().all(|b| b.is_ascii_digit())
                    })
            })
            .flat_map(|(_, v)| v.split(',').map(|v| v.trim().to_owned()))
            .filter(|v| !v.is_empty())
            .collect()
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .filter_map(|(n, v)| Some((n.strip_prefix("tags[")?.strip_suffix(']')?, v.as_str())))
            .collect()
    }
}

/// A list's answer: filtered by the members named, thinned, cut into pages.
pub(crate) fn list(mut all: Vec<Value>, query: &Query, filters: &[&str], thin: &[&str]) -> Response {
    all.retain(|entity| {
        filters.iter().all(|name| {
            query.one(name).is_none_or(|wanted| {
                let is = match &entity[*name] {
                    Value::String(text) => text.clone(),
                    Value::Bool(yes) => yes.to_string(),
                    Value::Object(inner) => inner.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
                    _ => String::new(),
                };
                matches_pattern(&is, wanted)
            })
        }) && query.tags().iter().all(|(key, value)| entity["tags"][*key].as_str() == Some(value))
    });
    if let Some((field, order)) = query.one("sort").and_then(|s| s.split_once(',')) {
        let key = |e: &Value| match field {
            "last_event" => e["update"].as_str().unwrap_or_default().to_owned(),
            other => e[other].as_str().unwrap_or_default().to_owned(),
        };
        if matches!(field, "creation" | "update" | "last_event" | "name") {
            all.sort_by_key(key);
            if order == "desc" {
                all.reverse();
            }
        }
    }
    let fields = query.many("fields");
    let keep: Vec<&str> =
        if fields.is_empty() { thin.to_vec() } else { fields.iter().map(String::as_str).collect() };
    let thinned = all
        .into_iter()
        .map(|entity| {
            let members: Map<String, Value> = public(entity)
                .as_object()
                .map(|all| {
                    all.iter()
                        .filter(|(name, _)| {
                            thin.is_empty() && fields.is_empty()
                                || ["_id", "creation", "update"].contains(&name.as_str())
                                || keep.contains(&name.as_str())
                        })
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect()
                })
                .unwrap_or_default();
            Value::Object(members)
        })
        .collect();
    page(thinned, query, 10)
}

/// One page of a list of anything, with the headers that say so.
pub(crate) fn page(all: Vec<Value>, query: &Query, default: usize) -> Response {
    let number = |name: &str| query.one(name).and_then(|v| v.parse::<usize>().ok());
    let limit = number("limit").unwrap_or(default).clamp(1, 2000);
    let page = number("page").unwrap_or(1).max(1);
    let (total, first) = (all.len(), (page - 1).saturating_mul(limit));
    let items: Vec<Value> = all.into_iter().skip(first).take(limit).collect();
    let last = if items.is_empty() { first } else { first + items.len() - 1 };
    let range = if total == 0 { "0-0/0".to_owned() } else { format!("{first}-{last}/{total}") };
    let mut answer = Json(items).into_response();
    if let Ok(range) = HeaderValue::from_str(&range) {
        answer.headers_mut().insert("content-range", range);
    }
    answer
}

/// `%` stands for any characters; case does not count.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let parts: Vec<&str> = pattern.split('%').collect();
    if parts.len() == 1 {
        return text == pattern;
    }
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    if text.len() < first.len() + last.len() || !text.starts_with(first) || !text.ends_with(last) {
        return false;
    }
    let mut rest = &text[first.len()..text.len() - last.len()];
    parts[1..parts.len() - 1].iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_stands_for_anything() {
        for (text, pattern, same) in [
            ("Canton", "canton", true),
            ("canton", "%ant%", true),
            ("canton", "c%n", true),
            ("canton", "c%x", false),
            ("ab", "ab%ab", false),
        ] {
            assert_eq!(matches_pattern(text, pattern), same, "{text} {pattern}");
        }
    }

    #[test]
    fn several_values_are_read_in_the_four_spellings() {
        for raw in ["x=a&x=b", "x=a,b", "x[]=a&x[]=b", "x[0]=a&x[1]=b"] {
            assert_eq!(Query::parse(Some(raw)).many("x"), ["a", "b"], "{raw}");
        }
    }
}
