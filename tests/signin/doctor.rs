//! `quai doctor` behind a real proxy (tinyproxy) and a private certificate authority (openssl): each
//! broken set-up names its hop, and passes once it is mended.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use harness::sign_in::{Ends, Login, Provider, SCOPES, browse};
use serde_json::{Value, json};

use crate::place::Place;

/// Makes an authority and a certificate signed by it; gives key, certificate and authority.
fn certificate(folder: &Path, name: &str, subject: &str, days: [&str; 2]) -> [PathBuf; 3] {
    let path = |what: &str| folder.join(format!("{name}.{what}"));
    let text = |what: &str| path(what).display().to_string();
    let run = |words: &[&str]| {
        let done = Command::new("openssl").args(words).stderr(Stdio::null()).stdout(Stdio::null()).status();
        assert!(done.is_ok_and(|s| s.success()), "openssl {words:?}");
    };
    let (ca_key, ca) = (text("ca.key"), text("ca.pem"));
    run(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "3650",
        "-subj",
        "/CN=Autorite de la mairie",
        "-keyout",
        &ca_key,
        "-out",
        &ca,
    ]);
    let request = text("csr");
    run(&[
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=essai",
        "-keyout",
        &text("key"),
        "-out",
        &request,
    ]);
    let extension = text("ext");
    std::fs::write(&extension, format!("subjectAltName={subject}\nbasicConstraints=CA:FALSE\n")).expect("a file");
    std::fs::write(path("idx"), "").expect("a file");
    let settings = text("cnf");
    let body = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={}\nnew_certs_dir={}\nserial={}\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n",
        text("idx"),
        folder.display(),
        text("srl")
    );
    std::fs::write(&settings, body).expect("a file");
    std::fs::write(path("srl"), "01\n").expect("a file");
    run(&[
        "ca",
        "-batch",
        "-config",
        &settings,
        "-cert",
        &ca,
        "-keyfile",
        &ca_key,
        "-in",
        &request,
        "-out",
        &text("pem"),
        "-extfile",
        &extension,
        "-startdate",
        days[0],
        "-enddate",
        days[1],
        "-notext",
    ]);
    [path("key"), path("pem"), path("ca.pem")]
}

const NOW: [&str; 2] = ["20200101000000Z", "20490101000000Z"];
const PAST: [&str; 2] = ["20200101000000Z", "20210101000000Z"];

/// A real proxy of its own.
struct Proxy {
    address: String,
    _child: Ends,
}

impl Proxy {
    /// With a login, as `user password`; for these hosts only, where some are named.
    fn start(folder: &Path, login: Option<&str>, only: Option<&str>) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let name = format!("tinyproxy-{port}");
        let mut settings = format!("Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nAllow 127.0.0.1\n");
        if let Some(login) = login {
            settings += &format!("BasicAuth {login}\n");
        }
        if let Some(only) = only {
            let filter = folder.join(format!("{name}.filter"));
            std::fs::write(&filter, only).expect("a file");
            settings += &format!("Filter \"{}\"\nFilterDefaultDeny Yes\n", filter.display());
        }
        let file = folder.join(format!("{name}.conf"));
        std::fs::write(&file, settings).expect("a file");
        let mut program = Command::new("tinyproxy");
        program.args(["-d", "-c"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let child = Ends(program.spawn().expect("tinyproxy starts"));
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "tinyproxy does not listen");
            std::thread::yield_now();
        }
        Self { address: format!("127.0.0.1:{port}"), _child: child }
    }
}

/// Runs the doctor; gives its exit code, the hop that failed and its code.
fn examine(place: &Place, variables: &[(&str, &str)], words: &[&str]) -> (i32, String, String) {
    let mut command = place.quai(&["doctor", "--json"]);
    command.args(words);
    for (name, value) in variables {
        command.env(name, value);
    }
    told(&command.output().expect("quai runs"))
}

fn told(output: &std::process::Output) -> (i32, String, String) {
    let hops: Vec<Value> = harness::lines(output);
    let failed: Vec<&Value> = hops.iter().filter(|h| h["state"] == "failed").collect();
    assert!(failed.len() <= 1, "one hop is named: {failed:?}");
    let text = |member: &str| failed.first().map_or("", |h| h[member].as_str().unwrap_or_default()).to_owned();
    if let Some(hop) = failed.first() {
        assert!(hop["message"].as_array().is_some_and(|m| m.len() == 2 && m[0] != m[1]), "{hop}");
    }
    (output.status.code().unwrap_or(-1), text("hop"), text("code"))
}

