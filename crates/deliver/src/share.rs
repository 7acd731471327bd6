//! What one shares: where each service of a datasheet is, how QGIS opens it, and whether it answers
//! anybody who asks. Changes nothing on the platform.

mod links;
mod list;
mod picture;
mod probe;
mod tile;

use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt};
use model::{Event, Extent, Failure, Link, Probe, PublishedOffering, PublishedUrl, SharedOffering, Step, Verdict};
use platform::wire::{Configuration, Offering, OfferingStatus, StoredData, extent_of, tags};
use platform::{Client, Query};
use serde_json::Value;

pub use list::downloads;

use crate::News;
use crate::failure::refused;
use crate::publish::{ServicePlan, text};

/// Services looked at at the same time.
const AT_ONCE: usize = 4;

/// An offering as it is told to people and software. A list may leave out what the plan knows.
pub(crate) fn told(offering: &Offering, plan: &ServicePlan) -> PublishedOffering {
    let or = |said: &str, known: &str| if said.is_empty() { known.to_owned() } else { said.to_owned() };
    PublishedOffering {
        id: offering.id.clone(),
        kind: or(&offering.kind, plan.kind),
        layer_name: or(&offering.layer_name, &plan.layer_name),
        status: offering.status.as_str().to_owned(),
        urls: urls(offering),
    }
}

fn urls(offering: &Offering) -> Vec<PublishedUrl> {
    offering.urls.iter().map(|u| PublishedUrl { kind: u.kind.clone(), url: u.url.clone() }).collect()
}

/// All that is known of one live service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    pub(crate) kind: String,
    pub(crate) layer_name: String,
    pub(crate) urls: Vec<PublishedUrl>,
    /// In degrees of WGS 84.
    pub(crate) bounds: Option<Extent>,
    /// The least detailed level of its tiles, and the most.
    pub(crate) levels: Option<(u8, u8)>,
    pub(crate) srs: Option<String>,
    /// Tiles or images of a raster.
    pub(crate) raster: bool,
    /// Of a raster's tiles: the grid, the format and the style by which they are asked.
    pub(crate) grid: String,
    pub(crate) format: String,
    pub(crate) style: String,
}

/// The services of a datasheet, with links; `probing` asks each of them too, as a stranger would.
/// Tells [`Event::Shared`] at the end.
///
/// # Errors
/// When the platform refuses to tell. A service that does not answer is a verdict, not an error.
pub async fn share(
    client: &Client,
    datastore: &str,
    datasheet: &str,
    probing: bool,
    news: News<'_>,
) -> Result<Vec<SharedOffering>, Failure> {
    let told = |e| refused(&e);
    let query = Query::new().fields(&["layer_name", "type", "tags"]).tag(tags::DATASHEET_NAME, datasheet);
    let mut configurations = client.configurations(datastore, &query).await.map_err(told)?;
    configurations.retain(|c| c.tags.get(tags::DATASHEET_NAME).is_some_and(|name| name == datasheet));
    news(Event::Started { step: Step::Share, total: Some(configurations.len() as u64) });
    let mut found = Vec::new();
    for configuration in &configurations {
        for offering in
            client.configuration_offerings(datastore, &configuration.id, &Query::new()).await.map_err(told)?
        {
            // a list may leave out nearly everything
            let whole = client.offering(datastore, &offering.id).await.map_err(told)?;
            let live = know(client, datastore, configuration, &whole).await?;
            found.push((whole, live));
        }
    }
    let mut offerings = Vec::new();
    let mut looks = futures_util::stream::iter(found)
        .map(|(offering, live)| async move {
            let probe = if probing { Some(look(client, &offering, &live).await) } else { None };
            Ok::<_, Failure>(shared(offering, live, probe))
        })
        .buffered(AT_ONCE);
    while let Some(offering) = looks.try_next().await? {
        offerings.push(offering);
        news(Event::Advanced { step: Step::Share, done: offerings.len() as u64 });
    }
    news(Event::Finished { step: Step::Share });
    news(Event::Shared { datasheet: datasheet.to_owned(), offerings: offerings.clone() });
    Ok(offerings)
}

fn shared(offering: Offering, live: Live, probe: Option<Probe>) -> SharedOffering {
    let links: Vec<Link> = links::links(&live);
    SharedOffering {
        id: offering.id,
        kind: live.kind,
        layer_name: live.layer_name,
        status: offering.status.as_str().to_owned(),
        open: offering.open,
        urls: live.urls,
        links,
        probe,
    }
}

