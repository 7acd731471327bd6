//! How quick and how light the window is. `cargo xtask bench window` runs it on the release build,
//! beside an empty window: figures of a debug build mean nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::browser::Browser;
use crate::native::{drag, drop_files, turn_wheel};
use crate::stage::Stage;

const RUNS: usize = 5;

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn show(what: &str, figure: f64, unit: &str, limit: f64) {
    let verdict = if figure <= limit { "ok" } else { "NOT MET" };
    println!("{what:56} {figure:9.2} {unit:2}  limit {limit:7.2}  {verdict}");
}

/// Given by `cargo xtask bench`: where its data are, and the program of an empty window.
fn given(name: &str) -> PathBuf {
    std::env::var_os(name).map(PathBuf::from).unwrap_or_else(|| panic!("`cargo xtask bench window` sets {name}"))
}

/// Milliseconds since the epoch at which a process began.
fn began(process: u32) -> f64 {
    let read = |path: &str| std::fs::read_to_string(path).expect("proc");
    let stat = read(&format!("/proc/{process}/stat"));
    let after = stat.rsplit(')').next().expect("a name");
    let ticks: f64 = after.split_whitespace().nth(19).and_then(|n| n.parse().ok()).expect("a start");
    let up: f64 = read("/proc/uptime").split_whitespace().next().and_then(|n| n.parse().ok()).expect("seconds");
    now() - (up - ticks / 100.0) * 1000.0
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs_f64() * 1000.0
}

/// A process and all that it began.
pub(crate) fn family(process: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .expect("proc")
        .flatten()
        .filter_map(|entry| {
            let own: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((own, stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?))
        })
        .collect();
    let mut own = vec![process];
    let mut at = 0;
    while at < own.len() {
        let above = own[at];
        own.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(child, _)| child));
        at += 1;
    }
    own
}

/// What belongs to a process, itself included: bytes of memory in their fair share, by program.
fn memory(process: u32) -> u64 {
    // the sandbox stands for a platform, which is elsewhere for whoever has an account
    let is_window = |p: &&u32| {
        std::fs::read_to_string(format!("/proc/{p}/cmdline")).is_ok_and(|line| !line.contains("\0sandbox\0"))
            && std::fs::read_to_string(format!("/proc/{p}/comm")).is_ok_and(|name| !name.starts_with("mapserv"))
    };
    let share = |p: &u32| -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{p}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|l| l.strip_prefix("Pss:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
    };
    family(process).iter().filter(is_window).filter_map(share).sum()
}

/// Notes, in the page, when what was dropped is drawn on its map: what lies under it comes after.
const WATCH: &str = "
    window.drawn = null;
    new MutationObserver(() => {
        const map = document.querySelector('[data-testid=inspect-map]');
        if (map && ['drawn', 'idle'].includes(map.dataset.state) && window.drawn === null)
            window.drawn = performance.timeOrigin + performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });";

/// Notes the longest time during which the page answered nothing: no frame, no input, no timer. And how long a timer waited,
/// which gives way to frames that follow each other.
const LISTEN: &str = "
    window.longest = { block: 0, timer: 0 };
    const last = { block: performance.now(), timer: performance.now() };
    const note = (kind, spared) => {
        const now = performance.now();
        window.longest[kind] = Math.max(window.longest[kind], now - last[kind] - spared);
        last[kind] = now;
    };
    const tick = () => { note('timer', 4); note('block', 0); };
    const answer = () => note('block', 0);
    const kinds = ['pointerdown', 'pointermove', 'pointerup', 'wheel'];
    for (const kind of kinds) addEventListener(kind, answer, true);
    const { requestAnimationFrame } = window;
    let drawn = 0;
    window.requestAnimationFrame = (frame) => requestAnimationFrame.call(window, (at) => {
        // once for all that one frame asks for
        if (at !== drawn) answer();
        drawn = at;
        frame(at);
    });
    const beat = setInterval(tick, 4);
    window.stopListening = () => {
        clearInterval(beat);
        for (const kind of kinds) removeEventListener(kind, answer, true);
        window.requestAnimationFrame = requestAnimationFrame;
        return [window.longest.block, window.longest.timer];
    };";

fn number(page: &Browser, script: &str) -> Option<f64> {
    page.run(script).as_f64()
}