fn is(outcome: &(i32, String, String), hop: &str, code: &str) {
    assert_eq!((outcome.0, outcome.1.as_str(), outcome.2.as_str()), (1, hop, code));
}

const WELL: (i32, String, String) = (0, String::new(), String::new());

#[test]
fn each_broken_set_up_behind_a_proxy_and_a_private_authority_names_its_hop_and_passes_when_mended() {
    let place = Place::new();
    let folder = place.folder.path().to_owned();
    let [key, pem, ca] = certificate(&folder, "bon", "DNS:localhost,IP:127.0.0.1", NOW);
    let show = |path: &Path| path.display().to_string();
    let (key, pem, ca) = (show(&key), show(&pem), show(&ca));
    let sandbox = harness::Box::new(&[]);
    let provider = Provider::start(Some(&sandbox), &[("HOST", "localhost"), ("TLS_KEY", &key), ("TLS_CERT", &pem)]);
    place.profile("essai", &provider.api, &provider.issuer, "quai", SCOPES);
    let proxy = Proxy::start(&folder, None, None);
    let guarded = Proxy::start(&folder, Some("camille motdepasse"), None);
    let narrow = Proxy::start(&folder, None, Some("^rien\\.example$\n"));
    let through = format!("http://{}", proxy.address);

    // signed in through proxy and private authority, so that the whole way can be tried
    let mut command = place.quai(&["login", "--profile", "essai", "--no-browser", "--json"]);
    let login = Login::begin(command.env("HTTPS_PROXY", &through).env("QUAI_CA_FILE", &ca));
    browse(&login.url, "camille", "secret", "yes");
    assert_eq!(login.end().0, 0);
    let mended: &[(&str, &str)] = &[("HTTPS_PROXY", &through), ("QUAI_CA_FILE", &ca)];
    assert_eq!(examine(&place, mended, &[]), WELL);

    // 1. the authority is not trusted
    is(&examine(&place, &[("HTTPS_PROXY", &through)], &[]), "tls", "TLS_AUTHORITY");
    // 2. the file of authorities is none
    let absent = show(&folder.join("absent.pem"));
    is(&examine(&place, &[("HTTPS_PROXY", &through), ("QUAI_CA_FILE", &absent)], &[]), "tls", "CA_FILE");
    // 3. the proxy is not there
    is(
        &examine(&place, &[("HTTPS_PROXY", "http://127.0.0.1:1"), ("QUAI_CA_FILE", &ca)], &[]),
        "proxy",
        "PROXY_UNREACHABLE",
    );
    // 4. the proxy's name is not known
    is(&examine(&place, &[("HTTPS_PROXY", "http://proxy.invalid:3128"), ("QUAI_CA_FILE", &ca)], &[]), "dns", "DNS");
    // 5. the proxy asks for a password, and gets none; 6. a wrong one; then the right one, set by command
    let asked = format!("http://{}", guarded.address);
    is(&examine(&place, &[("HTTPS_PROXY", &asked), ("QUAI_CA_FILE", &ca)], &[]), "proxy", "PROXY_ASKS");
    let wrong = format!("http://camille:faux@{}", guarded.address);
    is(&examine(&place, &[("HTTPS_PROXY", &wrong), ("QUAI_CA_FILE", &ca)], &[]), "proxy", "PROXY_PASSWORD");
    let mut set = place.quai(&["network", "--proxy", &asked, "--proxy-user", "camille", "--trust", &ca]);
    assert!(set.env("QUAI_PROXY_PASSWORD", "motdepasse").output().is_ok_and(|o| o.status.success()));
    assert_eq!(examine(&place, &[], &[]), WELL);
    let written = std::fs::read_to_string(folder.join("config/network.json")).expect("settings");
    assert!(written.contains("camille") && !written.contains("motdepasse"));
    place.run(&["network", "--proxy", "system", "--proxy-user", "none", "--trust", "none"]);
    // 7. the proxy does not let through
    let closed = format!("http://{}", narrow.address);
    is(&examine(&place, &[("HTTPS_PROXY", &closed), ("QUAI_CA_FILE", &ca)], &[]), "proxy", "PROXY_REFUSED");
    // by a script that sends to the proxy; 8. a script that is none
    let script = folder.join("proxy.pac");
    std::fs::write(&script, format!("function FindProxyForURL(u, h) {{ return 'PROXY {}' }}", proxy.address))
        .expect("a file");
    assert_eq!(examine(&place, &[("QUAI_PAC_URL", &show(&script)), ("QUAI_CA_FILE", &ca)], &[]), WELL);
    std::fs::write(&script, "<html>").expect("a file");
    is(&examine(&place, &[("QUAI_PAC_URL", &show(&script)), ("QUAI_CA_FILE", &ca)], &[]), "proxy", "PAC");
    // 9. the clock of this machine is wrong
    let mut late = place.quai(&[]);
    let program = late.get_program().to_owned();
    let mut command = Command::new("faketime");
    command.args(["-f", "+40y"]).arg(program).args(["doctor", "--json"]);
    for (name, value) in late.env("QUAI_CA_FILE", &ca).env("HTTPS_PROXY", &through).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    is(&told(&command.output().expect("faketime runs")), "clock", "CLOCK");
    // 10. no disk to write on
    let file = folder.join("un-fichier");
    std::fs::write(&file, "").expect("a file");
    let nowhere = show(&file.join("data"));
    let with = [mended, &[("QUAI_DATA_DIR", &nowhere)]].concat();
    is(&examine(&place, &with, &[]), "disk", "DISK");
    // 11. PROJ's database is not found
    let with = [mended, &[("PROJ_DATA", "/nowhere"), ("PROJ_LIB", "/nowhere")]].concat();
    is(&examine(&place, &with, &[]), "gdal", "GDAL");
    // 12. no keychain, though the account is kept there: sign-in would be named too, so only the first is
    let with = [mended, &[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")]].concat();
    let mut blind = place.quai(&["doctor", "--json"]);
    let output = blind.envs(with.iter().copied()).output().expect("quai runs");
    let first = harness::lines(&output).into_iter().find(|h| h["state"] == "failed").expect("a hop");
    assert_eq!((&first["hop"], &first["code"]), (&json!("keychain"), &json!("NO_KEYCHAIN")));
    // 13. a datastore that is not the account's
    let with = ["--datastore", "00000000-0000-4000-8000-000000000000"];
    is(&examine(&place, mended, &with), "datastore", "DATASTORE");
    // 14. the API is away
    let origin = sandbox.text("api").trim_end_matches("/api").to_owned();
    let switch = |away: u32| {
        let body = json!({ "unavailable": away, "rights": ["UPLOAD"] }).to_string();
        assert!(
            harness::http()
                .post(format!("{origin}/sandbox/switches"))
                .body(body)
                .send()
                .expect("an answer")
                .status()
                .is_success()
        );
    };
    switch(1000);
    is(&examine(&place, mended, &[]), "api", "API");
    switch(0);
    assert_eq!(examine(&place, mended, &[]), WELL);
}

#[test]
fn certificates_that_ended_or_are_anothers_and_realms_that_are_not_there_are_named() {
    let place = Place::new();
    let folder = place.folder.path().to_owned();
    let show = |path: &Path| path.display().to_string();
    for (name, subject, days, code) in
        [("vieux", "DNS:localhost", PAST, "TLS_EXPIRED"), ("autre", "DNS:ailleurs.example", NOW, "TLS_NAME")]
    {
        let [key, pem, ca] = certificate(&folder, name, subject, days);
        let provider =
            Provider::start(None, &[("HOST", "localhost"), ("TLS_KEY", &show(&key)), ("TLS_CERT", &show(&pem))]);
        place.profile(name, &provider.api, &provider.issuer, "quai", &[]);
        is(&examine(&place, &[("QUAI_CA_FILE", &show(&ca))], &["--profile", name]), "tls", code);
    }
    let provider = Provider::start(None, &[]);
    place.profile("royaume", &provider.api, &format!("{}/realms/rien", provider.issuer), "quai", &[]);
    is(&examine(&place, &[], &["--profile", "royaume"]), "sign_in", "SIGN_IN_REALM");
    place.profile("bon", &provider.api, &provider.issuer, "quai", &[]);
    assert_eq!(examine(&place, &[], &["--profile", "bon"]), WELL);
    place.profile("nom", "https://api.invalid/api", &provider.issuer, "quai", &[]);
    is(&examine(&place, &[], &["--profile", "nom"]), "dns", "DNS");
    place.profile("port", "http://127.0.0.1:1/api", &provider.issuer, "quai", &[]);
    is(&examine(&place, &[], &["--profile", "port"]), "connect", "CONNECT");
}
