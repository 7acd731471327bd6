//! What a spatial reference is called: PROJ's identification, with its confidence, and the twin
//! codes of IGN and EPSG. Never the first AUTHORITY met in a `.prj`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use model::{Confidence, Crs, CrsCandidate, Extent};
use serde::Deserialize;

use crate::raw::{Reference, Transform};

#[derive(Deserialize)]
struct Table {
    twins: BTreeMap<String, String>,
    french: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("twins.json")).unwrap_or(Table { twins: BTreeMap::new(), french: Vec::new() })
});

/// The EPSG code of an IGNF one, as `EPSG:2154` for `IGNF:LAMB93`.
#[must_use]
pub fn epsg_twin(ignf: &str) -> Option<&'static str> {
    TABLE.twins.get(ignf).map(String::as_str)
}

/// The first IGNF code of an EPSG one.
#[must_use]
pub fn ignf_twin(epsg: &str) -> Option<&'static str> {
    TABLE.twins.iter().find(|(_, e)| e.as_str() == epsg).map(|(i, _)| i.as_str())
}

/// Describes a code that PROJ knows, as `EPSG:2154`; nothing when it knows none.
#[must_use]
pub fn describe_crs(code: &str) -> Option<Crs> {
    Reference::named(code).map(|reference| identify(&reference))
}

/// What was identified so far, by WKT: PROJ looks through its whole database each time, and the
/// files of a delivery mostly share one reference.
static KNOWN: Mutex<BTreeMap<String, Crs>> = Mutex::new(BTreeMap::new());
const MOST_KNOWN: usize = 256;

/// Names a reference.
pub(crate) fn identify(reference: &Reference) -> Crs {
    let Some(wkt) = reference.wkt() else { return look_up(reference) };
    if let Some(crs) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&wkt) {
        return crs.clone();
    }
    let crs = look_up(reference);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() < MOST_KNOWN {
        known.insert(wkt, crs.clone());
    }
    crs
}

fn look_up(reference: &Reference) -> Crs {
    let (code, twin, confidence, candidates) = name(reference);
    let known = code.as_deref().and_then(Reference::named);
    let area = known.as_ref().unwrap_or(reference).area_of_use();
    let projected = area.and_then(|area| project(area, reference));
    Crs {
        name: match &known {
            Some(known) => known.name(),
            None => reference.name(),
        },
        code,
        twin,
        confidence,
        candidates,
        geographic: reference.is_geographic(),
        area_of_use: area,
        area_of_use_projected: projected,
        wkt: reference.wkt(),
    }
}

fn project(area: Extent, into: &Reference) -> Option<Extent> {
    if into.is_geographic() {
        return Some(area);
    }
    let wgs84 = Reference::named("EPSG:4326")?;
    Transform::new(&wgs84, into)?.extent(area)
}

type Named = (Option<String>, Option<String>, Confidence, Vec<CrsCandidate>);

fn name(reference: &Reference) -> Named {
    if let Some(code) = reference.authority()
        && let Some(found) = settle(&code, Confidence::Certain)
    {
        return found;
    }
    let matches = reference.matches();
    let candidates: Vec<CrsCandidate> = matches
        .iter()
        .filter_map(|(r, percent)| r.authority().map(|code| CrsCandidate { code, name: r.name(), percent: *percent }))
        .take(8)
        .collect();
    for wanted in ["EPSG:", "IGNF:"] {
        if let Some(best) = candidates.iter().find(|c| c.percent >= 90 && c.code.starts_with(wanted)) {
            let confidence = if best.percent == 100 { Confidence::Certain } else { Confidence::Likely };
            if let Some((code, twin, confidence, _)) = settle(&best.code, confidence) {
                return (code, twin, confidence, candidates);
            }
        }
    }
    // the same parameters under no name at all, as MapInfo and old `.prj` files have them
    let same = reference.proj4().map(|p| parameters(&p)).and_then(|ours| {
        TABLE.french.iter().find(|code| {
            Reference::named(code)
                .and_then(|r| r.proj4())
                .is_some_and(|theirs| same_parameters(&ours, &parameters(&theirs)))
        })
    });
    match same.and_then(|code| settle(code, Confidence::Likely)) {
        Some((code, twin, confidence, _)) => (code, twin, confidence, candidates),
        None => (None, None, Confidence::Unknown, candidates),
    }
}

