//! Reads every feature of a layer: counts, types, validity, place. Memory does not grow with the
//! number of features; two threads share a layer that can be cut by feature ids.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gdal_sys::{OGRFeatureH, OGRGeometryH, OGRLayerH};
use model::{Code, Extent, Faulty, GeometryCount, Scan};

use crate::density::Density;
use crate::raw::{CList, Reference, Source, Transform, c_string};
use crate::simple::{Corner, Prover, is_line};
use crate::{capture, facts};

const MOST_SAMPLES: usize = 100;
/// Where IGN's validator warns of a feature (its document validator's options).
const MANY_VERTICES: u64 = 50_000;
const MANY_PARTS: u64 = 500;
/// How many features are read between two looks at whether to go on: well under a second's work.
const BEAT: u64 = 4096;
/// Below this, a second thread costs more than it brings.
const WORTH_SHARING: u64 = 20_000;

/// Whom to tell what a scan meets, while it runs.
#[derive(Clone, Copy)]
pub struct Listener<'a> {
    /// Hears how many features were read so far, now and then; answering `false` stops the scan,
    /// which then says so.
    pub read: &'a (dyn Fn(u64) -> bool + Sync),
    /// Hears of each feature kept as a sample: the code of the finding to come, and the place.
    pub spotted: &'a (dyn Fn(Code, &Faulty) + Sync),
}

impl std::fmt::Debug for Listener<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}

/// Reads one layer, telling only how far.
///
/// # Errors
/// As [`scan_layer_telling`].
pub fn scan_layer(
    path: &Path,
    layer: &str,
    told: &(dyn Fn(u64) -> bool + Sync),
    threads: usize,
) -> crate::Result<Scan> {
    scan_layer_telling(path, layer, Listener { read: told, spotted: &|_, _| {} }, threads)
}

/// Reads one layer.
///
/// # Errors
/// When the source or the layer cannot be opened.
pub fn scan_layer_telling(path: &Path, layer: &str, listener: Listener<'_>, threads: usize) -> crate::Result<Scan> {
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let missing = || crate::Error::Refused { doing: format!("reading `{layer}`"), says: "no such layer".to_owned() };
    let handle = source.layer(layer).ok_or_else(missing)?;
    // SAFETY: the layer lives as long as `source`.
    let (reference, fid, count) = unsafe {
        (
            facts::layer_reference(handle, path),
            crate::raw::text(gdal_sys::OGR_L_GetFIDColumn(handle)),
            gdal_sys::OGR_L_GetFeatureCount(handle, 0),
        )
    };
    let crs = reference.as_ref().map(crate::crs::identify);
    let area = crs.as_ref().and_then(|c| widen(c.area_of_use_projected?, c.geographic));
    let read = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let count = u64::try_from(count).unwrap_or(0);
    let here = || {
        let degrees = Reference::named("EPSG:4326")?;
        Transform::new(reference.as_ref()?, &degrees)
    };
    let geographic = crs.as_ref().is_some_and(|c| c.geographic);
    let header = (count > 0).then(|| facts::layer_extent_if_cheap(handle)).flatten();
    let domain = match (header, area) {
        (Some(a), Some(b)) => a.intersection(b),
        (a, b) => a.or(b),
    };
    let texts = texts(handle);
    let work = Work { area, read: &read, stop: &stop, listener, geographic, domain, count };
    let cuts =
        if threads > 1 && count >= WORTH_SHARING { cut(&source, layer, &fid, count, threads) } else { Vec::new() };
    let mut scan = if cuts.len() > 1 {
        // a transform belongs to one thread
        let places: Vec<Option<[Transform; 2]>> = cuts.iter().map(|_| Some([here()?, here()?])).collect();
        std::thread::scope(|scope| {
            let running: Vec<_> = cuts
                .iter()
                .zip(places)
                .map(|(cut, place)| {
                    let work = &work;
                    scope.spawn(move || {
                        let (source, _) = facts::open_vectors(path);
                        let source = source?;
                        let handle = source.layer(layer).ok_or_else(missing)?;
                        Ok(work.run(handle, cut, place))
                    })
                })
                .collect();
            running
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err(missing())))
                .collect::<crate::Result<Vec<Part>>>()
        })?
        .into_iter()
        .reduce(Part::join)
        .unwrap_or_default()
    } else {
        work.run(handle, &Cut::Whole, here().zip(here()).map(<[Transform; 2]>::from))
    }
    .finish();
    scan.text_bytes = texts.of_all(scan.read);
    if stop.load(Ordering::Relaxed) {
        scan.stopped = Some("cancelled".to_owned());
    }
    Ok(scan)
}

