//! Every verb of the house: each step goes on from the one before, each line of JSON is as its page
//! says, each has examples.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use harness::{Box, last_line, lines, quai_program, root, sample};
use serde_json::Value;

/// Members by type of line, as the page documents them.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(root().join("docs/reference/json.md")).expect("a page");
    let mut types = BTreeMap::new();
    for section in page.split("\n## `").skip(1) {
        let (name, rest) = section.split_once('`').expect("a name");
        let named = rest
            .lines()
            .filter_map(|l| l.strip_prefix("- "))
            .filter_map(|l| l.split_once(':'))
            .flat_map(|(m, _)| m.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
        types.insert(name.to_owned(), named.collect());
    }
    types
}

fn check(said: &[Value], pages: &BTreeMap<String, BTreeSet<String>>) {
    for line in said {
        let kind = line["type"].as_str().unwrap_or_else(|| panic!("no type: {line}"));
        let page = pages.get(kind).unwrap_or_else(|| panic!("`{kind}` is not documented"));
        let members: BTreeSet<String> =
            line.as_object().expect("an object").keys().filter(|k| *k != "type").cloned().collect();
        assert_eq!(&members, page, "`{kind}`");
    }
}

fn said(sandbox: &Box, arguments: &[&str], code: i32) -> Vec<Value> {
    let output = sandbox.quai(arguments).output().expect("quai runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let said = lines(&output);
    assert_eq!(said.len(), text.lines().count(), "all of standard output is JSON");
    said
}

#[test]
fn each_step_goes_on_from_the_one_before_and_says_what_its_page_says() {
    let sandbox = Box::default();
    let pages = documented();
    let source = sample("canton/CANTON.shp").display().to_string();
    let step = |verb: &'static str| {
        let arguments = [verb, &source, "--as", "wfs,wms-vector,tms,download", "--name", "canton", "--yes", "--json"];
        let said = said(&sandbox, &arguments, 0);
        check(&said, &pages);
        said.last().cloned().expect("a line")
    };
    let sent = step("upload");
    assert_eq!(sent["type"], "uploaded");
    let uploads = sandbox.list("uploads?fields=name,status");
    assert_eq!(uploads.len(), 2);
    assert!(uploads.iter().all(|u| u["status"] == "OPEN"), "{uploads:?}");
    let checked = step("check");
    assert_eq!(checked["type"], "checked");
    assert_eq!(checked["uploads"], sent["uploads"], "the same uploads");
    let checks = checked["checks"].as_array().expect("checks");
    assert!(checks.len() >= 4 && checks.iter().all(|c| c["passed"] == true), "{checks:?}");
    assert_eq!(sandbox.list("stored_data"), Vec::<Value>::new());
    let processed = step("process");
    assert_eq!(processed["type"], "processed");
    assert_eq!(processed["stored_data"].as_array().map(Vec::len), Some(3), "a database, an archive, tiles");
    assert_eq!(sandbox.list("configurations"), Vec::<Value>::new());
    let published = step("publish");
    assert_eq!(published["stored_data"], processed["stored_data"]);
    assert_eq!(published["offerings"].as_array().map(Vec::len), Some(4));

    let shared = said(&sandbox, &["share", "canton", "--json"], 0);
    check(&shared, &pages);
    let offerings = shared.last().expect("a line")["offerings"].as_array().expect("offerings").clone();
    assert_eq!(offerings.len(), 4);
    for offering in &offerings {
        assert_eq!(offering["probe"]["verdict"], "answers", "{offering}");
    }
    let message = |at: usize| offerings[0]["probe"]["message"][at].as_str().expect("a sentence").to_owned();
    assert!(message(0).contains("61 objet") && message(1).contains("61 feature"), "{}", message(0));
    check(&said(&sandbox, &["status", "canton", "--json"], 0), &pages);
    let sheets = said(&sandbox, &["status", "--json"], 0);
    assert_eq!(sheets[0]["names"], serde_json::json!(["canton"]));
    check(&sheets, &pages);
    check(&said(&sandbox, &["inspect", &source, "--json"], 0), &pages);
    check(&said(&sandbox, &["validate", &source, "--json"], 0), &pages);
    check(&said(&sandbox, &["share", "nobody", "--json"], 1), &pages);
    check(&said(&sandbox, &["delete", "canton", "--yes", "--json"], 0), &pages);
}

