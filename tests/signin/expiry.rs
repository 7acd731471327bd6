//! Tokens that end, sessions that end, accounts that are revoked: in the middle of a publication.

use std::process::Stdio;

use harness::sample;
use harness::sign_in::{Realm, browse};
use serde_json::{Value, json};

use crate::place::Place;

fn publish(place: &Place, name: &str) -> (i32, Vec<Value>, String) {
    let path = sample("canton").display().to_string();
    place.run(&["publish", &path, "--as", "wfs", "--name", name, "--yes", "--json", "--verbose"])
}

#[test]
fn a_token_that_ends_in_the_middle_of_a_publication_is_renewed_and_the_publication_ends_right() {
    let realm = Realm::own(&["token_seconds=4", "refresh_seconds=600", "stage_milliseconds=1500"]);
    let place = Place::new();
    place.add(&realm, "essai");
    place.sign_in(&realm, "essai");
    let id = format!("essai/{}", realm.name);
    let before = place.kept(&id);
    let (code, lines, said) = publish(&place, "renouvele");
    assert_eq!(code, 0, "{said}");
    assert_eq!(lines.last().map(|l| l["type"].clone()), Some(json!("published")));
    // each renewal spends the refresh token: what is kept now is another, and it holds
    assert_ne!(place.kept(&id), before);
    assert_eq!(place.run(&["whoami", "--json"]).0, 0);
}

