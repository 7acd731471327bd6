//! Reads the values of a layer's columns against what a data model wants of them. Keeps counts and
//! samples, never the values themselves, but for keys and within a limit.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use gdal_sys::{OGRFeatureH, OGRLayerH};
use model::{Code, ColumnFound, ColumnType, Extent, Faulty, ModelColumn, ModelTable, ValueFault, ValueScan};
use regex::Regex;

use crate::raw::{Reference, Source, Transform, text};
use crate::{capture, facts};

const MOST_SAMPLES: usize = 100;
/// Keys kept of a column that refers or is referred to.
pub const MOST_KEYS: usize = 100_000;
/// Rows whose values are compared for being unique: sixteen bytes each.
const MOST_UNIQUE: usize = 8_000_000;
const MOST_SHOWN: usize = 80;

/// What a model wants of one layer.
#[derive(Debug, Clone)]
pub struct ValuesWanted<'a> {
    pub table: &'a ModelTable,
    /// Columns of this table that other tables refer to.
    pub referred: Vec<String>,
}

/// One column at work.
struct Column<'a> {
    wanted: &'a ModelColumn,
    index: i32,
    field: String,
    pattern: Option<Regex>,
    faults: Vec<ValueFault>,
    keys: Option<HashMap<String, i64>>,
    seen: Option<Vec<(u64, i64)>>,
}

/// A pattern over the whole of a text, whatever its case where asked; nothing when it is no regular
/// expression, which the reader of models refuses before.
#[must_use]
pub fn whole(pattern: &str, any_case: bool) -> Option<Regex> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$")).case_insensitive(any_case).size_limit(1 << 20).build().ok()
}

/// Reads every row of a layer. `told` hears how many were read; answering `false` stops.
///
/// # Errors
/// When the source or the layer cannot be opened.
pub fn scan_values(
    path: &Path,
    layer: &str,
    wanted: &ValuesWanted<'_>,
    told: &mut dyn FnMut(u64) -> bool,
) -> crate::Result<ValueScan> {
    let (source, _) = facts::open_vectors(path);
    let source: Source = source?;
    let missing = || crate::Error::Refused { doing: format!("reading `{layer}`"), says: "no such layer".to_owned() };
    let handle = source.layer(layer).ok_or_else(missing)?;
    // SAFETY: the layer lives as long as `source`.
    let place = unsafe { facts::layer_reference(handle, path) }
        .zip(Reference::named("EPSG:4326"))
        .and_then(|(from, to)| Transform::new(&from, &to));
    let mut columns = columns(handle, wanted);
    let mut read = 0;
    capture::attend(|heard| {
        // SAFETY: each feature is destroyed before the next is read.
        unsafe {
            gdal_sys::OGR_L_ResetReading(handle);
            loop {
                let feature = gdal_sys::OGR_L_GetNextFeature(handle);
                if feature.is_null() {
                    break;
                }
                for column in &mut columns {
                    column.look(feature, place.as_ref());
                }
                gdal_sys::OGR_F_Destroy(feature);
                heard.clear();
                read += 1;
                if read % 4096 == 0 && !told(read) {
                    break;
                }
            }
            for column in &mut columns {
                column.compare(handle, place.as_ref());
            }
        }
    });
    Ok(ValueScan { table: wanted.table.name.clone(), columns: columns.into_iter().map(Column::finish).collect() })
}

fn columns<'a>(layer: OGRLayerH, wanted: &ValuesWanted<'a>) -> Vec<Column<'a>> {
    // SAFETY: the definition belongs to the layer; every index is below the count.
    let names: Vec<String> = unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(layer);
        (0..gdal_sys::OGR_FD_GetFieldCount(definition))
            .map(|i| text(gdal_sys::OGR_Fld_GetNameRef(gdal_sys::OGR_FD_GetFieldDefn(definition, i))))
            .collect()
    };
    let found = wanted.table.columns.iter().filter_map(|column| {
        let index = names.iter().position(|name| column.is_named(name))?;
        let keyed = column.references.is_some() || wanted.referred.iter().any(|name| column.is_named(name));
        Some(Column {
            wanted: column,
            index: i32::try_from(index).ok()?,
            field: names[index].clone(),
            pattern: column.pattern.as_deref().and_then(|p| whole(p, false)),
            faults: Vec::new(),
            keys: keyed.then(HashMap::new),
            seen: column.unique.then(Vec::new),
        })
    });
    found.collect()
}

unsafe fn value(feature: OGRFeatureH, index: i32) -> Option<String> {
    // SAFETY: the feature is alive, the index below its count.
    unsafe {
        (gdal_sys::OGR_F_IsFieldSetAndNotNull(feature, index) != 0)
            .then(|| text(gdal_sys::OGR_F_GetFieldAsString(feature, index)))
            .filter(|value| !value.trim().is_empty())
    }
}

