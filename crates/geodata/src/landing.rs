//! Where coordinates would fall, were they of a CRS: what a person compares before stating one.

use model::{Extent, Landing};
use serde::{Deserialize, Serialize};

use crate::raw::{Reference, Transform};

/// A CRS that coordinates may be of, and where they then fall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrsLanding {
    pub code: String,
    pub name: String,
    pub standing: Standing,
    pub landing: Landing,
}

/// How usual a CRS is for what French producers deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// The legal system of the land where it falls (arrêté of 5 March 2019), or degrees.
    Legal,
    /// Legal once, or beside the usual one: still met in files.
    Older,
    /// Of the world's, or of another country.
    Other,
}

const FARTHEST: f64 = 2e8;

/// Codes tried, and how usual each is.
const TRIED: &[(&str, Standing)] = &[
    ("EPSG:2154", Standing::Legal),
    ("EPSG:3942", Standing::Legal),
    ("EPSG:3943", Standing::Legal),
    ("EPSG:3944", Standing::Legal),
    ("EPSG:3945", Standing::Legal),
    ("EPSG:3946", Standing::Legal),
    ("EPSG:3947", Standing::Legal),
    ("EPSG:3948", Standing::Legal),
    ("EPSG:3949", Standing::Legal),
    ("EPSG:3950", Standing::Legal),
    ("EPSG:5490", Standing::Legal),
    ("EPSG:2972", Standing::Legal),
    ("EPSG:2975", Standing::Legal),
    ("EPSG:4471", Standing::Legal),
    ("EPSG:4467", Standing::Legal),
    ("EPSG:4326", Standing::Legal),
    ("EPSG:27572", Standing::Older),
    ("EPSG:27561", Standing::Older),
    ("EPSG:27562", Standing::Older),
    ("EPSG:27563", Standing::Older),
    ("EPSG:27564", Standing::Older),
    ("EPSG:25830", Standing::Older),
    ("EPSG:25831", Standing::Older),
    ("EPSG:25832", Standing::Older),
    ("EPSG:3857", Standing::Other),
];

/// France's lands in degrees: a name in both languages, and an outline to the tenth of a degree.
const LANDS: &[(&str, &str, &[[f64; 2]])] = &[
    (
        "en France métropolitaine",
        "in metropolitan France",
        &[
            [2.5, 51.2],
            [1.5, 51.0],
            [1.4, 50.1],
            [0.0, 49.7],
            [-1.1, 49.5],
            [-1.2, 49.8],
            [-2.1, 49.8],
            [-1.7, 48.8],
            [-3.0, 49.0],
            [-5.3, 48.6],
            [-5.0, 47.7],
            [-2.7, 47.1],
            [-2.5, 46.6],
            [-1.6, 46.1],
            [-1.4, 44.6],
            [-1.9, 43.3],
            [0.0, 42.6],
            [1.5, 42.3],
            [3.3, 42.3],
            [3.3, 43.0],
            [4.8, 43.2],
            [6.3, 42.9],
            [7.7, 43.7],
            [7.2, 44.5],
            [6.8, 45.1],
            [7.2, 45.9],
            [6.2, 46.3],
            [7.1, 47.3],
            [7.7, 47.5],
            [8.3, 49.0],
            [6.0, 49.6],
            [4.9, 50.2],
        ],
    ),
    ("en Corse", "in Corsica", &[[8.4, 41.3], [9.7, 41.3], [9.7, 43.1], [8.4, 43.1]]),
    ("aux Antilles", "in the French Antilles", &[[-63.3, 14.2], [-60.6, 14.2], [-60.6, 18.3], [-63.3, 18.3]]),
    ("en Guyane", "in French Guiana", &[[-54.7, 2.0], [-51.5, 2.0], [-51.5, 6.0], [-54.7, 6.0]]),
    ("à La Réunion", "on Réunion", &[[55.1, -21.5], [55.9, -21.5], [55.9, -20.8], [55.1, -20.8]]),
    ("à Mayotte", "on Mayotte", &[[44.9, -13.1], [45.4, -13.1], [45.4, -12.5], [44.9, -12.5]]),
    (
        "à Saint-Pierre-et-Miquelon",
        "on Saint-Pierre-et-Miquelon",
        &[[-56.6, 46.6], [-56.0, 46.6], [-56.0, 47.2], [-56.6, 47.2]],
    ),
];

/// Where a box falls, were it of this CRS; nothing when it cannot be of it.
#[must_use]
pub fn land(extent: Extent, code: &str) -> Option<(String, Landing)> {
    // no place on Earth has such coordinates, in metres or in feet, and PROJ would look for it long
    if <[f64; 4]>::from(extent).iter().any(|n| n.abs() > FARTHEST) {
        return None;
    }
    let reference = Reference::named(code)?;
    let wgs84 = Reference::named("EPSG:4326")?;
    if reference.is_geographic()
        && (extent.minx < -180.0 || extent.maxx > 180.0 || extent.miny < -90.0 || extent.maxy > 90.0)
    {
        return None;
    }
    let there = Transform::new(&reference, &wgs84)?.extent(extent)?;
    let real = there.minx >= -180.0 && there.maxx <= 180.0 && there.miny >= -90.0 && there.maxy <= 90.0;
    let inside_area = reference
        .area_of_use()
        .is_some_and(|a| a.contains(there.minx, there.miny) && a.contains(there.maxx, there.maxy));
    real.then(|| (reference.name(), Landing { extent_wgs84: there, place: place(there), inside_area }))
}

