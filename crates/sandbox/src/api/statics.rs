//! Static files: styles. The file is read when it comes; what cannot be is refused.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use super::query;
use crate::App;
use crate::answer::{Answer, No, list as answer_list, public};
use crate::store::Kind;

type Own = Path<(String, String)>;

pub(crate) async fn list(State(app): State<App>, uri: Uri) -> Response {
    answer_list(app.store.list(Kind::Static), &query(&uri), &["name", "type"], &["name", "type", "description"])
}

pub(crate) async fn one(State(app): State<App>, Path((_, id)): Own) -> Answer<Json<Value>> {
    app.store.get(Kind::Static, &id).map(|s| Json(public(s))).ok_or_else(|| No::missing("Fichier statique"))
}

pub(crate) async fn create(State(app): State<App>, uri: Uri, mut multipart: Multipart) -> Answer<(StatusCode, Json<Value>)> {
    let query = query(&uri);
    let mut members: Vec<(String, String)> = Vec::new();
    let mut file = None;
    while let Some(field) = multipart.next_field().await.map_err(|e| No::invalid(e.to_string()))? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|e| No::invalid(e.to_string()))?;
        if name == "file" {
            file = Some(bytes);
        } else {
            members.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    let member = |name: &str| {
        members.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).or_else(|| query.one(name).map(str::to_owned))
    };
    let file = file.ok_or_else(|| No::invalid("La partie « file » est obligatoire."))?;
    let name = member("name").ok_or_else(|| No::invalid("« name » est obligatoire."))?;
    let kind = member("type").ok_or_else(|| No::invalid("« type » est obligatoire."))?;
    if kind != "GEOSERVER-STYLE" {
        let says = format!("Le bac à sable n'accepte pas encore de fichier statique de type {kind}.");
        return Err(No(StatusCode::NOT_IMPLEMENTED, says));
    }
    let text = String::from_utf8(file.to_vec()).map_err(|_| No::invalid("Le style n'est pas en UTF-8."))?;
    let attributes = read_style(&text)?;
    let made = app.store.insert(
        Kind::Static,
        json!({
            "name": name, "type": kind, "description": member("description").unwrap_or_default(),
            "type_infos": { "used_attributes": attributes }, ".content": text
        }),
    );
    Ok((StatusCode::CREATED, Json(public(made))))
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

pub(crate) async fn delete(State(app): State<App>, Path((_, id)): Own) -> Answer<StatusCode> {
    app.store.get(Kind::Static, &id).ok_or_else(|| No::missing("Fichier statique"))?;
    let uses = |c: &Value| c["type_infos"].to_string().contains(&id);
    if app.store.list(Kind::Configuration).iter().any(uses) {
        return Err(No::conflict("Le fichier statique est utilisé par une configuration."));
    }
    app.store.remove(Kind::Static, &id);
    Ok(StatusCode::NO_CONTENT)
}
