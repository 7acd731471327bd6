//! A journey cut at each change of the platform, then begun again: the same services, nothing twice,
//! no file sent again that was whole. Mishaps, deletion, refusals. Against a real sandbox, in process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use deliver::{Order, Published};
use futures_util::StreamExt;
use md5::{Digest, Md5};
use model::{Package, PackageFile, PackageKind, PackageLayer, PackageOrigin, Service};
use platform::auth::{Credentials, Secret};
use platform::wire::{StoredDataStatus, UploadStatus};
use platform::{Client, Connection, Query};
use quai_deliver as deliver;
use sandbox::Switches;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What stands between the client and the sandbox: counts changes, and cuts at one of them.
#[derive(Default)]
struct Wire {
    api: String,
    /// Method and path of each change that the sandbox took.
    changes: Mutex<Vec<String>>,
    /// After which change to cut: it has its effect, and its answer is lost.
    cut: Option<usize>,
    over: AtomicBool,
    ended: Notify,
}

impl Wire {
    async fn end(&self) -> Response {
        self.over.store(true, Ordering::SeqCst);
        self.ended.notify_one();
        std::future::pending().await
    }
}

async fn pass(State((wire, http)): State<(Arc<Wire>, reqwest::Client)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let change = parts.method != axum::http::Method::GET;
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let number = wire.changes.lock().unwrap().len();
    if wire.over.load(Ordering::SeqCst) {
        return std::future::pending().await;
    }
    let mut headers = parts.headers.clone();
    for name in ["host", "content-length", "transfer-encoding", "accept-encoding"] {
        headers.remove(name);
    }
    let url = format!("{}{path}", wire.api);
    let answer = http.request(parts.method.clone(), url).headers(headers).body(body).send().await.unwrap();
    if change && answer.status().is_success() {
        wire.changes.lock().unwrap().push(format!("{} {path}", parts.method));
    }
    if change && wire.cut == Some(number) {
        return wire.end().await;
    }
    let mut told = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
            told = told.header(name, value);
        }
    }
    told.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

