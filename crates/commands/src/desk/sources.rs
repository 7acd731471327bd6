//! The sources that the page looks at: facts, judgement, rows, tiles, and what could be made of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use inspect::{Depth, worker::WorkerFailure};
use model::{Code, Failure, Finding, Inventory, Kind, Level, Service, Zones, common_srs, conforming_name};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use validate::Expectations;

use super::shapes::{
    Judged, LookRequest, PlanRequest, PlanShown, PlanTable, Proposal, Rows, RowsRequest, Seen, SeenSource,
    ServiceOffer, ZoneOffer,
};
use super::{Desk, Tell, heard, hold};
use crate::wrap::refused;

/// What was seen of each path, by its key and by the paths asked for.
#[derive(Debug, Default)]
pub(super) struct Sources {
    by_key: BTreeMap<String, Inventory>,
    asked: BTreeMap<Vec<PathBuf>, Vec<Inventory>>,
    /// The stretch of a set of images, where it was measured; none for those of bytes.
    ranges: BTreeMap<String, Option<[f64; 2]>>,
}

impl Sources {
    pub(super) fn source(&self, key: &str) -> Option<&Inventory> {
        self.by_key.get(key)
    }

    pub(super) fn range(&self, key: &str) -> Option<Option<[f64; 2]>> {
        self.ranges.get(key).copied()
    }

    pub(super) fn keep_range(&mut self, key: &str, range: Option<[f64; 2]>) {
        self.ranges.insert(key.to_owned(), range);
    }
}

/// A source's place in addresses: says nothing of its path.
fn key_of(path: &str) -> String {
    hex::encode(Sha256::digest(path))[..16].to_owned()
}

fn keyed(inventories: &[Inventory]) -> Vec<SeenSource> {
    inventories.iter().map(|i| SeenSource { key: key_of(&i.path), inventory: i.clone() }).collect()
}

fn unknown_source() -> Failure {
    Failure::new("SOURCE_UNKNOWN", "Cette source n’a pas encore été inspectée.", "This source was not inspected yet.")
        .hint("Déposez-la de nouveau.", "Drop it again.")
}

fn unreadable(failure: &WorkerFailure) -> Failure {
    Failure::new(
        "SOURCE_UNREADABLE",
        format!("La source ne se lit pas : {failure}"),
        format!("The source cannot be read: {failure}"),
    )
    .hint("Réexportez le fichier.", "Export the file again.")
}

