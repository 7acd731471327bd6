//! The way to one origin: name, proxy, connection, certificate, clock.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use model::Failure;
use platform::network::{Network, Through};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Hop, HopState, Round};

const PATIENCE: Duration = Duration::from_secs(8);
/// Tokens are refused, and certificates too, when clocks are further apart.
const MOST_APART: Duration = Duration::from_secs(300);

async fn in_time<T>(act: impl Future<Output = std::io::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, act).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(fault)) => Err(fault.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// Tries the way; false when it leads nowhere, and then the rest is told as not tried.
pub(super) async fn to(origin: &str, network: &Network, round: &mut Round<'_>) -> bool {
    let beyond = ["dns", "proxy", "connect", "tls", "clock", "sign_in", "api", "datastore"];
    for (number, hop) in ["dns", "proxy", "connect", "tls"].into_iter().enumerate() {
        let well = match hop {
            "dns" => dns(origin, network, round).await,
            "proxy" => proxy(origin, network, round).await,
            "connect" => connect(origin, network, round).await,
            _ => tls_and_clock(origin, network, round).await,
        };
        if !well {
            let rest = if hop == "tls" { number + 2 } else { number + 1 };
            round.not_tried(&beyond[rest..]);
            return false;
        }
    }
    true
}

fn parts(origin: &str) -> (String, u16) {
    let url = url::Url::parse(origin).ok();
    let host = url.as_ref().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    (host.trim_matches(['[', ']']).to_owned(), url.and_then(|u| u.port_or_known_default()).unwrap_or(443))
}

fn through(origin: &str, network: &Network) -> Option<Through> {
    network.through(origin).ok().flatten()
}

/// The name that this machine itself must resolve: the proxy's, when there is one.
async fn dns(origin: &str, network: &Network, round: &mut Round<'_>) -> bool {
    let proxy = through(origin, network);
    let (host, port) = proxy.as_ref().map_or_else(|| parts(origin), |p| (p.host().to_owned(), p.port()));
    let found = in_time(tokio::net::lookup_host((host.as_str(), port))).await.map(|mut all| all.next());
    match found {
        Ok(Some(_)) => {
            round.passed("dns", format!("le nom {host} est connu"), format!("the name {host} is known"));
            true
        }
        other => {
            let says = other.err().unwrap_or_else(|| "no address".to_owned());
            let failure = Failure::new(
                "DNS",
                format!("Le nom « {host} » n’est pas connu de cette machine : {says}"),
                format!("The name `{host}` is not known to this machine: {says}"),
            )
            .hint(
                "Vérifiez l’adresse, la connexion au réseau, et s’il faut un proxy (Réglages › Réseau, ou quai network).",
                "Check the address, the network connection, and whether a proxy is needed (Settings › Network, or quai network).",
            );
            round.add(Hop::failed("dns", &failure))
        }
    }
}

async fn proxy(origin: &str, network: &Network, round: &mut Round<'_>) -> bool {
    let proxy = match network.through(origin) {
        Ok(Some(proxy)) => proxy,
        Ok(None) => {
            round.passed("proxy", "aucun proxy : chemin direct", "no proxy: straight ahead");
            return true;
        }
        Err(refusal) => {
            let failure = Failure::new("PROXY_WRONG", refusal.says.clone(), refusal.says);
            return round.add(Hop::failed("proxy", &failure));
        }
    };
    let shown = proxy.shown();
    let failed = |code: &str, fr: String, en: String, hint: [&str; 2]| {
        Hop::failed("proxy", &Failure::new(code, fr, en).hint(hint[0], hint[1]))
    };
    let mut line = match in_time(TcpStream::connect((proxy.host(), proxy.port()))).await {
        Ok(line) => line,
        Err(says) => {
            return round.add(failed(
                "PROXY_UNREACHABLE",
                format!("Le proxy {shown} ne répond pas : {says}"),
                format!("The proxy {shown} does not answer: {says}"),
                [
                    "Vérifiez son adresse (Réglages › Réseau, quai network ou HTTPS_PROXY) ; sans proxy : « direct ».",
                    "Check its address (Settings › Network, quai network or HTTPS_PROXY); without a proxy: “direct”.",
                ],
            ));
        }
    };
    // other kinds are tried by what follows
    if proxy.scheme() != "http" {
        round.passed("proxy", format!("le proxy {shown} répond"), format!("the proxy {shown} answers"));
        return true;
    }
    let (host, port) = parts(origin);
    let secure = origin.starts_with("https");
    let mut ask = if secure {
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n")
    } else {
        format!("HEAD {origin}/ HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n")
    };
    if let Some((name, password)) = proxy.login() {
        let login = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{}", password.reveal()));
        ask += &format!("Proxy-Authorization: Basic {login}\r\n");
    }
    ask += "\r\n";
    let said = in_time(async {
        line.write_all(ask.as_bytes()).await?;
        let mut head = vec![0; 512];
        let read = line.read(&mut head).await?;
        Ok(String::from_utf8_lossy(&head[..read]).into_owned())
    })
    .await;
    let status: Option<u16> = said.as_ref().ok().and_then(|s| s.split_whitespace().nth(1)?.parse().ok());
    let hop = match status {
        // tinyproxy answers 401 to a wrong password, others 407
        Some(401 | 407) if secure && proxy.has_login() => failed(
            "PROXY_PASSWORD",
            format!("Le proxy {shown} n’accepte pas ce nom et ce mot de passe."),
            format!("The proxy {shown} does not accept this name and password."),
            [
                "Redonnez-les : Réglages › Réseau, ou quai network --proxy-user NOM.",
                "Give them again: Settings › Network, or quai network --proxy-user NAME.",
            ],
        ),
        Some(407) => failed(
            "PROXY_ASKS",
            format!("Le proxy {shown} demande un nom et un mot de passe."),
            format!("The proxy {shown} asks for a name and a password."),
            [
                "Donnez-les : Réglages › Réseau, ou quai network --proxy-user NOM.",
                "Give them: Settings › Network, or quai network --proxy-user NAME.",
            ],
        ),
        // without a tunnel, the status is the other side's
        Some(status) if status < 400 || !secure && ![403, 502, 503].contains(&status) => Hop::new(
            "proxy",
            HopState::Passed,
            format!("le proxy {shown} laisse passer vers {host}"),
            format!("the proxy {shown} lets through to {host}"),
        ),
        Some(status) => failed(
            "PROXY_REFUSED",
            format!("Le proxy {shown} ne laisse pas passer vers {host} (réponse {status})."),
            format!("The proxy {shown} does not let through to {host} (answer {status})."),
            [
                "Demandez à votre service informatique d’autoriser cette adresse.",
                "Ask your IT department to allow this address.",
            ],
        ),
        None => failed(
            "PROXY_UNREACHABLE",
            format!("Le proxy {shown} n’a pas répondu comme un proxy : {}", said.err().unwrap_or_default()),
            format!("The proxy {shown} did not answer as a proxy does."),
            [
                "Vérifiez son adresse (Réglages › Réseau, ou quai network).",
                "Check its address (Settings › Network, or quai network).",
            ],
        ),
    };
    round.add(hop)
}

async fn connect(origin: &str, network: &Network, round: &mut Round<'_>) -> bool {
    let (host, port) = parts(origin);
    if through(origin, network).is_some() {
        return true;
    }
    match in_time(TcpStream::connect((host.as_str(), port))).await {
        Ok(_) => {
            round.passed("connect", format!("{host}:{port} répond"), format!("{host}:{port} answers"));
            true
        }
        Err(says) => {
            let failure = Failure::new(
                "CONNECT",
                format!("{host}:{port} ne répond pas : {says}"),
                format!("{host}:{port} does not answer: {says}"),
            )
            .hint(
                "Un pare-feu peut fermer ce chemin ; il faut peut-être un proxy (Réglages › Réseau, ou quai network).",
                "A firewall may close this way; a proxy may be needed (Settings › Network, or quai network).",
            );
            round.add(Hop::failed("connect", &failure))
        }
    }
}

/// What the other side's clock says. Nothing is sent but a HEAD, and nothing else is read.
async fn other_clock(origin: &str, http: &reqwest::Client) -> Result<Option<SystemTime>, String> {
    let answer = http.head(format!("{origin}/")).timeout(PATIENCE).send().await.map_err(|e| innermost(&e))?;
    let date = answer.headers().get("date").and_then(|v| v.to_str().ok());
    let seconds = date.and_then(|d| u64::try_from(jiff::fmt::rfc2822::parse(d).ok()?.timestamp().as_second()).ok());
    Ok(seconds.map(|s| SystemTime::UNIX_EPOCH + Duration::from_secs(s)))
}

fn innermost(fault: &dyn std::error::Error) -> String {
    let mut last = fault;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

fn apart(other: SystemTime) -> Duration {
    let now = SystemTime::now();
    now.duration_since(other).or_else(|_| other.duration_since(now)).unwrap_or_default()
}

async fn tls_and_clock(origin: &str, network: &Network, round: &mut Round<'_>) -> bool {
    let (host, _) = parts(origin);
    let http = match network.client() {
        Ok(http) => http,
        Err(refusal) => {
            let failure = Failure::new(
                "CA_FILE",
                format!("Le fichier d’autorités de certification ne peut pas servir : {}", refusal.says),
                format!("The file of certificate authorities cannot be used: {}", refusal.says),
            );
            return round.add(Hop::failed("tls", &failure));
        }
    };
    let secure = origin.starts_with("https");
    let seen = other_clock(origin, &http).await;
    let clock = match &seen {
        Ok(clock) => *clock,
        // a certificate judged by a wrong clock: look at the clock before blaming the certificate
        Err(_) => match network.builder().and_then(|b| Ok(b.tls_danger_accept_invalid_certs(true).build())) {
            Ok(Ok(blind)) => other_clock(origin, &blind).await.ok().flatten(),
            _ => None,
        },
    };
    let wrong_clock = clock.map(apart).filter(|a| *a > MOST_APART);
    match &seen {
        Err(says) if wrong_clock.is_none() || !about_time(says) => {
            round.add(Hop::failed("tls", &certificate(&host, says)));
            return false;
        }
        Err(_) => round.not_tried(&["tls"]),
        Ok(_) if secure => round.passed(
            "tls",
            format!("le certificat de {host} est reconnu"),
            format!("the certificate of {host} is trusted"),
        ),
        Ok(_) => {}
    }
    let Some(gap) = wrong_clock else {
        if clock.is_some() {
            round.passed("clock", "cette machine est à l’heure", "this machine's clock is right");
        }
        return true;
    };
    let minutes = gap.as_secs() / 60;
    let failure = Failure::new(
        "CLOCK",
        format!("L’horloge de cette machine est décalée de {minutes} minutes par rapport à {host}."),
        format!("This machine's clock is {minutes} minutes away from that of {host}."),
    )
    .hint(
        "Mettez-la à l’heure : les certificats et les connexions en dépendent.",
        "Set it right: certificates and sign-ins depend on it.",
    );
    round.add(Hop::failed("clock", &failure))
}

fn about_time(says: &str) -> bool {
    let says = says.to_lowercase();
    says.contains("expired") || says.contains("not valid yet") || says.contains("notvalidyet")
}

/// A connection that failed after it was made: its certificate, mostly.
fn certificate(host: &str, says: &str) -> Failure {
    let lower = says.to_lowercase();
    let told = |code: &str, fr: &str, en: &str, hint: [&str; 2]| {
        Failure::new(
            code,
            format!("Le certificat de {host} {fr} : {says}"),
            format!("The certificate of {host} {en}: {says}"),
        )
        .hint(hint[0], hint[1])
    };
    if lower.contains("unknownissuer") || lower.contains("unknown issuer") {
        told(
            "TLS_AUTHORITY",
            "vient d’une autorité inconnue de cette machine",
            "comes from an authority that this machine does not know",
            [
                "Si votre réseau inspecte le trafic, demandez son certificat racine, puis donnez-le : Réglages › Réseau, ou quai network --trust FICHIER.",
                "If your network inspects traffic, ask for its root certificate, then give it: Settings › Network, or quai network --trust FILE.",
            ],
        )
    } else if about_time(says) {
        told(
            "TLS_EXPIRED",
            "n’est plus, ou pas encore, valable",
            "is no longer, or not yet, valid",
            ["Prévenez l’exploitant de cette adresse.", "Tell whoever runs this address."],
        )
    } else if lower.contains("name") && lower.contains("certificate") {
        told(
            "TLS_NAME",
            "est celui d’un autre nom",
            "is that of another name",
            [
                "Vérifiez l’adresse du profil (Comptes, ou quai profiles).",
                "Check the profile's address (Accounts, or quai profiles).",
            ],
        )
    } else {
        Failure::new(
            "TLS",
            format!("La connexion sécurisée à {host} échoue : {says}"),
            format!("The secure connection to {host} fails: {says}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use platform::network::ProxyChoice;

    use super::*;

    #[test]
    fn what_is_said_of_certificates_is_understood() {
        for (says, code) in [
            ("invalid peer certificate: UnknownIssuer", "TLS_AUTHORITY"),
            ("invalid peer certificate: certificate expired: verification time 1 (UNIX)", "TLS_EXPIRED"),
            ("invalid peer certificate: certificate not valid yet: verification time 1", "TLS_EXPIRED"),
            ("invalid peer certificate: certificate not valid for name \"localhost\"", "TLS_NAME"),
            ("connection reset", "TLS"),
        ] {
            assert_eq!(certificate("h", says).code, code, "{says}");
        }
        let direct = Network { proxy: ProxyChoice::Direct, ..Network::default() };
        assert!(through("https://example.org", &direct).is_none());
    }
}
