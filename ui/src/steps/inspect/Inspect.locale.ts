/** The words of the step that inspects. */
const kindsFr = { vector: "vecteur", raster: "image", mixed: "mixte", table: "table", archive: "archive", unreadable: "illisible" };
const kindsEn = { vector: "vector", raster: "image", mixed: "mixed", table: "table", archive: "archive", unreadable: "unreadable" };

export const inspectWords = {
  kinds: [kindsFr, kindsEn],
  features: ["Entités", "Features"],
  geometry: ["Géométrie", "Geometry"],
  noGeometry: ["aucune (table)", "none (table)"],
  crs: ["Coordonnées", "Coordinates"],
  noCrs: ["système inconnu", "unknown system"],
  unidentified: ["sans code", "no code"],
  encoding: ["Texte", "Text"],
  size: ["Taille", "Size"],
  bands: ["Bandes", "Bands"],
  resolution: ["Pixel", "Pixel"],
  overviews: ["Aperçus internes", "Overviews"],
  tables: ["Tables", "Tables"],
  noPlace: [
    "Rien à placer sur une carte : aucune couche ne dit où elle est.",
    "Nothing to put on a map: no layer says where it is.",
  ],
  files: [(n: number) => `${n} fichier${n > 1 ? "s" : ""}`, (n: number) => `${n} file${n > 1 ? "s" : ""}`],
  fields: [(n: number) => `${n} champ${n > 1 ? "s" : ""}`, (n: number) => `${n} field${n > 1 ? "s" : ""}`],
} as const;
