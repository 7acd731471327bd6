//! Each code of the catalogue is raised: by the least inventory, account or style that deserves it
//! here, or by a true file of `tests/fixtures/bad` (`expected_codes.json`, which `tests/cli` runs).

mod making;

use std::collections::BTreeSet;
use std::sync::Arc;

use making::{faulty, gpkg, inventory, layer, point_layer, scan};
use model::{
    AccountFacts, Code, ColumnFound, Crs, DataModel, DenseTile, Encoding, EncodingCandidate, EndpointRoom, Extent,
    Field, Finding, Inventory, Kind, Level, LiveService, LiveTable, ModelColumn, ModelFile, ModelTable, NameUse,
    PackageKind, Problem, Reference, RunningExecution, Service, StorageRoom, TileForecast, TileZoom, UploadLeft,
    ValueFault, ValueScan, Wanted, WantedTable,
};
use quai_validate::{Expectations, Language, preflight, validate};

fn codes(inventories: &[Inventory], expectations: &Expectations) -> BTreeSet<Code> {
    validate(inventories, expectations).into_iter().map(|f| f.code).collect()
}

/// The codes of one layer, changed.
fn changed(change: impl FnOnce(&mut Inventory)) -> BTreeSet<Code> {
    codes(&[gpkg(change)], &Expectations::default())
}

fn meant_for(services: &[Service], change: impl FnOnce(&mut Inventory)) -> BTreeSet<Code> {
    let expectations = Expectations { services: services.to_vec(), ..Expectations::default() };
    codes(&[gpkg(change)], &expectations)
}

fn crs(code: &str) -> Option<Crs> {
    Some(Crs { code: Some(code.to_owned()), ..making::lambert() })
}

fn field(name: &str, kind: &str) -> Field {
    Field { name: name.to_owned(), kind: kind.to_owned(), width: None, nullable: None, unique: None }
}

fn words(of: &[&str]) -> Option<Encoding> {
    let candidate = EncodingCandidate { name: "utf-8".into(), words: of.iter().map(|w| (*w).to_owned()).collect() };
    Some(Encoding { name: Some("utf-8".into()), declared: None, candidates: vec![candidate] })
}

#[test]
fn a_sound_layer_raises_nothing() {
    assert_eq!(changed(|_| {}), BTreeSet::new());
}

