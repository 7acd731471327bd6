//! The least sound inventory, to be changed by tests. Knows no file.
#![allow(dead_code, unreachable_pub, reason = "shared by tests that each use a part")]

use model::{Confidence, Crs, Extent, Faulty, Field, GeometryCount, Inventory, Kind, Layer, Scan, SourceFile};

pub fn lambert() -> Crs {
    Crs {
        code: Some("EPSG:2154".into()),
        twin: None,
        name: "RGF93 v1 / Lambert-93".into(),
        confidence: Confidence::Certain,
        candidates: Vec::new(),
        geographic: false,
        area_of_use: Extent::new(-9.86, 41.15, 10.38, 51.56),
        area_of_use_projected: Extent::new(-378_305.0, 6_005_281.0, 1_320_649.0, 7_235_612.0),
        wkt: None,
    }
}

pub fn point_layer(name: &str) -> Layer {
    let types = vec![GeometryCount { geometry: "Point".into(), features: 3 }];
    let extent = Extent::new(650_000.0, 6_860_000.0, 651_000.0, 6_861_000.0);
    Layer {
        name: name.into(),
        features: Some(3),
        geometry: "Point".into(),
        geometry_column: Some("geom".into()),
        fid_column: Some("fid".into()),
        crs: Some(lambert()),
        extent,
        extent_wgs84: Extent::new(2.31, 48.83, 2.33, 48.85),
        fields: vec![Field { name: "nom".into(), kind: "String".into(), width: None, nullable: None, unique: None }],
        encoding: None,
        scan: Some(Scan { read: 3, types, extent, ..Scan::default() }),
    }
}

pub fn inventory() -> Inventory {
    Inventory {
        path: "/data/communes.gpkg".into(),
        kind: Kind::Vector,
        driver: Some("GPKG".into()),
        bytes: 4096,
        files: vec![SourceFile { path: "/data/communes.gpkg".into(), bytes: 4096 }],
        layers: vec![point_layer("communes")],
        raster: None,
        raster_set: None,
        problem: None,
        warnings: Vec::new(),
    }
}

pub fn gpkg(change: impl FnOnce(&mut Inventory)) -> Inventory {
    let mut made = inventory();
    change(&mut made);
    made
}

pub fn layer(of: &mut Inventory) -> &mut Layer {
    &mut of.layers[0]
}

pub fn scan(of: &mut Inventory) -> &mut Scan {
    of.layers[0].scan.get_or_insert_with(Scan::default)
}

pub fn faulty(feature: i64) -> Faulty {
    Faulty {
        feature,
        reason: "Self-intersection".into(),
        point: Some([650_500.0, 6_860_500.0]),
        point_wgs84: Some([2.32, 48.84]),
        box_wgs84: Extent::new(2.31, 48.83, 2.33, 48.85),
    }
}
