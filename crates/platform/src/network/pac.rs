//! Proxy auto-configuration: a script says which proxy to take for an address. It runs in QuickJS
//! with little memory and little time, on a thread of its own, and can reach nothing but names.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Url;
use rquickjs::{Context, Function, Runtime};

const HELPERS: &str = include_str!("pac.js");
const MEMORY_BYTES: usize = 16 << 20;
const STACK_BYTES: usize = 256 << 10;
/// Names may have to be resolved.
const PATIENCE: Duration = Duration::from_secs(5);

type Asked = (String, String, Sender<Result<String, String>>);

/// A script that was read and runs.
#[derive(Debug)]
pub struct Pac {
    ask: Mutex<Sender<Asked>>,
    /// By origin: a script is asked once for each.
    known: Mutex<HashMap<String, Option<Url>>>,
}

impl Pac {
    /// # Errors
    /// When it is no script with a `FindProxyForURL`.
    pub fn new(script: &str) -> Result<Self, String> {
        let (ask, asked) = channel::<Asked>();
        let (begun, ready) = channel();
        let script = script.to_owned();
        let life = move || {
            let engine = match Engine::new(&script) {
                Ok(engine) => engine,
                Err(fault) => return drop(begun.send(Err(fault))),
            };
            let _ = begun.send(Ok(()));
            while let Ok((url, host, answer)) = asked.recv() {
                let _ = answer.send(engine.find(&url, &host));
            }
        };
        std::thread::Builder::new().name("pac".to_owned()).spawn(life).map_err(|e| e.to_string())?;
        ready.recv_timeout(PATIENCE).map_err(|_| "it does not end".to_owned())??;
        Ok(Self { ask: Mutex::new(ask), known: Mutex::default() })
    }

    /// The proxy for an address; nothing to go there directly. A script that fails sends directly.
    #[must_use]
    pub fn find(&self, url: &Url) -> Option<Url> {
        let origin = url.origin().ascii_serialization();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&origin).cloned();
        if let Some(known) = known {
            return known;
        }
        let found = match self.asked(&format!("{origin}/"), url.host_str().unwrap_or_default()) {
            Ok(text) => first(&text),
            Err(says) => {
                tracing::warn!(says, "the proxy configuration script failed");
                None
            }
        };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(origin, found.clone());
        found
    }

    fn asked(&self, url: &str, host: &str) -> Result<String, String> {
        let (answer, answered) = channel();
        let ask = self.ask.lock().unwrap_or_else(PoisonError::into_inner);
        ask.send((url.to_owned(), host.to_owned(), answer)).map_err(|_| "it has ended".to_owned())?;
        drop(ask);
        answered.recv_timeout(PATIENCE).map_err(|_| "it does not answer".to_owned())?
    }
}

/// The first way that a client can take: `PROXY host:port; DIRECT`.
fn first(text: &str) -> Option<Url> {
    for way in text.split(';').map(str::trim) {
        let (kind, place) = way.split_once(char::is_whitespace).unwrap_or((way, ""));
        let scheme = match kind.to_ascii_uppercase().as_str() {
            "DIRECT" => return None,
            "PROXY" | "HTTP" => "http",
            "HTTPS" => "https",
            "SOCKS" | "SOCKS5" => "socks5h",
            "SOCKS4" => "socks4a",
            _ => continue,
        };
        if let Ok(url) = Url::parse(&format!("{scheme}://{}", place.trim())) {
            return Some(url);
        }
    }
    None
}

struct Engine {
    context: Context,
    runtime: Runtime,
}

impl Engine {
    fn new(script: &str) -> Result<Self, String> {
        let told = |e: rquickjs::Error| e.to_string();
        let runtime = Runtime::new().map_err(told)?;
        runtime.set_memory_limit(MEMORY_BYTES);
        runtime.set_max_stack_size(STACK_BYTES);
        let context = Context::full(&runtime).map_err(told)?;
        let engine = Self { context, runtime };
        engine.hurry();
        engine.context.with(|ctx| -> Result<(), String> {
            let own = ctx.globals();
            let resolve = Function::new(ctx.clone(), resolve).map_err(told)?;
            own.set("dnsResolve", resolve).map_err(told)?;
            own.set("myIpAddress", Function::new(ctx.clone(), own_address).map_err(told)?).map_err(told)?;
            ctx.eval::<(), _>(HELPERS).map_err(told)?;
            ctx.eval::<(), _>(script).map_err(|_| said(&ctx))?;
            own.get::<_, Function>("FindProxyForURL").map(drop).map_err(|_| "there is no FindProxyForURL".to_owned())
        })?;
        Ok(engine)
    }

    /// From now on, a script that goes on for too long is stopped.
    fn hurry(&self) {
        let end = Instant::now() + PATIENCE;
        self.runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() > end)));
    }

    fn find(&self, url: &str, host: &str) -> Result<String, String> {
        self.hurry();
        self.context.with(|ctx| {
            let find: Function = ctx.globals().get("FindProxyForURL").map_err(|e| e.to_string())?;
            find.call::<_, String>((url, host)).map_err(|_| said(&ctx))
        })
    }
}

