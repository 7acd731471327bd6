//! One geometry after another: made linear, flat, valid, reprojected, rounded, multiple, as the
//! recipe says, in that order; then handed to the table that takes it.

use gdal_sys::{OGRGeometryH, OGRwkbGeometryType};
use model::Extent;
use serde::{Deserialize, Serialize};

use super::fields::FieldPlan;
use super::target::{Definition, Takes, geometry_type};
use super::{Recipe, Row, Tally, refused};
use crate::raw::{CList, Reference, Transform};
use crate::scan::{Part, vertices};
use crate::{Error, Result, capture};

/// What becomes of the geometries of a layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ShapeRecipe {
    /// The CRS of the copy.
    pub srs: Option<String>,
    /// Coordinates are brought from this one: a code or WKT. Nothing: they stay as they are.
    pub from: Option<String>,
    pub swap_axes: bool,
    pub make_valid: Option<Method>,
    /// Arcs become segments.
    pub linear: bool,
    /// Each becomes the multiple of its kind.
    pub multi: bool,
    pub drop_z: bool,
    pub drop_m: bool,
    /// In units of the copy's CRS.
    pub round: Option<f64>,
    /// Where the place is written, by the numbers of the fields: x and y, or WKT.
    pub columns: Vec<usize>,
}

/// How GEOS makes a surface valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// Every line is kept; what is covered twice becomes a hole.
    #[default]
    Linework,
    /// Every surface is kept; what is covered twice is covered once.
    Structure,
}

impl Method {
    pub const ALL: [Method; 2] = [Method::Linework, Method::Structure];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::Linework => "linework",
            Method::Structure => "structure",
        }
    }
}

/// Rows ready to be written, with the number of their table, and what was counted.
pub(crate) struct Batch {
    pub(crate) rows: Vec<(usize, Row)>,
    pub(crate) tally: Tally,
}

/// A geometry that we own.
pub(crate) struct Shape(pub(crate) OGRGeometryH);

impl Drop for Shape {
    fn drop(&mut self) {
        // SAFETY: the handle is ours alone.
        unsafe { gdal_sys::OGR_G_DestroyGeometry(self.0) };
    }
}

impl Shape {
    fn into_raw(self) -> OGRGeometryH {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }

    fn kind(&self) -> OGRwkbGeometryType::Type {
        // SAFETY: the geometry is ours.
        unsafe { gdal_sys::OGR_G_GetGeometryType(self.0) }
    }

    /// Its box; nothing when it is empty or a coordinate is not a finite number.
    pub(crate) fn extent(&self) -> Option<Extent> {
        let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
        // SAFETY: the geometry is ours; four numbers to write to.
        unsafe {
            if gdal_sys::OGR_G_IsEmpty(self.0) != 0 {
                return None;
            }
            gdal_sys::OGR_G_GetEnvelope(self.0, &raw mut e);
        }
        Extent::new(e.MinX, e.MinY, e.MaxX, e.MaxY)
    }

    /// Whether there is something of it, of finite coordinates.
    pub(crate) fn is_somewhere(&self) -> bool {
        self.extent().is_some()
    }

    pub(crate) fn area(&self) -> f64 {
        // SAFETY: the geometry is ours.
        if self.dimension() < 2 { 0.0 } else { unsafe { gdal_sys::OGR_G_Area(self.0) } }
    }

    fn dimension(&self) -> i32 {
        // SAFETY: the geometry is ours.
        unsafe { gdal_sys::OGR_G_GetDimension(self.0) }
    }

    pub(crate) fn vertices(&self) -> u64 {
        // SAFETY: the geometry is ours.
        unsafe { vertices(self.0) }
    }

    /// The multiple of its kind.
    fn multiple(self) -> Self {
        // SAFETY: `OGR_G_ForceTo` takes the geometry and gives one to own.
        unsafe {
            let kind = gdal_sys::OGR_GT_GetCollection(self.kind());
            if kind == OGRwkbGeometryType::wkbUnknown || kind == self.kind() {
                return self;
            }
            Shape(gdal_sys::OGR_G_ForceTo(self.into_raw(), kind, std::ptr::null_mut()))
        }
    }

    /// What of it is of a dimension, as a multiple; nothing when nothing is.
    fn of_dimension(&self, dimension: i32) -> Option<Self> {
        let kind = match dimension {
            0 => "MultiPoint",
            1 => "MultiLineString",
            _ => "MultiPolygon",
        };
        // SAFETY: the parts belong to this geometry and are copied into one of ours.
        let all = unsafe { Shape(gdal_sys::OGR_G_CreateGeometry(geometry_type(kind))) };
        // SAFETY: as above.
        unsafe { gather(self.0, dimension, &all) };
        all.is_somewhere().then_some(all)
    }
}

