//! What becomes of one layer in a package: the one place where names, CRS, geometry types and mends
//! are decided. Packaging alone mends nothing that repair was not asked for.

use std::collections::{BTreeMap, BTreeSet};

use geodata::mend::{FieldRecipe, Method, OutTable, ReadAs, Recipe, ShapeRecipe, Takes};
use model::{Layer, Rename, Retype, conforming_name, conforming_names};
use serde::{Deserialize, Serialize};

use crate::plan::{PlanLayer, PlanTable, code_of};

/// What is mended, by a source's path and a layer's name.
pub type AllMends = BTreeMap<(String, String), Mends>;

/// What is mended in one layer, beyond what every copy does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mends {
    /// The CRS that its coordinates are truly of, whatever the file says.
    pub assign: Option<String>,
    pub swap_axes: bool,
    pub make_valid: Option<Method>,
    pub unplaced: Unplaced,
    /// One table a family of geometries.
    pub split: bool,
    pub drop_z: bool,
    pub drop_m: bool,
    pub round: Option<f64>,
    /// What its texts are read in.
    pub encoding: Option<String>,
    /// Names wanted instead of those proposed.
    pub renames: Vec<Rename>,
    pub drop_fields: Vec<String>,
    pub retype: Vec<Retype>,
    /// Columns that hold its place: x and y, or WKT.
    pub columns: Vec<String>,
    pub leave_table_out: bool,
    pub renumber: bool,
}

/// What becomes of rows whose geometry is null, empty, or nothing once made valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unplaced {
    /// They stay, without geometry.
    #[default]
    Stay,
    /// They go to a table of their own, without geometry.
    Apart,
    LeftOut,
}

/// A table before its name is made to conform.
pub(crate) struct Shaped {
    pub(crate) name: String,
    geometry: String,
    takes: Takes,
    features: u64,
}

/// Whether the copy has geometry.
pub(crate) fn is_spatial(layer: &Layer, mends: &Mends) -> bool {
    layer.geometry != "None" || !mends.columns.is_empty()
}

/// The CRS that the coordinates are of: stated by the person, found in the file, or defined by it
/// without any code (as WKT).
pub(crate) fn true_crs(layer: &Layer, mends: &Mends) -> Option<String> {
    mends.assign.clone().or_else(|| code_of(layer.crs.as_ref()).map(str::to_owned))
}

/// The simple family that a kind belongs to: `Polygon` for `MultiSurface`.
fn family(kind: &str) -> &str {
    match kind.strip_prefix("Multi").unwrap_or(kind) {
        "CircularString" | "CompoundCurve" | "Curve" => "LineString",
        "CurvePolygon" | "Surface" | "PolyhedralSurface" | "TIN" | "Triangle" => "Polygon",
        other => other,
    }
}

fn is_multi(kind: &str) -> bool {
    kind.starts_with("Multi")
}

fn is_curved(kind: &str) -> bool {
    ["Curve", "Surface", "CircularString"].iter().any(|word| kind.contains(word)) && kind != "PolyhedralSurface"
}

/// How a layer's geometries are written.
struct Outcome {
    families: BTreeSet<String>,
    multi: bool,
    linear: bool,
    dimensions: &'static str,
}

fn outcome(layer: &Layer, mends: &Mends, driver: &str) -> Outcome {
    let (declared, suffix) = layer.geometry.split_once(' ').unwrap_or((layer.geometry.as_str(), ""));
    let found: BTreeSet<&str> =
        layer.scan.iter().flat_map(|s| &s.types).map(|t| t.geometry.split(' ').next().unwrap_or_default()).collect();
    // what was not read is as it is declared
    let kinds: BTreeSet<&str> = if found.is_empty() { [declared].into() } else { found };
    let families: BTreeSet<String> = kinds.iter().map(|k| family(k).to_owned()).collect();
    let linear = layer.scan.as_ref().is_some_and(|s| s.curves > 0) || is_curved(declared);
    let several = kinds.iter().map(|k| is_multi(k)).collect::<BTreeSet<bool>>().len() > 1;
    let made_multi = mends.make_valid.is_some() || mends.round.is_some();
    let single = families.len() == 1 && !families.contains("Unknown");
    let lone = kinds.iter().all(|k| family(k) == "Point");
    let multi = single && (several || (!lone && (made_multi || driver == "ESRI Shapefile")));
    let z = (suffix.contains('Z') || layer.scan.as_ref().is_some_and(|s| s.has_z)) && !mends.drop_z;
    let m = (suffix.contains('M') || layer.scan.as_ref().is_some_and(|s| s.has_m)) && !mends.drop_m;
    let dimensions = match (z, m) {
        (true, true) => " ZM",
        (true, false) => " Z",
        (false, true) => " M",
        (false, false) => "",
    };
    Outcome { families, multi: multi || (mends.split && !single), linear, dimensions }
}

