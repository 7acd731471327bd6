//! Through the browser: login, consent, the loopback redirect; and what may go wrong on the way.
//! The same for a provider that is not ours and for the sandbox's realm.

use harness::http;
use harness::sign_in::{Provider, Realm, browse};
use serde_json::{Value, json};

use crate::place::Place;

fn signs_in_and_out(realm: &Realm) {
    let place = Place::new();
    place.add(realm, "essai");
    let who = place.sign_in(realm, "essai");
    let id = format!("essai/{}", realm.name);
    assert_eq!(who["account"], json!(id));
    assert_eq!(who["api"], json!(realm.api));
    assert_eq!(who["datastore"], json!(realm.sandbox.text("datastore")));
    assert!(who["datastores"][0]["rights"].as_array().is_some_and(|r| r.len() == 5), "{who}");
    assert_eq!(who["keys"], json!([0, 20]));
    // what keeps the account signed in is where another tool finds it, and nowhere else
    let kept: Value = serde_json::from_str(&place.kept(&id)).unwrap_or_default();
    let refresh = kept["refresh"].as_str().expect("a refresh token").to_owned();
    assert!(refresh.len() > 20 && kept.as_object().is_some_and(|all| all.len() == 1), "what renews it, and no more");
    let (code, lines, said) = place.run(&["whoami", "--json"]);
    assert_eq!((code, &lines[0]["account"]), (0, &json!(id)), "{said}");
    let (_, lines, _) = place.run(&["profiles", "--json"]);
    assert_eq!(lines[0]["current"], json!(id));
    // signed out: the keyring holds nothing, and the provider was told
    let (code, lines, said) = place.run(&["logout", "--json"]);
    assert_eq!((code, &lines[0]["told"]), (0, &json!(true)), "{said}");
    assert_eq!(place.kept(&id), "");
    let form = [("grant_type", "refresh_token"), ("client_id", &realm.client), ("refresh_token", &refresh)];
    let discovery: Value =
        http().get(format!("{}/.well-known/openid-configuration", realm.issuer)).send().unwrap().json().unwrap();
    let token = discovery["token_endpoint"].as_str().expect("an address");
    assert_eq!(http().post(token).form(&form).send().unwrap().status(), 400, "the session ended at the provider");
}

#[test]
fn one_signs_in_by_a_real_browser_through_a_provider_that_is_not_ours() {
    signs_in_and_out(&Realm::foreign(&[]));
}

#[test]
fn one_signs_in_by_a_real_browser_through_the_sandboxs_own_realm() {
    signs_in_and_out(&Realm::own(&[]));
}

fn every_mishap_has_its_sentence(realm: &Realm) {
    let place = Place::new();
    place.add(realm, "essai");
    // refused by the person
    let login = place.begin("essai", &[]);
    browse(&login.url, &realm.name, &realm.password, "no");
    assert_eq!(login.failure(), "SIGN_IN_REFUSED");
    // an answer that belongs to another sign-in
    let login = place.begin("essai", &[]);
    let caught = browse(&login.url, &realm.name, &realm.password, "catch");
    let answer = caught["caught"].as_str().expect("an answer").to_owned();
    let mut wrong = url::Url::parse(&answer).expect("an address");
    let pairs: Vec<(String, String)> = wrong.query_pairs().into_owned().collect();
    let with = |name: &str, value: &str| -> Vec<(String, String)> {
        pairs.iter().map(|(n, v)| (n.clone(), if n == name { value.to_owned() } else { v.clone() })).collect()
    };
    wrong.query_pairs_mut().clear().extend_pairs(with("state", "un-autre"));
    let page = http().get(wrong).send().expect("a page");
    assert_eq!(page.status(), 400);
    assert!(page.text().unwrap_or_default().contains("Sign-in did not complete"));
    assert_eq!(login.failure(), "SIGN_IN_STATE");
    // an answer in the name of another provider
    let login = place.begin("essai", &[]);
    let caught = browse(&login.url, &realm.name, &realm.password, "catch");
    let mut wrong = url::Url::parse(caught["caught"].as_str().expect("an answer")).expect("an address");
    let pairs: Vec<(String, String)> = wrong.query_pairs().into_owned().collect();
    assert!(pairs.iter().any(|(n, _)| n == "iss"), "{pairs:?}");
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(n, v)| (n.clone(), if n == "iss" { "https://evil.example".to_owned() } else { v.clone() }))
        .collect();
    wrong.query_pairs_mut().clear().extend_pairs(pairs);
    drop(http().get(wrong).send());
    assert_eq!(login.failure(), "SIGN_IN_ISSUER");
    // a code that was used: the first sign-in redeems it, the second is handed it
    let first = place.begin("essai", &[]);
    let caught = browse(&first.url, &realm.name, &realm.password, "catch");
    let used = url::Url::parse(caught["caught"].as_str().expect("an answer")).expect("an address");
    assert!(http().get(used.clone()).send().expect("a page").status().is_success());
    assert_eq!(first.end().0, 0);
    assert!(http().get(used.clone()).send().is_err(), "the door closed behind the first");
    let second = place.begin("essai", &[]);
    let of = |url: &url::Url, name: &str| url.query_pairs().find(|(n, _)| n == name).expect(name).1.into_owned();
    let asked = url::Url::parse(&second.url).expect("an address");
    let mut replayed = url::Url::parse(&of(&asked, "redirect_uri")).expect("an address");
    replayed.query_pairs_mut().extend_pairs([("code", of(&used, "code")), ("state", of(&asked, "state"))]);
    drop(http().get(replayed).send());
    assert_eq!(second.failure(), "SIGN_IN_CODE");
}

