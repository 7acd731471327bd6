//! Data models by name or file, the files of a delivered folder, and writing a report.

use std::path::{Path, PathBuf};

use model::{DataModel, Failure};

use crate::workplace::disk;

/// Paths kept of a folder: a document of a standard has hundreds, not millions.
const MOST_FILES: usize = 20_000;

/// A model that is shipped, by its name, or one in a file.
///
/// # Errors
/// When there is no such model, or the file is none.
pub fn model_named(name: &str) -> Result<DataModel, Failure> {
    if let Some(model) = validate::shipped_model(name) {
        return Ok(model);
    }
    let refused = |[fr, en]: [String; 2]| {
        let known = validate::shipped_models().collect::<Vec<_>>().join(", ");
        Failure::new(
            "MODEL_UNREADABLE",
            format!("Le modèle « {name} » ne peut servir : {fr}."),
            format!("The model `{name}` cannot be used: {en}."),
        )
        .hint(
            format!("Donnez un fichier JSON, ou l’un de ceux-ci : {known}."),
            format!("Give a JSON file, or one of these: {known}."),
        )
    };
    let text = std::fs::read_to_string(name).map_err(|e| refused([e.to_string(), e.to_string()]))?;
    validate::read_model(&text).map_err(refused)
}

/// The files of the one folder given, by their path from it; nothing when it is not one folder.
#[must_use]
pub fn files_of(paths: &[PathBuf]) -> Option<Vec<String>> {
    let [folder] = paths else { return None };
    let mut files = Vec::new();
    let mut left = vec![folder.clone()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).ok()?.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => left.push(entry.path()),
                Ok(kind) if kind.is_file() && files.len() < MOST_FILES => {
                    let path = entry.path();
                    let inner = path.strip_prefix(folder).unwrap_or(&path);
                    files.push(inner.to_string_lossy().replace('\\', "/"));
                }
                // links are not followed
                _ => {}
            }
        }
    }
    files.sort();
    Some(files)
}

/// Writes a report, as any program writes a document of the user's.
///
/// # Errors
/// When the disk refuses.
pub fn write_report(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text)
        .map_err(|e| disk(["Écriture du rapport", "Writing the report"], &format!("{}: {e}", file.display())))
}
