/** The words of home. */
export const homeWords = {
  deliveries: ["Livraisons de cet ordinateur", "Deliveries of this computer"],
  states: [
    { running: "en cours", paused: "en pause", failed: "arrêtée", published: "publiée" },
    { running: "running", paused: "paused", failed: "stopped", published: "published" },
  ],
  rehearsal: ["répétition", "rehearsal"],
  goOn: ["Reprendre", "Go on"],
  see: ["Voir", "See"],
  forget: ["Retirer de la liste", "Remove from the list"],
  sheets: ["Fiches de données", "Datasheets"],
  sheetsMore: [
    "Ce que l’entrepôt contient, partagé avec cartes.gouv.fr.",
    "What the datastore holds, shared with cartes.gouv.fr.",
  ],
  reading: ["Lecture de l’entrepôt…", "Reading the datastore…"],
  noSheet: ["Rien encore : déposez un fichier pour commencer.", "Nothing yet: drop a file to begin."],
  sheetStates: [
    { live: "en service", working: "au travail", waiting: "en attente", unstable: "instable" },
    { live: "live", working: "working", waiting: "waiting", unstable: "unstable" },
  ],
  holds: [
    (uploads: number, data: number) => `${uploads} livraison(s), ${data} donnée(s) stockée(s)`,
    (uploads: number, data: number) => `${uploads} upload(s), ${data} stored data`,
  ],
  quotas: ["Quotas de l’entrepôt", "Quotas of the datastore"],
  open: ["ouvert", "open"],
  keyed: ["avec clé", "with a key"],
} as const;
