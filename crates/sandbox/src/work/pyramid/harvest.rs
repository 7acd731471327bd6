//! The harvest of a WMS into a raster pyramid: images asked of the service block by block for each
//! level named, what lies between made of the level below.

use geodata::imagery::{Image, Placing, decode, transform_extent};
use model::Extent;
use serde_json::Value;

use super::build::{Block, Work, blocks_of, build};
use super::codec::Compression;
use super::store::Writer;
use super::{Job, Log, Made, Spec, level, truth};
use crate::grids::grid;

pub(crate) fn harvest(job: &Job, log: &mut Log) -> Result<Made, String> {
    let asked = &job.parameters;
    let text = |name: &str| asked[name].as_str().filter(|t| !t.is_empty());
    let needed = |name: &str| text(name).ok_or_else(|| format!("« {name} » est obligatoire."));
    let grid = grid(text("tms").unwrap_or("PM")).ok_or("Cette grille n'existe pas.")?;
    let (url, layers) = (needed("harvest_url")?, needed("harvest_layers")?);
    let format = text("harvest_format").unwrap_or("image/jpeg");
    if !matches!(format, "image/jpeg" | "image/png") {
        return Err(format!("Le bac à sable ne moissonne pas le format « {format} » : image/jpeg ou image/png."));
    }
    let named = text("compression").unwrap_or("jpg");
    let compression = Compression::named(named).ok_or_else(|| format!("La compression « {named} » n'existe pas."))?;
    let channels = asked["samplesperpixel"].as_u64().unwrap_or(3);
    let (bands, alpha) = match channels {
        1 => (1, false),
        3 => (3, false),
        4 => (3, true),
        _ => return Err("« samplesperpixel » : 1, 3 ou 4.".to_owned()),
    };
    if asked["sampleformat"].as_str().is_some_and(|f| f != "UINT8") {
        return Err("Le bac à sable ne moissonne que des canaux UINT8.".to_owned());
    }
    if alpha && compression != Compression::Png {
        return Err("Quatre canaux demandent la compression png.".to_owned());
    }
    let mut levels = Vec::new();
    for one in asked["harvest_levels"].as_array().into_iter().flatten() {
        levels.extend(level(one, "harvest_levels", grid)?);
    }
    let bottom = level(&asked["bottom"], "bottom", grid)?.or(levels.iter().max().copied());
    let bottom = bottom.ok_or("« bottom » est obligatoire.")?;
    let top = level(&asked["top"], "top", grid)?.unwrap_or(0);
    levels.retain(|l| *l <= bottom && *l >= top);
    levels.push(bottom);
    levels.sort_unstable();
    levels.dedup();
    let corners = area(needed("harvest_area")?)?;
    let extent = transform_extent("EPSG:4326", grid.plane, corners).map_err(|e| e.to_string())?;
    let extent = extent.ok_or_else(|| format!("« harvest_area » n'a pas de place dans la grille {}.", grid.id))?;
    let nodata: Vec<f64> = asked["nodata"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let spec = Spec {
        tms: grid.id.to_owned(),
        compression,
        interpolation: "nn".to_owned(),
        bottom,
        top,
        mask: truth(&asked["mask"]),
        bands,
        alpha,
        floats: false,
        nodata: if nodata.is_empty() { vec![255.0; bands] } else { nodata },
        extent,
    };
    let mut writer = Writer::create(&job.target, &spec, &[])?;
    let draw = |_: Block, place: &Placing| -> Result<Option<Image>, String> {
        let e = place.extent;
        let box_ = if grid.geographic() {
            // WMS 1.3.0 writes latitude first there
            format!("{},{},{},{}", e.miny, e.minx, e.maxy, e.maxx)
        } else {
            format!("{},{},{},{}", e.minx, e.miny, e.maxx, e.maxy)
        };
        let join = if url.contains('?') { "&" } else { "?" };
        let extras = text("harvest_extras").map(|t| format!("&{}", t.trim_start_matches('&'))).unwrap_or_default();
        let clear = if alpha { "&TRANSPARENT=TRUE" } else { "" };
        let whole = format!(
            "{url}{join}SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layers}&STYLES=&CRS={}&BBOX={box_}&WIDTH={}&HEIGHT={}&FORMAT={format}{clear}{extras}",
            grid.plane, place.width, place.height,
        );
        let bytes = job.fetch(&whole)?;
        let image = decode(&bytes, bands, false).map_err(|_| {
            let said: String = String::from_utf8_lossy(&bytes).chars().take(300).collect();
            format!("Le service moissonné n'a pas donné d'image : {said}")
        })?;
        if (image.width, image.height) != (place.width, place.height) {
            return Err("Le service moissonné a donné une image d'une autre taille.".to_owned());
        }
        Ok(Some(image).filter(|i| !i.is_empty()))
    };
    for (at, own) in levels.iter().enumerate().rev() {
        // as far up as the next level that is harvested by itself
        let up_to = if at == 0 { top } else { levels[at - 1] + 1 };
        log.info("moissonnage", &format!("Niveau {own} moissonné, niveaux {own} à {up_to} calculés"));
        let blocks = blocks_of(grid, *own, extent);
        let work = Work { spec: &spec, grid, bottom: *own, top: up_to, area: extent, blocks, draw: &draw, under: None };
        build(&work, job, &mut writer, log)?;
    }
    log.info("moissonnage", &format!("{} tuile(s)", writer.tiles));
    let bytes = writer.finish()?;
    spec.made(bytes)
}

/// The box of a WKT polygon in degrees, longitude first.
fn area(wkt: &str) -> Result<Extent, String> {
    let wrong = || "« harvest_area » : un POLYGON ou MULTIPOLYGON en WKT, longitude puis latitude.".to_owned();
    if !wkt.trim_start().to_uppercase().contains("POLYGON") {
        return Err(wrong());
    }
    let mut all: Option<Extent> = None;
    for pair in
        wkt.split(['(', ')', ',']).map(str::trim).filter(|p| p.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
    {
        let numbers: Vec<f64> = pair.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let [x, y, ..] = numbers[..] else { return Err(wrong()) };
        let point = Extent::new(x, y, x, y).ok_or_else(wrong)?;
        all = Some(all.map_or(point, |e| e.union(point)));
    }
    all.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_of_an_area_is_read_from_its_wkt() {
        let corsica = area("POLYGON((8.507 41.338,8.507 43.004,9.591 43.004,9.591 41.338,8.507 41.338))");
        assert_eq!(corsica, Ok(Extent { minx: 8.507, miny: 41.338, maxx: 9.591, maxy: 43.004 }));
        assert!(area("POINT(1 2)").is_err() && area("POLYGON((a b))").is_err());
    }
}
