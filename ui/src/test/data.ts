/** Answers of an engine that is not there, typed as the real ones: what the tests and the pictures of
 *  states are made from. */
import type { Account } from "../bindings/Account";
import type { Delivery } from "../bindings/Delivery";
import type { Failure } from "../bindings/Failure";
import type { Finding } from "../bindings/Finding";
import type { AuthoritiesShown } from "../bindings/AuthoritiesShown";
import type { Here } from "../bindings/Here";
import type { Hop } from "../bindings/Hop";
import type { Judged } from "../bindings/Judged";
import type { Layer } from "../bindings/Layer";
import type { NetworkShown } from "../bindings/NetworkShown";
import type { PlanShown } from "../bindings/PlanShown";
import type { Preferences } from "../bindings/Preferences";
import type { ProfileShown } from "../bindings/ProfileShown";
import type { Proposal } from "../bindings/Proposal";
import type { RepairPlan } from "../bindings/RepairPlan";
import type { PyramidShown } from "../bindings/PyramidShown";
import type { PyramidWish } from "../bindings/PyramidWish";
import type { Raster } from "../bindings/Raster";
import type { RasterBand } from "../bindings/RasterBand";
import type { RasterTile } from "../bindings/RasterTile";
import type { Rows } from "../bindings/Rows";
import type { SeenSource } from "../bindings/SeenSource";
import type { Share } from "../bindings/Share";
import type { SharedOffering } from "../bindings/SharedOffering";
import type { SheetLine } from "../bindings/SheetLine";
import type { UpdatableShown } from "../bindings/UpdatableShown";
import type { Update } from "../bindings/Update";
import type { UpdateAct } from "../bindings/UpdateAct";
import type { WayShown } from "../bindings/WayShown";
import type { Wish } from "../bindings/Wish";

export const preferences: Preferences = {
  language: "fr",
  theme: "light",
  online_background: false,
  workers: null,
  reader_seconds: null,
  notify: true,
  upload_bytes_per_second: null,
  data_folder: null,
};

export const sandbox: Here = {
  sandbox: true,
  api: "http://127.0.0.1:41234/api",
  datastore: "11111111-2222-4333-8444-555555555555",
  datastore_name: "Bac à sable",
  layer_name_prefix: null,
  email: "essai@quai.test",
  communities: [{ community: "Bac à sable", rights: ["UPLOAD", "PROCESSING", "BROADCAST", "ANNEX"] }],
  quotas: [
    { of: "endpoint", type: "WFS", name: "WFS public", used: 3, most: 10, open: true },
    { of: "endpoint", type: "WMS-VECTOR", name: "WMS vecteur public", used: 10, most: 10, open: true },
    { of: "endpoint", type: "WFS", name: "WFS privé", used: 0, most: 10, open: false },
    { of: "storage", type: "POSTGRESQL", name: "Vecteurs", used: 734_003_200, most: 5_000_000_000, open: false },
    { of: "storage", type: "FILESYSTEM", name: "Fichiers", used: 4_300_000_000, most: 5_000_000_000, open: false },
  ],
};

export const account: Here = {
  ...sandbox,
  sandbox: false,
  api: "https://data.geopf.fr/api",
  datastore_name: "Communauté de communes du Val d’Orne",
  layer_name_prefix: "ccvo",
  email: "camille.durand@valdorne.fr",
  communities: [{ community: "Val d’Orne", rights: ["UPLOAD", "PROCESSING", "BROADCAST"] }],
};

export const layer: Layer = {
  name: "CANTON",
  features: 61,
  geometry: "Polygon",
  geometry_column: null,
  fid_column: null,
  crs: {
    code: "EPSG:2154", twin: "IGNF:LAMB93", name: "RGF93 v1 / Lambert-93", confidence: "Stated" as never, candidates: [], geographic: false,
    area_of_use: null, area_of_use_projected: null, wkt: null,
  },
  extent: [839_000, 6_558_000, 967_000, 6_731_000],
  extent_wgs84: [4.73, 46.13, 6.45, 47.69],
  fields: [
    { name: "ID", type: "String" },
    { name: "INSEE_CAN", type: "String" },
    { name: "INSEE_DEP", type: "String" },
    { name: "POPULATION", type: "Integer64" },
  ],
  encoding: { name: "utf-8", declared: "UTF-8", candidates: [] },
  scan: null,
};

