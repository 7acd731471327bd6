/** The words of the preview: what will be public, before it is. */
export const previewWords = {
  making: ["L’aperçu se prépare…", "The preview is being made…"],
  makingMore: [
    "Quai publie une copie provisoire dans le bac à sable de cet ordinateur, avec le même moteur et le même style. Personne d’autre ne la voit ; elle est effacée quand vous quittez cet écran.",
    "Quai publishes a provisional copy in this computer’s sandbox, with the same engine and the same style. Nobody else sees it; it is deleted when you leave this screen.",
  ],
  ready: [
    "Voici vos services tels qu’ils seront. Rien n’est encore parti.",
    "Here are your services as they will be. Nothing has left yet.",
  ],
  list: ["Dans la liste des services", "In the list of services"],
  listMore: ["Ce que lira une personne qui parcourt le GetCapabilities.", "What somebody who browses GetCapabilities will read."],
  none: ["Les tuiles et les téléchargements n’ont pas d’entrée dans un GetCapabilities.", "Tiles and downloads have no entry in a GetCapabilities."],
  kinds: [
    { WFS: "GetCapabilities du WFS", "WMS-VECTOR": "GetCapabilities du WMS", "WMS-RASTER": "GetCapabilities du WMS", "WMTS-TMS": "Tuiles", DOWNLOAD: "Téléchargement" },
    { WFS: "The WFS’s GetCapabilities", "WMS-VECTOR": "The WMS’s GetCapabilities", "WMS-RASTER": "The WMS’s GetCapabilities", "WMTS-TMS": "Tiles", DOWNLOAD: "Download" },
  ],
  noTitle: ["sans titre", "no title"],
  extent: ["Emprise", "Extent"],
  crs: ["Systèmes", "Systems"],
  keywords: ["Mots-clés", "Keywords"],
  xml: ["Le texte exact", "The exact text"],
  legend: ["Légende", "Legend"],
  stop: ["Arrêter l’aperçu", "Stop the preview"],
  stopped: ["Aperçu arrêté", "Preview stopped"],
  again: ["Refaire l’aperçu", "Make the preview again"],
} as const;