#[test]
fn a_wrong_state_a_replayed_code_another_issuer_and_a_refusal_each_have_their_sentence() {
    every_mishap_has_its_sentence(&Realm::foreign(&[]));
}

#[test]
fn the_sandboxs_realm_gives_the_same_sentences() {
    every_mishap_has_its_sentence(&Realm::own(&[]));
}

#[test]
fn a_closed_browser_a_second_sign_in_and_a_taken_port_are_told() {
    let realm = Realm::own(&[]);
    let place = Place::new();
    place.add(&realm, "essai");
    // closed: nobody comes back
    let login = place.begin("essai", &["--wait", "3"]);
    browse(&login.url, &realm.name, &realm.password, "close");
    assert_eq!(login.failure(), "SIGN_IN_TIMEOUT");
    // at the same time, from another program
    let first = place.begin("essai", &[]);
    assert_eq!(place.begin("essai", &[]).failure(), "SIGN_IN_RUNNING");
    // cancelled: the next may begin
    let pid = first.child.0.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
    assert_eq!(first.end().0, 130);
    // a realm that knows one port only, which is taken
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let redirect = format!("http://127.0.0.1:{}/callback", taken.local_addr().expect("an address").port());
    place.run(&["profiles", "set", "essai", "--redirect", &redirect]);
    assert_eq!(place.begin("essai", &[]).failure(), "SIGN_IN_REDIRECT");
    drop(taken);
    let login = place.begin("essai", &[]);
    assert!(login.url.contains(&url::form_urlencoded::byte_serialize(redirect.as_bytes()).collect::<String>()));
    browse(&login.url, &realm.name, &realm.password, "yes");
    assert_eq!(login.end().0, 0);
}

#[test]
fn another_issuer_another_client_and_no_provider_are_told() {
    let provider = Provider::start(None, &[]);
    let place = Place::new();
    let elsewhere = provider.issuer.replace("127.0.0.1", "localhost");
    place.profile("ailleurs", &provider.api, &elsewhere, "quai", &[]);
    assert_eq!(place.begin("ailleurs", &[]).failure(), "SIGN_IN_ISSUER");
    place.profile("rien", &provider.api, &provider.api, "quai", &[]);
    assert_eq!(place.begin("rien", &[]).failure(), "SIGN_IN_REALM");
    place.profile("muet", &provider.api, "http://127.0.0.1:1", "quai", &[]);
    assert_eq!(place.begin("muet", &[]).failure(), "SIGN_IN_UNREACHABLE");
    assert_eq!(place.begin("production", &[]).failure(), "PROFILE_INCOMPLETE");
    let (code, _, said) = place.run(&["profiles", "set", "clair", "--api-url", "http://example.org/api"]);
    assert!(code != 0 && said.contains("PROFILE_WRONG"), "{said}");
}
