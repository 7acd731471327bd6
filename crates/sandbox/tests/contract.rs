//! Every route of the contract answers as it says, or 501 and is listed.

mod support;

use serde_json::json;
use support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_by_the_contract_or_is_listed_as_missing() {
    let s = Sandbox::start(at_once()).await;
    let me = s.get("/users/me").await.body;
    let community = me["communities_member"][0]["community"]["_id"].as_str().expect("a community").to_owned();
    let user = me["_id"].as_str().expect("an id").to_owned();
    s.get("").await;
    for path in [
        "endpoints",
        "storages",
        "checks",
        "processings?fields=name,creation",
        "annexes",
        "/statics/tms",
        "/statics/nomenclatures?type=CRS",
    ] {
        s.get(path).await;
    }
    s.get("/statics/tms/PM").await;
    s.get("/statics/tms/PM/file").await;
    s.get(&format!("processings/{VECTOR_PYRAMID}")).await;
    s.get("checks/ecb00ba0-eb42-427e-8418-f5d8a30e84ec").await;

    // the community
    s.done("PATCH", &format!("/communities/{community}"), Some(json!({ "public": true, "description": "ouverte" })))
        .await;
    s.get(&format!("/communities/{community}")).await;
    assert_eq!(s.get("/catalogs/communities").await.body[0]["_id"], community.as_str());
    s.get(&format!("/communities/{community}/users")).await;
    s.done("PUT", &format!("/communities/{community}/users/{user}"), Some(json!({ "rights": ["UPLOAD"] }))).await;
    s.refused(400, "DELETE", &format!("/communities/{community}/users/{user}"), None).await;
    s.refused(400, "DELETE", &format!("/users/me/communities/{community}"), None).await;

    // an upload
    let upload = s.cantons("VECTOR").await;
    let u = format!("uploads/{upload}");
    s.get("uploads?fields=name,status,tags,size,bbox").await;
    s.done("PATCH", &u, Some(json!({ "description": "autre", "extra": { "a": 1 } }))).await;
    s.get(&format!("{u}/tree")).await;
    s.get(&format!("{u}/data?path=data/CANTON.prj")).await;
    let checks = s.get(&format!("{u}/checks")).await.body;
    let check = checks["passed"][0]["_id"].as_str().expect("a check").to_owned();
    s.get("checks/executions").await;
    s.get(&format!("checks/executions/{check}")).await;
    s.get(&format!("checks/executions/{check}/logs?page=1&limit=2000")).await;
    s.refused(400, "PATCH", &format!("checks/executions/{check}"), Some(json!({}))).await;
    s.refused(400, "DELETE", &format!("checks/executions/{check}"), None).await;
    s.done("POST", &format!("{u}/checks"), Some(json!(["ecb00ba0-eb42-427e-8418-f5d8a30e84ec"]))).await;
    s.until_status(&u, "CLOSED").await;
    s.done("POST", &format!("{u}/open"), None).await;
    s.done("DELETE", &format!("{u}/data?path=data/CANTON.cpg"), None).await;
    let md5 = "a94819667c3f8c741faa4f460f2c160a  data/CANTON.prj\n";
    assert!(s.file("POST", &format!("{u}/md5"), "CANTON.md5", md5.into(), &[]).await.status < 300);
    s.done("DELETE", &format!("{u}/md5?path=CANTON.md5"), None).await;
    s.get("uploads/activity").await;

    // data, by all processings
    let database = s.database().await;
    let composition = json!([{ "table": "canton", "bottom_level": "6", "top_level": "5", "attributes": ["*"] }]);
    let parameters = json!({ "composition": composition, "bottom_level": "6", "top_level": "5" });
    let (execution, pyramid) = s.process(VECTOR_PYRAMID, json!({ "stored_data": [database] }), parameters).await;
    s.get("processings/executions").await;
    s.get(&format!("processings/executions/{execution}/logs")).await;
    s.refused(400, "PATCH", &format!("processings/executions/{execution}"), Some(json!({}))).await;
    let archive_upload = s.cantons("ARCHIVE").await;
    let (_, archive) = s.process(ARCHIVE_COPY, json!({ "upload": [archive_upload] }), json!({})).await;
    let body = json!({ "processing": ARCHIVE_COPY, "inputs": { "upload": [archive_upload] }, "output": { "stored_data": { "name": "x" } } });
    let aborted = s.done("POST", "processings/executions", Some(body)).await;
    let path = format!("processings/executions/{}", aborted.id());
    let callback = json!({ "callback": { "type": "email", "to_address": ["a@example.org"] } });
    s.done("PATCH", &path, Some(callback)).await;
    s.done("POST", &format!("{path}/abort"), None).await;
    let left = aborted.body["output"]["stored_data"]["_id"].as_str().expect("an output").to_owned();
    s.until_status(&format!("stored_data/{left}"), "UNSTABLE").await;
    s.done("DELETE", &path, None).await;
    s.done("DELETE", &format!("stored_data/{left}"), None).await;

    // stored data
    let d = format!("stored_data/{database}");
    s.get("stored_data?fields=name,status,bbox,tags").await;
    s.get("stored_data/activity").await;
    s.get("/users/me/stored_data").await;
    s.get(&format!("/users/me/stored_data/{database}")).await;
    s.done("PATCH", &d, Some(json!({ "edition": { "from": "2026-01-01", "to": "2026-06-30" } }))).await;
    s.get(&format!("{d}/dependencies")).await;
    s.done("POST", &format!("{d}/visibility"), Some(json!([community]))).await;
    s.get(&format!("{d}/visibility")).await;
    s.done("DELETE", &format!("{d}/visibility"), Some(json!([community]))).await;

    // statics, annexes, metadata
    let sld = std::fs::read(samples().join("style/canton.sld")).expect("a sample");
    let style = s.file("POST", "statics?name=style&type=GEOSERVER-STYLE", "canton.sld", sld.clone(), &[]).await.id();
    s.get("statics").await;
    s.get(&format!("statics/{style}")).await;
    s.get(&format!("statics/{style}/file")).await;
    s.file("PUT", &format!("statics/{style}"), "canton.sld", sld, &[]).await;
    s.done("PATCH", &format!("statics/{style}"), Some(json!({ "description": "cantons" }))).await;
    let annexe = s
        .file("POST", "annexes", "a.txt", b"bonjour".to_vec(), &[("paths", "notes/a.txt"), ("labels", "type=document")])
        .await
        .id();
    let a = format!("annexes/{annexe}");
    s.get(&a).await;
    s.get(&format!("{a}/file")).await;
    s.done("PATCH", &a, Some(json!({ "extra": { "b": 2 } }))).await;
    s.file("PUT", &a, "a.txt", b"bonsoir".to_vec(), &[]).await;
    assert_eq!(s.done("POST", "annexes/publication?labels=type=document", None).await.body, 1);
    let (status, headers, text) = s.plain(&format!("{}/annexes/bac-a-sable/notes/a.txt", s.origin())).await;
    assert!(status == 200 && text == "bonsoir" && headers.contains_key("etag"));
    assert_eq!(s.done("POST", "annexes/unpublication?labels=type=document", None).await.body, 1);
    assert_eq!(s.plain(&format!("{}/annexes/bac-a-sable/notes/a.txt", s.origin())).await.0, 404);
    s.done("DELETE", &a, None).await;
    let record = "<gmd:MD_Metadata xmlns:gmd=\"http://www.isotc211.org/2005/gmd\" xmlns:gco=\"http://www.isotc211.org/2005/gco\"><gmd:fileIdentifier><gco:CharacterString>fiche-1</gco:CharacterString></gmd:fileIdentifier></gmd:MD_Metadata>";
    let metadata = s.file("POST", "metadata?type=INSPIRE", "f.xml", record.into(), &[]).await;
    assert_eq!(metadata.body["file_identifier"], "fiche-1");
    let m = format!("metadata/{}", metadata.id());
    assert_eq!(s.file("POST", "metadata", "f.xml", record.into(), &[]).await.status, 409);
    assert_eq!(s.file("POST", "metadata", "f.xml", b"<gmd:MD_Metadata".to_vec(), &[]).await.status, 422);
    s.get("metadata").await;
    s.get(&m).await;
    s.get(&format!("{m}/file")).await;
    s.file("PUT", &m, "f.xml", record.into(), &[]).await;
    s.done("PATCH", &m, Some(json!({ "open_data": true }))).await;
    s.done("POST", &format!("{m}/tags"), Some(json!({ "datasheet_name": "Fiche" }))).await;
    s.done("DELETE", &format!("{m}/tags?tags=datasheet_name"), None).await;
    let publication = json!({ "file_identifiers": ["fiche-1"], "endpoint": "ae062611-13eb-4a18-8d04-9b7604a031cc" });
    s.done("POST", "metadata/publication", Some(publication.clone())).await;
    s.refused(409, "DELETE", &m, None).await;
    let (_, _, found) = s.plain(&format!("{}/csw?request=GetRecordById&id=fiche-1", s.origin())).await;
    assert!(found.contains("fiche-1</gco:CharacterString>"), "{found}");
    s.done("POST", "metadata/unpublication", Some(publication)).await;
    s.done("DELETE", &m, None).await;

    // configurations and offerings of all types
    let configuration = s.done("POST", "configurations", Some(Sandbox::wfs(&database, "cantons"))).await.id();
    let c = format!("configurations/{configuration}");
    s.get("configurations?fields=name,tags,attribution,last_event").await;
    s.done("PATCH", &c, Some(json!({ "name": "autre" }))).await;
    let offering = s.publish(&configuration, WFS, true).await;
    let o = format!("offerings/{offering}");
    s.get(&format!("{c}/offerings")).await;
    s.get("offerings?fields=urls,endpoint").await;
    s.get("/catalogs/offerings").await;
    s.get("configurations/activity").await;
    let mut changed = Sandbox::wfs(&database, "cantons");
    changed.as_object_mut().expect("an object").shift_remove("layer_name");
    s.done("PUT", &c, Some(changed)).await;
    s.done("PUT", &o, None).await;
    s.until_status(&o, "PUBLISHED").await;
    s.done("PATCH", &o, Some(json!({ "public_activity": true }))).await;
    s.get(&c).await;
    let wms = json!({
        "type": "WMS-VECTOR", "name": "w", "layer_name": "w", "type_infos": { "title": "W", "abstract": "W", "keywords": [],
        "used_data": [{ "stored_data": database, "relations": [{ "name": "canton", "style": style }] }] }
    });
    let tms = json!({
        "type": "WMTS-TMS", "name": "t", "layer_name": "t", "type_infos": { "title": "T", "abstract": "T", "keywords": [],
        "used_data": [{ "stored_data": pyramid, "bottom_level": "6", "top_level": "5" }] }
    });
    let download = json!({
        "type": "DOWNLOAD", "name": "d", "layer_name": "d", "type_infos": { "title": { "fr": "D" }, "abstract": { "fr": "D" },
        "used_data": [{ "stored_data": archive, "sub_name": "cantons" }] }
    });
    for (body, endpoint) in [(wms, WMS), (tms, TMS), (download, DOWNLOAD)] {
        let made = s.done("POST", "configurations", Some(body)).await.id();
        let offering = s.publish(&made, endpoint, true).await;
        assert!(s.get(&format!("offerings/{offering}")).await.body["urls"][0]["url"].is_string());
    }
    s.refused(409, "DELETE", &format!("statics/{style}"), None).await;
    s.refused(409, "DELETE", &d, None).await;
    s.refused(409, "DELETE", &c, None).await;
    s.done("DELETE", &o, None).await;
    s.until_status(&o, "UNPUBLISHED").await;
    s.done("DELETE", &o, None).await;
    s.refused(404, "GET", &o, None).await;
    s.done("DELETE", &c, None).await;
    let spare = s
        .file(
            "POST",
            "statics",
            "s.sql",
            b"select {{ params.a }}".to_vec(),
            &[("name", "sql"), ("type", "DERIVATION-SQL")],
        )
        .await;
    assert_eq!(spare.body["type_infos"]["used_variables"][0], "params.a");
    s.done("DELETE", &format!("statics/{}", spare.id()), None).await;

    // what hangs on entities
    let kept = s.done("POST", "configurations", Some(Sandbox::wfs(&database, "gardee"))).await.id();
    for path in [u.clone(), d.clone(), format!("configurations/{kept}")] {
        s.done("POST", &format!("{path}/tags"), Some(json!({ "a": "1", "b": "2" }))).await;
        s.done("DELETE", &format!("{path}/tags?tags[0]=a&tags[1]=b"), None).await;
        let comment = s.done("POST", &format!("{path}/comments"), Some(json!({ "text": "bien" }))).await.id();
        s.done("PUT", &format!("{path}/comments/{comment}"), Some(json!({ "text": "mieux" }))).await;
        assert_eq!(s.get(&format!("{path}/comments")).await.body[0]["text"], "mieux");
        s.done("DELETE", &format!("{path}/comments/{comment}"), None).await;
        assert!(!s.get(&format!("{path}/events")).await.body.as_array().expect("a list").is_empty());
    }
    for path in [&u, &d] {
        s.done("POST", &format!("{path}/sharings"), Some(json!(["579526dc-a3bb-437f-8163-d7e48d79d385"]))).await;
        assert_eq!(s.get(&format!("{path}/sharings")).await.body.as_array().map(Vec::len), Some(1));
        s.done("DELETE", &format!("{path}/sharings?datastores=579526dc-a3bb-437f-8163-d7e48d79d385"), None).await;
    }
    s.done("DELETE", &u, None).await;
    assert_eq!(s.get(&u).await.body["status"], "DELETED");

    private_access(&s, &kept, &user, &community).await;
    documents(&s).await;

    // all of the contract is accounted for; refusals alone were seen of these, and asserted above
    let refused = [
        ("DELETE", "/communities/{community}/users/{user}"),
        ("DELETE", "/users/me/communities/{community}"),
        ("PATCH", "/datastores/{datastore}/checks/executions/{execution}"),
        ("DELETE", "/datastores/{datastore}/checks/executions/{execution}"),
    ];
    let missing = quai_sandbox::unimplemented();
    let seen = s.seen.lock().expect("a lock").clone();
    for route in quai_sandbox::routes() {
        let (method, path) = (route.method.as_str(), route.path.as_str());
        let answered = seen.contains(&(method.to_owned(), path.to_owned())) || refused.contains(&(method, path));
        assert!(answered != missing.contains(&(method, path)), "{method} {path}: answered {answered}");
    }
    for (method, path) in missing {
        let id = "00000000-0000-4000-8000-000000000000";
        let asked: Vec<&str> = path
            .split('/')
            .map(|part| {
                if part == "{datastore}" {
                    s.datastore.as_str()
                } else if part.starts_with('{') {
                    id
                } else {
                    part
                }
            })
            .collect();
        let body = asked.last().is_some_and(|l| *l == "sharings").then(|| json!([id])).filter(|_| method == "POST");
        s.refused(501, method, &asked.join("/"), body).await;
    }
}

