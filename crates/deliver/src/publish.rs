//! Configurations and offerings: one of each a service, found again by the layer's name.

use std::collections::BTreeSet;

use model::{Event, Failure, Service, Step};
use platform::wire::requests::{CreateConfiguration, CreateOffering, ReplaceConfiguration, Tags};
use platform::wire::{Datastore, known, tags};
use platform::{Attachment, Client, Content, Kind};
use serde_json::Value;

use crate::facts::{Memory, Seen};
use crate::journey::Stop;
use crate::order::Order;
use crate::standing::Deed;
use crate::{News, failure, process};

mod infos;
mod look;
pub(crate) use infos::{PlannedZone, ServicePlan, WantedStyle, plan};
use look::find_configuration;
pub(crate) use look::observe;

/// The platform's type of configuration, and its production endpoint.
pub(crate) const fn kind_of(service: Service) -> (&'static str, &'static str) {
    match service {
        Service::Wfs => ("WFS", known::ENDPOINT_WFS),
        Service::WmsVector => ("WMS-VECTOR", known::ENDPOINT_WMS_VECTOR),
        Service::Tms | Service::Wmts => ("WMTS-TMS", known::ENDPOINT_WMTS_TMS),
        Service::WmsRaster => ("WMS-RASTER", known::ENDPOINT_WMS_RASTER),
        Service::Altimetry => ("ALTIMETRY", known::ENDPOINT_ALTIMETRY),
        Service::Download => ("DOWNLOAD", known::ENDPOINT_DOWNLOAD),
    }
}

/// Whether an order can be carried out at all, before anything is sent.
pub(crate) fn acceptable(order: &Order) -> Result<(), Stop> {
    for service in &order.services {
        let Some(package) = order.package_of(*service) else { return Err(failure::package_missing(*service).into()) };
        if package.kind == model::PackageKind::Raster {
            let heights = package.raster.as_ref().is_some_and(|r| r.kind != "Byte" && r.bands == 1);
            if *service == Service::Altimetry && !heights {
                return Err(failure::no_heights().into());
            }
            continue;
        }
        if *service != Service::Download && process::drawn(package).is_empty() {
            return Err(failure::nothing_to_publish(*service).into());
        }
    }
    Ok(())
}

/// Whether the platform can be expected to take the order: names that are free or ours, endpoints
/// with room. Asked before anything is sent.
pub(crate) async fn expected(client: &Client, order: &Order, memory: &mut Memory) -> Result<(), Stop> {
    if order.services.is_empty() {
        return Ok(());
    }
    let datastore = client.datastore(&order.datastore).await?;
    let layer = layer_name(datastore.configuration_layer_name_prefix.as_deref(), &order.name);
    memory.datastore = Some(datastore.clone());
    for service in &order.distinct() {
        let kind = kind_of(*service).0;
        let Some(configuration) = find_configuration(client, order, &layer, kind, memory).await? else {
            endpoint(&datastore, order, *service)?;
            continue;
        };
        let sheet = configuration.tags.get(tags::DATASHEET_NAME);
        if sheet.is_some_and(|sheet| sheet != &order.datasheet) {
            return Err(failure::layer_name_taken(&layer, &another_name(order)).into());
        }
    }
    Ok(())
}

/// Tells which tables no service will show.
pub(crate) fn left_out(order: &Order, news: News<'_>) {
    let package = order.packages.iter().find(|p| p.kind == model::PackageKind::Vector);
    for layer in package.iter().flat_map(|p| &p.layers).filter(|l| l.geometry == "None" || l.features == 0) {
        let (fr, en) = if layer.features == 0 {
            ("elle ne contient aucun objet", "it holds no feature")
        } else {
            ("elle n’a pas de géométrie", "it has no geometry")
        };
        let table = &layer.table;
        let message = [
            format!("la table « {table} » va dans la base mais pas dans les services : {fr}"),
            format!("the table `{table}` goes into the database but not into the services: {en}"),
        ];
        news(Event::Noted { step: Step::Publish, message });
    }
}

fn another_name(order: &Order) -> String {
    let short: String = order.packages.first().map(|p| p.fingerprint.chars().take(6).collect()).unwrap_or_default();
    format!("{}_{short}", order.name)
}

/// The layer's name as this datastore wants it: its prefix, then the order's name.
pub(crate) fn layer_name(prefix: Option<&str>, name: &str) -> String {
    let Some(prefix) = prefix.filter(|p| !p.is_empty() && !name.starts_with(p)) else { return name.to_owned() };
    let joint = if prefix.ends_with(|c: char| c.is_ascii_alphanumeric()) { "_" } else { "" };
    format!("{prefix}{joint}{name}")
}

