//! Several accounts side by side, and other places to keep them than the keychain.

use harness::sign_in::{Login, Realm};
use serde_json::json;

use crate::place::Place;

#[test]
fn two_accounts_work_side_by_side_and_the_current_one_is_told() {
    let (first, second) = (Realm::foreign(&[]), Realm::own(&[]));
    let place = Place::new();
    place.add(&first, "une");
    place.add(&second, "deux");
    place.sign_in(&first, "une");
    place.sign_in(&second, "deux");
    let (_, lines, _) = place.run(&["profiles", "--json"]);
    let accounts = lines[0]["accounts"].as_array().expect("accounts");
    assert_eq!(accounts.len(), 2);
    assert_ne!(accounts[0]["colour"], accounts[1]["colour"]);
    for (account, realm) in [("une/camille", &first), ("deux", &second)] {
        let (code, lines, said) = place.run(&["whoami", "--json", "--account", account]);
        assert_eq!((code, &lines[0]["datastore"]), (0, &json!(realm.sandbox.text("datastore"))), "{said}");
    }
    // what is confirmed names platform, datastore and account
    let path = harness::sample("canton").display().to_string();
    let (code, _, said) = place.run(&["publish", &path, "--as", "wfs", "--name", "n", "--account", "une"]);
    assert_eq!(code, 2);
    assert!(said.contains("camille (une)") && said.contains(&first.api) && said.contains("Bac à sable"), "{said}");
    place.run(&["profiles", "use", "une"]);
    assert_eq!(place.run(&["whoami", "--json"]).1[0]["account"], json!("une/camille"));
    let (_, lines, _) = place.run(&["profiles", "use", "nobody", "--json"]);
    assert_eq!(lines[0]["failure"]["code"], json!("ACCOUNT_UNKNOWN"));
}

#[test]
fn without_a_keychain_one_is_told_before_the_browser_opens_and_a_passphrase_serves() {
    let realm = Realm::own(&[]);
    let place = Place::without_keychain();
    place.add(&realm, "essai");
    assert_eq!(place.begin("essai", &[]).failure(), "NO_KEYCHAIN");
    assert_eq!(place.begin("essai", &["--keep", "file"]).failure(), "LOCKED");
    let phrase = "une phrase de passe";
    let mut words = place.quai(&["login", "--profile", "essai", "--keep", "file", "--no-browser", "--json"]);
    let login = Login::begin(words.env("QUAI_PASSPHRASE", phrase));
    realm.agree(&login.url);
    assert_eq!(login.end().0, 0);
    let whoami = |phrase: Option<&str>| {
        let mut command = place.quai(&["whoami", "--json"]);
        if let Some(phrase) = phrase {
            command.env("QUAI_PASSPHRASE", phrase);
        }
        let output = command.output().expect("quai runs");
        (output.status.code(), harness::last_line(&output)["failure"]["code"].clone())
    };
    assert_eq!(whoami(Some(phrase)).0, Some(0));
    assert_eq!(whoami(None), (Some(2), json!("LOCKED")));
    assert_eq!(whoami(Some("une autre phrase")), (Some(2), json!("WRONG_PASSPHRASE")));
}

#[test]
fn a_password_and_a_service_account_are_kept_after_they_were_tried() {
    let realm = Realm::own(&[]);
    let place = Place::new();
    place.add(&realm, "essai");
    let by_password = |password: &str| {
        let mut command = place.quai(&["login", "--profile", "essai", "--username", &realm.name, "--json"]);
        let output = command.env("QUAI_PASSWORD", password).output().expect("quai runs");
        (output.status.code(), harness::last_line(&output))
    };
    let (code, last) = by_password("faux");
    assert_eq!((code, &last["failure"]["code"]), (Some(1), &json!("SIGN_IN_PASSWORD")));
    assert_eq!(place.run(&["profiles", "--json"]).1[0]["accounts"], json!([]));
    let (code, last) = by_password(&realm.password);
    assert_eq!((code, &last["datastore"]), (Some(0), &json!(realm.sandbox.text("datastore"))), "{last}");
    assert!(place.kept(&format!("essai/{}", realm.name)).contains(&realm.password));
    let mut command = place.quai(&["login", "--profile", "essai", "--by", "client", "--json"]);
    let output = command.env("QUAI_CLIENT_SECRET", realm.sandbox.text("client_secret")).output().expect("quai runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.run(&["whoami", "--json"]).1[0]["account"], json!("essai/quai-sandbox"));
    assert_eq!(place.run(&["logout", "--all"]).0, 0);
    assert_eq!(place.run(&["profiles", "--json"]).1[0]["accounts"], json!([]));
}
