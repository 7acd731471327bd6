//! Tiles drawn when they are asked for, to look at data on a map before anything is published: a
//! vector tile (MVT 2.1) of one layer, a PNG of a raster. Numbered as on the Web Mercator grid, row
//! 0 at the north.

use std::path::{Path, PathBuf};

use gdal_sys::{OGRFeatureH, OGRGeometryH, OGRwkbGeometryType as Type};
use model::Extent;
use mvt::{GeomEncoder, GeomType, Tile};

use crate::raw::{Reference, Source, Transform, text};
use crate::thin::{self, Cells};
use crate::{Error, Result, facts, formats};

/// Half of the side of the Web Mercator square, in metres.
const HALF: f64 = 20_037_508.342_789_244;
const SIDE: f64 = 4096.0;
/// More features than this make no readable tile.
const MOST_FEATURES: usize = 20_000;
const DEEPEST: u32 = 24;
/// What the name of the layer of squares ends with; the map knows it too.
const SQUARES: &str = "#squares";
/// Of an attribute in a tile, in bytes.
const LONGEST_TEXT: usize = 200;

fn refused(doing: &str, says: impl Into<String>) -> Error {
    Error::Refused { doing: doing.to_owned(), says: says.into() }
}

/// Where a tile lies, in metres of EPSG:3857.
fn place(z: u32, x: u32, y: u32) -> Result<Extent> {
    if z > DEEPEST || x >= 1 << z || y >= 1 << z {
        return Err(refused("drawing a tile", format!("there is no tile {z}/{x}/{y}")));
    }
    let side = 2.0 * HALF / f64::from(1_u32 << z);
    let (west, north) = (f64::from(x).mul_add(side, -HALF), f64::from(y).mul_add(-side, HALF));
    Extent::new(west, north - side, west + side, north).ok_or_else(|| refused("drawing a tile", "no such place"))
}

/// One layer's features in a tile, with their attributes; where there are more than a person could
/// tell apart, one for each small square of the screen, and polygons as that square, in a layer of the
/// same name and `#squares`: an outline of each would cost the map more than all the rest. An empty
/// tile has no byte.
///
/// # Errors
/// When the source or layer cannot be opened, has no CRS, or the tile does not exist.
pub fn vector_tile(path: &Path, layer: &str, z: u32, x: u32, y: u32) -> Result<Vec<u8>> {
    let doing = format!("drawing `{layer}`");
    let tile = place(z, x, y)?;
    let (source, _) = facts::open_vectors(path);
    let source = source?;
    let handle = source.layer(layer).ok_or_else(|| refused(&doing, "no such layer"))?;
    // SAFETY: the layer lives as long as `source`.
    let reference =
        unsafe { facts::layer_reference(handle, path) }.ok_or_else(|| refused(&doing, "it names no CRS"))?;
    let mercator = Reference::named("EPSG:3857").ok_or_else(|| refused(&doing, "PROJ does not know EPSG:3857"))?;
    let (Some(there), Some(back)) = (Transform::new(&reference, &mercator), Transform::new(&mercator, &reference))
    else {
        return Err(refused(&doing, "its CRS cannot be drawn on a map"));
    };
    let buffer = (tile.maxx - tile.minx) / 64.0;
    let wide = [tile.minx - buffer, tile.miny - buffer, tile.maxx + buffer, tile.maxy + buffer];
    // the part of the tile where the layer is: far from it, its CRS may mean nothing
    let Some((part, window)) = facts::layer_extent(handle)
        .and_then(|all| if reference.is_geographic() { within_mercator(all) } else { Some(all) })
        .and_then(|all| there.extent(all))
        .and_then(|all| shared(all, wide.into()))
        .and_then(|part| Some((part, back.extent(part)?)))
    else {
        return Ok(Vec::new());
    };
    let mut made = Tile::new(4096);
    let mut drawn = [layer, &format!("{layer}{SQUARES}")].map(|name| Some(made.create_layer(name)));
    let mut count = 0;
    let side = tile.maxx - tile.minx;
    let mut cells = Cells::new(window, (part.maxx - part.minx) / side, (part.maxy - part.miny) / side);
    let whole = facts::layer_extent(handle).unwrap_or(window);
    // SAFETY: the layer is alive; the answers are plain numbers.
    let (known, by_number) = unsafe {
        let known = gdal_sys::OGR_L_GetFeatureCount(handle, 0);
        (u64::try_from(known).ok(), gdal_sys::OGR_L_TestCapability(handle, c"RandomRead".as_ptr()) != 0)
    };
    let how = thin::reading(known, by_number, whole, &cells);
    crate::capture::attend(|heard| {
        // SAFETY: `read` destroys each feature; geometries made here are destroyed.
        unsafe {
            gdal_sys::OGR_L_SetSpatialFilterRect(handle, window.minx, window.miny, window.maxx, window.maxy);
            thin::read(handle, how, |feature| {
                heard.clear();
                let (shape, square) = part_shown(gdal_sys::OGR_F_GetGeometryRef(feature), window, &mut cells);
                if !shape.is_null() {
                    let drawn = &mut drawn[usize::from(square)];
                    if there.geometry(shape)
                        && let Some(encoded) = encode(shape, tile)
                        && let Some(own) = drawn.take()
                    {
                        let mut with = own.into_feature(encoded);
                        with.set_id(u64::try_from(gdal_sys::OGR_F_GetFID(feature)).unwrap_or(0));
                        attributes(feature, &mut with);
                        *drawn = Some(with.into_layer());
                        count += 1;
                    }
                    gdal_sys::OGR_G_DestroyGeometry(shape);
                }
                count < MOST_FEATURES
            });
        }
    });
    if count == 0 {
        return Ok(Vec::new());
    }
    for own in drawn {
        let own = own.ok_or_else(|| refused(&doing, "the tile was lost"))?;
        if own.num_features() > 0 {
            made.add_layer(own).map_err(|e| refused(&doing, e.to_string()))?;
        }
    }
    made.to_bytes().map_err(|e| refused(&doing, e.to_string()))
}

