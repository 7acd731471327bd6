//! Repairs of images: what each finding allows, and the copy that those picked make. Pure; `geodata`
//! writes, an image at a time, in workers. What is not mended goes as it is: of thirty thousand tiles
//! the few that are wrong are written again.

mod offer;

use std::collections::BTreeSet;
use std::path::PathBuf;

use geodata::{Frame, ImageFormat, ImageMend};
use model::{Code, ImageChange, Inventory, Kind, RasterBand, Transparency};
use serde::{Deserialize, Serialize};

pub use offer::offers;

/// What was picked for the images of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePick {
    /// The source's path.
    pub file: String,
    /// The finding that it answers.
    pub code: Code,
    pub change: ImageChange,
}

/// The copy of one image, or the image itself when nothing of it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImagePlan {
    /// The image, then what belongs to it.
    pub files: Vec<PathBuf>,
    pub bytes: u64,
    /// Of the copy, without ending; no other image of the plan has it.
    pub stem: String,
    pub mend: Option<ImageMend>,
}

/// An image of a source, as far as repairs ask.
struct Image<'a> {
    path: String,
    files: Vec<PathBuf>,
    bytes: u64,
    driver: &'a str,
    bands: &'a [RasterBand],
    code: Option<&'a str>,
    width: u64,
    height: u64,
    lossy: bool,
    transparency: Transparency,
    borders: model::Borders,
    rotated: bool,
}

fn lossy(compression: Option<&str>) -> bool {
    compression.is_some_and(|c| !["DEFLATE", "LZW", "ZSTD", "PACKBITS"].contains(&c))
}

/// The images that can be read of a source; those in an archive are not mended.
fn images(inventory: &Inventory) -> Vec<Image<'_>> {
    if inventory.kind != Kind::Raster || crate::plan::split_archive(&inventory.path).0.is_some() {
        return Vec::new();
    }
    if let Some(set) = &inventory.raster_set {
        let parts = crate::zones::parts(inventory);
        return parts
            .into_iter()
            .zip(&set.tiles)
            .filter(|(_, tile)| tile.problem.is_none() && tile.pixels_readable != Some(false))
            .filter_map(|(part, tile)| {
                let profile = set.profile(tile)?;
                Some(Image {
                    files: part.files.iter().map(|f| PathBuf::from(&f.path)).collect(),
                    path: part.path,
                    bytes: tile.bytes,
                    driver: &profile.driver,
                    bands: &profile.bands,
                    code: profile.crs.as_ref().and_then(|c| c.code.as_deref()),
                    width: tile.width,
                    height: tile.height,
                    lossy: lossy(profile.compression.as_deref()),
                    transparency: profile.transparency,
                    borders: tile.borders.unwrap_or_default(),
                    rotated: profile.rotated,
                })
            })
            .collect();
    }
    let Some(raster) = inventory.raster.as_ref().filter(|r| r.pixels_readable != Some(false)) else {
        return Vec::new();
    };
    vec![Image {
        path: inventory.path.clone(),
        files: inventory.files.iter().map(|f| PathBuf::from(&f.path)).collect(),
        bytes: inventory.bytes,
        driver: inventory.driver.as_deref().unwrap_or_default(),
        bands: &raster.bands,
        code: raster.crs.as_ref().and_then(|c| c.code.as_deref()),
        width: raster.width,
        height: raster.height,
        lossy: lossy(raster.compression.as_deref()),
        transparency: raster.transparency,
        borders: raster.borders.unwrap_or_default(),
        rotated: !raster.is_north_up(),
    }]
}

impl Image<'_> {
    /// Whether a change has something to change in this image.
    fn concerns(&self, code: Code, change: &ImageChange) -> bool {
        match change {
            ImageChange::Assign { srs } if code == Code::MosaicCrs => self.code != Some(srs),
            ImageChange::Assign { .. } => self.code.is_none(),
            ImageChange::Reproject { to } => self.rotated || self.code.is_some_and(|own| own != to),
            ImageChange::SetNodata { .. } => self.bands.iter().all(|b| b.nodata.is_none()),
            ImageChange::HideFrame { white } => {
                let share = if *white { self.borders.white } else { self.borders.black };
                share >= 0.25 && matches!(self.transparency, Transparency::None | Transparency::Nodata)
            }
            ImageChange::ToBytes { .. } => self.bands.iter().any(|b| b.kind != "Byte"),
            ImageChange::KeepBands { bands } => {
                self.bands.len() > bands.len()
                    && bands.iter().all(|b| usize::try_from(*b).is_ok_and(|b| b <= self.bands.len()))
            }
            ImageChange::ExpandPalette => self.bands.iter().any(|b| b.color == "Palette"),
            ImageChange::Cut { side } => self.width > u64::from(*side) || self.height > u64::from(*side),
            ImageChange::Convert { .. } => !matches!(self.driver, "GTiff" | "JP2OpenJPEG"),
        }
    }
}

fn apply(mend: &mut ImageMend, change: &ImageChange, image: &Image<'_>) {
    match change {
        ImageChange::Assign { srs } => mend.assign = Some(srs.clone()),
        ImageChange::Reproject { to } => mend.reproject = Some(to.clone()),
        ImageChange::SetNodata { value } => mend.nodata = Some(*value),
        ImageChange::HideFrame { white } => {
            mend.frame = Some(Frame { white: *white, near: if image.lossy { 12 } else { 0 } });
        }
        ImageChange::ToBytes { ranges } => mend.to_bytes = ranges.clone(),
        ImageChange::KeepBands { bands } => mend.bands = bands.clone(),
        ImageChange::ExpandPalette => mend.expand = true,
        ImageChange::Cut { side } => mend.split = Some(*side),
        ImageChange::Convert { .. } => {}
    }
}

/// What is written, image by image. One image alone becomes a COG; many, or the tiles of one that is
/// cut, plain GeoTIFF.
#[must_use]
pub fn plan_images(inventories: &[Inventory], picks: &[ImagePick]) -> Vec<ImagePlan> {
    let all: Vec<(&Inventory, Image<'_>)> =
        inventories.iter().flat_map(|i| images(i).into_iter().map(move |image| (i, image))).collect();
    let format = if all.len() == 1 { ImageFormat::Cog } else { ImageFormat::Tiff };
    let mut stems = BTreeSet::new();
    all.iter()
        .map(|(inventory, image)| {
            let picked: Vec<&ImagePick> =
                picks.iter().filter(|p| p.file == inventory.path && image.concerns(p.code, &p.change)).collect();
            let mend = (!picked.is_empty()).then(|| {
                let mut mend = ImageMend { format, ..ImageMend::default() };
                for pick in &picked {
                    apply(&mut mend, &pick.change, image);
                }
                if mend.split.is_some() {
                    mend.format = ImageFormat::Tiff;
                }
                // a range a band that stays
                if !mend.to_bytes.is_empty() && !mend.bands.is_empty() {
                    let of = |b: &u32| usize::try_from(*b).ok().and_then(|b| mend.to_bytes.get(b - 1).copied());
                    mend.to_bytes = mend.bands.iter().filter_map(of).collect();
                }
                mend
            });
            let wanted = crate::repair::stem_of(&image.path);
            let mut stem = wanted.clone();
            let mut number = 2;
            while !stems.insert(stem.to_lowercase()) {
                stem = format!("{wanted}_{number}");
                number += 1;
            }
            ImagePlan { files: image.files.clone(), bytes: image.bytes, stem, mend }
        })
        .collect()
}

#[cfg(test)]
mod tests;
