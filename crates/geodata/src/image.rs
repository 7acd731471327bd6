//! A mended copy of an image: CRS, bands, values, frame, cut. Steps that need no pixel of their own
//! are virtual (VRT), so that an image is read once and written once, by blocks. The source is only
//! read; what is written beside the target goes to a folder that the caller removes.

use std::ffi::{CString, c_int};
use std::path::{Path, PathBuf};
use std::ptr::null_mut;

use serde::{Deserialize, Serialize};

use crate::raw::{CList, Source, c_string};
use crate::translate::{Call, Progress, finish, tell};
use crate::{Error, Result, capture, copy_raster, formats, warp};

/// What changes in the copy of one image; nothing of what is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageMend {
    /// The CRS is stated, places stay.
    pub assign: Option<String>,
    /// Pixels are computed again in this CRS.
    pub reproject: Option<String>,
    /// The value that means no data.
    pub nodata: Option<f64>,
    /// The bands kept, from 1, in order; all when empty.
    pub bands: Vec<u32>,
    /// A colour table becomes three bands.
    pub expand: bool,
    /// The values that become 0 and 255, a band each, in the order of the bands kept.
    pub to_bytes: Vec<[f64; 2]>,
    /// The frame around the picture is hidden by a mask.
    pub frame: Option<Frame>,
    /// Cut into tiles of this many pixels a side.
    pub split: Option<u32>,
    pub format: ImageFormat,
}

/// A frame, and how far from its colour it may stray, in grey levels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub white: bool,
    pub near: u8,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ImageFormat {
    /// GeoTIFF in tiles with overviews, in the order that suits reading over a network.
    #[default]
    Cog,
    /// GeoTIFF in tiles, for one image among many.
    Tiff,
}

/// Writes the copy as `stem.tif`, or as `stem_ROW_COLUMN.tif` where it is cut, into a folder of our
/// own; `work` is for what comes between. Gives the files written.
///
/// # Errors
/// GDAL's, or that `progress` asked to stop.
pub fn mend_image(
    source: &Path,
    into: &Path,
    stem: &str,
    work: &Path,
    mend: &ImageMend,
    progress: Progress<'_>,
) -> Result<Vec<PathBuf>> {
    let mut now = source.to_owned();
    let arguments = first_arguments(mend);
    if !arguments.is_empty() {
        now = virtually(&now, &work.join("chosen.vrt"), &arguments)?;
    }
    let mut begun = 0.0;
    if let Some(frame) = mend.frame {
        let to = work.join("framed.tif");
        hide_frame(&now, &to, frame, &mut |share| progress(share * 0.5))?;
        (now, begun) = (to, 0.5);
    }
    let mut masked = false;
    if let Some(srs) = &mend.reproject {
        let to = work.join("warped.vrt");
        masked = reproject(&now, &to, srs, mend)?;
        now = to;
    }
    let mut tell = |share: f64| progress(begun + share * (1.0 - begun));
    let image = describe(&now)?;
    let mut output = output_arguments(&image, mend.format);
    if masked {
        // what the warp left empty is told by a mask, not by a band more
        let colours = image.bands.saturating_sub(1);
        for band in 1..=colours {
            output.extend(["-b".to_owned(), band.to_string()]);
        }
        output.extend(["-mask".to_owned(), image.bands.to_string()]);
    }
    let Some(side) = mend.split.map(u64::from) else {
        let target = into.join(format!("{stem}.tif"));
        copy_raster(&now, &target, &words(&output), &mut tell)?;
        return Ok(vec![target]);
    };
    let (across, down) = (image.width.div_ceil(side), image.height.div_ceil(side));
    let mut written = Vec::new();
    for row in 0..down {
        for column in 0..across {
            let (x, y) = (column * side, row * side);
            let mut arguments = output.clone();
            arguments.push("-srcwin".to_owned());
            arguments.extend([x, y, side.min(image.width - x), side.min(image.height - y)].map(|n| n.to_string()));
            let target = into.join(format!("{stem}_{row:04}_{column:04}.tif"));
            #[expect(clippy::cast_precision_loss, reason = "progress")]
            let (done, all) = (written.len() as f64, (across * down) as f64);
            copy_raster(&now, &target, &words(&arguments), &mut |share| tell((done + share) / all))?;
            written.push(target);
        }
    }
    Ok(written)
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// What `gdal_translate` does without computing a pixel before it is asked for.
fn first_arguments(mend: &ImageMend) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    for (key, value) in [("-a_srs", mend.assign.clone()), ("-a_nodata", mend.nodata.map(|n| n.to_string()))] {
        if let Some(value) = value {
            arguments.extend([key.to_owned(), value]);
        }
    }
    for band in &mend.bands {
        arguments.extend(["-b".to_owned(), band.to_string()]);
    }
    if mend.expand {
        arguments.extend(["-expand", "rgb"].map(str::to_owned));
    }
    for (at, [low, high]) in mend.to_bytes.iter().enumerate() {
        arguments.push(format!("-scale_{}", at + 1));
        arguments.extend([low.to_string(), high.to_string(), "0".to_owned(), "255".to_owned()]);
    }
    if !mend.to_bytes.is_empty() {
        arguments.extend(["-ot", "Byte"].map(str::to_owned));
    }
    arguments
}

