//! What the person set, kept beside the other settings. Never a secret.

use std::path::{Path, PathBuf};

use model::Failure;

use super::shapes::Preferences;
use crate::workplace::disk;

fn file(settings: &Path) -> PathBuf {
    settings.join("preferences.json")
}

/// What was set, or what is usual where nothing was, or where it cannot be read.
pub(super) fn read(settings: &Path) -> Preferences {
    let text = std::fs::read(file(settings)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// # Errors
/// When the settings cannot be written.
pub(super) fn write(settings: &Path, preferences: &Preferences) -> Result<(), Failure> {
    let doing = ["Écriture des préférences", "Writing the preferences"];
    let text = serde_json::to_vec_pretty(preferences).map_err(|e| disk(doing, &e))?;
    crate::workplace::replace(&file(settings), &text, doing)
}
