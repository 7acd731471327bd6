/** The words of the step that shares. */
const kindsFr = { WFS: "Objets (WFS)", "WMS-VECTOR": "Image de carte (WMS)", "WMS-RASTER": "Image (WMS)", "WMTS-TMS": "Tuiles (TMS)", DOWNLOAD: "Téléchargement" };
const kindsEn = { WFS: "Features (WFS)", "WMS-VECTOR": "Map image (WMS)", "WMS-RASTER": "Image (WMS)", "WMTS-TMS": "Tiles (TMS)", DOWNLOAD: "Download" };

export const shareWords = {
  kinds: [kindsFr, kindsEn],
  reading: ["Lecture des services…", "Reading the services…"],
  none: ["Aucun service n’est publié pour cette fiche.", "No service is published for this datasheet."],
  map: ["La carte du service lui-même", "The map of the service itself"],
  probe: ["Vérifier que tout répond", "Check that all answer"],
  probing: ["Vérification…", "Checking…"],
  qlr: ["Fichier pour QGIS (.qlr)", "File for QGIS (.qlr)"],
  snippet: ["Mettre la carte dans une page web", "Put the map in a web page"],
  copy: ["Copier", "Copy"],
  address: ["Adresse", "Address"],
  live: ["en service", "live"],
  open: ["ouvert à tous", "open to all"],
  restricted: ["accès avec une clé", "with a key"],
  showQr: ["Code QR", "QR code"],
  hideQr: ["Cacher le code", "Hide the code"],
  qr: ["Code QR de l’adresse", "QR code of the address"],
} as const;
