//! Bad data, mended and published: the sandbox takes every copy, and what it then serves is what the
//! source holds, told by GDAL's own programs on both sides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use harness::{Box, count_and_extent, gdal, last_line, root};
use serde_json::Value;

/// A repairable source, and its layers with their tables.
struct Mendable {
    source: &'static str,
    /// The choices that `--all-safe` leaves to a person, each list one repair's, as the plan names
    /// them: the first of each is taken here.
    asks: &'static [&'static [&'static str]],
    /// The layer, the tables of its rows, the fields to compare.
    layers: &'static [(&'static str, &'static [&'static str], &'static str)],
    /// How GDAL is told of the source's encoding.
    encoding: Option<&'static str>,
    /// Whether its rings are sound enough for an area to mean something before.
    area: bool,
}

const fn plain(
    source: &'static str,
    layers: &'static [(&'static str, &'static [&'static str], &'static str)],
) -> Mendable {
    Mendable { source, asks: &[], layers, encoding: None, area: true }
}

const PCT: &[(&str, &[&str], &str)] =
    &[("PRESCRIPTION_PCT", &["prescription_pct"], "LIBELLE,TXT,TYPEPSC,NOMFIC,URLFIC,INSEE,DATAPPRO,DATVALID")];

const ALL: &[Mendable] = &[
    plain("sans_prj/POINT.shp", &[("POINT", &["point"], "ID")]),
    Mendable { encoding: Some("ISO-8859-1"), ..plain("latin1_sans_cpg/PRESCRIPTION_PCT.shp", PCT) },
    Mendable { encoding: Some("ISO-8859-1"), ..plain("cpg_menteur/PRESCRIPTION_PCT.shp", PCT) },
    plain("prj_menteur/batiments.shp", &[("batiments", &["batiments"], "PRESENCE")]),
    plain(
        "lambert93_dans_geojson/tile_splitted_2818_32247.geojson",
        &[("tile_splitted_2818_32247", &["tile_splitted_2818_32247"], "layer")],
    ),
    plain("lat_lon_inverses/croquis_inverse.geojson", &[("croquis", &["croquis"], "")]),
    plain(
        "geometrie_invalide_tab/19182_SECTEUR_CC_20150517.TAB",
        &[("19182_SECTEUR_CC_20150517", &["_19182_secteur_cc_20150517"], "LIBELLE,LIBELONG,TYPESECT,IDURBA,DATVALID")],
    ),
    plain(
        "geometrie_invalide_gml/PRESCRIPTION_SURF.gml",
        &[("PRESCRIPTION_SURF", &["prescription_surf"], "gml_id,LIBELLE,TYPEPSC,INSEE,DATAPPRO,TXT,NOMFIC,URLFIC")],
    ),
    Mendable {
        asks: &[&["--fix CRS_MISSING=EPSG:4326"]],
        ..plain("geometrie_invalide_shp/issue_14385.shp", &[("issue_14385", &["issue_14385"], "id")])
    },
    Mendable {
        asks: &[
            &["--fix CRS_MISSING=EPSG:4326"],
            &["--fix GEOMETRY_INVALID=linework", "--fix GEOMETRY_INVALID=structure"],
        ],
        area: false,
        ..plain(
            "shp_polygones_faux/multipolygon_as_invalid_polygon.shp",
            &[("multipolygon_as_invalid_polygon", &["multipolygon_as_invalid_polygon"], "id")],
        )
    },
    Mendable {
        asks: &[&["--fix CRS_MISSING=EPSG:4326"]],
        ..plain(
            "shp_types_melanges/mixed_shape_type_non_conformant.shp",
            &[(
                "mixed_shape_type_non_conformant",
                &[
                    "mixed_shape_type_non_conformant_point",
                    "mixed_shape_type_non_conformant_ligne",
                    "mixed_shape_type_non_conformant_surface",
                ],
                "id",
            )],
        )
    },
    plain("shp_sans_dbf/batiments.shp", &[("batiments", &["batiments"], "")]),
    plain(
        "shp_sans_shx/870000_6618000.subset.postIA.shp",
        &[("870000_6618000.subset.postIA", &["_870000_6618000_subset_postia"], "PRESENCE")],
    ),
    plain("extension_fausse/croquis.shp", &[("croquis", &["croquis"], "")]),
    plain("zip_deux_jeux/deux_jeux.zip", &[("batiments", &["batiments"], "PRESENCE"), ("points", &["points"], "ID")]),
];

