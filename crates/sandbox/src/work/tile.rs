//! Vector pyramid: tiles of a database's tables on the Web Mercator grid, by GDAL's MVT writer.

use std::path::Path;

use model::Extent;
use serde_json::{Map, Value, json};

use super::integrate::DATABASE;
use super::{Job, Log, Made, files_below, size_of};

/// The platform fails above this many objects in a tile (its tutorial on vector tiles).
const MOST_OBJECTS: u64 = 5_000;
const DEEPEST: u32 = 18;

struct Layer {
    table: String,
    name: String,
    top: u32,
    bottom: u32,
    filter: Option<String>,
    attributes: Vec<String>,
}

fn level(value: &Value, what: &str) -> Result<u32, String> {
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|n| n.to_string()));
    text.and_then(|t| t.parse().ok())
        .filter(|l| *l <= DEEPEST)
        .ok_or_else(|| format!("Le niveau « {what} » doit être un nombre de 0 à {DEEPEST}."))
}

fn composition(parameters: &Value, database: &Path) -> Result<Vec<Layer>, String> {
    if let Some(list) = parameters["composition"].as_array() {
        return list
            .iter()
            .map(|c| {
                let table = c["table"].as_str().ok_or("« composition » : « table » est obligatoire.")?.to_owned();
                let attributes = c["attributes"].as_array().into_iter().flatten();
                Ok(Layer {
                    name: c["layer"].as_str().unwrap_or(&table).to_owned(),
                    top: level(&c["top_level"], "top_level")?,
                    bottom: level(&c["bottom_level"], "bottom_level")?,
                    filter: c["filter"].as_str().map(str::to_owned),
                    attributes: attributes.filter_map(|a| a.as_str().map(str::to_owned)).collect(),
                    table,
                })
            })
            .collect();
    }
    let (top, bottom) =
        (level(&parameters["top_level"], "top_level")?, level(&parameters["bottom_level"], "bottom_level")?);
    Ok(geodata::read_facts(database, &[database.to_owned()])
        .layers
        .into_iter()
        .filter(|l| l.geometry != "None")
        .map(|l| Layer {
            name: l.name.clone(),
            table: l.name,
            top,
            bottom,
            filter: None,
            attributes: vec!["*".to_owned()],
        })
        .collect())
}