/// What the configuration and its data say of the service.
async fn know(client: &Client, datastore: &str, listed: &Configuration, offering: &Offering) -> Result<Live, Failure> {
    let configuration = client.configuration(datastore, &listed.id).await.map_err(|e| refused(&e))?;
    let infos = &configuration.type_infos;
    let mut live = Live {
        kind: if offering.kind.is_empty() { configuration.kind.clone() } else { offering.kind.clone() },
        layer_name: configuration.layer_name.clone(),
        urls: urls(offering),
        bounds: infos.get("bbox").and_then(bbox),
        ..Live::default()
    };
    if let Some(used) = infos.get("used_data").and_then(|u| u.get(0)) {
        let level = |name: &str| text(used, name).parse::<u8>().ok();
        live.levels = level("top_level").zip(level("bottom_level"));
    }
    // data that are gone say nothing more; the service may answer all the same
    if let Some(id) = configuration.stored_data().first()
        && let Ok(data) = client.stored_data(datastore, id).await
    {
        live.raster = data.kind.contains("RASTER");
        live.grid = data.type_infos.tms.clone().unwrap_or_else(|| "PM".to_owned());
        let styles = infos.get("styles").and_then(Value::as_array);
        let first = styles.and_then(|all| all.first()).and_then(Value::as_str);
        let style = match first {
            Some(id) => client.static_file(datastore, id).await.ok(),
            None => None,
        };
        let identifier = style.as_ref().and_then(|s| s.type_infos.get("identifier")?.as_str());
        live.style = identifier.unwrap_or("normal").to_owned();
        live.format = match data.type_infos.others.get("compression").and_then(Value::as_str) {
            _ if identifier.is_some() => "image/png",
            Some("PNG") => "image/png",
            Some("JPG" | "JPG90") | None => "image/jpeg",
            Some(_) => "image/x-bil;bits=32",
        }
        .to_owned();
        live.bounds = live.bounds.or_else(|| data_bounds(&data));
        live.srs = data.srs;
    }
    Ok(live)
}

pub(crate) fn bbox(value: &Value) -> Option<Extent> {
    let side = |name: &str| value.get(name).and_then(Value::as_f64);
    Extent::new(side("west")?, side("south")?, side("east")?, side("north")?)
}

/// The box around whatever geometry says where data lie.
pub(crate) fn data_bounds(data: &StoredData) -> Option<Extent> {
    fn walk(value: &Value, all: &mut Option<Extent>) {
        let Some(list) = value.as_array() else { return };
        if let [x, y, ..] = list.as_slice()
            && let (Some(x), Some(y)) = (x.as_f64(), y.as_f64())
        {
            let point = Extent::new(x, y, x, y);
            *all = all.map_or(point, |a| point.map(|p| a.union(p)));
            return;
        }
        list.iter().for_each(|inner| walk(inner, all));
    }
    let mut all = None;
    walk(extent_of(data.extent.as_ref()?)?.get("coordinates")?, &mut all);
    all
}

async fn look(client: &Client, offering: &Offering, live: &Live) -> Probe {
    let first = live.urls.first().map(|u| u.url.clone()).unwrap_or_default();
    if offering.status != OfferingStatus::Published {
        let status = offering.status.as_str();
        let message =
            [format!("l’offre n’est pas publiée ({status})"), format!("the offering is not published ({status})")];
        return Probe { verdict: Verdict::Silent, message, url: first, milliseconds: 0 };
    }
    if !offering.open {
        let message = ["accès restreint : il faut une clé", "restricted: a key is needed"].map(str::to_owned);
        return Probe { verdict: Verdict::NotAsked, message, url: first, milliseconds: 0 };
    }
    let begun = Instant::now();
    let said = probe::probe(client, live).await;
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Probe { verdict: said.verdict, message: said.message, url: said.url, milliseconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_of_data_is_found_in_a_geometry_or_a_feature() {
        let square = serde_json::json!([[[2.0, 48.0], [3.0, 48.0], [3.0, 49.5], [2.0, 48.0]]]);
        let geometry = serde_json::json!({ "type": "Polygon", "coordinates": square });
        let feature = serde_json::json!({ "type": "Feature", "geometry": geometry });
        for extent in [geometry, feature] {
            let data = StoredData { extent: Some(extent), ..StoredData::default() };
            assert_eq!(data_bounds(&data), Extent::new(2.0, 48.0, 3.0, 49.5));
        }
        assert_eq!(data_bounds(&StoredData::default()), None);
    }
}
