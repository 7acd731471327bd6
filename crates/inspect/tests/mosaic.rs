//! A folder of tiles is one data set: read by the thousand, judged together.

#[path = "support/tiff.rs"]
mod tiff;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Code, Finding, Inventory, Level, Transparency};
use quai_inspect::worker::{Limits, Pool, WorkerCommand};
use quai_inspect::{Depth, Inspector, News};
use tiff::Tiff;
use tokio_util::sync::CancellationToken;
use validate::{Expectations, Language, validate};

fn inspector() -> Inspector {
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_quai-inspect-worker").into(), args: Vec::new() };
    Inspector::new(Arc::new(Pool::new(command, Limits::default())))
}

async fn inspect(path: &Path, depth: Depth) -> Vec<Inventory> {
    inspector().inspect(&[path.to_owned()], depth, &|_| {}, &CancellationToken::new()).await
}

const SIDE: u32 = 32;
const RESOLUTION: f64 = 0.5;

/// A tile of a grid, 16 metres wide, near Paris.
fn tile(column: u32, row: u32) -> Tiff {
    let step = f64::from(SIDE) * RESOLUTION;
    let corner = [650_000.0 + f64::from(column) * step, 6_860_000.0 - f64::from(row) * step];
    Tiff { width: SIDE, height: SIDE, bands: 3, corner, resolution: RESOLUTION, epsg: 2154 }
}

fn name(column: u32, row: u32) -> String {
    format!("tile_{column:03}_{row:03}.tif")
}

/// Grey enough to be no border.
fn grey(x: u32, y: u32, band: u16) -> u8 {
    u8::try_from(60 + (x * 7 + y * 3 + u32::from(band) * 11) % 120).unwrap_or(0)
}

fn write(folder: &Path, columns: u32, rows: u32, change: impl Fn(u32, u32, Tiff) -> Option<Tiff>) {
    for row in 0..rows {
        for column in 0..columns {
            if let Some(made) = change(column, row, tile(column, row)) {
                made.write(&folder.join(name(column, row)), grey).expect("a tile");
            }
        }
    }
}

fn judge(inventories: &[Inventory]) -> Vec<Finding> {
    validate(inventories, &Expectations { language: Language::En, ..Expectations::default() })
}

/// Codes and files of what is wrong, not of what is only told.
fn wrong(findings: &[Finding]) -> Vec<(Code, String)> {
    let file = |f: &Finding| f.place.file.as_deref().and_then(|p| p.rsplit('/').next()).unwrap_or("").to_owned();
    let mut all: Vec<(Code, String)> =
        findings.iter().filter(|f| f.level >= Level::Degrades).map(|f| (f.code, file(f))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn five_faults_among_five_thousand_tiles_are_found_in_one_run_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 100, 50, |column, row, tile| match (column, row) {
        (40, 20) => None,
        (60, 30) => Some(Tiff { width: SIDE + 16, ..tile }),
        (10, 10) => Some(Tiff { corner: [tile.corner[0] + RESOLUTION, tile.corner[1]], ..tile }),
        (20, 40) => Some(Tiff { epsg: 3947, ..tile }),
        (70, 25) => Some(Tiff { width: SIDE / 2, height: SIDE / 2, resolution: RESOLUTION * 2.0, ..tile }),
        _ => Some(tile),
    });
    let told = std::sync::atomic::AtomicU64::new(0);
    let hear = |news: News| {
        if let News::Read { features } = news {
            told.fetch_max(features, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let paths = [folder.path().to_owned()];
    let inventories = inspector().inspect(&paths, Depth::Scan, &hear, &CancellationToken::new()).await;
    assert_eq!(inventories.len(), 1, "one data set");
    let set = inventories[0].raster_set.as_ref().expect("a set of tiles");
    assert_eq!(set.tiles.len(), 4999);
    assert_eq!(told.into_inner(), 4999, "progress is told to the last tile");
    let whole = inventories[0].raster.as_ref().expect("what they make together");
    assert_eq!((whole.width, whole.height, whole.resolution), (3200, 1600, Some([0.5, 0.5])));
    let begun = std::time::Instant::now();
    let findings = judge(&inventories);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    let found = wrong(&findings);
    assert_eq!(
        found,
        [
            (Code::RasterOutsideCrsArea, name(20, 40)),
            (Code::MosaicGap, name(39, 20)),
            (Code::MosaicOverlap, name(61, 30)),
            (Code::MosaicShift, name(10, 10)),
            (Code::MosaicCrs, name(20, 40)),
            (Code::MosaicResolution, name(70, 25)),
        ]
    );
    let gap = findings.iter().find(|f| f.code == Code::MosaicGap).expect("the gap");
    let hole = gap.place.box_wgs84.expect("where it is");
    let beside = set.tiles.iter().find(|t| t.path == name(41, 20)).and_then(|t| t.extent_wgs84).expect("its neighbour");
    assert!((hole.maxx - beside.minx).abs() < 1e-5 && (hole.maxy - beside.maxy).abs() < 1e-5, "{hole:?} {beside:?}");
    let shift = findings.iter().find(|f| f.code == Code::MosaicShift).expect("the shift");
    assert!(shift.message.contains("shifted by 1 × 0 pixel"), "{}", shift.message);
}

#[tokio::test]
async fn statistics_transparency_and_values_are_told_by_a_scan_only() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 3, 2, |_, _, tile| Some(tile));
    let facts = inspect(folder.path(), Depth::Facts).await;
    let scan = inspect(folder.path(), Depth::Scan).await;
    let bands = |inventories: &[Inventory]| inventories[0].raster.clone().expect("an image").bands;
    assert!(bands(&facts).iter().all(|b| b.statistics.is_none()));
    let statistics = bands(&scan)[0].statistics.clone().expect("values");
    assert!(statistics.exact && statistics.pixels == 6 * 32 * 32, "{statistics:?}");
    assert!(statistics.min >= 60.0 && statistics.max < 180.0 && statistics.histogram.counts.len() == 256);
    assert_eq!(statistics.histogram.counts.iter().sum::<u64>(), statistics.pixels);
    assert_eq!(scan[0].raster_set.as_ref().map(|s| s.profiles[0].transparency), Some(Transparency::None));
    assert_eq!(wrong(&judge(&scan)), []);
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(names.len(), 6, "nothing is written beside the tiles: {names:?}");
}

#[tokio::test]
async fn half_pixels_duplicates_strips_and_black_borders_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 8, 8, |column, row, tile| match (column, row) {
        (2, 2) => Some(Tiff { corner: [tile.corner[0] + 0.25, tile.corner[1] - 0.25], ..tile }),
        (5, 5) => Some(Tiff { width: SIDE - 2, ..tile }),
        _ => Some(tile),
    });
    tile(6, 1).write(&folder.path().join("tile_006_999.tif"), grey).expect("a tile");
    tile(7, 7).write(&folder.path().join(name(7, 7)), |x, _, _| if x < 4 { 0 } else { 90 }).expect("a tile");
    let found = wrong(&judge(&inspect(folder.path(), Depth::Scan).await));
    assert_eq!(
        found,
        [
            (Code::RasterBlackBorder, name(7, 7)),
            (Code::MosaicGap, name(5, 5)),
            (Code::MosaicDuplicate, "tile_006_999.tif".to_owned()),
            (Code::MosaicSubpixelShift, name(2, 2)),
        ]
    );
}

