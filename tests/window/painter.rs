//! Where a processor plays graphics card, maps are painted ahead, by a process that gives its memory back, and are bare
//! while they move.

use harness::sample;

use crate::measure::{family, middle_of_map, wait_until_painted, wait_until_whole};
use crate::native::{drag, drop_files};
use crate::stage::Stage;

/// Files below a folder.
fn files_in(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| if e.path().is_dir() { files_in(&e.path()) } else { 1 }).sum()
}

#[test]
fn maps_are_painted_ahead_by_a_process_that_ends_and_what_they_need_is_kept() {
    let mut stage = Stage::new("fr").never_painted();
    stage.open();
    if stage.page().run("return window.quaiPaintsByProcessor") == false {
        // a card draws: nothing is to be prepared
        return;
    }
    wait_until_painted(&stage);
    assert!(files_in(&stage.folder.path().join("home/.cache")) > 0, "the graphics library kept nothing");
    let words = |process: &u32| std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let paints = |process: &u32| words(process).split(|b| *b == 0).any(|word| word == b"paint");
    assert!(!family(stage.process()).iter().any(paints), "the painter lives on");
}

#[test]
fn a_map_is_bare_while_a_hand_moves_it_and_whole_again_at_rest() {
    let mut stage = Stage::new("fr");
    stage.open();
    let page = stage.page();
    if page.run("return window.quaiPaintsByProcessor") == false {
        return;
    }
    drop_files(&stage, &[sample("canton/CANTON.shp")]);
    page.wait("[data-testid=inspect-map][data-state=idle]");
    wait_until_whole(page);
    page.run(
        "const frame = document.querySelector('[data-testid=inspect-map] .map-holder');
         window.bare = false;
         new MutationObserver(() => { window.bare ||= frame.classList.contains('bare'); }).observe(frame, { attributes: true });",
    );
    let (x, y) = middle_of_map(page);
    drag(&stage, (x, y), (x + 80, y + 40));
    page.wait("[data-testid=inspect-map] .map-holder:not(.bare) .maplibregl-ctrl-zoom-in");
    wait_until_whole(page);
    assert_eq!(page.run("return window.bare"), true, "buttons and credits were drawn with every frame");
}