/// Areas of use are drawn to the degree: a tenth of their size is let pass around them.
fn widen(area: Extent, geographic: bool) -> Option<Extent> {
    let (x, y) = if geographic {
        (0.000_001, 0.000_001)
    } else {
        ((area.maxx - area.minx) * 0.1, (area.maxy - area.miny) * 0.1)
    };
    Extent::new(area.minx - x, area.miny - y, area.maxx + x, area.maxy + y)
}

/// What one thread reads.
enum Cut {
    Whole,
    /// Where a column of ids is kept: a condition on it.
    Where(String),
    /// Where features are numbered without gaps: from, and up to but not with.
    Numbers(i64, i64),
}

/// As many cuts as threads, or none for a format that has no quick way into its middle.
fn cut(source: &Source, layer: &str, fid: &str, count: u64, threads: usize) -> Vec<Cut> {
    let parts = i64::try_from(threads).unwrap_or(2);
    let ranges = |least: i64, most: i64| {
        let step = (most - least) / parts + 1;
        (0..parts).map(move |i| (least + i * step, least + (i + 1) * step))
    };
    match source.driver().as_str() {
        "GPKG" if !fid.is_empty() => match range(source, layer, fid) {
            Some((least, most)) if most > least => {
                let quoted = fid.replace('"', "\"\"");
                let text = |(from, to)| Cut::Where(format!("\"{quoted}\" >= {from} AND \"{quoted}\" < {to}"));
                ranges(least, most).map(text).collect()
            }
            _ => Vec::new(),
        },
        "ESRI Shapefile" => {
            let most = i64::try_from(count).unwrap_or(i64::MAX / 2) - 1;
            ranges(0, most).map(|(from, to)| Cut::Numbers(from, to)).collect()
        }
        _ => Vec::new(),
    }
}

fn range(source: &Source, layer: &str, fid: &str) -> Option<(i64, i64)> {
    let (fid, layer) = (fid.replace('"', "\"\""), layer.replace('"', "\"\""));
    let sql = c_string(&format!("SELECT min(\"{fid}\") AS least, max(\"{fid}\") AS most FROM \"{layer}\""));
    // SAFETY: the result layer and its feature are released before the dataset.
    unsafe {
        let (result, _) = capture::listen(|| {
            gdal_sys::GDALDatasetExecuteSQL(source.handle(), sql.as_ptr(), std::ptr::null_mut(), std::ptr::null())
        });
        if result.is_null() {
            return None;
        }
        let feature = gdal_sys::OGR_L_GetNextFeature(result);
        let found = (!feature.is_null()).then(|| {
            let both =
                (gdal_sys::OGR_F_GetFieldAsInteger64(feature, 0), gdal_sys::OGR_F_GetFieldAsInteger64(feature, 1));
            gdal_sys::OGR_F_Destroy(feature);
            both
        });
        gdal_sys::GDALDatasetReleaseResultSet(source.handle(), result);
        found
    }
}

struct Work<'a> {
    area: Option<Extent>,
    read: &'a AtomicU64,
    stop: &'a AtomicBool,
    listener: Listener<'a>,
    geographic: bool,
    /// Where the features should be, in the layer's CRS.
    domain: Option<Extent>,
    /// As the header says.
    count: u64,
}

#[derive(Default)]
pub(crate) struct Part {
    scan: Scan,
    types: BTreeMap<u32, u64>,
    prover: Prover,
    corners: Vec<Corner>,
    density: Option<Density>,
    /// To degrees of WGS 84.
    place: Option<Transform>,
}

