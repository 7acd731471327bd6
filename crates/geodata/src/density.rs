//! Counts how many features each vector tile would hold, as they are read, in bounded memory. Works
//! on boxes, knows no geometry; the platform's limit is `model::TileForecast::MOST`.

use std::collections::{BTreeMap, HashMap};

use model::{DenseTile, Extent, TileForecast, TileZoom};

use crate::raw::Transform;

/// Beyond, vector tiles are only magnified by those who draw them.
const DEEPEST: u8 = 14;
/// Tiles kept in mind at one time: above, the deepest zoom is given up. 32 bytes each, about.
const MOST_TILES: usize = 600_000;
/// A feature that touches more tiles than this at a zoom is not what fills them.
const WIDEST: u64 = 64;
/// Below, transforming each box is quicker than preparing to guess.
const WORTH_GUESSING: u64 = 3000;
const NODES: usize = 65;
const MOST_WORST: usize = 10;

type Tiles = HashMap<u64, u32>;

/// From the layer's CRS to the unit square of Web Mercator, x to the east, y to the south.
enum Place {
    Degrees,
    /// By PROJ, each time.
    Exact(Transform),
    /// Between nodes that PROJ placed: within a few metres, a hundredth of the deepest tile.
    Guess {
        exact: Transform,
        domain: Extent,
        nodes: Vec<[f64; 2]>,
    },
}

/// The count of one thread.
pub(crate) struct Density {
    place: Place,
    deepest: u8,
    /// Features whose smallest tile is at this zoom: they are in its parents too.
    own: Vec<Tiles>,
    /// Features that touch several tiles of this zoom.
    crossing: Vec<Tiles>,
    /// The last tile counted, not yet in `own`: neighbours in the file are neighbours on the map.
    last: (u64, u32),
}

impl Density {
    /// `to_degrees` goes from the layer's CRS to WGS 84; `domain` is where its features should be.
    pub(crate) fn new(to_degrees: Transform, geographic: bool, domain: Option<Extent>, features: u64) -> Self {
        let place = match domain.filter(|d| d.maxx > d.minx && d.maxy > d.miny) {
            _ if geographic => Place::Degrees,
            Some(domain) if features >= WORTH_GUESSING => {
                let nodes = nodes(&to_degrees, domain);
                Place::Guess { exact: to_degrees, domain, nodes }
            }
            _ => Place::Exact(to_degrees),
        };
        let zooms = usize::from(DEEPEST) + 1;
        let none = || vec![Tiles::default(); zooms];
        Self { place, deepest: DEEPEST, own: none(), crossing: none(), last: (0, 0) }
    }

    /// Counts one feature by its box, in the layer's CRS.
    pub(crate) fn count(&mut self, e: Extent) {
        let Some(a) = self.place.unit([e.minx, e.maxy]) else { return };
        let point = e.minx == e.maxx && e.miny == e.maxy;
        let Some(b) = (if point { Some(a) } else { self.place.unit([e.maxx, e.miny]) }) else { return };
        let side = f64::from(1_u32 << self.deepest);
        let cell = |v: f64| ((v * side) as u32).min((1 << self.deepest) - 1);
        let (x0, x1) = (cell(a[0].min(b[0])), cell(a[0].max(b[0])));
        let (y0, y1) = (cell(a[1].min(b[1])), cell(a[1].max(b[1])));
        if x0 == x1 && y0 == y1 {
            let mut key = key(x0, y0);
            if self.last.0 == key {
                self.last.1 += 1;
            } else {
                let before = self.deepest;
                self.flush();
                // flushing may give up a zoom, and then the tile is that of the zoom above
                (self.deepest..before).for_each(|_| key = parent(key));
                self.last = (key, 1);
            }
            return;
        }
        for up in 0..=self.deepest {
            let zoom = usize::from(self.deepest - up);
            let (x0, x1, y0, y1) = (x0 >> up, x1 >> up, y0 >> up, y1 >> up);
            if x0 == x1 && y0 == y1 {
                *self.own[zoom].entry(key(x0, y0)).or_default() += 1;
                break;
            }
            if u64::from(x1 - x0 + 1) * u64::from(y1 - y0 + 1) <= WIDEST {
                for x in x0..=x1 {
                    for y in y0..=y1 {
                        *self.crossing[zoom].entry(key(x, y)).or_default() += 1;
                    }
                }
            }
        }
        self.keep_small();
    }

    fn flush(&mut self) {
        let (key, count) = std::mem::take(&mut self.last);
        if count > 0 {
            *self.own[usize::from(self.deepest)].entry(key).or_default() += count;
            self.keep_small();
        }
    }

    fn size(&self) -> usize {
        self.own.iter().chain(&self.crossing).map(HashMap::len).sum()
    }