unsafe fn gather(from: OGRGeometryH, dimension: i32, into: &Shape) {
    // SAFETY: the geometry is alive, its parts belong to it, clones are given away.
    unsafe {
        let flat = gdal_sys::OGR_GT_Flatten(gdal_sys::OGR_G_GetGeometryType(from));
        let many = gdal_sys::OGR_GT_IsSubClassOf(flat, OGRwkbGeometryType::wkbGeometryCollection) != 0;
        if many {
            for i in 0..gdal_sys::OGR_G_GetGeometryCount(from) {
                gather(gdal_sys::OGR_G_GetGeometryRef(from, i), dimension, into);
            }
        } else if gdal_sys::OGR_G_GetDimension(from) == dimension && gdal_sys::OGR_G_IsEmpty(from) == 0 {
            gdal_sys::OGR_G_AddGeometry(into.0, from);
        }
    }
}

/// What making one geometry valid gave.
pub(crate) enum Validity {
    Already(Shape),
    Made(Shape),
    /// Nothing of its dimension is left.
    Collapsed,
}

/// Beyond it, in any unit, a coordinate is damage.
const FARTHEST: f64 = 1e11;

/// Makes a geometry valid, keeping its dimension, Z and M.
pub(crate) fn make_valid(shape: Shape, method: Method, prover: &mut Part) -> Validity {
    let kind = shape.kind();
    // SAFETY: the geometry is ours; the one made is owned.
    unsafe {
        let flat = gdal_sys::OGR_GT_Flatten(kind);
        let dimension = shape.dimension();
        if dimension == 0 || prover.proves(shape.0, flat) || gdal_sys::OGR_G_IsValid(shape.0) != 0 {
            return Validity::Already(shape);
        }
        // GEOS would never end on coordinates that are damage, not places
        let absurd = shape.extent().is_none_or(|e| <[f64; 4]>::from(e).iter().any(|n| n.abs() > FARTHEST));
        if absurd {
            return Validity::Collapsed;
        }
        let made = gdal_sys::OGR_G_MakeValidEx(shape.0, options(method).as_ptr().cast_mut().cast());
        if made.is_null() {
            return Validity::Collapsed;
        }
        let Some(kept) = Shape(made).of_dimension(dimension) else { return Validity::Collapsed };
        gdal_sys::OGR_G_Set3D(kept.0, gdal_sys::OGR_GT_HasZ(kind));
        gdal_sys::OGR_G_SetMeasured(kept.0, gdal_sys::OGR_GT_HasM(kind));
        Validity::Made(kept)
    }
}

fn options(method: Method) -> CList {
    match method {
        Method::Linework => CList::new(&["METHOD=LINEWORK"]),
        Method::Structure => CList::new(&["METHOD=STRUCTURE"]),
    }
}

/// Makes the rows of a copy, on one thread.
pub(crate) struct Mender<'a> {
    recipe: &'a Recipe,
    plan: &'a FieldPlan,
    definitions: &'a [Definition],
    transform: Option<Transform>,
    prover: Part,
    splits: bool,
}

impl<'a> Mender<'a> {
    pub(crate) fn new(recipe: &'a Recipe, plan: &'a FieldPlan, definitions: &'a [Definition]) -> Result<Self> {
        let transform = match (&recipe.shape.from, &recipe.shape.srs) {
            (Some(from), Some(to)) => {
                let pair = Reference::named(from).zip(Reference::named(to));
                let made = pair.and_then(|(from, to)| Transform::new(&from, &to));
                Some(made.ok_or_else(|| refused(&recipe.layer, format!("PROJ knows no way from {from} to {to}")))?)
            }
            _ => None,
        };
        let splits = definitions.iter().any(|d| matches!(d.takes, Takes::Points | Takes::Lines | Takes::Surfaces));
        Ok(Self { recipe, plan, definitions, transform, prover: Part::default(), splits })
    }

    pub(crate) fn mend(&mut self, rows: Vec<Row>) -> Result<Batch> {
        let mut batch = Batch { rows: Vec::with_capacity(rows.len()), tally: Tally::default() };
        capture::attend(|heard| {
            for row in rows {
                heard.clear();
                self.mend_row(&row, &mut batch)?;
            }
            Ok(batch)
        })
    }

