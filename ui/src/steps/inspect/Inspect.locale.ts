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
  none: ["aucun", "none"],
  transparency: ["Transparence", "Transparency"],
  transparencies: [
    { none: "aucune", nodata: "par une valeur (nodata)", mask: "par un masque", alpha: "par une bande alpha" },
    { none: "none", nodata: "by a value (nodata)", mask: "by a mask", alpha: "by an alpha band" },
  ],
  colors: [
    { Red: "rouge", Green: "vert", Blue: "bleu", Alpha: "alpha", Gray: "gris", Palette: "palette", Undefined: "valeurs" },
    { Red: "red", Green: "green", Blue: "blue", Alpha: "alpha", Gray: "grey", Palette: "palette", Undefined: "values" },
  ],
  bits: [(n: number) => `${n} bits utiles`, (n: number) => `${n} bits used`],
  noNodata: ["sans nodata", "no nodata"],
  histogram: [
    (band: string, low: string, high: string) => `Histogramme de la bande ${band}, de ${low} à ${high}`,
    (band: string, low: string, high: string) => `Histogram of band ${band}, from ${low} to ${high}`,
  ],
  range: [
    (min: string, max: string, mean: string) => `de ${min} à ${max}, moyenne ${mean}`,
    (min: string, max: string, mean: string) => `from ${min} to ${max}, mean ${mean}`,
  ],
  empty: [(share: string) => `${share} % sans donnée`, (share: string) => `${share}% without data`],
  sampled: ["d’après un échantillon", "from a sample"],
  readingValues: ["Valeurs en cours de lecture…", "Values are being read…"],
  images: [(n: number, said: string) => `${said} image${n > 1 ? "s" : ""}`, (n: number, said: string) => `${said} image${n > 1 ? "s" : ""}`],
  allOpen: ["toutes s’ouvrent", "all open"],
  faulty: [(n: string) => `${n} à voir`, (n: string) => `${n} to look at`],
  whichFaulty: ["Images qui ne se lisent pas", "Images that cannot be read"],
  noPixels: ["Ses pixels ne se lisent pas.", "Its pixels cannot be read."],
  unlike: [
    (n: number, said: string) => (n > 1 ? `${said} images ne sont pas faites comme les autres.` : "Une image n’est pas faite comme les autres."),
    (n: number, said: string) => (n > 1 ? `${said} images are not made as the others.` : "One image is not made as the others."),
  ],
  zoomIn: ["Les contours sont ceux des images ; approchez-vous pour les voir.", "The outlines are those of the images; zoom in to see them."],
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
