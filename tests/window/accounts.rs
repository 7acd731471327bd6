//! Accounts in the window: signed in by the system's browser through a provider that is not ours,
//! kept in a real keychain, shared with the command line; nothing secret is left where it may be read.

use std::time::{Duration, Instant};

use harness::search::{Watcher, holds_none};
use harness::sign_in::Realm;
use harness::{files, sample};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::journeys::{
    PUBLICATION, PUBLISHED, all_in, can_press, choose_services, look_and_validate, publish, wfs_is_the_source,
};
use crate::native::drop_files;
use crate::stage::Stage;

const SOMEBODY: &str = "[data-testid=where][data-sandbox=false]";

fn line(account: &str) -> String {
    format!("[data-testid=account-line][data-account='{account}']")
}

/// Signs in to a profile as a person does: here, then at the browser.
fn sign_in(stage: &Stage, realm: &Realm, profile: &str) {
    let page = stage.page();
    page.click("[data-testid=where]");
    page.click(&format!("[data-testid=sign-in] input[data-profile='{profile}']"));
    come_back(stage, realm, profile);
}

/// Opens the browser on the profile that is chosen, agrees there, and is somebody here.
fn come_back(stage: &Stage, realm: &Realm, profile: &str) {
    let page = stage.page();
    page.click(&can_press("sign-in-browser"));
    page.wait("[data-testid=signing-in]");
    realm.agree(&stage.next_opened());
    page.wait(&line(&format!("{profile}/{}", realm.name)));
    page.wait(SOMEBODY);
}

/// Adds the realm's platform by the page, as a person would who was given its addresses.
fn add_platform(stage: &Stage, realm: &Realm, profile: &str) {
    let page = stage.page();
    page.click("[data-testid=where]");
    page.click("[data-testid=add-profile] summary");
    let scopes = realm.scopes.join(" ");
    for (field, text) in [
        ("name", profile),
        ("api", &realm.api),
        ("issuer", &realm.issuer),
        ("client_id", &realm.client),
        ("scopes", &scopes),
    ] {
        page.type_in(&format!("[data-testid=add-profile] [data-testid=profile-{field}]"), text);
    }
    page.click("[data-testid=add-profile] [data-testid=profile-keep]");
    page.wait(&format!("[data-testid=sign-in] input[data-profile='{profile}']:checked"));
}

/// From home to a delivery that is under way.
fn order(stage: &Stage, source: &std::path::PathBuf) {
    drop_files(stage, std::slice::from_ref(source));
    look_and_validate(stage.page());
    choose_services(stage.page(), &["wfs"]);
}

