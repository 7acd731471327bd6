//! The places of findings as RFC 7946 GeoJSON: points where one is known, else boxes.

use model::Finding;
use serde_json::{Value, json};

use super::{level, places};

/// A feature a place; findings that have none are features without geometry, so that none is lost.
#[must_use]
pub fn geojson(findings: &[Finding]) -> String {
    let features: Vec<Value> = findings.iter().flat_map(features).collect();
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[\n");
    let lines: Vec<String> = features.iter().map(Value::to_string).collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("\n]}\n");
    text
}

fn features(finding: &Finding) -> Vec<Value> {
    let place = &finding.place;
    let make = |geometry: Value, bbox: Option<Value>, feature: Option<i64>, reason: Option<String>| {
        let mut made = json!({
            "type": "Feature",
            "geometry": geometry,
            "properties": {
                "code": finding.code, "level": level(finding.level), "message": finding.message,
                "file": place.file, "layer": place.layer, "field": place.field,
                "feature": feature, "reason": reason, "count": finding.count,
            },
        });
        if let (Some(bbox), Some(made)) = (bbox, made.as_object_mut()) {
            made.insert("bbox".to_owned(), bbox);
        }
        made
    };
    let found = places(finding);
    if found.is_empty() {
        return vec![make(Value::Null, None, place.feature, None)];
    }
    found
        .into_iter()
        .map(|(point, area, feature, reason)| {
            let bbox = area.map(|e| json!([e.minx, e.miny, e.maxx, e.maxy]));
            let geometry = match (point, area) {
                (Some(point), _) => json!({ "type": "Point", "coordinates": point }),
                (None, Some(e)) => json!({ "type": "Polygon", "coordinates": [[
                    [e.minx, e.miny], [e.maxx, e.miny], [e.maxx, e.maxy], [e.minx, e.maxy], [e.minx, e.miny],
                ]] }),
                (None, None) => Value::Null,
            };
            make(geometry, bbox, feature, reason)
        })
        .collect()
}