#[test]
fn codes_of_sources_are_raised() {
    let raised: Vec<(Code, BTreeSet<Code>)> = vec![
        (
            Code::FormatNotIntegrated,
            changed(|i| {
                i.path = "routes.parquet".into();
                i.kind = Kind::Unreadable;
            }),
        ),
        (Code::FormatConverted, changed(|i| i.driver = Some("LIBKML".into()))),
        (Code::ScanStopped, changed(|i| scan(i).stopped = Some("disk I/O error".into()))),
        (Code::FormRefuses, changed(|i| i.files[0].bytes = 2_000_000_001)),
        (
            Code::CsvGeometryUnknown,
            changed(|i| {
                i.driver = Some("CSV".into());
                i.layers[0].geometry = "None".into();
            }),
        ),
        (
            Code::CsvGeometryRenamed,
            changed(|i| {
                i.path = "a.csv".into();
                i.driver = Some("CSV".into());
                i.layers[0].geometry_column = Some("geom_contour".into());
            }),
        ),
        (Code::UpdateFile, changed(|i| i.path = "/data/communes.update.csv".into())),
        (Code::CrsAuthorityRefused, changed(|i| i.layers[0].crs = crs("ESRI:102110"))),
        (Code::CrsUnusual, changed(|i| i.layers[0].crs = crs("EPSG:27572"))),
        (
            Code::GeojsonNotWgs84,
            changed(|i| {
                i.path = "a.geojson".into();
                i.driver = Some("GeoJSON".into());
            }),
        ),
        (Code::FieldNameReserved, changed(|i| i.layers[0].fields.push(field("XMIN", "Real")))),
        (Code::FieldNameRefused, changed(|i| i.layers[0].fields.push(field("Année", "Integer")))),
        (
            Code::FieldNameTwice,
            changed(|i| {
                i.layers[0].fields.push(field("été", "String"));
                i.layers[0].fields.push(field("ÉTÉ", "String"));
            }),
        ),
        (Code::FieldTypeUnusual, changed(|i| i.layers[0].fields.push(field("liste", "StringList")))),
        (
            Code::FieldsTooMany,
            changed(|i| {
                i.layers[0].fields = (0..1600).map(|n| field(&format!("f{n}"), "String")).collect();
            }),
        ),
        (Code::TableNameRefused, changed(|i| i.layers[0].name = "Zone Urba".into())),
        (
            Code::TableNameTwice,
            changed(|i| {
                let mut twin = i.layers[0].clone();
                twin.name = "été".into();
                i.layers[0].name = "ete".into();
                i.layers.push(twin);
            }),
        ),
        (Code::EncodingTwice, changed(|i| i.layers[0].encoding = words(&["BÃ¢timent", "Ã©cole"]))),
        (Code::GpkgHoldsRaster, changed(|i| i.kind = Kind::Mixed)),
        (Code::IgnoredByPlatform, changed(|i| i.path = "__brouillon.gpkg".into())),
        (
            Code::GeometryComplex,
            changed(|i| {
                let scan = scan(i);
                scan.complex = 1;
                scan.complex_features = vec![faulty(7)];
            }),
        ),
        (Code::GeometryCurved, changed(|i| scan(i).curves = 2)),
        (Code::CrsDiffersFromDeclared, {
            let expectations = Expectations { declared_srs: Some("EPSG:3946".into()), ..Expectations::default() };
            codes(&[gpkg(|_| {})], &expectations)
        }),
        (Code::CrsUnidentified, changed(|i| i.layers[0].crs = Some(Crs { code: None, ..making::lambert() }))),
        (
            Code::CrsSeveral,
            codes(&[gpkg(|_| {}), gpkg(|i| i.layers[0].crs = crs("EPSG:4326"))], &Expectations::default()),
        ),
        (Code::OutsideExpectedArea, {
            let area = Extent::new(0.0, 47.0, 1.0, 48.0);
            codes(&[gpkg(|_| {})], &Expectations { area, ..Expectations::default() })
        }),
        (Code::WfsCapped, meant_for(&[Service::Wfs], |i| scan(i).read = 5001)),
        (Code::WmsSeveralTables, meant_for(&[Service::WmsVector], |i| i.layers.push(point_layer("autres")))),
        (Code::BaseNameTwice, {
            let expectations = Expectations { services: vec![Service::Download], ..Expectations::default() };
            let mut twin = gpkg(|_| {});
            twin.files[0].path = "/ailleurs/communes.gpkg".into();
            codes(&[gpkg(|_| {}), twin], &expectations)
        }),
        (
            Code::TilesTooDense,
            meant_for(&[Service::Tms], |i| {
                let zoom = |zoom, over| TileZoom { zoom, tiles: 3, most: 6000, over };
                let worst = DenseTile { z: 1, x: 1, y: 0, objects: 6000, box_wgs84: DenseTile::place(1, 1, 0) };
                scan(i).tiles =
                    Some(TileForecast { zooms: vec![zoom(0, 1), zoom(1, 1), zoom(2, 0)], worst: vec![worst] });
            }),
        ),
    ];
    for (code, raised) in raised {
        assert!(raised.contains(&code), "{code}: {raised:?}");
    }
}

fn standard() -> DataModel {
    let column = |name: &str| ModelColumn { name: name.to_owned(), ..ModelColumn::default() };
    let table = |name: &str| ModelTable { name: name.to_owned(), required: true, ..ModelTable::default() };
    let mut zone = table("communes");
    zone.other_columns = false;
    zone.geometry = vec!["Polygon".into()];
    let tie = Some(Reference { table: "regions".into(), column: "code".into() });
    zone.columns = vec![
        ModelColumn { kind: model::ColumnType::Integer, ..column("nom") },
        column("absent"),
        ModelColumn { references: tie, ..column("region") },
    ];
    let mut region = table("regions");
    region.columns = vec![column("code")];
    DataModel {
        name: "essai".into(),
        srs: vec!["EPSG:3946".into()],
        tables: vec![zone, region, table("manquante")],
        files: vec![ModelFile { path: "actes/.*\\.pdf".into(), required: true, ..ModelFile::default() }],
        ..DataModel::default()
    }
}

