//! The pyramid that images would become, with what else could be chosen and what each choice costs:
//! the same choosing as when it is delivered, before anything is sent.

use model::{Failure, PackageKind, PackageRaster, PyramidPlan, PyramidWish};
use platform::wire::StorageUse;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Desk, PlanRequest};

#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PyramidRequest {
    #[serde(flatten)]
    pub plan: PlanRequest,
    #[serde(default)]
    pub wish: PyramidWish,
}

/// A pyramid, and what could be chosen in its place.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PyramidShown {
    pub plan: PyramidPlan,
    pub images: PackageRaster,
    pub compressions: Vec<CompressionOffer>,
    pub interpolations: Vec<String>,
    /// The most detailed levels that make sense, the coarsest first.
    pub levels: Vec<LevelOffer>,
    /// What keeping where there are data adds, in bytes.
    #[ts(type = "number")]
    pub mask_bytes: u64,
    /// About how long the platform will take, from what it made here before; nothing when it never did.
    #[ts(type = "number | null")]
    pub seconds: Option<u64>,
    /// What the datastore's storage of pyramids has left; nothing when it names no limit.
    #[ts(type = "number | null")]
    pub room_bytes: Option<u64>,
    /// How many pyramids that was measured on.
    #[ts(type = "number")]
    pub measured: u64,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct CompressionOffer {
    /// `jpg`, `jpg90`, `png`, `zip`.
    pub id: String,
    /// Why it cannot be, French first.
    pub refused: Option<[String; 2]>,
    /// What the whole pyramid would weigh, about; nought where it cannot be.
    #[ts(type = "number")]
    pub bytes: u64,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct LevelOffer {
    pub level: u8,
    /// Size of its pixels on the ground, in metres.
    pub resolution: f64,
    /// What the whole pyramid would weigh, about.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Levels offered around the one that the images ask for: coarser, finer.
const AROUND: (u8, u8) = (3, 1);

impl Desk {
    pub(super) async fn pyramid(&self, asked: PyramidRequest) -> Result<PyramidShown, Failure> {
        let images = self.plans(asked.plan)?.into_iter().find(|p| p.kind == PackageKind::Raster);
        let (srs, raster) = images.and_then(|p| Some((p.srs, p.raster?))).ok_or_else(deliver::size_unknown)?;
        let reach = self.reach().await?;
        let offered = deliver::offered(&reach.client, &reach.datastore).await?;
        // what cannot be measured is not forecast, and stops nothing
        let speed = deliver::speed(&reach.client, &reach.datastore).await.unwrap_or_default();
        let store = deliver::datastore(&reach.client, &reach.datastore).await?;
        let told = shown(&srs, &raster, &offered, &asked.wish, speed)?;
        Ok(PyramidShown { room_bytes: room(&store.storages.data), ..told })
    }
}

/// Of the storages that take pyramids, what the emptiest has left.
fn room(storages: &[StorageUse]) -> Option<u64> {
    let takes = |s: &&StorageUse| s.storage["labels"].as_array().is_some_and(|l| l.iter().any(|l| l == "PYRAMIDE"));
    let limited = storages.iter().filter(takes).filter(|s| s.quota > 0);
    limited.map(|s| s.quota.saturating_sub(s.used)).max()
}

fn shown(
    srs: &str,
    raster: &PackageRaster,
    offered: &deliver::Offered,
    wish: &PyramidWish,
    speed: Option<deliver::Speed>,
) -> Result<PyramidShown, Failure> {
    let choose = |wish: &PyramidWish| deliver::choose_for(srs, raster, offered, wish);
    let plan = choose(wish)?;
    let fixed = PyramidWish { grid: Some(plan.grid.clone()), ..wish.clone() };
    let compressions = offered
        .compressions
        .iter()
        .map(|id| match choose(&PyramidWish { compression: Some(id.clone()), ..fixed.clone() }) {
            Ok(plan) => CompressionOffer { id: id.clone(), refused: None, bytes: plan.bytes },
            Err(failure) => CompressionOffer { id: id.clone(), refused: Some(failure.message), bytes: 0 },
        })
        .collect();
    let near = choose(&PyramidWish { bottom: None, top: None, ..fixed.clone() })?.bottom;
    let around = near.saturating_sub(AROUND.0).min(plan.bottom)..=near.saturating_add(AROUND.1).max(plan.bottom);
    let levels = around
        .filter_map(|level| {
            let top = Some(plan.top.min(level));
            let plan = choose(&PyramidWish { bottom: Some(level), top, ..fixed.clone() }).ok()?;
            Some(LevelOffer { level, resolution: plan.resolution, bytes: plan.bytes })
        })
        .collect();
    let with = |mask| choose(&PyramidWish { mask: Some(mask), ..fixed.clone() }).map_or(0, |plan| plan.bytes);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a forecast"
    )]
    let seconds = speed.map(|speed| (plan.bytes as f64 / speed.bytes_per_second).ceil() as u64);
    Ok(PyramidShown {
        images: raster.clone(),
        compressions,
        interpolations: offered.interpolations.clone(),
        levels,
        mask_bytes: with(true).saturating_sub(with(false)),
        seconds,
        room_bytes: None,
        measured: speed.map_or(0, |speed| speed.runs),
        plan,
    })
}

