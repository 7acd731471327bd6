//! A raster pyramid harvested of a WMS, then published as images are: its package has no file, and the
//! fingerprint of what was asked.

use model::{Event, Extent, Failure, Package, PackageKind, PackageOrigin, PackageRaster, Step};
use platform::wire::requests::{CreateExecution, Inputs, Output, OutputData, Tags};
use platform::wire::{OfferingStatus, StoredDataStatus, known, tags};
use platform::{Client, Query};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::facts::found;
use crate::failure::refused;
use crate::find::tagged_data;
use crate::share::{bbox, data_bounds};
use crate::{Levels, News, Order, Published, run};

const RASTER: &str = "ROK4-PYRAMID-RASTER";
const GRID: &str = "PM";

/// What is asked of a WMS.
#[derive(Debug, Clone, PartialEq)]
pub struct Harvest {
    /// Address of the service, without any question.
    pub url: String,
    /// Separated by commas.
    pub layers: String,
    /// In degrees of WGS 84.
    pub area: Extent,
    pub levels: Levels,
    /// Keep where nothing is drawn: PNG, about ten times heavier than JPEG.
    pub transparent: bool,
}

impl Harvest {
    /// Every level is asked of the service, which draws each at its own scale.
    fn parameters(&self) -> Map<String, Value> {
        let Levels { top, bottom } = self.levels;
        let levels: Vec<String> = (top..=bottom).rev().map(|l| l.to_string()).collect();
        let e = self.area;
        let corners = [(e.minx, e.miny), (e.maxx, e.miny), (e.maxx, e.maxy), (e.minx, e.maxy), (e.minx, e.miny)];
        let ring = corners.map(|(x, y)| format!("{x} {y}")).join(",");
        let (format, compression) = if self.transparent { ("image/png", "png") } else { ("image/jpeg", "jpg") };
        let asked = json!({
            "harvest_url": self.url, "harvest_layers": self.layers, "harvest_levels": levels,
            "harvest_area": format!("POLYGON(({ring}))"), "harvest_format": format,
            "bottom": bottom.to_string(), "top": top.to_string(), "tms": GRID, "compression": compression,
            "samplesperpixel": if self.transparent { 4 } else { 3 }, "sampleformat": "UINT8", "parallelization": 4,
        });
        let mut asked = asked.as_object().cloned().unwrap_or_default();
        if self.transparent {
            asked.insert("harvest_extras".to_owned(), json!("transparent=true"));
        }
        asked
    }

    /// What stands for the images that there are not.
    fn package(&self, name: &str) -> Package {
        let asked = Value::Object(self.parameters()).to_string();
        Package {
            name: name.to_owned(),
            kind: PackageKind::Raster,
            srs: "EPSG:3857".to_owned(),
            files: Vec::new(),
            layers: Vec::new(),
            raster: Some(PackageRaster {
                images: 0,
                pixels: 0,
                bands: 3,
                alpha: self.transparent,
                kind: "Byte".to_owned(),
                nodata: None,
                resolution: 156_543.033_928_041 / 2_f64.powi(i32::from(self.levels.bottom)),
                latitude: f64::midpoint(self.area.miny, self.area.maxy),
                twin: None,
            }),
            extent_wgs84: Some(self.area),
            fingerprint: hex::encode(Sha256::digest(asked.as_bytes())),
            origin: PackageOrigin::Untouched,
            zone: None,
        }
    }
}

/// The WMS of vectors that a datasheet publishes: its address, its layer, and the ground it covers.
///
/// # Errors
/// The platform's refusal, or that there is none.
pub async fn own_map(
    client: &Client,
    datastore: &str,
    datasheet: &str,
) -> Result<(String, String, Option<Extent>), Failure> {
    let told = |e| refused(&e);
    let query = Query::new().fields(&["layer_name", "type", "tags"]).tag(tags::DATASHEET_NAME, datasheet);
    for short in client.configurations(datastore, &query).await.map_err(told)? {
        if short.kind != "WMS-VECTOR" || short.tags.get(tags::DATASHEET_NAME).is_none_or(|n| n != datasheet) {
            continue;
        }
        let whole = client.configuration(datastore, &short.id).await.map_err(told)?;
        let fields = Query::new().fields(&["status", "urls"]);
        for offering in client.configuration_offerings(datastore, &short.id, &fields).await.map_err(told)? {
            let offering = client.offering(datastore, &offering.id).await.map_err(told)?;
            let base = offering.urls.first().and_then(|u| u.url.split('?').next()).map(str::to_owned);
            if let Some(base) = base.filter(|_| offering.status == OfferingStatus::Published) {
                let mut area = whole.type_infos.get("bbox").and_then(bbox);
                if let (None, Some(id)) = (area, whole.stored_data().first()) {
                    area = data_bounds(&client.stored_data(datastore, id).await.map_err(told)?);
                }
                return Ok((base, whole.layer_name, area));
            }
        }
    }
    Err(Failure::new(
        "HARVEST_NO_MAP",
        format!("« {datasheet} » n’a pas de service WMS vecteur en ligne à moissonner."),
        format!("`{datasheet}` has no live WMS of vectors to harvest."),
    )
    .hint(
        format!(
            "Publiez-le d’abord (`quai publish … --as wms-vector --name {datasheet}`), ou donnez --url et --layers."
        ),
        format!("Publish it first (`quai publish … --as wms-vector --name {datasheet}`), or give --url and --layers."),
    ))
}