/// A sandbox, and ways to speak to it.
struct Stage {
    running: sandbox::Running,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn new(mishaps: Switches) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let options = sandbox::Options { listen, data: folder.path().join("sandbox"), switches: mishaps };
        Self { running: sandbox::start(options).await.unwrap(), folder }
    }

    fn client(&self, api: &str) -> Client {
        let ready = &self.running.ready;
        let credentials = Credentials::Password {
            token_url: ready.token_url.clone(),
            client_id: ready.client_id.clone(),
            client_secret: Some(Secret::new(ready.client_secret.clone())),
            username: ready.username.clone(),
            password: Secret::new(ready.password.clone()),
            totp: None,
        };
        Client::new(Connection::new(api, credentials)).unwrap()
    }

    fn direct(&self) -> Client {
        self.client(&self.running.ready.api)
    }

    fn store(&self) -> &str {
        &self.running.ready.datastore
    }

    /// Runs a journey, through a wire that may cut it. Nothing when it was.
    async fn run(&self, order: &Order, cut: Option<usize>) -> (Option<Published>, Vec<String>) {
        let wire = Arc::new(Wire { api: self.running.ready.api.clone(), cut, ..Wire::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        // the client first: it chooses the TLS provider of the process
        let client = self.client(&format!("http://{}", listener.local_addr().unwrap()));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let router = axum::Router::new().fallback(pass).with_state((Arc::clone(&wire), http));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let cancel = CancellationToken::new();
        let done = tokio::select! {
            outcome = deliver::publish(&client, order, &|_| {}, &cancel) => {
                Some(outcome.unwrap_or_else(|f| panic!("{}: {f:?}", order.name)))
            }
            () = wire.ended.notified() => None,
        };
        server.abort();
        let changes = wire.changes.lock().unwrap().clone();
        (done, changes)
    }

    /// What the platform holds of a name, counted by entity.
    async fn held(&self, name: &str) -> BTreeMap<&'static str, usize> {
        let (client, store) = (self.direct(), self.store());
        let fields = Query::new().fields(&["name", "type", "status", "tags"]);
        let uploads = client.uploads(store, &fields).await.unwrap();
        let data = client.stored_data_list(store, &fields).await.unwrap();
        let layers = Query::new().fields(&["layer_name", "status"]).with("layer_name", name);
        let configurations = client.configurations(store, &layers).await.unwrap();
        let offerings = client.offerings(store, &layers).await.unwrap();
        let statics = client.statics(store, &Query::new()).await.unwrap();
        let named = |full: &str| full.split(' ').next() == Some(name);
        let style = format!("{name}_style");
        BTreeMap::from([
            ("uploads", uploads.iter().filter(|u| named(&u.name) && u.status != UploadStatus::Deleted).count()),
            ("stored data", data.iter().filter(|d| named(&d.name) && d.status != StoredDataStatus::Deleted).count()),
            ("configurations", configurations.len()),
            ("offerings", offerings.len()),
            ("styles", statics.iter().filter(|s| s.name.starts_with(&style)).count()),
        ])
    }

    /// Three towns, twice: as a table and as a file to download.
    fn order(&self, name: &str) -> Order {
        let text = r#"{"type":"FeatureCollection","name":"towns","features":[
{"type":"Feature","properties":{"label":"Belfort"},"geometry":{"type":"Point","coordinates":[6.86,47.64]}},
{"type":"Feature","properties":{"label":"Delle"},"geometry":{"type":"Point","coordinates":[6.99,47.51]}},
{"type":"Feature","properties":{"label":"Giromagny"},"geometry":{"type":"Point","coordinates":[6.83,47.74]}}]}"#;
        let local = self.folder.path().join(format!("{name}.geojson"));
        std::fs::write(&local, text).unwrap();
        let extent_wgs84 = model::Extent::new(6.83, 47.51, 6.99, 47.74);
        let package = |kind, target: &str| Package {
            zone: None,
            name: "towns".into(),
            kind,
            srs: "EPSG:4326".into(),
            files: vec![PackageFile {
                local: local.clone(),
                target: target.into(),
                bytes: text.len() as u64,
                md5: hex::encode(Md5::digest(text.as_bytes())),
            }],
            layers: vec![PackageLayer {
                table: "towns".into(),
                title: "Towns".into(),
                geometry: "Point".into(),
                features: 3,
                fields: vec!["label".into()],
                extent_wgs84,
                renames: Vec::new(),
            }],
            extent_wgs84,
            raster: None,
            fingerprint: hex::encode(Md5::digest(format!("{name} {target}"))),
            origin: PackageOrigin::Untouched,
        };
        Order {
            datastore: self.store().to_owned(),
            datasheet: name.into(),
            name: name.into(),
            packages: vec![
                package(PackageKind::Vector, "data/towns.geojson"),
                package(PackageKind::Archive, "data/towns_archive.geojson"),
            ],
            services: vec![Service::Wfs, Service::WmsVector, Service::Tms, Service::Download],
            title: "Towns".into(),
            open: true,
            tile_levels: Some(deliver::Levels { top: 7, bottom: 8 }),
            ..Order::default()
        }
    }
}

fn switches() -> Switches {
    Switches { stage_milliseconds: 0, endpoint_quota: 1000, ..Switches::default() }
}

/// What a whole publication leaves.
fn wanted() -> BTreeMap<&'static str, usize> {
    BTreeMap::from([("uploads", 0), ("stored data", 3), ("configurations", 4), ("offerings", 4), ("styles", 1)])
}

