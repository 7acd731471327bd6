//! Rule: tiles of one data set share their CRS, resolution, bands, type and value for no data.

use model::{Code, Extent, Finding};

use super::Mosaic;
use super::commonest;
use crate::rules::raster::view::{Image, tell};

pub(super) fn check(mosaic: &Mosaic<'_>) -> Vec<Finding> {
    let tiles = &mosaic.tiles;
    let common = mosaic.crs.clone().unwrap_or_default();
    let mut findings = tell(Code::MosaicCrs, tiles.iter().filter(|t| !mosaic.here(t)), |tile| {
        let (none, nothing) = ("aucun système connu".to_owned(), "no known CRS".to_owned());
        let code = tile.crs_code().map(str::to_owned);
        let fits = fits(mosaic, tile);
        let hint = |text: &str| if fits { text.replace("{}", &common) } else { String::new() };
        vec![
            ("crs_fr", code.clone().unwrap_or(none)),
            ("crs_en", code.unwrap_or(nothing)),
            ("common", common.clone()),
            ("hint_fr", hint(" ; ses coordonnées vont avec {} : l’étiquette est sans doute fausse")),
            ("hint_en", hint("; its coordinates go with {}: the label is probably wrong")),
        ]
    });
    let unlike = |tile: &&Image<'_>| mosaic.here(tile) && !same_resolution(mosaic, tile);
    let size = |r: [f64; 2]| format!("{} × {}", number(r[0]), number(r[1]));
    findings.extend(tell(Code::MosaicResolution, tiles.iter().filter(unlike), |tile| {
        vec![("resolution", tile.resolution.map(size).unwrap_or_default()), ("common", size(mosaic.resolution))]
    }));
    let bands = commonest(tiles.iter().map(|t| t.bands.len())).unwrap_or(0);
    findings.extend(tell(Code::MosaicBands, tiles.iter().filter(|t| t.bands.len() != bands), |tile| {
        vec![("bands", tile.bands.len().to_string()), ("common", bands.to_string())]
    }));
    let kind = |t: &Image<'_>| t.bands.first().map(|b| b.kind.clone()).unwrap_or_default();
    let common = commonest(tiles.iter().map(kind)).unwrap_or_default();
    findings.extend(tell(Code::MosaicType, tiles.iter().filter(|t| kind(t) != common), |tile| {
        vec![("type", kind(tile)), ("common", common.clone())]
    }));
    let nodata =
        |t: &Image<'_>| t.bands.first().and_then(|b| b.nodata).map_or_else(|| "–".to_owned(), |n| n.to_string());
    let common = commonest(tiles.iter().map(nodata)).unwrap_or_default();
    findings.extend(tell(Code::MosaicNodata, tiles.iter().filter(|t| nodata(t) != common), |tile| {
        vec![("value", nodata(tile)), ("common", common.clone())]
    }));
    findings
}

/// Whether the numbers of a tile in another CRS are those of a place among the others.
fn fits(mosaic: &Mosaic<'_>, tile: &Image<'_>) -> bool {
    let whole = mosaic.tiles.iter().filter(|t| mosaic.here(t)).filter_map(|t| t.extent).reduce(Extent::union);
    tile.extent.zip(whole).is_some_and(|(own, whole)| whole.intersects(own))
}

/// Whether the pixels of a tile stay with those of the others from one side to the other.
pub(super) fn same_resolution(mosaic: &Mosaic<'_>, tile: &Image<'_>) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a raster has fewer than 2^52 pixels a side")]
    let drift = |size: f64, common: f64, pixels: u64| (size / common - 1.0).abs() * pixels as f64;
    tile.resolution.is_some_and(|r| {
        drift(r[0], mosaic.resolution[0], tile.width) < 0.1 && drift(r[1], mosaic.resolution[1], tile.height) < 0.1
    })
}

/// A size without the noise of its last digits.
fn number(value: f64) -> String {
    let text = format!("{value:.7}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
