//! Other real data, each with the services that suit it.

use harness::{Box, count_and_extent, last_line, lines, sample};

fn wfs_counts(sandbox: &Box, name: &str, tables: &[(&str, u64)]) {
    let wfs = format!("WFS:{}", sandbox.service("wfs"));
    for (table, count) in tables {
        assert_eq!(count_and_extent(&wfs, &format!("{name}:{table}")).0, *count, "{name}:{table}");
    }
}

#[test]
fn a_geopackage_of_several_layers_and_a_table_is_published_whole() {
    let sandbox = Box::default();
    let source = sample("multi/territoire_belfort.gpkg");
    let published = sandbox.publish(&source, "wfs,wms-vector,tms,download", "belfort", &[]);
    assert_eq!(published["offerings"].as_array().map(Vec::len), Some(4));
    let inspected = sandbox.quai(&["inspect", &source.display().to_string(), "--json"]).output().expect("quai runs");
    let line = last_line(&inspected);
    let layers = line["layers"].as_array().expect("layers").clone();
    assert_eq!(layers.len(), 5);
    for layer in layers.iter().filter(|l| l["geometry"] != "None") {
        let name = layer["name"].as_str().unwrap_or_default();
        wfs_counts(&sandbox, "belfort", &[(name, layer["features"].as_u64().unwrap_or(0))]);
    }
}

#[test]
fn ign_s_own_lambert_93_is_published_as_epsg_2154() {
    let sandbox = Box::default();
    let _ = sandbox.publish(&sample("departement/DEPARTEMENT.shp"), "wfs,wms-vector,tms,download", "departement", &[]);
    wfs_counts(&sandbox, "departement", &[("departement", 96)]);
    let stored = sandbox.list("stored_data?fields=name,srs,type");
    assert!(stored.iter().any(|s| s["type"] == "VECTOR-DB" && s["srs"] == "EPSG:2154"), "{stored:?}");
}

#[test]
fn geojson_flatgeobuf_and_a_folder_in_a_zip_are_published() {
    let sandbox = Box::default();
    let communes = sample("admin/communes-90-territoire-de-belfort.geojson");
    let _ = sandbox.publish(&communes, "wfs,wms-vector,tms,download", "communes", &[]);
    let _ = sandbox.publish(&sample("canton_autres/canton.fgb"), "wfs,wms-vector,download", "canton_fgb", &[]);
    let _ = sandbox.publish(&sample("canton_dossier_dans_zip.zip"), "wfs,wms-vector,download", "outre_mer", &[]);
    let (count, _) = count_and_extent(&communes.display().to_string(), "communes-90-territoire-de-belfort");
    wfs_counts(&sandbox, "communes", &[("communes_90_territoire_de_belfort", count)]);
    wfs_counts(&sandbox, "canton_fgb", &[("canton", 61)]);
    wfs_counts(&sandbox, "outre_mer", &[("canton", 59)]);
}

#[test]
fn a_template_of_empty_tables_is_refused_by_their_names() {
    let sandbox = Box::default();
    let source = sample("eau/eau_potable_gabarit.gpkg").display().to_string();
    let output = sandbox
        .quai(&["publish", &source, "--as", "wfs", "--name", "eau", "--yes", "--json"])
        .output()
        .expect("quai runs");
    assert_eq!(output.status.code(), Some(1));
    let said = lines(&output);
    let empty = said.iter().filter(|l| l["type"] == "finding" && l["code"] == "FEATURE_MISSING").count();
    assert_eq!(empty, 25);
    assert_eq!(sandbox.list("uploads"), Vec::<serde_json::Value>::new(), "nothing was sent");
}