#[cfg(test)]
mod tests {
    use platform::wire::{Tms, TmsLevel};

    use super::*;

    fn offered() -> deliver::Offered {
        let level = |l: u8| TmsLevel { id: l.to_string(), resolution: 156_543.033_928_041 / 2_f64.powi(i32::from(l)) };
        deliver::Offered {
            grids: vec![Tms {
                id: "PM".to_owned(),
                srs: Some("EPSG:3857".to_owned()),
                levels: (0..22).map(level).collect(),
            }],
            compressions: ["jpg", "png", "zip", "jpg90"].map(str::to_owned).into(),
            interpolations: ["nn", "linear", "bicubic"].map(str::to_owned).into(),
        }
    }

    fn photographs() -> PackageRaster {
        PackageRaster {
            images: 2,
            pixels: 8_000_000,
            bands: 3,
            alpha: false,
            kind: "Byte".to_owned(),
            nodata: None,
            resolution: 0.5,
            latitude: 46.14,
            twin: None,
        }
    }

    #[test]
    fn every_other_choice_says_what_it_costs_or_why_it_cannot_be() {
        let told = shown("EPSG:2154", &photographs(), &offered(), &PyramidWish::default(), None).expect("a pyramid");
        assert_eq!((told.plan.compression.as_str(), told.plan.bottom), ("jpg", 18));
        let bytes = |id: &str| told.compressions.iter().find(|c| c.id == id).expect("offered").bytes;
        assert!(bytes("jpg") < bytes("jpg90") && bytes("jpg90") < bytes("png"));
        assert_eq!(bytes("jpg"), told.plan.bytes);
        assert_eq!(told.levels.iter().map(|l| l.level).collect::<Vec<_>>(), [15, 16, 17, 18, 19]);
        assert!(told.levels.windows(2).all(|pair| pair[0].bytes < pair[1].bytes));
        assert!(told.mask_bytes > 0);
        assert_eq!((told.seconds, told.measured), (None, 0));

        let transparent = PackageRaster { alpha: true, ..photographs() };
        let told = shown("EPSG:2154", &transparent, &offered(), &PyramidWish::default(), None).expect("a pyramid");
        let jpeg = told.compressions.iter().find(|c| c.id == "jpg").expect("offered");
        assert!(jpeg.refused.as_ref().is_some_and(|why| why[0].contains("transparence oui")), "{jpeg:?}");
    }

    #[test]
    fn the_time_is_that_of_what_was_made_before() {
        let speed = deliver::Speed { runs: 3, bytes_per_second: 1000.0 };
        let wish = PyramidWish { bottom: Some(17), ..PyramidWish::default() };
        let told = shown("EPSG:2154", &photographs(), &offered(), &wish, Some(speed)).expect("a pyramid");
        assert_eq!(told.seconds, Some(told.plan.bytes.div_ceil(1000)));
        assert_eq!(told.measured, 3);
        assert_eq!(told.plan.bottom, 17);
    }
}
