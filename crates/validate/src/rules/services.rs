//! Rule: what the services meant can show: tiles that are not too full, layers that can be read.

use model::{Code, Finding, Inventory, Layer, Service, TileForecast};

use super::at_layer;
use crate::Expectations;
use crate::catalogue::find;

/// The larger of the two limits that the platform's documents give for one WFS answer.
const MOST_IN_AN_ANSWER: u64 = 5000;

pub(crate) fn check(inventory: &Inventory, expectations: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in inventory.layers.iter().filter(|l| l.geometry != "None") {
        if expectations.services.contains(&Service::Tms) {
            findings.extend(dense(inventory, layer));
        }
        let count = layer.scan.as_ref().map_or(layer.features.unwrap_or(0), |s| s.read);
        if expectations.services.contains(&Service::Wfs) && count > MOST_IN_AN_ANSWER {
            let values = [("layer", layer.name.clone()), ("count", count.to_string())];
            findings.push(find(Code::WfsCapped, at_layer(inventory, layer), &values));
        }
    }
    findings
}

fn dense(inventory: &Inventory, layer: &Layer) -> Option<Finding> {
    let forecast = layer.scan.as_ref()?.tiles.as_ref()?;
    let deepest = forecast.zooms.last()?.zoom;
    // the deepest zoom that is too full says most: shallower ones hold the same features and more
    let zoom = forecast.zooms.iter().rev().find(|z| z.over > 0)?;
    let worst = forecast.worst.iter().find(|t| t.z == zoom.zoom)?;
    let (fr, en) = match forecast.safe_from() {
        Some(top) => (
            format!("Commencez au zoom {top}, ou simplifiez et filtrez pour les zooms moins profonds."),
            format!("Begin at zoom {top}, or simplify and filter for shallower zooms."),
        ),
        None => (
            format!("Même au zoom {deepest} c’est trop : filtrez, ou regroupez des objets."),
            format!("Even at zoom {deepest} it is too much: filter, or merge features."),
        ),
    };
    let values = [
        ("layer", layer.name.clone()),
        ("zoom", zoom.zoom.to_string()),
        ("tiles", zoom.over.to_string()),
        ("most", TileForecast::MOST.to_string()),
        ("worst", worst.objects.to_string()),
        ("z", worst.z.to_string()),
        ("x", worst.x.to_string()),
        ("y", worst.y.to_string()),
        ("advice_fr", fr),
        ("advice_en", en),
    ];
    let mut finding = find(Code::TilesTooDense, at_layer(inventory, layer), &values);
    finding.count = zoom.over;
    finding.place.box_wgs84 = Some(worst.box_wgs84);
    let tiles = forecast.worst.iter().take(100).map(|tile| model::Spot {
        reason: Some(format!("{}/{}/{}: {}", tile.z, tile.x, tile.y, tile.objects)),
        box_wgs84: Some(tile.box_wgs84),
        ..model::Spot::default()
    });
    finding.spots = tiles.collect();
    Some(finding)
}

pub(crate) fn check_several(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    let drawn: Vec<&str> = inventories
        .iter()
        .flat_map(|i| &i.layers)
        .filter(|l| l.geometry != "None" && l.features != Some(0))
        .map(|l| l.name.as_str())
        .collect();
    if !expectations.services.contains(&Service::WmsVector) || drawn.len() < 2 {
        return Vec::new();
    }
    let values = [("count", drawn.len().to_string()), ("tables", drawn.join(", "))];
    vec![find(Code::WmsSeveralTables, model::Place::default(), &values)]
}
