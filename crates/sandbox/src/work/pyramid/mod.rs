//! Raster pyramids: what one is made of, how its tiles are kept and read, and the processings that
//! make one. See docs/decisions for why tiles are in a SQLite file.

mod build;
mod codec;
mod harvest;
mod merge;
mod mosaic;
mod store;

use geodata::imagery::Resampling;
use model::Extent;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Job, Log, Made};
use crate::grids::{Grid, grid};

pub(crate) use codec::{Compression, encode_png, fill, raw};
pub(super) use harvest::harvest;
pub(super) use merge::merge;
pub(crate) use mosaic::refers;
pub(super) use mosaic::{check, pyramid};
pub(crate) use store::{Pyramid, Tile};

/// What a pyramid is: everything that its tiles have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spec {
    /// The grid's id.
    pub(crate) tms: String,
    pub(crate) compression: Compression,
    /// `nn`, `linear`, `bicubic`.
    pub(crate) interpolation: String,
    /// The most detailed level, and the least.
    pub(crate) bottom: u32,
    pub(crate) top: u32,
    /// Which pixels hold data is kept beside each tile.
    pub(crate) mask: bool,
    /// Without transparency.
    pub(crate) bands: usize,
    /// Transparency is a last channel of the tiles.
    pub(crate) alpha: bool,
    pub(crate) floats: bool,
    /// What fills the pixels without data, one value a band.
    pub(crate) nodata: Vec<f64>,
    /// In the grid's CRS.
    pub(crate) extent: Extent,
}

impl Spec {
    /// # Errors
    /// A grid that is not known here.
    pub(crate) fn grid(&self) -> Result<&'static Grid, String> {
        grid(&self.tms).ok_or_else(|| format!("La grille « {} » n'existe pas.", self.tms))
    }

    pub(crate) fn resampling(&self) -> Resampling {
        match self.interpolation.as_str() {
            "nn" => Resampling::Nearest,
            "linear" => Resampling::Bilinear,
            _ => Resampling::Cubic,
        }
    }

    /// As the platform tells of the stored data.
    fn type_infos(&self) -> Value {
        let levels: Vec<String> = (self.top..=self.bottom).map(|l| l.to_string()).collect();
        let nodata: Vec<String> = self.nodata.iter().map(|v| format!("{v}")).collect();
        json!({
            "tms": self.tms,
            "levels": levels,
            "channels_format": if self.floats { "FLOAT32" } else { "UINT8" },
            "channels_number": self.bands + usize::from(self.alpha),
            "compression": self.compression.as_str(),
            "nodata_value": nodata.join(","),
        })
    }

    fn made(&self, bytes: u64) -> Result<Made, String> {
        let grid = self.grid()?;
        let extent =
            geodata::imagery::transform_extent(grid.plane, "EPSG:4326", self.extent).map_err(|e| e.to_string())?;
        Ok(Made { type_infos: self.type_infos(), extent, srs: Some(grid.crs.to_owned()), bytes })
    }
}

/// A level given as a parameter: text that is a number, of the grid's levels.
fn level(value: &Value, name: &str, grid: &Grid) -> Result<Option<u32>, String> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.parse::<u32>() {
        Ok(level) if level < grid.levels => Ok(Some(level)),
        _ => Err(format!("« {name} » : le niveau « {text} » n'existe pas dans la grille {}.", grid.id)),
    }
}

/// A boolean, which answers of the platform also write as text.
fn truth(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str() == Some("true"))
}
