//! What happened to an entity, as its events and its last event tell it.

use serde_json::{Value, json};

use crate::App;
use crate::store::{Kind, now};

const MOST_KEPT: usize = 200;

/// Who did it: the one account.
pub(crate) fn author(app: &App) -> Value {
    json!({ "_id": app.account.user, "first_name": crate::api::FIRST_NAME, "last_name": crate::api::LAST_NAME })
}

/// Notes an event of an entity, within a change of it.
pub(crate) fn note(app: &App, entity: &mut Value, title: &str, text: Option<&str>) {
    // the platform gives events' dates without their zone
    let date = now().trim_end_matches('Z').to_owned();
    let mut event = json!({ "title": title, "date": date, "initiator": author(app) });
    if let Some(text) = text {
        event["text"] = json!(text);
    }
    entity["last_event"] = event.clone();
    if !entity[".events"].is_array() {
        entity[".events"] = json!([]);
    }
    if let Some(all) = entity[".events"].as_array_mut() {
        all.push(event);
        if all.len() > MOST_KEPT {
            all.remove(0);
        }
    }
}

/// Changes an entity's status, and notes it.
pub(crate) fn pass(app: &App, kind: Kind, id: &str, status: &str) -> Option<Value> {
    app.store.change(kind, id, |entity| {
        entity["status"] = json!(status);
        note(app, entity, &format!("Statut {status}"), None);
    })
}