fn settle(code: &str, confidence: Confidence) -> Option<Named> {
    if code.starts_with("IGNF:") {
        return match epsg_twin(code) {
            Some(epsg) => Some((Some(epsg.to_owned()), Some(code.to_owned()), confidence, Vec::new())),
            None => Some((Some(code.to_owned()), None, confidence, Vec::new())),
        };
    }
    if code == "OGC:CRS84" {
        return Some((Some("EPSG:4326".to_owned()), Some(code.to_owned()), confidence, Vec::new()));
    }
    let twin = ignf_twin(code).map(str::to_owned);
    code.starts_with("EPSG:").then(|| (Some(code.to_owned()), twin, confidence, Vec::new()))
}

/// PROJ's parameters by name; datums become ellipsoids, since RGF93 and WGS 84 agree to a metre.
fn parameters(proj4: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = proj4
        .split_whitespace()
        .filter_map(|word| word.strip_prefix('+'))
        .map(|word| word.split_once('=').unwrap_or((word, "")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    match found.remove("datum").as_deref() {
        Some("WGS84") => drop(found.insert("ellps".into(), "GRS80".into())),
        Some("NAD83") => drop(found.insert("ellps".into(), "GRS80".into())),
        _ => {}
    }
    if found.get("ellps").is_some_and(|e| e == "WGS84") {
        found.insert("ellps".into(), "GRS80".into());
    }
    for ignored in ["towgs84", "nadgrids", "no_defs", "type", "wktext", "units", "vunits", "geoidgrids"] {
        found.remove(ignored);
    }
    // a cone is the same whichever of its two parallels is named first
    if let (Some(a), Some(b)) = (found.get("lat_1").cloned(), found.get("lat_2").cloned())
        && a < b
    {
        found.insert("lat_1".into(), b);
        found.insert("lat_2".into(), a);
    }
    found
}

fn same_parameters(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> bool {
    a.len() == b.len()
        && a.iter().all(|(key, left)| {
            b.get(key).is_some_and(|right| match (left.parse::<f64>(), right.parse::<f64>()) {
                (Ok(x), Ok(y)) => (x - y).abs() < 1e-7_f64.max(1e-10 * x.abs()),
                _ => left == right,
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ign_and_epsg_codes_are_twins() {
        let crs = describe_crs("IGNF:LAMB93").expect("PROJ knows IGN's Lambert-93");
        assert_eq!(crs.code.as_deref(), Some("EPSG:2154"));
        assert_eq!(crs.twin.as_deref(), Some("IGNF:LAMB93"));
        assert_eq!(ignf_twin("EPSG:3946"), Some("IGNF:RGF93CC46"));
    }

    #[test]
    fn every_pair_of_twins_is_the_same_system_for_proj() {
        let of = |code: &str| Reference::named(code).and_then(|r| r.proj4()).map(|p| parameters(&p));
        let strangers: Vec<_> = TABLE
            .twins
            .iter()
            .filter(|(ignf, epsg)| !of(ignf).zip(of(epsg)).is_some_and(|(a, b)| same_parameters(&a, &b)))
            .collect();
        assert_eq!(strangers, Vec::<(&String, &String)>::new());
        assert!(TABLE.twins.len() > 40);
    }

    #[test]
    fn a_nameless_lambert_93_is_recognised_by_its_parameters() {
        let nameless = Reference::named(
            "+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=44 +lat_2=49 +x_0=700000 +y_0=6600000 +ellps=GRS80 +units=m",
        )
        .expect("a PROJ string");
        let crs = identify(&nameless);
        assert_eq!(crs.code.as_deref(), Some("EPSG:2154"));
        assert_ne!(crs.confidence, Confidence::Unknown);
    }

    #[test]
    fn what_nobody_named_stays_unknown() {
        let odd = Reference::named("+proj=lcc +lat_0=12.5 +lon_0=3 +lat_1=14 +lat_2=19 +x_0=1 +y_0=2 +ellps=intl")
            .expect("a PROJ string");
        let crs = identify(&odd);
        assert_eq!(crs.code, None);
        assert_eq!(crs.confidence, Confidence::Unknown);
    }
}
