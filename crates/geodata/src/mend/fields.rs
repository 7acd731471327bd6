//! The fields of a copy: which go, under which name, as what type, their texts in UTF-8.

use gdal_sys::{OGRFeatureH, OGRFieldType, OGRLayerH};
use serde::{Deserialize, Serialize};

use super::{Recipe, Tally, refused};
use crate::raw::{bytes, c_string, text};
use crate::{Error, Result};

/// What becomes of one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldRecipe {
    pub from: String,
    /// Nothing: it is left out.
    pub to: Option<String>,
    /// Nothing: it keeps its type.
    pub read_as: Option<ReadAs>,
}

/// How a text is read as something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadAs {
    /// `1 234,5`: a number, a comma before its decimals.
    DecimalComma,
    /// `1234.5`.
    DecimalPoint,
    WholeNumber,
    /// `31/12/2026`, or with `.` or `-`.
    DayMonthYear,
    /// `2026-12-31`, or with `/`.
    YearMonthDay,
    /// `20261231`.
    CompactDate,
}

/// A text read as a number or a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    Real(f64),
    Whole(i64),
    Date { year: i32, month: i32, day: i32 },
}

impl ReadAs {
    pub const ALL: [ReadAs; 6] = [
        ReadAs::WholeNumber,
        ReadAs::DecimalComma,
        ReadAs::DecimalPoint,
        ReadAs::DayMonthYear,
        ReadAs::YearMonthDay,
        ReadAs::CompactDate,
    ];

    /// As it is written in a plan: `decimal-comma`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ReadAs::DecimalComma => "decimal-comma",
            ReadAs::DecimalPoint => "decimal-point",
            ReadAs::WholeNumber => "whole-number",
            ReadAs::DayMonthYear => "day-month-year",
            ReadAs::YearMonthDay => "year-month-day",
            ReadAs::CompactDate => "compact-date",
        }
    }

    /// The way of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// OGR's name of the type that it gives.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            ReadAs::DecimalComma | ReadAs::DecimalPoint => "Real",
            ReadAs::WholeNumber => "Integer64",
            ReadAs::DayMonthYear | ReadAs::YearMonthDay | ReadAs::CompactDate => "Date",
        }
    }

    const fn field_type(self) -> OGRFieldType::Type {
        match self {
            ReadAs::DecimalComma | ReadAs::DecimalPoint => OGRFieldType::OFTReal,
            ReadAs::WholeNumber => OGRFieldType::OFTInteger64,
            ReadAs::DayMonthYear | ReadAs::YearMonthDay | ReadAs::CompactDate => OGRFieldType::OFTDate,
        }
    }

    /// The value, when the text is one and nothing of it would be lost.
    pub(crate) fn read(self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self {
            ReadAs::DecimalComma => {
                let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
                (!plain.contains('.') && plain.matches(',').count() <= 1)
                    .then(|| number(&plain.replace(',', ".")))
                    .flatten()
                    .map(Value::Real)
            }
            ReadAs::DecimalPoint => number(text).map(Value::Real),
            // a leading zero means something: a code, not a count
            ReadAs::WholeNumber => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                (plain && (digits == "0" || !digits.starts_with('0')))
                    .then(|| text.parse().ok())
                    .flatten()
                    .map(Value::Whole)
            }
            ReadAs::DayMonthYear => parts(text, &['/', '.', '-']).and_then(|[d, m, y]| date(y, m, d)),
            ReadAs::YearMonthDay => parts(text, &['-', '/']).and_then(|[y, m, d]| date(y, m, d)),
            ReadAs::CompactDate => (text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()))
                .then(|| date(&text[..4], &text[4..6], &text[6..]))
                .flatten(),
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '+']);
    let whole = digits.split('.').next().unwrap_or_default();
    let plain = digits.bytes().any(|b| b.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (plain && (whole.len() <= 1 || !whole.starts_with('0')))
        .then(|| text.parse().ok())
        .flatten()
        .filter(|n: &f64| n.is_finite())
}

