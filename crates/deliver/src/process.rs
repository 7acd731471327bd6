//! Processings: vector integration, archive copy, vector pyramid. Matched by identifier first
//! (names change), by what they take and give otherwise.

use std::collections::BTreeSet;

use model::{Event, Failure, Package, PackageKind, Step};
use platform::wire::requests::{CreateExecution, Inputs, Output, OutputData, UpdateStoredData};
use platform::wire::{Edition, Processing, StoredData, known, tags};
use platform::{Client, Query};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::check::telling;
use crate::facts::{Memory, Seen, run_key};
use crate::journey::Stop;
use crate::order::Order;
use crate::standing::{Deed, Product};
use crate::tiles::{Levels, levels};
use crate::{News, failure, upload};

/// The platform's word for the upload of a package.
pub(crate) const fn upload_type(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Vector => "VECTOR",
        PackageKind::Raster => "RASTER",
        PackageKind::Archive => "ARCHIVE",
    }
}

/// What a package becomes.
pub(crate) const fn data_type(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Vector => "VECTOR-DB",
        PackageKind::Raster => "ROK4-PYRAMID-RASTER",
        PackageKind::Archive => "ARCHIVE",
    }
}

/// The levels of a package's tiles.
pub(crate) fn tile_levels(order: &Order, package: &Package) -> Levels {
    order.tile_levels.unwrap_or_else(|| levels(package.extent_wgs84))
}

/// What a pyramid is asked to be, in short: another order gives another pyramid.
pub(crate) fn recipe(order: &Order, package: &Package) -> String {
    let asked = Value::Object(tiling(order, package)).to_string();
    hex::encode(&Sha256::digest(asked.as_bytes())[..6])
}

/// Tables that can be drawn: with a geometry, and with features.
pub(crate) fn drawn(package: &Package) -> Vec<&model::PackageLayer> {
    package.layers.iter().filter(|l| l.geometry != "None" && l.features > 0).collect()
}

/// The same, of what the package itself becomes; nothing when it can only become one thing.
pub(crate) fn data_recipe(package: &Package, memory: &Memory) -> Option<String> {
    let plan = memory.pyramid.as_ref().filter(|_| package.kind == PackageKind::Raster)?;
    let asked = Value::Object(crate::pyramid::parameters(plan)).to_string();
    Some(hex::encode(&Sha256::digest(asked.as_bytes())[..6]))
}

fn tiling(order: &Order, package: &Package) -> Map<String, Value> {
    let Levels { top, bottom } = tile_levels(order, package);
    let composition: Vec<Value> = drawn(package)
        .into_iter()
        .map(|layer| {
            json!({
                "table": layer.table, "attributes": ["*"],
                "bottom_level": bottom.to_string(), "top_level": top.to_string(),
            })
        })
        .collect();
    let asked = json!({
        "composition": composition,
        "bottom_level": bottom.to_string(),
        "top_level": top.to_string(),
        // coalesce and drop where a tile is too dense, which is what else makes it fail
        "tippecanoe_options": "-ac -aD -an -S15",
    });
    asked.as_object().cloned().unwrap_or_default()
}

/// The processing that makes a product.
async fn processing(client: &Client, order: &Order, package: &Package, product: Product) -> Result<String, Stop> {
    let query = Query::new().fields(&["name", "input_types", "output_types"]);
    let offered = client.processings(&order.datastore, &query).await?;
    let (id, takes, gives) = match (product, package.kind) {
        (Product::Pyramid, _) => (known::VECTOR_PYRAMID, "VECTOR-DB", "ROK4-PYRAMID-VECTOR"),
        (Product::Data, PackageKind::Vector) => (known::VECTOR_INTEGRATION, "VECTOR", "VECTOR-DB"),
        (Product::Data, PackageKind::Archive) => (known::ARCHIVE_COPY, "ARCHIVE", "ARCHIVE"),
        (Product::Data, PackageKind::Raster) => (known::RASTER_PYRAMID, "RASTER", "ROK4-PYRAMID-RASTER"),
    };
    if let Some(same) = offered.iter().find(|p| p.id == id) {
        return Ok(same.id.clone());
    }
    for candidate in offered {
        // the list may leave the types out
        let candidate = if candidate.output_type.stored_data.is_null() {
            client.processing(&order.datastore, &candidate.id).await?
        } else {
            candidate
        };
        if suits(&candidate, product, takes, gives) {
            return Ok(candidate.id);
        }
    }
    Err(failure::processing_missing(&format!("{takes} → {gives}")).into())
}