unsafe fn place_of(feature: OGRFeatureH) -> Option<Extent> {
    // SAFETY: the feature is alive; its geometry belongs to it.
    unsafe {
        let geometry = gdal_sys::OGR_F_GetGeometryRef(feature);
        if geometry.is_null() || gdal_sys::OGR_G_IsEmpty(geometry) != 0 {
            return None;
        }
        let mut e = gdal_sys::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
        gdal_sys::OGR_G_GetEnvelope(geometry, &raw mut e);
        Extent::new(e.MinX, e.MinY, e.MaxX, e.MaxY)
    }
}

impl Column<'_> {
    unsafe fn look(&mut self, feature: OGRFeatureH, place: Option<&Transform>) {
        // SAFETY: as in `value`.
        let value = unsafe { value(feature, self.index) };
        let faults = judge(self.wanted, self.pattern.as_ref(), value.as_deref());
        // SAFETY: the feature is alive.
        let id = unsafe { gdal_sys::OGR_F_GetFID(feature) };
        for code in faults {
            // SAFETY: as above.
            unsafe { self.note(code, value.as_deref().unwrap_or_default(), feature, place) };
        }
        let Some(value) = value else { return };
        if let Some(seen) = self.seen.as_mut().filter(|seen| seen.len() < MOST_UNIQUE) {
            let mut hasher = DefaultHasher::new();
            value.hash(&mut hasher);
            seen.push((hasher.finish(), id));
        }
        if let Some(keys) = &mut self.keys {
            if keys.len() >= MOST_KEYS && !keys.contains_key(&value) {
                self.keys = None;
            } else {
                keys.entry(value).or_insert(id);
            }
        }
    }

    unsafe fn note(&mut self, code: Code, value: &str, feature: OGRFeatureH, place: Option<&Transform>) {
        let at = self.faults.iter().position(|f| f.code == code).unwrap_or_else(|| {
            self.faults.push(ValueFault { code, count: 0, features: Vec::new() });
            self.faults.len() - 1
        });
        let fault = &mut self.faults[at];
        fault.count += 1;
        if fault.features.len() < MOST_SAMPLES {
            // SAFETY: the feature is alive.
            let (id, extent) = unsafe { (gdal_sys::OGR_F_GetFID(feature), place_of(feature)) };
            let point = extent.map(|e| [f64::midpoint(e.minx, e.maxx), f64::midpoint(e.miny, e.maxy)]);
            fault.features.push(Faulty {
                feature: id,
                reason: value.chars().take(MOST_SHOWN).collect(),
                point,
                point_wgs84: place.zip(point).and_then(|(to, p)| to.point(p)),
                box_wgs84: place.zip(extent).and_then(|(to, e)| to.extent(e)),
            });
        }
    }

    /// Finds the values that come twice, once all are known.
    unsafe fn compare(&mut self, layer: OGRLayerH, place: Option<&Transform>) {
        let Some(mut seen) = self.seen.take() else { return };
        seen.sort_unstable();
        let mut twice: Vec<i64> = seen.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect();
        twice.sort_unstable();
        let count = twice.len();
        for id in twice.into_iter().take(MOST_SAMPLES) {
            // SAFETY: the layer is alive; the feature is destroyed before the next is read.
            unsafe {
                let feature = gdal_sys::OGR_L_GetFeature(layer, id);
                if !feature.is_null() {
                    let value = value(feature, self.index).unwrap_or_default();
                    self.note(Code::ValueTwice, &value, feature, place);
                    gdal_sys::OGR_F_Destroy(feature);
                }
            }
        }
        if count > 0 {
            match self.faults.iter_mut().find(|f| f.code == Code::ValueTwice) {
                Some(fault) => fault.count = count as u64,
                None => {
                    self.faults.push(ValueFault { code: Code::ValueTwice, count: count as u64, features: Vec::new() })
                }
            }
        }
    }

    fn finish(self) -> ColumnFound {
        let keys = self.keys.map(|keys| {
            let mut keys: Vec<(String, i64)> = keys.into_iter().collect();
            keys.sort();
            keys
        });
        ColumnFound { column: self.wanted.name.clone(), field: self.field, faults: self.faults, keys }
    }
}

