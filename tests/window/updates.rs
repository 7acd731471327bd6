//! Live images updated through the window alone: dropped, shown, taken back, then chosen by dialog, cut by
//! a crash, gone on with and kept. What the platform holds is read at each turn.

use harness::{Box as Sandbox, sample};

use crate::journeys::{PUBLICATION, can_press};
use crate::native::{choose, drop_files};
use crate::stage::Stage;

fn pyramids(sandbox: &Sandbox) -> usize {
    let all = sandbox.list("stored_data?fields=type,status");
    all.iter().filter(|d| d["type"] == "ROK4-PYRAMID-RASTER" && d["status"] == "GENERATED").count()
}

/// The stored data that the service shows.
fn shown(sandbox: &Sandbox) -> String {
    let id = sandbox.list("configurations")[0]["_id"].as_str().expect("an id").to_owned();
    let url = format!("{}/datastores/{}/configurations/{id}", sandbox.text("api"), sandbox.text("datastore"));
    let answer = harness::http().get(url).bearer_auth(sandbox.token()).send().expect("an answer");
    let whole: serde_json::Value = answer.json().expect("a configuration");
    whole["type_infos"]["used_data"][0]["stored_data"].as_str().expect("a stored data").to_owned()
}

#[test]
fn live_images_are_shown_taken_back_and_kept_across_a_crash() {
    let sandbox = Sandbox::new(&["stage_milliseconds=400"]);
    let [live, new] = ["0920", "0921"].map(|n| sample(&format!("ortho/01-2021-{n}-6564-LA93-0M50-E100.tiff")));
    let _ = sandbox.publish(&live, "wmts", "photo", &["--mask"]);
    let own = shown(&sandbox);
    let mut stage = Stage::new("fr").signed_in_to(&sandbox);
    stage.open();
    let page = stage.page();
    page.click("[data-testid=open-sheet]");
    page.click(&can_press("update-begin"));
    drop_files(&stage, std::slice::from_ref(&new));
    page.wait("[data-testid=update-map][data-state=idle]");
    page.click("[data-testid=way-successive]");
    page.click(&can_press("update-start"));
    page.wait_for("[data-testid=update][data-state=shown]", PUBLICATION);
    assert_eq!(pyramids(&sandbox), 2);
    assert_ne!(shown(&sandbox), own);
    page.wait("[data-testid=live-map][data-state=idle]");

    page.click(&can_press("update-undo"));
    page.click(&can_press("update-yes"));
    page.wait_for("[data-testid=update][data-state=free] [data-testid=update-ended]", PUBLICATION);
    assert_eq!((pyramids(&sandbox), shown(&sandbox)), (1, own.clone()));

    page.click(&can_press("update-begin"));
    page.click("[data-testid=update-files]");
    choose(&stage, &new);
    page.wait("[data-testid=update-images]");
    page.click("[data-testid=way-injection]");
    page.click(&can_press("update-start"));
    page.wait("[data-testid=delivery] [data-step=process][aria-current=step]");
    stage.kill();

    stage.open();
    let page = stage.page();
    page.click("[data-testid=delivery-card][data-state=paused] [data-testid=open-delivery]");
    page.click(&can_press("resume"));
    page.wait_for("[data-testid=update][data-state=shown]", PUBLICATION);
    page.click(&can_press("update-confirm"));
    assert!(page.text("[data-testid=no-return]").contains("ne peut pas être rétabli"));
    page.click(&can_press("update-yes"));
    page.wait_for("[data-testid=update][data-state=free] [data-testid=update-ended]", PUBLICATION);
    assert_eq!((pyramids(&sandbox), shown(&sandbox)), (1, own), "the new images are in the pyramid itself");
}
