//! Each code about images and sets of tiles is raised by the least image that deserves it, and by no
//! other fault: the sound image and the sound set are told nothing against. Knows no file.

mod making;

use std::collections::BTreeSet;

use making::lambert;
use model::{
    BandStatistics, Borders, Code, Extent, Inventory, Kind, Level, Raster, RasterBand, RasterProfile, RasterSet,
    RasterTile, SourceFile, Transparency,
};
use quai_validate::{Expectations, validate};

fn band(kind: &str, color: &str) -> RasterBand {
    RasterBand { kind: kind.into(), color: color.into(), ..RasterBand::default() }
}

fn colours() -> Vec<RasterBand> {
    ["Red", "Green", "Blue"].map(|color| band("Byte", color)).into()
}

/// A kilometre of Paris at fifty centimetres, `column` kilometres further east.
fn extent(column: f64) -> Option<Extent> {
    let west = 650_000.0 + column * 1000.0;
    Extent::new(west, 6_860_000.0, west + 1000.0, 6_861_000.0)
}

fn image(change: impl FnOnce(&mut Raster, &mut Inventory)) -> Inventory {
    let mut raster = Raster {
        width: 2000,
        height: 2000,
        bands: colours(),
        crs: Some(lambert()),
        geotransform: Some([650_000.0, 0.5, 0.0, 6_861_000.0, 0.0, -0.5]),
        resolution: Some([0.5, 0.5]),
        extent: extent(0.0),
        extent_wgs84: Extent::new(2.31, 48.83, 2.33, 48.85),
        pixels_readable: Some(true),
        ..Raster::default()
    };
    let path = "/data/ortho.tif";
    let mut made = Inventory {
        path: path.into(),
        kind: Kind::Raster,
        driver: Some("GTiff".into()),
        bytes: 12_000_000,
        files: vec![SourceFile { path: path.into(), bytes: 12_000_000 }],
        layers: Vec::new(),
        raster: None,
        raster_set: None,
        problem: None,
        warnings: Vec::new(),
    };
    change(&mut raster, &mut made);
    made.raster = Some(raster);
    made
}

/// Three tiles in a row, the last made as it is told.
fn tiles(change: impl FnOnce(&mut Vec<RasterBand>)) -> Inventory {
    let made = |tiles, bands| RasterProfile {
        tiles,
        driver: "GTiff".into(),
        bands,
        crs: Some(lambert()),
        ..RasterProfile::default()
    };
    let mut other = colours();
    change(&mut other);
    let tile = |column: u32, profile| RasterTile {
        path: format!("{column}.tif"),
        bytes: 12_000_000,
        profile: Some(profile),
        width: 2000,
        height: 2000,
        resolution: Some([0.5, 0.5]),
        extent: extent(f64::from(column)),
        extent_wgs84: Extent::new(2.31, 48.83, 2.33, 48.85),
        pixels_readable: Some(true),
        ..RasterTile::default()
    };
    let mut set = image(|_, _| ());
    set.path = "/data/ortho".into();
    set.raster_set = Some(RasterSet {
        profiles: vec![made(2, colours()), made(1, other)],
        tiles: vec![tile(0, 0), tile(1, 0), tile(2, 1)],
    });
    set
}

fn codes(inventory: Inventory, expectations: &Expectations) -> BTreeSet<Code> {
    validate(&[inventory], expectations).into_iter().filter(|f| f.level != Level::Debug).map(|f| f.code).collect()
}

#[test]
fn a_sound_image_and_a_sound_set_are_told_nothing_against() {
    assert_eq!(codes(image(|_, _| ()), &Expectations::default()), BTreeSet::new());
    assert_eq!(codes(tiles(|_| ()), &Expectations::default()), BTreeSet::new());
}

#[test]
fn each_fault_of_an_image_has_its_code() {
    let bands = |kinds: &[&str]| kinds.iter().map(|kind| band(kind, "Undefined")).collect::<Vec<_>>();
    let measured = |min: f64| {
        let statistics = Some(BandStatistics { min, max: 80.0, ..BandStatistics::default() });
        vec![RasterBand { statistics, ..band("Float32", "Gray") }]
    };
    let table: Vec<(Code, Inventory)> = vec![
        (Code::RasterRotated, image(|r, _| r.geotransform = Some([650_000.0, 0.5, 0.1, 6_861_000.0, 0.1, -0.5]))),
        (Code::RasterFormatNotTaken, image(|_, i| i.driver = Some("PNG".into()))),
        (Code::RasterHuge, image(|r, _| (r.width, r.height) = (40_000, 40_000))),
        (Code::RasterWhiteBorder, image(|r, _| r.borders = Some(Borders { black: 0.0, white: 0.9 }))),
        (Code::RasterTooManyBands, image(|r, _| r.bands = bands(&["Byte"; 5]))),
        (Code::RasterTypeUnusual, image(|r, _| r.bands = bands(&["CFloat32"]))),
        (Code::RasterPalette, image(|r, _| r.bands = vec![band("Byte", "Palette")])),
        (Code::RasterSixteenBits, image(|r, _| r.bands = bands(&["UInt16"; 3]))),
        (Code::RasterFourBands, image(|r, _| r.bands = bands(&["Byte"; 4]))),
        (Code::RasterTransparent, image(|r, _| r.transparency = Transparency::Mask)),
        (Code::RasterMeasures, image(|r, _| r.bands = measured(12.0))),
        (Code::RasterNodataUndeclared, image(|r, _| r.bands = measured(-9999.0))),
    ];
    for (code, inventory) in table {
        let said = codes(inventory, &Expectations::default());
        assert!(said.contains(&code), "{code:?} is not among {said:?}");
    }
    // a value that is declared, and measures without a sentinel, are no hole in the ground
    assert!(
        !codes(image(|r, _| r.bands = measured(12.0)), &Expectations::default())
            .contains(&Code::RasterNodataUndeclared)
    );
    let declared = image(|r, _| {
        r.bands = measured(-9999.0);
        r.bands[0].nodata = Some(-9999.0);
    });
    assert!(!codes(declared, &Expectations::default()).contains(&Code::RasterNodataUndeclared));
}

#[test]
fn an_image_in_another_crs_than_the_one_declared_is_told() {
    let declared = |srs: &str| Expectations { declared_srs: Some(srs.into()), ..Expectations::default() };
    assert!(codes(image(|_, _| ()), &declared("EPSG:3946")).contains(&Code::RasterCrsDiffers));
    assert!(!codes(image(|_, _| ()), &declared("EPSG:2154")).contains(&Code::RasterCrsDiffers));
}

#[test]
fn a_tile_made_otherwise_than_its_neighbours_is_told_by_name() {
    let table: Vec<(Code, Inventory)> = vec![
        (Code::MosaicBands, tiles(|bands| bands.truncate(1))),
        (Code::MosaicType, tiles(|bands| bands.iter_mut().for_each(|b| b.kind = "UInt16".into()))),
        (Code::MosaicNodata, tiles(|bands| bands[0].nodata = Some(255.0))),
    ];
    for (code, inventory) in table {
        let findings = validate(&[inventory], &Expectations::default());
        let files: Vec<_> = findings.iter().filter(|f| f.code == code).map(|f| f.place.file.as_deref()).collect();
        assert_eq!(files, [Some("/data/ortho/2.tif")], "{code:?}");
    }
}
