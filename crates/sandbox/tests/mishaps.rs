//! Restarts, and the mishaps a sandbox causes on request.

mod support;

use reqwest::multipart::{Form, Part};
use serde_json::json;
use support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_found_again_after_a_restart() {
    let own = tempfile::tempdir().expect("a folder");
    let mut s = Sandbox::start_in(own.path().to_owned(), at_once()).await;
    let database = s.database().await;
    let configuration = s.done("POST", "configurations", Some(Sandbox::wfs(&database, "cantons"))).await.id();
    let offering = s.publish(&configuration, WFS, true).await;
    let before = s.ready().clone();
    s.stop().await;
    s.run().await;
    assert_eq!((&s.ready().password, &s.ready().datastore), (&before.password, &before.datastore));
    assert_eq!(s.get(&format!("stored_data/{database}")).await.body["status"], "GENERATED");
    let origin = s.origin();
    let live = s
        .until(&format!("offerings/{offering}"), |o| {
            o["urls"][0]["url"].as_str().is_some_and(|u| u.starts_with(&origin))
        })
        .await;
    assert_eq!(live["status"], "PUBLISHED");
    let (status, _, text) =
        s.plain(&format!("{}?service=WFS&version=2.0.0&request=GetCapabilities", s.ready().services.wfs)).await;
    assert!(status == 200 && text.contains("cantons:canton"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_under_way_goes_on_after_a_restart() {
    let own = tempfile::tempdir().expect("a folder");
    let mut s = Sandbox::start_in(own.path().to_owned(), at_once()).await;
    let upload = s.cantons("VECTOR").await;
    // stages that outlast the test: only the restart can end them
    s.switch(json!({ "stage_milliseconds": 3_600_000 })).await;
    let body = json!({
        "processing": VECTOR_INTEGRATION, "inputs": { "upload": [upload] }, "output": { "stored_data": { "name": "base" } }
    });
    let execution = s.done("POST", "processings/executions", Some(body)).await;
    let path = format!("processings/executions/{}", execution.id());
    s.done("POST", &format!("{path}/launch"), None).await;
    let second = s.upload("ARCHIVE", "EPSG:4326").await;
    s.file("POST", &format!("uploads/{second}/data?path=a.txt"), "a", b"a".to_vec(), &[]).await;
    s.done("POST", &format!("uploads/{second}/close"), None).await;
    let checks = s.get(&format!("uploads/{second}/checks")).await.body;
    assert_eq!(
        checks,
        json!({ "asked": [], "in_progress": [], "passed": [], "failed": [] }),
        "the window of empty lists"
    );
    assert_eq!(s.get(&format!("uploads/{second}")).await.body["status"], "CHECKING");
    assert_eq!(s.get(&path).await.body["status"], "WAITING");
    s.stop().await;
    s.run().await;
    s.until_status(&path, "SUCCESS").await;
    s.until_status(&format!("uploads/{second}"), "CLOSED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_transfer_leaves_no_file_unless_asked_to() {
    let s = Sandbox::start(at_once()).await;
    let upload = s.upload("ARCHIVE", "EPSG:4326").await;
    let path = format!("/datastores/{}/uploads/{upload}/data?path=a.bin", s.datastore);
    let send = async || {
        let form = Form::new().part("file", Part::bytes(vec![7; 3_000_000]).file_name("a.bin"));
        s.request("POST", &path).multipart(form).send().await
    };
    let tree = format!("uploads/{upload}/tree");
    s.switch(json!({ "cut_file_after": 1_000_000 })).await;
    assert!(send().await.is_err(), "the connection is cut");
    assert_eq!(s.get(&tree).await.body, json!([]));
    s.switch(json!({ "cut_file_after": 1_000_000, "partial_files": true })).await;
    assert!(send().await.is_err());
    let partial = s.until(&tree, |t| !t.as_array().is_some_and(Vec::is_empty)).await;
    assert!(partial[0]["size"].as_u64().expect("a size") < 3_000_000);
    s.done("DELETE", &format!("uploads/{upload}/data?path=a.bin"), None).await;
    // stored, but nobody hears of it
    s.switch(json!({ "lost_answers": 1 })).await;
    assert!(send().await.is_err());
    assert_eq!(s.get(&tree).await.body[0]["size"], 3_000_000);
    assert_eq!(send().await.expect("an answer").status(), 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mishaps_happen_as_often_as_asked_and_no_more() {
    let s = Sandbox::start(at_once()).await;
    s.switch(json!({ "unavailable": 2, "unavailable_status": 502 })).await;
    for status in [502, 502, 200] {
        assert_eq!(s.ask("GET", "/users/me", None).await.status, status);
    }
    s.switch(json!({ "unauthorized": 1 })).await;
    for status in [401, 200] {
        assert_eq!(s.ask("GET", "/users/me", None).await.status, status);
    }
    let upload = s.cantons("ARCHIVE").await;
    s.switch(json!({ "failing_executions": 1 })).await;
    let body = json!({ "processing": ARCHIVE_COPY, "inputs": { "upload": [upload] }, "output": { "stored_data": { "name": "x" } } });
    let execution = s.done("POST", "processings/executions", Some(body)).await;
    let path = format!("processings/executions/{}", execution.id());
    s.done("POST", &format!("{path}/launch"), None).await;
    s.until_status(&path, "FAILURE").await;
    let output = execution.body["output"]["stored_data"]["_id"].as_str().expect("an output");
    assert_eq!(s.get(&format!("stored_data/{output}")).await.body["status"], "UNSTABLE");
    s.switch(json!({ "failing_checks": 1 })).await;
    s.done("POST", &format!("uploads/{upload}/open"), None).await;
    s.done("POST", &format!("uploads/{upload}/close"), None).await;
    s.until_status(&format!("uploads/{upload}"), "UNSTABLE").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_shapes_come_back_by_their_switches() {
    let s = Sandbox::start(at_once()).await;
    let database = s.database().await;
    s.switch(json!({ "attributes_as_array": true, "parameters_as_array": true, "singular_storages": true, "thin_lists": false })).await;
    let stored = s.get(&format!("stored_data/{database}")).await.body;
    assert!(stored["type_infos"]["relations"][0]["attributes"].is_array());
    assert!(s.get("").await.body["storages"]["upload"].is_object());
    let listed = s.get("processings/executions").await.body;
    assert!(listed[0]["parameters"].is_object() || listed[0]["parameters"].is_array(), "lists are whole");
    let execution = listed[0]["_id"].as_str().expect("an id");
    assert!(s.get(&format!("processings/executions/{execution}")).await.body["parameters"].is_array());
    s.switch(json!({ "thin_lists": true })).await;
    assert!(s.get("stored_data").await.body[0].get("status").is_none(), "status must be asked for");
    assert_eq!(s.get("stored_data?fields=status").await.body[0]["status"], "GENERATED");
}

#[tokio::test]
async fn lists_are_filtered_and_cut_into_pages() {
    let s = Sandbox::start(at_once()).await;
    for name in ["Cantons 90", "Cantons 68", "Communes"] {
        let upload = s.upload("VECTOR", "EPSG:2154").await;
        s.done("PATCH", &format!("uploads/{upload}"), Some(json!({ "name": name }))).await;
        s.done("POST", &format!("uploads/{upload}/tags"), Some(json!({ "datasheet_name": name, "a": "b" }))).await;
    }
    let page = s.get("uploads?page=2&limit=2&sort=creation,asc&fields=name").await;
    assert_eq!(page.headers["content-range"], "2-2/3");
    assert!(page.headers["link"].to_str().expect("text").contains("rel=\"prev\""));
    assert_eq!(page.body[0]["name"], "Communes");
    assert_eq!(s.get("uploads?limit=1").await.headers["content-range"], "0-0/3");
    for (query, total) in [
        ("name=cantons%25", 2),
        ("name=communes", 1),
        ("name=cantons", 0),
        ("tags[datasheet_name]=Communes&tags[a]=b", 1),
        ("status=OPEN&type=VECTOR", 3),
        ("status=CLOSED", 0),
    ] {
        assert_eq!(s.get(&format!("uploads?{query}")).await.body.as_array().map(Vec::len), Some(total), "{query}");
    }
}
