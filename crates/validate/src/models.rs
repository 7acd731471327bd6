//! Reading data models: our own form, those that are shipped, and the Table Schema of Frictionless
//! Data that schema.data.gouv.fr publishes. Knows no file: text in, model out.

use model::{ColumnType, DataModel, ModelColumn, ModelTable, Reference};
use regex::{Regex, RegexBuilder};
use serde_json::Value;

/// Why a text is no model, in the two languages.
pub type Fault = [String; 2];

/// Models that are shipped, by name.
const SHIPPED: &[(&str, &str)] = &[
    ("cnig-plu-2013", include_str!("../models/cnig-plu-2013.json")),
    ("cnig-sup-pm3-2013", include_str!("../models/cnig-sup-pm3-2013.json")),
    ("cnig-pcrs-2.0", include_str!("../models/cnig-pcrs-2.0.json")),
];

/// The names of the models that are shipped.
pub fn shipped_models() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// A shipped model.
#[must_use]
pub fn shipped_model(name: &str) -> Option<DataModel> {
    SHIPPED.iter().find(|(own, _)| *own == name).and_then(|(_, text)| read_model(text).ok())
}

/// Reads a model, or a Table Schema, or a Data Package of Table Schemas.
///
/// # Errors
/// What is wrong with the text.
pub fn read_model(text: &str) -> Result<DataModel, Fault> {
    let broken = |e: serde_json::Error| {
        [format!("ce n’est pas un modèle lisible : {e}"), format!("it is not a model that can be read: {e}")]
    };
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(broken)?;
    let model = if value.get("fields").is_some_and(Value::is_array) {
        from_table_schema(&value)
    } else if value.get("resources").is_some_and(Value::is_array) {
        from_data_package(&value)
    } else {
        serde_json::from_value(value).map_err(broken)?
    };
    patterns(&model)?;
    if model.tables.is_empty() && model.files.is_empty() {
        let fr = "le modèle ne décrit ni table ni fichier".to_owned();
        return Err([fr, "the model describes neither table nor file".to_owned()]);
    }
    Ok(model)
}

fn whole(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?:{pattern})$")).case_insensitive(true).size_limit(1 << 20).build()
}

/// Whether a pattern fits the whole of a text, whatever its case.
pub(crate) fn is_whole(pattern: &str, text: &str) -> bool {
    whole(pattern).is_ok_and(|p| p.is_match(text))
}

/// Every pattern of the model must be a regular expression: a pattern that is none would check
/// nothing without a word.
fn patterns(model: &DataModel) -> Result<(), Fault> {
    let tables = model.tables.iter().filter_map(|t| t.pattern.as_deref());
    let columns = model.tables.iter().flat_map(|t| &t.columns).filter_map(|c| c.pattern.as_deref());
    let files = model.files.iter().map(|f| f.path.as_str());
    for pattern in tables.chain(columns).chain(files) {
        if let Err(fault) = whole(pattern) {
            return Err([
                format!("« {pattern} » n’est pas une expression régulière : {fault}"),
                format!("`{pattern}` is no regular expression: {fault}"),
            ]);
        }
    }
    Ok(())
}

/// The model's table that a layer is.
#[must_use]
pub fn table_of<'a>(model: &'a DataModel, layer: &str) -> Option<&'a ModelTable> {
    model.tables.iter().find(|table| match &table.pattern {
        Some(pattern) => is_whole(pattern, layer),
        None => table.name.eq_ignore_ascii_case(layer),
    })
}

fn text(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn from_table_schema(schema: &Value) -> DataModel {
    let name = Some(text(schema, "name")).filter(|n| !n.is_empty()).unwrap_or_else(|| "table-schema".to_owned());
    // a Table Schema is about one file, whatever its name
    let table = ModelTable { pattern: Some(".*".to_owned()), required: true, ..table(schema, &name) };
    DataModel {
        title: [text(schema, "title"), text(schema, "title")],
        source: text(schema, "homepage"),
        tables: vec![table],
        other_tables: true,
        other_files: true,
        name,
        ..DataModel::default()
    }
}

fn from_data_package(package: &Value) -> DataModel {
    let resources = package.get("resources").and_then(Value::as_array).into_iter().flatten();
    let tables = resources.filter_map(|resource| {
        let name = text(resource, "name");
        let table = table(resource.get("schema").filter(|s| s.get("fields").is_some())?, &name);
        Some(ModelTable { required: true, ..table })
    });
    DataModel {
        name: text(package, "name"),
        title: [text(package, "title"), text(package, "title")],
        source: text(package, "homepage"),
        tables: tables.collect(),
        other_tables: true,
        other_files: true,
        ..DataModel::default()
    }
}

fn table(schema: &Value, name: &str) -> ModelTable {
    let fields = schema.get("fields").and_then(Value::as_array).into_iter().flatten();
    let mut columns: Vec<ModelColumn> = fields.map(column).collect();
    let words = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    };
    let key = words(schema.get("primaryKey"));
    for column in columns.iter_mut().filter(|c| key.contains(&c.name)) {
        column.filled = true;
        column.required = true;
        column.unique |= key.len() == 1;
    }
    for foreign in schema.get("foreignKeys").and_then(Value::as_array).into_iter().flatten() {
        let from = words(foreign.get("fields"));
        let reference = foreign.get("reference").cloned().unwrap_or_default();
        let to = words(reference.get("fields"));
        if let ([from], [to]) = (from.as_slice(), to.as_slice())
            && let Some(column) = columns.iter_mut().find(|c| c.name == *from)
        {
            let other = text(&reference, "resource");
            let other = if other.is_empty() { name.to_owned() } else { other };
            column.references = Some(Reference { table: other, column: to.clone() });
        }
    }
    ModelTable { name: name.to_owned(), columns, ..ModelTable::default() }
}

