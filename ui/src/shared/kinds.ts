/** The platform's kinds of service, in words and in the order in which they are shown; and the states of what it keeps. */
export const kindWords = {
  kinds: [
    { WFS: "Objets (WFS)", "WMS-VECTOR": "Image de carte (WMS)", "WMS-RASTER": "Image (WMS)", "WMTS-TMS": "Tuiles", ALTIMETRY: "Altimétrie", DOWNLOAD: "Téléchargement" },
    { WFS: "Features (WFS)", "WMS-VECTOR": "Map image (WMS)", "WMS-RASTER": "Image (WMS)", "WMTS-TMS": "Tiles", ALTIMETRY: "Altimetry", DOWNLOAD: "Download" },
  ],
  good: [
    {
      WFS: "Dans QGIS : Couche › Ajouter une couche WFS, collez cette adresse.",
      "WMS-VECTOR": "Dans tout logiciel de carte : ajoutez un serveur WMS à cette adresse.",
      "WMS-RASTER": "Dans tout logiciel de carte : ajoutez un serveur WMS à cette adresse.",
      "WMTS-TMS": "Pour les cartes web et QGIS : des tuiles, à cette adresse.",
      ALTIMETRY: "Pour des programmes : l’altitude de points, demandée à cette adresse.",
      DOWNLOAD: "La page d’où chacun télécharge vos fichiers.",
    },
    {
      WFS: "In QGIS: Layer › Add WFS layer, paste this address.",
      "WMS-VECTOR": "In any map software: add a WMS server at this address.",
      "WMS-RASTER": "In any map software: add a WMS server at this address.",
      "WMTS-TMS": "For web maps and QGIS: tiles, at this address.",
      ALTIMETRY: "For programs: the height of points, asked at this address.",
      DOWNLOAD: "The page from which anybody downloads your files.",
    },
  ],
  /** Of uploads, stored data, configurations and offerings. */
  states: [
    {
      CREATED: "créée", OPEN: "ouverte", CHECKING: "en vérification", CLOSED: "fermée", GENERATING: "en génération", GENERATED: "générée",
      MODIFYING: "en modification", UNSTABLE: "instable", PUBLISHING: "en publication", PUBLISHED: "en service", UNPUBLISHING: "en retrait",
      UNPUBLISHED: "retirée", SYNCHRONIZING: "en synchronisation", SYNCHRONIZED: "synchronisée", DELETED: "supprimée",
    },
    {
      CREATED: "created", OPEN: "open", CHECKING: "being checked", CLOSED: "closed", GENERATING: "being generated", GENERATED: "generated",
      MODIFYING: "being modified", UNSTABLE: "unstable", PUBLISHING: "being published", PUBLISHED: "live", UNPUBLISHING: "being taken down",
      UNPUBLISHED: "taken down", SYNCHRONIZING: "being synchronised", SYNCHRONIZED: "synchronised", DELETED: "deleted",
    },
  ],
} as const;

export type OfferingKind = keyof (typeof kindWords)["kinds"][0];
