//! Which features a tile shows when there are more than a person could tell apart: one for each small
//! square of the screen, read without reading all the others where the format allows. Knows no
//! encoding.

use gdal_sys::{OGRFeatureH, OGRLayerH};
use model::Extent;

/// A tile is shown about 512 pixels wide: squares of 5 pixels.
const CELLS: usize = 102;
/// Up to this many features are read through the spatial filter, one by one.
const FEW: f64 = 30_000.0;
/// What is read by number at most, so that a tile takes a fraction of a second.
const MOST_READS: f64 = 60_000.0;

/// The squares of the part of a tile where a layer is, and which are taken.
pub(crate) struct Cells {
    window: Extent,
    columns: usize,
    rows: usize,
    taken: Vec<bool>,
}

impl Cells {
    /// `window` is in the layer's own units; `width` and `height` say how much of the tile it is.
    pub(crate) fn new(window: Extent, width: f64, height: f64) -> Self {
        let some = |part: f64| ((part * CELLS as f64).ceil() as usize).clamp(1, 2 * CELLS);
        let (columns, rows) = (some(width), some(height));
        Self { window, columns, rows, taken: vec![false; columns * rows] }
    }

    pub(crate) fn count(&self) -> usize {
        self.taken.len()
    }

    /// Width and height of a square.
    pub(crate) fn side(&self) -> (f64, f64) {
        let Extent { minx, miny, maxx, maxy } = self.window;
        ((maxx - minx) / self.columns as f64, (maxy - miny) / self.rows as f64)
    }

    /// Whether a feature with this box is too small to be told from its neighbours.
    pub(crate) fn is_small(&self, e: Extent) -> bool {
        let (width, height) = self.side();
        e.maxx - e.minx < width && e.maxy - e.miny < height
    }

    /// Takes the square under the middle of a small feature; false when another has it.
    pub(crate) fn take(&mut self, e: Extent) -> bool {
        let (width, height) = self.side();
        let at =
            |middle: f64, from: f64, side: f64, most: usize| (((middle - from) / side).max(0.0) as usize).min(most - 1);
        let column = at(f64::midpoint(e.minx, e.maxx), self.window.minx, width, self.columns);
        let row = at(f64::midpoint(e.miny, e.maxy), self.window.miny, height, self.rows);
        !std::mem::replace(&mut self.taken[row * self.columns + column], true)
    }
}

/// How the features of a window are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    /// All that the spatial filter gives.
    All,
    /// Some, by number: `reads` of `count`, spread evenly.
    Some { count: u64, reads: u64 },
}

/// Chooses from how many there are, how much of the layer the window holds, and how many squares.
pub(crate) fn reading(count: Option<u64>, by_number: bool, whole: Extent, cells: &Cells) -> Reading {
    let area = |e: Extent| (e.maxx - e.minx) * (e.maxy - e.miny);
    let (Some(count), true) = (count, by_number && area(whole) > 0.0) else { return Reading::All };
    let part = (area(cells.window) / area(whole)).clamp(0.0, 1.0);
    let all = count as f64;
    // twice as many as there are squares: some fall where another is
    let reads = 2.0 * cells.count() as f64 / part;
    if all * part <= FEW || reads > MOST_READS.min(all / 2.0) {
        return Reading::All;
    }
    Reading::Some { count, reads: reads as u64 }
}

/// Numbers from 0 to `count`, `reads` of them, in order, each somewhere in its own share: an even step
/// would fall in with rows of features.
pub(crate) fn spread(count: u64, reads: u64) -> impl Iterator<Item = i64> {
    let step = count as f64 / reads.max(1) as f64;
    (0..reads).map(move |n| {
        let shaken = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        ((n as f64 + shaken as f64 / f64::from(1 << 24)) * step) as i64
    })
}

/// Reads the features one by one until `each` says that it is enough.
///
/// # Safety
/// The layer must be alive, its spatial filter set. The feature is `each`'s for the time of the call.
pub(crate) unsafe fn read(layer: OGRLayerH, how: Reading, mut each: impl FnMut(OGRFeatureH) -> bool) {
    let mut numbers = match how {
        Reading::All => None,
        Reading::Some { count, reads } => Some(spread(count, reads)),
    };
    // SAFETY: as the caller promises; each feature is destroyed before the next is read.
    unsafe {
        gdal_sys::OGR_L_ResetReading(layer);
        loop {
            let feature = match &mut numbers {
                None => gdal_sys::OGR_L_GetNextFeature(layer),
                Some(numbers) => match numbers.next() {
                    // formats count from 0 or from 1: nothing is lost by missing one
                    Some(number) => match gdal_sys::OGR_L_GetFeature(layer, number + 1) {
                        feature if feature.is_null() => continue,
                        feature => feature,
                    },
                    None => break,
                },
            };
            if feature.is_null() {
                break;
            }
            let more = each(feature);
            gdal_sys::OGR_F_Destroy(feature);
            if !more {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: f64) -> Extent {
        Extent { minx: 0.0, miny: 0.0, maxx: side, maxy: side }
    }

    #[test]
    fn few_features_are_all_read_and_many_are_sampled_where_the_format_allows() {
        let whole = square(10.0);
        let all = Cells::new(whole, 1.0, 1.0);
        assert_eq!(reading(Some(5_000), true, whole, &all), Reading::All);
        assert_eq!(reading(None, true, whole, &all), Reading::All);
        assert_eq!(reading(Some(1_000_000), false, whole, &all), Reading::All);
        assert!(matches!(reading(Some(1_000_000), true, whole, &all), Reading::Some { reads: 20_808, .. }));
        // seen from afar, the layer is a few squares of the tile
        let afar = Cells::new(whole, 0.03, 0.03);
        assert!(matches!(reading(Some(1_000_000), true, whole, &afar), Reading::Some { reads: 32, .. }));
        // a hundredth of the layer: its ten thousand features are read through the filter
        assert_eq!(reading(Some(1_000_000), true, whole, &Cells::new(square(1.0), 1.0, 1.0)), Reading::All);
    }

    #[test]
    fn numbers_are_spread_over_all_and_never_leave_them() {
        let numbers: Vec<i64> = spread(1_000_000, 20_000).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(numbers.iter().all(|n| (0..1_000_000).contains(n)));
        // columns of a table of a thousand are all met, as by chance
        let columns: std::collections::BTreeSet<i64> = numbers.iter().map(|n| n % 1000).collect();
        assert!(columns.len() > 950, "{}", columns.len());
    }

    #[test]
    fn a_square_is_taken_once() {
        let mut cells = Cells::new(square(102.0), 1.0, 1.0);
        let small = Extent { minx: 3.1, miny: 3.1, maxx: 3.3, maxy: 3.3 };
        assert!(cells.is_small(small) && !cells.is_small(square(1.5)));
        assert!(cells.take(small) && !cells.take(small));
        assert!(cells.take(Extent { minx: 4.1, miny: 3.1, maxx: 4.3, maxy: 3.3 }));
    }
}
