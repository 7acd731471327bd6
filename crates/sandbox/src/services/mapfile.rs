//! MapServer's map files. Whatever comes from a user is quoted here and nowhere else.

use std::path::PathBuf;

use super::Publication;

/// One table of a publication.
#[derive(Clone)]
pub(super) struct Relation {
    pub(super) table: String,
    pub(super) public_name: String,
    pub(super) title: String,
    pub(super) abstract_: String,
    pub(super) database: PathBuf,
    pub(super) epsg: String,
    /// OGC name of the geometry.
    geometry: String,
    /// Box in WGS 84.
    bounds: [f64; 4],
    /// Box in the table's own CRS.
    extent: Option<[f64; 4]>,
}

/// A quoted string: no quote, backslash or line break of the user's survives in it.
fn quote(text: &str) -> String {
    let safe: String = text
        .chars()
        .map(|c| match c {
            '"' => '\u{201d}',
            '\\' => '/',
            '[' | ']' | '%' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    format!("\"{safe}\"")
}

/// The tables of a publication, in the configuration's order.
pub(super) fn relations(p: &Publication) -> Vec<Relation> {
    let mut found = Vec::new();
    let used = p.configuration["type_infos"]["used_data"].as_array();
    for (used, (folder, stored)) in used.into_iter().flatten().zip(&p.stored) {
        let database = folder.join(crate::work::DATABASE);
        let facts = geodata::read_facts(&database, std::slice::from_ref(&database));
        for relation in used["relations"].as_array().into_iter().flatten() {
            let text = |member: &str| relation[member].as_str().map(str::to_owned);
            let table = text("native_name").or(text("name")).unwrap_or_default();
            let layer = facts.layers.iter().find(|l| l.name == table);
            let code = layer.and_then(|l| l.crs.as_ref()?.code.clone());
            let epsg = code.or_else(|| stored["srs"].as_str().map(str::to_owned)).unwrap_or_default();
            found.push(Relation {
                public_name: text("public_name").unwrap_or_else(|| table.clone()),
                title: text("title").unwrap_or_else(|| table.clone()),
                abstract_: text("abstract").unwrap_or_default(),
                epsg: epsg.rsplit(':').next().unwrap_or("4326").to_owned(),
                geometry: layer.map(|l| l.geometry.clone()).unwrap_or_default(),
                bounds: layer.and_then(|l| l.extent_wgs84).map_or([-180.0, -90.0, 180.0, 90.0], Into::into),
                extent: layer.and_then(|l| l.extent).map(Into::into),
                database: database.clone(),
                table,
            });
        }
    }
    found
}

/// The map's own CRS and extent, and the CRSs it answers in: MapServer counts and answers in the first.
struct Frame {
    epsg: String,
    extent: [f64; 4],
    srs: String,
}

fn header(name: &str, url: &str, frame: &Frame, metadata: &[(&str, String)]) -> String {
    let [a, b, c, d] = frame.extent;
    let mut text = format!(
        "MAP\nNAME {}\nEXTENT {a} {b} {c} {d}\nSIZE 256 256\nMAXSIZE 8192\nUNITS DD\nPROJECTION\n\"init=epsg:{}\"\nEND\nWEB\nMETADATA\n\"ows_enable_request\" \"*\"\n\"ows_encoding\" \"UTF-8\"\n\"ows_onlineresource\" {}\n\"ows_srs\" {}\n\"wms_sld_enabled\" \"true\"\n\"wfs_getfeature_formatlist\" \"geojson\"\n",
        quote(name),
        digits(&frame.epsg),
        quote(url),
        quote(&frame.srs),
    );
    for (key, value) in metadata {
        text.push_str(&format!("{} {}\n", quote(key), quote(value)));
    }
    text.push_str("END\nEND\n");
    text.push_str(
        "OUTPUTFORMAT\nNAME \"png\"\nDRIVER AGG/PNG\nMIMETYPE \"image/png\"\nIMAGEMODE RGBA\nEXTENSION \"png\"\nEND\n",
    );
    text.push_str("OUTPUTFORMAT\nNAME \"geojson\"\nDRIVER \"OGR/GEOJSON\"\nMIMETYPE \"application/json; subtype=geojson\"\nFORMATOPTION \"STORAGE=stream\"\nFORMATOPTION \"FORM=SIMPLE\"\nEND\n");
    text
}

/// What may stand after `init=epsg:`.
fn digits(epsg: &str) -> String {
    epsg.chars().filter(char::is_ascii_digit).collect()
}

fn layer(r: &Relation, name: &str, group: Option<(&str, &str, &str)>) -> String {
    let kind = if r.geometry.contains("Point") {
        "POINT"
    } else if r.geometry.contains("Line") {
        "LINE"
    } else {
        "POLYGON"
    };
    let [a, b, c, d] = r.extent.unwrap_or(r.bounds);
    let mut text = format!(
        "LAYER\nNAME {}\nTYPE {kind}\nSTATUS ON\nCONNECTIONTYPE OGR\nCONNECTION {}\nDATA {}\nTEMPLATE \"dummy\"\nPROJECTION\n\"init=epsg:{}\"\nEND\n",
        quote(name),
        quote(&r.database.to_string_lossy()),
        quote(&r.table),
        digits(&r.epsg),
    );
    text.push_str(&format!(
        "METADATA\n\"ows_title\" {}\n\"ows_abstract\" {}\n\"ows_extent\" \"{a} {b} {c} {d}\"\n\"ows_srs\" {}\n\"gml_include_items\" \"all\"\n\"gml_types\" \"auto\"\n\"gml_featureid\" \"ogc_fid\"\n\"wfs_use_default_extent_for_getfeature\" \"false\"\n",
        quote(&r.title),
        quote(&r.abstract_),
        quote(&distinct(&[&r.epsg, "4326", "3857"])),
    ));
    if let Some((group, title, abstract_)) = group {
        text.push_str(&format!(
            "\"wms_layer_group\" {}\n\"wms_group_title\" {}\n\"wms_group_abstract\" {}\n",
            quote(&format!("/{group}")),
            quote(title),
            quote(abstract_)
        ));
    }
    text.push_str("END\nCLASS\nSTYLE\n");
    text.push_str(match kind {
        "POINT" => "SYMBOL \"dot\"\nSIZE 6\nCOLOR 90 110 140\n",
        "LINE" => "COLOR 90 110 140\nWIDTH 1.5\n",
        _ => "COLOR 200 210 225\nOUTLINECOLOR 90 110 140\nWIDTH 1\n",
    });
    text.push_str("END\nEND\nEND\n");
    text
}

fn distinct(codes: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    codes.iter().for_each(|c| {
        if !kept.contains(c) {
            kept.push(c)
        }
    });
    kept.iter().map(|c| format!("EPSG:{c}")).collect::<Vec<_>>().join(" ")
}

fn world() -> Frame {
    Frame {
        epsg: "4326".to_owned(),
        extent: [-180.0, -90.0, 180.0, 90.0],
        srs: distinct(&["2154", "4326", "3857"]) + " CRS:84",
    }
}

/// The box of the tables that are in one CRS, in that CRS.
fn joined(relations: &[Relation], epsg: &str) -> Option<[f64; 4]> {
    let boxes = relations.iter().filter(|r| r.epsg == epsg).filter_map(|r| r.extent);
    boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

/// One file for each WFS offering: its layer name is the namespace of its tables, as on the
/// platform.
pub(super) fn wfs(p: &Publication, origin: &str) -> String {
    let metadata = [
        ("ows_title", p.layer_name().to_owned()),
        ("wfs_namespace_prefix", p.layer_name().to_owned()),
        ("wfs_namespace_uri", format!("{origin}/wfs/{}", p.layer_name())),
    ];
    let relations = relations(p);
    let frame = match relations.as_slice() {
        [] => world(),
        [first, ..] => Frame {
            epsg: first.epsg.clone(),
            extent: joined(&relations, &first.epsg).unwrap_or(first.bounds),
            srs: distinct(&[&first.epsg, "2154", "4326", "3857"]),
        },
    };
    let mut text = header(p.layer_name(), &format!("{origin}/wfs?"), &frame, &metadata);
    for relation in &relations {
        text.push_str(&layer(relation, &relation.public_name, None));
    }
    text + "END\n"
}

/// The names of the layers that draw a WMS offering, bottom first, with the table each shows.
pub(super) fn wms_layers(p: &Publication) -> Vec<(String, String)> {
    let all = relations(p);
    let alone = all.len() == 1;
    let name = |table: &str| if alone { p.layer_name().to_owned() } else { format!("{}.{table}", p.layer_name()) };
    // the first relation is drawn on top
    all.iter().rev().map(|r| (name(&r.table), r.table.clone())).collect()
}

/// One file for all WMS offerings.
pub(super) fn wms(all: &[Publication], origin: &str) -> String {
    let mut text = header("wms", &format!("{origin}/wms-v?"), &world(), &[("ows_title", "Quai".to_owned())]);
    text.push_str("SYMBOL\nNAME \"dot\"\nTYPE ELLIPSE\nFILLED TRUE\nPOINTS 1 1 END\nEND\n");
    for p in all {
        let relations = relations(p);
        let (title, abstract_) = (p.text("title"), p.text("abstract"));
        if let [only] = relations.as_slice() {
            let named = Relation { title, abstract_, ..only.clone() };
            text.push_str(&layer(&named, p.layer_name(), None));
        } else {
            for relation in relations.iter().rev() {
                let name = format!("{}.{}", p.layer_name(), relation.table);
                text.push_str(&layer(relation, &name, Some((p.layer_name(), &title, &abstract_))));
            }
        }
    }
    text + "END\n"
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn nothing_of_the_users_leaves_its_quotes() {
        let quoted = quote("a\" END LAYER \\ \n [x] %y%");
        assert!(quoted.starts_with('"') && quoted.ends_with('"'));
        let inner = &quoted[1..quoted.len() - 1];
        assert!(!inner.contains(['"', '\\', '\n', '[', '%']), "{inner}");
    }
}
