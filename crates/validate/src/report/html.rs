//! Findings as one HTML page with a map: self-contained, nothing fetched, opens from a disk. Every
//! text of the user's file is escaped; the page's policy forbids any network.

use model::{Extent, Finding, Level};

use super::outline::{path, project};
use super::{level, places};
use crate::Language;
use crate::catalogue::entry;

/// Spots drawn at most: a browser keeps up with that many.
const MOST_DRAWN: usize = 5000;

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

/// The page. `title` is what was validated.
#[must_use]
pub fn html(findings: &[Finding], title: &str, language: Language) -> String {
    let say = |fr: &'static str, en: &'static str| if language == Language::Fr { fr } else { en };
    let count = |of: Level| findings.iter().filter(|f| f.level == of).count();
    let summary = match language {
        Language::Fr => format!(
            "{} bloquant(s), {} à améliorer, {} information(s)",
            count(Level::Blocks),
            count(Level::Degrades),
            count(Level::Tells)
        ),
        Language::En => format!(
            "{} blocking, {} degrading, {} for information",
            count(Level::Blocks),
            count(Level::Degrades),
            count(Level::Tells)
        ),
    };
    let mut rows = String::new();
    for (number, finding) in findings.iter().enumerate() {
        rows.push_str(&row(number, finding, language));
    }
    let map = map(findings, say);
    let heading = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{heading} — Quai</title><style>{STYLE}</style></head>\n\
         <body><header><h1>{heading}</h1><p id=\"summary\">{summary}</p></header>\n{map}\n\
         <table><thead><tr><th>{level}</th><th>{code}</th><th>{what}</th><th>{place}</th><th>{times}</th></tr></thead><tbody>\n{rows}</tbody></table>\n\
         <footer>{credit}</footer><script>{SCRIPT}</script></body></html>\n",
        lang = say("fr", "en"),
        level = say("Niveau", "Level"),
        code = "Code",
        what = say("Constat", "Finding"),
        place = say("Lieu", "Place"),
        times = say("Nombre", "Count"),
        credit = say(
            "Contours : départements d’après l’IGN (Licence Ouverte 2.0), pays d’après Natural Earth. Page faite par Quai ; elle ne va rien chercher sur le réseau.",
            "Outlines: départements after IGN (Licence Ouverte 2.0), countries after Natural Earth. Page made by Quai; it fetches nothing from the network.",
        ),
    )
}

