//! Several files of one coverage seen as one image, of which any window can be warped: a VRT written
//! for that window alone, so that files far from it are neither opened nor listed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use model::Extent;

use super::image::Image;
use super::warp::{Placing, Resampling, warp_source};
use crate::raw::{RASTER, Reference, Source};
use crate::{Error, Result, facts};

/// What a mosaic must know of one of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct RasterFile {
    pub path: PathBuf,
    /// GDAL's short name.
    pub driver: String,
    pub width: u32,
    pub height: u32,
    /// Pixel size in the CRS's units, x then y.
    pub resolution: [f64; 2],
    pub extent: Extent,
    /// Without transparency; 3 for a palette, whose colours are read.
    pub bands: usize,
    pub alpha: bool,
    pub palette: bool,
    /// GDAL's type of the first band.
    pub kind: String,
    pub nodata: Option<f64>,
    /// `EPSG:2154`, when PROJ recognises it.
    pub code: Option<String>,
    /// IGN's or EPSG's other name for it.
    pub twin: Option<String>,
    /// Some pixels may hold no data, by a mask or a value.
    masked: bool,
    block: (i32, i32),
}

impl RasterFile {
    /// Whether its samples are kept as numbers, not as bytes.
    #[must_use]
    pub fn floats(&self) -> bool {
        self.kind != "Byte"
    }
}

/// Reads the headers of a raster with the drivers named.
///
/// # Errors
/// What makes it useless for a mosaic: unreadable, not georeferenced, turned.
pub fn describe_raster(path: &Path, drivers: &[&str]) -> Result<RasterFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let refused = |says: &str| Error::Refused { doing: format!("reading `{name}`"), says: says.to_owned() };
    let source = Source::open(path, drivers, &[], RASTER).0?;
    let dataset = source.handle();
    // SAFETY: the dataset is open for the whole block; its bands are its own; texts are copied.
    unsafe {
        let count = gdal_sys::GDALGetRasterCount(dataset);
        let mut transform = [0.0; 6];
        if gdal_sys::GDALGetGeoTransform(dataset, transform.as_mut_ptr()) != gdal_sys::CPLErr::CE_None {
            return Err(refused("n'est pas géoréférencé"));
        }
        if count == 0 {
            return Err(refused("ne contient aucune bande"));
        }
        if transform[2] != 0.0 || transform[4] != 0.0 || transform[1] <= 0.0 || transform[5] >= 0.0 {
            return Err(refused("est tourné ou retourné"));
        }
        let first = gdal_sys::GDALGetRasterBand(dataset, 1);
        let last = gdal_sys::GDALGetRasterBand(dataset, count);
        let alpha =
            count > 1 && gdal_sys::GDALGetRasterColorInterpretation(last) == gdal_sys::GDALColorInterp::GCI_AlphaBand;
        let palette = count == 1 && !gdal_sys::GDALGetRasterColorTable(first).is_null();
        let mut has = 0;
        let nodata = gdal_sys::GDALGetRasterNoDataValue(first, &raw mut has);
        // GMF_ALL_VALID
        let masked = gdal_sys::GDALGetMaskFlags(first) & 0x01 == 0;
        let (mut bw, mut bh) = (0, 0);
        gdal_sys::GDALGetBlockSize(first, &raw mut bw, &raw mut bh);
        let reference = Reference::copy(gdal_sys::GDALGetSpatialRef(dataset));
        let crs = reference.as_ref().map(crate::crs::identify);
        let bands = usize::try_from(count).unwrap_or(0) - usize::from(alpha);
        Ok(RasterFile {
            path: path.to_owned(),
            driver: source.driver(),
            width: u32::try_from(gdal_sys::GDALGetRasterXSize(dataset)).unwrap_or(0),
            height: u32::try_from(gdal_sys::GDALGetRasterYSize(dataset)).unwrap_or(0),
            resolution: [transform[1], -transform[5]],
            extent: facts::raster_extent(&source).ok_or_else(|| refused("n'est pas géoréférencé"))?,
            bands: if palette { 3 } else { bands },
            alpha,
            palette,
            kind: crate::raw::text(gdal_sys::GDALGetDataTypeName(gdal_sys::GDALGetRasterDataType(first))),
            nodata: (has != 0).then_some(nodata),
            code: crs.as_ref().and_then(|c| c.code.clone()),
            twin: crs.and_then(|c| c.twin),
            masked,
            block: (bw, bh),
        })
    }
}