fn suits(processing: &Processing, product: Product, takes: &str, gives: &str) -> bool {
    let input = match product {
        Product::Data => &processing.input_types.upload,
        Product::Pyramid => &processing.input_types.stored_data,
    };
    input.as_array().is_some_and(|all| all.iter().any(|t| t == takes)) && processing.output_type.stored_data == gives
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
    match deed {
        Deed::CreateRun(n, product) => {
            let body = execution(client, order, seen, n, product, memory).await?;
            let made = client.create_execution(datastore, &body).await?;
            memory.known.insert(run_key(n, product), made.id);
        }
        Deed::TagProduct(n, product) => tag(client, order, seen, n, product, memory).await?,
        Deed::Launch(n, product) => {
            if let Some(execution) = &facts(seen, n, product).execution {
                client.launch(datastore, execution).await?;
            }
        }
        Deed::DiscardProduct(n, product) => {
            if let Some(data) = &facts(seen, n, product).data {
                news(Event::Noted {
                    step: Step::Process,
                    message: [
                        format!("un traitement précédent a laissé une donnée inutilisable : supprimée ({})", data.id),
                        format!("a former run left unusable data: deleted ({})", data.id),
                    ],
                });
                client.delete_stored_data(datastore, &data.id).await?;
            }
            memory.known.remove(&run_key(n, product));
        }
        Deed::Describe(n) => {
            if let Some(data) = &seen.data[n] {
                client.update_stored_data(datastore, &data.id, &description(&order.packages[n])).await?;
            }
        }
        Deed::SaveTree(n) => {
            if let Some(upload) = &seen.facts.lines[n].upload {
                let tree = client.upload_tree(datastore, &upload.id).await.unwrap_or_default();
                let text = serde_json::to_string(&tree).unwrap_or_default();
                let mut wanted = platform::wire::requests::Tags::from([(tags::FILE_TREE.to_owned(), text)]);
                upload::progress(&mut wanted, ["successful"; 3], 2);
                client.tag_upload(datastore, &upload.id, &wanted).await?;
            }
        }
        _ => {
            if let Deed::DeleteUpload(n) = deed
                && let Some(upload) = &seen.facts.lines[n].upload
            {
                client.delete_upload(datastore, &upload.id).await?;
                memory.known.remove(&format!("upload:{}", order.packages[n].fingerprint));
            }
        }
    }
    Ok(())
}

fn facts(seen: &Seen, n: usize, product: Product) -> crate::ProductFacts {
    let line = &seen.facts.lines[n];
    match product {
        Product::Data => line.data.clone(),
        Product::Pyramid => line.pyramid.clone().unwrap_or_default(),
    }
}

async fn execution(
    client: &Client,
    order: &Order,
    seen: &Seen,
    n: usize,
    product: Product,
    memory: &Memory,
) -> Result<CreateExecution, Stop> {
    let package = &order.packages[n];
    let line = &seen.facts.lines[n];
    let (inputs, label, parameters) = match product {
        Product::Data => {
            let upload = line.upload.iter().map(|u| u.id.clone()).collect();
            let label = match package.kind {
                PackageKind::Vector => "VECTEUR",
                PackageKind::Raster => "PYRAMIDE",
                PackageKind::Archive => "ARCHIVE",
            };
            let plan = memory.pyramid.as_ref().filter(|_| package.kind == PackageKind::Raster);
            let parameters = plan.map(crate::pyramid::parameters).unwrap_or_default();
            (Inputs { upload, ..Inputs::default() }, label, parameters)
        }
        Product::Pyramid => {
            let stored_data = line.data.data.iter().map(|d| d.id.clone()).collect();
            (Inputs { stored_data, ..Inputs::default() }, "PYRAMIDE", tiling(order, package))
        }
    };
    let name = match (product, package.kind) {
        (Product::Pyramid, _) => format!("{} tuiles", order.name),
        (_, PackageKind::Archive) => match &package.zone {
            Some(zone) => format!("{} archive {}", order.name, zone.name),
            None => format!("{} archive", order.name),
        },
        _ => order.name.clone(),
    };
    Ok(CreateExecution {
        processing: processing(client, order, package, product).await?,
        inputs,
        output: Output { stored_data: OutputData { id: None, name, storage_tags: vec![label.to_owned()] } },
        parameters,
    })
}