    /// Gives up the deepest zoom while too many tiles are kept.
    fn keep_small(&mut self) {
        while self.deepest > 0 && self.size() > MOST_TILES {
            let zoom = usize::from(self.deepest);
            let (count, last) = (self.last.1, parent(self.last.0));
            self.crossing[zoom] = Tiles::default();
            for (key, count) in std::mem::take(&mut self.own[zoom]) {
                *self.own[zoom - 1].entry(parent(key)).or_default() += count;
            }
            self.last = (last, count);
            self.deepest -= 1;
        }
    }

    /// Adds what another thread counted.
    pub(crate) fn join(&mut self, mut other: Density) {
        self.flush();
        other.flush();
        while self.deepest != other.deepest {
            let deeper = if self.deepest > other.deepest { &mut *self } else { &mut other };
            let zoom = usize::from(deeper.deepest);
            deeper.crossing[zoom] = Tiles::default();
            for (key, count) in std::mem::take(&mut deeper.own[zoom]) {
                *deeper.own[zoom - 1].entry(parent(key)).or_default() += count;
            }
            deeper.deepest -= 1;
        }
        let pairs = self.own.iter_mut().zip(other.own).chain(self.crossing.iter_mut().zip(other.crossing));
        for (mine, theirs) in pairs {
            for (key, count) in theirs {
                *mine.entry(key).or_default() += count;
            }
        }
        self.keep_small();
    }

    pub(crate) fn finish(mut self) -> Option<TileForecast> {
        self.flush();
        let mut forecast = TileForecast::default();
        // sorted, so that the same file always gives the same worst tiles
        let mut below: BTreeMap<u64, u64> = BTreeMap::new();
        for zoom in (0..=self.deepest).rev() {
            let mut here: BTreeMap<u64, u64> = BTreeMap::new();
            for (key, count) in below {
                *here.entry(parent(key)).or_default() += count;
            }
            for (key, count) in std::mem::take(&mut self.own[usize::from(zoom)]) {
                *here.entry(key).or_default() += u64::from(count);
            }
            below = here.clone();
            for (key, count) in std::mem::take(&mut self.crossing[usize::from(zoom)]) {
                *here.entry(key).or_default() += u64::from(count);
            }
            let mut over: Vec<(u64, u64)> =
                here.iter().filter(|(_, n)| **n > TileForecast::MOST).map(|(k, n)| (*k, *n)).collect();
            let most = here.values().copied().max().unwrap_or(0);
            forecast.zooms.push(TileZoom { zoom, tiles: here.len() as u64, most, over: over.len() as u64 });
            over.sort_by_key(|(key, count)| (std::cmp::Reverse(*count), *key));
            forecast.worst.extend(over.into_iter().take(MOST_WORST).map(|(key, objects)| {
                let (x, y) = ((key >> 32) as u32, key as u32);
                DenseTile { z: zoom, x, y, objects, box_wgs84: DenseTile::place(zoom, x, y) }
            }));
        }
        forecast.zooms.reverse();
        forecast.worst.sort_by_key(|tile| (std::cmp::Reverse(tile.objects), tile.z, tile.x, tile.y));
        forecast.zooms.iter().any(|z| z.tiles > 0).then_some(forecast)
    }
}

fn key(x: u32, y: u32) -> u64 {
    u64::from(x) << 32 | u64::from(y)
}

fn parent(of: u64) -> u64 {
    key((of >> 33) as u32, (of as u32) >> 1)
}

