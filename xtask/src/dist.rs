//! Packages for people: `.deb` and `.rpm`, by Tauri's own bundler from npm, the command line inside;
//! then a look at what was made, and on request a first start in a system that has nothing else.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{PROGRAMS, call, install, outside, page, root, target};

const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// Without GDAL, which comes from the system.
const MOST_BYTES: u64 = 15_000_000;

/// What each package must bring.
const HOLDS: [&str; 8] = [
    "usr/bin/quai-desktop",
    "usr/bin/quai",
    "usr/share/applications/Quai.desktop",
    "usr/share/icons/hicolor/128x128/apps/quai-desktop.png",
    "usr/share/icons/hicolor/32x32/apps/quai-desktop.png",
    "usr/share/mime/packages/quai.xml",
    "usr/share/doc/quai/copyright",
    "usr/share/quai/samples/CANTON.shp",
];

pub(crate) fn dist(yes: bool, quick: bool, try_it: bool, made_already: &[PathBuf]) -> Result<()> {
    install::install(&["run", "dist"], yes)?;
    if let [deb, rest @ ..] = made_already {
        look("deb", &said("dpkg-deb", &["--contents", &deb.display().to_string()])?)?;
        return try_in_a_clean_root(deb, rest.first().map(PathBuf::as_path));
    }
    page::build()?;
    let profile = if quick { "release" } else { "dist" };
    bundle(profile)?;
    let deb = made(profile, "deb")?;
    pack_tightly(&deb)?;
    let rpm = made(profile, "rpm")?;
    for package in [&deb, &rpm] {
        let bytes = std::fs::metadata(package)?.len();
        println!("{}  {:.2} MB", package.display(), bytes as f64 / 1e6);
        if bytes > MOST_BYTES {
            bail!("`{}` is heavier than {MOST_BYTES} bytes", package.display());
        }
    }
    look("deb", &said("dpkg-deb", &["--contents", &deb.display().to_string()])?)?;
    let needs = said("dpkg-deb", &["--field", &deb.display().to_string(), "Depends"])?;
    if !needs.contains("libgdal") || !needs.contains("libwebkit2gtk") {
        bail!("the .deb does not ask for GDAL and WebKit: {needs}");
    }
    look("rpm", &said("rpm", &["--query", "--list", "--package", &rpm.display().to_string()])?)?;
    let needs = said("rpm", &["--query", "--requires", "--package", &rpm.display().to_string()])?;
    if !needs.contains("gdal-libs") {
        bail!("the .rpm does not ask for GDAL: {needs}");
    }
    if try_it {
        try_in_a_clean_root(&deb, Some(&rpm))?;
    } else {
        println!("`cargo xtask dist --try` installs both in a bare Debian and starts them there (as root)");
    }
    Ok(())
}

fn bundle(profile: &str) -> Result<()> {
    let quai = json!({ "files": { "/usr/bin/quai": target().join(profile).join("quai") } });
    let also = json!({
        // the page is built already
        "build": { "beforeBuildCommand": null },
        "bundle": { "linux": { "deb": quai, "rpm": quai } },
    });
    let also = also.to_string();
    let npx = if cfg!(windows) { "npx.cmd" } else { "npx" };
    let words =
        ["--yes", BUNDLER, "build", "--ci", "--bundles", "deb,rpm", "--config", &also, "--", "--profile", profile];
    let words = [&words[..], &PROGRAMS].concat();
    eprintln!("$ {npx} {}", words.join(" "));
    let status = outside(npx).args(words).current_dir(root().join("src-tauri")).status();
    if !status.with_context(|| format!("`{npx}` could not be started"))?.success() {
        bail!("Tauri's bundler failed");
    }
    Ok(())
}

/// The bundler packs a `.deb` by gzip, which sees 32 kB at a time: what both programs hold alike is packed once when
/// one looks as far back as the other program.
fn pack_tightly(deb: &Path) -> Result<()> {
    let laid = target().join("laid");
    let _ = std::fs::remove_dir_all(&laid);
    let (folder, deb) = (laid.display().to_string(), deb.display().to_string());
    call("dpkg-deb", &["--raw-extract", &deb, &folder])?;
    call("dpkg-deb", &["--root-owner-group", "-Zxz", "-z9", "-Sextreme", "--build", &folder, &deb])?;
    Ok(std::fs::remove_dir_all(&laid)?)
}