impl Work<'_> {
    /// `place` goes to degrees of WGS 84, twice: once to count tiles, once to place samples.
    fn run(&self, layer: OGRLayerH, cut: &Cut, place: Option<[Transform; 2]>) -> Part {
        let mut part = Part::default();
        if let Some([tiles, place]) = place {
            part.density = Some(Density::new(tiles, self.geographic, self.domain, self.count));
            part.place = Some(place);
        }
        ignore_fields(layer);
        let mut end = i64::MAX;
        capture::attend(|heard| {
            // SAFETY: each feature is destroyed before the next is read; the layer is the caller's.
            unsafe {
                gdal_sys::OGR_L_ResetReading(layer);
                match cut {
                    Cut::Whole => {}
                    Cut::Where(condition) => {
                        gdal_sys::OGR_L_SetAttributeFilter(layer, c_string(condition).as_ptr());
                    }
                    Cut::Numbers(from, to) => {
                        gdal_sys::OGR_L_SetNextByIndex(layer, *from);
                        end = *to;
                    }
                }
                loop {
                    heard.clear();
                    let feature = gdal_sys::OGR_L_GetNextFeature(layer);
                    if feature.is_null() {
                        part.scan.stopped = heard.take().into_iter().find(|said| said.error).map(|said| said.text);
                        break;
                    }
                    if gdal_sys::OGR_F_GetFID(feature) >= end {
                        gdal_sys::OGR_F_Destroy(feature);
                        break;
                    }
                    self.look(feature, &mut part, heard);
                    gdal_sys::OGR_F_Destroy(feature);
                    if part.scan.read % BEAT == 0 {
                        let all = self.read.fetch_add(BEAT, Ordering::Relaxed) + BEAT;
                        if self.stop.load(Ordering::Relaxed) || !(self.listener.read)(all) {
                            self.stop.store(true, Ordering::Relaxed);
                            break;
                        }
                    }
                }
            }
        });
        part
    }

    unsafe fn look(&self, feature: OGRFeatureH, part: &mut Part, heard: &capture::Heard) {
        // SAFETY: the feature is alive, its geometry belongs to it.
        unsafe {
            part.scan.read += 1;
            let id = gdal_sys::OGR_F_GetFID(feature);
            let geometry = gdal_sys::OGR_F_GetGeometryRef(feature);
            if geometry.is_null() {
                part.scan.null += 1;
                // what the reader said of it is the reason, when it said something
                let reason = heard.take().into_iter().next().map_or("no geometry".to_owned(), |said| said.text);
                self.sample(part, Code::GeometryNullOrEmpty, id, reason, None, None);
                return;
            }
            let kind = gdal_sys::OGR_G_GetGeometryType(geometry);
            *part.types.entry(kind).or_default() += 1;
            part.scan.has_z |= gdal_sys::OGR_GT_HasZ(kind) != 0;
            part.scan.has_m |= gdal_sys::OGR_GT_HasM(kind) != 0;
            part.scan.curves += u64::from(gdal_sys::OGR_G_HasCurveGeometry(geometry, 0) != 0);
            let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
            if gdal_sys::OGR_G_IsEmpty(geometry) != 0 {
                part.scan.empty += 1;
                self.sample(part, Code::GeometryNullOrEmpty, id, "empty geometry".to_owned(), None, None);
                return;
            }
            gdal_sys::OGR_G_GetEnvelope(geometry, &raw mut e);
            let Some(extent) = Extent::new(e.MinX, e.MinY, e.MaxX, e.MaxY) else {
                part.scan.empty += 1;
                let reason = "a coordinate is not a finite number".to_owned();
                self.sample(part, Code::GeometryNullOrEmpty, id, reason, None, None);
                return;
            };
            part.scan.geometry_bytes += u64::try_from(gdal_sys::OGR_G_WkbSize(geometry)).unwrap_or(0);
            part.scan.extent = Some(part.scan.extent.map_or(extent, |all| all.union(extent)));
            let centre = [f64::midpoint(extent.minx, extent.maxx), f64::midpoint(extent.miny, extent.maxy)];
            let size = size(geometry);
            part.scan.most_vertices = part.scan.most_vertices.max(size.vertices);
            part.scan.most_parts = part.scan.most_parts.max(size.parts);
            part.scan.most_holes = part.scan.most_holes.max(size.holes);
            if size.vertices > MANY_VERTICES || size.parts > MANY_PARTS || size.holes > MANY_PARTS {
                part.scan.complex += 1;
                let reason = format!("{} vertices, {} parts, {} holes", size.vertices, size.parts, size.holes);
                self.sample(part, Code::GeometryComplex, id, reason, Some(centre), Some(extent));
            }
            if let Some(density) = &mut part.density {
                density.count(extent);
            }
            if let Some(area) = self.area
                && !(area.contains(extent.minx, extent.miny) && area.contains(extent.maxx, extent.maxy))
            {
                part.scan.outside += 1;
                let reason = "outside the CRS's area of use".to_owned();
                self.sample(part, Code::OutsideCrsArea, id, reason, Some(centre), Some(extent));
            }
            let flat = gdal_sys::OGR_GT_Flatten(kind);
            let pointless =
                flat == gdal_sys::OGRwkbGeometryType::wkbPoint || flat == gdal_sys::OGRwkbGeometryType::wkbMultiPoint;
            heard.clear();
            if !pointless && !part.proves(geometry, flat) && gdal_sys::OGR_G_IsValid(geometry) == 0 {
                part.scan.invalid += 1;
                if part.scan.invalid_features.len() < MOST_SAMPLES {
                    let said = heard.take().pop().map_or("invalid geometry".to_owned(), |said| said.text);
                    let (reason, point) = split_reason(&said);
                    self.sample(part, Code::GeometryInvalid, id, reason, point.or(Some(centre)), Some(extent));
                }
            }
        }
    }

    /// Keeps a feature as a sample, and tells of it, while there are few.
    fn sample(
        &self,
        part: &mut Part,
        code: Code,
        feature: i64,
        reason: String,
        point: Option<[f64; 2]>,
        extent: Option<Extent>,
    ) {
        let list = match code {
            Code::GeometryInvalid => &mut part.scan.invalid_features,
            Code::OutsideCrsArea => &mut part.scan.outside_features,
            Code::GeometryComplex => &mut part.scan.complex_features,
            _ => &mut part.scan.empty_features,
        };
        if list.len() < MOST_SAMPLES {
            let place = part.place.as_ref();
            let faulty = Faulty {
                feature,
                reason,
                point,
                // a CRS that lies leads nowhere on Earth
                point_wgs84: place.zip(point).and_then(|(to, p)| to.point(p)).filter(|[x, y]| on_earth(*x, *y)),
                box_wgs84: place
                    .zip(extent)
                    .and_then(|(to, e)| to.extent(e))
                    .filter(|e| on_earth(e.minx, e.miny) && on_earth(e.maxx, e.maxy)),
            };
            (self.listener.spotted)(code, &faulty);
            list.push(faulty);
        }
    }
}