/// The tables that a layer's rows go to.
pub(crate) fn tables(layer: &Layer, mends: &Mends, driver: &str) -> Vec<Shaped> {
    let read = layer.scan.as_ref().map_or(layer.features.unwrap_or(0), |s| s.read);
    let void = layer.scan.as_ref().map_or(0, |s| s.null + s.empty);
    if !is_spatial(layer, mends) {
        let geometry = "None".to_owned();
        return vec![Shaped { name: layer.name.clone(), geometry, takes: Takes::All, features: read }];
    }
    let out = outcome(layer, mends, driver);
    let apart = mends.unplaced == Unplaced::Apart;
    let placed = if mends.unplaced == Unplaced::Stay { Takes::All } else { Takes::Placed };
    let stay = if mends.unplaced == Unplaced::Stay { 0 } else { void };
    let mut made = Vec::new();
    if mends.split && out.families.len() > 1 {
        let counts = |wanted: &str| -> u64 {
            let types = layer.scan.iter().flat_map(|s| &s.types);
            types
                .filter(|t| family(t.geometry.split(' ').next().unwrap_or_default()) == wanted)
                .map(|t| t.features)
                .sum()
        };
        let collections = counts("GeometryCollection") > 0;
        for (wanted, ending, takes) in [
            ("Point", "point", Takes::Points),
            ("LineString", "ligne", Takes::Lines),
            ("Polygon", "surface", Takes::Surfaces),
        ] {
            if out.families.contains(wanted) || collections {
                made.push(Shaped {
                    name: format!("{}_{ending}", layer.name),
                    geometry: format!("Multi{wanted}{}", out.dimensions),
                    takes,
                    features: counts(wanted),
                });
            }
        }
    } else if layer.geometry == "None" {
        let geometry = if mends.columns.len() == 2 { "Point" } else { "Unknown" }.to_owned();
        made.push(Shaped { name: layer.name.clone(), geometry, takes: placed, features: read });
    } else {
        let family = match out.families.iter().next() {
            Some(only) if out.families.len() == 1 => only.as_str(),
            _ => "Unknown",
        };
        let declared = layer.geometry.split(' ').next().unwrap_or_default();
        // all that was read is of one multiple kind, or nothing was read and it is declared so
        let all_multi = layer
            .scan
            .as_ref()
            .filter(|s| !s.types.is_empty())
            .map_or_else(|| is_multi(declared), |s| s.types.iter().all(|t| is_multi(&t.geometry)));
        let multi = if (out.multi || all_multi) && family != "Unknown" && family != "GeometryCollection" {
            "Multi"
        } else {
            ""
        };
        let geometry = format!("{multi}{family}{}", out.dimensions);
        made.push(Shaped { name: layer.name.clone(), geometry, takes: placed, features: read.saturating_sub(stay) });
    }
    if apart {
        let name = format!("{}_sans_geometrie", layer.name);
        made.push(Shaped { name, geometry: "None".to_owned(), takes: Takes::Unplaced, features: void });
    }
    made
}