export const source: SeenSource = {
  key: "0123456789abcdef",
  inventory: {
    path: "/home/camille/données/CANTON.shp",
    kind: "vector",
    driver: "ESRI Shapefile",
    bytes: 434_373,
    files: [{ path: "/home/camille/données/CANTON.shp" } as never, { path: "/home/camille/données/CANTON.dbf" } as never],
    layers: [layer],
    raster: null,
    problem: null,
    warnings: [],
  },
};

const nowhere = { file: null, layer: null, field: null, feature: null, point: null, point_wgs84: null, box_wgs84: null };

export const finding = (code: string, level: Finding["level"], fr: string, en: string, place: Partial<Finding["place"]> = {}, count = 1): Finding => ({
  code: code as Finding["code"],
  level,
  place: { ...nowhere, ...place },
  message: fr,
  sentences: [fr, en],
  count,
  spots: [],
});

export const renamedField = (name: string) =>
  finding(
    "FIELD_NAME_REFUSED",
    "degrades",
    `Le champ « ${name} » de « CANTON » s’appellera « ${name.toLowerCase()} ».`,
    `Field \`${name}\` of \`CANTON\` will be called \`${name.toLowerCase()}\`.`,
    { layer: "CANTON", field: name },
  );

export const invalid = (feature: number, x: number, y: number) =>
  finding(
    "GEOMETRY_INVALID",
    "degrades",
    `Objet ${feature} de « CANTON » : géométrie invalide (auto-intersection).`,
    `Feature ${feature} of \`CANTON\`: invalid geometry (self-intersection).`,
    { layer: "CANTON", feature, point: [900_000 + feature, 6_600_000], point_wgs84: [x, y] },
  );

export const noCrs = finding(
  "CRS_MISSING",
  "blocks",
  "La couche « CANTON » ne dit pas son système de coordonnées.",
  "Layer `CANTON` does not say its coordinate system.",
  { layer: "CANTON" },
);

export const judged = (findings: Finding[]): Judged => ({
  sources: [source],
  findings,
  blocks: findings.filter((f) => f.level === "blocks").length,
  degrades: findings.filter((f) => f.level === "degrades").length,
  tells: findings.filter((f) => f.level === "tells").length,
});

export const proposal: Proposal = {
  name: "canton",
  title: "Canton",
  abstract_: "Canton : 61 entités, coordonnées en EPSG:2154.",
  keywords: ["canton"],
  services: [
    { service: "wfs", refused: null, proposed: true },
    { service: "wms-vector", refused: null, proposed: true },
    { service: "tms", refused: null, proposed: false },
    { service: "download", refused: null, proposed: false },
    {
      service: "wmts",
      refused: ["Ce service est fait d’images : ces données n’en sont pas.", "This service is made from images: these data are not."],
      proposed: false,
    },
  ],
  srs: "EPSG:2154",
  bytes: 434_373,
  zones: [],
};

export const plan: PlanShown[] = [
  {
    name: "canton",
    kind: "VECTOR",
    srs: "EPSG:2154",
    untouched: false,
    bytes: 434_373,
    zone: null,
    tables: [
      {
        layer: "CANTON",
        table: "canton",
        features: 61,
        renames: [{ from: "INSEE_DEP", to: "insee_dep" }, { from: "INSEE_CAN", to: "insee_can" }],
        fields: ["id", "insee_can", "insee_dep", "population"],
        reprojected_from: null,
        assigned: null,
      },
    ],
  },
];

export const rows: Rows = {
  fields: ["ID", "INSEE_CAN", "INSEE_DEP", "POPULATION"],
  rows: Array.from({ length: 61 }, (_, n) => ({ fid: n, values: [`CANTON_${n}`, String(n + 1).padStart(2, "0"), n % 3 ? "39" : "25", n === 4 ? null : String(1200 + 37 * n)] })),
  total: 61,
};

export const wish: Wish = {
  paths: ["/home/camille/données/CANTON.shp"],
  services: ["wfs", "wms-vector"],
  name: "canton",
  datasheet: null,
  title: "Cantons du Jura",
  abstract_: "",
  keywords: [],
  styles: [],
  srs: null,
  private: false,
  producer: null,
  licence: null,
  licence_url: null,
  rehearsal: false,
  preview: false,
};

export const failure = (code: string, fr: string, en: string, hint: [string, string] | null = null, log: string[] = []): Failure => ({ code, message: [fr, en], hint, log });

