//! What the platform checks of a configuration's `type_infos`: the data are there, hold the tables,
//! levels and attributes named, none twice.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::text_of;
use crate::App;
use crate::answer::{Answer, No};
use crate::store::Kind;

/// Whether a configuration is made of a stored data.
pub(crate) fn uses(configuration: &Value, stored: &str) -> bool {
    let used = configuration["type_infos"]["used_data"].as_array();
    used.is_some_and(|all| all.iter().any(|u| u["stored_data"] == stored))
}

/// Refuses what the platform would.
pub(crate) fn check(app: &App, kind: &str, infos: &Value) -> Answer<()> {
    let needed: &[&str] = match kind {
        "WFS" | "WMS-VECTOR" => &["VECTOR-DB"],
        "WMTS-TMS" => &["ROK4-PYRAMID-VECTOR", "ROK4-PYRAMID-RASTER"],
        "WMS-RASTER" | "ALTIMETRY" => &["ROK4-PYRAMID-RASTER"],
        "DOWNLOAD" => &["ARCHIVE"],
        _ => {
            let says = format!("Le bac à sable ne publie pas encore de service {kind}.");
            return Err(No::new(StatusCode::NOT_IMPLEMENTED, says));
        }
    };
    let used = infos["used_data"].as_array().filter(|u| !u.is_empty());
    let used = used.ok_or_else(|| No::invalid("« type_infos/used_data » est vide."))?;
    let (mut seen, mut public_names, mut sub_names) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for item in used {
        let id = text_of(item, "stored_data")?;
        if !seen.insert(id.clone()) {
            return Err(No::invalid("Une donnée stockée est référencée plusieurs fois"));
        }
        let stored = app.store.get(Kind::StoredData, &id).ok_or_else(|| No::missing("Donnée stockée"))?;
        if !needed.iter().any(|n| stored["type"] == *n) {
            let needed = needed.join(" ou ");
            return Err(No::invalid(format!("Un service {kind} demande une donnée de type {needed}.")));
        }
        if stored["status"] != "GENERATED" {
            return Err(No::invalid("La donnée stockée n'est pas prête."));
        }
        match kind {
            "WFS" | "WMS-VECTOR" => check_relations(app, kind, item, &stored, &mut public_names)?,
            "WMTS-TMS" | "WMS-RASTER" => check_levels(item, &stored)?,
            "ALTIMETRY" => check_heights(item, &stored)?,
            _ => {
                let name = text_of(item, "sub_name")?;
                if !sub_names.insert(name.clone()) {
                    return Err(No::invalid(format!("Le nom « {name} » est donné à plusieurs sous-ressources.")));
                }
            }
        }
        let empty = stored["extent"].is_null() && kind != "DOWNLOAD";
        if empty && !infos["bbox"].is_object() {
            return Err(No::invalid("Les données n'ont pas d'emprise : « type_infos/bbox » est obligatoire."));
        }
    }
    check_rok4(app, kind, infos, used)
}

/// The ROK4 styles of a raster: there, of that type, none under the name of another.
fn check_rok4(app: &App, kind: &str, infos: &Value, used: &[Value]) -> Answer<()> {
    let styles: Vec<&str> = infos["styles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let raster = |u: &Value| {
        let stored = u["stored_data"].as_str().and_then(|id| app.store.get(Kind::StoredData, id));
        stored.is_some_and(|s| s["type"] == "ROK4-PYRAMID-RASTER")
    };
    if !styles.is_empty() && (!matches!(kind, "WMTS-TMS" | "WMS-RASTER") || !used.iter().all(raster)) {
        return Err(No::invalid("Seuls les services de pyramides raster ont des styles ROK4."));
    }
    if infos["getfeatureinfo"]["server_url"].is_string() {
        let says = "Le bac à sable ne relaie pas GetFeatureInfo vers un autre service.";
        return Err(No::new(StatusCode::NOT_IMPLEMENTED, says));
    }
    let mut names = BTreeSet::new();
    for id in styles {
        let file = app.store.get(Kind::Static, id).ok_or_else(|| No::missing("Fichier statique"))?;
        if file["type"] != "ROK4-STYLE" {
            return Err(No::invalid("« styles » demande des fichiers statiques de type ROK4-STYLE."));
        }
        let name = file["type_infos"]["identifier"].as_str().unwrap_or_default().to_owned();
        if !names.insert(name.clone()) {
            return Err(No::invalid(format!("Deux styles ont le même identifiant « {name} ».")));
        }
    }
    Ok(())
}

/// Heights are single values, not pictures.
fn check_heights(item: &Value, stored: &Value) -> Answer<()> {
    let infos = &stored["type_infos"];
    if infos["channels_number"] != 1 || infos["channels_format"] != "FLOAT32" {
        return Err(No::invalid("L'altimétrie demande une pyramide d'un canal FLOAT32."));
    }
    for member in ["source", "accuracy"] {
        if item[member]["stored_data"].is_string() {
            let says = format!("Le bac à sable ne lit « {member} » que d'une valeur, pas d'une pyramide.");
            return Err(No::new(StatusCode::NOT_IMPLEMENTED, says));
        }
    }
    Ok(())
}

fn check_relations(
    app: &App,
    kind: &str,
    item: &Value,
    stored: &Value,
    public_names: &mut BTreeSet<String>,
) -> Answer<()> {
    let tables = stored["type_infos"]["relations"].as_array().cloned().unwrap_or_default();
    let relations = item["relations"].as_array().filter(|r| !r.is_empty());
    for relation in relations.ok_or_else(|| No::invalid("« relations » est vide."))? {
        let name = relation["native_name"].as_str().or(relation["name"].as_str()).unwrap_or_default();
        let table = tables
            .iter()
            .find(|t| t["name"] == name)
            .ok_or_else(|| No::invalid(format!("La table « {name} » n'existe pas dans la donnée.")))?;
        if kind == "WMS-VECTOR" {
            check_style(app, relation, table)?;
        } else if !public_names.insert(relation["public_name"].as_str().unwrap_or(name).to_owned()) {
            return Err(No::invalid(format!("La table « {name} » est publiée deux fois sous le même nom.")));
        }
    }
    Ok(())
}

fn check_levels(item: &Value, stored: &Value) -> Answer<()> {
    let levels = stored["type_infos"]["levels"].as_array().cloned().unwrap_or_default();
    for member in ["bottom_level", "top_level"] {
        if !levels.contains(&json!(text_of(item, member)?)) {
            return Err(No::invalid(format!("« {member} » n'est pas un niveau de la pyramide.")));
        }
    }
    Ok(())
}

/// A style is an SLD, a template an FTL; both use only attributes that the table has.
fn check_style(app: &App, relation: &Value, table: &Value) -> Answer<()> {
    for (member, kind) in [("style", "GEOSERVER-STYLE"), ("ftl", "GEOSERVER-FTL")] {
        let Some(id) = relation[member].as_str() else { continue };
        let file = app.store.get(Kind::Static, id).ok_or_else(|| No::missing("Fichier statique"))?;
        if file["type"] != kind {
            return Err(No::invalid(format!("« {member} » demande un fichier statique de type {kind}.")));
        }
        for attribute in
            file["type_infos"]["used_attributes"].as_array().into_iter().flatten().filter_map(Value::as_str)
        {
            if table["attributes"].get(attribute).is_none() {
                return Err(No::invalid(format!(
                    "Le fichier statique emploie l'attribut « {attribute} », absent de la table."
                )));
            }
        }
    }
    Ok(())
}