fn on_earth(longitude: f64, latitude: f64) -> bool {
    longitude.abs() <= 180.0 && latitude.abs() <= 90.0
}

/// GEOS's sentence `Self-intersection at or near point 10.5 49` as its two parts.
pub(crate) fn split_reason(said: &str) -> (String, Option<[f64; 2]>) {
    let Some((reason, place)) = said.split_once(" at or near point ") else {
        return (said.to_owned(), None);
    };
    let mut numbers = place.split_whitespace().map(|n| n.trim_end_matches(',').parse::<f64>());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(x)), Some(Ok(y))) => (reason.to_owned(), Some([x, y])),
        _ => (said.to_owned(), None),
    }
}

/// How many vertices a geometry has.
///
/// # Safety
/// The geometry must be alive.
pub(crate) unsafe fn vertices(geometry: OGRGeometryH) -> u64 {
    // SAFETY: as the caller promises.
    unsafe { size(geometry) }.vertices
}

/// How much there is in a geometry.
#[derive(Default)]
struct Size {
    vertices: u64,
    parts: u64,
    holes: u64,
}

unsafe fn size(geometry: OGRGeometryH) -> Size {
    use gdal_sys::OGRwkbGeometryType as Type;
    // SAFETY: the geometry is alive; parts belong to it.
    unsafe {
        let parts = gdal_sys::OGR_G_GetGeometryCount(geometry);
        if parts == 0 {
            let vertices = u64::try_from(gdal_sys::OGR_G_GetPointCount(geometry)).unwrap_or(0);
            return Size { vertices, parts: 1, holes: 0 };
        }
        let flat = gdal_sys::OGR_GT_Flatten(gdal_sys::OGR_G_GetGeometryType(geometry));
        let all =
            (0..parts).map(|i| size(gdal_sys::OGR_G_GetGeometryRef(geometry, i))).fold(Size::default(), |a, b| Size {
                vertices: a.vertices + b.vertices,
                parts: a.parts + b.parts,
                holes: a.holes + b.holes,
            });
        if flat == Type::wkbPolygon || flat == Type::wkbCurvePolygon {
            return Size { parts: 1, holes: u64::try_from(parts - 1).unwrap_or(0), ..all };
        }
        all
    }
}

