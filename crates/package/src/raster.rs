//! What a set of images has in common, as far as the pyramid made of it depends on it. Pure.

use model::{Inventory, PackageRaster};

/// Metres in a degree of latitude.
const DEGREE: f64 = 111_320.0;

/// Of the images of one delivery; nothing when none of them says how large its pixels are.
pub(crate) fn describe(images: &[&Inventory]) -> Option<PackageRaster> {
    let rasters: Vec<_> = images.iter().filter_map(|i| i.raster.as_ref()).collect();
    let first = rasters.first()?;
    let transparent = first.bands.len() > 1 && first.bands.last().is_some_and(|b| b.color == "Alpha");
    let extents = rasters.iter().filter_map(|r| r.extent_wgs84).reduce(model::Extent::union);
    let latitude = extents.map_or(0.0, |e| f64::midpoint(e.miny, e.maxy));
    let crs = rasters.iter().find_map(|r| r.crs.as_ref());
    let ground = |[x, y]: [f64; 2]| {
        let across = latitude.to_radians().cos();
        match crs {
            Some(crs) if crs.geographic => (x * across * y).sqrt() * DEGREE,
            // the only plane in use here whose metres are not those of the ground
            Some(crs) if crs.code.as_deref() == Some("EPSG:3857") => (x * y).sqrt() * across,
            _ => (x * y).sqrt(),
        }
    };
    let resolution = rasters.iter().filter_map(|r| r.resolution).map(ground).fold(f64::INFINITY, f64::min);
    // a palette's single band becomes three
    let palette = first.bands.len() == 1 && first.bands[0].color == "Palette";
    let bands = if palette { 3 } else { first.bands.len() - usize::from(transparent) };
    Some(PackageRaster {
        images: images.iter().map(|i| i.raster_set.as_ref().map_or(1, |set| set.tiles.len() as u64)).sum(),
        pixels: rasters.iter().map(|r| r.width.saturating_mul(r.height)).fold(0, u64::saturating_add),
        bands: u32::try_from(bands).ok()?,
        alpha: transparent,
        kind: first.bands.first()?.kind.clone(),
        nodata: first.bands.first()?.nodata,
        resolution: Some(resolution).filter(|r| r.is_finite() && *r > 0.0)?,
        latitude,
        twin: crs.and_then(|c| c.twin.clone()),
    })
}
