//! The platform in a box: the same routes, states and refusals as the API Entrepôt, and real
//! services behind what is published. Loopback only. Borrows the wire's words, never the client.

mod answer;
mod api;
mod auth;
mod connection;
mod contract;
mod events;
mod form;
mod grids;
mod jobs;
mod services;
mod store;
mod switches;
pub mod work;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::services::Services;
use crate::store::Store;

pub use api::unimplemented;
pub use contract::{Route, routes};
pub use switches::Switches;

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0: any that is free. Loopback addresses only.
    pub listen: SocketAddr,
    /// Kept across restarts.
    pub data: PathBuf,
    pub switches: Switches,
}

/// What one needs to use it: printed as one line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ready {
    pub api: String,
    pub token_url: String,
    pub client_id: String,
    pub client_secret: String,
    pub username: String,
    pub password: String,
    pub datastore: String,
    pub services: ServiceAddresses,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceAddresses {
    pub wfs: String,
    pub wms_v: String,
    pub wms_r: String,
    pub wmts: String,
    pub tms: String,
    pub download: String,
    pub csw: String,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox only listens on this machine's own addresses, not on {0}")]
    NotLoopback(SocketAddr),
    #[error("the sandbox could not listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("the sandbox's data folder cannot be used: {0}")]
    Data(String),
}

/// A sandbox that runs.
#[derive(Debug)]
pub struct Running {
    pub ready: Ready,
    stop: CancellationToken,
    tasks: TaskTracker,
    server: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Ends it; what is published stays in the data folder.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.server.await;
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Runs until something else stops it.
    pub async fn wait(self) {
        let _ = self.server.await;
    }
}

/// What every route may use.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) data: PathBuf,
    pub(crate) switches: std::sync::Mutex<Switches>,
    pub(crate) account: auth::Account,
    pub(crate) tokens: auth::Tokens,
    pub(crate) realm: auth::Realm,
    pub(crate) services: Services,
    /// What private endpoints serve.
    pub(crate) private: Services,
    pub(crate) origin: String,
    /// Work under way, which a stop waits for; it goes on at the next start.
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// Two pieces of work at a time.
    pub(crate) workers: tokio::sync::Semaphore,
    /// Raised to abort an execution that runs.
    pub(crate) aborts: std::sync::Mutex<std::collections::HashMap<String, Arc<std::sync::atomic::AtomicBool>>>,
    pub(crate) requests: std::sync::Mutex<Vec<serde_json::Value>>,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    pub(crate) fn switches(&self) -> Switches {
        self.switches.lock().map(|s| s.clone()).unwrap_or_default()
    }
}

/// Starts a sandbox and gives it back once it answers.
///
/// # Errors
/// See [`Error`].
pub async fn start(options: Options) -> Result<Running, Error> {
    if !options.listen.ip().is_loopback() {
        return Err(Error::NotLoopback(options.listen));
    }
    let bad = |e: &dyn std::fmt::Display| Error::Data(e.to_string());
    std::fs::create_dir_all(&options.data).map_err(|e| bad(&e))?;
    let data = std::path::absolute(&options.data).map_err(|e| bad(&e))?;
    let account = auth::Account::load_or_make(&data).map_err(|e| bad(&e))?;
    let store = Store::open(&data.join("sandbox.sqlite")).map_err(|e| bad(&e))?;
    let listener = tokio::net::TcpListener::bind(options.listen).await.map_err(|e| Error::Listen(options.listen, e))?;
    let address = listener.local_addr().map_err(|e| Error::Listen(options.listen, e))?;
    let origin = format!("http://{address}");
    let services = Services::new(&data, &origin);
    let private = Services::new(&data.join("private"), &format!("{origin}/private"));
    // what an interrupted transfer left
    let _ = std::fs::remove_dir_all(data.join("incoming"));
    let ready = Ready {
        api: format!("{origin}/api"),
        token_url: format!("{origin}/realms/geoplateforme/protocol/openid-connect/token"),
        client_id: account.client_id.clone(),
        client_secret: account.client_secret.clone(),
        username: account.username.clone(),
        password: account.password.clone(),
        datastore: account.datastore.clone(),
        services: ServiceAddresses {
            wfs: format!("{origin}/wfs"),
            wms_v: format!("{origin}/wms-v"),
            wms_r: format!("{origin}/wms-r"),
            wmts: format!("{origin}/wmts"),
            tms: format!("{origin}/tms/1.0.0"),
            download: format!("{origin}/telechargement"),
            csw: format!("{origin}/csw"),
        },
    };
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let app = App(Arc::new(Inner {
        store,
        data,
        switches: std::sync::Mutex::new(options.switches),
        account,
        tokens: auth::Tokens::default(),
        realm: auth::Realm::new().map_err(|e| bad(&e))?,
        services,
        private,
        origin,
        tasks: tasks.clone(),
        stop: stop.clone(),
        workers: tokio::sync::Semaphore::new(2),
        aborts: std::sync::Mutex::default(),
        requests: std::sync::Mutex::default(),
    }));
    api::seed(&app);
    jobs::resume(&app);
    let ended = stop.clone();
    let router = api::router(app).into_make_service_with_connect_info::<connection::Line>();
    let server = tokio::spawn(async move {
        let serving = axum::serve(connection::Lines(listener), router)
            .with_graceful_shutdown(async move { ended.cancelled().await });
        if let Err(fault) = serving.await {
            tracing::error!(%fault, "the sandbox stopped");
        }
    });
    Ok(Running { ready, stop, tasks, server })
}