/// Degrees to the unit square; nothing outside the grid.
fn from_degrees([longitude, latitude]: [f64; 2]) -> Option<[f64; 2]> {
    if !(longitude.abs() <= 180.0 && latitude.abs() <= 85.06) {
        return None;
    }
    let y = (1.0 - latitude.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0;
    Some([(longitude + 180.0) / 360.0, y.clamp(0.0, 1.0)])
}

fn nodes(exact: &Transform, domain: Extent) -> Vec<[f64; 2]> {
    let step = |from: f64, to: f64, i: usize| from + (to - from) * i as f64 / (NODES - 1) as f64;
    let mut nodes = Vec::with_capacity(NODES * NODES);
    for row in 0..NODES {
        for column in 0..NODES {
            let point = [step(domain.minx, domain.maxx, column), step(domain.miny, domain.maxy, row)];
            nodes.push(exact.point(point).and_then(from_degrees).unwrap_or([f64::NAN; 2]));
        }
    }
    nodes
}

impl Place {
    fn unit(&self, point: [f64; 2]) -> Option<[f64; 2]> {
        match self {
            Place::Degrees => from_degrees(point),
            Place::Exact(exact) => exact.point(point).and_then(from_degrees),
            Place::Guess { exact, domain, nodes } => {
                let guess = domain.contains(point[0], point[1]).then(|| between(*domain, nodes, point));
                guess
                    .filter(|g| g[0].is_finite() && g[1].is_finite())
                    .or_else(|| exact.point(point).and_then(from_degrees))
            }
        }
    }
}

fn between(domain: Extent, nodes: &[[f64; 2]], [x, y]: [f64; 2]) -> [f64; 2] {
    let along = |v: f64, from: f64, to: f64| {
        let at = (v - from) / (to - from) * (NODES - 1) as f64;
        let cell = (at as usize).min(NODES - 2);
        (cell, at - cell as f64)
    };
    let (column, u) = along(x, domain.minx, domain.maxx);
    let (row, v) = along(y, domain.miny, domain.maxy);
    let node = |c: usize, r: usize| nodes[r * NODES + c];
    let (a, b, c, d) = (node(column, row), node(column + 1, row), node(column, row + 1), node(column + 1, row + 1));
    let mix = |i: usize| (a[i] * (1.0 - u) + b[i] * u) * (1.0 - v) + (c[i] * (1.0 - u) + d[i] * u) * v;
    [mix(0), mix(1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::Reference;

    fn transform(from: &str) -> Transform {
        let (from, to) = (Reference::named(from).expect("a CRS"), Reference::named("EPSG:4326").expect("WGS 84"));
        Transform::new(&from, &to).expect("a way between them")
    }

    fn france() -> Option<Extent> {
        Extent::new(100_000.0, 6_050_000.0, 1_240_000.0, 7_110_000.0)
    }

    #[test]
    fn guessed_places_are_within_ten_metres_of_projs() {
        let exact = transform("EPSG:2154");
        let domain = france().expect("a box");
        let guess = Place::Guess { nodes: nodes(&exact, domain), exact: transform("EPSG:2154"), domain };
        let metres = 2.0 * std::f64::consts::PI * 6_378_137.0;
        for i in 0..200 {
            let (u, v) = (f64::from(i % 20) / 19.3, f64::from(i / 20) / 9.7);
            let point = [100_000.0 + u * 1_140_000.0, 6_050_000.0 + v * 1_060_000.0];
            let (a, b) = (guess.unit(point).expect("a place"), exact.point(point).and_then(from_degrees).expect("one"));
            let off = (a[0] - b[0]).hypot(a[1] - b[1]) * metres;
            assert!(off < 10.0, "{point:?}: {off} m");
        }
    }

    #[test]
    fn a_crowd_in_one_street_fills_one_tile_at_every_zoom_and_a_wide_feature_touches_its_tiles() {
        let mut density = Density::new(transform("EPSG:2154"), false, france(), 10_000);
        for i in 0..6000 {
            let x = 652_000.0 + f64::from(i % 100);
            density.count(Extent::new(x, 6_862_000.0, x, 6_862_000.0).expect("a point"));
        }
        density.count(Extent::new(640_000.0, 6_850_000.0, 670_000.0, 6_880_000.0).expect("a box"));
        let forecast = density.finish().expect("a forecast");
        assert_eq!(forecast.zooms.len(), 15);
        assert_eq!(forecast.zooms[0], TileZoom { zoom: 0, tiles: 1, most: 6001, over: 1 });
        let deepest = forecast.zooms[14];
        assert_eq!(
            (deepest.most, deepest.over),
            (6000, 1),
            "the wide feature is not counted where it covers a hundred tiles"
        );
        assert!(forecast.zooms[11].tiles > 1 && forecast.safe_from().is_none());
        let worst = forecast.worst.iter().find(|t| t.z == 14).expect("the street");
        assert!(worst.box_wgs84.contains(2.345, 48.855), "{worst:?}");
    }

    #[test]
    fn counts_of_two_threads_are_those_of_one_and_a_scattered_million_stays_small() {
        let everywhere = |range: std::ops::Range<u32>| {
            let mut density = Density::new(transform("EPSG:4326"), true, None, 1_000_000);
            for i in range {
                let (x, y) = (f64::from(i % 1200) * 0.299 - 179.0, f64::from(i / 1200) * 0.1 - 42.0);
                density.count(Extent::new(x, y, x, y).expect("a point"));
            }
            density
        };
        let mut half = everywhere(0..500_000);
        half.join(everywhere(500_000..1_000_000));
        assert!(half.size() <= MOST_TILES, "{}", half.size());
        let (both, one) = (half.finish().expect("a forecast"), everywhere(0..1_000_000).finish().expect("a forecast"));
        let shared = both.zooms.len().min(one.zooms.len());
        assert_eq!(both.zooms[..shared], one.zooms[..shared]);
        assert!(shared > 8 && both.zooms[0].most == 1_000_000);
    }
}
