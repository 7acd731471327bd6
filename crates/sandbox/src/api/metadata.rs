//! Metadata: ISO 19139 records, known by their file identifier, published on the catalogue.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use super::{json_body, text_of, who};
use crate::answer::{Answer, No, Query, Shape, list as answer_list, public};
use crate::store::Kind;
use crate::{App, form};

type Own = Path<(String, String)>;
const MOST_BYTES: u64 = 20_000_000;

fn find(app: &App, id: &str) -> Answer<Value> {
    app.store.get(Kind::Metadata, id).ok_or_else(|| No::missing("Métadonnée"))
}

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    let shape = Shape { filters: &["type", "level", "open_data", "file_identifier"], thin: &[] };
    answer_list(&app, app.store.list(Kind::Metadata), &Query::of(&uri), &shape)
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    find(&app, &id).map(|m| Json(public(m)))
}

pub(crate) async fn file(State(app): State<App>, Path((_, id)): Own) -> Answer<Response> {
    let text = find(&app, &id)?[".content"].as_str().unwrap_or_default().to_owned();
    Ok(([("content-type", "application/xml")], text).into_response())
}

/// What a record says of itself: its file identifier and its level.
fn read(text: &str) -> Answer<(String, &'static str)> {
    let malformed = |says: String| No::new(StatusCode::UNPROCESSABLE_ENTITY, says);
    let mut reader = Reader::from_str(text);
    let (mut path, mut identifier, mut level): (Vec<String>, Option<String>, &'static str) =
        (Vec::new(), None, "DATASET");
    let mut rooted = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(start.local_name().as_ref().to_owned());
                if path.len() == 1 {
                    rooted = path[0] == "MD_Metadata";
                }
                if path.len() == 3 && path[1] == "hierarchyLevel" && code(&start).as_deref() == Some("series") {
                    level = "SERIES";
                }
            }
            Ok(Event::Empty(start)) if path.len() == 2 && path[1] == "hierarchyLevel" => {
                if code(&start).as_deref() == Some("series") {
                    level = "SERIES";
                }
            }
            Ok(Event::Text(words)) if path.len() == 3 && path[1] == "fileIdentifier" => {
                identifier = Some(words.trim().to_owned()).filter(|i| !i.is_empty());
            }
            Ok(Event::End(_)) => {
                path.pop();
            }
            Ok(Event::Eof) if rooted && path.is_empty() => break,
            Ok(Event::Eof) => {
                return Err(malformed("La fiche n'est pas un XML ISO 19139 (gmd:MD_Metadata) complet.".to_owned()));
            }
            Ok(_) => {}
            Err(fault) => return Err(malformed(format!("La fiche n'est pas un XML lisible : {fault}."))),
        }
    }
    let identifier = identifier.ok_or_else(|| malformed("La fiche n'a pas de gmd:fileIdentifier.".to_owned()))?;
    Ok((identifier, level))
}

fn code(start: &quick_xml::events::BytesStart<'_>) -> Option<String> {
    let found = start.attributes().flatten().find(|a| a.key.local_name().as_ref() == "codeListValue");
    found.map(|a| a.value.to_string())
}

pub(crate) async fn create(State(app): State<App>, request: Request) -> Answer<Json<Value>> {
    let form = form::read(&app, request, MOST_BYTES, None).await?;
    let kind = form.one("type").unwrap_or_else(|| "ISOAP".to_owned());
    if !matches!(kind.as_str(), "ISOAP" | "INSPIRE") {
        return Err(No::invalid("« type » doit être ISOAP ou INSPIRE."));
    }
    let text = form.text().await?;
    let (identifier, level) = read(&text)?;
    if let Some(prefix) = app.switches().metadata_prefix
        && !identifier.starts_with(&prefix)
    {
        return Err(No::invalid(format!("L'identifiant de la fiche doit commencer par « {prefix} ».")));
    }
    if app.store.list(Kind::Metadata).iter().any(|m| m["file_identifier"] == identifier.as_str()) {
        return Err(No::conflict(format!("Une fiche porte déjà l'identifiant « {identifier} ».")));
    }
    let made = json!({
        "type": kind, "open_data": form.flag("open_data")?.unwrap_or(false), "level": level,
        "file_identifier": identifier, "tags": {}, "endpoints": [], ".content": text
    });
    Ok(Json(public(app.store.insert(Kind::Metadata, made))))
}

