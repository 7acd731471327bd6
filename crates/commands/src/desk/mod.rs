//! The desk: all that a page may ask, behind one door of names and JSON. The window and the bridge
//! hand it what the page says and hand back what it answers. Knows nothing of either, and never
//! lets a secret, or a path that was not given to it, through.

mod accounts;
mod deliveries;
mod ended;
mod grants;
mod here;
mod mosaic;
mod network;
pub(crate) mod preferences;
mod preview;
mod pyramid;
mod recent;
mod repair;
mod shapes;
mod share;
mod sources;
mod table;
mod update;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Event, Failure};
use tokio_util::sync::CancellationToken;

pub use accounts::{
    AccountsShown, ProfileShown, SignInRequest, SignInTold, SignOutRequest, SignedOut, UnlockRequest, UseAccountRequest,
};
pub use grants::Host;
pub use network::{AuthoritiesShown, NetworkShown, NetworkWish};
pub use pyramid::{CompressionOffer, LevelOffer, PyramidRequest, PyramidShown};
pub use repair::{RepairRequest, UndoRequest};
pub use shapes::*;
pub use sources::Tile;
pub use table::COMMANDS;
pub use update::{UpdatableShown, UpdateWish, WayShown};

use crate::{Given, Reach, Workplace};

/// What a call tells while it runs, as JSON.
pub type Tell<'a> = &'a (dyn Fn(serde_json::Value) + Send + Sync);

/// Runs a room's long act on a thread of its own: nothing it does can hold the window's.
pub(crate) async fn apart<T, F>(act: impl FnOnce() -> F + Send + 'static) -> Result<T, Failure>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Failure>>,
{
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(act())).await;
    done.unwrap_or_else(|fault| {
        Err(Failure::new(
            "BROKEN",
            format!("Le programme s’est arrêté là : {fault}"),
            format!("The program stopped there: {fault}"),
        )
        .hint("Relancez ; si cela se répète, signalez-le.", "Try again; if it happens again, report it."))
    })
}

/// The state behind a page: what it was given, what runs.
pub struct Desk {
    work: Arc<Workplace>,
    host: Box<dyn Host>,
    grants: Mutex<grants::Grants>,
    sources: Mutex<sources::Sources>,
    running: Mutex<HashMap<String, deliveries::Running>>,
    calls: Mutex<HashMap<String, CancellationToken>>,
    reaches: tokio::sync::Mutex<Reaches>,
    given: Given,
}

/// The platforms that were reached, as long as the accounts stay as they were then: the command line
/// may change them too.
#[derive(Debug, Default)]
struct Reaches {
    book: crate::Book,
    /// By account; nothing for the current one.
    of: HashMap<Option<String>, Reach>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("work", &self.work).finish_non_exhaustive()
    }
}

/// The language that the person chose, where they did.
#[must_use]
pub fn preferred_language(settings: &std::path::Path) -> Option<String> {
    preferences::read(settings).language
}

/// How strangers' files are read, as the person set it.
#[must_use]
pub fn preferred_limits(settings: &std::path::Path, usual: crate::Limits) -> crate::Limits {
    let set = preferences::read(settings);
    crate::Limits {
        workers: set.workers.filter(|n| *n > 0).unwrap_or(usual.workers),
        seconds: set.reader_seconds.filter(|n| *n > 0).unwrap_or(usual.seconds),
        ..usual
    }
}