/// Milliseconds from the moment the files are let go to their features on the map.
fn from_drop_to_map(stage: &Stage, file: &Path) -> f64 {
    let page = stage.page();
    page.run(WATCH);
    let dropped = drop_files(stage, &[file.to_owned()]);
    let begun = Instant::now();
    loop {
        if let Some(drawn) = number(page, "return window.drawn") {
            return drawn - dropped;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing is on the map");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What the window prepares on its first start, while nobody waits for anything, is done.
pub(crate) fn wait_until_painted(stage: &Stage) {
    let begun = Instant::now();
    let by_processor = stage.page().run("return window.quaiPaintsByProcessor") == true;
    while by_processor && !stage.is_painted() {
        assert!(begun.elapsed() < Duration::from_secs(60), "maps are not painted once");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
#[ignore = "`cargo xtask bench window` runs it on the release build"]
fn start_and_drop() {
    let fifty = given("QUAI_BENCH_FOLDER").join("fifty.gpkg");
    let (mut starts, mut drops, mut at_once) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        for (calm, figures) in [(false, &mut at_once), (true, &mut drops)] {
            let mut stage = Stage::new("fr").never_painted();
            stage.open();
            let ready = "return performance.timeOrigin + performance.getEntriesByName('ready')[0].startTime";
            let ready = number(stage.page(), ready).expect("the page says when it is ready");
            starts.push(ready - began(stage.process()));
            if calm {
                wait_until_painted(&stage);
            }
            figures.push(from_drop_to_map(&stage, &fifty));
        }
    }
    let laid = "const [page] = performance.getEntriesByType('navigation');
         return performance.timeOrigin + page.domContentLoadedEventEnd";
    let empty: Vec<f64> = (0..RUNS)
        .map(|_| {
            let mut stage = Stage::new("fr");
            stage.open_program(&given("QUAI_EMPTY_PROGRAM"), &[]);
            number(stage.page(), laid).expect("the page was laid out") - began(stage.process())
        })
        .collect();
    show("window usable after its start", median(starts), "ms", 1500.0);
    println!("(an empty window, laid out after its start: {:.0} ms)", median(empty));
    show("a 50 MB GeoPackage let go, its features on the map", median(drops), "ms", 1000.0);
    println!("(the same on a new machine, as soon as the window is there: {:.0} ms)", median(at_once));
}

/// Where the mouse is over the map of what was dropped, which is brought into sight.
pub(crate) fn middle_of_map(page: &Browser) -> (i64, i64) {
    let middle = page.run(
        "const map = document.querySelector('[data-testid=inspect-map]');
         map.scrollIntoView({ block: 'center' });
         const b = map.getBoundingClientRect();
         return [b.x + b.width / 2, b.y + b.height / 2].map(Math.round)",
    );
    let at = |n: usize| middle[n].as_i64().expect("a place");
    (at(0), at(1))
}

/// A hand takes a map that it sees finished.
pub(crate) fn wait_until_whole(page: &Browser) {
    let whole = "const map = document.querySelector('[data-testid=inspect-map]');
         const canvas = map.querySelector('canvas');
         return map.dataset.state === 'idle' && canvas.width >= canvas.clientWidth * devicePixelRatio";
    let begun = Instant::now();
    while page.run(whole) != true {
        assert!(begun.elapsed() < Duration::from_secs(60), "the map is not whole");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The longest time during which a page answered nothing while a hand drags and turns the wheel there, and the longest
/// that a timer waited, in milliseconds.
fn longest_block(stage: &Stage, at: (i64, i64)) -> (f64, f64) {
    stage.page().run(LISTEN);
    for turn in 0..6 {
        drag(stage, at, (at.0 + 120 - 40 * turn, at.1 + 60));
        drag(stage, at, (at.0 - 120, at.1 - 60));
        turn_wheel(stage, turn % 3 != 2, 3);
    }
    let longest = stage.page().run("return window.stopListening()");
    let figure = |n: usize| longest[n].as_f64().expect("a figure");
    (figure(0), figure(1))
}

#[test]
#[ignore = "`cargo xtask bench window` runs it on the release build"]
fn panning() {
    let million = given("QUAI_BENCH_FOLDER").join("million.gpkg");
    let (mut drops, mut blocked, mut waited) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut stage = Stage::new("fr").never_painted();
        stage.open();
        wait_until_painted(&stage);
        drops.push(from_drop_to_map(&stage, &million));
        let page = stage.page();
        page.wait_for("[data-testid=next]:not([disabled])", Duration::from_secs(180));
        wait_until_whole(page);
        let (block, timer) = longest_block(&stage, middle_of_map(page));
        blocked.push(block);
        waited.push(timer);
    }
    // what the machine itself keeps a page from
    let mut empty = Stage::new("fr");
    empty.open_program(&given("QUAI_EMPTY_PROGRAM"), &[]);
    let noise = (0..RUNS).map(|_| longest_block(&empty, (640, 400)).0).collect();
    show("1,000,000 polygons let go, features on the map", median(drops), "ms", 2000.0);
    show("longest block of the page while panning and zooming", median(blocked), "ms", 50.0);
    println!("(a timer, which gives way to frames that follow each other, waited {:.0} ms)", median(waited));
    println!("(the same gestures over an empty window, which draws nothing: {:.0} ms)", median(noise));
}

#[test]
#[ignore = "`cargo xtask bench window` runs it on the release build"]
fn resting() {
    let (mut ours, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        for (figures, program) in
            [(&mut ours, crate::stage::desktop_program().to_owned()), (&mut empty, given("QUAI_EMPTY_PROGRAM"))]
        {
            let mut stage = Stage::new("fr").never_painted();
            stage.open_program(&program, &[]);
            // at rest: what it began with is done
            if program != given("QUAI_EMPTY_PROGRAM") {
                wait_until_painted(&stage);
            }
            std::thread::sleep(Duration::from_secs(8));
            figures.push(memory(stage.process()) as f64);
        }
    }
    let (ours, empty) = (median(ours), median(empty));
    println!("(memory at rest: {:.0} MB, an empty window {:.0} MB)", ours / 1e6, empty / 1e6);
    show("memory at rest, against an empty window", ours / empty, "x", 1.3);
}
