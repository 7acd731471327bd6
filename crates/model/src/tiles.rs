//! How full vector tiles would be, told before any is made.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Extent;

/// How many features of a layer fall into each tile of the Web-Mercator grid (`PM`), by their boxes:
/// a feature counts in every tile that its box touches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct TileForecast {
    /// From zoom 0 to the deepest that was counted.
    pub zooms: Vec<TileZoom>,
    /// The fullest tiles above the platform's limit, at most ten a zoom, the fullest first.
    pub worst: Vec<DenseTile>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct TileZoom {
    pub zoom: u8,
    /// Tiles that hold something.
    #[ts(type = "number")]
    pub tiles: u64,
    /// Features in the fullest tile.
    #[ts(type = "number")]
    pub most: u64,
    /// Tiles above [`TileForecast::MOST`].
    #[ts(type = "number")]
    pub over: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct DenseTile {
    pub z: u8,
    pub x: u32,
    pub y: u32,
    #[ts(type = "number")]
    pub objects: u64,
    pub box_wgs84: Extent,
}

impl TileForecast {
    /// The features that the platform takes in one tile (its tutorial on tiling: above, tiling
    /// fails).
    pub const MOST: u64 = 5000;

    /// The shallowest zoom from which every deeper one that was counted keeps under the limit.
    /// Nothing when even the deepest does not.
    #[must_use]
    pub fn safe_from(&self) -> Option<u8> {
        let over = self.zooms.iter().rposition(|z| z.over > 0);
        self.zooms.get(over.map_or(0, |at| at + 1)).map(|z| z.zoom)
    }
}

impl DenseTile {
    /// Where a tile is, in degrees of WGS 84.
    #[must_use]
    pub fn place(z: u8, x: u32, y: u32) -> Extent {
        let side = 2_f64.powi(i32::from(z));
        let longitude = |column: f64| column / side * 360.0 - 180.0;
        let latitude = |row: f64| (std::f64::consts::PI * (1.0 - 2.0 * row / side)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(x), f64::from(y));
        Extent { minx: longitude(x), miny: latitude(y + 1.0), maxx: longitude(x + 1.0), maxy: latitude(y) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_is_one_tile_and_a_limit_broken_only_far_out_leaves_the_deeper_zooms() {
        let world = DenseTile::place(0, 0, 0);
        assert!((world.minx + 180.0).abs() < 1e-9 && (world.maxy - 85.051_128).abs() < 1e-5, "{world:?}");
        let zoom = |zoom, over| TileZoom { zoom, tiles: 1, most: 1, over };
        let forecast = |zooms: Vec<TileZoom>| TileForecast { zooms, worst: Vec::new() };
        assert_eq!(forecast(vec![zoom(0, 1), zoom(1, 2), zoom(2, 0), zoom(3, 0)]).safe_from(), Some(2));
        assert_eq!(forecast(vec![zoom(0, 0), zoom(1, 1), zoom(2, 1)]).safe_from(), None);
        assert_eq!(forecast(vec![zoom(0, 0)]).safe_from(), Some(0));
    }
}