/// Rows of some fields, sorted: `ogr2ogr` wrote them.
fn rows(source: &str, encoding: Option<&str>, layer: &str, fields: &str) -> Vec<String> {
    let sql = format!("SELECT {fields} FROM \"{layer}\"");
    let mut arguments = vec!["-f", "CSV", "/vsistdout/", source, "-sql", &sql];
    let option = encoding.map(|e| format!("ENCODING={e}"));
    if let Some(option) = &option {
        arguments.extend(["-oo", option]);
    }
    let mut lines: Vec<String> = gdal("ogr2ogr", &arguments).lines().skip(1).map(|l| l.replace('"', "")).collect();
    lines.sort();
    lines
}

/// The sum of the areas of a layer, by GDAL's SQLite dialect.
fn area(source: &str, layer: &str) -> f64 {
    let sql = format!("SELECT sum(abs(st_area(geometry))) AS a FROM \"{layer}\"");
    let column = match source.rsplit('.').next() {
        Some("gpkg") => "geom",
        Some("gml") => "the_geom",
        _ => "geometry",
    };
    let sql = sql.replace("geometry", column);
    let text = gdal("ogrinfo", &["-q", source, "-dialect", "sqlite", "-sql", &sql]);
    text.lines().rev().find_map(|l| l.split(" = ").nth(1)).and_then(|n| n.trim().parse().ok()).unwrap_or(0.0)
}

fn invalid(copy: &str, table: &str) -> String {
    let sql = format!("SELECT count(*) AS n FROM \"{table}\" WHERE NOT st_isvalid(geom)");
    gdal("ogrinfo", &["-q", copy, "-sql", &sql])
}

