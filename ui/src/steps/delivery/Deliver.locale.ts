/** The words of the steps that the platform makes. */
const time = (seconds: number, minute: string) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} ${minute}`);

export const deliverWords = {
  opening: ["Ouverture de la livraison…", "Opening the delivery…"],
  states: [
    {
      delivery: { running: "La livraison avance seule", published: "Publiée", publish: "Publication des services" },
      show: { running: "La mise à jour avance seule", published: "Les services montrent les nouvelles images", publish: "Les services passent aux nouvelles images" },
      confirm: { running: "Les nouvelles images prennent leur place", published: "L’état d’avant est abandonné", publish: "Les services sont confirmés" },
      undo: { running: "L’état d’avant revient", published: "L’état d’avant est rétabli", publish: "Les services reviennent à l’état d’avant" },
    },
    {
      delivery: { running: "The delivery goes on by itself", published: "Published", publish: "Publishing the services" },
      show: { running: "The update goes on by itself", published: "The services show the new images", publish: "The services turn to the new images" },
      confirm: { running: "The new images take their place", published: "The former state is given up", publish: "The services are confirmed" },
      undo: { running: "The former state is coming back", published: "The former state is back", publish: "The services go back to the former state" },
    },
  ],
  failed: ["Arrêtée", "Stopped"],
  paused: ["En pause", "Paused"],
  steps: [
    {
      inspect: "Relire les fichiers",
      validate: "Vérifier ici",
      package: "Préparer la copie conforme",
      upload: "Téléverser la livraison",
      check: "Vérifications de la plateforme",
      process: "Intégration et calculs",
    },
    {
      inspect: "Read the files again",
      validate: "Check here",
      package: "Prepare the conforming copy",
      upload: "Upload the delivery",
      check: "The platform’s checks",
      process: "Integration and computing",
    },
  ],
  done: ["fait", "done"],
  pause: ["Mettre en pause", "Pause"],
  leave: [
    "Vous pouvez quitter cette page ou faire autre chose. Si l’application se ferme, elle reprendra là : ce qui est envoyé ne sera pas renvoyé.",
    "You may leave this page or do something else. If the app closes, it goes on from here: what is sent will not be sent again.",
  ],
  kept: ["Rien n’est perdu : reprendre repart de là où cela s’est arrêté.", "Nothing is lost: going on starts from where it stopped."],
  progress: ["Avancement", "Progress"],
  about: [
    { inspect: "Lecture…", validate: "Vérification…", package: "Écriture…", upload: "Envoi…", check: "La plateforme vérifie…", process: "La plateforme travaille…", publish: "Les serveurs s’ouvrent…" },
    { inspect: "Reading…", validate: "Checking…", package: "Writing…", upload: "Sending…", check: "The platform is checking…", process: "The platform is working…", publish: "The servers are opening…" },
  ],
  left: [(s: number) => `encore environ ${time(s, "min")}`, (s: number) => `about ${time(s, "min")} left`],
  for: [(s: number) => `depuis ${time(s, "min")}`, (s: number) => `for ${time(s, "min")}`],
  slow: [
    "Cela peut durer : la plateforme traite les livraisons l’une après l’autre.",
    "This can take a while: the platform handles deliveries one after another.",
  ],
  pausedMore: [
    "Rien n’est perdu : tout reprendra où cela en est, aujourd’hui ou un autre jour.",
    "Nothing is lost: all will go on from where it is, today or another day.",
  ],
  resume: ["Reprendre", "Go on"],
  change: ["Revenir aux choix", "Back to the choices"],
  lines: [(n: number) => `Détail (${n} lignes)`, (n: number) => `Detail (${n} lines)`],
} as const;