/// From a WMS to live services of its pictures. The order's packages are not looked at.
///
/// # Errors
/// What stopped it; asked again, it goes on from there.
pub async fn harvest(
    client: &Client,
    order: &Order,
    wanted: &Harvest,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    let told = |e| refused(&e);
    let package = wanted.package(&order.name);
    let order = Order { packages: vec![package.clone()], ..order.clone() };
    let store = &order.datastore;
    let made = tagged_data(client, &order, &package, RASTER, None).await.map_err(crate::journey::Stop::told)?;
    let mut execution = None;
    match made {
        Some(data) if data.status == StoredDataStatus::Generated => {}
        Some(data) if data.status == StoredDataStatus::Unstable => {
            found(client.delete_stored_data(store, &data.id).await).map_err(told)?;
            execution = Some(begin(client, &order, wanted, &package).await?);
        }
        Some(data) => execution = data.tags.get(tags::PROC_INT_ID).cloned(),
        None => execution = Some(begin(client, &order, wanted, &package).await?),
    }
    if let Some(execution) = execution {
        let Levels { top, bottom } = wanted.levels;
        let message = [
            format!("moissonnage de {} ({}), grille {GRID}, niveaux {top} à {bottom}", wanted.layers, wanted.url),
            format!("harvesting {} ({}), grid {GRID}, levels {top} to {bottom}", wanted.layers, wanted.url),
        ];
        news(Event::Noted { step: Step::Process, message });
        run::to_the_end(client, store, &execution, true, news, cancel).await?;
    }
    crate::publish(client, &order, news, cancel).await
}

/// Makes the execution, its product tagged; or finds the one that a cut left untagged.
async fn begin(client: &Client, order: &Order, wanted: &Harvest, package: &Package) -> Result<String, Failure> {
    let store = &order.datastore;
    let processing = run::processing(client, store, known::WMS_HARVEST, (None, None)).await?;
    let parameters = wanted.parameters();
    let asked = parameters.clone();
    let same = move |e: &platform::wire::Execution| {
        asked.iter().all(|(name, value)| e.parameters.get(name).is_some_and(|there| there == value))
    };
    let query = Query::new().with("processing", processing.clone());
    let (execution, made) = match run::left(client, store, query, &same).await? {
        Some(there) => there,
        None => {
            let stored_data =
                OutputData { id: None, name: order.name.clone(), storage_tags: vec!["PYRAMIDE".to_owned()] };
            let output = Output { stored_data };
            let body = CreateExecution { processing, inputs: Inputs::default(), output, parameters };
            run::make(client, store, &body).await?
        }
    };
    let mut mark: Tags = order.tags(package);
    mark.insert(tags::PROC_INT_ID.to_owned(), execution.id.clone());
    client.tag_stored_data(store, &made.id, &mark).await.map_err(|e| refused(&e))?;
    Ok(execution.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harvest_asks_every_level_and_is_known_by_what_it_asks() {
        let area = Extent { minx: 2.0, miny: 48.0, maxx: 2.5, maxy: 48.5 };
        let one = Harvest {
            url: "http://127.0.0.1/wms-v".to_owned(),
            layers: "roads".to_owned(),
            area,
            levels: Levels { top: 8, bottom: 10 },
            transparent: false,
        };
        let asked = one.parameters();
        assert_eq!(asked["harvest_levels"], json!(["10", "9", "8"]));
        assert_eq!(asked["harvest_area"], "POLYGON((2 48,2.5 48,2.5 48.5,2 48.5,2 48))");
        let clear = Harvest { transparent: true, ..one.clone() };
        assert_eq!(
            (&clear.parameters()["samplesperpixel"], &clear.parameters()["compression"]),
            (&json!(4), &json!("png"))
        );
        assert_ne!(one.package("a").fingerprint, clear.package("a").fingerprint);
        assert_eq!(one.package("a").fingerprint, one.package("b").fingerprint);
    }
}
