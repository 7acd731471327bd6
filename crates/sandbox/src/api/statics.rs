//! Static files: styles, templates, SQL. Each is read when it comes; what cannot be is refused.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;
use serde_json::{Value, json};

use super::json_body;
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::form::Form;
use crate::services::rok4::Style;
use crate::store::Kind;
use crate::{App, form};

type Own = Path<(String, String)>;
const MOST_BYTES: u64 = 10_000_000;

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Static, id).ok_or_else(|| No::missing("Fichier statique"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let shape = Shape { filters: &["name", "type"], thin: &["name", "type", "description"] };
    answer_list(&app, app.store.list(Kind::Static), &Query::of(&uri), &shape)
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|s| Json(public(s)))
}

pub(crate) async fn file(State(app): State<App>, Path((_, id)): Own) -> Answer<Response> {
    let found = find(&app, &id)?;
    let mime = match found["type"].as_str() {
        Some("GEOSERVER-STYLE") => "application/xml",
        Some("ROK4-STYLE") => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    Ok(([("content-type", mime)], found[".content"].as_str().unwrap_or_default().to_owned()).into_response())
}

pub(crate) async fn create(State(app): State<App>, request: Request) -> Answer<Json<Value>> {
    let form = form::read(&app, request, MOST_BYTES, None).await?;
    let (name, kind) = (form.needed("name")?, form.needed("type")?);
    let (text, infos) = read(&form, &kind).await?;
    let mut made = json!({ "name": name, "type": kind, "type_infos": infos, ".content": text });
    if let Some(description) = form.one("description") {
        made["description"] = json!(description);
    }
    Ok(Json(public(app.store.insert(Kind::Static, made))))
}

pub(crate) async fn replace(State(app): State<App>, Path((_, id)): Own, request: Request) -> Answer<Json<Value>> {
    let kind = find(&app, &id)?["type"].as_str().unwrap_or_default().to_owned();
    let form = form::read(&app, request, MOST_BYTES, None).await?;
    let (text, infos) = read(&form, &kind).await?;
    let changed = app.store.change(Kind::Static, &id, |s| {
        s[".content"] = json!(text);
        s["type_infos"] = infos;
    });
    changed.map(|s| Json(public(s))).ok_or_else(|| No::missing("Fichier statique"))
}

async fn read(form: &Form, kind: &str) -> Answer<(String, Value)> {
    let text = form.text().await?;
    let infos = match kind {
        "GEOSERVER-STYLE" => json!({ "used_attributes": read_style(&text)? }),
        "GEOSERVER-FTL" => {
            json!({ "used_attributes": found(&text, r"\b(?:feature|attributes)\.([A-Za-z_]\w*)(?:\.(?:value|rawValue))")? })
        }
        "ROK4-STYLE" => read_rok4(&text)?,
        "DERIVATION-SQL" => json!({ "used_variables": found(&text, r"\{\{\s*((?:params|inputs)\.\w+)\s*\}\}")? }),
        other => return Err(No::invalid(format!("« type » ne peut pas être « {other} »."))),
    };
    Ok((text, infos))
}

/// What a pattern names in a text, once each.
fn found(text: &str, pattern: &str) -> Answer<BTreeSet<String>> {
    let pattern = Regex::new(pattern).map_err(No::broken)?;
    Ok(pattern.captures_iter(text).filter_map(|c| Some(c.get(1)?.as_str().to_owned())).collect())
}

fn read_rok4(text: &str) -> Answer<Value> {
    let style = Style::read(text).map_err(No::invalid)?;
    let mut infos = json!({ "identifier": style.identifier });
    if let Some(url) = style.legend.and_then(|l| l.url) {
        infos["legend_url"] = json!(url);
    }
    Ok(infos)
}

/// The attributes an SLD 1.0.0 uses.
fn read_style(text: &str) -> Answer<BTreeSet<String>> {
    let mut reader = Reader::from_str(text);
    let (mut attributes, mut inside, mut rooted, mut ended) = (BTreeSet::new(), false, false, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name().as_ref().to_owned();
                if !rooted {
                    let version = start
                        .attributes()
                        .flatten()
                        .find(|a| a.key.local_name().as_ref() == "version")
                        .map(|a| a.value.to_string());
                    if name != "StyledLayerDescriptor" || version.as_deref() != Some("1.0.0") {
                        return Err(No::invalid("Le style doit être un SLD en version 1.0.0."));
                    }
                    rooted = true;
                }
                inside = name == "PropertyName";
            }
            Ok(Event::Text(words)) if inside => {
                attributes.insert(words.trim().to_owned());
            }
            Ok(Event::End(end)) => {
                inside = false;
                ended |= end.local_name().as_ref() == "StyledLayerDescriptor";
            }
            Ok(Event::Eof) if rooted && ended => return Ok(attributes),
            Ok(Event::Eof) => return Err(No::invalid("Le style n'est pas un SLD complet.")),
            Ok(_) => {}
            Err(fault) => return Err(No::invalid(format!("Le style n'est pas un XML lisible : {fault}."))),
        }
    }
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let changed = app.store.change(Kind::Static, &id, |s| {
        for member in ["name", "description", "extra"] {
            if let Some(value) = body.get(member) {
                s[member] = value.clone();
            }
        }
    });
    changed.map(|s| Json(public(s))).ok_or_else(|| No::missing("Fichier statique"))
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    find(&app, &id)?;
    if app.store.list(Kind::Configuration).iter().any(|c| c["type_infos"].to_string().contains(&id)) {
        return Err(No::conflict("Le fichier statique est utilisé par une configuration."));
    }
    app.store.remove(Kind::Static, &id);
    Ok(StatusCode::NO_CONTENT)
}
