//! What other clients of the platform were seen to do wrong on the way, held off here: a file cut
//! short and taken, signatures left over, a workspace emptied for one more service.

use std::collections::BTreeSet;

use harness::{Box, count_and_extent, sample};

fn served(sandbox: &Box, name: &str, table: &str) -> u64 {
    count_and_extent(&format!("WFS:{}", sandbox.service("wfs")), &format!("{name}:{table}")).0
}

#[test]
fn a_file_cut_on_its_way_is_never_published_short() {
    // the platform keeps the half that it got, as it was seen to do
    let sandbox = Box::new(&["cut_file_after=200000", "partial_files=true"]);
    let _ = sandbox.publish(&sample("canton/CANTON.shp"), "wfs", "canton", &[]);
    assert_eq!(served(&sandbox, "canton", "canton"), 61);
    let cut: Vec<u64> = sandbox
        .requests()
        .iter()
        .filter(|r| r["uri"].as_str().is_some_and(|u| u.contains("/data?path=")) && r["method"] == "POST")
        .filter_map(|r| r["status"].as_u64())
        .collect();
    assert!(cut.iter().filter(|s| **s < 300).count() >= 1, "{cut:?}");
}

#[test]
fn signatures_left_over_beside_the_data_are_not_believed() {
    let sandbox = Box::default();
    let folder = sandbox.folder.path().join("livraison/2026/lot 1");
    std::fs::create_dir_all(&folder).expect("folders");
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        let from = sample("canton/CANTON").with_extension(ending);
        std::fs::copy(from, folder.join(format!("CANTON.{ending}"))).expect("a copy");
    }
    // made before the data changed, of a file in another folder
    let stale = "d41d8cd98f00b204e9800998ecf8427e  data/CANTON.shp\n";
    std::fs::write(folder.join("CANTON.md5"), stale).expect("a file");
    let _ = sandbox.publish(&sandbox.folder.path().join("livraison"), "wfs,download", "canton", &[]);
    assert_eq!(served(&sandbox, "canton", "canton"), 61);
}

#[test]
fn one_more_publication_leaves_the_others_as_they_are() {
    let sandbox = Box::default();
    let _ = sandbox.publish(&sample("canton/CANTON.shp"), "wfs", "canton", &[]);
    let names = || -> BTreeSet<String> {
        let all = sandbox.list("offerings?fields=layer_name,status");
        all.iter().filter_map(|o| o["layer_name"].as_str().map(str::to_owned)).collect()
    };
    let before = names();
    let _ = sandbox.publish(&sample("kml/croquis.geojson"), "wfs", "croquis", &[]);
    assert!(names().is_superset(&before) && names().len() > before.len(), "{:?}", names());
    assert_eq!(served(&sandbox, "canton", "canton"), 61);
    let deleted = sandbox
        .requests()
        .iter()
        .filter(|r| r["method"] == "DELETE")
        .filter(|r| r["uri"].as_str().is_some_and(|u| u.contains("/offerings/") || u.contains("/configurations/")))
        .count();
    assert_eq!(deleted, 0, "nothing published was taken away on the way");
}