/// The CRS that a box may be of, the likelier first: those of France's lands in which it falls, then
/// the ones hinted at, then degrees.
#[must_use]
pub fn landings(extent: Extent, hints: &[String]) -> Vec<CrsLanding> {
    let mut found: Vec<CrsLanding> = Vec::new();
    let hinted = hints.iter().map(|code| (code.as_str(), Standing::Other));
    for (code, standing) in TRIED.iter().copied().chain(hinted) {
        if found.iter().any(|f| f.code == code) {
            continue;
        }
        let Some((name, landing)) = land(extent, code) else { continue };
        let asked = hints.iter().any(|h| h == code);
        let likely = landing.place.is_some() && (landing.inside_area || standing == Standing::Other);
        let degrees = code == "EPSG:4326" && landing.inside_area;
        if likely || asked || degrees {
            let standing = if landing.place.is_some() { standing } else { Standing::Other };
            found.push(CrsLanding { code: code.to_owned(), name, standing, landing });
        }
    }
    found.sort_by_key(|f| (f.standing, f.landing.place.is_none(), !f.landing.inside_area));
    found
}

/// Whether the first of these candidates is the only one to be thought of.
pub(crate) fn is_alone(candidates: &[CrsLanding]) -> bool {
    let mut serious = candidates.iter().filter(|c| c.standing != Standing::Other);
    serious.next().is_some_and(|first| first.standing == Standing::Legal) && serious.next().is_none()
}

fn place(there: Extent) -> Option<[String; 2]> {
    let (x, y) = (f64::midpoint(there.minx, there.maxx), f64::midpoint(there.miny, there.maxy));
    // no département is larger than this; what is covers the whole country
    let wide = there.maxx - there.minx > 16.0 || there.maxy - there.miny > 11.0;
    (!wide).then_some(())?;
    LANDS.iter().find(|(_, _, outline)| holds(outline, x, y)).map(|(fr, en, _)| [(*fr).to_owned(), (*en).to_owned()])
}

/// Whether a point lies in an outline, or a tenth of a degree or so beside it.
fn holds(outline: &[[f64; 2]], x: f64, y: f64) -> bool {
    const BESIDE: f64 = 0.12;
    [(0.0, 0.0), (BESIDE, 0.0), (-BESIDE, 0.0), (0.0, BESIDE), (0.0, -BESIDE)]
        .iter()
        .any(|(dx, dy)| within(outline, x + dx, y + dy))
}

fn within(outline: &[[f64; 2]], x: f64, y: f64) -> bool {
    let mut inside = false;
    let mut before = outline[outline.len() - 1];
    for &corner in outline {
        let crosses = (corner[1] > y) != (before[1] > y);
        if crosses && x < (before[0] - corner[0]) * (y - corner[1]) / (before[1] - corner[1]) + corner[0] {
            inside = !inside;
        }
        before = corner;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(extent: [f64; 4]) -> (Vec<String>, bool) {
        let found = landings(extent.into(), &[]);
        (found.iter().map(|f| f.code.clone()).collect(), is_alone(&found))
    }

    #[test]
    fn coordinates_are_told_by_the_land_where_they_fall() {
        for (extent, code) in [
            ([650_000.0, 6_600_000.0, 650_010.0, 6_600_010.0], "EPSG:2154"),
            ([563_691.0, 6_449_513.0, 563_798.0, 6_449_600.0], "EPSG:2154"),
            ([1_846_389.0, 5_181_568.0, 1_846_439.0, 5_181_618.0], "EPSG:3946"),
            ([330_000.0, 7_650_000.0, 340_000.0, 7_660_000.0], "EPSG:2975"),
            ([520_000.0, 8_580_000.0, 521_000.0, 8_581_000.0], "EPSG:4471"),
            ([2.3, 48.8, 2.4, 48.9], "EPSG:4326"),
        ] {
            let (found, alone) = codes(extent);
            assert_eq!(found.first().map(String::as_str), Some(code), "{extent:?}: {found:?}");
            assert!(alone, "{extent:?}: {found:?}");
        }
    }

    #[test]
    fn what_could_be_two_places_is_left_to_the_person() {
        // Guadeloupe in UTM 20, or the Aude in Lambert II étendu
        let (found, alone) = codes([640_000.0, 1_780_000.0, 641_000.0, 1_781_000.0]);
        assert!(found.contains(&"EPSG:5490".to_owned()) && found.contains(&"EPSG:27572".to_owned()), "{found:?}");
        assert!(!alone);
        // California: degrees, but of nobody's land here
        assert!(!codes([-120.8, 38.3, -120.7, 38.5]).1);
    }
}
