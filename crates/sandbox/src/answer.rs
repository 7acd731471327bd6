//! The platform's conventions: refusals, pages, chosen fields, filters.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::App;

/// A refusal in the platform's shape; its sentence is in French, as the platform's are.
#[derive(Debug)]
pub(crate) struct No(pub(crate) StatusCode, pub(crate) String, pub(crate) Vec<String>);

pub(crate) type Answer<T = Response> = Result<T, No>;

impl No {
    pub(crate) fn new(status: StatusCode, says: impl Into<String>) -> Self {
        Self(status, says.into(), Vec::new())
    }

    pub(crate) fn invalid(says: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, says)
    }

    pub(crate) fn conflict(says: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, says)
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} : introuvable."))
    }

    pub(crate) fn broken(what: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("Le bac à sable n'a pas pu travailler sur son disque : {what}."),
        )
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let error = self.0.canonical_reason().unwrap_or("Error");
        let mut says = vec![self.1];
        says.extend(self.2);
        (self.0, Json(json!({ "error": error, "error_description": says }))).into_response()
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
pub(crate) struct Query {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        Self { path: uri.path().to_owned(), pairs }
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(n, _)| {
                n == name
                    || n.strip_prefix(name).is_some_and(|rest| {
                        rest.starts_with('[')
                            && rest.ends_with(']')
                            && rest[1..rest.len() - 1].bytes().all(|b| b.is_ascii_digit())
                    })
            })
            .map(|(_, v)| v.as_str())
    }

    pub(crate) fn many(&self, name: &str) -> Vec<String> {
        self.named(name).flat_map(|v| v.split(',').map(|v| v.trim().to_owned())).filter(|v| !v.is_empty()).collect()
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        self.pairs.iter().filter_map(|(n, v)| Some((n.strip_prefix("tags[")?.strip_suffix(']')?, v.as_str()))).collect()
    }

    /// This query with another page, as a link.
    fn link(&self, page: usize, relation: &str) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(self.pairs.iter().filter(|(n, _)| n != "page"));
        pairs.append_pair("page", &page.to_string());
        format!("<{}?{}>; rel=\"{relation}\"", self.path, pairs.finish())
    }
}

/// Whether an entity's member is what a filter wants: text with `%`, a boolean, an entity by its
/// id, or a list that holds it.
pub(crate) fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => matches_pattern(text, wanted),
        Value::Bool(yes) => yes.to_string() == wanted.to_lowercase(),
        Value::Number(number) => number.to_string() == wanted,
        Value::Object(inner) => inner.get("_id").is_some_and(|id| id == wanted),
        Value::Array(all) => all.iter().any(|one| is(one, wanted)),
        Value::Null => false,
    }
}

/// How a list is filtered, by names of members, and what it shows when nothing is asked.
pub(crate) struct Shape<'a> {
    pub(crate) filters: &'a [&'a str],
    /// Empty: everything.
    pub(crate) thin: &'a [&'a str],
}

/// A list's answer: filtered, sorted, thinned, cut into pages.
pub(crate) fn list(app: &App, mut all: Vec<Value>, query: &Query, shape: &Shape) -> Response {
    all.retain(|entity| {
        shape.filters.iter().all(|name| {
            let mut wanted = query.named(name).peekable();
            wanted.peek().is_none() || {
                // several values of a list of texts must all be there; of a single member, one
                let every = entity[*name].is_array();
                let values: Vec<String> = if every || entity[*name].is_object() {
                    query.many(name)
                } else {
                    wanted.map(str::to_owned).collect()
                };
                if every {
                    values.iter().all(|w| is(&entity[*name], w))
                } else {
                    values.iter().any(|w| is(&entity[*name], w))
                }
            }
        }) && query.tags().iter().all(|(key, value)| is(&entity["tags"][*key], value))
    });
    if let Some((field, order)) = query.one("sort").and_then(|s| s.split_once(',')) {
        let key = |e: &Value| match field {
            "last_event" | "lastEvent" => e["last_event"]["date"].as_str().unwrap_or_default().to_owned(),
            other => e[other].as_str().unwrap_or_default().to_owned(),
        };
        // a field that does not exist is passed over, as far as one knows
        all.sort_by_key(key);
        if order.eq_ignore_ascii_case("desc") {
            all.reverse();
        }
    }
    let fields = query.many("fields");
    let thin = if app.switches().thin_lists { shape.thin } else { &[] };
    let keep: Vec<&str> = if fields.is_empty() { thin.to_vec() } else { fields.iter().map(String::as_str).collect() };
    // the platform's documentation and its types spell these two differently
    let wants = |name: &str| {
        keep.iter().any(|k| {
            *k == name || k.strip_suffix('s').is_some_and(|k| k == name && matches!(name, "attribution" | "metadata"))
        })
    };
    let shown = all
        .into_iter()
        .map(|entity| {
            let bbox = bbox_of(&entity["extent"]);
            let mut members: Map<String, Value> = match public(entity) {
                Value::Object(all) => all,
                _ => Map::new(),
            };
            if let (true, Some(bbox)) = (shape.thin.contains(&"srs"), bbox) {
                members.insert("bbox".to_owned(), bbox);
                members.remove("extent");
            }
            members.retain(|name, _| {
                keep.is_empty() || ["_id", "creation", "update"].contains(&name.as_str()) || wants(name)
            });
            Value::Object(members)
        })
        .collect();
    page(shown, query, 10, 100)
}

/// West, south, east and north of a GeoJSON polygon.
pub(crate) fn bbox_of(extent: &Value) -> Option<Value> {
    fn walk(value: &Value, found: &mut [f64; 4]) {
        let Some(items) = value.as_array() else { return };
        match (items.first().and_then(Value::as_f64), items.get(1).and_then(Value::as_f64)) {
            (Some(x), Some(y)) => {
                *found = [found[0].min(x), found[1].min(y), found[2].max(x), found[3].max(y)];
            }
            _ => items.iter().for_each(|item| walk(item, found)),
        }
    }
    let mut found = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let geometry = if extent["geometry"].is_object() { &extent["geometry"] } else { extent };
    walk(&geometry["coordinates"], &mut found);
    let [west, south, east, north] = found;
    (west <= east).then(|| json!({ "west": west, "south": south, "east": east, "north": north }))
}

/// One page of a list of anything, with the headers that say so.
pub(crate) fn page(all: Vec<Value>, query: &Query, default: usize, most: usize) -> Response {
    let number = |name: &str| query.one(name).and_then(|v| v.parse::<usize>().ok());
    let limit = number("limit").unwrap_or(default).clamp(1, most);
    let page = number("page").unwrap_or(1).max(1);
    let (total, first) = (all.len(), (page - 1).saturating_mul(limit));
    let items: Vec<Value> = all.into_iter().skip(first).take(limit).collect();
    let last = if items.is_empty() { first } else { first + items.len() - 1 };
    let range = if total == 0 { "0-0/0".to_owned() } else { format!("{first}-{last}/{total}") };
    let pages = total.div_ceil(limit).max(1);
    let mut links = vec![query.link(1, "first"), query.link(pages, "last")];
    if page > 1 {
        links.push(query.link((page - 1).min(pages), "prev"));
    }
    if page < pages {
        links.push(query.link(page + 1, "next"));
    }
    let mut answer = Json(items).into_response();
    for (name, value) in [("content-range", range), ("link", links.join(", "))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(name, value);
        }
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
            let uri: Uri = format!("/list?{raw}").parse().expect("an address");
            assert_eq!(Query::of(&uri).many("x"), ["a", "b"], "{raw}");
        }
    }
}