export const FAILURES = {
  offline: failure(
    "UNAVAILABLE",
    "La plateforme ne répond pas (lister les fiches) : délai dépassé",
    "The platform does not answer (list the datasheets): timed out",
    ["Vérifiez le réseau, puis réessayez.", "Check the network, then try again."],
  ),
  signIn: failure("UNAUTHORIZED", "La plateforme ne reconnaît plus la connexion.", "The platform no longer accepts the sign-in.", ["Reconnectez-vous.", "Sign in again."]),
  noRight: failure(
    "FORBIDDEN",
    "Le compte n’a pas le droit nécessaire (publier) : BROADCAST",
    "The account lacks the right for this (publish): BROADCAST",
    ["Demandez ce droit au superviseur de l’espace de travail.", "Ask the community's supervisor for that right."],
  ),
  noQuota: failure(
    "NO_ENDPOINT",
    "Aucun point d’accès WFS ouvert n’a de place dans cet entrepôt.",
    "No open WFS endpoint has room in this datastore.",
    ["Dépubliez un service devenu inutile, ou demandez un quota plus grand.", "Unpublish a service, or ask for a larger quota."],
  ),
  check: failure(
    "CHECK_FAILED",
    "La livraison n’a pas passé les vérifications de la plateforme (Vérification standard).",
    "The upload failed the platform's checks (Standard check).",
    ["Corrigez les données d’après le journal, puis relancez.", "Mend the data as the log says, then run again."],
    ["ERROR: table canton: 2 geometries are not valid", "ERROR: table canton: SRS mismatch"],
  ),
  unstable: failure(
    "PUBLICATION_FAILED",
    "La publication de `canton` a échoué : l’offre est instable (UNSTABLE).",
    "Publishing `canton` failed: the offering is UNSTABLE.",
    ["Relancez : l’offre sera synchronisée à nouveau.", "Run again: the offering is synchronised again."],
  ),
  refused: failure("LAYER_NAME_TAKEN", "Le nom de couche `canton` est déjà pris.", "The layer name `canton` is taken.", ["Choisissez un autre nom.", "Choose another name."]),
} as const;

export const PROCESSING = failure(
    "PROCESSING_FAILED",
    "Le traitement « Génération de pyramide raster » a échoué.",
    "The processing `Génération de pyramide raster` failed.",
    ["Lisez le journal ; relancez si la plateforme était occupée.", "Read the log; run again if the platform was busy."],
    ["ERROR be4: image 40/96: cannot read block 3", "ERROR: 1 task of 4 failed"],
  );

export const delivery = (state: Delivery["state"], change: Partial<Delivery> = {}): Delivery => ({
  id: "d1",
  wish,
  state,
  step: "upload",
  done: 210_000_000,
  total: 434_000_000,
  failure: null,
  stored_data: [],
  offerings: [],
  lines: ["14:02 Vérification standard", "14:03 envoi de canton.gpkg"],
  created: 1_774_000_000,
  updated: 1_774_000_100,
  ...change,
});

export const sheets: SheetLine[] = [
  { name: "Cantons du Jura", uploads: 0, stored_data: 1, services: ["WFS", "WMS-VECTOR"], state: "live" },
  { name: "Zones humides 2026", uploads: 1, stored_data: 0, services: [], state: "working" },
  { name: "Adresses", uploads: 1, stored_data: 0, services: [], state: "waiting" },
  { name: "Orthophotographie", uploads: 1, stored_data: 1, services: ["WMTS-TMS"], state: "unstable" },
];

export const offering = (type: string, verdict: "answers" | "blank" = "answers"): SharedOffering => ({
  _id: `o-${type}`,
  type,
  layer_name: "canton",
  status: "PUBLISHED",
  open: true,
  urls: [],
  links: [{ purpose: "connection", layer: "", url: `https://data.geopf.fr/${type.toLowerCase()}?service=${type}&request=GetCapabilities` }],
  probe: {
    verdict,
    milliseconds: 84,
    message: verdict === "answers" ? ["Répond, 61 objets.", "Answers, 61 features."] : ["Répond, mais l’image est vide.", "Answers, but the image is blank."],
  } as never,
});

/** A WFS of two tables. */
export const tables: SharedOffering = {
  ...offering("WFS"),
  links: [...offering("WFS").links, ...["canton:canton", "canton:chef_lieu"].map((layer) => ({ purpose: "qgis" as const, layer, url: `typename='${layer}'` }))],
};

