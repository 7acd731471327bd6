/** The words of the steps that the platform makes. */
export const deliverWords = {
  opening: ["Ouverture de la livraison…", "Opening the delivery…"],
  states: [
    {
      running: "En cours. Vous pouvez fermer cette page ou continuer ailleurs : la livraison avance.",
      paused: "En pause.",
      failed: "Arrêtée.",
      published: "Publiée.",
    },
    {
      running: "Under way. You may leave this page or do something else: the delivery goes on.",
      paused: "Paused.",
      failed: "Stopped.",
      published: "Published.",
    },
  ],
  steps: [
    {
      inspect: "Relire les fichiers",
      validate: "Vérifier ici",
      package: "Préparer la copie conforme",
      upload: "Téléverser la livraison",
      check: "Vérifications de la plateforme",
      process: "Intégration et calculs",
      publish: "Publication des services",
    },
    {
      inspect: "Read the files again",
      validate: "Check here",
      package: "Prepare the conforming copy",
      upload: "Upload the delivery",
      check: "The platform’s checks",
      process: "Integration and computing",
      publish: "Publishing the services",
    },
  ],
  done: ["fait", "done"],
  pause: ["Mettre en pause", "Pause"],
  leave: ["Ce qui est envoyé ne sera pas renvoyé.", "What is sent will not be sent again."],
  paused: [
    "Rien n’est perdu : la livraison reprendra où elle en est, aujourd’hui ou un autre jour.",
    "Nothing is lost: the delivery will go on from where it is, today or another day.",
  ],
  resume: ["Reprendre", "Go on"],
  change: ["Revenir aux choix", "Back to the choices"],
  lines: [(n: number) => `Détail (${n} lignes)`, (n: number) => `Detail (${n} lines)`],
} as const;
