//! Where a processor plays graphics card, maps are painted ahead, by a process that gives its memory back.

use crate::measure::{family, wait_until_painted};
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
