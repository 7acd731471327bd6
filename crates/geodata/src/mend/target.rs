//! The GeoPackage that a copy is written into: tables as the recipe names them, one transaction a
//! layer, spatial indexes packed meanwhile (`index`).

use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};

use gdal_sys::{GDALDatasetH, OGRFeatureDefnH, OGRLayerH, OGRwkbGeometryType};
use serde::{Deserialize, Serialize};

use super::fields::FieldPlan;
use super::index::{Boxed, Index, quoted};
use super::shape::Batch;
use super::{Recipe, Row, Tally, refused, telling};
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
    path: PathBuf,
    layers: Vec<OGRLayerH>,
    definitions: Vec<Definition>,
    /// By table; none for one without geometry.
    indexes: Vec<Option<Index>>,
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
        let (mut layers, mut definitions, mut indexes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, out) in recipe.tables.iter().enumerate() {
            let spatial = out.geometry != "None";
            let mut options = vec![format!("FID={}", recipe.fid_column)];
            if spatial {
                options.push(format!("GEOMETRY_NAME={}", recipe.geometry_column));
                options.push("SPATIAL_INDEX=NO".to_owned());
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
            let index = if spatial {
                let trigger = empty_index(&dataset, &out.table, &recipe.geometry_column).map_err(doing)?;
                let name = index_name(&out.table, &recipe.geometry_column);
                Some(Index::begin(path, at, name, trigger).map_err(|fault| doing(fault.to_string()))?)
            } else {
                None
            };
            indexes.push(index);
            layers.push(layer);
            definitions.push(Definition { handle, takes: out.takes, spatial });
        }
        let (begun, heard) =
            // SAFETY: the dataset is open.
            capture::listen(|| unsafe { gdal_sys::GDALDatasetStartTransaction(dataset.0, 0) });
        if begun != gdal_sys::OGRErr::OGRERR_NONE {
            return Err(doing(capture::last(&heard)));
        }
        Ok(Self { dataset, path: path.to_owned(), layers, definitions, indexes, name: recipe.layer.clone() })
    }

    pub(crate) fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    pub(crate) fn write(&self, batch: &Batch, tally: &mut Tally) -> Result<()> {
        let mut boxes: Vec<Vec<Boxed>> = vec![Vec::new(); self.layers.len()];
        let (outcome, heard) = capture::listen(|| {
            for (at, row) in &batch.rows {
                // SAFETY: the row was made from this layer's definition; it is copied into the file.
                let outcome = unsafe { gdal_sys::OGR_L_CreateFeature(self.layers[*at], row.0) };
                if outcome != gdal_sys::OGRErr::OGRERR_NONE {
                    return false;
                }
                tally.written[*at] += 1;
                boxes[*at].extend(boxed(row));
            }
            true
        });
        for (index, boxes) in self.indexes.iter().zip(boxes) {
            if let Some(index) = index {
                index.take(boxes);
            }
        }
        if outcome { Ok(()) } else { Err(refused(&self.name, capture::last(&heard))) }
    }

    /// Commits, closes, and puts the indexes in.
    pub(crate) fn finish(self, told: &mut dyn FnMut() -> bool) -> Result<()> {
        let name = self.name;
        let (dataset, path, indexes) = (self.dataset, self.path, self.indexes);
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
            if !well || heard.iter().any(|said| said.error) {
                return Err(capture::last(&heard));
            }
            indexes.into_iter().flatten().try_for_each(|index| index.finish(&path))
        });
        done.unwrap_or_else(|| Err("the writer stopped".to_owned())).map_err(|says| refused(&name, says))
    }
}

/// GDAL's name for the index of a table.
fn index_name(table: &str, column: &str) -> String {
    format!("rtree_{table}_{column}")
}

/// Makes the empty index of a table and takes off the trigger that would fill it row by row: its SQL.
fn empty_index(dataset: &Dataset, table: &str, column: &str) -> std::result::Result<String, String> {
    let value = |name: &str| format!("'{}'", name.replace('\'', "''"));
    ask(dataset, &format!("SELECT CreateSpatialIndex({}, {})", value(table), value(column)))?;
    let name = format!("{}_insert", index_name(table, column));
    let sql =
        ask(dataset, &format!("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = {}", value(&name)))?
            .ok_or_else(|| format!("`{table}` got no spatial index"))?;
    ask(dataset, &format!("DROP TRIGGER {}", quoted(&name)))?;
    Ok(sql)
}

/// Runs a statement: the first value of the first row of its answer.
fn ask(dataset: &Dataset, sql: &str) -> std::result::Result<Option<String>, String> {
    let statement = c_string(sql);
    let (answer, heard) = capture::listen(|| {
        // SAFETY: the dataset is open, the answer is released once, what it holds is copied before.
        unsafe {
            let rows = gdal_sys::GDALDatasetExecuteSQL(dataset.0, statement.as_ptr(), null_mut(), null());
            if rows.is_null() {
                return None;
            }
            let first = gdal_sys::OGR_L_GetNextFeature(rows);
            let value = (!first.is_null()).then(|| {
                let value = crate::raw::text(gdal_sys::OGR_F_GetFieldAsString(first, 0));
                gdal_sys::OGR_F_Destroy(first);
                value
            });
            gdal_sys::GDALDatasetReleaseResultSet(dataset.0, rows);
            value
        }
    });
    if heard.iter().any(|said| said.error) { Err(capture::last(&heard)) } else { Ok(answer) }
}

/// The id and the box of a row just written, unless it has no place.
fn boxed(row: &Row) -> Option<Boxed> {
    // SAFETY: the row is alive, its geometry belongs to it.
    unsafe {
        let geometry = gdal_sys::OGR_F_GetGeometryRef(row.0);
        if geometry.is_null() || gdal_sys::OGR_G_IsEmpty(geometry) != 0 {
            return None;
        }
        let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
        gdal_sys::OGR_G_GetEnvelope(geometry, &raw mut e);
        Some((gdal_sys::OGR_F_GetFID(row.0), [e.MinX, e.MaxX, e.MinY, e.MaxY]))
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