/// A layer's plan, its tables named already.
pub(crate) fn plan_layer(
    source: usize,
    layer: &Layer,
    tables: Vec<(String, Shaped)>,
    mends: &Mends,
    srs: &str,
    driver: &str,
) -> PlanLayer {
    let spatial = is_spatial(layer, mends);
    let code = true_crs(layer, mends);
    // a twin, or a definition recognised by its parameters, is stated under the code declared
    let named = mends.assign.is_none()
        && layer.crs.as_ref().is_some_and(|c| {
            c.twin.is_none()
                || c.wkt.as_ref().is_some_and(|w| {
                    let code = c.code.as_deref().unwrap_or("").trim_start_matches("EPSG:");
                    w.contains(&format!("ID[\"EPSG\",{code}]]"))
                })
        });
    let reproject = code.clone().filter(|c| spatial && *c != srs);
    let assign = (spatial && reproject.is_none() && !(code.as_deref() == Some(srs) && named)).then(|| srs.to_owned());
    let (recipes, renames, fields) = plan_fields(layer, mends);
    let out = outcome(layer, mends, driver);
    let taken = |name: &str| fields.iter().any(|f| f == name);
    let own = layer.fid_column.as_deref().map(conforming_name).filter(|n| !taken(n));
    let keep_ids = layer.fid_column.is_some() && !mends.renumber;
    let fid = own.or_else(|| ["fid", "ogc_fid", "quai_fid"].map(str::to_owned).into_iter().find(|n| !taken(n)));
    let geom = ["geom", "geometry", "the_geom"].into_iter().find(|n| !taken(n)).unwrap_or("_geom");
    let place = |name: &String| layer.fields.iter().position(|f| f.name == *name);
    let recipe = Recipe {
        layer: layer.name.clone(),
        tables: tables
            .iter()
            .map(|(table, s)| OutTable { table: table.clone(), geometry: s.geometry.clone(), takes: s.takes })
            .collect(),
        fields: recipes,
        fid_column: fid.unwrap_or_else(|| "_fid".to_owned()),
        geometry_column: geom.to_owned(),
        keep_ids,
        encoding: mends.encoding.clone().or_else(|| layer.encoding.as_ref()?.name.clone()).filter(|e| e != "utf-8"),
        raw_text: matches!(driver, "ESRI Shapefile" | "CSV"),
        shape: ShapeRecipe {
            srs: spatial.then(|| srs.to_owned()),
            from: reproject.clone(),
            swap_axes: mends.swap_axes,
            make_valid: mends.make_valid,
            linear: out.linear,
            multi: spatial && out.multi,
            drop_z: mends.drop_z,
            drop_m: mends.drop_m,
            round: mends.round,
            columns: mends.columns.iter().filter_map(place).collect(),
        },
    };
    PlanLayer {
        source,
        layer: layer.name.clone(),
        tables: tables
            .into_iter()
            .map(|(table, s)| PlanTable { table, geometry: s.geometry, features: s.features })
            .collect(),
        renames,
        fields,
        extent_wgs84: layer.extent_wgs84,
        assign,
        reproject,
        recipe,
    }
}

type Fields = (Vec<FieldRecipe>, Vec<Rename>, Vec<String>);

/// What becomes of the fields: recipes in the layer's order, the renames, the names that there will be.
fn plan_fields(layer: &Layer, mends: &Mends) -> Fields {
    // a column of WKT becomes the geometry; x and y stay, since people read them
    let shape = (mends.columns.len() == 1).then(|| mends.columns[0].clone());
    let dropped = |name: &str| shape.as_deref() == Some(name) || mends.drop_fields.iter().any(|d| d == name);
    let kept: Vec<&str> = layer.fields.iter().map(|f| f.name.as_str()).filter(|n| !dropped(n)).collect();
    let wanted: Vec<&str> = kept
        .iter()
        .map(|name| mends.renames.iter().find(|r| r.from == *name).map_or(*name, |r| r.to.as_str()))
        .collect();
    let made = conforming_names(&wanted);
    let renames = kept
        .iter()
        .zip(&made)
        .filter(|(from, to)| from != to)
        .map(|(from, to)| Rename { from: (*from).to_owned(), to: to.clone() })
        .collect();
    let mut names = made.iter();
    let recipes = layer
        .fields
        .iter()
        .map(|f| FieldRecipe {
            from: f.name.clone(),
            to: (!dropped(&f.name)).then(|| names.next().cloned()).flatten(),
            read_as: mends.retype.iter().find(|r| r.field == f.name).and_then(|r| ReadAs::named(&r.read_as)),
        })
        .collect();
    (recipes, renames, made)
}
