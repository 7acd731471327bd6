//! The GeoPackage that a copy is written into: tables as the recipe names them, one transaction a
//! layer, spatial indexes at the end.

use std::path::Path;
use std::ptr::{null, null_mut};

use gdal_sys::{GDALDatasetH, OGRFeatureDefnH, OGRLayerH, OGRwkbGeometryType};
use serde::{Deserialize, Serialize};

use super::fields::FieldPlan;
use super::shape::Batch;
use super::{Recipe, Tally, refused, telling};
use crate::raw::{CList, Reference, c_string};
use crate::{Result, capture};

/// A table to write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutTable {
    pub table: String,
    /// OGC name; `Unknown` for any, `None` for a table without geometry.
    pub geometry: String,
    pub takes: Takes,
}

/// Which rows a table takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Takes {
    #[default]
    All,
    /// Those with a geometry.
    Placed,
    /// Those without.
    Unplaced,
    Points,
    Lines,
    Surfaces,
}

/// GDAL's number of an OGC name.
pub(crate) fn geometry_type(name: &str) -> OGRwkbGeometryType::Type {
    use OGRwkbGeometryType as T;
    let (flat, dimensions) = name.split_once(' ').unwrap_or((name, ""));
    let flat = match flat {
        "None" => return T::wkbNone,
        "Point" => T::wkbPoint,
        "LineString" => T::wkbLineString,
        "Polygon" => T::wkbPolygon,
        "MultiPoint" => T::wkbMultiPoint,
        "MultiLineString" => T::wkbMultiLineString,
        "MultiPolygon" => T::wkbMultiPolygon,
        "GeometryCollection" => T::wkbGeometryCollection,
        "CircularString" => T::wkbCircularString,
        "CompoundCurve" => T::wkbCompoundCurve,
        "CurvePolygon" => T::wkbCurvePolygon,
        "MultiCurve" => T::wkbMultiCurve,
        "MultiSurface" => T::wkbMultiSurface,
        "Curve" => T::wkbCurve,
        "Surface" => T::wkbSurface,
        "PolyhedralSurface" => T::wkbPolyhedralSurface,
        "TIN" | "Tin" => T::wkbTIN,
        "Triangle" => T::wkbTriangle,
        _ => T::wkbUnknown,
    };
    // SAFETY: the function only computes a number.
    unsafe {
        gdal_sys::OGR_GT_SetModifier(flat, i32::from(dimensions.contains('Z')), i32::from(dimensions.contains('M')))
    }
}

/// A table's definition, shared with the threads that make its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Definition {
    pub(crate) handle: OGRFeatureDefnH,
    pub(crate) takes: Takes,
    pub(crate) spatial: bool,
}

// SAFETY: the definition is not changed once the table is made, and counts its users atomically.
unsafe impl Send for Definition {}
// SAFETY: as above.
unsafe impl Sync for Definition {}

pub(crate) struct Target {
    dataset: Dataset,
    layers: Vec<OGRLayerH>,
    definitions: Vec<Definition>,
    name: String,
}

struct Dataset(GDALDatasetH);

// SAFETY: handed to one thread at a time.
unsafe impl Send for Dataset {}

impl Drop for Dataset {
    fn drop(&mut self) {
        // SAFETY: closed once; a transaction left open is rolled back.
        let _ = capture::listen(|| unsafe { gdal_sys::GDALClose(self.0) });
    }
}

