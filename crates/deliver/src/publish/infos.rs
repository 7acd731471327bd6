//! What a service says of itself and of what it serves: written for the platform, and compared with
//! what the platform has.

use std::collections::BTreeMap;

use model::{Package, Service, Zone};
use platform::wire::requests::{
    Download, DownloadData, PyramidData, TypeInfos, Wfs, WfsData, WfsRelation, WmsVector, WmsVectorData,
    WmsVectorRelation, WmtsTms,
};
use platform::wire::{BoundingBox, StoredData};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Served, kind_of, text};
use crate::order::Order;
use crate::process;
use crate::style::default_style;
use crate::tiles::Levels;

/// A service that is wanted, and the data it is made from.
#[derive(Debug, Clone)]
pub(crate) struct ServicePlan {
    pub(crate) service: Service,
    /// The platform's type: `WFS`.
    pub(crate) kind: &'static str,
    pub(crate) layer_name: String,
    pub(crate) data: String,
    pub(crate) tables: Vec<PlannedTable>,
    /// One a table, in their order; only for a WMS.
    pub(crate) styles: Vec<WantedStyle>,
    pub(crate) levels: Option<Levels>,
    pub(crate) bbox: Option<BoundingBox>,
    /// The parts of a download, where there are several.
    pub(crate) zones: Vec<PlannedZone>,
}

/// A part of a download, and the data it is.
#[derive(Debug, Clone)]
pub(crate) struct PlannedZone {
    pub(crate) zone: Zone,
    pub(crate) data: String,
}

#[derive(Debug, Clone)]
pub(crate) struct PlannedTable {
    pub(crate) name: String,
    pub(crate) title: String,
}

/// A static file, named after its content: the same style is never sent twice, and a changed one
/// never mistaken for the old.
#[derive(Debug, Clone)]
pub(crate) struct WantedStyle {
    pub(crate) name: String,
    pub(crate) sld: Vec<u8>,
    pub(crate) id: Option<String>,
}

/// What a service needs.
pub(crate) fn plan(order: &Order, package: &Package, service: Service, layer: &str, data: &StoredData) -> ServicePlan {
    let tables = match service {
        Service::Wfs | Service::WmsVector => process::tables(package, data),
        _ => Vec::new(),
    };
    let styles = if service == Service::WmsVector {
        tables.iter().map(|t| style(order, layer, &t.table, &t.geometry)).collect()
    } else {
        Vec::new()
    };
    ServicePlan {
        service,
        kind: kind_of(service).0,
        layer_name: layer.to_owned(),
        data: data.id.clone(),
        tables: tables.iter().map(|t| PlannedTable { name: t.table.clone(), title: t.title.clone() }).collect(),
        styles,
        levels: (service == Service::Tms).then(|| process::tile_levels(order, package)),
        bbox: package.extent_wgs84.map(|e| BoundingBox { west: e.minx, south: e.miny, east: e.maxx, north: e.maxy }),
        zones: Vec::new(),
    }
}

fn style(order: &Order, layer: &str, table: &str, geometry: &str) -> WantedStyle {
    let sld = order.styles.get(table).cloned().unwrap_or_else(|| default_style(table, geometry).into_bytes());
    let short = hex::encode(&Sha256::digest(&sld)[..4]);
    WantedStyle { name: format!("{layer}_style_wmsv_{table}_{short}"), sld, id: None }
}

impl ServicePlan {
    /// Free in the datastore: the layer's name and the type are.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.layer_name, self.kind)
    }

    /// In short, what is served: the tag by which one sees that it was pushed to the servers.
    pub(crate) fn recipe(&self) -> String {
        let served: Vec<String> = served(&self.served()).into_iter().collect();
        hex::encode(&Sha256::digest(served.join("\n").as_bytes())[..6])
    }

    /// What is served, in the platform's own shape.
    pub(crate) fn served(&self) -> Value {
        serde_json::to_value(self.type_infos(&Order::default())).unwrap_or_default()
    }

    pub(crate) fn type_infos(&self, order: &Order) -> TypeInfos {
        let (title, abstract_) = (order.title().to_owned(), order.summary().to_owned());
        let keywords = order.keywords.clone();
        let stored_data = self.data.clone();
        let french = |words: &str| BTreeMap::from([("fr".to_owned(), words.to_owned())]);
        match self.service {
            Service::Wfs => {
                let relations = self.tables.iter().map(|table| WfsRelation {
                    native_name: table.name.clone(),
                    title: if self.tables.len() == 1 { title.clone() } else { table.title.clone() },
                    abstract_: abstract_.clone(),
                    keywords: keywords.clone(),
                });
                let used_data = vec![WfsData { stored_data, relations: relations.collect() }];
                TypeInfos::Wfs(Wfs { bbox: self.bbox, used_data })
            }
            Service::WmsVector => {
                let relations = self.tables.iter().zip(&self.styles).map(|(table, style)| WmsVectorRelation {
                    name: table.name.clone(),
                    style: style.id.clone().unwrap_or_default(),
                });
                let used_data = vec![WmsVectorData { stored_data, relations: relations.collect() }];
                TypeInfos::WmsVector(WmsVector { bbox: self.bbox, title, abstract_, keywords, used_data })
            }
            Service::Download => TypeInfos::Download(Download {
                title: french(&title),
                abstract_: french(&abstract_),
                keywords,
                used_data: self.downloads(stored_data, &title),
            }),
            Service::Tms | Service::Wmts | Service::WmsRaster => {
                let Levels { top, bottom } = self.levels.unwrap_or(Levels { top: 0, bottom: 0 });
                let used_data =
                    vec![PyramidData { stored_data, bottom_level: bottom.to_string(), top_level: top.to_string() }];
                TypeInfos::WmtsTms(WmtsTms { bbox: self.bbox, title, abstract_, keywords, used_data })
            }
        }
    }
}

impl ServicePlan {
    /// One entry a zone, or one for all.
    fn downloads(&self, stored_data: String, title: &str) -> Vec<DownloadData> {
        let french = |words: &str| BTreeMap::from([("fr".to_owned(), words.to_owned())]);
        if self.zones.is_empty() {
            let sub_name = self.layer_name.clone();
            return vec![DownloadData { sub_name, stored_data, title: french(title), ..DownloadData::default() }];
        }
        let entry = |part: &PlannedZone| DownloadData {
            sub_name: part.zone.name.clone(),
            stored_data: part.data.clone(),
            title: french(&part.zone.title),
            format: part.zone.format.clone(),
            zone: Some(part.zone.title.clone()),
            resolution: part.zone.resolution.clone(),
        };
        self.zones.iter().map(entry).collect()
    }
}

/// What a configuration serves, whatever it says of itself: data, tables, styles, levels.
pub(crate) fn served(type_infos: &Value) -> Served {
    let mut all = Served::new();
    for used in type_infos.get("used_data").and_then(Value::as_array).into_iter().flatten() {
        let data = text(used, "stored_data");
        all.insert(format!("{data} {} {}", text(used, "bottom_level"), text(used, "top_level")));
        if !text(used, "zone").is_empty() {
            all.insert(format!("{data} {}", text(used, "sub_name")));
        }
        for relation in used.get("relations").and_then(Value::as_array).into_iter().flatten() {
            let names = (text(relation, "native_name"), text(relation, "name"), text(relation, "style"));
            all.insert(format!("{data} {} {} {}", names.0, names.1, names.2));
        }
    }
    all
}
