//! An image as the rules see it, whether it came alone or as a tile of a set; and how a fault that
//! many tiles share is told once.

use model::{Borders, Code, Crs, Extent, Finding, Inventory, Place, Problem, RasterBand, Transparency};

use crate::catalogue::find;
use crate::rules::file_name;

/// More images than this with the same fault are told of together.
const MOST_TOLD: usize = 20;

#[derive(Debug, Clone)]
pub(crate) struct Image<'a> {
    /// The whole path.
    pub(crate) path: String,
    /// Absent for one that does not open.
    pub(crate) driver: Option<&'a str>,
    pub(crate) bytes: u64,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) bands: &'a [RasterBand],
    pub(crate) crs: Option<&'a Crs>,
    pub(crate) resolution: Option<[f64; 2]>,
    pub(crate) extent: Option<Extent>,
    pub(crate) extent_wgs84: Option<Extent>,
    pub(crate) transparency: Transparency,
    pub(crate) rotated: bool,
    pub(crate) pixels_readable: Option<bool>,
    pub(crate) borders: Option<Borders>,
    /// Of a tile: that of a lone source is told with those of the others.
    pub(crate) problem: Option<&'a Problem>,
}

impl Image<'_> {
    pub(crate) fn name(&self) -> String {
        file_name(&self.path)
    }

    /// What the CRS is called: its code, else its name.
    pub(crate) fn crs_code(&self) -> Option<&str> {
        self.crs.map(|c| c.code.as_deref().unwrap_or(&c.name))
    }

    /// The bands that are seen.
    pub(crate) fn colours(&self) -> impl Iterator<Item = &RasterBand> {
        self.bands.iter().filter(|b| b.color != "Alpha")
    }

    pub(crate) fn alpha(&self) -> bool {
        self.bands.iter().any(|b| b.color == "Alpha")
    }

    /// Numbers to be measured, not colours to be seen: heights, temperatures.
    pub(crate) fn measures(&self) -> bool {
        let fine = |b: &RasterBand| matches!(b.kind.as_str(), "Float32" | "Float64" | "Int16" | "Int32" | "UInt32");
        self.bands.iter().any(fine) || (self.colours().count() == 1 && self.bands.iter().any(|b| b.kind == "UInt16"))
    }

    pub(crate) fn place(&self) -> Place {
        Place { file: Some(self.path.clone()), box_wgs84: self.extent_wgs84, ..Place::default() }
    }
}

/// The images of a source.
pub(crate) fn images(inventory: &Inventory) -> Vec<Image<'_>> {
    if let Some(set) = &inventory.raster_set {
        return set
            .tiles
            .iter()
            .map(|tile| {
                let profile = set.profile(tile);
                Image {
                    path: format!("{}/{}", inventory.path.trim_end_matches(['/', '\\']), tile.path),
                    driver: profile.map(|p| p.driver.as_str()),
                    bytes: tile.bytes,
                    width: tile.width,
                    height: tile.height,
                    bands: profile.map_or(&[], |p| p.bands.as_slice()),
                    crs: profile.and_then(|p| p.crs.as_ref()),
                    resolution: tile.resolution,
                    extent: tile.extent,
                    extent_wgs84: tile.extent_wgs84,
                    transparency: profile.map(|p| p.transparency).unwrap_or_default(),
                    rotated: profile.is_some_and(|p| p.rotated),
                    pixels_readable: tile.pixels_readable,
                    borders: tile.borders,
                    problem: tile.problem.as_ref(),
                }
            })
            .collect();
    }
    inventory
        .raster
        .iter()
        .map(|raster| Image {
            path: inventory.path.clone(),
            driver: inventory.driver.as_deref(),
            bytes: inventory.bytes,
            width: raster.width,
            height: raster.height,
            bands: &raster.bands,
            crs: raster.crs.as_ref(),
            resolution: raster.resolution,
            extent: raster.extent,
            extent_wgs84: raster.extent_wgs84,
            transparency: raster.transparency,
            rotated: !raster.is_north_up(),
            pixels_readable: raster.pixels_readable,
            borders: raster.borders,
            problem: None,
        })
        .collect()
}

/// A finding for each image, or a single one when many share the fault; `values` are the sentence's
/// own, besides the file's name and how many others there are.
pub(crate) fn tell<'a>(
    code: Code,
    images: impl IntoIterator<Item = &'a Image<'a>>,
    values: impl Fn(&Image<'a>) -> Vec<(&'static str, String)>,
) -> Vec<Finding> {
    let images: Vec<&Image<'a>> = images.into_iter().collect();
    gather(code, images.iter().map(|i| (i.place(), filled(i, &values))).collect())
}

fn filled<'a>(
    image: &Image<'a>,
    values: &impl Fn(&Image<'a>) -> Vec<(&'static str, String)>,
) -> Vec<(&'static str, String)> {
    let mut all = vec![("file", image.name())];
    all.extend(values(image));
    all
}

/// As [`tell`], for places worked out by the caller.
pub(crate) fn gather(code: Code, told: Vec<(Place, Vec<(&'static str, String)>)>) -> Vec<Finding> {
    let count = told.len();
    let together = count > MOST_TOLD;
    let union = told.iter().filter_map(|(place, _)| place.box_wgs84).reduce(Extent::union);
    told.into_iter()
        .take(if together { 1 } else { count })
        .map(|(mut place, mut values)| {
            let (mut fr, mut en) = (String::new(), String::new());
            if together {
                place.box_wgs84 = union;
                (fr, en) = (format!(" (et {} autres)", count - 1), format!(" (and {} others)", count - 1));
            }
            values.extend([("more_fr", fr), ("more_en", en)]);
            let mut finding = find(code, place, &values);
            finding.count = if together { count as u64 } else { 1 };
            finding
        })
        .collect()
}
