//! Pages that come from the code.

use anyhow::Result;
use validate::{Language, reference_markdown};

use crate::root;

/// Path and content of each generated file.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("docs/reference/findings.fr.md", reference_markdown(Language::Fr)),
        ("docs/reference/findings.en.md", reference_markdown(Language::En)),
    ]
}

pub(crate) fn generate() -> Result<()> {
    for (path, text) in pages() {
        let path = root().join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
