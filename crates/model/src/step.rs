//! The nine steps of a delivery. The same word names a step in the crates, the commands, the
//! wizard, the translations and the tests.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One step of the journey, in the order in which it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Step {
    Drop,
    Inspect,
    Validate,
    Package,
    Upload,
    Check,
    Process,
    Publish,
    Share,
}

impl Step {
    /// Every step, first to last.
    pub const ALL: [Step; 9] = [
        Step::Drop,
        Step::Inspect,
        Step::Validate,
        Step::Package,
        Step::Upload,
        Step::Check,
        Step::Process,
        Step::Publish,
        Step::Share,
    ];
}