/** What images become, heights among them. */
export const imageServices: SharedOffering[] = ["WMTS-TMS", "WMS-RASTER", "ALTIMETRY"].map((type) => ({ ...offering(type), layer_name: "ortho_2024" }));

export const shared = (offerings: SharedOffering[]): Share => ({ datasheet: "canton", offerings, qlr: "<qlr/>", snippet: "<div id=\"map\"></div>", qr: {} });

export const profile: ProfileShown = {
  profile: {
    name: "production", title: ["Géoplateforme", "Géoplateforme"], api: "https://data.geopf.fr/api", issuer: "https://sso.geopf.fr/realms/geoplateforme",
    token_url: null, client_id: "quai", redirect: "http://127.0.0.1", scopes: ["openid"],
  },
  missing: null,
};

export const someone: Account = {
  id: "production/camille", profile: "production", method: "browser", subject: null, username: "camille.durand", email: "camille.durand@valdorne.fr",
  datastore: null, datastore_name: "Val d’Orne", colour: 0, keep: "keychain",
};

export const repairPlan: RepairPlan = {
  name: "canton", srs: "EPSG:2154", tables: [], stays: [], refused: null,
  repairs: [
    {
      id: "r1", code: "GEOMETRY_INVALID", file: null, layer: "CANTON", count: 2, picked: "make-valid",
      options: [
        {
          name: "make-valid", safe: true, sentences: ["Rendre les géométries valides.", "Make the geometries valid."],
          change: { type: "makeValid", method: "structure", features: 2, area_before: 120.5, area_after: 120.4, vertices_before: 41, vertices_after: 43, collapsed: 0, worst: [] },
        },
        { name: "leave-out", safe: false, sentences: ["Laisser ces entités de côté.", "Leave these features out."], change: { type: "leaveOut", features: 2 } },
      ],
    },
    {
      id: "r2", code: "FIELD_NAME_REFUSED", file: null, layer: "CANTON", count: 1, picked: "rename",
      options: [{ name: "rename", safe: true, sentences: ["Renommer.", "Rename."], change: { type: "rename", of: "field", renames: [{ from: "ID", to: "id" }] } }],
    },
  ],
};

/** A band whose values rise and fall once, around a middle. */
const band = (color: string, middle: number): RasterBand => {
  const counts = Array.from({ length: 256 }, (_, n) => Math.round(4000 * Math.exp(-(((n - middle) / 38) ** 2)) + (n === 255 ? 900 : 40)));
  const pixels = counts.reduce((a, b) => a + b, 0);
  return { type: "Byte", color, nodata: null, statistics: { min: 3, max: 255, mean: middle, pixels, empty: 0, exact: true, histogram: { low: 0, high: 256, counts } } };
};

export const photograph: Raster = {
  width: 4000, height: 2000, bands: [band("Red", 118), band("Green", 126), band("Blue", 96)], crs: layer.crs,
  geotransform: [920_000, 0.5, 0, 6_564_000, 0, -0.5], resolution: [0.5, 0.5], extent: [920_000, 6_563_000, 922_000, 6_564_000],
  extent_wgs84: [5.85, 46.1304, 5.8764, 46.1401], compression: "LZW", block: [256, 256], overviews: 0, layout: null, pixels_readable: true,
  transparency: "none", placed_by: "file",
};

const tile = (n: number, change: Partial<RasterTile> = {}): RasterTile => {
  const [column, row] = [n % 12, Math.floor(n / 12)];
  const [w, s] = [5.85 + column * 0.0132, 46.13 - row * 0.009];
  return { path: `ortho-2024-${String(920 + column).padStart(4, "0")}-${6564 - row}-LA93.tif`, bytes: 12_000_000, profile: 0, width: 2000, height: 2000, resolution: [0.5, 0.5], extent: null, extent_wgs84: [w, s, w + 0.0132, s + 0.009], pixels_readable: true, borders: null, problem: null, ...change };
};

const profileOf = (tiles: number, bands: RasterBand[]) => ({
  tiles, driver: "GTiff", bands, crs: layer.crs, compression: "LZW", block: [256, 256] as [number, number], overviews: 0, layout: null, transparency: "none" as const, placed_by: "file" as const, rotated: false,
});

