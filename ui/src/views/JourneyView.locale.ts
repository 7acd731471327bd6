/** The words of the wizard. */
export const journeyWords = {
  steps: ["Étapes", "Steps"],
  names: [
    { drop: "Déposer", inspect: "Regarder", validate: "Vérifier", package: "Préparer", upload: "Téléverser", check: "Contrôler", process: "Traiter", publish: "Publier", share: "Partager" },
    { drop: "Drop", inspect: "Inspect", validate: "Validate", package: "Package", upload: "Upload", check: "Check", process: "Process", publish: "Publish", share: "Share" },
  ],
  titles: [
    {
      inspect: "Voici ce que contiennent vos fichiers",
      validate: "Ce que la plateforme en dirait",
      package: "Choisir les services",
      deliver: "Livraison",
      share: "C’est publié",
    },
    {
      inspect: "Here is what your files hold",
      validate: "What the platform would say of it",
      package: "Choose the services",
      deliver: "Delivery",
      share: "It is published",
    },
  ],
  reading: [(n: string) => `Lecture de toutes les entités… ${n}`, (n: string) => `Reading every feature… ${n}`],
  stop: ["Arrêter", "Stop"],
  back: ["Retour", "Back"],
  toValidate: ["Voir les constats", "See the findings"],
  toPackage: ["Choisir les services", "Choose the services"],
  rehearse: ["Voir avant de publier", "See it before publishing"],
  rehearsing: ["Aperçu dans le bac à sable", "Preview in the sandbox"],
  publish: ["Publier…", "Publish…"],
  sure: ["Publier maintenant ?", "Publish now?"],
  where: ["Dans :", "In:"],
  sandbox: ["le bac à sable de cet ordinateur", "this computer’s sandbox"],
  everybody: [
    "Dès la publication, ces services sont visibles de tous : ils figurent dans le GetCapabilities public de la Géoplateforme.",
    "As soon as it is published, these services are visible to everybody: they appear in the Géoplateforme’s public GetCapabilities.",
  ],
  keyed: ["Ces services demanderont une clé d’accès.", "These services will ask for an access key."],
  inSandbox: [
    "Répétition : ces services ne répondent que sur cet ordinateur. Personne d’autre ne les voit.",
    "Rehearsal: these services answer on this computer only. Nobody else sees them.",
  ],
  no: ["Annuler", "Cancel"],
  yes: ["Oui, publier", "Yes, publish"],
} as const;
