//! Guards of the design: who may depend on whom, what each file opens with, pages up to date.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use cargo_metadata::MetadataCommand;

use crate::{generate, root};

/// Which of our crates each may use; tests may use any.
const ARROWS: &[(&str, &[&str])] = &[
    ("quai-model", &[]),
    ("quai-geodata", &["quai-model"]),
    ("quai-inspect", &["quai-model", "quai-geodata"]),
    ("quai-validate", &["quai-model"]),
    ("quai-package", &["quai-model", "quai-geodata"]),
    ("quai-platform", &["quai-model"]),
    ("quai-deliver", &["quai-model", "quai-package", "quai-platform"]),
    ("quai-sandbox", &["quai-model", "quai-geodata", "quai-platform"]),
    (
        "quai-commands",
        &[
            "quai-model",
            "quai-inspect",
            "quai-validate",
            "quai-package",
            "quai-platform",
            "quai-deliver",
            "quai-sandbox",
        ],
    ),
    ("quai", &["quai-model", "quai-commands", "quai-sandbox"]),
    ("quai-desktop", &["quai-commands"]),
];

pub(crate) fn tidy() -> Result<()> {
    let mut faults = Vec::new();
    arrows(&mut faults)?;
    headers(&mut faults)?;
    codes(&mut faults);
    for (path, text) in generate::pages() {
        if std::fs::read_to_string(root().join(path)).unwrap_or_default() != text {
            faults.push(format!("{path} is stale: run `cargo xtask generate`"));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n"))
}

fn arrows(faults: &mut Vec<String>) -> Result<()> {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec()?;
    for package in &metadata.packages {
        let name = package.name.to_string();
        let Some((_, allowed)) = ARROWS.iter().find(|(own, _)| *own == name) else { continue };
        for dependency in &package.dependencies {
            let ours = dependency.path.is_some() && dependency.kind == cargo_metadata::DependencyKind::Normal;
            if ours && !allowed.contains(&dependency.name.as_str()) {
                faults.push(format!("{name} must not use {}", dependency.name));
            }
        }
    }
    Ok(())
}

/// Every code is raised by some test; every numbered rule has its code, or a reason for having none.
fn codes(faults: &mut Vec<String>) {
    let tests = test_text();
    for entry in validate::catalogue() {
        let code = entry.code;
        // as Rust writes it, or as JSON does
        let raised = [format!("Code::{code:?}"), format!("\"{code}\""), format!("\"{code}|"), format!("|{code}\"")];
        let raised = raised.iter().any(|word| tests.contains(word.as_str()));
        if !raised {
            faults.push(format!("{code} is in the catalogue and no test raises it"));
        }
    }
    let numbers: Vec<u32> = validate::numbered_rules().iter().map(|r| r.number).collect();
    for number in (1..=55).filter(|n| !numbers.contains(n)) {
        faults.push(format!("rule {number} has no line in crates/validate/rules.json"));
    }
    for rule in validate::numbered_rules() {
        if rule.codes.is_empty() && rule.not_judged.is_none() {
            faults.push(format!("rule {} has neither a code nor a reason for having none", rule.number));
        }
    }
}

/// All that is written in tests: their files, the test modules of others, the table of expected codes.
fn test_text() -> String {
    let mut text = std::fs::read_to_string(root().join("tests/fixtures/expected_codes.json")).unwrap_or_default();
    let mut left: Vec<PathBuf> = ["crates", "tests"].iter().map(|d| root().join(d)).collect();
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let whole = std::fs::read_to_string(&path).unwrap_or_default();
                let test = path.components().any(|c| c.as_os_str() == "tests") || path.ends_with("tests.rs");
                text.push_str(if test { &whole } else { whole.split_once("#[cfg(test)]").map_or("", |(_, t)| t) });
            }
        }
    }
    text
}

fn headers(faults: &mut Vec<String>) -> Result<()> {
    let mut left: Vec<PathBuf> = ["crates", "tests", "xtask", "src-tauri"].iter().map(|d| root().join(d)).collect();
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && !["target", "fixtures", "gen", "node_modules"].contains(&name.as_str()) {
                left.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                check_file(&path, faults)?;
            }
        }
    }
    Ok(())
}

fn check_file(path: &Path, faults: &mut Vec<String>) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let shown = path.strip_prefix(root()).unwrap_or(path).display().to_string();
    if !text.starts_with("//!") {
        faults.push(format!("{shown} does not say what it is for (`//!`)"));
    }
    Ok(())
}