fn row(number: usize, finding: &Finding, language: Language) -> String {
    let fr = language == Language::Fr;
    let why = entry(finding.code).map_or("", |e| if fr { e.why_fr.as_str() } else { e.why_en.as_str() });
    let place = &finding.place;
    let mut words: Vec<String> = [&place.file, &place.layer, &place.field].into_iter().flatten().cloned().collect();
    words.extend(place.feature.map(|f| format!("#{f}")));
    words.extend(place.point_wgs84.map(|[x, y]| format!("{x:.5}, {y:.5}")));
    let spots: Vec<String> = finding
        .spots
        .iter()
        .filter_map(|s| {
            let feature = s.feature.map(|f| format!("#{f}"));
            let text = [feature, s.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            (!text.is_empty()).then(|| escape(&text))
        })
        .collect();
    let more = if spots.is_empty() {
        String::new()
    } else {
        format!("<details><summary>{}</summary>{}</details>", spots.len(), spots.join("; "))
    };
    let on_map = !places(finding).is_empty();
    format!(
        "<tr class=\"{level}\"{link}><td>{level}</td><td><code>{code}</code></td><td>{message}<br><small>{why}</small></td><td>{place}{more}</td><td>{count}</td></tr>\n",
        level = level(finding.level),
        link = if on_map { format!(" data-n=\"{number}\" tabindex=\"0\"") } else { String::new() },
        code = finding.code,
        message = escape(&finding.message),
        why = escape(why),
        place = escape(&words.join(" · ")),
        count = finding.count,
    )
}

/// Where the map looks, in degrees: all the places, with some air, never less than a village.
fn view(all: &[Extent]) -> Option<Extent> {
    let e = all.iter().copied().reduce(Extent::union)?;
    let (w, h) = ((e.maxx - e.minx).max(0.02) * 0.15, (e.maxy - e.miny).max(0.02) * 0.15);
    Extent::new(e.minx - w, (e.miny - h).max(-85.0), e.maxx + w, (e.maxy + h).min(85.0))
}

fn map(findings: &[Finding], say: impl Fn(&'static str, &'static str) -> &'static str) -> String {
    let mut marks = String::new();
    let mut boxes = Vec::new();
    let mut drawn = 0;
    for (number, finding) in findings.iter().enumerate() {
        for (point, area, feature, reason) in places(finding) {
            if drawn == MOST_DRAWN {
                break;
            }
            drawn += 1;
            let about = [feature.map(|f| format!("#{f}")), reason].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let title = escape(&format!("{} {about}", finding.code));
            let class = level(finding.level);
            if let Some(e) = area {
                boxes.push(e);
                let ([x0, y0], [x1, y1]) = (project([e.minx, e.maxy]), project([e.maxx, e.miny]));
                marks.push_str(&format!(
                    "<rect data-n=\"{number}\" class=\"{class}\" x=\"{x0:.6}\" y=\"{y0:.6}\" width=\"{:.6}\" height=\"{:.6}\"><title>{title}</title></rect>",
                    x1 - x0,
                    y1 - y0
                ));
            }
            if let Some([x, y]) = point {
                boxes.extend(Extent::new(x, y, x, y));
                let [x, y] = project([x, y]);
                marks.push_str(&format!(
                    "<circle data-n=\"{number}\" class=\"{class}\" cx=\"{x:.6}\" cy=\"{y:.6}\" r=\"0\"><title>{title}</title></circle>"
                ));
            }
        }
    }
    let Some(seen) = view(&boxes) else {
        return format!(
            "<p>{}</p>",
            say("Aucun constat n’a de lieu sur une carte.", "No finding has a place on a map.")
        );
    };
    let wide = Extent::new(seen.minx - 8.0, seen.miny - 8.0, seen.maxx + 8.0, seen.maxy + 8.0).unwrap_or(seen);
    // départements show where a village is; over more than France they would only be noise
    let in_france = seen.minx > -10.0 && seen.maxx < 12.0 && seen.miny > 40.0 && seen.maxy < 53.0;
    let ([x0, y0], [x1, y1]) = (project([seen.minx, seen.maxy]), project([seen.maxx, seen.miny]));
    format!(
        "<svg id=\"map\" viewBox=\"{x0:.6} {y0:.6} {:.6} {:.6}\" preserveAspectRatio=\"xMidYMid meet\" role=\"img\" aria-label=\"{}\">\
         <path class=\"land\" d=\"{}\"/><path class=\"near\" d=\"{}\"/>{marks}</svg>\
         <p class=\"help\">{}</p>",
        x1 - x0,
        y1 - y0,
        say("Carte des constats", "Map of the findings"),
        path(wide, false),
        if in_france { path(wide, true) } else { String::new() },
        say(
            "Molette : agrandir. Glisser : se déplacer. Clic sur une ligne : aller au lieu.",
            "Wheel: zoom. Drag: move. Click a line: go to its place.",
        ),
    )
}

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem;color:#1c2126;background:#fff}\
h1{font-size:1.35rem;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid #d9dee3;overflow-wrap:anywhere}\
small{color:#5a646e}tr[data-n]{cursor:pointer}tr[data-n]:hover,tr.chosen{background:#eef5fb}\
svg{width:100%;height:26rem;background:#e9f1f6;border:1px solid #c8d2da;touch-action:none}\
svg *{vector-effect:non-scaling-stroke}.land{fill:#f7f5ef;stroke:#9aa7b1}.near{fill:none;stroke:#c2b9a3}\
circle,rect{stroke-width:1.5;fill-opacity:.35}rect{fill-opacity:.12}\
circle.blocks,rect.blocks{fill:#c62828;stroke:#c62828}circle.degrades,rect.degrades{fill:#e07b00;stroke:#e07b00}circle.tells,rect.tells,circle.debug,rect.debug{fill:#2a6fb0;stroke:#2a6fb0}\
.chosen{stroke-width:4}tr.blocks td:first-child{color:#c62828}tr.degrades td:first-child{color:#a85c00}\
.help,footer{color:#5a646e;font-size:.85rem}@media(prefers-color-scheme:dark){body{background:#14181c;color:#e4e8ec}td,th{border-color:#333b43}small,.help,footer{color:#9aa7b1}tr[data-n]:hover,tr.chosen{background:#1d2a36}}";

const SCRIPT: &str = r#"(()=>{const m=document.getElementById('map');if(!m)return;
let v=m.viewBox.baseVal,b=[v.x,v.y,v.width,v.height];
const put=()=>{m.setAttribute('viewBox',b.join(' '));const w=m.clientWidth||800,h=m.clientHeight||400,s=Math.max(b[2]/w,b[3]/h);
for(const c of m.querySelectorAll('circle'))c.setAttribute('r',5*s)};
m.addEventListener('wheel',e=>{e.preventDefault();const k=e.deltaY>0?1.25:.8,r=m.getBoundingClientRect(),p=(e.clientX-r.left)/r.width,q=(e.clientY-r.top)/r.height;
b=[b[0]+b[2]*(1-k)*p,b[1]+b[3]*(1-k)*q,b[2]*k,b[3]*k];put()},{passive:false});
let d=null;m.addEventListener('pointerdown',e=>{d=[e.clientX,e.clientY,b[0],b[1]]});
addEventListener('pointermove',e=>{if(!d)return;const s=Math.max(b[2]/m.clientWidth,b[3]/m.clientHeight);b[0]=d[2]-(e.clientX-d[0])*s;b[1]=d[3]-(e.clientY-d[1])*s;put()});
addEventListener('pointerup',()=>{d=null});
const choose=(n,go)=>{for(const x of document.querySelectorAll('.chosen'))x.classList.remove('chosen');
const all=[...m.querySelectorAll('[data-n="'+n+'"]')];all.forEach(x=>x.classList.add('chosen'));
const row=document.querySelector('tr[data-n="'+n+'"]');if(row){row.classList.add('chosen');if(!go)row.scrollIntoView({block:'center'})}
if(go&&all.length){const x=all.map(a=>{const o=a.getBBox();return[o.x,o.y,o.x+o.width,o.y+o.height]});
let l=[Math.min(...x.map(o=>o[0])),Math.min(...x.map(o=>o[1])),Math.max(...x.map(o=>o[2])),Math.max(...x.map(o=>o[3]))];
const w=Math.max(l[2]-l[0],.01),h=Math.max(l[3]-l[1],.01);b=[l[0]-w*.3,l[1]-h*.3,w*1.6,h*1.6];put();m.scrollIntoView({block:'nearest'})}};
for(const r of document.querySelectorAll('tr[data-n]')){r.addEventListener('click',()=>choose(r.dataset.n,true));r.addEventListener('keydown',e=>{if(e.key==='Enter')choose(r.dataset.n,true)})}
m.addEventListener('click',e=>{const n=e.target.dataset&&e.target.dataset.n;if(n)choose(n,false)});put()})();"#;