impl Target {
    /// Makes the tables of a recipe, in a file made when missing, and begins the transaction.
    pub(crate) fn create(path: &Path, source: OGRLayerH, recipe: &Recipe, plan: &FieldPlan) -> Result<Self> {
        crate::start();
        let doing = |says| refused(&recipe.layer, says);
        let name = c_string(&path.to_string_lossy());
        let (handle, heard) = capture::listen(|| {
            // SAFETY: the name and lists outlive the calls.
            unsafe {
                if path.exists() {
                    let flags = 0x01 | 0x04 | 0x40; // update, vector, verbose
                    gdal_sys::GDALOpenEx(name.as_ptr(), flags, null(), null(), null())
                } else {
                    let driver = gdal_sys::GDALGetDriverByName(c_string("GPKG").as_ptr());
                    let kind = gdal_sys::GDALDataType::GDT_Unknown;
                    gdal_sys::GDALCreate(driver, name.as_ptr(), 0, 0, 0, kind, null_mut())
                }
            }
        });
        if handle.is_null() {
            return Err(doing(capture::last(&heard)));
        }
        let dataset = Dataset(handle);
        let reference = match &recipe.shape.srs {
            Some(code) => Some(Reference::named(code).ok_or_else(|| doing(format!("PROJ does not know {code}")))?),
            None => None,
        };
        let (mut layers, mut definitions) = (Vec::new(), Vec::new());
        for out in &recipe.tables {
            let spatial = out.geometry != "None";
            let mut options = vec![format!("FID={}", recipe.fid_column)];
            if spatial {
                options.push(format!("GEOMETRY_NAME={}", recipe.geometry_column));
                options.push("SPATIAL_INDEX=YES".to_owned());
            }
            let options = CList::new(&options);
            let table = c_string(&out.table);
            let (layer, heard) = capture::listen(|| {
                let reference = reference.as_ref().filter(|_| spatial).map_or(null_mut(), Reference::handle);
                // SAFETY: the dataset is open; the reference is copied.
                unsafe {
                    gdal_sys::GDALDatasetCreateLayer(
                        dataset.0,
                        table.as_ptr(),
                        reference,
                        geometry_type(&out.geometry),
                        options.as_ptr().cast_mut().cast(),
                    )
                }
            });
            if layer.is_null() {
                return Err(doing(capture::last(&heard)));
            }
            let (made, heard) = capture::listen(|| plan.create(source, layer));
            if !made {
                return Err(doing(capture::last(&heard)));
            }
            // SAFETY: the layer lives as long as the dataset.
            let handle = unsafe { gdal_sys::OGR_L_GetLayerDefn(layer) };
            layers.push(layer);
            definitions.push(Definition { handle, takes: out.takes, spatial });
        }
        let (begun, heard) =
            // SAFETY: the dataset is open.
            capture::listen(|| unsafe { gdal_sys::GDALDatasetStartTransaction(dataset.0, 0) });
        if begun != gdal_sys::OGRErr::OGRERR_NONE {
            return Err(doing(capture::last(&heard)));
        }
        Ok(Self { dataset, layers, definitions, name: recipe.layer.clone() })
    }

    pub(crate) fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    pub(crate) fn write(&self, batch: &Batch, tally: &mut Tally) -> Result<()> {
        let (outcome, heard) = capture::listen(|| {
            for (at, row) in &batch.rows {
                // SAFETY: the row was made from this layer's definition; it is copied into the file.
                let outcome = unsafe { gdal_sys::OGR_L_CreateFeature(self.layers[*at], row.0) };
                if outcome != gdal_sys::OGRErr::OGRERR_NONE {
                    return false;
                }
                tally.written[*at] += 1;
            }
            true
        });
        if outcome { Ok(()) } else { Err(refused(&self.name, capture::last(&heard))) }
    }

    /// Commits, builds the indexes and closes.
    pub(crate) fn finish(self, told: &mut dyn FnMut() -> bool) -> Result<()> {
        let name = self.name;
        let dataset = self.dataset;
        let done = telling(told, move || {
            let dataset = dataset;
            let (well, heard) = capture::listen(|| {
                // SAFETY: the dataset is open, and closed here instead of by `Drop`.
                unsafe {
                    let committed = gdal_sys::GDALDatasetCommitTransaction(dataset.0);
                    gdal_sys::GDALClose(dataset.0);
                    committed == gdal_sys::OGRErr::OGRERR_NONE
                }
            });
            std::mem::forget(dataset);
            (well && !heard.iter().any(|said| said.error)).then_some(()).ok_or_else(|| capture::last(&heard))
        });
        done.unwrap_or_else(|| Err("the writer stopped".to_owned())).map_err(|says| refused(&name, says))
    }
}

#[cfg(test)]
mod tests {
    use super::geometry_type;
    use crate::facts::geometry_name;

    #[test]
    fn the_names_of_geometries_are_read_back() {
        for name in ["Point", "MultiPolygon", "LineString Z", "MultiPolygon ZM", "Point M", "Unknown", "None"] {
            assert_eq!(geometry_name(geometry_type(name)), name);
        }
    }
}
