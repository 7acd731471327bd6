//! Judge: an inventory becomes findings. Pure: no file, no clock, no network; the same inventory
//! always gets the same findings.

mod account;
mod catalogue;
mod models;
mod numbered;
pub mod report;
mod rules;
mod style;

use std::sync::Arc;

use model::{Code, DataModel, Extent, Faulty, Finding, Inventory, Level, Place, Service};

pub use account::preflight;
pub use catalogue::{Entry, catalogue, entry, reference_markdown};
pub use models::{Fault, read_model, shipped_model, shipped_models, table_of};
pub use numbered::{Rule, numbered_rules, rules_markdown};
pub use style::{StyledTable, check_style, check_styled_tables};

/// The language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Fr,
    En,
}

/// What the data are meant for.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// The CRS to declare: `EPSG:2154`. It stands in for a missing or wrong one.
    pub declared_srs: Option<String>,
    /// Empty: any.
    pub services: Vec<Service>,
    pub language: Language,
    /// Where the data should be, in degrees of WGS 84.
    pub area: Option<Extent>,
    /// The standard that they should follow.
    pub model: Option<Arc<DataModel>>,
    /// Paths of the files of the folder, from it, `/` between folders: for a model that names files.
    pub files: Option<Vec<String>>,
}

impl Expectations {
    /// Whether only the files themselves are wanted, whatever is in them.
    fn files_only(&self) -> bool {
        !self.services.is_empty() && self.services.iter().all(|s| *s == Service::Download)
    }

    /// Lowers what does not matter for these expectations, and writes the message.
    fn settle(&self, finding: &mut Finding) {
        if self.files_only() {
            // a file that is only downloaded need not be read by the platform
            let code = finding.code.as_str();
            let about_files = code.starts_with("ZIP_") || matches!(code, "FILE_MISSING" | "BASE_NAME_TWICE");
            let about_data = code.starts_with("MODEL_") || code.starts_with("VALUE_");
            if finding.level == Level::Blocks && !about_files && !about_data {
                finding.level = Level::Degrades;
            }
        }
        if let Some([fr, en]) = &finding.sentences {
            finding.message = if self.language == Language::Fr { fr.clone() } else { en.clone() };
        }
    }
}

/// Every finding over all the inventories, in their order, the gravest of a source first.
#[must_use]
pub fn validate(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    let mut findings: Vec<Finding> = inventories.iter().flat_map(|i| validate_source(i, expectations)).collect();
    findings.extend(validate_together(inventories, expectations));
    findings
}

/// The findings of one source alone, the gravest first.
#[must_use]
pub fn validate_source(inventory: &Inventory, expectations: &Expectations) -> Vec<Finding> {
    let mut own: Vec<Finding> = rules::OF_A_SOURCE.iter().flat_map(|rule| rule(inventory, expectations)).collect();
    own.iter_mut().for_each(|finding| expectations.settle(finding));
    own.sort_by_key(|f| std::cmp::Reverse(f.level));
    own
}

/// The findings that only show when all the sources are seen together.
#[must_use]
pub fn validate_together(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    let mut found: Vec<Finding> = rules::OF_ALL.iter().flat_map(|rule| rule(inventories, expectations)).collect();
    found.iter_mut().for_each(|finding| expectations.settle(finding));
    found
}

/// What can be said of one feature while its source is still being read: its grouped finding, with
/// its count, comes at the end.
#[must_use]
pub fn spotted(file: &str, layer: &str, code: Code, faulty: &Faulty, expectations: &Expectations) -> Finding {
    let number = |at: usize| faulty.point.map_or_else(|| "?".to_owned(), |p| format!("{:.3}", p[at]));
    let place = Place {
        file: Some(file.to_owned()),
        layer: Some(layer.to_owned()),
        feature: Some(faulty.feature),
        point: faulty.point,
        point_wgs84: faulty.point_wgs84,
        box_wgs84: faulty.box_wgs84,
        ..Place::default()
    };
    let values = [
        ("layer", layer.to_owned()),
        ("feature", faulty.feature.to_string()),
        ("reason", faulty.reason.clone()),
        ("x", number(0)),
        ("y", number(1)),
    ];
    let mut finding = catalogue::find(code, place, &values);
    let [fr, en] = [
        format!("Objet {} de « {layer} » : {}", faulty.feature, faulty.reason),
        format!("Feature {} of `{layer}`: {}", faulty.feature, faulty.reason),
    ];
    finding.sentences = Some([fr, en]);
    expectations.settle(&mut finding);
    finding
}