pub(crate) async fn replace(State(app): State<App>, Path((_, id)): Own, request: Request) -> Answer<Json<Value>> {
    let before = find(&app, &id)?;
    let text = form::read(&app, request, MOST_BYTES, None).await?.text().await?;
    let (identifier, level) = read(&text)?;
    if before["file_identifier"] != identifier.as_str() {
        return Err(No::invalid("L'identifiant de la fiche ne change pas."));
    }
    let changed = app.store.change(Kind::Metadata, &id, |m| {
        m["level"] = json!(level);
        m[".content"] = json!(text);
    });
    changed.map(|m| Json(public(m))).ok_or_else(|| No::missing("Métadonnée"))
}

pub(crate) async fn change(State(app): State<App>, Path((_, id)): Own, body: Bytes) -> Answer<Json<Value>> {
    let body = json_body(&body)?;
    let changed = app.store.change(Kind::Metadata, &id, |m| {
        for member in ["type", "open_data", "extra"] {
            if let Some(value) = body.get(member) {
                m[member] = value.clone();
            }
        }
    });
    changed.map(|m| Json(public(m))).ok_or_else(|| No::missing("Métadonnée"))
}

pub(crate) async fn remove(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    if find(&app, &id)?["endpoints"].as_array().is_some_and(|e| !e.is_empty()) {
        return Err(No::conflict("La fiche est encore publiée."));
    }
    app.store.remove(Kind::Metadata, &id);
    Ok(StatusCode::NO_CONTENT)
}

/// The records named by a publication, and its endpoint.
fn asked(app: &App, body: &[u8]) -> Answer<(Vec<Value>, Value)> {
    let body = json_body(body)?;
    let endpoint =
        who::endpoint(&text_of(&body, "endpoint")?, &app.origin).ok_or_else(|| No::missing("Point d'accès"))?;
    if endpoint["type"] != "METADATA" {
        return Err(No::invalid("Les fiches se publient sur un point d'accès METADATA."));
    }
    let all = app.store.list(Kind::Metadata);
    let named = body["file_identifiers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|i| all.iter().find(|m| m["file_identifier"] == *i).cloned().ok_or_else(|| No::missing("Métadonnée")))
        .collect::<Answer<_>>()?;
    Ok((named, endpoint))
}

pub(crate) async fn publish(State(app): State<App>, body: Bytes) -> Answer<StatusCode> {
    let (records, endpoint) = asked(&app, &body)?;
    let short = json!({ "_id": endpoint["_id"], "name": endpoint["name"] });
    for record in records {
        if record["endpoints"].as_array().is_some_and(|all| all.iter().any(|e| e["_id"] == short["_id"])) {
            continue;
        }
        who::room_on(&app, endpoint["_id"].as_str().unwrap_or_default())?;
        app.store.change(Kind::Metadata, record["_id"].as_str().unwrap_or_default(), |m| {
            if let Some(all) = m["endpoints"].as_array_mut() {
                all.push(short.clone());
            }
        });
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn unpublish(State(app): State<App>, body: Bytes) -> Answer<StatusCode> {
    let (records, endpoint) = asked(&app, &body)?;
    for record in records {
        app.store.change(Kind::Metadata, record["_id"].as_str().unwrap_or_default(), |m| {
            if let Some(all) = m["endpoints"].as_array_mut() {
                all.retain(|e| e["_id"] != endpoint["_id"]);
            }
        });
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The catalogue, as far as one record by its identifier.
pub(crate) async fn csw(State(app): State<App>, uri: Uri) -> Answer<Response> {
    let asked: std::collections::HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
            .collect();
    if asked.get("request").is_none_or(|r| !r.eq_ignore_ascii_case("GetRecordById")) {
        return Err(No::new(StatusCode::NOT_IMPLEMENTED, "Le catalogue du bac à sable ne répond qu'à GetRecordById."));
    }
    let wanted = asked.get("id").ok_or_else(|| No::invalid("« id » est obligatoire."))?;
    let record =
        app.store.list(Kind::Metadata).into_iter().find(|m| {
            m["file_identifier"] == wanted.as_str() && m["endpoints"].as_array().is_some_and(|e| !e.is_empty())
        });
    let text = record.as_ref().and_then(|r| r[".content"].as_str()).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let inner = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest),
        None => text,
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<csw:GetRecordByIdResponse xmlns:csw=\"http://www.opengis.net/cat/csw/2.0.2\">{inner}</csw:GetRecordByIdResponse>\n"
    );
    Ok(([("content-type", "application/xml")], body).into_response())
}