impl Desk {
    pub(super) async fn inspect(
        &self,
        paths: Vec<PathBuf>,
        call: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<Seen, Failure> {
        hold(&self.grants).check(&paths)?;
        let (cancel, _end) = self.cancellable(call);
        let news = |event| tell(heard(&event));
        let inventories = crate::inspect_sources(&self.work, &paths, Depth::Facts, &news, &cancel).await;
        let mut kept = hold(&self.sources);
        kept.by_key.extend(inventories.iter().map(|i| (key_of(&i.path), i.clone())));
        let sources = keyed(&inventories);
        kept.asked.insert(paths.clone(), inventories);
        drop(kept);
        self.remember(&paths);
        Ok(Seen { sources })
    }

    pub(super) async fn look(&self, asked: LookRequest, call: Option<&str>, tell: Tell<'_>) -> Result<Judged, Failure> {
        hold(&self.grants).check(&asked.paths)?;
        let (cancel, _end) = self.cancellable(call);
        let news = |event| tell(heard(&event));
        let expectations = Expectations {
            declared_srs: asked.srs,
            services: asked.services,
            language: self.work.language,
            ..Expectations::default()
        };
        let looked = crate::look(&self.work, &asked.paths, &expectations, &news, &cancel).await;
        if cancel.is_cancelled() {
            return Err(Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked."));
        }
        let mut kept = hold(&self.sources);
        kept.by_key.extend(looked.inventories.iter().map(|i| (key_of(&i.path), i.clone())));
        kept.asked.insert(asked.paths, looked.inventories.clone());
        Ok(Judged {
            sources: keyed(&looked.inventories),
            blocks: looked.count(Level::Blocks),
            degrades: looked.count(Level::Degrades),
            tells: looked.count(Level::Tells),
            findings: looked.findings,
        })
    }

    /// The path and layer that a key and a number stand for.
    fn layer(&self, key: &str, number: usize) -> Result<(String, String, bool), Failure> {
        let kept = hold(&self.sources);
        let source = kept.by_key.get(key).ok_or_else(unknown_source)?;
        let layer = source.layers.get(number).map(|l| l.name.clone());
        let raster = layer.is_none() && source.raster.is_some();
        if layer.is_none() && !raster {
            return Err(unknown_source());
        }
        Ok((source.path.clone(), layer.unwrap_or_default(), raster))
    }

    pub(super) async fn rows(&self, asked: RowsRequest) -> Result<Rows, Failure> {
        let (path, layer, _) = self.layer(&asked.key, asked.layer)?;
        let request = json!({
            "path": path, "layer": layer, "offset": asked.offset, "limit": asked.limit,
            "sort": asked.sort, "descending": asked.descending, "filter": asked.filter, "fid": asked.fid,
        });
        let answer = self.work.eyes().call("rows", request, &|_| {}, &CancellationToken::new()).await;
        let answer = answer.map_err(|e| unreadable(&e))?;
        serde_json::from_value(answer).map_err(|e| unreadable(&WorkerFailure::Refused(e.to_string())))
    }

    /// One tile of a source's layer: vector tiles of features, PNG of rasters. Nothing where the
    /// data are not.
    ///
    /// # Errors
    /// For a source that was not inspected, or that cannot be read.
    pub async fn tile(&self, key: &str, layer: usize, place: [u32; 3]) -> Result<Option<Tile>, Failure> {
        let (path, layer, raster) = self.layer(key, layer)?;
        let [z, x, y] = place;
        let set = raster && hold(&self.sources).source(key).is_some_and(super::mosaic::is_set);
        let (kind, request) = if set {
            let Some(request) = self.set_tile(key, place).await else { return Ok(None) };
            ("rasterSetTile", request)
        } else if raster {
            ("rasterTile", json!({ "path": path, "z": z, "x": x, "y": y }))
        } else {
            ("vectorTile", json!({ "path": path, "layer": layer, "z": z, "x": x, "y": y }))
        };
        let answer = self.work.eyes().call(kind, request, &|_| {}, &CancellationToken::new()).await;
        let answer = answer.map_err(|e| unreadable(&e))?;
        let bytes = answer["base64"].as_str().and_then(|text| base64::prelude::BASE64_STANDARD.decode(text).ok());
        let content = if raster { "image/png" } else { "application/vnd.mapbox-vector-tile" };
        Ok(bytes.map(|bytes| Tile { bytes, content }))
    }

    pub(super) fn seen(&self, paths: &[PathBuf]) -> Result<Vec<Inventory>, Failure> {
        hold(&self.sources).asked.get(paths).cloned().ok_or_else(unknown_source)
    }

    pub(super) fn propose(&self, paths: &[PathBuf]) -> Result<Proposal, Failure> {
        let inventories = self.seen(paths)?;
        let stem = paths.first().map(|p| stem_of(p)).unwrap_or_default();
        let layers: Vec<&model::Layer> = inventories.iter().flat_map(|i| &i.layers).collect();
        let features: u64 = layers.iter().filter_map(|l| l.features).fold(0, u64::saturating_add);
        let srs = common_srs(&inventories);
        let names: Vec<&str> = layers.iter().map(|l| l.name.as_str()).take(8).collect();
        let title = readable(&stem);
        let french = self.is_french();
        let place = srs.clone().unwrap_or_default();
        let images: usize = inventories
            .iter()
            .filter(|i| i.raster.is_some())
            .map(|i| i.raster_set.as_ref().map_or(1, |set| set.tiles.len()))
            .sum();
        let abstract_ = match (layers.len(), french) {
            (0, _) if images == 0 => title.clone(),
            (0, true) if images == 1 => format!("{title} : une image, coordonnées en {place}."),
            (0, false) if images == 1 => format!("{title}: one image, coordinates in {place}."),
            (0, true) => format!("{title} : {images} images, coordonnées en {place}."),
            (0, false) => format!("{title}: {images} images, coordinates in {place}."),
            (1, true) => format!("{title} : {features} entités, coordonnées en {place}."),
            (1, false) => format!("{title}: {features} features, coordinates in {place}."),
            (n, true) => {
                format!("{title} : {n} tables ({}), {features} entités, coordonnées en {place}.", names.join(", "))
            }
            (n, false) => {
                format!("{title}: {n} tables ({}), {features} features, coordinates in {place}.", names.join(", "))
            }
        };
        Ok(Proposal {
            name: conforming_name(&stem),
            abstract_,
            keywords: names.iter().map(|n| readable(n)).filter(|n| *n != title).collect(),
            title,
            services: offers(&inventories),
            zones: zone_offers(&inventories),
            srs,
            bytes: inventories.iter().map(|i| i.bytes).fold(0, u64::saturating_add),
        })
    }

    pub(super) fn plan(&self, asked: PlanRequest) -> Result<Vec<PlanShown>, Failure> {
        Ok(self.plans(asked)?.into_iter().map(shown).collect())
    }

    pub(super) fn plans(&self, asked: PlanRequest) -> Result<Vec<package::Plan>, Failure> {
        let inventories = self.seen(&asked.paths)?;
        let choices = package::Choices {
            name: asked.name,
            services: asked.services,
            srs: asked.srs,
            zones: asked.zones,
            ..package::Choices::default()
        };
        package::plan(&inventories, &choices).map_err(|e| refused(&e))
    }

    /// Findings of sources already looked at, judged anew.
    pub(super) fn judge(&self, paths: &[PathBuf], expectations: &Expectations) -> Result<Vec<Finding>, Failure> {
        Ok(validate::validate(&self.seen(paths)?, expectations))
    }
}

/// A tile and its media type.
#[derive(Debug, Clone)]
pub struct Tile {
    pub bytes: Vec<u8>,
    pub content: &'static str,
}

fn shown(plan: package::Plan) -> PlanShown {
    let tables = plan.layers.into_iter().flat_map(|l| {
        let (layer, renames, fields) = (l.layer, l.renames, l.fields);
        let (reprojected_from, assigned) = (l.reproject, l.assign);
        l.tables.into_iter().map(move |table| PlanTable {
            layer: layer.clone(),
            table: table.table,
            features: table.features,
            renames: renames.clone(),
            fields: fields.clone(),
            reprojected_from: reprojected_from.clone(),
            assigned: assigned.clone(),
        })
    });
    PlanShown {
        tables: tables.collect(),
        name: plan.name,
        kind: plan.kind,
        srs: plan.srs,
        untouched: plan.untouched,
        bytes: plan.bytes,
        zone: plan.zone.map(|zone| zone.name),
    }
}

fn stem_of(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `territoire_belfort` reads `Territoire belfort`; capitals alone are softened.
fn readable(name: &str) -> String {
    let spaced = name.replace(['_', '-', '.'], " ");
    let soft = if spaced.chars().any(char::is_lowercase) { spaced } else { spaced.to_lowercase() };
    let mut letters = soft.trim().chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Ways to cut what is downloaded, where there is more than one part.
fn zone_offers(inventories: &[Inventory]) -> Vec<ZoneOffer> {
    const SHOWN: usize = 4;
    let cut = |zones| {
        let choices = package::Choices {
            name: "zones".to_owned(),
            services: vec![Service::Download],
            zones,
            ..package::Choices::default()
        };
        let names: Vec<String> =
            package::plan(inventories, &choices).ok()?.into_iter().filter_map(|p| p.zone).map(|z| z.name).collect();
        (names.len() > 1).then(|| ZoneOffer {
            zones,
            parts: names.len() as u64,
            names: names.into_iter().take(SHOWN).collect(),
        })
    };
    [Zones::Files, Zones::Folders].into_iter().filter_map(cut).collect()
}

/// What the data allow.
fn offers(inventories: &[Inventory]) -> Vec<ServiceOffer> {
    let vector = inventories.iter().any(|i| i.layers.iter().any(|l| l.geometry != "None"));
    let raster = inventories.iter().any(|i| i.raster.is_some());
    let heights =
        inventories.iter().filter_map(|i| i.raster.as_ref()).any(|r| r.bands.len() == 1 && r.bands[0].kind != "Byte");
    let readable = inventories.iter().any(|i| i.kind != Kind::Unreadable);
    let no = |fr: &str, en: &str| Some([fr.to_owned(), en.to_owned()]);
    Service::ALL
        .into_iter()
        .map(|service| {
            let refused = match service {
                Service::Download if readable => None,
                Service::Download => no("Aucune source n’est lisible.", "No source can be read."),
                Service::Wfs | Service::WmsVector | Service::Tms if vector => None,
                Service::Tms | Service::WmsRaster | Service::Wmts if raster => None,
                Service::Wfs | Service::WmsVector if raster => no(
                    "Ces données sont des images : ce service demande des objets vectoriels.",
                    "These data are images: this service needs features.",
                ),
                Service::Wfs | Service::WmsVector | Service::Tms => {
                    no("Aucune couche n’a de géométrie.", "No layer has geometry.")
                }
                Service::Altimetry if heights => None,
                Service::Altimetry => no(
                    "L’altimétrie demande un modèle de terrain : une seule bande de valeurs.",
                    "Altimetry needs a terrain model: one band of values.",
                ),
                Service::WmsRaster | Service::Wmts => no(
                    "Ce service est fait d’images : ces données n’en sont pas.",
                    "This service is made from images: these data are not.",
                ),
            };
            // tiles by TMS are those of WMTS, for images
            let aside =
                service == Service::Download || service == Service::Altimetry || (raster && service == Service::Tms);
            let proposed = refused.is_none() && !aside;
            ServiceOffer { service, refused, proposed }
        })
        .collect()
}

/// Codes that the page must know by name.
pub(super) fn catalogue() -> Value {
    let entries = validate::catalogue().iter().map(|e| {
        json!({ "code": Code::as_str(e.code), "level": e.level, "sentences": [e.fr, e.en], "why": [e.why_fr, e.why_en] })
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_becomes_words() {
        for (name, words) in [
            ("CANTON", "Canton"),
            ("territoire_belfort", "Territoire belfort"),
            ("communes-90", "Communes 90"),
            ("Éoliennes.2026", "Éoliennes 2026"),
            ("", ""),
        ] {
            assert_eq!(readable(name), words);
        }
    }
}
