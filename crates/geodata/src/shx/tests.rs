//! One test of the whole, since a process has one folder for its indexes.

use std::ffi::OsString;

use super::*;
use crate::facts::open_vectors;

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    names
}

/// The fixture without `.shx`, under endings of any case.
fn source(folder: &Path, name: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/bad/shp_sans_shx");
    for (ending, theirs) in [("shp", "SHP"), ("dbf", "Dbf"), ("prj", "PRJ"), ("cpg", "cpg")] {
        let from = from.join(format!("870000_6618000.subset.postIA.{ending}"));
        std::fs::copy(from, folder.join(format!("{name}.{theirs}"))).expect("a copy");
    }
    folder.join(format!("{name}.SHP"))
}

#[test]
fn a_lost_index_is_made_again_once_elsewhere_and_only_where_that_was_allowed() {
    let (theirs, ours) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let main = source(theirs.path(), "Bâti.2022");
    let before = names(theirs.path());
    assert!(open_vectors(&main).0.is_err(), "nobody said where");

    remake_indexes_in(ours.path().to_owned());
    let facts = crate::read_facts(&main, std::slice::from_ref(&main));
    let layer = &facts.layers[0];
    assert_eq!((layer.name.as_str(), layer.features, layer.fields.len()), ("Bâti.2022", Some(40), 1), "{facts:?}");
    assert_eq!(layer.crs.as_ref().and_then(|crs| crs.code.as_deref()), Some("EPSG:2154"));
    let scan = crate::scan_layer(&main, "Bâti.2022", &|_| true, 2).expect("a scan");
    assert_eq!((scan.read, scan.null), (40, 0));
    assert_eq!(names(ours.path()).len(), 1, "made once");
    assert_eq!(names(theirs.path()), before);

    // a part that changes is another source
    std::fs::OpenOptions::new()
        .write(true)
        .open(theirs.path().join("Bâti.2022.Dbf"))
        .expect("a file")
        .set_len(500)
        .expect("cut");
    let _ = open_vectors(&main);
    assert_eq!(names(ours.path()), ["1"]);
    // an index that is back is the one that is read
    std::fs::write(theirs.path().join("Bâti.2022.ShX"), "").expect("a file");
    assert!(remade(&main).expect("an answer").is_none());

    // only what was allowed is made, in this thread too
    let other = source(theirs.path(), "other");
    assert!(Source::open(&other, &["ESRI Shapefile"], &[], VECTOR).0.is_err());
    let other = other.with_extension("shx");
    assert!(!other.exists() && !other.with_extension("SHX").exists());

    // a record whose length leads back to where it is: GDAL would write its index for ever
    let lies = source(theirs.path(), "lies");
    let mut bytes = std::fs::read(&lies).expect("the file");
    bytes[104..108].copy_from_slice(&0x7FFF_FFFC_u32.to_be_bytes());
    std::fs::write(&lies, bytes).expect("a file");
    let says = open_vectors(&lies).0.expect_err("a refusal").to_string();
    assert_eq!(says, "making the index of `lies.SHP` again: record 1 (byte 100) has an impossible length");
    // what is no shapefile is left to those who know it
    let false_name = theirs.path().join("points.shp");
    std::fs::write(&false_name, r#"{"type":"Point","coordinates":[2,48]}"#).expect("a file");
    assert!(remade(&false_name).expect("an answer").is_none());
    assert_eq!(names(ours.path()), ["1"], "what came to nothing left nothing");

    // of many, the last are kept
    for number in 0..MOST_KEPT + 3 {
        assert!(open_vectors(&source(theirs.path(), &format!("n{number}"))).0.is_ok());
    }
    assert_eq!(names(ours.path()).len(), MOST_KEPT);
}