fn within_mercator(all: Extent) -> Option<Extent> {
    shared(all, Extent { minx: -180.0, miny: -85.06, maxx: 180.0, maxy: 85.06 })
}

fn shared(a: Extent, b: Extent) -> Option<Extent> {
    a.intersects(b).then_some(Extent {
        minx: a.minx.max(b.minx),
        miny: a.miny.max(b.miny),
        maxx: a.maxx.min(b.maxx),
        maxy: a.maxy.min(b.maxy),
    })
}

/// What a tile shows of a geometry: its part in the window; of a polygon smaller than a square of the
/// screen, a square, once; of anything as small, itself, once. Null for nothing. And whether it is a
/// square.
///
/// # Safety
/// As [`clip`].
unsafe fn part_shown(geometry: OGRGeometryH, window: Extent, cells: &mut Cells) -> (OGRGeometryH, bool) {
    // SAFETY: as the caller promises.
    unsafe {
        if geometry.is_null() || gdal_sys::OGR_G_IsEmpty(geometry) != 0 {
            return (std::ptr::null_mut(), false);
        }
        let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
        gdal_sys::OGR_G_GetEnvelope(geometry, &raw mut e);
        let own = Extent { minx: e.MinX, miny: e.MinY, maxx: e.MaxX, maxy: e.MaxY };
        if !own.intersects(window) {
            return (std::ptr::null_mut(), false);
        }
        if !cells.is_small(own) {
            return (clip(geometry, window), false);
        }
        if !cells.take(own) {
            return (std::ptr::null_mut(), false);
        }
        if gdal_sys::OGR_G_GetDimension(geometry) < 2 {
            return (clip(geometry, window), false);
        }
        let (width, height) = cells.side();
        let (x, y) = (f64::midpoint(own.minx, own.maxx), f64::midpoint(own.miny, own.maxy));
        let (a, b) = ((own.maxx - own.minx).max(width * 0.6) / 2.0, (own.maxy - own.miny).max(height * 0.6) / 2.0);
        (rectangle(Extent { minx: x - a, miny: y - b, maxx: x + a, maxy: y + b }), true)
    }
}

/// A polygon of four corners, the caller's to destroy.
fn rectangle(e: Extent) -> OGRGeometryH {
    // SAFETY: both geometries are ours; the ring becomes the polygon's.
    unsafe {
        let ring = gdal_sys::OGR_G_CreateGeometry(Type::wkbLinearRing);
        for (x, y) in [(e.minx, e.miny), (e.maxx, e.miny), (e.maxx, e.maxy), (e.minx, e.maxy), (e.minx, e.miny)] {
            gdal_sys::OGR_G_AddPoint_2D(ring, x, y);
        }
        let square = gdal_sys::OGR_G_CreateGeometry(Type::wkbPolygon);
        gdal_sys::OGR_G_AddGeometryDirectly(square, ring);
        square
    }
}

