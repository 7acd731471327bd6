//! The smallest GeoTIFF, written by hand: thousands of them take a second or two.

use std::path::Path;

/// An uncompressed image of bytes, its bands interleaved.
#[derive(Debug, Clone)]
pub(crate) struct Tiff {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bands: u16,
    /// West and north, in the CRS.
    pub(crate) corner: [f64; 2],
    pub(crate) resolution: f64,
    /// EPSG code of a projected CRS.
    pub(crate) epsg: u16,
}

impl Tiff {
    /// Writes the image, each sample by its column, row and band.
    ///
    /// # Errors
    /// The disk's.
    pub(crate) fn write(&self, path: &Path, sample: impl Fn(u32, u32, u16) -> u8) -> std::io::Result<()> {
        let pixels = self.width * self.height * u32::from(self.bands);
        let bits = [8_u16; 4];
        let photometric = if self.bands >= 3 { 2 } else { 1 };
        let scale = [self.resolution, self.resolution, 0.0];
        let tie = [0.0, 0.0, 0.0, self.corner[0], self.corner[1], 0.0];
        let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, self.epsg];
        let mut values: Vec<u8> = Vec::new();
        // header, directory of 12 entries and its end come before the values
        let start = 8 + 2 + 12 * 12 + 4;
        let mut place = |bytes: Vec<u8>| {
            let at = start + u32::try_from(values.len()).unwrap_or(0);
            values.extend(bytes);
            at
        };
        let shorts = |all: &[u16]| all.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let doubles = |all: &[f64]| all.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let bits_at = place(shorts(&bits));
        let scale_at = place(doubles(&scale));
        let tie_at = place(doubles(&tie));
        let keys_at = place(shorts(&keys));
        let data_at = start + u32::try_from(values.len()).unwrap_or(0);
        let bands = u32::from(self.bands);
        let entries: [(u16, u16, u32, u32); 12] = [
            (256, 4, 1, self.width),
            (257, 4, 1, self.height),
            (258, 3, bands, if bands > 2 { bits_at } else { 0x0008_0008 }),
            (259, 3, 1, 1),
            (262, 3, 1, photometric),
            (273, 4, 1, data_at),
            (277, 3, 1, bands),
            (278, 4, 1, self.height),
            (279, 4, 1, pixels),
            (33550, 12, 3, scale_at),
            (33922, 12, 6, tie_at),
            (34735, 3, 16, keys_at),
        ];
        let mut file: Vec<u8> = b"II*\0\x08\0\0\0".to_vec();
        file.extend(12_u16.to_le_bytes());
        for (tag, kind, count, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(count.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        file.extend(0_u32.to_le_bytes());
        file.extend(values);
        for y in 0..self.height {
            for x in 0..self.width {
                file.extend((0..self.bands).map(|band| sample(x, y, band)));
            }
        }
        std::fs::write(path, file)
    }
}
