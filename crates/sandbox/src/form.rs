//! Multipart bodies: the part `file` goes to the disk as it comes, the other members are read from
//! the form or from the query, as the platform does.

use std::path::PathBuf;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::App;
use crate::answer::{Answer, No, Query};
use crate::connection::Line;
use crate::switches::Switches;

/// A member of a form that is not its file.
const MOST_MEMBER_BYTES: usize = 1_000_000;

/// A file that came whole, under a temporary name that goes when this does.
pub(crate) struct Received {
    pub(crate) path: tempfile::TempPath,
    /// The client's own name of the file, without folders.
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

pub(crate) struct Form {
    pub(crate) file: Received,
    members: Vec<(String, String)>,
    query: Query,
}

impl Form {
    /// A member's value, from the form first.
    pub(crate) fn one(&self, name: &str) -> Option<String> {
        let own = self.members.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        own.or_else(|| self.query.one(name).map(str::to_owned)).filter(|v| !v.is_empty())
    }

    /// A member of several values, in any of the four spellings.
    pub(crate) fn many(&self, name: &str) -> Vec<String> {
        let own: Vec<String> = self
            .members
            .iter()
            .filter(|(n, _)| n == name || n.strip_prefix(name).is_some_and(|r| r.starts_with('[') && r.ends_with(']')))
            .flat_map(|(_, v)| v.split(','))
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
            .collect();
        if own.is_empty() { self.query.many(name) } else { own }
    }

    pub(crate) fn needed(&self, name: &str) -> Answer<String> {
        self.one(name).ok_or_else(|| No::invalid(format!("« {name} » est obligatoire.")))
    }

    pub(crate) fn flag(&self, name: &str) -> Answer<Option<bool>> {
        match self.one(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(No::invalid(format!("« {name} » doit être « true » ou « false »."))),
        }
    }

    /// The file's text.
    pub(crate) async fn text(&self) -> Answer<String> {
        let bytes = tokio::fs::read(&self.file.path).await.map_err(No::broken)?;
        String::from_utf8(bytes).map_err(|_| No::invalid("Le fichier n'est pas un texte en UTF-8."))
    }
}

/// Reads a form that holds a file. `most`: bytes that the file may have. A transfer that stops
/// leaves nothing, but what [`Switches::partial_files`] asks for at `partial`.
pub(crate) async fn read(app: &App, request: Request, most: u64, partial: Option<PathBuf>) -> Answer<Form> {
    let query = Query::of(request.uri());
    let line = request.extensions().get::<axum::extract::ConnectInfo<Line>>().map(|l| l.0.clone());
    let lost = |e: &dyn std::fmt::Display| No::invalid(format!("Le fichier n'a pas été reçu en entier : {e}."));
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|_| No::invalid("Un corps « multipart/form-data » est attendu."))?;
    let (mut file, mut members) = (None, Vec::new());
    while let Some(mut field) = multipart.next_field().await.map_err(|e| lost(&e))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let mut value = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|e| lost(&e))? {
                if value.len() + chunk.len() > MOST_MEMBER_BYTES {
                    return Err(No::new(StatusCode::PAYLOAD_TOO_LARGE, format!("« {name} » est trop long.")));
                }
                value.extend_from_slice(&chunk);
            }
            members.push((name, String::from_utf8_lossy(&value).into_owned()));
            continue;
        }
        let own = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let cut = app.switches.lock().ok().and_then(|mut s| s.cut_file_after.take());
        let incoming = app.data.join("incoming");
        std::fs::create_dir_all(&incoming).map_err(No::broken)?;
        let path = incoming.join(uuid::Uuid::new_v4().to_string());
        let mut writing = tokio::fs::File::create(&path).await.map_err(No::broken)?;
        let path = tempfile::TempPath::try_from_path(path).map_err(No::broken)?;
        let mut bytes = 0;
        let ended = loop {
            let chunk = match field.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break Ok(()),
                Err(fault) => break Err(lost(&fault)),
            };
            bytes += chunk.len() as u64;
            if bytes > most {
                break Err(No::conflict("Le fichier dépasse le quota de stockage."));
            }
            if cut.is_some_and(|after| bytes > after) {
                if let Some(line) = &line {
                    line.cut();
                }
                break Err(No::new(StatusCode::BAD_GATEWAY, "Transfert coupé."));
            }
            if let Err(fault) = writing.write_all(&chunk).await {
                break Err(No::broken(fault));
            }
        };
        if let Err(no) = ended {
            if let (true, Some(target)) = (app.switches().partial_files, partial) {
                let _ = writing.flush().await;
                let _ = place(&path, &target);
            }
            return Err(no);
        }
        writing.sync_all().await.map_err(No::broken)?;
        file = Some(Received { path, name: own, bytes });
    }
    let file = file.ok_or_else(|| No::invalid("La partie « file » est obligatoire."))?;
    Ok(Form { file, members, query })
}

/// Puts a file that came whole in its place, in one step.
pub(crate) fn place(from: &std::path::Path, target: &std::path::Path) -> std::io::Result<()> {
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::rename(from, target)
}

/// After a file was stored: the mishap of an answer that never comes.
pub(crate) fn lose_answer(app: &App, line: Option<Line>) {
    let lost = app.switches.lock().is_ok_and(|mut s| Switches::take(&mut s.lost_answers));
    if let (true, Some(line)) = (lost, line) {
        line.cut();
    }
}
