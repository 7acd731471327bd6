//! What an image tells, from its header and some of its blocks. An image is opened once, and never
//! read whole.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use model::{Code, Crs, Extent, PlacedBy, Problem, Raster, RasterBand, Transparency};

use crate::raw::{CList, Reference, Source, Transform, text};
use crate::{Said, facts, formats, pixels};

/// How much of the pixels is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing.
    Header,
    /// The first block and the last, of the first band.
    Ends,
    /// Blocks spread over the image, of the first band.
    Blocks,
    /// Windows spread over the image and along its sides, of every band: values, borders.
    Values,
}

/// Opens an image and closes it when dropped. Where `files` are known to be all that belongs to it,
/// GDAL looks for no other beside it.
pub(crate) fn open(main: &Path, drivers: &[&str], files: Option<&[PathBuf]>) -> (crate::Result<Source>, Vec<Said>) {
    let names = |files: &[PathBuf]| -> Vec<String> {
        files.iter().filter_map(|f| f.file_name()).map(|n| n.to_string_lossy().into_owned()).collect()
    };
    let beside = files.map(|files| CList::new(&names(files)));
    Source::open_among(main, drivers, &[], crate::raw::RASTER, beside.as_ref())
}

/// What GDAL said while opening, as problems.
pub(crate) fn complaints(heard: &[Said]) -> Vec<Problem> {
    heard
        .iter()
        .filter(|s| !s.text.contains("not recognized"))
        .take(5)
        .map(|s| facts::problem(Code::ReaderWarned, s.text.chars().take(500).collect::<String>()))
        .collect()
}

/// The facts of an open image; nothing when it has no band. `files` are those of its source.
pub(crate) fn describe(source: &Source, files: &[PathBuf], look: Look) -> Option<Raster> {
    let dataset = source.handle();
    // SAFETY: the dataset is open for the whole block; bands are owned by it.
    unsafe {
        let width = u64::try_from(gdal_sys::GDALGetRasterXSize(dataset)).unwrap_or(0);
        let height = u64::try_from(gdal_sys::GDALGetRasterYSize(dataset)).unwrap_or(0);
        let count = gdal_sys::GDALGetRasterCount(dataset);
        if count == 0 {
            return None;
        }
        let mut transform = [0.0; 6];
        let georeferenced = gdal_sys::GDALGetGeoTransform(dataset, transform.as_mut_ptr()) == gdal_sys::CPLErr::CE_None;
        let first = gdal_sys::GDALGetRasterBand(dataset, 1);
        let (mut bw, mut bh) = (0, 0);
        gdal_sys::GDALGetBlockSize(first, &raw mut bw, &raw mut bh);
        let extent = georeferenced.then(|| corners(&transform, width, height)).flatten();
        let reference = Reference::copy(gdal_sys::GDALGetSpatialRef(dataset));
        let (crs, extent_wgs84) = place(reference.as_ref(), extent);
        let mut raster = Raster {
            width,
            height,
            bands: (1..=count.min(64)).map(|i| describe_band(gdal_sys::GDALGetRasterBand(dataset, i))).collect(),
            crs,
            geotransform: georeferenced.then_some(transform),
            resolution: georeferenced.then(|| [transform[1].hypot(transform[4]), transform[5].hypot(transform[2])]),
            extent,
            extent_wgs84,
            compression: source.metadata("COMPRESSION", "IMAGE_STRUCTURE"),
            block: u32::try_from(bw).ok().zip(u32::try_from(bh).ok()).map(|(w, h)| [w, h]),
            overviews: u32::try_from(gdal_sys::GDALGetOverviewCount(first)).unwrap_or(0),
            layout: source.metadata("LAYOUT", "IMAGE_STRUCTURE"),
            pixels_readable: None,
            transparency: transparency(first),
            placed_by: georeferenced.then(|| placed_by(source, files)),
            borders: None,
        };
        pixels::read(source, &mut raster, look);
        Some(raster)
    }
}