fn virtually(from: &Path, to: &Path, arguments: &[String]) -> Result<PathBuf> {
    let mut all = vec!["-of", "VRT"];
    all.extend(words(arguments));
    copy_raster(from, to, &all, &mut |_| true)?;
    Ok(to.to_owned())
}

/// A warp that is computed when it is read. Says whether its last band is an alpha band, to become
/// a mask.
fn reproject(from: &Path, to: &Path, srs: &str, mend: &ImageMend) -> Result<bool> {
    let image = describe(from)?;
    let mut arguments: Vec<String> = ["-of", "VRT", "-t_srs", srs, "-r"].map(str::to_owned).into();
    arguments.push(if image.palette { "near" } else { "bilinear" }.to_owned());
    let nodata = mend.nodata.or(image.nodata);
    let measures = image.kind != "Byte";
    if nodata.is_none() && measures {
        arguments.extend(["-dstnodata", "-9999"].map(str::to_owned));
    }
    let alpha = nodata.is_none() && !measures && !image.palette;
    if alpha && !image.alpha {
        arguments.push("-dstalpha".to_owned());
    }
    warp(&[from], to, &words(&arguments), &mut |_| true)?;
    Ok(alpha)
}

fn output_arguments(image: &Image, format: ImageFormat) -> Vec<String> {
    let predictor = if image.kind.starts_with("Float") { "3" } else { "2" };
    let options: Vec<String> = match format {
        ImageFormat::Cog => {
            let resampling = if image.palette { "NEAREST" } else { "AVERAGE" };
            let predictor = if image.palette { "NO" } else { "YES" };
            ["-of", "COG", "-co", "COMPRESS=DEFLATE", "-co", "BIGTIFF=IF_SAFER", "-co"]
                .map(str::to_owned)
                .into_iter()
                .chain([format!("PREDICTOR={predictor}"), "-co".into(), format!("OVERVIEW_RESAMPLING={resampling}")])
                .collect()
        }
        ImageFormat::Tiff => ["-of", "GTiff", "-co", "TILED=YES", "-co", "COMPRESS=DEFLATE", "-co", "BIGTIFF=IF_SAFER"]
            .map(str::to_owned)
            .into_iter()
            .chain((!image.palette).then(|| ["-co".to_owned(), format!("PREDICTOR={predictor}")]).into_iter().flatten())
            .collect(),
    };
    options
}

/// What the steps need to know of an image.
struct Image {
    width: u64,
    height: u64,
    bands: u64,
    kind: String,
    palette: bool,
    alpha: bool,
    nodata: Option<f64>,
}

fn describe(path: &Path) -> Result<Image> {
    let (source, _) = Source::open(path, formats::RASTER_DRIVERS, &[], crate::raw::RASTER);
    let source = source?;
    let raster = crate::raster::describe(&source, &[], crate::raster::Look::Header)
        .ok_or_else(|| Error::Refused { doing: format!("reading `{}`", path.display()), says: "no band".to_owned() })?;
    Ok(Image {
        width: raster.width,
        height: raster.height,
        bands: raster.bands.len() as u64,
        kind: raster.bands.first().map(|b| b.kind.clone()).unwrap_or_default(),
        palette: raster.bands.iter().any(|b| b.color == "Palette"),
        alpha: raster.bands.iter().any(|b| b.color == "Alpha"),
        nodata: raster.bands.first().and_then(|b| b.nodata),
    })
}

