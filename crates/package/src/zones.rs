//! Archives by zone: each file, or each folder, is delivered as it is and downloaded by itself, so that
//! a portal of one's own can list the zones with their addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use geodata::Boxes;
use model::{Extent, Inventory, PackageKind, Zone, Zones, common_srs, conforming_name};

use crate::plan::{Choices, Plan, Refusal, source_of, unique_names};

/// One plan a zone. Their footprints are left to be drawn: see [`boxes`].
///
/// # Errors
/// When nothing can be read, or two files of one zone have the same name.
pub(crate) fn plan_zones(inventories: &[Inventory], choices: &Choices) -> Result<Vec<Plan>, Refusal> {
    let mut zones: Vec<(String, Vec<Inventory>)> = Vec::new();
    for part in inventories.iter().flat_map(parts) {
        let key = key(&part.path, choices.zones);
        match zones.iter_mut().find(|(name, _)| *name == key && choices.zones == Zones::Folders) {
            Some((_, members)) => members.push(part),
            None => zones.push((key, vec![part])),
        }
    }
    if zones.is_empty() {
        return Err(Refusal::Nothing);
    }
    let srs = choices.srs.clone().or_else(|| common_srs(inventories)).unwrap_or_else(|| "EPSG:4326".to_owned());
    let mut taken = BTreeSet::new();
    zones
        .into_iter()
        .map(|(key, members)| {
            unique_names(&members.iter().collect::<Vec<_>>())?;
            let name = free_name(&key, &mut taken);
            let extents = members.iter().flat_map(degrees);
            Ok(Plan {
                name: conforming_name(&name),
                kind: PackageKind::Archive,
                srs: srs.clone(),
                sources: members.iter().map(source_of).collect(),
                layers: Vec::new(),
                untouched: true,
                extent_wgs84: extents.reduce(Extent::union),
                raster: None,
                bytes: members.iter().map(|i| i.bytes).sum(),
                notes: Vec::new(),
                zone: Some(describe(name, &key, &members)),
                images: Vec::new(),
            })
        })
        .collect()
}

/// The sources that are delivered apart: each tile of a set is one.
pub(crate) fn parts(inventory: &Inventory) -> Vec<Inventory> {
    let Some(set) = &inventory.raster_set else { return vec![inventory.clone()] };
    let folder = inventory.path.trim_end_matches(['/', '\\']);
    let path_of = |tile: &model::RasterTile| format!("{folder}/{}", tile.path);
    let mut files = inventory.files.iter().peekable();
    set.tiles
        .iter()
        .enumerate()
        .map(|(number, tile)| {
            let path = path_of(tile);
            // a tile's own file comes first, then what belongs to it, up to the next tile
            let next = set.tiles.get(number + 1).map(path_of);
            let mut own = Vec::new();
            while let Some(file) = files.next_if(|f| own.is_empty() || Some(&f.path) != next.as_ref()) {
                own.push(file.clone());
            }
            let profile = set.profile(tile);
            let raster = model::Raster {
                width: tile.width,
                height: tile.height,
                bands: profile.map(|p| p.bands.clone()).unwrap_or_default(),
                crs: profile.and_then(|p| p.crs.clone()),
                resolution: tile.resolution,
                extent: tile.extent,
                extent_wgs84: tile.extent_wgs84,
                ..model::Raster::default()
            };
            Inventory {
                path,
                driver: profile.map(|p| p.driver.clone()),
                bytes: tile.bytes,
                files: own,
                raster: Some(raster),
                kind: inventory.kind,
                layers: Vec::new(),
                raster_set: None,
                problem: tile.problem.clone(),
                warnings: Vec::new(),
            }
        })
        .collect()
}

fn key(path: &str, zones: Zones) -> String {
    let path = Path::new(path);
    let named = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match zones {
        Zones::Folders => path.parent().map(named).filter(|n| !n.is_empty()).unwrap_or_else(|| named(path)),
        _ => path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
    }
}

/// A name that the platform takes, and that no other zone has.
fn free_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String = wanted
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '_' })
        .collect();
    let plain = if plain.trim_matches('_').is_empty() { conforming_name(wanted) } else { plain };
    let mut name = plain.clone();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    name
}

fn describe(name: String, key: &str, members: &[Inventory]) -> Zone {
    let formats: BTreeSet<&str> = members.iter().filter_map(|m| m.driver.as_deref()).map(format_of).collect();
    let size = members.iter().filter_map(|m| m.raster.as_ref()).find_map(|r| {
        let geographic = r.crs.as_ref().is_none_or(|c| c.geographic);
        r.resolution.filter(|_| !geographic).map(|[x, _]| x)
    });
    Zone {
        name,
        title: key.to_owned(),
        format: (formats.len() == 1).then(|| formats.first().map(|f| (*f).to_owned())).flatten(),
        resolution: size.map(|metres| {
            if metres < 1.0 { format!("{} cm", short(metres * 100.0)) } else { format!("{} m", short(metres)) }
        }),
        footprint: Vec::new(),
    }
}

fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn format_of(driver: &str) -> &str {
    match driver {
        "GTiff" => "GEOTIFF",
        "JP2OpenJPEG" => "JP2",
        "ESRI Shapefile" => "SHP",
        "AAIGrid" => "ASC",
        "MapInfo File" => "TAB",
        "FlatGeobuf" => "FGB",
        "GeoJSON" => "GEOJSON",
        other => other,
    }
}

fn degrees(inventory: &Inventory) -> Vec<Extent> {
    let layers = inventory.layers.iter().filter_map(|l| l.extent_wgs84);
    layers.chain(inventory.raster.iter().filter_map(|r| r.extent_wgs84)).collect()
}

/// The boxes of all the data that some sources hold, by CRS: what their footprint is drawn from.
#[must_use]
pub fn boxes(inventories: &[Inventory], files: &BTreeSet<String>) -> Vec<Boxes> {
    let mut by_crs: BTreeMap<String, Vec<Extent>> = BTreeMap::new();
    for part in inventories.iter().flat_map(parts).filter(|p| files.contains(&p.path)) {
        let layers = part.layers.iter().map(|l| (l.crs.as_ref(), l.extent, l.extent_wgs84));
        let rasters = part.raster.iter().map(|r| (r.crs.as_ref(), r.extent, r.extent_wgs84));
        for (crs, extent, wgs84) in layers.chain(rasters) {
            let named = crs.and_then(|c| c.code.clone().or_else(|| c.wkt.clone()));
            match (named, extent, wgs84) {
                (Some(crs), Some(extent), _) => by_crs.entry(crs).or_default().push(extent),
                (None, _, Some(wgs84)) => by_crs.entry("EPSG:4326".to_owned()).or_default().push(wgs84),
                _ => {}
            }
        }
    }
    by_crs.into_iter().map(|(crs, boxes)| Boxes { crs, boxes }).collect()
}

#[cfg(test)]
mod tests {
    use model::{Kind, Raster, RasterProfile, RasterSet, RasterTile, SourceFile};

    use super::*;

    fn file(path: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), bytes: 10 }
    }

    fn tiles() -> Inventory {
        let tile = |path: &str| RasterTile {
            path: path.to_owned(),
            bytes: 10,
            profile: Some(0),
            resolution: Some([0.05, 0.05]),
            extent: Extent::new(0.0, 0.0, 1.0, 1.0),
            ..RasterTile::default()
        };
        let crs = model::Crs {
            code: Some("EPSG:2154".to_owned()),
            twin: None,
            name: "RGF93".to_owned(),
            confidence: model::Confidence::Certain,
            candidates: Vec::new(),
            geographic: false,
            area_of_use: None,
            area_of_use_projected: None,
            wkt: None,
        };
        let profile =
            RasterProfile { tiles: 3, driver: "GTiff".to_owned(), crs: Some(crs), ..RasterProfile::default() };
        Inventory {
            path: "/d".to_owned(),
            kind: Kind::Raster,
            driver: Some("GTiff".to_owned()),
            bytes: 40,
            files: ["/d/n/a.tif", "/d/n/a.tfw", "/d/n/b.tif", "/d/s/a.tif"].map(file).into(),
            layers: Vec::new(),
            raster: Some(Raster::default()),
            raster_set: Some(RasterSet {
                profiles: vec![profile],
                tiles: ["n/a.tif", "n/b.tif", "s/a.tif"].map(tile).into(),
            }),
            problem: None,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn each_tile_or_each_folder_is_a_zone_of_its_own_name() {
        let plan = |zones| {
            let choices = Choices { name: "ortho".to_owned(), zones, ..Choices::default() };
            let plans = plan_zones(&[tiles()], &choices).expect("a plan");
            let told = plans.into_iter().map(|p| {
                let files: usize = p.sources.iter().map(|s| s.files.len()).sum();
                (p.zone.expect("a zone"), files)
            });
            told.collect::<Vec<(Zone, usize)>>()
        };
        let files = plan(Zones::Files);
        let names: Vec<(&str, usize)> = files.iter().map(|(z, files)| (z.name.as_str(), *files)).collect();
        assert_eq!(names, [("a", 2), ("b", 1), ("a_2", 1)]);
        assert_eq!(files[0].0.format.as_deref(), Some("GEOTIFF"));
        assert_eq!(files[0].0.resolution.as_deref(), Some("5 cm"));
        let folders = plan(Zones::Folders);
        let names: Vec<(&str, usize)> = folders.iter().map(|(z, files)| (z.name.as_str(), *files)).collect();
        assert_eq!(names, [("n", 3), ("s", 1)]);
    }

    #[test]
    fn a_footprint_is_drawn_from_the_boxes_of_the_zones_own_files() {
        let wanted = BTreeSet::from(["/d/n/a.tif".to_owned(), "/d/n/b.tif".to_owned()]);
        let boxes = boxes(&[tiles()], &wanted);
        assert_eq!(boxes.len(), 1);
        assert_eq!((boxes[0].crs.as_str(), boxes[0].boxes.len()), ("EPSG:2154", 2));
    }
}