fn column(field: &Value) -> ModelColumn {
    let constraints = field.get("constraints").cloned().unwrap_or_default();
    let yes = |member: &str| constraints.get(member).and_then(Value::as_bool).unwrap_or(false);
    let length = |member: &str| constraints.get(member).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let number = |member: &str| constraints.get(member).and_then(Value::as_f64);
    let listed = constraints.get("enum").and_then(Value::as_array).into_iter().flatten();
    let title = Some(text(field, "title")).filter(|t| !t.is_empty()).unwrap_or_else(|| text(field, "description"));
    ModelColumn {
        name: text(field, "name"),
        title: [title.clone(), title],
        kind: match text(field, "type").as_str() {
            "string" => ColumnType::String,
            "integer" | "year" => ColumnType::Integer,
            "number" => ColumnType::Number,
            "boolean" => ColumnType::Boolean,
            // another format than ISO's is the schema's own affair
            "date" if matches!(text(field, "format").as_str(), "" | "default" | "any") => ColumnType::Date,
            "datetime" if matches!(text(field, "format").as_str(), "" | "default" | "any") => ColumnType::Datetime,
            _ => ColumnType::Any,
        },
        required: yes("required"),
        filled: yes("required"),
        unique: yes("unique"),
        one_of: listed.map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect(),
        pattern: constraints.get("pattern").and_then(Value::as_str).map(str::to_owned),
        min_length: length("minLength"),
        max_length: length("maxLength"),
        minimum: number("minimum"),
        maximum: number("maximum"),
        ..ModelColumn::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_models_are_read_and_name_their_source() {
        for name in shipped_models() {
            let model = shipped_model(name).unwrap_or_else(|| panic!("{name} cannot be read"));
            assert_eq!(model.name, name);
            assert!(model.source.starts_with("https://") && !model.tables.is_empty(), "{name}");
            for column in model.tables.iter().flat_map(|t| &t.columns) {
                if let Some(reference) = &column.references {
                    let table = model.tables.iter().find(|t| t.name == reference.table);
                    assert!(
                        table.is_some_and(|t| t.columns.iter().any(|c| c.name == reference.column)),
                        "{name}: {reference:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_table_schema_becomes_a_model_with_its_constraints() {
        let schema = r#"{"name": "irve", "fields": [
            {"name": "id_pdc", "type": "string", "constraints": {"required": true, "pattern": "FR\\w+"}},
            {"name": "puissance", "type": "number", "constraints": {"minimum": 0}},
            {"name": "prise", "type": "string", "constraints": {"enum": ["T2", "CHAdeMO"]}},
            {"name": "date_maj", "type": "date"}], "primaryKey": "id_pdc",
            "foreignKeys": [{"fields": "prise", "reference": {"resource": "prises", "fields": "code"}}]}"#;
        let model = read_model(schema).expect("a model");
        let [table] = model.tables.as_slice() else { panic!("one table") };
        assert!(table_of(&model, "any name").is_some());
        let [id, power, plug, date] = table.columns.as_slice() else { panic!("four columns") };
        assert!(id.required && id.filled && id.unique && id.pattern.as_deref() == Some("FR\\w+"));
        assert_eq!((power.kind, power.minimum, power.required), (ColumnType::Number, Some(0.0), false));
        assert_eq!(plug.one_of, ["T2", "CHAdeMO"]);
        assert_eq!(plug.references.as_ref().map(|r| r.table.as_str()), Some("prises"));
        assert_eq!(date.kind, ColumnType::Date);
    }

    #[test]
    fn a_model_with_a_broken_pattern_or_nothing_in_it_is_refused_with_the_reason() {
        let broken = read_model(r#"{"name": "x", "tables": [{"name": "a", "pattern": "("}]}"#);
        assert!(broken.is_err_and(|[_, en]| en.contains("no regular expression")));
        assert!(read_model(r#"{"name": "x"}"#).is_err_and(|[_, en]| en.contains("neither table nor file")));
        assert!(read_model(r#"{"name": "x", "tabels": []}"#).is_err_and(|[_, en]| en.contains("tabels")));
        assert!(read_model("not json").is_err());
    }
}