/// What a script that failed says.
fn said(ctx: &rquickjs::Ctx<'_>) -> String {
    let thrown = ctx.catch();
    thrown.as_exception().and_then(|e| e.message()).unwrap_or_else(|| "it fails".to_owned())
}

fn resolve(host: String) -> Option<String> {
    let found = (host.as_str(), 0).to_socket_addrs().ok()?;
    found.filter(SocketAddr::is_ipv4).map(|a| a.ip().to_string()).next()
}

/// The address by which this machine would leave; nothing is sent.
fn own_address() -> String {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0));
    let own = socket.and_then(|s| s.connect(("192.0.2.1", 9)).and_then(|()| s.local_addr()));
    own.map_or_else(|_| Ipv4Addr::LOCALHOST.to_string(), |a| a.ip().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(script: &str, url: &str) -> Option<String> {
        Pac::new(script).unwrap().find(&Url::parse(url).unwrap()).map(|u| u.to_string())
    }

    #[test]
    fn a_script_of_a_town_hall_is_followed() {
        let script = r#"function FindProxyForURL(url, host) {
            if (isPlainHostName(host) || dnsDomainIs(host, ".mairie.example") || isInNet(host, "10.0.0.0", "255.0.0.0"))
              return "DIRECT";
            if (shExpMatch(host, "*.geopf.fr")) return "PROXY proxy.mairie.example:3128; DIRECT";
            if (shExpMatch(url, "https://socks.*")) return "SOCKS5 relais:1080";
            return "UNKNOWN x; HTTPS secure.example:8443";
          }"#;
        for (url, proxy) in [
            ("https://intranet/", None),
            ("https://a.mairie.example/", None),
            ("https://10.2.3.4/", None),
            ("https://data.geopf.fr/api", Some("http://proxy.mairie.example:3128/")),
            ("https://socks.example/", Some("socks5h://relais:1080")),
            ("https://example.org/", Some("https://secure.example:8443/")),
        ] {
            assert_eq!(asked(script, url).as_deref(), proxy, "{url}");
        }
    }

    /// The script's clock stands at the given local time.
    fn at(time: &str, rule: &str) -> bool {
        let script = format!(
            "var Real = Date; Date = function () {{ return arguments.length ? new Real(arguments[0]) : new Real('{time}') }};
             function FindProxyForURL(u, h) {{ return ({rule}) ? 'PROXY p:1' : 'DIRECT' }}"
        );
        asked(&script, "https://example.org/").is_some()
    }

    #[test]
    fn the_calendar_of_a_script_is_followed() {
        let (noon, late) = ("2026-11-25T12:00:00", "2026-11-25T23:30:15");
        for (time, rule, holds) in [
            (noon, "weekdayRange('SUN', 'SAT')", true),
            (noon, "weekdayRange('WED')", true),
            (noon, "weekdayRange('FRI', 'TUE')", false),
            (noon, "weekdayRange('FRI', 'WED')", true),
            (noon, "timeRange(12)", true),
            (noon, "timeRange(8, 11)", false),
            (late, "timeRange(0, 23)", true),
            (late, "timeRange(22, 6)", true),
            (noon, "timeRange(22, 6)", false),
            (late, "timeRange(8, 0, 23, 30)", true),
            (late, "timeRange(8, 0, 23, 29)", false),
            (late, "timeRange(0, 0, 0, 23, 30, 15)", true),
            (late, "timeRange(0, 0, 0, 23, 30, 14)", false),
            (noon, "dateRange('JAN', 'DEC')", true),
            (noon, "dateRange('DEC', 'FEB')", false),
            (noon, "dateRange(25)", true),
            (noon, "dateRange(1, 24)", false),
            (noon, "dateRange(1999)", false),
            (noon, "dateRange(1, 'JAN', 1999, 31, 'DEC', 1999)", false),
            (noon, "dateRange(1, 'JAN', 1999, 31, 'DEC', 2999, 'GMT')", true),
            (noon, "localHostOrDomainIs('www', 'www.example.org')", true),
            (noon, "dnsDomainLevels('a.b.c') === 2", true),
            (noon, "isInNet('127.0.0.1', '127.0.0.0', '255.0.0.0') && isResolvable('127.0.0.1')", true),
        ] {
            assert_eq!(at(time, rule), holds, "{time} {rule}");
        }
    }

    #[test]
    fn a_script_that_is_none_or_takes_all_is_refused_and_one_that_fails_goes_directly() {
        assert!(Pac::new("<html>").is_err());
        assert!(Pac::new("var x = 1").unwrap_err().contains("FindProxyForURL"));
        assert!(
            Pac::new("function FindProxyForURL(){} var a = ''; while (true) a += 'aaaaaaaaaaaaaaaaaaaaaaa'").is_err()
        );
        assert_eq!(asked("function FindProxyForURL(u, h) { return nothing.at.all }", "https://example.org/"), None);
    }
}
