//! The processings there are, with production's ids, their parameters and constraints.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use platform::wire::known;
use serde_json::{Value, json};

use crate::App;
use crate::answer::{Answer, No, Query, Shape, list as answer_list};
use crate::grids::GRIDS;

/// The processings there are, with production's ids.
pub(crate) fn catalogue() -> Vec<Value> {
    let check = |id: &str, name: &str| json!({ "_id": id, "name": name, "description": name });
    let standard = check(known::CHECK_STANDARD, "Vérification standard");
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
    .into_iter()
    .chain(rasters(&standard))
    .collect()
}

fn parameter(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "description": description, "mandatory": false, "constraints": schema })
}

fn defaulted(mut parameter: Value, value: Value) -> Value {
    parameter["default_value"] = value;
    parameter
}

/// Those that make raster pyramids.
fn rasters(standard: &Value) -> Vec<Value> {
    let tms: Vec<&str> = GRIDS.iter().map(|g| g.id).collect();
    let text = || json!({ "type": "string" });
    let slab = |name: &str, way: &str| {
        let says = format!("Nombre de tuiles dans une dalle, dans le sens de la {way}");
        defaulted(parameter(name, &says, json!({ "type": "integer", "minimum": 8, "maximum": 32 })), json!(16))
    };
    let parallel = || {
        let schema = json!({ "type": "integer", "minimum": 1, "maximum": 4 });
        defaulted(
            parameter("parallelization", "Nombre de scripts d’écriture des dalles en parallèle", schema),
            json!(1),
        )
    };
    let compression = |all: &[&str]| {
        parameter("compression", "Compression des données dans les tuiles", json!({ "type": "string", "enum": all }))
    };
    let grid = || {
        parameter(
            "tms",
            "Tile Matrix Set, grille de définition des tuiles. Dans le cas d’une génération initiale, il est obligatoire",
            json!({ "type": "string", "enum": tms }),
        )
    };
    let mask = || {
        let schema = json!({ "type": "boolean" });
        defaulted(parameter("mask", "Écriture des masques de données dans la pyramide en sortie", schema), json!(false))
    };
    let bottom = || {
        parameter(
            "bottom",
            "Niveau du bas de la pyramide. Par défaut, celui dont la résolution est la plus proche des images",
            text(),
        )
    };
    let top = || parameter("top", "Niveau du haut de la pyramide. Par défaut, le plus haut de la grille", text());
    let made = json!({ "stored_data": "ROK4-PYRAMID-RASTER", "storage": ["S3"] });
    let raster = json!({
        "_id": known::CHECK_RASTER, "name": "Vérification raster",
        "description": "La vérification raster contrôle que les fichiers sont bien lisibles et en extrait le géoréférencement"
    });
    vec![
        json!({
            "_id": known::RASTER_PYRAMID, "name": "Calcul ou mise à jour de pyramide raster",
            "description": "Génération ou mise à jour d’une pyramide de tuiles raster à partir d’une livraison d’images géo-référencées",
            "priority": "STANDARD",
            "input_types": { "upload": ["RASTER"], "stored_data": ["ROK4-PYRAMID-RASTER"] }, "output_type": made,
            "parameters": [
                grid(), slab("width", "largeur"), parallel(), compression(&["jpg", "png", "zip", "jpg90"]),
                slab("height", "hauteur"),
                parameter("interpolation", "Interpolation", json!({ "type": "string", "enum": ["nn", "linear", "bicubic"] })),
                bottom(), top(), mask(),
            ],
            "required_checks": [raster, standard]
        }),
        json!({
            "_id": known::RASTER_MERGE, "name": "Fusion de pyramides raster",
            "description": "Composition de plusieurs pyramides indépendantes : seules les dalles présentes dans plusieurs entrées sont recalculées, les autres sont référencées. La pyramide en sortie a donc des dépendances avec celles en entrée.",
            "priority": "STANDARD",
            "input_types": { "upload": [], "stored_data": ["ROK4-PYRAMID-RASTER"] }, "output_type": made,
            "parameters": [parallel(), bottom(), top(), parameter("bbox", "Emprise, dans le système de la grille", text())],
            "required_checks": []
        }),
        json!({
            "_id": known::WMS_HARVEST, "name": "Calcul ou mise à jour de pyramide raster par moissonnage WMS",
            "description": "Il n’y a pas besoin de donnée en entrée. Sont fournies en paramètres toutes les informations sur le service WMS et la zone sur laquelle faire le moissonnage",
            "priority": "STANDARD",
            "input_types": { "upload": [], "stored_data": [] }, "output_type": made,
            "parameters": [
                parameter("harvest_url", "Adresse du service WMS", text()),
                parameter("harvest_layers", "Couches, séparées par des virgules", text()),
                parameter("harvest_levels", "Niveaux moissonnés, du bas vers le haut", json!({ "type": "array", "items": { "type": "string" } })),
                parameter("harvest_area", "Zone en WKT, EPSG:4326", text()),
                parameter("harvest_format", "Format demandé au service", json!({ "type": "string", "enum": ["image/jpeg", "image/png"] })),
                parameter("harvest_extras", "Paramètres de plus pour le service", text()),
                parameter("harvest_dimensions", "Taille des images demandées", json!({ "type": "array", "items": { "type": "integer" } })),
                parameter("harvest_threshold", "Taille minimale d’une image", json!({ "type": "integer" })),
                bottom(), top(), grid(), compression(&["raw", "jpg", "png", "zip", "jpg90"]),
                parameter("samplesperpixel", "Nombre de canaux", json!({ "type": "integer", "minimum": 1, "maximum": 4 })),
                parameter("sampleformat", "Format des canaux", json!({ "type": "string", "enum": ["UINT8", "FLOAT32"] })),
                parameter("nodata", "Valeur sans donnée, par canal", json!({ "type": "array", "items": { "type": "integer" } })),
                slab("width", "largeur"), slab("height", "hauteur"), parallel(),
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
