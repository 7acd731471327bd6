//! Offerings made live and taken down, on the services of their endpoint.

use serde_json::{Value, json};

use super::{mishap, stage};
use crate::App;
use crate::events::note;
use crate::services::{Publication, Services};
use crate::store::Kind;

/// The services of an offering's endpoint: those open to all, or the private ones.
fn services_of<'a>(app: &'a App, offering: &Value) -> &'a Services {
    let id = offering["endpoint"]["_id"].as_str().unwrap_or_default();
    match crate::api::endpoint(id, &app.origin) {
        Some(endpoint) if endpoint["open"] == false => &app.private,
        _ => &app.services,
    }
}

/// Makes an offering live, or live again with what changed.
pub(crate) fn publish(app: &App, offering: &str) {
    let (app, id) = (app.clone(), offering.to_owned());
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let _ = run(&app, &id).await;
    });
}

async fn run(app: &App, id: &str) -> Option<()> {
    let entity = app.store.get(Kind::Offering, id)?;
    // one that was live before a restart is so again at once
    if entity["status"] != "PUBLISHED" {
        stage(app).await?;
    }
    let outcome = if mishap(app, |s| &mut s.failing_publications) {
        Err("échec demandé au bac à sable".to_owned())
    } else {
        push(app, id, &entity).await
    };
    let after = app.store.change(Kind::Offering, id, |o| match &outcome {
        _ if o["status"] == "UNPUBLISHING" => {}
        Ok(urls) => {
            o["status"] = json!("PUBLISHED");
            o["urls"] = urls.clone();
        }
        Err(says) => {
            tracing::warn!(says, "a publication failed");
            o["status"] = json!("UNSTABLE");
        }
    })?;
    let configuration = after["configuration"]["_id"].as_str()?;
    app.store.change(Kind::Configuration, configuration, |c| {
        c["status"] = json!("PUBLISHED");
        if let (Ok(urls), true) = (&outcome, entity["status"] != "PUBLISHED") {
            note(app, c, "Publication", None);
            c["last_event"]["urls"] = urls.clone();
        }
    });
    Some(())
}

/// Gives the services what an offering shows; gives back its addresses.
async fn push(app: &App, id: &str, entity: &Value) -> Result<Value, String> {
    let publication =
        publication(app, id, entity).ok_or_else(|| "la configuration ou ses données ont disparu".to_owned())?;
    let urls = services_of(app, entity).publish(publication).await?;
    if entity["available"] == false {
        services_of(app, entity).withdraw(id);
    }
    Ok(json!(urls))
}

/// After `available` changed.
pub(crate) async fn show(app: &App, id: &str) {
    if let Some(entity) = app.store.get(Kind::Offering, id)
        && let Err(says) = push(app, id, &entity).await
    {
        tracing::warn!(says, "an offering was not shown again");
    }
}

fn publication(app: &App, id: &str, offering: &Value) -> Option<Publication> {
    let configuration = app.store.get(Kind::Configuration, offering["configuration"]["_id"].as_str()?)?;
    let mut stored = Vec::new();
    let mut styles = Vec::new();
    for used in configuration["type_infos"]["used_data"].as_array()? {
        let data = app.store.get(Kind::StoredData, used["stored_data"].as_str()?)?;
        stored.push((app.data.join("stored").join(data["_id"].as_str()?), data));
        for relation in used["relations"].as_array().into_iter().flatten() {
            if let Some(style) = relation["style"].as_str().and_then(|s| app.store.get(Kind::Static, s)) {
                let table = relation["name"].as_str().unwrap_or_default().to_owned();
                styles.push((table, style[".content"].as_str().unwrap_or_default().to_owned()));
            }
        }
    }
    // of a raster: the first is the default
    for id in configuration["type_infos"]["styles"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if let Some(style) = app.store.get(Kind::Static, id) {
            styles.push((String::new(), style[".content"].as_str().unwrap_or_default().to_owned()));
        }
    }
    Some(Publication { offering: id.to_owned(), configuration, stored, styles })
}

/// Removes an offering and what was granted on it.
pub(crate) fn forget_offering(app: &App, id: &str) {
    for access in app.store.list(Kind::Access).iter().filter(|a| a[".offering"] == id) {
        app.store.remove(Kind::Access, access["_id"].as_str().unwrap_or_default());
    }
    app.store.remove(Kind::Offering, id);
}

/// Takes an offering down.
pub(crate) fn unpublish(app: &App, offering: &str) {
    let (app, id) = (app.clone(), offering.to_owned());
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let _ = take_down(&app, &id).await;
    });
}

async fn take_down(app: &App, id: &str) -> Option<()> {
    stage(app).await?;
    let entity = app.store.get(Kind::Offering, id)?;
    services_of(app, &entity).withdraw(id);
    if let Some(configuration) = entity["configuration"]["_id"].as_str() {
        let others = app
            .store
            .list(Kind::Offering)
            .into_iter()
            .any(|o| o["_id"] != id && o["configuration"]["_id"] == configuration && o["status"] != "UNPUBLISHED");
        if !others {
            app.store.change(Kind::Configuration, configuration, |c| {
                c["status"] = json!("UNPUBLISHED");
                note(app, c, "Dépublication", None);
            });
        }
    }
    if app.switches().two_step_delete {
        app.store.change(Kind::Offering, id, |o| {
            o["status"] = json!("UNPUBLISHED");
            o["configuration"]["status"] = json!("UNPUBLISHED");
        });
    } else {
        forget_offering(app, id);
    }
    Some(())
}
