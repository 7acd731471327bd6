//! Killed at each of its steps, then run again: the same services, nothing twice.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use harness::{Box, sample};
use serde_json::Value;

/// Runs until a step begins, then kills without warning. Says whether the step was reached.
fn kill_at(sandbox: &Box, step: &str, arguments: &[&str]) -> bool {
    let mut child = sandbox.quai(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("quai runs");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut reached = false;
    for line in out.lines() {
        let line: Value = serde_json::from_str(&line.unwrap_or_default()).unwrap_or_default();
        if line["type"] == "started" && line["step"] == step {
            reached = true;
            break;
        }
    }
    child.kill().expect("a kill");
    child.wait().expect("an end");
    reached
}

#[test]
fn a_publication_killed_at_any_step_ends_the_same_when_run_again() {
    // long enough for a kill to fall into the step it follows
    let sandbox = Box::new(&["stage_milliseconds=40"]);
    let source = sample("canton/CANTON.shp").display().to_string();
    let services = "wfs,wms-vector,tms,download";
    for (number, step) in ["inspect", "validate", "package", "upload", "check", "process", "publish"].iter().enumerate()
    {
        let name = format!("canton_{number}");
        let arguments = ["publish", &source, "--as", services, "--name", &name, "--yes", "--json"];
        assert!(kill_at(&sandbox, step, &arguments), "{step} was not reached");
        let published = sandbox.publish(&sample("canton/CANTON.shp"), services, &name, &[]);
        let mut kinds: Vec<&str> =
            published["offerings"].as_array().expect("offerings").iter().filter_map(|o| o["type"].as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["DOWNLOAD", "WFS", "WMS-VECTOR", "WMTS-TMS"], "killed at {step}");
        let tagged = |what: &str| {
            let fields = if what == "offerings" { "layer_name,status" } else { "name,tags,status" };
            let all = sandbox.list(&format!("{what}?fields={fields}"));
            all.iter()
                .filter(|e| e["tags"]["datasheet_name"] == name.as_str() || e["layer_name"] == name.as_str())
                .count()
        };
        // a database, an archive and a pyramid; a configuration and an offering for each service
        assert_eq!(tagged("stored_data"), 3, "killed at {step}");
        assert_eq!(tagged("configurations"), 4, "killed at {step}");
        assert_eq!(tagged("offerings"), 4, "killed at {step}");
        assert_eq!(tagged("uploads"), 0, "killed at {step}: the uploads are gone once the data are safe");
    }
    // no whole file was sent twice: each path of each upload was taken once
    let mut taken: Vec<String> = sandbox
        .requests()
        .iter()
        .filter(|r| r["method"] == "POST" && r["status"].as_u64().is_some_and(|s| s < 300))
        .filter_map(|r| r["uri"].as_str().map(str::to_owned))
        .filter(|uri| uri.contains("/data?path="))
        .collect();
    let all = taken.len();
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), all, "a file was sent twice");
    assert_eq!(all, 14, "two files for each of seven publications");
}