fn parts<'a>(text: &'a str, separators: &[char]) -> Option<[&'a str; 3]> {
    let separator = *separators.iter().find(|s| text.contains(**s))?;
    let found: Vec<&str> = text.split(separator).collect();
    found.try_into().ok()
}

fn date(year: &str, month: &str, day: &str) -> Option<Value> {
    let plain = |t: &str, most: usize| !t.is_empty() && t.len() <= most && t.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !plain(year, 4) || !plain(month, 2) || !plain(day, 2) {
        return None;
    }
    let (year, month, day): (i32, i32, i32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let most = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i32::from(leap),
        _ => return None,
    };
    ((1..=most).contains(&day) && year >= 1).then_some(Value::Date { year, month, day })
}

/// One field, from its place in the source to its place in the copy.
#[derive(Debug, Clone)]
struct Way {
    from: i32,
    to: i32,
    name: String,
    kind: OGRFieldType::Type,
    read_as: Option<ReadAs>,
    list: bool,
}

/// Every field of a copy.
#[derive(Debug, Clone)]
pub(crate) struct FieldPlan {
    ways: Vec<Way>,
    /// For `OGR_F_SetFromWithMap`: by place in the source, the place in the copy, -1 for none.
    pub(crate) map: Vec<i32>,
    pub(crate) ignored: Vec<String>,
    encoding: Option<Codec>,
    raw: bool,
}

#[derive(Debug, Clone, Copy)]
enum Codec {
    Known(&'static encoding_rs::Encoding),
    Cp850,
    /// UTF-8 of UTF-8.
    Twice,
}

impl FieldPlan {
    pub(crate) fn of(layer: OGRLayerH, recipe: &Recipe) -> Result<Self> {
        let mut ways = Vec::new();
        let (mut map, mut ignored) = (Vec::new(), Vec::new());
        // SAFETY: the definition belongs to the layer, alive for the call.
        unsafe {
            let definition = gdal_sys::OGR_L_GetLayerDefn(layer);
            let count = gdal_sys::OGR_FD_GetFieldCount(definition);
            if usize::try_from(count).ok() != Some(recipe.fields.len()) {
                let says = format!("{} fields were planned, {count} are there", recipe.fields.len());
                return Err(refused(&recipe.layer, says));
            }
            for (from, field) in (0..count).zip(&recipe.fields) {
                let placing = recipe.shape.columns.iter().any(|at| i32::try_from(*at).ok() == Some(from));
                let handle = gdal_sys::OGR_FD_GetFieldDefn(definition, from);
                let Some(name) = &field.to else {
                    map.push(-1);
                    match String::from_utf8(bytes(gdal_sys::OGR_Fld_GetNameRef(handle))) {
                        Ok(name) if !placing => ignored.push(name),
                        _ => {}
                    }
                    continue;
                };
                let kind = gdal_sys::OGR_Fld_GetType(handle);
                let list = matches!(
                    kind,
                    OGRFieldType::OFTStringList
                        | OGRFieldType::OFTIntegerList
                        | OGRFieldType::OFTInteger64List
                        | OGRFieldType::OFTRealList
                );
                let to = i32::try_from(ways.len()).unwrap_or(0);
                map.push(if list || field.read_as.is_some() { -1 } else { to });
                ways.push(Way { from, to, name: name.clone(), kind, read_as: field.read_as, list });
            }
        }
        let encoding = match recipe.encoding.as_deref() {
            Some("cp850") => Some(Codec::Cp850),
            Some(model::UTF8_TWICE) => Some(Codec::Twice),
            Some(label) => encoding_rs::Encoding::for_label(label.as_bytes()).map(Codec::Known),
            None => None,
        };
        Ok(Self { ways, map, ignored, encoding, raw: recipe.raw_text })
    }

