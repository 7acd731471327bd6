//! Which levels of the Web-Mercator grid (`PM`) to compute tiles for. Pure.

use model::Extent;

/// `top` is the least detailed, `bottom` the most; 0 to 21.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    pub top: u8,
    pub bottom: u8,
}

/// More tiles than this are not computed.
const MOST_TILES: f64 = 20_000.0;
/// Beyond, vector tiles are only magnified by those who draw them.
const DEEPEST: u8 = 14;

/// Levels for an extent in degrees of WGS 84: from the one where the whole takes few tiles, two
/// higher for the overview, down to the last that keeps the number of tiles sane.
#[must_use]
pub fn levels(extent: Option<Extent>) -> Levels {
    let Some(extent) = extent else { return Levels { top: 0, bottom: DEEPEST / 2 } };
    let fits = |most: f64| (0..=DEEPEST).rev().find(|z| tiles(extent, *z) <= most).unwrap_or(0);
    let top = fits(4.0).saturating_sub(2);
    let bottom = (0..=DEEPEST)
        .rev()
        .find(|z| (top..=*z).map(|level| tiles(extent, level)).sum::<f64>() <= MOST_TILES)
        .unwrap_or(top);
    Levels { top, bottom: bottom.max(top) }
}

/// How many tiles of a level an extent touches.
fn tiles(extent: Extent, level: u8) -> f64 {
    let side = 2_f64.powi(i32::from(level));
    let column = |longitude: f64| ((longitude.clamp(-180.0, 180.0) + 180.0) / 360.0 * side).floor().min(side - 1.0);
    let row = |latitude: f64| {
        let latitude = latitude.clamp(-85.051_128, 85.051_128).to_radians();
        ((1.0 - latitude.tan().asinh() / std::f64::consts::PI) / 2.0 * side).floor().clamp(0.0, side - 1.0)
    };
    let across = column(extent.maxx) - column(extent.minx) + 1.0;
    let down = row(extent.miny) - row(extent.maxy) + 1.0;
    across.max(1.0) * down.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(corners: [f64; 4]) -> Option<Extent> {
        Extent::new(corners[0], corners[1], corners[2], corners[3])
    }

    #[test]
    fn the_world_stops_early_and_a_village_goes_to_the_deepest() {
        let world = levels(extent([-180.0, -85.0, 180.0, 85.0]));
        assert_eq!(world.top, 0);
        assert!(world.bottom <= 7, "{world:?}");
        let village = levels(extent([2.30, 48.80, 2.34, 48.83]));
        assert_eq!(village.bottom, DEEPEST);
        assert!(village.top >= 8, "{village:?}");
    }

    #[test]
    fn france_stays_under_the_number_of_tiles_that_is_sane() {
        let france = extent([-5.2, 41.3, 9.6, 51.1]);
        let chosen = levels(france);
        let count: f64 = (chosen.top..=chosen.bottom).map(|z| tiles(france.unwrap(), z)).sum();
        assert!(count <= MOST_TILES && chosen.bottom >= 9, "{chosen:?}: {count}");
    }

    #[test]
    fn top_is_never_below_bottom() {
        for side in [0.0, 0.001, 0.1, 1.0, 10.0, 170.0] {
            let chosen = levels(extent([-side, -side / 2.0, side, side / 2.0]));
            assert!(chosen.top <= chosen.bottom, "{side}: {chosen:?}");
        }
        assert!(levels(None).top <= levels(None).bottom);
    }
}
