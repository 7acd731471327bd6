/** The platform's kinds of service, in words and in the order in which they are shown. */
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
} as const;

export type OfferingKind = keyof (typeof kindWords)["kinds"][0];
