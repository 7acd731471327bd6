//! CRS and place. To state a CRS and to reproject are never the same repair: the first changes what
//! is said of the coordinates, the second the coordinates.

use geodata::CrsLanding;
use model::{Change, Code, Landing, RepairOption, common_srs};

use super::{Asked, Offer, option};

const MOST: usize = 8;

pub(super) fn answer(asked: &Asked<'_>) -> Option<Offer> {
    let options = match asked.code {
        Code::CrsMissing => assignments(asked, true),
        // what the file says is of no help, or is wrong
        Code::OutsideCrsArea => {
            let all_outside =
                asked.layer.and_then(|l| l.scan.as_ref()).is_some_and(|s| s.outside == s.read - s.null - s.empty);
            assignments(asked, all_outside)
        }
        Code::CrsUnidentified => unidentified(asked),
        Code::AxesSwapped => swapped(asked),
        Code::CrsSeveral => several(asked),
        Code::CrsDiffersFromDeclared => differs(asked),
        _ => Vec::new(),
    };
    Some(Offer::choice(options))
}

/// Where it falls, as the end of a sentence.
fn landing_words(landing: &Landing) -> [String; 2] {
    let e = landing.extent_wgs84;
    match &landing.place {
        Some([fr, en]) => [fr.clone(), en.clone()],
        None => [
            format!("vers {:.2}° E, {:.2}° N, hors de France", e.minx, e.miny),
            format!("about {:.2}° E, {:.2}° N, outside France", e.minx, e.miny),
        ],
    }
}

fn assign(code: &str, name: &str, lands: Option<Landing>, safe: bool) -> RepairOption {
    let [fr, en] = lands.as_ref().map_or([String::new(), String::new()], |l| {
        let [fr, en] = landing_words(l);
        [format!(" Les données tombent alors {fr}."), format!(" The data then fall {en}.")]
    });
    option(
        format!("assign:{code}"),
        safe,
        format!("Déclarer {code} ({name}), sans toucher aux coordonnées.{fr}"),
        format!("State {code} ({name}); coordinates stay as they are.{en}"),
        Change::Assign { srs: code.to_owned(), name: name.to_owned(), lands },
    )
}

fn assignments(asked: &Asked<'_>, sure: bool) -> Vec<RepairOption> {
    let Some(measures) = asked.measures else { return Vec::new() };
    let stated = asked.layer.and_then(|l| l.crs.as_ref()).and_then(|c| c.code.as_deref());
    let others: Vec<&CrsLanding> = measures.places.iter().filter(|p| Some(p.code.as_str()) != stated).collect();
    let alone = measures.alone && measures.places.first().map(|p| &p.code) == others.first().map(|p| &p.code);
    let named: Vec<String> = super::stated(asked.choices).collect();
    others
        .iter()
        .enumerate()
        .filter(|(at, p)| *at < MOST || named.contains(&p.code))
        .map(|(at, p)| assign(&p.code, &p.name, Some(p.landing.clone()), at == 0 && alone && sure))
        .collect()
}

/// A definition that has no code of its own: PROJ's nearest, then by where the coordinates fall.
fn unidentified(asked: &Asked<'_>) -> Vec<RepairOption> {
    let Some(crs) = asked.layer.and_then(|l| l.crs.as_ref()) else { return Vec::new() };
    let sure = crs.candidates.first().is_some_and(|c| c.percent >= 90)
        && crs.candidates.get(1).is_none_or(|second| second.percent < 90);
    let lands =
        |code: &str| asked.measures.and_then(|m| m.places.iter().find(|p| p.code == code)).map(|p| p.landing.clone());
    let mut options: Vec<RepairOption> = crs
        .candidates
        .iter()
        .filter(|c| c.code.starts_with("EPSG:"))
        .take(MOST)
        .enumerate()
        .map(|(at, c)| assign(&c.code, &format!("{}, {} %", c.name, c.percent), lands(&c.code), at == 0 && sure))
        .collect();
    for other in assignments(asked, false) {
        if !options.iter().any(|o| o.name == other.name) {
            options.push(other);
        }
    }
    options
}

fn swapped(asked: &Asked<'_>) -> Vec<RepairOption> {
    let lands = asked.measures.and_then(|m| m.swapped.clone());
    let [fr, en] = lands.as_ref().map_or([String::new(), String::new()], landing_words);
    let safe = lands.as_ref().is_some_and(|l| l.place.is_some());
    vec![option(
        "swap-axes",
        safe,
        format!("Échanger longitude et latitude : les données tombent alors {fr}."),
        format!("Swap longitude and latitude: the data then fall {en}."),
        Change::SwapAxes { lands },
    )]
}

fn reproject(from: &str, to: &str, safe: bool) -> RepairOption {
    option(
        format!("reproject:{to}"),
        safe,
        format!("Transformer les coordonnées de {from} vers {to} : les lieux ne changent pas."),
        format!("Transform coordinates from {from} to {to}: places stay the same."),
        Change::Reproject { from: from.to_owned(), to: to.to_owned() },
    )
}

fn several(asked: &Asked<'_>) -> Vec<RepairOption> {
    let mut codes: Vec<String> =
        asked.inventories.iter().flat_map(|i| &i.layers).filter_map(|l| l.crs.as_ref()?.code.clone()).collect();
    codes.sort();
    codes.dedup();
    let first = asked.choices.srs.clone().or_else(|| common_srs(asked.inventories));
    let from = |to: &str| codes.iter().filter(|c| *c != to).cloned().collect::<Vec<_>>().join(", ");
    let rest = codes.iter().filter(|c| Some(*c) != first.as_ref()).cloned();
    first.iter().cloned().chain(rest).enumerate().map(|(at, to)| reproject(&from(&to), &to, at == 0)).collect()
}

fn differs(asked: &Asked<'_>) -> Vec<RepairOption> {
    let (Some(to), Some(crs)) = (&asked.choices.srs, asked.layer.and_then(|l| l.crs.as_ref())) else {
        return Vec::new();
    };
    let from = crs.code.clone().unwrap_or_else(|| crs.name.clone());
    vec![reproject(&from, to, crs.code.is_some()), assign(to, to, None, false)]
}

/// Columns of a table that hold its place.
pub(super) fn answer_columns(asked: &Asked<'_>) -> Option<Offer> {
    let measures = asked.measures?;
    let mut options = Vec::new();
    for found in &measures.columns {
        let words = found.columns.join(", ");
        // the platform's own rule: `lon` and `lat` are degrees of WGS 84
        let degrees = found.columns.len() == 2 && found.columns[0].to_lowercase().starts_with("lon");
        for (at, place) in found.places.iter().take(3).enumerate() {
            let [fr, en] = landing_words(&place.landing);
            let safe = at == 0 && (found.alone || (degrees && place.code == "EPSG:4326"));
            options.push(option(
                format!("columns:{}@{}", found.columns.join(","), place.code),
                safe,
                format!("Lire la géométrie dans {words}, en {} : les données tombent {fr}.", place.code),
                format!("Read the geometry from {words}, in {}: the data fall {en}.", place.code),
                Change::FromColumns {
                    columns: found.columns.clone(),
                    srs: Some(place.code.clone()),
                    lands: Some(place.landing.clone()),
                },
            ));
        }
    }
    // degrees before metres, as inspecting has it
    options.sort_by_key(|o| !o.safe);
    Some(Offer::choice(options))
}