/// A layer `communes` whose values have every fault, and its `regions`.
fn faulty_values() -> Vec<Inventory> {
    let keys = |of: &[&str]| Some(of.iter().zip(1..).map(|(k, n)| ((*k).to_owned(), n)).collect());
    let faults = [
        Code::ValueMissing,
        Code::ValueType,
        Code::ValueLength,
        Code::ValueRange,
        Code::ValuePattern,
        Code::ValueNotListed,
        Code::ValueTwice,
    ];
    let communes = gpkg(|i| {
        i.layers[0].fields = vec![field("nom", "DateTime"), field("region", "String"), field("en_trop", "String")];
        let faults = faults.map(|code| ValueFault { code, count: 3, features: vec![faulty(4)] }).to_vec();
        let nom = ColumnFound { column: "nom".into(), field: "nom".into(), faults, keys: None };
        let region = ColumnFound {
            column: "region".into(),
            field: "region".into(),
            keys: keys(&["11", "99"]),
            ..ColumnFound::default()
        };
        scan(i).values = Some(ValueScan { table: "communes".into(), columns: vec![nom, region] });
    });
    let regions = gpkg(|i| {
        i.layers[0].name = "regions".into();
        let code = ColumnFound {
            column: "code".into(),
            field: "code".into(),
            keys: keys(&["11.0"]),
            ..ColumnFound::default()
        };
        scan(i).values = Some(ValueScan { table: "regions".into(), columns: vec![code] });
    });
    vec![communes, regions, gpkg(|i| i.layers[0].name = "inconnue".into())]
}

#[test]
fn codes_of_a_model_are_raised() {
    let model = Some(Arc::new(standard()));
    let files = Some(vec!["notice.txt".to_owned()]);
    let expectations = Expectations { model: model.clone(), files, ..Expectations::default() };
    let raised = codes(&faulty_values(), &expectations);
    for code in [
        Code::ModelTableMissing,
        Code::ModelTableUnknown,
        Code::ModelColumnMissing,
        Code::ModelColumnUnknown,
        Code::ModelColumnType,
        Code::ModelGeometry,
        Code::ModelCrs,
        Code::ModelFileMissing,
        Code::ModelFileUnknown,
        Code::ValueMissing,
        Code::ValueType,
        Code::ValueLength,
        Code::ValueRange,
        Code::ValuePattern,
        Code::ValueNotListed,
        Code::ValueTwice,
        Code::ValueKeyUnknown,
    ] {
        assert!(raised.contains(&code), "{code}: {raised:?}");
    }
    let orphan = validate(&faulty_values(), &expectations).into_iter().find(|f| f.code == Code::ValueKeyUnknown);
    let orphan = orphan.expect("an orphan");
    assert_eq!((orphan.count, orphan.place.feature), (1, Some(2)), "11 and 11.0 are the same key, 99 is not there");
    let mut many = faulty_values();
    if let Some(values) = scan(&mut many[1]).values.as_mut() {
        values.columns[0].keys = None;
    }
    assert!(codes(&many, &expectations).contains(&Code::ValuesNotChecked));
}

fn wanted() -> Wanted {
    Wanted {
        datasheet: "Communes".into(),
        name: "communes".into(),
        services: vec![Service::Wfs],
        open: true,
        kinds: vec![PackageKind::Vector],
        bytes: 1000,
        estimated: false,
        tables: vec![WantedTable { name: "communes".into(), columns: vec!["nom".into()] }],
    }
}

fn account() -> AccountFacts {
    let storage = |kind: &str| StorageRoom { kind: kind.into(), name: kind.into(), used: 0, quota: Some(1_000_000) };
    AccountFacts {
        active: true,
        rights: Some(["UPLOAD", "PROCESSING", "BROADCAST"].map(str::to_owned).to_vec()),
        storages: vec![storage("POSTGRESQL"), storage("S3")],
        uploads: Some(storage("FILESYSTEM")),
        endpoints: vec![EndpointRoom { kind: "WFS".into(), name: "wfs".into(), open: true, used: 9, quota: 10 }],
        layer_name: "communes".into(),
        ..AccountFacts::default()
    }
}

#[test]
fn an_account_with_room_and_rights_makes_a_delivery_work() {
    let told = preflight(&wanted(), &account(), Vec::new(), Language::En);
    assert!(told.works && told.message[1].starts_with("This will work: 1 MB"), "{:?}", told.message);
    assert!(
        told.findings.iter().all(|f| f.code == Code::VisibleToAll && f.level == Level::Tells),
        "{:?}",
        told.findings
    );
}

type Change = fn(&mut Wanted, &mut AccountFacts);