/// A copy of the part of a geometry in the window, straight lines only; null when nothing is left.
///
/// # Safety
/// `geometry` must be alive, or null. The caller destroys what is given back.
unsafe fn clip(geometry: OGRGeometryH, window: Extent) -> OGRGeometryH {
    // SAFETY: as the caller promises; everything made here is destroyed or given back.
    unsafe {
        if geometry.is_null() || gdal_sys::OGR_G_IsEmpty(geometry) != 0 {
            return std::ptr::null_mut();
        }
        let straight = gdal_sys::OGR_G_GetLinearGeometry(geometry, 0.0, std::ptr::null_mut());
        let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
        gdal_sys::OGR_G_GetEnvelope(straight, &raw mut e);
        if window.contains(e.MinX, e.MinY) && window.contains(e.MaxX, e.MaxY) {
            return straight;
        }
        let square = rectangle(window);
        let mut part = gdal_sys::OGR_G_Intersection(straight, square);
        if part.is_null() {
            let mended = gdal_sys::OGR_G_MakeValid(straight);
            if !mended.is_null() {
                part = gdal_sys::OGR_G_Intersection(mended, square);
                gdal_sys::OGR_G_DestroyGeometry(mended);
            }
        }
        gdal_sys::OGR_G_DestroyGeometry(square);
        gdal_sys::OGR_G_DestroyGeometry(straight);
        part
    }
}

/// The shapes of one geometry, all of one kind, in the tile's own units.
#[derive(Default)]
struct Shapes {
    points: Vec<(i32, i32)>,
    lines: Vec<Vec<(i32, i32)>>,
    /// Rings, and whether each is an outer one.
    rings: Vec<(bool, Vec<(i32, i32)>)>,
}

unsafe fn gather(geometry: OGRGeometryH, tile: Extent, into: &mut Shapes) {
    // SAFETY: the geometry is alive; its parts belong to it.
    unsafe {
        let parts = gdal_sys::OGR_G_GetGeometryCount(geometry);
        match gdal_sys::OGR_GT_Flatten(gdal_sys::OGR_G_GetGeometryType(geometry)) {
            Type::wkbPoint => into.points.extend(corners(geometry, tile)),
            Type::wkbLineString => {
                let line = corners(geometry, tile);
                if line.len() > 1 {
                    into.lines.push(line);
                }
            }
            Type::wkbPolygon => {
                for part in 0..parts {
                    let mut ring = corners(gdal_sys::OGR_G_GetGeometryRef(geometry, part), tile);
                    if ring.len() > 1 && ring.first() == ring.last() {
                        ring.pop();
                    }
                    let turn = turn(&ring);
                    if ring.len() < 3 || turn == 0 {
                        if part == 0 {
                            break;
                        }
                        continue;
                    }
                    if (turn > 0) != (part == 0) {
                        ring.reverse();
                    }
                    into.rings.push((part == 0, ring));
                }
            }
            _ => (0..parts).for_each(|i| gather(gdal_sys::OGR_G_GetGeometryRef(geometry, i), tile, into)),
        }
    }
}

