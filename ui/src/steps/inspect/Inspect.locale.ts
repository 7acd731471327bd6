/** The words of the step that inspects. */
const kindsFr = { vector: "vecteur", raster: "image", mixed: "mixte", table: "table", archive: "archive", unreadable: "illisible" };
const kindsEn = { vector: "vector", raster: "image", mixed: "mixed", table: "table", archive: "archive", unreadable: "unreadable" };

export const inspectWords = {
  kinds: [kindsFr, kindsEn],
  features: ["Entités", "Features"],
  geometry: ["Géométrie", "Geometry"],
  geometries: [
    { Point: "points", MultiPoint: "points multiples", LineString: "lignes", MultiLineString: "lignes multiples", Polygon: "polygones", MultiPolygon: "polygones multiples", GeometryCollection: "collections", Unknown: "de plusieurs types", None: "aucune (table)" },
    { Point: "points", MultiPoint: "multipoints", LineString: "lines", MultiLineString: "multilines", Polygon: "polygons", MultiPolygon: "multipolygons", GeometryCollection: "collections", Unknown: "of several types", None: "none (table)" },
  ],
  crs: ["Coordonnées", "Coordinates"],
  noCrs: ["système inconnu", "unknown system"],
  unidentified: ["sans code", "no code"],
  encoding: ["Texte", "Text"],
  size: ["Taille", "Size"],
  bands: ["Bandes", "Bands"],
  resolution: ["Pixel", "Pixel"],
  overviews: ["Aperçus internes", "Overviews"],
  compression: ["Compression", "Compression"],
  none: ["aucune", "none"],
  tables: ["Tables", "Tables"],
  nothing: ["Rien à montrer", "Nothing to show"],
  nothingMore: [
    "Aucune donnée géographique n’a été trouvée dans ce qui a été déposé.",
    "No geodata was found in what was dropped.",
  ],
  noPlace: ["Rien à placer sur une carte", "Nothing to put on a map"],
  noPlaceMore: ["Aucune couche ne dit où elle est. L’étape suivante aide à le dire.", "No layer says where it is. The next step helps to say it."],
  files: [(n: number) => `${n} fichier${n > 1 ? "s" : ""}`, (n: number) => `${n} file${n > 1 ? "s" : ""}`],
  fields: [(n: number) => `${n} champ${n > 1 ? "s" : ""}`, (n: number) => `${n} field${n > 1 ? "s" : ""}`],
  like: ["ex.", "e.g."],
  sources: [(n: number) => `${n} jeux de données`, (n: number) => `${n} data sets`],
  search: ["Filtrer la liste", "Filter the list"],
} as const;
