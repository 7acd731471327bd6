//! The grids of tiles that pyramids are made on, as IGN publishes them (github.com/rok4/tilematrixsets):
//! square tiles of 256 pixels counted from the north-west, each level twice as fine as the one above.
//! Knows nothing of what lies on them.

use model::Extent;
use serde_json::{Value, json};

/// Side of a tile, in pixels.
pub(crate) const SIDE: usize = 256;
/// Half the length of the equator, in metres.
const HALF: f64 = 20_037_508.342_789_244;
/// A pixel on a screen is 0.28 mm wide, by OGC's convention.
const PIXEL: f64 = 0.000_28;
/// Metres in a degree of the equator, by the same convention.
const DEGREE: f64 = 111_319.490_793_273_57;

/// One grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grid {
    pub(crate) id: &'static str,
    /// As the platform writes it.
    pub(crate) crs: &'static str,
    /// The same, as PROJ finds it fastest.
    pub(crate) plane: &'static str,
    /// The north-west corner, x first.
    pub(crate) origin: [f64; 2],
    /// Size of a pixel at level 0, in the CRS's units.
    pub(crate) largest: f64,
    pub(crate) levels: u32,
    /// Width and height of what can be tiled, in the CRS's units.
    span: [f64; 2],
}

/// Those of mainland France's Lambert-93 reach from 0 east and 12,000 km north.
const LAMBERT: [f64; 2] = [1_290_240.0, 10_762_470.4];

const fn lambert(id: &'static str, crs: &'static str, largest: f64, levels: u32, shift: f64) -> Grid {
    Grid { id, crs, plane: "EPSG:2154", origin: [-shift, 12_000_000.0 + shift], largest, levels, span: LAMBERT }
}

/// The grids there are here, in the order of the processing's list. The platform has one more,
/// `2154_50cm_MNx`, whose definition is not published.
pub(crate) static GRIDS: [Grid; 8] = [
    Grid {
        id: "PM",
        crs: "EPSG:3857",
        plane: "EPSG:3857",
        origin: [-HALF, HALF],
        largest: 2.0 * HALF / 256.0,
        levels: 22,
        span: [2.0 * HALF, 2.0 * HALF],
    },
    Grid {
        id: "4326",
        crs: "EPSG:4326",
        plane: "EPSG:4326",
        origin: [-180.0, 90.0],
        largest: 0.703_125,
        levels: 20,
        span: [360.0, 180.0],
    },
    lambert("LAMB93_10cm", "IGNF:LAMB93", 209_715.2, 22, 0.0),
    lambert("LAMB93_50cm", "IGNF:LAMB93", 131_072.0, 19, 0.0),
    lambert("2154_5cm", "EPSG:2154", 209_715.2, 23, 0.0),
    lambert("2154_50cm", "EPSG:2154", 131_072.0, 19, 0.0),
    // for terrain: the centres of pixels, not their corners, are round numbers
    lambert("2154_50cm_MNT", "EPSG:2154", 131_072.0, 19, 0.25),
    lambert("2154_1M_MNT", "EPSG:2154", 131_072.0, 18, 0.5),
];

/// Columns and rows of a level, first and last of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) columns: [u32; 2],
    pub(crate) rows: [u32; 2],
}

pub(crate) fn grid(id: &str) -> Option<&'static Grid> {
    GRIDS.iter().find(|g| g.id == id)
}

impl Grid {
    pub(crate) fn geographic(&self) -> bool {
        self.crs == "EPSG:4326"
    }

    pub(crate) fn resolution(&self, level: u32) -> f64 {
        self.largest / f64::from(1_u32 << level)
    }

    pub(crate) fn scale_denominator(&self, level: u32) -> f64 {
        self.resolution(level) * if self.geographic() { DEGREE } else { 1.0 } / PIXEL
    }