#[test]
fn a_service_that_shows_nothing_is_told_and_ends_with_1() {
    let sandbox = Box::default();
    let _ = sandbox.publish(&sample("canton/CANTON.shp"), "wms-vector,tms,download", "canton", &[]);
    // what the services are made from disappears behind their back
    let mut left = vec![sandbox.folder.path().join("sandbox")];
    let mut emptied = 0;
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                left.push(entry.path());
            } else if entry.path().extension().is_some_and(|e| e == "pbf" || e == "zip") {
                std::fs::write(entry.path(), b"").expect("emptied");
                emptied += 1;
            }
        }
    }
    assert!(emptied > 1, "tiles and an archive were found");
    let shared = said(&sandbox, &["share", "canton", "--json"], 1);
    let verdicts: BTreeMap<String, String> = shared.last().expect("a line")["offerings"]
        .as_array()
        .expect("offerings")
        .iter()
        .map(|o| [&o["type"], &o["probe"]["verdict"]].map(|v| v.as_str().unwrap_or_default().to_owned()).into())
        .collect();
    let wanted = [("DOWNLOAD", "blank"), ("WMS-VECTOR", "answers"), ("WMTS-TMS", "blank")];
    assert_eq!(verdicts, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())).into());
    let quiet = said(&sandbox, &["share", "canton", "--no-probe", "--json"], 0);
    assert!(quiet.last().expect("a line")["offerings"][0]["probe"].is_null());
}

#[test]
fn what_package_wrote_is_delivered_as_it_is_and_not_when_it_changed() {
    let sandbox = Box::default();
    let folder = sandbox.folder.path().join("packages");
    let into = folder.display().to_string();
    let source = sample("canton/CANTON.shp").display().to_string();
    let packaged =
        said(&sandbox, &["package", &source, "--name", "canton", "--as", "wfs,download", "--into", &into, "--json"], 0);
    check(&packaged, &documented());
    let fingerprint = packaged.last().expect("a line")["package"]["fingerprint"].clone();
    let publish = ["publish", &into, "--as", "wfs,download", "--name", "canton", "--yes", "--json"];
    let published = said(&sandbox, &publish, 0);
    assert!(published.iter().all(|l| l["step"] != "inspect"), "nothing is looked at again");
    let stored = sandbox.list("stored_data?fields=name,tags");
    assert!(stored.iter().any(|s| s["tags"].as_object().is_some_and(|t| t.values().any(|v| *v == fingerprint))));
    let zip = folder.join("archive/canton.zip");
    let mut bytes = std::fs::read(&zip).expect("an archive");
    bytes[40] ^= 1;
    std::fs::write(&zip, bytes).expect("changed");
    let refused = said(&sandbox, &publish, 1);
    assert_eq!(refused.last().expect("a line")["failure"]["code"], "FILE_CHANGED");
}

#[test]
fn every_verb_has_examples_and_every_shell_its_completions() {
    let run = |arguments: &[&str]| {
        let output = Command::new(quai_program()).args(arguments).output().expect("quai runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let help = run(&["--help"]);
    let verbs: Vec<&str> = help
        .split("Commands:")
        .nth(1)
        .and_then(|r| r.split("Options:").next())
        .expect("commands")
        .lines()
        .filter_map(|l| l.strip_prefix("  ").filter(|l| !l.starts_with(' '))?.split_whitespace().next())
        .collect();
    for step in
        ["inspect", "validate", "package", "upload", "check", "process", "publish", "update", "harvest", "share"]
    {
        assert!(verbs.contains(&step), "{step} is not among {verbs:?}");
    }
    for verb in &verbs {
        assert!(run(&[verb, "--help"]).contains(&format!("Examples:\n  quai {verb}")), "{verb}");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            run(&["completions", shell]).contains("wms-vector") || run(&["completions", shell]).contains("publish")
        );
    }
}

#[test]
fn news_come_in_both_languages() {
    let sandbox = Box::default();
    let source = sample("multi/territoire_belfort.gpkg").display().to_string();
    let said = said(&sandbox, &["publish", &source, "--as", "wfs", "--name", "belfort", "--yes", "--json"], 0);
    let noted: Vec<&Value> = said.iter().filter(|l| l["type"] == "noted").collect();
    assert!(!noted.is_empty(), "a table without geometry is told about");
    for line in noted {
        let [fr, en] = [0, 1].map(|at| line["message"][at].as_str().expect("a sentence"));
        assert!(fr != en && fr.contains('«'), "{fr} / {en}");
    }
    let french = sandbox.quai(&["status", "rien", "--lang", "fr"]).output().expect("quai runs");
    assert!(String::from_utf8_lossy(&french.stderr).contains("rien sous ce nom"));
    assert_eq!(last_line(&french), Value::Null, "nothing but words without --json");
}
