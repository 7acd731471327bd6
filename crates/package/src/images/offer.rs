//! What each finding about images allows, and what it would do.

use std::collections::BTreeMap;

use model::{BandStatistics, Change, Code, Extent, Finding, ImageChange, Inventory, RasterBand, RepairOption};

use super::{Image, images};

/// Cut images are this wide: some hundred megabytes in three bands of bytes.
const SIDE: u32 = 10_000;
/// Where Lambert-93 numbers lie.
const LAMBERT: [f64; 4] = [-400_000.0, 5_900_000.0, 1_400_000.0, 7_250_000.0];

/// The options of each finding about the images of a source: the source's path, the code, how many
/// images it concerns, the ways to mend it, the likeliest first. `srs` is the CRS wanted.
pub(super) fn offers(
    inventories: &[Inventory],
    findings: &[Finding],
    srs: Option<&str>,
) -> Vec<(String, Code, u64, Vec<RepairOption>)> {
    let mut offered = Vec::new();
    for inventory in inventories {
        let all = images(inventory);
        let Some(first) = all.first() else { continue };
        let mut counts: BTreeMap<Code, u64> = BTreeMap::new();
        for finding in findings.iter().filter(|f| f.place.file.as_deref().is_some_and(|p| is_of(inventory, p))) {
            *counts.entry(finding.code).or_default() += finding.count;
        }
        for (code, count) in counts {
            let options = options(code, inventory, &all, first, srs);
            let useful: Vec<RepairOption> = options
                .into_iter()
                .filter(|o| super::change_of(o).is_some_and(|c| all.iter().any(|image| image.concerns(code, c))))
                .collect();
            if !useful.is_empty() {
                offered.push((inventory.path.clone(), code, count, useful));
            }
        }
    }
    offered
}

/// Whether a path is that of a source, or of one of its tiles.
pub(super) fn is_of(inventory: &Inventory, path: &str) -> bool {
    path == inventory.path
        || (inventory.raster_set.is_some()
            && path.strip_prefix(inventory.path.as_str()).is_some_and(|rest| rest.starts_with(['/', '\\'])))
}

fn option(
    name: impl Into<String>,
    safe: bool,
    fr: impl Into<String>,
    en: impl Into<String>,
    change: ImageChange,
) -> RepairOption {
    RepairOption { name: name.into(), safe, sentences: [fr.into(), en.into()], change: Change::Image { image: change } }
}