    /// Makes the fields in a table of the copy.
    pub(crate) fn create(&self, source: OGRLayerH, table: OGRLayerH) -> bool {
        // SAFETY: both layers are alive; the definitions made are copied, then destroyed.
        unsafe {
            let definition = gdal_sys::OGR_L_GetLayerDefn(source);
            self.ways.iter().all(|way| {
                let old = gdal_sys::OGR_FD_GetFieldDefn(definition, way.from);
                let kind = match (way.read_as, way.kind) {
                    (Some(read_as), _) => read_as.field_type(),
                    (None, OGRFieldType::OFTTime) => OGRFieldType::OFTString,
                    (None, _) if way.list => OGRFieldType::OFTString,
                    (None, kind) => kind,
                };
                let made = gdal_sys::OGR_Fld_Create(c_string(&way.name).as_ptr(), kind);
                if kind == way.kind {
                    gdal_sys::OGR_Fld_SetSubType(made, gdal_sys::OGR_Fld_GetSubType(old));
                    if kind == OGRFieldType::OFTString {
                        gdal_sys::OGR_Fld_SetWidth(made, gdal_sys::OGR_Fld_GetWidth(old));
                    }
                }
                let outcome = gdal_sys::OGR_L_CreateField(table, made, 1);
                gdal_sys::OGR_Fld_Destroy(made);
                outcome == gdal_sys::OGRErr::OGRERR_NONE
            })
        }
    }