/// Files of one CRS and one number of bands, later ones on top.
#[derive(Debug, Clone)]
pub struct Mosaic {
    crs: String,
    files: Vec<RasterFile>,
    resolution: [f64; 2],
    extent: Extent,
}

impl Mosaic {
    /// `crs`: the one that all are in, as PROJ knows it.
    ///
    /// # Errors
    /// When there is no file, or they differ in bands or type.
    pub fn new(crs: &str, files: Vec<RasterFile>) -> Result<Self> {
        let refused = |says: String| Error::Refused { doing: "putting images together".to_owned(), says };
        let first = files.first().ok_or_else(|| refused("aucune image".to_owned()))?;
        let (extent, resolution) = (first.extent, first.resolution);
        let shape = |f: &RasterFile| (f.bands, f.alpha, f.floats());
        if let Some(other) = files.iter().find(|f| shape(f) != shape(first)) {
            let name = other.path.file_name().unwrap_or_default().to_string_lossy();
            return Err(refused(format!("« {name} » n'a pas les mêmes bandes ou le même type que les autres images")));
        }
        let resolution = files.iter().fold(resolution, |r, f| [r[0].min(f.resolution[0]), r[1].min(f.resolution[1])]);
        let extent = files.iter().fold(extent, |e, f| e.union(f.extent));
        Ok(Self { crs: crs.to_owned(), files, resolution, extent })
    }

    #[must_use]
    pub fn crs(&self) -> &str {
        &self.crs
    }

    #[must_use]
    pub fn files(&self) -> &[RasterFile] {
        &self.files
    }

    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Of the finest file.
    #[must_use]
    pub fn resolution(&self) -> [f64; 2] {
        self.resolution
    }

    /// The files numbered, onto a window. Nothing when none of them is there.
    ///
    /// # Errors
    /// When pixels cannot be read.
    pub fn warp(&self, numbers: &[usize], to: &Placing, how: Resampling, exact: bool) -> Result<Option<Image>> {
        let Some(part) = super::transform_extent(&to.crs, &self.crs, to.extent)? else { return Ok(None) };
        // what the kernels reach beyond the window
        let [rx, ry] = self.resolution;
        let reach = |size: f64, pixels: usize, own: f64| {
            #[expect(clippy::cast_precision_loss, reason = "an image has fewer than 2^52 pixels a side")]
            let scale = (size / pixels as f64 / own).max(1.0);
            (4.0 * scale).ceil().mul_add(own, 8.0 * own)
        };
        let (mx, my) = (reach(part.maxx - part.minx, to.width, rx), reach(part.maxy - part.miny, to.height, ry));
        let all = self.extent;
        let steps = |from: f64, to: f64, size: f64| ((to - from) / size).floor().max(0.0);
        // on the mosaic's own pixels
        let left = steps(all.minx, part.minx - mx, rx);
        let top = steps(part.maxy + my, all.maxy, ry);
        let right = ((part.maxx + mx).min(all.maxx) - all.minx) / rx;
        let bottom = (all.maxy - (part.miny - my).max(all.miny)) / ry;
        let (wide, high) = ((right - left).round(), (bottom - top).round());
        if wide < 1.0 || high < 1.0 {
            return Ok(None);
        }
        let (x, y) = (left.mul_add(rx, all.minx), top.mul_add(-ry, all.maxy));
        let window = Extent { minx: x, miny: wide_end(y, -high, ry), maxx: wide_end(x, wide, rx), maxy: y };
        let files: Vec<&RasterFile> =
            numbers.iter().filter_map(|n| self.files.get(*n)).filter(|f| f.extent.intersects(window)).collect();
        let Some(first) = files.first() else { return Ok(None) };
        let masked = !first.alpha && (files.iter().any(|f| f.masked) || !covered(window, &files));
        let text = self.vrt(&files, window, (wide, high), masked);
        let (source, _) = Source::open(Path::new(&text), &["VRT"], &[], RASTER);
        let image = warp_source(&source?, (first.bands, first.floats()), to, how, exact)?;
        Ok(Some(image).filter(|i| !i.is_empty()))
    }