/// Cut before a change is cut after the one before it, so the windows are those after each.
#[tokio::test(flavor = "multi_thread")]
async fn a_journey_cut_after_any_of_its_changes_ends_the_same_when_begun_again() {
    let stage = Stage::new(switches()).await;
    // a WFS is made as a WMS is, but for the style
    let fewer = |name: &str| {
        let services = vec![Service::WmsVector, Service::Tms, Service::Download];
        Order { services, ..stage.order(name) }
    };
    let (done, changes) = stage.run(&fewer("whole"), None).await;
    assert_eq!(done.unwrap().offerings.len(), 3);
    let whole = stage.held("whole").await;
    assert_eq!((whole["stored data"], whole["offerings"], whole["styles"]), (3, 3, 1));
    assert!(changes.len() > 25, "{changes:?}");
    let (stage, whole, fewer) = (&stage, &whole, &fewer);
    let each = (0..changes.len()).map(|number| async move {
        let name = format!("cut{number}");
        let order = fewer(&name);
        let (done, first) = stage.run(&order, Some(number)).await;
        assert!(done.is_none(), "change {number} was never reached");
        let (done, second) = stage.run(&order, None).await;
        let published = done.unwrap();
        let (held, told) = (stage.held(&name).await, first.last());
        assert_eq!(&held, whole, "cut at change {number}, the last being {told:?}, then {second:#?}");
        assert!(published.offerings.iter().all(|o| o.status == "PUBLISHED"), "{published:?}");
        let sent = |change: &&String| change.starts_with("POST") && change.contains("/data?");
        let files = first.iter().chain(&second).filter(sent).count();
        assert_eq!(files, 2, "cut at change {number}: a whole file is never sent again");
    });
    futures_util::stream::iter(each).buffer_unordered(4).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_check_tells_its_log_and_running_again_starts_anew() {
    let stage = Stage::new(Switches { failing_checks: 1, ..switches() }).await;
    let order = stage.order("mishap");
    let (client, cancel) = (stage.direct(), CancellationToken::new());
    let failure = deliver::publish(&client, &order, &|_| {}, &cancel).await.unwrap_err();
    assert_eq!(failure.code, "CHECK_FAILED");
    assert!(!failure.log.is_empty(), "{failure:?}");
    deliver::publish(&client, &order, &|_| {}, &cancel).await.unwrap();
    assert_eq!(stage.held("mishap").await, wanted());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_execution_or_publication_is_told_and_running_again_mends_it() {
    let mishaps = Switches { failing_executions: 1, failing_publications: 1, ..switches() };
    let stage = Stage::new(mishaps).await;
    let order = stage.order("mishap");
    let (client, cancel) = (stage.direct(), CancellationToken::new());
    let mut codes = Vec::new();
    let published = loop {
        match deliver::publish(&client, &order, &|_| {}, &cancel).await {
            Ok(published) => break published,
            Err(failure) => codes.push(failure.code),
        }
        assert!(codes.len() < 5, "{codes:?}");
    };
    assert_eq!(codes, ["PROCESSING_FAILED", "PUBLICATION_FAILED"]);
    assert_eq!(published.offerings.len(), 4);
    assert_eq!(stage.held("mishap").await, wanted());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_platform_cut_files_and_lost_answers_change_nothing_in_the_end() {
    let mishaps = Switches {
        unavailable: 3,
        unauthorized: 1,
        cut_file_after: Some(200),
        lost_answers: 1,
        partial_files: true,
        ..switches()
    };
    let stage = Stage::new(mishaps).await;
    let order = stage.order("mishap");
    let published = deliver::publish(&stage.direct(), &order, &|_| {}, &CancellationToken::new()).await.unwrap();
    assert_eq!(published.offerings.len(), 4);
    assert_eq!(stage.held("mishap").await, wanted());
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_datasheet_takes_all_of_it_and_nothing_else() {
    let stage = Stage::new(switches()).await;
    let (client, cancel) = (stage.direct(), CancellationToken::new());
    for name in ["kept", "gone"] {
        deliver::publish(&client, &stage.order(name), &|_| {}, &cancel).await.unwrap();
    }
    let deletion = deliver::deletion(&client, stage.store(), "gone").await.unwrap();
    assert_eq!(stage.held("gone").await, wanted(), "a plan removes nothing");
    deliver::delete(&client, &deletion, &|_| {}, &cancel).await.unwrap();
    assert!(stage.held("gone").await.values().all(|count| *count == 0));
    assert_eq!(stage.held("kept").await, wanted());
    assert_eq!(deliver::datasheets(&client, stage.store()).await.unwrap(), ["kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_another_datasheet_or_a_full_endpoint_is_refused_before_anything_is_sent() {
    let stage = Stage::new(Switches { endpoint_quota: 1, ..switches() }).await;
    let (client, cancel) = (stage.direct(), CancellationToken::new());
    deliver::publish(&client, &stage.order("first"), &|_| {}, &cancel).await.unwrap();
    let mut same_name = stage.order("first");
    same_name.datasheet = "another".into();
    let taken = deliver::publish(&client, &same_name, &|_| {}, &cancel).await.unwrap_err();
    assert_eq!(taken.code, "LAYER_NAME_TAKEN");
    let full = deliver::publish(&client, &stage.order("second"), &|_| {}, &cancel).await.unwrap_err();
    assert_eq!(full.code, "NO_ENDPOINT");
    assert!(full.message[1].contains("1/1"), "{full:?}");
    assert_eq!(stage.held("second").await["uploads"], 0);
}