    /// How many columns and rows.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a level has fewer than 2^32 tiles a side"
    )]
    pub(crate) fn matrix(&self, level: u32) -> [u32; 2] {
        let side = self.resolution(level) * SIDE as f64;
        self.span.map(|s| ((s / side - 1e-6).ceil().max(1.0)) as u32)
    }

    /// The box of a block of tiles.
    pub(crate) fn extent(&self, level: u32, range: Range) -> Extent {
        let side = self.resolution(level) * SIDE as f64;
        let x = |column: u32| f64::from(column).mul_add(side, self.origin[0]);
        let y = |row: u32| f64::from(row).mul_add(-side, self.origin[1]);
        Extent {
            minx: x(range.columns[0]),
            miny: y(range.rows[1] + 1),
            maxx: x(range.columns[1] + 1),
            maxy: y(range.rows[0]),
        }
    }

    pub(crate) fn tile(&self, level: u32, column: u32, row: u32) -> Extent {
        self.extent(level, Range { columns: [column; 2], rows: [row; 2] })
    }

    /// The tiles that a box touches, of those there are.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the grid")]
    pub(crate) fn covering(&self, level: u32, e: Extent) -> Option<Range> {
        let side = self.resolution(level) * SIDE as f64;
        let [wide, high] = self.matrix(level);
        // a border shared with the next tile does not count
        let near = 1e-7;
        let span = |from: f64, to: f64, count: u32| {
            let (first, last) =
                ((from / side + near).floor(), (to / side - near).floor().max((from / side + near).floor()));
            (last >= 0.0 && first < f64::from(count))
                .then(|| [first.max(0.0) as u32, last.min(f64::from(count - 1)) as u32])
        };
        Some(Range {
            columns: span(e.minx - self.origin[0], e.maxx - self.origin[0], wide)?,
            rows: span(self.origin[1] - e.maxy, self.origin[1] - e.miny, high)?,
        })
    }

    /// The level whose pixels are nearest to a size in the grid's units.
    pub(crate) fn nearest(&self, resolution: f64) -> u32 {
        (0..self.levels)
            .min_by(|a, b| {
                let far = |level: &u32| (self.resolution(*level) - resolution).abs();
                far(a).total_cmp(&far(b))
            })
            .unwrap_or(0)
    }

    /// As `statics/tms/{id}` tells it.
    pub(crate) fn described(&self) -> Value {
        let levels: Vec<Value> =
            (0..self.levels).map(|l| json!({ "id": l.to_string(), "resolution": self.resolution(l) })).collect();
        json!({ "_id": self.id, "srs": self.crs, "levels": levels })
    }

    /// The definition, in the OGC's JSON.
    pub(crate) fn definition(&self) -> Value {
        let matrices: Vec<Value> = (0..self.levels)
            .map(|l| {
                let [wide, high] = self.matrix(l);
                json!({
                    "id": l.to_string(), "cellSize": self.resolution(l), "pointOfOrigin": self.origin,
                    "tileWidth": SIDE, "tileHeight": SIDE, "matrixWidth": wide, "matrixHeight": high,
                    "scaleDenominator": self.scale_denominator(l)
                })
            })
            .collect();
        let axes = if self.geographic() { ["Lon", "Lat"] } else { ["X", "Y"] };
        json!({ "id": self.id, "crs": self.crs, "orderedAxes": axes, "tileMatrices": matrices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_that_ign_publishes() {
        let of = |id: &str| grid(id).expect("a grid");
        let near = |a: f64, b: f64| (a - b).abs() < b * 1e-9;
        assert!(near(of("PM").resolution(18), 0.597_164_283_477_939));
        assert!(near(of("PM").scale_denominator(0), 559_082_264.028_718));
        assert!(near(of("4326").resolution(19), 1.341_104_507_446_29e-6));
        assert!(near(of("4326").scale_denominator(0), 279_541_132.014_358_9));
        assert!(near(of("LAMB93_10cm").resolution(21), 0.1));
        assert!(near(of("LAMB93_50cm").resolution(18), 0.5));
        assert!(near(of("2154_5cm").resolution(22), 0.05));
        assert_eq!(of("PM").matrix(3), [8, 8]);
        assert_eq!(of("4326").matrix(1), [4, 2]);
        assert_eq!(of("LAMB93_10cm").matrix(21), [50_400, 420_409]);
        assert_eq!(of("2154_50cm_MNT").origin, [-0.25, 12_000_000.25]);
    }

    #[test]
    fn a_tile_covers_itself_and_no_neighbour() {
        for grid in &GRIDS {
            for level in [0, 5, grid.levels - 1] {
                let [wide, high] = grid.matrix(level);
                let (column, row) = (wide / 2, high / 2);
                let range = grid.covering(level, grid.tile(level, column, row));
                assert_eq!(range, Some(Range { columns: [column; 2], rows: [row; 2] }), "{} {level}", grid.id);
            }
        }
        assert_eq!(
            grid("4326").and_then(|g| g.covering(3, Extent { minx: 181.0, miny: 0.0, maxx: 190.0, maxy: 1.0 })),
            None
        );
    }

    #[test]
    fn the_level_of_some_images_is_the_nearest_in_resolution() {
        assert_eq!(grid("LAMB93_50cm").map(|g| g.nearest(0.5)), Some(18));
        assert_eq!(grid("PM").map(|g| g.nearest(0.5 / 46.14_f64.to_radians().cos())), Some(18));
        assert_eq!(grid("LAMB93_10cm").map(|g| g.nearest(0.01)), Some(21));
    }
}
