//! The wire types and the client against the contract: recorded answers, routes, and what we send.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jsonschema::Validator;
use platform::wire::requests::*;
use platform::wire::*;
use quai_platform as platform;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn contract() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/contract")
}

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(contract().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Reads a body as the type that answers with this schema; what is read must not be empty.
fn parse(schema: &str, list: bool, body: &Value) -> Result<String, String> {
    fn one<T: DeserializeOwned + std::fmt::Debug>(list: bool, body: &Value) -> Result<String, String> {
        if list {
            let all = serde_json::from_value::<Vec<T>>(body.clone()).map_err(|e| e.to_string())?;
            return Ok(format!("{all:?}"));
        }
        serde_json::from_value::<T>(body.clone()).map(|v| format!("{v:?}")).map_err(|e| e.to_string())
    }
    match schema {
        "AccessDetailResponseDto" => one::<Access>(list, body),
        "AnnexStandardDetailResponseDto" => one::<Annexe>(list, body),
        "LogLine" => one::<String>(list, body),
        "CheckingExecutionStandardDetailResponseDto" => one::<CheckExecution>(list, body),
        "CommunityDetailResponseDto" => one::<Community>(list, body),
        "CommunityUserResponseDto" => one::<Member>(list, body),
        "ConfigurationListItem" | "ConfigurationStandardDetailResponseDto" => one::<Configuration>(list, body),
        "DatastoreDetailResponseDto" => one::<Datastore>(list, body),
        "DatastoreEndpointStandardResponseDto" => one::<EndpointUse>(list, body),
        "DatastoreStoragesResponseDto" => one::<Storages>(list, body),
        "DocumentDetailsResponseDto" => one::<Document>(list, body),
        "Error" => one::<Value>(list, body),
        "FeedDto" => one::<Feed>(list, body),
        "UserKeyDetailsResponseDtoUserKeyInfoDto" => one::<Key>(list, body),
        "MetadataStandardResponseDto" => one::<Metadata>(list, body),
        "NomenclatureResponseDto" => one::<Nomenclature>(list, body),
        "OfferingStandardDetailResponseDto" => one::<Offering>(list, body),
        "PermissionStandardListResponseDto" | "PermissionWithOfferingsResponseDto" => one::<Permission>(list, body),
        "ProcessingStandardDetailResponseDto" | "ProcessingListItem" => one::<Processing>(list, body),
        "ProcessingExecutionStandardDetailResponseDto" => one::<Execution>(list, body),
        "StaticFileStandardDetailResponseDto" => one::<Static>(list, body),
        "HitStatisticsDto" => one::<Statistics>(list, body),
        "StoredDataPrivateDetailResponseDto" | "StoredDataStandardDetailResponseDto" | "StoredDataListItem" => {
            one::<StoredData>(list, body)
        }
        "StoredDataDependenciesResponseDto" => one::<Dependencies>(list, body),
        "SharingOrVisibilityResponseDto" => one::<Sharing>(list, body),
        "CheckResponseDto" => one::<UploadChecks>(list, body),
        "UploadPrivateDetailResponseDto" | "UploadStandardDetailResponseDto" | "UploadListItem" => {
            one::<Upload>(list, body)
        }
        "UploadTreeElementResponseDto" => one::<TreeNode>(list, body),
        "UserDetailsResponseDto" => one::<User>(list, body),
        other => Err(format!("no type reads `{other}`")),
    }
}

#[test]
fn every_recorded_answer_is_read_and_none_of_its_identifiers_is_lost() {
    let index = read("answers/index.json");
    let files = index["files"].as_array().unwrap();
    let mut read_ones = 0;
    for entry in files {
        let Some(schema) = entry["schema"].as_str() else { continue };
        let file = entry["file"].as_str().unwrap();
        let body = read(&format!("answers/{file}"));
        let list = entry["list"].as_bool().unwrap_or(false);
        let told = parse(schema, list, &body).unwrap_or_else(|e| panic!("{file}: {e}"));
        let first = if list { body.get(0) } else { Some(&body) };
        if let Some(id) = first.and_then(|b| b["_id"].as_str()) {
            assert!(told.contains(id), "{file}: {told}");
        }
        read_ones += 1;
    }
    assert!(read_ones >= 95, "{read_ones}");
}

#[test]
fn the_client_takes_every_route_of_the_contract_and_no_other() {
    let told: BTreeSet<(String, String)> = read("routes.json")
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["method"].as_str().unwrap().to_owned(), r["path"].as_str().unwrap().to_owned()))
        .collect();
    let taken: BTreeSet<(String, String)> =
        platform::routes().into_iter().map(|(m, p)| (m.to_owned(), p.to_owned())).collect();
    assert_eq!(taken, told);
}

