//! The news: what a long act tells while it runs. The command line's `--json` lines and the page's
//! channel carry the same values.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Code, Finding, Inventory, Preflight, SharedOffering, Step, Update};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "snake_case")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Event {
    /// `total` is in bytes for package and upload, in sources for inspect, else absent.
    Started {
        step: Step,
        #[ts(type = "number | null")]
        total: Option<u64>,
    },
    /// `done` counts from the start of the step, never since the last event.
    Advanced {
        step: Step,
        #[ts(type = "number")]
        done: u64,
    },
    /// Something worth a line: what is being waited for, what was found already there. French
    /// first, then English.
    Noted {
        step: Step,
        message: [String; 2],
    },
    /// A line of the platform's own log.
    Logged {
        step: Step,
        line: String,
    },
    /// French first, then English.
    Warned {
        step: Step,
        code: Code,
        message: [String; 2],
    },
    Finished {
        step: Step,
    },
    /// One source was inspected.
    Source(Box<Inventory>),
    Finding(Box<Finding>),
    /// One place of a finding to come, as soon as reading meets it: the finding itself, with its
    /// count, follows when its source is read to the end.
    Spotted(Box<Finding>),
    /// The end of a rehearsal: whether a delivery would work, or what stops it.
    Preflight(Box<Preflight>),
    /// How a validation ended: counts by level.
    Summary {
        #[ts(type = "number")]
        blocks: u64,
        #[ts(type = "number")]
        degrades: u64,
        #[ts(type = "number")]
        tells: u64,
    },
    /// The end of `upload`: the platform's identifiers of what was sent, one a package. None when
    /// the data are stored already and the uploads gone.
    Uploaded {
        datasheet: String,
        uploads: Vec<String>,
    },
    /// The end of `check`: what the platform checked, and what came of it.
    Checked {
        datasheet: String,
        uploads: Vec<String>,
        checks: Vec<CheckOutcome>,
    },
    /// The end of `process`.
    Processed {
        datasheet: String,
        stored_data: Vec<String>,
    },
    /// The end of `share`: where each service is, and whether it answers.
    Shared {
        datasheet: String,
        offerings: Vec<SharedOffering>,
    },
    /// The end of `update`, of its confirmation or of its undoing.
    Updated(Box<Update>),
    /// The end of a publication.
    Published {
        datasheet: String,
        stored_data: Vec<String>,
        offerings: Vec<PublishedOffering>,
    },
}

/// One check of one upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct CheckOutcome {
    pub upload: String,
    /// As the platform names it.
    pub name: String,
    /// `false` only where checks are told although one failed: a journey stops there.
    pub passed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PublishedOffering {
    #[serde(rename = "_id")]
    pub id: String,
    /// The platform's word: `WFS`, `WMS-VECTOR`, `WMTS-TMS`, `DOWNLOAD`…
    #[serde(rename = "type")]
    pub kind: String,
    pub layer_name: String,
    pub status: String,
    pub urls: Vec<PublishedUrl>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PublishedUrl {
    #[serde(rename = "type")]
    pub kind: String,
    pub url: String,
}
