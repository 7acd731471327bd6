//! A quick proof that a shape is valid, for the most common ones: lines, and polygons without
//! holes. It never calls a wrong shape right; what it cannot prove is left to GEOS.
//!
//! A ring whose segments meet only where they follow each other is valid (OGC 06-103r4 §6.1.11).

/// Corners of a ring or a line, x and y.
pub(crate) type Corner = [f64; 2];

/// Above this many comparisons a corner, GEOS is the better judge.
const MOST_PAIRS: usize = 48;

/// Whether a line has two different corners, which is all that is asked of one.
pub(crate) fn is_line(corners: &[Corner]) -> bool {
    corners.iter().all(|c| c[0].is_finite() && c[1].is_finite()) && corners.iter().any(|c| *c != corners[0])
}

/// Proves that rings of separate polygons without holes are valid and apart.
#[derive(Debug, Default)]
pub(crate) struct Prover {
    segments: Vec<Segment>,
    boxes: Vec<[f64; 4]>,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    from: Corner,
    to: Corner,
    low: Corner,
    high: Corner,
    place: usize,
}

impl Prover {
    /// Forgets the rings proved so far.
    pub(crate) fn clear(&mut self) {
        self.boxes.clear();
    }

    /// Whether this ring is certainly simple, and its box apart from those given since `clear`.
    pub(crate) fn proves(&mut self, ring: &[Corner]) -> bool {
        self.segments.clear();
        let (Some(first), Some(last)) = (ring.first(), ring.last()) else { return false };
        if first != last {
            return false;
        }
        let mut all = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for pair in ring.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            if !(a[0].is_finite() && a[1].is_finite()) {
                return false;
            }
            // a corner written twice in a row is no fault
            if a == b {
                continue;
            }
            let low = [a[0].min(b[0]), a[1].min(b[1])];
            let high = [a[0].max(b[0]), a[1].max(b[1])];
            all = [all[0].min(low[0]), all[1].min(low[1]), all[2].max(high[0]), all[3].max(high[1])];
            self.segments.push(Segment { from: a, to: b, low, high, place: self.segments.len() });
        }
        let apart = self.boxes.iter().all(|o| all[0] > o[2] || o[0] > all[2] || all[1] > o[3] || o[1] > all[3]);
        self.boxes.push(all);
        self.segments.len() >= 3 && apart && self.turns_forward() && self.meets_nowhere()
    }

    /// Whether no segment goes back over the one before it.
    fn turns_forward(&self) -> bool {
        let count = self.segments.len();
        (0..count).all(|i| {
            let (one, next) = (&self.segments[i], &self.segments[(i + 1) % count]);
            let (a, b, c) = (one.from, one.to, next.to);
            let back = (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]);
            back < 0.0 || side(a, b, c) != 0
        })
    }

    /// Whether segments that do not follow each other are certainly apart.
    fn meets_nowhere(&mut self) -> bool {
        let count = self.segments.len();
        if count > 24 {
            self.segments.sort_unstable_by(|a, b| a.low[0].total_cmp(&b.low[0]));
        }
        let sorted = count > 24;
        let mut left = count * MOST_PAIRS;
        for (i, one) in self.segments.iter().enumerate() {
            for other in &self.segments[i + 1..] {
                if sorted && other.low[0] > one.high[0] {
                    break;
                }
                let Some(fewer) = left.checked_sub(1) else { return false };
                left = fewer;
                let away = one.high[0] < other.low[0]
                    || other.high[0] < one.low[0]
                    || one.high[1] < other.low[1]
                    || other.high[1] < one.low[1];
                let distance = one.place.abs_diff(other.place);
                if away || distance == 1 || distance == count - 1 {
                    continue;
                }
                let ours = side(one.from, one.to, other.from) * side(one.from, one.to, other.to);
                if ours <= 0 && side(other.from, other.to, one.from) * side(other.from, other.to, one.to) <= 0 {
                    return false;
                }
            }
        }
        true
    }
}

/// On which side of the line from `a` to `b` the point `c` certainly lies: 1, -1, or 0 when rounding
/// could say otherwise (Shewchuk's bound for `orient2d`).
fn side(a: Corner, b: Corner, c: Corner) -> i32 {
    let left = (a[0] - c[0]) * (b[1] - c[1]);
    let right = (a[1] - c[1]) * (b[0] - c[0]);
    let turn = left - right;
    let doubt = 3.330_669_073_875_472e-16 * (left.abs() + right.abs()) + f64::MIN_POSITIVE;
    if turn > doubt {
        1
    } else if turn < -doubt {
        -1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn valid_by_geos(ring: &[Corner]) -> bool {
        let corners: Vec<String> = ring.iter().map(|c| format!("{} {}", c[0], c[1])).collect();
        let wkt = format!("POLYGON (({}))", corners.join(","));
        crate::listen(|| gdal::vector::Geometry::from_wkt(&wkt).is_ok_and(|g| g.is_valid())).0
    }

    #[test]
    fn plain_shapes_are_proved() {
        let mut prover = Prover::default();
        let square = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [2.0, 2.0], [1.0, 2.0], [0.0, 2.0], [0.0, 0.0]];
        assert!(prover.proves(&square));
        let far = square.map(|c| [c[0] + 10.0, c[1]]);
        assert!(prover.proves(&far));
        assert!(!prover.proves(&square), "two parts in one place");
        let circle: Vec<Corner> = (0..=500)
            .map(|i| f64::from(i % 500).mul_add(std::f64::consts::TAU / 500.0, 0.0).sin_cos())
            .map(|(y, x)| [x, y])
            .collect();
        prover.clear();
        assert!(prover.proves(&circle));
    }

    #[test]
    fn what_is_wrong_is_never_proved() {
        let wrong: [&[Corner]; 6] = [
            &[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]],
            &[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0]],
            &[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 0.0], [0.0, 4.0], [0.0, 0.0]],
            &[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]],
            &[[0.0, 0.0], [f64::NAN, 0.0], [2.0, 2.0], [0.0, 0.0]],
            &[[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]],
        ];
        for ring in wrong {
            assert!(!Prover::default().proves(ring), "{ring:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_proved_is_valid_for_geos(small in proptest::collection::vec((0_i32..9, 0_i32..9), 3..40), jitter in 0.0..0.01_f64) {
            let mut ring: Vec<Corner> = small
                .iter()
                .enumerate()
                .map(|(i, (x, y))| [f64::from(*x) + jitter * (i % 3) as f64, f64::from(*y)])
                .collect();
            ring.push(ring[0]);
            if Prover::default().proves(&ring) {
                prop_assert!(valid_by_geos(&ring));
            }
        }
    }
}
