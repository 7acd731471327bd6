//! A tile's bytes, by the pyramid's compression: JPEG, PNG, or plain numbers, deflated or not.

use std::io::{Read, Write};

use flate2::Compression as Level;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use geodata::imagery::{Image, Samples, decode as decode_picture, encode_jpeg};
use serde::{Deserialize, Serialize};

use super::Spec;
use crate::grids::SIDE;

/// In the platform's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Compression {
    Jpg,
    Jpg90,
    Png,
    Zip,
    Raw,
}

impl Compression {
    pub(crate) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Compression::Jpg => "JPG",
            Compression::Jpg90 => "JPG90",
            Compression::Png => "PNG",
            Compression::Zip => "ZIP",
            Compression::Raw => "RAW",
        }
    }

    /// Of the tiles as they are kept.
    pub(crate) const fn mime(self) -> &'static str {
        match self {
            Compression::Jpg | Compression::Jpg90 => "image/jpeg",
            Compression::Png => "image/png",
            Compression::Zip | Compression::Raw => "image/x-bil;bits=32",
        }
    }
}

/// Puts the pyramid's value where there are no data, for those who see no mask.
pub(crate) fn fill(image: &mut Image, spec: &Spec) {
    image.fill(&spec.nodata);
}

/// The bytes of a tile, and those of its mask when the pyramid keeps masks and this one says something.
pub(super) fn encode(image: &Image, spec: &Spec) -> Result<(Vec<u8>, Option<Vec<u8>>), String> {
    let filled = image.mask.as_ref().map(|_| {
        let mut filled = image.clone();
        fill(&mut filled, spec);
        filled
    });
    let filled = filled.as_ref().unwrap_or(image);
    let bytes = match spec.compression {
        Compression::Jpg => encode_jpeg(filled, 75).map_err(|e| e.to_string())?,
        Compression::Jpg90 => encode_jpeg(filled, 90).map_err(|e| e.to_string())?,
        Compression::Png => encode_png(filled, spec.alpha)?,
        Compression::Zip => deflate(&raw(filled))?,
        Compression::Raw => raw(filled),
    };
    let mask = image.mask.as_ref().filter(|_| spec.mask && !spec.alpha).map(|m| deflate(m)).transpose()?;
    Ok((bytes, mask))
}

/// A tile back in memory.
pub(super) fn decode(bytes: &[u8], mask: Option<&[u8]>, spec: &Spec) -> Result<Image, String> {
    let mut image = match spec.compression {
        Compression::Zip => unraw(&inflate(bytes)?, spec)?,
        Compression::Raw => unraw(bytes, spec)?,
        _ => decode_picture(bytes, spec.bands, false).map_err(|e| e.to_string())?,
    };
    if let Some(mask) = mask {
        image.mask = Some(inflate(mask)?).filter(|m| m.len() == image.width * image.height);
    } else if spec.floats && spec.bands == 1 {
        // values say by themselves where there are none
        #[expect(clippy::cast_possible_truncation, reason = "a value of the tiles' own type")]
        let none = spec.nodata.first().copied().unwrap_or(f64::NAN) as f32;
        if let Samples::Floats(all) = &image.samples
            && all.contains(&none)
        {
            image.mask = Some(all.iter().map(|v| if *v == none { 0 } else { 255 }).collect());
        }
    }
    Ok(image)
}

/// A PNG of bytes, quickly made.
pub(crate) fn encode_png(image: &Image, alpha: bool) -> Result<Vec<u8>, String> {
    let Samples::Bytes(samples) = &image.samples else { return Err("Un PNG ne contient que des octets.".to_owned()) };
    let colour = match (image.bands, alpha) {
        (1, false) => png::ColorType::Grayscale,
        (1, true) => png::ColorType::GrayscaleAlpha,
        (3, false) => png::ColorType::Rgb,
        (3, true) => png::ColorType::Rgba,
        _ => return Err("La compression png demande 1 ou 3 canaux, et la transparence.".to_owned()),
    };
    let joined;
    let pixels = if alpha {
        let mut all = Vec::with_capacity(samples.len() + image.width * image.height);
        for (at, pixel) in samples.chunks_exact(image.bands).enumerate() {
            let there = image.mask.as_ref().map_or(255, |m| m[at]);
            // what is not seen compresses better when it is the same everywhere
            if there == 0 {
                all.extend(std::iter::repeat_n(0, image.bands));
            } else {
                all.extend_from_slice(pixel);
            }
            all.push(there);
        }
        joined = all;
        &joined
    } else {
        samples
    };
    let mut bytes = Vec::with_capacity(pixels.len() / 2);
    let (width, height) = (u32::try_from(image.width), u32::try_from(image.height));
    let (Ok(width), Ok(height)) = (width, height) else { return Err("L'image est trop grande.".to_owned()) };
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colour);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
    writer.write_image_data(pixels).map_err(|e| e.to_string())?;
    drop(writer);
    Ok(bytes)
}

