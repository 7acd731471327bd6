//! Configurations and offerings: one of each a service, found again by the layer's name.

use std::collections::BTreeSet;

use model::{Event, Failure, Package, Service, Step};
use platform::wire::requests::{CreateConfiguration, CreateOffering, ReplaceConfiguration, Tags};
use platform::wire::{Configuration, Datastore, OfferingStatus, known, tags};
use platform::{Attachment, Client, Content, Kind, Query};
use serde_json::Value;

use crate::facts::{ConfigurationFacts, Memory, OfferingFacts, Seen, ServiceFacts};
use crate::journey::{Deed, Stop};
use crate::order::Order;
use crate::{News, failure, process, share};

mod infos;
pub(crate) use infos::{ServicePlan, WantedStyle, plan};

/// The platform's type of configuration, and its production endpoint.
pub(crate) const fn kind_of(service: Service) -> (&'static str, &'static str) {
    match service {
        Service::Wfs => ("WFS", known::ENDPOINT_WFS),
        Service::WmsVector => ("WMS-VECTOR", known::ENDPOINT_WMS_VECTOR),
        Service::Tms | Service::Wmts => ("WMTS-TMS", known::ENDPOINT_WMTS_TMS),
        Service::WmsRaster => ("WMS-RASTER", known::ENDPOINT_WMS_RASTER),
        Service::Download => ("DOWNLOAD", known::ENDPOINT_DOWNLOAD),
    }
}

