//! Interrupted from the keyboard in mid work: the end comes at once, says so, and leaves nothing behind.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use harness::quai_program;
use serde_json::Value;

/// Starts `quai` as a terminal does: with a group of processes of its own.
fn start(home: &Path, arguments: &[&str]) -> Child {
    Command::new(quai_program())
        .args(arguments)
        .arg("--json")
        .env("QUAI_DATA_DIR", home)
        .env("QUAI_CONFIG_DIR", home)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("quai runs")
}

/// Reads what it says until `wanted`.
fn hear(out: &mut impl BufRead, wanted: impl Fn(&Value) -> bool) {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(out.read_line(&mut line).is_ok_and(|n| n > 0), "quai ended before it came so far");
        if wanted(&serde_json::from_str(&line).unwrap_or_default()) {
            return;
        }
    }
}

/// As ctrl-C does: to the whole group. Gives the exit code, and the failure's code.
fn interrupt(mut child: Child, mut out: impl BufRead) -> (Option<i32>, Value) {
    let group = format!("-{}", child.id());
    assert!(Command::new("kill").args(["-INT", "--", &group]).status().is_ok_and(|s| s.success()));
    let mut said = String::new();
    out.read_to_string(&mut said).expect("its last words");
    let code = child.wait().expect("an end").code();
    let last = said.lines().last().and_then(|l| serde_json::from_str::<Value>(l).ok()).unwrap_or_default();
    (code, last["failure"]["code"].clone())
}

/// Enough rows that copying them is far from over when its first news come.
fn many_points(folder: &Path) -> String {
    let path = folder.join("points.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    writeln!(file, "nom,lon,lat").expect("a line");
    for i in 0..150_000 {
        writeln!(file, "Borne à {i} mètres,2.{i:06},48.{i:06}").expect("a line");
    }
    path.display().to_string()
}

#[test]
fn a_copy_interrupted_half_way_leaves_nothing_beside_its_target() {
    let folder = tempfile::tempdir().expect("a folder");
    let (home, out) = (folder.path().join("home"), folder.path().join("out/of/here"));
    let (source, into) = (many_points(folder.path()), out.display().to_string());
    for verb in [&["repair", "--all-safe"][..], &["package", "--name", "points"]] {
        let arguments = [verb, &[source.as_str(), "--into", &into]].concat();
        let mut child = start(&home, &arguments);
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        hear(&mut said, |line| line["type"] == "advanced" && line["step"] == "package");
        assert_eq!(interrupt(child, said), (Some(130), "CANCELLED".into()), "{verb:?}");
        assert!(!folder.path().join("out").exists(), "{verb:?}: {:?}", std::fs::read_dir(&out));
    }
    // what was there before stays, alone
    std::fs::create_dir_all(&out).expect("a folder");
    std::fs::write(out.join("mine.txt"), "mine").expect("a file");
    let mut child = start(&home, &["repair", "--all-safe", &source, "--into", &into]);
    let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
    hear(&mut said, |line| line["type"] == "advanced" && line["step"] == "package");
    let _ = interrupt(child, said);
    let left: Vec<_> = std::fs::read_dir(&out).expect("the folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["mine.txt"]);
}

#[test]
fn a_copy_that_was_killed_is_cleared_away_by_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let (home, out) = (folder.path().join("home"), folder.path().join("out"));
    let (source, into) = (many_points(folder.path()), out.display().to_string());
    let mut child = start(&home, &["package", "--name", "points", &source, "--into", &into]);
    let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
    hear(&mut said, |line| line["type"] == "advanced" && line["step"] == "package");
    child.kill().expect("a kill");
    child.wait().expect("an end");
    // the writer holds the other end until it has gone too
    let mut rest = String::new();
    let _ = std::io::Read::read_to_string(&mut said, &mut rest);
    let point = folder.path().join("point.csv");
    std::fs::write(&point, "nom,lon,lat\nun,2.3,48.8\n").expect("a file");
    let next = start(&home, &["package", "--name", "point", &point.display().to_string(), "--into", &into]);
    assert!(next.wait_with_output().is_ok_and(|o| o.status.success()));
    let left: Vec<_> = std::fs::read_dir(&out).expect("the folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["vector"]);
}

#[test]
fn a_reading_that_would_never_end_is_interrupted_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("endless.geojson");
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()));
    let path = pipe.display().to_string();
    let into = folder.path().join("out").display().to_string();
    for words in
        [&["validate", &path][..], &["inspect", "--scan", &path], &["package", "--name", "a", "--into", &into, &path]]
    {
        let mut child = start(&folder.path().join("home"), words);
        let said = BufReader::new(child.stdout.take().expect("a pipe"));
        // opening waits for who reads: it is in the middle of the file then
        let writer = std::fs::File::options().write(true).open(&pipe).expect("a reader");
        let begun = Instant::now();
        assert_eq!(interrupt(child, said), (Some(130), "CANCELLED".into()), "{words:?}");
        drop(writer);
        // the bound of a second is the bench's: here other tests take the machine too
        assert!(begun.elapsed() < Duration::from_secs(15), "{words:?}: {:?}", begun.elapsed());
    }
    assert!(!folder.path().join("out").exists());
}