/// The tags of cartes.gouv.fr, and ours. Those on the product come last: they say all is written.
async fn tag(
    client: &Client,
    order: &Order,
    seen: &Seen,
    n: usize,
    product: Product,
    memory: &Memory,
) -> Result<(), Stop> {
    let package = &order.packages[n];
    let line = &seen.facts.lines[n];
    let facts = facts(seen, n, product);
    let Some(data) = &facts.data else { return Ok(()) };
    let execution = facts.execution.unwrap_or_default();
    let mut wanted = order.tags(package);
    match product {
        Product::Data => {
            wanted.insert(tags::PROC_INT_ID.into(), execution.clone());
            wanted.extend(data_recipe(package, memory).map(|recipe| (tags::RECIPE.to_owned(), recipe)));
            if let Some(upload) = &line.upload {
                wanted.insert(tags::UPLOAD_ID.into(), upload.id.clone());
                let mut on_upload = platform::wire::requests::Tags::from([
                    (tags::PROC_INT_ID.to_owned(), execution),
                    (tags::VECTORDB_ID.to_owned(), data.id.clone()),
                ]);
                upload::progress(&mut on_upload, ["successful", "successful", "in_progress"], 2);
                client.tag_upload(&order.datastore, &upload.id, &on_upload).await?;
            }
        }
        Product::Pyramid => {
            wanted.insert(tags::PROC_PYR_CREAT_ID.into(), execution);
            wanted.insert(tags::IS_SAMPLE.into(), "false".into());
            wanted.insert(tags::RECIPE.into(), recipe(order, package));
            if let Some(database) = &seen.data[n] {
                wanted.insert(tags::VECTORDB_ID.into(), database.id.clone());
                for key in [tags::UPLOAD_ID, tags::PROC_INT_ID] {
                    wanted.extend(database.tags.get(key).map(|value| (key.to_owned(), value.clone())));
                }
            }
        }
    }
    client.tag_stored_data(&order.datastore, &data.id, &wanted).await?;
    Ok(())
}

/// Edition: today. Extent: that drawn from the data, else the box of the layers inside, as a
/// MultiPolygon in degrees of WGS 84.
fn description(package: &Package) -> UpdateStoredData {
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let drawn = package.zone.as_ref().filter(|z| !z.footprint.is_empty());
    let drawn = drawn.map(|z| json!({ "type": "MultiPolygon", "coordinates": z.footprint }));
    let extent = drawn.or_else(|| {
        package.extent_wgs84.map(|e| {
            json!({"type": "MultiPolygon", "coordinates": [[[
                [e.minx, e.miny], [e.maxx, e.miny], [e.maxx, e.maxy], [e.minx, e.maxy], [e.minx, e.miny],
            ]]]})
        })
    });
    UpdateStoredData { edition: Some(Edition { from: Some(today), to: None }), extent, ..UpdateStoredData::default() }
}

/// What the log of a failed execution says.
pub(crate) async fn explain(client: &Client, order: &Order, seen: &Seen, n: usize, product: Product) -> Failure {
    let Some(id) = facts(seen, n, product).execution else {
        return failure::processing_failed("", Vec::new());
    };
    let lines = client.execution_logs(&order.datastore, &id, &Query::new()).await.unwrap_or_default();
    let name = client.execution(&order.datastore, &id).await.map(|e| e.processing.name).unwrap_or_default();
    failure::processing_failed(&name, telling(&lines))
}

/// The tables of a database that were asked for, by the name the platform gave them.
pub(crate) fn tables<'a>(package: &'a Package, data: &StoredData) -> Vec<&'a model::PackageLayer> {
    let there: BTreeSet<&str> = data.type_infos.relations.iter().map(|r| r.name.as_str()).collect();
    drawn(package).into_iter().filter(|l| there.is_empty() || there.contains(l.table.as_str())).collect()
}