/// Whether an order can be carried out at all, before anything is sent.
pub(crate) fn acceptable(order: &Order) -> Result<(), Failure> {
    for service in &order.services {
        let Some(package) = order.package_of(*service) else { return Err(failure::package_missing(*service)) };
        if package.kind == model::PackageKind::Raster {
            return Err(failure::raster_later(*service));
        }
        if *service != Service::Download && process::drawn(package).is_empty() {
            return Err(failure::nothing_to_publish(*service));
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
    for service in &order.services {
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
        let why = if layer.features == 0 { "it holds no feature" } else { "it has no geometry" };
        let message = format!("the table `{}` goes into the database but not into the services: {why}", layer.table);
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

/// Looks at what is published already.
pub(crate) async fn observe(client: &Client, order: &Order, memory: &mut Memory, seen: &mut Seen) -> Result<(), Stop> {
    if order.services.is_empty() {
        return Ok(());
    }
    if memory.datastore.is_none() {
        memory.datastore = Some(client.datastore(&order.datastore).await?);
    }
    let prefix = memory.datastore.as_ref().and_then(|d| d.configuration_layer_name_prefix.clone());
    let layer = layer_name(prefix.as_deref(), &order.name);
    for service in &order.services {
        let Some(package) = order.package_of(*service) else { continue };
        let n = order.packages.iter().position(|p| p.fingerprint == package.fingerprint && p.kind == package.kind);
        let Some(n) = n else { continue };
        let tiles = *service == Service::Tms;
        let data = if tiles { &seen.pyramids[n] } else { &seen.data[n] };
        let Some(data) = data else { continue };
        let whole = client.stored_data(&order.datastore, &data.id).await?;
        let mut plan = plan(order, package, *service, &layer, &whole);
        for style in &mut plan.styles {
            style.id = static_id(client, order, &style.name, memory).await?;
        }
        let (facts, offering) = service_facts(client, order, package, &plan, memory).await?;
        seen.facts.services.push(facts);
        seen.offerings.push(offering);
        seen.plans.push(plan);
    }
    Ok(())
}

async fn static_id(client: &Client, order: &Order, name: &str, memory: &mut Memory) -> Result<Option<String>, Stop> {
    let key = format!("static:{name}");
    if let Some(id) = memory.known.get(&key) {
        return Ok(Some(id.clone()));
    }
    let query = Query::new().with("name", name);
    let found = client.statics(&order.datastore, &query).await?.into_iter().find(|s| s.name == name).map(|s| s.id);
    if let Some(id) = &found {
        memory.known.insert(key, id.clone());
    }
    Ok(found)
}

async fn service_facts(
    client: &Client,
    order: &Order,
    package: &Package,
    plan: &ServicePlan,
    memory: &mut Memory,
) -> Result<(ServiceFacts, Option<model::PublishedOffering>), Stop> {
    let mut facts = ServiceFacts {
        layer_name: plan.layer_name.clone(),
        styles_missing: plan.styles.iter().filter(|s| s.id.is_none()).count(),
        ..ServiceFacts::default()
    };
    let Some(configuration) = find_configuration(client, order, &plan.layer_name, plan.kind, memory).await? else {
        return Ok((facts, None));
    };
    let serves = infos::served(&configuration.type_infos) == infos::served(&plan.served());
    let tag = |key: &str| configuration.tags.get(key).map(String::as_str);
    let untagged_but_ours = tag(tags::DATASHEET_NAME).is_none() && configuration.stored_data().contains(&plan.data.as_str());
    facts.configuration = Some(ConfigurationFacts {
        id: configuration.id.clone(),
        ours: tag(tags::DATASHEET_NAME) == Some(&order.datasheet) || untagged_but_ours,
        serves,
        tagged: tag(tags::DATASHEET_NAME) == Some(&order.datasheet)
            && tag(tags::PACKAGE) == Some(&package.fingerprint)
            && tag(tags::RECIPE) == Some(&plan.recipe()),
    });
    let query = Query::new().fields(&["open", "available", "layer_name", "type", "status", "endpoint", "configuration", "urls"]);
    let mut offerings = client.configuration_offerings(&order.datastore, &configuration.id, &query).await?;
    offerings.sort_by_key(|o| (o.status != OfferingStatus::Published, o.status == OfferingStatus::Unpublished));
    let Some(offering) = offerings.into_iter().next() else { return Ok((facts, None)) };
    let unstable = offering.status == OfferingStatus::Unstable;
    facts.leftover = unstable && !memory.watched.contains(&offering.id);
    if !unstable {
        memory.watched.insert(offering.id.clone());
    }
    facts.offering = Some(OfferingFacts { id: offering.id.clone(), status: offering.status.clone() });
    Ok((facts, Some(share::told(&offering, plan))))
}

async fn find_configuration(
    client: &Client,
    order: &Order,
    layer: &str,
    kind: &str,
    memory: &mut Memory,
) -> Result<Option<Configuration>, Stop> {
    let key = format!("configuration:{kind}");
    let id = match memory.known.get(&key) {
        Some(id) => Some(id.clone()),
        None => {
            let query = Query::new()
                .fields(&["name", "layer_name", "type", "status", "tags"])
                .with("layer_name", layer)
                .with("type", kind);
            let all = client.configurations(&order.datastore, &query).await?;
            all.into_iter().find(|c| c.layer_name == layer && c.kind == kind).map(|c| c.id)
        }
    };
    let Some(id) = id else { return Ok(None) };
    let configuration = crate::facts::found(client.configuration(&order.datastore, &id).await)?;
    match &configuration {
        Some(c) => memory.known.insert(key, c.id.clone()),
        None => memory.known.remove(&key),
    };
    Ok(configuration)
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
    let configuration = |n: usize| {
        seen.facts.services[n].configuration.as_ref().map(|c| c.id.clone()).unwrap_or_default()
    };
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
            };
            let made = client.create_configuration(datastore, &body).await.map_err(|refusal| {
                if refusal.kind == Kind::Conflict { Stop::from(taken(order, seen, n)) } else { refusal.into() }
            })?;
            memory.known.insert(format!("configuration:{}", plan.kind), made.id);
        }
        Deed::ReplaceConfiguration(n) => {
            let plan = &seen.plans[n];
            news(Event::Noted { step: Step::Publish, message: format!("`{}` ({}) takes the new data", plan.layer_name, plan.kind) });
            let body = ReplaceConfiguration {
                kind: plan.kind.to_owned(),
                name: plan.name(),
                type_infos: plan.type_infos(order),
            };
            client.replace_configuration(datastore, &configuration(n), &body).await?;
        }
        Deed::TagConfiguration(n) => {
            client.tag_configuration(datastore, &configuration(n), &tags_of(order, seen, n)).await?;
        }
        Deed::Offer(n) => {
            let datastore_now = client.datastore(datastore).await?;
            let endpoint = endpoint(&datastore_now, order, seen.plans[n].service)?;
            client.create_offering(datastore, &configuration(n), &CreateOffering { endpoint, open: order.open }).await?;
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
    let attachment = Attachment::new(Content::Bytes(style.sld.clone()), format!("{}.sld", style.name))
        .with("name", style.name.as_str())
        .with("type", "GEOSERVER-STYLE");
    Ok(client.create_static_file(&order.datastore, &attachment).await?.id)
}

/// An endpoint of the right type, as open as ordered, with room left; that of production first.
fn endpoint(datastore: &Datastore, order: &Order, service: Service) -> Result<String, Failure> {
    let (kind, production) = kind_of(service);
    let mut suited: Vec<_> =
        datastore.endpoints.iter().filter(|e| e.endpoint.kind == kind && e.endpoint.open == order.open).collect();
    suited.sort_by_key(|e| (e.endpoint.id != production, e.endpoint.technical_name.clone()));
    match suited.iter().find(|e| e.used < e.quota) {
        Some(free) => Ok(free.endpoint.id.clone()),
        None => {
            let seen: Vec<String> =
                suited.iter().map(|e| format!("{} {}/{}", e.endpoint.technical_name, e.used, e.quota)).collect();
            Err(failure::no_endpoint(kind, order.open, &seen))
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