/// How much text the first rows hold.
struct Texts {
    rows: u64,
    bytes: u64,
}

impl Texts {
    /// The rows that follow may be longer: half as much again is allowed for.
    fn of_all(&self, rows: u64) -> u64 {
        let more = rows.saturating_sub(self.rows);
        let each = self.bytes.saturating_mul(3).div_ceil(2 * self.rows.max(1));
        self.bytes.saturating_add(each.saturating_mul(more))
    }
}

/// Looks at the texts of the first rows, before attributes are left unread.
fn texts(layer: OGRLayerH) -> Texts {
    const MOST_ROWS: u64 = 1000;
    const MOST_BYTES: u64 = 16 << 20;
    let mut found = Texts { rows: 0, bytes: 0 };
    let _ = capture::listen(|| {
        // SAFETY: each feature is destroyed before the next is read; values belong to it; the layer is
        // the caller's, and its reading begins anew.
        unsafe {
            use gdal_sys::OGRFieldType as Type;
            let definition = gdal_sys::OGR_L_GetLayerDefn(layer);
            let sized: Vec<i32> = (0..gdal_sys::OGR_FD_GetFieldCount(definition))
                .filter(|at| {
                    let kind = gdal_sys::OGR_Fld_GetType(gdal_sys::OGR_FD_GetFieldDefn(definition, *at));
                    !matches!(
                        kind,
                        Type::OFTInteger
                            | Type::OFTInteger64
                            | Type::OFTReal
                            | Type::OFTDate
                            | Type::OFTTime
                            | Type::OFTDateTime
                    )
                })
                .collect();
            let mut read = 0_u64;
            gdal_sys::OGR_L_ResetReading(layer);
            while !sized.is_empty() && found.rows < MOST_ROWS && read < MOST_BYTES {
                let feature = gdal_sys::OGR_L_GetNextFeature(layer);
                if feature.is_null() {
                    break;
                }
                let row = crate::mend::Row(feature);
                found.rows += 1;
                for at in &sized {
                    let value = crate::raw::bytes(gdal_sys::OGR_F_GetFieldAsString(row.0, *at));
                    // what is no UTF-8 yet takes two bytes in it
                    let other = if std::str::from_utf8(&value).is_ok() {
                        0
                    } else {
                        value.iter().filter(|b| !b.is_ascii()).count()
                    };
                    found.bytes += (value.len() + other) as u64;
                }
                let geometry = gdal_sys::OGR_F_GetGeometryRef(row.0);
                if !geometry.is_null() {
                    read += u64::try_from(gdal_sys::OGR_G_WkbSize(geometry)).unwrap_or(0);
                }
                read = read.max(found.bytes);
            }
            gdal_sys::OGR_L_ResetReading(layer);
        }
    });
    found
}

/// Tells the driver that no attribute will be looked at.
pub(crate) fn ignore_fields(layer: OGRLayerH) {
    // SAFETY: the definition belongs to the layer; the list outlives the call.
    unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(layer);
        let names: Vec<String> = (0..gdal_sys::OGR_FD_GetFieldCount(definition))
            .filter_map(|i| {
                let field = gdal_sys::OGR_FD_GetFieldDefn(definition, i);
                String::from_utf8(crate::raw::bytes(gdal_sys::OGR_Fld_GetNameRef(field))).ok()
            })
            .chain(std::iter::once("OGR_STYLE".to_owned()))
            .collect();
        let list = CList::new(&names);
        let _ = capture::listen(|| gdal_sys::OGR_L_SetIgnoredFields(layer, list.as_ptr().cast_mut()));
    }
}