#[test]
fn codes_of_the_account_are_raised() {
    let table: &[(Code, Change)] = &[
        (Code::RightMissing, |_, a| a.rights = Some(vec!["UPLOAD".into(), "PROCESSING".into()])),
        (Code::DatastoreInactive, |_, a| a.active = false),
        (Code::StorageFull, |w, _| w.bytes = 1_000_001),
        (Code::StorageNearlyFull, |w, _| w.bytes = 950_000),
        (Code::EndpointMissing, |w, _| w.open = false),
        (Code::EndpointFull, |_, a| a.endpoints[0].used = 10),
        (Code::LayerNameRefused, |w, _| w.name = "1 commune".into()),
        (Code::LayerNamePrefixed, |_, a| a.layer_name = "SANDBOX_communes".into()),
        (Code::LayerNameTaken, |_, a| {
            a.names.push(NameUse {
                kind: "WFS".into(),
                layer_name: "communes".into(),
                datasheet: Some("Autre".into()),
                here: true,
            });
        }),
        (Code::DatasheetNameRefused, |w, _| w.datasheet = "a".repeat(100)),
        (Code::ProcessingMissing, |_, a| a.no_processing.push(PackageKind::Vector)),
        (Code::ExecutionRunning, |_, a| a.running.push(RunningExecution::default())),
        (Code::ServiceWouldBreak, |_, a| {
            let columns = [("nom", "string"), ("insee", "string"), ("geom", "geometry(MULTIPOLYGON)")];
            let columns = columns.map(|(n, k)| (n.to_owned(), k.to_owned())).into();
            let table = LiveTable { name: "communes".into(), columns };
            a.live.push(LiveService { kind: "WFS".into(), layer_name: "communes".into(), tables: vec![table] });
        }),
        (Code::ServiceWillChange, |_, a| {
            a.live.push(LiveService { kind: "WFS".into(), layer_name: "communes".into(), tables: Vec::new() });
        }),
        (Code::UploadsLeft, |_, a| a.left.push(UploadLeft::default())),
        (Code::VisibleToAll, |_, _| {}),
    ];
    for (code, change) in table {
        let (mut wanted, mut account) = (wanted(), account());
        change(&mut wanted, &mut account);
        let told = preflight(&wanted, &account, Vec::new(), Language::Fr);
        let found: Vec<&Finding> = told.findings.iter().filter(|f| f.code == *code).collect();
        assert!(!found.is_empty(), "{code}: {:?}", told.findings);
        let stops = found[0].level == Level::Blocks;
        assert_eq!(told.works, !stops, "{code}");
        assert!(!stops || told.message[0].starts_with("Cela ne marchera pas : "), "{:?}", told.message);
    }
    let gone = {
        let (wanted, mut account) = (wanted(), account());
        table.iter().find(|(c, _)| *c == Code::ServiceWouldBreak).expect("a line").1(&mut wanted.clone(), &mut account);
        preflight(&wanted, &account, Vec::new(), Language::Fr)
    };
    let broken = gone.findings.iter().find(|f| f.code == Code::ServiceWouldBreak).expect("a finding");
    assert!(broken.message.contains("insee") && !broken.message.contains("geom"), "{}", broken.message);
}

/// What a worker says becomes the finding of the same code, whatever it is.
#[test]
fn every_problem_of_a_source_becomes_its_finding() {
    for code in Code::ALL {
        let problem = Problem { code: *code, message: "so".into(), file: None, values: Vec::new() };
        let broken = Inventory { kind: Kind::Unreadable, problem: Some(problem), layers: Vec::new(), ..inventory() };
        assert!(codes(&[broken], &Expectations::default()).contains(code), "{code}");
    }
}

#[test]
fn grouped_findings_keep_their_count_and_a_hundred_places() {
    let sound = gpkg(|i| {
        i.layers[0].features = Some(9000);
        let scan = scan(i);
        (scan.read, scan.invalid) = (9000, 250);
        scan.invalid_features = (0..100).map(faulty).collect();
        scan.invalid_features[5].reason = "Hole lies outside shell".into();
    });
    let found = validate(&[sound], &Expectations::default());
    let told: Vec<(u64, usize)> = found.iter().map(|f| (f.count, f.spots.len())).collect();
    assert_eq!(told, [(1, 0), (249, 99)], "one reason alone, the other with those beyond the first hundred");
    assert_eq!((found[0].place.feature, found[1].place.feature), (Some(5), Some(0)));
    assert!(found[1].spots.iter().all(|s| s.point_wgs84.is_some() && s.box_wgs84.is_some() && s.reason.is_some()));
    let _ = layer;
}