pub(crate) async fn act(
    client: &Client,
    order: &Order,
    deed: Deed,
    seen: &Seen,
    memory: &mut Memory,
    news: News<'_>,
) -> Result<(), Stop> {
    let datastore = &order.datastore;
    let configuration =
        |n: usize| seen.facts.services[n].configuration.as_ref().map(|c| c.id.clone()).unwrap_or_default();
    let offering = |n: usize| seen.facts.services[n].offering.as_ref().map(|o| o.id.clone()).unwrap_or_default();
    match deed {
        Deed::AddStyle(n) => {
            if let Some(style) = seen.plans[n].styles.iter().find(|s| s.id.is_none()) {
                let made = add_style(client, order, style).await?;
                memory.known.insert(format!("static:{}", style.name), made);
            }
        }
        Deed::CreateConfiguration(n) => {
            let plan = &seen.plans[n];
            let body = CreateConfiguration {
                kind: plan.kind.to_owned(),
                name: plan.name(),
                layer_name: plan.layer_name.clone(),
                type_infos: plan.type_infos(order),
                attribution: order.attribution.clone(),
            };
            let made = client.create_configuration(datastore, &body).await.map_err(|refusal| {
                if refusal.kind == Kind::Conflict { Stop::from(taken(order, seen, n)) } else { refusal.into() }
            })?;
            memory.known.insert(format!("configuration:{}", plan.kind), made.id);
        }
        Deed::ReplaceConfiguration(n) => {
            let plan = &seen.plans[n];
            news(Event::Noted {
                step: Step::Publish,
                message: [
                    format!("« {} » ({}) prend les nouvelles données", plan.layer_name, plan.kind),
                    format!("`{}` ({}) takes the new data", plan.layer_name, plan.kind),
                ],
            });
            let body = ReplaceConfiguration {
                kind: plan.kind.to_owned(),
                name: plan.name(),
                type_infos: plan.type_infos(order),
                attribution: order.attribution.clone(),
                ..ReplaceConfiguration::default()
            };
            client.replace_configuration(datastore, &configuration(n), &body).await?;
        }
        Deed::TagConfiguration(n) => {
            client.tag_configuration(datastore, &configuration(n), &tags_of(order, seen, n)).await?;
        }
        Deed::Offer(n) => {
            let datastore_now = client.datastore(datastore).await?;
            let endpoint = endpoint(&datastore_now, order, seen.plans[n].service)?;
            let body = CreateOffering { endpoint, open: order.open };
            let made = client.create_offering(datastore, &configuration(n), &body).await?;
            memory.watched.insert(made.id);
        }
        Deed::Synchronise(n) => {
            memory.watched.insert(offering(n));
            client.synchronise_offering(datastore, &offering(n)).await?;
            // the tag says that what the configuration serves was pushed; cut before it, it is pushed again
            client.tag_configuration(datastore, &configuration(n), &tags_of(order, seen, n)).await?;
        }
        _ => {
            if let Deed::RemoveOffering(n) = deed {
                client.delete_offering(datastore, &offering(n)).await?;
            }
        }
    }
    Ok(())
}

fn tags_of(order: &Order, seen: &Seen, n: usize) -> Tags {
    let plan = &seen.plans[n];
    let mut wanted = order.package_of(plan.service).map(|p| order.tags(p)).unwrap_or_default();
    wanted.insert(tags::RECIPE.into(), plan.recipe());
    wanted
}

async fn add_style(client: &Client, order: &Order, style: &WantedStyle) -> Result<String, Stop> {
    let (kind, ending) = if style.rok4 { ("ROK4-STYLE", "json") } else { ("GEOSERVER-STYLE", "sld") };
    let attachment = Attachment::new(Content::Bytes(style.text.clone()), format!("{}.{ending}", style.name))
        .with("name", style.name.as_str())
        .with("type", kind);
    Ok(client.create_static_file(&order.datastore, &attachment).await?.id)
}

/// An endpoint of the right type, as open as ordered, with room left; that of production first.
fn endpoint(datastore: &Datastore, order: &Order, service: Service) -> Result<String, Stop> {
    let (kind, production) = kind_of(service);
    let mut suited: Vec<_> =
        datastore.endpoints.iter().filter(|e| e.endpoint.kind == kind && e.endpoint.open == order.open).collect();
    suited.sort_by_key(|e| (e.endpoint.id != production, e.endpoint.technical_name.clone()));
    match suited.iter().find(|e| e.used < e.quota) {
        Some(free) => Ok(free.endpoint.id.clone()),
        None => {
            let seen: Vec<String> =
                suited.iter().map(|e| format!("{} {}/{}", e.endpoint.technical_name, e.used, e.quota)).collect();
            Err(failure::no_endpoint(kind, order.open, &seen).into())
        }
    }
}

/// The layer's name belongs to somebody else's publication.
pub(crate) fn taken(order: &Order, seen: &Seen, n: usize) -> Failure {
    failure::layer_name_taken(&seen.facts.services[n].layer_name, &another_name(order))
}

/// What a configuration on the platform is compared by.
pub(crate) type Served = BTreeSet<String>;

/// A member of an object, or nothing.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