/// What is wrong with one value; nothing of a value that is not there but that it is missing.
fn judge(wanted: &ModelColumn, pattern: Option<&Regex>, value: Option<&str>) -> Vec<Code> {
    let Some(value) = value else {
        return if wanted.filled { vec![Code::ValueMissing] } else { Vec::new() };
    };
    let mut faults = Vec::new();
    if !fits(wanted.kind, value) {
        faults.push(Code::ValueType);
    }
    let length = value.chars().count() as u64;
    let long = wanted.max_length.is_some_and(|most| length > u64::from(most));
    if long || wanted.min_length.is_some_and(|least| length < u64::from(least)) {
        faults.push(Code::ValueLength);
    }
    if let Ok(number) = value.trim().parse::<f64>()
        && (wanted.minimum.is_some_and(|least| number < least) || wanted.maximum.is_some_and(|most| number > most))
    {
        faults.push(Code::ValueRange);
    }
    if pattern.is_some_and(|p| !p.is_match(value)) {
        faults.push(Code::ValuePattern);
    }
    if !wanted.one_of.is_empty() && !wanted.one_of.iter().any(|one| one == value) {
        faults.push(Code::ValueNotListed);
    }
    faults
}

fn fits(kind: ColumnType, value: &str) -> bool {
    let value = value.trim();
    match kind {
        ColumnType::Any | ColumnType::String => true,
        // a DBF keeps whole numbers as decimals too
        ColumnType::Integer => value.parse::<i64>().is_ok() || value.parse::<f64>().is_ok_and(|n| n.fract() == 0.0),
        ColumnType::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
        ColumnType::Boolean => ["0", "1", "t", "f", "true", "false", "o", "n", "oui", "non", "y", "yes", "no"]
            .contains(&value.to_lowercase().as_str()),
        ColumnType::Date => is_date(value),
        ColumnType::Datetime => value.get(..10).is_some_and(is_date) || is_date(value),
    }
}

fn is_date(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let signs: String = value.chars().filter(|c| !c.is_ascii_digit()).collect();
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse::<u32>().ok());
    let dashed = value.len() == 10 && (signs == "--" || signs == "//") && value.find(['-', '/']) == Some(4);
    digits.len() == 8
        && (signs.is_empty() || dashed)
        && number(4..6).is_some_and(|month| (1..=12).contains(&month))
        && number(6..8).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_a_value_has_its_code() {
        let column = |change: fn(&mut ModelColumn)| {
            let mut column = ModelColumn::default();
            change(&mut column);
            column
        };
        let pattern = whole("[A-Z]{2}\\d", false);
        for (wanted, value, codes) in [
            (column(|c| c.filled = true), None, vec![Code::ValueMissing]),
            (column(|_| {}), None, vec![]),
            (column(|c| c.kind = ColumnType::Integer), Some("12.0"), vec![]),
            (column(|c| c.kind = ColumnType::Integer), Some("12.5"), vec![Code::ValueType]),
            (column(|c| c.kind = ColumnType::Date), Some("20140603"), vec![]),
            (column(|c| c.kind = ColumnType::Date), Some("2014/06/03"), vec![]),
            (column(|c| c.kind = ColumnType::Date), Some("03/06/2014"), vec![Code::ValueType]),
            (column(|c| c.kind = ColumnType::Date), Some("20141303"), vec![Code::ValueType]),
            (column(|c| c.max_length = Some(3)), Some("été"), vec![]),
            (column(|c| c.min_length = Some(4)), Some("été"), vec![Code::ValueLength]),
            (column(|c| c.maximum = Some(10.0)), Some("11"), vec![Code::ValueRange]),
            (column(|c| c.pattern = Some("[A-Z]{2}\\d".into())), Some("AB1x"), vec![Code::ValuePattern]),
            (column(|c| c.one_of = vec!["U".into()]), Some("N"), vec![Code::ValueNotListed]),
        ] {
            let pattern = pattern.as_ref().filter(|_| wanted.pattern.is_some());
            assert_eq!(judge(&wanted, pattern, value), codes, "{value:?}");
        }
    }

    #[test]
    fn values_that_come_twice_are_named_with_their_feature_and_keys_are_kept() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/canton/CANTON.shp");
        let column = |name: &str| ModelColumn { name: name.to_owned(), unique: true, ..ModelColumn::default() };
        let table = ModelTable { columns: vec![column("ID"), column("insee_dep")], ..ModelTable::default() };
        let wanted = ValuesWanted { table: &table, referred: vec!["insee_dep".to_owned()] };
        let found = scan_values(&path, "CANTON", &wanted, &mut |_| true).expect("values");
        assert_eq!(found.columns[0].faults, Vec::new());
        let [twice] = found.columns[1].faults.as_slice() else { panic!("{:?}", found.columns[1]) };
        let departments = found.columns[1].keys.as_ref().expect("keys").len() as u64;
        assert_eq!((twice.code, twice.count + departments), (Code::ValueTwice, 61));
        assert!(
            twice.features[0].point_wgs84.is_some_and(|[x, y]| (1.0..4.0).contains(&x) && (48.0..50.0).contains(&y))
        );
    }
}