    fn mend_row(&mut self, row: &Row, batch: &mut Batch) -> Result<()> {
        batch.tally.read += 1;
        // SAFETY: the row is ours; its geometry is taken out of it.
        let (id, taken) = unsafe { (gdal_sys::OGR_F_GetFID(row.0), gdal_sys::OGR_F_StealGeometry(row.0)) };
        let found = if taken.is_null() { self.placed(row) } else { Some(Shape(taken)) };
        let shape = match found {
            Some(shape) => self.mend_shape(shape, id, &mut batch.tally)?,
            None => None,
        };
        let Some(shape) = shape else {
            return self.put(row, id, None, batch);
        };
        // SAFETY: the geometry is ours.
        let flat = unsafe { gdal_sys::OGR_GT_Flatten(shape.kind()) };
        if self.splits && flat == OGRwkbGeometryType::wkbGeometryCollection {
            for part in (0..3).filter_map(|dimension| shape.of_dimension(dimension)).collect::<Vec<_>>() {
                self.put(row, id, Some(part), batch)?;
            }
            return Ok(());
        }
        self.put(row, id, Some(shape), batch)
    }

    /// The geometry that a row's columns tell of.
    fn placed(&self, row: &Row) -> Option<Shape> {
        let text = |at: usize| {
            // SAFETY: the row is alive and has that field; the text is copied.
            unsafe { crate::raw::text(gdal_sys::OGR_F_GetFieldAsString(row.0, i32::try_from(at).unwrap_or(-1))) }
        };
        match self.recipe.shape.columns.as_slice() {
            [wkt] => from_wkt(&text(*wkt)),
            [x, y] => {
                let number =
                    |at: usize| text(at).trim().replace(',', ".").replace(['\u{a0}', ' '], "").parse::<f64>().ok();
                let (x, y) = (number(*x)?, number(*y)?);
                // SAFETY: the point made is owned.
                unsafe {
                    let point = Shape(gdal_sys::OGR_G_CreateGeometry(OGRwkbGeometryType::wkbPoint));
                    gdal_sys::OGR_G_SetPoint_2D(point.0, 0, x, y);
                    Some(point)
                }
            }
            _ => None,
        }
    }

    /// The geometry mended; nothing when nothing of it is left.
    fn mend_shape(&mut self, mut shape: Shape, id: i64, tally: &mut Tally) -> Result<Option<Shape>> {
        let recipe = &self.recipe.shape;
        // SAFETY: the geometry is ours throughout; those made are owned.
        unsafe {
            if recipe.linear && gdal_sys::OGR_G_HasCurveGeometry(shape.0, 0) != 0 {
                shape = Shape(gdal_sys::OGR_G_GetLinearGeometry(shape.0, 0.0, std::ptr::null_mut()));
            }
            if recipe.drop_z {
                gdal_sys::OGR_G_Set3D(shape.0, 0);
            }
            if recipe.drop_m {
                gdal_sys::OGR_G_SetMeasured(shape.0, 0);
            }
            if recipe.swap_axes {
                gdal_sys::OGR_G_SwapXY(shape.0);
            }
        }
        if !shape.is_somewhere() {
            return Ok(None);
        }
        if let Some(method) = recipe.make_valid {
            let (area, corners) = (shape.area(), shape.vertices());
            match make_valid(shape, method, &mut self.prover) {
                Validity::Already(same) => shape = same,
                Validity::Made(made) => {
                    tally.made_valid += 1;
                    tally.area_before += area;
                    tally.area_after += made.area();
                    tally.vertices_before += corners;
                    tally.vertices_after += made.vertices();
                    shape = made;
                }
                Validity::Collapsed => return Ok(None),
            }
        }
        if let Some(transform) = &self.transform {
            // SAFETY: the geometry is ours.
            if !unsafe { transform.geometry(shape.0) } || !shape.is_somewhere() {
                return Err(Error::Refused {
                    doing: format!("reprojecting feature {id} of `{}`", self.recipe.layer),
                    says: "a point of it has no place in the other CRS".to_owned(),
                });
            }
        }
        if let Some(step) = recipe.round.filter(|s| *s > 0.0) {
            // SAFETY: the geometry is ours.
            unsafe { round(shape.0, step) };
        }
        // new coordinates can bring edges onto each other
        let again = recipe.round.is_some() || (recipe.make_valid.is_some() && self.transform.is_some());
        if again {
            match make_valid(shape, recipe.make_valid.unwrap_or_default(), &mut self.prover) {
                Validity::Already(same) | Validity::Made(same) => shape = same,
                Validity::Collapsed => return Ok(None),
            }
        }
        Ok(Some(if recipe.multi { shape.multiple() } else { shape }))
    }