#[test]
fn every_repairable_folder_is_mended_published_and_still_says_what_its_source_says() {
    let sandbox = Box::default();
    let mut faults = Vec::new();
    for (number, one) in ALL.iter().enumerate() {
        let path = root().join("tests/fixtures/bad").join(one.source);
        let out = sandbox.folder.path().join(format!("out-{number}"));
        let (source, into) = (path.display().to_string(), out.display().to_string());
        let more: Vec<&str> = one.asks.iter().flat_map(|options| options[0].split(' ')).collect();
        let asked = [&["repair", source.as_str(), "--all-safe", "--into", &into, "--json"][..], &more].concat();
        let output = sandbox.quai(&asked).output().expect("quai runs");
        let repaired = last_line(&output);
        if output.status.code() != Some(0) {
            faults.push(format!("{}: {repaired}", one.source));
            continue;
        }
        let copy = repaired["package"]["files"][0]["local"].as_str().expect("a file").to_owned();
        let reread = one.source.starts_with("shp_sans_shx").then(|| indexed(&path, sandbox.folder.path()));
        compare(one, reread.as_deref().unwrap_or(&path), &copy, &repaired, &mut faults);
        let name = format!("mended_{number}");
        let published = ["publish", into.as_str(), "--as", "wfs", "--name", &name, "--yes", "--json"];
        let output = sandbox.quai(&published).output().expect("quai runs");
        if output.status.code() != Some(0) {
            faults.push(format!("{}: not published: {}", one.source, last_line(&output)));
            continue;
        }
        let wfs = format!("WFS:{}", sandbox.service("wfs"));
        for table in one.layers.iter().flat_map(|(_, tables, _)| *tables) {
            // read one by one: a service's own count is another matter
            let said = gdal("ogrinfo", &["-q", &wfs, &format!("{name}:{table}")]);
            let served = said.lines().filter(|l| l.starts_with("OGRFeature(")).count() as u64;
            let written = count_and_extent(&copy, table).0;
            if served != written {
                faults.push(format!("{}: {served} of {written} rows of {table} are served", one.source));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// A copy of a shapefile whose index GDAL's program has made again: it writes it beside what it reads.
fn indexed(source: &Path, folder: &Path) -> PathBuf {
    for ending in ["shp", "dbf", "prj", "cpg"] {
        let from = source.with_extension(ending);
        std::fs::copy(&from, folder.join(from.file_name().expect("a name"))).expect("a copy");
    }
    let copy = folder.join(source.file_name().expect("a name"));
    let _ = gdal("ogrinfo", &["--config", "SHAPE_RESTORE_SHX", "YES", "-so", "-al", &copy.display().to_string()]);
    copy
}

fn compare(one: &Mendable, path: &Path, copy: &str, repaired: &Value, faults: &mut Vec<String>) {
    // where GDAL's programs find the source
    let reach = |layer: &str| match path.extension().is_some_and(|e| e == "zip") {
        true => format!("/vsizip/{}/{layer}.shp", path.display()),
        false => path.display().to_string(),
    };
    for (layer, tables, fields) in one.layers {
        let source = reach(layer);
        let (count, _) = count_and_extent(&source, layer);
        let written: u64 = tables.iter().map(|table| count_and_extent(copy, table).0).sum();
        if count != written {
            faults.push(format!("{}: {written} rows for {count}", one.source));
        }
        if !fields.is_empty() {
            let before = rows(&source, one.encoding, layer, fields);
            let mut after: Vec<String> =
                tables.iter().flat_map(|table| rows(copy, None, table, &fields.to_lowercase())).collect();
            after.sort();
            if before != after {
                faults.push(format!("{}: {before:?} became {after:?}", one.source));
            }
        }
        for table in *tables {
            let said = invalid(copy, table);
            if !said.contains("= 0") {
                faults.push(format!("{}: {table} has invalid geometries: {said}", one.source));
            }
        }
        if one.area {
            check_area(one.source, (&source, layer), (copy, tables), repaired, faults);
        }
    }
    let stays: BTreeMap<&str, &str> = repaired["stays"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|s| Some((s["finding"]["code"].as_str()?, s["finding"]["level"].as_str()?)))
        .collect();
    if stays.values().any(|level| *level == "blocks") {
        faults.push(format!("{}: {stays:?} stay", one.source));
    }
}

/// The area is the source's, and what making valid changed of it, as the plan said. A CRS that is
/// only stated changes no coordinate; what is reprojected is not compared.
fn check_area(name: &str, source: (&str, &str), copy: (&str, &[&str]), repaired: &Value, faults: &mut Vec<String>) {
    let repairs = repaired["record"]["repairs"].as_array().cloned().unwrap_or_default();
    if repairs.iter().any(|r| r["options"][0]["change"]["type"] == "reproject") {
        return;
    }
    let change = repairs.iter().find(|r| r["code"] == "GEOMETRY_INVALID").map(|r| r["options"][0]["change"].clone());
    let planned = change
        .map_or(0.0, |c| c["area_after"].as_f64().unwrap_or_default() - c["area_before"].as_f64().unwrap_or_default());
    let (before, after) = (area(source.0, source.1), copy.1.iter().map(|table| area(copy.0, table)).sum::<f64>());
    if (before + planned - after).abs() > 1e-6 * before.max(after) {
        faults.push(format!("{name}: an area of {before} and {planned} became {after}"));
    }
}

#[test]
fn what_all_safe_does_not_decide_is_asked_for_by_the_very_words_to_add() {
    let sandbox = Box::default();
    for one in ALL {
        let source = root().join("tests/fixtures/bad").join(one.source).display().to_string();
        let output = sandbox.quai(&["repair", &source, "--all-safe", "--plan", "--json"]).output().expect("quai runs");
        let plan = last_line(&output);
        let asks: Vec<Vec<&str>> = plan["stays"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|s| s["choose"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>())
            .filter(|flags| !flags.is_empty())
            .collect();
        assert_eq!(asks, one.asks, "{}", one.source);
        // without an answer nothing is written, and the refusal says what to add
        if let Some(first) = one.asks.first() {
            let into = sandbox.folder.path().join("undecided").display().to_string();
            let output = sandbox.quai(&["repair", &source, "--all-safe", "-o", &into, "--json"]).output();
            let refused = last_line(&output.expect("quai runs"));
            let hint = refused["failure"]["hint"][1].as_str().unwrap_or_else(|| panic!("{}: {refused}", one.source));
            assert_eq!(hint, format!("Say which is the true one, by adding {}.", first.join(" or ")));
            assert!(!Path::new(&into).join("vector").exists());
        }
    }
}

#[test]
fn accents_reach_the_service_whatever_the_source_says_of_its_encoding() {
    let sandbox = Box::default();
    let path = root().join("tests/fixtures/bad/cpg_menteur/PRESCRIPTION_PCT.shp").display().to_string();
    let into = sandbox.folder.path().join("out").display().to_string();
    let output = sandbox.quai(&["repair", &path, "--all-safe", "-o", &into]).output().expect("quai runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let _ = sandbox.publish(Path::new(&into), "wfs", "accents", &[]);
    let wfs = format!("WFS:{}", sandbox.service("wfs"));
    let said = gdal("ogrinfo", &["-q", &wfs, "accents:prescription_pct"]);
    assert!(said.contains("Bâtiment"), "{said}");
}
