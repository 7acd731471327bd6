//! Vector integration: the upload's files become the tables of one spatial database file, with
//! normalised names and a primary key. Written beside the target, then put in its place.

use std::path::Path;

use model::{Extent, conforming_name, conforming_names};
use serde_json::{Map, Value, json};

use super::changes::{self, Side};
use super::check::vector_sources;
use super::{Job, Log, Made, size_of};

/// The database's file in a stored data's folder.
pub(crate) const DATABASE: &str = "database.gpkg";
/// The key added when there is none, as the platform's documentation shows.
const KEY: &str = "ogc_fid";

pub(super) fn integrate(job: &Job, log: &mut Log) -> Result<Made, String> {
    std::fs::create_dir_all(&job.target).map_err(|e| e.to_string())?;
    let (database, work) = (job.target.join(DATABASE), job.target.join(".writing.gpkg"));
    for left in [&work, &work.with_extension("gpkg-journal"), &work.with_extension("gpkg-wal")] {
        let _ = std::fs::remove_file(left);
    }
    let mut exists = job.append && database.exists();
    if exists {
        std::fs::copy(&database, &work).map_err(|e| e.to_string())?;
    }
    // the platform's order: deletes, updates, inserts
    for side in [Side::Delete, Side::Update] {
        if job.parameters[side.name()] == json!(true) {
            changes::apply(&job.uploads, side, &work, exists, log)?;
        }
    }
    let srs = job.parameters["srs"].as_str();
    let adding = job.target.join(".adding.gpkg");
    let mut held = if exists { geodata::read_facts(&work, std::slice::from_ref(&work)).layers } else { Vec::new() };
    for (main, files) in job.uploads.iter().flat_map(|u| vector_sources(u)) {
        let inventory = geodata::read_facts(&main, &files);
        if inventory.layers.is_empty() {
            return Err(format!("Le fichier {} ne contient aucune table.", main.display()));
        }
        for layer in &inventory.layers {
            let table = conforming_name(&layer.name);
            // rows for a table that is there are made ready beside it first
            let there = held.iter().find(|h| h.name == table).cloned();
            let target = if there.is_some() { &adding } else { &work };
            let _ = std::fs::remove_file(&adding);
            let said = if there.is_some() { "ajout à" } else { "→" };
            log.info("integration", &format!("Table {} {said} {table}", layer.name));
            let mut arguments: Vec<String> = ["-f", "GPKG", "-gt", "200000", "-nln", &table].map(str::to_owned).into();
            if there.is_none() && exists {
                arguments.extend(["-update", "-append"].map(str::to_owned));
            }
            for option in [format!("FID={KEY}"), "GEOMETRY_NAME=geom".to_owned()] {
                arguments.extend(["-lco".to_owned(), option]);
            }
            if layer.geometry == "None" {
                arguments.extend(["-nlt", "NONE"].map(str::to_owned));
            } else if !layer.geometry.contains("Point") {
                arguments.extend(["-nlt", "PROMOTE_TO_MULTI"].map(str::to_owned));
            }
            let own = there.as_ref().and_then(|t| t.crs.as_ref()?.code.clone());
            if let (Some(srs), true) = (own.as_deref().or(srs), layer.geometry != "None") {
                arguments.extend(["-t_srs".to_owned(), srs.to_owned()]);
            }
            let names: Vec<&str> = layer.fields.iter().map(|f| f.name.as_str()).collect();
            let renames: Vec<(String, String)> = names
                .iter()
                .zip(conforming_names(&names))
                .filter(|(from, to)| *from != to)
                .map(|(from, to)| ((*from).to_owned(), to))
                .collect();
            arguments.push(layer.name.clone());
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let options = geodata::formats::open_options(&main);
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            geodata::copy_vectors(&main, &options, target, &arguments, &mut |_| job.goes_on())
                .map_err(|e| e.to_string())?;
            let apart: Vec<(String, String)> =
                renames.iter().enumerate().map(|(i, (from, _))| (from.clone(), format!("quai__{i}"))).collect();
            let settled: Vec<(String, String)> =
                renames.iter().enumerate().map(|(i, (_, to))| (format!("quai__{i}"), to.clone())).collect();
            for step in [apart, settled].iter().filter(|s| !s.is_empty()) {
                geodata::rename_fields(target, &table, step).map_err(|e| e.to_string())?;
            }
            if there.is_some() {
                let arguments = ["-f", "GPKG", "-gt", "200000", "-update", "-append", "-nln", &table, &table];
                geodata::copy_vectors(&adding, &[], &work, &arguments, &mut |_| job.goes_on())
                    .map_err(|e| e.to_string())?;
                let _ = std::fs::remove_file(&adding);
            } else {
                exists = true;
                held.extend(
                    geodata::read_facts(&work, std::slice::from_ref(&work))
                        .layers
                        .into_iter()
                        .filter(|l| l.name == table),
                );
            }
        }
    }
    if !exists {
        return Err("Les livraisons ne contiennent aucune table.".to_owned());
    }
    std::fs::rename(&work, &database).map_err(|e| e.to_string())?;
    Ok(describe(&database))
}

/// The tables of a database, in PostgreSQL's words.
pub(crate) fn describe(database: &Path) -> Made {
    let inventory = geodata::read_facts(database, &[database.to_owned()]);
    let relations: Vec<Value> = inventory
        .layers
        .iter()
        .map(|layer| {
            let key = layer.fid_column.clone().unwrap_or_else(|| KEY.to_owned());
            let mut attributes = Map::new();
            attributes.insert(key.clone(), json!("integer"));
            for field in &layer.fields {
                attributes.insert(field.name.clone(), json!(postgres_type(&field.kind)));
            }
            if let Some(column) = &layer.geometry_column {
                let code = layer.crs.as_ref().and_then(|c| c.code.as_deref()).unwrap_or("EPSG:0");
                let srid = code.rsplit(':').next().unwrap_or("0");
                let kind = layer.geometry.replace(' ', "");
                attributes.insert(column.clone(), json!(format!("geometry({kind},{srid})")));
            }
            json!({ "name": layer.name, "type": "TABLE", "attributes": attributes, "primary_key": [key] })
        })
        .collect();
    let srs = inventory.layers.iter().find_map(|l| l.crs.as_ref().and_then(|c| c.code.clone()));
    Made {
        type_infos: json!({ "relations": relations }),
        extent: inventory.layers.iter().filter_map(|l| l.extent_wgs84).reduce(Extent::union),
        srs,
        bytes: size_of(database.parent().unwrap_or(database)),
    }
}

fn postgres_type(ogr: &str) -> &'static str {
    match ogr {
        "Integer" => "integer",
        "Integer64" => "bigint",
        "Real" => "double precision",
        "Date" => "date",
        "Time" => "time",
        "DateTime" => "timestamp with time zone",
        "Binary" => "bytea",
        _ => "character varying",
    }
}