/// A lock whose holder's panic changes nothing for the others.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    #[must_use]
    pub fn new(work: Arc<Workplace>, given: Given, host: Box<dyn Host>) -> Arc<Self> {
        Arc::new(Self {
            work,
            host,
            grants: Mutex::default(),
            sources: Mutex::default(),
            running: Mutex::default(),
            calls: Mutex::default(),
            reaches: tokio::sync::Mutex::default(),
            given,
        })
    }

    #[must_use]
    pub fn work(&self) -> &Workplace {
        &self.work
    }

    /// Lets the page ask about these paths: a drop, a choice, the words of the command line.
    pub fn grant(&self, paths: Vec<PathBuf>) -> Dropped {
        hold(&self.grants).add(&paths);
        Dropped { paths: paths.iter().map(|p| p.display().to_string()).collect() }
    }

    /// Files are above the window: what reads and draws them starts now.
    pub async fn expect(&self) {
        let (readers, eyes, never) = (self.work.pool(), self.work.eyes(), CancellationToken::new());
        let ready = |pool: Arc<inspect::worker::Pool>| {
            let never = never.clone();
            // a reader that does not start says so when it is asked for something
            async move { drop(pool.call("expect", serde_json::Value::Null, &|_| {}, &never).await) }
        };
        tokio::join!(ready(readers), ready(Arc::clone(&eyes)), ready(eyes));
    }

    /// Files that the page will find when it asks what was opened.
    pub fn open(&self, paths: Vec<PathBuf>) {
        hold(&self.grants).open(paths);
    }

    /// Answers one call of the page.
    ///
    /// # Errors
    /// What stopped it, for a person and for software.
    pub async fn call(
        self: Arc<Self>,
        command: String,
        request: serde_json::Value,
        tell: impl Fn(serde_json::Value) + Send + Sync + 'static,
    ) -> Result<serde_json::Value, Failure> {
        apart(move || async move { table::answer(&self, &command, request, &tell).await }).await
    }

    /// Whether a delivery runs now.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !hold(&self.running).is_empty()
    }

    /// The deliveries that run now.
    #[must_use]
    pub fn running(&self) -> Vec<Delivery> {
        let mut all: Vec<Delivery> =
            hold(&self.running).values().map(deliveries::Running::now).filter(|d| !d.wish.preview).collect();
        all.sort_by_key(|d| (d.created, d.id.clone()));
        all
    }

    /// The platform in use; the sandbox is started where there is no account.
    async fn reach(&self) -> Result<Reach, Failure> {
        self.reach_as(None).await
    }

    /// The platform of an account; of the current one where none is named.
    async fn reach_as(&self, account: Option<&str>) -> Result<Reach, Failure> {
        let book = crate::Book::read(&self.work.settings)?;
        let mut kept = self.reaches.lock().await;
        if kept.book != book {
            *kept = Reaches { book, of: HashMap::new() };
        }
        let key = account.map(str::to_owned);
        if let Some(reach) = kept.of.get(&key) {
            let gone = reach.origin == crate::Origin::Sandbox && crate::alive_sandbox(&self.work).await.is_none();
            if !gone {
                return Ok(reach.clone());
            }
        }
        let given = match account {
            Some(account) => {
                Given { account: Some(account.to_owned()), ca_file: self.given.ca_file.clone(), ..Given::default() }
            }
            None => self.given.clone(),
        };
        let reach = crate::reach(&self.work, &given, true).await?;
        kept.of.insert(key, reach.clone());
        Ok(reach)
    }

    /// The embedded sandbox, whatever the account.
    async fn rehearsal(&self) -> Result<Reach, Failure> {
        let ready = crate::ensure_sandbox(&self.work).await?;
        Reach::sandbox(&ready)
    }

    async fn reach_for(&self, rehearsal: bool) -> Result<Reach, Failure> {
        if rehearsal { self.rehearsal().await } else { self.reach().await }
    }

    /// The language that the page speaks: the one chosen in it, else the program's.
    #[must_use]
    pub fn is_french(&self) -> bool {
        match preferences::read(&self.work.settings).language {
            Some(chosen) => chosen != "en",
            None => self.work.language == validate::Language::Fr,
        }
    }

    /// A token by which the page may stop a call that it named.
    fn cancellable(&self, call: Option<&str>) -> (CancellationToken, impl Drop) {
        let token = CancellationToken::new();
        if let Some(name) = call {
            hold(&self.calls).insert(name.to_owned(), token.clone());
        }
        (token, Forget { calls: &self.calls, name: call.map(str::to_owned) })
    }

    fn cancel(&self, call: &str) {
        if let Some(token) = hold(&self.calls).get(call) {
            token.cancel();
        }
    }
}

struct Forget<'a> {
    calls: &'a Mutex<HashMap<String, CancellationToken>>,
    name: Option<String>,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            hold(self.calls).remove(name);
        }
    }
}

/// An event as the page hears it.
fn heard(event: &Event) -> serde_json::Value {
    serde_json::to_value(event).unwrap_or_default()
}
