//! Repairs of images: what each finding allows, and the copy that those picked make. Pure; `geodata`
//! writes, an image at a time, in workers. What is not mended goes as it is: of thirty thousand tiles
//! the few that are wrong are written again.

mod offer;
mod write;

use std::collections::BTreeSet;
use std::path::PathBuf;

use geodata::{Frame, ImageFormat, ImageMend};
use model::{
    Change, Code, Extent, Finding, ImageChange, Inventory, Kind, PackageKind, RasterBand, Repair, RepairChoices,
    RepairOption, Transparency, common_srs,
};
use serde::{Deserialize, Serialize};

use crate::plan::{Choices, Plan, PlanSource, Refusal};
use crate::repair::{Offer, id_of, pick};
use offer::offers;
pub(crate) use write::write;

/// The mosaic of the images of a copy, beside them; not delivered.
pub const MOSAIC: &str = "mosaic.vrt";

/// What was picked for the images of one source.
#[derive(Debug, Clone, PartialEq)]
struct ImagePick {
    /// The source's path.
    file: String,
    /// The finding that it answers.
    code: Code,
    change: ImageChange,
}

fn change_of(option: &RepairOption) -> Option<&ImageChange> {
    if let Change::Image { image } = &option.change { Some(image) } else { None }
}

/// The repairs that the findings about images allow: one a code of a source, whatever the number of
/// its tiles.
pub(crate) fn repairs(inventories: &[Inventory], findings: &[Finding], choices: &RepairChoices) -> Vec<Repair> {
    offers(inventories, findings, choices.srs.as_deref())
        .into_iter()
        .map(|(file, code, count, options)| {
            let id = id_of(code.as_str(), Some(&file), None);
            let offer = Offer::choice(options);
            Repair {
                picked: pick(&id, &offer, choices),
                id,
                code: Some(code),
                file: Some(file),
                layer: None,
                count,
                options: offer.options,
            }
        })
        .collect()
}

/// Whether a repair of images answers a finding: about the source, or about one of its tiles.
pub(crate) fn answers(repair: &Repair, finding: &Finding) -> bool {
    let of_images = repair.options.iter().any(|o| change_of(o).is_some());
    let below = |file: &str, path: &str| {
        path == file || path.strip_prefix(file).is_some_and(|rest| rest.starts_with(['/', '\\']))
    };
    of_images
        && repair.code == Some(finding.code)
        && repair.file.as_deref().zip(finding.place.file.as_deref()).is_some_and(|(file, path)| below(file, path))
}

/// The copy of the images that the repairs picked make: those that change are written, the others go
/// as they are.
///
/// # Errors
/// When there is no image, when none changes, or when one is left without a CRS.
pub(crate) fn plan(
    inventories: &[Inventory],
    repairs: &[Repair],
    settled: &Choices,
    srs: Option<&str>,
) -> Result<Plan, Refusal> {
    let picks: Vec<ImagePick> = repairs
        .iter()
        .filter_map(|repair| {
            let option = repair.options.iter().find(|o| Some(&o.name) == repair.picked.as_ref())?;
            Some(ImagePick { file: repair.file.clone()?, code: repair.code?, change: change_of(option)?.clone() })
        })
        .collect();
    let images = plan_images(inventories, &picks);
    if images.iter().all(|i| i.mend.is_none()) {
        return Err(Refusal::Nothing);
    }
    let stated = picks.iter().find_map(|p| match &p.change {
        ImageChange::Assign { srs } | ImageChange::Reproject { to: srs } => Some(srs.clone()),
        _ => None,
    });
    let srs = srs.map(str::to_owned).or_else(|| common_srs(inventories)).or(stated);
    let paths = || inventories.iter().map(|i| i.path.clone()).collect();
    let mended = images.iter().filter(|i| i.mend.is_some());
    Ok(Plan {
        name: settled.name.clone(),
        kind: PackageKind::Raster,
        srs: srs.ok_or_else(|| Refusal::NoCrs(paths()))?,
        // those whose bytes the record keeps
        sources: mended
            .map(|image| PlanSource {
                archive: None,
                main: image.files[0].clone(),
                files: image.files.clone(),
                driver: String::new(),
                encoding: None,
            })
            .collect(),
        layers: Vec::new(),
        untouched: false,
        extent_wgs84: inventories.iter().filter_map(|i| i.raster.as_ref()?.extent_wgs84).reduce(Extent::union),
        raster: crate::raster::describe(&inventories.iter().collect::<Vec<_>>()),
        bytes: images.iter().filter(|i| i.mend.is_some()).map(|i| i.bytes).sum(),
        notes: Vec::new(),
        zone: None,
        images,
    })
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
fn plan_images(inventories: &[Inventory], picks: &[ImagePick]) -> Vec<ImagePlan> {
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
