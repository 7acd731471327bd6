//! Killed at each of its steps, then run again: the same services, nothing twice.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use harness::{Box, sample};
use serde_json::Value;

use crate::updates::{Ground, LEVEL, ground, pyramids, said, seen};

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

/// What the services of a name show of the ground, at the level of the images and above.
fn shown(sandbox: &Box, name: &str, ground: &Ground) -> Vec<Vec<f64>> {
    [ground.changed, ground.kept].map(|window| seen(sandbox, name, window, LEVEL)).into()
}

#[test]
fn images_whose_publication_was_killed_at_any_step_are_the_same_when_it_is_run_again() {
    let sandbox = Box::new(&["stage_milliseconds=40"]);
    let ground = ground(&sandbox);
    let services = "wmts,wms-raster,download";
    let _ = sandbox.publish(&ground.live, services, "whole", &[]);
    let wanted = shown(&sandbox, "whole", &ground);
    let source = ground.live.display().to_string();
    for step in ["upload", "check", "process", "publish"] {
        let name = format!("cut_{step}");
        let arguments = ["publish", &source, "--as", services, "--name", &name, "--yes", "--json"];
        assert!(kill_at(&sandbox, step, &arguments), "{step} was not reached");
        let published = sandbox.publish(&ground.live, services, &name, &[]);
        assert_eq!(published["offerings"].as_array().map(Vec::len), Some(3), "killed at {step}");
        assert!(shown(&sandbox, &name, &ground) == wanted, "killed at {step}");
        assert_eq!(pyramids(&sandbox, &name).len(), 1, "killed at {step}");
        let uploads = sandbox.list("uploads?fields=name,status,tags");
        let left = uploads.iter().filter(|u| u["tags"]["datasheet_name"] == name.as_str() && u["status"] != "DELETED");
        assert_eq!(left.count(), 0, "killed at {step}");
    }
}

#[test]
fn an_update_killed_at_any_step_ends_the_same_when_run_again() {
    let sandbox = Box::new(&["stage_milliseconds=40"]);
    let ground = ground(&sandbox);
    let images = ground.new.display().to_string();
    let mut wanted = None;
    for (how, step) in
        [("successive", "none"), ("successive", "process"), ("successive", "publish"), ("merge", "process")]
    {
        let name = format!("{how}_{step}");
        let _ = sandbox.publish(&ground.live, "wmts,wms-raster", &name, &["--mask"]);
        let before = shown(&sandbox, &name, &ground);
        let update = ["update", &name, &images, "--how", how, "--yes"];
        if step != "none" {
            assert!(kill_at(&sandbox, step, &[&update[..], &["--json"]].concat()), "{how}: {step} was not reached");
        }
        assert_eq!(said(&sandbox, &update, 0)["state"], "shown", "{how} killed at {step}");
        let after = shown(&sandbox, &name, &ground);
        assert!(*wanted.get_or_insert_with(|| after.clone()) == after, "{how} killed at {step}");
        said(&sandbox, &["update", &name, "--undo", "--yes"], 0);
        assert!(shown(&sandbox, &name, &ground) == before, "{how} killed at {step}: undone");
        assert_eq!(pyramids(&sandbox, &name).len(), 1, "{how} killed at {step}: undone");
    }
}

#[test]
fn a_platform_that_dies_while_it_makes_a_pyramid_ends_it_when_it_is_back() {
    let switches = ["stage_milliseconds=40"];
    let mut sandbox = Box::new(&switches);
    let ground = ground(&sandbox);
    let _ = sandbox.publish(&ground.live, "wmts", "whole", &[]);
    let wanted = shown(&sandbox, "whole", &ground);
    let source = ground.live.display().to_string();
    let arguments = ["publish", &source, "--as", "wmts", "--name", "crashed", "--yes", "--json"];
    let mut child = sandbox.quai(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("quai runs");
    let running = |sandbox: &Box| {
        let all = sandbox.list("processings/executions?fields=status");
        all.iter().any(|e| e["status"] == "PROGRESS")
    };
    while !running(&sandbox) {
        assert!(child.try_wait().expect("a state").is_none(), "the pyramid was made before anybody looked");
    }
    child.kill().expect("a kill");
    child.wait().expect("an end");
    sandbox.crash(&switches);
    let published = sandbox.publish(&ground.live, "wmts", "crashed", &[]);
    assert_eq!(published["offerings"].as_array().map(Vec::len), Some(1));
    assert!(shown(&sandbox, "crashed", &ground) == wanted);
    assert_eq!(pyramids(&sandbox, "crashed").len(), 1);
}