/// Permissions, keys and accesses, and a private service that asks for them.
async fn private_access(s: &Sandbox, configuration: &str, user: &str, community: &str) {
    let offering = s.publish(configuration, PRIVATE_WFS, false).await;
    let grant = |who: &str, id: &str| json!({ "type": if who == "users" { "ACCOUNT" } else { "COMMUNITY" }, who: [id], "licence": "L", "offerings": [offering] });
    let permission = s.done("POST", "permissions", Some(grant("users", user))).await.body[0]["_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let other = s.done("POST", "permissions", Some(grant("communities", community))).await.body[0]["_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    s.get("permissions").await;
    s.done("PATCH", &format!("permissions/{permission}"), Some(json!({ "licence": "M" }))).await;
    s.get(&format!("permissions/{permission}")).await;
    s.get("/users/me/permissions?personal=true").await;
    s.get(&format!("/users/me/permissions/{permission}")).await;
    let body = json!({ "name": "clé", "type": "HASH", "type_infos": { "hash": "secret-1" } });
    let key = s.done("POST", "/users/me/keys", Some(body)).await.id();
    let k = format!("/users/me/keys/{key}");
    s.get("/users/me/keys").await;
    s.get(&k).await;
    s.done("PATCH", &k, Some(json!({ "user_agent": ".*QGIS.*" }))).await;
    let capabilities = format!("{}/private/wfs?service=WFS&version=2.0.0&request=GetCapabilities", s.origin());
    assert_eq!(s.plain(&capabilities).await.0, 401);
    assert_eq!(s.plain(&format!("{capabilities}&apikey=secret-1")).await.0, 403);
    s.refused(403, "POST", &format!("{k}/accesses"), Some(json!({ "offerings": [offering] }))).await;
    s.done("POST", &format!("{k}/accesses"), Some(json!({ "permission": permission, "offerings": [offering] }))).await;
    let access = s.get(&format!("{k}/accesses")).await.body[0]["_id"].as_str().expect("an id").to_owned();
    let (status, _, text) = s.plain(&format!("{capabilities}&apikey=secret-1")).await;
    assert!(status == 200 && text.contains("gardee:canton"), "{status} {text}");
    s.done("DELETE", &format!("{k}/accesses/{access}"), None).await;
    assert_eq!(s.plain(&format!("{capabilities}&apikey=secret-1")).await.0, 403);
    s.done("DELETE", &k, None).await;
    s.done("DELETE", &format!("/users/me/permissions/{permission}"), None).await;
    s.done("DELETE", &format!("permissions/{other}"), None).await;
}

async fn documents(s: &Sandbox) {
    let made = s
        .file("POST", "/users/me/documents", "c.geojson", b"{}".to_vec(), &[("name", "carte"), ("public_url", "true")])
        .await;
    assert_eq!(s.plain(made.body["public_url"].as_str().expect("an address")).await.2, "{}");
    let d = format!("/users/me/documents/{}", made.id());
    s.get("/users/me/documents").await;
    s.get(&d).await;
    s.get(&format!("{d}/file")).await;
    s.file("PUT", &d, "c.geojson", b"[]".to_vec(), &[]).await;
    s.done("PATCH", &d, Some(json!({ "public_url": false }))).await;
    s.done("DELETE", &d, None).await;
}