export const heights: RasterBand = {
  type: "Float32", color: "Gray", nodata: -9999,
  statistics: {
    min: 212.4, max: 1718.9, mean: 640.2, pixels: 900_000, empty: 100_000, exact: false,
    histogram: { low: 212.4, high: 1718.9, counts: Array.from({ length: 256 }, (_, n) => Math.round(3000 / (1 + n / 24) + (n > 120 && n < 170 ? 700 : 0))) },
  },
};

const folder = "/home/camille/données/ortho-2024";

/** One image. */
export const imageSource: SeenSource = {
  key: "aa00000000000001",
  inventory: { path: `${folder}/ortho.tif`, kind: "raster", driver: "GTiff", bytes: 24_000_000, files: [{ path: `${folder}/ortho.tif`, bytes: 24_000_000 }], layers: [], raster: photograph, problem: null, warnings: [] },
};

/** Many images that are one data set; `faulty`: some of them are not right. */
export const setSource = (faulty = false): SeenSource => {
  const tiles = Array.from({ length: 96 }, (_, n) => tile(n));
  if (faulty) {
    tiles[17] = { path: "ortho-2024-0925-6563-LA93.tif", bytes: 0, width: 0, height: 0, problem: { code: "FILE_EMPTY", message: "the file has no byte" } };
    tiles[40] = tile(40, { pixels_readable: false });
    tiles[41] = tile(41, { profile: 1 });
  }
  return {
    key: "aa00000000000002",
    inventory: {
      path: folder, kind: "raster", driver: "GTiff", bytes: 96 * 12_000_000, files: tiles.map((t) => ({ path: `${folder}/${t.path}`, bytes: t.bytes })), layers: [],
      raster: { ...photograph, width: 24_000, height: 16_000, extent_wgs84: [5.85, 46.067, 6.0084, 46.139] },
      raster_set: { profiles: faulty ? [profileOf(94, photograph.bands), profileOf(1, [heights])] : [profileOf(96, photograph.bands)], tiles },
      problem: null, warnings: [],
    },
  };
};

export const heightSource: SeenSource = {
  key: "aa00000000000003",
  inventory: { ...imageSource.inventory, path: `${folder}/mnt.tif`, raster: { ...photograph, bands: [heights], transparency: "nodata", resolution: [5, 5] } },
};

/** Facts before the values are read. */
export const unread = (source: SeenSource): SeenSource => ({
  ...source,
  inventory: { ...source.inventory, raster: source.inventory.raster && { ...source.inventory.raster, bands: source.inventory.raster.bands.map((b) => ({ ...b, statistics: null })) } },
});

export const imageProposal: Proposal = {
  ...proposal,
  name: "ortho_2024",
  title: "Ortho 2024",
  abstract_: "Ortho 2024",
  keywords: [],
  services: [
    { service: "wfs", refused: ["Ces données sont des images : ce service demande des objets vectoriels.", "These data are images: this service needs features."], proposed: false },
    { service: "wms-raster", refused: null, proposed: true },
    { service: "wmts", refused: null, proposed: true },
    { service: "tms", refused: null, proposed: false },
    { service: "download", refused: null, proposed: false },
  ],
  bytes: 1_152_000_000,
  zones: [{ zones: "files", parts: 96, names: ["ortho-2024-0920-6564-LA93", "ortho-2024-0921-6564-LA93", "ortho-2024-0922-6564-LA93"] }],
};

export const imagePlan = (zones: unknown): PlanShown[] => [
  { name: "ortho_2024", kind: "RASTER", srs: "EPSG:2154", untouched: true, bytes: 1_152_000_000, zone: null, tables: [] },
  ...(zones === "files" ? ["a", "b"].map((zone) => ({ name: zone, kind: "ARCHIVE" as const, srs: "EPSG:2154", untouched: true, bytes: 12_000_000, zone, tables: [] })) : []),
];

const LEVELS = [15, 16, 17, 18, 19];
const pixel = (level: number) => (156_543.034 * 0.6925) / 2 ** level;