/// Hides what is black, or white, from the image's sides inward until the picture begins: dark roofs
/// inside stay. The mask is in the file.
fn hide_frame(from: &Path, to: &Path, frame: Frame, progress: Progress<'_>) -> Result<()> {
    let (source, _) = Source::open(from, formats::RASTER_DRIVERS, &[], crate::raw::RASTER);
    let source = source?;
    let near = frame.near.to_string();
    let mut arguments = vec!["-of", "GTiff", "-setmask", "-near", &near, "-nb", "0", "-co", "TILED=YES"];
    arguments.extend(["-co", "COMPRESS=LZW", "-co", "BIGTIFF=IF_SAFER"]);
    if frame.white {
        arguments.push("-white");
    }
    let owned: Vec<CString> = arguments.iter().map(|a| c_string(a)).collect();
    let mut argv: Vec<_> = owned.iter().map(|a| a.as_ptr().cast_mut()).collect();
    argv.push(null_mut());
    let target = c_string(&to.to_string_lossy());
    let doing = format!("hiding the frame of `{}`", from.display());
    let mut call = Call { progress, stopped: false };
    let (done, heard) = capture::listen(|| {
        // SAFETY: every pointer outlives the call; options are freed; the data set made is closed here.
        unsafe {
            let options = gdal_sys::GDALNearblackOptionsNew(argv.as_mut_ptr(), null_mut());
            if options.is_null() {
                return false;
            }
            gdal_sys::GDALNearblackOptionsSetProgress(options, Some(tell), (&raw mut call).cast());
            let mut usage: c_int = 0;
            let made = gdal_sys::GDALNearblack(target.as_ptr(), null_mut(), source.handle(), options, &raw mut usage);
            gdal_sys::GDALNearblackOptionsFree(options);
            if made.is_null() {
                return false;
            }
            gdal_sys::GDALClose(made);
            usage == 0
        }
    });
    finish(done, call.stopped, doing, heard).map(drop)
}

