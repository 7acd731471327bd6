//! Entities as JSON documents, in memory and in a SQLite file, so that a sandbox finds its state
//! again after a restart or a crash.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use serde_json::{Value, json};

/// The sorts of entities kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Upload,
    CheckExecution,
    Execution,
    StoredData,
    Static,
    Annex,
    Metadata,
    Configuration,
    Offering,
    Permission,
    Key,
    Access,
    Document,
    Comment,
    Community,
    Member,
}

impl Kind {
    const ALL: [(Kind, &str); 16] = [
        (Kind::Upload, "upload"),
        (Kind::CheckExecution, "check_execution"),
        (Kind::Execution, "execution"),
        (Kind::StoredData, "stored_data"),
        (Kind::Static, "static"),
        (Kind::Annex, "annex"),
        (Kind::Metadata, "metadata"),
        (Kind::Configuration, "configuration"),
        (Kind::Offering, "offering"),
        (Kind::Permission, "permission"),
        (Kind::Key, "key"),
        (Kind::Access, "access"),
        (Kind::Document, "document"),
        (Kind::Comment, "comment"),
        (Kind::Community, "community"),
        (Kind::Member, "member"),
    ];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

struct Held {
    file: Connection,
    /// By kind, in the order of creation.
    entities: BTreeMap<Kind, Vec<(String, Value)>>,
}

/// The store. Members that begin with `.` are the sandbox's own and never leave it.
pub(crate) struct Store(Mutex<Held>);

impl Store {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let file = Connection::open(path)?;
        file.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS entity (
                 number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)",
        )?;
        let mut entities: BTreeMap<Kind, Vec<(String, Value)>> = BTreeMap::new();
        {
            let mut rows = file.prepare("SELECT kind, id, body FROM entity ORDER BY number")?;
            let found = rows.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })?;
            for row in found {
                let (kind, id, body) = row?;
                if let (Some((kind, _)), Ok(body)) =
                    (Kind::ALL.iter().find(|(_, name)| *name == kind), serde_json::from_str(&body))
                {
                    entities.entry(*kind).or_default().push((id, body));
                }
            }
        }
        Ok(Self(Mutex::new(Held { file, entities })))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entity; gives its new id, put in its `_id` with its dates.
    pub(crate) fn insert(&self, kind: Kind, body: Value) -> Value {
        self.insert_as(kind, &uuid::Uuid::new_v4().to_string(), body)
    }

    /// The same, with an id that is known.
    pub(crate) fn insert_as(&self, kind: Kind, id: &str, mut body: Value) -> Value {
        let id = id.to_owned();
        let now = now();
        let mut entity = json!({ "_id": id, "creation": now, "update": now });
        if let (Some(all), Some(given)) = (entity.as_object_mut(), body.as_object_mut()) {
            all.append(given);
        }
        let mut held = self.held();
        let saved = held.file.execute(
            "INSERT INTO entity (kind, id, body) VALUES (?1, ?2, ?3)",
            params![kind.as_str(), id, entity.to_string()],
        );
        if let Err(fault) = saved {
            tracing::error!(%fault, "an entity was not saved");
        }
        held.entities.entry(kind).or_default().push((id, entity.clone()));
        entity
    }

    pub(crate) fn get(&self, kind: Kind, id: &str) -> Option<Value> {
        let held = self.held();
        held.entities.get(&kind)?.iter().find(|(own, _)| own == id).map(|(_, body)| body.clone())
    }

    pub(crate) fn list(&self, kind: Kind) -> Vec<Value> {
        let held = self.held();
        held.entities.get(&kind).map(|all| all.iter().map(|(_, body)| body.clone()).collect()).unwrap_or_default()
    }

    /// Changes an entity in one piece; gives it as it is afterwards.
    pub(crate) fn change(&self, kind: Kind, id: &str, change: impl FnOnce(&mut Value)) -> Option<Value> {
        let mut held = self.held();
        let (_, body) = held.entities.get_mut(&kind)?.iter_mut().find(|(own, _)| own == id)?;
        change(body);
        body["update"] = json!(now());
        let after = body.clone();
        let saved = held.file.execute("UPDATE entity SET body = ?1 WHERE id = ?2", params![after.to_string(), id]);
        if let Err(fault) = saved {
            tracing::error!(%fault, "an entity was not saved");
        }
        Some(after)
    }

    pub(crate) fn remove(&self, kind: Kind, id: &str) {
        let mut held = self.held();
        if let Some(all) = held.entities.get_mut(&kind) {
            all.retain(|(own, _)| own != id);
        }
        if let Err(fault) = held.file.execute("DELETE FROM entity WHERE id = ?1", params![id]) {
            tracing::error!(%fault, "an entity was not removed");
        }
    }
}

/// The platform's form of a date: UTC, six decimals.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}
