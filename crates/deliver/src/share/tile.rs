//! Which tiles cover a box, and how many features a vector tile holds. Pure.

use model::Extent;

/// Tiles of a level that a box touches, those of the middle first; at most `most`.
pub(super) fn covering(bounds: Extent, level: u8, most: usize) -> Vec<(u32, u32)> {
    let side = 2_f64.powi(i32::from(level.min(24)));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the grid")]
    let on_grid = |share: f64| (share * side).floor().clamp(0.0, side - 1.0) as u32;
    let column = |longitude: f64| on_grid((longitude + 180.0) / 360.0);
    let row = |latitude: f64| {
        let latitude = latitude.clamp(-85.051_128, 85.051_128).to_radians();
        on_grid((1.0 - latitude.tan().asinh() / std::f64::consts::PI) / 2.0)
    };
    let (left, right, top, bottom) = (column(bounds.minx), column(bounds.maxx), row(bounds.maxy), row(bounds.miny));
    let middle = (u32::midpoint(left, right), u32::midpoint(top, bottom));
    let reach = 4;
    let near = |at: u32, low: u32, high: u32| low.max(at.saturating_sub(reach))..=high.min(at + reach);
    let mut tiles: Vec<(u32, u32)> =
        near(middle.0, left, right).flat_map(|x| near(middle.1, top, bottom).map(move |y| (x, y))).collect();
    tiles.sort_by_key(|(x, y)| x.abs_diff(middle.0) + y.abs_diff(middle.1));
    tiles.truncate(most);
    tiles
}

/// Tiles of a level of a layer, by the limits that a WMTS's capabilities give it, those of the middle
/// first; none when it gives no limits.
pub(super) fn limits(capabilities: &[u8], layer: &str, level: &str, most: usize) -> Vec<(u32, u32)> {
    let text = String::from_utf8_lossy(capabilities);
    let name = format!("<ows:Identifier>{layer}</ows:Identifier>");
    let own = text.find(&name).and_then(|at| text[at..].split("</Layer>").next());
    let matrix = format!("<TileMatrix>{level}</TileMatrix>");
    let limits = own.and_then(|own| own.find(&matrix).and_then(|at| own[at..].split("</TileMatrixLimits>").next()));
    let number = |name: &str| -> Option<u32> {
        limits?.split(&format!("<{name}>")).nth(1)?.split('<').next()?.trim().parse().ok()
    };
    let all = ["MinTileCol", "MaxTileCol", "MinTileRow", "MaxTileRow"].map(number);
    let [Some(left), Some(right), Some(top), Some(bottom)] = all else { return Vec::new() };
    let middle = (u32::midpoint(left, right), u32::midpoint(top, bottom));
    let near = |at: u32, low: u32, high: u32| low.max(at.saturating_sub(2))..=high.min(at + 2);
    let mut tiles: Vec<(u32, u32)> =
        near(middle.0, left, right).flat_map(|x| near(middle.1, top, bottom).map(move |y| (x, y))).collect();
    tiles.sort_by_key(|(x, y)| x.abs_diff(middle.0) + y.abs_diff(middle.1));
    tiles.truncate(most);
    tiles
}

/// Features of all the layers of a Mapbox vector tile (2.1). `None`: the bytes are no such tile.
pub(super) fn features(tile: &[u8]) -> Option<u64> {
    let mut count = 0;
    for (field, layer) in fields(tile)? {
        if field == 3 {
            count += fields(layer)?.iter().filter(|(field, _)| *field == 2).count() as u64;
        }
    }
    Some(count)
}

/// The length-delimited fields of a protocol buffer; others are passed over.
fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let skip = match key & 7 {
            0 => varint(&mut bytes).map(|_| 0)?,
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (value, rest) = bytes.split_at_checked(skip)?;
        if key & 7 == 2 {
            found.push((key >> 3, value));
        }
        bytes = rest;
    }
    Some(found)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_paris_is_asked_first() {
        let paris = Extent::new(2.22, 48.81, 2.47, 48.91).unwrap();
        assert_eq!(covering(paris, 10, 9)[0], (518, 352));
        assert_eq!(covering(paris, 0, 9), [(0, 0)]);
        assert!(covering(paris, 16, 9).len() == 9);
    }

    #[test]
    fn the_middle_of_a_layer_is_found_in_the_capabilities_of_its_service() {
        let text = "<Layer><ows:Identifier>a</ows:Identifier><TileMatrixLimits><TileMatrix>3</TileMatrix><MinTileRow>1</MinTileRow><MaxTileRow>3</MaxTileRow><MinTileCol>5</MinTileCol><MaxTileCol>5</MaxTileCol></TileMatrixLimits></Layer>";
        assert_eq!(limits(text.as_bytes(), "a", "3", 2)[0], (5, 2));
        assert!(limits(text.as_bytes(), "b", "3", 2).is_empty() && limits(text.as_bytes(), "a", "4", 2).is_empty());
    }

    #[test]
    fn features_of_a_tile_are_counted_and_noise_is_no_tile() {
        // a layer (3) with a version (15) and two features (2), the second with an id
        let tile = [0x1a, 9, 0x78, 2, 0x12, 0, 0x12, 2, 0x08, 7, 0x00];
        assert_eq!(features(&tile[..10]), None, "cut short");
        let tile = [0x1a, 8, 0x78, 2, 0x12, 0, 0x12, 2, 0x08, 7];
        assert_eq!(features(&tile), Some(2));
        assert_eq!(features(&[]), Some(0));
        assert_eq!(features(b"<html>no</html>"), None);
    }
}
