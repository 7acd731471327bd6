//! What WMTS, TMS and WMS-R share of a raster publication: its pyramids and the levels each serves,
//! its styles, a window of its pixels drawn.

use std::path::PathBuf;

use geodata::imagery::Image;
use serde_json::Value;

use super::Publication;
use super::rok4::Style;
use crate::grids::{Grid, SIDE};
use crate::work::pyramid::{Pyramid, Spec, Tile};

/// One pyramid of a publication, and the levels it serves of it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) folder: PathBuf,
    pub(super) bottom: u32,
    pub(super) top: u32,
}

/// A raster publication.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) abstract_: String,
    pub(super) keywords: Vec<String>,
    pub(super) parts: Vec<Part>,
    pub(super) spec: Spec,
    /// The first is the default; none means the data as they are.
    pub(super) styles: Vec<Style>,
    /// West, south, east, north in degrees.
    pub(super) bounds: [f64; 4],
    /// Pixels may be asked for.
    pub(super) queryable: bool,
    /// The platform's word: `BICUBIC`.
    pub(super) interpolation: String,
}

pub(super) fn is_raster(p: &Publication) -> bool {
    p.stored.first().is_some_and(|(_, s)| s["type"] == "ROK4-PYRAMID-RASTER")
}

impl Layer {
    /// # Errors
    /// When its pyramids cannot be read.
    pub(super) fn of(p: &Publication) -> Result<Self, String> {
        let infos = &p.configuration["type_infos"];
        let level = |used: &Value, member: &str| used[member].as_str().and_then(|l| l.parse().ok());
        let parts: Vec<Part> = infos["used_data"]
            .as_array()
            .into_iter()
            .flatten()
            .zip(&p.stored)
            .map(|(used, (folder, _))| Part {
                folder: folder.clone(),
                bottom: level(used, "bottom_level").unwrap_or(0),
                top: level(used, "top_level").unwrap_or(0),
            })
            .collect();
        let first = parts.first().ok_or("La publication n'a pas de données.")?;
        let mut spec = Pyramid::open(&first.folder)?.spec;
        for part in &parts[1..] {
            spec.extent = spec.extent.union(Pyramid::open(&part.folder)?.spec.extent);
        }
        let grid = spec.grid()?;
        let side = |name: &str| infos["bbox"][name].as_f64();
        let given = side("west").zip(side("south")).zip(side("east").zip(side("north")));
        let bounds = match given {
            Some(((w, s), (e, n))) => [w, s, e, n],
            None => geodata::imagery::transform_extent(grid.plane, "EPSG:4326", spec.extent)
                .map_err(|e| e.to_string())?
                .map_or([-180.0, -90.0, 180.0, 90.0], Into::into),
        };
        let styles = p.styles.iter().map(|(_, text)| Style::read(text)).collect::<Result<Vec<_>, _>>()?;
        let words = infos["keywords"].as_array().into_iter().flatten();
        Ok(Self {
            name: p.layer_name().to_owned(),
            title: p.text("title"),
            abstract_: p.text("abstract"),
            keywords: words.filter_map(|w| w.as_str().map(str::to_owned)).collect(),
            parts,
            spec,
            styles,
            bounds,
            queryable: infos["getfeatureinfo"]["stored_data"] == true,
            interpolation: infos["interpolation"].as_str().unwrap_or("BICUBIC").to_owned(),
        })
    }

    pub(super) fn grid(&self) -> Result<&'static Grid, String> {
        self.spec.grid()
    }

    pub(super) fn bottom(&self) -> u32 {
        self.parts.iter().map(|p| p.bottom).max().unwrap_or(0)
    }

    pub(super) fn top(&self) -> u32 {
        self.parts.iter().map(|p| p.top).min().unwrap_or(0)
    }

    /// Its part of the grid, as the platform's server names it: `PM_0_18`.
    pub(super) fn matrix_set(&self) -> String {
        format!("{}_{}_{}", self.spec.tms, self.top(), self.bottom())
    }

    /// The style of a name; nothing for the data as they are.
    ///
    /// # Errors
    /// When there is no such style.
    pub(super) fn style(&self, name: &str) -> Result<Option<&Style>, String> {
        if name.is_empty() {
            return Ok(self.styles.first());
        }
        match self.styles.iter().find(|s| s.identifier == name) {
            Some(style) => Ok(Some(style)),
            None if name == "normal" => Ok(None),
            None => Err(format!("no style `{name}` for the layer `{}`", self.name)),
        }
    }

    /// The pyramid that serves a level.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn pyramid(&self, level: u32) -> Result<Option<Pyramid>, String> {
        let part = self.parts.iter().find(|p| p.top <= level && level <= p.bottom);
        part.map(|p| Pyramid::open(&p.folder)).transpose()
    }

    pub(super) fn tile(&self, level: u32, column: u32, row: u32) -> Result<Option<Tile>, String> {
        self.pyramid(level)?.map_or(Ok(None), |p| p.tile((level, column, row)))
    }

    /// A tile drawn by a style; nothing where there are no data.
    pub(super) fn styled_tile(
        &self,
        style: &Style,
        level: u32,
        column: u32,
        row: u32,
    ) -> Result<Option<Image>, String> {
        let Some(pyramid) = self.pyramid(level)? else { return Ok(None) };
        if pyramid.tile((level, column, row))?.is_none() {
            return Ok(None);
        }
        let side = SIDE as i64;
        let (x, y) = (i64::from(column) * side, i64::from(row) * side);
        // a pixel more on each side, for what looks at its neighbours
        let around = pyramid.window(level, x - 1, y - 1, SIDE + 2, SIDE + 2)?;
        let grid = self.grid()?;
        let resolution = grid.resolution(level);
        let tile = grid.tile(level, column, row);
        style.draw(&around, metres(grid, resolution, f64::midpoint(tile.miny, tile.maxy))).map(Some)
    }
}

/// Size of a pixel on the ground, across and down.
pub(super) fn metres(grid: &Grid, resolution: f64, y: f64) -> [f64; 2] {
    if grid.geographic() {
        let down = resolution * 111_320.0;
        [down * y.to_radians().cos(), down]
    } else {
        [resolution; 2]
    }
}
