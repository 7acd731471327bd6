//! The processings there are, with production's ids, their parameters and constraints.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use platform::wire::known;
use serde_json::{Value, json};

use crate::App;
use crate::answer::{Answer, No, Query, Shape, list as answer_list};

/// The processings there are, with production's ids.
pub(crate) fn catalogue() -> Vec<Value> {
    let check = |id: &str, name: &str| json!({ "_id": id, "name": name, "description": name });
    let standard = check(known::CHECK_STANDARD, "Vérification standard");
    let parameter = |name: &str, description: &str, schema: Value| json!({ "name": name, "description": description, "mandatory": false, "constraints": schema });
    let level = json!({ "type": "string", "pattern": "^([0-9]|1[0-9]|2[01])$" });
    vec![
        json!({
            "_id": known::VECTOR_INTEGRATION, "name": "Intégration de données vecteur livrées en base",
            "description": "Tables d'une base à partir de fichiers vecteur", "priority": "STANDARD",
            "input_types": { "upload": ["VECTOR"], "stored_data": [] },
            "output_type": { "stored_data": "VECTOR-DB", "storage": ["POSTGRESQL"] },
            "parameters": [
                parameter("srs", "Système de coordonnées des tables", json!({ "type": "string" })),
                parameter("multigeom_layers", "Tables à plusieurs sortes de géométries", json!({ "type": "array", "items": { "type": "string" } })),
                parameter("delete", "Appliquer les fichiers .delete", json!({ "type": "boolean" })),
                parameter("update", "Appliquer les fichiers .update", json!({ "type": "boolean" })),
            ],
            "required_checks": [check(known::CHECK_VECTOR, "Vérification vecteur"), standard]
        }),
        json!({
            "_id": known::ARCHIVE_COPY, "name": "Recopie d'une archive livrée",
            "description": "Fichiers à télécharger", "priority": "STANDARD",
            "input_types": { "upload": ["ARCHIVE"], "stored_data": [] },
            "output_type": { "stored_data": "ARCHIVE", "storage": ["S3"] },
            "parameters": [], "required_checks": [standard]
        }),
        json!({
            "_id": known::VECTOR_PYRAMID, "name": "Calcul ou mise à jour de pyramide vecteur",
            "description": "Tuiles vectorielles à partir d'une base", "priority": "STANDARD",
            "input_types": { "upload": [], "stored_data": ["VECTOR-DB"] },
            "output_type": { "stored_data": "ROK4-PYRAMID-VECTOR", "storage": ["S3"] },
            "parameters": [
                parameter("composition", "Tables, attributs et niveaux", json!({
                    "type": "array", "minItems": 1, "items": {
                        "type": "object", "required": ["table", "bottom_level", "top_level"],
                        "properties": {
                            "table": { "type": "string" }, "layer": { "type": "string" }, "filter": { "type": "string" },
                            "bottom_level": level, "top_level": level,
                            "attributes": { "type": "array", "items": { "type": "string" } }
                        }
                    }
                })),
                parameter("bottom_level", "Niveau du bas", level.clone()),
                parameter("top_level", "Niveau du haut", level.clone()),
                parameter("tippecanoe_options", "Options de tippecanoe", json!({ "type": "string" })),
                parameter("area", "Emprise en WKT, EPSG:4326", json!({ "type": "string" })),
            ],
            "required_checks": []
        }),
    ]
}

/// Of an id.
pub(crate) fn find(id: &str) -> Answer<Value> {
    catalogue().into_iter().find(|p| p["_id"] == id).ok_or_else(|| No::missing("Traitement"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let query = Query::of(&uri);
    let holds = |value: &Value, name: &str| {
        query.one(name).is_none_or(|wanted| match value {
            Value::Array(all) => all.iter().any(|v| v == wanted),
            other => other == wanted,
        })
    };
    let kept = catalogue()
        .into_iter()
        .filter(|p| holds(&p["input_types"]["upload"], "input_upload_type"))
        .filter(|p| holds(&p["input_types"]["stored_data"], "input_stored_data_type"))
        .filter(|p| holds(&p["output_type"]["upload"], "output_upload_type"))
        .filter(|p| holds(&p["output_type"]["stored_data"], "output_stored_data_type"))
        .collect();
    answer_list(&app, kept, &query, &Shape { filters: &["name"], thin: &["name", "description"] })
}

pub(crate) async fn one(Path((_, id)): Path<(String, String)>) -> Answer<Json<Value>> {
    find(&id).map(Json)
}