/** As the engine chooses: what is wished is followed, the rest comes from the images. */
export const pyramid = (wish: PyramidWish): PyramidShown => {
  const [bottom, compression] = [wish.bottom ?? 18, wish.compression ?? "jpg"];
  const weight: Record<string, number> = { jpg: 96_000_000, jpg90: 151_000_000, png: 1_030_000_000, zip: 1_100_000_000 };
  const bytesOf = (level: number, of: string) => Math.round((weight[of] ?? 0) * 4 ** (level - 18));
  const reason = (about: string, fr: string, en: string) => ({ about, text: [fr, en] as [string, string] });
  return {
    plan: {
      grid: wish.grid ?? "PM", compression, interpolation: wish.interpolation ?? "bicubic", top: wish.top ?? 0, bottom, mask: wish.mask ?? false,
      resolution: pixel(bottom), tiles: 7_800, bytes: bytesOf(bottom, compression),
      reasons: [
        reason("grid", "se superpose à toutes les cartes du web", "lies over every map of the web"),
        reason("compression", "trois canaux de couleurs, sans transparence", "three channels of colours, no transparency"),
        reason("interpolation", "des images nettes", "sharp pictures"),
        reason("levels", `le niveau ${bottom} a des pixels de 0.41 m au sol, les images de 0.50 m`, `level ${bottom} has pixels of 0.41 m on the ground, the images of 0.50 m`),
        reason("mask", "sans mise à jour prévue ; demandez-le si des images doivent s’ajouter", "no update is planned; ask for it when images will be added"),
      ],
      grids: [
        { id: "PM", srs: "EPSG:3857", bottom: 18, resolution: pixel(18) },
        { id: "4326", srs: "EPSG:4326", bottom: 17, resolution: 0.497 },
        { id: "LAMB93_50cm", srs: "IGNF:LAMB93", bottom: 18, resolution: 0.5 },
      ],
    },
    images: { images: 96, pixels: 384_000_000, bands: 3, alpha: false, type: "Byte", nodata: null, resolution: 0.5, latitude: 46.1, twin: "IGNF:LAMB93" },
    compressions: ["jpg", "jpg90", "png", "zip"].map((id) => ({ id, refused: null, bytes: bytesOf(bottom, id) })),
    interpolations: ["nn", "linear", "bicubic"],
    levels: LEVELS.map((level) => ({ level, resolution: pixel(level), bytes: bytesOf(level, compression) })),
    mask_bytes: 320_000,
    seconds: 740,
    room_bytes: 3_800_000_000,
    measured: 3,
  };
};

export const trusted: AuthoritiesShown = { file: "/home/camille/mairie-racine.pem", certificates: 2, fault: null, fixed: false };
export const trusting: NetworkShown = { proxy: null, pac: null, proxy_username: null, ca_file: trusted.file, proxy_password_kept: false, authorities: trusted };

const hop = (name: string, state: Hop["state"], fr: string, en: string): Hop => ({ hop: name, state, code: null, message: [fr, en], hint: null });

/** Every hop passes, or stops at one. */
export const hops = (stop?: Hop): Hop[] => {
  const all = [
    hop("disk", "passed", "182340 Mo libres dans /home/camille/.local/share/quai", "182340 MB free in /home/camille/.local/share/quai"),
    hop("gdal", "passed", "GDAL 3.6.2 lit les données", "GDAL 3.6.2 reads data"),
    hop("keychain", "passed", "le trousseau s’ouvre", "the keychain opens"),
    hop("dns", "passed", "le nom sso.geopf.fr est connu", "the name sso.geopf.fr is known"),
    hop("proxy", "passed", "aucun proxy : chemin direct", "no proxy: straight ahead"),
    hop("connect", "passed", "sso.geopf.fr:443 répond", "sso.geopf.fr:443 answers"),
    hop("tls", "passed", "le certificat de sso.geopf.fr est reconnu", "the certificate of sso.geopf.fr is trusted"),
    hop("clock", "passed", "cette machine est à l’heure", "this machine's clock is right"),
    hop("sign_in", "passed", "la connexion est acceptée", "the sign-in is accepted"),
    hop("api", "passed", "l’API répond : camille.durand@valdorne.fr", "the API answers: camille.durand@valdorne.fr"),
    hop("datastore", "passed", "l’entrepôt « Val d’Orne » est accessible", "the datastore `Val d’Orne` is within reach"),
  ];
  const at = all.findIndex((h) => h.hop === stop?.hop);
  if (!stop || at < 0) return all;
  if (stop.state === "warned") return [...all.slice(0, at), stop];
  const rest = all.slice(at + 1).map((h) => hop(h.hop, "notTried", "non essayé : ce qui précède a échoué", "not tried: what comes before it failed"));
  return [...all.slice(0, at), stop, ...rest];
};

