//! Pages and TypeScript that come from the code.

use anyhow::Result;
use validate::{Language, reference_markdown, rules_markdown};

use crate::{call, cargo, root};

/// Path and content of each generated file.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("docs/reference/findings.fr.md", reference_markdown(Language::Fr)),
        ("docs/reference/findings.en.md", reference_markdown(Language::En)),
        ("docs/reference/rules.fr.md", rules_markdown(Language::Fr)),
        ("docs/reference/rules.en.md", rules_markdown(Language::En)),
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
    // the shapes write themselves when their tests run
    let shapes = ["quai-model", "quai-deliver", "quai-commands"];
    let mut words = vec!["test", "--quiet", "--lib"];
    words.extend(shapes.iter().flat_map(|name| ["--package", name]));
    words.push("export_bindings");
    call(&cargo(), &words)
}
