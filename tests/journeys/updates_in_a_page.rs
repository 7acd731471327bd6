//! Live images updated as the page asks for it: seen, undone, updated again across the end of the
//! program, confirmed. GDAL reads the services at each turn.

use harness::{Box, http};
use serde_json::{Value, json};

use crate::page::Bridge;
use crate::rasters::{mean_difference, mercator, samples_of, text, warped};
use crate::updates::{Ground, LEVEL, ground, pyramids, seen};

const NAME: &str = "photo";

fn updatable(bridge: &Bridge) -> Value {
    bridge.ask("updatable", &json!({ "name": NAME }))
}

/// Does an act to its end; gives how it ended.
fn done(bridge: &Bridge, request: &Value) -> Value {
    let ended = bridge.ask("watch", &bridge.ask("update", request));
    assert_eq!(ended["state"], "published", "{request}: {}", ended["failure"]);
    ended
}

fn update(act: &str) -> Value {
    json!({ "datasheet": NAME, "act": { "act": act } })
}

fn switch(sandbox: &Box, body: &Value) {
    let origin = sandbox.text("api").trim_end_matches("/api").to_owned();
    let answer = http().post(format!("{origin}/sandbox/switches")).body(body.to_string()).send();
    assert!(answer.is_ok_and(|a| a.status().is_success()), "{body}");
}

/// In a way: what the services show at each turn is what the page was told.
fn the_page_updates_undoes_and_confirms(how: &str) {
    let sandbox = Box::default();
    let folder = sandbox.folder.path();
    let Ground { live, new, changed, kept } = ground(&sandbox);
    let _ = sandbox.publish(&live, "wmts,wms-raster", NAME, &["--mask"]);
    let truth = folder.join("truth.tif");
    warped(std::slice::from_ref(&new), "EPSG:3857", changed, mercator(LEVEL), &["-r", "cubic"], &truth);
    let wanted = samples_of(&truth, folder);
    let look = || (seen(&sandbox, NAME, changed, LEVEL), seen(&sandbox, NAME, kept, LEVEL));
    let before = look();
    let own = pyramids(&sandbox, NAME);
    let images = new.parent().expect("a folder");
    let bridge = Bridge::new(&sandbox, images);

    let offered = updatable(&bridge);
    assert_eq!(offered["services"].as_array().map(Vec::len), Some(2), "{offered}");
    assert!(offered["waiting"].is_null() && offered["delivery"].is_null() && offered["refused"].is_null());
    let ways = offered["ways"].as_array().expect("ways");
    let way = ways.iter().find(|w| w["how"] == how).expect("the way");
    for words in ["name", "does", "lost", "cost"] {
        assert!(way[words].as_array().is_some_and(|w| w.len() == 2 && w[0] != w[1]), "{words}: {way}");
    }
    assert!(way["note"].is_null(), "it has masks: {way}");

    // the page names no file of its own accord, and what nobody began cannot be kept
    let show = json!({ "datasheet": NAME, "act": { "act": "show", "how": how }, "paths": [images] });
    let stranger = json!({ "datasheet": NAME, "act": { "act": "show", "how": how }, "paths": [text(&live)] });
    assert_eq!(bridge.refused("update", &stranger), "PATH_NOT_GIVEN");
    let none = bridge.ask("watch", &bridge.ask("update", &update("confirm")));
    assert_eq!((&none["state"], &none["failure"]["code"]), (&json!("failed"), &json!("UPDATE_NONE")));

    done(&bridge, &show);
    let shown = updatable(&bridge);
    assert_eq!((&shown["waiting"]["state"], &shown["waiting"]["how"]), (&json!("shown"), &json!(how)));
    assert_eq!(shown["delivery"]["wish"]["update"]["act"], "show");
    let after = look();
    let difference = mean_difference(&after.0, &wanted);
    assert!(difference < 4.0, "{how}: the new pixels are shown: {difference}");
    assert!(after.1 == before.1, "{how}: the rest is as it was");

    done(&bridge, &update("undo"));
    assert!(look() == before, "{how}: the former pixels are back");
    assert_eq!(pyramids(&sandbox, NAME), own);
    assert!(updatable(&bridge)["waiting"].is_null());
    let journal = bridge.ask("deliveries", &json!({}));
    assert_eq!(journal.as_array().map(Vec::len), Some(1), "one entry an update: {journal}");

    // the program dies while the platform works; another goes on with it
    switch(&sandbox, &json!({ "stage_milliseconds": 700 }));
    let begun = bridge.ask("update", &show);
    while bridge.ask("deliveries", &json!({}))[0]["step"] != "process" {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(bridge.refused("update", &show), "ALREADY_RUNNING");
    bridge.crash();
    switch(&sandbox, &json!({ "stage_milliseconds": 5 }));
    let bridge = Bridge::new(&sandbox, images);
    let cut = updatable(&bridge);
    assert_eq!(cut["delivery"]["state"], "paused", "{cut}");
    assert_ne!(cut["waiting"]["state"], "shown", "nobody has seen it");
    let _ = bridge.ask("resume", &begun);
    assert_eq!(bridge.ask("watch", &begun)["state"], "published");
    assert_eq!(updatable(&bridge)["waiting"]["state"], "shown");

    let confirmed = done(&bridge, &update("confirm"));
    let after = look();
    assert!(mean_difference(&after.0, &wanted) < 4.0, "{how}: confirmed");
    assert!(after.1 == before.1, "{how}: the rest is as it was, confirmed");
    assert_eq!(confirmed["stored_data"] == json!([own[0]]), how == "injection", "{confirmed}");
    assert!(updatable(&bridge)["waiting"].is_null());
    // what is given up does not come back: nothing is left to undo
    done(&bridge, &update("undo"));
    assert!(mean_difference(&look().0, &wanted) < 4.0, "{how}: still confirmed");

    // an account that may not is told so before anything is sent
    switch(&sandbox, &json!({ "rights": ["UPLOAD", "PROCESSING"] }));
    let poor = updatable(&bridge);
    assert_eq!(poor["refused"]["code"], "RIGHT_MISSING", "{poor}");
}

#[test]
fn the_page_updates_undoes_and_confirms_a_succession() {
    the_page_updates_undoes_and_confirms("successive");
}

#[test]
fn the_page_updates_undoes_and_confirms_an_injection() {
    the_page_updates_undoes_and_confirms("injection");
}

#[test]
fn the_page_updates_undoes_and_confirms_a_merge() {
    the_page_updates_undoes_and_confirms("merge");
}
