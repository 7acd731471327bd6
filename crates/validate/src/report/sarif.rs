//! Findings as SARIF 2.1.0, which code forges and editors show: a rule a code, a result a finding.

use model::{Finding, Level};
use serde_json::{Value, json};

use crate::Language;
use crate::catalogue::entry;

const fn grade(level: Level) -> &'static str {
    match level {
        Level::Blocks => "error",
        Level::Degrades => "warning",
        Level::Tells | Level::Debug => "note",
    }
}

/// One run. `version` is this program's.
#[must_use]
pub fn sarif(findings: &[Finding], language: Language, version: &str) -> String {
    let mut codes: Vec<_> = findings.iter().map(|f| f.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let fr = language == Language::Fr;
    let rules: Vec<Value> = codes
        .iter()
        .filter_map(|code| entry(*code))
        .map(|e| {
            let (sentence, why) = if fr { (&e.fr, &e.why_fr) } else { (&e.en, &e.why_en) };
            json!({
                "id": e.code, "shortDescription": { "text": sentence }, "fullDescription": { "text": why },
                "help": { "text": why }, "defaultConfiguration": { "level": grade(e.level) },
            })
        })
        .collect();
    let results: Vec<Value> = findings.iter().map(|f| result(f, &codes)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "quai", "version": version, "rules": rules } },
            "results": results,
            "columnKind": "unicodeCodePoints",
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn result(finding: &Finding, codes: &[model::Code]) -> Value {
    let place = &finding.place;
    let mut location = serde_json::Map::new();
    if let Some(file) = &place.file {
        location.insert("physicalLocation".into(), json!({ "artifactLocation": { "uri": uri(file) } }));
    }
    let named = [
        (place.layer.clone(), "layer"),
        (place.field.clone(), "field"),
        (place.feature.map(|f| f.to_string()), "feature"),
    ];
    let logical: Vec<Value> =
        named.into_iter().filter_map(|(name, kind)| Some(json!({ "name": name?, "kind": kind }))).collect();
    if !logical.is_empty() {
        location.insert("logicalLocations".into(), logical.into());
    }
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": codes.iter().position(|c| *c == finding.code),
        "level": grade(finding.level),
        "message": { "text": finding.message },
        "occurrenceCount": finding.count.max(1),
        "properties": { "point": place.point, "point_wgs84": place.point_wgs84, "box_wgs84": place.box_wgs84, "spots": finding.spots },
    });
    if let (false, Some(result)) = (location.is_empty(), result.as_object_mut()) {
        result.insert("locations".into(), json!([location]));
    }
    result
}

/// A path as a reference: what a URI does not take is escaped.
fn uri(path: &str) -> String {
    let plain = path.replace('\\', "/");
    let mut text = String::new();
    for byte in plain.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    if text.starts_with('/') { format!("file://{text}") } else { text }
}