fn options(
    code: Code,
    inventory: &Inventory,
    all: &[Image<'_>],
    first: &Image<'_>,
    srs: Option<&str>,
) -> Vec<RepairOption> {
    let raster = inventory.raster.as_ref();
    let common = raster.and_then(|r| r.crs.as_ref()).and_then(|c| c.code.clone());
    let target = srs.map(str::to_owned).or_else(|| common.clone());
    match code {
        Code::CrsMissing | Code::CrsUnidentified => {
            let lambert = raster.and_then(|r| r.extent).is_some_and(in_lambert).then(|| "EPSG:2154".to_owned());
            srs.map(str::to_owned).or(lambert).map(|srs| assign(srs, code == Code::CrsMissing)).into_iter().collect()
        }
        Code::RasterCrsDiffers => target.map(reproject).into_iter().collect(),
        Code::MosaicCrs => target.map_or_else(Vec::new, |srs| vec![reproject(srs.clone()), assign(srs, false)]),
        Code::RasterRotated => target.map(reproject).into_iter().collect(),
        Code::RasterFormatNotTaken => vec![option(
            "convert",
            true,
            format!("L’image est écrite en GeoTIFF (elle est en {}).", first.driver),
            format!("The image is written as GeoTIFF (it is {}).", first.driver),
            ImageChange::Convert { from: first.driver.to_owned() },
        )],
        Code::RasterBlackBorder | Code::RasterWhiteBorder => {
            let white = code == Code::RasterWhiteBorder;
            let (fr, en) = if white { ("blanc", "white") } else { ("noir", "black") };
            vec![option(
                "mask",
                false,
                format!("Le {fr} autour de l’image est caché par un masque ; à l’intérieur, rien ne change."),
                format!("The {en} around the image is hidden by a mask; inside it nothing changes."),
                ImageChange::HideFrame { white },
            )]
        }
        Code::RasterNodataUndeclared => {
            let least = raster.iter().flat_map(|r| &r.bands).filter_map(|b| b.statistics.as_ref()).map(|s| s.min);
            let value = least.fold(f64::INFINITY, f64::min);
            if !value.is_finite() {
                return Vec::new();
            }
            vec![option(
                format!("nodata:{value}"),
                false,
                format!("La valeur {value} veut dire « sans donnée »."),
                format!("The value {value} means no data."),
                ImageChange::SetNodata { value },
            )]
        }
        Code::RasterPalette => vec![option(
            "expand",
            true,
            "La table de couleurs devient trois bandes : rouge, vert, bleu.",
            "The colour table becomes three bands: red, green, blue.",
            ImageChange::ExpandPalette,
        )],
        Code::RasterSixteenBits => raster.map_or_else(Vec::new, |r| stretches(&r.bands)),
        Code::RasterFourBands => vec![
            keep(
                [1, 2, 3].into(),
                "colour",
                "Les trois premières bandes restent (couleurs).",
                "The first three bands stay (colours).",
            ),
            keep(
                [4, 1, 2].into(),
                "infrared",
                "L’infrarouge prend la place du rouge (fausses couleurs).",
                "Infrared takes the place of red (false colours).",
            ),
        ],
        Code::RasterTooManyBands => {
            vec![keep([1, 2, 3].into(), "first", "Les trois premières bandes restent.", "The first three bands stay.")]
        }
        Code::RasterTransparent if all.iter().any(|i| i.bands.iter().any(|b| b.color == "Alpha")) => {
            let colours = (1_u32..).zip(first.bands).filter(|(_, b)| b.color != "Alpha").map(|(at, _)| at).collect();
            vec![keep(
                colours,
                "drop-alpha",
                "La bande de transparence est enlevée : ce qu’elle cachait se verra.",
                "The alpha band goes: what it hid will show.",
            )]
        }
        Code::RasterHuge => vec![option(
            format!("cut:{SIDE}"),
            true,
            format!("L’image est coupée en dalles de {SIDE} pixels de côté."),
            format!("The image is cut into tiles of {SIDE} pixels a side."),
            ImageChange::Cut { side: SIDE },
        )],
        _ => Vec::new(),
    }
}

fn in_lambert(e: Extent) -> bool {
    e.minx >= LAMBERT[0] && e.miny >= LAMBERT[1] && e.maxx <= LAMBERT[2] && e.maxy <= LAMBERT[3]
}

fn assign(srs: String, missing: bool) -> RepairOption {
    let (fr, en) = if missing {
        (format!("Le système {srs} est inscrit ; aucun pixel ne bouge."), format!("{srs} is stated; no pixel moves."))
    } else {
        (
            format!("L’étiquette est remplacée par {srs} ; aucun pixel ne bouge."),
            format!("The label is replaced by {srs}; no pixel moves."),
        )
    };
    option(format!("assign:{srs}"), false, fr, en, ImageChange::Assign { srs })
}

fn reproject(srs: String) -> RepairOption {
    option(
        format!("reproject:{srs}"),
        false,
        format!("L’image est recalculée en {srs} ; ce qui reste vide est caché par un masque."),
        format!("The image is computed again in {srs}; what is left empty is hidden by a mask."),
        ImageChange::Reproject { to: srs },
    )
}

fn keep(bands: Vec<u32>, name: &str, fr: &str, en: &str) -> RepairOption {
    option(format!("keep:{name}"), false, fr, en, ImageChange::KeepBands { bands })
}

/// From 16 bits to 8: the same for every tile, from the values of all.
fn stretches(bands: &[RasterBand]) -> Vec<RepairOption> {
    let known: Vec<&BandStatistics> = bands.iter().filter_map(|b| b.statistics.as_ref()).collect();
    let mut options = Vec::new();
    if known.len() == bands.len() && !bands.is_empty() {
        let percent: Vec<[f64; 2]> = known.iter().map(|s| [value_at(s, 0.02), value_at(s, 0.98)]).collect();
        let least: Vec<[f64; 2]> = known.iter().map(|s| [s.min, s.max]).collect();
        options.push(stretch(
            "percent",
            percent,
            "Huit bits : les 2 % les plus sombres deviennent noirs, les 2 % les plus clairs blancs.",
            "Eight bits: the darkest 2 % become black, the brightest 2 % white.",
        ));
        options.push(stretch(
            "minmax",
            least,
            "Huit bits : de la plus petite valeur à la plus grande.",
            "Eight bits: from the least value to the most.",
        ));
    }
    let full = bands
        .iter()
        .map(|b| match (b.kind.as_str(), b.bits) {
            (_, Some(bits)) if bits < 32 => [0.0, f64::from((1_u32 << bits) - 1)],
            ("Byte", _) => [0.0, 255.0],
            _ => [0.0, 65_535.0],
        })
        .collect();
    options.push(stretch(
        "full",
        full,
        "Huit bits : toute l’étendue des seize, souvent trop sombre.",
        "Eight bits: the whole range of the sixteen, often too dark.",
    ));
    options
}

fn stretch(name: &str, ranges: Vec<[f64; 2]>, fr: &str, en: &str) -> RepairOption {
    // a flat band would divide by nothing
    let ranges = ranges.into_iter().map(|[a, b]| if b > a { [a, b] } else { [a, a + 1.0] }).collect();
    option(format!("stretch:{name}"), false, fr, en, ImageChange::ToBytes { ranges })
}

/// The value below which a share of the pixels is.
fn value_at(statistics: &BandStatistics, share: f64) -> f64 {
    let histogram = &statistics.histogram;
    #[expect(clippy::cast_precision_loss, reason = "counts of a sample")]
    let all = histogram.counts.iter().sum::<u64>() as f64;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
    let step = (histogram.high - histogram.low) / histogram.counts.len().max(1) as f64;
    let mut passed = 0.0;
    for (at, count) in histogram.counts.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "counts of a sample")]
        let next = passed + *count as f64;
        if next >= share * all && next > 0.0 {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
            let low = histogram.low + step * at as f64;
            let part = if next > passed { (share * all - passed) / (next - passed) } else { 0.0 };
            return (low + step * part).clamp(statistics.min, statistics.max);
        }
        passed = next;
    }
    statistics.max
}
