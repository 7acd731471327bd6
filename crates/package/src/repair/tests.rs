//! What findings offer and what is picked, as tables: no file is opened.

use geodata::{Measures, MeasuresWanted};
use model::{Code, Confidence, Crs, Field, Finding, GeometryCount, Level, Place, Scan};

use super::*;

fn layer(name: &str, types: &[(&str, u64)]) -> Layer {
    let scan = Scan {
        read: types.iter().map(|(_, n)| n).sum(),
        types: types.iter().map(|(g, n)| GeometryCount { geometry: (*g).to_owned(), features: *n }).collect(),
        ..Scan::default()
    };
    Layer {
        name: name.to_owned(),
        features: Some(scan.read),
        geometry: "Unknown".to_owned(),
        geometry_column: None,
        fid_column: None,
        crs: Some(Crs {
            code: Some("EPSG:2154".to_owned()),
            twin: None,
            name: "RGF93 v1 / Lambert-93".to_owned(),
            confidence: Confidence::Certain,
            candidates: Vec::new(),
            geographic: false,
            area_of_use: None,
            area_of_use_projected: None,
            wkt: None,
        }),
        extent: None,
        extent_wgs84: None,
        fields: ["Été", "ete", "id"]
            .map(|n| Field { name: n.to_owned(), kind: "String".to_owned(), width: None, nullable: None, unique: None })
            .into(),
        encoding: None,
        scan: Some(scan),
    }
}

fn inventory(layers: Vec<Layer>) -> Inventory {
    Inventory {
        path: "dossier/Données.gml".to_owned(),
        kind: Kind::Vector,
        driver: Some("GML".to_owned()),
        bytes: 10,
        files: Vec::new(),
        layers,
        raster: None,
        raster_set: None,
        problem: None,
        warnings: Vec::new(),
    }
}

fn finding(code: Code, layer: &str) -> Finding {
    let place =
        Place { file: Some("dossier/Données.gml".to_owned()), layer: Some(layer.to_owned()), ..Place::default() };
    let text = "{}";
    serde_json::from_value(json!({
        "code": code, "level": Level::Blocks, "place": place, "message": text, "sentences": null, "count": 1
    }))
    .expect("a finding")
}

fn safe() -> RepairChoices {
    RepairChoices { all_safe: true, srs: Some("EPSG:2154".to_owned()), ..RepairChoices::default() }
}

#[test]
fn names_that_would_collide_become_different_and_the_plan_says_so() {
    let all = [inventory(vec![layer("Parcelles", &[("Polygon", 3)])])];
    let repairs = offer(&all, &[finding(Code::FieldNameRefused, "Parcelles")], &AllMeasures::new(), &safe());
    let Change::Rename { renames, .. } = &repairs[0].options[0].change else { panic!("{repairs:?}") };
    assert_eq!(renames.iter().map(|r| (r.from.as_str(), r.to.as_str())).collect::<Vec<_>>(), [("Été", "ete_2")]);
    let plan = plan(&all, &repairs, &safe()).expect("a plan");
    assert_eq!(plan.layers[0].fields, ["ete_2", "ete", "id"]);
    assert_eq!(plan.layers[0].tables[0].table, "parcelles");
}

#[test]
fn points_and_surfaces_of_a_layer_become_two_tables() {
    let all = [inventory(vec![layer("relevé", &[("Point", 2), ("MultiPolygon", 3)])])];
    let repairs = offer(&all, &[finding(Code::GeometryMixed, "relevé")], &AllMeasures::new(), &safe());
    assert_eq!(repairs[0].picked.as_deref(), Some("split"));
    let made = plan(&all, &repairs, &safe()).expect("a plan");
    let tables: Vec<(&str, &str, u64)> =
        made.layers[0].tables.iter().map(|t| (t.table.as_str(), t.geometry.as_str(), t.features)).collect();
    assert_eq!(tables, [("releve_point", "MultiPoint", 2), ("releve_surface", "MultiPolygon", 3)]);
}

#[test]
fn a_quarter_of_the_geometries_gone_is_no_repair_to_do_unasked() {
    let mut damaged = layer("a", &[("Polygon", 8)]);
    if let Some(scan) = &mut damaged.scan {
        (scan.read, scan.null) = (16, 8);
    }
    let all = [inventory(vec![damaged])];
    let found = [finding(Code::GeometryNullOrEmpty, "a")];
    let repairs = offer(&all, &found, &AllMeasures::new(), &safe());
    assert_eq!(repairs[0].picked, None);
    assert_eq!(stays(&found, &repairs).len(), 1, "it stays, and says that a choice is wanted");
    let asked = RepairChoices { fix: vec!["GEOMETRY_NULL_OR_EMPTY=leave-out".to_owned()], ..safe() };
    let repairs = offer(&all, &found, &AllMeasures::new(), &asked);
    assert_eq!(repairs[0].picked.as_deref(), Some("leave-out"));
}

#[test]
fn a_crs_is_assumed_only_when_no_other_is_to_be_thought_of() {
    let mut lost = layer("a", &[("Point", 1)]);
    let lambert = [650_000.0, 6_600_000.0, 650_010.0, 6_600_010.0];
    (lost.extent, lost.crs) = (Some(lambert.into()), None);
    let all = [inventory(vec![lost])];
    let found = [finding(Code::CrsMissing, "a")];
    let asked = wanted(&all[0], &all[0].layers[0], &found, &RepairChoices::default());
    assert_eq!(asked, MeasuresWanted { places: Some(lambert.into()), ..MeasuresWanted::default() });
    let places = geodata::landings(lambert.into(), &[]);
    let key = ("dossier/Données.gml".to_owned(), "a".to_owned());
    let choices = RepairChoices { all_safe: true, ..RepairChoices::default() };
    for (alone, picked) in [(true, Some("assign:EPSG:2154")), (false, None)] {
        let measures =
            AllMeasures::from([(key.clone(), Measures { places: places.clone(), alone, ..Measures::default() })]);
        let repairs = offer(&all, &found, &measures, &choices);
        assert_eq!(repairs[0].picked.as_deref(), picked);
        assert_eq!(plan(&all, &repairs, &choices).is_ok(), alone, "without a CRS there is no copy");
        let named = RepairChoices { fix: vec!["CRS_MISSING=EPSG:2154".to_owned()], ..RepairChoices::default() };
        let repairs = offer(&all, &found, &measures, &named);
        assert_eq!(plan(&all, &repairs, &named).expect("a plan").layers[0].assign.as_deref(), Some("EPSG:2154"));
    }
}