    /// Hands a row to the first table that takes it.
    fn put(&self, row: &Row, id: i64, shape: Option<Shape>, batch: &mut Batch) -> Result<()> {
        let family = shape.as_ref().map(family);
        let at = self.definitions.iter().position(|d| match d.takes {
            Takes::All => true,
            Takes::Placed => family.is_some(),
            Takes::Unplaced => family.is_none(),
            wanted => family.flatten() == Some(wanted),
        });
        let Some(at) = at else {
            batch.tally.left_out += 1;
            return Ok(());
        };
        // SAFETY: the definition outlives the rows; the geometry is given to the row.
        unsafe {
            let made = Row(gdal_sys::OGR_F_Create(self.definitions[at].handle));
            self.plan.fill(row.0, made.0, &mut batch.tally)?;
            if let Some(shape) = shape.filter(|_| self.definitions[at].spatial) {
                gdal_sys::OGR_F_SetGeometryDirectly(made.0, shape.into_raw());
            }
            let id = if self.recipe.keep_ids { id } else { -1 };
            gdal_sys::OGR_F_SetFID(made.0, id);
            batch.rows.push((at, made));
        }
        Ok(())
    }
}

/// A geometry from WKT, `SRID=…;` before it or not; nothing when it is none.
pub(crate) fn from_wkt(value: &str) -> Option<Shape> {
    let value = value.trim();
    let plain = value.split_once(';').filter(|(head, _)| head.to_uppercase().starts_with("SRID="));
    let mut pointer = crate::raw::c_string(plain.map_or(value, |(_, wkt)| wkt)).into_raw();
    let start = pointer;
    let mut geometry = std::ptr::null_mut();
    // SAFETY: GDAL moves `pointer` along the text, which is then taken back and freed; the geometry
    // made is owned.
    unsafe {
        let none = std::ptr::null_mut();
        let (outcome, _) = capture::listen(|| gdal_sys::OGR_G_CreateFromWkt(&raw mut pointer, none, &raw mut geometry));
        drop(std::ffi::CString::from_raw(start));
        if geometry.is_null() {
            return None;
        }
        let shape = Shape(geometry);
        (outcome == gdal_sys::OGRErr::OGRERR_NONE).then_some(shape)
    }
}

/// The family of a geometry that is of one.
fn family(shape: &Shape) -> Option<Takes> {
    // SAFETY: the geometry is ours.
    let flat = unsafe { gdal_sys::OGR_GT_Flatten(shape.kind()) };
    if flat == OGRwkbGeometryType::wkbGeometryCollection {
        return None;
    }
    match shape.dimension() {
        0 => Some(Takes::Points),
        1 => Some(Takes::Lines),
        2 => Some(Takes::Surfaces),
        _ => None,
    }
}

unsafe fn round(geometry: OGRGeometryH, step: f64) {
    // SAFETY: as the caller promises, the geometry is ours; its parts belong to it.
    unsafe {
        for part in 0..gdal_sys::OGR_G_GetGeometryCount(geometry) {
            round(gdal_sys::OGR_G_GetGeometryRef(geometry, part), step);
        }
        if gdal_sys::OGR_G_GetGeometryCount(geometry) > 0 {
            return;
        }
        let near = |n: f64| (n / step).round() * step;
        for i in 0..gdal_sys::OGR_G_GetPointCount(geometry) {
            let (mut x, mut y, mut z, mut m) = (0.0, 0.0, 0.0, 0.0);
            gdal_sys::OGR_G_GetPointZM(geometry, i, &raw mut x, &raw mut y, &raw mut z, &raw mut m);
            match (gdal_sys::OGR_G_Is3D(geometry) != 0, gdal_sys::OGR_G_IsMeasured(geometry) != 0) {
                (true, true) => gdal_sys::OGR_G_SetPointZM(geometry, i, near(x), near(y), z, m),
                (true, false) => gdal_sys::OGR_G_SetPoint(geometry, i, near(x), near(y), z),
                (false, true) => gdal_sys::OGR_G_SetPointM(geometry, i, near(x), near(y), m),
                (false, false) => gdal_sys::OGR_G_SetPoint_2D(geometry, i, near(x), near(y)),
            }
        }
    }
}