    /// Fills a row of the copy from one of the source.
    ///
    /// # Safety
    /// Both must be alive, of the definitions that this plan was made for.
    pub(crate) unsafe fn fill(&self, from: OGRFeatureH, to: OGRFeatureH, tally: &mut Tally) -> Result<()> {
        // SAFETY: as the caller promises.
        unsafe {
            gdal_sys::OGR_F_SetFromWithMap(to, from, 1, self.map.as_ptr());
            for way in &self.ways {
                let textual = way.kind == OGRFieldType::OFTString;
                if !(textual || way.list) || gdal_sys::OGR_F_IsFieldSetAndNotNull(from, way.from) == 0 {
                    continue;
                }
                if way.list {
                    let json = list_as_json(from, way);
                    gdal_sys::OGR_F_SetFieldString(to, way.to, c_string(&json).as_ptr());
                    continue;
                }
                let raw = gdal_sys::OGR_F_GetFieldAsString(from, way.from);
                if let Some(read_as) = way.read_as {
                    let value = text(raw);
                    if value.trim().is_empty() {
                        continue;
                    }
                    let read = read_as.read(&value).ok_or_else(|| Error::Refused {
                        doing: format!("reading the field `{}`", way.name),
                        says: format!("`{value}` cannot be read as the others are"),
                    })?;
                    set(to, way.to, read);
                    tally.retyped += 1;
                    continue;
                }
                let raw = std::ffi::CStr::from_ptr(raw).to_bytes();
                if let (Some(Codec::Twice), Ok(said)) = (self.encoding, std::str::from_utf8(raw)) {
                    // a text that was encoded once is left as it is
                    if let Some(meant) = model::undone(said) {
                        tally.decoded += 1;
                        gdal_sys::OGR_F_SetFieldString(to, way.to, c_string(&meant).as_ptr());
                    }
                    continue;
                }
                if raw.is_ascii() || (!self.raw && std::str::from_utf8(raw).is_ok()) {
                    continue;
                }
                let decoded = match self.encoding {
                    Some(Codec::Cp850) => crate::archive::from_cp850(raw),
                    Some(Codec::Known(codec)) => codec.decode_without_bom_handling(raw).0.into_owned(),
                    Some(Codec::Twice) | None => match std::str::from_utf8(raw) {
                        Ok(_) => continue,
                        // the width of a field can cut a letter in two
                        Err(fault) if fault.error_len().is_none() && fault.valid_up_to() > 0 => {
                            String::from_utf8_lossy(&raw[..fault.valid_up_to()]).into_owned()
                        }
                        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0.into_owned(),
                    },
                };
                tally.decoded += 1;
                gdal_sys::OGR_F_SetFieldString(to, way.to, c_string(&decoded).as_ptr());
            }
        }
        Ok(())
    }
}

unsafe fn set(row: OGRFeatureH, at: i32, value: Value) {
    // SAFETY: the row is the caller's, the place one of its fields.
    unsafe {
        match value {
            Value::Real(number) => gdal_sys::OGR_F_SetFieldDouble(row, at, number),
            Value::Whole(number) => gdal_sys::OGR_F_SetFieldInteger64(row, at, number),
            Value::Date { year, month, day } => {
                gdal_sys::OGR_F_SetFieldDateTime(row, at, year, month, day, 0, 0, 0, 0);
            }
        }
    }
}

/// A list as JSON text: GeoPackage knows no lists.
unsafe fn list_as_json(row: OGRFeatureH, way: &Way) -> String {
    let mut count = 0;
    // SAFETY: the row is alive; the arrays are its own, `count` long.
    unsafe {
        let values: Vec<serde_json::Value> = match way.kind {
            OGRFieldType::OFTIntegerList => {
                let list = gdal_sys::OGR_F_GetFieldAsIntegerList(row, way.from, &raw mut count);
                (0..usize::try_from(count).unwrap_or(0)).map(|i| (*list.add(i)).into()).collect()
            }
            OGRFieldType::OFTInteger64List => {
                let list = gdal_sys::OGR_F_GetFieldAsInteger64List(row, way.from, &raw mut count);
                (0..usize::try_from(count).unwrap_or(0)).map(|i| (*list.add(i)).into()).collect()
            }
            OGRFieldType::OFTRealList => {
                let list = gdal_sys::OGR_F_GetFieldAsDoubleList(row, way.from, &raw mut count);
                (0..usize::try_from(count).unwrap_or(0)).map(|i| (*list.add(i)).into()).collect()
            }
            _ => {
                let mut list = gdal_sys::OGR_F_GetFieldAsStringList(row, way.from);
                let mut found = Vec::new();
                while !list.is_null() && !(*list).is_null() {
                    found.push(text(*list).into());
                    list = list.add(1);
                }
                found
            }
        };
        serde_json::to_string(&values).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_numbers_and_dates_are_read_and_nothing_else() {
        for (read_as, text, wanted) in [
            (ReadAs::DecimalComma, "1\u{202f}234,5", Some(Value::Real(1234.5))),
            (ReadAs::DecimalComma, "-0,25", Some(Value::Real(-0.25))),
            (ReadAs::DecimalComma, "1,2,3", None),
            (ReadAs::DecimalComma, "1.5", None),
            (ReadAs::WholeNumber, "42", Some(Value::Whole(42))),
            (ReadAs::WholeNumber, "01004", None),
            (ReadAs::WholeNumber, "2A004", None),
            (ReadAs::DecimalPoint, "007.5", None),
            (ReadAs::DayMonthYear, "29/02/2024", Some(Value::Date { year: 2024, month: 2, day: 29 })),
            (ReadAs::DayMonthYear, "29/02/2023", None),
            (ReadAs::DayMonthYear, "12/31/2024", None),
            (ReadAs::YearMonthDay, "2026-11-24", Some(Value::Date { year: 2026, month: 11, day: 24 })),
            (ReadAs::CompactDate, "20161104", Some(Value::Date { year: 2016, month: 11, day: 4 })),
            (ReadAs::CompactDate, "20161304", None),
        ] {
            assert_eq!(read_as.read(text), wanted, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_dates_are_real(text in ".{0,24}", d in 0_u32..40, m in 0_u32..16, y in 0_u32..3000) {
            for way in ReadAs::ALL {
                let _ = way.read(&text);
            }
            if let Some(Value::Date { year, month, day }) = ReadAs::DayMonthYear.read(&format!("{d}/{m}/{y:04}")) {
                proptest::prop_assert!((1..=12).contains(&month) && (1..=31).contains(&day) && year >= 1);
            }
        }

        #[test]
        fn a_number_written_with_a_comma_is_the_same_with_a_point(whole in 1_i64..1_000_000, part in 0_u32..1000) {
            let comma = ReadAs::DecimalComma.read(&format!("{whole},{part:03}"));
            proptest::prop_assert_eq!(comma, ReadAs::DecimalPoint.read(&format!("{whole}.{part:03}")));
        }
    }
}
