//! The outline behind the map of a report, drawn without any network: départements where the places
//! are in France, countries elsewhere.

use model::Extent;

const FRANCE: &str = include_str!("../../outline/france.txt");
const WORLD: &str = include_str!("../../outline/world.txt");

/// Degrees to the map's own square: Web Mercator, 0 to 1000, y to the south.
pub(crate) fn project([longitude, latitude]: [f64; 2]) -> [f64; 2] {
    let latitude = latitude.clamp(-85.05, 85.05).to_radians();
    let y = (1.0 - latitude.tan().asinh() / std::f64::consts::PI) / 2.0;
    [(longitude + 180.0) / 360.0 * 1000.0, y * 1000.0]
}

/// SVG path data of the rings that touch a box in degrees.
pub(crate) fn path(around: Extent, metres_matter: bool) -> String {
    let text = if metres_matter { FRANCE } else { WORLD };
    let mut data = String::new();
    for ring in text.lines().filter(|l| !l.starts_with('#')) {
        let numbers: Vec<f64> = ring.split(' ').filter_map(|n| n.parse().ok()).collect();
        let points: Vec<[f64; 2]> = numbers.chunks_exact(2).map(|p| [p[0], p[1]]).collect();
        let extent = points.iter().filter_map(|[x, y]| Extent::new(*x, *y, *x, *y)).reduce(Extent::union);
        if !extent.is_some_and(|e| e.intersects(around)) {
            continue;
        }
        for (at, point) in points.iter().enumerate() {
            let [x, y] = project(*point);
            data.push_str(&format!("{}{x:.4} {y:.4}", if at == 0 { "M" } else { "L" }));
        }
        data.push('Z');
    }
    data
}