#[tokio::test]
async fn tiles_that_cannot_be_read_are_each_told_of_and_cost_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 8, 8, |_, _, tile| Some(tile));
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/bad");
    for (from, to) in [
        ("crlf_geotiff/01-2021-0921-6565-LA93-0M50-E100.tiff", "damaged.tif"),
        ("tif_tronque/byte_truncated.tif", "short.tif"),
        ("tif_geant/huge-number-strips.tif", "giant.tif"),
        ("jp2_tronque/truncated.jp2", "none.jp2"),
    ] {
        std::fs::copy(bad.join(from), folder.path().join(to)).expect("a copy");
    }
    std::fs::write(folder.path().join("empty.tif"), b"").expect("a file");
    // a VRT under another name would lead its reader elsewhere
    std::fs::copy(bad.join("references_hors_fichier/ailleurs.vrt"), folder.path().join("sly.tif")).expect("a copy");
    for depth in [Depth::Facts, Depth::Scan] {
        let inventories = inspect(folder.path(), depth).await;
        assert_eq!(inventories.len(), 1);
        let files = ["damaged.tif", "empty.tif", "giant.tif", "none.jp2", "short.tif", "sly.tif"];
        let mut found = wrong(&judge(&inventories));
        found.retain(|(_, file)| files.contains(&file.as_str()));
        found.sort_by(|a, b| a.1.cmp(&b.1));
        let codes: Vec<(Code, &str)> = found.iter().map(|(code, file)| (*code, file.as_str())).collect();
        assert_eq!(
            codes,
            [
                (Code::RasterPixelsUnreadable, "damaged.tif"),
                (Code::FileEmpty, "empty.tif"),
                (Code::RasterAbsurdSize, "giant.tif"),
                (Code::Unreadable, "none.jp2"),
                (Code::RasterPixelsUnreadable, "short.tif"),
                (Code::Unreadable, "sly.tif"),
            ],
            "{depth:?}"
        );
    }
}

#[tokio::test]
async fn images_that_are_nothing_alike_stay_sources_of_their_own() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["mns/mns_0299_6802_LA93_IGN69_5m.tif", "ortho_cog/extrait_cog.tif"] {
        let from: PathBuf = samples.join(file);
        std::fs::copy(&from, folder.path().join(from.file_name().expect("a name"))).expect("a copy");
    }
    assert_eq!(inspect(folder.path(), Depth::Facts).await.len(), 2);
    let ortho = inspect(&samples.join("ortho"), Depth::Scan).await;
    assert_eq!(ortho.iter().map(|i| i.raster_set.as_ref().map(|s| s.tiles.len())).collect::<Vec<_>>(), [Some(2)]);
    assert_eq!(wrong(&judge(&ortho)), []);
}