/// A body must hold no member that the contract does not know, at the first level.
fn request(schema: &Value, name: &str) -> Validator {
    let mut asked = json!({"$ref": format!("#/$defs/{name}")});
    if !matches!(name, "Tags" | "IdList") {
        asked["unevaluatedProperties"] = json!(false);
    }
    asked["$schema"] = schema["$schema"].clone();
    asked["$defs"] = schema["$defs"].clone();
    jsonschema::validator_for(&asked).unwrap()
}

const ID: &str = "0de8c60b-9938-4be9-aa36-9026b77c3c96";

fn id() -> String {
    ID.to_owned()
}

fn words(text: &str) -> std::collections::BTreeMap<String, String> {
    [("fr".to_owned(), text.to_owned())].into()
}

fn bbox() -> Option<BoundingBox> {
    Some(BoundingBox { west: 1.0, south: 2.0, east: 3.0, north: 4.0 })
}

fn attribution() -> Option<Attribution> {
    Some(Attribution { title: "Val d'Orne".into(), url: "https://example.org/licence".into() })
}

fn configuration(kind: &str, type_infos: TypeInfos) -> Value {
    let body = CreateConfiguration {
        kind: kind.into(),
        name: "n".into(),
        layer_name: "layer".into(),
        type_infos,
        attribution: attribution(),
    };
    serde_json::to_value(body).unwrap()
}

