//! Rule: bands and types suit a way to store them. Pyramids take 1 to 4 samples a pixel; `jpg` holds
//! three bands of 8 bits and no transparency, `png` four at about ten times the weight, `zip` values
//! that need a style to be seen (the platform's tutorial on pyramids).

use model::{Code, Finding, Transparency};

use super::view::{Image, tell};
use crate::Expectations;

const KNOWN_TYPES: &[&str] = &["Byte", "UInt16", "Int16", "Float32"];

pub(super) fn check(images: &[Image<'_>], expectations: &Expectations) -> Vec<Finding> {
    if expectations.files_only() {
        return Vec::new();
    }
    let open: Vec<&Image<'_>> = images.iter().filter(|i| !i.bands.is_empty()).collect();
    let of =
        |test: &dyn Fn(&Image<'_>) -> bool| -> Vec<&Image<'_>> { open.iter().copied().filter(|i| test(i)).collect() };
    let kind = |i: &Image<'_>| vec![("type", i.bands.first().map(|b| b.kind.clone()).unwrap_or_default())];
    let count = |i: &Image<'_>| vec![("count", i.bands.len().to_string())];
    let depth = |i: &Image<'_>| i.bands.iter().any(|b| b.kind == "UInt16");
    let mixed = |i: &Image<'_>| i.bands.iter().any(|b| b.kind != i.bands[0].kind);
    let mut findings = tell(Code::RasterTooManyBands, of(&|i| i.bands.len() > 4), count);
    let unusual = |i: &Image<'_>| mixed(i) || i.bands.iter().any(|b| !KNOWN_TYPES.contains(&b.kind.as_str()));
    findings.extend(tell(Code::RasterTypeUnusual, of(&unusual), kind));
    findings.extend(tell(Code::RasterPalette, of(&|i| i.bands[0].color == "Palette"), |_| Vec::new()));
    findings.extend(tell(Code::RasterSixteenBits, of(&|i| depth(i) && !i.measures()), kind));
    let infrared = |i: &Image<'_>| i.bands.len() == 4 && !i.alpha();
    findings.extend(tell(Code::RasterFourBands, of(&infrared), |_| Vec::new()));
    let see_through = |i: &Image<'_>| {
        !i.measures() && matches!(i.transparency, Transparency::Alpha | Transparency::Mask | Transparency::Nodata)
    };
    findings.extend(tell(Code::RasterTransparent, of(&see_through), |_| Vec::new()));
    findings.extend(tell(Code::RasterMeasures, of(&|i| i.measures()), kind));
    // a sentinel that nobody declared is a hole in the ground once shown
    let sentinel = |i: &Image<'_>| {
        i.measures()
            && i.bands.iter().any(|b| {
                b.nodata.is_none()
                    && b.statistics.as_ref().is_some_and(|s| [-9999.0, -99999.0, -32768.0, -32767.0].contains(&s.min))
            })
    };
    findings.extend(tell(Code::RasterNodataUndeclared, of(&sentinel), |i| {
        let least = i.bands.iter().filter_map(|b| b.statistics.as_ref()).map(|s| s.min).fold(f64::INFINITY, f64::min);
        vec![("value", least.to_string())]
    }));
    findings
}