/// Writes a VRT of the mosaic that images make; they are named relative to it where they lie beside
/// or below it.
///
/// # Errors
/// GDAL's, or that `progress` asked to stop.
pub fn mosaic_vrt(images: &[PathBuf], to: &Path, progress: Progress<'_>) -> Result<()> {
    let names: Vec<String> = images.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    let list = CList::new(&names);
    let target = c_string(&to.to_string_lossy());
    let count = c_int::try_from(names.len()).unwrap_or(c_int::MAX);
    let mut call = Call { progress, stopped: false };
    let (done, heard) = capture::listen(|| {
        // SAFETY: as in `hide_frame`; the list of names outlives the call.
        unsafe {
            let options = gdal_sys::GDALBuildVRTOptionsNew(null_mut(), null_mut());
            if options.is_null() {
                return false;
            }
            gdal_sys::GDALBuildVRTOptionsSetProgress(options, Some(tell), (&raw mut call).cast());
            let mut usage: c_int = 0;
            let made = gdal_sys::GDALBuildVRT(
                target.as_ptr(),
                count,
                null_mut(),
                list.as_ptr().cast(),
                options,
                &raw mut usage,
            );
            gdal_sys::GDALBuildVRTOptionsFree(options);
            if made.is_null() {
                return false;
            }
            gdal_sys::GDALClose(made);
            usage == 0
        }
    });
    finish(done, call.stopped, format!("writing `{}`", to.display()), heard).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read_facts, read_values};

    fn samples(file: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(file)
    }

    fn mend(source: &Path, mend: &ImageMend) -> (tempfile::TempDir, Vec<model::Raster>) {
        let folder = tempfile::tempdir().expect("a folder");
        let work = tempfile::tempdir().expect("a folder");
        let mut told = 0.0;
        let mut hear = |share: f64| {
            assert!(share >= told - 1e-9, "progress goes back from {told} to {share}");
            told = share;
            true
        };
        let files = mend_image(source, folder.path(), "copy", work.path(), mend, &mut hear).expect("a copy");
        let read = |f: &PathBuf| read_values(f, std::slice::from_ref(f)).raster.expect("an image");
        let rasters = files.iter().map(read).collect();
        (folder, rasters)
    }

    const ORTHO: &str = "ortho_cog/extrait_cog.tif";

    #[test]
    fn a_copy_is_a_cog_with_overviews_and_the_same_values() {
        let before = read_values(&samples(ORTHO), &[samples(ORTHO)]).raster.expect("an image");
        let (_kept, made) = mend(&samples(ORTHO), &ImageMend::default());
        assert_eq!(made[0].layout.as_deref(), Some("COG"));
        assert_eq!((made[0].width, made[0].height, made[0].extent), (before.width, before.height, before.extent));
        assert_eq!(made[0].bands[0].statistics, before.bands[0].statistics);
    }

    #[test]
    fn a_warped_copy_hides_what_it_leaves_empty() {
        let asked = ImageMend { reproject: Some("EPSG:3857".to_owned()), ..ImageMend::default() };
        let (_kept, made) = mend(&samples(ORTHO), &asked);
        assert_eq!(made[0].crs.as_ref().and_then(|c| c.code.as_deref()), Some("EPSG:3857"));
        assert_eq!((made[0].bands.len(), made[0].transparency), (3, model::Transparency::Mask));
        assert!(made[0].bands[0].statistics.as_ref().is_some_and(|s| s.empty > 0));
        let heights = samples("mns/mns_0299_6802_LA93_IGN69_5m.tif");
        let (_kept, made) = mend(&heights, &asked);
        assert_eq!((made[0].bands.len(), made[0].bands[0].nodata), (1, Some(9999.0)));
    }

    #[test]
    fn sixteen_bits_become_eight_bands_go_and_a_huge_image_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("deep.tif");
        let arguments = ["-of", "GTiff", "-ot", "UInt16", "-scale", "0", "255", "1000", "5000"];
        copy_raster(&samples(ORTHO), &deep, &arguments, &mut |_| true).expect("a 16 bit image");
        let asked = ImageMend {
            to_bytes: vec![[1000.0, 5000.0]; 2],
            bands: vec![1, 2],
            split: Some(300),
            format: ImageFormat::Tiff,
            ..ImageMend::default()
        };
        let whole = read_facts(&deep, std::slice::from_ref(&deep)).raster.expect("an image");
        let (_kept, made) = mend(&deep, &asked);
        assert_eq!(made.len() as u64, whole.width.div_ceil(300) * whole.height.div_ceil(300));
        assert!(made.iter().all(|m| m.bands.len() == 2 && m.bands[0].kind == "Byte"));
        let extent = made.iter().filter_map(|m| m.extent).reduce(model::Extent::union);
        assert_eq!(extent, whole.extent);
        let first = made[0].bands[0].statistics.as_ref().expect("values");
        assert!(first.max > 100.0, "{first:?}");
    }

    #[test]
    fn a_frame_is_masked_and_dark_ground_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let framed = folder.path().join("framed.tif");
        // wider than the picture: the rest is black
        let arguments = ["-of", "GTiff", "-srcwin", "-50", "0", "400", "300", "-co", "COMPRESS=DEFLATE"];
        copy_raster(&samples(ORTHO), &framed, &arguments, &mut |_| true).expect("a framed image");
        let before = read_values(&framed, std::slice::from_ref(&framed)).raster.expect("an image");
        assert!(before.borders.is_some_and(|b| b.black > 0.9), "{:?}", before.borders);
        let frame = Some(Frame { white: false, near: 0 });
        let (_kept, made) = mend(&framed, &ImageMend { frame, ..ImageMend::default() });
        assert_eq!(made[0].transparency, model::Transparency::Mask);
        assert!(made[0].borders.is_some_and(|b| b.black < 0.05), "{:?}", made[0].borders);
        let empty = made[0].bands[0].statistics.as_ref().map(|s| s.empty).unwrap_or_default();
        assert!((50 * 300..50 * 300 + 1000).contains(&empty), "{empty}");
    }

    #[test]
    fn a_mosaic_is_a_vrt_that_names_its_tiles_by_their_place_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let tiles: Vec<PathBuf> = ["mns_0299_6802_LA93_IGN69_5m.tif", "mns_0300_6802_LA93_IGN69_5m.tif"]
            .map(|name| {
                let to = folder.path().join(name);
                std::fs::copy(samples("mns").join(name), &to).expect("a copy");
                to
            })
            .into();
        let vrt = folder.path().join("all.vrt");
        mosaic_vrt(&tiles, &vrt, &mut |_| true).expect("a mosaic");
        let text = std::fs::read_to_string(&vrt).expect("a file");
        assert!(text.contains("relativeToVRT=\"1\">mns_0299"), "{text}");
        assert_eq!(read_facts(&vrt, std::slice::from_ref(&vrt)).raster.map(|r| (r.width, r.height)), Some((400, 200)));
    }

    #[test]
    fn a_copy_that_is_stopped_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let outcome =
            mend_image(&samples(ORTHO), folder.path(), "copy", folder.path(), &ImageMend::default(), &mut |_| false);
        assert!(matches!(outcome, Err(Error::Cancelled { .. })), "{outcome:?}");
    }
}