/// Little-endian, as `image/x-bil` has it.
pub(crate) fn raw(image: &Image) -> Vec<u8> {
    match &image.samples {
        Samples::Bytes(all) => all.clone(),
        Samples::Floats(all) => all.iter().flat_map(|v| v.to_le_bytes()).collect(),
    }
}

fn unraw(bytes: &[u8], spec: &Spec) -> Result<Image, String> {
    let count = SIDE * SIDE * spec.bands;
    let samples = if spec.floats {
        Samples::Floats(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    } else {
        Samples::Bytes(bytes.to_vec())
    };
    let length = match &samples {
        Samples::Bytes(all) => all.len(),
        Samples::Floats(all) => all.len(),
    };
    if length != count {
        return Err("Une tuile de la pyramide est abîmée.".to_owned());
    }
    Ok(Image { width: SIDE, height: SIDE, bands: spec.bands, samples, mask: None })
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Level::new(5));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|e| e.to_string())
}

pub(crate) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    // a tile never holds more
    let most = (SIDE * SIDE * 16) as u64;
    ZlibDecoder::new(bytes).take(most).read_to_end(&mut all).map_err(|e| e.to_string())?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use model::Extent;

    use super::*;

    fn spec(compression: Compression, bands: usize, alpha: bool, floats: bool) -> Spec {
        Spec {
            tms: "PM".to_owned(),
            compression,
            interpolation: "nn".to_owned(),
            bottom: 3,
            top: 0,
            mask: true,
            bands,
            alpha,
            floats,
            nodata: vec![if floats { -99999.0 } else { 255.0 }],
            extent: Extent { minx: 0.0, miny: 0.0, maxx: 1.0, maxy: 1.0 },
        }
    }

    fn half(bands: usize, floats: bool) -> Image {
        let mut image = Image::empty(SIDE, SIDE, bands, floats);
        match &mut image.samples {
            Samples::Bytes(all) => all.iter_mut().enumerate().for_each(|(n, v)| *v = (n / bands % 200) as u8),
            Samples::Floats(all) => all.iter_mut().enumerate().for_each(|(n, v)| *v = n as f32 / 7.0),
        }
        image.mask = Some((0..SIDE * SIDE).map(|n| if n % SIDE < 128 { 255 } else { 0 }).collect());
        image
    }

    #[test]
    fn what_is_lossless_comes_back_the_same_with_its_mask() {
        for (compression, bands, alpha, floats) in [
            (Compression::Png, 3, true, false),
            (Compression::Png, 1, false, false),
            (Compression::Zip, 1, false, true),
            (Compression::Raw, 1, false, true),
            (Compression::Zip, 3, false, false),
        ] {
            let spec = spec(compression, bands, alpha, floats);
            let (bytes, mask) = encode(&half(bands, floats), &spec).expect("bytes");
            let back = decode(&bytes, mask.as_deref(), &spec).expect("an image");
            let mut wanted = half(bands, floats);
            if alpha {
                wanted.fill(&[0.0]);
            } else {
                fill(&mut wanted, &spec);
            }
            assert!(back == wanted, "{compression:?} {bands} {alpha} {floats}");
        }
    }

    #[test]
    fn a_jpeg_is_near_and_white_where_there_is_nothing() {
        let spec = spec(Compression::Jpg90, 3, false, false);
        let (bytes, mask) = encode(&half(3, false), &spec).expect("bytes");
        let back = decode(&bytes, mask.as_deref(), &spec).expect("an image");
        let Samples::Bytes(all) = &back.samples else { panic!("bytes") };
        assert!(all[(SIDE - 1) * 3] > 250, "{}", all[(SIDE - 1) * 3]);
        assert!(back.mask.is_some_and(|m| m[0] == 255 && m[SIDE - 1] == 0));
    }
}
