//! Bad input gets a clear answer in the platform's shape, and nothing is lost.

use std::process::Command;

use harness::{Box, http, lines, quai_program, sample};
use serde_json::Value;

#[test]
fn inspect_prints_a_line_for_each_source_with_the_members_promised() {
    let sandbox = Box::default();
    let paths = [sample("canton/CANTON.shp"), sample("ortho_cog/extrait_cog.tif")].map(|p| p.display().to_string());
    let output = sandbox.quai(&["inspect", &paths[0], &paths[1], "--json"]).output().expect("quai runs");
    let said = lines(&output);
    assert_eq!(said.len(), 2);
    for line in &said {
        for member in ["type", "path", "kind", "driver", "bytes", "files", "layers", "raster", "problem"] {
            assert!(line.get(member).is_some(), "{member} is missing in {line}");
        }
        assert_eq!(line["type"], "source");
    }
    // each is told as soon as it is read, in no order
    let of = |kind: &str| said.iter().find(|l| l["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {said:?}"));
    let layer = &of("vector")["layers"][0];
    assert_eq!(layer["crs"]["code"], "EPSG:2154");
    assert_eq!(layer["features"], 61);
    assert!(of("raster")["raster"].is_object());
}

#[test]
fn words_that_mean_nothing_end_with_2_and_say_so() {
    for arguments in
        [&["fly"][..], &["publish"], &["publish", "x", "--as", "wfs"], &["publish", "x", "--as", "soap", "--name", "n"]]
    {
        let output = Command::new(quai_program()).args(arguments).output().expect("quai runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

#[test]
fn a_file_that_is_not_there_is_a_finding_and_ends_with_1() {
    let sandbox = Box::default();
    let output = sandbox.quai(&["validate", "/nowhere/roads.gpkg", "--json"]).output().expect("quai runs");
    assert_eq!(output.status.code(), Some(1));
    let said = lines(&output);
    assert_eq!(said[0]["code"], "FILE_MISSING");
    assert_eq!(said.last().map(|l| l["type"].clone()), Some(Value::from("summary")));
}

#[test]
fn the_sandbox_refuses_in_the_platforms_shape() {
    let sandbox = Box::default();
    let (api, token) = (sandbox.text("api"), sandbox.token());
    let store = format!("{api}/datastores/{}", sandbox.text("datastore"));
    let refused = |answer: reqwest::blocking::Response, status: u16| {
        assert_eq!(answer.status().as_u16(), status);
        let body: Value = answer.json().expect("a JSON body");
        assert!(body["error"].is_string() && body["error_description"][0].is_string(), "{body}");
    };
    let get = |url: &str| http().get(url).bearer_auth(&token).send().expect("an answer");
    let post = |url: &str, body: &'static str| {
        let asked = http().post(url).bearer_auth(&token).header("content-type", "application/json").body(body);
        asked.send().expect("an answer")
    };
    refused(http().get(format!("{api}/users/me")).send().expect("an answer"), 401);
    refused(get(&format!("{api}/no/such/route")), 404);
    refused(get(&format!("{api}/datastores/00000000-0000-4000-8000-000000000000")), 404);
    refused(post(&format!("{store}/uploads"), "not json"), 400);
    refused(post(&format!("{store}/uploads"), r#"{"name":"x"}"#), 400);
    let upload: Value =
        post(&format!("{store}/uploads"), r#"{"name":"x","description":"x","type":"VECTOR","srs":"EPSG:2154"}"#)
            .json()
            .expect("an upload");
    let id = upload["_id"].as_str().expect("an id");
    for path in ["../climb.txt", "/absolute.txt", "a/../../b.txt", ""] {
        let part = reqwest::blocking::multipart::Part::bytes(b"x".to_vec()).file_name("x");
        let asked = http()
            .post(format!("{store}/uploads/{id}/data"))
            .query(&[("path", path)])
            .bearer_auth(&token)
            .multipart(reqwest::blocking::multipart::Form::new().part("file", part));
        refused(asked.send().expect("an answer"), 400);
    }
    let huge = "x".repeat(12_000_000);
    let asked = http().post(format!("{store}/uploads")).bearer_auth(&token).body(huge).send().expect("an answer");
    assert_eq!(asked.status().as_u16(), 413);
    assert!(!sandbox.folder.path().join("climb.txt").exists());
}

#[test]
fn no_secret_is_said_or_written_by_a_publication() {
    let sandbox = Box::default();
    let source = sample("kml/croquis.geojson").display().to_string();
    let arguments = ["publish", &source, "--as", "wfs", "--name", "croquis", "--yes", "--json", "--verbose"];
    let output = sandbox.quai(&arguments).output().expect("quai runs");
    assert_eq!(output.status.code(), Some(0));
    let mut written = vec![output.stdout, output.stderr];
    let mut left = vec![sandbox.folder.path().join("data"), sandbox.folder.path().join("config")];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                left.push(entry.path());
            } else {
                written.push(std::fs::read(entry.path()).unwrap_or_default());
            }
        }
    }
    for secret in [sandbox.text("password"), sandbox.text("client_secret")] {
        let found = written.iter().any(|bytes| bytes.windows(secret.len()).any(|w| w == secret.as_bytes()));
        assert!(!found, "a secret was written");
    }
}