impl Part {
    /// Whether the geometry is certainly valid, found without GEOS.
    pub(crate) unsafe fn proves(&mut self, geometry: OGRGeometryH, flat: gdal_sys::OGRwkbGeometryType::Type) -> bool {
        use gdal_sys::OGRwkbGeometryType as Type;
        self.prover.clear();
        // SAFETY: as the caller promises, the geometry is alive; its parts belong to it.
        unsafe {
            match flat {
                Type::wkbLineString => self.line(geometry),
                Type::wkbMultiLineString => (0..gdal_sys::OGR_G_GetGeometryCount(geometry))
                    .all(|i| self.line(gdal_sys::OGR_G_GetGeometryRef(geometry, i))),
                Type::wkbPolygon => self.polygon(geometry),
                Type::wkbMultiPolygon => {
                    let parts = gdal_sys::OGR_G_GetGeometryCount(geometry);
                    parts <= 8 && (0..parts).all(|i| self.polygon(gdal_sys::OGR_G_GetGeometryRef(geometry, i)))
                }
                _ => false,
            }
        }
    }

    unsafe fn line(&mut self, line: OGRGeometryH) -> bool {
        // SAFETY: as in `proves`.
        unsafe { self.read(line) };
        !self.corners.is_empty() && is_line(&self.corners)
    }

    unsafe fn polygon(&mut self, polygon: OGRGeometryH) -> bool {
        // SAFETY: as in `proves`; a polygon's first part is its outer ring.
        unsafe {
            if gdal_sys::OGR_G_GetGeometryCount(polygon) != 1 {
                return false;
            }
            self.read(gdal_sys::OGR_G_GetGeometryRef(polygon, 0));
        }
        self.prover.proves(&self.corners)
    }

    /// Copies the corners of a line or ring.
    unsafe fn read(&mut self, line: OGRGeometryH) {
        const STRIDE: i32 = size_of::<Corner>() as i32;
        // SAFETY: as in `proves`; the buffer has room for every corner, x and y in turn, and no z is
        // asked for.
        unsafe {
            let count = usize::try_from(gdal_sys::OGR_G_GetPointCount(line)).unwrap_or(0);
            self.corners.clear();
            self.corners.resize(count, [0.0; 2]);
            if count > 0 {
                let x = self.corners.as_mut_ptr().cast::<f64>();
                gdal_sys::OGR_G_GetPoints(line, x.cast(), STRIDE, x.add(1).cast(), STRIDE, std::ptr::null_mut(), 0);
            }
        }
    }

    fn join(mut self, other: Part) -> Part {
        let (a, b) = (&mut self.scan, other.scan);
        a.read += b.read;
        a.null += b.null;
        a.empty += b.empty;
        a.invalid += b.invalid;
        a.outside += b.outside;
        a.curves += b.curves;
        a.most_vertices = a.most_vertices.max(b.most_vertices);
        a.most_parts = a.most_parts.max(b.most_parts);
        a.most_holes = a.most_holes.max(b.most_holes);
        a.complex += b.complex;
        a.geometry_bytes += b.geometry_bytes;
        a.has_z |= b.has_z;
        a.has_m |= b.has_m;
        a.extent = match (a.extent, b.extent) {
            (Some(x), Some(y)) => Some(x.union(y)),
            (x, y) => x.or(y),
        };
        a.stopped = a.stopped.take().or(b.stopped);
        for (mine, theirs) in [
            (&mut a.invalid_features, b.invalid_features),
            (&mut a.outside_features, b.outside_features),
            (&mut a.empty_features, b.empty_features),
            (&mut a.complex_features, b.complex_features),
        ] {
            mine.extend(theirs);
            mine.truncate(MOST_SAMPLES);
        }
        for (kind, count) in other.types {
            *self.types.entry(kind).or_default() += count;
        }
        self.density = match (self.density.take(), other.density) {
            (Some(mut mine), Some(theirs)) => {
                mine.join(theirs);
                Some(mine)
            }
            (mine, theirs) => mine.or(theirs),
        };
        self
    }

    fn finish(mut self) -> Scan {
        self.scan.types = self
            .types
            .iter()
            .map(|(kind, features)| GeometryCount { geometry: facts::geometry_name(*kind), features: *features })
            .collect();
        self.scan.tiles = self.density.take().and_then(Density::finish);
        self.scan
    }
}

#[cfg(test)]
mod tests {
    use super::split_reason;

    #[test]
    fn the_place_of_a_fault_is_read_from_geos_words() {
        assert_eq!(
            split_reason("Ring Self-intersection at or near point 10.5 -49.25"),
            ("Ring Self-intersection".to_owned(), Some([10.5, -49.25]))
        );
        assert_eq!(split_reason("Too few points"), ("Too few points".to_owned(), None));
    }
}
