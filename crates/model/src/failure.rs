//! Why an act could not be done, in the two languages, for a person and for software.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What was being done, what stopped it, what to do next. French first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Failure {
    /// What software matches on: `LAYER_NAME_TAKEN`.
    pub code: String,
    pub message: [String; 2],
    /// What to do next.
    #[serde(default)]
    pub hint: Option<[String; 2]>,
    /// The platform's own lines, when they explain it.
    #[serde(default)]
    pub log: Vec<String>,
}

impl Failure {
    pub fn new(code: impl Into<String>, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: code.into(), message: [fr.into(), en.into()], hint: None, log: Vec::new() }
    }

    /// The same, with what to do next.
    #[must_use]
    pub fn hint(mut self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Some([fr.into(), en.into()]);
        self
    }

    /// The same, with the lines that explain it.
    #[must_use]
    pub fn log(mut self, lines: Vec<String>) -> Self {
        self.log = lines;
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message[1])
    }
}

impl std::error::Error for Failure {}