fn made(profile: &str, kind: &str) -> Result<PathBuf> {
    let folder = target().join(profile).join("bundle").join(kind);
    let all = std::fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))?.flatten();
    let mut all = all.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == kind));
    all.find(|p| p.to_string_lossy().contains(env!("CARGO_PKG_VERSION")))
        .with_context(|| format!("no .{kind} was made"))
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().with_context(|| format!("`{program}` is missing"))?;
    if !output.status.success() {
        bail!("`{program}` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn look(kind: &str, list: &str) -> Result<()> {
    let missing: Vec<&str> = HOLDS.into_iter().filter(|path| !list.lines().any(|l| l.ends_with(path))).collect();
    if !missing.is_empty() {
        bail!("the .{kind} lacks {}", missing.join(", "));
    }
    println!(".{kind}: both programs, desktop entry, icons, file types, licences and a sample are inside");
    Ok(())
}

/// A bare Debian in a folder: nothing of this machine's is seen from within but the network.
struct CleanRoot(PathBuf);

impl CleanRoot {
    fn new() -> Result<Self> {
        let base = target().join("clean-root");
        if !base.join("etc/debian_version").exists() {
            let _ = std::fs::remove_dir_all(&base);
            let into = base.display().to_string();
            call("debootstrap", &["--variant=minbase", "bookworm", &into, "http://deb.debian.org/debian"])?;
        }
        let own = target().join("clean-root-used");
        let _ = std::fs::remove_dir_all(&own);
        call("cp", &["--archive", &base.display().to_string(), &own.display().to_string()])?;
        Ok(Self(own))
    }

    /// A command within. Its mounts end with it. The first process there is a shell that waits: a
    /// display tells nothing to a parent whose number is 1.
    fn command(&self, script: &str) -> Command {
        let place = self.0.display();
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c"]).arg(format!(
            "set -e; mount -t proc proc '{place}/proc'; mount --rbind /dev '{place}/dev'; \
             cp -L /etc/resolv.conf '{place}/etc/resolv.conf'; chroot '{place}' /bin/sh -ec '{script}'; exit 0"
        ));
        command.env("DEBIAN_FRONTEND", "noninteractive").env("HOME", "/root").env("LC_ALL", "C.UTF-8");
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, script: &str) -> Result<()> {
        eprintln!("(clean root) $ {script}");
        let status = self.command(script).status().context("`unshare` could not be started")?;
        if status.success() { Ok(()) } else { bail!("`{script}` failed in the clean root") }
    }
}

/// Installs the `.deb` with all that it asks for, then the `.rpm` in its place. What the `.rpm` asks for bears Fedora's
/// names, which a Debian does not know: it finds what the `.deb` brought.
fn try_in_a_clean_root(deb: &Path, rpm: Option<&Path>) -> Result<()> {
    let clean = CleanRoot::new()?;
    std::fs::copy(deb, clean.0.join("quai.deb"))?;
    // the package's own words bring all it needs: nothing else is installed before it runs
    clean.run("apt-get update -qq; apt-get install -y -qq --no-install-recommends /quai.deb")?;
    clean.run(ANSWERS)?;
    // what follows is for looking at it: a display and WebKit's driver
    clean.run("apt-get install -y -qq --no-install-recommends xvfb xauth dbus webkit2gtk-driver")?;
    println!("the .deb's window, in a bare Debian, shows: {}", window_of(&clean)?);
    let Some(rpm) = rpm else { return Ok(()) };
    std::fs::copy(rpm, clean.0.join("quai.rpm"))?;
    clean.run("apt-get install -y -qq --no-install-recommends rpm; dpkg --purge quai; test ! -e /usr/bin/quai")?;
    clean.run("rpm --install --nodeps /quai.rpm; rpm --verify --nodeps quai")?;
    clean.run(ANSWERS)?;
    println!("the .rpm's window, in the same Debian, shows: {}", window_of(&clean)?);
    Ok(())
}

/// Both programs find what they need, and the one without a window reads the sample.
const ANSWERS: &str = "quai --version; quai inspect /usr/share/quai/samples/CANTON.shp; \
     test \"$(ldd /usr/bin/quai-desktop | grep -c \"not found\")\" = 0";

/// What the installed window shows first.
fn window_of(clean: &CleanRoot) -> Result<String> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut driver = clean
        .command(&format!(
            "export TAURI_AUTOMATION=true TAURI_WEBVIEW_AUTOMATION=true; \
             exec xvfb-run -a dbus-run-session -- WebKitWebDriver --port={port}"
        ))
        .spawn()?;
    let shown = first_page(port);
    let _ = driver.kill();
    let _ = driver.wait();
    shown
}

/// Opens the installed window and reads its title, by WebKit's driver.
fn first_page(port: u16) -> Result<String> {
    let base = format!("http://127.0.0.1:{port}");
    let post = |url: &str, body: &str| said("curl", &["--silent", "--fail-with-body", "--data", body, url]);
    let begun = Instant::now();
    let until = |what: &str, act: &dyn Fn() -> Result<Option<String>>| -> Result<String> {
        loop {
            match act() {
                Ok(Some(found)) => return Ok(found),
                outcome if begun.elapsed() > Duration::from_secs(90) => bail!("{what}: {outcome:?}"),
                _ => std::thread::sleep(Duration::from_millis(200)),
            }
        }
    };
    until("the driver does not answer", &|| said("curl", &["--silent", &format!("{base}/status")]).map(Some))?;
    let options = json!({ "binary": "/usr/bin/quai-desktop", "args": [] });
    let asked = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
    let session: serde_json::Value = serde_json::from_str(&post(&format!("{base}/session"), &asked.to_string())?)?;
    let session = session["value"]["sessionId"].as_str().context("no session")?.to_owned();
    let script = json!({
        "script": "return document.documentElement.dataset.ready ? document.querySelector('h1').textContent : null",
        "args": [],
    });
    let address = format!("{base}/session/{session}/execute/sync");
    let title = until("the page does not show", &|| {
        let answer: serde_json::Value = serde_json::from_str(&post(&address, &script.to_string())?)?;
        Ok(answer["value"].as_str().map(str::to_owned))
    });
    let _ = said("curl", &["--silent", "--request", "DELETE", &format!("{base}/session/{session}")]);
    title
}