#[test]
fn a_revoked_account_pauses_with_a_plain_sentence_and_goes_on_after_a_new_sign_in() {
    let realm = Realm::own(&["stage_milliseconds=1500"]);
    let place = Place::new();
    place.add(&realm, "essai");
    place.sign_in(&realm, "essai");
    let path = sample("canton").display().to_string();
    let words = ["publish", &path, "--as", "wfs", "--name", "revoque", "--yes", "--json"];
    let child = place.quai(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("quai runs");
    // once the platform holds the files, the account is disabled
    for _ in 0..600 {
        let stored = realm.sandbox.list("stored_data?fields=status");
        if !stored.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    realm.switch(&json!({ "account_disabled": true }));
    let output = child.wait_with_output().expect("an end");
    let last = harness::last_line(&output);
    assert_eq!(output.status.code(), Some(2), "{last}");
    assert_eq!(last["failure"]["code"], json!("SIGNED_OUT"));
    let sentence = last["failure"]["message"][1].as_str().unwrap_or_default();
    assert!(sentence.contains("Nothing is lost"), "{sentence}");
    // allowed again: one signs in anew, and the same command goes on; nothing is sent twice
    realm.switch(&json!({ "account_disabled": false, "stage_milliseconds": 5 }));
    place.sign_in(&realm, "essai");
    let (code, lines, said) = place.run(&words);
    assert_eq!(code, 0, "{said}");
    assert_eq!(lines.last().map(|l| l["type"].clone()), Some(json!("published")));
    let sent = realm.sandbox.requests();
    let files = |r: &&Value| r["method"] == "POST" && r["uri"].as_str().is_some_and(|u| u.contains("/data?path="));
    assert_eq!(sent.iter().filter(files).filter(|r| r["status"].as_u64().is_some_and(|s| s < 300)).count(), 1);
}

#[test]
fn an_ended_session_is_asked_for_in_the_middle_of_the_work_and_the_work_goes_on() {
    let realm = Realm::own(&[]);
    let place = Place::new();
    place.add(&realm, "essai");
    place.sign_in(&realm, "essai");
    // the next refresh token is given for no time at all
    realm.switch(&json!({ "refresh_seconds": 0 }));
    assert_eq!(place.run(&["whoami", "--json"]).0, 0);
    // nobody to ask: told, with what to do
    let (code, lines, _) = place.run(&["whoami", "--json"]);
    assert_eq!((code, &lines[0]["failure"]["code"]), (2, &json!("SIGNED_OUT")));
    // somebody at the browser: the address is told in the middle of the work, which then goes on
    realm.switch(&json!({ "refresh_seconds": 600 }));
    let path = sample("canton").display().to_string();
    let words = ["publish", &path, "--as", "wfs", "--name", "demande", "--yes", "--json"];
    let mut command = place.quai(&words);
    command.env("QUAI_ASK", "browser").env("BROWSER", "true").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("quai runs");
    let mut out = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines = Vec::new();
    for line in std::io::BufRead::lines(&mut out) {
        let line: Value = serde_json::from_str(&line.expect("text")).unwrap_or_default();
        if line["type"] == "sign_in" {
            browse(line["url"].as_str().expect("an address"), &realm.name, &realm.password, "yes");
        }
        lines.push(line);
    }
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(lines.iter().any(|l| l["type"] == "sign_in"));
    assert_eq!(lines.last().map(|l| l["type"].clone()), Some(json!("published")));
}

#[test]
fn a_refresh_token_that_was_stolen_and_used_ends_the_session() {
    let realm = Realm::foreign(&[]);
    let place = Place::new();
    place.add(&realm, "essai");
    place.sign_in(&realm, "essai");
    let id = format!("essai/{}", realm.name);
    let kept: Value = serde_json::from_str(&place.kept(&id)).expect("JSON");
    let stolen = kept["refresh"].as_str().expect("a token").to_owned();
    let form = [("grant_type", "refresh_token"), ("client_id", "quai"), ("refresh_token", &stolen)];
    let given = harness::http().post(format!("{}/token", realm.issuer)).form(&form).send().expect("an answer");
    assert!(given.status().is_success());
    let (code, lines, _) = place.run(&["whoami", "--json"]);
    assert_eq!((code, &lines[0]["failure"]["code"]), (2, &json!("SIGNED_OUT")));
}

/// What a person reads, in each language, when nothing renews the session any more.
fn is_told_to_sign_in_again(place: &Place) {
    let (code, lines, _) = place.run(&["whoami", "--json"]);
    let failure = &lines[0]["failure"];
    assert_eq!((code, &failure["code"]), (2, &json!("SIGNED_OUT")));
    let says = |member: &str, at: usize| failure[member][at].as_str().unwrap_or_default().to_owned();
    assert!(says("message", 0).contains("session est terminée") && says("message", 1).contains("session has ended"));
    for (language, hint) in [("fr_FR.UTF-8", says("hint", 0)), ("en_GB.UTF-8", says("hint", 1))] {
        let output = place.quai(&["whoami"]).env("LANG", language).output().expect("quai runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(hint.contains("quai login") && said.contains(&hint), "{language}: {said}");
    }
}

#[test]
fn an_expired_refresh_token_of_a_provider_that_is_not_ours_asks_for_a_new_sign_in() {
    let realm = Realm::foreign(&[]);
    let place = Place::new();
    place.add(&realm, "essai");
    place.sign_in(&realm, "essai");
    // the next one holds for a second
    realm.provider().told("seconds", &json!({ "refresh": 1 }));
    assert_eq!(place.run(&["whoami", "--json"]).0, 0);
    realm.provider().told("lapse", &json!({}));
    is_told_to_sign_in_again(&place);
    realm.provider().told("seconds", &json!({ "refresh": 600 }));
    place.sign_in(&realm, "essai");
    assert_eq!(place.run(&["whoami", "--json"]).0, 0);
}

#[test]
fn a_grant_that_its_provider_revoked_asks_for_a_new_sign_in() {
    let realm = Realm::foreign(&[]);
    let place = Place::new();
    place.add(&realm, "essai");
    place.sign_in(&realm, "essai");
    realm.provider().told("revoke", &json!({ "account": realm.name }));
    is_told_to_sign_in_again(&place);
    realm.provider().told("allow", &json!({ "account": realm.name }));
    // what was revoked stays so
    is_told_to_sign_in_again(&place);
    place.sign_in(&realm, "essai");
    assert_eq!(place.run(&["whoami", "--json"]).0, 0);
}