#[test]
#[allow(clippy::too_many_lines)]
fn what_we_send_is_what_the_contract_asks_for() {
    let schema = read("entrepot.schema.json");
    let to = |value: Result<Value, serde_json::Error>| value.unwrap();
    let object = || Some(serde_json::Map::from_iter([("a".to_owned(), json!(1))]));
    let text = || Some("t".to_owned());
    let bodies: Vec<(&str, Value)> = vec![
        (
            "UploadCreateDto",
            to(serde_json::to_value(CreateUpload {
                name: "n".into(),
                description: "d".into(),
                kind: "VECTOR".into(),
                srs: "EPSG:2154".into(),
            })),
        ),
        (
            "UploadUpdateDto",
            to(serde_json::to_value(UpdateUpload {
                name: text(),
                description: text(),
                srs: text(),
                open: Some(true),
                extra: object(),
            })),
        ),
        (
            "ProcessingExecutionCreateDto",
            to(serde_json::to_value(CreateExecution {
                processing: id(),
                inputs: Inputs { upload: vec![id()], stored_data: vec![id()] },
                output: Output {
                    stored_data: OutputData { id: None, name: "n".into(), storage_tags: vec!["VECTEUR".into()] },
                },
                parameters: object().unwrap(),
            })),
        ),
        (
            "StoredDataUpdateDto",
            to(serde_json::to_value(UpdateStoredData {
                name: text(),
                description: text(),
                open: Some(false),
                extra: object(),
                edition: Some(Edition { from: Some("2026-01-01".into()), to: Some("2026-06-30".into()) }),
                extent: Some(json!({"type": "MultiPolygon", "coordinates": []})),
            })),
        ),
        (
            "ConfigurationCreateDto",
            configuration(
                "WFS",
                TypeInfos::Wfs(Wfs {
                    bbox: bbox(),
                    used_data: vec![WfsData {
                        stored_data: id(),
                        relations: vec![WfsRelation {
                            native_name: "t".into(),
                            title: "T".into(),
                            abstract_: "A".into(),
                            keywords: vec!["k".into()],
                        }],
                    }],
                }),
            ),
        ),
        (
            "ConfigurationCreateDto",
            configuration(
                "WMS-VECTOR",
                TypeInfos::WmsVector(WmsVector {
                    bbox: bbox(),
                    title: "t".into(),
                    abstract_: "a".into(),
                    keywords: vec![],
                    used_data: vec![WmsVectorData {
                        stored_data: id(),
                        relations: vec![WmsVectorRelation { name: "t".into(), style: id() }],
                    }],
                }),
            ),
        ),
        (
            "ConfigurationCreateDto",
            configuration(
                "WMTS-TMS",
                TypeInfos::WmtsTms(WmtsTms {
                    styles: vec![id()],
                    getfeatureinfo: Some(Pixels { stored_data: true }),
                    bbox: bbox(),
                    title: "t".into(),
                    abstract_: "a".into(),
                    keywords: vec![],
                    used_data: vec![PyramidData {
                        stored_data: id(),
                        bottom_level: "12".into(),
                        top_level: "5".into(),
                    }],
                }),
            ),
        ),
        (
            "ConfigurationCreateDto",
            configuration(
                "WMS-RASTER",
                TypeInfos::WmsRaster(WmsRaster {
                    bbox: None,
                    title: "t".into(),
                    abstract_: "a".into(),
                    keywords: vec![],
                    styles: vec![id()],
                    interpolation: Some("NEAREST-NEIGHBOUR".into()),
                    used_data: vec![PyramidData { stored_data: id(), bottom_level: "9".into(), top_level: "0".into() }],
                    getfeatureinfo: Some(Pixels { stored_data: true }),
                }),
            ),
        ),
        (
            "ConfigurationCreateDto",
            configuration(
                "ALTIMETRY",
                TypeInfos::Altimetry(Altimetry {
                    bbox: None,
                    title: "t".into(),
                    abstract_: "a".into(),
                    keywords: vec![],
                    used_data: vec![AltimetryData {
                        stored_data: id(),
                        title: "t".into(),
                        source: Told { value: "s".into() },
                        accuracy: Told { value: "a".into() },
                    }],
                }),
            ),
        ),
        (
            "ConfigurationCreateDto",
            configuration(
                "DOWNLOAD",
                TypeInfos::Download(Download {
                    title: words("t"),
                    abstract_: words("a"),
                    keywords: vec![],
                    used_data: vec![DownloadData {
                        sub_name: "s".into(),
                        stored_data: id(),
                        title: words("t"),
                        format: None,
                        zone: None,
                        resolution: None,
                    }],
                }),
            ),
        ),
        (
            "ConfigurationFullUpdateDto",
            to(serde_json::to_value(ReplaceConfiguration {
                kind: "WFS".into(),
                name: "n".into(),
                type_infos: TypeInfos::Wfs(Wfs { bbox: None, used_data: vec![] }),
                attribution: attribution(),
                ..ReplaceConfiguration::default()
            })),
        ),
        (
            "ConfigurationPartialUpdateDto",
            to(serde_json::to_value(UpdateConfiguration { name: text(), extra: object() })),
        ),
        ("OfferingCreateDto", to(serde_json::to_value(CreateOffering { endpoint: id(), open: true }))),
        (
            "OfferingUpdateDto",
            to(serde_json::to_value(UpdateOffering { open: Some(true), available: Some(true), extra: object() })),
        ),
        ("StaticFileUpdateDto", to(serde_json::to_value(UpdateStatic { name: text(), description: text() }))),
        (
            "AnnexUpdateDto",
            to(serde_json::to_value(UpdateAnnexe {
                paths: Some(vec!["/a".into()]),
                labels: Some(vec!["a=b".into()]),
                published: Some(true),
            })),
        ),
        (
            "MetadataUpdateDto",
            to(serde_json::to_value(UpdateMetadata { kind: Some("ISOAP".into()), open_data: Some(true) })),
        ),
        (
            "MetadataPublicationDto",
            to(serde_json::to_value(PublishMetadata { file_identifiers: vec!["a".into()], endpoint: id() })),
        ),
        (
            "DocumentUpdateDto",
            to(serde_json::to_value(UpdateDocument {
                name: text(),
                description: text(),
                labels: Some(vec!["a".into()]),
                public_url: Some(true),
            })),
        ),
        (
            "PermissionCreateDto",
            to(serde_json::to_value(CreatePermission {
                kind: "ACCOUNT".into(),
                licence: "l".into(),
                offerings: vec![id()],
                users: vec![id()],
                communities: vec![],
                end_date: Some("2027-01-01T00:00:00Z".into()),
                only_oauth: false,
            })),
        ),
        (
            "PermissionUpdateDto",
            to(serde_json::to_value(UpdatePermission {
                licence: text(),
                offerings: Some(vec![id()]),
                end_date: Some("2027-01-01T00:00:00Z".into()),
            })),
        ),
        (
            "UserKeyCreateDtoUserKeyInfoDto",
            to(serde_json::to_value(CreateKey {
                name: "n".into(),
                kind: "HASH".into(),
                type_infos: serde_json::Map::from_iter([("hash".to_owned(), json!("h"))]),
                whitelist: vec!["10.0.0.0/8".into()],
                blacklist: vec![],
                user_agent: text(),
                referer: text(),
            })),
        ),
        (
            "UserKeyUpdateDto",
            to(serde_json::to_value(UpdateKey {
                name: text(),
                whitelist: Some(vec![]),
                blacklist: Some(vec![]),
                user_agent: text(),
                referer: text(),
            })),
        ),
        ("AccessCreateDto", to(serde_json::to_value(CreateAccess { permission: Some(id()), offerings: vec![id()] }))),
        ("CommunityAddUserDto", to(serde_json::to_value(SetRights { rights: vec!["UPLOAD".into()] }))),
        (
            "CommunityUpdateDto",
            to(serde_json::to_value(UpdateCommunity {
                name: text(),
                description: text(),
                contact: Some("a@b.fr".into()),
                supervisor: Some(id()),
                public: Some(true),
            })),
        ),
        ("CommentSaveDto", to(serde_json::to_value(SaveComment { text: "t".into() }))),
        (
            "ExecutionUpdateDto",
            to(serde_json::to_value(UpdateExecution {
                callback: Some(Callback {
                    kind: "email".into(),
                    to_address: vec!["a@b.fr".into()],
                    entity_url: Some("https://example.org".into()),
                }),
            })),
        ),
        ("Tags", json!(Tags::from([(tags::DATASHEET_NAME.to_owned(), "x".to_owned())]))),
        ("IdList", json!(vec![id()])),
    ];
    for (name, body) in &bodies {
        let faults: Vec<String> =
            request(&schema, name).iter_errors(body).map(|f| format!("{}: {f}", f.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}\n{body}");
    }
    let sent: BTreeSet<&str> = bodies.iter().map(|(name, _)| *name).collect();
    let routes = read("routes.json");
    let asked = routes.as_array().unwrap().iter().filter(|r| r["body"]["kind"] == "json");
    for route in asked {
        let name = route["body"]["schema"].as_str().unwrap();
        assert!(sent.contains(name), "nothing tries the body `{name}` of {} {}", route["method"], route["path"]);
    }
}

#[test]
fn shapes_that_vary_by_age_say_the_same() {
    let object: Execution = serde_json::from_value(json!({"_id": "e", "parameters": {"a": 1}})).unwrap();
    let array: Execution =
        serde_json::from_value(json!({"_id": "e", "parameters": [{"name": "a", "value": 1}]})).unwrap();
    assert_eq!(object.parameters, array.parameters);

    let read = |urls: Value| serde_json::from_value::<Offering>(json!({"_id": "o", "urls": urls})).unwrap().urls;
    assert_eq!(read(json!(["tms|https://x/tms"])), read(json!([{"type": "TMS", "url": "https://x/tms"}])));
    assert_eq!(read(json!(["https://x"]))[0].url, "https://x");

    let storages = |body: Value| serde_json::from_value::<Storages>(body).unwrap();
    let one = json!({"use": 1, "quota": 2, "storage": {}});
    assert_eq!(storages(json!({"upload": one, "annexe": one})), storages(json!({"uploads": one, "annexes": one})));

    let geometry = json!({"type": "Polygon", "coordinates": []});
    assert_eq!(extent_of(&json!({"type": "Feature", "geometry": geometry})), Some(&geometry));
    assert_eq!(extent_of(&geometry), Some(&geometry));

    let names = |attributes: Value| {
        let relation: Relation = serde_json::from_value(json!({"name": "t", "attributes": attributes})).unwrap();
        relation.attributes.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(names(json!({"a": "text", "b": "int"})), names(json!(["a", "b"])));
}

#[test]
fn a_word_that_is_new_is_kept_as_it_came() {
    let upload: Upload = serde_json::from_value(json!({"_id": "u", "status": "FROZEN"})).unwrap();
    assert_eq!(upload.status, UploadStatus::Other("FROZEN".into()));
    assert_eq!(serde_json::to_value(&upload.status).unwrap(), json!("FROZEN"));
}
