//! Boxes. The unit is that of the CRS they are in: degrees or metres, never said by the type.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `[minx, miny, maxx, maxy]`, x being east or longitude whatever the order of the CRS's axes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
#[ts(export, export_to = "../../../ui/src/bindings/", type = "[number, number, number, number]")]
pub struct Extent {
    pub minx: f64,
    pub miny: f64,
    pub maxx: f64,
    pub maxy: f64,
}

impl Extent {
    /// A box from its corners, or nothing when a corner is not a finite number.
    #[must_use]
    pub fn new(minx: f64, miny: f64, maxx: f64, maxy: f64) -> Option<Self> {
        [minx, miny, maxx, maxy].iter().all(|v| v.is_finite()).then_some(Self { minx, miny, maxx, maxy })
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            minx: self.minx.min(other.minx),
            miny: self.miny.min(other.miny),
            maxx: self.maxx.max(other.maxx),
            maxy: self.maxy.max(other.maxy),
        }
    }

    /// Whether the two boxes share a point.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.minx <= other.maxx && other.minx <= self.maxx && self.miny <= other.maxy && other.miny <= self.maxy
    }

    /// What the two boxes share, or nothing.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        self.intersects(other).then_some(Self {
            minx: self.minx.max(other.minx),
            miny: self.miny.max(other.miny),
            maxx: self.maxx.min(other.maxx),
            maxy: self.maxy.min(other.maxy),
        })
    }

    /// Whether a point lies in the box, its border included.
    #[must_use]
    pub fn contains(self, x: f64, y: f64) -> bool {
        x >= self.minx && x <= self.maxx && y >= self.miny && y <= self.maxy
    }
}

impl From<[f64; 4]> for Extent {
    fn from([minx, miny, maxx, maxy]: [f64; 4]) -> Self {
        Self { minx, miny, maxx, maxy }
    }
}

impl From<Extent> for [f64; 4] {
    fn from(e: Extent) -> Self {
        [e.minx, e.miny, e.maxx, e.maxy]
    }
}
