//! A database that grows, loses rows and changes, as its services show at once.

mod support;

use serde_json::json;
use support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_deleted_updated_and_added_in_place() {
    let s = Sandbox::start(at_once()).await;
    let database = s.database().await;
    let configuration = s.done("POST", "configurations", Some(Sandbox::wfs(&database, "cantons"))).await.id();
    s.publish(&configuration, WFS, true).await;
    let address =
        format!("{}?service=WFS&version=2.0.0&request=GetFeature&typeNames=cantons:canton", s.ready().services.wfs);
    let count = async || s.plain(&address).await.2.matches("<wfs:member>").count();
    assert_eq!(count().await, 61);
    // one that goes, one that changes, by the key
    let changes = s.upload("VECTOR", "EPSG:2154").await;
    for (name, text) in [("canton.delete", "ogc_fid\n1\n2\n"), ("canton.update", "ogc_fid,insee_dep\n3,9Z\n")] {
        let path = format!("uploads/{changes}/data?path={name}");
        assert_eq!(s.file("POST", &path, name, text.into(), &[]).await.status, 204);
    }
    s.done("POST", &format!("uploads/{changes}/close"), None).await;
    s.until_status(&format!("uploads/{changes}"), "CLOSED").await;
    let again = async |upload: &str, parameters: serde_json::Value| {
        let body = json!({
            "processing": VECTOR_INTEGRATION, "inputs": { "upload": [upload] },
            "output": { "stored_data": { "id": database } }, "parameters": parameters
        });
        let execution = s.done("POST", "processings/executions", Some(body)).await;
        assert_eq!(execution.body["output"]["stored_data"]["_id"], database.as_str());
        let path = format!("processings/executions/{}", execution.id());
        s.done("POST", &format!("{path}/launch"), None).await;
        s.until_status(&path, "SUCCESS").await;
    };
    again(&changes, json!({ "delete": true, "update": true })).await;
    assert_eq!(count().await, 59);
    assert!(s.plain(&address).await.2.contains(">9Z<"));
    // the same cantons once more, whose columns are still in capitals
    let more = s.cantons("VECTOR").await;
    again(&more, json!({})).await;
    assert_eq!(count().await, 120);
    assert_eq!(s.get(&format!("stored_data/{database}")).await.body["status"], "GENERATED");
}
