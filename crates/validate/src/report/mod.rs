//! Reports: findings as files that other people and other software open. Text out, no file: whoever
//! asks writes it.

mod geojson;
mod html;
mod outline;
mod sarif;

pub use geojson::geojson;
pub use html::html;
pub use sarif::sarif;

use model::{Extent, Finding, Level};

/// A point, a box, a feature and a reason, as far as each is known.
type Spotted = (Option<[f64; 2]>, Option<Extent>, Option<i64>, Option<String>);

/// Where a finding lies, for a map: its spots, else its place.
fn places(finding: &Finding) -> Vec<Spotted> {
    let on_earth = |x: f64, y: f64| x.abs() <= 180.0 && y.abs() <= 90.0;
    let point = |p: Option<[f64; 2]>| p.filter(|[x, y]| on_earth(*x, *y));
    let area = |e: Option<Extent>| e.filter(|e| on_earth(e.minx, e.miny) && on_earth(e.maxx, e.maxy));
    let own = &finding.place;
    let mut all: Vec<Spotted> =
        finding.spots.iter().map(|s| (point(s.point_wgs84), area(s.box_wgs84), s.feature, s.reason.clone())).collect();
    if all.is_empty() {
        all.push((point(own.point_wgs84), area(own.box_wgs84), own.feature, None));
    }
    all.retain(|(point, area, ..)| point.is_some() || area.is_some());
    all
}

const fn level(of: Level) -> &'static str {
    match of {
        Level::Blocks => "blocks",
        Level::Degrades => "degrades",
        Level::Tells => "tells",
        Level::Debug => "debug",
    }
}
