//! A data model: which tables, columns and values a standard wants, as a file that anybody can
//! write. `docs/reference/models.en.md` has the same for people.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Code, Extent, Faulty};

/// A model file, in JSON. What is not said is not asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct DataModel {
    /// Short name: `cnig-plu-2013`.
    pub name: String,
    /// French, then English.
    pub title: [String; 2],
    /// The public document that it was written from.
    pub source: String,
    pub tables: Vec<ModelTable>,
    /// Files of the delivered folder.
    pub files: Vec<ModelFile>,
    /// Tables that the model does not name are let pass.
    pub other_tables: bool,
    /// Files that the model does not name are let pass.
    pub other_files: bool,
    /// The CRSs taken, as `EPSG:2154`; any when empty.
    pub srs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ModelTable {
    pub name: String,
    /// A regular expression over the whole name of the layer, whatever its case; the name itself
    /// when absent.
    pub pattern: Option<String>,
    pub title: [String; 2],
    /// At least one layer must be this table.
    pub required: bool,
    /// OGC names without `Z` or `M`: `Polygon` also lets `MultiPolygon` pass. Empty: any. `None`
    /// for a table without geometry.
    pub geometry: Vec<String>,
    pub columns: Vec<ModelColumn>,
    /// Columns that the model does not name are let pass.
    pub other_columns: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ModelColumn {
    /// Compared whatever its case.
    pub name: String,
    /// Other spellings taken: ten letters are all that a shapefile keeps.
    pub aliases: Vec<String>,
    pub title: [String; 2],
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// The column must be there.
    pub required: bool,
    /// Every row must have a value.
    pub filled: bool,
    /// No value twice.
    pub unique: bool,
    /// The values taken; any when empty. Compared as text.
    #[serde(rename = "enum")]
    pub one_of: Vec<String>,
    /// A regular expression over the whole value.
    pub pattern: Option<String>,
    pub min_length: Option<u32>,
    pub max_length: Option<u32>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    /// Each value must be one of those of another table's column.
    pub references: Option<Reference>,
}

/// A column of another table, by the model's own names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Reference {
    pub table: String,
    pub column: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum ColumnType {
    #[default]
    Any,
    String,
    Integer,
    Number,
    Boolean,
    /// `2026-11-24`, `2026/11/24` or `20261124`.
    Date,
    Datetime,
}

/// A file of the delivered folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ModelFile {
    /// A regular expression over the whole path, from the delivered folder, `/` between folders,
    /// whatever its case.
    pub path: String,
    pub title: [String; 2],
    pub required: bool,
}

impl Default for ModelTable {
    fn default() -> Self {
        Self {
            name: String::new(),
            pattern: None,
            title: Default::default(),
            required: false,
            geometry: Vec::new(),
            columns: Vec::new(),
            other_columns: true,
        }
    }
}

impl Default for ModelColumn {
    fn default() -> Self {
        Self {
            name: String::new(),
            aliases: Vec::new(),
            title: Default::default(),
            kind: ColumnType::Any,
            required: true,
            filled: false,
            unique: false,
            one_of: Vec::new(),
            pattern: None,
            min_length: None,
            max_length: None,
            minimum: None,
            maximum: None,
            references: None,
        }
    }
}

impl ModelColumn {
    /// Whether a field of this name is this column.
    #[must_use]
    pub fn is_named(&self, field: &str) -> bool {
        std::iter::once(&self.name).chain(&self.aliases).any(|name| name.eq_ignore_ascii_case(field))
    }
}

/// What reading the values of one layer told, asked by a model's table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ValueScan {
    /// The model's name of the table.
    pub table: String,
    pub columns: Vec<ColumnFound>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ColumnFound {
    /// The model's name of the column.
    pub column: String,
    /// The layer's own name of the field.
    pub field: String,
    pub faults: Vec<ValueFault>,
    /// Every value once, with the first feature that has it: for columns that refer or are referred
    /// to. Absent above a hundred thousand.
    pub keys: Option<Vec<(String, i64)>>,
}

/// One way in which values of a column are not what the model wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ValueFault {
    pub code: Code,
    #[ts(type = "number")]
    pub count: u64,
    /// The first of them, at most 100; the reason is the value.
    pub features: Vec<Faulty>,
}

impl ValueFault {
    /// A box around the first features.
    #[must_use]
    pub fn extent(&self) -> Option<Extent> {
        self.features.iter().filter_map(|f| f.box_wgs84).reduce(Extent::union)
    }
}
