//! Whether a picture shows anything. Knows PNG, and of JPEG only how much there is in it; nothing of
//! where it came from.

/// Whether a picture is of one colour, or wholly transparent. `None`: no PNG nor JPEG.
pub(super) fn is_blank(bytes: &[u8]) -> Option<bool> {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        return plain_jpeg(bytes);
    }
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    let size = frame.color_type.samples();
    let pixels = &pixels[..frame.buffer_size()];
    let transparent = matches!(frame.color_type, png::ColorType::Rgba | png::ColorType::GrayscaleAlpha)
        && pixels.chunks_exact(size).all(|p| p[size - 1] == 0);
    let first = pixels.get(..size)?;
    // a layer that fills the picture is of one colour too, but then nothing of it is see-through
    let alpha = matches!(frame.color_type, png::ColorType::Rgba | png::ColorType::GrayscaleAlpha);
    let plain = !alpha && pixels.chunks_exact(size).all(|p| p == first);
    Some(transparent || plain)
}

/// A JPEG of one colour spends six bits at most on each block of eight pixels a side of each channel.
fn plain_jpeg(bytes: &[u8]) -> Option<bool> {
    let (mut at, mut blocks) = (2, None);
    loop {
        let marker = *bytes.get(at + 1)?;
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        match marker {
            // a frame: its height and width
            0xC0..=0xC2 => {
                let number =
                    |n: usize| Some(usize::from(u16::from_be_bytes([*bytes.get(at + n)?, *bytes.get(at + n + 1)?])));
                let channels = usize::from(*bytes.get(at + 9)?);
                blocks = Some(number(5)?.div_ceil(8) * number(7)?.div_ceil(8) * channels);
            }
            // the scan: all that is left
            0xDA => {
                let left = bytes.len().saturating_sub(at + 2 + length);
                return Some(left <= blocks? * 6 / 8 + 64);
            }
            _ => {}
        }
        at += 2 + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(color: png::ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let width = u32::try_from(pixels.len() / color.samples()).unwrap();
        let mut encoder = png::Encoder::new(&mut bytes, width, 1);
        encoder.set_color(color);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        drop(writer);
        bytes
    }

    #[test]
    fn a_picture_is_blank_when_it_is_transparent_or_of_one_colour() {
        for (color, pixels, blank) in [
            (png::ColorType::Rgba, &[1, 2, 3, 0, 9, 9, 9, 0][..], true),
            (png::ColorType::Rgba, &[1, 2, 3, 0, 9, 9, 9, 255], false),
            (png::ColorType::Rgba, &[9, 9, 9, 255, 9, 9, 9, 255], false),
            (png::ColorType::Rgb, &[9, 9, 9, 9, 9, 9], true),
            (png::ColorType::Rgb, &[9, 9, 9, 9, 9, 8], false),
        ] {
            assert_eq!(is_blank(&picture(color, pixels)), Some(blank), "{color:?} {pixels:?}");
        }
        assert_eq!(is_blank(b"<ServiceException/>"), None);
    }
}
