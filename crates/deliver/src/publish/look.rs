//! Looking at what is published already: configurations by the layer's name, their offerings.

use model::{Package, PackageKind, Service};
use platform::wire::{Configuration, OfferingStatus, tags};
use platform::{Client, Query};

use super::{PlannedZone, ServicePlan, infos, layer_name, plan};
use crate::facts::{ConfigurationFacts, Memory, OfferingFacts, Seen, ServiceFacts};
use crate::journey::Stop;
use crate::order::Order;
use crate::share;

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
    for service in &order.distinct() {
        let Some(package) = order.package_of(*service) else { continue };
        let n = order.packages.iter().position(|p| p.fingerprint == package.fingerprint && p.kind == package.kind);
        let Some(n) = n else { continue };
        let tiles = *service == Service::Tms && package.kind == PackageKind::Vector;
        let data = if tiles { &seen.pyramids[n] } else { &seen.data[n] };
        let Some(data) = data else { continue };
        let whole = client.stored_data(&order.datastore, &data.id).await?;
        let mut plan = plan(order, package, *service, &layer, &whole);
        if *service == Service::Download {
            let parts = order.packages.iter().zip(&seen.data);
            plan.zones = parts
                .filter_map(|(package, data)| Some((package.zone.clone()?, data.as_ref()?.id.clone())))
                .map(|(zone, data)| PlannedZone { zone, data })
                .collect();
        }
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
    let untagged_but_ours =
        tag(tags::DATASHEET_NAME).is_none() && configuration.stored_data().contains(&plan.data.as_str());
    facts.configuration = Some(ConfigurationFacts {
        id: configuration.id.clone(),
        ours: tag(tags::DATASHEET_NAME) == Some(&order.datasheet) || untagged_but_ours,
        serves,
        tagged: tag(tags::DATASHEET_NAME) == Some(&order.datasheet)
            && tag(tags::PACKAGE) == Some(&package.fingerprint)
            && tag(tags::RECIPE) == Some(&plan.recipe()),
    });
    let query = Query::new().fields(&[
        "open",
        "available",
        "layer_name",
        "type",
        "status",
        "endpoint",
        "configuration",
        "urls",
    ]);
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

pub(super) async fn find_configuration(
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