/// # Safety
/// The band's dataset must be open.
unsafe fn describe_band(band: gdal_sys::GDALRasterBandH) -> RasterBand {
    // SAFETY: the caller's; strings belong to GDAL and are copied at once.
    unsafe {
        let mut has = 0;
        let nodata = gdal_sys::GDALGetRasterNoDataValue(band, &raw mut has);
        let (key, domain) = (crate::raw::c_string("NBITS"), crate::raw::c_string("IMAGE_STRUCTURE"));
        let bits = text(gdal_sys::GDALGetMetadataItem(band, key.as_ptr(), domain.as_ptr()));
        RasterBand {
            kind: text(gdal_sys::GDALGetDataTypeName(gdal_sys::GDALGetRasterDataType(band))),
            color: text(gdal_sys::GDALGetColorInterpretationName(gdal_sys::GDALGetRasterColorInterpretation(band))),
            nodata: (has != 0).then_some(nodata).filter(|n| n.is_finite()),
            bits: bits.parse().ok(),
            statistics: None,
        }
    }
}

/// # Safety
/// The band's dataset must be open.
unsafe fn transparency(band: gdal_sys::GDALRasterBandH) -> Transparency {
    // SAFETY: the caller's.
    match unsafe { gdal_sys::GDALGetMaskFlags(band) } {
        flags if flags & 0x04 != 0 => Transparency::Alpha,
        flags if flags & 0x02 != 0 => Transparency::Mask,
        flags if flags & 0x08 != 0 => Transparency::Nodata,
        _ => Transparency::None,
    }
}

/// GDAL lists the world file among a data set's files only when it took the place from it.
fn placed_by(source: &Source, files: &[PathBuf]) -> PlacedBy {
    let world = |ending: String| {
        ["tfw", "tifw", "tiffw", "wld", "jgw", "jpgw", "pgw", "pngw", "j2w"].contains(&ending.as_str())
    };
    let used = || source.files().iter().any(|f| world(formats::extension(Path::new(f))));
    if files.iter().any(|f| world(formats::extension(f))) && used() { PlacedBy::WorldFile } else { PlacedBy::File }
}

/// What is worked out once a reference: tiles by the thousand share one.
struct Known {
    crs: Crs,
    to_wgs84: Option<Transform>,
}

const MOST_KNOWN: usize = 64;

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, Known>> = const { RefCell::new(BTreeMap::new()) };
}

/// The name of a reference, and a box of it in degrees.
fn place(reference: Option<&Reference>, extent: Option<Extent>) -> (Option<Crs>, Option<Extent>) {
    let Some(reference) = reference else { return (None, None) };
    let Some(wkt) = reference.wkt() else { return facts::describe_reference(Some(reference), extent) };
    KNOWN.with_borrow_mut(|known| {
        if !known.contains_key(&wkt) {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            let to_wgs84 = Reference::named("EPSG:4326").and_then(|wgs84| Transform::new(reference, &wgs84));
            known.insert(wkt.clone(), Known { crs: crate::crs::identify(reference), to_wgs84 });
        }
        let Some(Known { crs, to_wgs84 }) = known.get(&wkt) else { return (None, None) };
        let wgs84 = extent.zip(to_wgs84.as_ref()).and_then(|(e, transform)| {
            // a tile's sides are short: their ends and middles tell the box; those of a country's
            // image are not
            let (mx, my) = (f64::midpoint(e.minx, e.maxx), f64::midpoint(e.miny, e.maxy));
            let small = (e.maxx - e.minx).max(e.maxy - e.miny) < if crs.geographic { 0.5 } else { 50_000.0 };
            if small {
                let mut xs = [e.minx, mx, e.maxx, e.minx, e.maxx, e.minx, mx, e.maxx];
                let mut ys = [e.miny, e.miny, e.miny, my, my, e.maxy, e.maxy, e.maxy];
                transform.points(&mut xs, &mut ys)
            } else {
                transform.extent(e)
            }
        });
        (Some(crs.clone()), wgs84)
    })
}

/// The box of an image in its own CRS.
pub(crate) fn corners(t: &[f64; 6], width: u64, height: u64) -> Option<Extent> {
    #[expect(clippy::cast_precision_loss, reason = "a raster has fewer than 2^52 pixels a side")]
    let (w, h) = (width as f64, height as f64);
    let xs = [t[0], t[0] + w * t[1], t[0] + h * t[2], t[0] + w * t[1] + h * t[2]];
    let ys = [t[3], t[3] + w * t[4], t[3] + h * t[5], t[3] + w * t[4] + h * t[5]];
    let least = |v: &[f64]| v.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |v: &[f64]| v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Extent::new(least(&xs), least(&ys), most(&xs), most(&ys))
}
