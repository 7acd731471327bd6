//! The news: what a long act tells while it runs. The command line's `--json` lines and the page's
//! channel carry the same values.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Code, Finding, Inventory, Step};

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
    /// Something worth a line: what is being waited for, what was found already there.
    Noted {
        step: Step,
        message: String,
    },
    /// A line of the platform's own log.
    Logged {
        step: Step,
        line: String,
    },
    Warned {
        step: Step,
        code: Code,
        message: String,
    },
    Finished {
        step: Step,
    },
    /// One source was inspected.
    Source(Box<Inventory>),
    Finding(Box<Finding>),
    /// How a validation ended: counts by level.
    Summary {
        #[ts(type = "number")]
        blocks: u64,
        #[ts(type = "number")]
        degrades: u64,
        #[ts(type = "number")]
        tells: u64,
    },
    /// The end of a publication.
    Published {
        datasheet: String,
        stored_data: Vec<String>,
        offerings: Vec<PublishedOffering>,
    },
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
