//! Judge: an inventory becomes findings. Pure: no file, no clock, no network; the same inventory
//! always gets the same findings.

mod catalogue;
mod rules;

use model::{Finding, Inventory, Level, Service};

pub use catalogue::{Entry, catalogue, entry, reference_markdown};

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
}

impl Expectations {
    /// Whether only the files themselves are wanted, whatever is in them.
    fn files_only(&self) -> bool {
        !self.services.is_empty() && self.services.iter().all(|s| *s == Service::Download)
    }
}

/// Every finding over all the inventories, in their order, the gravest of a source first.
#[must_use]
pub fn validate(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for inventory in inventories {
        let mut own: Vec<Finding> = rules::OF_A_SOURCE.iter().flat_map(|rule| rule(inventory, expectations)).collect();
        own.sort_by_key(|f| std::cmp::Reverse(f.level));
        findings.extend(own);
    }
    findings.extend(rules::OF_ALL.iter().flat_map(|rule| rule(inventories, expectations)));
    if expectations.files_only() {
        for finding in &mut findings {
            // a file that is only downloaded need not be read by the platform
            let about_archive = finding.code.as_str().starts_with("ZIP_") || finding.code.as_str() == "FILE_MISSING";
            if finding.level == Level::Blocks && !about_archive {
                finding.level = Level::Degrades;
            }
        }
    }
    for finding in &mut findings {
        if let Some([fr, en]) = &finding.sentences {
            finding.message = if expectations.language == Language::Fr { fr.clone() } else { en.clone() };
        }
    }
    findings
}
