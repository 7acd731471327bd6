//! What the desktop was set to, where the environment says nothing: GNOME's settings on Linux, the
//! automatic configuration of Windows and macOS. Their fixed proxies are found by `hyper-util`.

use std::process::{Command, Stdio};

/// What the system says of proxies, beside the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemProxy {
    Nothing,
    Fixed {
        url: String,
        /// Separated by commas.
        no_proxy: String,
    },
    /// The address of a proxy auto-configuration script.
    Automatic(String),
}

/// What the system says, asked once a run; nothing when it has no answer.
#[must_use]
pub fn system_proxy() -> SystemProxy {
    static SAID: std::sync::OnceLock<SystemProxy> = std::sync::OnceLock::new();
    SAID.get_or_init(ask).clone()
}

fn ask() -> SystemProxy {
    if cfg!(target_os = "windows") {
        windows()
    } else if cfg!(target_os = "macos") {
        macos(&said("scutil", &["--proxy"]).unwrap_or_default())
    } else {
        gnome(&|key| said("gsettings", &["get", key.0, key.1]))
    }
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

type Key = (&'static str, &'static str);

fn gnome(get: &dyn Fn(Key) -> Option<String>) -> SystemProxy {
    let text = |key: Key| get(key).map(|v| v.trim_matches('\'').to_owned()).filter(|v| !v.is_empty());
    match text(("org.gnome.system.proxy", "mode")).as_deref() {
        Some("auto") => {
            text(("org.gnome.system.proxy", "autoconfig-url")).map_or(SystemProxy::Nothing, SystemProxy::Automatic)
        }
        Some("manual") => {
            let at = |schema: &'static str| Some((text((schema, "host"))?, text((schema, "port"))?));
            let found = at("org.gnome.system.proxy.https").or_else(|| at("org.gnome.system.proxy.http"));
            let Some((host, port)) = found else { return SystemProxy::Nothing };
            let ignored = get(("org.gnome.system.proxy", "ignore-hosts")).unwrap_or_default();
            let no_proxy: Vec<&str> = ignored.split('\'').skip(1).step_by(2).collect();
            SystemProxy::Fixed { url: format!("http://{host}:{port}"), no_proxy: no_proxy.join(",") }
        }
        _ => SystemProxy::Nothing,
    }
}

fn macos(shown: &str) -> SystemProxy {
    let of = |name: &str| {
        shown.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix(':').map(str::trim))
    };
    match (of("ProxyAutoConfigEnable"), of("ProxyAutoConfigURLString")) {
        (Some("1"), Some(url)) => SystemProxy::Automatic(url.to_owned()),
        _ => SystemProxy::Nothing,
    }
}

fn windows() -> SystemProxy {
    let key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
    let shown = said("reg", &["query", key, "/v", "AutoConfigURL"]).unwrap_or_default();
    let url = shown.split("REG_SZ").nth(1).map(str::trim).filter(|u| !u.is_empty());
    url.map_or(SystemProxy::Nothing, |url| SystemProxy::Automatic(url.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gnome_and_macos_settings_are_read() {
        let of = |answers: &'static [(&'static str, &'static str, &'static str)]| {
            gnome(&move |(schema, key)| answers.iter().find(|a| a.0 == schema && a.1 == key).map(|a| a.2.to_owned()))
        };
        assert_eq!(of(&[]), SystemProxy::Nothing);
        assert_eq!(of(&[("org.gnome.system.proxy", "mode", "'none'")]), SystemProxy::Nothing);
        assert_eq!(
            of(&[
                ("org.gnome.system.proxy", "mode", "'auto'"),
                ("org.gnome.system.proxy", "autoconfig-url", "'http://wpad/proxy.pac'")
            ]),
            SystemProxy::Automatic("http://wpad/proxy.pac".to_owned())
        );
        assert_eq!(
            of(&[
                ("org.gnome.system.proxy", "mode", "'manual'"),
                ("org.gnome.system.proxy", "ignore-hosts", "['localhost', '127.0.0.0/8']"),
                ("org.gnome.system.proxy.http", "host", "'proxy'"),
                ("org.gnome.system.proxy.http", "port", "3128")
            ]),
            SystemProxy::Fixed { url: "http://proxy:3128".to_owned(), no_proxy: "localhost,127.0.0.0/8".to_owned() }
        );
        let shown = "<dictionary> {\n  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://wpad/p.pac\n}";
        assert_eq!(macos(shown), SystemProxy::Automatic("http://wpad/p.pac".to_owned()));
        assert_eq!(macos("<dictionary> {\n}"), SystemProxy::Nothing);
    }
}