fn wait_until(what: &str, is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until a part of the page says who one is.
fn says(page: &Browser, css: &str, who: &str) {
    let script = format!("return document.querySelector({})?.textContent ?? ''", json!(css));
    wait_until(who, || page.run(&script).as_str().is_some_and(|text| text.contains(who)));
}

#[test]
fn one_signs_in_by_the_systems_browser_and_a_publication_outlives_its_tokens_and_leaves_none() {
    let realm = Realm::foreign_over(&["stage_milliseconds=1500"], &[("ACCESS_SECONDS", "3")]);
    let mut stage = Stage::new("fr").with_keychain();
    stage.set("QUAI_LOG", "trace,tao=warn,wry=warn");
    let watcher = Watcher::begin();
    stage.open();
    stage.page().wait("[data-testid=where][data-sandbox=true]");
    add_platform(&stage, &realm, "essai");
    sign_in(&stage, &realm, "essai");
    says(stage.page(), "[data-testid=account]", "camille (essai)");
    says(stage.page(), "[data-testid=where]", "camille (essai)");
    let kept: Value = serde_json::from_str(&stage.kept("essai/camille")).expect("JSON in the keychain");
    assert!(kept["refresh"].is_string());
    let mut shown = vec![("the page once signed in".to_owned(), all_in(stage.page()).into_bytes())];

    let source = sample("kml/croquis.geojson");
    let before = realm.provider().renewals();
    order(&stage, &source);
    let page = stage.page();
    page.click(&can_press("publish"));
    assert_eq!(page.text("[data-testid=confirm-who]"), "camille (essai)");
    page.click(&can_press("confirm"));
    page.wait_for(PUBLISHED, PUBLICATION);
    page.wait("[data-testid=offering]");
    wfs_is_the_source(page, (&source, "croquis"), "croquis:croquis");
    assert!(realm.provider().renewals() > before, "no token ended in the middle of it");
    assert_ne!(stage.kept("essai/camille"), kept.to_string(), "each renewal spends the refresh token");
    shown.push(("the page at the end".to_owned(), all_in(page).into_bytes()));

    for words in [&["whoami", "--json"][..], &["profiles", "--json"], &["status", "--json"]] {
        let (code, lines) = stage.quai(words);
        assert_eq!(code, 0, "{words:?}");
        shown.push((words.join(" "), json!(lines).to_string().into_bytes()));
    }
    // signing out sends the browser to the provider's page
    page.click("[data-testid=where]");
    page.click(&format!("{} [data-testid=sign-out]", line("essai/camille")));
    let left = stage.next_opened();
    assert!(left.contains("/session/end"), "{left}");
    page.wait("[data-testid=where][data-sandbox=true]");
    assert_eq!(stage.kept("essai/camille"), "");
    shown.push(("the page signed out".to_owned(), all_in(page).into_bytes()));
    shown.push(("what the browser was told".to_owned(), left.into_bytes()));
    stage.close();
    shown.push(("process list".to_owned(), watcher.end()));
    files(stage.folder.path(), &mut shown);
    let mut secrets = realm.provider().secrets();
    assert!(secrets.len() >= 8, "{} secrets were looked for", secrets.len());
    secrets.push(realm.password.clone());
    let looked_at = |end: &str| shown.iter().any(|(name, bytes)| name.ends_with(end) && !bytes.is_empty());
    assert!(looked_at("window.log") && looked_at("accounts.json") && looked_at("process list"));
    assert!(shown.iter().any(|(name, _)| name.contains("/deliveries/")), "no journal was looked at");
    holds_none(&shown, &secrets);
}

#[test]
fn a_revoked_account_pauses_the_delivery_and_signing_in_again_lets_it_go_on() {
    let realm = Realm::foreign_over(&["stage_milliseconds=1500"], &[]);
    let mut stage = Stage::new("en").with_keychain();
    stage.add(&realm, "essai");
    stage.sign_in(&realm, "essai");
    stage.open();
    stage.page().wait(SOMEBODY);
    let source = sample("kml/croquis.geojson");
    order(&stage, &source);
    publish(stage.page());
    wait_until("nothing is stored", || !realm.sandbox.list("stored_data?fields=status").is_empty());
    realm.provider().told("revoke", &json!({ "account": realm.name }));
    let page = stage.page();
    let told = "[data-testid=delivery][data-state=paused] [data-testid=failure][data-trouble=signIn]";
    page.wait_for(told, PUBLICATION);
    assert!(page.text(told).contains("Nothing is lost"), "{}", page.text(told));
    realm.provider().told("allow", &json!({ "account": realm.name }));
    realm.switch(&json!({ "stage_milliseconds": 5 }));
    page.click(&format!("{told} [data-testid=sign-in-again]"));
    page.click(&format!("{} [data-testid=again]:not([disabled])", line("essai/camille")));
    page.wait("[data-testid=signing-in]");
    realm.agree(&stage.next_opened());
    // nobody asks it to go on
    page.wait(SOMEBODY);
    page.click("[data-testid=home]");
    page.click("[data-testid=delivery-card] [data-testid=open-delivery]");
    page.wait_for(PUBLISHED, PUBLICATION);
    wfs_is_the_source(page, (&source, "croquis"), "croquis:croquis");
    let sent = realm.sandbox.requests();
    let sent = sent
        .iter()
        .filter(|r| r["method"] == "POST" && r["uri"].as_str().is_some_and(|u| u.contains("/data?path=")))
        .filter(|r| r["status"].as_u64().is_some_and(|s| s < 300));
    assert_eq!(sent.count(), 1, "the package was sent once");
}

#[test]
fn the_window_and_the_command_line_share_accounts_and_two_live_side_by_side() {
    let (first, second) = (Realm::foreign(&[]), Realm::own(&[]));
    let mut stage = Stage::new("fr").with_keychain();
    stage.add(&first, "une");
    stage.add(&second, "deux");
    stage.sign_in(&first, "une");
    // signed in by the command line: the window opens as that account
    stage.open();
    let page = stage.page();
    page.wait(SOMEBODY);
    says(page, "[data-testid=where]", "camille (une)");
    // and another one while it is open
    stage.sign_in(&second, "deux");
    page.click("[data-testid=where]");
    let other = format!("deux/{}", second.name);
    page.wait(&line(&other));
    page.wait(&line("une/camille"));
    says(page, "[data-testid=account]", &format!("{} (deux)", second.name));
    // chosen in the window, and the command line works as that one
    page.click(&format!("{} [data-testid=use-account]", line("une/camille")));
    says(page, "[data-testid=account]", "camille (une)");
    let (code, lines) = stage.quai(&["whoami", "--json"]);
    assert_eq!((code, &lines[0]["account"]), (0, &json!("une/camille")));
    assert_eq!(lines[0]["datastore"], json!(first.sandbox.text("datastore")));
    // signed out in the window: gone for both; the other account stays
    page.click(&format!("{} [data-testid=sign-out]", line("une/camille")));
    assert!(stage.next_opened().contains("/session/end"));
    says(page, "[data-testid=account]", &format!("{} (deux)", second.name));
    let (code, lines) = stage.quai(&["whoami", "--json", "--account", "une/camille"]);
    assert_eq!((code != 0, &lines[0]["failure"]["code"]), (true, &json!("ACCOUNT_UNKNOWN")));
    assert_eq!(stage.kept("une/camille"), "");
    let (code, lines) = stage.quai(&["whoami", "--json"]);
    assert_eq!((code, &lines[0]["account"]), (0, &json!(other)));
    // signed out by the command line: the window is back in its sandbox
    assert_eq!(stage.quai(&["logout", "--json"]).0, 0);
    page.click("[data-testid=home]");
    page.click("[data-testid=where]");
    page.wait("[data-testid=where][data-sandbox=true]");
    wait_until("an account is still listed", || page.values("[data-testid=account-line]").is_empty());
    assert_eq!(stage.quai(&["profiles", "--json"]).1[0]["accounts"], json!([]));
}

#[test]
fn the_proxys_password_goes_to_the_keychain_and_is_never_shown_again() {
    let password = "un-mot-de-passe-de-proxy";
    let mut stage = Stage::new("fr").with_keychain();
    stage.open();
    let page = stage.page();
    page.click("[data-testid=settings]");
    // leaving a field is what keeps it
    page.type_in("[data-testid=proxy]", "http://127.0.0.1:3128\u{E004}");
    page.type_in("[data-testid=proxy-user]", "camille\u{E004}");
    page.type_in("[data-testid=proxy-password]:not([disabled])", password);
    page.click(&can_press("proxy-password-send"));
    page.wait("[data-testid=proxy-password][placeholder='gardé dans le trousseau']");
    assert!(stage.kept("proxy").contains(password));
    let (_, lines) = stage.quai(&["network", "--json"]);
    assert_eq!(lines[0]["proxy_username"], json!("camille"));
    let mut shown = vec![
        ("the page".to_owned(), all_in(page).into_bytes()),
        ("quai network".to_owned(), json!(lines).to_string().into_bytes()),
    ];
    stage.close();
    stage.open();
    let page = stage.page();
    page.click("[data-testid=settings]");
    page.wait("[data-testid=proxy-password][placeholder='gardé dans le trousseau']");
    assert_eq!(page.values("[data-testid=proxy-password]"), [""]);
    shown.push(("the page at the next start".to_owned(), all_in(page).into_bytes()));
    // another name is another person: the password is forgotten
    page.type_in("[data-testid=proxy-user]", "-2\u{E004}");
    page.wait("[data-testid=proxy-password][placeholder='']");
    assert_eq!(stage.kept("proxy"), "");
    stage.close();
    files(stage.folder.path(), &mut shown);
    holds_none(&shown, &[password.to_owned()]);
}

#[test]
fn without_a_keychain_the_window_keeps_the_sign_in_in_a_file_under_a_passphrase() {
    let phrase = "neuf caisses d’oranges au quai nord";
    let realm = Realm::foreign(&[]);
    let mut stage = Stage::new("fr").with_browser();
    stage.add(&realm, "essai");
    stage.open();
    let page = stage.page();
    page.click("[data-testid=where]");
    page.click("[data-testid=sign-in] input[data-profile='essai']");
    page.click("[data-testid=keep-file]");
    page.wait("[data-testid=sign-in-browser][disabled]");
    page.type_in("[data-testid=passphrase]", phrase);
    page.click(&can_press("passphrase-send"));
    come_back(&stage, &realm, "essai");
    stage.close();
    // the next day the file is locked, and says so; a wrong phrase does not open it
    stage.open();
    let page = stage.page();
    page.click("[data-testid=where]");
    page.wait("[data-testid=failure][data-code=LOCKED]");
    page.type_in("[data-testid=passphrase]", "une autre phrase");
    page.click(&can_press("passphrase-send"));
    page.wait("[data-testid=failure][data-code=WRONG_PASSPHRASE]");
    page.type_in("[data-testid=passphrase]", phrase);
    page.click(&can_press("passphrase-send"));
    page.wait(SOMEBODY);
    says(page, "[data-testid=account]", "camille (essai)");
    let mut shown = vec![("the page".to_owned(), all_in(page).into_bytes())];
    // the same file serves the command line
    let mut whoami = stage.command(harness::quai_program());
    let output = whoami.args(["whoami", "--json"]).env("QUAI_PASSPHRASE", phrase).output().expect("quai runs");
    assert_eq!(harness::last_line(&output)["account"], json!("essai/camille"));
    stage.close();
    files(stage.folder.path(), &mut shown);
    let mut secrets = realm.provider().secrets();
    secrets.push(phrase.to_owned());
    holds_none(&shown, &secrets);
}
