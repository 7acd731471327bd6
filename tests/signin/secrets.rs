//! No secret that a full run used is in anything that the run leaves or shows.

use harness::files;
use harness::search::{Watcher, holds_none};
use harness::sign_in::{Realm, browse};
use serde_json::{Value, json};

use crate::place::Place;

#[test]
fn no_artefact_of_a_full_run_holds_a_secret_that_it_used() {
    let realm = Realm::own(&["token_seconds=5", "refresh_seconds=600", "stage_milliseconds=100"]);
    let place = Place::new();
    place.add(&realm, "essai");
    let id = format!("essai/{}", realm.name);
    let mut secrets = vec![realm.password.clone(), realm.sandbox.text("client_secret")];
    let mut shown: Vec<(String, Vec<u8>)> = Vec::new();

    let watcher = Watcher::begin();
    let mut run = |words: &[&str], secret: &[(&str, &str)], well: bool| {
        let mut command = place.quai(words);
        command.env("QUAI_LOG", "trace").env("RUST_BACKTRACE", "1");
        for (name, value) in secret {
            command.env(name, value);
        }
        let output = command.output().expect("quai runs");
        assert_eq!(output.status.success(), well, "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        shown.push((format!("{words:?} stdout"), output.stdout));
        shown.push((format!("{words:?} stderr"), output.stderr));
    };
    // in the browser: the page, the window's address bar, what the command says
    let login = place.begin("essai", &["--verbose"]);
    let page = browse(&login.url, &realm.name, &realm.password, "yes");
    let (_, last, said) = login.end();
    let kept: Value = serde_json::from_str(&place.kept(&id)).expect("JSON");
    secrets.push(kept["refresh"].as_str().expect("a token").to_owned());
    // a whole publication, with renewals; then by a password, right and wrong; then what lists things
    let path = harness::sample("canton").display().to_string();
    run(&["publish", &path, "--as", "wfs", "--name", "secret", "--yes", "--json", "--verbose"], &[], true);
    let kept: Value = serde_json::from_str(&place.kept(&id)).expect("JSON");
    secrets.push(kept["refresh"].as_str().expect("a token").to_owned());
    run(&["whoami"], &[], true);
    run(&["profiles"], &[], true);
    run(&["status", "secret", "--json"], &[], true);
    run(
        &["login", "--profile", "essai", "--username", &realm.name],
        &[("QUAI_PASSWORD", "un-mot-de-passe-faux")],
        false,
    );
    secrets.push("un-mot-de-passe-faux".to_owned());
    run(&["login", "--profile", "essai", "--username", &realm.name], &[("QUAI_PASSWORD", &realm.password)], true);
    secrets.push(realm.sandbox.token());
    run(&["whoami", "--api-url", &realm.api], &[("QUAI_TOKEN", secrets.last().expect("a token"))], true);
    run(&["logout", "--all"], &[], true);
    let seen = watcher.end();

    shown.push(("login".to_owned(), format!("{last}{said}").into_bytes()));
    shown.push(("the page".to_owned(), page.to_string().into_bytes()));
    shown.push(("process list".to_owned(), seen));
    let folder = place.folder.path();
    for part in ["data", "config", "home"] {
        files(&folder.join(part), &mut shown);
    }
    assert!(shown.len() > 15, "there is something to look at");
    assert!(shown.iter().any(|(name, bytes)| name == "process list" && !bytes.is_empty()));
    assert!(shown.iter().any(|(name, _)| name.ends_with("accounts.json")));
    assert!(secrets.len() >= 6);
    holds_none(&shown, &secrets);
    assert_eq!(json!(place.kept(&id)), json!(""));
}

#[test]
fn no_token_that_a_provider_gave_is_left_by_a_run_that_renews_and_signs_out() {
    let realm = Realm::foreign_over(&["stage_milliseconds=1500"], &[("ACCESS_SECONDS", "3")]);
    let place = Place::new();
    place.add(&realm, "essai");
    let watcher = Watcher::begin();
    place.sign_in(&realm, "essai");
    let path = harness::sample("canton").display().to_string();
    let opened = place.folder.path().join("opened");
    let opener = harness::sign_in::opener(place.folder.path(), &opened);
    let mut shown = Vec::new();
    for words in [
        &["publish", &path, "--as", "wfs", "--name", "secret", "--yes", "--json", "--verbose"][..],
        &["whoami", "--json"],
        &["status", "secret", "--json"],
        &["logout", "--browser", "--json"],
    ] {
        let mut command = place.quai(words);
        let output = command.env("QUAI_LOG", "trace").env("BROWSER", &opener).output().expect("quai runs");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        shown.extend([(format!("{words:?} stdout"), output.stdout), (format!("{words:?} stderr"), output.stderr)]);
    }
    // the browser was told to leave too: what it was told is among its arguments
    let left = harness::sign_in::next_opened(&opened);
    assert!(left.contains("/session/end") && left.contains("client_id=quai"), "{left}");
    shown.extend([
        ("process list".to_owned(), watcher.end()),
        ("what the browser was told".to_owned(), left.into_bytes()),
    ]);
    files(place.folder.path(), &mut shown);
    let secrets = realm.provider().secrets();
    assert!(realm.provider().renewals() >= 2 && secrets.len() >= 8, "{} secrets", secrets.len());
    holds_none(&shown, &secrets);
}

#[test]
fn the_search_itself_finds_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("deep")).expect("a folder");
    std::fs::write(folder.path().join("deep/file"), "…un-secret-de-plus…").expect("a file");
    let mut found = Vec::new();
    files(folder.path(), &mut found);
    assert!(found[0].1.windows(17).any(|w| w == b"un-secret-de-plus"));
}