    fn vrt(&self, files: &[&RasterFile], window: Extent, (wide, high): (f64, f64), masked: bool) -> String {
        let [rx, ry] = self.resolution;
        let first = files[0];
        let kind = if first.floats() { "Float32" } else { "Byte" };
        let mut text = format!(
            "<VRTDataset rasterXSize=\"{wide}\" rasterYSize=\"{high}\"><SRS>{}</SRS><GeoTransform>{}, {rx}, 0, {}, 0, -{ry}</GeoTransform>",
            escape(&self.crs),
            window.minx,
            window.maxy
        );
        let piece = |file: &RasterFile, band: &str, colour: Option<usize>| {
            let place = |from: f64, to: f64, size: f64| (from - to) / size;
            let e = file.extent;
            let tag = if colour.is_some() { "ComplexSource" } else { "SimpleSource" };
            let component =
                colour.map(|c| format!("<ColorTableComponent>{c}</ColorTableComponent>")).unwrap_or_default();
            format!(
                "<{tag}><SourceFilename relativeToVRT=\"0\">{}</SourceFilename><SourceBand>{band}</SourceBand><SourceProperties RasterXSize=\"{w}\" RasterYSize=\"{h}\" DataType=\"{}\" BlockXSize=\"{}\" BlockYSize=\"{}\"/><SrcRect xOff=\"0\" yOff=\"0\" xSize=\"{w}\" ySize=\"{h}\"/><DstRect xOff=\"{}\" yOff=\"{}\" xSize=\"{}\" ySize=\"{}\"/>{component}</{tag}>",
                escape(&file.path.to_string_lossy()),
                file.kind,
                file.block.0,
                file.block.1,
                snapped(place(e.minx, window.minx, rx)),
                snapped(place(window.maxy, e.maxy, ry)),
                snapped(place(e.maxx, e.minx, rx)),
                snapped(place(e.maxy, e.miny, ry)),
                w = file.width,
                h = file.height,
            )
        };
        let colours: &[&str] = if first.bands >= 3 { &["Red", "Green", "Blue"] } else { &["Gray"] };
        for band in 1..=first.bands + usize::from(first.alpha) {
            let colour =
                if band > first.bands { "Alpha" } else { colours.get(band - 1).copied().unwrap_or("Undefined") };
            let _ =
                write!(text, "<VRTRasterBand dataType=\"{kind}\" band=\"{band}\"><ColorInterp>{colour}</ColorInterp>");
            for file in files {
                text.push_str(&if file.palette {
                    piece(file, "1", Some(band))
                } else {
                    piece(file, &band.to_string(), None)
                });
            }
            text.push_str("</VRTRasterBand>");
        }
        if masked {
            text.push_str("<MaskBand><VRTRasterBand dataType=\"Byte\">");
            for file in files {
                text.push_str(&piece(file, "mask,1", None));
            }
            text.push_str("</VRTRasterBand></MaskBand>");
        }
        text + "</VRTDataset>"
    }
}

fn wide_end(from: f64, pixels: f64, size: f64) -> f64 {
    pixels.mul_add(size, from)
}

/// A whole number of pixels when it is one but for rounding.
fn snapped(pixels: f64) -> f64 {
    let whole = pixels.round();
    if (pixels - whole).abs() < 1e-3 { whole } else { pixels }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whether every point of a window is in one of the files.
fn covered(window: Extent, files: &[&RasterFile]) -> bool {
    if files.len() > 200 {
        return false;
    }
    let near = 1e-6;
    let breaks = |low: f64, high: f64, sides: Vec<f64>| {
        let mut all: Vec<f64> = sides.into_iter().filter(|v| *v > low && *v < high).collect();
        all.extend([low, high]);
        all.sort_by(f64::total_cmp);
        all.dedup_by(|a, b| (*a - *b).abs() < near);
        all
    };
    let xs = breaks(window.minx, window.maxx, files.iter().flat_map(|f| [f.extent.minx, f.extent.maxx]).collect());
    let ys = breaks(window.miny, window.maxy, files.iter().flat_map(|f| [f.extent.miny, f.extent.maxy]).collect());
    xs.windows(2).all(|x| {
        ys.windows(2).all(|y| {
            let (a, b) = (f64::midpoint(x[0], x[1]), f64::midpoint(y[0], y[1]));
            files.iter().any(|f| f.extent.contains(a, b))
        })
    })
}
