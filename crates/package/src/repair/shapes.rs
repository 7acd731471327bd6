//! Geometries: valid, of one family, linear, there at all; flat and rounded when asked.

use model::{Change, Code, Layer, MakeValid, RepairChoices, RepairOption, Scan, SplitTable, conforming_name};

use super::{Asked, Offer, option};

pub(super) fn answer(asked: &Asked<'_>) -> Option<Offer> {
    let layer = asked.layer?;
    let scan = layer.scan.as_ref()?;
    match asked.code {
        Code::GeometryInvalid => Some(Offer::choice(valid(&asked.measures?.valid))),
        Code::GeometryMixed => Some(mixed(layer, scan)),
        Code::GeometryCurved => Some(Offer::always(option(
            "linearize",
            true,
            format!("Les arcs de {} entités deviennent des segments.", scan.curves),
            format!("The arcs of {} features become segments.", scan.curves),
            Change::Linearize { features: scan.curves },
        ))),
        _ => Some(Offer::choice(unplaced(layer, scan))),
    }
}

/// Both methods of GEOS, the one that keeps more surface first when they differ.
fn valid(measured: &[MakeValid]) -> Vec<RepairOption> {
    let area = |at: usize| measured.get(at).map_or(0.0, |m| m.area_after);
    let differ = (area(0) - area(1)).abs() > 0.001 * area(0).max(area(1));
    let mut options: Vec<RepairOption> = measured
        .iter()
        .filter(|m| m.features > 0)
        .map(|m| {
            let how = if m.method == "linework" {
                ["en gardant toutes les lignes", "keeping every line"]
            } else {
                ["en gardant toutes les surfaces", "keeping every surface"]
            };
            let apart = if m.collapsed > 0 {
                [
                    format!(" ; {} sans surface restante, mises à part", m.collapsed),
                    format!("; {} of which nothing is left, set apart", m.collapsed),
                ]
            } else {
                [String::new(), String::new()]
            };
            let change = format!("{} → {}", number(m.area_before), number(m.area_after));
            option(
                format!("make-valid:{}", m.method),
                m.collapsed == 0 && !differ,
                format!(
                    "Rendre valides {} géométries {} : surface {change}, sommets {} → {}{}.",
                    m.features, how[0], m.vertices_before, m.vertices_after, apart[0]
                ),
                format!(
                    "Make {} geometries valid {}: area {change}, vertices {} → {}{}.",
                    m.features, how[1], m.vertices_before, m.vertices_after, apart[1]
                ),
                Change::MakeValid(m.clone()),
            )
        })
        .collect();
    if differ && area(1) > area(0) {
        options.reverse();
    }
    options
}

fn number(area: f64) -> String {
    if area != 0.0 && area.abs() < 1.0 { format!("{area:.3e}") } else { format!("{area:.1}") }
}

/// `Polygon` and `MultiPolygon` become one type; points and surfaces two tables.
fn mixed(layer: &Layer, scan: &Scan) -> Offer {
    let plain = |kind: &str| kind.split(' ').next().unwrap_or_default().to_owned();
    let family = |kind: &str| {
        let kind = plain(kind);
        match kind.strip_prefix("Multi").unwrap_or(&kind) {
            "CircularString" | "CompoundCurve" | "Curve" => "LineString".to_owned(),
            "CurvePolygon" | "Surface" | "PolyhedralSurface" | "TIN" | "Triangle" => "Polygon".to_owned(),
            other => other.to_owned(),
        }
    };
    let count =
        |wanted: &str| scan.types.iter().filter(|t| family(&t.geometry) == wanted).map(|t| t.features).sum::<u64>();
    let mut families: Vec<String> = scan.types.iter().map(|t| family(&t.geometry)).collect();
    families.sort();
    families.dedup();
    if families.len() == 1 {
        let single = scan.types.iter().filter(|t| !t.geometry.starts_with("Multi")).map(|t| t.features).sum();
        let geometry = format!("Multi{}", families[0]);
        return Offer::always(option(
            "promote",
            true,
            format!("{single} géométries simples deviennent {geometry}, comme les autres."),
            format!("{single} single geometries become {geometry}, as the others are."),
            Change::Promote { geometry, features: Some(single) },
        ));
    }
    let tables: Vec<SplitTable> = [("Point", "point"), ("LineString", "ligne"), ("Polygon", "surface")]
        .into_iter()
        .filter(|(kind, _)| families.iter().any(|f| f == kind || f == "GeometryCollection"))
        .map(|(kind, ending)| SplitTable {
            table: conforming_name(&format!("{}_{ending}", layer.name)),
            geometry: format!("Multi{kind}"),
            features: count(kind),
        })
        .collect();
    let list: Vec<String> = tables.iter().map(|t| format!("{} ({})", t.table, t.features)).collect();
    let list = list.join(", ");
    Offer::choice(vec![option(
        "split",
        true,
        format!("Une table par famille de géométries : {list}."),
        format!("One table a family of geometries: {list}."),
        Change::Split { tables },
    )])
}

fn unplaced(layer: &Layer, scan: &Scan) -> Vec<RepairOption> {
    let features = scan.null + scan.empty;
    let table = conforming_name(&format!("{}_sans_geometrie", layer.name));
    // a quarter of the geometries gone is damage: the source is to be found again, not mended
    let damage = features * 4 >= scan.read;
    vec![
        option(
            "set-apart",
            !damage,
            format!("Ranger {features} lignes sans géométrie dans la table {table}."),
            format!("Put {features} rows without geometry into the table {table}."),
            Change::SetApart { table, features },
        ),
        option(
            "leave-out",
            false,
            format!("Laisser {features} lignes sans géométrie hors de la copie."),
            format!("Leave {features} rows without geometry out of the copy."),
            Change::LeaveOut { features },
        ),
    ]
}

/// What may be done without a finding.
pub(super) fn on_request(layer: &Layer, choices: &RepairChoices) -> Vec<(&'static str, Vec<RepairOption>)> {
    let Some(scan) = layer.scan.as_ref().filter(|_| layer.geometry != "None") else { return Vec::new() };
    let dimensions = layer.geometry.split_once(' ').map_or("", |(_, d)| d);
    let mut offers = Vec::new();
    if scan.has_z || dimensions.contains('Z') {
        let (fr, en) = ("Retirer les altitudes (Z) des géométries.", "Drop the heights (Z) of geometries.");
        offers.push(("DROP_Z", vec![option("drop-z", false, fr, en, Change::DropZ)]));
    }
    if scan.has_m || dimensions.contains('M') {
        let (fr, en) = ("Retirer les mesures (M) des géométries.", "Drop the measures (M) of geometries.");
        offers.push(("DROP_M", vec![option("drop-m", false, fr, en, Change::DropM)]));
    }
    if let Some(to) = choices.precision.filter(|p| *p > 0.0) {
        offers.push((
            "ROUND",
            vec![option(
                format!("round:{to}"),
                false,
                format!("Arrondir les coordonnées à {to}, dans l’unité du système de coordonnées."),
                format!("Round coordinates to {to}, in units of the CRS."),
                Change::Round { to },
            )],
        ));
    }
    offers
}