pub(super) fn tile(job: &Job, log: &mut Log) -> Result<Made, String> {
    let database = job.stored.first().map(|s| s.join(DATABASE)).ok_or("Aucune base en entrée.")?;
    let layers = composition(&job.parameters, &database)?;
    if layers.is_empty() {
        return Err("Aucune table à tuiler.".to_owned());
    }
    if let Some(wrong) = layers.iter().find(|l| l.top > l.bottom) {
        return Err(format!("{} : le niveau du haut est sous celui du bas.", wrong.table));
    }
    std::fs::create_dir_all(&job.target).map_err(|e| e.to_string())?;
    let (work, chosen) = (job.target.join(".tiling"), job.target.join(".chosen.gpkg"));
    let _ = std::fs::remove_dir_all(&work);
    let _ = std::fs::remove_file(&chosen);
    let known = geodata::read_facts(&database, std::slice::from_ref(&database));
    let mut zooms = Map::new();
    for (number, layer) in layers.iter().enumerate() {
        if !known.layers.iter().any(|l| l.name == layer.table) {
            return Err(format!("La table {} n'existe pas dans la base.", layer.table));
        }
        log.info("pyramide", &format!("Table {}, niveaux {} à {}", layer.table, layer.top, layer.bottom));
        let mut arguments: Vec<String> =
            ["-f", "GPKG", "-t_srs", "EPSG:3857", "-nln", &layer.name].map(str::to_owned).into();
        if number > 0 {
            arguments.extend(["-update", "-append"].map(str::to_owned));
        }
        if let Some(filter) = &layer.filter {
            arguments.extend(["-where".to_owned(), filter.clone()]);
        }
        if !layer.attributes.iter().any(|a| a == "*") {
            // the geometry is always there, under whichever of its usual names it is asked for
            let geometry = |a: &&String| !matches!(a.as_str(), "geom" | "wkb_geometry" | "the_geom" | "geometry");
            let chosen: Vec<&str> = layer.attributes.iter().filter(geometry).map(String::as_str).collect();
            arguments.extend(["-select".to_owned(), chosen.join(",")]);
        }
        arguments.push(layer.table.clone());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        geodata::copy_vectors(&database, &[], &chosen, &arguments, &mut |_| job.goes_on())
            .map_err(|e| e.to_string())?;
        zooms.insert(layer.name.clone(), json!({ "minzoom": layer.top, "maxzoom": layer.bottom }));
    }
    let top = layers.iter().map(|l| l.top).min().unwrap_or(0);
    let bottom = layers.iter().map(|l| l.bottom).max().unwrap_or(0);
    let options = [
        "FORMAT=DIRECTORY".to_owned(),
        "COMPRESS=NO".to_owned(),
        format!("MINZOOM={top}"),
        format!("MAXZOOM={bottom}"),
        "MAX_SIZE=10000000".to_owned(),
        "MAX_FEATURES=1000000".to_owned(),
        format!("CONF={}", Value::Object(zooms.clone())),
    ];
    let mut arguments = vec!["-f", "MVT"];
    for option in &options {
        arguments.extend(["-dsco", option]);
    }
    geodata::copy_vectors(&chosen, &[], &work, &arguments, &mut |_| job.goes_on()).map_err(|e| e.to_string())?;
    let _ = std::fs::remove_file(&chosen);
    for file in files_below(&work).iter().filter(|f| f.extension().is_some_and(|e| e == "pbf")) {
        let objects = std::fs::read(file).map(|b| count_features(&b)).unwrap_or(0);
        if objects > MOST_OBJECTS {
            let place = file.strip_prefix(&work).unwrap_or(file).display().to_string();
            return Err(format!("La tuile {place} contient {objects} objets, {MOST_OBJECTS} au plus."));
        }
    }
    let levels: Vec<String> = (top..=bottom).map(|l| l.to_string()).collect();
    let extent = known
        .layers
        .iter()
        .filter(|k| layers.iter().any(|l| l.table == k.name))
        .filter_map(|l| l.extent_wgs84)
        .reduce(Extent::union);
    let described: Vec<Value> = layers
        .iter()
        .map(|l| {
            let fields: Map<String, Value> = known
                .layers
                .iter()
                .filter(|k| k.name == l.table)
                .flat_map(|k| &k.fields)
                .map(|f| {
                    (
                        f.name.clone(),
                        json!(if matches!(f.kind.as_str(), "Integer" | "Integer64" | "Real") {
                            "Number"
                        } else {
                            "String"
                        }),
                    )
                })
                .collect();
            json!({ "id": l.name, "minzoom": l.top, "maxzoom": l.bottom, "fields": fields })
        })
        .collect();
    let metadata = json!({
        "format": "pbf", "minzoom": top, "maxzoom": bottom, "vector_layers": described,
        "bounds": extent.map(<[f64; 4]>::from)
    });
    std::fs::write(work.join("metadata.json"), metadata.to_string()).map_err(|e| e.to_string())?;
    let tiles = job.target.join("tiles");
    let _ = std::fs::remove_dir_all(&tiles);
    std::fs::rename(&work, &tiles).map_err(|e| e.to_string())?;
    Ok(Made {
        type_infos: json!({ "tms": "PM", "levels": levels }),
        extent,
        srs: Some("EPSG:3857".to_owned()),
        bytes: size_of(&tiles),
    })
}

/// Features in an uncompressed tile: members 2 of its members 3 (Mapbox's vector tile format 2.1).
fn count_features(tile: &[u8]) -> u64 {
    members(tile)
        .filter(|(number, _)| *number == 3)
        .map(|(_, layer)| members(layer).filter(|(n, _)| *n == 2).count() as u64)
        .sum()
}

/// The length-delimited members of a protobuf message; the others are passed over.
fn members(mut message: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        loop {
            let (key, rest) = varint(message)?;
            match key & 7 {
                0 => message = varint(rest)?.1,
                1 => message = rest.get(8..)?,
                2 => {
                    let (length, rest) = varint(rest)?;
                    let length = usize::try_from(length).ok()?;
                    let inner = rest.get(..length)?;
                    message = &rest[length..];
                    return Some((key >> 3, inner));
                }
                5 => message = rest.get(4..)?,
                _ => return None,
            }
        }
    })
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}
