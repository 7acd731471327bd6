/** The words of home. */
const plural = (n: number, one: string, many: string) => `${n} ${n > 1 ? many : one}`;

export const homeWords = {
  deliveries: ["Livraisons de cet ordinateur", "Deliveries of this computer"],
  states: [
    { running: "en cours", paused: "en pause", failed: "arrêtée", published: "publiée" },
    { running: "running", paused: "paused", failed: "stopped", published: "published" },
  ],
  acts: [
    { show: "à regarder", confirm: "gardée", undo: "état d’avant rétabli" },
    { show: "to look at", confirm: "kept", undo: "former state back" },
  ],
  update: ["mise à jour des images", "update of the images"],
  steps: [
    { drop: "dépôt", inspect: "lecture", validate: "vérification", package: "préparation", upload: "téléversement", check: "contrôle", process: "traitement", publish: "publication", share: "partage" },
    { drop: "drop", inspect: "inspecting", validate: "validating", package: "packaging", upload: "uploading", check: "checking", process: "processing", publish: "publishing", share: "sharing" },
  ],
  rehearsal: ["dans le bac à sable", "in the sandbox"],
  goOn: ["Reprendre", "Go on"],
  pause: ["Mettre en pause", "Pause"],
  see: ["Voir", "See"],
  of: [(what: string, name: string) => `${what} : ${name}`, (what: string, name: string) => `${what}: ${name}`],
  forget: ["Retirer de la liste", "Remove from the list"],
  recent: ["Récents", "Recent"],
  gone: ["introuvable", "not found"],
  sheets: ["Fiches de données", "Datasheets"],
  sheetsMore: ["Ce que contient l’entrepôt, partagé avec cartes.gouv.fr.", "What the datastore holds, shared with cartes.gouv.fr."],
  reading: ["Lecture de l’entrepôt…", "Reading the datastore…"],
  noSheet: ["Aucune fiche pour l’instant", "No datasheet yet"],
  noSheetMore: [
    "Chaque jeu de données publié a sa fiche : ses services, ses fichiers, ses droits.",
    "Each published data set has its sheet: its services, files and rights.",
  ],
  sheetStates: [
    { live: "en service", working: "au travail", waiting: "en attente", unstable: "instable" },
    { live: "live", working: "working", waiting: "waiting", unstable: "unstable" },
  ],
  holds: [
    (uploads: number, data: number) => `${plural(uploads, "livraison", "livraisons")} · ${plural(data, "donnée stockée", "données stockées")}`,
    (uploads: number, data: number) => `${plural(uploads, "upload", "uploads")} · ${data} stored data`,
  ],
  quotas: ["Place dans l’entrepôt", "Room in the datastore"],
  services: ["Services", "Services"],
  storage: ["Stockage", "Storage"],
  full: ["plein", "full"],
  open: ["ouvert", "open"],
  keyed: ["avec clé", "with a key"],
  left: [(used: string, most: string) => `${used} sur ${most}`, (used: string, most: string) => `${used} of ${most}`],
  how: [
    [
      { title: "Vérifié avant de partir", more: "Les mêmes contrôles que la plateforme, ici, en quelques secondes." },
      { title: "Vu avant d’être public", more: "Un aperçu des vrais services dans le bac à sable, sans compte." },
      { title: "Rien n’est jamais perdu", more: "Vos fichiers ne changent pas ; une livraison coupée reprend." },
    ],
    [
      { title: "Checked before it leaves", more: "The platform’s own checks, here, in seconds." },
      { title: "Seen before it is public", more: "A preview of the real services in the sandbox, no account needed." },
      { title: "Nothing is ever lost", more: "Your files do not change; a cut delivery goes on." },
    ],
  ],
} as const;
