//! What is offered for images, and what is written of them.

use model::{
    BandStatistics, Borders, Code, Extent, Finding, Histogram, Level, Place, Raster, RasterProfile, RasterSet,
    RasterTile, SourceFile,
};

use super::*;

fn band(kind: &str, color: &str) -> RasterBand {
    let counts = vec![1; 100];
    let histogram = Histogram { low: 1000.0, high: 5000.0, counts };
    let statistics =
        BandStatistics { min: 1000.0, max: 5000.0, mean: 3000.0, pixels: 100, empty: 0, exact: true, histogram };
    RasterBand { kind: kind.to_owned(), color: color.to_owned(), statistics: Some(statistics), ..RasterBand::default() }
}

fn set(profiles: Vec<RasterProfile>, tiles: Vec<RasterTile>) -> Inventory {
    let files = tiles.iter().map(|t| SourceFile { path: format!("/d/{}", t.path), bytes: t.bytes }).collect();
    Inventory {
        path: "/d".to_owned(),
        kind: Kind::Raster,
        driver: Some("GTiff".to_owned()),
        bytes: 0,
        files,
        layers: Vec::new(),
        raster: Some(Raster { bands: profiles[0].bands.clone(), ..Raster::default() }),
        raster_set: Some(RasterSet { profiles, tiles }),
        problem: None,
        warnings: Vec::new(),
    }
}

fn tile(name: &str, borders: Option<Borders>) -> RasterTile {
    RasterTile {
        path: name.to_owned(),
        bytes: 10,
        profile: Some(0),
        width: 100,
        height: 100,
        extent: Extent::new(0.0, 0.0, 1.0, 1.0),
        borders,
        ..RasterTile::default()
    }
}

fn finding(code: Code, file: &str) -> Finding {
    let place = Place { file: Some(file.to_owned()), ..Place::default() };
    Finding {
        code,
        level: Level::Degrades,
        place,
        message: String::new(),
        sentences: None,
        count: 1,
        spots: Vec::new(),
    }
}

#[test]
fn sixteen_bits_are_stretched_alike_over_all_the_tiles() {
    let bands =
        vec![band("UInt16", "Red"), band("UInt16", "Green"), band("UInt16", "Blue"), band("UInt16", "Undefined")];
    let profile = RasterProfile { driver: "GTiff".to_owned(), bands, ..RasterProfile::default() };
    let source = set(vec![profile], vec![tile("a.tif", None), tile("b.tif", None)]);
    let found = [finding(Code::RasterSixteenBits, "/d/a.tif"), finding(Code::RasterFourBands, "/d/a.tif")];
    let offered = offers(std::slice::from_ref(&source), &found, None);
    let names = |at: usize| offered[at].3.iter().map(|o| o.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(0), ["stretch:percent", "stretch:minmax", "stretch:full"]);
    assert_eq!(names(1), ["keep:colour", "keep:infrared"]);
    let picks: Vec<ImagePick> = [(0, 0), (1, 1)]
        .map(|(at, option)| ImagePick {
            file: "/d".to_owned(),
            code: offered[at].1,
            change: change_of(&offered[at].3[option]).expect("a change").clone(),
        })
        .into();
    let plans = plan_images(&[source], &picks);
    let mends: Vec<&ImageMend> = plans.iter().filter_map(|p| p.mend.as_ref()).collect();
    assert_eq!(mends.len(), 2);
    assert_eq!(mends[0], mends[1]);
    assert_eq!(mends[0].bands, [4, 1, 2]);
    assert_eq!(mends[0].to_bytes, vec![[1080.0, 4920.0]; 3]);
    assert_eq!(mends[0].format, ImageFormat::Tiff);
}

#[test]
fn only_the_tiles_that_are_wrong_are_written_again() {
    let bands = vec![band("Byte", "Red"), band("Byte", "Green"), band("Byte", "Blue")];
    let profile = RasterProfile {
        driver: "GTiff".to_owned(),
        bands,
        compression: Some("JPEG".to_owned()),
        ..RasterProfile::default()
    };
    let framed = Some(Borders { black: 1.0, white: 0.0 });
    let source = set(vec![profile], vec![tile("a/1.tif", None), tile("b/1.tif", framed), tile("b/2.tif", None)]);
    let found = [finding(Code::RasterBlackBorder, "/d/b/1.tif"), finding(Code::MosaicGap, "/d/b/2.tif")];
    let offered = offers(std::slice::from_ref(&source), &found, None);
    assert_eq!(offered.len(), 1, "a gap cannot be mended");
    let pick = ImagePick {
        file: "/d".to_owned(),
        code: offered[0].1,
        change: change_of(&offered[0].3[0]).expect("a change").clone(),
    };
    let plans = plan_images(&[source], &[pick]);
    let told: Vec<(&str, Option<Frame>)> =
        plans.iter().map(|p| (p.stem.as_str(), p.mend.as_ref().and_then(|m| m.frame))).collect();
    assert_eq!(told, [("1", None), ("1_2", Some(Frame { white: false, near: 12 })), ("2", None)]);
}
