//! ROK4 styles: values drawn as colours (palette), relief (hillshade, slope, aspect), heights coded
//! in colours, a colour made transparent. The JSON is that of github.com/rok4/styles.

use geodata::imagery::{Image, Samples};
use serde::Deserialize;

/// A style, as far as it is drawn here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Style {
    pub(crate) identifier: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default, rename = "abstract")]
    pub(crate) abstract_: String,
    pub(crate) legend: Option<Legend>,
    palette: Option<Palette>,
    estompage: Option<Hillshade>,
    pente: Option<Slope>,
    exposition: Option<Aspect>,
    terrainrgb: Option<TerrainRgb>,
    colorize: Option<Colorize>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Legend {
    pub(crate) format: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
struct Palette {
    #[serde(default)]
    rgb_continuous: bool,
    #[serde(default)]
    alpha_continuous: bool,
    #[serde(default)]
    no_alpha: bool,
    colours: Vec<Colour>,
}

#[derive(Debug, Clone, Deserialize)]
struct Colour {
    value: f64,
    red: u8,
    green: u8,
    blue: u8,
    #[serde(default = "opaque")]
    alpha: u8,
}

const fn opaque() -> u8 {
    255
}

/// Angles in degrees.
#[derive(Debug, Clone, Deserialize)]
struct Hillshade {
    #[serde(default = "high")]
    zenith: f64,
    #[serde(default = "north_west")]
    azimuth: f64,
    #[serde(default = "one")]
    z_factor: f64,
}

const fn high() -> f64 {
    45.0
}
const fn north_west() -> f64 {
    315.0
}
const fn one() -> f64 {
    1.0
}

#[derive(Debug, Clone, Deserialize)]
struct Slope {
    /// `degree`, or `pourcent`.
    unit: Option<String>,
    slope_max: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct Aspect {
    #[serde(default = "one")]
    min_slope: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct TerrainRgb {
    min_elevation: f64,
    step: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct Colorize {
    source: [i32; 3],
    destination: [u8; 4],
    #[serde(default)]
    tolerance: i32,
}

/// Members that tell of a style and draw nothing.
const WORDS: &[&str] = &["identifier", "title", "abstract", "keywords", "legend"];
const DRAWN: &[&str] = &["palette", "estompage", "pente", "exposition", "terrainrgb", "colorize"];

impl Style {
    /// # Errors
    /// What is wrong with it, in French.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|e| format!("Le style n'est pas un JSON lisible : {e}."))?;
        if let Some(unknown) = value
            .as_object()
            .and_then(|o| o.keys().find(|k| !WORDS.contains(&k.as_str()) && !DRAWN.contains(&k.as_str())))
        {
            return Err(format!("Le style a un membre inconnu : « {unknown} »."));
        }
        let style: Self = serde_json::from_value(value).map_err(|e| format!("Le style n'est pas bien formé : {e}."))?;
        if style.identifier.is_empty() {
            return Err("Le style n'a pas d'« identifier ».".to_owned());
        }
        if style.palette.as_ref().is_some_and(|p| p.colours.is_empty()) {
            return Err("La palette du style n'a pas de couleur.".to_owned());
        }
        Ok(style)
    }

    /// Whether it changes anything.
    pub(crate) fn draws(&self) -> bool {
        self.palette.is_some()
            || self.estompage.is_some()
            || self.pente.is_some()
            || self.exposition.is_some()
            || self.terrainrgb.is_some()
            || self.colorize.is_some()
    }

    /// Draws an image given with one pixel more on each side; `size` is that of a pixel in metres,
    /// across and down.
    pub(crate) fn draw(&self, around: &Image, size: [f64; 2]) -> Result<Image, String> {
        let (width, height) = (around.width - 2, around.height - 2);
        if let Some(colorize) = &self.colorize {
            return colorize.draw(&around.crop(1, 1, width, height));
        }
        let (values, there) = self.values(around, size)?;
        if let Some(terrain) = &self.terrainrgb {
            return Ok(coloured(width, height, &values, &there, |v| terrain.colour(v)));
        }
        match &self.palette {
            Some(palette) => Ok(coloured(width, height, &values, &there, |v| palette.colour(v))),
            None => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
                let grey = |v: f64| v.round().clamp(0.0, 255.0) as u8;
                let samples = Samples::Bytes(values.iter().map(|v| grey(*v)).collect());
                Ok(Image { width, height, bands: 1, samples, mask: Some(there) }.simplified())
            }
        }
    }

    /// The values that the palette colours: the data themselves, or what is computed of them.
    fn values(&self, around: &Image, size: [f64; 2]) -> Result<(Vec<f64>, Vec<u8>), String> {
        let (width, height) = (around.width - 2, around.height - 2);
        let value = |at: usize| match &around.samples {
            Samples::Bytes(all) => f64::from(all[at * around.bands]),
            Samples::Floats(all) => f64::from(all[at * around.bands]),
        };
        let held = |at: usize| around.mask.as_ref().map_or(255, |m| m[at]);
        let relief = self.estompage.is_some() || self.pente.is_some() || self.exposition.is_some();
        if relief && around.bands != 1 {
            return Err("this style draws one channel of heights".to_owned());
        }
        let (mut values, mut there) = (Vec::with_capacity(width * height), Vec::with_capacity(width * height));
        for y in 1..=height {
            for x in 1..=width {
                let at = y * around.width + x;
                there.push(held(at));
                if !relief {
                    values.push(value(at));
                    continue;
                }
                // where a neighbour is missing the pixel's own height stands for it
                let near = |dx: usize, dy: usize| {
                    let other = (y + dy - 1) * around.width + x + dx - 1;
                    if held(other) == 0 { value(at) } else { value(other) }
                };
                let [a, b, c] = [near(0, 0), near(1, 0), near(2, 0)];
                let [d, f] = [near(0, 1), near(2, 1)];
                let [g, h, i] = [near(0, 2), near(1, 2), near(2, 2)];
                // Horn, 1981
                let dx = ((c + 2.0 * f + i) - (a + 2.0 * d + g)) / (8.0 * size[0]);
                let dy = ((g + 2.0 * h + i) - (a + 2.0 * b + c)) / (8.0 * size[1]);
                values.push(self.computed(dx, dy));
            }
        }
        Ok((values, there))
    }

    fn computed(&self, dx: f64, dy: f64) -> f64 {
        if let Some(shade) = &self.estompage {
            let (dx, dy) = (dx * shade.z_factor, dy * shade.z_factor);
            let slope = dx.hypot(dy).atan();
            let aspect = dy.atan2(-dx);
            let (zenith, azimuth) = (shade.zenith.to_radians(), (450.0 - shade.azimuth).rem_euclid(360.0).to_radians());
            let light = zenith.cos() * slope.cos() + zenith.sin() * slope.sin() * (azimuth - aspect).cos();
            return 255.0 * light.max(0.0);
        }
        let slope = dx.hypot(dy).atan().to_degrees();
        if let Some(pente) = &self.pente {
            let told = match pente.unit.as_deref() {
                Some(unit) if unit.starts_with("po") || unit.starts_with("pe") => dx.hypot(dy) * 100.0,
                _ => slope,
            };
            return pente.slope_max.map_or(told, |most| told.min(most));
        }
        let least = self.exposition.as_ref().map_or(1.0, |e| e.min_slope);
        if slope < least {
            return -1.0;
        }
        // degrees from the north, clockwise, of the side that the slope looks to
        (90.0 - dy.atan2(-dx).to_degrees()).rem_euclid(360.0)
    }
}

fn coloured(width: usize, height: usize, values: &[f64], there: &[u8], colour: impl Fn(f64) -> [u8; 4]) -> Image {
    let (mut samples, mut mask) = (Vec::with_capacity(values.len() * 3), Vec::with_capacity(values.len()));
    for (value, held) in values.iter().zip(there) {
        let [r, g, b, a] = if *held == 0 { [0; 4] } else { colour(*value) };
        samples.extend([r, g, b]);
        mask.push(a);
    }
    Image { width, height, bands: 3, samples: Samples::Bytes(samples), mask: Some(mask) }.simplified()
}

impl Palette {
    fn colour(&self, value: f64) -> [u8; 4] {
        let of = |c: &Colour| [c.red, c.green, c.blue, if self.no_alpha { 255 } else { c.alpha }];
        let above = self.colours.iter().position(|c| c.value > value).unwrap_or(self.colours.len());
        let Some(low) = above.checked_sub(1).map(|at| &self.colours[at]) else {
            return self.colours.first().map_or([0; 4], of);
        };
        let Some(high) = self.colours.get(above) else { return of(low) };
        let share = (value - low.value) / (high.value - low.value);
        let (from, to) = (of(low), of(high));
        let mut made = from;
        for (channel, out) in made.iter_mut().enumerate() {
            let continuous = if channel == 3 { self.alpha_continuous } else { self.rgb_continuous };
            if continuous {
                let (a, b) = (f64::from(from[channel]), f64::from(to[channel]));
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
                {
                    *out = (b - a).mul_add(share, a).round().clamp(0.0, 255.0) as u8;
                }
            }
        }
        made
    }
}

impl TerrainRgb {
    fn colour(&self, value: f64) -> [u8; 4] {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to three bytes")]
        let code = ((value - self.min_elevation) / self.step).round().clamp(0.0, 16_777_215.0) as u32;
        let [_, r, g, b] = code.to_be_bytes();
        [r, g, b, 255]
    }
}

impl Colorize {
    fn draw(&self, image: &Image) -> Result<Image, String> {
        let Samples::Bytes(all) = &image.samples else { return Err("this style draws colours".to_owned()) };
        if image.bands != 3 {
            return Err("this style draws colours".to_owned());
        }
        let mut made = image.clone();
        let mut mask = image.mask.clone().unwrap_or_else(|| vec![255; image.width * image.height]);
        let mut samples = all.clone();
        for (pixel, there) in samples.chunks_exact_mut(3).zip(&mut mask) {
            if pixel.iter().zip(self.source).all(|(v, s)| (i32::from(*v) - s).abs() <= self.tolerance) {
                pixel.copy_from_slice(&self.destination[..3]);
                *there = (*there).min(self.destination[3]);
            }
        }
        made.samples = Samples::Bytes(samples);
        made.mask = Some(mask);
        Ok(made.simplified())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(values: &[f32], side: usize) -> Image {
        Image { width: side, height: side, bands: 1, samples: Samples::Floats(values.to_vec()), mask: None }
    }

    fn bytes(image: &Image) -> &[u8] {
        match &image.samples {
            Samples::Bytes(all) => all,
            Samples::Floats(_) => &[],
        }
    }

    #[test]
    fn a_palette_is_a_slide_or_a_stair_from_colour_to_colour() {
        let colours = r#""colours": [{"value": 0, "red": 0, "green": 0, "blue": 0}, {"value": 10, "red": 100, "green": 200, "blue": 50, "alpha": 55}]"#;
        let read = |slide: bool| {
            Style::read(&format!(
                r#"{{"identifier": "p", "palette": {{"rgb_continuous": {slide}, "alpha_continuous": {slide}, {colours}}}}}"#
            ))
            .expect("a style")
        };
        let around = plane(&[5.0; 9], 3);
        let slide = read(true).draw(&around, [1.0; 2]).expect("an image");
        assert_eq!((bytes(&slide), slide.mask.as_deref()), (&[50, 100, 25][..], Some(&[155][..])));
        let stair = read(false).draw(&around, [1.0; 2]).expect("an image");
        assert_eq!((bytes(&stair), stair.mask.as_deref()), (&[0, 0, 0][..], None));
    }

    #[test]
    fn flat_land_is_lit_by_the_sun_s_height_alone_and_slopes_by_where_they_look() {
        let style = Style::read(r#"{"identifier": "e", "estompage": {"zenith": 45, "azimuth": 315, "z_factor": 1}}"#);
        let style = style.expect("a style");
        let flat = style.draw(&plane(&[7.0; 9], 3), [1.0; 2]).expect("an image");
        assert_eq!(bytes(&flat), [180]);
        // rises towards the south-east: it looks to the north-west, where the sun is
        let slope: Vec<f32> = (0..9).map(|n| (n % 3 + n / 3) as f32).collect();
        let lit = style.draw(&plane(&slope, 3), [1.0; 2]).expect("an image");
        assert!(bytes(&lit)[0] > 240, "{:?}", bytes(&lit));
        let dark: Vec<f32> = slope.iter().map(|v| -v).collect();
        let dark = style.draw(&plane(&dark, 3), [1.0; 2]).expect("an image");
        assert!(bytes(&dark)[0] < 10, "{:?}", bytes(&dark));
        let aspect = Style::read(r#"{"identifier": "x", "exposition": {"min_slope": 1}}"#).expect("a style");
        let told = aspect.values(&plane(&slope, 3), [1.0; 2]).expect("values").0;
        assert!((told[0] - 315.0).abs() < 1e-6, "{told:?}");
    }

    #[test]
    fn what_is_no_style_is_refused() {
        for text in
            ["{", "{}", r#"{"identifier": "a", "relief": {}}"#, r#"{"identifier": "a", "palette": {"colours": []}}"#]
        {
            assert!(Style::read(text).is_err(), "{text}");
        }
    }
}