export const UNTRUSTED: Hop = {
  hop: "tls", state: "failed", code: "TLS_AUTHORITY",
  message: ["Le certificat de sso.geopf.fr vient d’une autorité inconnue de cette machine : invalid peer certificate: UnknownIssuer", "The certificate of sso.geopf.fr comes from an authority that this machine does not know: invalid peer certificate: UnknownIssuer"],
  hint: ["Si votre réseau inspecte le trafic, demandez son certificat racine, puis donnez-le : Réglages › Réseau, ou quai network --trust FICHIER.", "If your network inspects traffic, ask for its root certificate, then give it: Settings › Network, or quai network --trust FILE."],
};
export const NOBODY: Hop = hop("sign_in", "warned", "le fournisseur d’identité répond ; personne n’est connecté, la suite n’est pas essayée", "the identity provider answers; nobody is signed in, the rest is not tried");

/** As the engine says them. */
const WAYS: WayShown[] = [
  {
    how: "injection", name: ["Remplacer dans la pyramide", "Replace inside the pyramid"],
    does: ["À la confirmation, les nouvelles images remplacent les anciennes dans la pyramide même. Jusque-là, une pyramide d’essai montre le résultat, et l’ancienne est intacte.", "When you confirm, the new images replace the old ones in the pyramid itself. Until then a trial pyramid shows the result, and the old one is untouched."],
    lost: ["Ensuite l’état d’avant n’existe plus et ne peut pas être rétabli.", "Afterwards the former state is gone and cannot be restored."],
    cost: ["Le calcul est fait deux fois ; une fois confirmée, aucune pyramide ne s’ajoute.", "The computing is done twice; once confirmed, no pyramid is added."],
    note: null,
  },
  {
    how: "successive", name: ["Ajouter une pyramide de ce qui change", "Add a pyramid of what changes"],
    does: ["Une nouvelle pyramide porte ce qui change et renvoie à l’ancienne pour le reste.", "A new pyramid holds what changes and refers to the old one for the rest."],
    lost: ["Ensuite l’ancienne ne peut plus être supprimée tant que la nouvelle existe.", "Afterwards the old one cannot be deleted while the new one lives."],
    cost: ["Un seul calcul ; chaque mise à jour ajoute une pyramide.", "Computed once; each update adds a pyramid."],
    note: ["la pyramide en ligne a été faite sans masques : là où elle n’a pas de données, elle reste blanche", "the live pyramid was made without masks: where it has no data it stays white"],
  },
  {
    how: "merge", name: ["Composer avec une pyramide à part", "Compose with a pyramid of its own"],
    does: ["Les nouvelles images deviennent une pyramide à elles, et une troisième la compose avec l’ancienne.", "The new images become a pyramid of their own, and a third composes it with the old one."],
    lost: ["Ensuite ni l’ancienne ni celle des nouvelles images ne peuvent être supprimées tant que la composition existe.", "Afterwards neither the old one nor that of the new images can be deleted while the composition lives."],
    cost: ["Deux calculs ; chaque mise à jour ajoute deux pyramides.", "Computed twice; each update adds two pyramids."],
    note: null,
  },
];

export const waiting = (state: Update["state"], how: Update["how"] = "successive"): Update => ({
  datasheet: "Cantons du Jura", how, state, stored_data: "p2", former: "p1", services: ["WMTS-TMS ortho_2024", "WMS-RASTER ortho_2024"],
});

export const updatable = (change: Partial<UpdatableShown> = {}): UpdatableShown => ({
  datasheet: "Cantons du Jura", services: waiting("shown").services, ways: WAYS, refused: null, waiting: null, delivery: null, ...change,
});

/** An act on live images, in the journal. */
export const acting = (update: UpdateAct, state: Delivery["state"], change: Partial<Delivery> = {}): Delivery =>
  delivery(state, { wish: { ...wish, name: "Cantons du Jura", title: "Cantons du Jura", paths: [folder], update }, ...change });

/** A datasheet that shows images. */
export const imageSheet = {
  name: "Cantons du Jura",
  entities: [
    { _id: "p1", entity: "stored_data", type: "ROK4-PYRAMID-RASTER", name: "ortho_2024", status: "GENERATED", urls: [] },
    { _id: "o1", entity: "offering", type: "WMTS-TMS", name: "ortho_2024", status: "PUBLISHED", urls: [] },
  ],
};
