//! The contract of the API: which routes there are, who may ask them, what a body must hold.
//! Knows nothing of how they are answered.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../tests/fixtures/contract/entrepot.schema.json")).unwrap_or_default()
});

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let read: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/contract/routes.json")).unwrap_or_default();
    read.as_array().into_iter().flatten().map(Route::read).collect()
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// One route of the producer's API.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: String,
    /// After `/api`, with `{placeholders}`.
    pub path: String,
    /// `UPLOAD`, `PROCESSING`, `ANNEX`, `BROADCAST`, `COMMUNITY`; or `member`, `user`, `public`.
    pub right: String,
    /// Name of the shape of a JSON body, and whether it may be left out.
    pub body: Option<(String, bool)>,
    /// Takes a file.
    pub multipart: bool,
}

impl Route {
    fn read(route: &Value) -> Self {
        let text = |member: &str| route[member].as_str().unwrap_or_default().to_owned();
        let body = &route["body"];
        Self {
            method: text("method"),
            path: text("path"),
            right: text("right"),
            body: (body["kind"] == "json")
                .then(|| body["schema"].as_str().map(|s| (s.to_owned(), body["required"] != false)))
                .flatten(),
            multipart: body["kind"] == "multipart",
        }
    }
}

/// Every route of the contract.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

pub(crate) fn route(method: &str, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|r| r.method == method && r.path == path)
}

fn validator(shape: &str) -> Option<Arc<Validator>> {
    let mut held = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(ready) = held.get(shape) {
        return Some(ready.clone());
    }
    let schema = json!({ "$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], "$ref": format!("#/$defs/{shape}") });
    let made = Arc::new(jsonschema::validator_for(&schema).ok()?);
    held.insert(shape.to_owned(), made.clone());
    Some(made)
}

/// What is wrong with a body, one French sentence per fault; empty when nothing is.
pub(crate) fn faults(shape: &str, body: &Value) -> Vec<String> {
    let Some(validator) = validator(shape) else { return Vec::new() };
    let mut said: Vec<String> = validator.iter_errors(body).map(|fault| sentence(&fault)).collect();
    said.dedup();
    said.truncate(20);
    said
}

/// What is wrong with a value by a schema of its own, such as a parameter's constraints.
pub(crate) fn breaks(constraints: &Value, value: &Value) -> Option<String> {
    let validator = jsonschema::validator_for(constraints).ok()?;
    validator.iter_errors(value).next().map(|fault| sentence(&fault))
}

fn sentence(fault: &jsonschema::ValidationError<'_>) -> String {
    let place = fault.instance_path().to_string();
    let place =
        if place.is_empty() { "le corps".to_owned() } else { format!("« {} »", place.trim_start_matches('/')) };
    match fault.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let whole = fault.instance_path().to_string();
            let inside = whole.trim_start_matches('/');
            if inside.is_empty() {
                format!("« {name} » est obligatoire.")
            } else {
                format!("« {inside}/{name} » est obligatoire.")
            }
        }
        ValidationErrorKind::Type { .. } => format!("{place} n'est pas du type attendu ({fault})."),
        ValidationErrorKind::Enum { .. } => format!("{place} n'a pas une valeur permise ({fault})."),
        _ => format!("{place} est refusé ({fault})."),
    }
}