/// Twice the area of a ring; positive when it turns clockwise on the screen, as outer rings must.
fn turn(ring: &[(i32, i32)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum()
}

unsafe fn corners(line: OGRGeometryH, tile: Extent) -> Vec<(i32, i32)> {
    let scale = SIDE / (tile.maxx - tile.minx);
    // SAFETY: every index is below the count.
    let mut found: Vec<(i32, i32)> = unsafe {
        (0..gdal_sys::OGR_G_GetPointCount(line))
            .map(|i| (gdal_sys::OGR_G_GetX(line, i), gdal_sys::OGR_G_GetY(line, i)))
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .map(|(x, y)| (((x - tile.minx) * scale).round() as i32, ((tile.maxy - y) * scale).round() as i32))
            .collect()
    };
    found.dedup();
    found
}

unsafe fn encode(geometry: OGRGeometryH, tile: Extent) -> Option<mvt::GeomData> {
    let mut shapes = Shapes::default();
    // SAFETY: as in `gather`.
    unsafe { gather(geometry, tile, &mut shapes) };
    let (kind, paths): (GeomType, Vec<&[(i32, i32)]>) = if !shapes.rings.is_empty() {
        (GeomType::Polygon, shapes.rings.iter().map(|(_, ring)| ring.as_slice()).collect())
    } else if !shapes.lines.is_empty() {
        (GeomType::Linestring, shapes.lines.iter().map(Vec::as_slice).collect())
    } else if !shapes.points.is_empty() {
        (GeomType::Point, vec![&shapes.points])
    } else {
        return None;
    };
    let mut encoder = GeomEncoder::<f64>::new(kind);
    for path in paths {
        for (x, y) in path {
            encoder.add_point(f64::from(*x), f64::from(*y)).ok()?;
        }
        if !matches!(kind, GeomType::Point) {
            encoder.complete_geom().ok()?;
        }
    }
    encoder.encode().ok()
}

unsafe fn attributes(feature: OGRFeatureH, into: &mut mvt::Feature) {
    use gdal_sys::OGRFieldType as Field;
    // SAFETY: every index is below the count; texts are copied.
    unsafe {
        for i in 0..gdal_sys::OGR_F_GetFieldCount(feature) {
            if gdal_sys::OGR_F_IsFieldSetAndNotNull(feature, i) == 0 {
                continue;
            }
            let definition = gdal_sys::OGR_F_GetFieldDefnRef(feature, i);
            let name = text(gdal_sys::OGR_Fld_GetNameRef(definition));
            match gdal_sys::OGR_Fld_GetType(definition) {
                Field::OFTInteger | Field::OFTInteger64 => {
                    into.add_tag_sint(&name, gdal_sys::OGR_F_GetFieldAsInteger64(feature, i));
                }
                Field::OFTReal => into.add_tag_double(&name, gdal_sys::OGR_F_GetFieldAsDouble(feature, i)),
                Field::OFTBinary => {}
                _ => {
                    // long texts are read in the table, not on the map
                    let said = text(gdal_sys::OGR_F_GetFieldAsString(feature, i));
                    if said.len() <= LONGEST_TEXT {
                        into.add_tag_string(&name, &said);
                    }
                }
            }
        }
    }
}

/// A raster in a tile of 256 × 256 pixels, as PNG, transparent where it is not. Nothing when it is
/// nowhere in the tile. Values that are no bytes are stretched between the raster's own least and
/// greatest, the same for every tile.
///
/// # Errors
/// When the raster cannot be opened or read, has no CRS, or the tile does not exist.
pub fn raster_tile(path: &Path, z: u32, x: u32, y: u32) -> Result<Option<Vec<u8>>> {
    let doing = format!("drawing `{}`", path.display());
    let tile = place(z, x, y)?;
    let (source, _) = Source::open(path, formats::RASTER_DRIVERS, &[], crate::raw::RASTER);
    let source = source?;
    let (stretch, palette) = look_of(&source, true);
    let reference = facts::raster_reference(&source).ok_or_else(|| refused(&doing, "it names no CRS"))?;
    let extent = facts::raster_extent(&source).ok_or_else(|| refused(&doing, "it is not georeferenced"))?;
    let mercator = Reference::named("EPSG:3857").ok_or_else(|| refused(&doing, "PROJ does not know EPSG:3857"))?;
    let there = Transform::new(&reference, &mercator).ok_or_else(|| refused(&doing, "its CRS cannot be drawn"))?;
    if !there.extent(extent).is_some_and(|all| all.intersects(tile)) {
        return Ok(None);
    }
    drop(source);
    draw(&[path], palette, stretch, tile, &doing).map(Some)
}

/// One PNG tile of several images that are one coverage, later ones on top. Each is read at the detail
/// that the tile needs. `range` is what stands for black and white where samples are not bytes: the same
/// for every tile of the coverage.
///
/// # Errors
/// When there is no such tile, or an image cannot be read.
pub fn raster_set_tile(paths: &[PathBuf], range: Option<[f64; 2]>, z: u32, x: u32, y: u32) -> Result<Option<Vec<u8>>> {
    let tile = place(z, x, y)?;
    let Some(first) = paths.first() else { return Ok(None) };
    let doing = format!("drawing `{}` and those beside it", first.display());
    let (source, _) = Source::open(first, formats::RASTER_DRIVERS, &[], crate::raw::RASTER);
    let (own, palette) = look_of(&source?, range.is_none());
    let stretch = own.map(|own| range.map_or(own, |[least, most]| (least, most)));
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    draw(&paths, palette, stretch, tile, &doing).map(Some)
}

/// The least and greatest value of some images, as a stretch for all of their set; nothing for bytes.
///
/// # Errors
/// When none of them can be read.
pub fn raster_range(paths: &[PathBuf]) -> Result<Option<[f64; 2]>> {
    let mut fault = None;
    let mut range: Option<[f64; 2]> = None;
    for path in paths {
        match Source::open(path, formats::RASTER_DRIVERS, &[], crate::raw::RASTER).0 {
            Ok(source) => {
                let Some((least, most)) = look_of(&source, true).0 else { return Ok(None) };
                range = Some(range.map_or([least, most], |[a, b]| [a.min(least), b.max(most)]));
            }
            Err(e) => fault = Some(e),
        }
    }
    match (range, fault) {
        (None, Some(fault)) => Err(fault),
        (range, _) => Ok(range),
    }
}

/// Warps images of one kind onto a tile.
fn draw(paths: &[&Path], palette: bool, stretch: Option<(f64, f64)>, tile: Extent, doing: &str) -> Result<Vec<u8>> {
    // names of our own in GDAL's memory: threads may draw at the same time
    let own = format!("/vsimem/quai-{:?}", std::thread::current().id());
    let colours: Vec<String> =
        if palette { (0..paths.len()).map(|n| format!("{own}-{n}.vrt")).collect() } else { Vec::new() };
    let [warped, drawn] = ["tif", "png"].map(|ending| format!("{own}.{ending}"));
    let outcome = (|| {
        let mut from: Vec<&Path> = paths.to_vec();
        for (path, to) in paths.iter().zip(&colours) {
            crate::copy_raster(path, Path::new(to), &["-of", "VRT", "-expand", "rgba"], &mut |_| true)?;
        }
        if palette {
            from = colours.iter().map(Path::new).collect();
        }
        let [w, s, e, n]: [String; 4] = <[f64; 4]>::from(tile).map(|v| format!("{v:.6}"));
        #[rustfmt::skip]
        let mut arguments = vec![
            "-t_srs", "EPSG:3857", "-te", &w, &s, &e, &n, "-ts", "256", "256", "-r", "bilinear", "-of", "GTiff",
        ];
        if !palette {
            arguments.push("-dstalpha");
        }
        crate::warp(&from, Path::new(&warped), &arguments, &mut |_| true)?;
        let numbers = stretch.map(|(least, most)| [least.to_string(), most.to_string()]);
        let mut arguments = vec!["-of", "PNG"];
        if let Some([least, most]) = &numbers {
            #[rustfmt::skip]
            arguments.extend([
                "-ot", "Byte", "-b", "1", "-b", "2", "-scale_1", least, most, "0", "255", "-colorinterp_2", "alpha",
            ]);
        }
        crate::copy_raster(Path::new(&warped), Path::new(&drawn), &arguments, &mut |_| true)?;
        gdal::vsi::get_vsi_mem_file_bytes_owned(&drawn).map_err(|e| refused(doing, e.to_string()))
    })();
    for file in colours.iter().chain([&warped, &drawn]) {
        let _ = crate::listen(|| gdal::vsi::unlink_mem_file(file));
    }
    outcome
}

/// The least and greatest value of a raster that does not hold bytes, read where `measured` asks, and
/// whether colours are in a palette.
fn look_of(source: &Source, measured: bool) -> (Option<(f64, f64)>, bool) {
    // SAFETY: the dataset is open; the band is its own; two numbers to write to.
    unsafe {
        let band = gdal_sys::GDALGetRasterBand(source.handle(), 1);
        if band.is_null() {
            return (None, false);
        }
        let palette = !gdal_sys::GDALGetRasterColorTable(band).is_null();
        if gdal_sys::GDALGetRasterDataType(band) == gdal_sys::GDALDataType::GDT_Byte {
            return (None, palette);
        }
        let mut range = [0.0, 0.0];
        if !measured {
            return (Some((0.0, 1.0)), false);
        }
        crate::listen(|| gdal_sys::GDALComputeRasterMinMax(band, 1, range.as_mut_ptr()));
        let most = if range[1] > range[0] { range[1] } else { range[0] + 1.0 };
        (Some((range[0], most)), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name)
    }

    #[test]
    fn the_tile_over_paris_holds_its_cantons_and_one_over_brest_none() {
        let canton = samples("canton/CANTON.shp");
        let paris = vector_tile(&canton, "CANTON", 10, 518, 352).expect("a tile");
        assert!(paris.len() > 1000, "{}", paris.len());
        assert!(vector_tile(&canton, "CANTON", 10, 499, 353).expect("a tile").is_empty());
        let is_of = |tile: &[u8], layer: &str| {
            tile.windows(layer.len() + 1).any(|w| w[0] == layer.len() as u8 && w[1..] == *layer.as_bytes())
        };
        assert!(is_of(&paris, "CANTON") && !is_of(&paris, "CANTON#squares"));
        let world = vector_tile(&canton, "CANTON", 0, 0, 0).expect("a tile");
        assert!(is_of(&world, "CANTON#squares") && !is_of(&world, "CANTON"), "seen from afar, squares alone");
        assert!(vector_tile(&canton, "CANTON", 3, 9, 0).is_err());
    }

    #[test]
    fn a_world_that_reaches_the_poles_is_drawn() {
        let world = samples("monde/naturalearth_lowres.shp");
        let tile = vector_tile(&world, "naturalearth_lowres", 0, 0, 0).expect("a tile");
        assert!(tile.len() > 5000, "{}", tile.len());
    }

    #[test]
    fn an_aerial_photograph_and_a_height_model_are_drawn_as_images() {
        for (file, z) in
            [("ortho/01-2021-0920-6564-LA93-0M50-E100.tiff", 15), ("mns/mns_0299_6802_LA93_IGN69_5m.tif", 13)]
        {
            let path = samples(file);
            let facts = facts::read_facts(&path, std::slice::from_ref(&path));
            let e = facts.raster.and_then(|r| r.extent_wgs84).expect("a place");
            let (lon, lat) = (f64::midpoint(e.minx, e.maxx), f64::midpoint(e.miny, e.maxy));
            let side = f64::from(1_u32 << z);
            let column = ((lon + 180.0) / 360.0 * side) as u32;
            let row = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side) as u32;
            let png = raster_tile(&path, z, column, row).expect("a tile").expect("an image");
            assert!(png.starts_with(b"\x89PNG") && png.len() > 2000, "{file}: {}", png.len());
            assert_eq!(raster_tile(&path, z, 0, 0).expect("an answer"), None);
        }
    }

    /// How many pixels of a PNG are there.
    fn opaque(png: &[u8]) -> usize {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), png).expect("written");
        let (source, _) = Source::open(file.path(), &["PNG"], &[], crate::raw::RASTER);
        let image = crate::imagery::Image::of_dataset(&source.expect("a picture"), 3, true, false).expect("pixels");
        image.mask.map_or(image.width * image.height, |mask| mask.iter().filter(|a| **a > 0).count())
    }

    #[test]
    fn neighbours_are_drawn_on_one_tile_and_a_range_holds_for_all() {
        let ortho = ["0920", "0921"].map(|x| samples(&format!("ortho/01-2021-{x}-6564-LA93-0M50-E100.tiff")));
        // the tile that holds both
        let (z, x, y) = (12, 2114, 1454);
        let both = raster_set_tile(&ortho, None, z, x, y).expect("a tile").expect("an image");
        let one = raster_set_tile(&ortho[..1], None, z, x, y).expect("a tile").expect("an image");
        let (both, one) = (opaque(&both), opaque(&one));
        assert!(both > one && one > 0, "{both} {one}");
        assert_eq!(raster_set_tile(&[], None, z, x, y).expect("an answer"), None);
        assert!(raster_set_tile(&ortho, None, 3, 9, 0).is_err());
        assert_eq!(raster_range(&ortho).expect("bytes"), None);
        let heights = ["0299", "0300"].map(|x| samples(&format!("mns/mns_{x}_6802_LA93_IGN69_5m.tif")));
        let of = |paths: &[PathBuf]| raster_range(paths).expect("heights").expect("a range");
        let (whole, west, east) = (of(&heights), of(&heights[..1]), of(&heights[1..]));
        assert_eq!(whole, [west[0].min(east[0]), west[1].max(east[1])]);
    }
}
