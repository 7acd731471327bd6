//! What is refused, how, and that nothing is lost by it.

mod support;

use base64::Engine;
use serde_json::json;
use sha2::Digest;
use support::*;

#[tokio::test]
async fn only_this_machine_is_listened_to() {
    let own = tempfile::tempdir().expect("a folder");
    let options = quai_sandbox::Options {
        listen: "0.0.0.0:0".parse().expect("an address"),
        data: own.path().to_owned(),
        switches: at_once(),
    };
    assert!(matches!(quai_sandbox::start(options).await, Err(quai_sandbox::Error::NotLoopback(_))));
}

#[tokio::test]
async fn the_account_is_for_its_owner_only() {
    let s = Sandbox::start(at_once()).await;
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(s.data.join("account.json")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn what_the_api_does_not_know_is_refused_in_the_platforms_shape() {
    let s = Sandbox::start(at_once()).await;
    s.refused(404, "GET", "/nowhere", None).await;
    s.refused(405, "PUT", "uploads", None).await;
    s.refused(404, "GET", "/datastores/00000000-0000-4000-8000-000000000000/uploads", None).await;
    let no = s.refused(400, "POST", "uploads", Some(json!({ "name": "a", "type": "VECTOR" }))).await;
    assert!(
        no.says().contains("« description » est obligatoire") && no.says().contains("« srs » est obligatoire"),
        "{}",
        no.says()
    );
    s.refused(
        400,
        "POST",
        "uploads",
        Some(json!({ "name": "a", "description": "b", "type": "VECTOR", "srs": "EPSG:999999" })),
    )
    .await;
    s.refused(400, "POST", "uploads", Some(json!([]))).await;
    let text =
        s.request("POST", &format!("/datastores/{}/uploads", s.datastore)).body("{").send().await.expect("an answer");
    assert_eq!(text.status(), 400);
    assert!(s.get("uploads").await.body.as_array().expect("a list").is_empty());
    let (status, _, text) = s.plain(&format!("{}/users/me", s.ready().api)).await;
    assert!(status == 401 && text.contains("error_description"), "{text}");
    assert_eq!(s.plain(&format!("{}/nowhere", s.ready().api)).await.0, 401);
    s.switch(json!({ "rights": ["UPLOAD"] })).await;
    s.refused(403, "POST", "configurations", Some(json!({}))).await;
}

#[tokio::test]
async fn a_huge_body_is_refused_and_the_next_request_is_heard() {
    let s = Sandbox::start(at_once()).await;
    let huge = json!({ "name": "x".repeat(11_000_000), "description": "d", "type": "VECTOR", "srs": "EPSG:2154" });
    s.refused(413, "POST", "uploads", Some(huge)).await;
    s.get("uploads").await;
}

#[tokio::test]
async fn a_path_that_climbs_out_writes_nothing() {
    let s = Sandbox::start(at_once()).await;
    let upload = s.upload("ARCHIVE", "EPSG:4326").await;
    for path in ["../x", "a/../../x", "/etc/x", "a%00b", "", "a/..", "..%2Fx", "a\\..\\x"] {
        for kind in ["data", "md5"] {
            let route = format!("uploads/{upload}/{kind}?path={path}");
            assert_eq!(s.ask("DELETE", &route, None).await.status, 400, "{path}");
        }
        let answer = s.file("POST", &format!("uploads/{upload}/data?path={path}"), "x", b"x".to_vec(), &[]).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
    }
    assert!(s.get(&format!("uploads/{upload}/tree")).await.body.as_array().expect("a list").is_empty());
    let strays =
        std::fs::read_dir(s.data.join("uploads")).into_iter().flatten().flatten().filter(|e| e.file_name() == "x");
    assert_eq!(strays.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_taken_once_and_only_while_open() {
    let s = Sandbox::start(at_once()).await;
    let upload = s.upload("ARCHIVE", "EPSG:4326").await;
    let path = format!("uploads/{upload}/data?path=data/a.txt");
    assert_eq!(s.file("POST", &path, "a.txt", b"un".to_vec(), &[]).await.status, 204);
    assert_eq!(s.file("POST", &path, "a.txt", b"deux".to_vec(), &[]).await.status, 409);
    assert_eq!(s.get(&format!("uploads/{upload}/data?path=data/a.txt")).await.text, "un");
    s.switch(json!({ "storage_quota": 5 })).await;
    assert_eq!(
        s.file("POST", &format!("uploads/{upload}/data?path=b.txt"), "b", b"trop long".to_vec(), &[]).await.status,
        409
    );
    let mal = "00000000000000000000000000000000  data/a.txt\n";
    s.file("POST", &format!("uploads/{upload}/md5"), "a.md5", mal.into(), &[]).await;
    s.done("POST", &format!("uploads/{upload}/close"), None).await;
    s.until_status(&format!("uploads/{upload}"), "UNSTABLE").await;
    let failed = s.get(&format!("uploads/{upload}/checks")).await.body["failed"][0]["_id"]
        .as_str()
        .expect("one failed")
        .to_owned();
    let logs = s.get(&format!("checks/executions/{failed}/logs")).await.text;
    assert!(logs.contains("ERROR||") && logs.contains("data/a.txt"), "{logs}");
    assert_eq!(s.file("POST", &path, "a.txt", b"x".to_vec(), &[]).await.status, 400);
    let body = json!({ "processing": ARCHIVE_COPY, "inputs": { "upload": [upload] }, "output": { "stored_data": { "name": "x" } } });
    s.refused(400, "POST", "processings/executions", Some(body)).await;
    s.done("POST", &format!("uploads/{upload}/open"), None).await;
    s.done("DELETE", &format!("uploads/{upload}/md5?path=a.md5"), None).await;
    s.done("POST", &format!("uploads/{upload}/close"), None).await;
    s.until_status(&format!("uploads/{upload}"), "CLOSED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn configurations_are_checked_against_the_data() {
    let s = Sandbox::start(at_once()).await;
    let database = s.database().await;
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut body = Sandbox::wfs(&database, "cantons");
        change(&mut body);
        Some(body)
    };
    let no = s
        .refused(
            400,
            "POST",
            "configurations",
            with(&|b| b["type_infos"]["used_data"][0]["relations"][0]["native_name"] = json!("absente")),
        )
        .await;
    assert!(no.says().contains("absente"));
    let twice = with(&|b| {
        let one = b["type_infos"]["used_data"][0].clone();
        b["type_infos"]["used_data"] = json!([one, one]);
    });
    assert!(
        s.refused(400, "POST", "configurations", twice)
            .await
            .says()
            .contains("Une donnée stockée est référencée plusieurs fois")
    );
    s.refused(400, "POST", "configurations", with(&|b| b["layer_name"] = json!("1 nom"))).await;
    s.refused(
        404,
        "POST",
        "configurations",
        with(&|b| b["type_infos"]["used_data"][0]["stored_data"] = json!("00000000-0000-4000-8000-000000000000")),
    )
    .await;
    s.switch(json!({ "layer_name_prefix": "SANDBOX" })).await;
    s.refused(400, "POST", "configurations", with(&|_| {})).await;
    s.switch(json!({ "layer_name_prefix": null, "taken_names": 1 })).await;
    s.refused(409, "POST", "configurations", with(&|_| {})).await;
    let configuration = s.done("POST", "configurations", with(&|_| {})).await.id();
    s.refused(409, "POST", "configurations", with(&|_| {})).await;
    let offer = |endpoint: &str| Some(json!({ "endpoint": endpoint, "open": true }));
    let path = format!("configurations/{configuration}/offerings");
    s.refused(400, "POST", &path, offer(WMS)).await;
    s.switch(json!({ "endpoint_quota": 0 })).await;
    assert!(s.refused(409, "POST", &path, offer(WFS)).await.says().contains("quota"));
    s.switch(json!({ "endpoint_quota": 9, "failing_publications": 1 })).await;
    let offering = s.done("POST", &path, offer(WFS)).await.id();
    s.until_status(&format!("offerings/{offering}"), "UNSTABLE").await;
    s.done("PUT", &format!("offerings/{offering}"), None).await;
    s.until_status(&format!("offerings/{offering}"), "PUBLISHED").await;
    s.refused(409, "POST", &path, offer(WFS)).await;
    let sld = b"<StyledLayerDescriptor version=\"1.0.0\"><PropertyName>absent</PropertyName></StyledLayerDescriptor>"
        .to_vec();
    let style = s.file("POST", "statics", "s.sld", sld, &[("name", "s"), ("type", "GEOSERVER-STYLE")]).await;
    assert_eq!(style.body["type_infos"]["used_attributes"], json!(["absent"]));
    let wms = json!({
        "type": "WMS-VECTOR", "name": "w", "layer_name": "w", "type_infos": { "title": "W", "abstract": "W",
        "used_data": [{ "stored_data": database, "relations": [{ "name": "canton", "style": style.id() }] }] }
    });
    assert!(s.refused(400, "POST", "configurations", Some(wms)).await.says().contains("absent"));
    for bad in ["<StyledLayerDescriptor version=\"1.1.0\"/>", "<a", "bonjour"] {
        let answer =
            s.file("POST", "statics", "s.sld", bad.into(), &[("name", "s"), ("type", "GEOSERVER-STYLE")]).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
}

/// Signs in on the realm's pages and answers the question; gives where the browser is sent back to.
async fn walk(s: &Sandbox, address: &str, answer: &str) -> String {
    let none = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().redirect(none).build().expect("a client");
    let request = |page: &str| {
        let from = page.split("name=\"request\" value=\"").nth(1).expect("a form");
        from.split('"').next().expect("a value").to_owned()
    };
    let page = http.get(address).send().await.expect("a page").text().await.expect("text");
    let actions = format!("{}/realms/geoplateforme/login-actions", s.ready().api.trim_end_matches("/api"));
    let ready = s.ready();
    let form = |password: &str| {
        [("request", request(&page)), ("username", ready.username.clone()), ("password", password.to_owned())]
    };
    let wrong = http.post(format!("{actions}/authenticate")).form(&form("faux")).send().await.expect("a page");
    assert_eq!(wrong.status(), 401);
    let early = [("request", request(&page)), ("answer", "yes".to_owned())];
    let early = http.post(format!("{actions}/consent")).form(&early).send().await.expect("a page");
    assert_eq!(early.status(), 400, "nobody agrees before signing in");
    let right = http.post(format!("{actions}/authenticate")).form(&form(&ready.password)).send().await.expect("a page");
    let consent = right.text().await.expect("text");
    let form = [("request", request(&consent)), ("answer", answer.to_owned())];
    let sent = http.post(format!("{actions}/consent")).form(&form).send().await.expect("an answer");
    assert_eq!(sent.status(), 302);
    sent.headers()["location"].to_str().expect("text").to_owned()
}

#[tokio::test]
async fn tokens_end_and_codes_ask_for_their_verifier() {
    let s = Sandbox::start(at_once()).await;
    assert_eq!(s.grant(&[("grant_type", "password"), ("password", "faux")]).await.0, 401);
    assert_eq!(s.grant(&[("grant_type", "client_credentials"), ("client_secret", "faux")]).await.0, 401);
    assert_eq!(s.grant(&[("grant_type", "client_credentials")]).await.0, 200);
    let (_, given) = s.grant(&[("grant_type", "password")]).await;
    assert_eq!(given["expires_in"], 300);
    let refresh = given["refresh_token"].as_str().expect("a token");
    assert_eq!(s.grant(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await.0, 200);
    let verifier = "un-verificateur-assez-long-pour-la-norme-0123456789";
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
    let back = "http://127.0.0.1:7070/callback";
    let code = async || {
        let address = format!(
            "{}/auth?response_type=code&client_id={}&redirect_uri={back}&state=e&code_challenge={challenge}&code_challenge_method=S256",
            s.ready().token_url.trim_end_matches("/token"),
            s.ready().client_id
        );
        let back_to = walk(&s, &address, "yes").await;
        let to = url::Url::parse(&back_to).expect("an address");
        assert!(to.as_str().starts_with(back) && to.query_pairs().any(|(n, v)| n == "state" && v == "e"));
        to.query_pairs().find(|(n, _)| n == "code").expect("a code").1.into_owned()
    };
    let first = code().await;
    let redeem = |code: &str, verifier: &str| {
        let pairs =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back), ("code_verifier", verifier)];
        pairs.map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    let ask = async |code: &str, verifier: &str| {
        let pairs = redeem(code, verifier);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        s.grant(&pairs).await.0
    };
    assert_eq!(ask(&first, "un-autre").await, 400);
    assert_eq!(ask(&first, verifier).await, 400, "a code is used once");
    assert_eq!(ask(&code().await, verifier).await, 200);
    let refused = walk(
        &s,
        &format!(
            "{}/auth?response_type=code&client_id={}&redirect_uri={back}&state=e",
            s.ready().token_url.trim_end_matches("/token"),
            s.ready().client_id
        ),
        "no",
    )
    .await;
    assert!(refused.contains("error=access_denied") && refused.contains("iss="), "{refused}");
    // a token that has ended
    s.switch(json!({ "token_seconds": 0 })).await;
    let (_, ended) = s.grant(&[("grant_type", "password")]).await;
    let answer = reqwest::Client::new()
        .get(format!("{}/users/me", s.ready().api))
        .bearer_auth(ended["access_token"].as_str().expect("a token"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 401);
}
