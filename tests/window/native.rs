//! What is not the page's: files dragged from another program, and the system's file chooser.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::stage::Stage;

/// A window that offers files to whoever takes them, as a file manager does.
const SOURCE: &str = r#"
import pathlib, sys
import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
uris = [pathlib.Path(p).as_uri() for p in sys.argv[1:]]
window = Gtk.Window(title="quai-drag-source")
window.set_default_size(200, 100)
window.move(1350, 50)
box = Gtk.EventBox()
box.add(Gtk.Label(label="files"))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda widget, context, selection, info, time: selection.set_uris(uris))
box.connect("drag-end", lambda *_: Gtk.main_quit())
window.add(box)
window.show_all()
Gtk.main()
"#;

fn xdotool(stage: &Stage, words: &str) -> String {
    let output = stage.command("xdotool").args(words.split_whitespace()).output().expect("xdotool runs");
    assert!(output.status.success(), "xdotool {words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The window with this name, as soon as it is seen.
fn window(stage: &Stage, name: &str) -> String {
    let begun = Instant::now();
    loop {
        let found = stage.command("xdotool").args(["search", "--onlyvisible", "--name", name]).output();
        let found = String::from_utf8_lossy(&found.expect("xdotool runs").stdout).into_owned();
        if let Some(id) = found.lines().last() {
            return id.to_owned();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no window is called {name}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Drags files over the window and lets them go there; when that was, in milliseconds since the epoch.
pub(crate) fn drop_files(stage: &Stage, files: &[PathBuf]) -> f64 {
    // Debian's own Python has GTK; another one on the path may not
    let mut source = stage.command("/usr/bin/python3");
    let mut source = source
        .args(["-c", SOURCE])
        .args(files)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 runs");
    window(stage, "^quai-drag-source$");
    xdotool(stage, "mousemove 1450 100 mousedown 1");
    for place in ["1430 120", "1400 140", "1360 160", "1200 250", "800 380", "640 420"] {
        // a hand needs its time, and so does the toolkit that follows it
        std::thread::sleep(Duration::from_millis(60));
        xdotool(stage, &format!("mousemove {place}"));
    }
    // a person lets go when the window says that it would take the files
    let begun = Instant::now();
    while stage.page().run("return document.querySelector('.veil') === null") == true {
        assert!(begun.elapsed() < Duration::from_secs(20), "the window does not see the files above it");
        for place in ["636 424", "640 420"] {
            std::thread::sleep(Duration::from_millis(60));
            xdotool(stage, &format!("mousemove {place}"));
        }
    }
    let when = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs_f64() * 1000.0;
    xdotool(stage, "mouseup 1");
    let ended = source.wait().expect("an end");
    assert!(ended.success(), "the source of the drag failed");
    when
}

/// Drags what is under the mouse from one place of the window to another.
pub(crate) fn drag(stage: &Stage, from: (i64, i64), to: (i64, i64)) {
    xdotool(stage, &format!("mousemove {} {} mousedown 1", from.0, from.1));
    for part in 1..=8 {
        let between = |a: i64, b: i64| a + (b - a) * part / 8;
        xdotool(stage, &format!("mousemove {} {}", between(from.0, to.0), between(from.1, to.1)));
    }
    xdotool(stage, "mouseup 1");
}

/// Turns the wheel, towards what is looked at or away from it.
pub(crate) fn turn_wheel(stage: &Stage, nearer: bool, notches: u32) {
    xdotool(stage, &format!("click --repeat {notches} --delay 60 {}", if nearer { 4 } else { 5 }));
}

/// Types a path in the system's file chooser, which is open or about to be, and accepts.
pub(crate) fn choose(stage: &Stage, path: &Path) {
    let chooser = window(stage, "^Open");
    // no window manager here gives it the keyboard
    xdotool(stage, &format!("windowfocus --sync {chooser}"));
    xdotool(stage, "key ctrl+l");
    std::thread::sleep(Duration::from_millis(200));
    xdotool(stage, &format!("type --delay 8 {}", path.display()));
    std::thread::sleep(Duration::from_millis(300));
    xdotool(stage, "key Return");
}
