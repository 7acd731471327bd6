//! Tags of uploads, stored data and configurations: upsert, and removal by name.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use serde_json::{Value, json};

use super::{json_body, query};
use crate::App;
use crate::answer::{Answer, No, public};
use crate::store::Kind;

fn kind(word: &str) -> Answer<Kind> {
    match word {
        "uploads" => Ok(Kind::Upload),
        "stored_data" => Ok(Kind::StoredData),
        "configurations" => Ok(Kind::Configuration),
        _ => Err(No(
            StatusCode::NOT_IMPLEMENTED,
            "Le bac à sable n'offre d'étiquettes que sur les livraisons, données et configurations.".to_owned(),
        )),
    }
}

pub(crate) async fn add(
    State(app): State<App>,
    Path((_, word, id)): Path<(String, String, String)>,
    body: Bytes,
) -> Answer<Json<Value>> {
    let tags = json_body(&body)?;
    let tags = tags.as_object().ok_or_else(|| No::invalid("Un objet d'étiquettes est attendu."))?;
    if let Some((name, _)) = tags.iter().find(|(_, v)| !v.is_string()) {
        return Err(No::invalid(format!("L'étiquette « {name} » doit être un texte.")));
    }
    app.store
        .change(kind(&word)?, &id, |entity| {
            if !entity["tags"].is_object() {
                entity["tags"] = json!({});
            }
            for (name, value) in tags {
                entity["tags"][name] = value.clone();
            }
        })
        .map(|entity| Json(public(entity)))
        .ok_or_else(|| No::missing("Entité"))
}

pub(crate) async fn remove(
    State(app): State<App>,
    Path((_, word, id)): Path<(String, String, String)>,
    uri: Uri,
) -> Answer<Json<Value>> {
    let names = query(&uri).many("tags");
    app.store
        .change(kind(&word)?, &id, |entity| {
            if let Some(tags) = entity["tags"].as_object_mut() {
                tags.retain(|name, _| !names.contains(name));
            }
        })
        .map(|entity| Json(public(entity)))
        .ok_or_else(|| No::missing("Entité"))
}
